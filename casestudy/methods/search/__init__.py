"""What would a word search have found, and what would it have missed?

Search terms with wildcards, phrases and proximity over the informants' own words; what they found, in context and in
numbers; and how the search compares with coding by hand."""

from .ablation import minimal_terms, term_ablation
from .hits import Hits, combine, find_terms, search, search_status
from .patterns import Term, read_terms
from .quality import elusion_sample, search_counts, search_quality
from .reports import kwic, rates_by_site, term_overlap, term_report

__all__ = [
    "Hits",
    "Term",
    "combine",
    "elusion_sample",
    "find_terms",
    "kwic",
    "minimal_terms",
    "rates_by_site",
    "read_terms",
    "search",
    "search_counts",
    "search_quality",
    "search_status",
    "term_ablation",
    "term_overlap",
    "term_report",
]
