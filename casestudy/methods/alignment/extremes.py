"""The most and the least aligned quarter of the sites, and how often other respondents would have picked the same."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import generator
from .answers import answers, scale_items
from .index import alignment_index, replicates, why_not

QUARTER = 0.25

COLUMNS = ["site", "estimate", "lo", "hi", "place", "end", "tied", "n", "status", "reason"]
STABILITY = ["site", "end", "estimate", "lo", "hi", "place", "p_high", "p_low", "identical", "n", "method"]
STABILITY += ["status", "reason"]
LEFT_OUT = ["left_out", "what", "high", "low", "kept", "of", "same", "rho", "status", "reason"]


def end_size(sites: int, share: float = QUARTER) -> int:
    """Return how many sites an end holds: the whole number of sites in the share.

    Quantile functions interpolate between sites, or take in those on the edge, and pick 4 + 4 or 4 + 3 of fourteen.

    >>> end_size(14), end_size(4), end_size(3)
    (3, 1, 0)
    """
    return math.floor(sites * share + 1e-9)


def _chosen(able: pd.DataFrame, q: int, sign: int, ties: str) -> tuple[list[str], list[str]]:
    """Return the sites at one end (sign -1: the highest), and those equal to a site on the other side of the cut."""
    value = sign * able["estimate"].round(9)
    order = able.assign(value=value, width=able["hi"] - able["lo"])
    order = order.sort_values(["value", "width"], kind="stable")
    cut = order["value"].iloc[q - 1]
    level = order[order["value"] == cut]
    inside = order["value"] <= cut if ties == "keep" else pd.Series(np.arange(len(order)) < q, index=order.index)
    crosses = (order["value"] <= cut).sum() > q
    return order.loc[inside, "site"].tolist(), level["site"].tolist() if crosses else []


def extremes(index: pd.DataFrame, share: float = QUARTER, ties: str = "break") -> pd.DataFrame:
    """Pick the highest and the lowest share of sites.

    Parameters
    ----------
    index : DataFrame
        As from `alignment_index`. Sites that are not eligible (too few answered) keep their place but are not picked,
        and do not count among the sites of which a share is taken.
    share : float
        Of the eligible sites, at each end; the number is rounded down.
    ties : {"break", "keep"}
        Among sites equal at the cut take the one with the narrowest interval (then the declared order), or all.

    Returns
    -------
    DataFrame
        site, estimate, lo, hi, place, end (`high`, `low`, or blank), tied (equal to a site on the other side of the
        cut), n (respondents), status, reason. Without enough sites for one at each end, or where those at the two cuts
        are equal, no site is picked and every row says why.

    Examples
    --------
    >>> index = pd.DataFrame({"site": list("abcdefghijklmn"), "estimate": range(14), "status": "ok", "eligible": True})
    >>> extremes(index)["end"].value_counts().to_dict()
    {'': 8, 'low': 3, 'high': 3}
    """
    if not 0 < share <= 0.5 or ties not in ("break", "keep"):
        raise ValueError("share lies above 0 and up to 0.5; ties is 'break' or 'keep'")
    table = index.reindex(columns=[*COLUMNS, "eligible"]).assign(end="", tied=False, reason=index.get("reason", ""))
    able = table[table["eligible"].astype(bool) & (table["status"] == "ok")]
    q = end_size(len(able), share)
    why = "" if q else f"of {len(able)} sites with enough answers no whole one makes up a share of {share:g}"
    if q:
        ends = {end: _chosen(able, q, sign, ties) for end, sign in (("high", -1), ("low", 1))}
        if set(ends["high"][0]) & set(ends["low"][0]) or set(ends["high"][1]) & set(ends["low"][1]):
            why = "the sites at the two cuts are equal: there is no most and no least aligned one"
    if why:
        told = table["reason"].where(table["status"] != "ok", why)
        return table.assign(status="not_assessable", reason=told)[COLUMNS]
    for end, (chosen, level) in ends.items():
        table["end"] = table["end"].mask(table["site"].isin(chosen), end)
        table["tied"] |= table["site"].isin(level)
    return table[COLUMNS]


def ranked(cohort: Cohort, variant: str, scale: str | None) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the index and, for eligible sites, the place of each in every resample (draws × sites).

    Equal values in a resample get their places at random, or the declared order would favour some sites.
    """
    index = alignment_index(cohort, variant, scale)
    drawn = replicates(cohort, scale)[1][variant][1:, index["eligible"].astype(bool)]
    noise = generator(cohort, "alignment ties").random(drawn.shape)
    order = np.lexsort((noise, -drawn.round(9)), axis=1)
    return index, np.argsort(order, axis=1) + 1


def rank_stability(
    cohort: Cohort, share: float = QUARTER, variant: str = "groups", scale: str | None = None
) -> pd.DataFrame:
    """Ask how often the same sites would be the extremes if other people of the same groups had answered.

    Parameters
    ----------
    cohort : Cohort
    share, variant, scale
        As for `extremes` and `alignment_index`.

    Returns
    -------
    DataFrame
        site, end (as picked), estimate (share of resamples in which it is picked at that end; of a site in the
        middle, in which it stays there), lo, hi (interval of its place), place, p_high, p_low (shares of resamples at
        each end), identical (share of resamples with exactly the same extremes, the same for every row), n
        (resamples), method, status, reason. Eligible sites only, in declared order.

    Notes
    -----
    Answers that may be averaged (a high ICC(2)) do not make the extremes certain: sites near the cut change places.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = rank_stability(load_cohort("alignment-teaching").with_plan(B=200))
    >>> bool(table["identical"].iloc[0] > 0.5)
    True
    """
    ends = extremes(alignment_index(cohort, variant, scale), share)
    able = ends[ends["status"] == "ok"]
    if why_not(cohort, scale) or not ends["end"].any():
        told = ends[["site", "place", "reason"]].assign(end="", n=0, status="not_assessable")
        return told.reindex(columns=STABILITY)
    index, places = ranked(cohort, variant, scale)
    able = ends[index["eligible"].astype(bool).to_numpy()]
    q, size = end_size(len(able), share), len(able)
    high, low = places <= q, places > size - q
    same = (high == able["end"].eq("high").to_numpy()) & (low == able["end"].eq("low").to_numpy())
    level = cohort.plan.ci_level
    ends_of = np.quantile(places, [(1 - level) / 2, (1 + level) / 2], axis=0, method="nearest")
    table = able[["site", "end", "place"]].assign(
        estimate=same.mean(0), lo=ends_of[0], hi=ends_of[1], p_high=high.mean(0), p_low=low.mean(0)
    )
    method = f"respondents drawn within site and group; {q} sites an end"
    told = {"identical": same.all(1).mean(), "n": len(places), "method": method, "status": "ok", "reason": ""}
    return table.assign(**told)[STABILITY].reset_index(drop=True)


def rank_probabilities(cohort: Cohort, variant: str = "groups", scale: str | None = None) -> pd.DataFrame:
    """Return in which share of the resamples each site takes each place.

    Returns
    -------
    DataFrame
        Eligible sites in the order of the index (rows) by places, 1 = highest (columns); rows and columns sum to 1.
        Empty if there is no survey, one site, or no one thing that the items measure.
    """
    if why_not(cohort, scale):
        return pd.DataFrame()
    index, places = ranked(cohort, variant, scale)
    sites = index.loc[index["eligible"].astype(bool)].reset_index(drop=True)
    shares = np.array([np.bincount(column, minlength=len(sites) + 1)[1:] for column in places.T]) / len(places)
    table = pd.DataFrame(shares, index=sites["site"], columns=range(1, len(sites) + 1))
    return table.iloc[sites["estimate"].argsort(kind="stable")[::-1]]


def _left_out(cohort: Cohort, scale: str | None) -> list[tuple[str, str, Cohort]]:
    items, score = list(scale_items(cohort, scale).index), answers(cohort, scale)
    met = set(score.index.get_level_values("group"))
    less = [
        ("item", item, cohort.with_tables(survey_items=cohort.survey_items.query("item != @item"))) for item in items
    ]
    return less * (len(items) > 1) + [
        ("group", group, cohort.with_tables(survey_respondents=cohort.survey_respondents.query("group != @group")))
        for group in cohort.groups
        if group in met and len(met) > 1
    ]


def leave_out(
    cohort: Cohort, share: float = QUARTER, variant: str = "groups", scale: str | None = None
) -> pd.DataFrame:
    """Pick the extremes again without each item and without each stakeholder group.

    Returns
    -------
    DataFrame
        left_out (`item` or `group`), what (its key), high, low (sites then picked, `;`), kept (how many of the
        extremes remain), of (how many there were), same, rho (Spearman's rank correlation with the whole index),
        status, reason. Empty if no extremes can be picked.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> leave_out(load_cohort("alignment-teaching").with_plan(B=20))["left_out"].value_counts().to_dict()
    {'item': 6, 'group': 5}
    """
    whole = alignment_index(cohort, variant, scale)
    first = extremes(whole, share)
    if not first["end"].any():
        return pd.DataFrame(columns=LEFT_OUT)
    rows = [_again(whole, first, share, variant, *less, scale) for less in _left_out(cohort, scale)]
    return pd.DataFrame(rows, columns=LEFT_OUT)


def _again(whole, first, share, variant, kind, what, less, scale) -> dict:
    from scipy.stats import spearmanr

    index = alignment_index(less, variant, scale)
    ends = extremes(index, share)
    both = whole["estimate"].notna() & index["estimate"].notna()
    row = {"left_out": kind, "what": what, "of": int(first["end"].ne("").sum())}
    row |= {end: ";".join(ends.loc[ends["end"] == end, "site"]) for end in ("high", "low")}
    row["kept"] = int((first["end"].ne("") & (first["end"] == ends["end"])).sum())
    row["same"] = bool((first["end"] == ends["end"]).all())
    row["rho"] = spearmanr(whole["estimate"][both], index["estimate"][both]).statistic if both.sum() > 2 else np.nan
    picked = ends["end"].any()
    reason = "" if picked else next(why for why in ends["reason"] if why)
    return row | {"status": "ok" if picked else "not_assessable", "reason": reason}
