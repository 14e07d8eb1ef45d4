"""Accumulation curves and what is estimated from them. `counts` holds, per code, the sources in which it was found."""

from __future__ import annotations

from math import comb

import numpy as np


def first_places(found: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return orders x codes: the place of the first source with the code. Every code was found at least once.

    `found` is sources x codes; `places` is orders x sources, the place of each source from 1.
    """
    firsts = [places[:, here].min(axis=1) for here in found.T]
    return np.stack(firsts, axis=1) if firsts else np.empty((len(places), 0), int)


def accumulated(firsts: np.ndarray, n: int) -> np.ndarray:
    """Return orders x (n + 1): the codes found in the first 0, 1, ..., n sources."""
    return (firsts[:, None, :] <= np.arange(n + 1)[:, None]).sum(axis=2)


def run_shares(curve: np.ndarray, base: int, run: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, for every run of sources after the base, where it starts, its new codes, and their share of the base's.

    Parameters
    ----------
    curve : array, one order or orders x (n + 1)
        Codes found in the first 0, 1, ..., n sources.
    base, run : int
        Sources in the base and in each run; runs overlap, each begins one source later.

    Returns
    -------
    start (sources before the run), new, share (nan where the base holds no code).

    Notes
    -----
    Guest, Namey & Chen (2020), A simple method to assess and report thematic saturation in qualitative research, PLoS
    ONE 15(5). Their worked example has 37 codes in a base of four, and 4, 3 and 1 new ones in runs of two:

    >>> [round(float(share), 3) for share in run_shares(np.array([0, 20, 30, 35, 37, 39, 41, 42, 42]), 4, 2)[2]]
    [0.108, 0.081, 0.027]
    """
    start = np.arange(base, curve.shape[-1] - run)
    new, known = curve[..., start + run] - curve[..., start], curve[..., base : base + 1]
    return start, new, np.divide(new, known, out=np.full(new.shape, np.nan), where=known > 0)


def saturated_at(start: np.ndarray, share: np.ndarray, threshold: float) -> np.ndarray:
    """Return the sources heard before the first run whose share is at most the threshold; inf if there is none.

    >>> float(saturated_at(np.array([4, 5, 6]), np.array([0.108, 0.081, 0.027]), 0.05))
    6.0
    """
    few = share <= threshold
    return np.where(few.any(axis=-1), start[few.argmax(axis=-1)], np.inf)


def rarefaction(counts: np.ndarray, n: int, at: int) -> float:
    """Return how many codes `at` of `n` sources hold on average over all ways of drawing them.

    >>> round(rarefaction([5, 4, 3, 2, 2, 1, 1, 1], 10, 5), 2)
    5.94
    """
    return sum(1 - comb(n - int(count), at) / comb(n, at) for count in counts)


def _once_and_twice(counts: np.ndarray) -> tuple[int, int]:
    return int(np.equal(counts, 1).sum()), int(np.equal(counts, 2).sum())


def chao2(counts: np.ndarray, n: int) -> float:
    """Return a lower bound of how many codes there are, found or not, from those found once and twice (Chao 1987).

    In its bias-corrected form, which is defined also where no code was found exactly twice.

    >>> chao2([5, 4, 3, 2, 2, 1, 1, 1], 10)
    8.9
    """
    once, twice = _once_and_twice(counts)
    return len(counts) + (n - 1) / n * once * (once - 1) / (2 * (twice + 1))


def coverage(counts: np.ndarray, n: int) -> float:
    """Return the share of all mentions that fall to the codes found (Chao & Jost 2012); nan without a mention.

    >>> round(coverage([5, 4, 3, 2, 2, 1, 1, 1], 10), 4)
    0.8625
    """
    (once, twice), mentions = _once_and_twice(counts), int(np.sum(counts))
    if not mentions:
        return float("nan")
    left = (n - 1) * (once if twice else once - 1)
    return 1 - once / mentions * left / (left + 2 * (twice or 1)) if once else 1.0
