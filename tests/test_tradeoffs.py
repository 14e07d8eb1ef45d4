"""Positions on trade-offs: one informant one vote, never a 0 for silence, and what the papers say beside it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casestudy import load_cohort, load_reference
from casestudy.methods.tradeoffs import (
    _beta,
    axis_positions,
    described_beside_documented,
    informant_positions,
    resampled,
)
from casestudy.report.tradeoff_words import (
    beside_table,
    placed,
    positions_in_words,
    positions_table,
    reading_guide,
    verdicts_in_words,
)

AXES = [("say", "say", "All count <b>alike</b>", "By *contribution*", "power")]
ATTRIBUTES = [
    {"attribute": "power", "label": "Power", "theme": "governance", "type": "category"}
    | {"allowed": "equality;equity;mixed"}
]


def voice(site, who, poles, coder="ana", **more):
    """Return the statements of one informant: a letter per statement, A, B or b (both)."""
    names = {"A": "A", "B": "B", "b": "both", "-": ""}
    return [(site, who, "clinicians", "say", "neutral", {"pole": names[p], "coder": coder, **more}) for p in poles]


@pytest.fixture
def made(make_cohort):
    """Build a cohort with one axis from lists of statements."""

    def make(*told, power=None, axes=AXES, **more):
        facts = [
            {"site": site, "attribute": "power", "variant": variant, "value": value, "basis": "explicit"}
            for site, values in (power or {}).items()
            for variant, value in (values.items() if isinstance(values, dict) else [("", values)])
        ]
        given = {"axes": axes, "attributes": ATTRIBUTES, "site_attributes": facts, "codes": {"say": "tradeoff"}}
        plan = {"B": 400, "k": 1, "m": 1, "j": 2}
        return make_cohort([row for rows in told for row in rows], plan=plan, **{**given, **more})

    return make


def only(table, site="north"):
    (found,) = table[table["site"] == site].itertuples()
    return found


def several(site, poles):
    """Return an informant per letter."""
    return [row for n, pole in enumerate(poles) for row in voice(site, f"{site}{n}", pole)]


# ---- the pole of a statement ---------------------------------------------------------------------------------------


def pole_of(made, *codings):
    """Return what one informant's one statement comes to, read by several coders."""
    rows = [
        ("north", "n1", "clinicians", "say", "neutral", {"segment": "s", "coder": coder, "pole": pole})
        for coder, pole in codings
    ]
    row = informant_positions(made(rows)).iloc[0]
    return next(pole for pole in ("A", "B", "both") if row[pole])


def test_pole_is_that_of_most_coders(made):
    assert pole_of(made, ("ana", "A"), ("ben", "A"), ("cem", "B")) == "A"


def test_pole_of_coders_who_tie_is_both(made):
    assert pole_of(made, ("ana", "A"), ("ben", "B")) == "both"


def test_pole_that_no_coder_names_is_no_description(made):
    cohort = made(voice("north", "n1", "-"), voice("north", "n2", "A"))
    assert only(axis_positions(cohort)).n == 1


def test_pole_counts_only_coders_whose_code_stands(made):
    told = [("north", "n1", "clinicians", "say", "neutral", {"segment": "s", "coder": "ana", "pole": "A"})]
    told += voice("north", "n2", "B") + voice("north", "n2", "B", coder="ben")
    assert only(axis_positions(made(told))).n == 0  # each statement has the code from one of two coders


def test_pole_of_a_denial_does_not_count(made):
    denied = [("north", "n1", "clinicians", "say", "not_here", {"pole": "A"})]
    assert only(axis_positions(made(denied, voice("north", "n2", "B")))).estimate == 1


def test_pole_of_a_source_that_was_settled_is_the_settled_one(made):
    told = [
        ("north", "n1", "clinicians", "say", "neutral", {"segment": "s", "coder": coder, "pole": pole, "round": round_})
        for coder, pole, round_ in (("ana", "A", "independent"), ("both", "B", "consensus"))
    ]
    cohort = made(told).with_plan(resolve="consensus")
    assert only(axis_positions(cohort)).estimate == 1
    assert only(axis_positions(cohort.with_plan(resolve="single"))).estimate == -1


# ---- positions -----------------------------------------------------------------------------------------------------


def test_informant_position_weighs_statements_within_the_informant(made):
    row = informant_positions(made(voice("north", "n1", "AABb"))).iloc[0]
    assert (row["A"], row["B"], row["both"]) == (2, 1, 1)
    assert row["position"] == -0.25 and row["ambivalent"]


def test_axis_positions_give_every_informant_one_vote(made):
    row = only(axis_positions(made(voice("north", "n1", "AAAAAA"), voice("north", "n2", "B"))))
    assert (row.estimate, row.n, row.statements, row.split) == (0, 2, 7, 1)


def test_axis_positions_need_one_statement_whatever_the_plan_asks(made):
    assert only(axis_positions(made(several("north", "AB")))).n == 2  # the plan's j is 2


def test_axis_positions_have_no_point_where_nobody_speaks(made):
    table = axis_positions(
        made(several("north", "AB"), [("south", "s1", "clinicians")], sites=["north", "south", "east"])
    )
    south, east = only(table, "south"), only(table, "east")
    assert np.isnan(south.estimate) and (south.n, south.status) == (0, "not_assessable")
    assert (south.reason, east.reason) == ("no informant describes it", "nobody was heard here")


def test_axis_positions_give_one_informant_no_interval(made):
    row = only(axis_positions(made(voice("north", "n1", "BB"))))
    assert (row.estimate, row.n, row.status) == (1, 1, "ok")
    assert np.isnan([row.lo, row.hi, row.leans_b, row.split]).all() and row.beta_b == pytest.approx(0.8183, abs=1e-4)


def test_axis_positions_of_informants_who_all_describe_both_are_zero_and_ambivalent(made):
    row = only(axis_positions(made(several("north", "bbb"))))
    assert (row.estimate, row.ambivalence, row.split, row.both) == (0, 1, 0, 3)
    assert np.isnan(row.lo) and row.method.endswith("no interval")


def test_axis_positions_at_one_pole_keep_an_interval_of_some_width(made):
    row = only(axis_positions(made(several("north", "BBBB"))))
    assert row.estimate == row.hi == 1 and row.lo == pytest.approx(0.11, abs=0.005)


def test_axis_positions_intervals_hold_the_estimate(made):
    row = only(axis_positions(made(several("north", "AAAAABB"))))
    assert row.estimate == pytest.approx(-3 / 7) and row.lo < row.estimate < row.hi
    assert row.leans_b < 0.2 and row.beta_b == pytest.approx(_beta(5, 2, 0.95)[0])


def test_axis_positions_do_not_depend_on_the_order_of_the_rows(made):
    cohort = made(several("north", "AABBBb"))
    turned = cohort.with_tables(codings=cohort.codings.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(axis_positions(cohort), axis_positions(turned))


def test_axis_positions_turn_with_the_poles(made):
    cohort = made(several("north", "AABBBb"))
    other = cohort.codings["pole"].replace({"A": "B", "B": "A"})
    here, there = (
        only(axis_positions(c)) for c in (cohort, cohort.with_tables(codings=cohort.codings.assign(pole=other)))
    )
    assert here.estimate == -there.estimate and (here.a, here.b) == (there.b, there.a) and here.split == there.split


@given(st.text("ABb", min_size=2, max_size=9))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_leaning_does_not_depend_on_which_pole_is_called_a(made, poles):
    """A resample at 0 counts half to either side."""
    turned = poles.translate(str.maketrans("AB", "BA"))
    here, there = (described_beside_documented(made(several("north", told))).iloc[0] for told in (poles, turned))
    lean = [only(axis_positions(made(several("north", told)))) for told in (poles, turned)]
    assert lean[0].leans_b == pytest.approx(1 - lean[1].leans_b)
    assert {"A": "B", "B": "A"}.get(here["described"], here["described"]) == there["described"]


def test_a_site_at_a_pole_has_an_interval_clear_of_the_middle():
    table = described_beside_documented(load_cohort("teaching"))
    at_b, at_a = (table[table["described"] == pole] for pole in "BA")
    assert len(at_a) and len(at_b) and (at_a["hi"] <= 0).all() and (at_b["lo"] >= 0).all()


def test_axis_positions_use_the_plans_wave(made):
    cohort = made(voice("north", "n1", "A"), voice("north", "n1", "B", wave=2), settings={"waves": [1, 2]})
    assert [only(axis_positions(cohort.with_plan(wave=wave))).estimate for wave in (1, 2)] == [-1, 1]


def test_axis_positions_of_a_cohort_nobody_coded_say_so(made):
    cohort = made(several("north", "AB"))
    row = only(axis_positions(cohort.with_tables(assignments=cohort.assignments.assign(source="x"))))
    assert row.reason == "no source of wave 1 was read by a coder"


def test_axis_positions_without_axes_say_so(tiny):
    for table in (axis_positions(tiny), described_beside_documented(tiny)):
        assert table["status"].tolist() == ["not_assessable"] and "no table `axes`" in table["reason"].iloc[0]


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 1.0]), min_size=2, max_size=12))
def test_resampled_means_stay_within_the_positions(positions):
    drawn = resampled(np.array(positions), np.random.default_rng(1), 50)
    assert len(drawn) == 50 and min(positions) - 1e-9 <= drawn.min() and drawn.max() <= max(positions) + 1e-9


def test_resampled_means_spread_as_theory_says():
    positions = np.array([-1.0] * 5 + [1.0] * 5)
    assert resampled(positions, np.random.default_rng(1), 20000).std() == pytest.approx(1 / np.sqrt(10), rel=0.03)


@given(st.integers(0, 9), st.integers(0, 9))
def test_beta_is_even_between_the_poles(a, b):
    here, there = _beta(a, b, 0.95), _beta(b, a, 0.95)
    assert here[0] == pytest.approx(1 - there[0]) and here[1] == pytest.approx(-there[2])


# ---- beside the documents ------------------------------------------------------------------------------------------


def verdict(made, poles, value):
    return only(described_beside_documented(made(several("north", poles), power={"north": value} if value else {})))


@pytest.mark.parametrize(
    ("poles", "value", "described", "found"),
    [
        ("AAAAAA", "equality", "A", "agree"),
        ("AAAAAA", "equity", "A", "disagree"),
        ("BBBBBB", "equity", "B", "agree"),
        ("BBBBBB", "mixed", "B", "disagree"),
        ("bbbABA", "equality", "both", "ambivalent"),
        ("bbbABA", "mixed", "both", "agree"),
        ("AABBAB", "equality", "unclear", "unclear"),
        ("AAAAAAAB", "equality", "A", "agree"),
        ("AAAAAAAABB", "equality", "unclear", "unclear"),  # the interval reaches 0: beta_b is 0.026
        ("A", "equality", "unclear", "unclear"),
        ("AAAA", "", "A", "not documented"),
    ],
)
def test_described_beside_documented_gives_the_verdict(made, poles, value, described, found):
    row = verdict(made, poles, value)
    assert (row.described, row.verdict) == (described, found)
    assert (row.status == "ok") == (not found.startswith("not ")) == (row.reason == "")


@pytest.mark.parametrize("poles", ["AA", "BB"])
def test_described_beside_documented_asks_both_checks_of_few_informants(made, poles):
    """Two of two at a pole: every resample says so, the Beta check does not."""
    assert verdict(made, poles, "equality").described == "unclear"


def test_described_beside_documented_shows_disputed_facts_both_ways(made):
    told = made(several("north", "AAAAAA"), power={"north": {"a": "equality", "b": "equity"}})
    table = described_beside_documented(told)
    assert table["verdict"].tolist() == ["agree", "disagree"] and table["variant"].tolist() == ["a", "b"]


def test_described_beside_documented_says_where_nobody_speaks_or_no_attribute_is_named(made):
    silent = made(several("north", "AB"), [("south", "s1", "clinicians")], power={"south": "equity"})
    assert only(described_beside_documented(silent), "south").verdict == "not described"
    bare = made(several("north", "AB"), axes=[("say", "say", "Left", "Right", "")])
    assert only(described_beside_documented(bare)).reason == "the axis names no attribute to compare with"


# ---- in words ------------------------------------------------------------------------------------------------------


def test_positions_in_words_name_every_site_once_and_literally(made):
    told = made(several("north", "AAAA"), several("south", "B"), [("east", "e1", "clinicians")])
    said = positions_in_words(described_beside_documented(told), told)
    where = r"*All count \<b\>alike\<\/b\>*: North; by one informant only: South; by nobody: East"
    assert said.startswith(f"- **Say**. Described at {where}.\n\nJudged: 1 position of at least two informants")
    assert said.endswith("; 1 at a pole.")


def test_positions_table_keeps_silence_blank(made):
    told = made(several("north", "AAAB"), [("south", "s1", "clinicians")])
    table = positions_table(axis_positions(told), told)
    assert table["site"].tolist() == ["North", "South"] and table["position"].tolist()[1] == ""
    assert table["reason"].tolist() == ["", "no informant describes it"]


def test_verdicts_in_words_name_who_is_contradicted(made):
    told = made(several("north", "AAAA"), several("south", "AAAA"), power={"north": "equality", "south": "equity"})
    said = verdicts_in_words(described_beside_documented(told), told)
    assert said == "Of 2 comparisons: 1 agree, 1 disagree. People contradict papers: South on Say."
    assert beside_table(described_beside_documented(told), told)["verdict"].tolist() == ["agree", "disagree"]


def test_verdicts_in_words_count_a_site_once_and_say_what_hangs_on_a_disputed_fact(made):
    power = {"north": {"a": "equality", "b": "equity"}, "south": {"a": "equality", "b": "equality"}}
    told = made(several("north", "AAAA"), several("south", "AAAA"), power=power)
    said = verdicts_in_words(described_beside_documented(told), told)
    assert said == "Of 2 comparisons: 1 agree, 1 hangs on a disputed fact. People contradict papers: none."


def test_words_without_axes_give_the_reason(tiny):
    table, beside = axis_positions(tiny), described_beside_documented(tiny)
    assert positions_table(table, tiny).empty and beside_table(beside, tiny).empty and placed(table, tiny).empty
    for said in (positions_in_words(beside, tiny), verdicts_in_words(beside, tiny)):
        assert said.startswith("Not assessable: this cohort has no table")


def test_reading_guide_holds_the_trade_offs_of_the_cohorts_codes(tiny):
    trade_offs = load_reference().trade_offs
    cohort = load_cohort("af4q")
    guide = reading_guide(cohort, trade_offs)
    assert len(guide) == len(trade_offs) and reading_guide(tiny, trade_offs).empty
    marked = sum(cell.endswith("*") for cell in guide.to_numpy().ravel())
    assert marked == trade_offs["inferred"].str.split(";").map(lambda names: len([n for n in names if n])).sum()


# ---- what was planted ----------------------------------------------------------------------------------------------


def test_teaching_cohort_stands_where_it_was_planted():
    cohort = load_cohort("teaching").with_plan(B=50)
    key = cohort.truth("positions").merge(axis_positions(cohort), on=["axis", "site"])
    planted = pd.to_numeric(key["position"])
    assert len(key) == 24 and planted.isna().tolist() == key["estimate"].isna().tolist()
    assert (planted - key["estimate"]).abs().max() < 0.25 and (planted - key["estimate"]).abs().median() < 0.01
    row = key[(key["axis"] == "inclusive_or_efficient") & (key["site"] == "cedar")].iloc[0]
    assert row["ambivalence"] == 0.6 and row["estimate"] == 0
