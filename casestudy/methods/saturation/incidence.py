"""Which codes were found in which sources: over all sites, at each site, and in each group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.history import earlier_versions, version_order
from ..evidence import OWN_VOICE, active_codes, assigned, eligible, in_reading, resolve_codings, uncoded, voices


@dataclass(frozen=True)
class Panel:
    """The sources of one scope, in the order of the table `sources`, and the codes found in each.

    `found` holds sources x codes as booleans; codes that no source of the scope gives are in it too.
    """

    scope: str
    unit: str
    name: str
    found: pd.DataFrame

    @property
    def key(self) -> dict[str, str]:
        return {"scope": self.scope, "unit": self.unit, "name": self.name}


def source_word(cohort: Cohort, n: int = 2) -> str:
    """Return what a source is called: interview(s), or document(s).

    >>> from casestudy import load_cohort
    >>> source_word(load_cohort("template"))
    'interviews'
    """
    return ("interview" if cohort.evidence_level == "informant" else "document") + ("s" if n != 1 else "")


def codes_found(cohort: Cohort, kind: str) -> tuple[list[str], str, str]:
    """Return the active codes of a kind that were found in the data, what is left out, and why there are none."""
    codes = active_codes(cohort, kind)
    origin = cohort.codebook.set_index("code")["origin"].reindex(codes)
    brought, unstated = int((origin == "deductive").sum()), int((origin == "").sum())
    told = [f"{brought} brought to the data"] * bool(brought) + [f"{unstated} of no stated origin"] * bool(unstated)
    emergent = origin.index[origin == "emergent"].tolist()
    if emergent:
        return emergent, f"left out: {' and '.join(told)}" if told else "", ""
    if not codes:
        return [], "", f"the codebook has no code of the kind {kind} in use"
    if not brought:
        return [], "", f"the codebook does not say which of its {len(codes)} codes of the kind {kind} were found here"
    return [], "", f"no code of the kind {kind} was found in the data ({', '.join(told)}): a fixed list is full at once"


def version_note(cohort: Cohort) -> str:
    """Return a note if the codebook changed while coding went on; else ""."""
    order = version_order(cohort.codebook_events)
    if len(order) < 2:
        return ""
    return f"the codebook changed on the way ({', '.join(order)}): codings under {order[-1]} only, whose list was fixed"


def _heard(cohort: Cohort) -> pd.DataFrame:
    """Return the sources that were read: source, site, group; a document only if a statement in it is evidence."""
    spoken = eligible(cohort).merge(voices(cohort)[["source"]], on="source")[["source", "site", "group"]]
    if cohort.evidence_level == "informant":
        spoken = pd.concat([voices(cohort)[["source", "site", "group"]], spoken])
    readers = assigned(cohort)
    read = readers.loc[~readers["round"].isin(earlier_versions(cohort.codebook_events)), "source"]
    spoken = spoken[(spoken["site"] != "") & spoken["source"].isin(read)].drop_duplicates()
    order = spoken["source"].map({source: n for n, source in enumerate(cohort.sources["source"])})
    return spoken.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def _mentions(cohort: Cohort, codes: list[str]) -> pd.DataFrame:
    """Return source, site, code of every statement that is evidence, denials left out."""
    said = resolve_codings(cohort)
    said = said[said["code"].isin(codes) & in_reading(said["valence"], "documented", cohort)]
    return said.merge(eligible(cohort)[["segment", "source", "site"]], on="segment")[["source", "site", "code"]]


def _panel(scope: str, unit: str, name: str, heard: pd.DataFrame, said: pd.DataFrame, codes: list[str]) -> Panel:
    pairs = heard[["source", "site"]].merge(said, on=["source", "site"]).drop_duplicates(["source", "code"])
    found = pd.crosstab(pairs["source"], pairs["code"]).astype(bool)
    shape = {"index": heard["source"].unique(), "columns": codes}
    return Panel(scope, unit, name, found.reindex(**shape, fill_value=False).astype(bool))


def panels(cohort: Cohort, codes: list[str]) -> Iterator[Panel]:
    """Yield all sites together, then every site, then every group that was heard, in declared order."""
    heard, said = _heard(cohort), _mentions(cohort, codes)
    yield _panel("all", "", "All sites", heard, said, codes)
    for site, name in cohort.sites[["site", "name"]].itertuples(index=False):
        yield _panel("site", site, name, heard[heard["site"] == site], said, codes)
    for group, name in {OWN_VOICE: "Alliance and funder (one voice)", **cohort.groups}.items():
        if (heard["group"] == group).any():
            yield _panel("group", group, name, heard[heard["group"] == group], said, codes)


def gap_of(cohort: Cohort, panel: Panel, none: str, least: int = 1) -> tuple[str, str]:
    """Return status and reason: whether a panel can be judged, given why there are no codes, and the fewest sources."""
    n, words = len(panel.found), source_word(cohort, len(panel.found))
    if none or uncoded(cohort):
        return "not_assessable", none or uncoded(cohort)
    if n < least:
        needed = f": base and run together need {least}" if n else ""
        return "not_assessable", f"{n or 'no'} {words} read here{needed}"
    if not panel.found.any(axis=None):
        return "not_estimable", f"none of the {panel.found.shape[1]} codes was found in the {n} {words}"
    return "ok", ""
