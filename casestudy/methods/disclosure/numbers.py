"""Neutral numbers in the place of keys: `alder-plan-ceo` would say what its cell withholds."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.schema import TABLES
from .columns import DECISIONS

LETTERS = {
    "informant": "v",
    "source": "d",
    "segment": "s",
    "respondent": "r",
    "panel": "p",
    "member": "m",
    "statement": "h",
    "evidence": "e",
    "link": "l",
    "memo": "n",
    "rater": "j",
}


def renumbered(cohort: Cohort, original: Cohort) -> Cohort:
    """Return the cohort with neutral numbers as keys, in a drawn order, and its rows in the order of the numbers.

    The draw hangs on `original`: the same files give the same numbers. A reference to a row that is gone becomes
    blank. A segment's number tells nothing of its source: else whoever knows one statement would know all of them.
    """
    rng = _generator(original)
    numbers = {kind: _drawn(_keys(cohort, kind), letter, rng) for kind, letter in LETTERS.items()}
    return cohort.with_tables(**{name: _renamed(name, table, numbers) for name, table in cohort.tables.items()})


def _generator(cohort: Cohort) -> np.random.Generator:
    """Return a generator from the plan's seed and the full content: who has the seed alone cannot undo the order."""
    content = "".join(cohort.tables[name].to_csv(index=False) for name in ("sources", "segments", "survey_respondents"))
    return np.random.default_rng([cohort.plan.seed, int.from_bytes(hashlib.sha256(content.encode()).digest())])


def _keys(cohort: Cohort, kind: str) -> list[str]:
    """Return the keys of a kind, from the columns that refer to no other table."""
    columns = [(table, c.name) for table in TABLES.values() for c in table.columns if not c.to]
    found = {key for table, c in columns if DECISIONS[table.name, c] == kind for key in cohort.tables[table.name][c]}
    return sorted(found - {""})


def _drawn(keys: list[str], letter: str, rng: np.random.Generator) -> dict[str, str]:
    width = max(3, len(str(len(keys))))
    return {keys[place]: f"{letter}{number:0{width}d}" for number, place in enumerate(rng.permutation(len(keys)), 1)}


def _renamed(name: str, table: pd.DataFrame, numbers: dict[str, dict[str, str]]) -> pd.DataFrame:
    """Return a table with its keys replaced, in their order where such a key is part of its own."""
    kinds = {c: DECISIONS[name, c] for c in table.columns if DECISIONS[name, c] in numbers}
    table = table.assign(**{column: _renamed_cells(table[column], numbers[kind]) for column, kind in kinds.items()})
    order = [c for c in TABLES[name].key if c in kinds and kinds[c] != "rater"]
    return table.sort_values(order, kind="stable", ignore_index=True) if order else table.reset_index(drop=True)


def _renamed_cells(cells: pd.Series, numbers: dict[str, str]) -> pd.Series:
    """Return cells with every key in them replaced; lists in order, without keys that are gone."""
    known = {cell: ";".join(sorted(numbers[k] for k in cell.split(";") if k in numbers)) for cell in cells.unique()}
    return cells.map(known).astype(cells.dtype)
