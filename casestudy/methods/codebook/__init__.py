"""What was looked for, and how the categories came to be.

The codebook as it is (its map, what its entries lack, how much of it was found in the data), and its history: versions,
what became of each code, whether statements were lost on the way, and how far the codebook had settled."""

from .concepts import concept_tree, conceptual_map
from .lineage import crosswalk, lineage
from .orphans import orphans
from .quality import completeness, emergent_share, memos_by_code
from .versions import stability, versions

__all__ = [
    "completeness",
    "concept_tree",
    "conceptual_map",
    "crosswalk",
    "emergent_share",
    "lineage",
    "memos_by_code",
    "orphans",
    "stability",
    "versions",
]
