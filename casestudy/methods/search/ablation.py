"""Which terms carry a search: what is lost without each, and the fewest that find nearly as much."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from .hits import search_status
from .quality import Judged, blank_row, counts_of, gap_of, judge, measures_of, why_undefined


def _both(judged: Judged, domain: str, columns: np.ndarray) -> tuple[float, float]:
    """Return recall and precision of a search with some of the terms."""
    found = measures_of(counts_of(judged, judged.found[:, columns].any(1), judged.positive[domain]).sum(0))
    return float(found["recall"]), float(found["precision"])


def _why_not(cohort: Cohort, judged: Judged, domain: str, columns: np.ndarray) -> tuple[str, str]:
    """Return status and reason of a domain whose whole search has or has no recall."""
    if gap_of(cohort, domain):
        return "not_assessable", gap_of(cohort, domain)
    if np.isnan(_both(judged, domain, columns)[0]):
        counts = counts_of(judged, judged.found[:, columns].any(1), judged.positive[domain])
        return "not_estimable", why_undefined("recall", counts.sum((0, 1)))
    return "ok", ""


def term_ablation(cohort: Cohort) -> pd.DataFrame:
    """Return what each term does for its domain: how recall and precision change when it is dropped.

    Returns
    -------
    DataFrame
        domain, code, term, recall, precision (of the search without the term), recall_change, precision_change
        (without minus with), n (segments searched), status, reason.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> term_ablation(load_cohort("af4q"))["status"].tolist()
    ['not_assessable']
    """
    numbers = ["recall", "precision", "recall_change", "precision_change"]
    columns, gap = ["domain", "code", "term", *numbers, "n", "status", "reason"], search_status(cohort)
    if gap[0] != "ok":
        return blank_row(columns, set(numbers), gap)
    judged, rows = judge(cohort), []
    for number, names in enumerate(judged.terms.itertuples(index=False)):
        own = np.flatnonzero(judged.terms["domain"] == names.domain)
        said = _why_not(cohort, judged, names.domain, own)
        values = [np.nan] * 4
        if said[0] == "ok":
            whole, rest = _both(judged, names.domain, own), _both(judged, names.domain, own[own != number])
            values = [*rest, rest[0] - whole[0], rest[1] - whole[1]]
            said = ("ok", "without it the search returns nothing") if np.isnan(rest[1]) else said
        rows.append([*names, *values, len(judged.found), *said])
    return pd.DataFrame(rows, columns=columns)


def minimal_terms(cohort: Cohort, share: float = 0.95) -> pd.DataFrame:
    """Return the fewest terms, chosen one by one, that reach a share of the recall of all terms of their domain.

    At every step the term that adds most recall is taken, the first in order on a tie.

    Returns
    -------
    DataFrame
        domain, step, term, recall, precision (of the terms so far), of_full (recall over that of all terms), n (terms
        of the domain), status, reason.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> minimal_terms(load_cohort("af4q"))["status"].tolist()
    ['not_assessable']
    """
    columns = ["domain", "step", "term", "recall", "precision", "of_full", "n", "status", "reason"]
    blank, gap = {"step", "recall", "precision", "of_full"}, search_status(cohort)
    if gap[0] != "ok":
        return blank_row(columns, blank, gap)
    judged, tables = judge(cohort), []
    for domain in judged.positive:
        own = np.flatnonzero(judged.terms["domain"] == domain)
        said = _why_not(cohort, judged, domain, own)
        rows = _greedy(judged, domain, own, share) if said[0] == "ok" else []
        said = said if said[0] != "ok" else ("not_estimable", "no term finds a segment that belongs to the domain")
        tables.append(pd.DataFrame(rows, columns=columns) if rows else blank_row(columns, blank, said, domain))
    return pd.concat(tables, ignore_index=True)


def _greedy(judged: Judged, domain: str, own: np.ndarray, share: float) -> list[list]:
    full, taken, rows = _both(judged, domain, own)[0], [], []
    reached = 0.0
    while full > 0 and reached < share * full:
        left = [number for number in own if number not in taken]
        gains = [_both(judged, domain, np.array([*taken, number]))[0] for number in left]
        taken.append(left[int(np.argmax(gains))])
        reached, precision = _both(judged, domain, np.array(taken))
        term = judged.terms["term"].iloc[taken[-1]]
        rows.append([domain, len(taken), term, reached, precision, reached / full, len(own), "ok", ""])
    return rows
