"""The versions of the codebook: which codes each had, what was coded under it, and how much each step changed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.history import codes_by_version, leads_to, listed
from ..evidence import assigned

SINGLE = "single version: no history of the codebook is recorded"
TOUCHING = ("merge", "split", "redefine", "retire")  # with `create`; a new name or place leaves the idea as it is


def codes_in(cohort: Cohort, kind: str | None) -> dict[str, list[str]]:
    """Return the codes of one kind (None: all) in use in each version, versions first to last."""
    kinds = cohort.codebook.set_index("code")["kind"]
    found = codes_by_version(cohort.codebook_events, cohort.codebook)
    return {version: [c for c in codes if kind in (None, kinds[c])] for version, codes in found.items()}


def in_version(cohort: Cohort, rounds: pd.Series) -> pd.Series:
    """Return the version under which each round was coded: the one of its name, else the last."""
    order = list(codes_in(cohort, None))
    return rounds.where(rounds.isin(order), order[-1])


def coded_in(cohort: Cohort) -> pd.DataFrame:
    """Return what was coded under each version, by any of its coders: version, source, segment, code."""
    rows = cohort.codings.merge(cohort.segments[["segment", "source"]], on="segment")
    rows["version"] = in_version(cohort, rows["round"])
    return rows[["version", "source", "segment", "code"]].drop_duplicates(ignore_index=True)


def read_in(cohort: Cohort) -> dict[str, set[str]]:
    """Return the sources read under each version: those assigned in one of its rounds, or coded in it."""
    readers, coded = assigned(cohort), coded_in(cohort)
    given = readers["source"].groupby(in_version(cohort, readers["round"])).agg(set).to_dict()
    used = coded.groupby("version")["source"].agg(set).to_dict()
    return {version: given.get(version, set()) | used.get(version, set()) for version in codes_in(cohort, None)}


def step_events(cohort: Cohort, before: str, after: str) -> list[tuple[str, list[str], list[str], str]]:
    """Return the events between two versions: event, codes before, codes after, memo."""
    events = cohort.codebook_events
    step = events[(events["from_version"] == before) & (events["to_version"] == after)]
    cells = step[["event", "from_codes", "to_codes", "memo"]].itertuples(index=False, name=None)
    return [(e, listed(left), leads_to(e, listed(left), listed(made)), memo) for e, left, made, memo in cells]


def versions(cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return the versions of the codebook, first to last, with the codes of each and what was coded under it.

    Parameters
    ----------
    cohort : Cohort
    kind : str or None
        Kind of code; None for all.

    Returns
    -------
    DataFrame
        version (`current` if there is no history), n_codes, codes (labels, separated by `; `), rounds (of coding
        under it, `;`), sources (read under it), segments (coded under it, with any code), status, reason. A version
        under which nothing was coded says so.

    Notes
    -----
    A round of coding named as a version was coded under it; every other round under the last one.

    >>> from casestudy import load_cohort
    >>> versions(load_cohort("template"))[["version", "n_codes", "rounds"]].to_numpy().tolist()
    [['current', 5, 'independent']]
    """
    labels, rows = cohort.codebook.set_index("code")["label"], []
    read, coded, found = read_in(cohort), coded_in(cohort), codes_in(cohort, kind)
    rounds = pd.concat([assigned(cohort)["round"], cohort.codings["round"]]).drop_duplicates()
    rounds = rounds.groupby(in_version(cohort, rounds)).agg(";".join)
    for version, codes in found.items():
        segments = coded.loc[coded["version"] == version, "segment"].nunique()
        known = SINGLE if len(found) == 1 else "" if segments else "nothing is recorded as coded under this version"
        row = [version, len(codes), "; ".join(labels[codes]), rounds.get(version, "")]
        rows.append([*row, len(read[version]), segments, "ok" if segments else "not_assessable", known])
    columns = ["version", "n_codes", "codes", "rounds", "sources", "segments", "status", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _said(event: str, left: list[str], made: list[str], labels: pd.Series) -> str:
    """Return one event in words."""
    before, after = (" + ".join(labels[codes]) for codes in (left, made))
    return f"{event}: " + " → ".join(filter(None, [before, after if made != left else ""]))


def stability(cohort: Cohort, kind: str | None = "challenge") -> pd.DataFrame:
    """Return how much of the codebook each version left as it was.

    Parameters
    ----------
    cohort, kind
        As for `versions`.

    Returns
    -------
    DataFrame
        version, n_codes, touched (codes of the version before that were merged, split, redefined or retired, and
        codes created), estimate (1 - touched / n), n (codes in the version before), events (in words), status,
        reason. The estimate is below 0 where more was touched or created than there was. New names and moves touch
        nothing. The first version has nothing before it, so it cannot be judged.

    >>> from casestudy import load_cohort
    >>> stability(load_cohort("template"))["reason"].tolist()
    ['single version: no history of the codebook is recorded']
    """
    labels, found = cohort.codebook.set_index("code")["label"], codes_in(cohort, kind)
    first = next(iter(found))
    why = SINGLE if len(found) == 1 else "the first version: there is nothing before it"
    rows = [[first, len(found[first]), pd.NA, np.nan, pd.NA, "", "not_assessable", why]]
    for before, after in pairwise(found):
        ours, events = {*found[before], *found[after]}, step_events(cohort, before, after)
        events = [event for event in events if ours & {*event[1], *event[2]}]
        touched = {c for e, left, _, _ in events if e in TOUCHING for c in left}
        touched |= {c for e, _, made, _ in events if e == "create" for c in made}
        n, said = len(found[before]), "; ".join(_said(*event[:3], labels) for event in events)
        share = 1 - len(touched & ours) / n if n else np.nan
        known = ("ok", "") if n else ("not_estimable", "the version before had no code of this kind")
        rows.append([after, len(found[after]), len(touched & ours), share, n, said or "no change", *known])
    columns = ["version", "n_codes", "touched", "estimate", "n", "events", "status", "reason"]
    return pd.DataFrame(rows, columns=columns).astype({"touched": "Int64", "n": "Int64"})
