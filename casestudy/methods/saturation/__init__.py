"""Had we heard enough? How the codes found in the data, and their aspects, accumulate over the sources.

Read it as how far these sources cover this list of codes, not as proof that nothing else exists. Codes brought to the
data are left out: a fixed list is full from the start."""

from .curves import chao2, coverage, rarefaction, run_shares, saturated_at
from .incidence import source_word
from .tables import accumulation, last_aspect, saturation, saturation_runs

__all__ = [
    "accumulation",
    "chao2",
    "coverage",
    "last_aspect",
    "rarefaction",
    "run_shares",
    "saturated_at",
    "saturation",
    "saturation_runs",
    "source_word",
]
