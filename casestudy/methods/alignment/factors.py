"""What sets the extremes apart and what they share, whether it holds along the whole index, and how firmly."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import generator
from .extremes import QUARTER, end_size, extremes, ranked
from .index import alignment_index

PRESENT = 2  # mean strength, of 0 to 3, from which a factor counts as present

SIDE = 3  # sites needed at each end, as for every contrast of sites

MOST = 20_000  # relabellings up to which a permutation is enumerated; of more, as many are drawn

CLASSES = ("distinguishing", "common", "absent", "unresolved")

COLUMNS = ["factor", "label", "theme", "class", "present_high", "n_high", "present_low", "n_low", "estimate", "lo"]
COLUMNS += ["hi", "mean_high", "mean_low", "delta", "p", "floor", "n", "method", "status", "reason"]
GRADIENT = ["factor", "label", "estimate", "lo", "hi", "p", "p_adjusted", "floor", "n", "method", "status"]
GRADIENT += ["reason"]
STABILITY = ["factor", "label", "class", "estimate", "lo", "hi", *CLASSES, "raters", "disputed", "n", "method"]
STABILITY += ["status", "reason"]


def strengths(cohort: Cohort, rater: str | None = None) -> pd.DataFrame:
    """Return the strength of each factor at each site, the mean of its raters or that of one.

    Returns
    -------
    DataFrame
        Factors (rows) by sites (columns) in declared order, 0 to 3; missing = nobody judged it.
    """
    rows = cohort.site_factors
    rows = rows if rater is None else rows[rows["rater"] == rater]
    mean = pd.to_numeric(rows["strength"]).groupby([rows["factor"], rows["site"]]).mean().unstack()
    return mean.reindex(index=cohort.factors["factor"], columns=cohort.sites["site"]).astype(float)


def _class_of(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """Return the class for shares of sites that have a factor, high and low."""
    part, little = 2 / 3 - 1e-9, 1 / 3 + 1e-9
    cases = [np.abs(high - low) >= part, np.minimum(high, low) >= part, np.maximum(high, low) <= little]
    return np.where(np.isnan(high + low), "", np.select(cases, CLASSES[:3], CLASSES[3]))


def _shares(strength: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the share of the chosen sites (rows of 0/1) that have each factor, among those judged."""
    known = ~np.isnan(strength)
    have, judged = chosen @ (strength >= PRESENT).T, chosen @ known.T
    return np.divide(have, judged, out=np.full(judged.shape, np.nan), where=judged > 0)


def _why_not(cohort: Cohort, ends: pd.DataFrame) -> str:
    if cohort.factors.empty or cohort.site_factors.empty:
        return "this cohort has no factors judged per site"
    if not ends["end"].any():
        return next((why for why in ends["reason"] if why), "no site can be picked")
    q = int(ends["end"].eq("high").sum())
    few = f"{q} site{'s' * (q != 1)} an end: a contrast needs {SIDE}; the smallest p it could give is"
    return f"{few} {1 / math.comb(2 * q, q):.3f}" if q < SIDE else ""


def _compare(high: np.ndarray, low: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """Return means, Cliff's delta, and the exact one-sided p of the difference of means with its floor."""
    from scipy.stats import permutation_test

    ways = math.comb(len(high) + len(low), len(high))
    test = permutation_test(
        (high, low),
        lambda a, b, axis: a.mean(axis) - b.mean(axis),
        vectorized=True,
        alternative="greater",
        n_resamples=min(ways, MOST),
        random_state=rng,
    )
    delta = np.sign(high[:, None] - low[None]).mean()
    p = {"p": float(test.pvalue), "floor": 1 / ways if ways <= MOST else 1 / (MOST + 1)}
    return {"mean_high": high.mean(), "mean_low": low.mean(), "delta": delta, **p}


def classify_factors(cohort: Cohort, share: float = QUARTER, variant: str = "groups") -> pd.DataFrame:
    """Sort factors by what they do at the extremes: set them apart, stand at both, stand at neither.

    A factor is present at a site from a mean strength of 2. *Distinguishing*: the shares of high and low sites that
    have it differ by two thirds or more; *common*: at least two thirds of both have it; *absent*: at most a third of
    both; else *unresolved*.

    Parameters
    ----------
    cohort : Cohort
    share, variant
        As for `extremes` and `alignment_index`.

    Returns
    -------
    DataFrame
        factor, label, theme, class, present_high, n_high, present_low, n_low (sites with the factor, of those judged),
        estimate (difference of the shares), lo, hi (missing), mean_high, mean_low (strength), delta (Cliff's: chance
        that a high site is stronger less chance that it is weaker), p (one-sided: stronger at the most
        aligned; of a factor that stands at the least aligned near 1; exact permutation), floor (the smallest p so few
        sites can give), n (sites compared), method, status, reason.
        Fewer than three sites an end: `not_assessable`.

    Notes
    -----
    A factor that is distinguishing with an estimate below 0 is found more at the least aligned. Each p stands
    alone: with several factors tried, some reach the floor by chance.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> classify_factors(load_cohort("alignment-teaching").with_plan(B=20))["class"].value_counts().to_dict()
    {'distinguishing': 5, 'common': 3}
    """
    ends = extremes(alignment_index(cohort, variant), share)
    table, why = cohort.factors[["factor", "label", "theme"]], _why_not(cohort, ends)
    method = (
        f"present from a mean strength of {PRESENT}; exact permutation of strengths, one-sided: stronger at the most"
    )
    method += " aligned"
    if why:
        told = table if len(table) else pd.DataFrame({"factor": [""], "label": [""], "theme": [""]})
        return told.assign(**{"class": ""}, n=0, status="not_assessable", reason=why).reindex(columns=COLUMNS)
    rng, strength = generator(cohort, "alignment factors"), strengths(cohort)
    sides = {end: strength.loc[:, ends["end"].eq(end).to_numpy()] for end in ("high", "low")}
    rows = [
        _one_factor(*(side.loc[name].dropna().to_numpy() for side in sides.values()), rng) for name in strength.index
    ]
    return table.assign(lo=np.nan, hi=np.nan, method=method).join(pd.DataFrame(rows, index=table.index))[COLUMNS]


def _one_factor(high: np.ndarray, low: np.ndarray, rng: np.random.Generator) -> dict:
    row = {"n": len(high) + len(low), "n_high": len(high), "n_low": len(low)}
    row |= {"present_high": int((high >= PRESENT).sum()), "present_low": int((low >= PRESENT).sum())}
    if min(len(high), len(low)) < SIDE:
        told = f"judged at {len(high)} high and {len(low)} low sites: a contrast needs {SIDE} a side"
        return row | {"class": "", "status": "not_assessable", "reason": told}
    shares = [(side >= PRESENT).mean() for side in (high, low)]
    row |= {"estimate": shares[0] - shares[1], "class": str(_class_of(*map(np.asarray, shares)))}
    return row | _compare(high, low, rng) | {"status": "ok", "reason": ""}


def _orders(sites: int, rng: np.random.Generator) -> tuple[np.ndarray, bool]:
    """Return orders of the sites (rows): all of them if they are few, else some drawn at random."""
    if math.factorial(sites) <= MOST:
        return np.array(list(permutations(range(sites)))), True
    return np.argsort(rng.random((MOST, sites)), axis=1), False


def factor_gradient(cohort: Cohort, variant: str = "groups") -> pd.DataFrame:
    """Ask whether a factor rises with the index over all sites, not only from one extreme to the other.

    What truly goes with alignment should rise in the middle too; a design that looks at the extremes cannot see that.

    Returns
    -------
    DataFrame
        factor, label, estimate (Spearman's rank correlation of strength and index), lo, hi (missing), p (two-sided,
        permutation of the sites: all orders if there are at most 20,000, else that many drawn, whatever the plan's B),
        p_adjusted (the largest correlation of any factor: Westfall & Young 1993), floor (the smallest p the orders can
        give; of drawn ones 1 / (draws + 1)), n (sites), method, status, reason.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = factor_gradient(load_cohort("alignment-teaching").with_plan(B=200)).set_index("factor")
    >>> bool(table.loc["community_credibility", "estimate"] > 0.7)
    True
    """
    from scipy.stats import spearmanr

    index = alignment_index(cohort, variant)
    table, known = cohort.factors[["factor", "label"]], index["estimate"].notna().to_numpy()
    why = "this cohort has no factors judged per site" if cohort.site_factors.empty or table.empty else ""
    why = why or next((told for told in index["reason"] if told and not known.any()), "")
    if why or known.sum() < SIDE:
        told = table if len(table) else pd.DataFrame({"factor": [""], "label": [""]})
        why = why or f"{known.sum()} sites have an index: a gradient needs {SIDE}"
        return told.assign(n=0, status="not_assessable", reason=why).reindex(columns=GRADIENT)
    level, strength = index.loc[known, "estimate"].to_numpy(), strengths(cohort).loc[:, known].to_numpy()
    orders, exact = _orders(len(level), generator(cohort, "alignment gradient"))
    rows, drawn = [], []
    for values in strength:
        judged = ~np.isnan(values)
        varied = judged.sum() >= SIDE and np.ptp(values[judged]) > 0
        rows.append(spearmanr(values[judged], level[judged]).statistic if varied else np.nan)
        drawn.append(np.abs(_correlated(values, level, orders)) if varied else np.full(len(orders), np.nan))
    far, drawn = np.abs(rows), np.array(drawn)
    largest = np.nan_to_num(drawn, nan=-1).max(0)
    add = 0 if exact else 1
    p = [[(d >= f - 1e-12).sum() for f, d in zip(far, those, strict=True)] for those in (drawn, [largest] * len(far))]
    p = np.where(np.isnan(far), np.nan, (np.array(p) + add) / (len(orders) + add))
    drew = "all orders of the sites" if exact else f"sites permuted, B={MOST}"
    return table.assign(
        estimate=rows,
        lo=np.nan,
        hi=np.nan,
        p=p[0],
        p_adjusted=p[1],
        floor=[_floor(those, exact) for those in drawn],
        n=(~np.isnan(strength)).sum(1),
        method=f"Spearman; {drew}, two-sided; max-T over the factors",
        status=np.where(np.isnan(far), "not_estimable", "ok"),
        reason=np.where(np.isnan(far), "the same strength at every site that was judged", ""),
    )[GRADIENT]


def _floor(drawn: np.ndarray, exact: bool) -> float:
    """Return the smallest p that these correlations can give: equal strengths and both directions raise it."""
    if np.isnan(drawn).any():
        return float("nan")
    return float((drawn >= drawn.max() - 1e-12).mean()) if exact else 1 / (len(drawn) + 1)


def _correlated(values: np.ndarray, level: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """Return the rank correlation of a factor with the index in every order of the sites."""
    from scipy.stats import rankdata

    judged = ~np.isnan(values)
    strength, place = rankdata(values[judged]), rankdata(level)[orders][:, judged]
    strength, place = strength - strength.mean(), place - place.mean(1, keepdims=True)
    length = np.sqrt((strength**2).sum() * (place**2).sum(1))
    return np.divide(place @ strength, length, out=np.zeros(len(place)), where=length > 0)


def factor_stability(cohort: Cohort, share: float = QUARTER, variant: str = "groups") -> pd.DataFrame:
    """Sort the factors again with the extremes that other respondents would have picked, and with single raters.

    Returns
    -------
    DataFrame
        factor, label, class (as from `classify_factors`), estimate (share of resamples with the same class), lo, hi
        (missing), distinguishing, common, absent, unresolved (share of resamples in each class), raters (class by each
        one alone, `;`), disputed (sites where raters stand on different sides of the cut, `;`), n (resamples), method,
        status, reason.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> bool(factor_stability(load_cohort("alignment-teaching").with_plan(B=50))["estimate"].min() > 0.5)
    True
    """
    found = classify_factors(cohort, share, variant)
    table = found[["factor", "label", "class", "status", "reason"]]
    if not found["status"].eq("ok").any():
        return table.assign(raters="", disputed="", n=0).reindex(columns=STABILITY)
    index, places = ranked(cohort, variant, None)
    able = index["eligible"].astype(bool).to_numpy()
    q, strength = end_size(able.sum(), share), strengths(cohort).to_numpy()
    high, low = (places <= q).astype(float), (places > able.sum() - q).astype(float)
    drawn = _class_of(_shares(strength[:, able], high), _shares(strength[:, able], low))
    table = table.assign(**{name: (drawn == name).mean(0) for name in CLASSES}, n=len(places), lo=np.nan, hi=np.nan)
    table["estimate"] = (drawn == found["class"].to_numpy()).mean(0)
    ends = extremes(index, share)["end"].to_numpy()
    table["raters"], table["disputed"] = _by_rater(cohort, ends)
    return table.assign(method="respondents drawn within site and group; strengths as they are")[STABILITY]


def _by_rater(cohort: Cohort, ends: np.ndarray) -> tuple[list[str], list[str]]:
    """Return the class of each factor by each rater alone, and the sites at which raters dispute it."""
    raters = list(dict.fromkeys(cohort.site_factors["rater"]))
    alone = {rater: strengths(cohort, rater) for rater in raters}
    sides = [(ends == end).astype(float)[None] for end in ("high", "low")]
    classes = {r: _class_of(*(_shares(s.to_numpy(), side)[0] for side in sides)) for r, s in alone.items()}
    told = [
        "; ".join(f"rater {rater}: {classes[rater][n] or 'cannot tell'}" for rater in raters)
        for n in range(len(cohort.factors))
    ]
    have = np.array([(s >= PRESENT).where(s.notna()).to_numpy(float) for s in alone.values()])
    split = (have == 1).any(0) & (have == 0).any(0)
    return told, [";".join(cohort.sites["site"][row]) for row in split]
