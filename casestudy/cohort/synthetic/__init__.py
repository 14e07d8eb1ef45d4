"""Synthetic cohorts: invented data in which the right answer is known, so that every method can be put to the test."""

from __future__ import annotations

from pathlib import Path

from ..made import Made, hashes, write_made
from ..problems import CohortError, nearest
from ..writing import refuse_filled

# The seeds of the shipped cohorts. That of `teaching` was chosen because it shows every lesson of its README at once:
# what is planted holds for any seed, but some lessons hang on where the coders err.
SEEDS = {"teaching": 2016, "alignment-teaching": 2007}
NAMES = tuple(SEEDS)

__all__ = ["NAMES", "SEEDS", "Made", "hashes", "make_synthetic", "write_made", "write_synthetic"]


def make_synthetic(name: str, seed: int | None = None) -> Made:
    """Return a synthetic cohort in memory.

    Parameters
    ----------
    name : {"teaching", "alignment-teaching"}
    seed : int, 0 or more, optional
        The same seed gives the same cohort. Default: that of the shipped one.

    Raises
    ------
    CohortError
        For another name, or a negative seed.
    """
    if name not in NAMES:
        raise CohortError(f"There is no synthetic cohort called `{name}`; {nearest(name, NAMES)}")
    seed = SEEDS[name] if seed is None else seed
    if not 0 <= seed < 10**9:
        raise CohortError(f"The seed {seed} is out of range; give a number from 0 to 999999999")
    if name == "teaching":
        from .teaching import teaching

        return teaching(seed)
    from .alignment import alignment_teaching

    return alignment_teaching(seed)


def write_synthetic(name: str, seed: int | None, out: str | Path) -> Path:
    """Generate a synthetic cohort and write its folder; see `make_synthetic` and `write_made`."""
    refuse_filled(Path(out))  # before the seconds that inventing takes
    return write_made(make_synthetic(name, seed), out)
