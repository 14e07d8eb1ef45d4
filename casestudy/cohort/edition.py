"""A loaded cohort written as a folder again: how an edition for sharing gets its own files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from .cohort import Cohort
from .made import Made, write_made
from .schema import FORMAT, TABLES


def write_edition(cohort: Cohort, readme: str, folder: str | Path) -> Path:
    """Write a cohort in memory as a folder that can be loaded: its settings, its tables, a README, and no more.

    Parameters
    ----------
    cohort : Cohort
    readme : str
        The text of `README.md`.
    folder
        Where to; it may exist if it is empty.

    Returns
    -------
    Path
        The folder, which passes `check_cohort`. Prose (`reading/`) and answer key (`truth/`) are not written.

    Raises
    ------
    CohortError
        If the folder is there and not empty, it cannot be written, or the cohort would not pass the check.
    """
    tables = {name: table.apply(_as_text) for name, table in cohort.tables.items() if len(table) or TABLES[name].needed}
    return write_made(Made(_settings(cohort), tables, {}, readme), folder)


def _settings(cohort: Cohort) -> dict:
    fields = ("id", "title", "summary", "evidence_level", "synthetic", "licence", "edition")
    settings = {"format": FORMAT} | {name: getattr(cohort, name) for name in fields if getattr(cohort, name) != ""}
    waves = sorted(int(wave) for wave in cohort.sources["wave"].unique())
    lists = {"groups": dict(cohort.groups), "about_groups": dict(cohort.about_groups)}
    return settings | {"waves": waves} | lists | {"plan": asdict(cohort.plan)}


def _as_text(cells: pd.Series) -> pd.Series:
    """Return a column as it stands in a file: numbers without an exponent, blank where missing."""
    if cells.dtype == "float64":
        return cells.map(lambda n: "" if np.isnan(n) else np.format_float_positional(n, trim="-")).astype(str)
    return cells.astype("object").where(cells.notna(), "").astype(str)
