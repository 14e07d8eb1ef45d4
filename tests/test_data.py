"""What ships: every cohort loads, says what it must, and names nothing it must not."""

import re
from pathlib import Path

import pytest

from casestudy import check_cohort, load_cohort
from casestudy.cohort.dictionary import PAGE, dictionary
from casestudy.cohort.schema import PLAN_KEYS, TABLES, TOML_KEYS

DATA = Path(__file__).resolve().parents[1] / "data"
COHORTS = [path.parent.name for path in sorted(DATA.glob("*/cohort.toml"))]
NAMED = [name for name in COHORTS if name in ("af4q", "bqi")]
FILES = [
    path for path in sorted(DATA.rglob("*")) if path.is_file() and path.suffix in (".csv", ".md", ".toml", ".json")
]
CAUTION = [
    "public pages we read say about these organisations",
    "opening",
    "language models",
    "not verified",
    "not in the pages we read",
    "no such challenge",
    "not a ranking",
    "assessment",
    "CONTRIBUTING",
]


@pytest.fixture(scope="module")
def cohorts():
    """Return every shipped cohort by name."""
    return {name: load_cohort(DATA / name) for name in COHORTS}


def _words(path: Path) -> str:
    """Return a page's text as one line, without marks of emphasis and quotation."""
    text = re.sub(r"[*_>“”\"]", "", path.read_text(encoding="utf-8"))
    return " ".join(text.split())


def test_data_dictionary_is_the_generated_one():
    assert PAGE.read_text(encoding="utf-8") == dictionary(), "run `python -m casestudy.cohort.dictionary`"


def test_data_dictionary_describes_every_table_column_and_key():
    page = dictionary()
    for table in TABLES.values():
        section = page.split(f"### {table.name}.csv\n")[1].split("\n### ")[0]
        assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == table.names
    assert all(f"| `{key}` |" in page for key in (*TOML_KEYS, *PLAN_KEYS))


def test_data_dictionary_lists_the_cohorts_of_a_folder(tmp_path, tiny_folder):
    assert "| [tiny](tiny/README.md) | Tiny, a synthetic cohort | interviews | 3 | 7 | 21 |" in dictionary(tmp_path)


@pytest.mark.parametrize("name", COHORTS)
def test_shipped_cohort_has_no_problem(name):
    assert check_cohort(DATA / name).to_dict("records") == []


@pytest.mark.parametrize("name", COHORTS)
def test_shipped_cohort_is_called_by_its_folder(name, cohorts):
    assert cohorts[name].id == name


@pytest.mark.parametrize("name", COHORTS)
def test_shipped_cohort_fixes_its_plan(name, cohorts):
    assert cohorts[name].plan.set
    assert {code for codes in cohorts[name].plan.themes.values() for code in codes} <= set(
        cohorts[name].codebook["code"]
    )


@pytest.mark.parametrize("name", COHORTS)
def test_synthetic_cohort_says_so(name, cohorts):
    said = "synthetic" in cohorts[name].title.lower()
    assert said == cohorts[name].synthetic
    if cohorts[name].synthetic:
        assert "synthetic" in _words(DATA / name / "README.md").lower()
        assert set(cohorts[name].coders["kind"]) <= {"synthetic"}


@pytest.mark.parametrize("name", COHORTS)
def test_csv_files_are_written_in_one_way(name):
    for path in (DATA / name).glob("*.csv"):
        data = path.read_bytes()
        assert not data.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in data, path.name
        assert data.endswith(b"\n"), path.name
        assert data.split(b"\n", 1)[0].decode().split(",") == TABLES[path.stem].names, path.name


@pytest.mark.parametrize("name", COHORTS)
def test_every_documented_site_is_heard_of(name, cohorts):
    cohort = cohorts[name]
    assert set(cohort.sites["site"]) <= set(cohort.segments["site"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_shipped_file_names_no_place_of_its_making(path):
    text = re.sub(r"https?://[^\s,]+", "", path.read_text(encoding="utf-8"))
    assert re.findall(r"\bseed[ _-]?0\d*\b|/tmp/|/home/|/root/|\bseeds/", text, re.IGNORECASE) == []


@pytest.mark.parametrize("name", NAMED)
def test_readme_about_named_organisations_cautions(name):
    text = _words(DATA / name / "README.md")
    assert [phrase for phrase in CAUTION if phrase not in text] == []


@pytest.mark.parametrize("name", NAMED)
def test_cohort_about_named_organisations_holds_restatements_by_model_coders(name, cohorts):
    cohort = cohorts[name]
    assert (cohort.evidence_level, cohort.synthetic) == ("document", False)
    assert set(cohort.segments["text_kind"]) == {"paraphrase"}
    assert set(cohort.coders["kind"]) == {"model"}


@pytest.mark.parametrize("name", NAMED)
def test_negative_statement_about_a_named_organisation_has_a_link(name, cohorts):
    cohort = cohorts[name]
    negative = cohort.codings[cohort.codings["valence"].isin(["challenge", "barrier"])]["segment"]
    told = cohort.segments[cohort.segments["segment"].isin(negative)].merge(cohort.sources, on="source")
    assert told.loc[told["url"] == "", "source"].tolist() == []


@pytest.mark.parametrize("name", NAMED)
def test_assignments_say_that_every_coder_read_every_source_of_a_statement(name, cohorts):
    cohort = cohorts[name]
    given = set(cohort.assignments[["coder", "source"]].itertuples(index=False, name=None))
    wanted = {(coder, source) for coder in cohort.coders["coder"] for source in cohort.segments["source"]}
    assert wanted <= given


def test_same_as_holds_both_ways(cohorts):
    stated = {
        (f"{name}/{site}", other)
        for name, cohort in cohorts.items()
        for site, others in cohort.sites[["site", "same_as"]].itertuples(index=False)
        for other in others.split(";")
        if other
    }
    assert {(there, here) for here, there in stated} == stated
    known = {f"{name}/{site}" for name, cohort in cohorts.items() for site in cohort.sites["site"]}
    assert {there for _, there in stated} <= known


def test_three_organisations_are_in_both_named_cohorts(cohorts):
    same = cohorts["bqi"].sites.set_index("site")["same_as"]
    assert set(same[same != ""].index) == {"mhqp", "mncm", "wchq"}


def test_reference_is_not_a_cohort():
    assert "reference" not in COHORTS
    assert {"af4q", "bqi", "template"} <= set(COHORTS)
