"""The codebook and its history, on a small history of which every number is known."""

import pandas as pd
import pytest

from casestudy import load_cohort, load_reference
from casestudy.methods import codebook

CODES = {  # code -> (kind, domain, origin, active)
    "resources": ("challenge", "inside", "deductive", ""),
    "sharing": ("challenge", "inside", "emergent", ""),
    "roles": ("challenge", "inside", "emergent", ""),
    "joining": ("challenge", "outside", "deductive", ""),
    "office": ("challenge", "outside", "", ""),
    "trust": ("challenge", "outside", "deductive", "yes"),
    "meals": ("practice", "outside", "emergent", ""),
    "money": ("challenge", "inside", "deductive", "no"),
    "staffing": ("challenge", "inside", "deductive", "no"),
    "leading": ("challenge", "inside", "deductive", "no"),
    "recruiting": ("challenge", "outside", "deductive", "no"),
    "habits": ("challenge", "inside", "emergent", "no"),
}
EVENTS = [
    ("e1", "v1", "v2", "merge", "money;staffing", "resources"),
    ("e2", "v1", "v2", "split", "leading", "sharing;roles"),
    ("e3", "v1", "v2", "rename", "recruiting", "joining"),
    ("e4", "v1", "v2", "create", "", "office"),
    ("e5", "v2", "v3", "retire", "habits", "", "", "", "", "m1"),
    ("e6", "v2", "v3", "move", "trust", "trust"),
]
MEMOS = [
    ("m1", "ana", "", "", "v3", "", "Habits say nothing of the alliance."),
    ("m2", "ana", "trust", "", "v1", "2011-05-31", "Trust is not standing."),
]
# segment -> (informant, codes in round v1, in round v2, in the round independent = v3); None = not read in v2
TOLD = {
    "a": ("n1", "money", "resources", "resources"),
    "b": ("n1", "staffing", "resources", "resources"),
    "c": ("n1", "leading", "sharing", "sharing"),
    "d": ("n1", "leading", "sharing roles", "sharing roles"),
    "e": ("n1", "leading", "trust", "trust"),
    "f": ("n1", "recruiting", "joining", "joining"),
    "g": ("n1", "trust", "trust", "trust"),
    "h": ("n1", "", "habits", "resources"),
    "i": ("n2", "leading", None, "roles"),
}
ROUNDS = ("v1", "v2", "independent")
SILENT = ("north", "n1", "staff", {"segment": "t1"})  # said something that nobody coded


def rows(*rounds):
    """Return the codebook, and the statements of the given rounds."""
    book = [
        {"code": code, "label": code.capitalize(), "kind": kind, "domain": domain, "origin": origin, "active": active}
        for code, (kind, domain, origin, active) in CODES.items()
    ]
    told = [
        ("north", who, "staff", code, "challenge", {"segment": segment, "round": name})
        for segment, (who, *given) in TOLD.items()
        for name, codes in zip(ROUNDS, given, strict=True)
        for code in (codes or "").split()
        if name in rounds
    ]
    return told, {"codebook": book, "codebook_events": EVENTS, "memos": MEMOS}


@pytest.fixture
def grown(make_cohort):
    """Return a cohort whose codebook has three versions."""
    told, tables = rows(*ROUNDS)
    return make_cohort(told, **tables)


@pytest.fixture
def unread(make_cohort):
    """Return the same cohort without the round `v2`."""
    told, tables = rows("v1", "independent")
    return make_cohort(told, **tables)


def columns(table, *names):
    return table[list(names)].to_numpy().tolist()


# ---- concepts -----------------------------------------------------------------------------------------------------


def test_conceptual_map_gives_the_published_table(make_cohort):
    reference = load_reference()
    found = reference.findings.query("study == 'capacity_study' and status == 'common'")
    book = [
        {"code": f.code, "label": f.code, "kind": "challenge", "domain": f.domain, "origin": "emergent"}
        for f in found.itertuples()
    ]
    terms = [{"domain": t.domain, "term": t.published_term} for t in reference.search_terms.itertuples()]
    table = codebook.conceptual_map(make_cohort([SILENT], codebook=book, search_terms=terms))
    assert columns(table, "domain", "n_terms", "n_challenges", "emergent") == [
        ["infrastructure_governance", 10, 6, 6],
        ["stakeholder_relations", 6, 4, 4],
    ]
    assert table["terms"][1].split("; ") == reference.search_terms["published_term"].tolist()[10:]


def test_conceptual_map_counts_origins_and_lists_what_else_there_is(grown):
    table = codebook.conceptual_map(grown)
    assert columns(table, "domain", "challenges", "deductive", "emergent", "others") == [
        ["inside", "Resources; Sharing; Roles", 1, 2, ""],
        ["outside", "Joining; Office; Trust", 2, 0, "Meals"],
    ]


def test_conceptual_map_tells_no_search_terms_from_none_for_a_domain(grown, make_cohort):
    table = codebook.conceptual_map(grown)
    assert table["n_terms"].isna().all() and set(table["status"]) == {"not_assessable"}
    told, tables = rows(*ROUNDS)
    terms = [{"code": "trust", "term": "trust*"}, {"domain": "outside", "term": "trust*"}, {"domain": "x", "term": "y"}]
    table = codebook.conceptual_map(make_cohort(told, **tables, search_terms=terms))
    assert columns(table, "domain", "n_terms", "status", "n_challenges") == [
        ["inside", 0, "not_assessable", 3],
        ["outside", 1, "ok", 3],
        ["x", 1, "ok", 0],
    ]


def test_conceptual_map_counts_spellings_of_one_term_once(grown):
    terms = pd.DataFrame([{"domain": "inside", "term": "cost;costs; benefit*"}])
    terms = terms.reindex(columns=grown.search_terms.columns, fill_value="")
    table = codebook.conceptual_map(grown.with_tables(search_terms=terms))
    assert columns(table, "terms", "n_terms")[0] == ["cost / costs / benefit*", 1]


def test_concept_tree_puts_parts_under_their_code(make_cohort):
    told, tables = rows(*ROUNDS)
    parts = [("seats", "Seats", "aspect", "elsewhere", "roles"), ("votes", "Votes", "aspect", "", "seats")]
    parts += [("loose", "Loose", "aspect", "", ""), ("ring", "Ring", "aspect", "inside", "ring")]
    tables["codebook"] += [dict(zip(("code", "label", "kind", "domain", "parent"), p, strict=True)) for p in parts]
    tree = codebook.concept_tree(make_cohort(told, **tables))
    assert columns(tree, "level", "parent", "child") == [
        ["domain", "", "inside"],
        *(["code", "inside", code] for code in ("resources", "sharing", "roles")),
        ["part", "roles", "seats"],
        ["part", "roles", "votes"],
        ["code", "inside", "ring"],
        ["domain", "", "outside"],
        *(["code", "outside", code] for code in ("joining", "office", "trust")),
    ]


def test_concept_tree_shows_the_kinds_asked_for(grown):
    tree = codebook.concept_tree(grown, ("practice",))
    assert columns(tree, "level", "label") == [["domain", "Outside"], ["code", "Meals"]]


# ---- quality ------------------------------------------------------------------------------------------------------


def test_completeness_names_what_is_missing(make_cohort):
    whole = {"definition": "x", "use_when": "x", "not_when": "x", "example_segment": "t1"}
    book = [
        {"code": "whole", "label": "Whole", "kind": "challenge", **whole},
        {"code": "part", "label": "Part", "kind": "challenge", **whole, "use_when": " ", "example_segment": ""},
        {"code": "old", "label": "Old", "kind": "challenge", "active": "no"},
    ]
    cohort = make_cohort([("north", "n1", "staff", "whole", "challenge")], codebook=book[:1] + book[2:])
    cohort = cohort.with_tables(codebook=pd.DataFrame(book).fillna(""))
    table = codebook.completeness(cohort)
    assert columns(table, "code", "has_definition", "missing", "complete") == [
        ["whole", True, "", "yes"],
        ["part", True, "when to use it, an example", "no"],
    ]


def test_emergent_share_counts_those_that_state_their_origin(grown):
    table = codebook.emergent_share(grown)
    assert columns(table, "kind", "deductive", "emergent", "unstated", "n", "estimate") == [
        ["challenge", 3, 2, 1, 5, 0.4],
        ["practice", 0, 1, 0, 1, 1.0],
        ["all", 3, 3, 1, 6, 0.5],
    ]
    assert table["reason"][0] == "1 of 6 codes do not state their origin"


def test_emergent_share_cannot_be_judged_without_origins(tiny):
    table = codebook.emergent_share(tiny)
    assert set(table["status"]) == {"not_assessable"} and table["reason"].ne("").all()


def test_memos_by_code_keeps_memos_of_codes_only(grown, tiny):
    table = codebook.memos_by_code(grown)
    assert columns(table, "code", "label", "memo") == [["trust", "Trust", "m2"]]
    assert list(codebook.memos_by_code(tiny)) == list(table) and codebook.memos_by_code(tiny).empty


# ---- versions -----------------------------------------------------------------------------------------------------


def test_versions_tell_codes_and_what_was_coded_under_each(grown):
    table = codebook.versions(grown)
    assert columns(table, "version", "n_codes", "rounds", "sources", "segments") == [
        ["v1", 6, "v1", 2, 8],
        ["v2", 7, "v2", 1, 8],
        ["v3", 6, "independent", 2, 9],
    ]
    assert table["codes"][0] == "Trust; Money; Staffing; Leading; Recruiting; Habits"


def test_versions_say_that_nothing_was_coded_under_one(unread):
    table = codebook.versions(unread)
    assert table["status"].tolist() == ["ok", "not_assessable", "ok"] and table["reason"][1]


def test_versions_of_another_kind_do_not_change(grown):
    assert codebook.versions(grown, "practice")["codes"].tolist() == ["Meals"] * 3


def test_stability_counts_what_was_touched(grown):
    table = codebook.stability(grown)
    assert table["touched"].tolist() == [pd.NA, 4, 1] and table["n"].tolist() == [pd.NA, 6, 7]
    assert table["estimate"].tolist()[1:] == pytest.approx([1 - 4 / 6, 1 - 1 / 7])
    assert columns(table, "status", "reason")[0] == ["not_assessable", "the first version: there is nothing before it"]
    assert table["events"][1].startswith("merge: Money + Staffing → Resources; split: Leading → Sharing + Roles; ")
    assert table["events"][2] == "retire: Habits; move: Trust"


def test_stability_of_a_kind_without_events_is_whole(grown):
    table = codebook.stability(grown, "practice")
    assert columns(table, "touched", "estimate", "events")[1:] == [[0, 1.0, "no change"]] * 2


# ---- lineage ------------------------------------------------------------------------------------------------------


def test_lineage_follows_every_code(grown):
    table = codebook.lineage(grown).query("from_version == 'v1'")
    assert columns(table, "from_code", "to_code", "event", "coded", "reread") == [
        ["money", "resources", "merge", 1, 1],
        ["staffing", "resources", "merge", 1, 1],
        ["leading", "sharing", "split", 4, 3],
        ["leading", "roles", "split", 4, 3],
        ["recruiting", "joining", "rename", 1, 1],
        ["", "office", "create", 0, 0],
        ["trust", "trust", "same", 1, 1],
        ["habits", "habits", "same", 0, 0],
    ]
    assert table["segments"].tolist() == [1, 1, 2, 1, 1, pd.NA, 1, 0]
    assert table["share"].tolist()[2:4] == pytest.approx([2 / 3, 1 / 3])
    reasons = dict(columns(table.query("status != 'ok'"), "to_code", "reason"))
    assert reasons == {"office": "a new code: there is nothing before it", "habits": "no segment was given this code"}


def test_lineage_tells_moved_and_retired_codes(grown):
    table = codebook.lineage(grown).query("from_version == 'v2'").set_index("from_code")
    assert table.loc["trust", "event"] == "move"
    assert table.loc["habits", ["to_code", "event", "reread", "reason"]].tolist() == [
        "",
        "retire",
        1,
        "a retired code: there is nothing after it",
    ]


def test_lineage_counts_what_was_assigned_again_though_nothing_was_found_in_it(make_cohort):
    told, tables = rows(*ROUNDS)
    read = [("ana", f"north-{who}", name) for who in ("n1", "n2") for name in ROUNDS]
    table = codebook.lineage(make_cohort(told, **tables, assignments=read)).query("from_code == 'leading'")
    assert columns(table, "coded", "reread", "segments") == [[4, 4, 2], [4, 4, 1]]


def test_lineage_needs_a_second_reading(unread):
    table = codebook.lineage(unread).query("from_code == 'leading'")
    assert (
        columns(table, "coded", "reread", "status", "reason")
        == [[4, 0, "not_estimable", "no segment with this code was read again under v2"]] * 2
    )


def test_crosswalk_is_one_by_the_events_and_a_share_after_a_split(grown):
    table = codebook.crosswalk(grown, "v1", "v2").pivot(index="old", columns="new", values="estimate")
    assert table.shape == (6, 7)
    assert table.loc["money", "resources"] == table.loc["recruiting", "joining"] == table.loc["trust", "trust"] == 1
    assert table.loc["leading", ["sharing", "roles"]].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert table.loc["leading"].sum() == pytest.approx(1) and table["office"].sum() == 0


def test_crosswalk_goes_over_several_versions(grown):
    table = codebook.crosswalk(grown).pivot(index="old", columns="new", values="estimate")
    assert table.loc["leading", ["sharing", "roles", "trust"]].tolist() == [0.5, 0.5, 0]
    assert table.loc["habits"].sum() == 0 and table.loc["staffing", "resources"] == 1


def test_crosswalk_does_not_guess_a_split_that_nobody_read_again(unread):
    table = codebook.crosswalk(unread, "v1", "v2").query("status != 'ok'")
    assert columns(table, "old", "new", "status") == [["leading", c, "not_estimable"] for c in ("sharing", "roles")]
    assert table["estimate"].isna().all() and table["reason"].str.contains("no segment with the old code").all()


@pytest.mark.parametrize(("old", "new"), [("v9", "v1"), ("v1", "v9"), ("v2", "v1")])
def test_crosswalk_names_the_versions_there_are(grown, old, new):
    with pytest.raises(ValueError, match="they are v1, v2, v3"):
        codebook.crosswalk(grown, old, new)


# ---- orphans ------------------------------------------------------------------------------------------------------


def test_orphans_are_read_again_and_carry_no_descendant(grown):
    table = codebook.orphans(grown)
    assert columns(table, "segment", "site", "version", "code", "memo", "explained") == [
        ["e", "north", "v1", "leading", "", "no"],
        ["h", "north", "v2", "habits", "Habits say nothing of the alliance.", "yes"],
    ]
    assert set(table["status"]) == {"ok"} and table["label"].tolist() == ["Leading", "Habits"]


def test_orphans_are_explained_by_a_memo_on_code_and_version(grown):
    memos = pd.DataFrame([("m3", "leading", "v1", "Said of the guests."), ("m4", "leading", "v2", "Later.")])
    memos = memos.set_axis(["memo", "code", "version", "text"], axis=1).reindex(
        columns=grown.memos.columns, fill_value=""
    )
    assert codebook.orphans(grown.with_tables(memos=memos))["memo"].tolist() == ["Said of the guests.", ""]


def test_orphans_say_where_nothing_was_read_again(unread):
    table = codebook.orphans(unread)
    assert columns(table, "version", "status", "reason") == [
        ["v1", "not_estimable", "no segment coded under v1 was read again under v2"],
        ["v2", "not_estimable", "no segment coded under v2 was read again under v3"],
    ]


# ---- thin cohorts -------------------------------------------------------------------------------------------------

HISTORY = (codebook.lineage, codebook.crosswalk, codebook.orphans, codebook.stability)


@pytest.mark.parametrize("of", HISTORY)
@pytest.mark.parametrize("name", ["af4q", "bqi", "template"])
def test_history_of_a_single_version_says_so(of, name):
    table = of(load_cohort(name))
    assert columns(table, "status", "reason") == [
        ["not_assessable", "single version: no history of the codebook is recorded"]
    ]


@pytest.mark.parametrize("name", codebook.__all__)
def test_every_table_explains_what_it_cannot_say(make_cohort, name):
    table = getattr(codebook, name)(make_cohort([SILENT], codes=["money"], assignments=None))
    assert "status" not in table or table.loc[table["status"] != "ok", "reason"].ne("").all()


def test_codings_of_several_coders_count_once(make_cohort):
    told, tables = rows(*ROUNDS)
    again = [(*row[:5], {**row[5], "coder": "ben"}) for row in told]
    cohort = make_cohort(told + again, **tables)
    one = make_cohort(told, **tables)
    pd.testing.assert_frame_equal(codebook.lineage(cohort), codebook.lineage(one))
