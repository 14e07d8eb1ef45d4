"""Answers about the reading: the approach, who coded with which codes, how far they agree, and the rule of presence.

Each takes a cohort and returns plain text, or "" if the cohort does not record what is asked.
"""

from __future__ import annotations

from ...cohort.cohort import Cohort
from ...cohort.history import version_order
from ...methods.agreement import agreement_by_code
from ...methods.evidence import assigned, uncoded, voices
from ..sentences import count
from ..sentences.findings import RESOLVED
from .evidence import tallied

ORIGIN = {"deductive": "brought to the data", "emergent": "found in the data", "unstated": "of no stated origin"}
DECISION = ("reliable", "tentative", "unreliable", "too_rare", "not_estimable")


def approach(cohort: Cohort) -> str:
    """Return what design the data have, and which theories' predictions are recorded."""
    sites = len(cohort.sites)
    told = f"A comparison of {sites} cases" if sites > 1 else "A study of a single case"
    theories = "; ".join(dict.fromkeys(cohort.predictions["theory"]))
    told += ": alliances, read with one codebook." if sites > 1 else ": an alliance, read with a codebook."
    return f"{told} Predictions are recorded for: {theories}." if theories else told


def who_coded(cohort: Cohort) -> str:
    """Return how many coders of which kind read on their own, how many sources several read, and who was not blind."""
    readers = assigned(cohort)
    readers = readers[readers["round"].eq("independent") & readers["source"].isin(voices(cohort)["source"])]
    if readers.empty:
        return ""
    about = cohort.coders.set_index("coder").reindex(readers["coder"].unique())
    kinds = about["kind"].fillna("").replace("", "of no stated kind").value_counts()
    kinds = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    each = readers.groupby("source")["coder"].nunique().reindex(voices(cohort)["source"], fill_value=0)
    told = f"{count(len(about), 'coder')} ({kinds}); the statements of {int(each.gt(1).sum())} of "
    told += f"{count(len(each), 'source')} were read by several"
    told += f", those of {int(each.eq(0).sum())} by none." if each.eq(0).any() else "."
    own = int(about["blind"].eq("no").sum())
    return f"{told} Of the coders {own} had a part in collecting the data." if own else told


def agreement(cohort: Cohort) -> str:
    """Return how many codes the coders apply alike, or why that cannot be told; "" if nobody coded."""
    if uncoded(cohort):
        return ""
    table = agreement_by_code(cohort)
    if not table["status"].eq("ok").any():
        return f"Agreement cannot be estimated: {'; '.join(dict.fromkeys(table['reason'])) or 'no code is in use'}."
    decisions = tallied(table["decision"], {d: d.replace("_", " ") for d in DECISION})
    told = f"Agreement on {count(len(table), 'code')} (Krippendorff's alpha): {decisions}."
    model = cohort.coders["kind"].eq("model").any()
    return f"{told} Agreement of model coders is consistency, not validity." if model else told


def coding_tree(cohort: Cohort) -> str:
    """Return the codes in use by kind, how they are grouped and defined, and the versions before."""
    codes = cohort.codebook[cohort.codebook["active"] != "no"]
    if codes.empty:
        return ""
    domains, below = codes.loc[codes["domain"] != "", "domain"].nunique(), int(codes["parent"].ne("").sum())
    told = f"{count(len(codes), 'code')} in use ({tallied(codes['kind'])})"
    told += f" in {count(domains, 'domain')}" if domains else ""
    told += f"; {below} {'is' if below == 1 else 'are'} part of another" if below else ""
    told += f"; {int(codes['definition'].ne('').sum())} of {len(codes)} have a definition."
    versions = version_order(cohort.codebook_events)
    return f"{told} Versions of the codebook: {', '.join(versions)}." if versions else told


def origin(cohort: Cohort) -> str:
    """Return how many codes were brought to the data and how many were found in them; "" if no code says."""
    stated = cohort.codebook.loc[cohort.codebook["active"] != "no", "origin"]
    if stated.eq("").all():
        return ""
    return f"Of {count(len(stated), 'code')} in use: {tallied(stated.replace('', 'unstated'), ORIGIN)}."


def rule(cohort: Cohort) -> str:
    """Return the rule by which codings become findings, and when it was fixed."""
    plan = cohort.plan
    seen = "after the data had been seen" if plan.after_seeing_data else "before the data had been seen"
    return (
        f"A code is present at a site when at least k = {count(plan.k, 'voice')} from at least m = "
        f"{count(plan.m, 'group')} raise it, each in at least j = {count(plan.j, 'statement')}. "
        f"{RESOLVED[plan.resolve]}. The rule was fixed on {plan.set or 'no stated date'}, {seen}."
    )


def software(cohort: Cohort) -> str:
    """Return what counted; what was used before that is not recorded."""
    return "The Python package casestudy counted and compared."
