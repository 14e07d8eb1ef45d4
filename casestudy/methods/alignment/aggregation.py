"""May the answers of one site be averaged? Agreement within sites, and how far sites differ.

All of it presupposes that the items are one scale (`scale_reliability`); it is computed all the same where
they are not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from .answers import answers, no_survey, scale_items, scores

# Variance of the answers if people answered without regard to what they think, by number of options. Uniform is
# (A² - 1) / 12; the slight skew is that of LeBreton & Senter (2008), of which we give the case of five options.
SLIGHT_SKEW = {5: 1.34}
# Both sets of words are those of LeBreton & Senter (2008).
AGREEMENT = ((0.90, "very strong"), (0.70, "strong"), (0.50, "moderate"), (0.30, "weak"), (-np.inf, "lacking"))
EFFECT = ((0.25, "large"), (0.10, "medium"), (0.01, "small"), (-np.inf, "negligible"))
ENOUGH = 0.70  # rwg(j) from which agreement at a site, and ICC(2) from which a mean of a site, are usually accepted

SITE_COLUMNS = ["site", "estimate", "lo", "hi", "skewed", "ad", "ad_cut", "sd", "reading", "n", "method"]
SITE_COLUMNS += ["status", "reason"]
COLUMNS = ["measure", "estimate", "lo", "hi", "n", "groups", "reading", "method", "status", "reason"]


def _null_variance(options: int, null: str) -> float:
    if null not in ("uniform", "slight skew"):
        raise ValueError(f"null is {null!r}; write 'uniform' or 'slight skew'")
    return (options**2 - 1) / 12 if null == "uniform" else SLIGHT_SKEW.get(options, np.nan)


def rwg_j(items: pd.DataFrame, options: int, null: str = "uniform") -> float:
    """Return rwg(j), the agreement of one group's members on several items (James, Demaree & Wolf 1984).

    With J items, mean variance s² and the variance σ² of answers given at random,
    J (1 - s²/σ²) / (J (1 - s²/σ²) + s²/σ²). Outside 0 to 1 (more spread than at random) it is set to 0.

    Parameters
    ----------
    items : DataFrame
        One row per member of the group, one column per item.
    options : int
        How many answers an item offers.
    null : {"uniform", "slight skew"}
        What answers at random look like: each option alike, or leaning to one side as courtesy makes them. The second
        is known for five options; nan for another number, and with fewer than two members.

    Examples
    --------
    >>> round(rwg_j(pd.DataFrame({"a": [4, 4, 5], "b": [4, 5, 4]}), 5), 3)
    0.909
    """
    spread = items.var().mean() / _null_variance(options, null)
    if np.isnan(spread):
        return float("nan")
    agreed = items.shape[1] * (1 - spread)
    return float(agreed / (agreed + spread)) if 0 <= spread <= 1 else 0.0


def ad_m(items: pd.DataFrame) -> float:
    """Return the average deviation of one group's members from the mean, over items (Burke & Dunlap 2002).

    In points of the answers; up to a sixth of the number of options counts as agreement.
    """
    return float((items - items.mean()).abs().mean().mean()) if len(items) else float("nan")


def icc(items: pd.DataFrame | pd.Series, groups, level: float = 0.95) -> pd.Series:
    """Return how much of the differences between people lies between groups: ICC(1), ICC(2) and the F test.

    One-way random analysis of variance (Bliese 2000). ICC(1) is the share of variance that lies between groups, ICC(2)
    the reliability of the groups' means. If groups differ less than chance would have them, both are below 0 and shown
    so.

    Parameters
    ----------
    items : DataFrame or Series
        Answers (their mean over items is taken) or scores, one row per person; missing scores are left out.
    groups : sequence
        The group of each row.
    level : float
        Of the intervals, from the F distribution; approximate if the groups differ in size.

    Returns
    -------
    Series
        icc1, icc1_lo, icc1_hi, icc2, icc2_lo, icc2_hi, f, df1, df2, p, k (mean group size for unequal groups), n,
        groups. nan where there are fewer than two groups, no group of two, or no variance.

    Examples
    --------
    >>> icc(pd.Series([1, 2, 3, 5, 6, 7]), ["a"] * 3 + ["b"] * 3)[["icc1", "icc2"]].round(2).tolist()
    [0.88, 0.96]
    """
    values = items.mean(axis=1) if isinstance(items, pd.DataFrame) else items
    frame = pd.DataFrame({"value": values.to_numpy(float), "group": np.asarray(groups)}).dropna()
    sites = frame.groupby("group")["value"]
    n, count, total = sites.size().to_numpy(float), sites.ngroups, len(frame)
    names = ("icc1", "icc1_lo", "icc1_hi", "icc2", "icc2_lo", "icc2_hi", "f", "df1", "df2", "p", "k", "n", "groups")
    found = dict.fromkeys(names, np.nan) | {"n": total, "groups": count, "df1": count - 1, "df2": total - count}
    if count < 2 or total <= count:
        return pd.Series(found)
    between = float((n * (sites.mean() - frame["value"].mean()) ** 2).sum()) / (count - 1)
    within = float(((frame["value"] - sites.transform("mean")) ** 2).sum()) / (total - count)
    found["k"] = k = (total - (n**2).sum() / total) / (count - 1)
    if max(between, within) < 1e-12:
        return pd.Series(found)
    return pd.Series(found | _correlations(between, within, k, count - 1, total - count, level))


def _correlations(between: float, within: float, k: float, df1: int, df2: int, level: float) -> dict[str, float]:
    from scipy.stats import f as distribution

    ratio = between / within if within else np.inf
    edges = distribution.ppf([(1 + level) / 2, (1 - level) / 2], df1, df2)
    found = {"f": ratio, "p": float(distribution.sf(ratio, df1, df2))}
    for end, value in (("", ratio), ("_lo", ratio / edges[0]), ("_hi", ratio / edges[1])):
        found[f"icc1{end}"] = 1.0 if np.isinf(value) else (value - 1) / (value + k - 1)
        found[f"icc2{end}"] = 1 - 1 / value if value else -np.inf
    return found


def _named(value: float, steps: tuple) -> str:
    return next((word for edge, word in steps if value > edge or np.isclose(value, edge)), "")


def _options(cohort: Cohort, scale: str | None) -> int:
    first = scale_items(cohort, scale).iloc[0]
    return int(first["max"]) - int(first["min"]) + 1


def aggregation(cohort: Cohort, scale: str | None = None) -> pd.DataFrame:
    """Return how far the respondents of each site agree.

    Returns
    -------
    DataFrame
        site, estimate (rwg(j), answers at random alike in every option), lo, hi (missing), skewed (rwg(j) if they lean
        slightly to one side; missing unless there are five options), ad (average deviation from the mean, in points),
        ad_cut (the most that counts as agreement), sd (of the respondents' scores), reading (lacking to very strong,
        LeBreton & Senter 2008), n (respondents), method, status, reason. Sites in declared order; none without a
        survey.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> aggregation(load_cohort("alignment-teaching"))["reading"].unique().tolist()
    ['strong']
    """
    if no_survey(cohort):
        return pd.DataFrame(columns=SITE_COLUMNS)
    given, options = answers(cohort, scale), _options(cohort, scale)
    sites = dict(list(given.groupby(level="site")))
    rows = [_of_site(site, sites.get(site, given.iloc[:0]), options) for site in cohort.sites["site"]]
    return pd.DataFrame(rows, columns=SITE_COLUMNS)


def _of_site(site: str, given: pd.DataFrame, options: int) -> dict:
    n = int(given.notna().any(axis=1).sum())
    value = rwg_j(given, options) if n > 1 else np.nan
    row = {"site": site, "estimate": value, "lo": np.nan, "hi": np.nan, "n": n, "ad_cut": options / 6}
    row["method"] = f"rwg(j) over {given.shape[1]} items, {options} options; no interval"
    if np.isnan(value):
        why = "nobody answered" if not n else f"agreement needs two respondents, here {n}"
        return row | {"status": "not_assessable", "reason": why, "reading": ""}
    row |= {"skewed": rwg_j(given, options, "slight skew"), "ad": ad_m(given), "sd": scores(given).std()}
    return row | {"reading": _named(value, AGREEMENT), "status": "ok", "reason": ""}


def aggregation_overall(cohort: Cohort, scale: str | None = None) -> pd.DataFrame:
    """Return ICC(1) and ICC(2) over all sites: do sites differ, and are their means reliable?

    Returns
    -------
    DataFrame
        measure, estimate, lo, hi, n (respondents with a score), groups (sites), reading (ICC(1): negligible, small,
        medium, large at .01, .10, .25; ICC(2): `enough` from .70; below 0 is shown as it is), method (with the F test),
        status, reason.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> aggregation_overall(load_cohort("alignment-teaching"))["estimate"].round(2).tolist()
    [0.14, 0.9]
    """
    why = no_survey(cohort)
    if why:
        none = {"measure": "", "n": 0, "groups": 0, "reading": "", "status": "not_assessable", "reason": why}
        return pd.DataFrame([none], columns=COLUMNS)
    score = scores(answers(cohort, scale)).dropna()
    found = icc(score, score.index.get_level_values("site"), cohort.plan.ci_level)
    if np.isnan(found["icc1"]):
        why = "one site: there is nothing to compare" if found["groups"] < 2 else "no site has two differing answers"
    p = "p < .001" if found["p"] < 0.001 else f"p = {found['p']:.3f}"
    test = f"one-way analysis of variance, F({found['df1']:.0f}, {found['df2']:.0f}) = {found['f']:.2f}, {p}"
    enough = "enough" if found["icc2"] >= ENOUGH else "not enough"
    readings = {"ICC(1)": _named(found["icc1"], EFFECT), "ICC(2)": enough}
    rows = [
        {"measure": measure, "estimate": found[key], "lo": found[f"{key}_lo"], "hi": found[f"{key}_hi"]}
        | {"n": int(found["n"]), "groups": int(found["groups"]), "reading": "" if why else readings[measure]}
        | {"method": "" if why else test, "status": "not_estimable" if why else "ok", "reason": why}
        for measure, key in (("ICC(1)", "icc1"), ("ICC(2)", "icc2"))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
