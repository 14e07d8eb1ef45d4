"""README and CONTRIBUTING name nothing that does not exist, and their examples run."""

import csv
import doctest
import io
import json
import re
import shlex
from itertools import takewhile
from pathlib import Path

import pytest
import typer
from openpyxl import Workbook
from typer.testing import CliRunner

from casestudy.cli import app
from casestudy.cohort.schema import TABLES

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "CONTRIBUTING.md")
YOURS = ("build/", "data/mine", "data/<cohort>", "reading/NN.md")  # made by the reader, or a pattern
COMMANDS = typer.main.get_command(app).commands
NUMBER = r"(\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|twenty)"
COUNTED = "sites|alliances|challenges|statements|sources|segments|codings|codes|coders|voices|informants|interviews"


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.M | re.S)


def prose(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def code(text):
    """Everything set as code: words between backticks, and the lines of shell blocks."""
    lines = [line for block in blocks(text, "bash") for line in block.splitlines()]
    return re.findall(r"`([^`\n]+)`", prose(text)) + lines


def command_lines(text):
    """The words of each `casestudy <command> ...`."""
    found = [re.search(r"\bcasestudy [a-z]+\b.*", piece) for piece in code(text)]
    return [shlex.split(match[0])[1:] for match in found if match and not match.string.startswith(("git ", "conda "))]


def notebook_question(path):
    cell = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    return re.search(r"^> (.+)$", "".join(cell["source"]), flags=re.M)[1]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)\s]+)\)", read(page))
    assert links
    assert [link for link in links if not link.startswith("http") and not (ROOT / link.split("#")[0]).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_paths_in_code_exist(page):
    folders = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
    paths = [piece for piece in code(read(page)) if re.fullmatch(rf"({folders})/\S*|[\w-]+\.(md|toml|yml|cff)", piece)]
    missing = [path for path in paths if not path.startswith(YOURS) and not (ROOT / path).exists()]
    assert paths and set(missing) <= {"cohort.toml"}


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_are_in_the_makefile(page):
    targets = re.findall(r"^([a-z-]+):", read("Makefile"), flags=re.M)
    named = [match[1] for piece in code(read(page)) if (match := re.search(r"\bmake ([a-z-]+)", piece))]
    assert named and set(named) <= set(targets)


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_their_options_are_in_the_command_line(page):
    lines = command_lines(read(page))
    assert lines and {words[0] for words in lines} <= set(COMMANDS)
    for command, *words in lines:
        known = {option for parameter in COMMANDS[command].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known
    shown = {shlex.split(piece)[0] for piece in code(read(page)) if piece.startswith("--")}
    assert shown <= {option for command in COMMANDS.values() for p in command.params for option in p.opts}


def test_readme_lists_every_notebook_with_its_question():
    rows = re.findall(r"^\| \[(\w+)\]\((notebooks/\w+\.ipynb)\) \| (.+?) \|$", read("README.md"), flags=re.M)
    stored = {f"notebooks/{path.name}": path for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    assert {link: question for _, link, question in rows} == {k: notebook_question(v) for k, v in stored.items()}
    assert all(Path(link).stem == name for name, link, _ in rows)


def test_readme_says_on_which_cohort_each_notebook_is_stored():
    paths = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    default = r'COHORT = os\.environ\.get\(\\"CASESTUDY_COHORT\\", \\"([\w-]+)\\"\)'
    stored = {path.stem[:2]: re.search(default, path.read_text(encoding="utf-8"))[1] for path in paths}
    told = re.search(r"^Notebooks .*?; the others are stored on `.+?`", read("README.md"), re.M | re.S)[0]
    listed = {
        n: name
        for some, name in re.findall(r"(\d\d(?: and \d\d)*)\s(?:are stored )?on\s`(.+?)`", told)
        for n in some.split(" and ")
    }
    assert stored == dict.fromkeys(stored, re.search(r"others are stored on `(.+?)`", told)[1]) | listed


def test_readme_names_the_sites_that_make_report_builds():
    first = read("README.md").split("## Two commands")[1].split("## ")[0]
    built = re.search(r"^COHORT \?= (.+)$", read("Makefile"), flags=re.M)[1].split()
    assert re.findall(r"`build/([\w-]+)/`", first) == built


@pytest.mark.parametrize("page", PAGES)
def test_commands_name_cohorts_that_are_there(page):
    there = {path.name for path in (ROOT / "data").iterdir()} | {"mine", "invented"}
    lines = [words for words in command_lines(read(page)) if words[0] in ("check", "run", "synth")]
    named = [list(takewhile(lambda word: not word.startswith("--"), words))[1:] for words in lines]
    assert named and {Path(word).name for words in named for word in words} <= there


def test_readme_gives_the_order_to_start_with():
    start = read("README.md").split("## Start here")[1].split("Deeper:")[0]
    assert re.findall(r"^\| \[(\d\d)_", start, flags=re.M) == ["01", "04", "05", "06", "07", "12"]


@pytest.mark.parametrize("page", PAGES)
def test_prose_types_no_number_about_a_cohort(page):
    pattern = rf"\b{NUMBER}( [\w-]+){{0,3}}? ({COUNTED})\b"
    assert re.findall(pattern, prose(read(page)), flags=re.I) == []


def test_readme_example_sheet_becomes_a_cohort_that_passes_check(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [sheet] = blocks(read("README.md"), "csv")
    book = Workbook()
    for row in csv.reader(io.StringIO(sheet)):
        book.active.append(row)
    book.save("sheet.xlsx")
    cheap = [words for words in command_lines(read("README.md")) if "data/mine" in words and words[0] != "run"]
    assert [words[0] for words in cheap] == ["import", "check"]
    for words in cheap:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output


def test_shipped_cohorts_in_readme_pass_check(monkeypatch):
    monkeypatch.chdir(ROOT)
    named = re.findall(r"^\| \[data/([\w-]+)\]", read("README.md"), flags=re.M)
    assert set(named) == {path.name for path in (ROOT / "data").iterdir() if path.is_dir()} - {"mine"}
    result = CliRunner().invoke(app, ["check", "template"])
    assert (result.exit_code, "no problem found" in result.output) == (0, True)


def test_readme_python_example_gives_what_it_shows(monkeypatch):
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest("".join(blocks(read("README.md"), "python")), {}, "README", None, 0)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_readme_picture_is_described_and_small():
    [(description, picture)] = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", read("README.md"))
    assert len(description.split()) > 20
    assert 10_000 < (ROOT / picture).stat().st_size < 150_000


def test_readme_terms_are_explained_in_the_pages_too():
    rows = read("README.md").split("## Terms")[1].split("###")[0].split("|---|---|")[1]
    terms = [term for cell in re.findall(r"^\| (.+?) \|", rows, flags=re.M) for term in cell.split(", ")]
    pages = (read("docs/glossary.md") + read("docs/reading.md")).lower()
    assert terms
    assert [term for term in terms if not re.search(rf"^\*?{term}\b", pages, flags=re.M)] == []


def test_contributing_names_columns_of_the_format():
    columns = {f"{table}.{column}" for table in TABLES for column in TABLES[table].names}
    files = {f"{table}.csv" for table in TABLES}
    named = set(re.findall(rf"`((?:{'|'.join(TABLES)})\.\w+)`", read("CONTRIBUTING.md")))
    assert len(named) > 10
    assert named <= columns | files
