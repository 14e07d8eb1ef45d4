"""Do the coders apply the codebook alike, and where do they part?

Statistics on `ratings` (a DataFrame of units x coders, missing where a coder did not rate) come first, then tables
on a cohort. A unit of a cohort is a segment that two or more coders were assigned to read in the round `independent`
of the plan's wave; a coder *gave* a code by coding the segment with it, whatever the valence.
"""

from __future__ import annotations

import zlib
from itertools import combinations

import numpy as np
import pandas as pd

from ..cohort.cohort import Cohort
from .evidence import active_codes, assigned

LEVELS = ("nominal", "ordinal", "interval", "ratio")
DISTANCES = ("jaccard", "masi", "nominal")
FEW_POSITIVES = 10  # with fewer, alpha hangs on one or two segments: settle them by consensus instead
NUMBERS = {"percent", "estimate", "lo", "hi", "rate_1", "rate_2", "rate_ratio", "share"}


# Counts are arrays of units x categories: how many coders put the unit into the category.
def _counts(ratings: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts of the units with any rating, and the categories."""
    codes, categories = pd.factorize(ratings.to_numpy().ravel())
    shape = len(ratings), len(categories)
    cell = np.repeat(np.arange(shape[0]) * shape[1], ratings.shape[1]) + codes
    counts = np.bincount(cell[codes >= 0], minlength=shape[0] * shape[1]).reshape(shape)
    return counts[counts.any(1)], categories


def _alike(counts: np.ndarray) -> np.ndarray:
    """Return per unit the share of coder pairs that agree."""
    coders = counts.sum(-1)
    return (counts * (counts - 1)).sum(-1) / (coders * (coders - 1))


def _percent(counts: np.ndarray) -> float:
    pairable = counts[counts.sum(1) > 1]
    return float(_alike(pairable).mean()) if len(pairable) else np.nan


def _shares(counts: np.ndarray) -> np.ndarray:
    """Return the share of each category, every unit weighing the same however many coders rated it (Gwet 2014)."""
    return (counts / counts.sum(1, keepdims=True)).sum(0) / max(len(counts), 1)


def _beyond_chance(observed: float, chance: float) -> float:
    return float((observed - chance) / (1 - chance)) if chance < 1 else np.nan


def _ac1(counts: np.ndarray) -> float:
    shares = _shares(counts[:, counts.any(0)])
    if len(shares) < 2:
        return np.nan
    return _beyond_chance(_percent(counts), (shares * (1 - shares)).sum() / (len(shares) - 1))


def _specific(coders: np.ndarray, positive: np.ndarray) -> float:
    pairs = (positive * (coders - 1)).sum()
    return float((positive * (positive - 1)).sum() / pairs) if pairs else np.nan


def _alpha(apart: np.ndarray, n: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return alpha from the distances within units, the number of ratings and the distances among all of them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (n - 1) * apart / expected, np.nan)


def _alpha_of(counts: np.ndarray, distance: np.ndarray) -> float:
    counts = counts[counts.sum(1) > 1]
    apart = ((counts @ distance) * counts).sum(1) / (counts.sum(1) - 1)
    totals = counts.sum(0)
    return float(_alpha(apart.sum(), totals.sum(), totals @ distance @ totals))


def _distance(totals: np.ndarray, categories: np.ndarray, level: str) -> np.ndarray:
    """Return the squared differences between categories (Krippendorff 2011)."""
    if level not in LEVELS:
        raise ValueError(f"level is {level!r}; write one of {LEVELS}")
    if level == "nominal":
        return 1.0 - np.eye(len(categories))
    try:
        values = np.asarray(categories, float)
    except (TypeError, ValueError):
        raise ValueError(f"level {level!r} needs numbers, found {list(categories)[:5]}") from None
    if level == "ordinal":  # the place of a category is the mean rank of the ratings in it
        order = np.argsort(values)
        values[order] = np.cumsum(totals[order]) - totals[order] / 2
    apart = values[:, None] - values
    if level == "ratio":
        if (values < 0).any():
            raise ValueError("level 'ratio' needs numbers from 0 up")
        both = values[:, None] + values
        apart = np.divide(apart, both, out=np.zeros_like(apart), where=both > 0)
    return apart**2


def _set_distance(inside: np.ndarray, distance: str) -> np.ndarray:
    """Return the distances between sets, given as rows of 0 and 1; two empty sets are alike."""
    if distance not in DISTANCES:
        raise ValueError(f"distance is {distance!r}; write one of {DISTANCES}")
    shared, size = inside @ inside.T, inside.sum(1)
    union = size[:, None] + size - shared
    likeness = np.divide(shared, union, out=np.ones_like(shared), where=union > 0)
    if distance == "nominal":
        likeness = np.floor(likeness)
    if distance == "masi":
        part_of = shared == np.minimum(size[:, None], size)
        likeness *= np.select([likeness == 1, part_of, shared > 0], [1, 2 / 3, 1 / 3], 0)
    return 1 - likeness


def percent_agreement(ratings: pd.DataFrame) -> float:
    """Return the share of coder pairs that agree, averaged over the units that two or more coders rated.

    Takes no account of chance. nan only if no unit has two ratings.

    >>> round(percent_agreement(pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 0, None]})), 3)
    0.667
    """
    return _percent(_counts(ratings)[0])


def krippendorff_alpha(ratings: pd.DataFrame, level: str = "nominal") -> float:
    """Return Krippendorff's alpha (2011), one minus observed over expected disagreement; nan with no variation.

    Any number of coders, missing ratings allowed. `level` is nominal, ordinal, interval or ratio; all but nominal
    need numbers. ValueError for another level, or for ratings it cannot measure.

    >>> round(krippendorff_alpha(pd.DataFrame({"A": [1, 1, 0, 0, 0], "B": [1, 0, 0, 0, 0]})), 3)
    0.571
    """
    counts, categories = _counts(ratings)
    return _alpha_of(counts, _distance(counts[counts.sum(1) > 1].sum(0), categories, level))


def cohen_kappa(ratings: pd.DataFrame) -> float:
    """Return Cohen's kappa (1960) over the units that both of two coders rated; nan with no variation.

    ValueError unless `ratings` has exactly two columns.

    >>> cohen_kappa(pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 0, 0]}))
    0.5
    """
    if ratings.shape[1] != 2:
        raise ValueError(f"Cohen's kappa compares two coders; the ratings have {ratings.shape[1]} columns")
    both = ratings.dropna()
    first, second = (both.iloc[:, coder].value_counts(normalize=True) for coder in (0, 1))
    return _beyond_chance(_percent(_counts(both)[0]), first.mul(second, fill_value=0).sum())


def fleiss_kappa(ratings: pd.DataFrame) -> float:
    """Return Fleiss' kappa, generalised to missing ratings as in Gwet (2014); nan with no variation.

    >>> round(fleiss_kappa(pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 0, 0]})), 3)
    0.467
    """
    counts, _ = _counts(ratings)
    return _beyond_chance(_percent(counts), (_shares(counts) ** 2).sum())


def gwet_ac1(ratings: pd.DataFrame) -> float:
    """Return Gwet's AC1 (2008; missing ratings as in 2014); nan with no variation.

    Stays high when a code is rare and coders agree only that it is absent: read it beside alpha, never instead.

    >>> round(gwet_ac1(pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 0, 0]})), 3)
    0.529
    """
    return _ac1(_counts(ratings)[0])


def specific_agreement(ratings: pd.DataFrame) -> float:
    """Return positive specific agreement of 0/1 ratings: 2a / (2a + b + c), summed over the pairs of coders.

    If one coder says 1, how often does another? nan if nobody says 1; ValueError for other values.

    >>> specific_agreement(pd.DataFrame({"A": [1, 1, 1, 0], "B": [1, 1, 0, 0]}))
    0.8
    """
    counts, categories = _counts(ratings)
    if not set(categories) <= {0, 1}:
        raise ValueError(f"specific agreement needs ratings of 0 and 1, found {list(categories)[:5]}")
    return _specific(counts.sum(1), counts[:, categories == 1].sum(1))


def set_alpha(sets: pd.DataFrame, distance: str = "jaccard") -> float:
    """Return Krippendorff's alpha for units to which each coder gave a *set* of codes (Passonneau 2006).

    Cells hold sets, or are missing where a coder did not rate. `distance` is jaccard, masi, or nominal (the same
    set or not). nan with no variation; ValueError for another distance.

    >>> A, B = [{"power"}, {"power", "trust"}, set()], [{"power"}, {"trust"}, set()]
    >>> round(set_alpha(pd.DataFrame({"A": A, "B": B})), 3)
    0.783
    """
    counts, found = _counts(sets.map(frozenset, na_action="ignore"))
    members = list(frozenset().union(*found))
    inside = np.array([[member in one for member in members] for one in found], float)
    apart = _set_distance(inside.reshape(len(found), len(members)), distance)
    return _alpha_of(counts, apart)


def _readers(cohort: Cohort) -> pd.DataFrame:
    """Return who was assigned to which source of the plan's wave in the round `independent`."""
    sources = cohort.sources.loc[cohort.sources["wave"] == cohort.plan.wave, "source"]
    readers = assigned(cohort)
    return readers[(readers["round"] == "independent") & readers["source"].isin(sources)]


def _read(cohort: Cohort) -> pd.DataFrame:
    """Return segments x coders: who was to read it. Only segments of two readers, without interviewer turns."""
    readers = _readers(cohort)
    segments = cohort.segments[cohort.segments["speaker"] != "interviewer"]
    read = {
        coder: segments["source"].isin(readers.loc[readers["coder"] == coder, "source"]).to_numpy(bool)
        for coder in readers["coder"].unique()
    }
    read = pd.DataFrame(read, index=pd.Index(segments["segment"]), dtype=bool)
    read = read[read.sum(axis=1) > 1]
    return read.loc[:, read.any()]


def _independent(cohort: Cohort) -> pd.DataFrame:
    return cohort.codings[cohort.codings["round"] == "independent"]


def _given(cohort: Cohort, read: pd.DataFrame, codes: list[str]) -> np.ndarray:
    """Return codes x segments x coders: True where an assigned coder gave the code."""
    rows, axes = _independent(cohort), (pd.Index(codes), read.index, read.columns)
    found = zip(axes, ("code", "segment", "coder"), strict=True)
    places = np.array([axis.get_indexer(rows[column]) for axis, column in found])
    given = np.zeros([len(axis) for axis in axes], bool)
    given[tuple(places[:, (places >= 0).all(0)])] = True
    return given & read.to_numpy(bool)


def _valences(cohort: Cohort) -> dict[tuple[str, str, str], str]:
    """Return the valence of each (segment, code, coder); `/` joins several."""
    rows = _independent(cohort)[["segment", "code", "coder", "valence"]].drop_duplicates().sort_values("valence")
    said: dict[tuple[str, str, str], str] = {}
    for *key, valence in rows.itertuples(index=False):
        said[*key] = f"{said[*key]}/{valence}" if tuple(key) in said else valence
    return said


def _strata(cohort: Cohort, sources: pd.Index) -> pd.Series:
    """Return the site of each source; "" if it has no single one, or is the only source of its site."""
    spoken = cohort.segments.loc[cohort.segments["site"] != "", ["source", "site"]].drop_duplicates()
    single = spoken.drop_duplicates("source", keep=False).set_index("source")["site"]
    sites = cohort.sources.set_index("source")["site"].reindex(sources)
    sites = sites.where(sites != "", single.reindex(sources)).fillna("")
    return sites.where(sites.duplicated(keep=False), "")  # alone in its site, a source would never vary


def _weights(cohort: Cohort, units: pd.Index, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each resample draws each source, and the number of the source of each unit.

    Whole sources are drawn anew within their site, plan.B times. The first row holds ones: the data themselves. The
    others are nan if there are fewer than two sources.
    """
    generator = np.random.default_rng([cohort.plan.seed, zlib.crc32(name.encode())])
    source, sources = pd.factorize(cohort.segments.set_index("segment")["source"].reindex(units))
    weights = np.ones((cohort.plan.B + 1, len(sources)))
    strata = _strata(cohort, sources)
    for members in strata.groupby(strata.to_numpy()).indices.values():
        chances = np.full(len(members), 1 / len(members))
        weights[1:, members] = generator.multinomial(len(members), chances, cohort.plan.B)
    if len(sources) < 2:
        weights[1:] = np.nan
    return weights, source


def _per_source(values: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Return the sums of `values` (units x columns) per source: a resample only weighs them."""
    return pd.DataFrame(values).groupby(source).sum().to_numpy()


def _interval(resampled: np.ndarray, level: float) -> np.ndarray:
    """Return lo and hi over the rows but the first; undefined values are left out."""
    return pd.DataFrame(resampled[1:]).quantile([(1 - level) / 2, (1 + level) / 2]).to_numpy(float)


def _method(cohort: Cohort, statistic: str) -> str:
    """Say how an estimate was made, and on what guess if nobody wrote down who read what."""
    guess = "; no table of assignments: coders are taken to have read every source they coded in"
    return f"{statistic}; {cohort.plan.B} resamples of sources within site{'' if len(cohort.assignments) else guess}"


def _gap(cohort: Cohort, read: pd.DataFrame) -> tuple[str, str]:
    """Return status and reason: whether any segment had two readers, and if not, why."""
    if len(read):
        return "ok", ""
    if cohort.segments.empty or _readers(cohort).empty:
        return "not_assessable", f"no segment of wave {cohort.plan.wave} was read independently"
    return "not_estimable", "only one coder read each segment"


def _without(cohort: Cohort, read: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the one row that says why there is nothing to tell."""
    known = dict(zip(("status", "reason"), _gap(cohort, read), strict=True), n=0)
    return pd.DataFrame([[known.get(c, np.nan if c in NUMBERS else "") for c in columns]], columns=columns)


def _explain(gap: tuple, estimate: float, lo: float, hi: float, undefined: str, more: str = "") -> tuple[str, str]:
    """Return status and reason of an estimate: a blank, or an interval without width, is always explained."""
    if gap[0] != "ok":
        return gap
    if np.isnan(estimate):
        return "not_estimable", undefined
    certain = "the coders never differ here, so resampling cannot say how sure that is" if lo == hi == 1 else ""
    return "ok", "; ".join(filter(None, ["no interval: all in one source" if np.isnan(lo) else certain, more]))


def code_ratings(cohort: Cohort, code: str) -> pd.DataFrame:
    """Return segments x coders for one code: 1 given, 0 read but not given, missing where not assigned.

    Left out: interviewer turns, segments with fewer than two assigned coders, and what a coder coded in a source
    not assigned to them. KeyError for a code that is not in the codebook.

    >>> from casestudy import load_cohort
    >>> code_ratings(load_cohort("template"), "balancing_power").columns.tolist()
    ['c1', 'c2', 'c3']
    """
    if code not in set(cohort.codebook["code"]):
        raise KeyError(f"code {code!r} is not in the codebook")
    read = _read(cohort)
    return pd.DataFrame(_given(cohort, read, [code])[0].astype(float), read.index, read.columns).where(read)


def _decision(plan, row) -> str:
    if row.status != "ok":
        return "not_estimable"
    if row.positive < FEW_POSITIVES:
        return "too_rare"
    if row.estimate >= plan.alpha_ok and row.lo >= plan.alpha_min:
        return "reliable"
    return "tentative" if row.estimate >= plan.alpha_min else "unreliable"


def _resampled_alphas(cohort: Cohort, units: pd.Index, coders: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Return the alphas of all codes (columns) in the data (first row) and in every resample."""
    weights, source = _weights(cohort, units, "agreement_by_code")
    apart = 2 * positive * (coders - positive) / (coders - 1)
    n, ones = (weights @ _per_source(columns, source) for columns in (coders, positive.T))
    return _alpha(weights @ _per_source(apart.T, source), n, 2 * ones * (n - ones))


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
    plan, codes, read = cohort.plan, active_codes(cohort), _read(cohort)
    coders, positive = read.to_numpy(bool).sum(1), _given(cohort, read, codes).sum(2)
    counts = np.stack([coders - positive, positive], axis=-1)
    alphas = _resampled_alphas(cohort, read.index, coders, positive)
    table = cohort.codebook.set_index("code").loc[codes, ["label", "kind"]].reset_index()
    table["positive"] = (positive > 0).sum(1)
    table["percent"] = [_percent(code) for code in counts]
    table["positive_agreement"] = [_specific(coders, code) for code in positive]
    table["ac1"] = [_ac1(code) for code in counts]
    table["estimate"] = alphas[0]
    table["lo"], table["hi"] = _interval(alphas, plan.ci_level)
    table["n"] = len(read)
    table["share_above_min"] = np.where(table["lo"].isna(), np.nan, (alphas[1:] >= plan.alpha_min).mean(0))
    table["method"] = _method(cohort, "Krippendorff's alpha, nominal")
    undefined = ("no coder gave this code", "every coder gave this code to every segment")
    gap = _gap(cohort, read)
    said = [_explain(gap, r.estimate, r.lo, r.hi, undefined[r.positive > 0]) for r in table.itertuples()]
    table["status"], table["reason"] = zip(*said, strict=True) if said else ([], [])
    return table.assign(decision=[_decision(plan, row) for row in table.itertuples()])


def _resampled_set_alphas(cohort: Cohort, units: pd.Index, place: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Return the alpha of two coders' sets, by number in `place`, in the data and in every resample."""
    weights, source = _weights(cohort, units, "coder_pairs")
    apart = weights @ _per_source(2 * distance[place[0], place[1]], source)[:, 0]
    totals = np.zeros((weights.shape[1], len(distance)))
    np.add.at(totals, (source, place), 1)
    expected = ((weights @ (totals @ distance @ totals.T)) * weights).sum(1)
    return _alpha(apart, weights @ totals.sum(1), expected)


def _pair(cohort: Cohort, read: pd.DataFrame, given: np.ndarray, one: int, two: int) -> list:
    """Return one row of `coder_pairs`."""
    shared = read.iloc[:, [one, two]].all(axis=1).to_numpy()
    sets = given[:, shared][:, :, [one, two]].transpose(2, 1, 0)
    found, place = np.unique(sets.reshape(2 * shared.sum(), len(given)), axis=0, return_inverse=True)
    distance, place = _set_distance(found.astype(float), "jaccard"), place.reshape(2, -1)
    alphas = _resampled_set_alphas(cohort, read.index[shared], place, distance)
    estimate, (lo, hi) = alphas[0], _interval(alphas, cohort.plan.ci_level)[:, 0]
    undefined = (
        "both gave all segments one and the same set of codes" if shared.any() else "they read no segment in common"
    )
    rates = sets.sum(axis=(1, 2)) / max(shared.sum(), 1)
    ratio, no_ratio = (rates[0] / rates[1], "") if rates[1] else (np.nan, "no ratio: the second coder gave no code")
    status, reason = _explain(_gap(cohort, read), estimate, lo, hi, undefined, no_ratio)
    method = _method(cohort, "Krippendorff's alpha on sets of codes, Jaccard distance")
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
    read = _read(cohort)
    given = _given(cohort, read, active_codes(cohort))
    rows = [_pair(cohort, read, given, *pair) for pair in combinations(range(read.shape[1]), 2)]
    return pd.DataFrame(rows, columns=columns) if rows else _without(cohort, read, columns)


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
    read, codes, rows = _read(cohort), active_codes(cohort), []
    if read.empty:
        return _without(cohort, read, columns)
    for (one, first), (two, second) in combinations(zip(codes, _given(cohort, read, codes), strict=True), 2):
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
        segment, site, text, code, given_by, not_given_by, valences (in the order of given_by; `/` joins several of
        one coder), status, reason. Segments with most codes in dispute first.

    >>> from casestudy import load_cohort
    >>> disagreements(load_cohort("template")).columns[:3].tolist()
    ['segment', 'site', 'text']
    """
    columns = ["segment", "site", "text", "code", "given_by", "not_given_by", "valences", "status", "reason"]
    read, codes, said, rows = _read(cohort), active_codes(cohort), _valences(cohort), []
    if read.empty:
        return _without(cohort, read, columns)
    given = _given(cohort, read, codes).transpose(1, 0, 2)
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
    return pd.DataFrame(rows, columns=columns)


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
    read, codes, said, rows = _read(cohort), active_codes(cohort), _valences(cohort), []
    method, gap = _method(cohort, "mean pairwise agreement on the valence"), _gap(cohort, read)
    for code, given in zip(codes, _given(cohort, read, codes), strict=True):
        units = np.flatnonzero(given.sum(1) > 1)
        chosen = [{c: said[read.index[unit], code, c] for c in read.columns[given[unit]]} for unit in units]
        ratings = pd.DataFrame(chosen, columns=read.columns)
        weights, source = _weights(cohort, read.index[units], "valence_agreement")
        alike, n = (weights @ _per_source(np.c_[_alike(_counts(ratings)[0]), np.ones(len(units))], source)).T
        with np.errstate(invalid="ignore"):
            lo, hi = _interval(alike / n, cohort.plan.ci_level)[:, 0]
        estimate, alpha = percent_agreement(ratings), krippendorff_alpha(ratings)
        no_alpha = "no alpha: only one valence was given" if np.isnan(alpha) else ""
        said_why = _explain(gap, estimate, lo, hi, "no segment was given this code by two coders", no_alpha)
        rows.append([code, len(units), estimate, lo, hi, alpha, method, *said_why])
    return pd.DataFrame(rows, columns=columns)
