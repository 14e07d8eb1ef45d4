"""Confidence in a claim: four components after GRADE-CERQual, adapted to primary findings. CERQual-informed, no more.

GRADE-CERQual (Lewin et al. 2018, Implementation Science 13 Suppl. 1) grades findings of a synthesis of studies by
methodological limitations, coherence, adequacy and relevance. Here the finding is a cohort's own. What is computed is a
suggestion: a person sets the grade, and writes why."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...cohort.schema.claims import CONFIDENCE
from ...methods.evidence import assigned, eligible, heard, voices
from ..sentences.words import count
from .computed import Computed
from .evidence import stances

AGREED = ("reliable", "tentative")
UNCLEAR = {
    "unreliable": "the coders do not apply the code alike",
    "too_rare": "the code is too rare to judge whether the coders apply it alike",
    "not_estimable": "agreement on the code cannot be estimated",
}
READ_TWICE = 0.1  # of the sources; a tenth to a quarter is usual (O'Connor & Joffe 2020)
MOVED = 1 / 4  # of the single changes of the plan: from this share on the verdict hangs on the plan
THIN = 1 / 3  # of the sites a claim names
IN_PART = 1 / 2  # of the sources: from this share on, what was not found may stand where nobody read


def grade(found: list[tuple[str, str]]) -> str:
    """Return the suggested confidence: high, and one step down for every component with a concern.

    >>> grade([("coherence", "a"), ("coherence", "b"), ("relevance", "c")])
    'low'
    """
    return CONFIDENCE[min(len({component for component, _ in found}), len(CONFIDENCE) - 1)]


def concerns_in_words(found: list[tuple[str, str]]) -> str:
    """Return the concerns by component.

    >>> concerns_in_words([("coherence", "a"), ("coherence", "b"), ("relevance", "c")])
    'coherence: a, and b; relevance: c'
    """
    said = {component: [words for name, words in found if name == component] for component, _ in found}
    return "; ".join(f"{component}: {', and '.join(words)}" for component, words in said.items())


def concerns_in_short(found: list[tuple[str, str]]) -> str:
    """Return the concerns without their components and without what explains them.

    >>> concerns_in_short([("coherence", "all 3 coders are language models: consistency, not validity")])
    'all 3 coders are language models'
    """
    return "; ".join(words.partition(": ")[0].partition(" (")[0] for _, words in found)


def concerns(claim, computed: Computed) -> list[tuple[str, str]]:
    """Return every concern about a claim as (component, words with their number)."""
    components = {
        "methodological limitations": _limitations,
        "coherence": _coherence,
        "adequacy": _adequacy,
        "relevance": _relevance,
    }
    return [(name, said) for name, look in components.items() for said in look(claim, computed)]


def _agreement(claim, computed: Computed) -> Iterator[str]:
    table = computed.agreement_by_code
    table = table[table["code"].eq(claim.code) if claim.code else table["kind"].eq("challenge")]
    poor = table[~table["decision"].isin(AGREED)]
    if not claim.code and len(poor) >= max(MOVED * len(table), 1):
        yield f"on {len(poor)} of {count(len(table), 'challenge')} agreement is not established"
    if claim.code and len(poor):
        row = poor.iloc[0]
        alpha = f"alpha {row['estimate']:.2f}" if row["status"] == "ok" else row["reason"]
        yield f"{UNCLEAR[row['decision']]} ({alpha}; given to {count(row['positive'], 'statement')})"


def _limitations(claim, computed: Computed) -> Iterator[str]:
    """Agreement on the code, who the coders are, how much was read more than once."""
    cohort = computed.cohort
    yield from _agreement(claim, computed)
    if set(cohort.coders["kind"]) == {"model"}:
        yield f"all {count(len(cohort.coders), 'coder')} are language models: consistency, not validity"
    readers = assigned(cohort)[lambda t: t["round"].eq("independent") & t["source"].isin(voices(cohort)["source"])]
    several = readers.groupby("source")["coder"].nunique().gt(1)
    if len(several) and several.mean() < READ_TWICE:
        yield f"{several.sum()} of {count(len(several), 'source')} were read by more than one coder"


def _coherence(claim, computed: Computed) -> Iterator[str]:
    """Who denies it, and how many single changes of the plan change the verdict."""
    flags = computed.flags[(computed.flags["code"] == claim.code) & (computed.flags["reading"] == claim.reading)]
    if flags["contested"].any():
        yield (
            f"at {count(int(flags['contested'].sum()), 'site')} a third or more of those who speak of it deny it "
            f"({flags['denying'].sum()} of {count(int(flags['speaking'].sum()), 'voice')} over all sites)"
        )
    if claim.kind not in ("reach", "none_common"):
        return
    tried = computed.sensitivity[lambda t: (t["reading"] == claim.reading) & (t["varied"] != "as planned")]
    if claim.kind == "reach":
        moved = tried[tried["code"] == claim.code]["changed"]
    else:
        moved = tried["class"].eq("common").groupby([tried["varied"], tried["to"]]).any()
    if len(moved) and moved.mean() >= MOVED:
        yield f"{moved.sum()} of {count(len(moved), 'single change')} of the plan change the verdict"


def _adequacy(claim, computed: Computed) -> Iterator[str]:
    """How many voices and groups, and whether cells rest on the least that the rule asks for."""
    k, cells = computed.cohort.plan.k, computed.cells(claim)
    if claim.kind == "none_common":
        yield from _few_voices(computed, k)
        return
    named = cells[cells["site"].isin(claim.sites.split(";"))]
    thin, alone = int(named["raised"].le(k).sum()), int(named["statements"].eq(1).sum())
    limit = 1 if claim.verdict == "common" else max(THIN * len(named), 1)
    if claim.kind == "reach" and thin >= limit:
        yield f"at {thin} of {count(len(named), 'site')} it rests on no more voices than the rule asks for (k = {k})"
    if alone >= limit:
        yield f"at {alone} of {count(len(named), 'site')} it rests on one statement"
    if claim.kind == "group":
        row = computed.row("by_group", f"{claim.reading}/{claim.code}/{claim.group}")
        if row and row["could"] < 2 * k:
            yield f"{count(row['could'], 'voice')} of the group could have raised it"


def _few_voices(computed: Computed, k: int) -> Iterator[str]:
    """Return what could have hidden a presence: few voices, and sources read in part."""
    cohort, sites = computed.cohort, computed.cohort.sites["site"]
    few = int(heard(cohort).groupby("site").size().reindex(sites, fill_value=0).lt(2 * k).sum())
    if few and few >= THIN * len(sites):
        yield f"at {few} of {count(len(sites), 'site')} fewer than {2 * k} voices were heard (twice k)"
    read = cohort.sources.loc[cohort.sources["source"].isin(voices(cohort)["source"]), "read_extent"]
    parts = int(read.isin(["opening", "snippet"]).sum())
    if parts and parts >= IN_PART * len(read):
        yield f"{parts} of {count(len(read), 'source')} were read in part only"


def _relevance(claim, computed: Computed) -> Iterator[str]:
    """Sites that cannot be judged, groups from which nothing counts, and a claim that one group alone tells."""
    yield from _one_group(claim, computed)
    cohort, cells = computed.cohort, computed.presence[computed.presence["reading"] == claim.reading]
    cells = cells[cells["code"] == claim.code] if claim.code else cells
    judged = cells.loc[cells["status"] == "ok", "site"].nunique()
    if judged < len(cohort.sites):
        yield f"{len(cohort.sites) - judged} of {count(len(cohort.sites), 'site')} cannot be judged"
    spoke = set(eligible(cohort)["source"])
    silent = set(cohort.groups) - set(pd.Series(cohort.sources["group"])[cohort.sources["source"].isin(spoke)])
    if silent:
        names = ", ".join(label for group, label in cohort.groups.items() if group in silent)
        yield f"nothing counts from {len(silent)} of {count(len(cohort.groups), 'group')}: {names}"


def _one_group(claim, computed: Computed) -> Iterator[str]:
    """Say so if all statements for a claim of reach come from one stakeholder group, of several that were heard."""
    if claim.kind != "reach":
        return
    cited = stances(claim, computed).query("stance == 'for'")["segment"]
    told = computed.said[computed.said["segment"].isin(cited)].drop_duplicates("segment")
    groups, heard_of = told["group"].unique(), computed.said["group"].nunique()
    if len(groups) == 1 and heard_of > 1:
        label = computed.group_labels.get(groups[0], groups[0])
        all_ = f"all {len(told)} statements for it come" if len(told) > 1 else "its only statement comes"
        yield f"{all_} from one group: {label}"
