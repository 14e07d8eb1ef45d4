"""A problem in the user's files, and how a list of them is told."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass

import pandas as pd

COLUMNS = ["file", "row", "column", "value", "problem", "fix"]
SHOWN = 5  # of each kind


@dataclass(frozen=True)
class Problem:
    """One fault: where it is (row = line of the file, 0 = the file as a whole), what it is, how to mend it."""

    file: str
    row: int
    column: str
    value: str
    problem: str
    fix: str


class CohortError(Exception):
    """The user's data cannot be used. `problems` is a table of every fault: file, row, column, value, problem, fix."""

    def __init__(self, message: str, problems: pd.DataFrame | None = None):
        super().__init__(message)
        self.problems = problems if problems is not None else pd.DataFrame(columns=COLUMNS)


def nearest(name: str, valid: Iterable[str]) -> str:
    """Say which valid name is meant, or what the valid names are."""
    valid = [str(v) for v in valid]
    close = difflib.get_close_matches(str(name)[:100].lower(), [v.lower() for v in valid], n=1, cutoff=0.6)
    if close:
        return f"did you mean `{next(v for v in valid if v.lower() == close[0])}`?"
    if not valid:
        return "none is declared."
    shown = ", ".join(f"`{v}`" for v in valid[:8])
    return f"valid: {shown}" + (f" and {len(valid) - 8} more." if len(valid) > 8 else ".")


def as_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Return the problems as a table, in order of file and row, each once."""
    table = pd.DataFrame([astuple(p) for p in dict.fromkeys(problems)], columns=COLUMNS)
    return table.sort_values(["file", "row"], kind="stable", ignore_index=True)


def _kind(table: pd.DataFrame) -> pd.Series:
    """Return what is one kind of problem: the same file and column, and the same words but for names and numbers."""
    column = table["column"].mask(table["row"] == 1, "")  # in the header every column is at fault in the same way
    said = table["problem"].map(lambda text: re.sub(r"`[^`]*`|[0-9]+", "", text.split(":")[0]))
    return table["file"] + "\n" + column + "\n" + said


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "…"


def _place(problem) -> str:
    place = problem.file + (f", row {problem.row}" if problem.row else "")
    return place + (f", column `{_cut(problem.column, 60)}`" if problem.column else "")


def _line(problem) -> str:
    """Return one problem in one line; a user's file may hold anything, so what cannot be printed becomes `?`."""
    value = f" ({_cut(problem.value, 60)!r})" if problem.value else ""
    fix = _cut(problem.fix, 240)
    line = f"- {_place(problem)}: {_cut(problem.problem, 240)}{value}. Fix: {fix}" + ("" if fix[-1] in ".?" else ".")
    return "".join(character if character.isprintable() else "?" for character in line)


def tell(table: pd.DataFrame) -> str:
    """Return the problems as text: the first five of each kind, then how many more of it there are."""
    lines = []
    for _, kind in table.groupby(_kind(table), sort=False):
        lines += [_line(problem) for problem in kind.head(SHOWN).itertuples()]
        if len(kind) > SHOWN:
            lines.append(f"  ... and {len(kind) - SHOWN} more of this kind")
    return "\n".join(lines)
