"""How often a challenge stays common when the voices of each site are drawn anew."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.schema import Plan
from ..evidence import generator, raised, wilson
from .common import verdicts
from .present import presence

COLUMNS = ["code", "label", "reading", "estimate", "lo", "hi", "n", "k_low", "method", "status", "reason"]


def draw_voices(rng: np.random.Generator, voices: int, draws: int) -> np.ndarray:
    """Return how often each resample (row) draws each voice of one site (column)."""
    return rng.multinomial(voices, np.full(voices, 1 / voices), draws).astype(float)


def _raisers(rows: pd.DataFrame, codes: list[str]) -> np.ndarray:
    """Return 1 where a voice belongs to a group and raises a code: groups x voices x codes of one site.

    A voice that could not raise a code never does, so it counts for nothing here however often it is drawn.
    """
    said = rows.pivot(index=["informant", "group"], columns="code", values="raised")[codes]
    group = said.index.get_level_values("group")
    member = np.array([group == name for name in group.unique()])
    return member[:, :, None] * said.to_numpy(float)


def _resample(cohort: Cohort, rows: pd.DataFrame, judged: pd.DataFrame, k: int, m: int):
    """Return, resamples x codes, whether the code is common and its smallest voice count over the sites judged."""
    rng, draws, codes = generator(cohort, "bootstrap_stability"), cohort.plan.B, judged.columns.tolist()
    common, smallest = np.ones((draws, len(codes)), bool), np.full((draws, len(codes)), np.inf)
    at = dict(iter(rows.groupby("site")))
    for site in [site for site in cohort.sites["site"] if site in at]:
        said = _raisers(at[site], codes)
        drawn = draw_voices(rng, said.shape[1], draws) @ said  # raisers drawn: groups x resamples x codes
        voices, groups, here = drawn.sum(0), (drawn > 0).sum(0), judged.loc[site].to_numpy(bool)
        common &= ~here | ((voices >= k) & (groups >= m))
        smallest = np.where(here, np.minimum(smallest, voices), smallest)
    return common, smallest


def judged_in(cells: pd.DataFrame, codes: Iterable[str]) -> pd.DataFrame:
    """Return sites x codes: whether the cell can be judged (from `presence` of one reading)."""
    return cells.assign(ok=cells["status"] == "ok").pivot(index="site", columns="code", values="ok")[list(codes)]


def with_shares(table: pd.DataFrame, times: np.ndarray, ok: np.ndarray, plan: Plan) -> pd.DataFrame:
    """Add n, estimate, lo and hi: in what share of plan.B resamples something held; blank where not `ok`."""
    n, times = np.where(ok, plan.B, 0), np.where(ok, times, 0)
    bounds = [wilson(int(x), int(of), plan.ci_level) for x, of in zip(times, n, strict=True)]
    lo, hi = zip(*bounds, strict=True) if bounds else ((), ())
    return table.assign(n=n, estimate=np.where(ok, times / plan.B, np.nan), lo=lo, hi=hi)


def bootstrap_stability(
    cohort: Cohort,
    reading: str = "difficulty",
    j: int | None = None,
    k: int | None = None,
    m: int | None = None,
    kind: str | None = "challenge",
) -> pd.DataFrame:
    """Say how often each challenge would be common, had other voices like these been heard at the same sites.

    Parameters
    ----------
    cohort : Cohort
    reading : {"difficulty", "documented"}
    j, k, m
        As for `presence`.
    kind : str or None
        Kind of code; None for all.

    Returns
    -------
    DataFrame
        code, label, reading, estimate (share of resamples in which the code is present at every site that can be
        judged), lo, hi (Wilson interval of that share: how far the number of resamples leaves it open, no more), n
        (resamples; 0 where there was nothing to resample), k_low (the value that the smallest number of voices over
        the sites falls below in at most (1 - ci_level) / 2 of the resamples: 2.5 % at the usual level), method, status
        (`ok`, or `not_assessable` where fewer than two sites can be judged), reason.

    Notes
    -----
    Each of plan.B resamples draws as many voices with replacement at each site as were heard there. Sites are not
    drawn, and those that cannot be judged in the data are left out, as in `common_challenges`.

    This is stability, not the probability that the claim is true. Common means present even at the weakest site, and
    a smallest count is biased downward under resampling: a code that just holds everywhere looks less stable than it
    is.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = bootstrap_stability(load_cohort("template"))
    >>> bool(table["estimate"].dropna().between(0, 1).all())
    True
    """
    plan = cohort.plan
    j, k, m = j or plan.j, k or plan.k, m or plan.m
    cells = presence(cohort, reading, j, k, m)
    table = verdicts(cells, cohort, kind)[["code", "label", "reading", "status", "reason"]]
    judged = judged_in(cells, table["code"])
    common, smallest = _resample(cohort, raised(cohort, reading, j), judged, k, m)
    ok = (table["status"] == "ok").to_numpy()
    table = with_shares(table, common.sum(0), ok, plan)
    lowest = np.quantile(smallest, (1 - plan.ci_level) / 2, axis=0, method="inverted_cdf")
    table["k_low"] = pd.Series(np.where(ok, lowest, np.nan)).astype("Int64")
    table["method"] = (
        f"j={j}, k={k}, m={m}; voices drawn within site, B={plan.B}; "
        f"Wilson {plan.ci_level:.0%} for the number of resamples only"
    )
    return table[COLUMNS]
