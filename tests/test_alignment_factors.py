"""What sets the extremes apart: planted classes, exact floors, gradients, and who or what a class hangs on."""

import numpy as np
import pandas as pd
import pytest
from looking import row

from casestudy import load_cohort
from casestudy.methods import alignment as al
from casestudy.methods.alignment import factors


@pytest.fixture(scope="module")
def surveyed():
    return load_cohort("alignment-teaching").with_plan(B=400)


def with_strengths(cohort, factor, values, rater=None):
    """Return the cohort with another strength of one factor at some sites: {site: strength}."""
    rows = cohort.site_factors
    mine = rows["factor"].eq(factor) & rows["site"].isin(values) & (rows["rater"].eq(rater) if rater else True)
    return cohort.with_tables(site_factors=rows.assign(strength=rows["strength"].mask(mine, rows["site"].map(values))))


HIGH, LOW = ("ginkgo", "spruce", "willow"), ("elm", "hazel", "rowan")


def test_classify_factors_finds_the_planted_classes_and_counts(surveyed):
    key = surveyed.truth("factors").set_index("factor")
    found = al.classify_factors(surveyed).set_index("factor")
    assert found["class"].to_dict() == key["class"].to_dict()
    for end in ("high", "low"):
        assert found[f"present_{end}"].astype(int).to_dict() == key[f"present_{end}"].astype(int).to_dict()


@pytest.mark.parametrize(
    ("high", "low", "kind"),
    [
        (3, 1, "distinguishing"),
        (2, 0, "distinguishing"),
        (0, 2, "distinguishing"),
        (2, 2, "common"),
        (3, 2, "common"),
        (1, 1, "absent"),
        (0, 0, "absent"),
        (1, 2, "unresolved"),
    ],
)
def test_class_of_counts_of_three(surveyed, high, low, kind):
    values = {s: "3" if n < high else "0" for n, s in enumerate(HIGH)}
    values |= {s: "3" if n < low else "0" for n, s in enumerate(LOW)}
    found = row(al.classify_factors(with_strengths(surveyed, "trust", values)), factor="trust")
    assert (found["class"], found["present_high"], found["present_low"]) == (kind, high, low)


def test_classify_factors_reaches_the_floor_and_no_less(surveyed):
    found = al.classify_factors(surveyed)
    assert found["floor"].tolist() == [1 / 20] * 8 and found["p"].min() == 1 / 20
    assert found.loc[found["delta"] == 1, "p"].tolist() == [1 / 20] * 5


def test_classify_factors_has_the_p_of_all_labellings(surveyed):
    from itertools import combinations

    values = al.strengths(surveyed).loc["trust", [*HIGH, *LOW]].to_numpy()
    all_ = [values[list(c)].mean() - np.delete(values, c).mean() for c in combinations(range(6), 3)]
    found = row(al.classify_factors(surveyed), factor="trust")
    assert found["p"] == np.mean(np.array(all_) >= all_[0] - 1e-12)
    assert found["delta"] == np.mean([np.sign(h - s) for h in values[:3] for s in values[3:]])


def test_classify_factors_of_too_few_sites_is_not_assessable_with_its_floor(surveyed):
    less = surveyed.survey_respondents[surveyed.survey_respondents["site"].isin([*HIGH, *LOW, "oak", "pine"])]
    found = al.classify_factors(surveyed.with_tables(survey_respondents=less))
    assert set(found["status"]) == {"not_assessable"} and set(found["class"]) == {""}
    assert found["reason"].iloc[0] == "2 sites an end: a contrast needs 3; the smallest p it could give is 0.167"


def test_classify_factors_leaves_out_a_site_that_nobody_judged(surveyed):
    rows = surveyed.site_factors
    less = surveyed.with_tables(site_factors=rows[(rows["factor"] != "trust") | (rows["site"] != "elm")])
    found = row(al.classify_factors(less), factor="trust")
    assert (found["status"], found["n_low"]) == ("not_assessable", 2) and "2 low sites" in found["reason"]
    assert np.isnan(al.strengths(less).loc["trust", "elm"])


def test_classify_factors_without_factors_or_survey_says_so(surveyed, tiny):
    none = surveyed.with_tables(site_factors=surveyed.site_factors.iloc[:0])
    functions = (al.classify_factors, al.factor_gradient, al.factor_stability)
    for function in functions:
        assert set(function(none)["reason"]) == {"this cohort has no factors judged per site"}
        assert set(function(tiny)["status"]) == {"not_assessable"}
    no_answers = surveyed.with_tables(survey_responses=surveyed.survey_responses.iloc[:0])
    assert {why for f in functions for why in f(no_answers)["reason"]} == {"this cohort has no survey"}


def test_factor_gradient_is_the_rank_correlation_of_scipy(surveyed):
    from scipy.stats import spearmanr

    index = al.alignment_index(surveyed)["estimate"]
    for found in al.factor_gradient(surveyed).itertuples():
        whole = spearmanr(al.strengths(surveyed).loc[found.factor], index)
        assert found.estimate == pytest.approx(whole.statistic)
        assert found.p == pytest.approx(whole.pvalue, abs=0.04) and found.p <= found.p_adjusted


def test_factor_gradient_rises_for_the_planted_factors_only(surveyed):
    found = al.factor_gradient(surveyed.with_plan(B=2000)).set_index("factor")["p_adjusted"]
    key = surveyed.truth("factors").set_index("factor")["class"]
    assert (found < 0.05).map({True: "distinguishing", False: "common"}).to_dict() == key.to_dict()


def test_factor_gradient_of_few_sites_is_exact(surveyed):
    from itertools import permutations

    from scipy.stats import spearmanr

    sites = [*HIGH, *LOW]
    less = surveyed.survey_respondents[surveyed.survey_respondents["site"].isin(sites)]
    cohort = surveyed.with_tables(survey_respondents=less)
    found = row(al.factor_gradient(cohort), factor="trust")
    index = al.alignment_index(cohort).dropna(subset="estimate").set_index("site")["estimate"]
    values = al.strengths(cohort).loc["trust", index.index].to_numpy()
    drawn = [abs(spearmanr(values, np.array(order)).statistic) for order in permutations(index)]
    assert found["p"] == pytest.approx(np.mean(np.array(drawn) >= abs(found["estimate"]) - 1e-9))
    assert found["n"] == 6 and "all orders" in found["method"]
    assert found["floor"] == pytest.approx(np.mean(np.array(drawn) >= max(drawn) - 1e-9))


def test_factor_gradient_draws_many_orders_whatever_the_plan_and_says_its_floor(surveyed):
    found = al.factor_gradient(surveyed.with_plan(B=20))
    assert set(found["floor"]) == {1 / 20_001} and found["method"].str.contains("B=20000").all()
    assert (found["p"] >= found["floor"]).all()


def test_factor_gradient_of_a_factor_that_does_not_vary_is_not_estimable(surveyed):
    same = with_strengths(surveyed, "trust", dict.fromkeys(surveyed.sites["site"], "2"))
    found = al.factor_gradient(same)
    assert row(found, factor="trust")["status"] == "not_estimable"
    assert found["status"].eq("ok").sum() == 7 and found.loc[found["status"] == "ok", "p_adjusted"].notna().all()


def test_factor_stability_has_every_class_once_a_resample(surveyed):
    found = al.factor_stability(surveyed)
    assert found[list(factors.CLASSES)].sum(axis=1).to_numpy() == pytest.approx(1)
    own = [found.at[n, kind] for n, kind in enumerate(found["class"])]
    assert own == found["estimate"].tolist() and found["estimate"].min() > 0.8


def test_factor_stability_names_disputes_as_planted(surveyed):
    key = surveyed.truth("site_factors").query("disputed == 'yes'")
    found = al.factor_stability(surveyed).set_index("factor")["disputed"]
    assert found[found != ""].to_dict() == dict(zip(key["factor"], key["site"], strict=True))


def test_factor_stability_shows_a_rater_who_sees_it_otherwise(surveyed):
    other = with_strengths(surveyed, "trust", dict.fromkeys(HIGH, "0"), rater="r1")
    found = row(al.factor_stability(other), factor="trust")
    assert found["raters"] == "rater r1: distinguishing; rater r2: common" and found["disputed"].count(";") == 3


def test_strengths_are_means_of_raters_in_declared_order(surveyed):
    one, two = (al.strengths(surveyed, rater) for rater in ("r1", "r2"))
    pd.testing.assert_frame_equal(al.strengths(surveyed), (one + two) / 2)
    assert one.columns.tolist() == surveyed.sites["site"].tolist()
    assert one.index.tolist() == surveyed.factors["factor"].tolist()
