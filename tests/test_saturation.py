"""When little new was heard: against the published example, hand-made cohorts, and what must hold of any curve."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from looking import row

from casestudy import load_cohort
from casestudy.methods import saturation as sat
from casestudy.methods.saturation import curves

GUEST = np.array([0, 20, 30, 35, 37, 39, 41, 42, 42])  # 37 codes in the base of four; runs of two bring 4, 3, 1
INCIDENCE = [5, 4, 3, 2, 2, 1, 1, 1]  # of ten interviews; values as in the R package iNEXT
GAPS = ("not_assessable", "not_estimable")


def codebook(codes, **origins):
    """Return rows of a codebook, every code found in the data unless `origins` says otherwise."""
    return [
        {"code": c, "label": c.capitalize(), "kind": "challenge", "origin": origins.get(c, "emergent")} for c in codes
    ]


def heard(*told, site="north"):
    """Return statements of one informant after another; each string names the codes, one letter each."""
    group = ("clinicians", "patients")
    for number, codes in enumerate(told, 1):
        who = (site, f"{site[0]}{number}", group[number % 2])
        yield from ([(*who, code, "challenge") for code in codes] or [who])


@pytest.fixture
def seven(make_cohort):
    """Return seven informants of one site: a to d in the base, e in the fifth, f in the sixth, nothing in the last."""
    return make_cohort(list(heard("a", "b", "c", "d", "ae", "f", "")), codebook=codebook("abcdef"))


# ---- what is computed from a curve or from counts -------------------------------------------------------------


def test_run_shares_gives_the_published_example():
    start, new, share = sat.run_shares(GUEST, 4, 2)
    assert start.tolist() == [4, 5, 6] and new.tolist() == [4, 3, 1]
    assert [f"{x:.1%}" for x in share] == ["10.8%", "8.1%", "2.7%"]


@pytest.mark.parametrize(("threshold", "at"), [(0.05, 6), (0.1, 5), (0.11, 4), (0.02, np.inf)])
def test_saturated_at_is_the_first_run_within_the_threshold(threshold, at):
    start, _, share = sat.run_shares(GUEST, 4, 2)
    assert sat.saturated_at(start, share, threshold) == at


def test_saturated_at_counts_a_share_on_the_threshold():
    assert sat.saturated_at(np.array([4]), np.array([1 / 20]), 0.05) == 4


def test_run_shares_of_a_base_without_codes_are_undefined():
    assert np.isnan(sat.run_shares(np.array([0, 0, 0, 1]), 2, 1)[2]).all()


def test_chao2_and_coverage_give_the_published_values():
    assert sat.chao2(INCIDENCE, 10) == pytest.approx(8.9)
    assert round(sat.coverage(INCIDENCE, 10), 4) == 0.8625


def test_coverage_without_codes_found_once_is_whole_and_without_mentions_unknown():
    assert sat.coverage([3, 2], 5) == 1 and np.isnan(sat.coverage([], 5))
    assert sat.coverage([1, 1, 3], 5) == pytest.approx(1 - 2 / 5 * 4 / 6)  # none found twice


found_in = (
    st.integers(2, 9)
    .flatmap(lambda n: st.lists(st.lists(st.booleans(), min_size=n, max_size=n), min_size=1, max_size=6))
    .map(lambda codes: np.array(codes, bool).T)
)  # sources x codes


def counts_of(found):
    return found.sum(0)[found.any(0)]


@given(found_in)
def test_rarefaction_ends_at_what_was_observed_and_never_falls(found):
    counts, n = counts_of(found), len(found)
    expected = [sat.rarefaction(counts, n, at) for at in range(n + 1)]
    assert expected[0] == 0 and expected[-1] == pytest.approx(len(counts))
    assert (np.diff(expected) >= -1e-12).all()


@given(found_in, st.randoms())
def test_order_does_not_matter_for_the_end(found, random):
    n, places = len(found), list(range(1, len(found) + 1))
    random.shuffle(places)
    both = np.array([range(1, n + 1), places])
    curve = curves.accumulated(curves.first_places(found[:, found.any(0)], both), n)
    assert (curve[:, -1] == found.any(0).sum()).all() and (curve[:, 0] == 0).all()
    assert (np.diff(curve, axis=1) >= 0).all()


@given(found_in)
def test_rarefaction_is_the_mean_over_all_orders(found):
    found = found[:5]
    n, held = len(found), found[:, found.any(0)]
    orders = np.array(np.meshgrid(*[range(n)] * n)).reshape(n, -1).T
    orders = orders[[len(set(order)) == n for order in orders]] + 1
    curve = curves.accumulated(curves.first_places(held, orders), n)
    expected = [sat.rarefaction(counts_of(found), n, at) for at in range(n + 1)]
    assert curve.mean(axis=0) == pytest.approx(np.array(expected))


@given(found_in)
def test_chao2_is_at_least_what_was_found_and_coverage_a_share(found):
    counts, n = counts_of(found), len(found)
    assert sat.chao2(counts, n) >= len(counts)
    assert not len(counts) or 0 <= sat.coverage(counts, n) <= 1


# ---- tables on cohorts ----------------------------------------------------------------------------------------


def test_saturation_counts_by_hand(seven):
    one = row(sat.saturation(seven), scope="all")
    assert (one.n, one.found, one.base_codes, one.new_codes) == (7, 6, 4, 1)
    assert one.estimate == 0.25 and pd.isna(one["at"]) and one.said == ""
    assert one.status == "ok" and "the last 2 interviews brought 1 new" in one.reason


def test_saturation_is_reached_at_a_looser_threshold(seven):
    one = row(sat.saturation(seven, threshold=0.25), scope="all")
    assert one.said == "5 + 2" and one["at"] == 5 and one.reason == ""
    assert one.random_lo == 4  # where the informant who raised nothing comes sixth


def test_saturation_tells_the_run_that_ended_it(seven):
    one = row(sat.saturation(seven, threshold=0.5), scope="all")
    assert (one.said, one.new_codes, one.estimate) == ("4 + 2", 2, 0.5)


def test_saturation_uses_base_and_run(seven):
    one = row(sat.saturation(seven, base=5, run=1), scope="all")
    assert one.said == "6 + 1" and one.base_codes == 5 and one.estimate == 0


def test_saturation_of_too_few_sources_is_not_assessable(seven):
    one = row(sat.saturation(seven, base=6), scope="all")
    assert one.status == "not_assessable" and one.reason == "7 interviews read here: base and run together need 8"
    assert pd.isna(one.estimate) and pd.isna(one.chao2)


def test_saturation_of_an_empty_base_is_not_estimable(make_cohort):
    cohort = make_cohort(list(heard("", "", "", "", "a", "b")), codebook=codebook("ab"))
    one = row(sat.saturation(cohort), scope="all")
    assert (one.status, one.reason) == ("not_estimable", "the first 4 interviews hold none of the codes")


def test_saturation_of_codes_nobody_gave_is_not_estimable(make_cohort):
    rows = codebook("az", a="deductive")
    one = row(sat.saturation(make_cohort(list(heard(*"aaaaaa")), codebook=rows)), scope="all")
    assert (one.status, one.reason) == ("not_estimable", "none of the 1 codes was found in the 6 interviews")


def test_saturation_leaves_codes_brought_to_the_data_out(make_cohort):
    rows = codebook("abc", a="deductive", b="")
    table = sat.saturation(make_cohort(list(heard(*["abc"] * 6)), codebook=rows))
    assert row(table, scope="all").codes == 1
    assert table["method"].str.endswith("left out: 1 brought to the data and 1 of no stated origin").all()


@pytest.mark.parametrize(
    ("origin", "said"), [("deductive", "a fixed list is full at once"), ("", "does not say which")]
)
def test_saturation_without_codes_from_the_data_says_why(make_cohort, origin, said):
    table = sat.saturation(make_cohort(list(heard(*["a"] * 6)), codebook=codebook("a", a=origin)))
    assert set(table["status"]) == {"not_assessable"} and table["reason"].str.contains(said).all()


def test_saturation_has_a_row_for_every_site_and_group_heard(make_cohort):
    told = [*heard(*"aabbab"), *heard(*"bbbbbb", site="south")]
    table = sat.saturation(make_cohort(told, codebook=codebook("ab"), sites=["north", "south", "east"]))
    assert table["unit"].tolist() == ["", "north", "south", "east", "patients", "clinicians"]
    assert table["n"].tolist() == [12, 6, 6, 0, 6, 6]
    assert table["found"].tolist() == [2, 2, 1, 0, 2, 2]
    assert row(table, unit="east").reason == "no interviews read here"


def test_saturation_does_not_count_denials_or_unread_sources(make_cohort):
    told = [*heard(*"aaaaa", ""), ("north", "n1", "patients", "b", "not_here")]
    told.append(("north", "n2", "clinicians", "c", "strategy"))
    read = [("ana", f"north-n{number}") for number in range(1, 6)]
    one = row(sat.saturation(make_cohort(told, codebook=codebook("abc"), assignments=read)), scope="all")
    assert (one.n, one.codes, one.found) == (5, 3, 2)


def test_saturation_takes_the_order_of_the_table_of_sources(seven):
    turned = seven.with_tables(sources=seven.sources.iloc[::-1])
    one, other = (row(sat.saturation(cohort, base=2), scope="all") for cohort in (seven, turned))
    assert (one.base_codes, other.base_codes) == (2, 1)
    assert (one.chao2, one.coverage, one.found) == (other.chao2, other.coverage, other.found)


def test_saturation_notes_a_codebook_that_changed_on_the_way(make_cohort):
    event = {"event_id": "e1", "from_version": "v1", "to_version": "v2", "event": "create", "to_codes": "b"}
    cohort = make_cohort(list(heard(*["ab"] * 6)), codebook=codebook("ab"), codebook_events=[event])
    assert "(v1, v2): codings under v2 only" in sat.saturation(cohort)["reason"].iloc[0]


def test_saturation_speaks_of_documents(make_cohort):
    cohort = make_cohort(list(heard(*"aaaaaa")), evidence_level="document", codebook=codebook("a"))
    assert (sat.source_word(cohort), sat.source_word(cohort, 1)) == ("documents", "document")
    assert sat.saturation(cohort, base=9)["reason"].iloc[0].startswith("6 documents read here")


@pytest.mark.parametrize("wrong", [{"base": 0}, {"run": 0}, {"threshold": 2}, {"kind": "tradeoff"}])
def test_saturation_refuses_what_makes_no_sense(seven, wrong):
    with pytest.raises(ValueError, match="write"):
        sat.saturation(seven, **wrong)


def test_saturation_runs_name_the_new_codes(seven):
    table = sat.saturation_runs(seven).query("scope == 'all'")
    assert table["new"].tolist() == ["e;f", "f"] and table["new_codes"].tolist() == [2, 1]
    assert table["sources"].iloc[0] == "north-n5;north-n6" and table["estimate"].tolist() == [0.5, 0.25]


def test_accumulation_follows_every_source(seven):
    table = sat.accumulation(seven).query("scope == 'all'")
    assert table["observed"].tolist() == [1, 2, 3, 4, 5, 6, 6]
    assert table["new"].tolist() == ["a", "b", "c", "d", "e", "f", ""]
    assert table["expected"].iloc[-1] == 6 and table["expected"].iloc[0] == pytest.approx(1)
    assert (table["random_lo"] <= table["random_median"]).all() and (table["random_median"] <= table["random_hi"]).all()
    assert table[["random_lo", "random_median", "random_hi"]].iloc[-1].tolist() == [6, 6, 6]


def test_random_orders_are_those_of_the_seed(seven):
    drawn = [
        sat.saturation(cohort, threshold=0.25)["random_reached"] for cohort in (seven, seven, seven.with_plan(seed=1))
    ]
    assert drawn[0].equals(drawn[1]) and not drawn[0].equals(drawn[2])


def test_random_orders_spread_around_what_is_expected():
    table = sat.accumulation(load_cohort("teaching"), "aspect").query("status == 'ok'")
    assert (table["random_lo"] <= table["expected"] + 1).all() and (table["expected"] <= table["random_hi"] + 1).all()
    ends = table.groupby(["scope", "unit"]).tail(1)
    assert (ends["expected"].round(9) == ends["observed"]).all()


def test_last_aspect_names_the_source_that_filled_each_challenge(make_cohort):
    rows = [{"code": code, "label": code, "kind": "challenge"} for code in "AB"]
    parents = {"p": "A", "q": "A", "r": "A", "s": "B"}
    rows += [{"code": c, "label": c, "kind": "aspect", "parent": of, "origin": "emergent"} for c, of in parents.items()]
    cohort = make_cohort(list(heard("Ap", "A", "Aq", "Ap")), codebook=rows)
    first, second = (row(sat.last_aspect(cohort), scope="all", code=code) for code in "AB")
    assert (first["at"], first.source, first["last"]) == (3, "north-n3", "q")
    assert (first.aspects, first.found, first.reason) == (3, 2, "never found here: r")
    assert 1 <= first.random_lo <= first.random_median <= first.random_hi <= 4
    assert (second.status, second.reason) == ("not_estimable", "none of its aspects was found here")


def test_last_aspect_of_a_challenge_without_aspects_is_not_assessable():
    one = row(sat.last_aspect(load_cohort("teaching")), scope="all", code="it_vendor")
    assert (one.status, one.reason) == ("not_assessable", "the codebook has no aspect of it from the data")


@pytest.mark.parametrize("name", ["teaching", "af4q", "template"])
@pytest.mark.parametrize("table", [sat.saturation, sat.accumulation, sat.last_aspect])
def test_no_blank_without_a_reason(name, table):
    found = table(load_cohort(name))
    judged = found["status"] == "ok"
    assert set(found["status"]) <= {"ok", *GAPS} and found.loc[~judged, "reason"].ne("").all()
    number = "at" if table is sat.last_aspect else "estimate" if table is sat.saturation else "expected"
    assert found.loc[judged, number].notna().all() and found.loc[~judged, number].isna().all()


def test_meaning_saturates_no_earlier_than_codes_at_teaching():
    cohort = load_cohort("teaching")
    codes, aspects = (sat.saturation(cohort, kind=kind)["random_median"] for kind in ("challenge", "aspect"))
    assert (aspects >= codes).all()
