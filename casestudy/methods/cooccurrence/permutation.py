"""Chance: how often codes meet when the marks of each are dealt anew within their strata."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .measures import share

CELLS = 2**22  # marks held at once while permuting: about 16 MB


def _in_strata(marks: np.ndarray, stratum: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the units of each stratum (a column), and how many of them carry each code: strata x codes."""
    size = np.bincount(stratum)[:, None].astype(float)
    return size, pd.DataFrame(marks).groupby(stratum).sum().to_numpy(float)


def chance(marks: np.ndarray, stratum: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of how often codes meet if each one's marks fall at random within its strata.

    Codes x codes. Within one stratum the count is hypergeometric, so both are known without drawing.
    """
    size, here = _in_strata(marks, stratum)
    spread = here * (size - here)
    weight = share(np.ones_like(size), size**2 * (size - 1))
    return (here / size).T @ here, (spread * np.nan_to_num(weight)).T @ spread


def floors(marks: np.ndarray, stratum: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the smallest p that each pair can reach: how likely it is by chance that the codes meet as often as they
    can in every stratum. It depends on how many marks there are, not on where they lie (Tarone 1990)."""
    size, here = _in_strata(marks, stratum)
    less, more = (np.round(f(here[:, pairs[0]], here[:, pairs[1]])).astype(int) for f in (np.minimum, np.maximum))
    size = np.broadcast_to(size.astype(int), less.shape)
    log = np.r_[0, np.cumsum(np.log(np.arange(1, size.max(initial=0) + 1)))]  # of the factorials
    # all of the rarer code's marks on marks of the other: C(more, less) of C(size, less) ways
    return np.exp((log[more] - log[more - less] - log[size] + log[size - less]).sum(0))


def permuted(rng: np.random.Generator, marks: np.ndarray, stratum: np.ndarray, draws: int) -> np.ndarray:
    """Return draws x codes x units: each code's marks shuffled, by itself, among the units of their stratum."""
    drawn = np.zeros((draws, marks.shape[1], len(marks)), np.float32)
    for code, given in enumerate(marks.T):
        mine = np.flatnonzero(np.isin(stratum, stratum[given > 0]))  # a stratum without the code stays without it
        order = np.argsort(stratum[mine] + rng.random((draws, len(mine))), axis=1)  # stratum + noise: shuffled within
        drawn[:, code, mine] = given[mine][order]
    return drawn


def max_t(
    rng: np.random.Generator, marks: np.ndarray, stratum: np.ndarray, pairs: np.ndarray, draws: int
) -> dict[str, np.ndarray]:
    """Test pairs of codes against chance, one-sided, and adjust for the number of pairs.

    Parameters
    ----------
    rng : Generator
    marks : array
        Units x codes, 0 or 1.
    stratum : array of int
        Stratum of each unit; the units of one stratum need not lie together.
    pairs : array
        Two rows of columns of `marks`. Each pair must be able to vary: see `chance`.
    draws : int

    Returns
    -------
    dict
        expected, z, p, p_adjusted, one value per pair. p is (1 + draws as extreme) / (1 + draws), never 0 (Phipson &
        Smyth 2010); the adjusted one compares with the largest z of each draw over all pairs (Westfall & Young 1993).
    """
    if not pairs.size:
        return dict.fromkeys(["expected", "z", "p", "p_adjusted"], np.array([]))
    used, pairs = np.unique(pairs, return_inverse=True)
    marks, pairs = marks[:, used], pairs.reshape(2, -1)
    mean, variance = (moment[*pairs] for moment in chance(marks, stratum))

    def score(met: np.ndarray) -> np.ndarray:
        return (met - mean) / np.sqrt(variance)

    batch, z = max(1, CELLS // marks.size), score((marks.T @ marks)[*pairs])
    alone, largest = np.zeros(len(z)), np.zeros(len(z))
    for start in range(0, draws, batch):
        drawn = permuted(rng, marks, stratum, min(batch, draws - start))
        scores = score((drawn @ drawn.transpose(0, 2, 1))[:, *pairs])
        alone += (scores >= z - 1e-9).sum(0)
        largest += (scores.max(1, keepdims=True) >= z - 1e-9).sum(0)
    p, adjusted = ((1 + count) / (draws + 1) for count in (alone, largest))
    return {"expected": mean, "z": z, "p": p, "p_adjusted": adjusted}
