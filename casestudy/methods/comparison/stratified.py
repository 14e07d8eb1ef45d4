"""Two sides compared within strata: the difference and the odds ratio of Mantel and Haenszel, and Cochran's test."""

from __future__ import annotations

import numpy as np
import pandas as pd


def side_tables(rows: pd.DataFrame, with_: list[str]) -> np.ndarray:
    """Return a 2 x 2 table per stakeholder group: side (with, without) by raises it (yes, no).

    `rows` are those of `raised` for one code, of voices that could have raised it.
    """
    side = np.where(rows["site"].isin(with_), 0, 1)
    told = np.where(rows["raised"].astype(bool), 0, 1)
    group = pd.factorize(rows["group"], sort=True)[0]
    tables = np.zeros((group.max(initial=-1) + 1, 2, 2))
    np.add.at(tables, (group, side, told), 1)
    return tables


def mh_difference(tables: np.ndarray) -> float:
    """Return the difference of two shares within strata, weighted as by Mantel and Haenszel; nan if no stratum has both
    sides.

    >>> round(mh_difference(np.array([[[20, 13], [5, 30]]])), 4)
    0.4632
    """
    n = tables.sum(2)
    both = (n > 0).all(1)
    if not both.any():
        return float("nan")
    (n1, n2), (x1, x2) = n[both].T, tables[both][:, :, 0].T
    weight = n1 * n2 / (n1 + n2)
    return float((weight * (x1 / n1 - x2 / n2)).sum() / weight.sum())


def cmh(tables: np.ndarray, level: float = 0.95) -> dict[str, float]:
    """Return the Cochran-Mantel-Haenszel test and the common odds ratio of 2 x 2 tables, one per stratum.

    Parameters
    ----------
    tables : array, strata x side x (yes, no)
        Strata in which one side is empty, or in which all say the same, hold no information and are left out.
    level : float
        Of the interval of the odds ratio.

    Returns
    -------
    dict
        chi2 (continuity-corrected), p, odds_ratio, or_lo, or_hi; all nan if no stratum is left. Where a cell would make
        the odds ratio 0 or infinite, 1/2 is added to the tables that have a zero.

    Notes
    -----
    From statsmodels. The test takes voices of one site for independent, which they are not: it speaks of these sites.

    >>> {k: round(v, 2) for k, v in cmh(np.array([[[20, 13], [5, 30]], [[4, 4], [1, 7]]])).items() if k[0] == "o"}
    {'odds_ratio': 8.77, 'or_lo': 3.02, 'or_hi': 25.45}
    """
    tables = np.asarray(tables, float)
    tables = tables[(tables.sum(1) > 0).all(1) & (tables.sum(2) > 0).all(1)]
    if not len(tables):
        return dict.fromkeys(("chi2", "p", "odds_ratio", "or_lo", "or_hi"), float("nan"))
    from statsmodels.stats.contingency_tables import StratifiedTable

    expected = tables.sum(2)[:, 0] * tables.sum(1)[:, 0] / tables.sum((1, 2))
    far = abs((tables[:, 0, 0] - expected).sum()) >= 0.5  # nearer, the correction would overshoot 0
    test = StratifiedTable(list(tables)).test_null_odds(correction=bool(far))
    across = (tables[:, 0, 0] * tables[:, 1, 1]).sum() * (tables[:, 0, 1] * tables[:, 1, 0]).sum()
    pooled = StratifiedTable(list(tables), shift_zeros=not across)
    lo, hi = pooled.oddsratio_pooled_confint(1 - level)
    found = (test.statistic, test.pvalue, pooled.oddsratio_pooled, lo, hi)
    return dict(zip(("chi2", "p", "odds_ratio", "or_lo", "or_hi"), map(float, found), strict=True))
