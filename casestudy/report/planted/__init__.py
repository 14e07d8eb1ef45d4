"""What was planted in a synthetic cohort, beside what the methods find in it. Real cohorts have no answer key."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ..escaping import escape_markdown as esc
from . import configured, surveyed
from .beside import members, pairs, panel_change, positions, predictions, waves
from .core import Row, agreement, asked, classes, confusion, groups, heard, one_sided, stability, stray, theme, types
from .words import any_mention, lesson, missed_more, orphans, search, versions

FINDERS = {  # notebook -> what it can be asked to find
    "01": (heard, asked),
    "02": (versions, orphans, search),
    "03": (agreement, confusion, stray),
    "04": (types, theme("governance"), predictions),
    "05": (theme("leadership"),),
    "06": (groups, theme("participation")),
    "07": (classes, one_sided, stability, any_mention),
    "08": (pairs, positions),
    "09": (surveyed.directions, surveyed.item_loadings, surveyed.extremes, surveyed.factor_classes),
    "10": (configured.formulas,),
    "12": (members, waves, panel_change),
}
ELSEWHERE = (
    "The rows on members, the second wave and the survey are computed for this table only: no page of this site is "
    "about them yet."
)
LESSONS = {"02": missed_more, "07": lesson, "12": lambda cohort: ELSEWHERE if len(cohort.truth("members")) else ""}

__all__ = ["FINDERS", "Row", "planted_section", "planted_table"]


def planted_table(cohort: Cohort, notebook: str | None = None) -> pd.DataFrame:
    """Return what was planted beside what is found.

    Parameters
    ----------
    cohort : Cohort
    notebook : str, optional
        Two digits; all notebooks by default.

    Returns
    -------
    DataFrame
        notebook, what, planted, found, same (`yes`, `no`). Empty for a cohort without an answer key.
    """
    finders = FINDERS if notebook is None else {notebook: FINDERS.get(notebook, ())}
    rows = [(number, *row) for number, some in finders.items() for find in some for row in find(cohort)]
    table = pd.DataFrame(rows, columns=["notebook", *Row._fields]).drop_duplicates(
        "what", keep="last", ignore_index=True
    )
    return table.assign(same=table["same"].map({True: "yes", False: "no"}))


def planted_section(cohort: Cohort, notebook: str) -> str:
    """Return, for a synthetic cohort with an answer key, the section that sets findings against it; else a comment.

    Notebook 12 shows all of them.
    """
    table = planted_table(cohort, None if notebook == "12" else notebook)
    if table.empty:
        return "<!-- no answer key -->"
    found = (table["same"] == "yes").sum()
    lines = [
        "## What was planted, and did we find it?\n",
        f"**{found} of {len(table)}** planted findings are found. This cohort is synthetic; its answer key lies in the "
        "folder `truth`, which no method reads.\n",
        *([f"{LESSONS[notebook](cohort)}\n"] if notebook in LESSONS else []),
        "| what | planted | found | same |\n|---|---|---|---|",
        *(f"| {esc(r.what)} | {esc(r.planted)} | {esc(r.found)} | {r.same} |" for r in table.itertuples()),
    ]
    return "\n".join(lines)
