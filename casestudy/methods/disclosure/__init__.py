"""Disclosure: a copy of a cohort in which nobody stands alone, made before any analysis.

Every number, quotation and figure made from the copy is a function of what the copy holds; so no later step has to
remember to suppress anything, and no two totals can be subtracted to find what was left out."""

from .cells import MERGED, cells, threshold
from .columns import DECISIONS
from .edition import merged_groups, shareable

__all__ = ["DECISIONS", "MERGED", "cells", "merged_groups", "shareable", "threshold"]
