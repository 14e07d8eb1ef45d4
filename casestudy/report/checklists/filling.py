"""Filling a checklist: each item answered from the cohort, left to be written, or said not to apply."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ...cohort.cohort import Cohort
from ..sentences import count
from . import coding, evidence, findings

NAMES = {
    "coreq": "COREQ (Tong, Sainsbury & Craig 2007)",
    "srqr": "SRQR (O'Brien et al. 2014)",
    "cdc": "CDC Program Evaluation Framework (2024)",
}
NOBODY = "The evidence is documents: nobody was interviewed."

# the functions that the column `filled_by` may name; each returns plain text, or "" if the cohort does not record it
ANSWERS = {
    answer.__name__: answer
    for answer in (
        coding.agreement,
        coding.approach,
        coding.coding_tree,
        coding.origin,
        coding.rule,
        coding.software,
        coding.who_coded,
        evidence.arrangements,
        evidence.collection,
        evidence.context,
        evidence.guide,
        evidence.processing,
        evidence.quotations,
        evidence.repeats,
        evidence.sample,
        evidence.sample_size,
        evidence.second_reading,
        evidence.survey,
        evidence.title,
        findings.ledger,
        findings.lesser_themes,
        findings.limits,
        findings.main_themes,
        findings.saturation_reached,
    )
}


def items(name: str) -> pd.DataFrame:
    """Return the items of a checklist as text.

    Returns
    -------
    DataFrame
        number, domain, topic, filled_by (names of `ANSWERS`, separated by `;`; blank = no cohort records it), to_write
        (what a person must supply), to_add (what a person must add to an answer from the data), needs_interviews
        (`yes` = does not apply where nobody was interviewed).

    >>> [len(items(name)) for name in NAMES]
    [32, 21, 6]
    """
    if name not in NAMES:
        raise ValueError(f"there is no checklist `{name}`; use one of {', '.join(NAMES)}")
    return pd.read_csv(Path(__file__).with_name(f"{name}.csv"), dtype=str, keep_default_na=False)


def _answer(item, cohort: Cohort) -> tuple[str, str]:
    """Return answer and status of one item."""
    interviewed = cohort.evidence_level == "informant" or cohort.sources["kind"].eq("interview").any()
    if item.needs_interviews == "yes" and not interviewed:
        return NOBODY, "not_applicable"
    told = " ".join(ANSWERS[name](cohort) for name in item.filled_by.split(";") if name)
    if told := " ".join(told.split()):  # one line, whatever names from the data hold
        return f"{told} To add: {item.to_add}." if item.to_add else told, "filled"
    who = "Invented data hold none of this. In a study of real alliances, to write" if cohort.synthetic else "To write"
    return f"{who}: {item.to_write}.", "to_be_written"


def checklist(cohort: Cohort, name: str) -> pd.DataFrame:
    """Return a reporting checklist, filled where the cohort records what an item asks for.

    Parameters
    ----------
    cohort : Cohort
    name : {"coreq", "srqr", "cdc"}

    Returns
    -------
    DataFrame
        item (number as published), domain, topic (in our words), answer, status: `filled` (computed from the cohort;
        what a person should add is named), `to_be_written` (the answer says what a person must supply) or
        `not_applicable` (the answer says why). Answers are plain text that may hold names from the data: escape them
        before they go into Markdown.

    Raises
    ------
    ValueError
        For another name.

    Notes
    -----
    COREQ: Tong, Sainsbury & Craig (2007), Int J Qual Health Care 19(6). SRQR: O'Brien et al. (2014), Acad Med 89(9).
    CDC: Kidder et al. (2024), MMWR Recomm Rep 73(6). A filled item says what the data hold, not that it suffices.

    >>> from casestudy import load_cohort
    >>> checklist(load_cohort("template"), "coreq").query("item == 12")["answer"].item()
    '22 informants at 4 sites: Alder 6, Birch 6, Cedar 5, Dogwood 5.'
    """
    asked = items(name)
    told = [_answer(item, cohort) for item in asked.itertuples()]
    table = asked[["number", "domain", "topic"]].rename(columns={"number": "item"}).astype({"item": int})
    return table.assign(answer=[answer for answer, _ in told], status=[status for _, status in told])


def checklist_in_words(table: pd.DataFrame) -> str:
    """Return how many items of a checklist are filled, do not apply, or are left to the team.

    >>> checklist_in_words(pd.DataFrame({"status": ["filled", "to_be_written", "filled"]}))
    '2 of 3 items can be filled from the data, 1 must be written by the team.'
    """
    tally = table["status"].value_counts()
    filled, void, left = (int(tally.get(s, 0)) for s in ("filled", "not_applicable", "to_be_written"))
    told = [f"{filled} of {count(len(table), 'item')} can be filled from the data"]
    told += [f"{void} {'does' if void == 1 else 'do'} not apply"] * bool(void)
    told += [f"{left} must be written by the team"] * bool(left)
    return f"{', '.join(told)}."
