"""What small changes do, in words: terms, sites, overlap and what is foretold."""

import pytest

from casestudy import load_cohort
from casestudy.methods.configurations import solution_robustness, terms_again
from casestudy.report import configuration_robust_words as words


@pytest.fixture(scope="module")
def aligned():
    return load_cohort("alignment-teaching")


@pytest.fixture(scope="module")
def runs(aligned):
    return solution_robustness(aligned)


@pytest.fixture(scope="module")
def told(aligned, runs):
    return words.changes_in_words(runs, aligned).replace(" Alliance \\(synthetic\\)", "")


def test_changes_in_words_gives_terms_and_core_apart(told):
    assert told.startswith("For **Aligned**, 18 changes:")
    assert told.count("Terms found in every model after every change: none.") == 2
    assert "Ginkgo, Larch, Pine, Spruce and Willow (5 of 7 sites with this outcome)" in told


def test_changes_in_words_gives_the_frequency_cut_apart(told):
    assert told.count("sets aside 6 of the 10 configurations that have a site.") == 2
    assert told.count("The frequency cut left aside: the same.") == 2


def test_changes_in_words_names_the_sites_that_are_not_foretold(told):
    assert "Foretold when left out: 10 of 14 sites" in told
    assert "Judged rightly by some models only: Juniper and Yew; by none: Fir and Oak." in told
    assert "change after 5 changes; the overlap is smallest after *at least 2 cases in a configuration*: 0.75." in told


def test_changes_in_words_says_that_all_stays(aligned, runs):
    firm = words.changes_in_words(runs.assign(estimate=1.0, found="all"), aligned)
    assert "every model holds the same sites as planned" in firm and "Small decision" in firm


def test_changes_in_words_without_a_solution(aligned, runs):
    assert "there is no solution to change" in words.changes_in_words(runs.assign(term=""), aligned)


def test_changes_in_words_counts_core_sites_without_the_outcome(aligned, runs):
    held = runs.assign(held="; ".join(aligned.sites["name"]))
    assert "(7 of 7 sites with this outcome, and 7 without it)" in words.changes_in_words(held, aligned)


def test_again_table_names_terms_by_their_labels(aligned, runs):
    table = words.again_table(terms_again(runs), aligned)
    assert table["after every change"].eq("no").all()
    assert "Credibility in the community and Small decision-making bodies" in table.index


def test_changes_in_words_escapes_labels(aligned, runs):
    hostile = aligned.with_tables(attributes=aligned.attributes.assign(label="*$x$* `" + aligned.attributes["label"]))
    told = words.changes_in_words(runs.assign(found="all"), hostile)
    assert "\\*\\$x\\$\\*" in told and " *$x$*" not in told
