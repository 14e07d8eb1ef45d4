"""Which statements count as evidence under the plan, whose voice they are, and who could have coded them."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort

OWN_VOICE = "alliance_and_funder"  # in document cohorts these two groups speak as one


def generator(cohort: Cohort, name: str) -> np.random.Generator:
    """Return the random generator of one computation, from the plan's seed and the computation's name."""
    return np.random.default_rng([cohort.plan.seed, zlib.crc32(name.encode())])


def assigned(cohort: Cohort) -> pd.DataFrame:
    """Return who could have coded what: coder, source, round.

    From the table `assignments`; a cohort without it is taken to have had every coder read every source in which
    they coded anything.
    """
    if len(cohort.assignments):
        return cohort.assignments
    codings = cohort.codings.merge(cohort.segments[["segment", "source"]], on="segment")
    return codings[["coder", "source", "round"]].drop_duplicates(ignore_index=True)


def uncoded(cohort: Cohort) -> str:
    """Return why nothing can be said of any code, in words, if no coder read a source of the plan's wave; else ""."""
    spoken = voices(cohort)["source"]
    read = assigned(cohort)["source"].isin(spoken).any()
    return "" if read or spoken.empty else f"no source of wave {cohort.plan.wave} was read by a coder"


def active_codes(cohort: Cohort, kind: str | None = None) -> list[str]:
    """Return the codes in use, in codebook order; of one `kind` if given."""
    codebook = cohort.codebook[cohort.codebook["active"] != "no"]
    return codebook.loc[codebook["kind"].eq(kind) if kind else slice(None), "code"].tolist()


def theme_codes(cohort: Cohort, theme: str) -> list[str]:
    """Return the codes that the plan names for a theme, in codebook order; none if it names none."""
    return [code for code in active_codes(cohort) if code in cohort.plan.themes.get(theme, ())]


def voices(cohort: Cohort) -> pd.DataFrame:
    """Return the voice behind each source of the plan's wave: source, site, informant, group.

    In a document cohort the alliance itself and its funder or programme together are one voice at a site.
    """
    sources = cohort.sources[["source", "site", "informant", "group", "wave"]]
    sources = sources[sources["wave"] == cohort.plan.wave].drop(columns="wave")
    if cohort.evidence_level == "document":
        own = sources["group"].isin(["alliance", "funder"])
        sources = sources.assign(**{c: sources[c].mask(own, OWN_VOICE) for c in ("informant", "group")})
    return sources


def stated_year(cohort: Cohort) -> pd.Series:
    """Return the year of what each segment states, or else the year of its source; missing = undated."""
    published = cohort.segments["source"].map(cohort.sources.set_index("source")["year"])
    return cohort.segments["year"].fillna(published)


def in_period(cohort: Cohort) -> pd.Series:
    """Return whether what each segment states lies in the plan's period; undated statements do."""
    years, period = stated_year(cohort), cohort.plan.period
    if not period:
        return pd.Series(True, index=years.index)
    first, last = (int(year) for year in period.split("-"))
    return years.isna() | years.between(first, last).fillna(False)


def evidence_steps(cohort: Cohort) -> list[tuple[str, pd.Series]]:
    """Return the conditions a segment must meet to count as evidence, each with its name, in order."""
    segments, plan = cohort.segments, cohort.plan
    read = [
        (column, segments[column].isin(wanted))
        for column, wanted in (("scope", plan.scope), ("basis", plan.basis), ("checked", plan.checked))
        if wanted
    ]
    return [
        ("an informant's words", segments["speaker"].isin(["", "informant"])),
        (f"wave {plan.wave}", segments["source"].isin(voices(cohort)["source"])),
        ("tied to a site", segments["site"] != ""),
        *[(f"{column}: {' or '.join(getattr(plan, column))}", mask) for column, mask in read],
        (f"period: {plan.period or 'any'} or undated", in_period(cohort)),
    ]


def eligible(cohort: Cohort) -> pd.DataFrame:
    """Return the segments that count as evidence under the plan, with their voice.

    Returns
    -------
    DataFrame
        The columns of `segments`, plus informant and group of the voice behind them.
    """
    segments = cohort.segments
    for _, mask in evidence_steps(cohort):
        segments = segments[mask.reindex(segments.index)]
    return segments.merge(voices(cohort)[["source", "informant", "group"]], on="source")


def evidence_funnel(cohort: Cohort) -> pd.DataFrame:
    """Return how many segments are left after each condition: step, segments, left_out, sites."""
    segments, rows = cohort.segments, [("all", len(cohort.segments), 0, cohort.segments["site"].replace("", None))]
    for name, mask in evidence_steps(cohort):
        kept = segments[mask.reindex(segments.index)]
        rows.append((name, len(kept), len(segments) - len(kept), kept["site"].replace("", None)))
        segments = kept
    return pd.DataFrame(
        [(name, n, out, sites.nunique()) for name, n, out, sites in rows],
        columns=["step", "segments", "left_out", "sites"],
    )


def left_out(cohort: Cohort) -> pd.Series:
    """Return for every segment why it does not count as evidence, "" if it does; index = segment."""
    reason = pd.Series("", index=cohort.segments.index)
    for name, mask in evidence_steps(cohort):
        reason = reason.mask(reason.eq("") & ~mask.reindex(reason.index), f"not {name}")
    return reason.set_axis(cohort.segments["segment"])
