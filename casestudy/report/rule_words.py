"""Sentences on how far the presence rule and the coders can be trusted; every number comes from a table."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from .escaping import escape_markdown as esc
from .sentences import count

SHARE = 0.3  # of the voices at a site: what the sentence speaks of


def chance(estimate: float) -> str:
    """Return a chance with two digits that tell; never as certain or as impossible.

    >>> [chance(x) for x in (0.9213, 0.0653, 0.00081, 0.9996, 0.00000002)]
    ['0.92', '0.065', '0.00081', 'above 0.99', 'below 0.0001']
    """
    if estimate > 0.994:
        return "above 0.99"
    if estimate < 0.0001:
        return "below 0.0001"
    return f"{estimate:.2f}" if estimate >= 0.0995 else f"{float(f'{estimate:.2g}'):f}".rstrip("0")


def _from_to(rows: pd.DataFrame) -> str:
    low, high = chance(rows["estimate"].min()), chance(rows["estimate"].max())
    return low if low == high else f"{low} to {high}"


def _interval(row: pd.Series) -> str:
    if pd.isna(row["lo"]):
        return chance(row["estimate"])
    low, high = chance(row["lo"]), chance(row["hi"])
    return chance(row["estimate"]) + (f" ({low} to {high})" if low != high else "")


def _gap(rows: pd.DataFrame) -> str:
    """Return why none of these rows can be told, in words; "" if one can."""
    if rows["status"].eq("ok").any():
        return ""
    return f"Not assessable: {esc(rows['reason'].iloc[0])}."


def _seen(rows: pd.DataFrame, cohort: Cohort, voice: str) -> str:
    """Return how likely a challenge is seen at one site and at every site that can be judged."""
    rows = rows[rows["share"] == SHARE]
    here, every = rows[(rows["scope"] == "site") & rows["status"].eq("ok")], rows[rows["scope"] == "every site"].iloc[0]
    if here.empty:
        return _gap(rows[rows["scope"] == "site"])
    plan, joint = cohort.plan, ""
    if every["status"] == "ok":
        joint = f", at every one of {count(every['n'], 'site')} with {_interval(every)}"
    return (
        f"With j = {plan.j}, k = {plan.k} and m = {plan.m}, a challenge that {SHARE:.0%} of the {voice}s truly raise "
        f"is seen at a single site with a chance of {_from_to(here)}{joint}."
    )


def _false(rows: pd.DataFrame) -> str:
    """Return how likely a challenge that nobody raises is called present, at some site or at the only one."""
    rows = rows[rows["measure"].eq("false_presence") & rows["status"].eq("ok")]
    rows = rows[rows["scope"].isin(["site", "some site"])]
    if rows.empty:
        return ""
    row = rows.iloc[-1]  # some site comes after the sites
    where = "some site" if row["scope"] == "some site" else "the site"
    return f"One that nobody raises is called present at {where} with a chance of {_interval(row)}"


def operating_in_words(table: pd.DataFrame, cohort: Cohort) -> str:
    """Return what the plan's rule sees and what it wrongly calls present, beside another j; or why it is not known.

    Parameters
    ----------
    table : DataFrame
        From `operating_characteristics`.
    cohort : Cohort
    """
    plan, voice = cohort.plan, "informant" if cohort.evidence_level == "informant" else "voice"
    gap = _gap(table)
    if gap:
        return gap
    other = 1 if plan.j > 1 else 2
    planned, beside = (_false(table[table["j"] == j]) for j in (plan.j, other))
    if not planned:
        return _gap(table[table["scope"] == "site"])
    beside = beside.rpartition("a chance of ")[2]
    changed = f"If {count(other, 'segment')} made a raiser (j = {other}), that chance would be {beside}."
    return f"{_seen(table[table['j'] == plan.j], cohort, voice)} {planned}. {changed}"


def errors_in_words(table: pd.DataFrame) -> str:
    """Return how often coders overlook a challenge or see one that is not there (`coding_errors`)."""
    whole = table.iloc[0]
    if whole["status"] != "ok":
        return f"Not assessable: {esc(whole['reason'])}."
    return (
        f"Held against the {esc(whole['source'])}, coders marked {whole['found']} of {whole['positives']} segments "
        f"that show a challenge (sensitivity {whole['sensitivity']:.2f}), and {whole['false']} of "
        f"{whole['negatives']} that do not (specificity {whole['specificity']:.4f})."
    )
