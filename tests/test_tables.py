"""Tables shaped for reading hold the same counts as those they are made from."""

import pandas as pd
import pytest

from casestudy.methods.commonality import breaking_points, common_challenges, sensitivity
from casestudy.methods.comparison import by_group, contrast
from casestudy.methods.displays import barriers_and_strategies
from casestudy.report import tables


@pytest.fixture
def verdicts(tiny):
    return common_challenges(tiny)


def test_or_reason_gives_the_table_if_it_has_something(tiny):
    assert tables.or_reason(tiny.sites, "none") is tiny.sites or tables.or_reason(tiny.sites, "none").equals(tiny.sites)


@pytest.mark.parametrize(
    "table", [pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame({"a": ["", ""]}), pd.DataFrame(index=[1])]
)
def test_or_reason_says_why_nothing_is_shown(table):
    assert tables.or_reason(table, "no <b>facts</b>").data == "Not assessable: no \\<b\\>facts\\<\\/b\\>."


def test_or_sentence_says_what_an_empty_table_means(tiny):
    sites = tiny.sites
    assert tables.or_sentence(sites.head(0), "Nothing is in dispute.").data == "Nothing is in dispute."
    assert tables.or_sentence(sites, "Nothing is in dispute.") is sites


def test_or_reason_shows_zeros():
    zeros = pd.DataFrame({"a": [0, 0]})
    assert tables.or_reason(zeros, "none") is zeros


def test_one_table_keeps_every_row(tiny):
    found = contrast(tiny, "legal")
    assert len(tables.one_table([found, found.head(0), found])) == 2 * len(found)
    assert set(tables.one_table([]).columns) == set(found.columns)


def test_labelled_names_the_rows(verdicts):
    table = tables.labelled(verdicts, "reading", "class")
    assert table.index.tolist() == ["Money", "Trust"] * 2 and table.columns.tolist() == ["reading", "class"]
    assert "code" not in tables.labelled(verdicts)


def test_side_by_side_puts_both_readings_in_a_row_with_denominators(tiny, verdicts):
    table = tables.side_by_side(verdicts, tiny)
    assert table.loc["Money", ["difficulty", "difficulty: sites", "difficulty: k_star"]].tolist() == [
        "widespread",
        "2 of 3",
        "1 (m_star 1)",
    ]
    assert table.loc["Money", ["raised", "raised: sites", "raised: k_star"]].tolist() == [
        "widespread",
        "2 of 3",
        "1 (m_star 1)",
    ]


def test_with_interval_tells_missing_from_no_interval():
    rows = [(0.5, 0.25, 0.75), (0.5, None, None), (None, None, None), (0.0, 0.0, 0.0)]
    table = pd.DataFrame(rows, columns=["estimate", "lo", "hi"])
    assert tables.with_interval(table).tolist() == [
        "0.50 (0.25 to 0.75)",
        "0.50 (no interval)",
        "",
        "0.00 (0.00 to 0.00)",
    ]


STAFF = {"attribute": "staff", "label": "Staff", "theme": "context", "type": "number"}


def with_numbers(make_cohort, facts):
    rows = [(s, f"{s}1", "payers", "money", "challenge") for s in ("north", "south", "east")]
    values = [dict(zip(("site", "attribute", "value", "variant", "rater"), fact, strict=False)) for fact in facts]
    return make_cohort(rows, attributes=[STAFF], site_attributes=values)


def test_numbers_of_keep_blanks_and_zeros_apart(make_cohort):
    cohort = with_numbers(make_cohort, [("north", "staff", "12"), ("south", "staff", "0")])
    column = tables.numbers_of(cohort, "context")["Staff"]
    assert column.index.tolist() == ["North", "South", "East"]
    assert column["North"] == 12 and column["South"] == 0 and column["East"] is pd.NA


def test_numbers_of_survive_two_raters(make_cohort):
    cohort = with_numbers(make_cohort, [("north", "staff", "12", "", "ana"), ("north", "staff", "12", "", "ben")])
    assert tables.numbers_of(cohort, "context").loc["North", "Staff"] == 12


def test_numbers_of_a_theme_without_numbers_has_no_column(make_cohort):
    assert tables.numbers_of(with_numbers(make_cohort, [("north", "staff", "12")]), "governance").shape == (3, 0)


def test_sides_by_code_count_sites(make_cohort):
    told = {"a": ["challenge"], "b": ["challenge", "strategy"], "c": ["strategy"], "d": ["neutral"]}
    rows = [(s, f"{s}{n}", "payers", "money", v) for s, valences in told.items() for n, v in enumerate(valences)]
    cohort = make_cohort(rows, codes=["trust", "money"])
    table = tables.sides_by_code(barriers_and_strategies(cohort), cohort)
    assert table.index.tolist() == ["Trust", "Money"]
    assert table.loc["Money"].to_dict() == {"difficulty only": 1, "both": 1, "strategy only": 1}
    assert table.loc["Trust"].sum() == 0


def test_group_matrix_shows_the_voices_that_raise_a_code(tiny):
    matrix = tables.group_matrix(by_group(tiny), tiny)
    assert matrix.loc["Money"].to_dict() == {"Clinicians": 4, "Patients": 2}
    assert matrix.loc["Trust"].to_dict() == {"Clinicians": 2, "Patients": 0}


def test_group_matrix_of_one_group_still_shows_what_it_raised(make_cohort):
    cohort = make_cohort([("north", "n1", "payers", "money", "challenge")], codes=["money", "trust"])
    assert tables.group_matrix(by_group(cohort), cohort)["Payers"].to_dict() == {"Money": 1, "Trust": 0}


def test_about_matrix_shows_the_groups_most_spoken_of(make_cohort):
    rows = [
        ("north", "n1", "payers", "money", "challenge", {"about_group": g})
        for g in ("patients", "payers;patients", "funders")
    ]
    cohort = make_cohort(rows)
    matrix = tables.about_matrix(by_group(cohort, by="about"), cohort, most=2)
    assert matrix.loc["Money"].to_dict() == {"Patients": 2, "Payers": 1}


def test_at_each_k_writes_sites_of_sites(tiny):
    table = tables.at_each_k(breaking_points(tiny), {"money": "Money", "trust": "Trust"}).set_index(
        ["label", "reading"]
    )
    assert table.loc[("Money", "difficulty")].tolist()[:4] == ["2 of 3", "2 of 3", "1 of 1", "0 of 0"]


def test_at_each_k_of_no_challenge_is_empty(make_cohort):
    cohort = make_cohort([("north", "n1", "payers", "meeting", "strategy")], codes={"meeting": "practice"})
    assert tables.at_each_k(breaking_points(cohort), {}).empty


def test_changes_table_gives_one_row_per_change_with_what_differs(tiny):
    varied = sensitivity(tiny)
    table = tables.changes_table(varied, "difficulty")
    tried = varied.drop_duplicates(["varied", "to"])
    assert len(table) == len(tried)
    assert table.loc["as planned", ["verdicts", "differs"]].tolist() == ["0 of 2", ""]
    assert table.loc["k = 3", ["verdicts", "differs", "status"]].tolist() == [
        "2 of 2",
        "Money: widespread → not_assessable; Trust: absent → not_assessable",
        "not_assessable",
    ]


def test_named_says_where_words_are_withheld(tiny):
    table = pd.DataFrame({"segment": ["a", "b", ""], "text": ["", "Said.", ""]})
    assert tables.named(table, tiny)["text"].tolist() == ["(words withheld)", "Said.", ""]
