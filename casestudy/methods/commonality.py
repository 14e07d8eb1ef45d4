"""Presence of a code at a site, and which challenges are common to all sites, at which threshold, and how firmly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pandas as pd

from ..cohort.cohort import Cohort
from .evidence import READINGS, active_codes, assigned, raised_in

LADDER = {  # what the evidence at one site amounts to, weakest first
    "informant": ("none", "isolated", "one-sided", "triangulated", "strong"),
    "document": ("none", "one voice", "corroborated"),
}


@lru_cache(maxsize=4096)
def wilson(count: int, n: int, level: float) -> tuple[float, float]:
    """Return the Wilson score interval of `count` in `n` (Brown, Cai & DasGupta 2001); NaN for n = 0.

    >>> [round(x, 4) for x in wilson(4, 4, 0.95)]
    [0.5101, 1.0]
    """
    if n == 0:
        return float("nan"), float("nan")
    from scipy.stats import binomtest

    interval = binomtest(count, n).proportion_ci(level, method="wilson")
    return float(interval.low), float(interval.high)


def _cells(rows: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Count voices and groups per site and code, for every site in the declared order."""
    keys = pd.MultiIndex.from_product([cohort.sites["site"], active_codes(cohort)], names=["site", "code"])
    able = rows[rows["could"]]
    cells = able.groupby(["site", "code"]).agg(
        raised=("raised", "sum"), could=("could", "sum"), statements=("segments", "sum"), heard=("group", "nunique")
    )
    yes = able[able["raised"]].groupby(["site", "code"])["group"].nunique().rename("groups")
    return cells.join(yes).reindex(keys).fillna(0).astype(int).reset_index()


def _status(cell, k: int, m: int) -> tuple[str, str]:
    """Return whether a cell can be judged, and if not, why."""
    if cell.could < k:
        voices = "no voice" if cell.could == 0 else f"only {cell.could} voice{'s' if cell.could > 1 else ''}"
        return "not_assessable", f"{voices} heard here that could have raised it; the rule needs {k}"
    if cell.heard < m:
        return (
            "not_assessable",
            f"only {cell.heard} stakeholder group{'s' if cell.heard > 1 else ''} heard; the rule needs {m}",
        )
    return "ok", ""


def _rung(cell, k: int, m: int, level: str) -> str:
    rungs = LADDER[level]
    if level == "document":
        return rungs[min(cell.raised, 2)]
    if cell.raised < k:
        return rungs[min(cell.raised, 1)]
    strong = cell.groups >= 3 and cell.raised * 3 >= cell.could
    return rungs[2] if cell.groups < m else rungs[4 if strong else 3]


def _counts(cohort: Cohort, reading: str | None, j: int | None) -> pd.DataFrame:
    """Return the counts of `presence`, which do not depend on k and m."""
    found = raised_in(cohort, (reading,) if reading else READINGS, j)
    tables = [_cells(rows, cohort).assign(reading=name) for name, rows in found.items()]
    cells = pd.concat(tables, ignore_index=True)
    cells["n"] = cells["could"]
    cells["estimate"] = (cells["raised"] / cells["could"]).where(cells["could"] > 0)
    bounds = [wilson(x, n, cohort.plan.ci_level) for x, n in zip(cells["raised"], cells["could"], strict=True)]
    cells["lo"], cells["hi"] = zip(*bounds, strict=True) if bounds else ((), ())
    cells["method"] = f"j={j or cohort.plan.j}"
    return cells


def _judge(cells: pd.DataFrame, cohort: Cohort, k: int | None, m: int | None) -> pd.DataFrame:
    """Add the verdict on each cell under k and m."""
    k, m = k or cohort.plan.k, m or cohort.plan.m
    cells, rows = cells.copy(), list(cells.itertuples())
    cells["ladder"] = [_rung(cell, k, m, cohort.evidence_level) for cell in rows]
    cells["status"], cells["reason"] = zip(*[_status(c, k, m) for c in rows], strict=True) if rows else ((), ())
    cells["present"] = (cells["raised"].ge(k) & cells["groups"].ge(m)).astype("boolean").where(cells["status"] == "ok")
    cells["method"] = cells["method"] + f", k={k}, m={m}; Wilson {cohort.plan.ci_level:.0%}"
    counts = ["raised", "could", "groups", "statements"]
    verdict = ["ladder", "present", "method", "status", "reason"]
    return cells[["site", "code", "reading", *counts, "estimate", "lo", "hi", "n", *verdict]]


def presence(
    cohort: Cohort,
    reading: str | None = None,
    j: int | None = None,
    k: int | None = None,
    m: int | None = None,
) -> pd.DataFrame:
    """Say for every site and code whether the code is present, on how many voices, and how that is known.

    Parameters
    ----------
    cohort : Cohort
    reading : {"difficulty", "documented"}, optional
        One reading; both by default.
    j, k, m : int, optional
        A voice raises a code with at least j segments; the code is present with at least k voices from at least m
        stakeholder groups. Default: the plan's.

    Returns
    -------
    DataFrame
        site, code, reading, raised (voices that raise it), could (voices that could have), groups (stakeholder
        groups among those who raise it), statements (how many in all), estimate (raised / could), lo, hi (Wilson
        interval at the plan's level: what if other comparable voices had been heard), n (= could), ladder, present
        (missing where it cannot be judged), method, status (`ok` or `not_assessable`), reason.

    Notes
    -----
    A site with fewer than k voices, or fewer than m groups, is not assessable: that is not an absence.
    """
    return _judge(_counts(cohort, reading, j), cohort, k, m)


def classify(present: int, assessable: int) -> str:
    """Return the class of a code present at `present` of `assessable` sites; by count, never by share.

    >>> [classify(n, 4) for n in (4, 3, 2, 1, 0)]
    ['common', 'widespread', 'mixed', 'site_specific', 'absent']
    """
    if assessable < 2:
        return "not_assessable"
    if present == assessable:
        return "common"
    if present < 2:
        return "site_specific" if present else "absent"
    return "widespread" if present == assessable - 1 else "mixed"


def _verdict(cells: list, names: dict[str, str]) -> dict:
    """Return the class of one code in one reading from its cells (rows of `presence`), with its breaking points."""
    judged = [c for c in cells if c.status == "ok"]
    where = [c.site for c in judged if c.present]
    k_star = min((c.raised for c in judged), default=pd.NA)
    few = f"{len(judged)} site{'s' if len(judged) != 1 else ''} can be judged: nothing can be common"
    return {
        "class": classify(len(where), len(judged)),
        "sites_present": len(where),
        "sites_assessable": len(judged),
        "k_star": k_star,
        "m_star": min((c.groups for c in judged), default=pd.NA),
        "present_at": "; ".join(names[site] for site in where),
        "weakest_site": "; ".join(names[c.site] for c in judged if c.raised == k_star),
        "not_assessable_at": "; ".join(names[c.site] for c in cells if c.status != "ok"),
        "status": "ok" if len(judged) > 1 else "not_assessable",
        "reason": few if len(judged) < 2 else "",
    }


def verdicts(cells: pd.DataFrame, cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return the verdict on every code of one kind from a table made by `presence`."""
    names, groups = dict(zip(cohort.sites["site"], cohort.sites["name"], strict=True)), {}
    for cell in cells[cells["code"].isin(active_codes(cohort, kind))].itertuples():
        groups.setdefault((cell.reading, cell.code), []).append(cell)
    order = {code: n for n, code in enumerate(active_codes(cohort))}
    rows = [
        {"code": code, "reading": reading, **_verdict(group, names)}
        for (reading, code), group in sorted(groups.items(), key=lambda g: (READINGS.index(g[0][0]), order[g[0][1]]))
    ]
    labels = cohort.codebook.set_index("code")["label"]
    columns = ["code", "label", "reading", "class", "sites_present", "sites_assessable", "k_star", "m_star"]
    columns += ["weakest_site", "present_at", "not_assessable_at", "status", "reason"]
    table = pd.DataFrame(rows, columns=[c for c in columns if c != "label"])
    table["label"] = table["code"].map(labels)
    return table[columns].astype({"k_star": "Int64", "m_star": "Int64"})


def common_challenges(
    cohort: Cohort,
    reading: str | None = None,
    j: int | None = None,
    k: int | None = None,
    m: int | None = None,
    kind: str | None = "challenge",
) -> pd.DataFrame:
    """Say which challenges are common to all sites, and where each claim breaks.

    Parameters
    ----------
    cohort, reading, j, k, m
        As for `presence`.
    kind : str or None
        Kind of code; None for all.

    Returns
    -------
    DataFrame
        code, label, reading, class (`common` = present at every site that can be judged, `widespread` = at all but
        one, `mixed`, `site_specific` = at one, `absent`, `not_assessable`), sites_present, sites_assessable, k_star
        and m_star (breaking points: at the sites judged here the claim of commonness holds for exactly all k <= k_star
        and m <= m_star),
        weakest_site, present_at, not_assessable_at (names, `;`), status, reason.

    Notes
    -----
    k_star is the smallest number of voices over the sites that can be judged; 0 means that some site documents none. At
    another k other sites may be judged: then it is another question, and `breaking_points` shows the denominator.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = common_challenges(load_cohort("template"), "difficulty")
    >>> bool((table["sites_present"] <= table["sites_assessable"]).all())
    True
    """
    return verdicts(presence(cohort, reading, j, k, m), cohort, kind)


def breaking_points(cohort: Cohort, reading: str | None = None, kind: str | None = "challenge") -> pd.DataFrame:
    """Return sites(k): how many sites each code reaches at each k.

    Returns
    -------
    DataFrame
        code, reading, k, sites (with at least k voices from at least the plan's m groups), sites_assessable (with at
        least k voices that could have), class, present_at. k runs from 1 to one more than any site reaches.
    """
    counts = _counts(cohort, reading, None)
    deepest = int(counts["raised"].max()) if len(counts) else 0
    tables = [
        verdicts(_judge(counts, cohort, k, None), cohort, kind).assign(k=k, sites=lambda t: t["sites_present"])
        for k in range(1, deepest + 2)
    ]
    table = pd.concat(tables, ignore_index=True)
    return table[["code", "reading", "k", "sites", "sites_assessable", "class", "present_at"]]


def leave_one_site_out(cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return what becomes common, and what stops being so, when each site is left out in turn.

    Returns
    -------
    DataFrame
        reading, site (left out), common (codes, `;`), gained, lost (against all sites), jaccard (1 where both sets
        are empty), status, reason. A site whose absence gains a code is pivotal for it: the only one that fails it.
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
    few = len(cohort.sites) < 3
    return pd.DataFrame(rows, columns=columns).assign(
        status="not_assessable" if few else "ok",
        reason="fewer than three sites: leaving one out leaves nothing to compare" if few else "",
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
    for k in sorted({1, 2, 3, plan.k + 1} - {plan.k}):
        yield "k", str(k), cohort.with_plan(k=k)
    for how in ("any", "majority", "all", "consensus", "single"):
        usable = how != "consensus" or (cohort.codings["round"] == "consensus").any()
        if how != plan.resolve and usable:
            yield "resolve", how, cohort.with_plan(resolve=how)
    if cohort.codings["is_primary"].eq("no").any():
        yield (
            "codings",
            "primary only",
            cohort.with_tables(codings=cohort.codings.query("is_primary == 'yes'"), assignments=assigned(cohort)),
        )


def sensitivity(cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return every verdict again with one condition of the plan changed at a time.

    Returns
    -------
    DataFrame
        varied (scope, basis, checked, period, k, resolve or codings), to, code, label, reading, class,
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
