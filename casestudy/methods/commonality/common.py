"""Which challenges are common to all sites, and at which threshold each claim breaks."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import READINGS, active_codes, classify, uncoded
from .present import count_cells, judge_cells, presence


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
    table["reason"] = uncoded(cohort) or table["reason"]
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
    counts = count_cells(cohort, reading, None)
    deepest = int(counts["raised"].max()) if len(counts) else 0
    tables = [
        verdicts(judge_cells(counts, cohort, k, None), cohort, kind).assign(k=k, sites=lambda t: t["sites_present"])
        for k in range(1, deepest + 2)
    ]
    table = pd.concat(tables, ignore_index=True)
    return table[["code", "reading", "k", "sites", "sites_assessable", "class", "present_at"]]
