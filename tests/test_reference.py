import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pandas as pd
import pytest

from casestudy.cohort import reference as module
from casestudy.cohort.reference import KEYS, TABLES, load_reference

FOLDER = Path(__file__).parents[1] / "data" / "reference"
TEXTS = {
    "findings": "statement",
    "links": "statement",
    "trade_offs": "reported",
    "role_statements": "paraphrase",
    "capabilities": "statement",
    "practices": "definition",
}


@pytest.fixture(scope="module")
def reference():
    return load_reference(FOLDER)


def documented_columns():
    """The columns README.md explains, as table -> column -> meaning."""
    sections = re.split(r"^### `(\w+)`$", (FOLDER / "README.md").read_text(encoding="utf-8"), flags=re.M)
    rows = [re.findall(r"^\| `(\w+)` \| (.*) \|$", body, flags=re.M) for body in sections[2::2]]
    return {name: dict(row) for name, row in zip(sections[1::2], rows, strict=True)}


def word_runs(text, length=8):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def number(reference, quantity, study="capacity_study"):
    rows = reference.numbers.query("quantity == @quantity and study == @study")
    return rows["value"].item()


def test_readme_documents_the_declared_tables_and_columns():
    assert documented_columns() == TABLES


def test_reference_has_one_attribute_per_declared_table_and_is_frozen(reference):
    assert [field.name for field in fields(reference)] == list(TABLES) == list(KEYS)
    with pytest.raises(FrozenInstanceError):
        reference.studies = pd.DataFrame()


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_unique_keys_and_studies_that_resolve(reference, name):
    table = getattr(reference, name)
    assert not table.duplicated(KEYS[name]).any()
    blank_allowed = {""} if name in ("numbers", "practices") else set()
    assert set(table["study"]) <= set(reference.studies["study"]) | blank_allowed


@pytest.mark.parametrize("name", TABLES)
def test_files_are_utf8_with_lf_and_hold_no_stray_spaces(name):
    data = (FOLDER / f"{name}.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf") and b"\r" not in data
    text = pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)
    assert text.map(lambda cell: cell == " ".join(cell.split())).all(axis=None)


@pytest.mark.parametrize(("name", "column"), TEXTS.items())
def test_no_two_rows_share_eight_words(reference, name, column):
    table = getattr(reference, name)
    if name == "role_statements":  # what is reported once of all groups is worded once
        table = table.drop_duplicates("evidence")
    runs = [run for text in table[column] for run in word_runs(text)]
    assert len(runs) == len(set(runs))


def test_capacity_study_has_ten_common_challenges_six_and_four(reference):
    common = reference.findings.query("study == 'capacity_study' and status == 'common'")
    assert common.groupby("domain").size().to_dict() == {
        "infrastructure_governance": 6,
        "stakeholder_relations": 4,
    }
    assert (common["n"] == 4).all() and (common["of"] == 4).all()


@pytest.mark.parametrize("pattern", ["power_eq", "origin_", "region_"])
def test_capacity_study_tallies_cover_the_four_alliances_once(reference, pattern):
    counts = reference.findings.query("status == 'count'")
    assert counts.loc[counts["finding"].str.startswith(pattern), "n"].sum() == 4


def test_alignment_study_has_five_distinguishing_one_umbrella_three_common(reference):
    status = reference.findings.query("study == 'alignment_study'")["status"].value_counts().to_dict()
    assert status == {"distinguishing": 5, "common": 3, "umbrella": 1}


def test_search_terms_are_ten_and_six_in_order(reference):
    terms = reference.search_terms
    assert terms.groupby("domain")["order"].agg(list).to_dict() == {
        "infrastructure_governance": list(range(1, 11)),
        "stakeholder_relations": list(range(1, 7)),
    }
    assert (terms["term"] != "").all()


def test_trade_offs_and_links_use_the_ten_challenges(reference):
    ten = set(reference.findings.query("study == 'capacity_study' and status == 'common'")["code"])
    assert set(reference.trade_offs["code"]) == ten
    assert set(reference.links["from_code"]) | set(reference.links["to_code"]) <= ten
    assert not reference.links.duplicated(["from_code", "to_code"]).any()


def test_trade_offs_name_existing_columns_as_inferred(reference):
    named = reference.trade_offs["inferred"].str.split(";").explode()
    assert set(named[named != ""]) <= set(TABLES["trade_offs"])


def test_role_statements_are_nine_hopes_and_fourteen_fears(reference):
    roles = reference.role_statements
    assert roles["valence"].value_counts().to_dict() == {"fear": 14, "hope": 9}
    assert (roles["group"].nunique(), roles["theme"].nunique()) == (3, 5)


def test_role_statements_of_all_groups_are_one_evidence_each(reference):
    shared = reference.role_statements.query("stated_for == 'all'").groupby("evidence")["group"]
    assert shared.nunique().to_dict() == {"all_financing_hope": 3, "all_health_improvements_hope": 3}
    assert reference.role_statements["evidence"].nunique() == 19


def test_capabilities_are_four_with_life_cycle_tensions_and_conflict_sources(reference):
    kinds = reference.capabilities["kind"].value_counts()
    assert reference.capabilities["capability"].nunique() == 4
    assert kinds[["lifecycle_stage", "tension", "conflict_source"]].tolist() == [3, 2, 3]


def test_practices_say_where_the_guide_treats_them_or_that_it_does_not(reference):
    practices = reference.practices
    assert len(practices) == 37
    assert ((practices["study"] == "") == (practices["section"] == "")).all()


def test_numbers_agree_with_each_other(reference):
    interviews = number(reference, "interviews")
    assert interviews / number(reference, "alliances studied") == 17
    assert number(reference, "mean interviews per site") == 17
    assert round(number(reference, "transcript pages") / interviews, 2) == 17.97
    assert number(reference, "pages per interview") == 17.97


def test_load_reference_reads_blanks_as_text_and_numbers_as_numbers(reference):
    findings = reference.findings
    assert (findings.query("code == ''")["status"] == "count").all()
    assert str(findings["n"].dtype) == "Int64" and str(reference.numbers["value"].dtype) == "float64"
    assert findings.query("status == 'distinguishing'")["n"].isna().all()


def test_load_reference_is_found_from_a_folder_below_and_from_elsewhere(reference, monkeypatch, tmp_path):
    for place in (FOLDER, tmp_path):
        monkeypatch.chdir(place)
        pd.testing.assert_frame_equal(load_reference().findings, reference.findings)


def test_load_reference_prefers_a_folder_above_the_working_folder(monkeypatch, tmp_path):
    for folder in ("data/reference", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks")
    with pytest.raises(FileNotFoundError, match=r"studies\.csv` is missing; restore"):
        load_reference()


def test_load_reference_says_what_to_do_without_a_folder(monkeypatch, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"give the folder that holds studies\.csv"):
        load_reference(tmp_path / "nowhere")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "__file__", str(tmp_path / "a" / "b" / "reference.py"))
    with pytest.raises(FileNotFoundError, match="give load_reference its path"):
        load_reference()


def test_load_reference_refuses_other_columns(tmp_path):
    (tmp_path / "studies.csv").write_text("study,title\nx,y\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"studies\.csv: its columns must be study, title, author"):
        load_reference(tmp_path)
