"""Do the same words carry two codes? Coded passages compared by their characters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from .measures import share
from .units import given_codes, pairs_of

KINDS = ["exact", "inclusion", "overlap", "apart", "unmarked"]
COLUMNS = ["reading", "code_1", "code_2", *KINDS, "estimate", "lo", "hi", "n", "both", "method", "status", "reason"]


def _passages(cohort: Cohort, kind: str | None, reading: str) -> pd.DataFrame:
    """Return every coded passage: segment, code, start, end, marked.

    Of each segment and code, those of the first of its coders who marked any, in the order of the table `coders`; if
    none did, the whole segment. A segment whose words are withheld is one character long.
    """
    given = given_codes(cohort, kind, reading)[["segment", "code", "coders"]]
    given = given.assign(coder=given["coders"].str.split(";")).explode("coder").drop(columns="coders")
    # as in `resolve_codings`: other rounds were coded under earlier versions, or after a search
    rows = cohort.codings[cohort.codings["round"].isin(["independent", "consensus"])]
    rows = rows.reindex(columns=["segment", "code", "coder", "round", "start", "end"])
    rows = given.merge(rows, on=["segment", "code", "coder"])
    place = {coder: number for number, coder in enumerate(cohort.coders["coder"])}
    rows = rows.assign(marked=rows["start"].notna() & rows["end"].notna(), place=rows["coder"].map(place))
    rows = rows.sort_values(["marked", "place", "round"], ascending=[False, True, True], kind="stable")
    first = rows.groupby(["segment", "code"], sort=False)[["coder", "round"]].transform("first")
    rows = rows[(rows["coder"] == first["coder"]) & (rows["round"] == first["round"])]
    length = cohort.segments.set_index("segment")["text"].str.len().clip(lower=1)
    whole = rows["segment"].map(length).astype(int)
    start = rows["start"].fillna(0).where(rows["marked"], 0).astype(int)
    end = rows["end"].fillna(0).astype(int).where(rows["marked"], whole)
    rows = rows.assign(start=start, end=end).drop_duplicates(["segment", "code", "start", "end"])
    return rows[["segment", "code", "start", "end", "marked"]].sort_values(["segment", "code", "start", "end"])


def _once(passages: pd.DataFrame) -> pd.DataFrame:
    """Return the passages cut so that no character counts twice for one code."""
    before = passages.groupby(["segment", "code"])["end"].cummax()
    before = before.groupby([passages["segment"], passages["code"]]).shift(fill_value=0)
    passages = passages.assign(start=np.maximum(passages["start"], before))
    return passages[passages["start"] < passages["end"]]


def _met(passages: pd.DataFrame) -> pd.DataFrame:
    """Return every meeting of two passages in one segment, each order of the codes once, with the shared characters."""
    both = passages.merge(passages, on="segment", suffixes=("_1", "_2"))
    both = both[both["code_1"] != both["code_2"]]
    shared = np.minimum(both["end_1"], both["end_2"]) - np.maximum(both["start_1"], both["start_2"])
    return both.assign(shared=shared.clip(lower=0))


def _kind(met: pd.DataFrame) -> np.ndarray:
    """Return how two passages lie to each other."""
    length = [met[f"end_{n}"] - met[f"start_{n}"] for n in (1, 2)]
    cases = {
        "unmarked": ~(met["marked_1"] & met["marked_2"]),
        "apart": met["shared"] == 0,
        "exact": (met["shared"] == length[0]) & (met["shared"] == length[1]),
        "inclusion": (met["shared"] == length[0]) | (met["shared"] == length[1]),
    }
    return np.select(list(cases.values()), list(cases), "overlap")


def overlaps(cohort: Cohort, kind: str | None = "challenge", reading: str = "documented") -> pd.DataFrame:
    """Ask of each pair of codes whether the same words carry both, or different words of one segment.

    Parameters
    ----------
    cohort, kind, reading
        As for `interdependence`.

    Returns
    -------
    DataFrame
        One row per pair, in codebook order: reading, code_1, code_2; how many times two passages of one segment are
        the same (exact), one within the other (inclusion), overlap otherwise (overlap), share no character (apart), or
        cannot be compared because no coder marked one of them (unmarked); estimate (characters that carry both codes,
        of those that carry either: Jaccard, from 0 to 1), lo, hi (missing), n (characters with either), both
        (characters with both), method, status, reason.

    Notes
    -----
    The c-coefficient on passages counts pairs of passages and can exceed 1 (one long passage over three short ones
    gives 3): characters cannot. Where no passage is marked, **the whole segment counts** in the characters; such
    meetings are counted as `unmarked`, since they would all be exact or inclusions. Of several coders the passages of
    the first who marked any are taken. A segment whose words are withheld counts as one character.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = overlaps(load_cohort("af4q"))
    >>> int(table[["exact", "inclusion", "overlap", "apart"]].sum(axis=None))  # no passage is marked
    0
    """
    passages, table = _passages(cohort, kind, reading), pairs_of(cohort, kind)
    keys = pd.MultiIndex.from_frame(table)
    met = _met(passages)
    tally = met.assign(kind=_kind(met)).groupby(["code_1", "code_2", "kind"]).size().unstack(fill_value=0)
    tally = tally.reindex(index=keys, columns=KINDS, fill_value=0).astype(int).reset_index(drop=True)
    single = _once(passages)
    length = (single["end"] - single["start"]).groupby(single["code"]).sum()
    both = _met(single).groupby(["code_1", "code_2"])["shared"].sum().reindex(keys, fill_value=0).to_numpy()
    either = sum(table[code].map(length).fillna(0).to_numpy() for code in ("code_1", "code_2")) - both
    reason = np.where(either > 0, "", "neither code was given")
    marked = f"{passages['marked'].sum()} of {len(passages)} passages marked, whole segments otherwise"
    return pd.concat([table, tally], axis=1).assign(
        reading=reading,
        estimate=share(both, either),
        lo=np.nan,
        hi=np.nan,
        n=either.astype(int),
        both=both.astype(int),
        method=f"characters; {marked}",
        status=np.where(either > 0, "ok", "not_assessable"),
        reason=reason,
    )[COLUMNS]
