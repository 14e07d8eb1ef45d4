"""The claim ledger: every finding as a sentence that is computed, with the statements for and against it, how firmly
it is held, and a check of what changed since it was written."""

from .checking import check_claims, tell_claims
from .computed import Computed
from .confidence import concerns, grade
from .drafting import draft_claims
from .ledger import claims, claims_in_words, evidence_of_claims
from .page import claims_page
from .redraft import redraft, write_ledger

__all__ = [
    "Computed",
    "check_claims",
    "claims",
    "claims_in_words",
    "claims_page",
    "concerns",
    "draft_claims",
    "evidence_of_claims",
    "grade",
    "redraft",
    "tell_claims",
    "write_ledger",
]
