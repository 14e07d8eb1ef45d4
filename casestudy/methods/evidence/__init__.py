"""From codings to evidence: what several coders' codings come to, which statements count, and who raised what.

The only costly step of the package, and the only one that sees raw codings: everything later works on the small
tables made here."""

from .counted import (
    OWN_VOICE,
    active_codes,
    assigned,
    eligible,
    evidence_funnel,
    evidence_steps,
    generator,
    in_period,
    left_out,
    stated_year,
    theme_codes,
    uncoded,
    voices,
)
from .intervals import classify, newcombe, wilson
from .resolution import READINGS, in_reading, production_coder, resolve_codings, settle
from .voiced import category_reports, heard, of_raisers, raised, raised_in, report_by_code, statements, with_passages

__all__ = [
    "OWN_VOICE",
    "READINGS",
    "active_codes",
    "assigned",
    "category_reports",
    "classify",
    "eligible",
    "evidence_funnel",
    "evidence_steps",
    "generator",
    "heard",
    "in_period",
    "in_reading",
    "left_out",
    "newcombe",
    "of_raisers",
    "production_coder",
    "raised",
    "raised_in",
    "report_by_code",
    "resolve_codings",
    "settle",
    "stated_year",
    "statements",
    "theme_codes",
    "uncoded",
    "voices",
    "wilson",
    "with_passages",
]
