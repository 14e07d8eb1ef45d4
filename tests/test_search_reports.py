"""What a search found is told with its context, its denominators and its zeros."""

import pandas as pd
import pytest

from casestudy import load_cohort
from casestudy.methods.search import kwic, rates_by_site, search, term_overlap, term_report

TOLD = [  # 4 + 6 words at north, 5 at south; east says nothing
    ("north", "n1", "clinicians", "money", "challenge", {"text": "one two money trust"}),
    ("north", "n2", "patients", "money", "challenge", {"text": "Money, money no trust in it"}),
    ("south", "s1", "patients", "trust", "challenge", {"text": "we have the trust <b>now</b>"}),
]
TERMS = [
    {"domain": "resources", "term": "mone*", "exclude": "money trust"},
    {"domain": "resources", "term": "two;money no"},
    {"domain": "relations", "term": "trust*"},
    {"domain": "relations", "term": "vision*"},
]


@pytest.fixture
def spoken(make_cohort):
    return make_cohort(TOLD, search_terms=TERMS, sites=["north", "south", "east"])


def test_kwic_shows_the_words_around_each_hit(spoken):
    assert kwic(spoken, "trust*", words=2).to_numpy().tolist() == [
        ["north", "n1", "t1", "two money", "trust", ""],
        ["north", "n2", "t2", "money no", "trust", "in it"],
        ["south", "s1", "t3", "have the", "trust", "<b>now</b>"],
    ]


def test_kwic_uses_the_cohorts_own_exclusion_and_takes_other_terms(spoken):
    assert kwic(spoken, "mone*")["segment"].tolist() == ["t2", "t2"]
    assert kwic(spoken, "hav?")["hit"].tolist() == ["have"]
    assert kwic(spoken, "trust*", words=0)["left"].tolist() == ["", "", ""]


def test_kwic_keeps_the_order_of_sites(spoken):
    turned = spoken.with_tables(sites=spoken.sites.iloc[::-1])
    assert kwic(turned, "trust*")["site"].tolist() == ["south", "north", "north"]


def test_kwic_and_search_agree(spoken):
    texts = spoken.segments.set_index("segment")["text"]
    found = search(spoken)
    cut = [texts[r.segment][r.start : r.end] for r in found.itertuples() if r.term == "trust*"]
    assert cut == kwic(spoken, "trust*")["hit"].tolist()


def test_term_report_counts_and_keeps_zeros(spoken):
    report = term_report(spoken).set_index("term")
    numbers = report[["hits", "segments", "informants", "sites", "unique", "n"]]
    assert numbers.to_numpy().tolist() == [[2, 1, 1, 1, 0, 3], [2, 2, 2, 1, 1, 3], [3, 3, 3, 2, 3, 3], [0] * 5 + [3]]
    assert report["site_names"].tolist() == ["north", "north", "north;south", ""]
    assert report["rate"].tolist() == pytest.approx([2000 / 15, 2000 / 15, 3000 / 15, 0])
    assert set(report["status"]) == {"ok"} and numbers.dtypes.map(str).eq("int64").all()


def test_term_report_counts_a_word_said_at_two_sites_as_two_informants(make_cohort):
    rows = [(site, "p1", "patients", "money", "challenge", {"text": "money"}) for site in ("north", "south")]
    assert term_report(make_cohort(rows, search_terms=[{"term": "money"}]))["informants"].tolist() == [2]


def test_rates_by_site_meets_every_site(spoken):
    table = rates_by_site(spoken).query("term == 'trust*'")
    assert table["site"].tolist() == ["north", "south", "east"] and table["n"].tolist() == [10, 5, 0]
    assert table["rate"].tolist()[:2] == [200, 200] and table["rate"].isna().tolist() == [False, False, True]
    assert table["status"].tolist() == ["ok", "ok", "not_assessable"]
    assert table["reason"].tolist()[2] == "no words of an informant at this site"


def test_rates_by_site_sums_to_the_report(spoken):
    assert rates_by_site(spoken).groupby("term")["hits"].sum().to_dict() == dict(
        term_report(spoken)[["term", "hits"]].to_numpy()
    )


def test_term_overlap_compares_terms_of_one_domain(spoken):
    table = term_overlap(spoken)
    assert table[["term_1", "term_2"]].to_numpy().tolist() == [["mone*", "two;money no"], ["trust*", "vision*"]]
    assert table[["segments_1", "segments_2", "both", "n"]].to_numpy().tolist() == [[1, 2, 1, 2], [3, 0, 0, 3]]
    assert table["jaccard"].tolist() == [0.5, 0.0]


def test_term_overlap_of_two_terms_never_found_is_not_estimable(spoken):
    terms = spoken.search_terms.assign(term=["qa", "qb", "qc", "qd"], exclude="", pattern="")
    table = term_overlap(spoken.with_tables(search_terms=terms))
    assert set(table["status"]) == {"not_estimable"} and table["jaccard"].isna().all()


@pytest.mark.parametrize("report", [term_report, rates_by_site, term_overlap])
@pytest.mark.parametrize("spoil", ["paraphrase", "no terms"])
def test_reports_that_cannot_be_made_say_why(spoken, report, spoil):
    full = report(spoken)
    if spoil == "no terms":
        cohort, why = spoken.with_tables(search_terms=spoken.search_terms.head(0)), "there are no search terms"
    else:
        segments = spoken.segments.assign(text_kind=spoil)
        cohort, why = spoken.with_tables(segments=segments), "the statements are restated in our words"
    table = report(cohort)
    assert table.columns.tolist() == full.columns.tolist() and len(table)
    assert set(table["status"]) == {"not_assessable"} and set(table["reason"]) == {why} and set(table["n"]) == {0}
    numbers = full.select_dtypes("number").columns.drop("n")
    assert table[numbers].isna().all(axis=None)


def test_reports_run_on_the_public_record():
    for report in (term_report, rates_by_site, term_overlap):
        assert isinstance(report(load_cohort("af4q")), pd.DataFrame)
    assert kwic(load_cohort("af4q"), "board*").empty
