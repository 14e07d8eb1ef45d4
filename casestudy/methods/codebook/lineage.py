"""What became of each code from one version of the codebook to the next, and of the statements under it.

A statement was read again if its source was assigned or coded under the later version. It carries a code under a
version if any coder gave it in a round of that version: the reading most favourable to the codebook's history.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from .versions import SINGLE, coded_in, codes_in, read_in, step_events

SAME = "same"
COLUMNS = ["from_version", "from_code", "from_label", "to_version", "to_code", "to_label", "event"]
COLUMNS += ["coded", "reread", "segments", "share", "status", "reason"]
Segments = dict[tuple[str, str], set[str]]


def _step(cohort: Cohort, before: str, after: str, codes: dict[str, list[str]]) -> dict[tuple[str, str], str]:
    """Return the edges of one step, (code before, code after) -> event; "" stands for no code."""
    edges: dict[tuple[str, str], list[str]] = {}
    for event, left, made, _ in step_events(cohort, before, after):
        pairs = zip(left, made, strict=True) if left == made else [(a, b) for a in left or [""] for b in made or [""]]
        for pair in pairs:
            edges.setdefault(pair, []).append(event)
    named = {code for pair in edges for code in pair}
    edges |= {(code, code): [SAME] for code in codes[before] if code not in named}
    return {pair: ", ".join(dict.fromkeys(events)) for pair, events in edges.items()}


def code_edges(cohort: Cohort, kind: str | None) -> pd.DataFrame:
    """Return all edges: from_version, from_code, to_version, to_code, event; in order of the codes they lead to."""
    every, ours, rows = codes_in(cohort, None), codes_in(cohort, kind), []
    place = {code: n for n, code in enumerate(cohort.codebook["code"])} | {"": len(cohort.codebook)}
    for before, after in pairwise(every):
        step = _step(cohort, before, after, every)
        shown = [pair for pair in step if {*pair} & {*ours[before], *ours[after]}]
        shown.sort(key=lambda pair: (place[pair[1]], place[pair[0]]))
        rows += [(before, pair[0], after, pair[1], step[pair]) for pair in shown]
    return pd.DataFrame(rows, columns=["from_version", "from_code", "to_version", "to_code", "event"])


def carriers(cohort: Cohort) -> Segments:
    """Return the segments that carry each code under each version: (version, code) -> segments."""
    return coded_in(cohort).groupby(["version", "code"])["segment"].agg(set).to_dict()


def segments_read(cohort: Cohort) -> dict[str, set[str]]:
    """Return the segments read under each version."""
    owner = cohort.segments.groupby("source")["segment"].agg(set).to_dict()
    return {v: set().union(*(owner.get(s, set()) for s in sources)) for v, sources in read_in(cohort).items()}


def _why_no_share(from_code: str, to_code: str, coded: int, reread: int, version: str) -> tuple[str, str]:
    """Return status and reason of an edge."""
    if not from_code:
        return "not_assessable", "a new code: there is nothing before it"
    if not to_code:
        return "not_assessable", "a retired code: there is nothing after it"
    if not coded:
        return "not_estimable", "no segment was given this code"
    return ("ok", "") if reread else ("not_estimable", f"no segment with this code was read again under {version}")


def lineage(cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return what became of each code, version by version, and how many statements went with it.

    Parameters
    ----------
    cohort : Cohort
    kind : str or None
        Kind of code; None for all. An edge is shown if the code on either side is of this kind.

    Returns
    -------
    DataFrame
        from_version, from_code (blank: a new code), from_label, to_version, to_code (blank: a retired code), to_label,
        event (`same` if none is recorded), coded (segments given from_code under from_version), reread (of these, read
        again under to_version), segments (of these, given to_code there), share (segments / reread), status, reason.
        Steps in order, in each step in order of the codes it leads to. A single version: one row that says so.

    >>> from casestudy import load_cohort
    >>> lineage(load_cohort("template"))["reason"].tolist()
    ['single version: no history of the codebook is recorded']
    """
    edges = code_edges(cohort, kind)
    if len(codes_in(cohort, None)) == 1:
        known = {"coded": 0, "reread": 0, "segments": pd.NA, "share": np.nan}
        row = {**dict.fromkeys(COLUMNS, ""), **known, "status": "not_assessable", "reason": SINGLE}
        return pd.DataFrame([row], columns=COLUMNS).astype({"segments": "Int64"})
    labels, carried, read, rows = (
        cohort.codebook.set_index("code")["label"],
        carriers(cohort),
        segments_read(cohort),
        [],
    )
    for v, a, w, b, event in edges.itertuples(index=False):
        coded = carried.get((v, a), set())
        again = coded & read[w]
        kept = len(again & carried.get((w, b), set())) if a and b else pd.NA
        known = _why_no_share(a, b, len(coded), len(again), w)
        share = kept / len(again) if known[0] == "ok" else np.nan
        names = labels.get(a, ""), labels.get(b, "")
        rows.append([v, a, names[0], w, b, names[1], event, len(coded), len(again), kept, share, *known])
    return pd.DataFrame(rows, columns=COLUMNS).astype({"segments": "Int64"})


def _descendants(edges: pd.DataFrame, code: str, path: list[str]) -> tuple[list[str], bool]:
    """Return what a code became along a path of versions, and whether it was split on the way."""
    codes, split = [code], False
    for version in path:
        step = edges[(edges["from_version"] == version) & (edges["to_code"] != "")]
        after = {c: step.loc[step["from_code"] == c, "to_code"].tolist() for c in codes}
        split |= any(len(found) > 1 for found in after.values())
        codes = list(dict.fromkeys(c for found in after.values() for c in found))
    return codes, split


def _versions_between(order: list[str], old: str, new: str) -> tuple[str, str]:
    """Return the two versions, the first and the last where none is named; ValueError if they are not in order."""
    old, new = old or order[0], new or order[-1]
    if old not in order or new not in order or order.index(old) > order.index(new):
        raise ValueError(f"from {old!r} to {new!r} is no way through the versions; they are {', '.join(order)}")
    return old, new


def crosswalk(cohort: Cohort, old: str = "", new: str = "", kind: str | None = "challenge") -> pd.DataFrame:
    """Return the crosswalk of two versions: how much of each old code stands under each new one.

    Parameters
    ----------
    cohort : Cohort
    old, new : str
        Two versions, not necessarily neighbours. Default: the first and the last.
    kind : str or None
        As for `lineage`.

    Returns
    -------
    DataFrame
        old, new (codes; every pair), estimate, n (segments given the old code that were read again under the new
        version), method, status, reason. The estimate is 1 where the old code as a whole became the new one (by no
        event, a new name, or a merge), 0 where it did not, and after a split the share of the re-read segments that
        carry the new code: shares of a row need not add up to 1, since a segment can carry several codes. Pivot it
        for the matrix. A single version: one row that says so.

    Raises
    ------
    ValueError
        If a version does not exist, or `new` comes before `old`.

    >>> from casestudy import load_cohort
    >>> crosswalk(load_cohort("template"))["status"].tolist()
    ['not_assessable']
    """
    columns = ["old", "new", "estimate", "n", "method", "status", "reason"]
    codes, edges = codes_in(cohort, kind), code_edges(cohort, None)
    order = list(codes)
    old, new = _versions_between(order, old, new)
    if len(order) == 1:
        return pd.DataFrame([["", "", np.nan, 0, "", "not_assessable", SINGLE]], columns=columns)
    carried, read, rows = carriers(cohort), segments_read(cohort), []
    for code in codes[old]:
        became, split = _descendants(edges, code, order[order.index(old) : order.index(new)])
        again = carried.get((old, code), set()) & read[new]
        for other in codes[new]:
            kept = len(again & carried.get((new, other), set()))
            cell = _cell(other in became, split, kept, len(again), new)
            rows.append([code, other, cell[0], len(again), *cell[1:]])
    return pd.DataFrame(rows, columns=columns)


def _cell(related: bool, split: bool, kept: int, reread: int, new: str) -> tuple[float, str, str, str]:
    """Return one cell of the crosswalk: estimate, method, status, reason."""
    if not (related and split):
        return float(related), "by the events", "ok", ""
    method = "share of the segments read again"
    if not reread:
        why = f"a split, and no segment with the old code was read again under {new}"
        return np.nan, method, "not_estimable", why
    return kept / reread, method, "ok", ""
