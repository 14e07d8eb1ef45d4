"""The alignment index of each site, in several variants, with what other respondents would have made of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import generator, wilson
from .answers import FEWEST, answers, no_survey, scores
from .scale import no_scale

# variant -> what it is; the first is the default
VARIANTS = {
    "groups": "mean of the means of stakeholder groups",
    "plain": "mean of all respondents",
    "shrunken": "mean of all respondents, drawn towards that of all sites the fewer answered",
    "consensus": "mean of group means, plus agreement: both in standard deviations over sites",
    "gap": "how near the stakeholder groups are: 0 less the distance of the highest and lowest group mean",
    "frame": "group means weighted by how many of each group were invited",
}
COLUMNS = ["site", "variant", "estimate", "lo", "hi", "place", "n", "groups", "sd", "eligible", "method"]
COLUMNS += ["status", "reason"]
RATES = ["site", "group", "invited", "responded", "answered", "estimate", "lo", "hi", "n", "method", "status", "reason"]


class Moments(NamedTuple):
    """Respondents (sites × groups), sums and sums of squares of their scores (draws × sites × groups); draw 0 is what
    was observed."""

    n: np.ndarray
    total: np.ndarray
    squares: np.ndarray


def moments(score: pd.Series, sites: list[str], groups: list[str], rng=None, draws: int = 0) -> Moments:
    """Return the moments of the scores as observed, and of respondents drawn anew within each site and group."""
    n = np.zeros((len(sites), len(groups)))
    total, squares = (np.zeros((draws + 1, *n.shape)) for _ in range(2))
    values = {key: part.to_numpy() for key, part in score.dropna().groupby(level=["site", "group"])}
    for (site, group), own in sorted(values.items()):
        at = (sites.index(site), groups.index(group))
        drawn = own[rng.integers(0, len(own), (draws, len(own)))] if draws else np.zeros((0, len(own)))
        n[at] = len(own)
        for store, power in ((total, 1), (squares, 2)):
            store[(slice(None), *at)] = np.r_[(own**power).sum(), (drawn**power).sum(1)]
    return Moments(n, total, squares)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def _shrunken(plain: np.ndarray, within: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return empirical-Bayes means: each drawn to the mean of all by the share of it that is sampling error."""
    people, sites = n.sum(), (n > 0).sum()
    if people <= sites or sites < 2:
        return np.full(plain.shape, np.nan)
    grand = np.nansum(plain * n, axis=1, keepdims=True) / people
    error = within.sum(1, keepdims=True) / (people - sites)
    between = np.nansum(n * (plain - grand) ** 2, axis=1, keepdims=True) / (sites - 1)
    size = (people - (n**2).sum() / people) / (sites - 1)
    spread = np.maximum((between - error) / size, 0)
    return grand + _ratio(spread, spread + _ratio(error, n)) * (plain - grand)


def _standardised(values: np.ndarray) -> np.ndarray:
    """Return z scores over sites; 0 where all sites are alike."""
    known = ~np.isnan(values)
    count, mean = known.sum(1, keepdims=True), np.nansum(values, axis=1, keepdims=True)
    off = values - _ratio(mean, count)
    sd = np.sqrt(_ratio(np.nansum(off**2, axis=1, keepdims=True), count - 1))
    return np.where(known, off / np.where(sd > 1e-12, sd, np.inf), np.nan)


def compute(found: Moments, invited: np.ndarray) -> dict[str, np.ndarray]:
    """Return every variant: draws × sites, missing where a site has too little for it.

    `invited` (sites × groups) is missing where the frame is not known.
    """
    heard = found.n > 0
    means = _ratio(found.total, found.n)
    n = found.n.sum(1)
    level = _ratio(np.nansum(means, axis=2), heard.sum(1))
    plain = _ratio(found.total.sum(2), n)
    within = np.nan_to_num(found.squares.sum(2) - n * plain**2).clip(0)
    sd = np.sqrt(_ratio(within, n - 1))
    highest, lowest = (np.where(heard, means, -np.inf).max(2), np.where(heard, means, np.inf).min(2))
    gap = np.where(heard.sum(1) > 1, -(highest - lowest), np.nan) if n.any() else level
    asked = np.where(heard, np.nan_to_num(invited), 0)
    known = ~np.isnan(np.where(heard, invited, 0)).any(1)
    return {
        "groups": level,
        "plain": plain,
        "shrunken": _shrunken(plain, within, n),
        "consensus": _standardised(level) + _standardised(-sd),
        "gap": gap,
        "frame": np.where(known, _ratio(np.nansum(means * asked, axis=2), asked.sum(1)), np.nan),
    }


def _groups(cohort: Cohort, score: pd.Series) -> list[str]:
    met = set(score.index.get_level_values("group"))
    return [group for group in cohort.groups if group in met]


def _invited(cohort: Cohort, groups: list[str]) -> np.ndarray:
    frame = cohort.survey_frame[cohort.survey_frame["wave"] == cohort.plan.wave]
    wide = frame.pivot(index="site", columns="group", values="invited")
    return wide.reindex(index=cohort.sites["site"], columns=groups).to_numpy(float, na_value=np.nan)


def replicates(cohort: Cohort, scale: str | None = None) -> tuple[Moments, dict[str, np.ndarray]]:
    """Return the moments, and every variant of the index for the survey and its plan.B resamples."""
    score = scores(answers(cohort, scale)).dropna()
    groups, rng = _groups(cohort, score), generator(cohort, "alignment index")
    found = moments(score, cohort.sites["site"].tolist(), groups, rng, cohort.plan.B)
    return found, compute(found, _invited(cohort, groups))


def why_not(cohort: Cohort, scale: str | None = None) -> str:
    """Return why no sites can be set in order, in words; "" if they can."""
    if no_survey(cohort):
        return no_survey(cohort)
    here = cohort.survey_respondents[cohort.survey_respondents["wave"] == cohort.plan.wave]["site"].nunique()
    one = "one site answered: its scale can be examined, but there is nothing to compare"
    return no_scale(cohort, scale) if here > 1 else one


def index_variants(cohort: Cohort, scale: str | None = None) -> pd.DataFrame:
    """Return every variant of the alignment index at every site.

    Parameters
    ----------
    cohort : Cohort
    scale : str, optional
        A scale of `survey_items`; the first one by default.

    Returns
    -------
    DataFrame
        site, variant (`groups`, `plain`, `shrunken`, `consensus`, `gap`, `frame`; see `VARIANTS`), estimate, lo, hi
        (percentiles of respondents drawn anew within site and group), place (1 = highest; equal values share one), n
        (respondents with a score), groups (heard), sd (of the respondents), eligible (whether enough answered to call
        the site an extreme), method, status, reason. `not_assessable` where a site has too little for the variant.
        Empty if there is no survey, one site, or no one thing that the items measure.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> index_variants(load_cohort("alignment-teaching").with_plan(B=20))["variant"].nunique()
    6
    """
    if why_not(cohort, scale):
        return pd.DataFrame(columns=COLUMNS)
    found, values = replicates(cohort, scale)
    return pd.concat([_table(cohort, found, name, drawn) for name, drawn in values.items()], ignore_index=True)


def _table(cohort: Cohort, found: Moments, name: str, drawn: np.ndarray) -> pd.DataFrame:
    n, level = found.n.sum(1).astype(int), cohort.plan.ci_level
    table = pd.DataFrame({"site": cohort.sites["site"], "variant": name, "estimate": drawn[0], "n": n})
    known = table["estimate"].notna().to_numpy()
    ends = np.full((2, len(n)), np.nan)
    if known.any() and len(drawn) > 1:
        ends[:, known] = np.quantile(drawn[1:][:, known], [(1 - level) / 2, (1 + level) / 2], axis=0)
    within = found.squares[0].sum(1) - _ratio(found.total[0].sum(1) ** 2, n)
    few = [f"only {count} respondents" if 0 < count < FEWEST else "" for count in n]
    lacking = {"gap": "answers of one group only", "frame": "how many were invited is not known"}
    reason = np.where(n == 0, "nobody answered", np.where(known, few, lacking.get(name, "too few answers")))
    return table.assign(
        lo=ends[0],
        hi=ends[1],
        place=table["estimate"].round(9).rank(ascending=False, method="min").astype("Int64"),
        groups=(found.n > 0).sum(1),
        sd=np.sqrt(_ratio(np.nan_to_num(within).clip(0), n - 1)),
        eligible=known & (n >= FEWEST),
        method=f"{VARIANTS[name]}; respondents drawn within site and group, B={cohort.plan.B}",
        status=np.where(known, "ok", "not_assessable"),
        reason=reason,
    )[COLUMNS]


def alignment_index(cohort: Cohort, variant: str = "groups", scale: str | None = None) -> pd.DataFrame:
    """Return how aligned each site is by the survey of its stakeholders.

    Parameters
    ----------
    cohort : Cohort
        The respondents of the plan's wave count.
    variant : str
        One of `VARIANTS`. By default the mean of the means of stakeholder groups, so that no group weighs more because
        more of it answered.
    scale : str, optional
        The first scale of the survey by default.

    Returns
    -------
    DataFrame
        As from `index_variants`, one row per site in declared order. If there is no survey, one site, or if the items
        measure no one thing (alpha within sites below `LOOSE`), every row is `not_assessable` with the reason.

    Notes
    -----
    The items and the formula of the published study's index are not public; this is an index in its manner.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> index = alignment_index(load_cohort("alignment-teaching").with_plan(B=20))
    >>> index.sort_values("place")["site"].head(3).tolist()
    ['ginkgo', 'willow', 'spruce']
    """
    if variant not in VARIANTS:
        raise ValueError(f"variant is {variant!r}; write one of {', '.join(VARIANTS)}")
    why = why_not(cohort, scale)
    if not why:
        found, values = replicates(cohort, scale)
        return _table(cohort, found, variant, values[variant])
    empty = {"variant": variant, "n": 0, "groups": 0, "eligible": False, "status": "not_assessable", "reason": why}
    table = cohort.sites[["site"]].assign(**empty, method=VARIANTS[variant], place=pd.NA)
    return table.reindex(columns=COLUMNS).astype({"place": "Int64", "estimate": float, "lo": float, "hi": float})


def variant_correlations(variants: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman's rank correlation of each variant with each other, over the sites that have both.

    Parameters
    ----------
    variants : DataFrame
        From `index_variants`.

    Returns
    -------
    DataFrame
        Variants by variants; missing where fewer than three sites have both, or one does not vary.
    """
    from scipy.stats import spearmanr

    wide = variants.pivot(index="site", columns="variant", values="estimate").reindex(columns=list(VARIANTS))
    table = pd.DataFrame(np.nan, index=list(VARIANTS), columns=list(VARIANTS))
    for first in VARIANTS:
        for second in VARIANTS:
            both = wide[[first, second]].dropna().to_numpy()
            if len(both) > 2 and (np.ptp(both, axis=0) > 0).all():
                table.loc[first, second] = spearmanr(both[:, 0], both[:, -1]).statistic
    return table


def frame_rates(cohort: Cohort) -> pd.DataFrame:
    """Return who answered of those invited, by site and stakeholder group.

    Returns
    -------
    DataFrame
        site, group, invited, responded (as the frame says), answered (rows of `survey_respondents`), estimate (share
        of those invited), lo, hi (Wilson), n (invited), method, status, reason. `not_assessable` where the frame says
        nothing or cannot be right; every site and group that was invited or answered, in declared order.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> frame_rates(load_cohort("alignment-teaching"))[["invited", "answered"]].sum().tolist()
    [1528, 816]
    """
    wave, keys = cohort.plan.wave, ["site", "group"]
    frame = cohort.survey_frame[cohort.survey_frame["wave"] == wave].set_index(keys)[["invited", "responded"]]
    people = cohort.survey_respondents[cohort.survey_respondents["wave"] == wave]
    table = frame.join(people.groupby(keys).size().rename("answered"), how="outer")
    order = pd.MultiIndex.from_product([cohort.sites["site"], list(cohort.groups)], names=keys)
    table = table.reindex(order[order.isin(table.index)]).astype("Int64").fillna({"answered": 0}).reset_index()
    rows = [_rate(row, cohort.plan.ci_level) for row in table.itertuples()]
    return table.join(pd.DataFrame(rows, index=table.index, columns=RATES[5:]))


def _rate(row, level: float) -> dict:
    if pd.isna(row.invited):
        why = "how many were invited is not known"
    elif row.invited < 1 or max(row.responded, row.answered) > row.invited:
        why = f"more answered than were invited ({max(row.responded, row.answered)} of {row.invited})"
    else:
        why = "" if row.responded == row.answered else f"the frame says that {row.responded} answered"
    n = 0 if pd.isna(row.invited) else int(row.invited)
    found = {"n": n, "method": "share of those invited; Wilson", "estimate": np.nan, "lo": np.nan, "hi": np.nan}
    if n < 1 or why.startswith("more"):
        return found | {"status": "not_assessable", "reason": why}
    lo, hi = wilson(int(row.answered), n, level)
    return found | {"estimate": row.answered / n, "lo": lo, "hi": hi, "status": "ok", "reason": why}
