"""Positions on trade-offs in words and tables: where people place a site, and what the papers say beside it."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from .escaping import escape_markdown as esc
from .sentences import count, listing
from .tables import with_interval

GUIDE = ["pole_a", "pole_a_merit", "pole_a_risk", "pole_b", "pole_b_merit", "pole_b_risk"]
HANGS = "hangs on a disputed fact"  # the versions of the fact give different verdicts


def placed(positions: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return `axis_positions` (or what stands beside it) with the words for axis, poles and sites; empty without axes.

    Returns
    -------
    DataFrame
        The columns given, and label (of the axis), pole_a, pole_b, name (of the site).
    """
    table = positions[positions["axis"] != ""].merge(cohort.axes[["axis", "pole_a", "pole_b"]], on="axis")
    labels, names = cohort.codebook.set_index("code")["label"], cohort.sites.set_index("site")["name"]
    return table.assign(label=table["code"].map(labels), name=table["site"].map(names))


def positions_table(positions: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return every position with its uncertainty, for reading: axes and sites (rows); empty without axes."""
    told = placed(positions, cohort)
    if told.empty:
        return pd.DataFrame()
    table = told.assign(position=with_interval(told), informants=told["n"])
    for column, digits in (("leans_b", 3), ("beta_b", 3), ("ambivalence", 2), ("split", 2)):
        table[column] = [f"{x:.{digits}f}" if pd.notna(x) else "" for x in table[column]]
    columns = ["name", "position", "informants", "leans_b", "beta_b", "ambivalence", "split", "reason"]
    return table.set_index("label")[columns].rename(columns={"name": "site"}).rename_axis(index=None)


def _where(rows: pd.DataFrame) -> str:
    """Return in a sentence where the sites stand on one axis."""
    first, alone = rows.iloc[0], rows["n"].eq(1)
    kinds = [
        (f"described at *{esc(first['pole_a'])}*", rows["described"] == "A"),
        (f"at *{esc(first['pole_b'])}*", rows["described"] == "B"),
        ("at both poles", rows["described"] == "both"),
        ("not clearly at either", (rows["described"] == "unclear") & ~alone),
        ("by one informant only", alone),
        ("by nobody", rows["described"] == ""),
    ]
    told = [f"{said}: {listing(rows.loc[mask, 'name'].tolist())}" for said, mask in kinds if mask.any()]
    return f"- **{esc(first['label'])}**. {'; '.join(told)[:1].upper()}{'; '.join(told)[1:]}."


def positions_in_words(beside: pd.DataFrame, cohort: Cohort) -> str:
    """Return for each axis which sites are described at which pole (rows of `described_beside_documented`)."""
    told = placed(beside, cohort).drop_duplicates(["axis", "site"])
    if told.empty:
        return f"Not assessable: {esc(beside['reason'].iloc[0])}."
    lines = [_where(rows) for _, rows in told.groupby("axis", sort=False)]
    return "\n".join([*lines, "", _judged(told, cohort)])


def _judged(told: pd.DataFrame, cohort: Cohort) -> str:
    """Return how many positions were judged, and how many of them lean."""
    several = told["n"] > 1
    leaning = int((several & told["described"].isin(["A", "B"])).sum())
    return (
        f"Judged: {count(int(several.sum()), 'position')} of at least two informants, each by itself, two-sided at "
        f"{cohort.plan.ci_level:.0%} and not adjusted for their number; {leaning or 'none'} at a pole."
    )


def beside_table(beside: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return what people say beside what papers say, axes and sites (rows); only axes that name an attribute."""
    told = placed(beside, cohort)
    told = told[told["attribute"].fillna("") != ""]
    if told.empty:
        return pd.DataFrame()
    words = {"both": "both poles", "unclear": "unclear", "": "nobody describes it"}
    people = [{"A": r.pole_a, "B": r.pole_b}.get(r.described, words.get(r.described)) for r in told.itertuples()]
    papers = [r.value.replace("_", " ") + (f" (variant {r.variant})" if r.variant else "") for r in told.itertuples()]
    table = told[["label", "name", "verdict", "reason"]].assign(people=people, papers=papers)
    columns = {"name": "site", "people": "people say", "papers": "papers say", "verdict": "verdict", "reason": "reason"}
    return table.set_index("label")[list(columns)].rename(columns=columns).rename_axis(index=None)


def verdicts_in_words(beside: pd.DataFrame, cohort: Cohort) -> str:
    """Return how often people and papers agree, and where they do not: each site counts once on each axis.

    Where a fact is in dispute and its versions give different verdicts, the comparison hangs on it.
    """
    ok = placed(beside, cohort).query("status == 'ok'")
    if ok.empty:
        why = list(dict.fromkeys(beside["reason"]))
        return f"Not assessable: {'; '.join(esc(reason) for reason in why)}."
    versions = ok.groupby(["axis", "site"], sort=False)["verdict"].transform("nunique")
    pairs = ok.assign(verdict=ok["verdict"].mask(versions > 1, HANGS)).drop_duplicates(["axis", "site"])
    tally = pairs["verdict"].value_counts()
    order = [verdict for verdict in ("agree", "disagree", "ambivalent", HANGS, "unclear") if verdict in tally]
    told = [f"{tally[verdict]} {_verb(verdict, tally[verdict])}" for verdict in order]
    against = [f"{r.name} on {r.label}" for r in pairs.query("verdict == 'disagree'").itertuples()]
    return f"Of {count(len(pairs), 'comparison')}: {', '.join(told)}. People contradict papers: {listing(against)}."


def _verb(verdict: str, n: int) -> str:
    return verdict.replace("hangs", "hang") if n > 1 else verdict


def reading_guide(cohort: Cohort, trade_offs: pd.DataFrame) -> pd.DataFrame:
    """Return the published trade-offs that concern this cohort's codes, with what speaks for and against either pole.

    Parameters
    ----------
    cohort : Cohort
    trade_offs : DataFrame
        The table `trade_offs` of `load_reference()`: our words, never the study's.

    Returns
    -------
    DataFrame
        Index = label of the code; the poles, merits and risks. A star: our inference, not stated in the publication.
    """
    labels = cohort.codebook.set_index("code")["label"]
    told = trade_offs[trade_offs["code"].isin(labels.index)].reset_index(drop=True)
    inferred = told["inferred"].str.split(";")
    cells = {c: [f"{x}*" if c in own else x for x, own in zip(told[c], inferred, strict=True)] for c in GUIDE}
    words = [column.replace("_", " ") for column in GUIDE]
    return (
        pd.DataFrame(cells).set_axis(words, axis=1).set_axis(told["code"].map(labels), axis=0).rename_axis(index=None)
    )
