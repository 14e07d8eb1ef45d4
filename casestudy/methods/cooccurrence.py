"""Which challenges are spoken of in the same breath: co-occurrence of codes on segments, against chance."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from ..cohort.cohort import Cohort
from .evidence import active_codes, eligible, generator, in_reading, resolve_codings

FEWEST = 5  # segments a code needs: with fewer, one more or less decides the result

CELLS = 2**22  # marks held at once while permuting: about 16 MB

COLUMNS = ["code_1", "code_2", "n1", "n2", "n12", "estimate", "lo", "hi", "lift", "expected", "z", "p", "p_adjusted"]
COLUMNS += ["sites", "n", "method", "status", "reason"]


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return part / whole, missing where the whole is 0."""
    whole = np.asarray(whole, float)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def c_coefficient(n1, n2, n12):
    """Return the c-coefficient n12 / (n1 + n2 - n12): of the segments with either code, the share with both.

    As ATLAS.ti defines it; the worked example is its manual's. Counting segments it is the Jaccard index, from 0 to 1.
    Two codes of unequal frequency cannot reach 1: read it beside the counts. Numbers or arrays; nan if neither code
    was given.

    >>> round(float(c_coefficient(100, 10, 5)), 4)
    0.0476
    """
    return _share(n12, n1 + n2 - n12)[()]


def _pairs(cohort: Cohort, kind: str | None) -> list[tuple[str, str]]:
    """Return every pair of codes but kin (parent and part, parts of one parent): those meet by definition."""
    parent = dict(zip(cohort.codebook["code"], cohort.codebook["parent"], strict=True))

    def kin(a: str, b: str) -> bool:
        return parent[a] == b or parent[b] == a or (parent[a] != "" and parent[a] == parent[b])

    return [pair for pair in combinations(active_codes(cohort, kind), 2) if not kin(*pair)]


def _marks(cohort: Cohort, reading: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the segments that count as evidence, coded or not, and 0/1 marks: segments x codes.

    Both in alphabetical order, so that the same seed draws the same however the tables are sorted.
    """
    turns = eligible(cohort)[["segment", "source", "site"]].sort_values(["source", "segment"], ignore_index=True)
    given = resolve_codings(cohort)
    given = given[in_reading(given["valence"], reading, cohort) & given["segment"].isin(turns["segment"])]
    codes = pd.Index(sorted(active_codes(cohort)))
    given = given[given["code"].isin(codes)]
    marks = np.zeros((len(turns), len(codes)), np.float32)
    marks[pd.Index(turns["segment"]).get_indexer(given["segment"]), codes.get_indexer(given["code"])] = 1
    return turns, pd.DataFrame(marks, columns=codes)


def chance(marks: np.ndarray, source: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of how often codes meet if each one's marks fall at random within its sources.

    Codes x codes. Within one source the count is hypergeometric, so both are known without drawing.
    """
    size = np.bincount(source)[:, None].astype(float)
    here = pd.DataFrame(marks).groupby(source).sum().to_numpy(float)  # sources x codes
    spread = here * (size - here)
    weight = _share(np.ones_like(size), size**2 * (size - 1))
    return (here / size).T @ here, (spread * np.nan_to_num(weight)).T @ spread


def permuted(rng: np.random.Generator, marks: np.ndarray, source: np.ndarray, draws: int) -> np.ndarray:
    """Return draws x codes x segments: each code's marks shuffled, by itself, among the segments of their source."""
    drawn = np.zeros((draws, marks.shape[1], len(marks)), np.float32)
    for code, given in enumerate(marks.T):
        mine = np.flatnonzero(np.isin(source, source[given > 0]))  # a source without the code stays without it
        order = np.argsort(source[mine] + rng.random((draws, len(mine))), axis=1)  # source + noise: shuffled within it
        drawn[:, code, mine] = given[mine][order]
    return drawn


def _permutation_p(cohort: Cohort, marks: np.ndarray, source: np.ndarray, pairs, score) -> tuple:
    """Return p of each pair by itself, and adjusted by the largest score over all pairs (one-sided, never 0)."""
    rng, draws = generator(cohort, "interdependence"), cohort.plan.B
    batch, z = max(1, CELLS // marks.size), score((marks.T @ marks)[*pairs])
    alone, largest = np.zeros(len(z)), np.zeros(len(z))
    for start in range(0, draws, batch):
        drawn = permuted(rng, marks, source, min(batch, draws - start))
        scores = score((drawn @ drawn.transpose(0, 2, 1))[:, *pairs])
        alone += (scores >= z - 1e-9).sum(0)
        largest += (scores.max(1, keepdims=True) >= z - 1e-9).sum(0)
    return (1 + alone) / (draws + 1), (1 + largest) / (draws + 1)


def _test(cohort: Cohort, marks: np.ndarray, source: np.ndarray, pairs: np.ndarray) -> dict[str, np.ndarray]:
    """Return expected, z, p and p_adjusted of the pairs (two rows of columns of `marks`), all of them testable."""
    if not pairs.size:
        return dict.fromkeys(["expected", "z", "p", "p_adjusted"], np.array([]))
    used, pairs = np.unique(pairs, return_inverse=True)
    marks, pairs = marks[:, used], pairs.reshape(2, -1)
    mean, variance = (moment[*pairs] for moment in chance(marks, source))

    def score(met: np.ndarray) -> np.ndarray:
        return (met - mean) / np.sqrt(variance)

    p, adjusted = _permutation_p(cohort, marks, source, pairs, score)
    return {"expected": mean, "z": score((marks.T @ marks)[*pairs]), "p": p, "p_adjusted": adjusted}


def _sites(cohort: Cohort, turns: pd.DataFrame, marks: np.ndarray, pairs) -> list[str]:
    """Return for each pair the names of the sites where the codes meet more often than their shares there suggest."""
    where = [[] for _ in pairs[0]]
    for site, name in zip(cohort.sites["site"], cohort.sites["name"], strict=True):
        here = marks[(turns["site"] == site).to_numpy()].astype(float)
        together = here.T @ here
        count = np.diag(together)
        for pair in np.flatnonzero(len(here) * together[*pairs] > count[pairs[0]] * count[pairs[1]]):
            where[pair].append(name)
    return ["; ".join(names) for names in where]


def _reasons(cohort: Cohort, table: pd.DataFrame, variance: np.ndarray) -> list[tuple[str, str]]:
    """Return status and reason of every pair."""
    labels, found = cohort.codebook.set_index("code")["label"], []
    for row, spread in zip(table.itertuples(), variance, strict=True):
        rare = [f"{labels[c]} {n}" for c, n in ((row.code_1, row.n1), (row.code_2, row.n2)) if n < FEWEST]
        if rare:
            found.append(("not_assessable", f"too few segments: {', '.join(rare)}; a pair needs {FEWEST} of each code"))
        elif spread == 0:
            found.append(("not_estimable", "within their sources the two codes can only meet as often as they do"))
        else:
            found.append(("ok", ""))
    return found


def interdependence(cohort: Cohort, kind: str | None = "challenge", reading: str = "documented") -> pd.DataFrame:
    """Ask which codes are given to the same segments more often than chance within each interview would have it.

    Parameters
    ----------
    cohort : Cohort
    kind : str or None
        Kind of code; None for all. A code is not paired with its parent, nor with another part of the same parent.
    reading : {"difficulty", "documented"}

    Returns
    -------
    DataFrame
        One row per pair, in codebook order: code_1, code_2, n1, n2, n12 (segments with the one, the other, both),
        estimate (c-coefficient), lo, hi (missing: a permutation gives none), lift (n12 over what the codes' shares of
        all segments suggest), expected (mean of n12 under chance), z (n12 less expected, in standard deviations under
        chance), p (one-sided: as far above or farther), p_adjusted (the largest z over all tested pairs: Westfall &
        Young 1993), sites (names of those with lift above 1, `;`), n (segments that count as evidence, coded or not),
        method, status, reason. A pair with a code on fewer than five segments is `not_assessable`; one that no
        permutation can change is `not_estimable`; both keep their counts only.

    Notes
    -----
    Chance: the marks of each code are dealt anew among the segments of the same source, so that how much each
    informant speaks of each code is kept, and only its place in the interview is left to chance. p is (1 + draws as
    extreme) / (1 + plan.B), never 0 (Phipson & Smyth 2010); mean and deviation are exact.

    Co-occurrence has no direction. Where every segment was cut out for one statement, as in document cohorts, codes
    seldom meet and little can be found.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = interdependence(load_cohort("template"))
    >>> bool((table["n12"] <= table[["n1", "n2"]].min(axis=1)).all())
    True
    """
    turns, marks = _marks(cohort, reading)
    table = pd.DataFrame(_pairs(cohort, kind), columns=["code_1", "code_2"], dtype=str)
    pairs = np.array([marks.columns.get_indexer(table[code]) for code in ("code_1", "code_2")])
    source, marks = pd.factorize(turns["source"])[0], marks.to_numpy()
    together = (marks.T @ marks).astype(int)
    n1, n2 = np.diag(together)[pairs]
    n12 = together[*pairs]
    table = table.assign(n1=n1, n2=n2, n12=n12, n=len(turns), lo=np.nan, hi=np.nan)
    found = _reasons(cohort, table, chance(marks, source)[1][*pairs])
    table[["status", "reason"]] = pd.DataFrame(found, columns=["status", "reason"], dtype=str)
    ok = (table["status"] == "ok").to_numpy()
    shares = {"estimate": c_coefficient(n1, n2, n12)[ok], "lift": _share(n12 * len(turns), n1 * n2)[ok]}
    for name, values in {**shares, **_test(cohort, marks, source, pairs[:, ok])}.items():
        table[name] = np.nan
        table.loc[ok, name] = values
    table["sites"] = np.where(ok, _sites(cohort, turns, marks, pairs), "")
    table["method"] = (
        f"{reading}; marks permuted within source, B={cohort.plan.B}, one-sided; max-T over {ok.sum()} pairs"
    )
    return table[COLUMNS]
