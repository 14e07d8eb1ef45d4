"""Displays of cross-case analysis: tables that keep sites, order, words and silences visible.

After Miles, Huberman & Saldaña (2014): site-by-code, case-ordered meta-matrix, role-ordered matrix.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..cohort.cohort import Cohort
from .commonality import presence
from .evidence import active_codes, heard, in_reading, of_raisers, raised, statements

VALUES = ("raised", "statements", "estimate", "could")


def _named(cohort: Cohort, table: pd.DataFrame) -> pd.DataFrame:
    """Put labels on the rows (codes) and names on the columns (sites) of a matrix."""
    labels = cohort.codebook.set_index("code")["label"]
    names = cohort.sites.set_index("site")["name"]
    return table.rename(index=labels, columns=names).rename_axis(index=None, columns=None)


def site_by_code(
    cohort: Cohort,
    kind: str | None = "challenge",
    reading: str = "difficulty",
    value: str = "raised",
    codes: list[str] | None = None,
) -> pd.DataFrame:
    """Return the matrix of codes (rows) by sites (columns), zeros kept and blanks told apart from them.

    Parameters
    ----------
    cohort : Cohort
    kind : str or None
        Kind of code: challenge, factor, practice, ...; None for all.
    reading : {"difficulty", "documented"}
    value : {"raised", "statements", "estimate", "could"}
        Voices that raise the code, their statements, the share of voices, or the voices that could have.
    codes : list of str, optional
        These codes instead of a kind.

    Returns
    -------
    DataFrame
        Labels of codes by names of sites, in declared order. 0 = could have been raised and was not; missing = the
        site cannot be judged (too few voices heard).
    """
    if value not in VALUES:
        raise ValueError(f"value is {value!r}; write one of {VALUES}")
    cells = presence(cohort, reading)
    cells[value] = cells[value].where(cells["status"] == "ok").astype("Float64" if value == "estimate" else "Int64")
    matrix = cells.pivot(index="code", columns="site", values=value)
    rows = codes if codes is not None else active_codes(cohort, kind)
    return _named(cohort, matrix.reindex(index=rows, columns=cohort.sites["site"]))


def both_readings(
    cohort: Cohort, kind: str | None = "challenge", codes: list[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Return the matrices of both readings, each under the name that readers know it by.

    The two stand side by side in every display, since only the first may be called a challenge of the site.
    """
    titles = {"Difficulty": "difficulty", cohort.documented_word.capitalize(): "documented"}
    return {title: site_by_code(cohort, kind, reading, codes=codes) for title, reading in titles.items()}


def single_statements(
    cohort: Cohort, kind: str | None = "challenge", codes: list[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Return, shaped as `both_readings`, which cells rest on one statement only (True)."""
    readings = dict(zip(both_readings(cohort, kind, codes), ("difficulty", "documented"), strict=True))
    marked = {}
    for title, reading in readings.items():
        told, raised_by = (site_by_code(cohort, kind, reading, value, codes) for value in ("statements", "raised"))
        marked[title] = (told.eq(1) & raised_by.gt(0)).fillna(False).astype(bool)
    return marked


def where_present(cohort: Cohort, kind: str | None = "challenge", codes: list[str] | None = None) -> pd.DataFrame:
    """Return both readings side by side, each with the sites by name.

    Returns
    -------
    DataFrame
        code, label, difficulty (sites with one), difficulty_at (names with voices that raise it / voices
        heard; a star: it rests on one statement),
        documented, documented_at, assessable (sites that can be judged), status. The same few columns for any number
        of sites.
    """
    rows = codes if codes is not None else active_codes(cohort, kind)
    cells = presence(cohort).query("status == 'ok'")
    names = dict(zip(cohort.sites["site"], cohort.sites["name"], strict=True))
    cells["said"] = [
        f"{names[c.site]} {c.raised}/{c.could}{'*' if c.statements == 1 else ''}" for c in cells.itertuples()
    ]
    here = cells[cells["present"].astype(bool)]
    table = pd.DataFrame({"code": rows})
    table["label"] = table["code"].map(cohort.codebook.set_index("code")["label"])
    for reading in ("difficulty", "documented"):
        found = here[here["reading"] == reading].groupby("code")["said"].agg(["size", "; ".join])
        table[reading] = table["code"].map(found["size"]).fillna(0).astype(int)
        table[f"{reading}_at"] = [found["join"].get(code, "") for code in rows]
    table["assessable"] = table["code"].map(cells.groupby("code")["site"].nunique()).fillna(0).astype(int)
    table["status"] = np.where(table["assessable"] > 0, "ok", "not_assessable")
    return table


def voices_by_group(cohort: Cohort) -> pd.DataFrame:
    """Return how many voices of each group were heard at each site: groups (rows) by sites (columns), zeros kept.

    In a document cohort the alliance itself and its funder are one row, since they count as one voice.
    """
    said = heard(cohort)
    labels = {**cohort.groups, "alliance_and_funder": "Alliance and funder (one voice)"}
    order = [
        g for g in labels if g in set(said["group"]) or (g in cohort.groups and cohort.evidence_level != "document")
    ]
    counts = said.groupby(["group", "site"]).size().unstack(fill_value=0)
    counts = counts.reindex(index=order, columns=cohort.sites["site"], fill_value=0).fillna(0).astype(int)
    names = cohort.sites.set_index("site")["name"]
    return counts.rename(index=labels, columns=names).rename_axis(index=None, columns=None)


def site_order(cohort: Cohort, order_by: str | None = None) -> pd.DataFrame:
    """Return the sites ordered by an attribute: site, name, value; sites without a value last, in declared order.

    Numbers and years are ordered by size, categories as declared, texts by alphabet. Without an attribute (here or
    in the plan) the declared order stands.
    """
    attribute = cohort.plan.order_by if order_by is None else order_by
    facts = cohort.site_attributes.query("attribute == @attribute").drop_duplicates("site").set_index("site")["value"]
    table = cohort.sites[["site", "name"]].assign(value=[facts.get(site, "") for site in cohort.sites["site"]])
    if not attribute:
        return table
    declared = cohort.attributes.set_index("attribute")["allowed"].get(attribute, "").split(";")
    kind = cohort.attributes.set_index("attribute")["type"].get(attribute, "text")
    place = {v: n for n, v in enumerate(declared)}
    keys = pd.to_numeric(table["value"], errors="coerce") if kind in ("year", "number") else table["value"].map(place)
    if kind == "text":
        keys = table["value"].where(table["value"] != "").rank()
    return table.loc[keys.sort_values(kind="stable", na_position="last").index].reset_index(drop=True)


def meta_matrix(
    cohort: Cohort,
    order_by: str | None = None,
    codes: list[str] | None = None,
    reading: str = "documented",
    words: int = 22,
) -> pd.DataFrame:
    """Return the case-ordered meta-matrix: sites (rows, ordered by an attribute) by codes (columns), cells in words.

    A cell tells how many of the voices heard raise the code, then up to two of their statements, shortened, with ids.
    A blank cell: no voice there raises it. A dash: nobody was heard there.

    Returns
    -------
    DataFrame
        name, the ordering attribute (if any), and one column per code, named by its label.
    """
    codes = codes if codes is not None else active_codes(cohort, "challenge")
    said = statements(cohort)
    said = of_raisers(said[in_reading(said["valence"], reading, cohort)], cohort)
    cells = presence(cohort, reading).set_index(["site", "code"])[["raised", "could"]]
    order = site_order(cohort, order_by)
    attribute = cohort.plan.order_by if order_by is None else order_by
    labels = cohort.codebook.set_index("code")["label"]
    table = order.rename(columns={"value": attribute or "value"}).drop(columns=[] if attribute else ["value"])
    quoted = dict(list(said.groupby(["site", "code"])))
    for code in codes:
        table[labels[code]] = [
            _words_of(cells.loc[(site, code)], quoted.get((site, code)), words) for site in table["site"]
        ]
    return table.drop(columns="site")


def _words_of(cell: pd.Series, said: pd.DataFrame | None, words: int) -> str:
    if cell["could"] == 0:
        return "-"
    if said is None:
        return ""
    shown = said[["segment", "text"]].to_numpy()[:2]
    quotes = [f"{_shorten(text, words) or '(words withheld)'} [{segment}]" for segment, text in shown]
    more = f" (and {len(said) - 2} more)" if len(said) > 2 else ""
    return f"{cell['raised']} of {cell['could']} voices: {' '.join(quotes)}{more}"


def _shorten(text: str, words: int) -> str:
    parts = text.split()
    return text if len(parts) <= words else " ".join(parts[:words]) + " …"


def role_ordered(cohort: Cohort, reading: str = "difficulty", kind: str | None = "challenge") -> pd.DataFrame:
    """Return the role-ordered matrix: which group raises what, site by site.

    Returns
    -------
    DataFrame
        site, code, group, raised, could, segments, for every group heard at the site. A group not heard at a site has
        no row: it could not raise anything.
    """
    rows = raised(cohort, reading)
    rows = rows[rows["code"].isin(active_codes(cohort, kind))]
    table = rows.groupby(["site", "code", "group"], sort=False).agg(
        raised=("raised", "sum"), could=("could", "sum"), segments=("segments", "sum")
    )
    return table.reset_index()


def barriers_and_strategies(cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return for every site and code the difficulty side and the answering side, with statements counted.

    Only statements of voices that raise the code count: those with at least the plan's j statements on it.

    Returns
    -------
    DataFrame
        site, code, difficulty (statements with a valence of difficulty), strategy, facilitator, sides (`both`,
        `difficulty only`, `strategy only`, or "" where neither is stated), segments (ids, difficulties first).
    """
    said = statements(cohort)
    said = of_raisers(said[in_reading(said["valence"], "documented", cohort)], cohort)
    side = said["valence"].map({"strategy": "strategy", "facilitator": "facilitator"})
    said = said.assign(side=side.mask(in_reading(said["valence"], "difficulty", cohort), "difficulty"))
    said = said.dropna(subset="side")
    said = said.sort_values("side", key=lambda s: s.map({"difficulty": 0, "strategy": 1}), kind="stable")
    keys = pd.MultiIndex.from_product([cohort.sites["site"], active_codes(cohort, kind)], names=["site", "code"])
    counts = said.pivot_table(index=["site", "code"], columns="side", values="segment", aggfunc="count")
    columns = ["difficulty", "strategy", "facilitator"]
    table = counts.reindex(index=keys, columns=columns).fillna(0).astype(int)
    table["sides"] = np.select(
        [(table["difficulty"] > 0) & (table["strategy"] > 0), table["difficulty"] > 0, table["strategy"] > 0],
        ["both", "difficulty only", "strategy only"],
        "",
    )
    table["segments"] = said.groupby(["site", "code"])["segment"].agg(";".join).reindex(keys).fillna("")
    return table.reset_index()


def role_statements(table: pd.DataFrame) -> pd.DataFrame:
    """Return hopes and fears by theme: who hopes, who fears, and how the groups stand to each other.

    Parameters
    ----------
    table : DataFrame
        Columns group, theme, valence (`hope` or `fear`); one row per statement.

    Returns
    -------
    DataFrame
        theme, hopes (groups, `;`), fears, n (statements), class: `shared hope` (all groups hope, none fears),
        `shared fear`, `shared mixed` (all have both), `shared hope with a fear` (all hope, some fear), `shared fear
        with a hope`, or `divergent` (groups differ in sign, or one is silent).
    """
    groups = list(dict.fromkeys(table["group"]))
    rows = []
    for theme, said in table.groupby("theme", sort=False):
        hopes, fears = (
            [g for g in groups if ((said["group"] == g) & (said["valence"] == v)).any()] for v in ("hope", "fear")
        )
        rows.append((theme, ";".join(hopes), ";".join(fears), len(said), _stance(len(groups), len(hopes), len(fears))))
    return pd.DataFrame(rows, columns=["theme", "hopes", "fears", "n", "class"])


def _stance(groups: int, hopes: int, fears: int) -> str:
    if hopes == groups and fears == groups:
        return "shared mixed"
    if hopes == groups:
        return "shared hope with a fear" if fears else "shared hope"
    if fears == groups:
        return "shared fear with a hope" if hopes else "shared fear"
    return "divergent"
