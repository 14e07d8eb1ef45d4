"""The fast search finds exactly what `re.finditer` finds, term by term and text by text, in any parts."""

import re
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy import load_cohort
from casestudy.methods.search import combine, find_terms, hits, read_terms, search, search_status

TERMS = [
    "govern*",
    "gover*",
    "kind*",
    "staff*;aff*",
    "need*",
    "needs assess*",
    "identif* NEAR/2 need*",
    "*ship*",
    "équit*",
    "strass*",
    "straß*",
    "cost; costs",
    "a*",
    "is it",
]
PATTERNS = pd.DataFrame({"term": ["own", "line"], "pattern": [r"need\w*(?!\s+not)", r"^kind\W+of"]})
EVERY = [*read_terms(TERMS), *read_terms(PATTERNS)]
AWKWARD = ["İ", "ı", "ſ", "\u212a", "ß", "ẞ", "e\u0301", "É", "ς", "\0", "\n", "-", " ", "  ", "'", "²", "🙂", "\ud800"]
WORDS = [
    "govern", "governance", "needs", "need", "assessment", "identify", "İdentıfy", "ſtaff", "\u212aind", "kind of",
    "relationships", "équité", "E\u0301quite", "straße", "STRASSE", "costs", "cost", "is", "it", "not", "a", "aa",
]  # fmt: skip
texts = st.lists(st.lists(st.sampled_from([*WORDS, *AWKWARD, *AWKWARD]), max_size=12).map("".join), max_size=6)


def slow(written, terms):
    """Return (text, term, start, end) by the plainest way there is."""
    return [
        (n, number, *match.span())
        for n, text in enumerate(written)
        for number, term in enumerate(terms)
        for match in term.regex.finditer(text)
    ]


def rows(found):
    return list(zip(*(getattr(found, name).tolist() for name in ("text", "term", "start", "end")), strict=True))


@given(texts)
def test_find_terms_finds_the_spans_of_finditer(written):
    assert rows(find_terms(written, EVERY)) == slow(written, EVERY)


@given(texts, st.integers(0, 6), st.integers(1, 4))
def test_find_terms_finds_the_same_in_parts(written, cut, batch):
    whole, parts = find_terms(written, EVERY), [find_terms(written[:cut], EVERY), find_terms(written[cut:], EVERY)]
    assert rows(combine(*parts)) == rows(whole) and combine(*parts).texts == len(written)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits, "BATCH", batch)
        assert rows(find_terms(written, EVERY)) == rows(whole)


@given(texts, texts, texts)
def test_combine_is_associative(one, two, three):
    a, b, c = (find_terms(part, EVERY[:4]) for part in (one, two, three))
    assert rows(combine(combine(a, b), c)) == rows(combine(a, combine(b, c)))


def test_find_terms_counts_each_term_on_its_own():
    found = find_terms(["needs assessment"], read_terms(["need*", "needs assess*"]))
    assert rows(found) == [(0, 0, 0, 5), (0, 1, 0, 16)]


def test_find_terms_counts_no_word_twice_for_one_term():
    terms = read_terms(["identif* NEAR/2 need*"])
    assert rows(find_terms(["identify needs, identify"], terms)) == [(0, 0, 0, 14)]


def test_find_terms_does_not_reach_into_the_next_text():
    assert rows(find_terms(["we identify", "needs", "needs", "assess"], read_terms(TERMS[5:7]))) == []


def test_find_terms_knows_every_character_that_is_an_ascii_letter_to_re():
    beyond = "".join(map(chr, range(128, sys.maxunicode + 1)))
    assert set(re.findall("[a-z]", beyond, re.IGNORECASE)) == set(hits.TWINS)
    for twin, letter in hits.TWINS.items():
        assert re.match(letter, twin, re.IGNORECASE)


def test_find_terms_cancels_hits_that_an_exclusion_overlaps():
    terms = read_terms(pd.DataFrame({"term": ["focus*", "group*"], "exclude": ["focus group*", r"focus\s+groups"]}))
    found = find_terms(["focus; a focus group; focus", "group, focus groups, focus group"], terms)
    assert rows(found) == [(0, 0, 0, 5), (0, 0, 22, 27), (0, 1, 15, 20), (1, 1, 0, 5), (1, 1, 27, 32)]


def test_find_terms_of_nothing_is_nothing():
    assert rows(find_terms([], EVERY)) == [] and rows(find_terms(["text"], [])) == []
    assert find_terms([], EVERY).start.dtype == np.int64


# ---- on a cohort ---------------------------------------------------------------------------------------------------

TOLD = [
    ("north", "n1", "clinicians", "money", "challenge", {"text": "Money and trust. MONEY!"}),
    ("north", "n2", "patients", "money", "challenge", {"text": "No word of it.", "speaker": "informant"}),
    ("south", "s1", "patients", "trust", "challenge", {"text": "We trust money.", "wave": "2"}),
]
TERM_ROWS = [{"domain": "", "code": "money", "term": "mone*"}, {"domain": "relations", "term": "trust*"}]


@pytest.fixture
def spoken(make_cohort):
    cohort = make_cohort(TOLD, search_terms=TERM_ROWS)
    extra = cohort.segments.iloc[[0]].assign(segment="q", speaker="interviewer")
    return cohort.with_tables(segments=pd.concat([cohort.segments, extra], ignore_index=True))


def test_search_returns_the_hits_of_informants_in_the_wave(spoken):
    found = search(spoken)
    assert found.columns.tolist() == ["segment", "domain", "code", "term", "start", "end"]
    assert found[["segment", "term", "start", "end"]].to_numpy().tolist() == [
        ["t1", "mone*", 0, 5],
        ["t1", "mone*", 17, 22],
        ["t1", "trust*", 10, 15],
    ]
    assert search(spoken.with_plan(wave=2))["segment"].tolist() == ["t3", "t3"]


def test_search_gives_a_term_the_domain_of_its_code(spoken):
    book = spoken.codebook.assign(domain="resources")
    assert search(spoken.with_tables(codebook=book))["domain"].tolist() == ["resources", "resources", "relations"]


def test_search_takes_other_terms(spoken):
    assert search(spoken, ["wor*"])[["segment", "term"]].to_numpy().tolist() == [["t2", "wor*"]]
    assert search(spoken, []).empty


@pytest.mark.parametrize("kind", ["paraphrase", "withheld"])
def test_search_never_looks_at_other_texts_than_the_informants_own(spoken, kind):
    cohort = spoken.with_tables(segments=spoken.segments.assign(text_kind=kind))
    assert search(cohort).empty and search(cohort).columns.tolist() == hits.COLUMNS
    assert search_status(cohort)[0] == "not_assessable"


def test_search_status_says_why(spoken):
    segments = spoken.segments
    kinds = {
        "the statements are restated in our words": "paraphrase",
        "the texts are withheld": "withheld",
    }
    for reason, kind in kinds.items():
        assert search_status(spoken.with_tables(segments=segments.assign(text_kind=kind))) == ("not_assessable", reason)
    none = spoken.with_tables(search_terms=spoken.search_terms.head(0))
    assert search_status(none) == ("not_assessable", "there are no search terms")
    assert search_status(none, ["money"]) == ("ok", "")
    assert search_status(spoken.with_plan(wave=3))[1] == "there is no turn of an informant in wave 3"


def test_search_status_counts_the_turns_left_out(spoken):
    kinds = spoken.segments["text_kind"].mask(spoken.segments["segment"] == "t1", "withheld")
    status = search_status(spoken.with_tables(segments=spoken.segments.assign(text_kind=kinds)))
    assert status == ("ok", "turns whose own words we do not have, not searched: 1")


def test_search_of_the_public_record_is_empty():
    assert search(load_cohort("af4q"), ["board*"]).empty
