"""Sets: how far a case belongs to one, and how far one set is sufficient or necessary for another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

FULL = 0.95  # membership at the anchor of full inclusion; 1 - FULL at that of exclusion (Ragin 2008)


class Sufficiency(NamedTuple):
    """How far x is sufficient for y; nan where x or y has no member."""

    consistency: float
    pri: float
    coverage: float


class Necessity(NamedTuple):
    """How far x is necessary for y; nan where x or y has no member, or x no non-member."""

    consistency: float
    coverage: float
    ron: float


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def members(values) -> np.ndarray:
    """Return memberships as numbers; ValueError if one is missing or not from 0 to 1."""
    found = np.asarray(values, float)
    if not ((found >= 0) & (found <= 1)).all():  # a missing value compares as false
        raise ValueError("memberships are numbers from 0 to 1, none of them missing")
    return found


def calibrate(x, exclusion: float, crossover: float, inclusion: float) -> np.ndarray:
    """Turn measurements into degrees of membership, from 0 to 1.

    The direct method (Ragin 2008): distances from the crossover are scaled to log odds, so that the anchors get .05,
    .5 and .95. Membership in a set of small things has its inclusion below its exclusion.

    Parameters
    ----------
    x : array of numbers
        Missing stays missing.
    exclusion, crossover, inclusion : float
        In the units of x, rising or falling: fully out of the set, neither in nor out, fully in.

    Raises
    ------
    ValueError
        If the anchors neither rise nor fall.

    >>> calibrate([2.5, 3, 3.5, 4, 4.5], 2.5, 3.5, 4.5).round(4).tolist()
    [0.05, 0.1866, 0.5, 0.8134, 0.95]
    """
    from scipy.special import expit

    if not (exclusion < crossover < inclusion or exclusion > crossover > inclusion):
        raise ValueError(f"anchors {exclusion}, {crossover}, {inclusion}: write three that rise, or three that fall")
    distance = np.asarray(x, float) - crossover
    inside = distance * (inclusion - crossover) > 0
    width = np.where(inside, inclusion - crossover, crossover - exclusion)
    return expit(distance / width * np.log(FULL / (1 - FULL)))


def sufficiency(x, y) -> Sufficiency:
    """Say how far membership in x is at most that in y: whether x goes with y wherever it is found.

    Parameters
    ----------
    x, y : arrays of memberships, 0 to 1

    Returns
    -------
    Sufficiency
        consistency, sum of min(x, y) / sum of x; pri, the same without what x shares with both y and its absence
        (Schneider & Wagemann 2012); coverage, sum of min(x, y) / sum of y.

    >>> sufficiency([.9, .8, .6, .3, .1, .7], [.8, .9, .7, .2, .4, .3]).pri.__round__(4)
    0.7273
    """
    x, y = members(x), members(y)
    both, torn = np.minimum(x, y).sum(), np.minimum(x, np.minimum(y, 1 - y)).sum()
    return Sufficiency(_share(both, x.sum()), _share(both - torn, x.sum() - torn), _share(both, y.sum()))


def necessity(x, y) -> Necessity:
    """Say how far membership in x is at least that in y: whether y is found only where x is.

    Parameters
    ----------
    x, y : arrays of memberships, 0 to 1

    Returns
    -------
    Necessity
        consistency, sum of min(x, y) / sum of y; coverage, sum of min(x, y) / sum of x; ron, relevance of necessity
        (Schneider & Wagemann 2012): near 0 if x is found nearly everywhere, so that it had to be found with y too.

    >>> necessity([.9, .8, .6, .3, .1, .7], [.8, .9, .7, .2, .4, .3]).ron.__round__(4)
    0.8125
    """
    x, y = members(x), members(y)
    both = np.minimum(x, y)
    return Necessity(_share(both.sum(), y.sum()), _share(both.sum(), x.sum()), _share((1 - x).sum(), (1 - both).sum()))
