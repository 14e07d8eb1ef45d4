"""Types of site, and what goes with them; which stakeholder groups raise what, and whom the statements concern."""

from .contrasts import SIDE, contrast, floors
from .groups import by_group, stakeholder_mix
from .types import attribute_coverage, attribute_table, types_of_site, typology

__all__ = [
    "SIDE",
    "attribute_coverage",
    "attribute_table",
    "by_group",
    "contrast",
    "floors",
    "stakeholder_mix",
    "types_of_site",
    "typology",
]
