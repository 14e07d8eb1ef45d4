"""Configurations: whether combinations of conditions go with an outcome (qualitative comparative analysis).

For a table of memberships: `calibrate`, `necessity`, `truth_table`, `minimise`, `fit`. For a cohort: `qca_admissible`
first, then `necessary_conditions`, `solutions` and `solution_robustness`; a cohort that the gate refuses has
`configurations_only`."""

from .facts import configurations_only, memberships, outcome_of, set_facts
from .gate import chance_of_order, qca_admissible, refusal
from .minimal import fit, minimise
from .robust import robust_core, solution_robustness, terms_again
from .sets import Necessity, Sufficiency, calibrate, necessity, sufficiency
from .solved import (
    SETTING,
    cohort_truth_table,
    memberships_in,
    necessary_conditions,
    outcomes,
    solutions,
    used_for_both,
)
from .terms import literals_of
from .truth import truth_table

__all__ = [
    "SETTING",
    "Necessity",
    "Sufficiency",
    "calibrate",
    "chance_of_order",
    "cohort_truth_table",
    "configurations_only",
    "fit",
    "literals_of",
    "memberships",
    "memberships_in",
    "minimise",
    "necessary_conditions",
    "necessity",
    "outcome_of",
    "outcomes",
    "qca_admissible",
    "refusal",
    "robust_core",
    "set_facts",
    "solution_robustness",
    "solutions",
    "sufficiency",
    "terms_again",
    "truth_table",
    "used_for_both",
]
