"""From codings to evidence: what several coders' codings come to, which statements count, and who raised what.

The only costly step of the package, and the only one that sees raw codings: everything later works on the small
tables made here.
"""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd

from ..cohort.cohort import Cohort

READINGS = ("difficulty", "documented")
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


def _in_period(years: pd.Series, period: str) -> pd.Series:
    """Return whether each year lies in the period; undated statements do."""
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
        (f"period: {plan.period or 'any'} or undated", _in_period(stated_year(cohort), plan.period)),
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


def _votes(cohort: Cohort, round_: str) -> pd.DataFrame:
    """Return the codings of one round with their source and the number of coders assigned to it."""
    codings = cohort.codings[cohort.codings["round"] == round_]
    codings = codings.merge(cohort.segments[["segment", "source"]], on="segment")
    readers = assigned(cohort)
    readers = readers[readers["round"] == round_].groupby("source")["coder"].nunique().rename("readers")
    return codings.merge(readers, left_on="source", right_index=True, how="left")


def _production_coder(cohort: Cohort) -> pd.Series:
    """Return for each source the coder whose codings `single` uses: the plan's, else the first one assigned."""
    readers = assigned(cohort)
    readers = readers[readers["round"] == "independent"]
    order = {coder: n for n, coder in enumerate(cohort.coders["coder"])}
    order[cohort.plan.production_coder] = -1
    readers = readers.assign(place=readers["coder"].map(order).fillna(len(order)))
    return readers.sort_values(["place", "coder"]).drop_duplicates("source").set_index("source")["coder"]


def _agreed(votes: pd.DataFrame, cohort: Cohort, how: str) -> pd.DataFrame:
    """Return the votes for every segment and code that pass the rule `how`."""
    if how == "single":
        return votes[votes["coder"] == votes["source"].map(_production_coder(cohort))]
    given = votes.groupby(["segment", "code"])["coder"].transform("nunique")
    needed = {"majority": given * 2 > votes["readers"], "all": given == votes["readers"], "any": given > 0}
    return votes[needed["majority" if how == "consensus" else how]]


def _one_valence(votes: pd.DataFrame) -> pd.DataFrame:
    """Return per segment and code the valence that most coders gave; a tie is `contested`."""
    votes = votes.drop_duplicates(["segment", "code", "coder", "valence"])
    counts = votes.groupby(["segment", "code", "valence"]).size().rename("n").reset_index()
    top = counts[counts["n"] == counts.groupby(["segment", "code"])["n"].transform("max")]
    tied = top.duplicated(["segment", "code"], keep=False)
    top = top.assign(contested=tied, valence=top["valence"].mask(tied, "contested"))
    return top.drop_duplicates(["segment", "code"])[["segment", "code", "valence", "contested"]]


def _about(votes: pd.DataFrame, order: list[str]) -> pd.Series:
    """Return per segment and code the groups that a majority of its coders name, in declared order."""
    coders = votes.groupby(["segment", "code"])["coder"].nunique().rename("coders")
    named = votes[["segment", "code", "coder", "about_group"]].drop_duplicates()
    named = named.assign(about=named["about_group"].str.split(";")).explode("about")
    named = named[named["about"] != ""].drop_duplicates(["segment", "code", "coder", "about"])
    counts = named.groupby(["segment", "code", "about"]).size().rename("n").reset_index()
    counts = counts.merge(coders.reset_index(), on=["segment", "code"])
    kept = counts[counts["n"] * 2 > counts["coders"]]
    kept = kept.assign(place=kept["about"].map({g: n for n, g in enumerate(order)})).sort_values("place")
    return kept.groupby(["segment", "code"])["about"].agg(";".join)


def _settle(cohort: Cohort, how: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the codings that pass the rule, and the one valence of each segment and code."""
    how = how or cohort.plan.resolve
    votes = _agreed(_votes(cohort, "independent"), cohort, how)
    if how == "consensus":
        settled = _votes(cohort, "consensus")
        done = {*assigned(cohort).query("round == 'consensus'")["source"], *settled["source"]}
        votes = pd.concat([votes[~votes["source"].isin(done)], settled])
    return votes, _one_valence(votes)


def resolve_codings(cohort: Cohort, how: str | None = None) -> pd.DataFrame:
    """Turn the codings of several coders into one answer per segment and code.

    Parameters
    ----------
    cohort : Cohort
    how : {"majority", "consensus", "single", "any", "all"}, optional
        `majority`: more than half of the coders assigned to the source gave the code; `all`: every one; `any`: at
        least one; `single`: the production coder; `consensus`: the codings of the round `consensus`, and the
        majority of the independent ones where a source has none. Default: the plan's.

    Returns
    -------
    DataFrame
        segment, code, valence (the one most of those coders gave; `contested` on a tie), contested, about_group
        (`;` list: groups named by more than half of those coders), coders (`;` list), one row per code given, in
        the order of segments and codebook. The code is settled first, its valence second.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> resolve_codings(load_cohort("template")).columns.tolist()
    ['segment', 'code', 'valence', 'contested', 'about_group', 'coders']
    """
    votes, answer = _settle(cohort, how)
    answer = answer.set_index(["segment", "code"])
    answer["about_group"] = _about(votes, list(cohort.about_groups))
    answer["coders"] = votes.groupby(["segment", "code"])["coder"].agg(lambda c: ";".join(sorted(set(c))))
    answer = answer.reset_index().fillna({"about_group": ""})
    places = (
        {s: n for n, s in enumerate(cohort.segments["segment"])},
        {c: n for n, c in enumerate(cohort.codebook["code"])},
    )
    keys = pd.DataFrame({"s": answer["segment"].map(places[0]), "c": answer["code"].map(places[1])})
    return answer.loc[keys.sort_values(["s", "c"]).index].reset_index(drop=True)


def in_reading(valence: pd.Series, reading: str, cohort: Cohort) -> pd.Series:
    """Return whether each valence belongs to a reading: `difficulty` (the plan's valences) or `documented`."""
    if reading not in READINGS:
        raise ValueError(f"reading is {reading!r}; write one of {READINGS}")
    return valence.isin(cohort.plan.valence) if reading == "difficulty" else valence.ne("not_here")


def statements(cohort: Cohort, how: str | None = None) -> pd.DataFrame:
    """Return every resolved coding on a segment that counts as evidence.

    Returns
    -------
    DataFrame
        segment, code, valence, contested, about_group, coders, and of the segment: source, site, informant, group,
        year, text, text_kind.
    """
    columns = ["segment", "source", "site", "informant", "group", "year", "text", "text_kind"]
    return resolve_codings(cohort, how).merge(eligible(cohort)[columns], on="segment")


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
    said = _settle(cohort, None)[1].merge(eligible(cohort)[["segment", "site", "informant"]], on="segment")
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
        site, segment, code, valence, text, group, informant, year, source, title, publisher, url, about_group,
        coders, reason (why the statement does not count under the plan; "" if it does), in order of sites and
        segments.
    """
    return category_reports(cohort).query("code == @code").reset_index(drop=True)


def category_reports(cohort: Cohort) -> pd.DataFrame:
    """Return `report_by_code` for all active codes in one table, in order of sites, segments and codebook."""
    found = resolve_codings(cohort)
    found = found[found["code"].isin(active_codes(cohort))]
    found = found.merge(cohort.segments[["segment", "source", "site", "text", "year"]], on="segment")
    found = found.merge(cohort.sources[["source", "informant", "group", "title", "publisher", "url"]], on="source")
    found["reason"] = found["segment"].map(left_out(cohort))
    order = found["site"].map({site: n for n, site in enumerate(cohort.sites["site"])}).fillna(len(cohort.sites))
    columns = ["site", "segment", "code", "valence", "text", "group", "informant", "year", "source", "title"]
    columns += ["publisher", "url", "about_group", "coders", "reason"]
    return found.loc[order.sort_values(kind="stable").index, columns].reset_index(drop=True)
