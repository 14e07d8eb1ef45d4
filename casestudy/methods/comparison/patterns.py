"""Pattern matching: does what a theory predicts for a choice of governance fit, and does a rival fit as well?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import READINGS, active_codes, raised_in, uncoded
from .contrasts import floors, permute_sites, sides_of, voices_contrast
from .stratified import cmh, mh_difference, side_tables

DIFFERENT = 0.10  # from this difference of shares on, two sides of an attribute differ

KEYS = ["prediction", "theory", "attribute", "value_high", "code", "direction"]
COLUMNS = [*KEYS, "variant", "reading", "sites_with", "sites_without", "observed", "match", "estimate", "lo", "hi"]
COLUMNS += ["n", "p_site", "floor", "voices_difference", "voices_lo", "voices_hi", "voices_within", "p_voices"]
COLUMNS += ["chi2", "p_cmh", "odds_ratio", "or_lo", "or_hi", "method", "status", "reason"]
NONE = "this cohort has no table `predictions`: no theory is recorded"


def signs(differences) -> np.ndarray:
    """Return the sign of each difference of shares: 0 below a tenth either way.

    >>> signs([0.3, 0.05, -0.1]).tolist()
    [1, 0, -1]
    """
    differences = np.asarray(differences, float)
    return np.where(np.abs(differences) < DIFFERENT - 1e-9, 0, np.sign(differences)).astype(int)


def _versions(cohort: Cohort, attribute: str) -> list[tuple]:
    """Return `sides_of`; where raters of one variant differ, once as each of them has it."""
    facts = cohort.site_attributes
    facts = facts[(facts["attribute"] == attribute) & (facts["wave"] == cohort.plan.wave) & (facts["value"] != "")]
    disputed = facts.groupby(["site", "variant"])["value"].transform("nunique") > 1
    if not disputed.any():
        return sides_of(cohort, attribute)
    found = []
    for rater in dict.fromkeys(facts.loc[disputed, "rater"]):
        told = cohort.with_tables(site_attributes=facts[~disputed | (facts["rater"] == rater)])
        name = f"rater {rater or 'unnamed'}"
        found += [
            (value, w, wo, f"{variant}, {name}".strip(", ")) for value, w, wo, variant in sides_of(told, attribute)
        ]
    return found


def laid_out(cohort: Cohort) -> list[tuple]:
    """Return every prediction with its sides, once for each variant of the facts: (prediction, variant, with, without).

    A value that no site has leaves one side empty.
    """
    sides = {name: _versions(cohort, name) for name in dict.fromkeys(cohort.predictions["attribute"])}
    rows = []
    for p in cohort.predictions[KEYS].itertuples(index=False):
        here = [side for side in sides[p.attribute] if side[0] == p.value_high] or [(p.value_high, [], [], "")]
        rows += [(p, variant, with_, without) for _, with_, without, variant in here]
    return rows


def _reason(cohort: Cohort, p, sides: list[list[str]], heard: list[list[str]], shares: pd.DataFrame) -> str:
    """Return why a prediction cannot be judged, in words; "" if it can."""
    if p.code not in active_codes(cohort):
        return f"the code `{p.code}` is not in use"
    if uncoded(cohort):
        return uncoded(cohort)
    attribute = cohort.attributes.set_index("attribute").loc[p.attribute]
    if not sides[0] and attribute["type"] not in ("category", "yes_no"):
        return f"{attribute['label']}: no type was made of what is documented, so no site is of the type predicted"
    for side, voices, word in zip(sides, heard, ("", "other than "), strict=True):
        if not voices:
            where = "nobody was heard at the sites" if side else "no site is"
            return f"{where} documented as {word}{p.value_high.replace('_', ' ')} ({attribute['label']})"
    mine = shares.loc[[*heard[0], *heard[1]], p.code]
    if np.ptp(mine) > 1e-9:
        return ""
    if mine.any():
        return "the same share of voices raises it at each of these sites"
    return f"none of the {len(mine)} sites compared raises it"


def shares_of(voices: pd.DataFrame) -> pd.DataFrame:
    """Return the share of voices that raise each code: sites x codes, missing where nobody could (rows of `raised`)."""
    return voices[voices["could"]].groupby(["site", "code"])["raised"].mean().unstack()


def heard_of(shares: pd.DataFrame, code: str, sites: list[str]) -> list[str]:
    """Return the sites at which somebody could have raised the code."""
    known = shares.index[shares[code].notna()] if code in shares else []
    return [site for site in sites if site in known]


def pattern_match(cohort: Cohort, reading: str | None = None) -> pd.DataFrame:
    """Set what theories predict beside what is found: one row per prediction, variant of the facts, and reading.

    Two questions get two answers, as in `contrast`. *Random sites*: would such alliances differ? *Fixed sites*: do the
    voices in these sites differ?

    Parameters
    ----------
    cohort : Cohort
        With a table `predictions`.
    reading : {"difficulty", "documented"}, optional
        One reading; both by default.

    Returns
    -------
    DataFrame
        prediction, theory, attribute, value_high, code, direction, variant (which of conflicting facts was used, or
        whose rating), reading, sites_with, sites_without (names), observed (`+`, `-`; `0` below a tenth), match
        (observed is as predicted), estimate (mean share of voices that raise the code at sites of that value, minus the
        others'), lo, hi (missing: a permutation gives none), n (sites), p_site (exact permutation of sites, two-sided),
        floor (the smallest p it can give), voices_difference, voices_lo, voices_hi (difference of the shares of all
        voices, Newcombe), voices_within (the same within stakeholder groups, Mantel-Haenszel weights), p_voices (sides
        permuted within groups), chi2, p_cmh (Cochran-Mantel-Haenszel, continuity-corrected), odds_ratio, or_lo, or_hi
        (Mantel-Haenszel), method, status, reason. No p is adjusted for the number of predictions.

    Notes
    -----
    Yin (2018) and Trochim (1985) on pattern matching. A prediction is `not_assessable` where one side has no site, or
    where the same share of voices raises the code everywhere (mostly nobody does): it could not have come out. A cohort
    without predictions gives one row that says so.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> pattern_match(load_cohort("template"))["reason"].tolist()
    ['this cohort has no table `predictions`: no theory is recorded']
    """
    if cohort.predictions.empty:
        return nothing_recorded(COLUMNS, ["prediction", "theory", "attribute", "code", "variant"])
    laid, rows = laid_out(cohort), []
    for name, voices in raised_in(cohort, (reading,) if reading else READINGS).items():
        shares = shares_of(voices)
        rows += [_judged(cohort, *one, shares, voices) | {"reading": name} for one in laid]
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    return table.astype({"match": "boolean", "n": int})


def nothing_recorded(columns: list[str], keys: list[str]) -> pd.DataFrame:
    """Return the one row of a cohort without predictions."""
    row = dict.fromkeys(columns) | dict.fromkeys(keys, "") | {"method": "", "n": 0}
    return pd.DataFrame([row | {"status": "not_assessable", "reason": NONE}])


def _judged(cohort: Cohort, p, variant: str, with_: list[str], without: list[str], shares, voices) -> dict:
    """Return one row of `pattern_match`, but for its reading."""
    heard = [heard_of(shares, p.code, side) for side in (with_, without)]
    names, reason = cohort.sites.set_index("site")["name"], _reason(cohort, p, [with_, without], heard, shares)
    row = {**p._asdict(), "variant": variant, "observed": "", "match": pd.NA, "n": len(heard[0]) + len(heard[1])}
    row |= {"sites_with": "; ".join(names[heard[0]]), "sites_without": "; ".join(names[heard[1]])}
    row |= {"method": "pattern matching", "status": "not_assessable" if reason else "ok", "reason": reason}
    return row if reason else row | _among_sites(cohort, p, *heard, shares) | _among_voices(cohort, p, *heard, voices)


def _among_sites(cohort: Cohort, p, with_: list[str], without: list[str], shares: pd.DataFrame) -> dict:
    """Return the random-sites half of a row."""
    mine = shares.loc[[*with_, *without], [p.code]].to_numpy()
    difference = float(mine[: len(with_)].mean() - mine[len(with_) :].mean())
    observed = "-0+"[int(signs(difference)) + 1]
    p_site = permute_sites(cohort, mine, len(with_), f"contrast {p.attribute} {p.value_high}")["p_site"][0]
    return {
        "observed": observed,
        "match": observed == p.direction,
        "estimate": difference,
        "p_site": p_site,
        "floor": floors(len(with_), len(without))[1],
        "method": "permutation of sites, two-sided; voices: Newcombe, Cochran-Mantel-Haenszel by group; not adjusted",
    }


def _among_voices(cohort: Cohort, p, with_: list[str], without: list[str], voices: pd.DataFrame) -> dict:
    """Return the fixed-sites half of a row."""
    side = (p.value_high, with_, without, "")
    rows = voices[voices["could"] & (voices["code"] == p.code) & voices["site"].isin([*with_, *without])]
    plain = voices_contrast(cohort, rows, side, [p.code]).iloc[0].drop("code").to_dict()
    tables = side_tables(rows, with_)
    found = cmh(tables, cohort.plan.ci_level)
    return {**plain, "voices_within": mh_difference(tables), "p_cmh": found.pop("p"), **found}
