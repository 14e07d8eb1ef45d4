"""Precision and recall against coding by hand: right where they can be known, refused where they cannot."""

import numpy as np
import pytest

from casestudy import load_cohort
from casestudy.methods.search import (
    elusion_sample,
    minimal_terms,
    search_counts,
    search_quality,
    term_ablation,
)

TERMS = [{"domain": "resources", "term": t} for t in ("cash", "money", "fund*")]
CODES = [
    {"code": "money", "label": "Money", "kind": "challenge", "domain": "resources"},
    {"code": "trust", "label": "Trust", "kind": "challenge", "domain": "relations"},
]
# (site, informant) -> (words, code by hand) of each segment
SAID = {
    ("north", "n1"): [("cash", "money"), ("cash", ""), ("else", ""), ("else", "")],
    ("north", "n2"): [("cash and money", "money"), ("else", "money"), ("else", ""), ("else", "")],
    ("south", "s1"): [("money", "money"), ("fund", "trust"), ("else", ""), ("else", "")],
    ("south", "s2"): [("money", "money"), ("cash", "money"), ("else", "money"), ("else", "")],
}


def statements(said=SAID, rounds="independent"):
    """Return statements for `make_cohort`; a segment without a code gets the other domain's, so that it exists."""
    return [
        (site, who, "patients", code or "trust", "neutral", {"text": words, "round": rounds})
        for (site, who), told in said.items()
        for words, code in told
    ]


@pytest.fixture
def judged(make_cohort):
    return make_cohort(statements(), codebook=CODES, search_terms=TERMS)


def measure(cohort, name):
    return search_quality(cohort).set_index("measure").loc[name]


def estimates(cohort):
    return search_quality(cohort).set_index("measure")["estimate"].round(4).to_dict()


def test_search_counts_adds_up(judged):
    (row,) = search_counts(judged).to_dict("records")
    assert row == {"domain": "resources", "n": 16, "retrieved": 7, "read": 16, "status": "ok", "reason": ""} | {
        "tp": 5,
        "fp": 2,
        "fn": 2,
        "tn": 7,
    }


def test_search_quality_of_texts_read_in_full_is_plain_arithmetic(judged):
    assert estimates(judged) == {"precision": 0.7143, "elusion": 0.2222, "recall": 0.7143} | {
        "f1": 0.7143,
        "f2": 0.7143,
        "lift": round(5 / 7 / (7 / 16), 4),
    }
    assert search_quality(judged)["n"].tolist() == [7, 9, 16, 16, 16, 16]


def test_search_quality_gives_intervals_around_the_estimate_and_the_same_again(judged):
    table = search_quality(judged)
    assert (table["lo"] <= table["estimate"]).all() and (table["estimate"] <= table["hi"]).all()
    assert (table["lo"] < table["hi"]).all() and set(table["status"]) == {"ok"}
    assert table.equals(search_quality(judged)) and table["method"].str.contains("within site").all()


def test_search_quality_draws_whole_sources_within_site(judged):
    # n1: 1 of 2 right, n2: 1 of 1; s1: 1 of 2, s2: 2 of 2. Precision of all 16 resamples lies among these sites' ends
    row = measure(judged.with_plan(B=5000, ci_level=0.999), "precision")
    assert (row["lo"], row["hi"]) == (0.5, 1.0)


def test_search_quality_never_draws_one_site_for_another(make_cohort):
    said = {("north", f"n{n}"): [("cash", "")] for n in range(3)}
    said |= {("south", f"s{n}"): [("cash", "money")] for n in range(3)}
    row = measure(make_cohort(statements(said), codebook=CODES, search_terms=TERMS), "precision")
    assert (row["estimate"], row["lo"], row["hi"]) == (0.5, 0.5, 0.5) and "all resamples agree" in row["reason"]


def test_search_quality_of_one_source_has_no_interval(make_cohort):
    said = {("north", "n1"): SAID["north", "n2"]}
    row = measure(make_cohort(statements(said), codebook=CODES, search_terms=TERMS), "recall")
    assert row["estimate"] == 0.5 and np.isnan(row["lo"]) and row["reason"] == "no interval: all in one source"


def test_search_quality_carries_the_missed_over_by_site(judged):
    """Only n1 and s2 were read in full: 0 of 2 missed at north (of 5 not returned), 1 of 2 at south (of 4)."""
    read = judged.assignments[judged.assignments["source"].isin(["north-n1", "south-s2"])]
    kept = judged.segments.loc[judged.segments["source"].isin(read["source"]), "segment"]
    codings = judged.codings[judged.codings["segment"].isin(kept)]
    cohort = judged.with_tables(assignments=read, codings=codings)
    found = 3 * 1 / 2 + 4 * 2 / 2  # returned at each site, times the share of positives among those read
    missed = 5 * 0 / 2 + 4 * 1 / 2
    assert measure(cohort, "elusion")["estimate"] == pytest.approx(missed / 9)
    assert measure(cohort, "recall")["estimate"] == pytest.approx(found / (found + missed))
    assert measure(cohort, "recall")["n"] == 8


def test_search_quality_leaves_out_a_site_that_nobody_read(judged):
    read = judged.assignments[judged.assignments["source"].str.startswith("north")]
    kept = judged.segments.loc[judged.segments["site"] == "north", "segment"]
    codings = judged.codings[judged.codings["segment"].isin(kept)]
    row = measure(judged.with_tables(assignments=read, codings=codings), "precision")
    assert row["estimate"] == pytest.approx(2 / 3) and row["reason"].endswith("nobody read there: south")


def only_hits(make_cohort):
    said = {who: [(w, c) for w, c in told if w != "else"] for who, told in SAID.items()}
    cohort = make_cohort(statements(), codebook=CODES, search_terms=TERMS)
    hits = make_cohort(statements(said, "search_hits"), codebook=CODES, search_terms=TERMS)
    codings = cohort.codings[cohort.codings["segment"].isin(["t1", "t2", "t5", "t9", "t10", "t13", "t14"])]
    return cohort.with_tables(codings=codings.assign(round="search_hits"), assignments=hits.assignments)


def test_search_quality_refuses_recall_if_only_hits_were_read(make_cohort):
    table = search_quality(only_hits(make_cohort)).set_index("measure")
    assert table["estimate"]["precision"] == pytest.approx(5 / 7) and table["status"]["precision"] == "ok"
    rest = table.drop("precision")
    assert set(rest["status"]) == {"not_estimable"} and rest["estimate"].isna().all() and rest["lo"].isna().all()
    assert rest["reason"].str.startswith("nobody read what the search did not return; if 149 of these").all()


def test_term_tables_refuse_recall_if_only_hits_were_read(make_cohort):
    cohort = only_hits(make_cohort)
    for table in (term_ablation(cohort), minimal_terms(cohort)):
        assert set(table["status"]) == {"not_estimable"}
        assert table["reason"].str.startswith("nobody read what the search did not return").all()


@pytest.mark.parametrize(
    ("change", "measures", "reason"),
    [
        ({"term": "absent"}, ["precision", "f1", "lift"], "the search returned nothing"),
        ({"term": "*e*; *a*; *o*; *u*"}, ["elusion"], "the search returned every segment"),
        ({"domain": "unknown"}, ["recall"], "no code of the codebook belongs to this domain"),
        ({"domain": "", "code": ""}, ["recall"], "these terms belong to no domain"),
    ],
)
def test_search_quality_says_why_a_measure_is_missing(judged, change, measures, reason):
    cohort = judged.with_tables(search_terms=judged.search_terms.head(1).assign(**change))
    for name in measures:
        row = measure(cohort, name)
        assert np.isnan(row["estimate"]) and row["status"] != "ok" and row["reason"] == reason


def test_search_quality_without_positives_has_no_recall(judged):
    codings = judged.codings[judged.codings["code"] != "money"]
    row = measure(judged.with_tables(codings=codings), "recall")
    assert (row["status"], row["reason"]) == ("not_estimable", "no segment that was read belongs to the domain")


def test_search_quality_counts_a_denial_as_belonging_to_the_domain(judged):
    denied = judged.with_tables(codings=judged.codings.assign(valence="not_here"))
    assert estimates(denied) == estimates(judged)


def test_elusion_sample_is_the_number_of_blanks_that_bounds_a_share():
    assert (elusion_sample(), elusion_sample(0.05), elusion_sample(0.5, 0.9)) == (149, 59, 4)
    assert 0.98**149 <= 0.05 < 0.98**148
    with pytest.raises(ValueError):
        elusion_sample(0)


def test_term_ablation_tells_what_each_term_does(judged):
    table = term_ablation(judged).set_index("term").round(4)
    # without cash: 2 of 3 money and fund, and t5 still by money
    assert table["recall"].to_dict() == {"cash": 0.4286, "money": 0.4286, "fund*": 0.7143}
    assert table["recall_change"].to_dict() == {"cash": -0.2857, "money": -0.2857, "fund*": 0.0}
    assert table["precision_change"].to_dict() == {"cash": 0.0357, "money": -0.1143, "fund*": 0.119}


def test_term_ablation_of_an_only_term_leaves_nothing(judged):
    (row,) = term_ablation(judged.with_tables(search_terms=judged.search_terms.head(1))).to_dict("records")
    assert (
        row["recall"] == 0 and np.isnan(row["precision"]) and row["reason"] == "without it the search returns nothing"
    )


def test_minimal_terms_takes_the_best_until_it_has_enough(judged):
    table = minimal_terms(judged)
    assert table["term"].tolist() == ["cash", "money"] and table["step"].tolist() == [1, 2]
    assert table["of_full"].round(4).tolist() == [0.6, 1.0] and set(table["n"]) == {3}
    turned = judged.with_tables(search_terms=judged.search_terms.iloc[::-1])
    assert minimal_terms(turned)["term"].tolist() == ["money", "cash"]
    assert minimal_terms(judged, share=0.5)["term"].tolist() == ["cash"]


def test_minimal_terms_of_a_search_that_finds_nothing_says_so(judged):
    table = minimal_terms(judged.with_tables(search_terms=judged.search_terms.head(1).assign(term="absent")))
    assert table[["status", "reason"]].to_numpy().tolist() == [
        ["not_estimable", "no term finds a segment that belongs to the domain"]
    ]


@pytest.mark.parametrize("table", [search_quality, search_counts, term_ablation, minimal_terms])
def test_quality_tables_say_why_they_cannot_be_made(judged, table):
    full = table(judged)
    made = [
        table(judged.with_tables(segments=judged.segments.assign(text_kind="withheld"))),
        table(load_cohort("af4q")),
    ]
    for found, why in zip(made, ["the texts are withheld", "the statements are restated in our words"], strict=True):
        assert found.columns.tolist() == full.columns.tolist()
        assert found[["status", "reason"]].to_numpy().tolist() == [["not_assessable", why]]
