"""Several cohorts at once: load them, build the site of each, and what a site needs beside the notebooks."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

from rich.markup import escape
from rich.progress import Progress

from ..cohort.cohort import Cohort, find_cohort, load_cohort
from ..cohort.problems import CohortError
from . import sentences
from .claims import claims_page
from .evidence_pages import evidence_pages
from .publish import publish
from .side_by_side import Site, execute_in_turn


def load_all(names: list[str]) -> list[Cohort]:
    """Load every cohort; raise one CohortError that lists the faults of all."""
    loaded, faults = [], []
    for name in names:
        try:
            loaded.append(load_cohort(find_cohort(name).resolve()))
        except CohortError as error:
            faults.append(str(error))
    if faults:
        raise CohortError("\n".join(faults))
    return loaded


def build_sites(cohorts, notebooks, target: Path, progress: Progress, on_note) -> list:
    """Build the site of each cohort while the notebooks of the next one run; return what an index tells of them."""
    several, sites = len(cohorts) > 1, []
    task = progress.add_task("Executing notebooks", total=len(cohorts) * (len(notebooks) + 2))
    runs = execute_in_turn(notebooks, [cohort.folder for cohort in cohorts], lambda result: progress.advance(task))
    with closing(runs):
        for cohort in cohorts:
            site = f"{escape(cohort.id)}: " if several else ""
            progress.update(task, description=f"{site}Executing notebooks")
            results = next(runs)
            progress.update(task, description=f"{site}Writing the pages of evidence")
            pages, headlines = pages_of(cohort)
            progress.advance(task)
            place, stage = target / cohort.id if several else target, partial(_stage, progress, task, site)
            publish(cohort, results, place, pages, headlines, stage, on_note, side_by_side=several)
            progress.advance(task)
            sites.append(Site(cohort, results, pages, headlines))
    progress.update(task, description="Done")
    return sites


def pages_of(cohort) -> tuple[dict[str, str], list[str]]:
    """Return what a site needs beside the notebooks: the pages of evidence, and the sentences of the landing page.

    The sentences also stand in the index of several cohorts, one folder above: they hold no link.
    """
    headlines = [sentences.common_headline(cohort, reading) for reading in ("difficulty", "documented")]
    return {**evidence_pages(cohort), **claims_page(cohort)}, [sentences.who_was_heard(cohort), *headlines]


def _stage(progress: Progress, task, site: str, stage: str, done: int, total: int) -> None:
    progress.update(task, description=f"{site}Building the site: {stage} {done}/{total}")
