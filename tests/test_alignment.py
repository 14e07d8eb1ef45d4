"""Scale and agreement within sites: against published values, against scipy, and what must hold of any answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from looking import row

from casestudy import load_cohort
from casestudy.methods import alignment as al
from casestudy.methods.alignment.aggregation import EFFECT, _named

# R's data set `attitude` (Chatterjee & Price 1977): 30 departments, per cent of favourable answers to seven questions
ATTITUDE = """
43 51 30 39 61 92 45 63 64 51 54 63 73 47 71 70 68 69 76 86 48 61 63 45 47 54 84 35 81 78 56 66 71 83 47
43 55 49 44 54 49 34 58 67 42 56 66 68 35 71 75 50 55 70 66 41 72 82 72 67 71 83 31 67 61 45 47 62 80 41
64 53 53 58 58 67 34 67 60 47 39 59 74 41 69 62 57 42 55 63 25 68 83 83 45 59 77 35 77 77 54 72 79 77 46
81 90 50 72 60 54 36 74 85 64 69 79 79 63 65 60 65 75 55 80 60 65 70 46 57 75 85 46 50 58 68 54 64 78 52
50 40 33 34 43 64 33 64 61 52 62 66 80 41 53 66 52 50 63 80 37 40 37 42 58 50 57 49 63 54 42 48 66 75 33
66 77 66 63 88 76 72 78 75 58 74 80 78 49 48 57 44 45 51 83 38 85 85 71 71 77 74 55 82 82 39 59 64 78 39
"""
# Made for this test: 3 sites of 5 members, 4 items from 1 to 5; expected values from R (packages multilevel, psych)
FIXTURE = """
4454 4544 5444 4443 3444
3323 2333 3232 4333 3334
2122 1221 3453 2212 5445
"""


@pytest.fixture(scope="module")
def attitude():
    return pd.DataFrame(np.array(ATTITUDE.split(), float).reshape(30, 7))


@pytest.fixture(scope="module")
def fixture():
    """Return the answers of 15 members, five each of the sites A, B, C."""
    return pd.DataFrame([[int(digit) for digit in member] for member in FIXTURE.split()], columns=list("wxyz"))


SITES = np.repeat(list("ABC"), 5)


# ---- published values ---------------------------------------------------------------------------------------------


def test_cronbach_alpha_of_attitude(attitude):
    assert round(al.cronbach_alpha(attitude), 4) == 0.8431


def test_omega_total_and_loadings_of_attitude(attitude):
    assert al.loadings(attitude).round(4).tolist() == [0.7578, 0.8338, 0.6034, 0.7887, 0.8411, 0.2845, 0.4910]
    assert round(al.omega_total(attitude), 4) == 0.8507


def test_cronbach_alpha_of_the_fixture(fixture):
    assert round(al.cronbach_alpha(fixture), 5) == 0.91687


@pytest.mark.parametrize(
    ("site", "agreement", "deviation"), [("A", 0.96167, 0.34), ("B", 0.94964, 0.36), ("C", 0, 1.18)]
)
def test_rwg_j_and_ad_m_of_the_fixture(fixture, site, agreement, deviation):
    own = fixture[site == SITES]
    assert round(al.rwg_j(own, 5), 5) == agreement and round(al.ad_m(own), 5) == deviation


def test_icc_of_the_fixture(fixture):
    found = al.icc(fixture, SITES)
    assert (round(found["icc1"], 5), round(found["icc2"], 5), found["k"]) == (0.3764, 0.75112, 5)


def test_icc_has_the_f_test_of_scipy_and_statsmodels(fixture):
    from scipy.stats import f_oneway
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    uneven = pd.DataFrame({"y": fixture.mean(axis=1), "site": SITES}).iloc[2:]
    found = al.icc(uneven["y"], uneven["site"])
    test = f_oneway(*(part["y"] for _, part in uneven.groupby("site")))
    table = anova_lm(ols("y ~ site", uneven).fit())
    assert found[["f", "p"]].tolist() == pytest.approx([test.statistic, test.pvalue])
    between, within = table["mean_sq"]
    sizes = uneven.groupby("site").size()
    k = (13 - (sizes**2).sum() / 13) / 2
    assert found["icc1"] == pytest.approx((between - within) / (between + (k - 1) * within))
    assert found["icc2"] == pytest.approx((between - within) / between)


# ---- what must hold of any answers --------------------------------------------------------------------------------

answers = arrays(np.int64, (12, 4), elements=st.integers(1, 5))


@given(answers, st.integers(-5, 5), st.sampled_from([0.5, 2, 10]))
def test_cronbach_alpha_is_the_same_for_shifted_and_scaled_answers(values, shift, scale):
    items = pd.DataFrame(values)
    assume(al.cronbach_alpha(items) == al.cronbach_alpha(items))
    assert al.cronbach_alpha(items * scale + shift) == pytest.approx(al.cronbach_alpha(items), abs=1e-6)
    shuffled = items.sample(frac=1, random_state=1)[[2, 0, 3, 1]]
    assert al.cronbach_alpha(shuffled) == pytest.approx(al.cronbach_alpha(items), abs=1e-6)


@given(answers)
def test_cronbach_alpha_is_at_most_one_and_one_for_copies_of_an_item(values):
    items = pd.DataFrame(values)
    assume(items[0].nunique() > 1)
    copies = pd.concat([items[0]] * 3, axis=1, keys=range(3))
    assert al.cronbach_alpha(copies) == pytest.approx(1)
    assert not al.cronbach_alpha(items) > 1 + 1e-9


@given(answers)
def test_rwg_j_lies_between_0_and_1_and_is_1_for_one_mind(values):
    assert 0 <= al.rwg_j(pd.DataFrame(values), 5) <= 1
    assert al.rwg_j(pd.DataFrame(np.repeat(values[:1], 3, axis=0)), 5) == 1


@given(answers)
def test_icc_is_the_same_whatever_the_groups_are_called(values):
    groups, other = np.repeat(list("abc"), 4), np.repeat(list("zxy"), 4)
    found, again = al.icc(pd.DataFrame(values), groups), al.icc(pd.DataFrame(values), other)
    assert found.to_numpy() == pytest.approx(again.to_numpy(), nan_ok=True)
    assert not found["icc1"] > 1 + 1e-9


def test_icc_below_0_is_shown_as_it_is():
    found = al.icc(pd.Series([1.0, 5, 1, 5]), list("aabb"))
    assert found["icc1"] == -1 and found["icc2"] == -np.inf


@pytest.mark.parametrize("groups", ["aaaa", "abcd"])
def test_icc_of_one_group_or_of_groups_of_one_is_missing(groups):
    assert np.isnan(al.icc(pd.Series([1.0, 2, 3, 4]), list(groups))["icc1"])


def test_icc_leaves_out_missing_scores(fixture):
    more = pd.concat([fixture.mean(axis=1), pd.Series([np.nan])], ignore_index=True)
    assert al.icc(more, [*SITES, "A"])["icc1"] == al.icc(fixture, SITES)["icc1"]


def test_rwg_j_leans_to_one_side_for_five_options_only(fixture):
    own = fixture[SITES == "A"]
    assert al.rwg_j(own, 5, "slight skew") < al.rwg_j(own, 5)
    assert np.isnan(al.rwg_j(own, 7, "slight skew")) and np.isnan(al.rwg_j(own[:1], 5))
    with pytest.raises(ValueError, match="slight skew"):
        al.rwg_j(own, 5, "heavy")


def test_alpha_and_omega_of_too_little_are_missing():
    flat = pd.DataFrame({"a": [3, 3, 3], "b": [1, 2, 3]})
    assert np.isnan(al.cronbach_alpha(flat)) and np.isnan(al.omega_total(flat))
    assert np.isnan(al.omega_total(pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4], "c": [2, 1, 4, 3]})))  # Heywood


def test_loadings_turn_with_their_item(attitude):
    turned = attitude.assign(**{"5": 100 - attitude[5]}).drop(columns=5)
    assert al.loadings(turned)["5"] == pytest.approx(-al.loadings(attitude)[5], abs=1e-5)


def test_scores_ask_for_two_thirds_of_the_items():
    items = pd.DataFrame([[1, 2, 3, None, None, None], [1, 2, 3, 4, None, None]])
    assert al.scores(items).isna().tolist() == [True, False]


# ---- on cohorts ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def surveyed():
    return load_cohort("alignment-teaching").with_plan(B=200)


def test_scale_reliability_is_as_planted(surveyed):
    table = al.scale_reliability(surveyed).query("measure == 'alpha'").set_index("level")
    assert table["estimate"].round(3).to_dict() == {"total": 0.843, "within sites": 0.817}
    assert table["lo"].lt(table["estimate"]).all() and table["estimate"].lt(table["hi"]).all()


def test_scale_reliability_within_is_that_of_deviations_from_the_site(surveyed):
    given = al.answers(surveyed).dropna()
    less = given - given.groupby(level="site").transform("mean")
    found = row(al.scale_reliability(surveyed), measure="omega", level="within sites")
    assert found["estimate"] == pytest.approx(al.omega_total(less))


def test_scale_reliability_drops_an_item_without_variance_and_names_it(surveyed):
    same = surveyed.survey_responses
    same = same.assign(value=same["value"].mask(same["item"] == "same_aims", 4.0))
    cohort = surveyed.with_tables(survey_responses=same)
    found = al.scale_reliability(cohort)
    assert set(found["dropped"]) == {"same_aims"} and set(found["items"]) == {5}
    assert row(al.item_table(cohort), item="same_aims")["status"] == "not_estimable"


def test_reversing_an_item_twice_changes_nothing(surveyed):
    items, given = surveyed.survey_items, surveyed.survey_responses
    mine = given["item"] == "same_aims"
    turned = items.assign(reverse=items["reverse"].mask(items["item"] == "same_aims", "yes"))
    other = given.assign(value=given["value"].mask(mine, 6 - given["value"]))
    again = surveyed.with_tables(survey_items=turned, survey_responses=other)
    pd.testing.assert_frame_equal(al.answers(again), al.answers(surveyed))


def test_answers_of_another_range_are_brought_to_the_first(surveyed):
    items, given = surveyed.survey_items, surveyed.survey_responses
    mine = given["item"] == "same_picture"
    wide = items.assign(max=items["max"].mask(items["item"] == "same_picture", 9))
    other = given.assign(value=given["value"].mask(mine, 2 * given["value"] - 1))
    again = surveyed.with_tables(survey_items=wide, survey_responses=other)
    pd.testing.assert_frame_equal(al.answers(again), al.answers(surveyed))


def test_answers_are_those_of_the_wave_of_the_plan():
    cohort = load_cohort("teaching")
    first, second = (al.answers(cohort.with_plan(wave=wave)) for wave in (1, 2))
    assert len(first) == len(second) == 120 and not set(first.index) & set(second.index)


def test_item_table_turns_reversed_items_and_counts_gaps(surveyed):
    found = al.item_table(surveyed)
    assert found["item_rest"].between(0.5, 0.7).all() and found["missing"].mean() == pytest.approx(0.03, abs=0.001)
    assert found["alpha_without"].max() < 0.843
    plain = surveyed.with_tables(survey_items=surveyed.survey_items.assign(reverse=""))
    assert al.item_table(plain)["item_rest"].lt(0).sum() >= 2


def test_item_table_gives_no_loading_where_one_factor_does_not_fit():
    found = al.item_table(load_cohort("teaching"))
    assert found["loading"].isna().all() and found["status"].eq("ok").all()
    assert set(found["reason"]) == {"no loading: a single factor cannot be fitted to these items"}


def test_aggregation_is_as_known(surveyed):
    found = al.aggregation_overall(surveyed).set_index("measure")
    assert found["estimate"].round(3).to_dict() == {"ICC(1)": 0.141, "ICC(2)": 0.905}
    assert found["reading"].tolist() == ["medium", "enough"]


@pytest.mark.parametrize(("value", "word"), [(0.25, "large"), (0.1, "medium"), (0.01, "small"), (-0.1, "negligible")])
def test_icc_is_named_as_lebreton_and_senter_do(value, word):
    assert _named(value, EFFECT) == word


def test_aggregation_overall_has_intervals(surveyed):
    found = al.aggregation_overall(surveyed)
    assert found["lo"].lt(found["estimate"]).all() and found["estimate"].lt(found["hi"]).all()


def test_aggregation_says_where_too_few_answered(surveyed):
    people = surveyed.survey_respondents
    few = people[(people["site"] != "elm") | (people["respondent"] == "elm-r01")]
    few = few[few["site"] != "fir"]
    found = al.aggregation(surveyed.with_tables(survey_respondents=few)).set_index("site")
    assert found.loc["elm", "reason"] == "agreement needs two respondents, here 1"
    assert found.loc["fir", "reason"] == "nobody answered" and found.loc["oak", "status"] == "ok"


def test_every_function_answers_for_a_cohort_without_a_survey(tiny):
    why = "this cohort has no survey"
    assert al.no_survey(tiny) == why and al.chosen_scale(tiny) == ""
    assert set(al.scale_reliability(tiny)["reason"]) == set(al.aggregation_overall(tiny)["reason"]) == {why}
    assert al.item_table(tiny).empty and al.aggregation(tiny).empty and al.frame_rates(tiny).empty


def test_a_wave_without_answers_is_said(surveyed):
    assert al.no_survey(surveyed.with_plan(wave=7)) == "nobody answered a survey in wave 7"


def test_an_unknown_scale_is_refused(surveyed):
    with pytest.raises(ValueError, match="shared_direction"):
        al.answers(surveyed, "trust")


def test_scale_reliability_is_the_same_however_the_tables_are_sorted(surveyed):
    turned = {name: getattr(surveyed, name).iloc[::-1] for name in ("survey_responses", "survey_respondents")}
    again = al.scale_reliability(surveyed.with_tables(**turned))
    pd.testing.assert_frame_equal(again, al.scale_reliability(surveyed))
