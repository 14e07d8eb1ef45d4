"""Drafting a ledger: which claims a cohort's tables make, each as a sentence with placeholders."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.schema import TABLES
from ...methods.evidence import READINGS, active_codes
from ..sentences.words import in_words
from .computed import Computed, verdict_now
from .confidence import concerns, grade
from .evidence import stances

SAID_OF = ("common", "widespread")  # claims of commonness
MARK = " Its code is marked: agreement of the coders is $agreement (alpha $alpha)."
FAILS = {
    "informant": " Too few voices raise it at: $absent_at.",
    "document": " The pages we read do not tell enough of it at: $absent_at.",
}


def scope_of(cohort: Cohort) -> str:
    """Return what a claim holds for: cohort, wave, and the rule that decides what counts."""
    plan = cohort.plan
    kept = [f"{name} {' or '.join(getattr(plan, name)) or 'any'}" for name in ("valence", "scope", "basis", "checked")]
    rule = [f"j = {plan.j}, k = {plan.k}, m = {plan.m}", f"coders: {plan.resolve}", *kept]
    return "; ".join([cohort.id, f"wave {plan.wave}", *rule, f"period {plan.period or 'any'}"])


def _from(table: str, key: str, *columns: str, **renamed: str) -> dict[str, str]:
    """Return placeholders and where they come from; a column gives its name to its placeholder."""
    return {
        name: f"{table}:{key}:{column}"
        for name, column in {**dict(zip(columns, columns, strict=True)), **renamed}.items()
    }


def _reach(claim, cohort: Cohort) -> tuple[str, dict[str, str]]:
    """Return the sentence on how many sites a challenge reaches, and where its placeholders come from."""
    key, found = f"{claim.reading}/{claim.code}", claim.verdict
    places = _from("common_challenges", key, "label", "sites_present", "sites_assessable", "class", "present_at")
    said = f"$label is {in_words(claim.reading, cohort)} at $sites_present of $sites_assessable sites that can be "
    said += "judged ($class): $present_at."
    if found in ("widespread", "mixed"):
        said += FAILS[cohort.evidence_level]
        places |= _from("common_challenges", key, "absent_at")
    if found in SAID_OF:
        said += " Fewest groups at a site: m* = $m_star; fewest voices: k* = $k_star, at $weakest_site."
        places |= _from("common_challenges", key, "k_star", "m_star", "weakest_site")
    return said, places


def _told(claim, cohort: Cohort) -> str:
    """Return the reading in words, for what voices do."""
    return "told of as a difficulty" if claim.reading == "difficulty" else in_words(claim.reading, cohort)


def _none_common(claim, cohort: Cohort, most: int) -> tuple[str, dict[str, str]]:
    word, rule = in_words(claim.reading, cohort), "by the rule k = $k, m = $m"
    places = _from("headline", claim.reading, "sites_judged") | _from("plan", "rule", "k", "m")
    if not most:
        return f"No challenge is {word} at any of the $sites_judged sites that can be judged, {rule}.", places
    said = f"No challenge is {word} at all $sites_judged sites that can be judged, {rule}. "
    return said + "The widest reach is $most_sites: $widest.", places | _from(
        "headline", claim.reading, "most_sites", "widest"
    )


def _one_sided(claim, cohort: Cohort) -> tuple[str, dict[str, str]]:
    said = f"$label is {_told(claim, cohort)} by k = $k or more voices, but from fewer than m = $m groups: "
    said += "one side only says so, and it is not counted as present there. Sites: $one_sided_at."
    places = _from("common_challenges", f"{claim.reading}/{claim.code}", "label", "one_sided_at")
    places |= _from("plan", "rule", "k", "m")
    return said, places


def _group(claim, cohort: Cohort) -> tuple[str, dict[str, str]]:
    said = f"$label is {_told(claim, cohort)} by the group $group_label {claim.verdict} often than by the others: "
    said += "$raised of $could voices (difference of shares $difference, adjusted p $p)."
    key = f"{claim.reading}/{claim.code}/{claim.group}"
    columns = _from("by_group", key, "group_label", "label", "raised", "could", difference="estimate", p="p_adjusted")
    return said, columns


def _sentence(claim, computed: Computed) -> tuple[str, dict[str, str]]:
    """Return template and placeholders of a claim, with the mark of a code on which coders do not agree."""
    cohort = computed.cohort
    if claim.kind == "none_common":
        return _none_common(claim, cohort, computed.row("headline", claim.reading)["most_sites"])
    said, places = {"reach": _reach, "one_sided": _one_sided, "group": _group}[claim.kind](claim, cohort)
    if unreliable(claim.code, computed):
        said, places = said + MARK, places | _from("agreement_by_code", claim.code, agreement="decision")
        places |= _from("agreement_by_code", claim.code, alpha="estimate")
    return said, places


def unreliable(code: str, computed: Computed) -> bool:
    """Return whether the coders do not apply a code alike: every claim on it carries its mark."""
    return (computed.row("agreement_by_code", code) or {}).get("decision") == "unreliable"


def _candidates(computed: Computed) -> Iterator[tuple[str, str, str, str]]:
    """Yield kind, reading, code and group of everything that could be claimed, in the order of the ledger."""
    codes = active_codes(computed.cohort, "challenge")
    for reading in READINGS:
        yield "none_common", reading, "", ""
        yield from (("reach", reading, code, "") for code in codes)
        yield from (("one_sided", reading, code, "") for code in codes)
    tested = computed.by_group[computed.by_group["status"] == "ok"]
    yield from (("group", row.reading, row.code, row.group) for row in tested.itertuples())


MADE = {
    "none_common": ("none_common",),
    "reach": ("common", "widespread", "mixed", "site_specific"),
    "one_sided": ("one_sided",),
    "group": ("more", "less"),
}


def made_claims(computed: Computed) -> list[SimpleNamespace]:
    """Return the claims that the tables make now, with their sentence and suggested confidence."""
    claims = []
    for kind, reading, code, group in _candidates(computed):
        claim = SimpleNamespace(kind=kind, reading=reading, code=code, group=group)
        claim.verdict, sites = verdict_now(claim, computed)
        if claim.verdict in MADE[kind]:
            claim.sites = ";".join(sites)
            claim.template, places = _sentence(claim, computed)
            claim.computed_from = ";".join(f"{name}={place}" for name, place in places.items())
            claim.scope = scope_of(computed.cohort)
            claim.confidence_suggested = grade(concerns(claim, computed))
            claims.append(claim)
    return claims


def as_frames(claims: list[SimpleNamespace], computed: Computed) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return claims that have a key as the tables `claims` and `claim_evidence`."""
    names = TABLES["claims"].names
    ledger = pd.DataFrame([[getattr(c, name, "") for name in names] for c in claims], columns=names, dtype=str)
    parts = [stances(claim, computed).assign(claim=claim.claim) for claim in claims]
    blank = pd.DataFrame(columns=TABLES["claim_evidence"].names, dtype=str)
    return ledger, pd.concat([blank, *parts], ignore_index=True)[TABLES["claim_evidence"].names]


def draft_claims(cohort: Cohort, computed: Computed | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draft the claim ledger of a cohort from its tables.

    Parameters
    ----------
    cohort : Cohort
    computed : Computed, optional
        Its computed tables, if they are at hand.

    Returns
    -------
    claims, claim_evidence : DataFrame
        As in the format: per reading, that no challenge is common, where that is so; the reach of every challenge
        that is present anywhere; challenges that enough voices but too few groups raise at some site; and groups that
        raise one more or less than the others do (adjusted p below 1 - ci_level). Without rows where nothing is found.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> claims, evidence = draft_claims(load_cohort("template"))
    >>> sorted(claims["kind"].unique())
    ['one_sided', 'reach']
    """
    computed = computed or Computed(cohort)
    claims = made_claims(computed)
    for number, claim in enumerate(claims, 1):
        claim.claim = f"c{number:02d}"
    return as_frames(claims, computed)
