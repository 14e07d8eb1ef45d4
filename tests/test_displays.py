"""Displays: order kept, zeros and blanks told apart, denominators shown."""

import pandas as pd
import pytest

from casestudy.cohort.reference import load_reference
from casestudy.methods.displays import (
    barriers_and_strategies,
    both_readings,
    meta_matrix,
    role_ordered,
    role_statements,
    site_by_code,
    site_order,
    voices_by_group,
    where_present,
)

NORTH, SOUTH, EAST = "North alliance", "South alliance", "East alliance"


@pytest.fixture
def thin(make_cohort):
    """Two sites with two voices, one with a single one (k = 2), of which nothing is known about money."""
    rows = [("zeta", f"z{n}", g, "money", "challenge") for n, g in enumerate(("clinicians", "patients"))]
    rows += [("beta", f"b{n}", g) for n, g in enumerate(("clinicians", "patients"))]
    rows += [("alpha", "a0", "clinicians", "trust", "challenge")]
    return make_cohort(rows, plan={"k": 2, "m": 1}, codes=["trust", "money"])


def test_site_by_code_tells_zero_from_missing(thin):
    money = site_by_code(thin).loc["Money"]
    assert money["Zeta"] == 2 and money["Beta"] == 0 and money["Alpha"] is pd.NA


def test_site_by_code_keeps_the_declared_order(thin):
    matrix = site_by_code(thin)
    assert (matrix.index.tolist(), matrix.columns.tolist()) == (["Trust", "Money"], ["Zeta", "Beta", "Alpha"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [("raised", [3, 2, 1]), ("statements", [3, 2, 1]), ("could", [3, 2, 2]), ("estimate", [1, 1, 0.5])],
)
def test_site_by_code_shows_the_value_asked_for(tiny, value, expected):
    assert site_by_code(tiny, value=value).loc["Money"].tolist() == expected


def test_site_by_code_takes_kind_codes_and_reading(tiny):
    assert site_by_code(tiny, "practice", "documented").loc["Meetings"].tolist() == [2, 1, 1]
    assert site_by_code(tiny, codes=["trust", "money"]).index.tolist() == ["Trust", "Money"]
    assert site_by_code(tiny, "tradeoff").empty


@pytest.mark.parametrize("wrong", [{"value": "share"}, {"reading": "problem"}])
def test_site_by_code_refuses_unknown_words(tiny, wrong):
    with pytest.raises(ValueError, match="write one of"):
        site_by_code(tiny, **wrong)


def test_both_readings_name_them_as_readers_know_them(tiny, make_cohort):
    assert list(both_readings(tiny)) == ["Difficulty", "Raised"]
    document = make_cohort([("north", "n", "news", "money", "strategy")], evidence_level="document")
    assert {title: m.iloc[0, 0] for title, m in both_readings(document).items()} == {"Difficulty": 0, "Documented": 1}


def test_where_present_names_sites_with_voices_of_voices(tiny):
    row = where_present(tiny).set_index("code").loc["money"]
    assert row["difficulty"] == 2 and row["assessable"] == 3
    assert row["difficulty_at"] == "North alliance 3/3; South alliance 2/2"


def test_where_present_of_a_silent_code_is_zero_of_the_sites_that_can_be_judged(thin):
    row = where_present(thin).set_index("code").loc["trust"]
    assert row[["difficulty", "difficulty_at", "documented", "assessable", "status"]].tolist() == [0, "", 0, 2, "ok"]


def test_where_present_says_what_cannot_be_judged(thin):
    table = where_present(thin.with_plan(k=9))
    assert set(table["assessable"]) == {0} and set(table["status"]) == {"not_assessable"}


def test_voices_by_group_keeps_zeros_and_order(tiny):
    table = voices_by_group(tiny)
    assert table.columns.tolist() == [NORTH, SOUTH, EAST] and table.index.tolist() == ["Clinicians", "Patients"]
    assert table.to_numpy().tolist() == [[2, 1, 1], [1, 1, 1]]


def test_voices_by_group_shows_alliance_and_funder_as_one_voice(make_cohort):
    rows = [("north", who, who, "money", "challenge") for who in ("alliance", "funder", "news")]
    table = voices_by_group(make_cohort(rows, evidence_level="document"))
    assert table["North"].to_dict() == {"News": 1, "Alliance and funder (one voice)": 1}


YEARS = [
    {"site": s, "attribute": "founded", "value": v} for s, v in (("north", "2001"), ("south", "999"), ("east", "1999"))
]
LEGAL = [{"site": s, "attribute": "legal", "value": v} for s, v in (("north", "company"), ("east", "charity"))]
TEXTS = [{"site": s, "attribute": "motto", "value": v} for s, v in (("north", "b"), ("south", "a"), ("east", "c"))]
ATTRIBUTES = [
    {"attribute": "founded", "label": "Founded", "theme": "context", "type": "number"},
    {"attribute": "legal", "label": "Legal", "theme": "governance", "type": "category", "allowed": "charity;company"},
    {"attribute": "motto", "label": "Motto", "theme": "context", "type": "text"},
]


@pytest.fixture
def ordered(make_cohort):
    """Three sites whose difficulties fall in another order than each of their attributes."""
    counts = {"north": 1, "south": 3, "east": 2}
    rows = [(s, f"{s}{n}", "clinicians", "money", "challenge") for s, many in counts.items() for n in range(many)]
    tables = {"attributes": ATTRIBUTES, "site_attributes": YEARS + LEGAL + TEXTS}
    return make_cohort(rows, plan={"k": 1, "m": 1}, **tables)


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("", ["north", "south", "east"]),
        ("founded", ["south", "east", "north"]),  # by size, not by alphabet
        ("legal", ["east", "north", "south"]),  # as declared, without a value last
        ("motto", ["south", "north", "east"]),
    ],
)
def test_site_order_by_number_category_and_text(ordered, by, order):
    assert site_order(ordered, by)["site"].tolist() == order
    assert site_order(ordered.with_plan(order_by=by))["site"].tolist() == order


def test_meta_matrix_is_never_ordered_by_difficulty(ordered):
    assert meta_matrix(ordered)["name"].tolist() == ["North", "South", "East"]
    assert meta_matrix(ordered, "founded")[["name", "founded"]].values.tolist() == [
        ["South", "999"],
        ["East", "1999"],
        ["North", "2001"],
    ]


def test_meta_matrix_tells_a_silence_from_a_site_without_voices(make_cohort):
    rows = [("north", "n1", "clinicians", "money", "challenge"), ("south", "s1", "clinicians")]
    cohort = make_cohort(rows, plan={"k": 1, "m": 1}, sites=["north", "south", "empty"])
    assert meta_matrix(cohort)["Money"].tolist() == ["1 of 1 voices: n1 on money. [t1]", "", "-"]


def test_meta_matrix_quotes_two_statements_and_counts_the_rest(make_cohort):
    long = {"text": "one two three four five"}
    rows = [("north", f"n{n}", "clinicians", "money", "challenge", long) for n in range(4)]
    cell = meta_matrix(make_cohort(rows, plan={"k": 1, "m": 1}), words=3)["Money"][0]
    assert cell == "4 of 4 voices: one two three … [t1] one two three … [t2] (and 2 more)"


def test_meta_matrix_shows_the_reading_asked_for(tiny):
    east = {r: meta_matrix(tiny, reading=r).set_index("name").loc[EAST, "Trust"] for r in ("difficulty", "documented")}
    assert east["difficulty"] == "" and east["documented"].startswith("1 of 2 voices")


def test_role_ordered_has_no_row_for_a_group_not_heard(thin):
    table = role_ordered(thin)
    heard = table.groupby("site", sort=False)["group"].unique().map(list).to_dict()
    assert heard == {"zeta": ["clinicians", "patients"], "beta": ["clinicians", "patients"], "alpha": ["clinicians"]}


def test_role_ordered_counts_voices_and_sums_to_the_matrix(tiny):
    table = role_ordered(tiny).set_index(["site", "code", "group"])
    assert table.loc[("north", "money", "clinicians")].to_dict() == {"raised": 2, "could": 2, "segments": 2}
    assert table.loc[("east", "money", "patients")].to_dict() == {"raised": 0, "could": 1, "segments": 0}
    assert table.groupby("code")["raised"].sum().to_dict() == site_by_code(tiny).sum(axis=1).rename(str.lower).to_dict()


def test_barriers_and_strategies_show_both_sides(make_cohort):
    told = {
        "both": ["strategy", "challenge", "barrier"],
        "hard": ["challenge", "neutral"],
        "answer": ["strategy", "facilitator"],
        "helped": ["facilitator"],
        "denied": ["not_here"],
    }
    rows = [(s, f"{s}{n}", "clinicians", "money", v) for s, all_ in told.items() for n, v in enumerate(all_)]
    table = barriers_and_strategies(make_cohort(rows)).set_index("site")
    assert table["sides"].to_dict() == {
        "both": "both",
        "hard": "difficulty only",
        "answer": "strategy only",
        "helped": "",
        "denied": "",
    }
    assert table[["difficulty", "strategy", "facilitator"]].loc["both"].tolist() == [2, 1, 0]
    assert table.loc["both", "segments"] == "t2;t3;t1"  # difficulties first
    assert table.loc["denied", "segments"] == ""


def test_barriers_and_strategies_keep_the_order_of_segments_within_a_side(make_cohort):
    rows = [("north", f"n{n}", "clinicians", "money", ("challenge", "strategy")[n % 2]) for n in range(40)]
    found = barriers_and_strategies(make_cohort(rows))["segments"][0].split(";")
    assert found == [f"t{n}" for n in (*range(1, 41, 2), *range(2, 41, 2))]


def test_barriers_and_strategies_leave_a_contested_statement_on_no_side(tiny):
    row = barriers_and_strategies(tiny, "practice").set_index(["site", "code"]).loc[("north", "meetings")]
    assert row[["difficulty", "strategy", "facilitator"]].tolist() == [0, 1, 0] and row["segments"] == "n1-meetings"


def test_barriers_and_strategies_without_any_are_zeros(make_cohort):
    table = barriers_and_strategies(make_cohort([("north", "n1", "clinicians", "money", "neutral")]))
    assert table[["difficulty", "strategy", "facilitator", "sides"]].values.tolist() == [[0, 0, 0, ""]]


def test_role_statements_give_the_published_reading_of_hopes_and_fears():
    table = role_statements(load_reference().role_statements).set_index("theme")
    assert table["class"].to_dict() == {
        "health_improvements": "shared hope with a fear",
        "financing": "shared mixed",
        "control": "shared fear",
        "time": "shared fear",
        "politics": "divergent",
    }
    assert table.loc["health_improvements", "fears"] == "cbo" and table["n"].sum() == 23


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("A+ B+", "shared hope"),
        ("A- B-", "shared fear"),
        ("A+ A- B+ B-", "shared mixed"),
        ("A+ B+ B-", "shared hope with a fear"),
        ("A- B- B+", "shared fear with a hope"),
        ("A+ B-", "divergent"),
        ("A+", "divergent"),  # B is silent
    ],
)
def test_role_statements_by_the_rule(said, name):
    rows = [(w[0], "money", "hope" if w[1] == "+" else "fear") for w in said.split()]
    rows += [(group, "other", "hope") for group in "AB"]
    table = role_statements(pd.DataFrame(rows, columns=["group", "theme", "valence"]))
    assert table.set_index("theme").loc["money", "class"] == name
