"""Sentences on codebook and search: on tables of a whole cohort, on empty ones, and where nothing can be told."""

import pandas as pd
import pytest

from casestudy.cohort.cohort import load_cohort
from casestudy.methods import codebook
from casestudy.methods import search as searching
from casestudy.report import codebook_words as words

HOSTILE = "<b>|`x`"


@pytest.fixture(scope="module")
def teaching():
    return load_cohort("teaching").with_plan(B=50)


def plain(text):
    return text.replace("\\", "")


def shares(n, emergent):
    return pd.DataFrame({"kind": ["challenge", "all"], "n": [1, n], "emergent": [1, emergent]})


def described(*complete):
    return pd.DataFrame({"code": [f"c{i}" for i in range(len(complete))], "complete": complete})


def report(**columns):
    """Return a report of three terms."""
    rows = {"term": ["goal*", "trust*", HOSTILE], "hits": [3, 0, 5], "unique": [1, 0, 4], "n": 40}
    return pd.DataFrame(rows | {"status": "ok", "reason": ""} | columns)


def measures(**changes):
    rows = {"domain": "how_we_met", "measure": ["precision", "recall", "elusion", "f1"]}
    rows |= {"estimate": [0.6, 0.8, 0.05, 0.7], "lo": 0.5, "hi": 0.9, "status": "ok", "reason": ""}
    return pd.DataFrame(rows | changes)


# ---- the codebook -------------------------------------------------------------------------------------------------


def test_completeness_in_words_counts_codes_and_origins(teaching):
    table, origins = codebook.completeness(teaching), codebook.emergent_share(teaching)
    said = words.completeness_in_words(table, origins)
    whole, every = (table["complete"] == "yes").sum(), origins[origins["kind"] == "all"].iloc[0]
    assert said.startswith(f"**{whole} of {len(table)} codes** in use have every part of an entry.")
    assert said.endswith(
        f"Of the {every['n']} codes that state their origin, {every['emergent']} were found in the data."
    )


def test_completeness_in_words_is_silent_on_origins_that_nobody_states():
    said = words.completeness_in_words(described("yes"), shares(0, 0))
    assert said == "**1 of 1 code** in use have every part of an entry."


def test_completeness_in_words_of_no_code_is_not_assessable():
    assert words.completeness_in_words(described(), shares(0, 0)) == "Not assessable: there is no code in use."


def test_gaps_in_codebook_name_the_codes_that_lack_a_part(tiny):
    table = codebook.completeness(tiny)
    gaps = words.gaps_in_codebook(table, tiny)
    assert gaps["codes"].sum() == (table["complete"] == "no").sum() == 3
    assert gaps["which"].tolist() == ["Money; Trust; Meetings"] and "a definition" in gaps.index[0]


def test_gaps_in_codebook_group_codes_by_what_they_lack(tiny):
    table = pd.DataFrame({"code": ["money", "trust", "meetings"], "complete": ["no", "yes", "no"],
                          "missing": ["an example", "", "a label"]})  # fmt: skip
    gaps = words.gaps_in_codebook(table, tiny)
    assert gaps["codes"].to_dict() == {"an example": 1, "a label": 1}
    assert gaps["which"].to_dict() == {"an example": "Money", "a label": "Meetings"}


def test_gaps_in_codebook_of_a_complete_one_are_empty(tiny):
    table = pd.DataFrame({"code": ["money"], "complete": ["yes"], "missing": [""]})
    assert words.gaps_in_codebook(table, tiny).empty


# ---- versions -----------------------------------------------------------------------------------------------------


def test_changed_codes_leave_out_what_stayed(teaching):
    edges = codebook.lineage(teaching)
    table = words.changed_codes(edges)
    assert set(table["event"]) == {"merge", "split", "rename", "create", "retire"}
    assert len(table) == len(edges[edges["event"] != "same"]) and (table["share"].dropna() <= 1).all()
    split = table[table["event"] == "split"]
    assert set(split["from_label"]) == {"Leadership"} and len(split) == 2


def test_changed_codes_of_a_single_version_are_empty(tiny):
    assert words.changed_codes(codebook.lineage(tiny)).empty


def test_nothing_lost_tells_an_answer_from_a_gap(tiny, teaching):
    lost = codebook.orphans(teaching)
    assert words.nothing_lost(lost.iloc[:0]) == "No passage lost its code."
    said = words.nothing_lost(codebook.orphans(tiny))
    assert plain(said) == "Not assessable: single version: no history of the codebook is recorded."


def test_map_for_reading_has_a_row_per_domain_and_cuts_long_lists(teaching):
    mapped = codebook.conceptual_map(teaching)
    table = words.map_for_reading(mapped)
    assert table.index.tolist() == [name.replace("_", " ") for name in mapped["domain"]]
    long = mapped.assign(terms="; ".join(f"t{n}" for n in range(words.MOST_TERMS + 3)))
    assert words.map_for_reading(long)["terms"].iloc[0].endswith(f"t{words.MOST_TERMS - 1} and 3 more")


# ---- the search ---------------------------------------------------------------------------------------------------


def test_search_in_words_names_silent_terms_and_the_weightiest():
    said = plain(words.search_in_words(report(), 7))
    assert "**3 terms** were searched in 40 answers of informants; 7 answers hold at least one." in said
    assert "Terms without a hit: trust*." in said and said.endswith(f"{HOSTILE} (4 answers).")


def test_in_one_line_shows_alternatives_between_strokes():
    assert words.in_one_line("cost;costs; benefit*") == "cost / costs / benefit*"


def test_search_in_words_keeps_text_of_the_data_literal():
    said = words.search_in_words(report(hits=0), 1)
    assert "<" not in said.replace("\\<", "") and "|" not in said.replace("\\|", "")


def test_search_in_words_names_no_silent_term_where_each_was_found():
    assert "Terms without a hit: none." in words.search_in_words(report(hits=2), 2)


def test_search_in_words_gives_the_reason_where_nothing_can_be_searched():
    cohort = load_cohort("af4q")
    said = words.search_in_words(searching.term_report(cohort), 0)
    assert said == "Not assessable: the statements are restated in our words."


def test_search_in_words_agrees_with_the_search(teaching):
    table = searching.term_report(teaching)
    said = words.search_in_words(table, searching.search(teaching)["segment"].nunique())
    assert f"**{len(table)} terms** were searched in {table['n'].max()} answers" in said


def test_missed_in_words_says_each_measure_in_a_sentence():
    said = words.missed_in_words(measures())
    assert said.startswith("**How we met.** Of the answers that the search returns, 60% (50% to 90%) belong")
    assert "the search returns 80% (50% to 90%)." in said and "5% (50% to 90%) belong to it all the same." in said
    assert said.count("%)") == 3


def test_missed_in_words_has_a_paragraph_per_domain():
    both = pd.concat([measures(), measures(domain="money")])
    assert [part.split(".")[0] for part in words.missed_in_words(both).split("\n\n")] == ["**How we met", "**Money"]


def test_missed_in_words_gives_the_reason_of_a_measure_that_is_not_known():
    said = words.missed_in_words(measures(status=["ok", "not_estimable", "ok", "ok"], reason=["", HOSTILE, "", ""]))
    assert f"Not assessable: {HOSTILE}." in plain(said) and "<" not in said.replace("\\<", "")
    assert "nan" not in said


def test_missed_in_words_gives_the_reason_where_nothing_can_be_searched():
    said = words.missed_in_words(searching.search_quality(load_cohort("af4q")))
    assert said == "Not assessable: the statements are restated in our words."


def test_missed_in_words_calls_terms_without_a_domain_this_cohort():
    assert words.missed_in_words(measures(domain="")).startswith("**This cohort.**")


def test_missed_in_words_makes_the_domain_literal():
    assert "<b>" not in words.missed_in_words(measures(domain=HOSTILE))
