"""The analysis of a cohort that the gate lets pass: necessary conditions, and solutions of both outcomes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from .facts import expected_of, memberships, outcome_of
from .gate import refusal
from .minimal import COLUMNS, FIT, KINDS, fit, minimise
from .sets import necessity
from .terms import in_outcome, in_solution
from .truth import truth_table

NECESSARY = 0.9  # consistency from which a condition counts as necessary
SETTING = {"frequency": 1, "consistency": 0.8, "pri": 0.7}
NEEDED = ["outcome", "condition", "estimate", "coverage", "ron", "necessary", "n", "method", "status", "reason"]
OTHER = {"present": "absent", "absent": "present"}


def outcomes(cohort: Cohort) -> tuple[str, str]:
    """Return the outcome and its absence, as terms are written."""
    return outcome_of(cohort), f"~{outcome_of(cohort)}"


def _refused(columns: list[str], reason: str) -> pd.DataFrame:
    """Return the one row of a table that the gate does not allow."""
    empty = {name: "" if name in ("outcome", "condition", "kind", "term", "solution") else np.nan for name in columns}
    return pd.DataFrame([empty | {"status": "not_assessable", "reason": reason}], columns=columns)


def cohort_truth_table(cohort: Cohort, outcome: str) -> pd.DataFrame:
    """Return the truth table of a cohort's conditions, as from `truth_table`; empty if the gate refuses the cohort.

    Parameters
    ----------
    cohort : Cohort
    outcome : str
        The outcome's attribute, or `~` and the attribute for its absence.
    """
    if refusal(cohort):
        return pd.DataFrame(columns=["n", "cases", "consistency", "pri", "value", "against", "reason"])
    return truth_table(memberships(cohort), outcome, list(cohort.plan.qca), **SETTING)


def necessary_conditions(cohort: Cohort) -> pd.DataFrame:
    """Return how far each condition, present or absent, is necessary for the outcome and for its absence.

    Returns
    -------
    DataFrame
        outcome, condition (`~` = absent), estimate (consistency), coverage, ron (relevance of necessity), necessary
        (`yes` from a consistency of .9; read coverage and ron beside it: what is found nearly everywhere is necessary
        for anything), n (sites), method, status, reason. One row with the reason if the gate refuses the cohort.
    """
    if why := refusal(cohort):
        return _refused(NEEDED, why)
    data, rows = memberships(cohort), []
    for outcome in outcomes(cohort):
        for condition in (sign + name for name in cohort.plan.qca for sign in ("", "~")):
            found = necessity(in_outcome(data, condition), in_outcome(data, outcome))
            said = "yes" if found.consistency >= NECESSARY else "no"
            rows.append([outcome, condition, *found, said, len(data), "Ragin; Schneider & Wagemann", "ok", ""])
    return pd.DataFrame(rows, columns=NEEDED)


def expectations_for(cohort: Cohort, outcome: str) -> dict[str, str]:
    """Return what is expected of the conditions; for the absence of the outcome the contrary."""
    expected = expected_of(cohort)
    return {name: OTHER[way] for name, way in expected.items()} if outcome.startswith("~") else expected


def models_of(
    data: pd.DataFrame, outcome: str, conditions: list[str], expectations: Mapping[str, str], kind: str, **setting
) -> pd.DataFrame:
    """Return the minimal models of one kind (see `minimise`) at the package's cuts, or at others.

    Without expectations the intermediate solution is `not_estimable`.
    """
    if kind == "intermediate" and not expectations:
        none = "the plan expects nothing of any condition (`qca_rules`): no remainder is easy"
        return pd.DataFrame([[kind, 0, 0, "", "", 0, "", "not_estimable", none]], columns=COLUMNS)
    table = truth_table(data, outcome, conditions, **{**SETTING, **setting})
    return minimise(table, kind, expectations if kind == "intermediate" else None)


def solutions(cohort: Cohort) -> pd.DataFrame:
    """Return the complex, intermediate and parsimonious solutions of the outcome and of its absence, all models.

    Returns
    -------
    DataFrame
        outcome, and the columns of `minimise` and `fit`. An intermediate solution without expectations in the plan is
        `not_estimable`; for the absence of the outcome the contrary of what is expected is expected. One row with the
        reason if the gate refuses the cohort.

    >>> from casestudy import load_cohort
    >>> found = solutions(load_cohort("alignment-teaching"))
    >>> int(found.query("kind == 'parsimonious' and outcome == 'aligned'")["models"].iloc[0])
    1
    """
    columns = ["outcome", *COLUMNS[:-2], *FIT, *COLUMNS[-2:]]
    if why := refusal(cohort):
        return _refused(columns, why)
    data, conditions = memberships(cohort), list(cohort.plan.qca)
    tables = []
    for outcome in outcomes(cohort):
        expected = expectations_for(cohort, outcome)
        found = [models_of(data, outcome, conditions, expected, kind) for kind in KINDS]
        tables += [fit(models, data, outcome, conditions).assign(outcome=outcome) for models in found]
    return pd.concat(tables, ignore_index=True)[columns]


def used_for_both(found: pd.DataFrame, kind: str = "parsimonious") -> list[str]:
    """Return the remainders assumed to bring the outcome and, in the other analysis, its absence: they cannot do both.

    Parameters
    ----------
    found : DataFrame
        As from `solutions`.
    kind : str
        One kind of solution.
    """
    rows = found[(found["kind"] == kind) & (found["status"] == "ok")]
    by = rows.groupby("outcome")["assumptions"].agg(lambda texts: {one for t in texts for one in t.split("; ") if one})
    return sorted(set.intersection(*by)) if len(by) > 1 else []


def memberships_in(cohort: Cohort, found: pd.DataFrame, outcome: str, kind: str, model: int = 1) -> pd.DataFrame:
    """Return how far each site belongs to one model and has the outcome.

    Parameters
    ----------
    cohort : Cohort
    found : DataFrame
        As from `solutions`.
    outcome, kind, model
        Which model.

    Returns
    -------
    DataFrame
        name, x (membership in the solution), y (in the outcome). Empty if there is no such model.
    """
    rows = found[(found["outcome"] == outcome) & (found["kind"] == kind) & (found["model"] == model)]
    rows = rows[rows["status"] == "ok"]
    if rows.empty:
        return pd.DataFrame(columns=["name", "x", "y"])
    data = memberships(cohort)
    return pd.DataFrame(
        {"name": data.index, "x": in_solution(data, rows["term"].tolist()), "y": in_outcome(data, outcome)}
    )
