"""The interviews of the cohort `alignment-teaching`, which bear out its factors, and their codings."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..made import made_table
from .alignment_factors import FACTORS, PRESENT
from .alignment_survey import GROUPS
from .draws import Draw

CODERS = ("c1", "c2")
# challenge -> (label, definition, what informants say of it): the first is told by everybody at every site, the second
# by two of three informants at the sites in SECOND, places in the planted order counted from 1
CHALLENGES = {
    "thin_resources": (
        "Thin resources",
        "Money or hands are too few for what has been begun.",
        ("one grant pays for everything, and it ends next year.", "two people do the work of six."),
    ),
    "data_ownership": (
        "Ownership of data",
        "Members dispute who may hold, see or publish the figures.",
        (
            "we have argued for a year over whose figures they are.",
            "each side wants to keep the data in its own house.",
        ),
    ),
}
SECOND = (2, 5, 8, 11, 14)
OPENINGS = (
    "As I see it,",
    "Looking back,",
    "To be plain,",
    "In my time here,",
    "If you ask me,",
    "From where I sit,",
)
QUESTION = "What helps this alliance to pull in one direction, and what stands in the way?"
LABEL = "SYNTHETIC: an invented interview; no real person or alliance speaks here."
SPOKEN = 12  # statements per site: each factor once, and four of them again with what is done about it


def _statements(draw: Draw, place: int) -> list[tuple[str, str, str]]:
    """Return what is said at one site: factor, valence, sentence."""
    factors = draw.shuffled(list(FACTORS))
    told = []
    for position, name in enumerate(factors + draw.sample(factors, SPOKEN - len(factors))):
        there = int(FACTORS[name].strengths[place]) >= PRESENT
        valence = "strategy" if position >= len(factors) else "facilitator" if there else "barrier"
        told.append((name, valence, f"{draw.pick(OPENINGS)} {draw.pick(FACTORS[name].said[valence])}"))
    return told


def _complaints(draw: Draw, place: int, number: int) -> list[tuple[str, str, str]]:
    """Return the challenges that the informant with this number (0 to 2) tells at one site."""
    first, second = CHALLENGES
    names = [first, second] if place + 1 in SECOND and number < 2 else [first]
    return [(name, "challenge", f"{draw.pick(OPENINGS)} {draw.pick(CHALLENGES[name][2])}") for name in names]


def _turns(seed: int, site: str, place: int) -> list[dict]:
    """Return every turn of the three interviews of a site; a coded one has a code and a valence."""
    draw = Draw(seed, f"alignment interviews {site}")
    told, turns = _statements(draw, place), []
    for number, group in enumerate(draw.sample(list(GROUPS), 3)):
        spoken = [("", "", "other", LABEL), ("", "", "interviewer", QUESTION)]
        own = told[number::3] + _complaints(draw, place, number)
        spoken += [(code, valence, "informant", text) for code, valence, text in own]
        source = f"{site}-{group}"
        turns += [
            {"segment": f"{source}-{seq}", "source": source, "site": site, "group": group, "informant": source}
            | {"seq": seq, "speaker": speaker, "text": text, "code": code, "valence": valence}
            | {"text_kind": "synthetic", "scope": "site", "basis": "explicit"}
            for seq, (code, valence, speaker, text) in enumerate(spoken, 1)
        ]
    return turns


def _codings(seed: int, turns: pd.DataFrame) -> pd.DataFrame:
    """Return the codings: c1 gives what was planted; c2 overlooks one factor in 20 statements and mistakes another."""
    draw, rows = Draw(seed, "alignment coders"), []
    for turn in turns[turns["code"] != ""].to_dict("records"):
        row = {key: turn[key] for key in ("segment", "code", "valence")} | {"round": "independent"}
        rows.append(row | {"coder": "c1"})
        slip = draw.below(20) if turn["code"] in FACTORS else -1
        other = draw.pick([name for name in FACTORS if name != turn["code"]])
        if slip != 0:
            rows.append(row | {"coder": "c2", "code": other if slip == 1 else turn["code"]})
    return made_table("codings", rows)


def _codebook() -> pd.DataFrame:
    factors = [
        {"code": name, "label": factor.label, "kind": "factor", "domain": factor.theme, "definition": factor.definition}
        | {"use_when": "The factor is described as there, as missing, or as worked at; the valence says which."}
        for name, factor in FACTORS.items()
    ]
    challenges = [
        {"code": name, "label": label, "kind": "challenge", "domain": "resources", "definition": definition}
        for name, (label, definition, _) in CHALLENGES.items()
    ]
    return made_table("codebook", [{**row, "origin": "deductive", "active": "yes"} for row in challenges + factors])


def planted_challenges(order: Sequence[str]) -> pd.DataFrame:
    """Return which challenge is present at which site: site, challenge, present (`yes`, `no`)."""
    first, second = CHALLENGES
    rows = []
    for place, site in enumerate(order, 1):
        rows += [(site, first, "yes"), (site, second, "yes" if place in SECOND else "no")]
    return pd.DataFrame(rows, columns=["site", "challenge", "present"])


def interview_tables(seed: int, sites: Sequence[str], order: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return sources, segments, codebook, codings, coders and assignments.

    Parameters
    ----------
    seed : int
    sites, order : sequence of str
        The sites in declared order, and in the planted order, the most aligned first.
    """
    turns = pd.DataFrame([turn for site in sites for turn in _turns(seed, site, order.index(site))])
    sources = turns.drop_duplicates("source").assign(kind="interview", wave=1, year=2024, licence="CC0 1.0")
    sources["title"] = "Synthetic interview; group: " + sources["group"]
    coders = [
        {"coder": coder, "label": f"Coder {coder[1:]}", "kind": "synthetic", "blind": "yes", "note": "Invented coder."}
        for coder in CODERS
    ]
    given = [
        {"coder": coder, "source": source, "round": "independent"} for coder in CODERS for source in sources["source"]
    ]
    return {
        "sources": made_table("sources", sources.to_dict("records")),
        "segments": made_table("segments", turns.to_dict("records")),
        "codebook": _codebook(),
        "codings": _codings(seed, turns),
        "coders": made_table("coders", coders),
        "assignments": made_table("assignments", given),
    }
