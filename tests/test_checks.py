"""The rules inside and between tables, one by one. Whole cohorts that break them: test_broken_cohorts.py."""

import pytest
from conftest import edit, set_key, write_rows

from casestudy.cohort.checks import SUGGESTED, cell_fault, is_date, key_problems, reference_problems, value_problems
from casestudy.cohort.cohort import check_cohort, load_cohort
from casestudy.cohort.files import empty_table
from casestudy.cohort.problems import Problem, as_table, nearest, tell
from casestudy.cohort.schema import TABLES, Column


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (Column("a", "", "id"), "", None),
        (Column("a", "", "id"), "x", None),
        (Column("a", "", "id", needed=True), "", "is blank"),
        (Column("a", "", "id", needed=True), "  ", "is blank"),
        (Column("a", "", "id"), "  ", "has spaces around it"),
        (Column("a", "", "id"), "x ", "has spaces around it"),
        (Column("a", "", "id"), " x y", "is not valid here"),
        (Column("a", ""), "any, text: at (all)", None),
        (Column("a", ""), "text\n", "has spaces around it"),
        (Column("a", "", "choice", allowed=("yes", "no")), "maybe", "is not one of the permitted values"),
        (Column("a", "", "choice", allowed=("yes", "no")), "yes", None),
        (Column("a", "", "date"), "2012-02-29", None),
        (Column("a", "", "date"), "2011-02-29", "is not valid here"),
    ],
)
def test_cell_fault_names_the_first_fault(column, value, said):
    fault = cell_fault(column, value)
    assert (fault and fault[0]) == said


def test_is_date_knows_the_calendar():
    assert is_date("2000-02-29")
    assert not any(map(is_date, ["1900-02-29", "2000-2-29", "20000229", "2000-W01-1", "", "x"]))


def test_key_problems_point_from_each_later_row_to_the_first(tiny):
    sites = tiny.sites.astype(str).iloc[[0, 1, 0, 0]].set_axis([2, 3, 4, 5])
    found = [(p.row, p.value, p.problem) for p in key_problems(TABLES["sites"], sites)]
    assert found == [(row, "north", "is there already, in row 2") for row in (4, 5)]


def test_reference_problems_take_lists_apart(tiny):
    frames = {**tiny.tables, "site_attributes": tiny.site_attributes.astype(str)}
    frames["site_attributes"]["source_refs"] = ["i-n1;i-n8", "i-n9", ""]
    found = list(reference_problems(TABLES["site_attributes"], frames, {}, set()))
    assert [(p.row, p.value) for p in found] == [(0, "i-n8"), (1, "i-n9")]


def test_reference_problems_search_the_nearest_name_for_some_only(tiny):
    many = 3 * SUGGESTED
    frames = {**tiny.tables, "assignments": empty_table(TABLES["assignments"]).reindex(range(many), fill_value="ana")}
    frames["assignments"]["source"] = [f"i-n1{n}" for n in range(many)]
    found = list(reference_problems(TABLES["assignments"], frames, {}, set()))
    assert sum("did you mean" in p.fix for p in found) == SUGGESTED
    assert all("add it to sources.csv" in p.fix for p in found)


@pytest.mark.parametrize(
    ("kind", "allowed", "value", "fits"),
    [
        ("category", "a;b", "b", True),
        ("category", "a; b", "b", True),
        ("category", "a;b", "a;b", False),
        ("category", "", "a", False),
        ("year", "", "2011", True),
        ("year", "", "2009-2011", False),
        ("number", "", "3.5", True),
        ("number", "", "3,5", False),
        ("yes_no", "", "yes", True),
        ("yes_no", "", "true", False),
        ("text", "", "anything", True),
    ],
)
def test_value_problems_follow_the_attribute(tiny, kind, allowed, value, fits):
    attributes = tiny.attributes.assign(type=kind, allowed=allowed)
    frames = {"attributes": attributes, "site_attributes": tiny.site_attributes.head(1).assign(value=value)}
    assert (list(value_problems(frames)) == []) == fits


def test_check_cohort_allows_the_same_informant_in_another_group_elsewhere_or_later(tiny_folder):
    rows = [line.split(",") for line in (tiny_folder / "sources.csv").read_text("utf-8").splitlines()[1:]]
    again = {"source": "again", "kind": "interview", "informant": "n1", "group": "patients"}
    write_rows(tiny_folder, "sources", [*rows, again | {"site": "south"}])
    assert check_cohort(tiny_folder).empty
    write_rows(tiny_folder, "sources", [*rows, again | {"site": "north", "wave": "2"}])
    assert check_cohort(tiny_folder).empty


def test_check_cohort_takes_blank_informants_for_no_one_person(tiny_folder):
    for row in (2, 3):
        edit(tiny_folder, "sources", row, "informant", "")
    assert check_cohort(tiny_folder)["problem"].tolist() == ["is blank"] * 2


def test_check_cohort_allows_codings_of_one_segment_by_several_rounds(tiny_folder):
    with open(tiny_folder / "codings.csv", "a", encoding="utf-8") as file:
        file.write("n1-money,money,ana,consensus,,,barrier,,,,\n")
    assert check_cohort(tiny_folder).empty


def test_check_cohort_takes_a_blank_round_for_independent(tiny_folder):
    edit(tiny_folder, "codings", 3, "coder", "ana")
    edit(tiny_folder, "codings", 3, "round", "independent")
    assert check_cohort(tiny_folder)["problem"].tolist() == ["is there already, in row 2"]


def test_check_cohort_cannot_measure_a_withheld_text(tiny_folder):
    for column, value in (("text", ""), ("text_kind", "withheld")):
        edit(tiny_folder, "segments", 2, column, value)
    for column, value in (("start", "3"), ("end", "9")):
        edit(tiny_folder, "codings", 2, column, value)
    assert check_cohort(tiny_folder).empty


def test_check_cohort_allows_a_pole_on_a_trade_off(tiny_folder):
    edit(tiny_folder, "codings", 2, "pole", "A")
    edit(tiny_folder, "codebook", 2, "kind", "tradeoff")
    assert check_cohort(tiny_folder).empty


def test_check_cohort_says_once_that_the_settings_are_lost(tiny_folder):
    (tiny_folder / "cohort.toml").write_text("x", encoding="utf-8")
    edit(tiny_folder, "codings", 2, "about_group", "patients")
    assert check_cohort(tiny_folder)["file"].tolist() == ["cohort.toml"]


def test_check_cohort_follows_aliases(tiny_folder):
    set_key(tiny_folder, "aliases", [{"informant": "n3", "same_as": "n1", "reason": "One person."}])
    assert check_cohort(tiny_folder).empty


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mony", "did you mean `money`?"),
        ("MONEY", "did you mean `money`?"),
        ("zzz", "valid: `money`, `trust`."),
        ("", "valid: `money`, `trust`."),
    ],
)
def test_nearest_says_which_name_is_meant_or_what_there_is(name, said):
    assert nearest(name, ["money", "trust"]) == said


def test_nearest_shows_eight_names_at_most():
    assert nearest("x", [f"code{n}" for n in range(20)]).endswith("`code7` and 12 more.")
    assert nearest("x", []) == "none is declared."


def test_tell_cuts_long_values_and_ends_every_line_once():
    problem = Problem("a.csv", 2, "text", "x" * 9000, "is not valid here", "write `x`")
    assert len(tell(as_table([problem]))) < 200
    assert tell(as_table([Problem("a.csv", 0, "", "", "is odd", "did you mean `b`?")])) == (
        "- a.csv: is odd. Fix: did you mean `b`?"
    )


def test_as_table_orders_by_file_and_row_and_keeps_each_once():
    problems = [Problem(file, row, "", "", "p", "f") for file, row in (("b", 1), ("a", 9), ("a", 2), ("b", 1))]
    assert as_table(problems)[["file", "row"]].values.tolist() == [["a", 2], ["a", 9], ["b", 1]]


def test_name_twins_finds_two_sites_of_one_name(tiny_folder):
    edit(tiny_folder, "sites", 3, "name", load_cohort(tiny_folder).sites["name"][0])
    found = check_cohort(tiny_folder)
    assert found[["file", "row", "column"]].to_numpy().tolist() == [["sites.csv", 3, "name"]]
