"""Text has one form in a cohort, and nothing that counts its characters is moved by that."""

import unicodedata

import pandas as pd
import pytest
from conftest import edit, write_rows
from hypothesis import given
from hypothesis import strategies as st

from casestudy import check_cohort, load_cohort
from casestudy.cohort.text import PLAIN, is_plain, normalise_text, normalise_texts

ODD = "a\u00a0“b”\u00ad e\u0301"


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("a\u00a0b\u202fc\u3000d", "a b c d"),
        ("‘a’ “b” ‚c‛ „d‟", "'a' \"b\" 'c' \"d\""),
        ("part\u00adner\u200bs\ufeff\u2060", "partners"),
        ("cafe\u0301", "café"),
        ("e\u00ad\u0301", "é"),  # composed only once the soft hyphen is gone
        ("co\u2011op", "co-op"),
        ("a\u2028b", "a\nb"),
    ],
)
def test_normalise_text_writes_one_form(odd, plain):
    assert normalise_text(odd) == plain


@pytest.mark.parametrize("text", ["plain", "naïve – 協作 … 🙂", "a\tb\nc", "", "👩\u200d👧"])
def test_normalise_text_leaves_what_can_be_seen(text):
    assert normalise_text(text) == text and is_plain(text)


@given(st.text(st.sampled_from([*PLAIN, "e", "\u0301", "\u1100", "\u1161", "\u0327", "\u212b", " "])) | st.text())
def test_normalise_text_is_composed_and_done_once(text):
    once = normalise_text(text)
    assert unicodedata.is_normalized("NFC", once) and not set(once) & set(PLAIN)
    assert normalise_text(once) == once and is_plain(once)


def test_normalise_texts_returns_a_plain_column_itself():
    plain, odd = pd.Series(["é", "b"]), pd.Series([ODD, "b"])
    assert normalise_texts(plain) is plain
    assert normalise_texts(odd).tolist() == ['a "b" é', "b"]


def test_load_cohort_normalises_the_texts(tiny_folder):
    edit(tiny_folder, "segments", 2, "text", ODD)
    assert load_cohort(tiny_folder).segments["text"][0] == 'a "b" é'


def spanned(folder, text):
    """Give the first segment a text of which a passage is coded."""
    edit(folder, "segments", 2, "text", text)
    edit(folder, "codings", 2, "start", "0")
    edit(folder, "codings", 2, "end", "3")
    return check_cohort(folder)


def test_check_cohort_reports_a_text_whose_offsets_would_move(tiny_folder):
    (problem,) = spanned(tiny_folder, "One two cafe\u0301").to_dict("records")
    assert (problem["file"], problem["row"], problem["column"]) == ("segments.csv", 2, "text")
    assert "NFC" in problem["fix"]


def test_check_cohort_lets_a_text_of_the_same_length_change(tiny_folder):
    assert spanned(tiny_folder, "“One”\u00a0two").empty


def test_check_cohort_reports_bad_search_terms_with_their_rows(tiny_folder):
    terms = [
        {"domain": "resources", "term": "mone*", "exclude": "money market*"},
        {"domain": "resources", "term": "*"},
        {"domain": "relations", "term": "any", "pattern": "(a+)+$"},
        {"domain": "relations", "term": "other", "pattern": r"\bgood\b", "exclude": "[bad"},
    ]
    write_rows(tiny_folder, "search_terms", terms)
    found = check_cohort(tiny_folder)
    assert found[["file", "row", "column", "value"]].to_numpy().tolist() == [
        ["search_terms.csv", 3, "term", "*"],
        ["search_terms.csv", 4, "pattern", "(a+)+$"],
        ["search_terms.csv", 5, "exclude", "[bad"],
    ]
