"""What a word search would have missed: its precision and recall against coding by hand.

A segment is *retrieved* by a domain if any of its terms stands in it, and *positive* if the coders gave it any code
of the domain, whatever the valence. What the search did not return must have been read too: the share of positives
there (elusion) is estimated in each site and carried over to all that was not returned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import assigned, generator, resolve_codings
from .hits import given_terms, hits_in, search_status, searched

HITS_ROUND = "search_hits"  # the round of coders who read only what the search returned
MEASURES = ["precision", "elusion", "recall", "f1", "f2", "lift"]
UNREAD = "nobody read what the search did not return"
COUNTS = ["all_1", "all_0", "read_1", "read_0", "tp", "fn"]  # 1 = retrieved, 0 = not


@dataclass(frozen=True)
class Judged:
    """Searched segments with what was made of them: the terms that retrieve each, who read it, whether positive."""

    segments: pd.DataFrame  # segment, source, site, read_1 and read_0: read, had it been retrieved or not
    terms: pd.DataFrame  # domain, code, term
    found: np.ndarray  # segments x terms
    positive: dict[str, np.ndarray]  # domain -> by segment


def elusion_sample(share: float = 0.02, level: float = 0.95) -> int:
    """Return how many segments that the search did not return must be read, without meeting a positive one, to say
    at this level that fewer than `share` of them are positive.

    >>> elusion_sample()
    149
    """
    if not (0 < share < 1 and 0 < level < 1):
        raise ValueError("share and level lie between 0 and 1")
    return math.ceil(math.log(1 - level) / math.log(1 - share))


def _readings(cohort: Cohort) -> tuple[set[str], set[str]]:
    """Return the sources whose every segment was read, and those of which only what the search returned was."""
    rounds = assigned(cohort)
    whole = set(rounds.loc[rounds["round"].isin(["independent", "consensus"]), "source"])
    return whole, set(rounds.loc[rounds["round"] == HITS_ROUND, "source"]) - whole


def _resolved(cohort: Cohort) -> pd.DataFrame:
    """Return the resolved codings; where only hits were read, those codings count as independent ones."""
    hits_only = _readings(cohort)[1]
    if not hits_only:
        return resolve_codings(cohort)
    home = cohort.segments.set_index("segment")["source"]
    codings, rounds = cohort.codings, assigned(cohort)
    moved = codings["segment"].map(home).isin(hits_only) & (codings["round"] == HITS_ROUND)
    codings = codings.assign(round=codings["round"].mask(moved, "independent"))
    moved = rounds["source"].isin(hits_only) & (rounds["round"] == HITS_ROUND)
    rounds = rounds.assign(round=rounds["round"].mask(moved, "independent"))
    return resolve_codings(cohort.with_tables(codings=codings, assignments=rounds))


def judge(cohort: Cohort) -> Judged:
    """Return every searched segment with the terms that retrieve it, who read it, and its domains by hand."""
    segments, terms = searched(cohort)[["segment", "source", "site", "text"]], given_terms(cohort)
    hits = hits_in(segments, terms)
    found = np.zeros((len(segments), len(terms)), bool)
    found[pd.Index(segments["segment"]).get_indexer(hits["segment"]), hits["number"]] = True
    whole, hits_only = _readings(cohort)
    read = segments["source"].isin(whole)
    segments = segments.assign(read_1=read | segments["source"].isin(hits_only), read_0=read)
    given = _resolved(cohort)
    given["domain"] = given["code"].map(cohort.codebook.set_index("code")["domain"])
    names = pd.DataFrame([(t.domain, t.code, t.term) for t in terms], columns=["domain", "code", "term"], dtype=str)
    domains = names["domain"].unique()
    positive = {d: segments["segment"].isin(given.loc[given["domain"] == d, "segment"]).to_numpy() for d in domains}
    return Judged(segments.drop(columns="text"), names, found, positive)


def counts_of(judged: Judged, retrieved: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Return source x site x count: how many segments of each kind, as in COUNTS."""
    s = judged.segments
    read = np.where(retrieved, s["read_1"], s["read_0"]).astype(bool)
    kinds = [retrieved, ~retrieved, retrieved & read, ~retrieved & read]
    kinds += [retrieved & read & positive, ~retrieved & read & positive]
    source, sources = pd.factorize(s["source"])
    site, sites = pd.factorize(s["site"])
    counts = np.zeros((len(sources), len(sites), len(COUNTS)))
    np.add.at(counts, (source, site), np.stack(kinds, axis=1).astype(float))
    return counts


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)


def _carried(everything: np.ndarray, read: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, over sites, how many positives there are by estimate, and among how many; unread sites are left out."""
    total = np.where(read > 0, everything, 0)
    return (np.nan_to_num(_share(positive, read)) * total).sum(-1), total.sum(-1)


def measures_of(counts: np.ndarray) -> dict[str, np.ndarray]:
    """Return every measure from counts (... x site x COUNTS); NaN where undefined."""
    all_1, all_0, read_1, read_0, tp, fn = np.moveaxis(counts, -1, 0)
    found, of_found = _carried(all_1, read_1, tp)
    missed, of_missed = _carried(all_0, read_0, fn)
    seen = (of_missed > 0) | (all_0.sum(-1) == 0)  # something not returned was read, or nothing is left to read
    precision, elusion = _share(found, of_found), _share(missed, of_missed)
    recall = np.where(seen, _share(found, found + missed), np.nan)
    f = {b: _share((1 + b * b) * precision * recall, b * b * precision + recall) for b in (1, 2)}
    base = np.where(seen, _share(found + missed, of_found + of_missed), np.nan)
    values = (precision, elusion, recall, f[1], f[2], _share(precision, base))
    return dict(zip(MEASURES, values, strict=True))


def _weights(cohort: Cohort, judged: Judged) -> np.ndarray:
    """Return how often each resample draws each source, within its site and as read or not; the first row is ones."""
    sources = judged.segments.drop_duplicates("source")
    strata = sources["site"] + "\n" + sources["read_0"].astype(str)
    strata = strata.where(strata.duplicated(keep=False), "")  # alone in its site, a source would never vary
    rng, weights = generator(cohort, "search_quality"), np.ones((cohort.plan.B + 1, len(sources)))
    for members in strata.groupby(strata.to_numpy()).indices.values():
        weights[1:, members] = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), cohort.plan.B)
    if len(sources) < 2:
        weights[1:] = np.nan
    return weights


def retrieved_by(judged: Judged, domain: str) -> np.ndarray:
    return judged.found[:, (judged.terms["domain"] == domain).to_numpy()].any(1)


def gap_of(cohort: Cohort, domain: str) -> str:
    """Return why a domain cannot be judged; "" if it can."""
    if not domain:
        return "these terms belong to no domain"
    if domain not in set(cohort.codebook["domain"]):
        return "no code of the codebook belongs to this domain"
    return "" if any(_readings(cohort)) else "nobody is known to have read these texts"


def why_undefined(measure: str, counts: np.ndarray) -> str:
    """Return why a measure has no value, from the counts over all sites."""
    all_1, all_0, read_1, read_0 = counts[:4]
    if measure != "precision" and all_0 and not read_0:
        return (
            f"{UNREAD}; if {elusion_sample()} of these are read and none is positive, fewer than 2 % of all of them are"
        )
    if measure == "elusion":
        return "the search returned every segment"
    if not read_1 and measure in ("precision", "f1", "f2", "lift"):
        return "nothing that the search returned was read" if all_1 else "the search returned nothing"
    return "no segment that was read belongs to the domain"


def _n(measure: str, counts: np.ndarray) -> int:
    _, _, read_1, read_0, _, _ = counts
    return int({"precision": read_1, "elusion": read_0}.get(measure, read_1 + read_0))


def _rows(cohort: Cohort, judged: Judged, domain: str, weights: np.ndarray) -> list[list]:
    counts = counts_of(judged, retrieved_by(judged, domain), judged.positive[domain])
    resampled = measures_of((weights @ counts.reshape(len(counts), -1)).reshape(-1, *counts.shape[1:]))
    total, level, rows = counts.sum((0, 1)), cohort.plan.ci_level, []
    guess = "" if len(cohort.assignments) else "; coders are taken to have read every source they coded in"
    method = f"elusion by site, carried over; {cohort.plan.B} resamples of sources within site{guess}"
    for measure, values in resampled.items():
        estimate, drawn = values[0], values[1:][~np.isnan(values[1:])]
        lo, hi = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]) if len(drawn) else (np.nan, np.nan)
        if np.isnan(estimate):
            said, lo, hi = ("not_estimable", why_undefined(measure, total)), np.nan, np.nan
        else:
            said = "ok", _remark(lo, hi, counts.sum(0), judged)
        rows.append([domain, measure, estimate, lo, hi, _n(measure, total), method, *said])
    return rows


def _remark(lo: float, hi: float, by_site: np.ndarray, judged: Judged) -> str:
    """Return what must be known about an estimate: an interval without width, sites that nobody read."""
    width = "no interval: all in one source" if np.isnan(lo) else ""
    width = "all resamples agree, so they cannot say how sure this is" if lo == hi else width
    sites = pd.unique(judged.segments["site"])
    unread = [str(site) or "(no site)" for site, n in zip(sites, by_site[:, 2:4].sum(1), strict=True) if not n]
    return "; ".join(filter(None, [width, f"left out, for nobody read there: {', '.join(unread)}" if unread else ""]))


def blank_row(columns: list[str], numbers: set[str], gap: tuple[str, str], domain: str = "") -> pd.DataFrame:
    known = {"domain": domain, "n": 0, "status": gap[0], "reason": gap[1]}
    return pd.DataFrame([[known.get(c, np.nan if c in numbers else "") for c in columns]], columns=columns)


def search_quality(cohort: Cohort) -> pd.DataFrame:
    """Return how well the terms of each domain find what the coders gave a code of that domain.

    Returns
    -------
    DataFrame
        domain, measure, estimate, lo, hi, n (segments read that it rests on), method, status, reason. Measures:
        precision (positives among what was returned), elusion (positives among what was not), recall (positives that
        were returned), f1, f2 (which values recall more), lift (precision over the share of positives in all).
        Intervals from whole sources drawn anew within their site.

    Notes
    -----
    Where coders read only what the search returned (their round is called `search_hits`), recall cannot be known.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> search_quality(load_cohort("af4q"))[["status", "reason"]].to_numpy().tolist()
    [['not_assessable', 'the statements are restated in our words']]
    """
    columns = ["domain", "measure", "estimate", "lo", "hi", "n", "method", "status", "reason"]
    gap = search_status(cohort)
    if gap[0] != "ok":
        return blank_row(columns, {"estimate", "lo", "hi"}, gap)
    judged = judge(cohort)
    weights, rows = _weights(cohort, judged), []
    for domain in judged.positive:
        why = gap_of(cohort, domain)
        blank = [[domain, m, np.nan, np.nan, np.nan, 0, "", "not_assessable", why] for m in MEASURES]
        rows += blank if why else _rows(cohort, judged, domain, weights)
    return pd.DataFrame(rows, columns=columns)


def search_counts(cohort: Cohort) -> pd.DataFrame:
    """Return the numbers behind `search_quality`.

    Returns
    -------
    DataFrame
        domain, n (segments searched), retrieved, read, tp, fp (of what was returned and read), fn, tn (of what was
        not returned and read), status, reason.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> search_counts(load_cohort("template")).columns.tolist()[:3]
    ['domain', 'n', 'retrieved']
    """
    columns, gap = (
        ["domain", "n", "retrieved", "read", "tp", "fp", "fn", "tn", "status", "reason"],
        search_status(cohort),
    )
    if gap[0] != "ok":
        return blank_row(columns, {"retrieved", "read", "tp", "fp", "fn", "tn"}, gap)
    judged, rows = judge(cohort), []
    for domain, positive in judged.positive.items():
        counts = counts_of(judged, retrieved_by(judged, domain), positive).sum((0, 1)).astype(int).tolist()
        all_1, all_0, read_1, read_0, tp, fn = counts
        said = ("not_assessable", gap_of(cohort, domain)) if gap_of(cohort, domain) else gap
        rows.append([domain, all_1 + all_0, all_1, read_1 + read_0, tp, read_1 - tp, fn, read_0 - fn, *said])
    return pd.DataFrame(rows, columns=columns)
