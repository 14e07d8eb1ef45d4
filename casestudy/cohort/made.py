"""A cohort made in memory, and how it becomes a folder: generated ones, and editions for sharing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from .schema import TABLES
from .writing import place_cohort, settings_text


@dataclass(frozen=True)
class Made:
    """A generated cohort with the answers planted in it.

    Attributes
    ----------
    settings : dict
        The content of `cohort.toml`.
    tables : dict of str to DataFrame of str
        Tables of the format with their declared columns, all as text, "" = blank.
    truth : dict of str to DataFrame
        What was planted; `truth/<name>.csv`.
    readme : str
        The text of `README.md`.
    readings : dict of str to str
        Prose by number of notebook; `reading/<number>.md`.
    """

    settings: dict
    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]
    readme: str
    readings: dict[str, str] = field(default_factory=dict)


def made_table(name: str, rows: Iterable[dict]) -> pd.DataFrame:
    """Return table `name` of the format from rows that say what is not blank; keys it has no column for are left out.

    >>> made_table("coders", [{"coder": "c1", "label": "Coder 1", "kind": "synthetic"}]).loc[0, "note"]
    ''
    """
    names = TABLES[name].names
    return pd.DataFrame([[str(row.get(column, "")) for column in names] for row in rows], columns=names, dtype=str)


def _settings_text(settings: dict) -> str:
    """Return the settings as TOML; tables within the plan get headings of their own."""
    plan = dict(settings["plan"])
    themes = plan.pop("themes", {})
    rules = {f"plan.qca_rules.{name}": rule for name, rule in plan.pop("qca_rules", {}).items()}
    return settings_text(settings | {"plan": plan} | ({"plan.themes": themes} if themes else {}) | rules)


def _texts(made: Made) -> dict[str, str]:
    """Return the content of every file by its path in the cohort's folder."""
    frames = {f"{name}.csv": frame for name, frame in made.tables.items()}
    frames |= {f"truth/{name}.csv": frame for name, frame in made.truth.items()}
    return {
        "cohort.toml": _settings_text(made.settings),
        "README.md": made.readme,
        **{path: frame.to_csv(index=False, lineterminator="\n") for path, frame in frames.items()},
        **{f"reading/{number}.md": text for number, text in made.readings.items()},
    }


def _fill(folder: Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")


def write_made(made: Made, folder: str | Path) -> Path:
    """Write a generated cohort: all of it, checked, or nothing.

    Parameters
    ----------
    made : Made
    folder
        Where to; it may exist if it is empty.

    Returns
    -------
    Path
        The folder, which passes `check_cohort`.

    Raises
    ------
    CohortError
        If the folder is there and not empty, it cannot be written, or the cohort would not pass the check.
    """
    return place_cohort(Path(folder), lambda draft: _fill(draft, _texts(made)))


def hashes(folder: str | Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by its path with forward slashes, in alphabetical order."""
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
