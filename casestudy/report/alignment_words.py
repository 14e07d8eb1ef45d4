"""Sentences and tables on a survey and the order of sites: every number comes from a table of `methods.alignment`."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods import alignment as al
from .escaping import escape_markdown as esc
from .sentences import count, listing, percent

NO_SCALE = "The items do not hang together: their mean is no one thing, and no order of sites is given."
LITTLE = 0.05  # ICC(1) of surveys of organisations is mostly 0.05 to 0.20 (Bliese 2000); below, sites hardly differ
SIDES = {"high": "most aligned", "low": "least aligned", "": "between"}


def unanswered(table: pd.DataFrame) -> str:
    """Return why a table gives no answer at all; "" if some row of it does."""
    if len(table) and table["status"].ne("not_assessable").any():
        return ""
    told = [esc(why) for why in dict.fromkeys(table["reason"]) if why] if len(table) else []
    return f"Not assessable: {'; '.join(told) or 'this cohort has no survey'}."


def names_of(cohort: Cohort) -> dict[str, str]:
    """Return site -> name."""
    return dict(zip(cohort.sites["site"], cohort.sites["name"], strict=True))


def _range(cohort: Cohort) -> str:
    first = cohort.survey_items[cohort.survey_items["scale"] == al.chosen_scale(cohort)].iloc[0]
    return f"{first['min']} to {first['max']}"


def index_label(cohort: Cohort) -> str:
    """Return what the index is measured in, for an axis."""
    if al.no_survey(cohort):
        return "index"
    return f"{al.VARIANTS['groups']} (answers from {_range(cohort)})"


# ---- who answered -------------------------------------------------------------------------------------------------


def response_in_words(rates: pd.DataFrame, cohort: Cohort) -> str:
    """Return how many of those invited answered, and which group did least (`frame_rates`)."""
    if al.no_survey(cohort):
        return f"Not assessable: {al.no_survey(cohort)}."
    answered, sites = int(rates["answered"].sum()), rates.loc[rates["answered"] > 0, "site"].nunique()
    told = f"**{count(answered, 'respondent')}** at {count(sites, 'site')} answered in wave {cohort.plan.wave}"
    known = rates[rates["status"] == "ok"]
    small = rates[rates["answered"].between(1, cohort.plan.suppress_below - 1)]
    caution = f" {_few(len(small), cohort)}" if len(small) else ""
    if known.empty:
        return f"{told}. How many were invited is not known, so nobody can say who is missing.{caution}"
    invited = known.groupby("group", sort=False)[["answered", "invited"]].sum()
    share = (invited["answered"] / invited["invited"]).sort_values(kind="stable")
    least, most = (f"{esc(cohort.groups[g])} ({share[g]:.0%})" for g in (share.index[0], share.index[-1]))
    total = known[["answered", "invited"]].sum()
    span = f" The group that answered least is {least}, most {most}." if len(share) > 1 else ""
    faulty = list(dict.fromkeys(rates.loc[rates["reason"] != "", "reason"]))
    doubt = f" To be looked at: {esc('; '.join(faulty))}." if faulty else ""
    return f"{told}, {total['answered'] / total['invited']:.0%} of {total['invited']} invited.{span}{doubt}{caution}"


def _few(cells: int, cohort: Cohort) -> str:
    few = "rests" if cells == 1 else "rest"
    return (
        f"{count(cells, 'cell')} of the table below {few} on fewer than {cohort.plan.suppress_below} respondents: such "
        "cells must not be passed on."
    )


def response_table(rates: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return who answered of those invited: sites (rows) by groups (columns), blank = none invited or heard."""
    invited = rates["invited"].astype(str).replace("<NA>", "?")
    table = rates.assign(cell=rates["answered"].astype(str) + " of " + invited)
    wide = table.pivot(index="site", columns="group", values="cell").fillna("")
    groups = [group for group in cohort.groups if group in wide.columns]
    wide = wide.reindex(index=[s for s in cohort.sites["site"] if s in wide.index], columns=groups)
    return wide.rename(index=names_of(cohort), columns=dict(cohort.groups)).rename_axis(index=None, columns=None)


# ---- the scale ----------------------------------------------------------------------------------------------------


def _estimate(row) -> str:
    if row.status != "ok":
        return f"not to be estimated ({esc(row.reason)})"
    return f"**{row.estimate:.2f}**" + ("" if pd.isna(row.lo) else f" ({row.lo:.2f} to {row.hi:.2f})")


def scale_in_words(table: pd.DataFrame, cohort: Cohort) -> str:
    """Return how far the items of each scale agree, in all and within sites (`scale_reliability`)."""
    if unanswered(table):
        return unanswered(table)
    lines = []
    for scale, rows in table.groupby("scale", sort=False):
        cells = {(row.measure, row.level): row for row in rows.itertuples()}
        values = [
            f"{measure} {_estimate(cells[measure, 'total'])} in all, {_estimate(cells[measure, 'within sites'])} within"
            " sites"
            for measure in ("alpha", "omega")
        ]
        first = rows.iloc[0]
        dropped = (
            f" Left out, since everybody answered them alike: {esc(first['dropped'])}." if first["dropped"] else ""
        )
        name = esc(str(scale).replace("_", " "))
        lines.append(f"Scale *{name}*, {first['n']} complete answers: {'; '.join(values)}. {_verdict(rows)}{dropped}")
    if len(lines) > 1:
        lines.append(f"The index rests on the first scale, *{esc(al.chosen_scale(cohort).replace('_', ' '))}*.")
    return "\n\n".join(lines)


def _loose(rows: pd.DataFrame) -> bool:
    """Return whether the items of a scale do not hang together even within sites."""
    within = rows[(rows["measure"] == "alpha") & (rows["level"] == "within sites")]
    return bool(within["estimate"].lt(al.LOOSE).any())


def _verdict(rows: pd.DataFrame) -> str:
    within = rows[(rows["measure"] == "alpha") & (rows["level"] == "within sites")].iloc[0]
    if within["status"] != "ok":
        return "Whether the items measure one thing cannot be told."
    if _loose(rows):
        return f"**{NO_SCALE}** (Alpha within sites is below {al.LOOSE:.2f}, a cut of our own.)"
    if within["estimate"] < 0.7:
        return "The items hang together only loosely; what rests on their mean is a lead, not a finding."
    return "People of one site who agree with one item tend to agree with the others: the mean measures one thing."


def items_for_reading(table: pd.DataFrame) -> pd.DataFrame:
    """Return the item table with the wording (or the key) as row names, rounded (`item_table`); no gap reads nan."""
    names = table["text"].where(table["text"] != "", table["item"]) + table["reverse"].map({"yes": " (turned)"}).fillna(
        ""
    )
    columns = ["mean", "sd", "missing", "floor", "ceiling", "item_rest", "alpha_without", "loading"]
    shown = table.set_axis(names.to_numpy(), axis=0)[columns].astype(float).round(2)
    for column in shown.columns[shown.isna().any()]:
        shown[column] = [
            _gap(column, about) if pd.isna(v) else f"{v:.2f}"
            for v, about in zip(shown[column], table["reason"], strict=True)
        ]
    return shown


def _gap(column: str, reason: str) -> str:
    return "not fitted" if column == "loading" and reason.startswith("no loading") else ""


# ---- may the answers be averaged ----------------------------------------------------------------------------------


def aggregation_in_words(sites: pd.DataFrame, overall: pd.DataFrame, cohort: Cohort, reliability: pd.DataFrame) -> str:
    """Return whether people of one site agree and whether sites differ (`aggregation`, `aggregation_overall`).

    Both presuppose one scale; where the items are none (`reliability`, from `scale_reliability`), this is said first.
    """
    if unanswered(overall):
        return unanswered(overall)
    able, loose = sites[sites["status"] == "ok"], _loose(reliability[reliability["scale"] == al.chosen_scale(cohort)])
    first = "rwg and ICC presuppose that the items are one scale"
    first += f"{', which these are not: what follows is about a mean of unlike items' if loose else ''}. "
    told = (
        first + _agreed(able) if len(able) else f"{first}At no site did two people answer, so agreement cannot be told."
    )
    if overall["status"].ne("ok").any():
        return f"{told} Whether sites differ cannot be estimated: {esc(overall['reason'].iloc[0])}."
    one, two = overall.iloc[0], overall.iloc[1]
    spread = f"ICC(1) is **{one['estimate']:.2f}** ({one['lo']:.2f} to {one['hi']:.2f}, {one['reading']}): "
    spread += f"{max(one['estimate'], 0):.0%} of the differences between people lie between sites. "
    spread += f"ICC(2) is **{two['estimate']:.2f}** ({two['lo']:.2f} to {two['hi']:.2f})"
    if loose:
        return f"{told} {spread}; of means of unlike items neither says that sites differ in alignment."
    spread += f", {two['reading']} to tell the means of sites apart ({al.ENOUGH:.2f} is usually asked for)."
    return f"{told} {spread}{_pseudo(able, one['estimate'], two['estimate'])}"


def _agreed(able: pd.DataFrame) -> str:
    """Return at how many sites people agree, by the usual measure and by two stricter ones; no one leads."""
    found = {f"rwg of {al.ENOUGH:.2f} or more (median {able['estimate'].median():.2f})": able["estimate"] >= al.ENOUGH}
    found["the mean distance from the site's mean"] = able["ad"] <= able["ad_cut"]
    if able["skewed"].notna().any():
        found["rwg if answers at random leaned to one side"] = able["skewed"] >= al.ENOUGH
    *most, last = (str(met.sum()) for met in found.values())
    sites = f"{', '.join(most)} or {last} of {count(len(able), 'site')}"
    return f"People of one site agree at **{sites}**, by the yardstick: {', '.join(found)}."


def sites_for_reading(table: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the agreement at each site with the site's name, rounded (`aggregation`)."""
    columns = {"n": "respondents", "estimate": "rwg", "skewed": "rwg, skewed", "ad": "deviation", "ad_cut": "at most"}
    shown = table[[*columns, "sd", "reading"]].rename(columns=columns | {"reading": "reading (uniform)"}).round(2)
    return shown.set_axis(table["site"].map(names_of(cohort)).to_numpy(), axis=0)


def _pseudo(able: pd.DataFrame, one: float, two: float) -> str:
    """Return the warning of agreement that is not about the site."""
    if one < 0:
        return " Below 0 means that sites differ less than chance alone would have them."
    agreed = len(able) and able["estimate"].median() >= al.ENOUGH
    if agreed and (one < LITTLE or two < al.ENOUGH):
        return (
            " **Beware of pseudo-agreement**: people agree within sites but hardly less between them, so they may "
            "answer alike for reasons that have nothing to do with their alliance."
        )
    return " Enough for means is not enough for extremes: see how stable the order is, below."


# ---- index, extremes, stability -----------------------------------------------------------------------------------


def index_in_words(ends: pd.DataFrame, cohort: Cohort) -> str:
    """Return which sites stand at the two ends (`extremes`), or why none can be picked."""
    if unanswered(ends):
        return unanswered(ends)
    names = names_of(cohort)
    order = ends.sort_values("estimate", ascending=False, kind="stable")
    told = {end: listing(order.loc[order["end"] == end, "site"].map(names).tolist()) for end in ("high", "low")}
    able = int((ends["status"].eq("ok") & ends["reason"].eq("")).sum())
    few = ends[ends["status"].eq("ok") & ends["reason"].ne("")]
    left = ends[ends["status"] != "ok"]
    share = f"Of {able} sites with enough answers a quarter, rounded down, is {ends['end'].eq('high').sum()}. "
    share += f"**Most aligned: {told['high']}. Least aligned: {told['low']}.**"
    tied = listing(ends.loc[ends["tied"], "site"].map(names).tolist(), "")
    share += f" Equal at a cut, so that the narrower interval decides: {tied}." if tied else ""
    share += (
        f" Too few answers to be called an extreme: {listing(few['site'].map(names).tolist())}." if len(few) else ""
    )
    return share + (f" Nobody answered at {listing(left['site'].map(names).tolist())}." if len(left) else "")


def variants_table(variants: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the place of each site in each variant (columns), in the order of the index; blank = not assessable."""
    if variants.empty:
        return pd.DataFrame()
    wide = variants.pivot(index="site", columns="variant", values="place").reindex(columns=list(al.VARIANTS))
    wide = wide.dropna(axis=1, how="all").sort_values("groups", kind="stable", na_position="last")
    wide = wide.astype("Int64").astype(str).replace("<NA>", "")
    return wide.rename(index=names_of(cohort)).rename_axis(index=None, columns=None)


def variants_in_words(variants: pd.DataFrame) -> str:
    """Return how the order of sites depends on how the index is made (`index_variants`)."""
    if variants.empty:
        return "Not assessable: there is no order of sites."
    rank = al.variant_correlations(variants)["groups"].drop("groups").dropna()
    if rank.empty:
        return "Not assessable: too few sites to compare orders."
    told = "; ".join(f"*{name}* {value:.2f}" for name, value in rank.items())
    said = "; ".join(f"*{name}*: {al.VARIANTS[name]}" for name in ["groups", *rank.index])
    return f"{said[:1].upper()}{said[1:]}.\n\nRank correlation of each with *groups*: {told}."


def stability_in_words(stability: pd.DataFrame, left: pd.DataFrame, cohort: Cohort) -> str:
    """Return how often the same extremes come back, and what leaving out an item or group does (`leave_out`)."""
    if unanswered(stability):
        return unanswered(stability)
    names, first = names_of(cohort), stability.iloc[0]
    picked = stability[stability["end"] != ""].sort_values("estimate", kind="stable")
    told = f"The same {len(picked)} extremes come back in **{percent(first['identical'])}** of {first['n']} resamples. "
    weak = picked.iloc[0]
    told += f"The least sure of them is {esc(names[weak['site']])}, picked in {percent(weak['estimate'])}."
    rows = left[left["status"] == "ok"]
    changed = rows[~rows["same"].astype(bool)]
    if rows.empty:
        return f"{told} There is no item or group that could be left out."
    told += f" Left out one at a time, {len(rows)} items and groups: "
    return told + (
        f"they change without {listing(_moved(changed, cohort))}." if len(changed) else "they stay the same."
    )


def _moved(changed: pd.DataFrame, cohort: Cohort) -> list[str]:
    """Return which items and groups change the extremes when they are left out, in words."""
    text = dict(zip(cohort.survey_items["item"], cohort.survey_items["text"], strict=True))
    named = {
        "item": lambda key: f"the item “{text[key] or key}”",
        "group": lambda key: f"the group “{cohort.groups[key]}”",
    }
    return [f"{named[row.left_out](row.what)} ({row.kept} of {row.of} stay)" for row in changed.itertuples()]
