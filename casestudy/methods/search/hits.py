"""The search itself: exact, on any number of texts, in flat memory.

Three steps: join the texts of a batch and make them lower-case ASCII bytes once; find the letters with which a term
begins by plain byte search; let the term's own regular expression decide at each place. `find_terms` is a function of
one part of the texts, and `combine` is associative, so that parts can be searched anywhere and in any grouping.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import voices
from .patterns import Term, read_terms

BATCH = 4096  # texts; larger batches cost memory and gain nothing
SEARCHED = ("verbatim", "synthetic")
COLUMNS = ["segment", "domain", "code", "term", "start", "end"]
# the only characters beyond ASCII that Python's IGNORECASE holds to be the same as an ASCII letter
TWINS = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}


@dataclass(frozen=True)
class Hits:
    """Hits in some texts, by number of text and of term; in order of text, term and place."""

    texts: int
    text: np.ndarray
    term: np.ndarray
    start: np.ndarray
    end: np.ndarray


def combine(one: Hits, two: Hits) -> Hits:
    """Return the hits in the texts of one part followed by those of another."""
    parts = {name: (getattr(one, name), getattr(two, name)) for name in ("text", "term", "start", "end")}
    parts["text"] = (one.text, two.text + one.texts)
    return Hits(one.texts + two.texts, **{name: np.concatenate(pair) for name, pair in parts.items()})


def _lowered(text: str) -> bytes:
    """Return a text as lower-case ASCII, one byte a character, so that places stay what they are."""
    for twin, letter in TWINS.items():
        if twin in text:
            text = text.replace(twin, letter)
    return text.encode("ascii", "replace").lower()


def _places(lowered: bytes, stem: bytes) -> Iterator[int]:
    place = lowered.find(stem)
    while place >= 0:
        yield place
        place = lowered.find(stem, place + 1)


def _spans_at(term: Term, joined: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the matches of a term, which begin at some of these places, as `finditer` would."""
    match, after = term.regex.match, 0
    for place in places:
        if place >= after and (found := match(joined, place)):
            after = found.end()
            yield place, after


def _spans(term: Term, joined: str, texts: Sequence[str], starts: np.ndarray, known: dict) -> Iterator[tuple]:
    """Yield start and end of every match in the joined texts; `known` holds the places of each stem."""
    if term.stems:
        places = known[term.stems[0]] if len(term.stems) == 1 else sorted(set().union(*map(known.get, term.stems)))
        return _spans_at(term, joined, places)
    if not term.own:  # the expression of a term does not cross from one text into the next
        return (found.span() for found in term.regex.finditer(joined))
    return (
        (found.start() + at, found.end() + at)
        for at, text in zip(starts.tolist(), texts, strict=True)
        for found in term.regex.finditer(text)
    )


def _kept(term: Term, spans: np.ndarray, text: np.ndarray, texts: Sequence[str]) -> np.ndarray:
    """Return which hits no match of the term's exclusion overlaps; places are within each text."""
    kept = np.ones(len(spans), bool)
    for number in np.unique(text):
        here = np.flatnonzero(text == number)
        for out in term.exclude.finditer(texts[number]):
            kept[here[(spans[here, 0] < out.end()) & (spans[here, 1] > out.start())]] = False
    return kept


def _find_in_batch(texts: Sequence[str], terms: Sequence[Term]) -> Hits:
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])[:-1]
    joined = "\0".join(texts)
    lowered = _lowered(joined)
    known = {stem: list(_places(lowered, stem.encode())) for term in terms for stem in term.stems}
    columns: list[list[np.ndarray]] = [[np.empty(0, np.int64)] for _ in range(4)]
    for number, term in enumerate(terms):
        spans = np.array(list(_spans(term, joined, texts, starts, known)), np.int64).reshape(-1, 2)
        text = np.searchsorted(starts, spans[:, 0], "right") - 1
        spans -= starts[text][:, None]
        kept = _kept(term, spans, text, texts) if term.exclude else slice(None)
        found = (text[kept], np.full(len(text[kept]), number), *spans[kept].T)
        for column, values in zip(columns, found, strict=True):
            column.append(values)
    text, term, start, end = map(np.concatenate, columns)
    order = np.lexsort((start, term, text))
    return Hits(len(texts), text[order], term[order], start[order], end[order])


def find_terms(texts: Sequence[str], terms: Sequence[Term]) -> Hits:
    """Return every hit of every term in some texts, each term on its own: the spans that `re.finditer` would give.

    Parameters
    ----------
    texts : sequence of str
    terms : sequence of Term
        See `read_terms`.

    Returns
    -------
    Hits
        Arrays text and term (numbers in the order given), start and end (characters of that text). Hits of parts of
        the texts are put together by `combine`.

    Examples
    --------
    >>> found = find_terms(["The governing board", "No goal"], read_terms(["govern*", "goal*"]))
    >>> list(zip(found.text.tolist(), found.term.tolist(), found.start.tolist(), found.end.tolist()))
    [(0, 0, 4, 13), (1, 1, 3, 7)]
    """
    parts = [_find_in_batch(texts[at : at + BATCH], terms) for at in range(0, max(len(texts), 1), BATCH)]
    return reduce(combine, parts)


def spoken(cohort: Cohort) -> pd.DataFrame:
    """Return the informants' turns of the plan's wave: the columns of `segments`, and the informant."""
    segments = cohort.segments[cohort.segments["speaker"].isin(["", "informant"])]
    return segments.merge(voices(cohort)[["source", "informant"]], on="source")


def searched(cohort: Cohort) -> pd.DataFrame:
    """Return the segments that a search looks at: informants' own words of the plan's wave."""
    turns = spoken(cohort)
    return turns[turns["text_kind"].isin(SEARCHED)].reset_index(drop=True)


def given_terms(cohort: Cohort, terms: pd.DataFrame | Sequence[str] | None = None) -> list[Term]:
    """Return the terms asked for, or else the cohort's; a term without a domain has that of its code."""
    if terms is not None:
        return read_terms(terms)
    table = cohort.search_terms
    domains = table["code"].map(cohort.codebook.set_index("code")["domain"]).fillna("")
    return read_terms(table.assign(domain=table["domain"].mask(table["domain"] == "", domains)))


def search_status(cohort: Cohort, terms: pd.DataFrame | Sequence[str] | None = None) -> tuple[str, str]:
    """Return status and reason: whether this cohort's texts can be searched, and if not, why.

    >>> from casestudy import load_cohort
    >>> search_status(load_cohort("af4q"))
    ('not_assessable', 'the statements are restated in our words')
    """
    kinds = set(spoken(cohort)["text_kind"])
    if not kinds:
        return "not_assessable", f"there is no turn of an informant in wave {cohort.plan.wave}"
    if not kinds & set(SEARCHED):
        said = {"paraphrase": "the statements are restated in our words", "withheld": "the texts are withheld"}
        return "not_assessable", "; ".join(said[kind] for kind in said if kind in kinds)
    if len(cohort.search_terms if terms is None else terms) == 0:
        return "not_assessable", "there are no search terms"
    left = int((~spoken(cohort)["text_kind"].isin(SEARCHED)).sum())
    return "ok", f"turns whose own words we do not have, not searched: {left}" if left else ""


def hits_in(segments: pd.DataFrame, terms: Sequence[Term]) -> pd.DataFrame:
    """Return the hits of some terms in some segments; columns as in `search`, and `number` of the term."""
    found = find_terms(segments["text"].tolist(), terms)
    names = pd.DataFrame([(t.domain, t.code, t.term) for t in terms], columns=COLUMNS[1:4], dtype=str)
    table = names.iloc[found.term].reset_index(drop=True)
    table.insert(0, "segment", segments["segment"].to_numpy()[found.text])
    return table.assign(start=found.start, end=found.end, number=found.term)


def search(cohort: Cohort, terms: pd.DataFrame | Sequence[str] | None = None) -> pd.DataFrame:
    """Return every place where a search term stands in the informants' own words.

    Searched are the turns of informants in the plan's wave whose text is verbatim or synthetic; a paraphrase is never
    searched, for it holds our words (`search_status` says so). Upper and lower case are one. Each term is counted on
    its own, so that hits of two terms may overlap.

    Parameters
    ----------
    cohort : Cohort
    terms : DataFrame or list of str, optional
        Like the table `search_terms`, or just terms such as ``["govern*", "identif* NEAR/5 need*"]``. Default: the
        cohort's.

    Returns
    -------
    DataFrame
        segment, domain, code, term, start, end (characters of the text), in order of segments, terms and places.

    Raises
    ------
    CohortError
        For terms that cannot be used; it names all of them.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> search(load_cohort("template"), ["board*"]).columns.tolist()
    ['segment', 'domain', 'code', 'term', 'start', 'end']
    """
    return hits_in(searched(cohort), given_terms(cohort, terms))[COLUMNS]
