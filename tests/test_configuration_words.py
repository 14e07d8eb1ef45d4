"""The configurational analysis in words: nothing typed, everything escaped, refusals with their reason."""

import pandas as pd
import pytest

from casestudy import load_cohort
from casestudy.methods.configurations import (
    cohort_truth_table,
    configurations_only,
    necessary_conditions,
    qca_admissible,
    refusal,
    set_facts,
    solution_robustness,
    solutions,
)
from casestudy.report import configuration_robust_words as changes
from casestudy.report import configuration_words as words
from casestudy.report.planted import planted_section


@pytest.fixture(scope="module")
def aligned():
    return load_cohort("alignment-teaching")


@pytest.fixture(scope="module")
def found(aligned):
    return solutions(aligned)


@pytest.fixture(scope="module")
def refused():
    return load_cohort("template")


def test_term_in_words_uses_labels(aligned):
    assert (
        words.term_in_words("~community_credibility*origin", aligned) == "not Credibility in the community and Origin"
    )
    assert words.term_in_words("1", aligned) == "whatever the conditions"


def test_gate_in_words_gives_the_counts(aligned, refused):
    assert words.gate_in_words(qca_admissible(refused)).startswith(
        "**The gate refuses this cohort:** the plan names no conditions; 4 sites\\: so few"
    )
    passed = words.gate_in_words(qca_admissible(aligned))
    assert passed == "**The gate lets this cohort pass:** 10 of 10 checks raise nothing."


def test_gate_in_words_keeps_warnings(aligned):
    told = words.gate_in_words(qca_admissible(aligned.with_plan(qca_rules={})))
    assert "8 of 10 checks" in told and "does not say how the sites were chosen" in told


def test_gate_table_says_passed_or_refused(refused):
    assert words.gate_table(qca_admissible(refused))["verdict"].tolist() == ["refused", "passed", "refused", "refused"]


def test_sets_in_words_tells_anchors_and_sources(aligned):
    rules = {"founded_year": {"anchors": [1990, 2000, 2010], "source": "A *study*.", "expect": "absent"}}
    told = words.sets_in_words(
        set_facts(aligned.with_plan(qca=("founded_year",), qca_rules=rules)),
        aligned.with_plan(qca=("founded_year",), qca_rules=rules),
    )
    assert "out at 1990, neither in nor out at 2000, in at 2010" in told
    assert "Expected: absent. Source: A \\*study\\*\\." in told


def test_sets_table_shows_values_memberships_and_disputes(aligned):
    rules = {"founded_year": {"anchors": [1990, 2000, 2010]}}
    facts = aligned.site_attributes
    again = facts[(facts["site"] == "elm") & (facts["attribute"] == "aligned")].assign(value="yes", rater="r2")
    cohort = aligned.with_plan(qca=("founded_year",), qca_rules=rules)
    cohort = cohort.with_tables(site_attributes=pd.concat([facts, again]))
    table = words.sets_table(set_facts(cohort))
    assert table.index.tolist() == cohort.sites["name"].tolist()
    assert table.loc["Elm Alliance (synthetic)"].tolist() == ["1997 (0.29)", "no / yes"]


def test_configurations_table_shows_words_and_notes():
    table = words.configurations_table(configurations_only(load_cohort("af4q")))
    assert table.loc["Albuquerque", "Kind of convenor"] == "hosted programme"
    assert table["note"].ne("").sum() == 3
    assert "note" not in words.configurations_table(configurations_only(load_cohort("template")))


def test_needed_in_words_names_what_is_necessary(aligned):
    table = necessary_conditions(aligned)
    assert words.needed_in_words(table, aligned) == "Necessary for *Aligned*: none. Necessary for *not Aligned*: none."
    one = table.assign(necessary=["yes"] + ["no"] * 15)
    assert "Necessary for *Aligned*: History of collaboration." in words.needed_in_words(one, aligned)
    assert words.needed_table(table, aligned).shape == (8, 6)


def test_truth_in_words_names_contradictions(aligned):
    facts = aligned.site_attributes
    turned = (facts["site"] == "willow") & (facts["attribute"] == "aligned")
    cohort = aligned.with_tables(site_attributes=facts.assign(value=facts["value"].mask(turned, "no")))
    told = words.truth_in_words(cohort_truth_table(cohort, "aligned"), "aligned", cohort)
    assert "**Contradictions**" in told and "Ginkgo Alliance \\(synthetic\\) (in the configuration of" in told
    whole = words.truth_in_words(cohort_truth_table(aligned, "aligned"), "aligned", aligned)
    assert whole.startswith("10 of the 16 configurations have a site, the other 6 are remainders; 5 of those")


def test_rows_table_has_a_row_for_every_configuration_with_a_site(aligned):
    table = words.rows_table(cohort_truth_table(aligned, "aligned"), aligned)
    assert len(table) == 10 and table["n"].sum() == 14 and "none" in table["present"].tolist()


def test_solutions_in_words_tells_every_kind_and_model(aligned, found):
    told = words.solutions_in_words(found, aligned)
    assert told.count("No other model is as short.") == 6 and "What goes with **not Aligned**" in told
    double = found.query("outcome == 'aligned' and kind == 'parsimonious'")
    double = pd.concat([double, double.assign(model=2)]).assign(models=2)
    assert "**2 models** fit alike, and none may be told alone" in words.solutions_in_words(double, aligned)


def test_solutions_table_marks_sites_that_differ(aligned, found):
    table = words.solutions_table(found.assign(against="Yew Alliance (synthetic)"), aligned)
    assert table["sites"].str.contains("Yew Alliance (synthetic) (differs)", regex=False).any()
    assert len(table) == len(found)


def test_assumptions_in_words_warns_of_those_used_for_both(aligned, found):
    assert "No remainder is assumed both" in words.assumptions_in_words(found, aligned)
    clash = words.assumptions_in_words(found.assign(assumptions="trust*~origin"), aligned)
    assert "**Assumed to bring the outcome and also to prevent it:** trust and not Origin." in clash


def test_every_sentence_of_a_refused_cohort_gives_the_reason(refused):
    runs, table = solution_robustness(refused), cohort_truth_table(refused, "public_report")
    for told in (
        words.needed_in_words(necessary_conditions(refused), refused),
        words.truth_in_words(table, "public_report", refused),
        words.solutions_in_words(solutions(refused), refused),
        words.assumptions_in_words(solutions(refused), refused),
        changes.changes_in_words(runs, refused),
    ):
        assert told.startswith("Not assessable: the gate refuses this cohort for its conditions") and refusal(refused)
    assert words.rows_table(table, refused).empty and words.solutions_table(solutions(refused), refused).empty
    assert words.needed_table(necessary_conditions(refused), refused).empty


def test_labels_are_escaped(aligned, found):
    labels = aligned.attributes.assign(label=aligned.attributes["label"] + " *$x$*")
    hostile = aligned.with_tables(attributes=labels)
    for told in (
        words.solutions_in_words(found, hostile),
        words.assumptions_in_words(found, hostile),
        words.sets_in_words(set_facts(hostile), hostile),
    ):
        assert "\\*\\$x\\$\\*" in told and " *$x$*" not in told


def test_planted_section_makes_labels_literal(aligned):
    labels = aligned.attributes.assign(label="<b>`x | " + aligned.attributes["label"])
    rows = [r for r in planted_section(aligned.with_tables(attributes=labels), "10").splitlines() if r[:2] == "| "]
    bare = [row.replace("\\|", "").replace("\\<", "").replace("\\`", "") for row in rows]
    assert (
        len(bare) == 7 and {row.count("|") for row in bare} == {5} and not [row for row in bare if set("<`") & set(row)]
    )
