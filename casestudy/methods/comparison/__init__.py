"""Types of site, what goes with them, and whether theories foresaw it; which groups raise what, and about whom."""

from .contrasts import SIDE, contrast, floors
from .groups import by_group, stakeholder_mix
from .patterns import pattern_match
from .theories import theory_scores
from .types import attribute_coverage, attribute_table, types_of_site, typology

__all__ = [
    "SIDE",
    "attribute_coverage",
    "attribute_table",
    "by_group",
    "contrast",
    "floors",
    "pattern_match",
    "stakeholder_mix",
    "theory_scores",
    "types_of_site",
    "typology",
]
