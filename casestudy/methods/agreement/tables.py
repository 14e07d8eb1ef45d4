"""Agreement as tables: per code, per pair of coders, the codes confused, the statements in dispute."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import active_codes, with_passages
from .coefficients import (
    ac1_of,
    alpha_from,
    count_ratings,
    krippendorff_alpha,
    pairs_alike,
    percent_agreement,
    percent_of,
    set_distance,
    specific_of,
)
from .units import (
    draw_weights,
    explained,
    gap_in,
    given_codes,
    method_said,
    per_source,
    percentiles,
    read_by,
    row_without,
    valences_said,
)

FEW_POSITIVES = 10  # with fewer, alpha hangs on one or two segments: settle them by consensus instead


def _decision(plan, row) -> str:
    if row.status != "ok":
        return "not_estimable"
    if row.positive < FEW_POSITIVES:
        return "too_rare"
    if row.estimate >= plan.alpha_ok and row.lo >= plan.alpha_min:
        return "reliable"
    return "tentative" if row.estimate >= plan.alpha_min else "unreliable"


def resampled_alphas(cohort: Cohort, units: pd.Index, coders: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Return the alphas of all codes (columns) in the data (first row) and in every resample."""
    weights, source = draw_weights(cohort, units, "agreement_by_code")
    apart = 2 * positive * (coders - positive) / (coders - 1)
    n, ones = (weights @ per_source(columns, source) for columns in (coders, positive.T))
    return alpha_from(weights @ per_source(apart.T, source), n, 2 * ones * (n - ones))


def agreement_by_code(cohort: Cohort) -> pd.DataFrame:
    """Return agreement on every active code, and a decision.

    Returns
    -------
    DataFrame
        code, label, kind, positive (units that any coder gave the code), percent, positive_agreement, ac1, estimate
        (Krippendorff's alpha), lo, hi, n (units), share_above_min (share of resamples with alpha at or above
        plan.alpha_min; an undefined one counts as below), method, status, reason, decision: reliable (alpha >=
        plan.alpha_ok and lo >= plan.alpha_min), tentative (alpha >= plan.alpha_min), unreliable, too_rare (fewer
        than ten positive units) or not_estimable.

    >>> from casestudy import load_cohort
    >>> agreement_by_code(load_cohort("template")).columns[-1]
    'decision'
    """
    plan, codes, read = cohort.plan, active_codes(cohort), read_by(cohort)
    coders, positive = read.to_numpy(bool).sum(1), given_codes(cohort, read, codes).sum(2)
    counts = np.stack([coders - positive, positive], axis=-1)
    alphas = resampled_alphas(cohort, read.index, coders, positive)
    table = cohort.codebook.set_index("code").loc[codes, ["label", "kind"]].reset_index()
    table["positive"] = (positive > 0).sum(1)
    table["percent"] = [percent_of(code) for code in counts]
    table["positive_agreement"] = [specific_of(coders, code) for code in positive]
    table["ac1"] = [ac1_of(code) for code in counts]
    table["estimate"] = alphas[0]
    table["lo"], table["hi"] = percentiles(alphas, plan.ci_level)
    table["n"] = len(read)
    table["share_above_min"] = np.where(table["lo"].isna(), np.nan, (alphas[1:] >= plan.alpha_min).mean(0))
    table["method"] = method_said(cohort, "Krippendorff's alpha, nominal")
    undefined = ("no coder gave this code", "every coder gave this code to every segment")
    gap = gap_in(cohort, read)
    said = [explained(gap, r.estimate, r.lo, r.hi, undefined[r.positive > 0]) for r in table.itertuples()]
    table["status"], table["reason"] = zip(*said, strict=True) if said else ([], [])
    return table.assign(decision=[_decision(plan, row) for row in table.itertuples()])


def _resampled_set_alphas(cohort: Cohort, units: pd.Index, place: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Return the alpha of two coders' sets, by number in `place`, in the data and in every resample."""
    weights, source = draw_weights(cohort, units, "coder_pairs")
    apart = weights @ per_source(2 * distance[place[0], place[1]], source)[:, 0]
    totals = np.zeros((weights.shape[1], len(distance)))
    np.add.at(totals, (source, place), 1)
    expected = ((weights @ (totals @ distance @ totals.T)) * weights).sum(1)
    return alpha_from(apart, weights @ totals.sum(1), expected)


def _pair(cohort: Cohort, read: pd.DataFrame, given: np.ndarray, one: int, two: int) -> list:
    """Return one row of `coder_pairs`."""
    shared = read.iloc[:, [one, two]].all(axis=1).to_numpy()
    sets = given[:, shared][:, :, [one, two]].transpose(2, 1, 0)
    found, place = np.unique(sets.reshape(2 * shared.sum(), len(given)), axis=0, return_inverse=True)
    distance, place = set_distance(found.astype(float), "jaccard"), place.reshape(2, -1)
    alphas = _resampled_set_alphas(cohort, read.index[shared], place, distance)
    estimate, (lo, hi) = alphas[0], percentiles(alphas, cohort.plan.ci_level)[:, 0]
    undefined = (
        "both gave all segments one and the same set of codes" if shared.any() else "they read no segment in common"
    )
    rates = sets.sum(axis=(1, 2)) / max(shared.sum(), 1)
    ratio, no_ratio = (rates[0] / rates[1], "") if rates[1] else (np.nan, "no ratio: the second coder gave no code")
    status, reason = explained(gap_in(cohort, read), estimate, lo, hi, undefined, no_ratio)
    method = method_said(cohort, "Krippendorff's alpha on sets of codes, Jaccard distance")
    names = read.columns[[one, two]]
    same = (place[0] == place[1]).mean() if shared.any() else np.nan
    return [*names, shared.sum(), same, estimate, lo, hi, *rates, ratio, method, status, reason]


def coder_pairs(cohort: Cohort) -> pd.DataFrame:
    """Return the agreement of every two coders over the segments both read.

    Returns
    -------
    DataFrame
        coder_1, coder_2, n (segments), percent (share of them given exactly the same set of codes), estimate (alpha
        on the sets, Jaccard distance), lo, hi, rate_1, rate_2 (codes given per segment), rate_ratio (above 1: the
        first codes more freely), method, status, reason. Without any pair, one row says why.

    >>> from casestudy import load_cohort
    >>> coder_pairs(load_cohort("template")).columns[:3].tolist()
    ['coder_1', 'coder_2', 'n']
    """
    columns = ["coder_1", "coder_2", "n", "percent", "estimate", "lo", "hi"]
    columns += ["rate_1", "rate_2", "rate_ratio", "method", "status", "reason"]
    read = read_by(cohort)
    given = given_codes(cohort, read, active_codes(cohort))
    rows = [_pair(cohort, read, given, *pair) for pair in combinations(range(read.shape[1]), 2)]
    return pd.DataFrame(rows, columns=columns) if rows else row_without(cohort, read, columns)


def confusions(cohort: Cohort) -> pd.DataFrame:
    """Return the pairs of codes that coders exchange: candidates for a merge or for a sharper rule.

    Returns
    -------
    DataFrame
        code_1, code_2, n (segments that one coder gave the first code without the second, and another the second
        without the first), share (of the segments that anyone gave either), segments (the first five), status,
        reason. Most confused first, then codebook order; pairs never confused are left out.

    >>> from casestudy import load_cohort
    >>> confusions(load_cohort("template")).columns[:3].tolist()
    ['code_1', 'code_2', 'n']
    """
    columns = ["code_1", "code_2", "n", "share", "segments", "status", "reason"]
    read, codes, rows = read_by(cohort), active_codes(cohort), []
    if read.empty:
        return row_without(cohort, read, columns)
    for (one, first), (two, second) in combinations(zip(codes, given_codes(cohort, read, codes), strict=True), 2):
        swapped = (first & ~second).any(1) & (second & ~first).any(1)
        if swapped.any():
            share = swapped.sum() / (first | second).any(1).sum()
            rows.append([one, two, swapped.sum(), share, ";".join(read.index[swapped][:5]), "ok", ""])
    return pd.DataFrame(rows, columns=columns).sort_values("n", ascending=False, kind="stable", ignore_index=True)


def disagreements(cohort: Cohort) -> pd.DataFrame:
    """Return the statements about which their coders differ, one row per segment and code.

    Returns
    -------
    DataFrame
        segment, site, text (the passage that carries the code, if a coder marked it), code, given_by, not_given_by,
        valences (in the order of given_by; `/` joins several of
        one coder), status, reason. Segments with most codes in dispute first.

    >>> from casestudy import load_cohort
    >>> disagreements(load_cohort("template")).columns[:3].tolist()
    ['segment', 'site', 'text']
    """
    columns = ["segment", "site", "text", "code", "given_by", "not_given_by", "valences", "status", "reason"]
    read, codes, said, rows = read_by(cohort), active_codes(cohort), valences_said(cohort), []
    if read.empty:
        return row_without(cohort, read, columns)
    given = given_codes(cohort, read, codes).transpose(1, 0, 2)
    disputed = given.any(2) & (given != read.to_numpy()[:, None]).any(2)
    about = {segment: rest for segment, *rest in cohort.segments[["segment", "site", "text"]].itertuples(index=False)}
    for unit in np.argsort(-disputed.sum(1), kind="stable"):
        segment = read.index[unit]
        for code in np.flatnonzero(disputed[unit]):
            yes = read.columns[given[unit, code]]
            no = read.columns[read.to_numpy()[unit] & ~given[unit, code]]
            valences = ";".join(said[segment, codes[code], coder] for coder in yes)
            found = [codes[code], ";".join(yes), ";".join(no), valences, "ok", ""]
            rows.append([segment, *about[segment], *found])
    return with_passages(cohort, pd.DataFrame(rows, columns=columns))


def valence_agreement(cohort: Cohort) -> pd.DataFrame:
    """Return whether coders who gave a segment the same code also chose the same valence, for every active code.

    Returns
    -------
    DataFrame
        code, n (segments that two or more coders gave the code), estimate (mean pairwise agreement), lo, hi, alpha
        (Krippendorff's, nominal), method, status, reason.

    >>> from casestudy import load_cohort
    >>> valence_agreement(load_cohort("template")).columns[:3].tolist()
    ['code', 'n', 'estimate']
    """
    columns = ["code", "n", "estimate", "lo", "hi", "alpha", "method", "status", "reason"]
    read, codes, said, rows = read_by(cohort), active_codes(cohort), valences_said(cohort), []
    method, gap = method_said(cohort, "mean pairwise agreement on the valence"), gap_in(cohort, read)
    for code, given in zip(codes, given_codes(cohort, read, codes), strict=True):
        units = np.flatnonzero(given.sum(1) > 1)
        chosen = [{c: said[read.index[unit], code, c] for c in read.columns[given[unit]]} for unit in units]
        ratings = pd.DataFrame(chosen, columns=read.columns)
        weights, source = draw_weights(cohort, read.index[units], "valence_agreement")
        alike, n = (weights @ per_source(np.c_[pairs_alike(count_ratings(ratings)[0]), np.ones(len(units))], source)).T
        with np.errstate(invalid="ignore"):
            lo, hi = percentiles(alike / n, cohort.plan.ci_level)[:, 0]
        estimate, alpha = percent_agreement(ratings), krippendorff_alpha(ratings)
        no_alpha = "no alpha: only one valence was given" if np.isnan(alpha) else ""
        said_why = explained(gap, estimate, lo, hi, "no segment was given this code by two coders", no_alpha)
        rows.append([code, len(units), estimate, lo, hi, alpha, method, *said_why])
    return pd.DataFrame(rows, columns=columns)
