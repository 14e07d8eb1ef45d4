"""Robustness: which terms are found again when a site, a cut, an anchor or a disputed fact is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from .facts import anchors_of, disputed, expected_of, memberships, set_facts
from .gate import refusal
from .solved import SETTING, expectations_for, models_of, outcomes
from .terms import in_outcome, in_solution

CUTS = (0.75, 0.8, 0.85, 0.9)
MEMBER = 0.5  # above it, a site is more in than out
STEP = 0.1  # of the distance between the outer anchors
COLUMNS = ["outcome", "kind", "check", "change", "term", "found", "models", "solution", "estimate", "most", "held"]
COLUMNS += ["foretold", "n", "method", "status", "reason"]
METHOD = "one change at a time; overlap: sum of minima over sum of maxima of the memberships of all sites"
CORE = "sites more in than out of every model of every analysis"


class Run(NamedTuple):
    """One analysis: the memberships that it is solved from, and those of all sites, on which it is judged."""

    check: str
    change: str
    data: pd.DataFrame
    whole: pd.DataFrame
    setting: dict
    out: int | None = None  # place of the site that is left out


def shifted(cohort: Cohort, name: str, way: int) -> Cohort:
    """Return the cohort with the anchors of one set a step higher or lower."""
    anchors, rules = anchors_of(cohort, name), cohort.plan.qca_rules
    step = way * STEP * abs(anchors[2] - anchors[0])
    return cohort.with_plan(qca_rules={**rules, name: {**rules[name], "anchors": [a + step for a in anchors]}})


def _runs(cohort: Cohort) -> Iterator[Run]:
    """Yield every analysis; the first is the one as planned."""
    data = memberships(cohort)
    labels, names = cohort.attributes.set_index("attribute")["label"], cohort.sites.set_index("site")["name"]
    yield Run("as planned", "", data, data, {})
    for place, name in enumerate(data.index):
        yield Run("site", f"without {name}", data.iloc[np.arange(len(data)) != place], data, {}, place)
    for cut in CUTS:
        if cut != SETTING["consistency"]:
            yield Run("consistency", f"consistency at least {cut:.2f}", data, data, {"consistency": cut})
    more = SETTING["frequency"] + 1
    yield Run("cases", f"at least {more} cases in a configuration", data, data, {"frequency": more})
    for name in data.columns[[bool(anchors_of(cohort, name)) for name in data]]:
        for way, word in ((1, "higher"), (-1, "lower")):
            moved = memberships(shifted(cohort, name, way))
            yield Run("anchors", f"anchors of {labels[name]} a step {word}", moved, moved, {})
    facts = set_facts(cohort).set_index(["attribute", "site", "place"])["value"]
    for name, site, place in disputed(cohort):
        change = f"{labels[name]} at {names[site]} taken as {facts[name, site, place]}"
        turned = memberships(cohort, {(name, site): place})
        yield Run("disputed fact", change, turned, turned, {})


def _again(term: str, found: pd.DataFrame) -> str:
    """Return in how many of a run's models a term is: `all`, `some` or `none`."""
    share = found[found["status"] == "ok"].groupby("model")["term"].agg(lambda terms: term in set(terms))
    return "none" if not share.any() else "all" if share.all() else "some"


def _members(found: pd.DataFrame, data: pd.DataFrame) -> list[np.ndarray]:
    """Return how far each site belongs to each model; to none at all if there is no solution."""
    known = found[found["status"] == "ok"]
    models = [own["term"].tolist() for _, own in known.groupby("model")] or [[]]
    return [in_solution(data, terms) for terms in models]


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return the overlap of two solutions; missing where neither has a member."""
    most = np.maximum(one, other).sum()
    return float(np.minimum(one, other).sum() / most) if most else float("nan")


def _foretold(run: Run, found: pd.DataFrame, models: list[np.ndarray], outcome: str) -> str:
    """Return in how many models (`all`, `some`, `none`) the site left out is in the solution just if it has the
    outcome; no solution foretells nothing."""
    if run.out is None:
        return ""
    has = in_outcome(run.whole, outcome)[run.out] > MEMBER
    right = [(model[run.out] > MEMBER) == has for model in models]
    return "none" if not any(right) or found["status"].iloc[0] != "ok" else "all" if all(right) else "some"


def _run_rows(planned: list, base: pd.DataFrame, found: pd.DataFrame, run: Run, names: tuple) -> Iterator[list]:
    """Yield a row per term of the analysis as planned; `names` are those of the outcome and of the kind."""
    models, first = _members(found, run.whole), found.iloc[0]
    # several models fit alike: each is set against the planned one that it is nearest to
    overlaps = [float(np.max([_overlap(model, one) for one in planned])) for model in models]
    held = "; ".join(run.whole.index[np.min(models, axis=0) > MEMBER])
    none = np.isnan(overlaps).any()
    status = ("not_estimable", "no site belongs to a solution") if none else ("ok", first["reason"])
    told = [min(overlaps), max(overlaps), held, _foretold(run, found, models, names[0]), len(run.data), METHOD, *status]
    for term in dict.fromkeys(base["term"]):
        yield [*names, run.check, run.change, term, _again(term, found), int(first["models"]), first["solution"], *told]


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
        them), estimate and most (least and greatest overlap of a model with the nearest one as planned, 0 to 1, over
        all sites, also one left out), held (names of the sites that belong to every model), foretold (of a site left
        out: whether `all`, `some` or `none` of the models judge it rightly, which is to hold it just if it has the
        outcome; "" for other changes), n (sites it is solved from), method, status, reason. One row with the reason
        if the gate refuses the cohort, or there is nothing to change.

    Notes
    -----
    The changes follow Oana & Schneider (2021). `terms_again` and `robust_core` sum up what they leave.
    """
    blank = dict.fromkeys(
        ["outcome", "kind", "check", "change", "term", "found", "solution", "held", "foretold", "method"], ""
    )
    why = refusal(cohort)
    if not why and kind == "intermediate" and not expected_of(cohort):
        why = "the plan expects nothing of any condition (`qca_rules`)"
    if why:
        return pd.DataFrame([blank | {"status": "not_assessable", "reason": why}], columns=COLUMNS)
    rows, conditions, runs = [], list(cohort.plan.qca), list(_runs(cohort))
    for outcome in outcomes(cohort):
        expected, base = expectations_for(cohort, outcome), None
        for run in runs:
            found = models_of(run.data, outcome, conditions, expected, kind, **run.setting)
            if base is None:
                base, planned = found, _members(found, run.whole)
            rows += _run_rows(planned, base, found, run, (outcome, kind))
    return pd.DataFrame(rows, columns=COLUMNS)


def terms_again(runs: pd.DataFrame) -> pd.DataFrame:
    """Return how often each term is found again.

    Parameters
    ----------
    runs : DataFrame
        As from `solution_robustness`.

    Returns
    -------
    DataFrame
        outcome, term, again (changes after which it is in every model), some (in some models only), lost (changes after
        which it is in none, named), n (changes), every (`yes` if it is in every model after every change). Empty if the
        gate refuses the cohort.
    """
    changed = runs[(runs["check"] != "as planned") & (runs["term"] != "")]
    rows = []
    for (outcome, term), own in changed.groupby(["outcome", "term"], sort=False):
        times = own["found"].value_counts()
        lost = own.loc[own["found"] == "none", "change"]
        again = int(times.get("all", 0))
        every = "yes" if again == len(own) else "no"
        rows.append([outcome, term, again, int(times.get("some", 0)), "; ".join(lost), len(own), every])
    return pd.DataFrame(rows, columns=["outcome", "term", "again", "some", "lost", "n", "every"])


def robust_core(cohort: Cohort, runs: pd.DataFrame) -> pd.DataFrame:
    """Return the sites that every solution holds, the one as planned and those after each change: their intersection.

    Parameters
    ----------
    cohort : Cohort
    runs : DataFrame
        As from `solution_robustness`.

    Returns
    -------
    DataFrame
        outcome, apart ("", or the one check that is left aside), sites (names in the core), held (how many), member
        (of them with the outcome), estimate (coverage: of the sites with the outcome, the share in the core), n (sites
        with the outcome), method, status, reason. Empty if the gate refuses the cohort.

    Notes
    -----
    The robust core of Oana & Schneider (2021) is this set, not a list of terms; here a site is in it or not.
    """
    data, rows = memberships(cohort), []
    known = runs[runs["status"] != "not_assessable"].drop_duplicates(["outcome", "change"])
    for outcome, own in known.groupby("outcome", sort=False):
        has = set(data.index[in_outcome(data, outcome) > MEMBER])
        for apart in ("", "cases"):
            held = [set(text.split("; ")) for text in own.loc[own["check"] != apart, "held"]]
            core = [name for name in data.index if all(name in sites for sites in held)]
            both, n = len(has.intersection(core)), len(has)
            rows.append([outcome, apart, "; ".join(core), len(core), both, both / n, n, CORE, "ok", ""])
    columns = ["outcome", "apart", "sites", "held", "member", "estimate", "n", "method", "status", "reason"]
    return pd.DataFrame(rows, columns=columns)
