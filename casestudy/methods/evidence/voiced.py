"""Who raises what: every voice heard at a site against every code, and the statements behind it."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from .counted import active_codes, eligible, left_out, voices
from .resolution import READINGS, in_reading, resolve_codings, settle


def with_passages(cohort: Cohort, said: pd.DataFrame) -> pd.DataFrame:
    """Return a table of segment, code and text with each text cut to the passage that carries the code.

    The passage is the one that the first coder marked, in the order of the table `coders`; without a mark the whole
    segment stands.
    """
    marked = cohort.codings.reindex(columns=["segment", "code", "coder", "start", "end"]).dropna(
        subset=["start", "end"]
    )
    if marked.empty:
        return said
    order = marked["coder"].map({coder: n for n, coder in enumerate(cohort.coders["coder"])})
    marked = marked.loc[order.sort_values(kind="stable").index].drop_duplicates(["segment", "code"])
    ends = said[["segment", "code"]].merge(marked[["segment", "code", "start", "end"]], how="left")
    spans = zip(said["text"], ends["start"], ends["end"], strict=True)
    return said.assign(text=[text if pd.isna(start) else text[start:end] for text, start, end in spans])


def statements(cohort: Cohort, how: str | None = None) -> pd.DataFrame:
    """Return every resolved coding on a segment that counts as evidence.

    Returns
    -------
    DataFrame
        segment, code, valence, contested, about_group, coders, and of the segment: source, site, informant, group,
        year, text (the passage that carries the code, if a coder marked it), text_kind.
    """
    columns = ["segment", "source", "site", "informant", "group", "year", "text", "text_kind"]
    return with_passages(cohort, resolve_codings(cohort, how).merge(eligible(cohort)[columns], on="segment"))


def of_raisers(said: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the statements of the voices that raise a code: who has fewer than the plan's j of them says too little
    to count, and is not quoted."""
    own = said.groupby(["site", "informant", "code"])["segment"].transform("nunique")
    return said[own >= cohort.plan.j]


def heard(cohort: Cohort) -> pd.DataFrame:
    """Return the voices heard at each site: site, informant, group.

    An interview counts even if nothing in it was coded; a document counts if a statement from it is evidence.
    """
    spoken = eligible(cohort)[["site", "informant", "group"]]
    if cohort.evidence_level == "informant":
        spoken = pd.concat([voices(cohort)[["site", "informant", "group"]], spoken])
    spoken = spoken[spoken["site"] != ""].drop_duplicates(["site", "informant"])
    order = spoken["site"].map({site: n for n, site in enumerate(cohort.sites["site"])})
    return spoken.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def _could(cohort: Cohort, grid: pd.DataFrame) -> pd.Series:
    """Return whether each voice was asked about each code (True where no module covers the code)."""
    covers = cohort.modules[["module", "codes"]]
    covers = covers.assign(code=covers["codes"].str.split(";")).explode("code")
    if cohort.asked.empty or covers.empty:
        return pd.Series(True, index=grid.index)
    asked = cohort.asked.merge(covers[["module", "code"]], on="module").merge(voices(cohort), on="source")
    asked_pairs = set(zip(asked["informant"], asked["code"], strict=True))
    pairs = zip(grid["informant"], grid["code"], strict=True)
    free = ~grid["code"].isin(covers["code"])
    return free | pd.Series([pair in asked_pairs for pair in pairs], index=grid.index)


def raised(cohort: Cohort, reading: str = "difficulty", j: int | None = None) -> pd.DataFrame:
    """Say for every voice heard at a site and every code whether it raises the code.

    Parameters
    ----------
    cohort : Cohort
    reading : {"difficulty", "documented"}
        Count statements of difficulty, or any statement but a denial.
    j : int, optional
        Segments a voice needs. Default: the plan's.

    Returns
    -------
    DataFrame
        site, informant, group, code, could (the voice was asked, or spoke of it unasked), raised, segments (how
        many). Every voice heard meets every active code: a False is a no, unless `could` is False.
    """
    return raised_in(cohort, (reading,), j)[reading]


def raised_in(cohort: Cohort, readings: tuple[str, ...] = READINGS, j: int | None = None) -> dict[str, pd.DataFrame]:
    """Return `raised` for several readings at the cost of one: reading -> table."""
    said = settle(cohort, None)[1].merge(eligible(cohort)[["segment", "site", "informant"]], on="segment")
    grid = heard(cohort).merge(pd.DataFrame({"code": active_codes(cohort)}), how="cross")
    spoke = set(said[["site", "informant", "code"]].itertuples(index=False, name=None))
    unasked = [row in spoke for row in grid[["site", "informant", "code"]].itertuples(index=False, name=None)]
    grid["could"] = _could(cohort, grid) | pd.Series(unasked, index=grid.index, dtype=bool)
    return {r: _raised(said[in_reading(said["valence"], r, cohort)], grid, j or cohort.plan.j) for r in readings}


def _raised(said: pd.DataFrame, grid: pd.DataFrame, j: int) -> pd.DataFrame:
    counts = said.groupby(["site", "informant", "code"])["segment"].nunique().rename("segments")
    table = grid.merge(counts, how="left", left_on=["site", "informant", "code"], right_index=True)
    table["segments"] = table["segments"].fillna(0).astype(int)
    table["raised"] = table["segments"] >= j
    return table[["site", "informant", "group", "code", "could", "raised", "segments"]]


def report_by_code(cohort: Cohort, code: str) -> pd.DataFrame:
    """Return every resolved statement under one code: the category report.

    Returns
    -------
    DataFrame
        site, segment, code, valence, text (the passage that carries the code, if a coder marked it), group, informant,
        year, source, title, publisher, url, about_group, coders, reason (why the statement does not count under the
        plan; "" if it does), in order of sites and segments.
    """
    return category_reports(cohort).query("code == @code").reset_index(drop=True)


def category_reports(cohort: Cohort) -> pd.DataFrame:
    """Return `report_by_code` for all active codes in one table, in order of sites, segments and codebook."""
    found = resolve_codings(cohort)
    found = found[found["code"].isin(active_codes(cohort))]
    found = found.merge(cohort.segments[["segment", "source", "site", "text", "year"]], on="segment")
    found = found.merge(cohort.sources[["source", "informant", "group", "title", "publisher", "url"]], on="source")
    found = with_passages(cohort, found)
    found["reason"] = found["segment"].map(left_out(cohort))
    order = found["site"].map({site: n for n, site in enumerate(cohort.sites["site"])}).fillna(len(cohort.sites))
    columns = ["site", "segment", "code", "valence", "text", "group", "informant", "year", "source", "title"]
    columns += ["publisher", "url", "about_group", "coders", "reason"]
    return found.loc[order.sort_values(kind="stable").index, columns].reset_index(drop=True)
