"""Sentences on what would overturn a claim that a challenge is common; every number comes from the robustness card."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods.evidence import OWN_VOICE
from .escaping import escape_markdown as esc
from .sentences import count, in_words, listing, percent

WITHOUT = ("site", "informant", "group", "coder")


def card_in_words(card: pd.DataFrame, code: str, cohort: Cohort) -> str:
    """Return in three to five sentences what would overturn the claim about one challenge, and what would not.

    Parameters
    ----------
    card : DataFrame
        As from `robustness`.
    code : str
    cohort : Cohort
        For names; informants are counted, never named.
    """
    rows = card[card["code"] == code]
    if rows.empty or not code:
        why = (
            card["reason"].iloc[0]
            if not card["code"].any()
            else "it is neither common nor widespread, so there is no claim to overturn"
        )
        return f"Not assessable: {esc(why)}."
    told = [_claim(rows, cohort), _thresholds(rows), _without(rows, cohort), _resampled(rows), _beyond(rows, cohort)]
    return " ".join(sentence for sentence in told if sentence)


def _one(rows: pd.DataFrame, check: str) -> pd.Series:
    return rows[rows["check"] == check].iloc[0]


def _claim(rows: pd.DataFrame, cohort: Cohort) -> str:
    reach, grid = _one(rows, "beyond these sites"), _one(rows, "settings")
    word = in_words(reach["reading"], cohort)
    told = f"**{esc(reach['label'])}** is {word} at {round(reach['estimate'] * reach['n'])} of {reach['n']} sites"
    if not grid["n"]:
        return f"{told}."
    return (
        f"{told}, and at every site in {percent(grid['estimate'])} of the {count(grid['n'], 'setting')} of the rule "
        "that can be judged."
    )


def _thresholds(rows: pd.DataFrame) -> str:
    """Return up to which k and m the claim holds, and where it is weakest."""
    holds = []
    for check, noun in (("more voices", "voice"), ("more groups", "group")):
        for row in rows[rows["check"] == check].itertuples():
            then = row.verdict.replace("_", " ") if row.status == "ok" else "no longer to be judged"
            holds.append(f"{count(int(row.estimate), noun)} a site ({row.left_out}: {then})")
    weak = _one(rows, "weakest site")
    where = f"fewest voices raise it at {listing(weak['left_out'].split('; '))} ({int(weak['estimate'])})"
    return f"It holds up to {' and up to '.join(holds)}; {where}." if holds else f"{where[:1].upper()}{where[1:]}."


def _named(rows: pd.DataFrame, check: str, cohort: Cohort) -> str:
    """Return what is left out, by name; informants and publishers by their number only."""
    ids = rows.loc[rows["check"] == check, "left_out"].tolist()
    if check == "informant":
        return f"any one of {count(len(ids), 'voice')}" if len(ids) > 1 else "one voice"
    names = {
        "site": dict(zip(cohort.sites["site"], cohort.sites["name"], strict=True)),
        "group": {**cohort.groups, OWN_VOICE: "alliance and funder, one voice"},
        "coder": dict(zip(cohort.coders["coder"], cohort.coders["label"], strict=True)),
    }[check]
    told = listing([names.get(i) or i for i in ids])
    return f"the {check} {told}" if len(ids) == 1 else f"any one of the {check}s {told}"


def _each(rows: pd.DataFrame, cohort: Cohort) -> str:
    """Return the things left out, by kind, as alternatives."""
    parts = [_named(rows, check, cohort) for check in WITHOUT if (rows["check"] == check).any()]
    return ", or without ".join(parts)


def _without(rows: pd.DataFrame, cohort: Cohort) -> str:
    """Return whose absence ends the claim, whose would strengthen it, and without whom it cannot be judged."""
    judged = _one(rows, "beyond these sites")["n"]
    rows = rows[rows["check"].isin(WITHOUT)]
    lost, gained = rows[rows["lost"].fillna(False)], rows[rows["gained"].fillna(False)]
    fewer = gained["n"].lt(judged) & gained["check"].ne("site")  # the site that fails it is merely out of sight
    blank = rows[(rows["status"] != "ok") & (rows["left_out"] != "")]
    ended = f"it is lost without {_each(lost, cohort)}" if len(lost) else ""
    told = [
        f"{verb} without {_each(part, cohort)}"
        for verb, part in (
            ("it becomes common", gained[~fewer]),
            ("it becomes common, since a site that lacks it can no longer be judged,", gained[fewer]),
            ("it cannot be judged", blank),
        )
        if len(part)
    ]
    never = "leaving out any one site, voice, group or coder " + ("never ends it" if told else "changes nothing")
    said = "; ".join([ended or never, *told])
    return f"{said[:1].upper()}{said[1:]}."


def _resampled(rows: pd.DataFrame) -> str:
    """Return how often the claim stands when voices are drawn anew, and when coders' errors are put right."""
    voices, errors = _one(rows, "resampled voices"), _one(rows, "coding errors")
    if voices["status"] != "ok":
        return ""
    told = f"With voices drawn anew it is common in {percent(voices['estimate'])} of {voices['n']} resamples"
    if errors["status"] == "ok":
        return f"{told}, with the coders' errors put right at random in {percent(errors['estimate'])}."
    return f"{told}; what coding errors do to it cannot be told: {esc(errors['reason'])}."


def _beyond(rows: pd.DataFrame, cohort: Cohort) -> str:
    reach = _one(rows, "beyond these sites")
    return (
        f"For alliances at large the sites say less: had they been drawn at random, which they were not, the true "
        f"share could be as low as {percent(reach['lo'])} ({cohort.plan.ci_level:.0%} interval)."
    )
