"""What goes with a type of site: exact permutation of sites, with the smallest p it can give."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..commonality import presence
from ..evidence import active_codes, generator, newcombe, raised_in, uncoded
from .types import typology, values

SIDE = 3  # sites needed on each side of a contrast

EXACT = 20_000  # relabellings up to which a permutation is enumerated

COLUMNS = ["attribute", "value", "variant", "reading", "code", "sites_with", "sites_without", "present_with"]
COLUMNS += ["present_without", "estimate", "lo", "hi", "n", "p_site", "p_adjusted", "floor"]
COLUMNS += ["voices_difference", "voices_lo", "voices_hi", "p_voices", "method", "status", "reason"]


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


def differences_of(labels: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return mean share with minus mean share without, for every labelling (rows) and code (columns)."""
    n_with = labels.sum(1, keepdims=True)
    return labels @ shares / n_with - (1 - labels) @ shares / (labels.shape[1] - n_with)


def permutation_p(observed: np.ndarray, drawn: np.ndarray, exact: bool) -> np.ndarray:
    """Return two-sided p: the share of labellings at least as far from 0 (Phipson & Smyth 2010 if drawn)."""
    beyond = (np.abs(drawn) >= np.abs(observed) - 1e-12).sum(0)
    return beyond / len(drawn) if exact else (beyond + 1) / (len(drawn) + 1)


def sides_of(cohort: Cohort, attribute: str) -> list[tuple[str, list[str], list[str], str]]:
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


def _too_few(with_: list[str], without: list[str]) -> str:
    if len(with_) >= SIDE and len(without) >= SIDE:
        return ""
    if not with_ or not without:
        return "no site on the other side" if with_ else "no site of this type in this variant of the facts"
    one, two = floors(len(with_), len(without))
    return (
        f"{len(with_)} site{'s' * (len(with_) != 1)} against {len(without)}: a contrast needs {SIDE} a side; "
        f"the smallest p such a test could give is {one:.3f} (two-sided {two:.3f})"
    )


def contrast(
    cohort: Cohort, attribute: str, kind: str | None = "challenge", reading: str | None = None
) -> pd.DataFrame:
    """Ask whether a code is raised more at sites of one type than at the other sites.

    Two questions get two answers. *Would such alliances differ?* Sites are drawn: the statistic is the difference of
    the mean shares of voices that raise the code, site by site, so that a site with much to read has no more weight
    than another. Sites are relabelled: exactly, where there are at most 20,000 relabellings. The adjusted p takes the
    largest difference over all codes of a value (Westfall & Young 1993).
    *Do the voices in these sites differ?* Sites are given: the difference of the shares of all voices, with its
    interval, and a permutation of the voices' sides within their stakeholder group, differences weighted as by Mantel
    and Haenszel. Its p ignores that voices of one site are alike, so it is the weaker claim.

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
        (missing: a permutation gives none), n (sites), p_site, p_adjusted, floor (smallest two-sided p),
        voices_difference, voices_lo, voices_hi, p_voices (sites given), method, status, reason. Fewer than three
        sites a side: `not_assessable`, with the counts.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> set(contrast(load_cohort("template"), "origin")["status"])
    {'not_assessable'}
    """
    cells, codes = presence(cohort, reading), active_codes(cohort, kind)
    voices = raised_in(cohort, tuple(dict.fromkeys(cells["reading"])))
    tables = [
        _one_contrast(cohort, attribute, side, name, cells[cells["reading"] == name], codes).merge(
            voices_contrast(cohort, voices[name], side, codes), on="code"
        )
        for side in sides_of(cohort, attribute)
        for name in voices
    ]
    return pd.concat(tables, ignore_index=True)[COLUMNS] if tables else pd.DataFrame(columns=COLUMNS)


def voices_contrast(cohort: Cohort, rows: pd.DataFrame, side, codes: list[str]) -> pd.DataFrame:
    """Return the contrast among the voices of the given sites, code by code."""
    value, with_, without, _ = side
    rows = rows[rows["could"] & rows["code"].isin(codes) & rows["site"].isin([*with_, *without])]
    sums = rows.groupby(["code", rows["site"].isin(with_)])["raised"].agg(["sum", "size"]).to_dict("index")
    counts = {c: [sums.get((c, s), {"sum": 0, "size": 0}) for s in (True, False)] for c in codes}
    spans = [newcombe(a["sum"], a["size"], b["sum"], b["size"], cohort.plan.ci_level) for a, b in counts.values()]
    table = pd.DataFrame(spans, columns=["voices_lo", "voices_hi"]).assign(code=codes)
    table["voices_difference"] = [
        a["sum"] / a["size"] - b["sum"] / b["size"] if a["size"] and b["size"] else np.nan for a, b in counts.values()
    ]
    return table.assign(p_voices=_permute_voices(cohort, rows, with_, codes, f"voices {value}"))


def _permute_voices(cohort: Cohort, rows: pd.DataFrame, with_: list[str], codes: list[str], name: str) -> np.ndarray:
    """Return p of the difference between sides, sides permuted among the voices of one stakeholder group."""
    wide = rows.pivot(index=["group", "site", "informant"], columns="code", values="raised").reindex(columns=codes)
    said, able = wide.astype("boolean").fillna(False).to_numpy(float), wide.notna().to_numpy(float)
    group = pd.factorize(wide.index.get_level_values("group"))[0]  # rows are sorted by group
    labels = np.isin(wide.index.get_level_values("site"), with_).astype(float)
    noise = generator(cohort, name).random((cohort.plan.B, len(group)))
    labels = np.vstack([labels, labels[np.argsort(group + noise, axis=1)]])
    total = np.zeros((len(labels), len(codes)))
    for g in np.unique(group):
        side, mine = labels[:, group == g], group == g
        n, x = side @ able[mine], side @ said[mine]
        other_n, other = able[mine].sum(0) - n, said[mine].sum(0) - x
        # weight n * other_n / (n + other_n) times the difference of shares; a one-sided group says nothing
        total += np.divide(x * other_n - other * n, n + other_n, out=np.zeros_like(n), where=n + other_n > 0)
    p = permutation_p(total[0], total[1:], exact=False)
    return np.where(np.ptp(total, axis=0) > 1e-12, p, np.nan)


def _one_contrast(cohort, attribute, side, reading, cells, codes) -> pd.DataFrame:
    """Return the contrast among sites of one value against the others, in one reading, code by code."""
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
    reason = uncoded(cohort) or _too_few(with_, without)
    p = {"estimate": np.nan, "p_site": np.nan, "p_adjusted": np.nan, "floor": np.nan}
    if with_ and without:
        p["estimate"] = (shares.loc[with_].mean() - shares.loc[without].mean()).to_numpy()
        p["floor"] = floors(len(with_), len(without))[1]
    if not reason:
        p |= permute_sites(cohort, shares.loc[with_ + without].to_numpy(), len(with_), f"contrast {attribute} {value}")
    return table.assign(**p, status="not_assessable" if reason else "ok", reason=reason)


def permute_sites(cohort: Cohort, shares: np.ndarray, n_with: int, name: str) -> dict[str, np.ndarray]:
    labels, exact = _labellings(len(shares), n_with, generator(cohort, name), cohort.plan.B)
    drawn = differences_of(labels, shares)
    observed = differences_of(np.r_[np.ones(n_with), np.zeros(len(shares) - n_with)][None], shares)[0]
    largest = np.abs(drawn).max(axis=1, keepdims=True)
    return {"p_site": permutation_p(observed, drawn, exact), "p_adjusted": permutation_p(observed, largest, exact)}
