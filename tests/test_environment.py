import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ON_CONDA = {"matplotlib": "matplotlib-base"}  # without the desktop toolkits that conda-forge's matplotlib brings
CONDA_ONLY = {"python", "pip", "setuptools"}  # what pip takes for granted
LOCKED = re.compile(
    r"(?P<name>[\w.-]+)(?:\[[\w,.-]+\])?==(?P<version>[\w.!+-]+)(?: ; (?P<marker>.+?))? \\"
    r"(?P<hashes>(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+)"
)


def ranges(lines):
    """Requirements as name -> range."""
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in found}


def declared():
    return ranges(PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"])


def conda():
    """The lines of environment.yml, those under `pip:` included."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    [below_pip] = [line["pip"] for line in lines if isinstance(line, dict)]
    return ranges([line for line in lines if isinstance(line, str)] + below_pip)


def lock_text():
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


def locked():
    return {canonicalize_name(entry["name"]): entry["version"] for entry in LOCKED.finditer(lock_text())}


def test_environment_has_the_packages_and_ranges_of_pyproject():
    expected = {ON_CONDA.get(name, name): allowed for name, allowed in declared().items()}
    assert {name: allowed for name, allowed in conda().items() if name not in CONDA_ONLY} == expected


def test_environment_has_the_python_and_build_tool_of_pyproject():
    assert conda()["python"] == SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert {"setuptools": conda()["setuptools"]} == ranges(PYPROJECT["build-system"]["requires"])


@pytest.mark.parametrize("name", declared())
def test_installed_version_is_inside_the_range(name):
    assert metadata.version(name) in declared()[name]


@pytest.mark.parametrize("name", declared())
def test_lock_covers_the_dependency_inside_its_range(name):
    assert locked()[name] in declared()[name]


def test_lock_has_hashes_for_every_entry_and_nothing_else():
    rest = "\n".join(line for line in LOCKED.sub("", lock_text()).splitlines() if line.strip())
    assert len(locked()) > len(declared())
    assert re.sub(r"^ *#.*$", "", rest, flags=re.M).split() == []


def test_lock_names_no_address():
    assert not re.search(r"https?:|--(extra-)?index|--find-links|file:|@ |\w\.(com|org|net|io)\b", lock_text())


def test_citation_agrees_with_pyproject_and_the_licences():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = PYPROJECT["project"]
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
    assert {"message", "title", "abstract", "date-released"} <= set(citation)
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert citation["authors"] == project["authors"]
    assert project["authors"][0]["name"] in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_citation_gives_the_studies_as_the_published_findings_do():
    references = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["references"]
    studies = (ROOT / "data" / "reference" / "studies.csv").read_text(encoding="utf-8")
    for reference in references:
        assert reference["title"] in studies
        assert reference.get("doi", reference.get("url")) in studies


def test_changelog_has_the_version_and_its_changed_numbers():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.split(r"^## ", text, flags=re.M)[1:]
    assert releases[0].startswith(f"[{PYPROJECT['project']['version']}]")
    assert all("### Numbers changed" in release for release in releases)
