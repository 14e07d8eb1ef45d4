"""Tables shaped for reading: what the methods return, turned so that a page holds it. Counts stay what they are."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods.comparison import typology
from ..methods.comparison.contrasts import COLUMNS


def or_reason(table: pd.DataFrame, reason: str):
    """Return the table, or where it is empty the sentence that says why nothing can be shown."""
    from .escaping import escape_markdown

    return or_sentence(table, f"Not assessable: {escape_markdown(reason)}.")


def or_sentence(table: pd.DataFrame, sentence: str):
    """Return the table, or where it is empty a sentence of our own, in Markdown: an empty table can be an answer."""
    from IPython.display import Markdown

    empty = table.empty or (table.map(lambda cell: cell == "").all(axis=None) if table.shape[1] else True)
    return Markdown(sentence) if empty else table


def one_table(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return several tables as one; an empty list gives an empty table with the columns of a contrast."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)


def labelled(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the table with its labels as row names, and only these columns if any are given."""
    named = table.set_index("label").rename_axis(index=None)
    return named[list(columns)] if columns else named.drop(columns="code", errors="ignore")


def named(table: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the table with codes, sites and groups under the names that readers know; withheld words are named."""
    labels = cohort.codebook.set_index("code")["label"].to_dict()
    groups = {**cohort.groups, **cohort.about_groups, "alliance_and_funder": "Alliance and funder (one voice)"}
    words = {
        **dict.fromkeys(("code", "code_1", "code_2"), labels),
        "site": cohort.sites.set_index("site")["name"].to_dict(),
        "group": groups,
        "about_group": groups,
        "attribute": cohort.attributes.set_index("attribute")["label"].to_dict(),
    }
    table = table.assign(**{c: table[c].replace(words[c]) for c in words if c in table})
    if {"segment", "text"} <= set(table):
        bare = table["segment"].ne("") & table["text"].eq("")
        table = table.assign(text=table["text"].mask(bare, "(words withheld)"))
    return table


def spoken(table: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the table with the wider reading called what it is for this evidence: documented, or raised."""
    word = cohort.documented_word
    renamed = table.rename(columns={"documented": word, "documented_at": f"{word}_at"})
    if "reading" in renamed:
        renamed["reading"] = renamed["reading"].replace("documented", word)
    return renamed


def role_matrix(rows: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return who raises what at each site: sites and challenges (rows) by groups (columns), `raised of could`.

    Only rows in which some group raises the challenge (rows of `role_ordered`); blank = the group was not heard there.
    """
    told = rows[rows.groupby(["site", "code"])["raised"].transform("sum") > 0]
    told = named(told, cohort).assign(cell=told["raised"].astype(str) + " of " + told["could"].astype(str))
    order = told[["site", "code"]].drop_duplicates()
    wide = told.pivot(index=["site", "code"], columns="group", values="cell").fillna("")
    wide = wide.reindex(index=pd.MultiIndex.from_frame(order), columns=list(dict.fromkeys(told["group"])))
    wide = wide.rename_axis(columns=None).reset_index().rename(columns={"code": "challenge"})
    return wide.set_index("site").rename_axis(index=None)


def side_by_side(verdicts: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the verdicts of both readings side by side: codes (rows) by class, sites reached and k_star."""
    word = cohort.documented_word
    table = pd.DataFrame(index=verdicts["label"].unique())
    for reading, name in (("difficulty", "difficulty"), ("documented", word)):
        rows = verdicts[verdicts["reading"] == reading].set_index("label")
        table[name] = rows["class"]
        table[f"{name}: sites"] = rows["sites_present"].astype(str) + " of " + rows["sites_assessable"].astype(str)
        table[f"{name}: k_star"] = [_k_star(r, cohort.plan.m) for r in rows.itertuples()]
    return table


def _k_star(row, m: int) -> str:
    """Return k_star, and m_star where the plan asks for more groups than that: then no k makes it common."""
    if pd.isna(row.k_star):
        return ""
    return f"{row.k_star} (m_star {row.m_star})" if row.k_star and row.m_star < m else str(row.k_star)


def with_interval(table: pd.DataFrame) -> pd.Series:
    """Return estimate and interval as one text per row, blank where nothing could be estimated."""
    rows = zip(table["estimate"], table["lo"], table["hi"], strict=True)
    return pd.Series(
        ["" if pd.isna(e) else _interval(e, lo, hi) for e, lo, hi in rows], index=table.index, dtype=object
    )


def _interval(estimate: float, lo: float, hi: float) -> str:
    return f"{estimate:.2f} (no interval)" if pd.isna(lo) else f"{estimate:.2f} ({lo:.2f} to {hi:.2f})"


def numbers_of(cohort: Cohort, theme: str) -> pd.DataFrame:
    """Return the numeric facts of a theme: sites (rows) by attributes (columns); missing = not documented."""
    numeric = cohort.attributes.query("theme == @theme and type == 'number'")
    facts = typology(cohort, theme)
    facts = facts[facts["attribute"].isin(numeric["attribute"]) & facts["variant"].isin(["", "a"])]
    facts = facts.drop_duplicates(["site", "attribute"])  # several raters
    wide = facts.assign(number=pd.to_numeric(facts["value"], errors="coerce"))
    wide = wide.pivot(index="name", columns="label", values="number").reindex(cohort.sites["name"])
    wide = wide.reindex(columns=numeric["label"]).rename_axis(index=None, columns=None)
    return wide.astype("Float64")


def sides_by_code(table: pd.DataFrame, cohort: Cohort, codes: list[str] | None = None) -> pd.DataFrame:
    """Return at how many sites each code shows a difficulty only, both sides, or a strategy only."""
    codes = codes if codes is not None else list(dict.fromkeys(table["code"]))
    counts = table.groupby(["code", "sides"]).size().unstack(fill_value=0)
    counts = counts.reindex(index=codes, columns=["difficulty only", "both", "strategy only"], fill_value=0).astype(int)
    labels = cohort.codebook.set_index("code")["label"]
    return counts.rename(index=labels).rename_axis(index=None, columns=None)


def group_matrix(groups: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return how many voices of each group raise each code: codes (rows) by groups (columns)."""
    labels = cohort.codebook.set_index("code")["label"]
    names = {**cohort.groups, "alliance_and_funder": "Alliance and funder (one voice)"}
    wide = groups.pivot(index="code", columns="group", values="raised").reindex(
        index=groups["code"].unique(), columns=groups["group"].unique()
    )
    return wide.astype("Int64").rename(index=labels, columns=names).rename_axis(index=None, columns=None)


def about_matrix(about: pd.DataFrame, cohort: Cohort, most: int = 6) -> pd.DataFrame:
    """Return how many statements concern each group: codes (rows) by the groups most spoken of (columns)."""
    labels = cohort.codebook.set_index("code")["label"]
    totals = about.groupby("about_group", sort=False)["statements"].sum().sort_values(ascending=False, kind="stable")
    wide = about.pivot(index="code", columns="about_group", values="statements")
    wide = wide.reindex(index=about["code"].unique(), columns=totals.head(most).index)
    return wide.rename(index=labels, columns=dict(cohort.about_groups)).rename_axis(index=None, columns=None)


def at_each_k(steps: pd.DataFrame, labels: dict[str, str], most: int = 5) -> pd.DataFrame:
    """Return sites(k) as a table: code and reading (rows) by k (columns), `sites of sites that have k voices`."""
    said = steps["sites"].astype(str) + " of " + steps["sites_assessable"].astype(str)
    steps = steps.assign(said=said, k="k = " + steps["k"].astype(str), label=steps["code"].map(labels))
    order = pd.MultiIndex.from_frame(steps[["label", "reading"]].drop_duplicates())
    wide = steps.pivot(index=["label", "reading"], columns="k", values="said")
    wide = wide.reindex(index=order, columns=list(dict.fromkeys(steps["k"])))
    return wide[_telling(wide, most)].reset_index().rename_axis(columns=None)


def _telling(wide: pd.DataFrame, most: int) -> list[str]:
    """Return the columns to show: all if they are few, else those in which something changes, evenly thinned."""
    if wide.shape[1] <= most:
        return list(wide.columns)
    changed = [c for c, before in zip(wide.columns[1:], wide.columns, strict=False) if not wide[c].equals(wide[before])]
    places = [round(n * len(changed) / (most - 1)) for n in range(most)]
    return list(dict.fromkeys([wide.columns[0], *changed][place] for place in places))


def changes_table(varied: pd.DataFrame, reading: str) -> pd.DataFrame:
    """Return what each single change of the plan does: one row per change, with what is common then.

    Returns
    -------
    DataFrame
        Index = the change; verdicts (how many differ from the plan's, of how many), common (labels), differs (label:
        class under the plan -> class under the change), status.
    """
    rows = varied[varied["reading"] == reading]
    planned = rows[rows["varied"] == "as planned"].set_index("code")["class"]
    table = {}
    for (name, to), part in rows.groupby(["varied", "to"], sort=False):
        moved = part[part["changed"]]
        table[f"{name} = {to}" if to else name] = {
            "verdicts": f"{len(moved)} of {len(part)}",
            "common": "; ".join(part.loc[part["class"] == "common", "label"]),
            "differs": "; ".join(f"{r.label}: {planned[r.code]} → {r.class_}" for r in _classed(moved)),
            "status": "ok" if (part["status"] == "ok").any() else "not_assessable",
        }
    return pd.DataFrame.from_dict(table, orient="index", columns=["verdicts", "common", "differs", "status"])


def _classed(table: pd.DataFrame):
    return table.rename(columns={"class": "class_"}).itertuples()
