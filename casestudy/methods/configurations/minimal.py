"""Solutions: complex, parsimonious and intermediate, in every minimal model there is, and how well they fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

import numpy as np
import pandas as pd

from .covers import held_by, prime_implicants, smallest_covers
from .sets import sufficiency
from .terms import ABSENT, EITHER, PRESENT, checked_data, in_outcome, in_solution, in_term, written

KINDS = ("complex", "intermediate", "parsimonious")
EXPECTED = {"present": PRESENT, "absent": ABSENT}
MOST_MODELS = 500  # listed; data that allow more hold no solution
COLUMNS = ["kind", "model", "models", "term", "solution", "configurations", "assumptions", "status", "reason"]
FIT = ["raw_coverage", "unique_coverage", "consistency", "pri"]
FIT += ["solution_coverage", "solution_consistency", "solution_pri", "cases", "against"]

Model = frozenset[tuple[int, ...]]


def _models(positive: np.ndarray, negative: np.ndarray) -> Iterator[Model]:
    """Yield every minimal model: the smallest sets of prime implicants that hold all positive configurations."""
    terms = prime_implicants(positive, negative)
    for cover in smallest_covers(held_by(terms, positive)):
        yield frozenset(tuple(map(int, terms[place])) for place in cover)


def _eased(term: np.ndarray, wider: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return a complex term without what the parsimonious one lacks and the expectation contradicts."""
    against = (expected != EITHER) & (term != EITHER) & (term != expected)
    return np.where(against & (wider == EITHER), EITHER, term)


def _easy(complex_: Model, parsimonious: Model, expected: np.ndarray, remainders: np.ndarray) -> np.ndarray:
    """Return the remainders that the expectations make easy: those that an eased complex term holds."""
    pairs = [(np.array(term), np.array(wide)) for term in complex_ for wide in parsimonious]
    eased = [_eased(term, wide, expected) for term, wide in pairs if ((wide == EITHER) | (wide == term)).all()]
    return remainders[held_by(np.array(eased), remainders).any(axis=0)] if eased else remainders[:0]


def _intermediate(rows: dict[str, np.ndarray], expected: np.ndarray) -> Iterator[Model]:
    """Yield the minimal models with easy remainders only, for every pair of a complex and a parsimonious model."""
    yes, no, rest = rows["yes"], rows["no"], rows["remainder"]
    seen = set()
    narrow = islice(_models(yes, np.vstack([no, rest])), MOST_MODELS)
    for pair in islice(product(narrow, list(islice(_models(yes, no), MOST_MODELS))), MOST_MODELS):
        easy = _easy(*pair, expected, rest)
        hard = rest[~(rest[:, None] == easy[None]).all(axis=2).any(axis=1)]
        for model in _models(yes, np.vstack([no, hard])):
            if model not in seen:
                seen.add(model)
                yield model


def _expected(conditions: list[str], expectations: Mapping[str, str] | None) -> np.ndarray:
    given = dict(expectations or {})
    if faulty := [name for name, way in given.items() if name not in conditions or way not in EXPECTED]:
        raise ValueError(f"expectation of {faulty[0]!r}: give a condition, and one of {tuple(EXPECTED)}")
    if not given:
        raise ValueError("an intermediate solution needs expectations, such as {'trust': 'present'}")
    return np.array([EXPECTED[given[name]] if name in given else EITHER for name in conditions])


def _found(rows: dict[str, np.ndarray], kind: str, conditions: list[str], expectations) -> Iterator[Model]:
    if kind == "intermediate":
        return _intermediate(rows, _expected(conditions, expectations))
    negative = rows["no"] if kind == "parsimonious" else np.vstack([rows["no"], rows["remainder"]])
    return _models(rows["yes"], negative)


def _sorted(model: Model) -> list[tuple[int, ...]]:
    """Return a model's terms, the shortest first, then by their conditions: the same in every run."""
    return sorted(model, key=lambda term: (sum(value != EITHER for value in term), [2 - value for value in term]))


def minimise(
    table: pd.DataFrame, kind: str = "parsimonious", expectations: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return all minimal models: the shortest ways to say which configurations go with the outcome.

    Parameters
    ----------
    table : DataFrame
        As from `truth_table`, with at most 12 conditions.
    kind : {"parsimonious", "complex", "intermediate"}
        `complex` uses no remainder; `parsimonious` any that makes it shorter; `intermediate` those that theory makes
        easy: a condition is dropped from a complex term only if it contradicts the expectation and the parsimonious
        term does without it; with the remainders this admits, and no others, the table is minimised again.
    expectations : dict, optional
        Condition -> `present` or `absent`: how it should contribute to the outcome. Needed for `intermediate`; of a
        condition that is not named nothing is expected.

    Returns
    -------
    DataFrame
        One row per model and term: kind, model (from 1), models (how many), term (`A*~B`: A present and B absent; `1`:
        whatever the conditions), solution (the model's terms, joined by ` + `), configurations (observed ones that go
        with the outcome and that the term holds), assumptions (remainders that the term holds: what it takes to be so
        without a case; joined by `; `), status, reason. Where no configuration goes with the outcome: one row with
        `not_estimable`. More than 500 models are cut there, and the reason says so.

    Raises
    ------
    ValueError
        For another kind, or expectations that are absent or of unknown conditions.

    Notes
    -----
    Quine and McCluskey's minimisation as Ragin (1987, 2008) uses it. A model is minimal if no other has fewer terms;
    all of them fit the table alike, so that a single one must not be told as the result (Baumgartner & Thiem 2017).

    >>> from .truth import truth_table
    >>> cases = pd.DataFrame({"A": [1, 1, 0], "B": [1, 0, 0], "Y": [1, 1, 0]})
    >>> minimise(truth_table(cases, "Y", ["A", "B"]))["solution"].tolist()
    ['A']
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; write one of {KINDS}")
    conditions = list(table.index.names)
    corners = np.array(table.index.to_list(), int).reshape(len(table), -1)
    rows = {value: corners[(table["value"] == value).to_numpy()] for value in ("yes", "no", "remainder")}
    if kind == "intermediate":
        _expected(conditions, expectations)  # a fault is told even where there is nothing to minimise
    if not len(rows["yes"]):
        none = "no configuration with cases goes with the outcome at these cuts"
        return pd.DataFrame([[kind, 0, 0, "", "", 0, "", "not_estimable", none]], columns=COLUMNS)
    models = list(islice(_found(rows, kind, conditions, expectations), MOST_MODELS + 1))
    cut = f"more than {MOST_MODELS} minimal models: the first are shown" if len(models) > MOST_MODELS else ""
    ordered = sorted(map(_sorted, models[:MOST_MODELS]), key=lambda terms: [written(t, conditions) for t in terms])
    table_rows = [
        [kind, place, len(ordered), *row, "ok", cut]
        for place, terms in enumerate(ordered, 1)
        for row in _told(terms, rows, conditions)
    ]
    return pd.DataFrame(table_rows, columns=COLUMNS)


def _told(terms: list[tuple[int, ...]], rows: dict[str, np.ndarray], conditions: list[str]) -> Iterator[list]:
    """Yield for each term of a model: term, solution, observed configurations, assumptions."""
    names = [written(term, conditions) for term in terms]
    seen, unseen = (held_by(np.array(terms), rows[value]) for value in ("yes", "remainder"))
    for place, name in enumerate(names):
        assumed = [written(corner, conditions) for corner in rows["remainder"][unseen[place]]]
        yield [name, " + ".join(names), int(seen[place].sum()), "; ".join(assumed)]


def fit(models: pd.DataFrame, data: pd.DataFrame, outcome: str, conditions: list[str]) -> pd.DataFrame:
    """Add to minimal models how well each term and each solution fits the cases.

    Parameters
    ----------
    models : DataFrame
        As from `minimise`.
    data, outcome, conditions
        As for `truth_table`.

    Returns
    -------
    DataFrame
        The models with raw_coverage (share of the outcome that the term covers), unique_coverage (that no other term
        of the model covers), consistency, pri, solution_coverage, solution_consistency, solution_pri, cases (names of
        those in the term) and against (of these, those without the outcome). Missing where there is no model.
    """
    checked = checked_data(data, outcome, conditions)
    y, names = in_outcome(checked, outcome), data.index.astype(str).to_numpy(object)
    rows = []
    for row in models.itertuples():
        terms = row.solution.split(" + ") if row.status == "ok" else []
        rows.append(_term_fit(checked, y, names, row.term, terms) if terms else [np.nan] * 7 + ["", ""])
    return models.assign(**pd.DataFrame(rows, columns=FIT, index=models.index))


def _term_fit(data: pd.DataFrame, y: np.ndarray, names: np.ndarray, term: str, terms: list[str]) -> list:
    inside, whole = in_term(data, term), sufficiency(in_solution(data, terms), y)
    own = sufficiency(inside, y)
    others = sufficiency(in_solution(data, [other for other in terms if other != term]), y)
    cases, against = names[inside > 0.5], names[(inside > 0.5) & (y <= 0.5)]
    measures = [own.coverage, whole.coverage - others.coverage, own.consistency, own.pri]
    return [*measures, whole.coverage, whole.consistency, whole.pri, "; ".join(cases), "; ".join(against)]
