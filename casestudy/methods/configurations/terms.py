"""Terms: configurations of conditions as text (`A*~B`), as rows of numbers, and as sets that cases belong to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .sets import members

ABSENT, PRESENT, EITHER = 0, 1, 2
ALWAYS = "1"  # the term without any condition: it holds everywhere
SIGNS = "~*+"


def checked_data(data: pd.DataFrame, outcome: str, conditions: list[str]) -> pd.DataFrame:
    """Return the memberships of the cases in conditions and outcome; ValueError says what is wrong with them."""
    if not conditions:
        raise ValueError("no conditions: name at least one")
    named = [*conditions, outcome.removeprefix("~")]
    if absent := [name for name in named if name not in data]:
        raise ValueError(f"no column {', '.join(map(repr, absent))}; there are {', '.join(map(str, data.columns))}")
    if len(set(named)) < len(named):
        raise ValueError("a condition is named twice, or is also the outcome")
    if spoilt := [name for name in conditions if name == ALWAYS or set(name) & set(SIGNS)]:
        raise ValueError(f"rename {', '.join(map(repr, spoilt))}: {ALWAYS!r} and {' '.join(SIGNS)} have a meaning")
    values = members(data[named])
    return pd.DataFrame(values, index=data.index, columns=named)


def written(literals, conditions: list[str]) -> str:
    """Return a term as text.

    >>> written([1, 2, 0], ["A", "B", "C"])
    'A*~C'
    """
    kept = zip(literals, conditions, strict=True)
    return "*".join(("~" if value == ABSENT else "") + name for value, name in kept if value != EITHER) or ALWAYS


def literals_of(term: str) -> list[tuple[str, bool]]:
    """Return the conditions of a term, each with whether it is present.

    >>> literals_of("A*~C")
    [('A', True), ('C', False)]
    """
    return [] if term == ALWAYS else [(name.removeprefix("~"), name[0] != "~") for name in term.split("*")]


def in_outcome(data: pd.DataFrame, outcome: str) -> np.ndarray:
    """Return how far each case has the outcome, or lacks it (`~outcome`)."""
    values = data[outcome.removeprefix("~")].to_numpy(float)
    return 1 - values if outcome.startswith("~") else values


def in_term(data: pd.DataFrame, term: str) -> np.ndarray:
    """Return how far each case belongs to a term: its lowest membership in what the term asks for."""
    asked = [data[name] if present else 1 - data[name] for name, present in literals_of(term)]
    return np.min(asked, axis=0) if asked else np.ones(len(data))


def in_solution(data: pd.DataFrame, terms: list[str]) -> np.ndarray:
    """Return how far each case belongs to a solution: its highest membership in one of the terms."""
    return np.max([in_term(data, term) for term in terms], axis=0) if terms else np.zeros(len(data))
