"""The codebook drawn: its conceptual map from left to right, and what became of its codes from version to version."""

from .concepts import describe_conceptual_map, plot_conceptual_map
from .history import describe_lineage, plot_lineage

__all__ = ["describe_conceptual_map", "describe_lineage", "plot_conceptual_map", "plot_lineage"]
