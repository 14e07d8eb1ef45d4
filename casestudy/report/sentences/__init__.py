"""Sentences computed from tables: what the notebooks say in words, so that no number about a cohort is typed.

Every function returns Markdown in which names from the data are escaped. Counts come with their denominator and with
the sites they count.
"""

from .comparisons import (
    agreement_in_words,
    banner,
    changes_in_words,
    contrasts_in_words,
    groups_in_words,
    numbers_in_words,
    pivotal_in_words,
    reading_section,
    reading_values,
)
from .findings import (
    breaking_in_words,
    carriers_in_words,
    common_headline,
    differences_in_words,
    not_judged_in_words,
    plan_in_words,
    sensitivity_in_words,
    who_was_heard,
)
from .words import count, in_words, listing, percent

__all__ = [
    "agreement_in_words",
    "banner",
    "breaking_in_words",
    "carriers_in_words",
    "changes_in_words",
    "common_headline",
    "contrasts_in_words",
    "count",
    "differences_in_words",
    "groups_in_words",
    "in_words",
    "listing",
    "not_judged_in_words",
    "numbers_in_words",
    "percent",
    "pivotal_in_words",
    "plan_in_words",
    "reading_section",
    "reading_values",
    "sensitivity_in_words",
    "who_was_heard",
]
