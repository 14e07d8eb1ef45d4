"""`casestudy run --share`: the edition for sharing as a folder of its own, and what whoever shares it must know."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..cohort.cohort import Cohort, load_cohort
from ..cohort.edition import write_edition
from ..methods.commonality import common_challenges, presence
from ..methods.disclosure import merged_groups, shareable, threshold
from .claims import redraft
from .escaping import escape_markdown as esc

BESIDE = (
    "Do not publish the full edition beside this one: whoever subtracts one from the other finds what was merged. "
    "Read the quotations that are left: no program knows whom they name."
)
LEFT_OUT = (
    "Prose about the cohort (`reading/`), answer keys (`truth/`), titles, addresses, years, lengths and notes "
    "of interviews, names of organisations, memos, notes on facts about sites, withdrawn claims.",
    "Words of those whose group is merged are withheld; what coders found in them still counts.",
    "Neutral numbers, drawn anew, stand for informants, interviews, statements, members and respondents.",
    "The rule of presence takes the merged group for one group.",
)


def share(cohort: Cohort, folder: Path) -> tuple[Cohort, list[str]]:
    """Write the edition for sharing of a cohort below `folder`, with its claims drafted anew, and load it.

    Returns
    -------
    Cohort
        The edition; the cohort itself if its plan has nothing withheld.
    told : list of str
        What to tell whoever shares it, and nobody else: what was merged, how many verdicts differ.

    Raises
    ------
    CohortError
        If no site has informants enough.
    """
    if not threshold(cohort):
        return cohort, [f"{cohort.id}: a public record (suppress_below = 0): nothing had to be withheld."]
    edition, merged = shareable(cohort), merged_groups(cohort)
    edition, notes = _drafted(edition)
    written = load_cohort(write_edition(edition, readme(edition, merged), Path(folder) / edition.id))
    told = [*_lines(merged), differences(cohort, written), *notes, BESIDE]
    return written, [f"{cohort.id}: {line}" for line in told]


def _drafted(edition: Cohort) -> tuple[Cohort, list[str]]:
    """Return the edition with its claims drafted anew, and what did not stay of a person's decisions."""
    if edition.claims.empty:
        return edition, []
    claims, evidence, notes = redraft(edition)
    told = f"The claims were drafted anew: {len(claims)} in this edition, {len(edition.claims)} in the full one."
    return edition.with_tables(claims=claims, claim_evidence=evidence), [told, *notes]


def _lines(merged: pd.DataFrame) -> list[str]:
    """Return what was merged or withheld, a sentence each."""
    lines = []
    for row in merged.itertuples():
        where = ", ".join(filter(None, [row.site or "All sites", row.table, row.wave and f"wave {row.wave}"]))
        apart = f"not shown apart: {row.groups}" if row.status == "merged" else "withheld"
        lines.append(f"{where}: {apart} ({row.reason}).")
    return lines or ["No cell is small: nothing is merged."]


def differences(cohort: Cohort, edition: Cohort) -> str:
    """Return how many verdicts of an edition differ from those of the full one, as a sentence.

    >>> from casestudy import load_cohort
    >>> cohort = load_cohort("template")
    >>> differences(cohort, cohort)
    '0 of 10 verdicts on challenges and 0 of 64 on sites differ from those of the full edition.'
    """
    counts = []
    for method, verdict, key in ((common_challenges, "class", []), (presence, "present", ["site"])):
        both = [m.set_index(["reading", "code", *key])[verdict].astype("str") for m in map(method, (cohort, edition))]
        counts.append(f"{int(both[0].ne(both[1].reindex(both[0].index)).sum())} of {len(both[0])}")
    return f"{counts[0]} verdicts on challenges and {counts[1]} on sites differ from those of the full edition."


def readme(edition: Cohort, merged: pd.DataFrame) -> str:
    """Return the README of an edition: what it is, what was merged at which site, what was left out."""
    lists = {"What is merged or withheld": _lines(merged), "What is left out everywhere": LEFT_OUT}
    parts = [
        f"## {title}\n\n" + "\n".join(f"- {esc(line)}" for line in lines) for title, lines in lists.items() if lines
    ]
    return "\n\n".join([f"# {esc(edition.title)}", esc(edition.notice), *parts]) + "\n"
