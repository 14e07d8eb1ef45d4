"""The robustness card: for every claim that a challenge is common or widespread, what would overturn it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import raised, uncoded, wilson
from .common import common_challenges
from .grid import every_setting, under_all
from .leave_out import BY, RANK, leave_out
from .miscoded import bootstrap_coding_errors
from .resampled import bootstrap_stability

CLAIMS = ("common", "widespread")
COLUMNS = ["code", "label", "reading", "class", "check", "left_out", "verdict", "lost", "gained", "estimate", "lo"]
COLUMNS += ["hi", "n", "method", "status", "reason"]
NOT_DRAWN = "as if the sites had been drawn at random from all alliances, which they were not"


def beyond_sites(sites: int, present: int, level: float = 0.95) -> pd.DataFrame:
    """Return how far `present` of `sites` sites speaks for alliances at large: the true share, by four intervals.

    Parameters
    ----------
    sites, present : int
        Sites judged, and those of them where the challenge is present.
    level : float
        Level of the intervals.

    Returns
    -------
    DataFrame
        method (`Wilson`, `Jeffreys`, `Clopper-Pearson`, and `one-sided`, the lower bound of Clopper and Pearson at
        the whole level), estimate, lo, hi, n (sites), status, reason. `not_estimable` without a site.

    Notes
    -----
    Brown, Cai & DasGupta (2001). All of them take the sites as drawn at random. Cases are chosen: what carries the
    claim further is replication at sites that differ (Yin 2018), and no interval shows that.

    Examples
    --------
    >>> beyond_sites(4, 4).set_index("method")["lo"].round(3).to_dict()
    {'Wilson': 0.51, 'Jeffreys': 0.555, 'Clopper-Pearson': 0.398, 'one-sided': 0.473}
    """
    if not 0 <= present <= sites:
        raise ValueError(f"present is {present}; write a number from 0 to {sites}, the number of sites")
    from scipy.stats import beta

    tail, absent = (1 - level) / 2, sites - present

    def low(chance: float, added: float) -> float:
        return float(beta.ppf(chance, present + added, absent + 1 - added)) if present else 0.0

    def high(chance: float, added: float) -> float:
        return float(beta.ppf(chance, present + 1 - added, absent + added)) if absent else 1.0

    bounds = {
        "Wilson": wilson(present, sites, level),
        "Jeffreys": (low(tail, 0.5), high(1 - tail, 0.5)),
        "Clopper-Pearson": (low(tail, 0), high(1 - tail, 0)),
        "one-sided": (low(1 - level, 0), 1.0),
    }
    table = pd.DataFrame([(name, *found) for name, found in bounds.items()], columns=["method", "lo", "hi"])
    if not sites:
        table[["lo", "hi"]] = np.nan
    table["estimate"], table["n"] = present / sites if sites else np.nan, sites
    table["status"] = "ok" if sites else "not_estimable"
    table["reason"] = "" if sites else "no site can be judged"
    return table[["method", "estimate", "lo", "hi", "n", "status", "reason"]]


def _settings(claims: pd.DataFrame, cohort: Cohort, reading: str) -> pd.DataFrame:
    """Return in what share of the settings of the rule that can be judged each claim reads `common`."""
    cells = every_setting(cohort, reading)
    judged = cells[cells["class"] != "not_assessable"]
    common = judged["class"].eq("common").groupby(judged["code"]).agg(["mean", "size"]).reindex(claims["code"])
    ways = ", ".join(cells["resolve"].unique())
    tried = len(cells) // max(cells["code"].nunique(), 1)
    return pd.DataFrame(
        {"code": claims["code"], "verdict": claims["class"], "lost": False, "gained": False}
        | {"estimate": common["mean"].to_numpy(), "n": common["size"].fillna(0).to_numpy(int)}
    ).assign(method=f"common in so many of the settings that can be judged, of {tried}: j, k, m; resolve {ways}")


def _steps(claims: pd.DataFrame, cohort: Cohort, rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return for each claim up to which k (or m) it holds, and what it is at the next, from who raises what."""
    plan = cohort.plan
    most = max(plan.k, len(rows[["site", "informant"]].drop_duplicates())) if name == "k" else len(set(rows["group"]))
    steps = list(range(getattr(plan, name), max(most, getattr(plan, name)) + 2))
    ks, ms = (steps, [plan.m]) if name == "k" else ([plan.k], steps)
    table = under_all(rows, cohort, claims["code"].tolist(), ks, ms)
    holds = dict(zip(claims["code"], claims["class"].map(RANK), strict=True))
    table = table[table["class"].map(RANK).fillna(-1) < table["code"].map(holds)].drop_duplicates("code")
    table["left_out"], table["estimate"] = name + " = " + table[name].astype(str), table[name] - 1
    table["lost"] = pd.array([True] * len(table), "boolean")
    table.loc[table["class"] == "not_assessable", "lost"] = pd.NA
    table = table.rename(columns={"class": "verdict", "sites_assessable": "n"})
    few = [f"{n} site{'' if n == 1 else 's'} can be judged then: nothing can be common" for n in table["n"]]
    told = "voices" if name == "k" else "groups"
    return table.assign(
        gained=table["lost"] & False,
        status=np.where(table["lost"].isna(), "not_assessable", "ok"),
        reason=np.where(table["lost"].isna(), few, ""),
        method=f"the claim holds up to {name} = estimate {told} a site; left_out is the first at which it does not",
    )


def _weakest(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the site or sites with the fewest voices that raise it."""
    table = claims.rename(columns={"weakest_site": "left_out", "class": "verdict", "k_star": "estimate"})
    table = table.assign(lost=False, gained=False, n=table["sites_assessable"])
    return table.assign(method="the fewest voices that raise it at any site (k_star), and where; n = sites judged")


def _left_out(claims: pd.DataFrame, cohort: Cohort, reading: str, by: str) -> pd.DataFrame:
    """Return the verdicts without each site, informant, group or coder, with the share of sites reached then."""
    table = leave_out(cohort, by, reading)
    table = table[table["code"].isin(claims["code"])].rename(columns={"sites_assessable": "n"})
    table["estimate"] = (table["sites_present"] / table["n"]).where(table["n"] > 0)
    table["method"] = f"without this {by}; k={cohort.plan.k} and m={cohort.plan.m} stay; estimate = share of sites"
    if by == "coder" and table.empty:
        none = {"status": "not_assessable", "reason": "no coder read a source independently"}
        table = pd.DataFrame({"code": claims["code"], "n": 0, **none})
    return table


def _beyond(claims: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    tables = [
        beyond_sites(row.sites_assessable, row.sites_present, cohort.plan.ci_level).iloc[[0]].assign(code=row.code)
        for row in claims.itertuples()
    ]
    level = f"{cohort.plan.ci_level:.0%}"
    return pd.concat(tables).assign(method=f"Wilson {level}; {NOT_DRAWN}")


def _checks(claims: pd.DataFrame, cohort: Cohort, reading: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the name of every check and its rows."""
    yield "settings", _settings(claims, cohort, reading)
    rows = raised(cohort, reading)
    yield "more voices", _steps(claims, cohort, rows, "k")
    yield "more groups", _steps(claims, cohort, rows, "m")
    yield "weakest site", _weakest(claims)
    for by in BY:
        yield by, _left_out(claims, cohort, reading, by)
    yield "resampled voices", bootstrap_stability(cohort, reading)
    yield "coding errors", bootstrap_coding_errors(cohort, reading)
    yield "beyond these sites", _beyond(claims, cohort)


def robustness(cohort: Cohort, reading: str = "difficulty") -> pd.DataFrame:
    """Say of every challenge that is common or widespread what would overturn the claim, and what would not.

    Parameters
    ----------
    cohort : Cohort
    reading : {"difficulty", "documented"}

    Returns
    -------
    DataFrame
        code, label, reading, class, check, left_out (what is left out, or the setting), verdict (class then), lost
        (the class is weaker then), gained (stronger), estimate, lo, hi, n, method (what the estimate is, and of
        what), status, reason. What does not apply to a check is missing or "". The checks:

        `settings`            share of the settings of j, k, m and resolve in which it is common (`grid`)
        `more voices`, `more groups`    up to which k and m it holds; left_out is the first at which it does not
        `weakest site`        the fewest voices at any site, and where
        `site`, `informant`, `group`, `coder`    without each in turn (`leave_out`); a site whose absence gains
                              a class is pivotal: the only one that fails it
        `resampled voices`    share of resamples of the voices in which it is common (`bootstrap_stability`)
        `coding errors`       the same, with coders' errors put right (`bootstrap_coding_errors`)
        `beyond these sites`  the share of sites and its Wilson interval (`beyond_sites` gives four)

        Without a claim there is one row with the reason.

    Notes
    -----
    The rule is counts: k and m stay as planned whatever is left out.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> card = robustness(load_cohort("template"))
    >>> sorted(card["class"].unique())
    ['common', 'widespread']
    """
    table = common_challenges(cohort, reading)
    claims = table[table["class"].isin(CLAIMS)].reset_index(drop=True)
    if claims.empty:
        return _no_claim(table, cohort, reading)
    parts = [part.assign(check=name) for name, part in _checks(claims, cohort, reading)]
    parts = [part.drop(columns=["label", "reading", "class"], errors="ignore") for part in parts]
    card = pd.concat([_typed(part) for part in parts], ignore_index=True)
    card = card.merge(claims[["code", "label", "reading", "class"]], on="code")
    order = card["code"].map({code: n for n, code in enumerate(claims["code"])})
    return card.loc[order.sort_values(kind="stable").index, COLUMNS].reset_index(drop=True)


def _typed(part: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one check with every column of the card, typed alike: "" and missing where it has none."""
    blank = {"left_out": "", "verdict": "", "method": "", "status": "ok", "reason": ""}
    columns = [column for column in COLUMNS if column not in ("label", "reading", "class")]
    part = part.reindex(columns=columns).astype(dict.fromkeys(blank, object)).fillna(blank)
    numbers = dict.fromkeys(("estimate", "lo", "hi"), float) | {"n": int}
    return part.astype(numbers | {"lost": "boolean", "gained": "boolean"} | dict.fromkeys(blank, "str"))


def _no_claim(table: pd.DataFrame, cohort: Cohort, reading: str) -> pd.DataFrame:
    """Return the one row of a card without a claim."""
    judged = (table["status"] == "ok").any()
    none = "no challenge is common or widespread under the plan: there is no claim to overturn"
    why = uncoded(cohort) or (none if judged or table.empty else table["reason"].iloc[0])
    row = pd.DataFrame([{"code": "", "check": "", "n": 0, "status": "not_assessable", "reason": why}])
    return _typed(row).assign(label="", reading=reading, **{"class": ""})[COLUMNS]
