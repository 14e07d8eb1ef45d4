"""What becomes of the verdicts without one site, or with one condition of the plan changed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import active_codes, assigned
from .common import classify, common_challenges
from .present import presence


def leave_one_site_out(cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return what becomes common, and what stops being so, when each site is left out in turn.

    Returns
    -------
    DataFrame
        reading, site (left out), common (codes, `;`), gained, lost (against all sites), jaccard (1 where both sets
        are empty), status, reason (`not_assessable` unless three sites can be judged). A site whose absence gains a
        code is pivotal for it: the only one that fails it.
    """
    cells = presence(cohort)
    cells = cells[cells["code"].isin(active_codes(cohort, kind))]
    rows = []
    for reading, table in cells.groupby("reading", sort=False):
        full = _common(table)
        for site in cohort.sites["site"]:
            rest = _common(table[table["site"] != site])
            rows.append((reading, site, *(";".join(s) for s in _change(full, rest)), _jaccard(full, rest)))
    columns = ["reading", "site", "common", "gained", "lost", "jaccard"]
    few = cells.loc[cells["status"] == "ok", "site"].nunique() < 3
    return pd.DataFrame(rows, columns=columns).assign(
        status="not_assessable" if few else "ok",
        reason="fewer than three sites can be judged: leaving one out leaves nothing to compare" if few else "",
    )


def _common(cells: pd.DataFrame) -> list[str]:
    judged = cells[cells["status"] == "ok"].groupby("code", sort=False)["present"].agg(["sum", "size"])
    return [c for c, n, s in judged.itertuples() if classify(int(n), int(s)) == "common"]


def _change(full: list[str], rest: list[str]) -> tuple[list[str], list[str], list[str]]:
    return rest, [c for c in rest if c not in full], [c for c in full if c not in rest]


def _jaccard(a: list[str], b: list[str]) -> float:
    return len(set(a) & set(b)) / len(set(a) | set(b)) if a or b else 1.0


def _variants(cohort: Cohort) -> Iterator[tuple[str, str, Cohort]]:
    """Yield what is varied, to what, and the cohort so varied: one thing at a time."""
    plan = cohort.plan
    yield "as planned", "", cohort
    for name in ("scope", "basis", "checked"):
        if getattr(plan, name):
            yield name, "any", cohort.with_plan(**{name: ()})
    if plan.period:
        yield "period", "any", cohort.with_plan(period="")
    for j in range(1, plan.j):  # whether any mention would do
        yield "j", str(j), cohort.with_plan(j=j)
    for k in sorted({1, 2, 3, plan.k + 1} - {plan.k}):
        yield "k", str(k), cohort.with_plan(k=k)
    for how in ways_to_settle(cohort):
        yield "resolve", how, cohort.with_plan(resolve=how)
    if cohort.codings["is_primary"].eq("no").any():
        yield (
            "codings",
            "primary only",
            cohort.with_tables(codings=cohort.codings.query("is_primary == 'yes'"), assignments=assigned(cohort)),
        )


def ways_to_settle(cohort: Cohort) -> list[str]:
    """Return the other ways of settling differences between coders; none where every source had a single reading."""
    if not assigned(cohort)["source"].duplicated().any():
        return []
    settled = (cohort.codings["round"] == "consensus").any()
    ways = ("any", "majority", "all", *(["consensus"] if settled else []), "single")
    return [how for how in ways if how != cohort.plan.resolve]


def sensitivity(cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return every verdict again with one condition of the plan changed at a time.

    Returns
    -------
    DataFrame
        varied (scope, basis, checked, period, j, k, resolve or codings), to, code, label, reading, class,
        sites_present, sites_assessable, k_star, changed (class differs from the plan's), status, reason.
    """
    tables = [
        common_challenges(variant, kind=kind).assign(varied=name, to=value)
        for name, value, variant in _variants(cohort)
    ]
    table = pd.concat(tables, ignore_index=True)
    planned = tables[0].set_index(["code", "reading"])["class"].rename("planned")
    table = table.merge(planned, left_on=["code", "reading"], right_index=True).sort_index()
    table["changed"] = table["class"] != table["planned"]
    columns = ["varied", "to", "code", "label", "reading", "class", "sites_present", "sites_assessable", "k_star"]
    return table[[*columns, "changed", "status", "reason"]]
