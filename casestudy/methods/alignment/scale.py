"""Do the items of a scale measure one thing? Item table, Cronbach's alpha and McDonald's omega, total and within."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import generator
from .answers import answers, chosen_scale, no_survey, scale_items

LOOSE = 0.5  # alpha within sites below which items count as no one scale; a cut of our own, below any usual one
HEYWOOD = 0.9999  # a loading beyond: the fit has run into its bound, an item would have no error at all

UNFITTED = "a single factor cannot be fitted to these items"

ITEM_COLUMNS = ["item", "text", "reverse", "mean", "sd", "missing", "floor", "ceiling", "item_rest"]
ITEM_COLUMNS += ["alpha_without", "loading", "n", "status", "reason"]
COLUMNS = ["scale", "measure", "level", "estimate", "lo", "hi", "items", "dropped", "n", "method", "status", "reason"]


def _complete(items: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without a gap and the items that vary in them; an item without variance measures nothing."""
    known = items.dropna()
    return known.loc[:, known.nunique() > 1]


def _alpha(covariance: np.ndarray) -> np.ndarray:
    """Return alpha of covariance matrices (the last two axes); nan where the sum of the items does not vary."""
    k, whole = covariance.shape[-1], covariance.sum((-2, -1))
    parts = np.trace(covariance, axis1=-2, axis2=-1)
    share = np.divide(parts, whole, out=np.full(np.shape(whole), np.nan), where=whole > 1e-12)
    return k / (k - 1) * (1 - share)


def cronbach_alpha(items: pd.DataFrame) -> float:
    """Return Cronbach's alpha, k / (k - 1) (1 - sum of the items' variances / variance of their sum).

    Reversed items must have been turned (see `answers`). Respondents with a gap are left out, and so are items that
    everybody answered alike. nan with fewer than two items that vary, or fewer than two respondents.

    >>> round(cronbach_alpha(pd.DataFrame({"a": [1, 2, 3], "b": [2, 4, 6], "c": [5, 5, 5]})), 3)
    0.889
    """
    known = _complete(items)
    return float(_alpha(np.cov(known.to_numpy(float).T))) if known.shape[1] > 1 else float("nan")


def loadings(items: pd.DataFrame) -> pd.Series:
    """Return the loadings of one factor, by minimum residuals on the correlation matrix (Harman & Jones 1966).

    Those values from -1 to 1 whose products come closest to the correlations between different items. nan with fewer
    than three items that vary, for then they are not determined. An item that loads below 0 may have to be reversed.
    """
    known = _complete(items)
    k = known.shape[1]
    if k < 3 or len(known) < 3:
        return pd.Series(np.nan, index=items.columns)
    from scipy.optimize import least_squares

    upper = np.triu_indices(k, 1)
    correlations = np.corrcoef(known.to_numpy(float).T)
    size, vectors = np.linalg.eigh(correlations)
    start = np.clip(vectors[:, -1] * size[-1] ** 0.5, -0.99, 0.99)
    found = least_squares(lambda x: np.outer(x, x)[upper] - correlations[upper], start, bounds=(-1, 1), xtol=1e-12)
    values = found.x if found.x.sum() >= 0 else -found.x
    return pd.Series(values, index=known.columns).reindex(items.columns)


def omega_total(items: pd.DataFrame) -> float:
    """Return McDonald's omega total of one factor: (sum of loadings)² / ((sum)² + sum of (1 - loading²)).

    Unlike alpha it does not take every item to measure the factor equally well. As `loadings`; nan where these are,
    and where one would be 1 or more (a Heywood case: the items do not fit one factor).

    >>> round(omega_total(pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 3, 5, 4], "c": [1, 3, 2, 5, 4]})), 2)
    0.91
    """
    found = loadings(items).dropna().to_numpy()
    if not len(found) or np.abs(found).max() > HEYWOOD:
        return float("nan")
    common = found.sum() ** 2
    return float(common / (common + (1 - found**2).sum()))


def centred(items: pd.DataFrame) -> pd.DataFrame:
    """Return the complete rows less the mean of their site: what is left is how people of one site differ."""
    known = items.dropna()
    return known - known.groupby(level="site").transform("mean")


def no_scale(cohort: Cohort, scale: str | None = None) -> str:
    """Return why the items of a scale cannot be averaged, in words; "" if they can, or if that cannot be told.

    Where who agrees with one item does not tend to agree with the others, their mean is no measure of anything, and
    what is computed from it (order of sites, extremes, factors) would order chance.

    >>> from casestudy import load_cohort
    >>> no_scale(load_cohort("alignment-teaching"))
    ''
    """
    alpha = cronbach_alpha(centred(_complete(answers(cohort, scale))))
    why = f"the items measure no one thing: alpha within sites is {alpha:.2f}, below {LOOSE:.2f}, a cut of our own"
    return why if alpha < LOOSE else ""


def _draws(rng: np.random.Generator, known: pd.DataFrame, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Return covariance matrices, total and within sites, of respondents drawn anew within each site."""
    n, k = known.shape
    values = known.to_numpy(float) - known.to_numpy(float).mean(0)
    sites = known.groupby(level="site", sort=True).indices.values()
    whole, within, sums = (np.zeros((draws, *shape)) for shape in ((k, k), (k, k), (k,)))
    for rows in sites:
        mine, m = values[rows], len(rows)
        drawn = rng.integers(0, m, (draws, m)) + m * np.arange(draws)[:, None]
        weight = np.bincount(drawn.ravel(), minlength=draws * m).reshape(draws, m).astype(float)
        total = weight @ mine
        squares = (weight @ (mine[:, :, None] * mine[:, None, :]).reshape(m, k * k)).reshape(draws, k, k)
        whole, sums = whole + squares, sums + total
        within += squares - total[:, :, None] * total[:, None, :] / m
    return (whole - sums[:, :, None] * sums[:, None, :] / n) / (n - 1), within / max(n - len(sites), 1)


def _interval(values: np.ndarray, level: float) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    lo, hi = np.quantile(known, [(1 - level) / 2, (1 + level) / 2]) if len(known) else (np.nan, np.nan)
    return float(lo), float(hi)


def _reliability_rows(cohort: Cohort, scale: str) -> list[dict]:
    given = answers(cohort, scale)
    known = _complete(given)
    dropped = "; ".join(c for c in given.columns if c not in known.columns) if len(known) else ""
    about = {"scale": scale, "items": known.shape[1], "dropped": dropped, "n": len(known)}
    short = "no respondent answered every item" if known.empty else "fewer than two items vary, so nothing is shared"
    drawn = (np.full(1, np.nan),) * 2
    if known.shape[1] > 1:
        rng = generator(cohort, f"alpha {scale}")
        drawn = tuple(_alpha(c) for c in _draws(rng, known, cohort.plan.B))
    rows = []
    for level, values, draws in (("total", known, drawn[0]), ("within sites", centred(known), drawn[1])):
        lo, hi = _interval(draws, cohort.plan.ci_level)
        how = f"respondents drawn within site, B={cohort.plan.B}; complete answers"
        rows.append(about | _measured("alpha", level, cronbach_alpha(values), short, how) | {"lo": lo, "hi": hi})
        short_omega = short if known.shape[1] < 2 else UNFITTED
        how = "one factor, minimum residuals; complete answers; no interval"
        rows.append(about | _measured("omega", level, omega_total(values), short_omega, how))
    return rows


def _measured(measure: str, level: str, value: float, reason: str, method: str) -> dict:
    known = not np.isnan(value)
    row = {"measure": measure, "level": level, "estimate": value, "lo": np.nan, "hi": np.nan, "method": method}
    return row | {"status": "ok" if known else "not_estimable", "reason": "" if known else reason}


def scale_reliability(cohort: Cohort) -> pd.DataFrame:
    """Ask of every scale of the survey how far its items agree, over all respondents and within sites.

    Differences between sites raise the total value even if people of one site hardly differ in a consistent way; so
    the value within sites stands beside it (Geldhof, Preacher & Zyphur 2014).

    Returns
    -------
    DataFrame
        scale, measure (`alpha`, `omega`), level (`total`, `within sites`), estimate, lo, hi (alpha: bootstrap of
        respondents within site), items (that vary), dropped (items that everybody answered alike, `;`), n
        (respondents who answered every item), method, status, reason. One `not_assessable` row without a survey.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = scale_reliability(load_cohort("alignment-teaching").with_plan(B=50))
    >>> table["estimate"].round(2).tolist()
    [0.84, 0.84, 0.82, 0.82]
    """
    why = no_survey(cohort)
    if why:
        none = {"scale": "", "measure": "", "level": "", "n": 0, "status": "not_assessable", "reason": why}
        return pd.DataFrame([none], columns=COLUMNS)
    scales = dict.fromkeys(cohort.survey_items["scale"])
    return pd.DataFrame([row for scale in scales for row in _reliability_rows(cohort, scale)], columns=COLUMNS)


def item_table(cohort: Cohort, scale: str | None = None) -> pd.DataFrame:
    """Return how each item of a scale was answered, and how well it goes with the others.

    Parameters
    ----------
    cohort : Cohort
    scale : str, optional
        The first scale of the survey by default.

    Returns
    -------
    DataFrame
        item, text, reverse, mean, sd (after turning reversed items), missing, floor, ceiling (shares: not answered;
        lowest and highest answer among those given), item_rest (correlation with the mean of the other items),
        alpha_without (alpha of the others), loading (one factor; missing for all, with the reason, where one would be
        1 or more), n (answers), status, reason. An item that everybody answered alike is `not_estimable` and left
        out of alpha. Empty without a survey.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> item_table(load_cohort("alignment-teaching"))["reverse"].tolist()
    ['no', 'no', 'yes', 'no', 'yes', 'no']
    """
    if no_survey(cohort):
        return pd.DataFrame(columns=ITEM_COLUMNS)
    given, about = answers(cohort, chosen_scale(cohort, scale)), scale_items(cohort, scale)
    varied, loaded = _complete(given), loadings(given)
    unfitted = loaded.abs().max() > HEYWOOD
    loaded = loaded.mask(loaded.notna() & unfitted)
    lowest, highest = float(about["min"].iloc[0]), float(about["max"].iloc[0])
    known = given.count()
    table = pd.DataFrame({"mean": given.mean(), "sd": given.std(), "missing": given.isna().mean(), "n": known})
    table = table.assign(floor=given.eq(lowest).sum() / known, ceiling=given.eq(highest).sum() / known, loading=loaded)
    rest = {item: varied.drop(columns=item) for item in varied.columns}
    table["item_rest"] = pd.Series({i: varied[i].corr(r.mean(axis=1)) for i, r in rest.items()}, dtype=float)
    table["alpha_without"] = pd.Series({i: cronbach_alpha(r) for i, r in rest.items()}, dtype=float)
    alike = ~given.columns.isin(varied.columns)
    table["status"] = np.where(alike, "not_estimable", "ok")
    other = f"no loading: {UNFITTED}" if unfitted else ""
    table["reason"] = np.where(alike, "everybody who answered every item gave the same answer, or nobody did", other)
    table = table.assign(text=about["text"], reverse=about["reverse"].replace("", "no"))
    return table.rename_axis("item").reset_index()[ITEM_COLUMNS]
