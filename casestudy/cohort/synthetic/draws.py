"""Random draws in whole numbers: the same seed gives the same files on every machine."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import accumulate

import numpy as np


class Draw:
    """A stream of random whole numbers for one purpose.

    Only the raw 64-bit words of PCG64 are used, which NumPy keeps the same over versions; no floating-point draw, so
    no rounding can differ between machines. Each purpose has its own stream: a further draw in one moves no other.

    Examples
    --------
    >>> Draw(2007, "example").below(6) == Draw(2007, "example").below(6)
    True
    """

    def __init__(self, seed: int, purpose: str):
        self._raw = np.random.PCG64([seed, zlib.crc32(purpose.encode())])
        self._words: list[int] = []

    def below(self, n: int) -> int:
        """Return a whole number from 0 to n - 1, each equally likely."""
        limit = 2**64 - 2**64 % n
        while True:
            if not self._words:
                self._words = self._raw.random_raw(4096).tolist()
            word = self._words.pop()
            if word < limit:  # the few words beyond would favour small numbers
                return word % n

    def pick(self, items: Sequence):
        """Return one of the items."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence) -> list:
        """Return the items in random order."""
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items

    def sample(self, items: Sequence, n: int) -> list:
        """Return n different items, in random order."""
        return self.shuffled(items)[:n]

    def chance(self, of: int, out_of: int) -> bool:
        """Return True `of` times out of `out_of`."""
        return self.below(out_of) < of

    def weighted(self, weights: Sequence[int]) -> int:
        """Return a position, each as likely as its weight."""
        reached, drawn = accumulate(weights), self.below(sum(weights))
        return next(position for position, sum_ in enumerate(reached) if drawn < sum_)


def rounded(share: int, n: int) -> int:
    """Return `share` per cent of n as a count, halves upwards.

    >>> [rounded(60, n) for n in (15, 16, 18, 19)]
    [9, 10, 11, 11]
    """
    return (2 * share * n + 100) // 200
