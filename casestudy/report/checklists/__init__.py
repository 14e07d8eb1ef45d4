"""Reporting checklists, filled where the data allow: what a cohort records is told, the rest is left to the team.

Three are known: `coreq` (Tong, Sainsbury & Craig 2007, 32 items), `srqr` (O'Brien et al. 2014, 21 items) and `cdc` (the
six steps of the CDC Program Evaluation Framework 2024). Numbers and order are as published, topics are in our own
words: for the wording of an item go to the publication. One CSV file for each holds its items.
"""

from .filling import NAMES, checklist, checklist_in_words

__all__ = ["NAMES", "checklist", "checklist_in_words"]
