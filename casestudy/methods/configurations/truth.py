"""The truth table: every configuration of the conditions, the cases in it, and whether it goes with the outcome."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from .sets import sufficiency
from .terms import checked_data, in_outcome

MOST_CONDITIONS = 12  # 4,096 configurations; nobody has cases enough for as many
COLUMNS = ["n", "cases", "consistency", "pri", "value", "against", "reason"]


def _inside(values: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return cases x configurations: how far each case belongs to each."""
    corner = corners[None]
    return np.where(corner == 1, values[:, None], 1 - values[:, None]).min(axis=2)


def _verdict(n: int, fit, frequency: int, consistency: float, pri: float) -> str:
    if n < frequency or not n:
        return "remainder"
    return "yes" if fit.consistency >= consistency and fit.pri >= pri else "no"


def _reason(n: int, frequency: int, against: list) -> str:
    if not n:
        return "no case"
    if n < frequency:
        return f"fewer than {frequency} cases"
    return f"contradiction: {len(against)} of {n} cases differ" if against else ""


def _row(names: np.ndarray, here: np.ndarray, inside: np.ndarray, y: np.ndarray, cuts: tuple) -> list:
    """Return one row of the truth table; `here` are its cases, `inside` all memberships in it."""
    n, fit = int(here.sum()), sufficiency(inside, y)
    value = _verdict(n, fit, *cuts)
    differ = here & (y <= 0.5 if value == "yes" else y > 0.5)
    against = list(names[differ]) if value != "remainder" else []
    seen = [fit.consistency, fit.pri] if n else [np.nan, np.nan]
    return [n, "; ".join(names[here]), *seen, value, "; ".join(against), _reason(n, cuts[0], against)]


def truth_table(
    data: pd.DataFrame,
    outcome: str,
    conditions: list[str],
    frequency: int = 1,
    consistency: float = 0.8,
    pri: float = 0.7,
) -> pd.DataFrame:
    """Return every configuration of the conditions with its cases, and whether it goes with the outcome.

    Parameters
    ----------
    data : DataFrame
        One row per case, the index its name; memberships from 0 to 1 in the columns.
    outcome : str
        A column; `~` before it asks for its absence.
    conditions : list of str
        Columns, at most 12.
    frequency : int
        Cases a configuration needs; with fewer it is a remainder.
    consistency, pri : float
        A configuration goes with the outcome from these values on.

    Returns
    -------
    DataFrame
        Index: the conditions, 1 = present, 0 = absent, one level each. Columns: n (cases, those with more than .5 of
        membership), cases (names), consistency, pri (missing without a case), value (`yes`, `no`, `remainder`), against
        (names of the cases that differ from the value: contradictions), reason.

    Raises
    ------
    ValueError
        For missing memberships, or such outside 0 to 1; for conditions that are absent, doubled, or too many.

    Notes
    -----
    Ragin (2008). A case with a membership of exactly .5 belongs to no configuration, but counts in consistency and
    PRI, as all cases do.

    >>> cases = pd.DataFrame({"A": [1, 1, 0], "B": [1, 0, 0], "Y": [1, 1, 0]}, index=["alder", "birch", "cedar"])
    >>> truth_table(cases, "Y", ["A", "B"])["value"].tolist()
    ['yes', 'yes', 'remainder', 'no']
    """
    conditions = list(conditions)
    checked = checked_data(data, outcome, conditions)
    if len(conditions) > MOST_CONDITIONS:
        raise ValueError(f"{len(conditions)} conditions: choose at most {MOST_CONDITIONS}")
    names, y = data.index.astype(str).to_numpy(object), in_outcome(checked, outcome)
    corners = np.array(list(product([1, 0], repeat=len(conditions))))
    inside = _inside(checked[conditions].to_numpy(), corners)
    cuts = (frequency, consistency, pri)
    rows = [_row(names, of > 0.5, of, y, cuts) for of in inside.T]
    index = pd.MultiIndex.from_arrays(corners.T, names=conditions)
    return pd.DataFrame(rows, index=index, columns=COLUMNS)
