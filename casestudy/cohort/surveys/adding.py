"""A survey that was read takes its place in a cohort's folder: all of it, checked, or nothing."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from ..cohort import Cohort, check_cohort, find_cohort, load_cohort
from ..problems import CohortError, tell
from .reading import SURVEY, read_survey


def add_survey(path: str | Path, into: str | Path) -> tuple[Cohort, list[str]]:
    """Read a sheet of answers and put it into a cohort's folder as its survey: all of it, checked, or nothing.

    Parameters
    ----------
    path
        As for `read_survey`.
    into
        A cohort's folder or name. It must not have a survey yet.

    Returns
    -------
    cohort : Cohort
        As it is then.
    notes : list of str
        What to look at and fill in next.

    Raises
    ------
    CohortError
        If the cohort cannot be loaded or has a survey, the sheet is at fault, the folder cannot be written, or the
        cohort would not pass the check with it.
    """
    folder = find_cohort(into)
    there = [name for name in SURVEY if (folder / f"{name}.csv").exists()]
    if there:
        names = ", ".join(f"{name}.csv" for name in there)
        raise CohortError(f"`{folder.name}` has a survey already ({names}); move these files away first")
    tables = read_survey(path, load_cohort(folder))
    try:
        _place({name: tables[name] for name in SURVEY[:3]}, folder)
    except OSError as error:
        raise CohortError(f"`{folder}` cannot be written: {error.strerror}; nothing was changed") from None
    return load_cohort(folder), _notes(tables)


def _place(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write tables into a cohort that passes the check with them; the last step is a rename of each file."""
    placed = []
    with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as workplace:
        draft = Path(workplace) / folder.resolve().name  # the folder's name is the cohort's id
        draft.mkdir()
        for file in [*folder.glob("*.csv"), folder / "cohort.toml", folder / "README.md"]:
            shutil.copyfile(file, draft / file.name)
        for name, table in tables.items():
            table.to_csv(draft / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
        problems = check_cohort(draft)
        if len(problems):
            raise CohortError(f"{folder.name} was not changed:\n{tell(problems)}", problems)
        try:
            for name in tables:
                (draft / f"{name}.csv").rename(folder / f"{name}.csv")
                placed.append(folder / f"{name}.csv")
        except OSError:
            for path in placed:
                path.unlink()
            raise


def _notes(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    people, items = tables["survey_respondents"], tables["survey_items"]
    turned = ", ".join(items.loc[items["reverse"] == "yes", "item"]) or "none"
    notes = [f"reversed items, as the sheet says: {turned}", f"scales: {', '.join(dict.fromkeys(items['scale']))}"]
    notes.append("add survey_frame.csv (site, wave, group, invited, responded): without it nobody knows who is missing")
    if people["respondent"].str.contains(r"[a-z]{2,}_[a-z]{2,}$").any():
        notes.append("some respondents' keys look like names of people: put numbers in their place before you share")
    return [*notes, "say in README.md when and how people were asked, and whether they agreed to be compared"]


def report_survey(cohort: Cohort, notes: Iterable[str], into: str | Path) -> str:
    """Return what to tell after a survey was added: how many answered, what to look at, and the next commands."""
    answered = cohort.survey_responses["value"].notna().sum()
    waves = cohort.survey_respondents["wave"].nunique()
    told = f"{len(cohort.survey_respondents)} respondents, {len(cohort.survey_items)} items, {answered} answers"
    told += f" in {waves} wave{'s' * (waves > 1)}"
    name = shlex.quote(re.sub(r"/$", "", str(into)))
    lines = [f"Added to {cohort.folder}: {told}.", *(f"- {note}" for note in notes), "Then:"]
    return "\n".join([*lines, f"  casestudy check {name}", f"  casestudy run {name}"])
