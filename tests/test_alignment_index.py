"""The order of sites, its extremes, how firm it is: planted truth, hand-made surveys, and what must hold of any."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from looking import row

from casestudy import load_cohort
from casestudy.methods import alignment as al


@pytest.fixture(scope="module")
def surveyed():
    return load_cohort("alignment-teaching").with_plan(B=400)


@pytest.fixture
def make_survey(make_cohort):
    """Return a function that builds a cohort from {site: {group: [scores]}}; everybody answers one item from 1 to 9."""

    def make(told, frame=(), **plan):
        people, given = [], []
        for site, groups in told.items():
            for group, scores in groups.items():
                for number, score in enumerate(scores):
                    key = f"{site}-{group}-{number}"
                    people.append({"respondent": key, "site": site, "wave": "1", "group": group})
                    given.append({"respondent": key, "item": "q", "value": str(score)})
        heard = [(site, f"{site}1", group) for site, groups in told.items() for group in ("plan", "staff")]
        return make_cohort(
            [*heard, (next(iter(told)), "x", "plan", "money", "challenge")],
            plan={"B": 100, **plan},
            sites=list(told),
            survey_items=[{"item": "q", "scale": "s", "min": "1", "max": "9"}],
            survey_respondents=people,
            survey_responses=given,
            survey_frame=list(frame),
        )

    return make


def index_of(*values, **columns):
    """Return an index as `extremes` takes it, sites a, b, c, ..."""
    sites = [chr(97 + n) for n in range(len(values))]
    table = pd.DataFrame({"site": sites, "estimate": values, "lo": 0.0, "hi": 1.0, "n": 9, "eligible": True})
    return table.assign(status="ok", reason="", **columns)


def picked(table, end):
    return "".join(table.loc[table["end"] == end, "site"])


# ---- extremes -----------------------------------------------------------------------------------------------------


def test_extremes_of_fourteen_are_three_and_three():
    """The published study took six of fourteen; quantiles with <= and >=, or pandas.qcut, take 4 + 4 or 4 + 3."""
    values = np.arange(14.0)
    found = al.extremes(index_of(*values))
    assert (picked(found, "low"), picked(found, "high")) == ("abc", "lmn")
    assert (values <= np.quantile(values, 0.25)).sum() == 4 and (pd.qcut(values, 4).codes == 0).sum() == 4


@pytest.mark.parametrize(("sites", "each"), [(4, 1), (7, 1), (8, 2), (16, 4)])
def test_extremes_round_down(sites, each):
    found = al.extremes(index_of(*range(sites)))
    assert found["end"].value_counts()[["high", "low"]].tolist() == [each, each]


def test_extremes_of_three_sites_are_none_and_say_why():
    found = al.extremes(index_of(1, 2, 3))
    assert set(found["end"]) == {""} and set(found["status"]) == {"not_assessable"}
    assert "of 3 sites" in found["reason"].iloc[0]


def test_extremes_break_a_tie_by_precision_and_show_it():
    index = index_of(1, 2, 3, 5, 5, 5, 4, 3).assign(hi=[1, 1, 1, 0.9, 0.5, 0.8, 1, 1])
    found = al.extremes(index)
    assert picked(found, "high") == "ef" and found.loc[found["tied"], "site"].tolist() == ["d", "e", "f"]
    assert picked(al.extremes(index, ties="keep"), "high") == "def"


def test_extremes_without_a_tie_show_none():
    assert not al.extremes(index_of(*range(8)))["tied"].any()


@pytest.mark.parametrize("ties", ["break", "keep"])
def test_extremes_of_equal_sites_are_none(ties):
    found = al.extremes(index_of(*[3] * 8), ties=ties)
    assert set(found["end"]) == {""} and "are equal" in found["reason"].iloc[0]


def test_extremes_leave_out_a_site_that_is_not_eligible():
    index = index_of(*range(9)).assign(eligible=[True] * 8 + [False])
    assert picked(al.extremes(index), "high") == "gh"


@pytest.mark.parametrize("wrong", [{"share": 0}, {"share": 0.6}, {"ties": "toss"}])
def test_extremes_refuse_what_is_no_share(wrong):
    with pytest.raises(ValueError, match="share"):
        al.extremes(index_of(1, 2), **wrong)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=20), st.sampled_from(["break", "keep"]))
def test_extremes_never_cross(values, ties):
    found = al.extremes(index_of(*values), ties=ties).groupby("end")["estimate"].agg(["min", "max"])
    if {"high", "low"} <= set(found.index):
        assert found.loc["high", "min"] > found.loc["low", "max"]
        if "" in found.index:
            middle = found.loc[""]
            assert found.loc["high", "min"] >= middle["max"] and middle["min"] >= found.loc["low", "max"]


# ---- the index ----------------------------------------------------------------------------------------------------


def test_alignment_index_gives_back_the_planted_ends(surveyed):
    key = surveyed.truth("sites").set_index("site")["extreme"]
    found = al.extremes(al.alignment_index(surveyed)).set_index("site")["end"]
    assert found.to_dict() == key[found.index].to_dict()


def test_alignment_index_weighs_groups_alike_whatever_their_size(make_survey):
    cohort = make_survey({"a": {"plan": [2] * 8, "staff": [8] * 2}, "b": {"plan": [4] * 6}})
    found = al.index_variants(cohort).set_index(["variant", "site"])["estimate"]
    assert found["groups", "a"] == 5 and found["plain", "a"] == pytest.approx(3.2)
    assert found["gap", "a"] == -6 and np.isnan(found["gap", "b"])


def test_alignment_index_is_weighted_to_the_frame(make_survey):
    frame = [("a", "1", "plan", "30", "8"), ("a", "1", "staff", "10", "2")]
    cohort = make_survey({"a": {"plan": [2] * 8, "staff": [8] * 2}, "b": {"plan": [4] * 6}}, frame)
    found = al.alignment_index(cohort, "frame").set_index("site")
    assert found.loc["a", "estimate"] == pytest.approx((30 * 2 + 10 * 8) / 40)
    assert found.loc["b", "reason"] == "how many were invited is not known"


def test_shrunken_index_draws_small_sites_farther_to_the_mean(make_survey):
    told = {
        "a": {"plan": [2, 4] * 15},
        "b": {"plan": [2, 4] * 3},
        "c": {"plan": [6, 8] * 15},
        "d": {"plan": [7, 9] * 3},
    }
    wide = al.index_variants(make_survey(told)).pivot(index="site", columns="variant", values="estimate")
    moved = (wide["plain"] - wide["shrunken"]).abs()
    assert moved["b"] > moved["a"] and moved["d"] > moved["c"]
    assert wide["shrunken"].between(wide["plain"].min(), wide["plain"].max()).all()


def test_shrunken_index_of_sites_that_do_not_differ_is_one_value(make_survey):
    found = al.alignment_index(make_survey({s: {"plan": [1, 5, 9]} for s in "abcd"}), "shrunken")
    assert found["estimate"].nunique() == 1


def test_consensus_index_prefers_the_site_of_one_mind(make_survey):
    found = al.alignment_index(make_survey({"a": {"plan": [5] * 6}, "b": {"plan": [1, 9] * 3}}), "consensus")
    assert found["estimate"].iloc[0] > found["estimate"].iloc[1]


def test_alignment_index_flags_a_site_where_few_answered(make_survey):
    told = {s: {"plan": [n, n + 1, n + 2, n, n]} for n, s in enumerate("abcd", 1)} | {"e": {"plan": [9, 9]}}
    cohort = make_survey(told)
    found = row(al.alignment_index(cohort), site="e")
    assert (found["place"], found["eligible"], found["status"]) == (1, False, "ok")
    assert found["reason"] == "only 2 respondents"
    ends = al.extremes(al.alignment_index(cohort))
    assert (picked(ends, "high"), picked(ends, "low")) == ("d", "a")
    assert al.rank_stability(cohort)["site"].tolist() == list("abcd")


def test_alignment_index_of_a_silent_site_is_not_assessable(make_survey):
    found = row(al.alignment_index(make_survey({"a": {"plan": [5] * 5}, "b": {"plan": [4] * 5}, "c": {}})), site="c")
    assert (found["status"], found["reason"]) == ("not_assessable", "nobody answered") and np.isnan(found["estimate"])


def test_alignment_index_of_one_site_leaves_the_scale_only(make_survey):
    cohort = make_survey({"a": {"plan": [1, 5, 9, 4, 3]}})
    assert "one site answered" in al.alignment_index(cohort)["reason"].iloc[0]
    assert al.extremes(al.alignment_index(cohort))["reason"].str.contains("one site").all()
    assert al.rank_stability(cohort)["status"].tolist() == ["not_assessable"] and al.leave_out(cohort).empty
    assert al.rank_probabilities(cohort).empty and al.index_variants(cohort).empty
    assert al.scale_reliability(cohort)["status"].eq("not_estimable").all()


def test_alignment_index_is_refused_where_the_items_measure_no_one_thing():
    cohort = load_cohort("teaching").with_plan(B=20)
    found, why = al.alignment_index(cohort), al.no_scale(cohort)
    alpha = row(al.scale_reliability(cohort), measure="alpha", level="within sites")["estimate"]
    assert alpha < al.LOOSE and f"alpha within sites is {alpha:.2f}" in why
    for table in (found, al.extremes(found), al.rank_stability(cohort)):
        assert set(table["status"]) == {"not_assessable"} and set(table["reason"]) == {why}
    assert found["estimate"].isna().all() and found["place"].isna().all()
    assert al.index_variants(cohort).empty and al.rank_probabilities(cohort).empty and al.leave_out(cohort).empty


def test_factors_are_not_classed_by_items_that_measure_no_one_thing(surveyed):
    given = surveyed.survey_responses
    noise = given.assign(value=np.random.default_rng(1).integers(1, 6, len(given)).astype(float))
    cohort = surveyed.with_tables(survey_responses=noise)
    for function in (al.classify_factors, al.factor_gradient, al.factor_stability):
        assert set(function(cohort)["reason"]) == {al.no_scale(cohort)} != {""}


def test_alignment_index_refuses_an_unknown_variant(surveyed):
    with pytest.raises(ValueError, match="groups, plain"):
        al.alignment_index(surveyed, "median")


def test_alignment_index_is_one_variant_of_all(surveyed):
    table = al.index_variants(surveyed)
    for name in al.VARIANTS:
        own = table[table["variant"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(al.alignment_index(surveyed, name), own)


def test_alignment_index_is_the_same_however_the_tables_are_sorted(surveyed):
    turned = {name: getattr(surveyed, name).iloc[::-1] for name in ("survey_responses", "survey_respondents")}
    again = al.alignment_index(surveyed.with_tables(**turned))
    pd.testing.assert_frame_equal(again, al.alignment_index(surveyed))


def test_alignment_index_turns_over_when_every_answer_does(surveyed):
    items = surveyed.survey_items
    other = surveyed.with_tables(survey_items=items.assign(reverse=items["reverse"].map({"yes": "no", "no": "yes"})))
    one, two = (al.alignment_index(c)["place"].to_numpy(int) for c in (surveyed, other))
    assert (one + two == 15).all()


def test_variant_correlations_are_those_of_scipy_and_1_with_themselves(surveyed):
    from scipy.stats import spearmanr

    variants = al.index_variants(surveyed)
    found, wide = al.variant_correlations(variants), variants.pivot(index="site", columns="variant", values="estimate")
    assert np.diag(found).tolist() == pytest.approx([1] * 6) and np.allclose(found, found.T)
    assert found.loc["groups", "gap"] == pytest.approx(spearmanr(wide["groups"], wide["gap"]).statistic)


# ---- who answered -------------------------------------------------------------------------------------------------


def test_frame_rates_give_the_counts_of_the_frame(surveyed):
    found = al.frame_rates(surveyed)
    assert len(found) == 70 and found["answered"].equals(found["responded"]) and set(found["reason"]) == {""}
    assert found["lo"].le(found["estimate"]).all() and found["hi"].ge(found["estimate"]).all()


def test_frame_rates_say_what_cannot_be_right(make_survey):
    frame = [("a", "1", "plan", "4", "5"), ("b", "1", "plan", "10", "7"), ("b", "1", "staff", "3", "0")]
    found = al.frame_rates(make_survey({"a": {"plan": [5] * 5, "staff": [4]}, "b": {"plan": [4] * 5}}, frame))
    found = found.set_index(["site", "group"])
    assert found.loc[("a", "plan"), "reason"] == "more answered than were invited (5 of 4)"
    assert found.loc[("a", "staff"), "reason"] == "how many were invited is not known"
    assert found.loc[("b", "plan"), "reason"] == "the frame says that 7 answered"
    assert found.loc[("b", "staff"), "estimate"] == 0 and found["status"].eq("ok").sum() == 2


# ---- how firm -----------------------------------------------------------------------------------------------------


def test_rank_stability_gives_back_the_same_six_in_most_resamples():
    found = al.rank_stability(load_cohort("alignment-teaching"))
    assert 0.69 < found["identical"].iloc[0] < 0.79
    ends = found.query("end != ''")
    assert ends["estimate"].gt(0.8).all() and found["identical"].iloc[0] <= ends["estimate"].min()


def test_rank_stability_adds_up(surveyed):
    found, shares = al.rank_stability(surveyed), al.rank_probabilities(surveyed)
    assert found["p_high"].sum() == pytest.approx(3) and found["p_low"].sum() == pytest.approx(3)
    assert shares.sum().to_numpy() == pytest.approx(1) and shares.sum(axis=1).to_numpy() == pytest.approx(1)
    assert shares[[1, 2, 3]].sum(axis=1)["willow"] == pytest.approx(row(found, site="willow")["p_high"])


def test_rank_stability_of_sites_far_apart_is_certain_and_of_like_ones_a_toss(make_survey):
    apart = make_survey({s: {"plan": [n, n + 1] * 5} for n, s in zip((1, 3, 5, 7), "abcd", strict=True)})
    assert al.rank_stability(apart)["identical"].iloc[0] == 1
    like = make_survey({s: {"plan": [1, 9, 5, 5, 5, 5 + (s == "d")]} for s in "abcd"}, B=1000)
    assert al.rank_stability(like)["p_high"].between(0.1, 0.5).all()


def test_rank_places_of_equal_draws_are_dealt_at_random(make_survey):
    cohort = make_survey(
        {s: {"plan": [n] * 5} for n, s in zip((5, 5, 5, 5, 6, 6, 6, 7), "abcdefgh", strict=True)}, B=1000
    )
    shares = al.rank_probabilities(cohort)
    assert shares.loc[["e", "f", "g"], 2].between(0.25, 0.42).all()


def test_leave_out_names_the_group_without_which_the_ends_change(make_survey):
    told = {s: {"plan": [n] * 5, "staff": [5] * 5} for n, s in enumerate("abcd", 2)}
    told["a"]["staff"] = [9] * 5
    found = al.leave_out(make_survey(told)).set_index("what")
    assert found.loc["plan", ["high", "low", "kept", "same"]].tolist()[0] == "a"
    assert not found.loc["staff", "same"] and found.loc["staff", "high"] == "d"


def test_leave_out_of_the_planted_survey_keeps_the_six(surveyed):
    found = al.leave_out(surveyed)
    assert found["same"].all() and found["kept"].eq(6).all() and found["rho"].gt(0.9).all()
    assert found["what"].tolist()[:6] == surveyed.survey_items["item"].tolist()
