"""Boolean minimisation: prime implicants, and the smallest sets of them that cover every positive configuration."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count, product

import numpy as np

from .terms import EITHER


def _held(corners: np.ndarray) -> np.ndarray:
    """Return for each of the 3^k terms whether it holds one of these configurations (rows of 0 and 1).

    One axis per condition: 0 absent, 1 present, 2 either, which holds what the first two hold.
    """
    held = np.zeros((2,) * corners.shape[1], bool)
    held[tuple(corners.T)] = True
    for axis in range(held.ndim):
        held = np.concatenate([held, held.any(axis=axis, keepdims=True)], axis=axis)
    return held


def prime_implicants(positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    """Return the terms that hold a positive and no negative configuration, and would hold a negative one if wider.

    Parameters
    ----------
    positive, negative : arrays of 0 and 1, configurations x conditions
        What is in neither may be held or not.

    Returns
    -------
    array
        Terms x conditions: 0 absent, 1 present, 2 either.

    >>> prime_implicants(np.array([[1, 1], [1, 0]]), np.array([[0, 0], [0, 1]])).tolist()
    [[1, 2]]
    """
    free = ~_held(negative)
    prime = free & _held(positive)
    for axis in range(prime.ndim):
        asked = (slice(None),) * axis + (slice(0, EITHER),)  # terms that ask for this condition
        prime[asked] &= ~np.take(free, [EITHER], axis=axis)
    return np.argwhere(prime)


def held_by(terms: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return terms x configurations: whether the term holds the configuration."""
    return ((terms[:, None] == EITHER) | (terms[:, None] == corners[None])).all(axis=2)


def _apart(found: np.ndarray) -> int:
    """Return how many configurations, picked one by one, share no term with one another: each needs its own."""
    numbers = found.astype(np.float32)
    shared, picked = numbers.T @ numbers > 0, 0
    free = np.ones(len(shared), bool)
    for place in found.sum(axis=0).argsort(kind="stable"):
        if free[place]:
            free &= ~shared[place]
            picked += 1
    return picked


def _covers(chart: np.ndarray, left: np.ndarray, allowed: np.ndarray, size: int) -> Iterator[tuple[int, ...]]:
    """Yield every set of `size` allowed rows of the chart that together cover the columns that are left."""
    found = chart[np.ix_(allowed, left)]
    gain = found.sum(axis=1)
    if size == 1:
        yield from ((int(one),) for one in allowed[gain == len(left)])
        return
    if np.sort(gain)[-size:].sum() < len(left) or _apart(found) > size:
        return  # not even the widest terms can, or too many configurations need a term of their own
    hardest = found[:, found.sum(axis=0).argmin()]
    # every cover holds one of the terms on the hardest configuration; those tried are ruled out, so none comes twice
    for one in allowed[hardest]:
        allowed = allowed[allowed != one]
        for others in _covers(chart, left[~chart[one, left]], allowed, size - 1):
            yield one, *others


def smallest_covers(chart: np.ndarray) -> Iterator[tuple[int, ...]]:
    """Yield every smallest set of terms that covers all configurations, as places of rows.

    Parameters
    ----------
    chart : array of bool, terms x configurations
        Every configuration is held by some term.

    >>> sorted(smallest_covers(np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1]], bool)))
    [(0, 1), (0, 2)]
    """
    # terms that hold the same configurations are exchangeable: search once for each pattern
    patterns, which = np.unique(chart, axis=0, return_inverse=True)
    alike = [np.flatnonzero(which.ravel() == place) for place in range(len(patterns))]
    everything, allowed = np.arange(chart.shape[1]), np.arange(len(patterns))
    for size in count(1):
        found = _covers(patterns, everything, allowed, size)
        if first := next(found, None):
            break
    for cover in chain([first], found):
        yield from (tuple(sorted(map(int, some))) for some in product(*(alike[place] for place in cover)))
