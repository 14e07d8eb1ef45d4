"""Synthetic cohorts: invented data in which the right answer is known, so that every method can be put to the test."""

from __future__ import annotations

from pathlib import Path

from ..problems import CohortError, nearest
from .made import Made, hashes, write_made

NAMES = ("teaching", "alignment-teaching")
SEED = 2007

__all__ = ["NAMES", "SEED", "Made", "hashes", "make_synthetic", "write_made", "write_synthetic"]


def make_synthetic(name: str, seed: int = SEED) -> Made:
    """Return a synthetic cohort in memory.

    Parameters
    ----------
    name : {"teaching", "alignment-teaching"}
    seed : int, 0 or more
        The same seed gives the same cohort.

    Raises
    ------
    CohortError
        For another name, or a negative seed.
    """
    if name not in NAMES:
        raise CohortError(f"There is no synthetic cohort called `{name}`; {nearest(name, NAMES)}")
    if not 0 <= seed < 10**9:
        raise CohortError(f"The seed {seed} is out of range; give a number from 0 to 999999999")
    if name == "teaching":
        from .teaching import teaching

        return teaching(seed)
    from .alignment import alignment_teaching

    return alignment_teaching(seed)


def write_synthetic(name: str, seed: int, out: str | Path) -> Path:
    """Generate a synthetic cohort and write its folder; see `make_synthetic` and `write_made`."""
    return write_made(make_synthetic(name, seed), out)
