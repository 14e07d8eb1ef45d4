"""Configurations of a cohort: the gate, the planted solutions, and what small changes do."""

import numpy as np
import pandas as pd
import pytest
from conftest import set_key

from casestudy import load_cohort
from casestudy.cohort.problems import CohortError
from casestudy.methods.configurations import (
    cohort_truth_table,
    configurations_only,
    memberships,
    memberships_in,
    necessary_conditions,
    outcome_of,
    qca_admissible,
    refusal,
    robust_core,
    set_facts,
    solution_robustness,
    solutions,
    terms_again,
    used_for_both,
)
from casestudy.methods.configurations.robust import shifted
from casestudy.report.planted import planted_table

RULES = "plan.qca_rules"


@pytest.fixture(scope="module")
def aligned():
    """Return the cohort of 14 sites with the planted formula."""
    return load_cohort("alignment-teaching")


@pytest.fixture(scope="module")
def found(aligned):
    return solutions(aligned)


@pytest.fixture(scope="module")
def runs(aligned):
    return solution_robustness(aligned)


def changed(cohort, site, attribute, value, **more):
    """Return the cohort with another value of one fact; with `more` as a further row beside the first."""
    facts = cohort.site_attributes
    here = (facts["site"] == site) & (facts["attribute"] == attribute)
    if not more:
        return cohort.with_tables(site_attributes=facts.assign(value=facts["value"].mask(here, value)))
    row = facts[here].assign(value=value, **more)
    return cohort.with_tables(site_attributes=pd.concat([facts, row], ignore_index=True))


def numbered(cohort):
    """Return the cohort with a number for a condition: 30 where it was present, 10 where not, 18 at one site."""
    facts, name = cohort.site_attributes, "history_of_collaboration"
    here = facts["attribute"] == name
    value = facts["value"].mask(here, facts["value"].map({"yes": "30", "no": "10"}))
    value = value.mask(here & (facts["site"] == "elm"), "18")
    kinds = cohort.attributes
    kinds = kinds.assign(type=kinds["type"].mask(kinds["attribute"] == name, "number"))
    rules = {**cohort.plan.qca_rules, name: {"expect": "present", "anchors": [10, 20, 30], "source": "Invented."}}
    changed = cohort.with_tables(site_attributes=facts.assign(value=value), attributes=kinds)
    return changed.with_plan(qca_rules=rules)


def verdict(cohort):
    """Return check -> status and reason of the gate."""
    return {row.check: (row.status, row.reason) for row in qca_admissible(cohort).itertuples()}


def few(cohort, n):
    return cohort.with_tables(sites=cohort.sites.head(n))


# ---- the gate -----------------------------------------------------------------------------------------------------


def test_gate_lets_the_planted_cohort_pass(aligned):
    assert not refusal(aligned) and qca_admissible(aligned)["status"].eq("ok").all()


def test_gate_refuses_four_cases_with_its_reason(aligned):
    status, reason = verdict(few(aligned, 4))["cases"]
    assert (status, reason) == ("refused", "4 sites: so few allow any number of explanations")
    assert solutions(few(aligned, 4))["status"].tolist() == ["not_assessable"]


@pytest.mark.parametrize(("n", "passes"), [(9, False), (10, True)])
def test_gate_asks_for_ten_sites(aligned, n, passes):
    assert (verdict(few(aligned, n))["cases"][0] == "ok") == passes


def test_gate_refuses_an_outcome_that_hardly_varies(aligned):
    facts = aligned.site_attributes
    rare = (facts["attribute"] == "aligned") & ~facts["site"].isin(["ginkgo", "pine"])
    cohort = aligned.with_tables(site_attributes=facts.assign(value=facts["value"].mask(rare, "no")))
    said = "the documented outcome hardly varies: 2 with, 12 without, of 14 sites"
    assert verdict(cohort)["variation of the outcome"] == ("refused", said)


def test_gate_refuses_blank_facts_with_their_counts(aligned):
    facts = aligned.site_attributes
    gone = (facts["attribute"] == "community_credibility") & facts["site"].isin(["elm", "fir"])
    found = verdict(aligned.with_tables(site_attributes=facts[~gone]))["facts"]
    assert found == ("refused", "Credibility in the community: 12 of 14 sites")


def test_gate_refuses_a_condition_that_is_the_same_everywhere(aligned):
    facts = aligned.site_attributes
    value = facts["value"].mask(facts["attribute"] == "community_credibility", "yes")
    found = verdict(aligned.with_tables(site_attributes=facts.assign(value=value)))["variation of the conditions"]
    assert found == ("refused", "the same at every site: Credibility in the community")


def test_gate_refuses_sites_chosen_for_their_outcome_and_warns_if_it_is_not_said(aligned):
    rules = aligned.plan.qca_rules
    assert verdict(aligned.with_plan(qca_rules=rules | {"aligned": {"selected": True}}))["selection"][0] == "refused"
    assert verdict(aligned.with_plan(qca_rules=rules | {"aligned": {}}))["selection"][0] == "warning"


def test_gate_refuses_what_is_no_set(aligned):
    found = verdict(aligned.with_plan(qca=("origin", "founded_year")))["conditions"]
    assert found[0] == "refused"
    assert found[1] == "Origin is a category: recode it into yes and no; Founded is a year without anchors in the plan"


def test_gate_warns_of_many_conditions_without_refusing(aligned):
    kinds = aligned.attributes.iloc[[2]].assign(attribute="fifth", label="Fifth")
    facts = aligned.site_attributes
    fifth = facts[facts["attribute"] == "history_of_collaboration"].assign(attribute="fifth")
    cohort = aligned.with_plan(qca=(*aligned.plan.qca, "fifth")).with_tables(
        attributes=pd.concat([aligned.attributes, kinds]), site_attributes=pd.concat([facts, fifth])
    )
    status, reason = verdict(cohort)["conditions for so many sites"]
    assert status == "warning" and reason.startswith("0.24 of random data with 14 sites and 5 conditions")
    assert not refusal(cohort)


def test_gate_warns_of_what_has_no_expectation_or_source(aligned):
    rules = {"history_of_collaboration": {"expect": "present"}, "aligned": {"selected": False}}
    status, reason = verdict(aligned.with_plan(qca_rules=rules))["expectations and anchors"]
    assert status == "warning" and "no source for: History of collaboration" in reason
    assert reason.startswith("nothing is expected of: Credibility in the community; ")


def test_gate_warns_of_disputed_facts_and_of_the_crossover(aligned):
    disputed = changed(aligned, "elm", "community_credibility", "yes", rater="r2")
    said = "disputed, the first value is used: Credibility in the community at Elm Alliance (synthetic)"
    assert verdict(disputed)["undecided facts"] == ("warning", said)
    half = changed(numbered(aligned), "elm", "history_of_collaboration", "20")
    assert "exactly at the crossover: Elm Alliance" in verdict(half)["undecided facts"][1]


@pytest.mark.parametrize("name", ["af4q", "bqi", "template", "teaching"])
def test_gate_refuses_the_other_cohorts_in_words(name):
    cohort = load_cohort(name)
    gate = qca_admissible(cohort)
    assert (gate["status"] == "refused").sum() >= 2 and (gate.loc[gate["status"] != "ok", "reason"] != "").all()
    for table in (solutions(cohort), necessary_conditions(cohort), solution_robustness(cohort)):
        assert table["status"].tolist() == ["not_assessable"] and table["reason"].tolist() == [refusal(cohort)]
    runs = solution_robustness(cohort)
    assert cohort_truth_table(cohort, outcome_of(cohort)).empty
    assert terms_again(runs).empty and robust_core(cohort, runs).empty


def test_gate_counts_what_is_documented_of_the_outcome_of_af4q():
    reason = verdict(load_cohort("af4q"))["variation of the outcome"][1]
    said = "sites cannot be read as with or without the outcome (no anchors); documented at 5 of 16 sites; "
    assert reason == said + "so the documented outcome hardly varies: all documented ones have it"


def test_gate_says_that_nothing_is_documented_of_the_outcome(aligned):
    facts = aligned.site_attributes
    bare = aligned.with_tables(site_attributes=facts[facts["attribute"] != "aligned"])
    assert verdict(bare)["variation of the outcome"][1] == "the outcome is documented at 0 of 14 sites"


@pytest.mark.parametrize("name", ["af4q", "bqi", "template", "teaching", "alignment-teaching"])
def test_configurations_only_hold_every_site_once(name):
    cohort = load_cohort(name)
    table = configurations_only(cohort)
    named = [site for sites in table["sites"] for site in sites.split("; ")]
    assert sorted(named) == sorted(cohort.sites["name"]) and table["n"].sum() == len(cohort.sites)


def test_configurations_only_group_no_site_that_is_not_documented_in_full():
    table = configurations_only(load_cohort("af4q"))
    partly = table[table["note"] == "not documented in full"]
    assert partly["sites"].tolist() == ["Albuquerque", "Humboldt County", "Kansas City"] and partly["n"].eq(1).all()
    assert table.loc[table["note"] == "", table.columns[:3]].ne("").all(axis=None)


def test_configurations_only_is_empty_without_facts(tiny):
    bare = tiny.with_tables(attributes=tiny.attributes.query("type == 'year'"))
    assert configurations_only(bare).empty and set_facts(bare).empty
    assert refusal(bare).startswith("the gate refuses this cohort for its conditions, outcome, cases")


# ---- the plan -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "match"),
    [
        ({"legal": {"expct": "present"}}, "expect"),
        ({"legal": {"expect": "yes"}}, "is not permitted"),
        ({"legal": {"anchors": [1, 3, 2]}}, "are not anchors"),
        ({"legal": {"anchors": [1, "2", 3]}}, "are not anchors"),
        ({"legal": {"selected": "no"}}, "true or false"),
        ({"legal": "present"}, "write a table"),
        ({"leagl": {"expect": "present"}}, "is not in attributes.csv"),
    ],
)
def test_plan_refuses_faulty_rules(tiny_folder, rules, match):
    set_key(tiny_folder, RULES, rules)
    with pytest.raises(CohortError, match=match):
        load_cohort(tiny_folder)


def test_plan_takes_rules(tiny_folder):
    rules = {"founded": {"anchors": [2010, 2000, 1990], "expect": "absent", "source": "A study."}}
    set_key(tiny_folder, RULES, rules)
    assert load_cohort(tiny_folder).plan.qca_rules == rules


def test_outcome_is_the_one_with_a_rule_else_the_first(aligned):
    extra = aligned.attributes.tail(1).assign(attribute="lasting", label="Lasting")
    cohort = aligned.with_tables(attributes=pd.concat([extra, aligned.attributes]))
    assert outcome_of(cohort) == "aligned"
    assert outcome_of(cohort.with_plan(qca_rules={})) == "lasting"


# ---- planted solutions --------------------------------------------------------------------------------------------


def test_planted_solutions_are_found(aligned):
    table = planted_table(aligned, "10")
    assert len(table) == len(aligned.truth("solutions")) == 6 and table["same"].eq("yes").all()


def test_planted_solutions_of_another_outcome_are_not_found(aligned):
    assert planted_table(changed(aligned, "fir", "aligned", "yes"), "10")["same"].eq("no").any()


def test_truth_table_of_the_cohort_has_ten_rows_and_six_remainders(aligned):
    table = cohort_truth_table(aligned, "aligned")
    assert table["value"].value_counts().to_dict() == {"remainder": 6, "yes": 5, "no": 5}
    assert table["against"].eq("").all()


def test_solutions_are_unique_and_whole(found):
    assert found["models"].eq(1).all() and found["status"].eq("ok").all()
    assert found[["solution_coverage", "solution_consistency"]].eq(1).all(axis=None)


def test_solutions_expect_the_contrary_for_the_absence_of_the_outcome(found):
    terms = found.query("outcome == '~aligned' and kind == 'intermediate'")["term"]
    assert "~history_of_collaboration*~community_credibility" in terms.tolist()
    assert all(name.startswith("~") for term in terms for name in term.split("*"))


def test_solutions_without_expectations_have_no_intermediate_one(aligned):
    bare = solutions(aligned.with_plan(qca_rules={"aligned": {"selected": False}}))
    assert bare.groupby("kind")["status"].first().to_dict() == {
        "complex": "ok",
        "intermediate": "not_estimable",
        "parsimonious": "ok",
    }


def test_used_for_both_names_remainders_that_serve_both_outcomes(found):
    assert used_for_both(found) == []
    clash = found.assign(assumptions="A*~B")
    assert used_for_both(clash) == ["A*~B"]


def test_necessary_conditions_of_the_planted_cohort(aligned):
    table = necessary_conditions(aligned)
    assert len(table) == 16 and table["necessary"].eq("no").all()
    best = table[(table["outcome"] == "aligned") & (table["condition"] == "community_credibility")].iloc[0]
    assert best[["estimate", "coverage"]].astype(float).round(3).tolist() == [0.857, 0.857]


def test_memberships_in_a_solution_equal_the_outcome_where_it_is_whole(aligned, found):
    points = memberships_in(aligned, found, "aligned", "parsimonious")
    assert len(points) == 14 and points["x"].eq(points["y"]).all()
    assert memberships_in(aligned, found, "aligned", "nothing").empty


def test_memberships_follow_the_anchors(aligned):
    data = memberships(numbered(aligned))["history_of_collaboration"]
    assert data.round(2).value_counts().to_dict() == {0.95: 7, 0.05: 6, 0.36: 1}


def test_memberships_take_the_value_that_is_turned(aligned):
    cohort = changed(aligned, "elm", "aligned", "yes", variant="b")
    assert memberships(cohort)["aligned"].iloc[0] == 0
    assert memberships(cohort, {("aligned", "elm"): 1})["aligned"].iloc[0] == 1


# ---- robustness ---------------------------------------------------------------------------------------------------


def test_robustness_changes_every_site_and_cut(runs):
    checks = runs.drop_duplicates(["outcome", "change"]).groupby("check").size()
    assert checks.to_dict() == {"as planned": 2, "cases": 2, "consistency": 6, "site": 28}
    base = runs[runs["check"] == "as planned"]
    assert base["found"].eq("all").all() and base["estimate"].eq(1).all()


def test_robustness_finds_the_site_on_which_a_term_rests(runs):
    term = "history_of_collaboration*active_consensus_building"
    lost = runs[(runs["term"] == term) & (runs["found"] == "none") & (runs["check"] == "site")]
    assert lost["change"].tolist() == ["without Fir Alliance (synthetic)"]


def short(name):
    return f"{name} Alliance (synthetic)"


def test_robustness_judges_each_site_left_out_by_every_model(runs):
    left = runs[(runs["check"] == "site") & (runs["outcome"] == "aligned")].drop_duplicates("change")
    told = left.set_index("change")["foretold"]
    assert told.value_counts().to_dict() == {"all": 10, "some": 2, "none": 2}
    assert told[told == "none"].index.tolist() == [f"without {short('Fir')}", f"without {short('Oak')}"]
    assert told[told == "some"].index.tolist() == [f"without {short('Juniper')}", f"without {short('Yew')}"]


def test_robustness_overlap_counts_the_site_left_out_and_every_model(runs):
    of = runs[runs["outcome"] == "aligned"].drop_duplicates("change").set_index("change")
    # without Fir the one model holds Fir too: 7 of 8 sites; without Juniper three of four models lose it: 6 of 7
    assert of.loc[f"without {short('Fir')}", ["estimate", "most"]].tolist() == [7 / 8, 7 / 8]
    assert short("Fir") in of.loc[f"without {short('Fir')}", "held"]
    assert of.loc[f"without {short('Juniper')}", ["models", "estimate", "most"]].tolist() == [4, 6 / 7, 1]


def test_robustness_without_a_solution_foretells_nothing(aligned):
    facts = aligned.site_attributes
    apart = facts["attribute"].isin(aligned.plan.qca)  # every configuration has sites with and without the outcome
    same = facts["value"].mask(apart & ~facts["site"].isin(["elm", "hazel"]), "yes")
    table = solution_robustness(aligned.with_tables(site_attributes=facts.assign(value=same)))
    assert table.query("outcome == 'aligned' and check == 'site'")["foretold"].eq("none").all()


def test_terms_again_finds_none_of_the_planted_formula_after_every_change(runs):
    again = terms_again(runs)
    assert again["every"].eq("no").all() and again["n"].eq(18).all()
    assert (again["again"] + again["some"] + again["lost"].str.split("; ").str.len() == again["n"]).all()


def test_terms_again_keeps_what_every_change_leaves(runs):
    assert terms_again(runs.assign(found="all"))["every"].eq("yes").all()


def test_robust_core_is_what_every_solution_holds(aligned, runs):
    core = robust_core(aligned, runs).query("outcome == 'aligned' and apart == ''").iloc[0]
    assert core["sites"] == "; ".join(map(short, ["Ginkgo", "Larch", "Pine", "Spruce", "Willow"]))
    assert core[["held", "member", "n"]].tolist() == [5, 5, 7] and core["estimate"] == 5 / 7


def test_robust_core_without_a_site_is_empty(aligned, runs):
    core = robust_core(aligned, runs.assign(held=runs["held"].where(runs["check"] != "cases", "")))
    assert core.loc[core["apart"] == "", "held"].eq(0).all() and core.loc[core["apart"] == "cases", "held"].eq(5).all()


def test_robustness_shifts_anchors_and_turns_disputed_facts(aligned):
    cohort = changed(numbered(aligned), "yew", "small_decision_bodies", "no", variant="b")
    table = solution_robustness(cohort, "complex")
    assert set(table["check"]) == {"as planned", "site", "consistency", "cases", "anchors", "disputed fact"}
    assert table.loc[table["check"] == "anchors", "change"].unique().tolist() == [
        "anchors of History of collaboration a step higher",
        "anchors of History of collaboration a step lower",
    ]
    turned = table.loc[table["check"] == "disputed fact", "change"].unique().tolist()
    assert turned == ["Small decision-making bodies at Yew Alliance (synthetic) taken as no"]
    assert np.isfinite(table["estimate"]).all()


@pytest.mark.parametrize(("way", "anchors"), [(1, [12, 22, 32]), (-1, [8, 18, 28])])
def test_anchors_move_by_a_tenth_of_their_distance(aligned, way, anchors):
    moved = shifted(numbered(aligned), "history_of_collaboration", way)
    assert moved.plan.qca_rules["history_of_collaboration"]["anchors"] == anchors
    member = memberships(moved)["history_of_collaboration"]
    assert (member < memberships(numbered(aligned))["history_of_collaboration"]).all() == (way == 1)


def test_robustness_of_the_intermediate_solution_needs_expectations(aligned):
    table = solution_robustness(aligned.with_plan(qca_rules={}), "intermediate")
    assert table["status"].tolist() == ["not_assessable"] and "expects nothing" in table["reason"].iloc[0]
