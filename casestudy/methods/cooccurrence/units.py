"""What is marked with what: segments, or informants, by codes; and how often two codes meet in each part of them."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import active_codes, eligible, in_reading, raised, resolve_codings
from .measures import share

LEVELS = ("segment", "informant")


class Units(NamedTuple):
    """Units (rows) by codes (columns), both in alphabetical order: the same seed draws the same, however rows lie.

    `rows` has site and informant of each unit; `stratum` numbers the units among which marks may be dealt anew;
    `marks` is 1 where the unit carries the code, `able` where it could.
    """

    rows: pd.DataFrame
    stratum: np.ndarray
    marks: np.ndarray
    able: np.ndarray
    codes: pd.Index


class Counts(NamedTuple):
    """Units, units with the first code, with the second and with both: parts (rows) by pairs (columns)."""

    n: np.ndarray
    n1: np.ndarray
    n2: np.ndarray
    n12: np.ndarray


def pairs_of(cohort: Cohort, kind: str | None) -> pd.DataFrame:
    """Return every pair of codes but kin (parent and part, parts of one parent): those meet by definition."""
    parent = dict(zip(cohort.codebook["code"], cohort.codebook["parent"], strict=True))

    def kin(a: str, b: str) -> bool:
        return parent[a] == b or parent[b] == a or (parent[a] != "" and parent[a] == parent[b])

    found = [pair for pair in combinations(active_codes(cohort, kind), 2) if not kin(*pair)]
    return pd.DataFrame(found, columns=["code_1", "code_2"], dtype=str)


def given_codes(cohort: Cohort, kind: str | None, reading: str) -> pd.DataFrame:
    """Return the resolved codings of a reading, with active codes, on segments that count as evidence."""
    given = resolve_codings(cohort)
    told = in_reading(given["valence"], reading, cohort) & given["code"].isin(active_codes(cohort, kind))
    return given[told & given["segment"].isin(eligible(cohort)["segment"])]


def codes_per_segment(cohort: Cohort, kind: str | None = "challenge", reading: str = "documented") -> pd.DataFrame:
    """Return how many codes the segments carry: only segments with two or more can show what goes together.

    Returns
    -------
    DataFrame
        codes (0, 1, 2, ...), segments (that count as evidence and carry so many).

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> codes_per_segment(load_cohort("af4q"))["segments"].tolist()
    [37, 81, 14, 2]
    """
    given = given_codes(cohort, kind, reading)
    several = given.groupby("segment")["code"].nunique().reindex(eligible(cohort)["segment"], fill_value=0)
    tally = np.bincount(several.to_numpy(int), minlength=1)
    return pd.DataFrame({"codes": range(len(tally)), "segments": tally})


def _segments(cohort: Cohort, kind: str | None, reading: str) -> Units:
    """Return the segments that count as evidence, coded or not; marks are dealt within a source."""
    turns = eligible(cohort)[["segment", "source", "site", "informant"]]
    turns = turns.sort_values(["source", "segment"], ignore_index=True)
    given, codes = given_codes(cohort, kind, reading), pd.Index(sorted(active_codes(cohort, kind)))
    marks = np.zeros((len(turns), len(codes)), np.float32)
    marks[pd.Index(turns["segment"]).get_indexer(given["segment"]), codes.get_indexer(given["code"])] = 1
    return Units(turns[["site", "informant"]], pd.factorize(turns["source"])[0], marks, np.ones_like(marks), codes)


def _informants(cohort: Cohort, kind: str | None, reading: str) -> Units:
    """Return the informants heard; marks are dealt among those of a site who could speak of the same codes."""
    codes = pd.Index(sorted(active_codes(cohort, kind)))
    told = raised(cohort, reading)
    told = told[told["code"].isin(codes)]
    wide = told.pivot(index=["site", "informant"], columns="code", values=["raised", "could"])
    rows = wide.index.to_frame(index=False)[["site", "informant"]]
    marks, able = (
        wide.reindex(columns=pd.MultiIndex.from_product([[name], codes])).to_numpy(np.float32)
        for name in ("raised", "could")
    )
    alike = [f"{site} {pattern.tobytes()}" for site, pattern in zip(rows["site"], able > 0, strict=True)]
    return Units(rows, pd.factorize(np.array(alike, object))[0], marks * able, able, codes)


def units_of(cohort: Cohort, kind: str | None, reading: str, level: str) -> Units:
    """Return the units of a level."""
    if level not in LEVELS:
        raise ValueError(f"level is {level!r}; write one of {LEVELS}")
    return (_segments if level == "segment" else _informants)(cohort, kind, reading)


def places(table: pd.DataFrame, codes: pd.Index) -> np.ndarray:
    """Return the columns of the pairs' codes: two rows, the first codes and the second."""
    return np.array([codes.get_indexer(table[code]) for code in ("code_1", "code_2")])


def counts_by(units: Units, pairs: np.ndarray, part: np.ndarray, parts: int) -> Counts:
    """Return how often the pairs meet in each part (0, 1, ...) of the units. Only units that could carry both count."""
    size = (parts, len(pairs[0]))
    found = Counts(*(np.zeros(size) for _ in Counts._fields))
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(parts + 1))
    for number, mine in enumerate(order[start:end] for start, end in pairwise(bounds)):
        marks, able = units.marks[mine], units.able[mine]
        one, two = pairs
        found.n[number] = (able.T @ able)[one, two]
        told = marks.T @ able
        found.n1[number], found.n2[number] = told[one, two], told[two, one]
        found.n12[number] = (marks.T @ marks)[one, two]
    return found


class Cells(NamedTuple):
    """What each voice says in each stratum: its site, number of the voice and of the stratum, and the counts there."""

    site: np.ndarray
    voice: np.ndarray
    stratum: np.ndarray
    counts: Counts


def cells_of(units: Units, pairs: np.ndarray) -> Cells:
    """Return how often the pairs meet in what each voice says in each stratum."""
    whose = units.rows.assign(stratum=units.stratum)
    rows = whose.drop_duplicates(ignore_index=True)
    part = pd.MultiIndex.from_frame(rows).get_indexer(pd.MultiIndex.from_frame(whose))
    voice = rows.groupby(["site", "informant"], sort=False).ngroup().to_numpy()
    return Cells(rows["site"].to_numpy(), voice, rows["stratum"].to_numpy(), counts_by(units, pairs, part, len(rows)))


def lifts(weights: np.ndarray, cells: Cells) -> np.ndarray:
    """Return the lift of every pair (columns) when the cells weigh as in each row: how often the codes meet, over how
    often they would if each one's marks fell anywhere within their strata. Missing where no stratum has both."""
    expected = np.zeros((len(weights), cells.counts.n12.shape[1]))
    for stratum in np.unique(cells.stratum):
        mine = cells.stratum == stratum
        n, n1, n2 = (weights[:, mine] @ count[mine] for count in cells.counts[:3])
        expected += np.divide(n1 * n2, n, out=np.zeros(n.shape), where=n > 0)
    return share(weights @ cells.counts.n12, expected)
