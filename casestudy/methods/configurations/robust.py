"""Robustness: which terms are found again when a site, a cut, an anchor or a disputed fact is changed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from .facts import anchors_of, disputed, expected_of, memberships, set_facts
from .gate import refusal
from .solved import SETTING, expectations_for, models_of, outcomes
from .terms import in_solution

CUTS = (0.75, 0.8, 0.85, 0.9)
STEP = 0.1  # of the distance between the outer anchors
COLUMNS = ["outcome", "kind", "check", "change", "term", "found", "models", "solution", "estimate", "n"]
COLUMNS += ["method", "status", "reason"]
METHOD = "one change at a time; overlap: sum of minima over sum of maxima of the memberships in the first models"


def shifted(cohort: Cohort, name: str, way: int) -> Cohort:
    """Return the cohort with the anchors of one set a step higher or lower."""
    anchors, rules = anchors_of(cohort, name), cohort.plan.qca_rules
    step = way * STEP * abs(anchors[2] - anchors[0])
    return cohort.with_plan(qca_rules={**rules, name: {**rules[name], "anchors": [a + step for a in anchors]}})


def _runs(cohort: Cohort) -> Iterator[tuple[str, str, pd.DataFrame, dict]]:
    """Yield check, change, memberships and setting of every run; the first is the analysis itself."""
    data = memberships(cohort)
    labels, names = cohort.attributes.set_index("attribute")["label"], cohort.sites.set_index("site")["name"]
    yield "as planned", "", data, {}
    for place, name in enumerate(data.index):
        yield "site", f"without {name}", data.iloc[np.arange(len(data)) != place], {}
    for cut in CUTS:
        if cut != SETTING["consistency"]:
            yield "consistency", f"consistency at least {cut:.2f}", data, {"consistency": cut}
    more = SETTING["frequency"] + 1
    yield "cases", f"at least {more} cases in a configuration", data, {"frequency": more}
    for name in data.columns[[bool(anchors_of(cohort, name)) for name in data]]:
        for way, word in ((1, "higher"), (-1, "lower")):
            yield "anchors", f"anchors of {labels[name]} a step {word}", memberships(shifted(cohort, name, way)), {}
    facts = set_facts(cohort).set_index(["attribute", "site", "place"])["value"]
    for name, site, place in disputed(cohort):
        change = f"{labels[name]} at {names[site]} taken as {facts[name, site, place]}"
        yield "disputed fact", change, memberships(cohort, {(name, site): place}), {}


def _again(term: str, found: pd.DataFrame) -> str:
    """Return in how many of a run's models a term is: `all`, `some` or `none`."""
    share = found[found["status"] == "ok"].groupby("model")["term"].agg(lambda terms: term in set(terms))
    return "none" if not share.any() else "all" if share.all() else "some"


def _first(found: pd.DataFrame) -> list[str]:
    return found.loc[(found["model"] == 1) & (found["status"] == "ok"), "term"].tolist()


def _overlap(data: pd.DataFrame, one: list[str], other: list[str]) -> float:
    """Return the overlap of two solutions among these sites; missing where neither has a member."""
    a, b = in_solution(data, one), in_solution(data, other)
    most = np.maximum(a, b).sum()
    return float(np.minimum(a, b).sum() / most) if most else float("nan")


def _run_rows(base: pd.DataFrame, found: pd.DataFrame, run: tuple, outcome: str, kind: str) -> Iterator[list]:
    check, change, data, _ = run
    overlap, first = _overlap(data, _first(base), _first(found)), found.iloc[0]
    none = np.isnan(overlap)
    status = ("not_estimable", "no site belongs to a solution") if none else ("ok", first["reason"])
    for term in dict.fromkeys(base["term"]):
        told = [_again(term, found), int(first["models"]), first["solution"], overlap, len(data), METHOD]
        yield [outcome, kind, check, change, term, *told, *status]


def solution_robustness(cohort: Cohort, kind: str = "parsimonious") -> pd.DataFrame:
    """Ask which terms of the solutions are found again after small changes, one at a time.

    Each site is left out; the consistency cut goes from .75 to .90, the frequency cut up by one; anchors move by a
    tenth of the distance between the outer two; of disputed facts each other value is taken.

    Parameters
    ----------
    cohort : Cohort
    kind : {"parsimonious", "complex", "intermediate"}

    Returns
    -------
    DataFrame
        One row per outcome, change and term of the analysis as planned: outcome, kind, check, change, term, found (in
        `all`, `some` or `none` of the models after the change), models (after the change), solution (the first of
        them), estimate (its overlap with the solution as planned, 0 to 1), n (sites), method, status, reason. One row
        with the reason if the gate refuses the cohort, or there is nothing to change.

    Notes
    -----
    After Oana & Schneider (2021); `robust_core` returns the terms that every change leaves.
    """
    blank = dict.fromkeys(["outcome", "kind", "check", "change", "term", "found", "solution", "method"], "")
    why = refusal(cohort)
    if not why and kind == "intermediate" and not expected_of(cohort):
        why = "the plan expects nothing of any condition (`qca_rules`)"
    if why:
        return pd.DataFrame([blank | {"status": "not_assessable", "reason": why}], columns=COLUMNS)
    rows, conditions, runs = [], list(cohort.plan.qca), list(_runs(cohort))
    for outcome in outcomes(cohort):
        expected, base = expectations_for(cohort, outcome), None
        for run in runs:
            found = models_of(run[2], outcome, conditions, expected, kind, **run[3])
            base = found if base is None else base
            rows += _run_rows(base, found, run, outcome, kind)
    return pd.DataFrame(rows, columns=COLUMNS)


def robust_core(runs: pd.DataFrame) -> pd.DataFrame:
    """Return how often each term is found again.

    Parameters
    ----------
    runs : DataFrame
        As from `solution_robustness`.

    Returns
    -------
    DataFrame
        outcome, term, again (changes after which it is in every model), some (in some models only), lost (changes after
        which it is in none, named), n (changes), core (`yes` if it is in every model after every change). Empty if the
        gate refuses the cohort.
    """
    changed = runs[(runs["check"] != "as planned") & (runs["term"] != "")]
    rows = []
    for (outcome, term), own in changed.groupby(["outcome", "term"], sort=False):
        times = own["found"].value_counts()
        lost = own.loc[own["found"] == "none", "change"]
        again = int(times.get("all", 0))
        core = "yes" if again == len(own) else "no"
        rows.append([outcome, term, again, int(times.get("some", 0)), "; ".join(lost), len(own), core])
    return pd.DataFrame(rows, columns=["outcome", "term", "again", "some", "lost", "n", "core"])
