"""Presence and commonness: published values, cases worked by hand, and the definitions recomputed by brute force."""

import math
from itertools import product

import pandas as pd
import pytest
from conftest import write_tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.cohort.cohort import load_cohort
from casestudy.methods.commonality import (
    breaking_points,
    classify,
    common_challenges,
    leave_one_site_out,
    presence,
    presence_flags,
    sensitivity,
    verdicts,
)
from casestudy.methods.evidence import wilson

CODES = ("c1", "c2", "c3", "c4", "c5", "c6")  # many codes make few examples tell much
quick = settings(max_examples=5, deadline=None)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return load_cohort(write_tiny(tmp_path_factory.mktemp("base") / "tiny"))


def built(base, told, **plan):
    """Return a cohort from {site: [(group, codes raised as a difficulty, codes raised otherwise), ...]}."""
    voices = [(site, f"{site}{n}", *voice) for site, heard in told.items() for n, voice in enumerate(heard)]
    said = [
        (who, code, valence)
        for _, who, _, difficult, other in voices
        for codes, valence in ((difficult, "challenge"), (other, "strategy"))
        for code in codes
    ]
    sources = pd.DataFrame([(who, site, group, who) for site, who, group, *_ in voices], columns=SOURCE)
    segments = pd.DataFrame([(f"{w}-{c}-{v}", w, w.rstrip("0123456789"), "site", "explicit", "") for w, c, v in said])
    codings = pd.DataFrame([(f"{w}-{c}-{v}", c, "ana", "independent", v, "") for w, c, v in said])
    return base.with_plan(**plan).with_tables(
        sites=frame(base, "sites", pd.DataFrame({"site": list(told), "name": [s.upper() for s in told]})),
        sources=frame(base, "sources", sources.assign(wave=1)),
        segments=frame(base, "segments", segments.reindex(columns=range(6)).set_axis(SEGMENT, axis=1)),
        codings=frame(base, "codings", codings.reindex(columns=range(6)).set_axis(CODING, axis=1)),
        codebook=frame(base, "codebook", pd.DataFrame({"code": CODES, "label": CODES, "kind": "challenge"})),
        assignments=pd.DataFrame({"coder": "ana", "source": sources["source"], "round": "independent"}),
    )


SOURCE = ["source", "site", "group", "informant"]
SEGMENT = ["segment", "source", "site", "scope", "basis", "speaker"]
CODING = ["segment", "code", "coder", "round", "valence", "about_group"]


def frame(base, table, rows):
    """Give the rows every column of the table, typed as if they had been loaded."""
    types = base.tables[table].dtypes
    rows = rows.reindex(columns=types.index).reset_index(drop=True)
    blank = [c for c in rows if c not in NUMBERS_IN_TABLES and rows[c].isna().all()]
    return rows.assign(**dict.fromkeys(blank, "")).astype(types)


NUMBERS_IN_TABLES = {"wave", "year", "seq", "start", "end", "pages", "n_words"}


def heard(*numbers, group="pq"):
    """Voices of alternating groups: with heard(2, 1) two of three raise c1 and one of them c2; the last is silent."""
    voices = max(numbers) + 1
    return [
        (group[n % len(group)], [c for c, k in zip(CODES, numbers, strict=False) if n < k], []) for n in range(voices)
    ]


def one_code(table, code="c1", reading="difficulty"):
    return table[(table["code"] == code) & (table["reading"] == reading)].iloc[0]


code_sets = st.lists(st.sampled_from(CODES), unique=True)
voice = st.tuples(st.sampled_from("pqr"), code_sets, code_sets)
cohorts = st.lists(st.lists(voice, min_size=0, max_size=5), min_size=1, max_size=4)
cohorts = cohorts.map(lambda sites: {"abcd"[n]: voices for n, voices in enumerate(sites)})
# everywhere enough voices of enough groups for every k <= 3 and m <= 2: the set of sites to judge stays the same
FULL = [("p", [], []), ("q", [], []), ("p", [], [])]
fixed_sets = cohorts.map(lambda told: {site: voices + FULL for site, voices in told.items()})


@pytest.mark.parametrize(
    ("count", "n", "lo", "hi"),
    [(4, 4, 0.5101, 1), (3, 4, 0.3006, 0.9544), (0, 18, 0, 0.1759), (3, 15, 0.0705, 0.4519)],  # as in R and statsmodels
)
def test_wilson_gives_published_values(count, n, lo, hi):
    assert wilson(count, n, 0.95) == pytest.approx((lo, hi), abs=5e-5)


def test_wilson_of_nothing_is_missing():
    assert all(math.isnan(bound) for bound in wilson(0, 0, 0.95))


@given(n=st.integers(1, 60), data=st.data())
def test_wilson_is_the_solution_of_the_score_equation(n, data):
    count = data.draw(st.integers(0, n))
    z = 1.959963984540054
    for bound in wilson(count, n, 0.95):
        assert (count / n - bound) ** 2 * n == pytest.approx(z**2 * bound * (1 - bound), abs=1e-6)


@pytest.mark.parametrize(
    ("present", "assessable", "name"),
    [
        (0, 0, "not_assessable"),
        (1, 1, "not_assessable"),
        (2, 2, "common"),
        (1, 2, "site_specific"),
        (0, 2, "absent"),
        (3, 3, "common"),
        (2, 3, "widespread"),
        (1, 3, "site_specific"),
        (16, 16, "common"),
        (15, 16, "widespread"),
        (14, 16, "mixed"),
        (2, 16, "mixed"),
    ],
)
def test_classify_by_count(present, assessable, name):
    assert classify(present, assessable) == name


@pytest.mark.parametrize(
    ("k", "m", "expected"), [(1, 1, True), (3, 1, True), (4, 1, False), (3, 2, True), (2, 3, False), (3, 3, False)]
)
def test_presence_needs_k_voices_from_m_groups(base, k, m, expected):
    silent = [("r", [], [])] * 2  # a third group is heard, but does not raise it
    cell = one_code(presence(built(base, {"a": heard(3) + silent}, k=k, m=m)))
    assert (cell["raised"], cell["could"], cell["groups"]) == (3, 6, 2)
    assert bool(cell["present"]) is expected and cell["status"] == "ok"


def test_presence_gives_share_and_interval(base):
    cell = one_code(presence(built(base, {"a": heard(3)}, k=1, m=1)))
    assert (cell["estimate"], cell["n"]) == (0.75, 4)
    assert (cell["lo"], cell["hi"]) == pytest.approx((0.3006, 0.9544), abs=5e-5)


@pytest.mark.parametrize(
    ("voices", "said"),
    [
        ([], "no voice"),
        ([("p", ["c1"], [])], "only 1 voice "),
        (heard(1), "only 2 voices"),
        (heard(3, group="p"), "only 1 stakeholder group "),
    ],
)
def test_presence_cannot_be_judged_with_too_few_voices_or_groups(base, voices, said):
    cell = one_code(presence(built(base, {"a": voices, "b": heard(3)}, k=3, m=2)))
    assert cell["status"] == "not_assessable" and cell["present"] is pd.NA
    assert said in cell["reason"]


def test_presence_of_a_silence_is_no_and_not_missing(base):
    cell = one_code(presence(built(base, {"a": heard(0, 3)}, k=3, m=2)))
    assert (cell["status"], bool(cell["present"]), cell["estimate"], cell["reason"]) == ("ok", False, 0, "")


@pytest.mark.parametrize(
    ("voices", "rung"),
    [
        (heard(0, 3), "none"),
        (heard(2, 3), "isolated"),
        ([("p", ["c1"], [])] * 3 + [("q", [], [])], "one-sided"),
        (heard(3), "triangulated"),
        (heard(3, group="pqr"), "strong"),
        (heard(3, group="pqr") + [("p", [], [])] * 6, "triangulated"),  # three of ten: under a third
    ],
)
def test_presence_ladder_of_interviews(base, voices, rung):
    assert one_code(presence(built(base, {"a": voices}, k=3, m=2)))["ladder"] == rung


@pytest.mark.parametrize(
    ("publishers", "rung"), [(0, "none"), (1, "one voice"), (2, "corroborated"), (3, "corroborated")]
)
def test_presence_ladder_of_documents(make_cohort, publishers, rung):
    rows = [("north", f"n{i}", "news", "money", "challenge") for i in range(publishers)]
    cohort = make_cohort([*rows, ("north", "n0", "news", "trust", "challenge")], evidence_level="document")
    assert one_code(presence(cohort), "money")["ladder"] == rung if rows else True


def test_presence_leaves_voices_out_that_could_not_raise_the_code(make_cohort):
    rows = [("north", who, "clinicians", "money", "challenge") for who in ("n1", "n2")] + [
        ("north", "n3", "clinicians")
    ]
    modules = [{"module": "m", "label": "M", "codes": "money"}]
    cohort = make_cohort(rows, plan={"k": 3, "m": 1}, modules=modules, asked=[("north-n1", "m"), ("north-n2", "m")])
    cell = one_code(presence(cohort), "money")
    assert (cell["raised"], cell["could"], cell["status"]) == (2, 2, "not_assessable")


@quick
@given(told=cohorts, k=st.integers(1, 3), m=st.integers(1, 2))
def test_presence_against_the_definition(base, told, k, m):
    table = presence(built(base, told, k=k, m=m))
    assert table[["reading", "code", "site"]].drop_duplicates().shape[0] == len(table) == 2 * len(CODES) * len(told)
    for cell in table.itertuples():
        counts = {"difficulty": (1,), "documented": (1, 2)}[cell.reading]
        yes = [voice[0] for voice in told[cell.site] if any(cell.code in voice[n] for n in counts)]
        assert (cell.raised, cell.groups, cell.could) == (len(yes), len(set(yes)), len(told[cell.site]))
        judged = len(told[cell.site]) >= k and len({voice[0] for voice in told[cell.site]}) >= m
        assert (cell.status == "ok") is judged
        assert cell.present is pd.NA or cell.present == (len(yes) >= k and len(set(yes)) >= m)


@quick
@given(told=cohorts)
def test_presence_of_a_difficulty_never_exceeds_what_is_documented(base, told):
    by = presence(built(base, told, k=1, m=1)).set_index(["reading", "code", "site"]).sort_index()
    for column in ("raised", "groups", "statements"):
        assert (by.loc["difficulty", column] <= by.loc["documented", column]).all()
    assert by.loc["difficulty", "could"].equals(by.loc["documented", "could"])


# ---- common -------------------------------------------------------------------------------------------------------


def test_common_challenges_of_three_sites(base):
    told = {"a": heard(3, 3, 1), "b": heard(4, 2), "c": heard(5, 4)}
    table = common_challenges(built(base, told, k=3, m=2), "difficulty").set_index("code").head(3)
    assert table["class"].to_dict() == {"c1": "common", "c2": "widespread", "c3": "absent"}
    assert table["k_star"].to_dict() == {"c1": 3, "c2": 2, "c3": 0}
    assert table["weakest_site"].to_dict() == {"c1": "A", "c2": "B", "c3": "B; C"}
    assert table.loc["c2", "present_at"] == "A; C"


def test_common_challenges_excludes_and_names_sites_that_cannot_be_judged(base):
    told = {"a": heard(3), "b": heard(3), "thin": heard(1)}
    row = one_code(common_challenges(built(base, told, k=3, m=2)))
    assert (row["class"], row["sites_present"], row["sites_assessable"]) == ("common", 2, 2)
    assert row["not_assessable_at"] == "THIN"


@pytest.mark.parametrize("told", [{"a": heard(3)}, {"a": heard(3), "b": heard(1)}, {"a": [], "b": []}])
def test_common_challenges_says_nothing_of_fewer_than_two_sites(base, told):
    table = common_challenges(built(base, told, k=3, m=2))
    assert set(table["class"]) == set(table["status"]) == {"not_assessable"}
    assert table["reason"].str.endswith("can be judged: nothing can be common").all()


@pytest.mark.parametrize(("third", "expected"), [(3, "common"), (2, "widespread")])
def test_common_challenges_one_missing_voice_ends_it(base, third, expected):
    told = {"a": heard(3), "b": heard(3), "c": [*heard(third), ("r", [], [])]}
    assert one_code(common_challenges(built(base, told, k=3, m=2)))["class"] == expected


def test_common_challenges_of_the_tiny_cohort(tiny):
    table = common_challenges(tiny, "difficulty").set_index("code")
    assert table["class"].to_dict() == {"money": "widespread", "trust": "absent"}
    assert table.loc["money", ["present_at", "k_star"]].tolist() == ["North alliance; South alliance", 1]


@quick
@given(told=fixed_sets)
def test_common_challenges_hold_for_exactly_all_k_and_m_up_to_the_breaking_points(base, told):
    cohort = built(base, told)
    stars = common_challenges(cohort, "documented", k=1, m=1).set_index("code")
    for k, m in product((1, 2, 3), (1, 2)):
        again = common_challenges(cohort, "documented", k=k, m=m).set_index("code")
        for code in CODES:
            holds = k <= stars.loc[code, "k_star"] and m <= stars.loc[code, "m_star"]
            assert (again.loc[code, "class"] == "common") is (bool(holds) and len(told) > 1)


def test_common_challenges_breaking_points_hold_only_for_the_sites_that_can_be_judged(base):
    cohort = built(base, {"a": heard(5), "b": heard(5), "thin": heard(1)})
    low, high = (one_code(common_challenges(cohort, k=k, m=1)) for k in (1, 3))
    assert (low["k_star"], low["class"]) == (1, "common")
    assert (high["k_star"], high["class"], high["sites_assessable"]) == (5, "common", 2)  # another question: two sites


@quick
@given(told=cohorts, seed=st.integers(0, 999))
def test_common_challenges_do_not_depend_on_row_order_or_names(base, told, seed):
    cohort = built(base, told, k=2, m=1)
    table = common_challenges(cohort)
    mixed = {t: cohort.tables[t].sample(frac=1, random_state=seed) for t in ("codings", "segments", "sources")}
    pd.testing.assert_frame_equal(common_challenges(cohort.with_tables(**mixed)), table)
    other = {"abcd"[n]: "zxyw"[n] for n in range(4)}
    renamed = common_challenges(built(base, {other[site]: voices for site, voices in told.items()}, k=2, m=1))
    pd.testing.assert_frame_equal(renamed[NUMBERS], table[NUMBERS])


NUMBERS = ["code", "reading", "class", "sites_present", "sites_assessable", "k_star", "m_star", "status"]


@quick
@given(told=cohorts)
def test_common_challenges_shift_by_one_when_a_site_without_voices_is_added(base, told):
    table = common_challenges(built(base, told, k=1, m=1))
    more = common_challenges(built(base, {**told, "empty": []}, k=1, m=1))
    pd.testing.assert_frame_equal(more[NUMBERS], table[NUMBERS])  # missing is not zero


def test_verdicts_keep_to_one_kind(tiny):
    cells = presence(tiny)
    assert set(verdicts(cells, tiny)["code"]) == {"money", "trust"}
    assert verdicts(cells, tiny, "practice")["code"].tolist() == ["meetings", "meetings"]
    assert verdicts(cells, tiny, "tradeoff").empty
    assert len(verdicts(cells, tiny, None)) == 6


# ---- how firmly ---------------------------------------------------------------------------------------------------


@quick
@given(told=fixed_sets)
def test_breaking_points_never_rise_with_k(base, told):
    table = breaking_points(built(base, told, k=1, m=1))
    for _, rows in table.groupby(["code", "reading"]):
        assert rows["k"].is_monotonic_increasing and rows["sites"].is_monotonic_decreasing
    last = table[table["k"] == table["k"].max()]
    assert (last["sites"] == 0).all()  # one more than any site reaches


@quick
@given(told=cohorts)
def test_breaking_points_agree_with_common_challenges_at_every_k(base, told):
    cohort = built(base, told, k=1, m=1)
    table = breaking_points(cohort)
    for k, rows in table.groupby("k"):
        again = common_challenges(cohort, k=k)
        assert rows["sites"].tolist() == again["sites_present"].tolist()
        assert rows["class"].tolist() == again["class"].tolist()


def test_leave_one_site_out_finds_the_pivotal_site(base):
    told = {"a": heard(3, 3), "b": heard(3, 3), "c": [*heard(0, 3), ("r", [], [])]}
    table = leave_one_site_out(built(base, told, k=3, m=2)).query("reading == 'difficulty'").set_index("site")
    assert table["gained"].to_dict() == {"a": "", "b": "", "c": "c1"}
    assert table["common"].to_dict() == {"a": "c2", "b": "c2", "c": "c1;c2"}
    assert table["jaccard"].to_dict() == {"a": 1, "b": 1, "c": 0.5}


@quick
@given(told=cohorts)
def test_leave_one_site_out_against_building_the_cohort_without_it(base, told):
    def common(told):
        table = common_challenges(built(base, told, k=1, m=1), "documented") if told else pd.DataFrame({"class": []})
        return table.loc[table["class"] == "common", "code"].tolist() if len(table) else []

    full = common(told)
    cohort = built(base, told, k=1, m=1)
    judged = presence(cohort).query("status == 'ok'")["site"].nunique()
    for row in leave_one_site_out(cohort).query("reading == 'documented'").itertuples():
        rest = common({site: voices for site, voices in told.items() if site != row.site})
        assert row.common == ";".join(rest)
        assert row.gained == ";".join(c for c in rest if c not in full)
        assert row.lost == ";".join(c for c in full if c not in rest)
        assert row.status == ("ok" if judged > 2 else "not_assessable")


def test_sensitivity_begins_with_the_plan_and_marks_what_changes(make_cohort):
    def at(site, code, **cells):
        return [(site, f"{site}{n}", g, code, "challenge", cells) for n, g in enumerate(("clinicians", "patients"))]

    rows = at("north", "money") + at("south", "money", scope="market") + at("south", "trust") + at("north", "trust")
    table = sensitivity(make_cohort(rows, plan={"k": 2, "m": 2}))
    planned = common_challenges(make_cohort(rows, plan={"k": 2, "m": 2}))
    assert table.head(len(planned))["class"].tolist() == planned["class"].tolist()
    assert not table.loc[table["varied"] == "as planned", "changed"].any()
    money = table[(table["code"] == "money") & (table["reading"] == "difficulty")].set_index(["varied", "to"])
    assert money.loc[("scope", "any"), ["class", "changed"]].tolist() == ["common", True]
    assert money.loc[("basis", "any"), ["class", "changed"]].tolist() == ["site_specific", False]
    assert money.loc[("k", "3"), ["class", "changed"]].tolist() == ["not_assessable", True]
    assert ("period", "any") not in money.index and ("resolve", "consensus") not in money.index


def test_sensitivity_of_what_makes_no_difference_is_unchanged(base):
    told = {site: heard(9, group="pqr") for site in "abc"}
    table = sensitivity(built(base, told, k=2, m=2, period="1900-2100", checked=("supported", "")))
    varied = {"as planned", "scope", "basis", "checked", "period", "k"}  # one coder: nothing to settle otherwise
    assert set(table["varied"]) == varied and not table["changed"].any()


def test_sensitivity_takes_each_other_rule_of_resolution(tiny):
    table = sensitivity(tiny)
    assert table.loc[table["varied"] == "resolve", "to"].unique().tolist() == ["any", "all", "single"]
    for how in ("any", "all", "single"):
        again = common_challenges(tiny.with_plan(resolve=how))["class"].tolist()
        assert table.query("varied == 'resolve' and to == @how")["class"].tolist() == again


def test_presence_and_verdicts_call_nothing_absent_that_nobody_looked_for(make_cohort):
    said = [(site, f"{site}1", "payers", "", "", {"segment": site}) for site in ("north", "south", "east")]
    cohort = make_cohort(said, plan={"k": 1, "m": 1}, codes=["money"])
    for table in (presence(cohort), common_challenges(cohort), sensitivity(cohort)):
        assert set(table["status"]) == {"not_assessable"}
        assert set(table["reason"]) == {"no source of wave 1 was read by a coder"}
    assert not breaking_points(cohort)["sites_assessable"].any()


def test_leave_one_site_out_needs_three_sites_that_can_be_judged(base):
    told = {"a": heard(3), "b": heard(3), "thin": heard(1)}
    table = leave_one_site_out(built(base, told, k=3, m=2))
    assert set(table["reason"]) == {"fewer than three sites can be judged: leaving one out leaves nothing to compare"}


def test_sensitivity_settles_nothing_anew_where_every_source_had_one_reader(make_cohort):
    rows = [("north", "n1", "payers", "money", "challenge")]
    assert "resolve" not in set(sensitivity(make_cohort(rows))["varied"])
    both = [("north", "n1", "payers", "money", "challenge", {"segment": "a", "coder": c}) for c in ("ana", "ben")]
    assert "resolve" in set(sensitivity(make_cohort(both))["varied"])


def flagged(cohort, site="north", reading="difficulty"):
    table = presence_flags(cohort, reading)
    return table[(table["site"] == site) & (table["code"] == "money")].iloc[0]


def told_of_money(*valences, site="north", coders=("ana",)):
    """One informant per valence, each read by the coders in turn."""
    return [
        (site, f"{site}{n}", "payers", "money", valence, {"coder": coders[n % len(coders)]})
        for n, valence in enumerate(valences)
    ]


@pytest.mark.parametrize(
    ("valences", "contested"),
    [
        (["challenge", "strategy", "not_here"], True),  # a third of those who speak to it
        (["challenge", "strategy", "neutral", "not_here"], False),
        (["challenge"], False),
        (["not_here"], True),
    ],
)
def test_presence_flags_contested_from_a_third_of_denials(make_cohort, valences, contested):
    row = flagged(make_cohort(told_of_money(*valences), plan={"k": 1, "m": 1}))
    assert (row["speaking"], row["denying"]) == (len(valences), valences.count("not_here"))
    assert row["contested"] == contested


def test_presence_flags_count_informants_and_not_segments(make_cohort):
    rows = told_of_money("challenge", "challenge", "challenge") + [told_of_money("not_here")[0]] * 3
    row = flagged(make_cohort(rows, plan={"k": 1, "m": 1}))  # who says both speaks once and denies once
    assert (row["speaking"], row["denying"]) == (3, 1)


def test_presence_flags_nothing_where_nobody_speaks(make_cohort):
    row = flagged(make_cohort([*told_of_money("challenge"), ("south", "s1", "payers")], plan={"k": 1, "m": 1}), "south")
    assert row[["speaking", "contested", "readers", "single_reader"]].tolist() == [0, False, "", False]


@pytest.mark.parametrize(("coders", "alone"), [(("ana",), True), (("ana", "ben"), False)])
def test_presence_flags_what_a_single_reader_supplied(make_cohort, coders, alone):
    rows = told_of_money("challenge", "challenge", coders=coders)
    read = [(row[5]["coder"], f"north-{row[1]}", "independent") for row in rows]
    row = flagged(make_cohort(rows, plan={"j": 1, "k": 1, "m": 1, "resolve": "single"}, assignments=read))
    assert (row["readers"], row["single_reader"]) == (";".join(coders), alone)


def test_presence_flags_take_the_readers_of_what_counts_only(make_cohort):
    rows = told_of_money("challenge", "strategy", coders=("ana", "ben"))
    read = [("ana", "north-north0", "independent"), ("ben", "north-north1", "independent")]
    cohort = make_cohort(rows, plan={"j": 1, "k": 1, "m": 1, "resolve": "single"}, assignments=read)
    assert flagged(cohort)["readers"] == "ana" and flagged(cohort, reading="documented")["readers"] == "ana;ben"


def test_presence_flags_take_the_readers_of_those_who_say_enough(make_cohort):
    rows = told_of_money("challenge", "challenge", coders=("ana", "ben")) + told_of_money("challenge")
    read = [("ana", "north-north0", "independent"), ("ben", "north-north1", "independent")]
    cohort = make_cohort(rows, plan={"j": 2, "k": 1, "m": 1, "resolve": "single"}, assignments=read)
    assert (flagged(cohort)["readers"], flagged(cohort)["single_reader"]) == ("ana", True)  # north1 spoke of it once


def test_presence_flags_do_not_call_a_consensus_a_single_reader(make_cohort):
    settled = ("north", "n0", "payers", "money", "challenge", {"coder": "agreed", "round": "consensus", "segment": "a"})
    alone = ("north", "n0", "payers", "money", "challenge", {"coder": "ana", "segment": "a"})
    row = flagged(make_cohort([alone, settled], plan={"k": 1, "m": 1, "resolve": "consensus"}))
    assert (row["readers"], row["single_reader"]) == ("agreed", False)


def test_presence_flags_stand_in_the_order_of_presence(tiny):
    keys = ["site", "code", "reading"]
    assert presence_flags(tiny)[keys].values.tolist() == presence(tiny)[keys].values.tolist()
    assert (
        presence_flags(tiny, "documented")[keys].values.tolist() == presence(tiny, "documented")[keys].values.tolist()
    )


def test_presence_flags_say_where_nobody_looked(make_cohort):
    said = [("north", "n1", "payers", "", "", {"segment": "a"})]
    table = presence_flags(make_cohort(said, codes=["money"]))
    assert set(table["status"]) == {"not_assessable"} and table["reason"].ne("").all()
