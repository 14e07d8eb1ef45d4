"""Which codes meet more often than chance has it: every pair measured, tested, and adjusted for their number."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import generator, uncoded
from .measures import measures
from .permutation import chance, floors, max_t
from .units import Units, cells_of, counts_by, lifts, pairs_of, places, units_of

FEWEST = 5  # units a code needs: with fewer, one more or less decides the result

COLUMNS = ["reading", "level", "code_1", "code_2", "n1", "n2", "n12", "estimate", "lo", "hi", "overlap", "phi", "lift"]
COLUMNS += ["pooled_lift", "p_2_given_1", "p_1_given_2", "uneven", "expected", "z", "p", "p_adjusted", "floor"]
COLUMNS += ["sites", "n", "method", "status", "reason"]

NOUNS = {"segment": "segments", "informant": "voices"}  # a document has a publisher, not an informant


def _sites(cohort: Cohort, units: Units, pairs: np.ndarray) -> list[str]:
    """Return for each pair the names of the sites where the codes meet more often than by chance."""
    cells = cells_of(units, pairs)
    at = (cohort.sites["site"].to_numpy()[:, None] == cells.site).astype(float)
    names, above = cohort.sites["name"].to_numpy(), lifts(at, cells) > 1
    return ["; ".join(names[column]) for column in above.T]


def _whole_reason(cohort: Cohort, units: Units, level: str) -> str:
    """Return why no pair at all can be judged, if so."""
    if level == "segment" and units.marks.any() and units.marks.sum(axis=1).max() < 2:
        return "no segment carries two of these codes: each was cut out for one, so they cannot show what goes together"
    return uncoded(cohort)


def _reason(row, labels: dict, spread: float, most: float, whole: str) -> tuple[str, str]:
    """Return status and reason of one pair; `spread` is its variance under chance, `most` a p that is small enough."""
    noun = NOUNS[row.level]
    rare = [f"{labels[c]} {n}" for c, n in ((row.code_1, row.n1), (row.code_2, row.n2)) if n < FEWEST]
    if rare:
        return "not_assessable", f"too few {noun}: {', '.join(rare)}; a pair needs {FEWEST} of each code"
    if whole:
        return "not_assessable", whole
    if spread <= 0:
        where = "their sources" if row.level == "segment" else "their sites"
        return "not_estimable", f"within {where} the two codes can only meet as often as they do"
    if row.floor > most:
        least = round(row.floor, 9)  # a logarithm's last digit differs from machine to machine
        return "not_assessable", f"too little to deal anew: however often they met, p could not be below {least:.3f}"
    return "ok", ""


def counted(cohort: Cohort, kind: str | None, reading: str, level: str) -> tuple[pd.DataFrame, Units, np.ndarray]:
    """Return every pair with its counts, its floor and whether it can be judged; the units; where its codes stand."""
    units = units_of(cohort, kind, reading, level)
    table = pairs_of(cohort, kind).assign(reading=reading, level=level)
    pairs = places(table, units.codes)
    counts = counts_by(units, pairs, np.zeros(len(units.rows), int), 1)
    table = table.assign(**{name: count[0].astype(int) for name, count in counts._asdict().items()})
    table["floor"] = floors(units.marks, units.stratum, pairs)
    labels, most = dict(zip(cohort.codebook["code"], cohort.codebook["label"], strict=True)), 1 - cohort.plan.ci_level
    spread, whole = chance(units.marks, units.stratum)[1][*pairs], _whole_reason(cohort, units, level)
    found = [_reason(row, labels, s, most, whole) for row, s in zip(table.itertuples(), spread, strict=True)]
    table[["status", "reason"]] = pd.DataFrame(found, columns=["status", "reason"], dtype=str)
    return table, units, pairs


def told_together(found: pd.DataFrame, cohort: Cohort) -> pd.Series:
    """Return which pairs of an `interdependence` table meet more often than chance has it, at the plan's level."""
    return found["p_adjusted"].lt(1 - cohort.plan.ci_level) & found["lift"].gt(1)


def interdependence(
    cohort: Cohort, kind: str | None = "challenge", reading: str = "documented", level: str = "segment"
) -> pd.DataFrame:
    """Ask which codes are given to the same segments, or raised by the same informants, more often than by chance.

    Parameters
    ----------
    cohort : Cohort
    kind : str or None
        Kind of code; None for all. A code is not paired with its parent, nor with another part of the same parent.
    reading : {"difficulty", "documented"}
    level : {"segment", "informant"}
        `segment`: told in one breath. `informant`: raised by the same voice, anywhere in what it says.

    Returns
    -------
    DataFrame
        One row per pair, in codebook order: reading, level, code_1, code_2, n1, n2, n12 (units with the one, the
        other, both), estimate (c-coefficient), lo, hi (missing: a permutation gives none), overlap, phi, lift (n12 over
        `expected`: how often the codes meet for each time by chance), pooled_lift (n12 over n1 * n2 / n, as if all
        units were of one source: above 1 also where some merely speak more of everything), p_2_given_1, p_1_given_2,
        uneven (see `measures`), expected (mean of n12 under chance), z (n12 less expected, in standard deviations under
        chance), p (one-sided: as far above or farther), p_adjusted (the largest z over
        all tested pairs: Westfall & Young 1993), floor (the smallest p that the pair could reach by itself), sites
        (names of those with lift above 1, `;`), n (units that count as evidence, coded or not; of informants those
        who were asked about both), method, status, reason.

        `not_assessable`: a code on fewer than five units, no segment with two of the codes, or a floor above what
        counts as small, so that the pair could not be found if it were there. `not_estimable`: no permutation can
        change the pair. Both keep their counts only, and are not among the pairs that p is adjusted for.

    Notes
    -----
    Chance, segments: the marks of each code are dealt anew among the segments of the same source, so that how much
    each informant speaks of each code is kept, and only its place in the interview is left to chance. Informants:
    marks are dealt anew among the informants of a site who were asked about the same codes; that some raise more of
    everything is not kept, and lifts all pairs. p is (1 + draws as extreme) / (1 + plan.B), never 0 (Phipson & Smyth
    2010); mean, deviation and floor are exact. Leaving out pairs by their floor costs nothing (Tarone 1990).

    Co-occurrence has no direction. Where every segment was cut out for one statement, as in document cohorts, codes
    seldom meet, and where they do, it is how the coders doubled codes on a statement.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = interdependence(load_cohort("af4q").with_plan(B=99))
    >>> bool((table["n12"] <= table[["n1", "n2"]].min(axis=1)).all())
    True
    """
    table, units, pairs = counted(cohort, kind, reading, level)
    ok = (table["status"] == "ok").to_numpy()
    name = "interdependence" if level == "segment" else f"interdependence of {level}s"
    tested = max_t(generator(cohort, name), units.marks, units.stratum, pairs[:, ok], cohort.plan.B)
    strength = measures(*(table[column] for column in ("n1", "n2", "n12", "n")))
    uneven, strength["pooled_lift"] = strength.pop("uneven"), strength.pop("lift")
    for column, values in strength.items():
        table[column] = np.where(ok, values, np.nan)
    for column, values in tested.items():
        table[column] = np.nan
        table.loc[ok, column] = values
    table["lift"] = table["n12"] / table["expected"]
    where = "source" if level == "segment" else "site"
    method = f"{reading}; marks permuted within {where}, B={cohort.plan.B}, one-sided; max-T over {ok.sum()} pairs"
    sites = np.where(ok, _sites(cohort, units, pairs), "")
    return table.assign(uneven=uneven, lo=np.nan, hi=np.nan, sites=sites, method=method)[COLUMNS]
