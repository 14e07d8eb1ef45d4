"""Intervals of shares and of their differences, for small counts."""

from __future__ import annotations

import math
from functools import lru_cache


@lru_cache(maxsize=4096)
def wilson(count: int, n: int, level: float) -> tuple[float, float]:
    """Return the Wilson score interval of `count` in `n` (Brown, Cai & DasGupta 2001); NaN for n = 0.

    >>> [round(x, 4) for x in wilson(4, 4, 0.95)]
    [0.5101, 1.0]
    """
    if n == 0:
        return float("nan"), float("nan")
    from scipy.stats import binomtest

    interval = binomtest(count, n).proportion_ci(level, method="wilson")
    return float(interval.low), float(interval.high)


def newcombe(count: int, n: int, other: int, other_n: int, level: float) -> tuple[float, float]:
    """Return Newcombe's (1998, method 10) interval of the difference of two shares, from their Wilson intervals.

    >>> [round(x, 4) for x in newcombe(20, 33, 5, 35, 0.95)]
    [0.2365, 0.6308]
    """
    if not n or not other_n:
        return float("nan"), float("nan")
    p, q, (lo, hi), (other_lo, other_hi) = (
        count / n,
        other / other_n,
        wilson(count, n, level),
        wilson(other, other_n, level),
    )
    down, up = math.hypot(p - lo, other_hi - q), math.hypot(hi - p, q - other_lo)
    return p - q - down, p - q + up


def classify(present: int, assessable: int) -> str:
    """Return the class of a code present at `present` of `assessable` sites; by count, never by share.

    >>> [classify(n, 4) for n in (4, 3, 2, 1, 0)]
    ['common', 'widespread', 'mixed', 'site_specific', 'absent']
    """
    if assessable < 2:
        return "not_assessable"
    if present == assessable:
        return "common"
    if present < 2:
        return "site_specific" if present else "absent"
    return "widespread" if present == assessable - 1 else "mixed"
