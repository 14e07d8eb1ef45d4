"""How often each challenge stays common when what coders overlook and imagine is put right at random."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import (
    assigned,
    eligible,
    generator,
    in_reading,
    production_coder,
    raised,
    resolve_codings,
    uncoded,
)
from .chances import called_present
from .common import verdicts
from .errors import coding_errors
from .present import presence
from .resampled import judged_in, with_shares

COLUMNS = ["code", "label", "reading", "estimate", "lo", "hi", "n", "method", "status", "reason"]
Readers = tuple[tuple[str, ...], int]  # whose readings count, and how many of them must give the code


def _readers(cohort: Cohort) -> dict[str, Readers]:
    """Return for each source whose independent readings decide; a source settled in consensus has none that err."""
    how, read = cohort.plan.resolve, assigned(cohort)
    alone = read[read["round"] == "independent"].groupby("source")["coder"].agg(lambda c: tuple(sorted(set(c))))
    if how == "single":
        return {source: ((coder,), 1) for source, coder in production_coder(cohort).items()}
    settled = set(read.loc[read["round"] == "consensus", "source"]) if how == "consensus" else set()
    needed = {"any": lambda n: 1, "all": lambda n: n}.get(how, lambda n: n // 2 + 1)
    return {source: (names, needed(len(names))) for source, names in alone.items() if source not in settled}


def _rates_drawn(
    cohort: Cohort, errors: pd.DataFrame, coders: list[str], codes: list[str]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return coder -> draws of sensitivity and of specificity, resamples x codes, from their Beta posteriors.

    A code that the coder never met in the reference takes the coder's rates over all codes; a coder who was never
    measured takes those of all coders.
    """
    rng, counts = generator(cohort, "bootstrap_coding_errors"), errors.set_index(["code", "coder"])
    usable = set(counts.index[(counts["positives"] > 0) & (counts["negatives"] > 0)])
    found = {}
    for coder in coders:
        steps = [[(code, coder), ("", coder), (code, ""), ("", "")] for code in codes]
        keys = [next((key for key in step if key in usable), ("", "")) for step in steps]
        of = counts.loc[keys]
        hit, all_, false, none = (of[c].to_numpy(float) for c in ("found", "positives", "false", "negatives"))
        draws = (cohort.plan.B, len(codes))
        found[coder] = (
            rng.beta(hit + 0.5, all_ - hit + 0.5, draws),
            rng.beta(none - false + 0.5, false + 0.5, draws),
        )
    return found


def _rule_rates(readers: Readers | None, rates: dict, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return sensitivity and specificity of what several readers come to, if they err independently of each other."""
    if not readers or not readers[0]:
        return np.ones(shape), np.ones(shape)
    names, needed = readers
    seen = np.stack([rates[name][0] for name in names], -1)
    false = np.stack([1 - rates[name][1] for name in names], -1)
    return called_present(seen, needed), 1 - called_present(false, needed)


def put_right(
    rng: np.random.Generator, given: np.ndarray, spoken: np.ndarray, seen: np.ndarray, spared: np.ndarray
) -> np.ndarray:
    """Return draws of how many segments of each source truly carry each code, given how many were marked.

    Parameters
    ----------
    rng : Generator
    given : array, sources x codes
        Segments marked.
    spoken : array, sources
        Segments that could have been.
    seen, spared : arrays, draws x sources x codes
        Sensitivity and specificity.

    Notes
    -----
    The true share of segments is estimated per code over the sources handed in (Rogan & Gladen 1978); by it and both
    rates a marked segment is true with the chance of its predictive value, and one left unmarked with what remains
    (probabilistic bias analysis, Fox, Lash & MacLehose 2021).
    """
    spoken = np.asarray(spoken)[:, None]
    told, better = given - (1 - spared) * spoken, (seen + spared - 1) * spoken
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(better.sum(1) > 0, told.sum(1) / better.sum(1), given.sum(0) / max(spoken.sum(), 1))
        share = np.nan_to_num(share).clip(0, 1)[:, None, :]
        true_if_given = share * seen / (share * seen + (1 - share) * (1 - spared))
        true_if_not = share * (1 - seen) / (share * (1 - seen) + (1 - share) * spared)
    kept = rng.binomial(given, np.nan_to_num(true_if_given))
    return kept + rng.binomial(spoken - given, np.nan_to_num(true_if_not))


def _spoken_and_given(cohort: Cohort, reading: str, codes: list[str]) -> pd.DataFrame:
    """Return per site, informant and source how many segments count (spoken) and how many carry each code."""
    keys, said = ["site", "informant", "source"], eligible(cohort)
    table = said.groupby(keys).size().rename("spoken").to_frame()
    marks = resolve_codings(cohort)
    marks = marks[in_reading(marks["valence"], reading, cohort)].merge(said[["segment", *keys]], on="segment")
    given = marks.groupby([*keys, "code"])["segment"].nunique().unstack("code")
    return table.join(given.reindex(index=table.index, columns=codes).fillna(0).astype(int)).reset_index()


def _common_in(
    cohort: Cohort, table: pd.DataFrame, rows: pd.DataFrame, judged: pd.DataFrame, rates: dict, j: int
) -> np.ndarray:
    """Return, resamples x codes, whether the code is common once errors are put right."""
    plan, codes, readers = cohort.plan, judged.columns.tolist(), _readers(cohort)
    rng, shape = generator(cohort, "put_right"), (plan.B, len(codes))
    by_rule = {rule: _rule_rates(rule, rates, shape) for rule in [None, *dict.fromkeys(readers.values())]}
    common = np.ones(shape, bool)
    for site in [site for site in cohort.sites["site"] if judged.loc[site].any()]:
        here, told = rows[rows["site"] == site], table[table["site"] == site]
        could = here.pivot(index=["informant", "group"], columns="code", values="could")[codes]
        rules = [by_rule[readers.get(source)] for source in told["source"]]
        said = np.zeros((*shape[:1], len(could), len(codes)), int)
        if len(told):
            seen, spared = (np.stack([rule[n] for rule in rules], 1) for n in (0, 1))
            true = put_right(rng, told[codes].to_numpy(int), told["spoken"].to_numpy(int), seen, spared)
            voice = could.index.get_level_values("informant").get_indexer(told["informant"])
            np.add.at(said, (slice(None), voice), true)
        raisers = (said >= j) & could.to_numpy(bool)
        group = could.index.get_level_values("group")
        groups = sum(raisers[:, group == name].any(1).astype(int) for name in group.unique())
        common &= ~judged.loc[site].to_numpy(bool) | ((raisers.sum(1) >= plan.k) & (groups >= plan.m))
    return common


def bootstrap_coding_errors(
    cohort: Cohort,
    reading: str = "difficulty",
    errors: pd.DataFrame | None = None,
    kind: str | None = "challenge",
) -> pd.DataFrame:
    """Say how often each challenge would be common, had the coders not erred as often as they are known to.

    Parameters
    ----------
    cohort : Cohort
    reading : {"difficulty", "documented"}
    errors : DataFrame, optional
        code, coder, found, positives, false, negatives, status, reason, as from `coding_errors`, which is the
        default.
    kind : str or None
        Kind of code; None for all.

    Returns
    -------
    DataFrame
        code, label, reading, estimate (share of resamples in which the code is present at every site that can be
        judged), lo, hi (Wilson interval: how far the number of resamples leaves it open, no more), n (resamples; 0
        where there was nothing to resample), method, status, reason. `not_assessable`, with the reason of
        `coding_errors`, where it is not known how often coders err.

    Notes
    -----
    Each of plan.B resamples draws every coder's sensitivity and specificity for every code from Beta posteriors
    (Jeffreys), and from them which marks are true and which were overlooked (`put_right`); then j, k and m as
    planned. A segment counts as independent of the others of its interview: real informants return to a matter, so
    what a voice just reaches j with is shaken off too easily, and the share is rather too low for codes that are
    common. What all coders overlook, consensus does not show.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> bootstrap_coding_errors(load_cohort("template"))["status"].unique().tolist()
    ['not_assessable']
    """
    plan, errors = cohort.plan, coding_errors(cohort, reading) if errors is None else errors
    cells = presence(cohort, reading)
    table = verdicts(cells, cohort, kind)[["code", "label", "reading", "status", "reason"]]
    table["method"] = (
        f"j={plan.j}, k={plan.k}, m={plan.m}; marks put right by sensitivity and specificity per code and coder "
        f"(Beta posteriors, Jeffreys), B={plan.B}; Wilson {plan.ci_level:.0%} for the number of resamples only"
    )
    why = _refusal(errors)
    ok = table["status"].eq("ok").to_numpy() & (not why) & (not uncoded(cohort))
    if why:
        told = table["status"] == "ok"
        table["status"] = "not_assessable"
        table["reason"] = table["reason"].mask(told, why)
    times = np.zeros(len(table), int)
    if ok.any():
        codes = table["code"].tolist()
        judged = judged_in(cells, codes)
        coders = sorted({name for names, _ in _readers(cohort).values() for name in names})
        rates = _rates_drawn(cohort, errors, coders, codes)
        spoken = _spoken_and_given(cohort, reading, codes)
        times = _common_in(cohort, spoken, raised(cohort, reading), judged, rates, plan.j).sum(0)
    return with_shares(table, times, ok, plan)[COLUMNS]


def _refusal(errors: pd.DataFrame) -> str:
    """Return why the coders' errors are not known, "" if they are."""
    first = errors.iloc[0]
    return "" if first["status"] == "ok" else first["reason"]
