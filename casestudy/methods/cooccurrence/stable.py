"""How firmly a pair holds: when informants are drawn anew, at how many sites, and without each site."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import generator, wilson
from .pairs import counted, told_together
from .units import Cells, cells_of, lifts

LIFTED = 1.5  # a lift that is more than a nudge
STABLE = 0.8  # share of resamples with such a lift from which a pair is drawn as an edge

COLUMNS = ["reading", "level", "code_1", "code_2", "estimate", "lo", "hi", "n", "lift", "lift_lo", "lift_hi"]
COLUMNS += ["informants", "sites_above", "sites_judged", "least_lift", "without", "method", "status", "reason"]


def _weights(cohort: Cohort, cells: Cells, level: str) -> np.ndarray:
    """Return how often each resample (row) draws the voice of each cell (column): as many voices at each site as were
    heard there."""
    site = cells.site[np.unique(cells.voice, return_index=True)[1]]
    rng, weights = generator(cohort, f"pair_stability {level}"), np.zeros((cohort.plan.B, len(site)))
    for name in cohort.sites["site"]:
        mine = np.flatnonzero(site == name)
        if len(mine):
            weights[:, mine] = rng.multinomial(len(mine), np.full(len(mine), 1 / len(mine)), cohort.plan.B)
    return weights[:, cells.voice]


def _drawn(cohort: Cohort, weights: np.ndarray, cells: Cells, ok: np.ndarray) -> dict[str, np.ndarray]:
    """Return in what share of resamples the lift is high, how far the number of resamples leaves that open, and the
    span of the lift."""
    drawn = lifts(weights, cells)
    high, draws = (drawn > LIFTED).sum(0), len(weights)
    span = [wilson(int(times), draws, cohort.plan.ci_level) for times in high]
    tail = (1 - cohort.plan.ci_level) / 2
    # a resample in which no source has both codes has no lift, and is no resample in which they go together
    low, top = np.quantile(np.nan_to_num(drawn), [tail, 1 - tail], axis=0) if draws else np.full((2, len(high)), np.nan)
    values = {"estimate": high / draws, "lo": [lo for lo, _ in span], "hi": [hi for _, hi in span]}
    values |= {"lift": lifts(np.ones((1, weights.shape[1])), cells)[0], "lift_lo": low, "lift_hi": top}
    return {name: np.where(ok, np.array(value, float), np.nan) for name, value in values.items()}


def _by_site(cohort: Cohort, cells: Cells, ok: np.ndarray) -> dict[str, np.ndarray]:
    """Return at how many sites codes meet more than chance has it, of how many where they could; the least lift without
    one site, and without which."""
    at = (cohort.sites["site"].to_numpy()[:, None] == cells.site).astype(float)
    here, without = lifts(at, cells), lifts(1 - at, cells)
    heard = at.any(axis=1)
    without[~heard] = np.nan
    without = np.where(ok & (heard.sum() > 1), without, np.nan)
    known = np.isfinite(without).any(axis=0)
    worst = np.where(known, np.argmin(np.where(np.isfinite(without), without, np.inf), axis=0), 0)
    names = cohort.sites["name"].to_numpy()
    return {
        "sites_above": np.where(ok, (here > 1).sum(0), 0),
        "sites_judged": np.where(ok, np.isfinite(here).sum(0), 0),
        "least_lift": np.where(known, without[worst, np.arange(len(known))], np.nan),
        "without": np.where(known, names[worst], "") if len(names) else np.full(len(known), ""),
    }


def pair_stability(
    cohort: Cohort, kind: str | None = "challenge", reading: str = "documented", level: str = "segment"
) -> pd.DataFrame:
    """Say how often each pair would go together, had other informants like these been heard, and where it does.

    Parameters
    ----------
    cohort, kind, reading, level
        As for `interdependence`.

    Returns
    -------
    DataFrame
        One row per pair, as there: reading, level, code_1, code_2, estimate (share of plan.B resamples in which the
        lift is above 1.5), lo, hi (Wilson interval of that share: how far the number of resamples leaves it open, no
        more), n (resamples), lift, lift_lo, lift_hi (percentiles of the lift over resamples, at plan.ci_level),
        informants (voices in whose words both meet), sites_above (sites with lift above 1), sites_judged (sites where
        the codes could meet: some source, or of informants the site, has both), least_lift (smallest lift with one site
        left out; missing with a single site), without (that site), method, status, reason. Pairs that `interdependence`
        does not test have counts only.

    Notes
    -----
    Each resample draws as many voices with replacement at each site as were heard there, with all that each said. A
    site with a single voice contributes the same each time, so that where few are heard a pair looks firmer than it
    is. Stability is not the probability that two challenges belong together.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = pair_stability(load_cohort("af4q").with_plan(B=99))
    >>> bool(table["estimate"].dropna().between(0, 1).all())
    True
    """
    table, units, pairs = counted(cohort, kind, reading, level)
    ok = (table["status"] == "ok").to_numpy()
    cells = cells_of(units, pairs)
    found = _drawn(cohort, _weights(cohort, cells, level), cells, ok) | _by_site(cohort, cells, ok)
    told = pd.DataFrame(cells.counts.n12).groupby(cells.voice).sum().to_numpy() > 0
    method = f"voices drawn within site, B={cohort.plan.B}; share with lift above {LIFTED:g}"
    table = table.assign(**found, n=np.where(ok, cohort.plan.B, 0), informants=told.sum(0), method=method)
    return table[COLUMNS]


def edges(found: pd.DataFrame, stability: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the pairs that are told together (adjusted p) and stay so in at least four of five resamples.

    Parameters
    ----------
    found, stability : DataFrame
        From `interdependence` and `pair_stability` with the same settings.
    cohort : Cohort

    Returns
    -------
    DataFrame
        code_1, code_2, lift, p_adjusted, stability: the most lifted first.
    """
    keys = ["code_1", "code_2"]
    table = found.merge(stability[[*keys, "estimate"]].rename(columns={"estimate": "stability"}), on=keys)
    table = table[told_together(table, cohort) & table["stability"].ge(STABLE)]
    return table.sort_values("lift", ascending=False, kind="stable", ignore_index=True)[
        [*keys, "lift", "p_adjusted", "stability"]
    ]
