"""The page of claims: each sentence, how firmly it is held, and every statement for and against it, in full."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ..escaping import escape_markdown as esc
from ..evidence_pages import Book, item, open_book
from .computed import Computed
from .ledger import claims, evidence_of_claims

STANCES = {"for": "For", "against": "Against", "context": "Context: coders tie, or others say it"}
PAGE = "evidence/claims.md"
NO_MENU = "---\norphan: true\n---\n\n"  # its way in are the claims of page 12, not the side bar


def claims_page(cohort: Cohort) -> dict[str, str]:
    """Return the page of claims as Markdown, under its path in the site.

    Each claim has an anchor, to which the sentences of notebook 12 lead: `claim-` and a number, since ids may differ
    only in case. Statements of a document cohort appear with their link and year, as on the other pages of evidence.
    """
    computed, book = Computed(cohort), open_book(cohort)
    cited = evidence_of_claims(cohort, computed)
    text = f"{NO_MENU}# Claims and the statements behind them\n\n{esc(cohort.notice)}\n\n"
    for n, row in enumerate(claims(cohort, computed).itertuples(), 1):
        behind = cited[cited["claim"] == row.claim]
        text += f"(claim-{n})=\n\n## {esc(row.claim) or 'No claim'}\n\n"
        text += f"{_said(row)}\n\n{_statements(book, row.code, behind)}"
    return {PAGE: text}


def _said(row) -> str:
    if row.status != "ok":
        return f"Not assessable: {esc(row.reason)}."
    return f"**{esc(row.sentence)}** Confidence: {esc(row.confidence.replace('_', ' '))}. {esc(row.concerns)}"


def _statements(book: Book, code: str, behind: pd.DataFrame) -> str:
    """Return the statements of one claim, those for it first; without a code, each statement once."""
    rows = book.rows[book.rows["code"] == code] if code else book.rows.drop_duplicates("segment")
    text = ""
    for stance, title in STANCES.items():
        found = rows[rows["segment"].isin(behind.loc[behind["stance"] == stance, "segment"])]
        items = "".join(item(book, row) for row in found.itertuples())
        text += f"### {title} ({len(found)})\n\n{items}\n" if len(found) else ""
    return text or "No statement is cited.\n\n"
