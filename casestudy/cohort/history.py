"""The history of a codebook: its versions in order, the codes of each, and what in it cannot be true.

A round of coding that is named as an earlier version was coded under that version, every other round under the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pandas as pd

from .problems import Problem, nearest

ONLY = "current"  # name of the one version of a codebook without a history
RESERVED = ("independent", "consensus")  # the rounds that every analysis uses: they belong to the last version

# event -> how many codes it leads from, how many it leads to (least, most), and how to say it
MANY = 10**6
SHAPES = {
    "create": ((0, 0), (1, MANY), "name the new codes in `to_codes`, and leave `from_codes` blank"),
    "rename": ((1, 1), (1, 1), "name one code in `from_codes` and one in `to_codes`"),
    "redefine": ((1, MANY), (0, MANY), "name the codes in `from_codes`; `to_codes` is blank or names the same"),
    "merge": ((2, MANY), (1, 1), "name the codes in `from_codes` and the one they became in `to_codes`"),
    "split": ((1, 1), (2, MANY), "name the code in `from_codes` and those it became in `to_codes`"),
    "move": ((1, MANY), (0, MANY), "name the codes in `from_codes`; `to_codes` is blank or names the same"),
    "retire": ((1, MANY), (0, 0), "name the codes in `from_codes`, and leave `to_codes` blank"),
}
IN_PLACE = ("redefine", "move")  # the code stays what it is called


def listed(cell: str) -> list[str]:
    """Return the entries of a cell that holds a list separated by `;`.

    >>> listed("money;staffing")
    ['money', 'staffing']
    """
    return [entry.strip() for entry in cell.split(";") if entry.strip()]


def leads_to(event: str, from_codes: list[str], to_codes: list[str]) -> list[str]:
    """Return the codes after an event: those it names, or the same ones where it changes codes in place."""
    return from_codes if event in IN_PLACE else to_codes


def version_order(events: pd.DataFrame) -> list[str]:
    """Return the versions that `codebook_events` names, first to last; none without events, or if they go in a circle.

    >>> steps = [("v2", "v3"), ("v1", "v2"), ("", "v1")]
    >>> version_order(pd.DataFrame(steps, columns=["from_version", "to_version"]))
    ['v1', 'v2', 'v3']
    """
    steps = events[events["from_version"] != ""]
    after = dict(zip(steps["from_version"][::-1], steps["to_version"][::-1], strict=True))
    later = set(steps["to_version"])
    order = [version for version in dict.fromkeys(steps["from_version"]) if version not in later][:1]
    while order and after.get(order[-1], order[-1]) not in order:
        order.append(after[order[-1]])
    return order if len(steps) else events["to_version"].tolist()[:1]


def earlier_versions(events: pd.DataFrame) -> set[str]:
    """Return the versions that another one follows: a round of one of these names was coded under it."""
    return set(events["from_version"]) - {""}


def codes_by_version(events: pd.DataFrame, codebook: pd.DataFrame) -> dict[str, list[str]]:
    """Return the codes in use in each version, in codebook order, versions first to last.

    The last version holds the active codes. Each step back takes away what its events led to, and brings back what
    they led from: a code that no event names was there in all versions. Without events there is one version,
    `current`.
    """
    order = version_order(events) or [ONLY]
    codes = set(codebook.loc[codebook["active"] != "no", "code"])
    found = {order[-1]: codes}
    changes = events[~events["event"].isin(IN_PLACE)]
    for before, after in reversed(list(pairwise(order))):
        step = changes[(changes["from_version"] == before) & (changes["to_version"] == after)]
        left, made = ({c for cell in step[name] for c in listed(cell)} for name in ("from_codes", "to_codes"))
        codes = (codes - made) | left
        found[before] = codes
    return {version: [code for code in codebook["code"] if code in found[version]] for version in order}


def _event_problem(line: int, column: str, value: str, problem: str, fix: str) -> Problem:
    return Problem("codebook_events.csv", line, column, value, problem, fix)


def _step_problems(events: pd.DataFrame) -> Iterator[Problem]:
    """No version leads to itself, is followed by two, or follows two; none has the name of a round in general use."""
    after: dict[str, str] = {}
    before: dict[str, str] = {}
    for line, start, end in events[["from_version", "to_version"]].itertuples():
        if start in RESERVED:
            fix = "give the version another name: codings of this round are those of the last version"
            yield _event_problem(line, "from_version", start, "is the name of a round that every analysis uses", fix)
        elif start == end:
            yield _event_problem(line, "to_version", end, "leads from a version to itself", "name the version after")
        elif start and after.setdefault(start, end) != end:
            said = f"is a second version after `{start}`, which `{after[start]}` follows already"
            yield _event_problem(line, "to_version", end, said, "put the versions in one line")
        elif start and before.setdefault(end, start) != start:
            said = f"is a second version before `{end}`, which follows `{before[end]}` already"
            yield _event_problem(line, "from_version", start, said, "put the versions in one line")


def _chain_problems(events: pd.DataFrame, order: list[str]) -> Iterator[Problem]:
    """The versions form one line from first to last: no circle, and none apart."""
    for line, start, end, event in events[["from_version", "to_version", "event"]].itertuples():
        if not order:
            said, fix = "goes round in a circle: no version is the first", "let the first version follow none"
            yield _event_problem(line, "from_version", start, said, fix)
        elif end not in order:
            said, fix = "is not joined to the other versions", f"join it to {' - '.join(order)}"
            yield _event_problem(line, "to_version", end, said, fix)
        elif not start and (end != order[0] or event != "create"):
            said = f"is blank, which only `create` for the first version, `{order[0]}`, can be"
            yield _event_problem(line, "from_version", "", said, "name the version before")


def _code_problems(events: pd.DataFrame, codebook: pd.DataFrame) -> Iterator[Problem]:
    """Events name codes of the codebook, and as many as their kind of event has."""
    known = set(codebook["code"])
    for line, event, *cells in events[["event", "from_codes", "to_codes"]].itertuples():
        lists = [listed(cell) for cell in cells]
        for column, codes in zip(("from_codes", "to_codes"), lists, strict=True):
            for code in (code for code in codes if code not in known):
                fix = f"{nearest(code, known)} Or add it to codebook.csv with `no` as `active`"
                yield _event_problem(line, column, code, "is not in codebook.csv", fix)
        if event in SHAPES and not _fits(event, *lists):
            yield _event_problem(line, "event", event, "does not fit the codes it names", SHAPES[event][2])


def _fits(event: str, from_codes: list[str], to_codes: list[str]) -> bool:
    counts = zip(SHAPES[event], (len(set(from_codes)), len(set(to_codes))), strict=False)
    same = event not in IN_PLACE or not to_codes or set(to_codes) == set(from_codes)
    return same and all(least <= n <= most for (least, most), n in counts)


def _use_problems(events: pd.DataFrame, codes: dict[str, list[str]]) -> Iterator[Problem]:
    """What an event leads to is in use in the version after, what it leaves is not, and what stays is in both."""
    for row in events.itertuples():
        left, made = listed(row.from_codes), listed(row.to_codes)
        after = leads_to(row.event, left, made)
        wanted = [(code, row.to_version, "to_codes") for code in made]
        if row.event in IN_PLACE:
            wanted = [(code, version, "from_codes") for code in left for version in (row.from_version, row.to_version)]
        for code, version, column in wanted:
            if code not in codes[version]:
                fix = "correct it, or `active` in codebook.csv; changes that build on each other need a version each"
                yield _event_problem(row.Index, column, code, f"is not in use in version `{version}`", fix)
        for code in (code for code in left if code not in after and code in codes[row.to_version]):
            fix = "correct the event, or write `no` as `active` in codebook.csv"
            yield _event_problem(row.Index, "from_codes", code, f"is still in use in version `{row.to_version}`", fix)


def _version_problems(frames: dict[str, pd.DataFrame], codes: dict[str, list[str]]) -> Iterator[Problem]:
    """Codings of an earlier version use its codes; memos name versions that exist."""
    codings, memos = frames["codings"], frames["memos"]
    known = set(frames["codebook"]["code"])
    old = codings[codings["round"].isin(list(codes)[:-1]) & codings["code"].isin(known)]
    for line, code, version in old[["code", "round"]].itertuples():
        if code not in codes[version]:
            fix = "record its history in codebook_events.csv, or correct code or round"
            yield Problem("codings.csv", line, "code", code, f"is not a code of version `{version}`", fix)
    for line, version in memos.loc[~memos["version"].isin(["", *codes]), "version"].items():
        yield Problem("memos.csv", line, "version", version, "is no version of the codebook", nearest(version, codes))


def history_problems(frames: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield a Problem for everything in `codebook_events` that cannot have happened.

    Parameters
    ----------
    frames : dict of name -> DataFrame
        The tables as read, each row under its line number: codebook_events, codebook, codings, memos.

    Yields
    ------
    Problem
        Versions that fork, go in a circle or stand apart; events that name unknown codes, or fewer or more than
        their kind of event has; codes that an event and the codebook disagree about; codings of an earlier version
        under a code it did not have; memos on a version that does not exist.
    """
    events, codebook = frames["codebook_events"], frames["codebook"]
    events = events[events["to_version"] != ""]  # a blank one is told as such
    if events.empty:
        return
    order = version_order(events)
    found = [*_step_problems(events)] or [*_chain_problems(events, order)]
    found += _code_problems(events, codebook)
    yield from found
    if not found:  # whatever follows would follow from these
        codes = codes_by_version(events, codebook)
        yield from _use_problems(events, codes)
        yield from _version_problems(frames, codes)
