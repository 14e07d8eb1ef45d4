"""Saturation as tables: when a run brought little new, the curves behind it, and where each challenge was filled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import active_codes, generator
from .curves import accumulated, chao2, coverage, first_places, rarefaction, run_shares, saturated_at
from .incidence import Panel, codes_found, gap_of, panels, source_word, version_note

ORDERS = 1000
BAND = (0.05, 0.95)
KINDS = ("challenge", "aspect")


def _places(cohort: Cohort, n: int) -> np.ndarray:
    """Return the places of n sources: in their own order (first row), then in the random orders."""
    own = np.arange(1, n + 1)
    drawn = generator(cohort, "saturation").permuted(np.tile(own, (ORDERS, 1)), axis=1)
    return np.vstack([own, drawn])


def _firsts(cohort: Cohort, panel: Panel) -> np.ndarray:
    """Return orders x codes found: the place of the first source with the code."""
    found = panel.found.to_numpy()
    return first_places(found[:, found.any(0)], _places(cohort, len(found)))


def _curves(cohort: Cohort, panel: Panel) -> np.ndarray:
    return accumulated(_firsts(cohort, panel), len(panel.found))


def _middle(drawn: np.ndarray) -> dict:
    """Return the median and the band over random orders as whole numbers; missing where an end was not reached."""
    ends = np.quantile(drawn, [0.5, *BAND], method="inverted_cdf")
    return {
        f"random_{name}": int(end) if np.isfinite(end) else pd.NA
        for name, end in zip(("median", "lo", "hi"), ends, strict=True)
    }


def _checked(kind: str, base: int = 1, run: int = 1, threshold: float = 0.0) -> None:
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; write one of {KINDS}")
    if base < 1 or run < 1 or not 0 <= threshold <= 1:
        raise ValueError(f"base {base}, run {run}, threshold {threshold}: write at least 1, 1, and a share from 0 to 1")


def _judged(cohort: Cohort, kind: str, least: int) -> Iterator[tuple[Panel, tuple[str, str]]]:
    """Yield every panel with its status and reason."""
    codes, _, none = codes_found(cohort, kind)
    for panel in panels(cohort, codes):
        yield panel, gap_of(cohort, panel, none, least)


def _method(cohort: Cohort, kind: str) -> str:
    left = codes_found(cohort, kind)[1]
    order = f"{source_word(cohort).capitalize()} in the order of the table of sources, and {ORDERS:,} random orders"
    return "; ".join(filter(None, [order, f"any mention of a code of the kind {kind} but a denial", left]))


def _point(cohort: Cohort, panel: Panel, base: int, run: int, threshold: float) -> dict:
    """Return the numbers of one row of `saturation`; the status may still change for want of codes in the base."""
    curves, counts, n = _curves(cohort, panel), panel.found.sum().to_numpy(), len(panel.found)
    start, new, share = run_shares(curves, base, run)
    ends = saturated_at(start, share, threshold)
    at = int(ends[0]) if np.isfinite(ends[0]) else None
    last = -1 if at is None else at - base
    row = {"base_codes": int(curves[0, base]), "new_codes": int(new[0, last]), "estimate": share[0, last]}
    row |= {"at": at or pd.NA, "said": f"{at} + {run}" if at else "", **_middle(ends[1:])}
    row |= {"random_reached": np.isfinite(ends[1:]).mean(), "chao2": chao2(counts[counts > 0], n)}
    return row | {"coverage": coverage(counts, n), **_told(cohort, row, base, run)}


def _told(cohort: Cohort, row: dict, base: int, run: int) -> dict:
    """Return status and reason of a panel that has sources and codes enough."""
    note, words = version_note(cohort), source_word(cohort)
    if not row["base_codes"]:
        return {"status": "not_estimable", "reason": f"the first {base} {words} hold none of the codes"}
    last = f"not reached in this order: the last {run} {words} brought {row['new_codes']} new"
    return {"status": "ok", "reason": "; ".join(filter(None, ["" if row["said"] else last, note]))}


def saturation(
    cohort: Cohort, base: int = 4, run: int = 2, threshold: float = 0.05, kind: str = "challenge"
) -> pd.DataFrame:
    """Say after how many sources a run of further ones brought hardly any new code.

    Parameters
    ----------
    cohort : Cohort
    base, run : int
        Sources in the base, and in a run.
    threshold : float
        Saturation is reached at the first run whose new codes are at most this share of the codes in the base.
    kind : {"challenge", "aspect"}
        `challenge` for saturation of codes, `aspect` for saturation of meaning (Hennink, Kaiser & Marconi 2017).

    Returns
    -------
    DataFrame
        One row for all sites, every site and every group: scope (`all`, `site`, `group`), unit, name, n (sources),
        codes (of the kind, found in the data), found (in this scope), base, run, base_codes, new_codes (in the run
        that ended it, or else in the last), estimate (new_codes / base_codes), at (sources before that run; missing if
        not reached), said (such as `6 + 2`), random_median, random_lo, random_hi (`at` in the middle, and at 5 and 95
        %, of 1,000 random orders; missing if not reached there), random_reached (share of the orders that reach it),
        chao2 (lower bound of the codes there are), coverage, method, status, reason.

    Raises
    ------
    ValueError
        For another kind, or a base, run or threshold out of range.

    Notes
    -----
    Guest, Namey & Chen (2020), PLoS ONE 15(5). Codes brought to the data are left out. One mention is enough, whatever
    the plan's j. `at` depends on the order of the table, which holds no dates and often goes site by site: read the
    random orders beside it. A source counts as heard even where it was not asked.

    >>> from casestudy import load_cohort
    >>> saturation(load_cohort("template"))["reason"].iloc[0][:42]
    'no code of the kind challenge was found in'
    """
    _checked(kind, base, run, threshold)
    rows = []
    for panel, (status, reason) in _judged(cohort, kind, base + run):
        row = {**panel.key, "n": len(panel.found), "codes": panel.found.shape[1], "found": panel.found.any().sum()}
        row |= {"base": base, "run": run, "said": "", "status": status, "reason": reason}
        rows.append(row | (_point(cohort, panel, base, run, threshold) if status == "ok" else {}))
    columns = ["scope", "unit", "name", "n", "codes", "found", "base", "run", "base_codes", "new_codes", "estimate"]
    columns += ["at", "said", "random_median", "random_lo", "random_hi", "random_reached", "chao2", "coverage"]
    method = f"Guest, Namey & Chen: at most {threshold:.0%} new; {_method(cohort, kind)}"
    table = pd.DataFrame(rows, columns=[*columns, "status", "reason"])
    table.insert(len(columns), "method", method)
    whole = ["base_codes", "new_codes", "at", "random_median", "random_lo", "random_hi"]
    shares = ["estimate", "random_reached", "chao2", "coverage"]
    return table.astype(dict.fromkeys(whole, "Int64") | dict.fromkeys(shares, "float64"))


def saturation_runs(cohort: Cohort, base: int = 4, run: int = 2, kind: str = "challenge") -> pd.DataFrame:
    """Return what every run of sources brought, in the order of the table `sources`.

    Returns
    -------
    DataFrame
        scope, unit, name, first, last (places of the run's sources), sources (`;`), new_codes, new (the codes, `;`),
        base_codes, estimate (new_codes / base_codes). Scopes that `saturation` cannot judge have no row.

    >>> from casestudy import load_cohort
    >>> saturation_runs(load_cohort("template")).columns[3:5].tolist()
    ['first', 'last']
    """
    _checked(kind, base, run)
    rows = []
    for panel, (status, _) in _judged(cohort, kind, base + run):
        known = panel.found.cummax()
        curve = np.r_[0, known.sum(axis=1).to_numpy()]
        for start, new, share in zip(*run_shares(curve, base, run), strict=True) if status == "ok" else ():
            codes = known.columns[known.iloc[start + run - 1] & ~known.iloc[start - 1]]
            place = {"first": start + 1, "last": start + run, "sources": ";".join(known.index[start : start + run])}
            found = {"new_codes": new, "new": ";".join(codes), "base_codes": curve[base], "estimate": share}
            rows.append({**panel.key, **place, **found})
    columns = ["scope", "unit", "name", "first", "last", "sources", "new_codes", "new", "base_codes", "estimate"]
    return pd.DataFrame(rows, columns=columns)


def accumulation(cohort: Cohort, kind: str = "challenge") -> pd.DataFrame:
    """Return how many codes were found in the first n sources, for every n.

    Parameters
    ----------
    cohort, kind
        As for `saturation`.

    Returns
    -------
    DataFrame
        scope, unit, name, n, source (the n-th in the order of the table), new (codes first found in it, `;`), observed
        (codes in the first n), random_median, random_lo, random_hi (over 1,000 random orders, with a band of 90 %),
        expected (over all orders: rarefaction), status, reason. A scope without codes or sources has one row, n = 0.

    >>> from casestudy import load_cohort
    >>> accumulation(load_cohort("template"))["n"].unique().tolist()
    [0]
    """
    _checked(kind)
    tables = [_curve(cohort, panel, *gap) for panel, gap in _judged(cohort, kind, 1)]
    whole = ["observed", "random_median", "random_lo", "random_hi"]
    return pd.concat(tables, ignore_index=True).astype(dict.fromkeys(whole, "Int64") | {"expected": "float64"})


def _curve(cohort: Cohort, panel: Panel, status: str, reason: str) -> pd.DataFrame:
    """Return the rows of one panel of `accumulation`."""
    columns = ["n", "source", "new", "observed", "random_median", "random_lo", "random_hi", "expected"]
    rows = [[0, "", "", *[pd.NA] * 4, np.nan]]
    if status == "ok":
        curves, n, counts = _curves(cohort, panel)[:, 1:], len(panel.found), panel.found.sum()
        band = np.quantile(curves[1:], [0.5, *BAND], axis=0, method="inverted_cdf")
        firsts = panel.found & ~panel.found.shift(fill_value=False).cummax()
        new = [";".join(row.index[row]) for _, row in firsts.iterrows()]
        expected = [rarefaction(counts, n, at) for at in range(1, n + 1)]
        rows = list(zip(range(1, n + 1), panel.found.index, new, curves[0], *band, expected, strict=True))
    table = pd.DataFrame(rows, columns=columns).assign(status=status, reason=reason)
    for place, (name, value) in enumerate(panel.key.items()):
        table.insert(place, name, value)
    return table


def last_aspect(cohort: Cohort) -> pd.DataFrame:
    """Return for every challenge the source in which the last of its aspects appeared.

    Returns
    -------
    DataFrame
        scope, unit, name, code, label, n (sources), aspects (of the challenge, found in the data), found (in this
        scope), at (place of the source in the order of the table), source, last (the aspect or aspects, `;`),
        random_median, random_lo, random_hi (`at` over 1,000 random orders), status, reason. All sites together first,
        then every site, then every group.

    Notes
    -----
    After Hennink, Kaiser & Marconi (2017): a code is heard of early, what it means takes longer.

    >>> from casestudy import load_cohort
    >>> last_aspect(load_cohort("template"))["status"].unique().tolist()
    ['not_assessable']
    """
    labels, parents = (cohort.codebook.set_index("code")[name] for name in ("label", "parent"))
    rows = []
    for panel, gap in _judged(cohort, "aspect", 1):
        for code in active_codes(cohort, "challenge"):
            own = [aspect for aspect in panel.found.columns if parents[aspect] == code]
            row = {**panel.key, "code": code, "label": labels[code], "n": len(panel.found)}
            rows.append(row | _filled(cohort, panel, own, gap))
    columns = ["scope", "unit", "name", "code", "label", "n", "aspects", "found", "at", "source", "last"]
    columns += ["random_median", "random_lo", "random_hi", "status", "reason"]
    whole = ["at", "random_median", "random_lo", "random_hi"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(whole, "Int64"))


def _filled(cohort: Cohort, panel: Panel, aspects: list[str], gap: tuple[str, str]) -> dict:
    """Return when the last of these aspects appeared in a panel."""
    own = Panel(panel.scope, panel.unit, panel.name, panel.found[aspects])
    found = own.found.columns[own.found.any()]
    row = {"aspects": len(aspects), "found": len(found), "source": "", "last": ""}
    if gap[0] == "not_assessable":
        return row | dict(zip(("status", "reason"), gap, strict=True))
    if not len(found):
        none = "none of its aspects was found here" if aspects else "the codebook has no aspect of it from the data"
        return row | {"status": "not_estimable" if aspects else "not_assessable", "reason": none}
    firsts = _firsts(cohort, own)
    at, missing = int(firsts[0].max()), [aspect for aspect in aspects if aspect not in found]
    row |= {"at": at, "source": own.found.index[at - 1], "last": ";".join(found[firsts[0] == at])}
    reason = f"never found here: {', '.join(missing)}" if missing else ""
    return row | _middle(firsts[1:].max(axis=1)) | {"status": "ok", "reason": reason}
