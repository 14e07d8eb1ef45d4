"""The ledger as readers meet it: every sentence filled from the tables, with its evidence and confidence."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ...methods.evidence import uncoded
from ..escaping import escape_markdown as esc
from .computed import TIED, Computed, fill, verdict_now
from .confidence import concerns, concerns_in_short, concerns_in_words, grade
from .drafting import draft_claims

COLUMNS = ["claim", "kind", "reading", "code", "group", "sentence", "verdict", "written", "scope", "sites", "k_star"]
COLUMNS += ["m_star", "weakest_site", "statements_for", "statements_against", "confidence", "confidence_suggested"]
COLUMNS += ["concerns", "in_short", "confidence_final", "why", "decided_by", "date", "status", "reason"]
STANCES = {"for": "statements_for", "against": "statements_against"}


def ledger_of(cohort: Cohort, computed: Computed) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cohort's own ledger (claims and evidence), or a draft if it has none."""
    if len(cohort.claims):
        return cohort.claims, cohort.claim_evidence
    return draft_claims(cohort, computed)


def _row(claim, computed: Computed, names: dict[str, str]) -> dict:
    """Return what is computed for one claim."""
    sentence, faults = fill(claim, computed)
    found, sites = verdict_now(claim, computed)
    withdrawn = [f"withdrawn: {claim.reason}"] if claim.verdict == "withdrawn" else []
    reason = "; ".join(withdrawn or faults)
    doubts = concerns(claim, computed)
    suggested = "" if reason else grade(doubts)
    row = (computed.row("common_challenges", f"{claim.reading}/{claim.code}") or {}) if claim.kind == "reach" else {}
    return {
        **claim._asdict(),
        "sentence": "" if reason else sentence,
        "verdict": found,
        "written": claim.verdict,
        "sites": TIED.join(names[site] for site in sites),
        **{name: row.get(name, pd.NA) for name in ("k_star", "m_star")},
        "weakest_site": row.get("weakest_site", ""),
        "confidence": claim.confidence_final or suggested,
        "confidence_suggested": suggested,
        "concerns": concerns_in_words(doubts),
        "in_short": concerns_in_short(doubts),
        "why": claim.reason,
        "status": "not_assessable" if reason else "ok",
        "reason": reason,
    }


def claims(cohort: Cohort, computed: Computed | None = None) -> pd.DataFrame:
    """Return every claim of the ledger with its sentence filled from the tables as they are now.

    A cohort without a ledger gets one drafted in memory (`draft_claims`).

    Parameters
    ----------
    cohort : Cohort
    computed : Computed, optional
        Its computed tables, if they are at hand.

    Returns
    -------
    DataFrame
        claim, kind, reading, code, group, sentence (plain text: use `claims_in_words` on a page), verdict (now),
        written (the verdict when the claim was written), scope, sites (names, `;`), k_star, m_star and weakest_site
        (of claims of reach), statements_for, statements_against, confidence (a person's if set, else the one that
        is suggested now), confidence_suggested, concerns (by component, in words), in_short (the same, without
        components and explanations), confidence_final, why, decided_by,
        date, status (`ok`, or `not_assessable` for a claim that is withdrawn or whose placeholders do not resolve),
        reason. Where nothing can be claimed, one row with the reason.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> claims(load_cohort("template")).loc[0, "confidence"] in ("high", "moderate", "low", "very_low")
    True
    """
    computed = computed or Computed(cohort)
    ledger, evidence = ledger_of(cohort, computed)
    names = dict(zip(cohort.sites["site"], cohort.sites["name"], strict=True))
    table = pd.DataFrame([_row(claim, computed, names) for claim in ledger.itertuples(index=False)])
    if table.empty:
        return _nothing(cohort)
    counts = evidence.groupby(["claim", "stance"]).size()
    for stance, column in STANCES.items():
        table[column] = [int(counts.get((claim, stance), 0)) for claim in table["claim"]]
    return table[COLUMNS].astype({"k_star": "Int64", "m_star": "Int64"})


def _nothing(cohort: Cohort) -> pd.DataFrame:
    """Return the one row of a cohort of which nothing can be claimed."""
    why = uncoded(cohort) or "no challenge is found at two sites that can be judged, and none can be said to be absent"
    row = dict.fromkeys(COLUMNS, "") | {"k_star": pd.NA, "m_star": pd.NA, "status": "not_assessable", "reason": why}
    row |= dict.fromkeys(STANCES.values(), 0)
    return pd.DataFrame([row])[COLUMNS].astype({"k_star": "Int64", "m_star": "Int64"})


def evidence_of_claims(cohort: Cohort, computed: Computed | None = None) -> pd.DataFrame:
    """Return the statements behind every claim.

    Returns
    -------
    DataFrame
        claim, segment, stance (`for`, `against` or `context`), site, source, text (of the whole segment; missing where
        a cited statement is gone: `check_claims` says so).
    """
    _, evidence = ledger_of(cohort, computed or Computed(cohort))
    return evidence.merge(cohort.segments[["segment", "site", "source", "text"]], on="segment", how="left")


def claims_in_words(table: pd.DataFrame) -> str:
    """Return a table made by `claims` as a Markdown list: each sentence, how firmly it is held, and why.

    Everything in it comes from the cohort, and is made literal.
    """
    lines = []
    for row in table.itertuples():
        if row.status != "ok":
            lines.append(f"- {esc(row.claim) or 'No claim'}: not assessable: {esc(row.reason)}.")
            continue
        who = f"set by {esc(row.decided_by or 'a person')}: {esc(row.why)}" if row.confidence_final else "suggested"
        doubts = esc(row.concerns) or "no concern"
        held = f"Confidence {esc(row.confidence.replace('_', ' '))} ({who}); {doubts}."
        told = f"{row.statements_for} statements for, {row.statements_against} against"
        lines.append(f"- **{esc(row.claim)}** {esc(row.sentence)} {held} {told}.")
    return "\n".join(lines)
