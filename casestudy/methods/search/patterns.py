"""From a row of `search_terms` to something that can be searched for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ...cohort.problems import CohortError, Problem, as_table, tell
from ...cohort.terms import read_exclude, read_pattern, read_term, term_problems

COLUMNS = ("domain", "code", "term", "pattern", "exclude")


@dataclass(frozen=True)
class Term:
    """One term: what it belongs to, its regular expression, and the letters with which every match begins.

    `stems` is empty if they are not known; `own` says that the expression is the user's, not one made from a term.
    """

    domain: str
    code: str
    term: str
    regex: re.Pattern
    exclude: re.Pattern | None = None
    stems: tuple[str, ...] = ()
    own: bool = False


def _refuse(terms: pd.DataFrame, file: str) -> None:
    blank = terms.index[(terms["term"] + terms["pattern"]).str.strip() == ""]
    problems = [Problem(file, line, "term", "", "is blank", "fill it in") for line in blank]
    table = as_table([*problems, *term_problems(terms, file)])
    if len(table):
        count = f"{len(table)} search term{'s' if len(table) > 1 else ''}"
        raise CohortError(f"{count} cannot be used.\n{tell(table)}", table)


def _term(domain: str, code: str, term: str, pattern: str, exclude: str) -> Term:
    wording = read_pattern(pattern) if pattern else read_term(term)
    cancels = re.compile(read_exclude(exclude).regex, re.IGNORECASE) if exclude else None
    regex = re.compile(wording.regex, re.IGNORECASE)
    return Term(domain, code, term or pattern, regex, cancels, wording.stems, bool(pattern))


def read_terms(terms: pd.DataFrame | Sequence[str]) -> list[Term]:
    """Return search terms made ready.

    Parameters
    ----------
    terms : DataFrame or list of str
        Like the table `search_terms` (domain, code, pattern and exclude may be left out), or just terms.

    Raises
    ------
    CohortError
        Once, naming every term, pattern and exclusion that cannot be used, with row, column, what is wrong and fix.

    Examples
    --------
    >>> [term.stems for term in read_terms(["govern*", "cost; benefit*"])]
    [('govern',), ('benefit', 'cost')]
    """
    file, first = ("search_terms.csv", 2) if isinstance(terms, pd.DataFrame) else ("terms", 1)
    if isinstance(terms, str):
        raise TypeError("terms is one text; write a list, such as ['govern*']")
    frame = terms if isinstance(terms, pd.DataFrame) else pd.DataFrame({"term": list(terms)}, dtype=str)
    frame = frame.fillna("").reindex(columns=COLUMNS, fill_value="").astype(str).reset_index(drop=True)
    frame.index += first
    _refuse(frame, file)
    return [_term(*row) for row in frame.itertuples(index=False)]
