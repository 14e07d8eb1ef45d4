"""The score of a theory: how many of its predictions match, and in how many relabellings of sites as many would."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import chain, product

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import generator, raised_in
from .contrasts import EXACT, differences_of, permutation_p
from .patterns import heard_of, laid_out, nothing_recorded, pattern_match, shares_of, signs

COLUMNS = ["theory", "variant", "reading", "predictions", "matches", "estimate", "lo", "hi", "n", "voices_clear"]
COLUMNS += ["as_good", "relabellings", "p_site", "floor", "method", "status", "reason"]
COUNTS = ["matches", "voices_clear", "as_good", "relabellings"]
SIGN = {"+": 1, "-": -1, "0": 0}


def _arrangements(counts: Counter) -> Iterator[list]:
    """Yield every distinct order of things of which there are so many of each kind.

    >>> [*_arrangements(Counter("aab"))]
    [['a', 'a', 'b'], ['a', 'b', 'a'], ['b', 'a', 'a']]
    """
    if not counts.total():
        yield []
    for kind in sorted(counts):
        rest = counts - Counter([kind])
        yield from ([kind, *tail] for tail in _arrangements(rest))


def _ways(counts: Counter) -> int:
    """Return how many such orders there are."""
    return math.factorial(counts.total()) // math.prod(math.factorial(n) for n in counts.values())


def relabelled(profiles: np.ndarray, rng: np.random.Generator, draws: int) -> tuple[np.ndarray, int, bool]:
    """Return the profiles of sites dealt anew among sites, how many ways there are, and whether these are all of them.

    Parameters
    ----------
    profiles : array, predictions x sites
        1 = the site has the value, 0 = it has another, nan = not known. A site's profile moves as a whole, so that
        choices which go together stay together; and only among the sites of which the same is known.

    Returns
    -------
    array (relabellings x predictions x sites), int, bool
    """
    kinds, kind = np.unique(np.nan_to_num(profiles, nan=-1), axis=1, return_inverse=True)
    kind, known = kind.ravel(), np.unique(kinds == -1, axis=1, return_inverse=True)[1].ravel()
    rooms = [np.flatnonzero(known[kind] == room) for room in np.unique(known)]
    counts = [Counter(kind[room].tolist()) for room in rooms]
    ways = math.prod(_ways(count) for count in counts)
    if ways <= EXACT:
        dealt = np.empty((ways, len(kind)), int)
        parts = product(*(_arrangements(count) for count in counts))
        dealt[:, np.concatenate(rooms)] = [[*chain(*part)] for part in parts]
    else:
        noise = rng.random((draws, len(kind)))
        order = np.concatenate([room[np.argsort(noise[:, room], axis=1)] for room in rooms], axis=1)
        dealt = np.empty((draws, len(kind)), int)
        dealt[:, np.concatenate(rooms)] = kind[order]
    return profiles[:, np.unique(kind, return_index=True)[1][dealt]].transpose(1, 0, 2), ways, ways <= EXACT


def _matches(profiles: np.ndarray, shares: np.ndarray, directions: list[int]) -> np.ndarray:
    """Return how many predictions match, for each relabelling (relabellings x predictions x sites)."""
    hits = np.zeros(len(profiles), int)
    for n, direction in enumerate(directions):
        known = ~np.isnan(profiles[0, n])
        differences = differences_of(profiles[:, n, known], shares[n, known][:, None])[:, 0]
        hits += signs(differences) == direction
    return hits


def theory_scores(cohort: Cohort, matches: pd.DataFrame | None = None) -> pd.DataFrame:
    """Say how many predictions of each theory match, and how often chance would do as well.

    Parameters
    ----------
    cohort : Cohort
    matches : DataFrame, optional
        From `pattern_match`, where it is at hand.

    Returns
    -------
    DataFrame
        theory, variant, reading, predictions (recorded), matches, estimate (matches / n), lo, hi (missing), n
        (predictions that can be judged), voices_clear (of those, how many differ as predicted among the voices of
        these sites, the interval clear of 0; `0` is never clear), as_good, relabellings (of these so many score as
        well), p_site (their share: one-sided), floor (the smallest it can be: the share of relabellings that reach the
        best score any of them reaches, since a count of a few predictions has many ties), method, status, reason.
        Rivals stand in the same table.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> theory_scores(load_cohort("template"))["status"].tolist()
    ['not_assessable']
    """
    matches = pattern_match(cohort) if matches is None else matches
    if not matches["theory"].any():
        return nothing_recorded(COLUMNS, ["theory", "variant"])
    sides = {(p.prediction, variant): (with_, without) for p, variant, with_, without in laid_out(cohort)}
    told = raised_in(cohort, tuple(dict.fromkeys(matches["reading"])))
    shares = {reading: shares_of(voices) for reading, voices in told.items()}
    rows = []
    for (reading, _), mine in matches.groupby(["reading", "theory"], sort=False):
        for variant in sorted(set(mine["variant"]) - {""}) or [""]:
            rows.append(_score(cohort, _in_variant(mine, variant), shares[reading], sides) | {"variant": variant})
    return pd.DataFrame(rows).reindex(columns=COLUMNS).astype(dict.fromkeys(COUNTS, "Int64"))


def _in_variant(mine: pd.DataFrame, variant: str) -> pd.DataFrame:
    """Return each prediction once: in this variant of the facts, or in its first where it does not have this one."""
    order = mine["variant"].ne(variant).sort_values(kind="stable").index
    return mine.loc[order].drop_duplicates("prediction").sort_index()


def _clear(ok: pd.DataFrame) -> int:
    """Return how many predictions the voices of these sites bear out, their interval clear of 0."""
    more, less = ok["direction"].eq("+") & ok["voices_lo"].gt(0), ok["direction"].eq("-") & ok["voices_hi"].lt(0)
    return int((more | less).sum())


def _profiles(cohort: Cohort, ok: pd.DataFrame, shares: pd.DataFrame, sides: dict) -> np.ndarray:
    """Return predictions x sites: 1 = the site has the value, 0 = another, nan = not known."""
    profiles = pd.DataFrame(np.nan, index=ok.index, columns=cohort.sites["site"])
    for row in ok.itertuples():
        for known, side in zip((1, 0), sides[row.prediction, row.variant], strict=True):
            profiles.loc[row.Index, heard_of(shares, row.code, side)] = known
    return profiles.to_numpy()


def _score(cohort: Cohort, mine: pd.DataFrame, shares: pd.DataFrame, sides: dict) -> dict:
    """Return one row of `theory_scores`, but for its variant."""
    first, ok = mine.iloc[0], mine[mine["status"] == "ok"]
    row = {"theory": first["theory"], "reading": first["reading"], "predictions": len(mine), "n": len(ok)}
    if ok.empty:
        reason = "; ".join(dict.fromkeys(mine["reason"]))
        return row | {"method": "pattern matching", "status": "not_assessable", "reason": reason}
    values, wanted = shares.reindex(cohort.sites["site"])[ok["code"]].to_numpy().T, ok["direction"].map(SIGN).tolist()
    profiles = _profiles(cohort, ok, shares, sides)
    dealt, _, exact = relabelled(profiles, generator(cohort, f"pattern {first['theory']}"), cohort.plan.B)
    observed, drawn = _matches(profiles[None], values, wanted), _matches(dealt, values, wanted)
    row |= {"matches": int(observed[0]), "estimate": observed[0] / len(ok), "voices_clear": _clear(ok)}
    row |= {"as_good": int((drawn >= observed).sum()), "relabellings": len(dealt)}
    best = np.maximum(observed, drawn.max())  # the observed labels are one of the ways, drawn or not
    p_site, floor = (permutation_p(score, drawn[:, None], exact)[0] for score in (observed, best))
    row |= {"p_site": p_site, "floor": floor}
    how = "all relabellings of sites" if exact else f"B={len(dealt)} relabellings of sites"
    return row | {"method": f"{how}, one-sided", "status": "ok", "reason": ""}
