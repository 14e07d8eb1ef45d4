"""Informants: which sites, waves and codes too few of them stand for, whom to merge, and whose words to withhold."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.schema import TABLES
from ..evidence import in_period, voices
from ..tradeoffs import informant_positions
from .cells import MERGED, asked_cells, cells, coarse, merged_people, rows_in, small, spoken, voice_cells

WITHHELD = "Words withheld in this edition."
FEW = "fewer than {least} informants were heard there"
FEW_ASKED = "fewer than {least} informants there were asked about, or spoke of: {names}"
FOLLOWED = "who came back and who did not would leave fewer than {least} of a group at a site"
SMALL = (
    "a group has fewer than {least} there, or goes with one that could be found by subtraction, or nobody of it was "
    "heard"
)


class Told(NamedTuple):
    """One thing that an edition does not show, and why. `informants` is how many the merged group has, if any."""

    site: str
    table: str
    wave: str
    groups: str
    informants: object
    status: str
    reason: str


class People(NamedTuple):
    """The cohort without what too few stand for, whom to merge, at which site which groups are still shown."""

    least: int
    cohort: Cohort
    merged: set[str]
    shown: dict[str, set[str]]
    told: list[Told]


def people(cohort: Cohort, least: int) -> People:
    """Decide on the informants of a cohort: all waves if nobody can be singled out by coming back, else the plan's.

    What lies outside the plan's period goes first, since the edition has no years to tell it by.
    """
    cohort = cut(cohort, pd.Series(True, index=cohort.sources.index), in_period(cohort))
    found = _within(cohort, least)
    waves = set(cohort.sources["wave"])
    if len(waves) < 2 or not _singled_out(found, least):
        return found
    wave = cohort.plan.wave
    one = _within(cut(cohort, cohort.sources["wave"].eq(wave)), least)
    other = ";".join(str(w) for w in sorted(waves - {wave}))
    why = Told("", "interviews", other, "", pd.NA, "withheld", FOLLOWED.format(least=least))
    return one._replace(told=[why, *one.told])


def cut(cohort: Cohort, sources: pd.Series, segments: pd.Series | None = None) -> Cohort:
    """Return the cohort with these sources and segments only, and what refers to no other."""
    read = cohort.sources[sources]
    said = cohort.segments[cohort.segments["source"].isin(read["source"])]
    said = said if segments is None else said[segments.reindex(said.index)]
    known = {"sources": read["source"], "segments": said["segment"]}
    kept = {"sources": read, "segments": said}
    for name in TABLES.keys() - {*kept, "codebook"}:  # an example that is gone leaves the entry of the codebook
        kept[name] = cohort.tables[name]
        for column in TABLES[name].columns:
            if column.type == "id" and column.to in known:
                cells = kept[name][column.name]
                kept[name] = kept[name][cells.isin(known[column.to]) | cells.eq("")]
    return cohort.with_tables(**{name: table.reset_index(drop=True) for name, table in kept.items()})


def _within(cohort: Cohort, least: int) -> People:
    cohort, few = _without_small_sites(cohort, least)
    cohort, untold = _without_small_codes(cohort, least)
    held = cells(cohort)
    merged = merged_people(held, least)
    seen = coarse(held[held["basis"] != "asked"], merged)
    shown = {site: set(rows) - {MERGED} for site, rows in seen.groupby("site")["group"]}
    return People(least, cohort, merged, shown, [*few, *untold, *_merged_told(cohort, seen, shown, least)])


def _all_spoken(cohort: Cohort) -> pd.DataFrame:
    parts = [spoken(cohort.with_plan(wave=int(wave))).assign(wave=wave) for wave in cohort.sources["wave"].unique()]
    return pd.concat([pd.DataFrame(columns=["source", "home", "site", "wave"]), *parts], ignore_index=True)


def _told_at(rows: pd.DataFrame) -> pd.Series:
    """Return for every site the waves concerned, as text."""
    return rows.groupby("site", sort=False)["wave"].agg(lambda waves: ";".join(str(w) for w in sorted(set(waves))))


def _without_small_sites(cohort: Cohort, least: int) -> tuple[Cohort, list[Told]]:
    """Take out the evidence on every site and wave with too few informants in all."""
    gone = []
    while len(low := small(voice_cells(cohort), least)):
        gone.append(low[["site", "wave"]])
        rows = _all_spoken(cohort)
        rows = rows[rows_in(rows, gone[-1]) & rows["home"].eq(rows["site"])]
        wave = cohort.segments["source"].map(cohort.sources.set_index("source")["wave"])
        about = rows_in(cohort.segments.assign(wave=wave), gone[-1]) & cohort.segments["site"].ne("")
        cohort = cut(cohort, ~cohort.sources["source"].isin(rows["source"]), ~about)
    at = _told_at(pd.concat(gone)).to_dict() if gone else {}
    why = FEW.format(least=least)
    return cohort, [Told(site, "interviews", wave, "", pd.NA, "withheld", why) for site, wave in at.items()]


def _without_small_codes(cohort: Cohort, least: int) -> tuple[Cohort, list[Told]]:
    """Take out what was said of a code, and who was asked, where too few of a site could speak of it."""
    gone = []
    while len(low := small(asked_cells(cohort), least)):
        gone.append(low[["site", "wave", "code"]])
        wave = cohort.sources.set_index("source")["wave"]
        said = cohort.codings.merge(cohort.segments[["segment", "source", "site"]], on="segment")
        said["wave"] = said["source"].map(wave)
        cohort = cohort.with_tables(
            codings=cohort.codings[~rows_in(said, gone[-1])].reset_index(drop=True),
            asked=cohort.asked[~_asked_there(cohort, gone[-1])].reset_index(drop=True),
        )
    if not gone:
        return cohort, []
    rows, labels = pd.concat(gone).drop_duplicates(), cohort.codebook.set_index("code")["label"]
    at, names = _told_at(rows), rows.groupby("site")["code"].agg(lambda c: "; ".join(labels[list(dict.fromkeys(c))]))
    why = {site: FEW_ASKED.format(least=least, names=names[site]) for site in at.index}
    return cohort, [Told(site, "codings", at[site], "", pd.NA, "withheld", why[site]) for site in at.index]


def _asked_there(cohort: Cohort, low: pd.DataFrame) -> pd.Series:
    """Return which rows of `asked` put one of these codes to an informant of its site and wave."""
    covers = cohort.modules.assign(code=cohort.modules["codes"].str.split(";")).explode("code")[["module", "code"]]
    there = _all_spoken(cohort).merge(low, on=["site", "wave"]).merge(covers, on="code")
    return rows_in(cohort.asked, there[["source", "module"]].drop_duplicates())


def _singled_out(found: People, least: int) -> bool:
    """Return whether those who came back, or did not, are too few in some group of a site."""
    seen = coarse(voice_cells(found.cohort).query("basis == 'spoke'"), found.merged).sort_values("wave")
    seen["path"] = seen["wave"].astype(str) + " " + seen["group"]
    paths = seen.groupby(["site", "informant"])["path"].agg("|".join).reset_index()
    return bool((paths.groupby(["site", "path"]).size() < least).any())


def _merged_told(cohort: Cohort, seen: pd.DataFrame, shown: dict[str, set[str]], least: int) -> list[Told]:
    merged = seen[seen["group"] == MERGED].groupby("site")["informant"].nunique()
    rows = []
    for site in [s for s in ["", *cohort.sites["site"]] if s in merged.index]:
        hidden = "; ".join(label for group, label in cohort.groups.items() if group not in shown[site] | {MERGED})
        rows.append(Told(site, "interviews", "", hidden, merged[site], "merged", SMALL.format(least=least)))
    return rows


# ---- what is written of them --------------------------------------------------------------------------------------


def regrouped(found: People) -> Cohort:
    """Return the cohort with small groups merged, and without the words of those who belonged to one."""
    cohort = found.cohort
    parts = [voices(cohort.with_plan(wave=int(wave))) for wave in cohort.sources["wave"].unique()]
    voice = pd.concat([cohort.sources.iloc[:0], *parts]).set_index("source")["informant"]
    voice = cohort.sources["source"].map(voice).astype(str)
    hidden = voice.isin(found.merged)
    group = cohort.sources["group"].mask(hidden, MERGED)
    sources = cohort.sources.assign(group=group, informant=voice.where(hidden, cohort.sources["informant"]))
    sources["year"] = pd.array([pd.NA] * len(sources), dtype="Int64")  # one interview of a year would stand out
    cohort = cohort.with_tables(sources=sources)
    cohort = _without_few_poles(_without_mentions(cohort, found), found.least)
    return _without_words(cohort, set(sources.loc[hidden, "source"]))


def _without_few_poles(cohort: Cohort, least: int) -> Cohort:
    """Return the cohort without the poles of a trade-off at a site where too few describe it: a position is theirs."""
    told = informant_positions(cohort).merge(cohort.axes[["axis", "code"]], on="axis")
    size = told.groupby(["site", "code"]).size()
    few = set(size[size < least].index)
    site = cohort.codings["segment"].map(cohort.segments.set_index("segment")["site"])
    dark = pd.Series([pair in few for pair in zip(site, cohort.codings["code"], strict=True)], cohort.codings.index)
    return cohort.with_tables(codings=cohort.codings.assign(pole=cohort.codings["pole"].mask(dark, "")))


def _without_words(cohort: Cohort, hidden: set[str]) -> Cohort:
    """Return the cohort without the texts of these sources, without passages in them, and without memos."""
    bare = cohort.segments["source"].isin(hidden)
    segments = cohort.segments.assign(
        text=cohort.segments["text"].mask(bare, ""), text_kind=cohort.segments["text_kind"].mask(bare, "withheld")
    )
    codings, key = cohort.codings, ["segment", "code", "coder", "round"]
    dark = codings["segment"].isin(segments.loc[bare, "segment"])
    # two passages of one answer may say different things of a code: they stay two, numbered in the place of `start`
    codings = codings[~(dark & codings.duplicated([*key, "valence"]))]
    dark = dark.reindex(codings.index)
    place = codings.groupby(key).cumcount().astype("Int64").where(codings.duplicated(key, keep=False))
    codings = codings.assign(start=codings["start"].mask(dark, place), end=codings["end"].mask(dark, pd.NA))
    return cohort.with_tables(
        segments=segments,
        codings=codings.reset_index(drop=True),
        memos=cohort.memos.assign(text=WITHHELD),
        role_statements=_roles(cohort, hidden),
    )


def _roles(cohort: Cohort, hidden: set[str]) -> pd.DataFrame:
    """Return the hopes and fears: the group is that of the source; without one, a group that is shown somewhere."""
    table, group = cohort.role_statements, cohort.sources.set_index("source")["group"]
    alone = table["source"].eq("") & ~table["group"].isin(group)
    merged = alone | table["source"].isin(hidden)
    return table.assign(
        group=table["group"].mask(merged, MERGED), paraphrase=table["paraphrase"].mask(merged, WITHHELD)
    )


def _without_mentions(cohort: Cohort, found: People) -> Cohort:
    """Return the cohort without `about_group` where the group is not shown apart at the site spoken of."""
    at = {row.site for row in found.told if row.status == "merged"}
    site = cohort.codings["segment"].map(cohort.segments.set_index("segment")["site"])
    hidden = {s: set(cohort.groups) - found.shown.get(s, set()) if s in at else set() for s in set(site)}
    pairs = zip(cohort.codings["about_group"], site, strict=True)
    kept = [";".join(g for g in groups.split(";") if g not in hidden[s]) for groups, s in pairs]
    return cohort.with_tables(codings=cohort.codings.assign(about_group=pd.array(kept, dtype="str")))
