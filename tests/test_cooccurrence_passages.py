"""Coded passages compared by characters: small cases by hand, bounds, and several coders."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.methods.cooccurrence import overlaps
from casestudy.methods.cooccurrence.passages import COLUMNS, KINDS, _kind, _met, _once

LONG = "x" * 100


def mark(code, start=None, end=None, segment="t", coder="ana", text=LONG):
    cell = {"segment": segment, "text": text, "coder": coder}
    cell |= {} if start is None else {"start": start, "end": end}
    return ("north", "n1", "patients", code, "challenge", cell)


@pytest.fixture
def of(make_cohort):
    """Return a function from marks to the one row of `overlaps`."""
    return lambda *marks, **more: overlaps(make_cohort(marks, codes=("money", "power"), **more)).iloc[0]


@pytest.mark.parametrize(
    ("one", "other", "kind", "both", "either"),
    [
        ((10, 30), (10, 30), "exact", 20, 20),
        ((10, 30), (15, 20), "inclusion", 5, 20),
        ((15, 20), (15, 40), "inclusion", 5, 25),
        ((10, 30), (20, 50), "overlap", 10, 40),
        ((10, 30), (30, 50), "apart", 0, 40),
        ((10, 30), (None, None), "unmarked", 20, 100),
        ((None, None), (None, None), "unmarked", 100, 100),
    ],
)
def test_overlaps_of_two_passages(of, one, other, kind, both, either):
    row = of(mark("money", *one), mark("power", *other))
    assert row[KINDS].to_dict() == dict.fromkeys(KINDS, 0) | {kind: 1}
    assert (row["both"], row["n"], row["estimate"]) == (both, either, both / either)


def test_overlaps_stays_within_1_where_passages_do_not(of):
    small = [mark("money", start, start + 5) for start in (10, 20, 30)]
    row = of(mark("power", 0, 50), *small)  # by passages c would be 3 / (1 + 3 - 3)
    assert (row["inclusion"], row["estimate"]) == (3, 15 / 50)


def test_overlaps_counts_a_character_once_per_code(of):
    row = of(mark("money", 0, 20), mark("money", 10, 30), mark("power", 0, 30))
    assert (row["both"], row["n"]) == (30, 30) and row["inclusion"] == 2


def test_overlaps_keeps_segments_apart(of):
    row = of(mark("money", 0, 20), mark("power", 0, 20, segment="u"))
    assert row[KINDS].sum() == 0 and (row["both"], row["n"], row["status"]) == (0, 40, "ok")


def test_overlaps_takes_the_first_coder_who_marked(of):
    given = [mark("money", coder="ana"), mark("money", 0, 10, coder="ben"), mark("money", 0, 50, coder="cem")]
    row = of(*given, mark("power", 0, 10), plan={"resolve": "any"})
    assert (row["exact"], row["n"]) == (1, 10)


def test_overlaps_counts_withheld_words_as_one_character(of):
    bare = [mark(code, text="") for code in ("money", "power")]
    row = of(*[(*given[:5], {**given[5], "text_kind": "withheld"}) for given in bare])
    assert (row["both"], row["n"], row["unmarked"]) == (1, 1, 1)


def test_overlaps_says_how_many_passages_are_marked(of):
    assert of(mark("money", 0, 5), mark("power"))["method"].startswith("characters; 1 of 2 passages marked")


def test_overlaps_of_codes_never_given_is_not_assessable(make_cohort):
    table = overlaps(make_cohort([("north", "n1", "patients", {"segment": "t"})], codes=("money", "power")))
    assert table["status"].tolist() == ["not_assessable"] and table["estimate"].isna().all()
    none = overlaps(make_cohort([mark("money")], codes=("money",)))
    assert none.empty and none.columns.tolist() == COLUMNS


def test_overlaps_keeps_to_reading_and_scope(make_cohort):
    denied = [*mark("power", 0, 9)[:4], "not_here", mark("power", 0, 9)[5]]
    cohort = make_cohort([mark("money", 0, 9), tuple(denied)])
    assert overlaps(cohort)[KINDS].sum(axis=None) == 0
    far = make_cohort([mark("money", 0, 9), mark("power", 0, 9)]).with_plan(scope=("market",))
    assert overlaps(far)["status"].tolist() == ["not_assessable"]


SPANS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("mp"), st.integers(0, 20), st.integers(1, 10)), max_size=12
)


def frame(spans):
    rows = pd.DataFrame(spans, columns=["segment", "code", "start", "end"]).drop_duplicates()
    rows = rows.astype({"start": int, "end": int})
    rows = rows.assign(end=rows["start"] + rows["end"], marked=True).drop_duplicates()
    return rows.sort_values(["segment", "code", "start", "end"])


@settings(max_examples=40)
@given(SPANS)
def test_once_and_met_agree_with_sets_of_characters(spans):
    rows = frame(spans)
    chars = {c: {(r.segment, n) for r in rows.itertuples() if r.code == c for n in range(r.start, r.end)} for c in "mp"}
    single = _once(rows)
    length = (single["end"] - single["start"]).groupby(single["code"]).sum()
    assert {c: int(length.get(c, 0)) for c in "mp"} == {c: len(chars[c]) for c in "mp"}
    met = _met(single)
    assert met.loc[met["code_1"] == "m", "shared"].sum() == len(chars["m"] & chars["p"])


@settings(max_examples=40)
@given(SPANS)
def test_kind_is_the_same_from_either_side(spans):
    met = _met(frame(spans))
    tally = met.assign(kind=_kind(met)).groupby("code_1")["kind"].value_counts()
    one, other = (tally.get(code, pd.Series(dtype=int)).to_dict() for code in "mp")
    assert one == other
