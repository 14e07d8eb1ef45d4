"""The factors of the cohort `alignment-teaching`: what is said of them, and the strength that raters gave each site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ..made import made_table
from .draws import Draw

RATERS = ("r1", "r2")
PRESENT = 2  # mean strength of the raters from which a factor counts as present
# (factor, place of the site in the planted order counted from 1): strengths of r1 and r2 on different sides of the cut
DISPUTED = {("balancing_competition", 9): (1, 2), ("trust", 13): (3, 1)}


@dataclass(frozen=True)
class Factor:
    """A factor: what it is called, what is planted, and what informants say of it.

    `strengths` holds the strength that r1 gives to each site, in the planted order. `said` holds two sentences each
    for the valences facilitator (the factor is there), barrier (it is not) and strategy (what is done about it).
    """

    label: str
    theme: str
    definition: str
    strengths: str
    said: dict[str, tuple[str, str]]

    @property
    def kind(self) -> str:
        """Return `distinguishing` if some site lacks the factor, else `common`."""
        return "distinguishing" if min(self.strengths) < str(PRESENT) else "common"


def _said(facilitator: tuple[str, str], barrier: tuple[str, str], strategy: tuple[str, str]) -> dict:
    return {"facilitator": facilitator, "barrier": barrier, "strategy": strategy}


#                       top three, four aligned, four in between, bottom three
FACTORS = {
    "history_of_collaboration": Factor(
        "History of collaboration",
        "relations",
        "Members had worked together before, and remember it as worth while.",
        "33311221002002",
        _said(
            (
                "most of us had run a project together years before anybody spoke of an alliance.",
                "I could ring any of the others from the first day, because we had shared work before.",
            ),
            (
                "none of us had ever planned anything with the others, and it showed in every meeting.",
                "we began as strangers who knew each other only from the newspaper.",
            ),
            (
                "we started with a small joint task, so that people could get used to each other.",
                "we put the veterans of older projects next to the newcomers on purpose.",
            ),
        ),
    ),
    "community_credibility": Factor(
        "Credibility in the community",
        "relations",
        "People outside take the alliance seriously and believe what it publishes.",
        "33322121120010",
        _said(
            (
                "when our name is on a report, people in town read it and believe it.",
                "even those who stay away from us say that we can be relied upon.",
            ),
            (
                "outside this building hardly anybody knows us, and those who do have doubts.",
                "our last figures were laughed at in the local paper.",
            ),
            (
                "we send every figure to those concerned before anybody else sees it.",
                "we ask respected neighbours to present our results in our place.",
            ),
        ),
    ),
    "active_consensus_building": Factor(
        "Active consensus building",
        "governance",
        "Somebody works at agreement between meetings and does not wait for it.",
        "33212231200000",
        _said(
            (
                "the chair calls everybody before a vote, so that no one walks in with a surprise.",
                "we go back and forth until each side can live with the text.",
            ),
            (
                "we vote, the losers are silent, and the matter returns a month later.",
                "nobody takes it upon himself to bring the two camps together.",
            ),
            (
                "we now write down every objection and answer it before we decide.",
                "two of us were asked to sound out the doubters before each meeting.",
            ),
        ),
    ),
    "small_decision_bodies": Factor(
        "Small decision-making bodies",
        "governance",
        "Decisions are prepared and taken by few people with a mandate of the rest.",
        "33123212210000",
        _said(
            (
                "seven people decide, and the rest of us trust them with it.",
                "a small committee settles most things within a week.",
            ),
            (
                "forty people in one room cannot settle anything.",
                "whatever we touch has to go through the whole assembly.",
            ),
            (
                "we are trying out a group of five that prepares the decisions.",
                "we handed the budget to a small committee to see how that goes.",
            ),
        ),
    ),
    "balancing_competition": Factor(
        "Balance of collaboration and competition",
        "relations",
        "Members who compete know which matters they keep out of the alliance.",
        "33322212110000",
        _said(
            (
                "we fight over contracts on Monday and share our data on Tuesday, and both are fine.",
                "prices stay outside the door, so that rivals can sit at one table.",
            ),
            (
                "the two big systems cannot forget for an hour that they are rivals.",
                "everybody holds back what a competitor might use.",
            ),
            (
                "we wrote a list of subjects that are never raised here.",
                "a neutral office pools the figures, so that no rival sees another's.",
            ),
        ),
    ),
    "leadership_credibility": Factor(
        "Credibility of the leadership",
        "leadership",
        "Members believe that the leaders know the field and act for all.",
        "23232322323232",
        _said(
            (
                "our director has worked on every side of this business, and people listen.",
                "nobody here doubts that the chair speaks for all of us.",
            ),
            (
                "the leaders are said to speak for their own house only.",
                "few members believe that the director knows the field.",
            ),
            (
                "the chair gave up a post at home to be seen as neutral.",
                "the director visits each member once a year to hear what is wanted.",
            ),
        ),
    ),
    "leadership_stability": Factor(
        "Stability of the leadership",
        "leadership",
        "The leaders stay long enough to finish what they begin.",
        "32322332232323",
        _said(
            (
                "the same two people have led us since the beginning.",
                "we never had to start again because somebody at the top had left.",
            ),
            (
                "we have had three directors in two years.",
                "each new chair begins from nothing.",
            ),
            (
                "a deputy sits in every meeting, ready to take over.",
                "terms of office end in different years, so that never all leave at once.",
            ),
        ),
    ),
    "trust": Factor(
        "Trust among members",
        "relations",
        "Members expect fair dealing from each other.",
        "23223223232233",
        _said(
            (
                "I can say what I think and it will not be used against me.",
                "when one of us gives a word, the others count on it.",
            ),
            (
                "people look over their shoulder before they speak.",
                "an agreement here holds until somebody leaves the room.",
            ),
            (
                "we open our books to each other once a year.",
                "we talk about broken promises in the open before they fester.",
            ),
        ),
    ),
}


def planted_presence(order: Sequence[str]) -> pd.DataFrame:
    """Return which factor is present where.

    Parameters
    ----------
    order : sequence of str
        The sites, the most aligned first.

    Returns
    -------
    DataFrame
        One row per site and factor, in this order: site, factor, present (`yes`, `no`), disputed (`yes` if the two
        raters stand on different sides of the cut).
    """
    rows = [
        (site, name, "yes" if int(factor.strengths[place]) >= PRESENT else "no", (name, place + 1) in DISPUTED)
        for place, site in enumerate(order)
        for name, factor in FACTORS.items()
    ]
    frame = pd.DataFrame(rows, columns=["site", "factor", "present", "disputed"])
    return frame.assign(disputed=frame["disputed"].map({True: "yes", False: "no"}))


def _strengths(draw: Draw, factor: str, place: int) -> tuple[int, int]:
    """Return the strengths that r1 and r2 give: r2 differs in one of four, but for disputes on the same side."""
    first = int(FACTORS[factor].strengths[place])
    second = first ^ 1 if draw.chance(1, 4) else first  # 0 and 1, 2 and 3 change places
    return DISPUTED.get((factor, place + 1), (first, second))


def factor_tables(seed: int, sites: Sequence[str], order: Sequence[str], codings: pd.DataFrame) -> dict:
    """Return factors and site_factors; the evidence are the segments to which c1 gave the factor's code."""
    first = codings[codings["coder"] == "c1"]
    site = first["segment"].str.split("-").str[0]
    evidence = first.groupby([site, first["code"]])["segment"].agg(";".join).to_dict()
    rows = []
    for site in sites:
        draw = Draw(seed, f"alignment raters {site}")
        for factor in FACTORS:
            row = {"site": site, "factor": factor, "segments": evidence[site, factor]}
            given = zip(RATERS, _strengths(draw, factor, order.index(site)), strict=True)
            rows += [row | {"rater": rater, "strength": strength} for rater, strength in given]
    listed = [
        {"factor": name, "label": factor.label, "theme": factor.theme, "definition": factor.definition}
        for name, factor in FACTORS.items()
    ]
    return {"factors": made_table("factors", listed), "site_factors": made_table("site_factors", rows)}
