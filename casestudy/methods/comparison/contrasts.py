"""What goes with a type of site: exact permutation of sites, with the smallest p it can give."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..commonality import presence
from ..evidence import active_codes, generator
from .types import typology, values

SIDE = 3  # sites needed on each side of a contrast

EXACT = 20_000  # relabellings up to which a permutation is enumerated


def floors(n_with: int, n_without: int) -> tuple[float, float]:
    """Return the smallest p a permutation of sites can give: one-sided and two-sided.

    Two-sided the statistic is the size of the difference: with equal sides every labelling has a mirror image.

    >>> [round(p, 3) for p in floors(2, 2)], [round(p, 3) for p in floors(3, 3)]
    ([0.167, 0.333], [0.05, 0.1])
    """
    ways = math.comb(n_with + n_without, n_with)
    return 1 / ways, (2 if n_with == n_without else 1) / ways


def _labellings(n: int, n_with: int, rng: np.random.Generator, draws: int) -> tuple[np.ndarray, bool]:
    """Return 0/1 labellings of sites (rows), all of them if there are few; the observed one is not singled out."""
    if math.comb(n, n_with) <= EXACT:
        chosen = np.array(list(combinations(range(n), n_with)))
        exact = True
    else:
        chosen = np.argsort(rng.random((draws, n)), axis=1)[:, :n_with]
        exact = False
    labels = np.zeros((len(chosen), n))
    np.put_along_axis(labels, chosen, 1, axis=1)
    return labels, exact


def _differences(labels: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return mean share with minus mean share without, for every labelling (rows) and code (columns)."""
    n_with = labels.sum(1, keepdims=True)
    return labels @ shares / n_with - (1 - labels) @ shares / (labels.shape[1] - n_with)


def _p(observed: np.ndarray, drawn: np.ndarray, exact: bool) -> np.ndarray:
    """Return two-sided p: the share of labellings at least as far from 0 (Phipson & Smyth 2010 if drawn)."""
    beyond = (np.abs(drawn) >= np.abs(observed) - 1e-12).sum(0)
    return beyond / len(drawn) if exact else (beyond + 1) / (len(drawn) + 1)


def _sides(cohort: Cohort, attribute: str) -> list[tuple[str, list[str], list[str], str]]:
    """Return for each value the sites with it, the sites with another, and the disputed variant used, if any."""
    facts = typology(cohort).query("attribute == @attribute and value != ''")
    facts = facts.drop_duplicates(["site", "variant", "value"])  # raters who agree say it once
    facts = facts[~facts.duplicated(["site", "variant"], keep=False)]  # those who differ leave the site undecided
    variants = sorted(set(facts["variant"]) - {""}) or [""]
    sides = []
    for variant in variants:
        chosen = facts[facts["variant"].isin(["", variant])].set_index("site")["value"]
        for value in values(cohort, attribute):
            with_, without = chosen[chosen == value].index.tolist(), chosen[chosen != value].index.tolist()
            sides.append((value, with_, without, variant))
    return sides


def _too_few(cohort: Cohort, with_: list[str], without: list[str]) -> str:
    if len(with_) >= SIDE and len(without) >= SIDE:
        return ""
    one, two = floors(max(len(with_), 1), max(len(without), 1))
    return (
        f"{len(with_)} site{'s' * (len(with_) != 1)} against {len(without)}: a contrast needs {SIDE} a side; "
        f"the smallest p such a test could give is {one:.3f} (two-sided {two:.3f})"
    )


def contrast(
    cohort: Cohort, attribute: str, kind: str | None = "challenge", reading: str | None = None
) -> pd.DataFrame:
    """Ask whether a code is raised more at sites of one type than at the other sites.

    The statistic is the difference of the mean shares of voices that raise the code, site by site, so that a site
    with much to read has no more weight than another. Sites are relabelled: exactly, where there are at most 20,000
    relabellings. The adjusted p takes the largest difference over all codes of a value (Westfall & Young 1993).

    Parameters
    ----------
    cohort : Cohort
    attribute : str
        A key of `attributes`. Each of its values is set against all other documented values.
    kind, reading
        As for `common_challenges`.

    Returns
    -------
    DataFrame
        attribute, value, variant (which of conflicting facts was used), reading, code, sites_with, sites_without
        (names), present_with, present_without (sites at which the code is present), estimate (difference), lo, hi
        (missing: a permutation gives none), n (sites), p_site, p_adjusted, floor (smallest two-sided p), method,
        status, reason. Fewer than three sites a side: `not_assessable`, with the counts.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> set(contrast(load_cohort("template"), "origin")["status"])
    {'not_assessable'}
    """
    cells = presence(cohort, reading)
    codes = active_codes(cohort, kind)
    tables = [
        _one_contrast(cohort, attribute, side, name, cells[cells["reading"] == name], codes)
        for side in _sides(cohort, attribute)
        for name in dict.fromkeys(cells["reading"])
    ]
    columns = ["attribute", "value", "variant", "reading", "code", "sites_with", "sites_without", "present_with"]
    columns += ["present_without", "estimate", "lo", "hi", "n", "p_site", "p_adjusted", "floor", "method", "status"]
    columns += ["reason"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _one_contrast(cohort, attribute, side, reading, cells, codes) -> pd.DataFrame:
    value, with_, without, variant = side
    shares = cells.pivot(index="site", columns="code", values="estimate")[codes]
    heard = shares.index[shares.notna().all(axis=1)]  # a site where nobody was heard has no share
    with_, without = [s for s in with_ if s in heard], [s for s in without if s in heard]
    names = cohort.sites.set_index("site")["name"]
    here = cells.pivot(index="site", columns="code", values="present")[codes].astype("boolean").fillna(False)
    table = pd.DataFrame({"code": codes}).assign(
        attribute=attribute,
        value=value,
        variant=variant,
        reading=reading,
        sites_with="; ".join(names[with_]),
        sites_without="; ".join(names[without]),
        present_with=here.loc[with_].sum().to_numpy(),
        present_without=here.loc[without].sum().to_numpy(),
        n=len(with_) + len(without),
        lo=np.nan,
        hi=np.nan,
        method="exploratory; permutation of sites, two-sided; max-T over the codes of one value",
    )
    reason = _too_few(cohort, with_, without)
    p = {"estimate": np.nan, "p_site": np.nan, "p_adjusted": np.nan, "floor": np.nan}
    if with_ and without:
        p["estimate"] = (shares.loc[with_].mean() - shares.loc[without].mean()).to_numpy()
        p["floor"] = floors(len(with_), len(without))[1]
    if not reason:
        p |= _permute(cohort, shares.loc[with_ + without].to_numpy(), len(with_), f"contrast {attribute} {value}")
    return table.assign(**p, status="not_assessable" if reason else "ok", reason=reason)


def _permute(cohort: Cohort, shares: np.ndarray, n_with: int, name: str) -> dict[str, np.ndarray]:
    labels, exact = _labellings(len(shares), n_with, generator(cohort, name), cohort.plan.B)
    drawn = _differences(labels, shares)
    observed = _differences(np.r_[np.ones(n_with), np.zeros(len(shares) - n_with)][None], shares)[0]
    largest = np.abs(drawn).max(axis=1, keepdims=True)
    return {"p_site": _p(observed, drawn, exact), "p_adjusted": _p(observed, largest, exact)}
