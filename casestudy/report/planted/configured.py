"""What was planted as configurations beside the solutions that are found: the formula, and what follows from it."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ...methods import configurations
from ..configuration_words import outcome_in_words, term_in_words
from .core import Row

RULE = "rule"  # the kind under which the answer key holds the formula that made the outcome


def _formula(terms: str) -> frozenset:
    """Return a solution as a set of terms, each a set of literals: their order means nothing."""
    return frozenset(frozenset(term.split("*")) for term in terms.split(" + "))


def _in_words(terms: str, cohort: Cohort) -> str:
    return ", or ".join(term_in_words(term, cohort) for term in sorted(terms.split(" + ")))


def _models(found: pd.DataFrame, outcome: str, kind: str) -> list[str]:
    own = found[(found["outcome"] == outcome) & (found["kind"] == kind) & (found["status"] == "ok")]
    return own.drop_duplicates("model")["solution"].tolist()


def formulas(cohort: Cohort) -> list[Row]:
    """Return the planted solutions, kind by kind, beside all minimal models that are found.

    The formula that made the outcome is set beside the parsimonious solution.
    """
    key = cohort.truth("solutions")
    if key.empty:
        return []
    found, rows = configurations.solutions(cohort), []
    for planted in key.itertuples():
        models = _models(found, planted.outcome, "parsimonious" if planted.kind == RULE else planted.kind)
        what = "the formula that made it" if planted.kind == RULE else f"{planted.kind} solution"
        told = [_in_words(model, cohort) for model in models]
        same = [_formula(model) for model in models] == [_formula(planted.terms)]
        name = f"{outcome_in_words(planted.outcome, cohort)}: {what}"
        rows.append(Row(name, _in_words(planted.terms, cohort), " / ".join(told) or "none", same))
    return rows
