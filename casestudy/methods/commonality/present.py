"""Presence of a code at a site: on how many voices from how many groups, and whether that can be judged."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import READINGS, active_codes, eligible, in_reading, raised_in, resolve_codings, uncoded, wilson

LADDER = {  # what the evidence at one site amounts to, weakest first
    "informant": ("none", "isolated", "one-sided", "triangulated", "strong"),
    "document": ("none", "one voice", "corroborated"),
}


def cells_of(rows: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Count voices and groups per site and code, for every site in the declared order."""
    keys = pd.MultiIndex.from_product([cohort.sites["site"], active_codes(cohort)], names=["site", "code"])
    able = rows[rows["could"]]
    cells = able.groupby(["site", "code"]).agg(
        raised=("raised", "sum"), could=("could", "sum"), statements=("segments", "sum"), heard=("group", "nunique")
    )
    yes = able[able["raised"]].groupby(["site", "code"])["group"].nunique().rename("groups")
    return cells.join(yes).reindex(keys).fillna(0).astype(int).reset_index()


def can_be_judged(could: int, heard: int, k: int, m: int) -> tuple[str, str]:
    """Return whether a site can be judged from so many voices that could speak, of so many groups; if not, why."""
    if could < k:
        voices = "no voice" if could == 0 else f"only {could} voice{'s' if could > 1 else ''}"
        return "not_assessable", f"{voices} heard here that could have raised it; the rule needs {k}"
    if heard < m:
        groups = f"only {heard} stakeholder group{'s' if heard > 1 else ''}"
        return "not_assessable", f"{groups} heard; the rule needs {m}"
    return "ok", ""


def _rung(cell, k: int, m: int, level: str) -> str:
    rungs = LADDER[level]
    if level == "document":
        return rungs[min(cell.raised, 2)]
    if cell.raised < k:
        return rungs[min(cell.raised, 1)]
    strong = cell.groups >= 3 and cell.raised * 3 >= cell.could
    return rungs[2] if cell.groups < m else rungs[4 if strong else 3]


def count_cells(cohort: Cohort, reading: str | None, j: int | None) -> pd.DataFrame:
    """Return the counts of `presence`, which do not depend on k and m."""
    found = raised_in(cohort, (reading,) if reading else READINGS, j)
    tables = [cells_of(rows, cohort).assign(reading=name) for name, rows in found.items()]
    cells = pd.concat(tables, ignore_index=True)
    cells["n"] = cells["could"]
    cells["estimate"] = (cells["raised"] / cells["could"]).where(cells["could"] > 0)
    bounds = [wilson(x, n, cohort.plan.ci_level) for x, n in zip(cells["raised"], cells["could"], strict=True)]
    cells["lo"], cells["hi"] = zip(*bounds, strict=True) if bounds else ((), ())
    cells["method"] = f"j={j or cohort.plan.j}"
    return cells


def judge_cells(cells: pd.DataFrame, cohort: Cohort, k: int | None, m: int | None) -> pd.DataFrame:
    """Add the verdict on each cell under k and m."""
    k, m = k or cohort.plan.k, m or cohort.plan.m
    cells, rows = cells.copy(), list(cells.itertuples())
    cells["ladder"] = [_rung(cell, k, m, cohort.evidence_level) for cell in rows]
    unread = ("not_assessable", uncoded(cohort))  # where nobody looked, nothing is absent
    found = [unread if unread[1] else can_be_judged(cell.could, cell.heard, k, m) for cell in rows]
    cells["status"], cells["reason"] = zip(*found, strict=True) if rows else ((), ())
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
    A site with fewer than k voices, or fewer than m groups, is not assessable: that is not an absence. Nor is any
    site of a cohort that nobody has coded yet.
    """
    return judge_cells(count_cells(cohort, reading, j), cohort, k, m)


def _joined(coders: pd.Series) -> str:
    return ";".join(sorted({coder for listed in coders for coder in listed.split(";")}))


def presence_flags(cohort: Cohort, reading: str | None = None) -> pd.DataFrame:
    """Say what should make a reader pause at a cell of `presence`: who denies the challenge, and who alone read it.

    Parameters
    ----------
    cohort : Cohort
    reading : {"difficulty", "documented"}, optional
        One reading; both by default.

    Returns
    -------
    DataFrame
        site, code, reading, speaking (voices that say anything of the code, denials included), denying (those among
        them that say `not_here`), contested (denying is at least a third of speaking), readers (coders on whose
        codings the voices that raise it are counted, `;`), single_reader (that is one coder), status (`ok` or
        `not_assessable`), reason. In the order of `presence`.
    """
    said = resolve_codings(cohort).merge(eligible(cohort)[["segment", "site", "informant"]], on="segment")
    told = raised_in(cohort, (reading,) if reading else READINGS)
    keys, voice = ["site", "code"], ["site", "informant", "code"]
    both = {"speaking": said, "denying": said[said["valence"] == "not_here"]}
    counts = {name: rows.drop_duplicates(voice).groupby(keys).size() for name, rows in both.items()}
    cells = pd.MultiIndex.from_product([cohort.sites["site"], active_codes(cohort)], names=keys)
    tables = []
    for name, rows in told.items():
        yes = said[in_reading(said["valence"], name, cohort)].merge(rows.loc[rows["raised"], voice])
        readers = yes.groupby(keys)["coders"].agg(_joined)
        table = pd.DataFrame(counts, index=cells).fillna(0).astype(int).assign(readers=readers, reading=name)
        tables.append(table.fillna({"readers": ""}).reset_index())
    table = pd.concat(tables, ignore_index=True)
    table["contested"] = (table["denying"] * 3 >= table["speaking"]) & (table["speaking"] > 0)
    settled = cohort.codings.loc[cohort.codings["round"] == "consensus", "coder"]  # one name for several readers
    table["single_reader"] = ~table["readers"].isin(["", *settled]) & ~table["readers"].str.contains(";")
    table["reason"] = uncoded(cohort)
    table["status"] = "not_assessable" if uncoded(cohort) else "ok"
    columns = ["reading", "speaking", "denying", "contested", "readers", "single_reader", "status", "reason"]
    return table[[*keys, *columns]]
