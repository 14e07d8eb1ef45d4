"""Who stands in which cell, and which groups must be counted together so that no cell is small.

The rule is that of frequency tables (Hundepool et al. 2012, Statistical Disclosure Control, ch. 5): a cell below the
threshold is not shown, and enough others go with it that it cannot be found by subtraction."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import heard, raised, voices

MERGED = "merged"
CELL = ["basis", "code", "site", "wave"]


def threshold(cohort: Cohort) -> int:
    """Return how many informants a cell needs in an edition for sharing; 0 = a public record, nothing to protect.

    Any other `suppress_below` counts as two at least: a role with one holder at a site is always covered.

    >>> from casestudy import load_cohort
    >>> threshold(load_cohort("template")), threshold(load_cohort("af4q"))
    (3, 0)
    """
    return max(cohort.plan.suppress_below, 2) if cohort.plan.suppress_below else 0


def cells(cohort: Cohort) -> pd.DataFrame:
    """Return who stands in which cell, in every wave and in every way in which the analyses count informants.

    Returns
    -------
    DataFrame
        basis (`spoke`: of the site or about it; `heard`: as the plan counts voices; `asked`: could raise `code`),
        code ("" but for `asked`), site ("" = tied to no site), wave, informant, group. One row per informant and cell.
    """
    return pd.concat([voice_cells(cohort), asked_cells(cohort)], ignore_index=True)


def voice_cells(cohort: Cohort) -> pd.DataFrame:
    """Return the rows of `cells` on who was heard where."""
    parts = [("spoke", spoken), ("heard", heard)]
    return _by_wave(cohort, lambda one: pd.concat([of(one).assign(basis=basis, code="") for basis, of in parts]))


def asked_cells(cohort: Cohort) -> pd.DataFrame:
    """Return the rows of `cells` on who could raise which code."""
    return _by_wave(cohort, lambda one: raised(one).query("could").assign(basis="asked"))


def _by_wave(cohort: Cohort, of) -> pd.DataFrame:
    names = [*CELL, "informant", "group"]
    parts = [of(cohort.with_plan(wave=int(w))).assign(wave=w) for w in cohort.sources["wave"].unique()]
    return pd.concat([pd.DataFrame(columns=names), *parts])[names].drop_duplicates(ignore_index=True)


def spoken(cohort: Cohort) -> pd.DataFrame:
    """Return every site that a source of the plan's wave is of or speaks about, whether or not it counts as evidence.

    source, home (the source's own site), site, informant, group; a source tied to no site has "" as its site.
    """
    own = voices(cohort).assign(home=lambda t: t["site"])
    about = cohort.segments[["source", "site"]].merge(own.drop(columns="site"), on="source")
    found = pd.concat([own, about])[["source", "home", "site", "informant", "group"]].drop_duplicates()
    tied = found.loc[found["site"] != "", "source"]
    return found[found["site"].ne("") | ~found["source"].isin(tied)]


def small(held: pd.DataFrame, least: int, *by: str) -> pd.DataFrame:
    """Return the cells with someone in them, and fewer than `least`: CELL, the columns `by`, informant (how many)."""
    counts = held.groupby([*CELL, *by], sort=False)["informant"].nunique().reset_index()
    return counts[counts["informant"] < least]


def coarse(held: pd.DataFrame, people: set[str]) -> pd.DataFrame:
    """Return the cells with these people counted under the merged group."""
    return held.assign(group=held["group"].mask(held["informant"].isin(people), MERGED))


def merged_people(held: pd.DataFrame, least: int) -> set[str]:
    """Return whom to count under the merged group so that no cell of site and group is small.

    At each site the small groups are merged; while together they are too few, the next smallest joins them. Who is
    merged at one site is merged wherever they speak. Needs a table whose sites are large enough in all (`small` of it
    is empty).

    >>> groups = "aaaabbbc"
    >>> rows = [("spoke", "", "north", 1, f"{group}{n}", group) for n, group in enumerate(groups)]
    >>> held = pd.DataFrame(rows, columns=[*CELL, "informant", "group"])
    >>> sorted(merged_people(held, 3))  # c alone would be one; with b it is four
    ['b4', 'b5', 'b6', 'c7']
    """
    pairs: set[tuple[str, str]] = set()
    people: set[str] = set()
    while True:
        shown = coarse(held, people)
        low = small(shown, least, "group")
        if low.empty:
            return people
        for site, groups in low.groupby("site")["group"]:
            pairs |= {(site, group) for group in set(groups) - {MERGED} or {_smallest(shown, site)}}
        people = set(held.loc[pd.MultiIndex.from_frame(held[["site", "group"]]).isin(pairs), "informant"])


def _smallest(shown: pd.DataFrame, site: str) -> str:
    rows = shown[shown["site"].eq(site) & shown["group"].ne(MERGED)]
    return rows.groupby("group", sort=False)["informant"].nunique().idxmin()


def rows_in(table: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Return which rows of a table have the values of some row of `pairs`, in its columns."""
    if pairs.empty or table.empty:
        return pd.Series(False, index=table.index)
    wanted = set(pairs.itertuples(index=False, name=None))
    found = (row in wanted for row in table[list(pairs)].itertuples(index=False, name=None))
    return pd.Series(list(found), index=table.index, dtype=bool)
