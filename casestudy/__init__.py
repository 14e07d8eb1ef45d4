"""Comparative case studies of multi-stakeholder alliances: load a cohort, compare it, name what is common.

>>> cohort = load_cohort("template")
>>> cohort.synthetic
True
"""

from .cohort.cohort import Cohort, check_cohort, load_cohort
from .cohort.problems import CohortError
from .cohort.reference import load_reference

__all__ = ["Cohort", "CohortError", "check_cohort", "load_cohort", "load_reference"]
