"""The history of the codebook: what is read from it, and what is said of a history that cannot have happened."""

import pandas as pd
import pytest
from conftest import edit, write_rows

from casestudy.cohort.cohort import check_cohort, load_cohort
from casestudy.cohort.history import codes_by_version, earlier_versions, listed, version_order
from casestudy.cohort.schema import TABLES

# money and trust are the challenges of the tiny cohort, meetings its practice; these came before
FORMER = [
    {"code": code, "label": code.capitalize(), "kind": "challenge", "active": "no"}
    for code in ("dues", "fees", "faith")
]
MERGE = {"from_version": "v1", "to_version": "v2", "event": "merge", "from_codes": "dues;fees", "to_codes": "money"}
RENAME = {"from_version": "v2", "to_version": "v3", "event": "rename", "from_codes": "faith", "to_codes": "trust"}


def steps(*pairs):
    return pd.DataFrame(pairs, columns=["from_version", "to_version"])


def add_history(folder, *events):
    """Give the tiny cohort three codes that are no longer in use, and a history."""
    book = load_cohort(folder).codebook.to_dict("records")
    write_rows(folder, "codebook", [*book, *FORMER])
    write_rows(folder, "codebook_events", [{"event_id": f"e{n}", **event} for n, event in enumerate(events, 1)])


def found(folder):
    return check_cohort(folder)[["file", "row", "column", "value", "problem"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("pairs", "order"),
    [
        ([("v1", "v2"), ("v2", "v3")], ["v1", "v2", "v3"]),
        ([("v2", "v3"), ("v1", "v2"), ("v1", "v2")], ["v1", "v2", "v3"]),
        ([("", "v1"), ("v1", "v2")], ["v1", "v2"]),
        ([("", "v1")], ["v1"]),
        ([("v1", "v2"), ("v2", "v1")], []),
        ([("v1", "v2"), ("v2", "v3"), ("v3", "v2")], ["v1", "v2", "v3"]),
        ([], []),
    ],
)
def test_version_order_follows_the_steps(pairs, order):
    assert version_order(steps(*pairs)) == order


def test_earlier_versions_are_those_that_another_follows():
    assert earlier_versions(steps(("", "v1"), ("v1", "v2"), ("v2", "v3"))) == {"v1", "v2"}


def test_listed_takes_lists_apart():
    assert listed("a; b;") == ["a", "b"] and listed("") == []


def test_codes_by_version_walks_back_from_the_active_codes(tiny_folder):
    retire = {"from_version": "v3", "to_version": "v4", "event": "retire", "from_codes": "fees"}
    add_history(tiny_folder, {**MERGE, "event": "rename", "from_codes": "dues"}, RENAME, retire)
    cohort = load_cohort(tiny_folder)
    assert codes_by_version(cohort.codebook_events, cohort.codebook) == {
        "v1": ["meetings", "dues", "fees", "faith"],
        "v2": ["money", "meetings", "fees", "faith"],
        "v3": ["money", "trust", "meetings", "fees"],
        "v4": ["money", "trust", "meetings"],
    }


def test_codes_by_version_keeps_what_changes_in_place(tiny_folder):
    add_history(tiny_folder, {**MERGE, "event": "redefine", "from_codes": "money", "to_codes": ""})
    cohort = load_cohort(tiny_folder)
    found = codes_by_version(cohort.codebook_events, cohort.codebook)
    assert found["v1"] == found["v2"] == ["money", "trust", "meetings"]


def test_codes_by_version_without_events_are_the_active_ones(tiny):
    assert codes_by_version(tiny.codebook_events, tiny.codebook) == {"current": ["money", "trust", "meetings"]}


def test_check_cohort_takes_a_history_that_can_have_happened(tiny_folder):
    add_history(tiny_folder, MERGE, {"to_version": "v1", "event": "create", "to_codes": "dues;trust"})
    assert found(tiny_folder) == []


def test_check_cohort_allows_former_codes_in_rounds_of_their_version_only(tiny_folder):
    add_history(tiny_folder, MERGE)
    for row, name in ((2, "v1"), (3, "v1"), (5, "independent")):
        edit(tiny_folder, "codings", row, "round", name)
        edit(tiny_folder, "codings", row, "code", "dues")
    edit(tiny_folder, "codings", 3, "code", "money")  # not yet there in v1
    assert found(tiny_folder) == [
        ["codings.csv", 3, "code", "money", "is not a code of version `v1`"],
        ["codings.csv", 5, "code", "dues", "is not an active code"],
    ]


@pytest.mark.parametrize(
    ("change", "column", "value", "said"),
    [
        ({"from_codes": "dues;feess"}, "from_codes", "feess", "is not in codebook.csv"),
        ({"from_codes": "dues"}, "event", "merge", "does not fit the codes it names"),
        ({"event": "move", "from_codes": "money", "to_codes": "trust"}, "event", "move", "does not fit the codes"),
        ({"to_codes": "trust"}, "to_codes", "trust", "is not in use in version `v2`"),
        ({"event": "redefine", "from_codes": "dues", "to_codes": ""}, "from_codes", "dues", "is not in use in"),
        ({"event": "retire", "from_codes": "money", "to_codes": ""}, "from_codes", "money", "is still in use in"),
        ({"to_version": "v1"}, "to_version", "v1", "leads from a version to itself"),
        ({"to_version": "v3"}, "from_version", "v1", "is a second version before `v3`, which follows `v2` already"),
        ({"from_version": "v2", "to_version": "v4"}, "to_version", "v4", "is a second version after `v2`"),
        ({"from_version": "v3", "to_version": "v2"}, "from_version", "v3", "goes round in a circle"),
        ({"from_version": "v5", "to_version": "v6"}, "to_version", "v6", "is not joined to the other versions"),
        ({"from_version": ""}, "from_version", "", "is blank, which only `create`"),
        ({"from_version": "consensus"}, "from_version", "consensus", "is the name of a round"),
    ],
)
def test_check_cohort_says_what_cannot_have_happened(tiny_folder, change, column, value, said):
    add_history(tiny_folder, RENAME, {**MERGE, **change})
    row = next(problem for problem in found(tiny_folder) if problem[1] == 3)
    assert row[:4] == ["codebook_events.csv", 3, column, value] and said in row[4]


def test_check_cohort_says_each_fault_of_the_versions_once(tiny_folder):
    circle = [{**MERGE, "from_version": a, "to_version": b} for a, b in (("v1", "v2"), ("v2", "v1"))]
    add_history(tiny_folder, *circle)
    assert [problem[4] for problem in found(tiny_folder)] == ["goes round in a circle: no version is the first"] * 2


def test_check_cohort_knows_the_versions_that_memos_name(tiny_folder):
    add_history(tiny_folder, MERGE)
    memos = [{"memo": f"m{n}", "version": name, "text": "Why."} for n, name in enumerate(("v1", "v9", ""))]
    write_rows(tiny_folder, "memos", memos)
    assert found(tiny_folder) == [["memos.csv", 3, "version", "v9", "is no version of the codebook"]]


def test_check_cohort_leaves_a_blank_version_to_the_check_of_cells(tiny_folder):
    add_history(tiny_folder, {**MERGE, "to_version": ""})
    assert found(tiny_folder) == [["codebook_events.csv", 2, "to_version", "", "is blank"]]


def test_every_kind_of_event_has_a_shape():
    from casestudy.cohort.history import SHAPES

    allowed = {column.name: column.allowed for column in TABLES["codebook_events"].columns}
    assert set(SHAPES) == set(allowed["event"])
