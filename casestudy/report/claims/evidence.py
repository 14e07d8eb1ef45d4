"""The statements for and against a claim."""

from __future__ import annotations

import pandas as pd

from .computed import TIED, Computed

COLUMNS = ["segment", "stance"]


def stances(claim, computed: Computed) -> pd.DataFrame:
    """Return the statements that speak for a claim, against it, or give its context: segment, stance.

    For: those of the voices that raise the challenge in the claim's reading, at the sites it names (of its group, for
    a claim about one). Against, at any site: denials. Context: for a difficulty, statements on which the coders tie,
    which deny nothing; for a claim about a group, what the others say; for "none is common", the challenges that reach
    furthest.
    """
    if claim.kind == "none_common":
        return _marked(_of_the_widest(claim, computed), "context")
    telling, said = computed.telling[claim.reading], computed.said[computed.said["code"] == claim.code]
    here = telling[(telling["code"] == claim.code) & telling["site"].isin(claim.sites.split(";"))]
    against, tied = said[said["valence"] == "not_here"], said[said["contested"] & (claim.reading == "difficulty")]
    others = here.iloc[:0]
    if claim.kind == "group":
        own = here["group"] == claim.group
        here, others = here[own], here[~own]
        against, tied = against[against["group"] == claim.group], tied[tied["group"] == claim.group]
    parts = _marked(here, "for"), _marked(against, "against"), _marked(tied, "context"), _marked(others, "context")
    return pd.concat(parts, ignore_index=True).drop_duplicates("segment")


def _marked(said: pd.DataFrame, stance: str) -> pd.DataFrame:
    return said.assign(stance=stance)[COLUMNS].drop_duplicates("segment")


def _of_the_widest(claim, computed: Computed) -> pd.DataFrame:
    row, table = computed.row("headline", claim.reading), computed.common_challenges
    labels = row["widest"].split(TIED) if row and row["most_sites"] else []
    codes = table.loc[table["label"].isin(labels), "code"]
    telling = computed.telling[claim.reading]
    return telling[telling["code"].isin(codes)]
