"""Types of site, and what goes with them; which stakeholder groups raise what, and whom the statements concern."""

from .contrasts import SIDE, contrast, floors
from .groups import by_group
from .types import attribute_coverage, attribute_table, types_of_site, typology

__all__ = [
    "SIDE",
    "attribute_coverage",
    "attribute_table",
    "by_group",
    "contrast",
    "floors",
    "types_of_site",
    "typology",
]
