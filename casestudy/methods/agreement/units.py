"""What is compared: the segments that two or more coders were assigned, who gave which code, and resampling."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import assigned, generator

NUMBERS = {"percent", "estimate", "lo", "hi", "rate_1", "rate_2", "rate_ratio", "share"}


def readers_of(cohort: Cohort) -> pd.DataFrame:
    """Return who was assigned to which source of the plan's wave in the round `independent`."""
    sources = cohort.sources.loc[cohort.sources["wave"] == cohort.plan.wave, "source"]
    readers = assigned(cohort)
    return readers[(readers["round"] == "independent") & readers["source"].isin(sources)]


def read_by(cohort: Cohort) -> pd.DataFrame:
    """Return segments x coders: who was to read it. Only segments of two readers, without interviewer turns."""
    readers = readers_of(cohort)
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


def given_codes(cohort: Cohort, read: pd.DataFrame, codes: list[str]) -> np.ndarray:
    """Return codes x segments x coders: True where an assigned coder gave the code."""
    rows, axes = _independent(cohort), (pd.Index(codes), read.index, read.columns)
    found = zip(axes, ("code", "segment", "coder"), strict=True)
    places = np.array([axis.get_indexer(rows[column]) for axis, column in found])
    given = np.zeros([len(axis) for axis in axes], bool)
    given[tuple(places[:, (places >= 0).all(0)])] = True
    return given & read.to_numpy(bool)


def valences_said(cohort: Cohort) -> dict[tuple[str, str, str], str]:
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


def draw_weights(cohort: Cohort, units: pd.Index, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each resample draws each source, and the number of the source of each unit.

    Whole sources are drawn anew within their site, plan.B times. The first row holds ones: the data themselves. The
    others are nan if there are fewer than two sources.
    """
    rng = generator(cohort, name)
    source, sources = pd.factorize(cohort.segments.set_index("segment")["source"].reindex(units))
    weights = np.ones((cohort.plan.B + 1, len(sources)))
    strata = _strata(cohort, sources)
    for members in strata.groupby(strata.to_numpy()).indices.values():
        chances = np.full(len(members), 1 / len(members))
        weights[1:, members] = rng.multinomial(len(members), chances, cohort.plan.B)
    if len(sources) < 2:
        weights[1:] = np.nan
    return weights, source


def per_source(values: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Return the sums of `values` (units x columns) per source: a resample only weighs them."""
    return pd.DataFrame(values).groupby(source).sum().to_numpy()


def percentiles(resampled: np.ndarray, level: float) -> np.ndarray:
    """Return lo and hi over the rows but the first; undefined values are left out."""
    return pd.DataFrame(resampled[1:]).quantile([(1 - level) / 2, (1 + level) / 2]).to_numpy(float)


def method_said(cohort: Cohort, statistic: str) -> str:
    """Say how an estimate was made, and on what guess if nobody wrote down who read what."""
    guess = "; no table of assignments: coders are taken to have read every source they coded in"
    return f"{statistic}; {cohort.plan.B} resamples of sources within site{'' if len(cohort.assignments) else guess}"


def gap_in(cohort: Cohort, read: pd.DataFrame) -> tuple[str, str]:
    """Return status and reason: whether any segment had two readers, and if not, why."""
    if len(read):
        return "ok", ""
    if cohort.segments.empty or readers_of(cohort).empty:
        return "not_assessable", f"no segment of wave {cohort.plan.wave} was read independently"
    return "not_estimable", "only one coder read each segment"


def row_without(cohort: Cohort, read: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the one row that says why there is nothing to tell."""
    known = dict(zip(("status", "reason"), gap_in(cohort, read), strict=True), n=0)
    return pd.DataFrame([[known.get(c, np.nan if c in NUMBERS else "") for c in columns]], columns=columns)


def explained(gap: tuple, estimate: float, lo: float, hi: float, undefined: str, more: str = "") -> tuple[str, str]:
    """Return status and reason of an estimate: a blank, or an interval without width, is always explained."""
    if gap[0] != "ok":
        return gap
    if np.isnan(estimate):
        return "not_estimable", undefined
    alike = "the coders never differ here" if lo == 1 else "every resample gives this same value"
    certain = f"{alike}, so resampling cannot say how sure that is" if lo == hi else ""
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
    read = read_by(cohort)
    return pd.DataFrame(given_codes(cohort, read, [code])[0].astype(float), read.index, read.columns).where(read)
