"""Which stakeholder groups raise what, and whom the statements concern."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import OWN_VOICE, active_codes, generator, heard, in_reading, raised, statements, uncoded
from .contrasts import SIDE


def stakeholder_mix(cohort: Cohort) -> pd.DataFrame:
    """Return how mixed the voices heard at each site are.

    Returns
    -------
    DataFrame
        site, name, voices, groups, largest_group (label; several with `;`), largest_share, blau (1 - sum of squared
        shares: 0 = one group only), effective_groups (exp of Shannon's entropy: how many equally heard groups would
        be as mixed), status, reason. Sites in declared order.
    """
    counts = heard(cohort).groupby(["site", "group"], sort=False).size()
    labels = {**cohort.groups, OWN_VOICE: "Alliance and funder (one voice)"}
    rows = [_mix(counts.get(site, pd.Series(dtype=int)), labels) for site in cohort.sites["site"]]
    columns = ["voices", "groups", "largest_group", "largest_share", "blau", "effective_groups", "status", "reason"]
    return pd.concat([cohort.sites[["site", "name"]], pd.DataFrame(rows, columns=columns)], axis=1)


def _mix(counts: pd.Series, labels: dict[str, str]) -> tuple:
    if counts.empty:
        return 0, 0, "", np.nan, np.nan, np.nan, "not_assessable", "nobody was heard here"
    shares = counts / counts.sum()
    largest = "; ".join(labels.get(g, g) for g in counts.index[counts == counts.max()])
    effective = float(np.exp(-(shares * np.log(shares)).sum()))
    return counts.sum(), len(counts), largest, shares.max(), 1 - (shares**2).sum(), effective, "ok", ""


def by_group(
    cohort: Cohort, by: str = "source", reading: str = "difficulty", kind: str | None = "challenge"
) -> pd.DataFrame:
    """Ask which stakeholder groups raise a code more than the others, or whom the statements concern.

    Parameters
    ----------
    cohort : Cohort
    by : {"source", "about"}
        `source`: the voices' own groups, labels permuted among the voices of the same site, largest difference over
        all cells (max-T). `about`: the groups that statements name; counts only, since one statement may name
        several and nobody drew them.
    reading, kind
        As elsewhere.

    Returns
    -------
    DataFrame
        by `source`: code, group, raised, could, estimate (share in the group minus share in the rest), lo, hi
        (missing), n (voices), p, p_adjusted, sites (where the group raises it), method, status, reason.
        by `about`: code, about_group, statements, n (statements of the code), estimate (share), sites, status,
        reason.
    """
    if by == "about":
        return _by_about(cohort, reading, kind)
    rows = raised(cohort, reading)
    rows = rows[rows["could"] & rows["code"].isin(active_codes(cohort, kind))]
    groups = [g for g in _group_order(cohort, rows) if g in set(rows["group"])]
    if len(groups) < 2:
        return _no_groups(cohort, rows, groups, kind)
    return _test_groups(cohort, rows, groups, reading)


def _group_order(cohort: Cohort, rows: pd.DataFrame) -> list[str]:
    return [*[g for g in cohort.groups if g in set(rows["group"])], *sorted(set(rows["group"]) - set(cohort.groups))]


def _no_groups(cohort: Cohort, rows: pd.DataFrame, groups: list[str], kind: str | None) -> pd.DataFrame:
    reason = f"{len(groups)} stakeholder group{'s' * (len(groups) != 1)} heard: nothing to compare"
    codes = active_codes(cohort, kind)
    counts = rows.groupby("code")[["raised", "could"]].sum().reindex(codes, fill_value=0).astype(int)
    table = counts.rename_axis("code").reset_index()
    blank = dict.fromkeys(["estimate", "lo", "hi", "p", "p_adjusted"], np.nan)
    return table.assign(
        group="; ".join(groups),
        **blank,
        n=table["could"],
        sites="",
        method="",
        status="not_assessable",
        reason=reason,
    )


def _test_groups(cohort: Cohort, rows: pd.DataFrame, groups: list[str], reading: str) -> pd.DataFrame:
    wide = rows.pivot(index=["site", "informant", "group"], columns="code", values="raised").astype("boolean")
    codes = [c for c in active_codes(cohort) if c in wide.columns]
    wide = wide[codes].sort_index(level="site", sort_remaining=False)
    said = wide.fillna(False).to_numpy(dtype=float)
    able = wide.notna().to_numpy(dtype=float)
    member = np.array([[g == own for g in groups] for own in wide.index.get_level_values("group")], dtype=float)
    observed = _group_differences(member[None], said, able)[0]
    drawn = _drawn_differences(cohort, member, wide.index.get_level_values("site"), said, able)
    usable = np.where(np.isfinite(drawn), np.abs(drawn), 0)
    p = (1 + (usable >= np.abs(observed) - 1e-12).sum(0)) / (len(drawn) + 1)
    largest = usable.reshape(len(drawn), -1).max(1)
    adjusted = (1 + (largest[:, None, None] >= np.abs(observed) - 1e-12).sum(0)) / (len(drawn) + 1)
    table = pd.DataFrame([(c, g) for g in groups for c in codes], columns=["code", "group"])
    table["raised"] = (member.T @ said).astype(int).ravel()
    table["could"] = (member.T @ able).astype(int).ravel()
    table["estimate"], table["lo"], table["hi"] = observed.ravel(), np.nan, np.nan
    table["n"] = np.tile(able.sum(0).astype(int), len(groups))
    table["p"], table["p_adjusted"] = p.ravel(), adjusted.ravel()
    table["sites"] = _sites_of(rows[rows["raised"]], table, "group")
    table["method"] = f"{reading}; groups permuted within site, B={cohort.plan.B}, two-sided; max-T"
    thin, alone = table["could"] < SIDE, table["could"] == table["n"]
    table["status"] = np.where(thin | alone, "not_assessable", "ok")
    table["reason"] = np.where(alone, "no voice of another group could have raised it", "")
    table.loc[thin, "reason"] = f"fewer than {SIDE} voices of the group could have raised it"
    table.loc[thin | alone, ["p", "p_adjusted"]] = np.nan
    if why := uncoded(cohort):
        blank = {
            "raised": pd.array([pd.NA] * len(table), "Int64"),
            **dict.fromkeys(("estimate", "p", "p_adjusted"), np.nan),
        }
        table = table.assign(**blank, status="not_assessable", reason=why)
    return table


def _sites_of(said: pd.DataFrame, table: pd.DataFrame, by: str) -> list[str]:
    """Return for every code and group of `table` the sites at which `said` has it, joined with `;`."""
    where = said.groupby(["code", by])["site"].agg(lambda s: ";".join(dict.fromkeys(s))).to_dict()
    return [where.get(key, "") for key in zip(table["code"], table[by], strict=True)]


def _group_differences(member: np.ndarray, said: np.ndarray, able: np.ndarray) -> np.ndarray:
    """Return share in each group minus share in the rest: draws x groups x codes."""
    inside, n_inside = member.transpose(0, 2, 1) @ said, member.transpose(0, 2, 1) @ able
    with np.errstate(invalid="ignore", divide="ignore"):
        return inside / n_inside - (said.sum(0) - inside) / (able.sum(0) - n_inside)


def _drawn_differences(cohort: Cohort, member, sites, said, able) -> np.ndarray:
    """Return the differences under permutations of the group labels among the voices of each site."""
    rng = generator(cohort, "by_group")
    number = pd.factorize(np.asarray(sites))[0]
    keys = number + rng.random((cohort.plan.B, len(number)))  # sorting by site + noise shuffles within site
    order = np.argsort(keys, axis=1)
    return _group_differences(member[order], said, able)


def _by_about(cohort: Cohort, reading: str, kind: str | None) -> pd.DataFrame:
    said = statements(cohort)
    said = said[in_reading(said["valence"], reading, cohort) & said["code"].isin(active_codes(cohort, kind))]
    totals = said.groupby("code").size()
    named = said.assign(about_group=said["about_group"].str.split(";")).explode("about_group")
    named = named[named["about_group"] != ""]
    grid = pd.MultiIndex.from_product([active_codes(cohort, kind), list(cohort.about_groups)])
    counts = named.groupby(["code", "about_group"]).size().reindex(grid, fill_value=0)
    table = counts.rename_axis(["code", "about_group"]).rename("statements").reset_index()
    table["n"] = table["code"].map(totals).fillna(0).astype(int)
    table["estimate"] = (table["statements"] / table["n"]).where(table["n"] > 0)
    table["sites"] = _sites_of(named, table, "about_group")
    table["status"] = np.where(table["n"] > 0, "ok", "not_assessable")
    table["reason"] = np.where(table["n"] > 0, "", f"no statement of {reading} under this code")
    return table
