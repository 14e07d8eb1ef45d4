"""Search terms as people write them, and the regular expressions they stand for.

`govern*`           * is any further word characters
`organi?ation`      ? is exactly one word character
`consensus build*`  a phrase: a space or hyphen stands for any white space or hyphens
`cost; benefit*`    either; where both would fit, the longer phrase is taken
`identif* NEAR/5 need*`   with at most five words between them, in either order

A term begins and ends where words do, and upper and lower case are one. What stands for nothing above is itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from .problems import Problem
from .runaway import pattern_fault
from .text import normalise_text

BREAK = re.compile(r"[\s\-]+")
SPACE, GAP = r"[\s\-]+", r"[^\w\0]+"  # neither crosses a NUL, which the search puts between texts
NEAR = re.compile(r"\s+NEAR/([0-9]{1,2})\s+", re.IGNORECASE)
MOST_BETWEEN, LONGEST = 30, 200
OF_PATTERNS = re.compile(r"[\\\[\](){}|^$+]|\.[*?]")  # what only a regular expression has


class TermFault(Exception):
    """A term cannot be read; carries what is wrong and how to mend it."""

    def __init__(self, problem: str, fix: str):
        super().__init__(problem)
        self.problem, self.fix = problem, fix


@dataclass(frozen=True)
class Wording:
    """A term made ready: its regular expression, and the ASCII letters of which one set begins every match.

    `stems` is empty where that is not known.
    """

    regex: str
    stems: tuple[str, ...] = ()


def _word(word: str) -> str:
    """Return the regular expression of one word, which it matches as a whole or not at all."""
    *head, last = re.sub(r"\*+", "*", word)
    stars = head.count("*")
    if not head and last == "*":
        return r"\w++"
    if stars > 1:
        raise TermFault(f"has several `*` within the word `{word}`", "keep one `*` before its end; split the term")
    regex = "".join({"*": r"\w*", "?": r"\w"}.get(c, re.escape(c)) for c in head)
    if last == "*" and not stars:
        return regex + r"\w*+"
    regex += {"*": r"\w*", "?": r"\w"}.get(last, re.escape(last)) + r"(?!\w)"
    return f"(?>{regex})" if stars else regex


def _words(phrase: str) -> list[str]:
    words = [word for word in BREAK.split(phrase) if word]
    if not any(character.isalnum() for character in phrase):
        raise TermFault("has no letter or digit to look for", "write at least one letter of the word")
    joined = next((word for word in words if word in ("AND", "OR", "NOT") or word.upper().startswith("NEAR/")), "")
    if joined:
        fixes = {"OR": "write `;` between alternatives", "NOT": "put what must not count into `exclude`"}
        raise TermFault(
            f"has `{joined}` where no operator can stand", fixes.get(joined, "write it as `one NEAR/5 two`")
        )
    return words


def _phrase(words: list[str]) -> str:
    return SPACE.join(map(_word, words))


def _stem(words: list[str]) -> str:
    return re.match(r"[^*?\x80-\U0010ffff]*", words[0])[0].lower()


def _alternative(text: str) -> tuple[int, str, list[str]]:
    """Return how many words an alternative has, its regular expression, and the stems it can begin with."""
    first, *rest = NEAR.split(text)
    if not rest:
        words = _words(first)
        return len(words), _phrase(words), [_stem(words)]
    if len(rest) > 2 or int(rest[0]) > MOST_BETWEEN:
        raise TermFault("has more than one NEAR, or one too wide", f"write one NEAR, at most NEAR/{MOST_BETWEEN}")
    one, two = _words(first), _words(rest[1])
    between = rf"{GAP}(?:\w++{GAP}){{0,{int(rest[0])}}}?"
    either = f"(?:{_phrase(one)}{between}{_phrase(two)}|{_phrase(two)}{between}{_phrase(one)})"
    return len(one) + len(two) + 1, either, [_stem(one), _stem(two)]


@lru_cache(maxsize=4096)
def read_term(term: str) -> Wording:
    r"""Return the regular expression that a term stands for; raise TermFault if it cannot be read.

    >>> read_term("govern*").regex
    '(?<!\\w)(?:govern\\w*+)'
    """
    text = normalise_text(term)
    if not text.strip():
        raise TermFault("is blank", "fill it in")
    if len(text) > LONGEST:
        raise TermFault(f"has more than {LONGEST} characters", "split it into several terms")
    if OF_PATTERNS.search(text):
        raise TermFault("looks like a regular expression", "put it into `pattern`, and plain words here")
    parts = [part.strip().strip('"').strip() for part in text.split(";")]
    if not all(parts):
        raise TermFault("has a blank alternative", "write something before and after each `;`")
    found = sorted(map(_alternative, parts), key=lambda alternative: -alternative[0])
    stems = tuple(sorted({stem for *_, begins in found for stem in begins}))
    regex = r"(?<!\w)(?:" + "|".join(regex for _, regex, _ in found) + ")"
    return Wording(regex, stems if min(map(len, stems)) > 1 else ())


def read_pattern(pattern: str) -> Wording:
    """Return a regular expression made ready as it is; raise TermFault if it is bad or could run away."""
    fault = pattern_fault(pattern)
    if fault:
        raise TermFault(*fault)
    return Wording(pattern)


def read_exclude(text: str) -> Wording:
    """Return an exclusion made ready: a regular expression if it has what only those have, else a term."""
    return read_pattern(text) if OF_PATTERNS.search(text) else read_term(text)


def term_problems(terms: pd.DataFrame, file: str = "search_terms.csv") -> Iterator[Problem]:
    """Yield a Problem for every search term, pattern and exclusion that cannot be used; the index is the row."""
    readers = {"term": read_term, "pattern": read_pattern, "exclude": read_exclude}
    for line, *cells in terms[list(readers)].itertuples():
        if cells[1]:
            cells[0] = ""  # the pattern replaces the term's own
        for (column, read), cell in zip(readers.items(), cells, strict=True):
            try:
                if cell:
                    read(cell)
            except TermFault as fault:
                yield Problem(file, line, column, cell[:80], fault.problem, fault.fix)
