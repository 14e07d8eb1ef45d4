"""The small words that sentences are made of: lists, counts, readings, p values."""

from __future__ import annotations

from ...cohort.cohort import Cohort
from ..escaping import escape_markdown as esc

READING = {"difficulty": "a difficulty", "documented": "documented in any way", "raised": "raised in any way"}


def listing(names: list[str], nothing: str = "none") -> str:
    """Return names as a list in words.

    >>> listing(["alder", "birch", "cedar"])
    'alder, birch and cedar'
    """
    names = [esc(name) for name in names if name]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names) or nothing


def count(n: int, noun: str) -> str:
    """Return a count with its noun in the right number.

    >>> count(1, "site"), count(2, "site")
    ('1 site', '2 sites')
    """
    return f"{n} {noun}{'' if n == 1 else 's'}"


def in_words(reading: str, cohort: Cohort) -> str:
    """Return a reading as readers meet it: interviews raise, documents document."""
    return READING[cohort.documented_word if reading == "documented" else reading]


def percent(share: float) -> str:
    """Return a share as a percentage; what is not quite all or nothing never reads as all or nothing.

    >>> percent(0.9996), percent(1.0), percent(0.0004)
    ('more than 99%', '100%', 'less than 1%')
    """
    if 0 < share < 0.01:
        return "less than 1%"
    return "more than 99%" if 0.99 < share < 1 else f"{share:.0%}"
