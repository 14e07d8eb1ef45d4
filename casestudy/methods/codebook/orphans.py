"""Statements that a new version of the codebook lost: coded before, read again, and without any code theirs became."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from ...cohort.cohort import Cohort
from .lineage import carriers, code_edges, segments_read
from .versions import SINGLE, codes_in, step_events

COLUMNS = ["segment", "source", "site", "version", "code", "label", "text", "memo", "explained", "status", "reason"]


def _followed(cohort: Cohort, kind: str | None) -> dict[tuple[str, str, str], tuple[set[str], set[str]]]:
    """Return for each step and code the segments read again, and those of them that carry what it became.

    (version, next version, code) -> two sets of segments.
    """
    carried, read, codes = carriers(cohort), segments_read(cohort), codes_in(cohort, kind)
    edges = code_edges(cohort, None).groupby(["from_version", "from_code"])["to_code"].agg(list)
    found = {}
    for before, after in pairwise(codes):
        for code in codes[before]:
            again = carried.get((before, code), set()) & read[after]
            kept = set().union(*(carried.get((after, became), set()) for became in edges[before, code]))
            found[before, after, code] = again, again & kept
    return found


def _memo(cohort: Cohort, before: str, after: str, code: str) -> str:
    """Return the texts of the memos about a code in a version, and of those of the events that changed it."""
    named = [memo for _, left, _, memo in step_events(cohort, before, after) if code in left]
    rows = cohort.memos
    told = rows["code"].eq(code) & rows["version"].eq(before) | rows["memo"].isin(named)
    return " / ".join(rows.loc[told, "text"])


def _row_without(version: str, status: str, reason: str) -> dict:
    """Return a row that says why nothing can be told."""
    return {**dict.fromkeys(COLUMNS, ""), "version": version, "status": status, "reason": reason}


def orphans(cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return the statements that a version lost: read again, and without any code that theirs became.

    Parameters
    ----------
    cohort, kind
        As for `versions`; the kind is that of the earlier code.

    Returns
    -------
    DataFrame
        segment, source, site, version, code, label, text, memo (texts of the memos on the code in that version, and of
        the events that changed it; separated by ` / `), explained (`yes` if there is such a memo: whether it accounts
        for the loss is for the reader to judge), status, reason. No row: nothing was lost. A step after which no
        coded segment was read again has one row that says so, and so has a codebook of a single version.

    >>> from casestudy import load_cohort
    >>> orphans(load_cohort("template"))["reason"].tolist()
    ['single version: no history of the codebook is recorded']
    """
    followed, rows = _followed(cohort, kind), []
    labels, segments = cohort.codebook.set_index("code")["label"], cohort.segments
    for before, after in pairwise(codes_in(cohort, kind)):
        step = {code: found for (version, _, code), found in followed.items() if version == before}
        if not any(again for again, _ in step.values()):
            reason = f"no segment coded under {before} was read again under {after}"
            rows.append(_row_without(before, "not_estimable", reason))
        for code, (again, kept) in step.items():
            memo = _memo(cohort, before, after, code)
            same = {"version": before, "code": code, "label": labels[code], "memo": memo}
            same |= {"explained": "yes" if memo else "no", "status": "ok", "reason": ""}
            lost = segments.loc[segments["segment"].isin(again - kept), ["segment", "source", "site", "text"]]
            rows += [{**row, **same} for row in lost.to_dict("records")]
    if len(codes_in(cohort, kind)) == 1:
        rows = [_row_without("", "not_assessable", SINGLE)]
    return pd.DataFrame(rows, columns=COLUMNS)
