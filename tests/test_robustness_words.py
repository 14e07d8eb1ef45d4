"""Sentences of the robustness card: what they say, what they never say, and what they do without a claim."""

import pytest
from conftest import write_tiny
from degenerate import build
from test_commonality import built, heard

from casestudy.cohort.cohort import load_cohort
from casestudy.methods.commonality import robustness
from casestudy.report.robustness_words import card_in_words


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return load_cohort(write_tiny(tmp_path_factory.mktemp("base") / "tiny"))


@pytest.fixture(scope="module")
def told(base):
    """Return a cohort with a claim that hangs on single voices, one that does not, and one that a site fails."""
    voices = {"a": heard(2, 4, 4), "b": heard(4, 4, 4), "c": [*heard(4, 4, 0), ("q", [], [])]}
    cohort = built(base, voices, k=2, m=2, B=100)
    return cohort, robustness(cohort)


def test_card_in_words_says_what_would_overturn_the_claim(told):
    words = card_in_words(told[1], "c1", told[0])
    assert words.startswith("**c1** is a difficulty at 3 of 3 sites, and at every site in ")
    assert "up to 2 voices a site (k = 3: widespread)" in words and "fewest voices raise it at A (2)" in words
    assert "It is lost without any one of 2 voices; it cannot be judged without any one of the groups" in words
    assert "true share could be as low as 44% (95% interval)" in words


def test_card_in_words_names_the_pivotal_site_and_says_that_nothing_ends_the_claim(told):
    words = card_in_words(told[1], "c3", told[0])
    assert "at 2 of 3 sites" in words and "it becomes common without the site C" in words


def test_card_in_words_has_three_to_five_sentences_and_names_no_informant(told):
    for code in ("c1", "c2", "c3"):
        words = card_in_words(told[1], code, told[0])
        assert 3 <= words.count(". ") + 1 <= 5 and words.endswith(".")
        assert not any(who in words for who in ("a0", "a1", "b0", "b1"))


def test_card_in_words_gives_the_reason_where_errors_are_not_known(told):
    assert "what coding errors do to it cannot be told: " in card_in_words(told[1], "c2", told[0])
    card = told[1].copy()
    card.loc[card["check"] == "coding errors", ["estimate", "n", "status"]] = [0.9996, 100, "ok"]
    assert "put right at random in more than 99%." in card_in_words(card, "c2", told[0])


def test_card_in_words_escapes_hostile_labels(told):
    card = told[1].assign(label="<b>*x*</b>")
    assert "<b>" not in card_in_words(card, "c1", told[0]) and "*x*" not in card_in_words(card, "c1", told[0])


def test_card_in_words_without_a_claim_gives_the_reason(told, base):
    words = card_in_words(told[1], "c6", told[0])
    assert words.startswith("Not assessable: it is neither common nor widespread")
    none = built(base, {"a": heard(0), "b": heard(0)}, k=1, m=1)
    assert card_in_words(robustness(none), "", none).startswith("Not assessable: no challenge is common")


@pytest.mark.parametrize("name", ["one-coder", "one-group-site", "empty-codings", "all-ties"])
def test_card_in_words_never_shows_a_gap(name, tmp_path):
    cohort = build(name, tmp_path)
    card = robustness(cohort, "documented")
    for code in card["code"].unique():
        words = card_in_words(card, code, cohort)
        assert words.endswith(".") and not any(gap in words for gap in ("nan", "NA>", "None"))
