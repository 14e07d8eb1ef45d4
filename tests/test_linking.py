"""Names, claims and cells of notebook pages lead to their statements; nothing else becomes a link."""

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from casestudy.report.escaping import escape_markdown
from casestudy.report.evidence_pages import evidence_pages
from casestudy.report.linking import Evidence, evidence_in, lead_sentences, lead_table

MONEY, NORTH, SOUTH = "evidence/code-01-money.md", "evidence/site-01-north.md", "evidence/site-02-south.md"
HOSTILE = '<b onwheel="x()">a</b> [x](javascript:x) *y* | `z`'
FOUND = Evidence(
    {"Money, staff": MONEY, "North": NORTH, "South": SOUTH, HOSTILE: "evidence/code-02.md"},
    {frozenset({MONEY, NORTH}): f"{MONEY}#c0-s0", frozenset({MONEY, SOUTH}): f"{MONEY}#c0-s1"},
    {"c01": "evidence/claims.md#claim-1", "g_1.a": "evidence/claims.md#claim-2"},
)


def links(text):
    return re.findall(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\(([^)]*)\)", lead_sentences(text, FOUND))


# ---- what leads where ---------------------------------------------------------------------------------------------


def test_evidence_in_reads_names_cells_and_claims_from_the_pages(tiny):
    claims = "# Claims\n\n(claim-1)=\n\n## c01\n\n(claim-2)=\n\n## g\\_1\n"
    found = evidence_in(evidence_pages(tiny) | {"evidence/claims.md": claims})
    assert found.names[tiny.sites["name"].iloc[0]] == NORTH and found.names["Money"] == MONEY
    assert found.cells[frozenset({NORTH, MONEY})] == f"{MONEY}#c0-s0"
    assert found.claims == {"c01": "evidence/claims.md#claim-1", "g_1": "evidence/claims.md#claim-2"}


def test_evidence_in_drops_a_name_that_two_pages_share():
    pages = {"evidence/site-01-a.md": "# Trust\n", "evidence/code-01-a.md": "# Trust\n", "evidence/index.md": "# E\n"}
    assert evidence_in(pages).names == {}


# ---- sentences ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["Money, staff", r"Money\, staff", "Money,\n staff".replace("\n", "")])
def test_lead_sentences_finds_a_name_escaped_or_not(written):
    assert links(f"Told of: {written}. North told.") == [(written, MONEY), ("North", NORTH)]


def test_lead_sentences_leads_a_site_named_after_a_challenge_to_what_both_have_in_common():
    """A site page is long: who reads of one challenge there should land on it, as from the matrix."""
    assert links("Told of: Money, staff (North).") == [("Money, staff", MONEY), ("North", f"{MONEY}#c0-s0")]


def test_lead_sentences_leaves_parts_of_words_alone():
    assert links("Northern money, staff; NorthSouth; Southward") == []


def test_lead_sentences_takes_the_longest_name():
    evidence = Evidence({"South": SOUTH, "South East": NORTH}, {}, {})
    assert lead_sentences("South East.", evidence) == f"[South East]({NORTH})."


def test_lead_sentences_links_claims_and_only_those_in_an_entry_of_the_ledger():
    assert links("- **c01** North is one.") == [("c01", "evidence/claims.md#claim-1")]
    assert links("- North is one (**c01**).") == [("North", NORTH), ("c01", "evidence/claims.md#claim-1")]
    assert links(r"**g\_1\.a**; **c99**; c01") == [(r"g\_1\.a", "evidence/claims.md#claim-2")]


@pytest.mark.parametrize("line", ["# North", "> North", "| North | 1 |", "[North](a.md)", "`North`", "<!-- North -->"])
def test_lead_sentences_leaves_other_markup_as_it_is(line):
    assert lead_sentences(line, FOUND) == line


@given(st.lists(st.sampled_from(["North", "Money, staff", HOSTILE, "and", "c01", "**", "[", "](x)", "`"]), max_size=8))
def test_lead_sentences_changes_no_word(parts):
    text = " ".join(escape_markdown(part) for part in parts)
    unlinked = re.sub(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\(evidence/[^)]*\)", r"\1", lead_sentences(text, FOUND))
    assert unlinked == text


# ---- tables -------------------------------------------------------------------------------------------------------


def table_of(heads, *rows):
    import pandas as pd

    frame = pd.DataFrame([row[1:] for row in rows], columns=heads, index=[row[0] for row in rows])
    return BeautifulSoup(lead_table(frame.to_html(), FOUND), "html.parser")


def hrefs(soup):
    return [(a.get_text(), a["href"]) for a in soup.select("tbody a")]


def test_lead_table_links_names_at_the_head_of_rows_and_columns():
    soup = table_of(["North", "other"], ["Money, staff", "", "x"])
    assert [a["href"] for a in soup.select("thead a")] == ["evidence/site-01-north.html"]
    assert hrefs(soup) == [("Money, staff", "evidence/code-01-money.html")]


@pytest.mark.parametrize("flip", [False, True])
def test_lead_table_links_each_cell_of_a_matrix_but_blanks_and_zeros(flip):
    if flip:
        soup = table_of(["Money, staff"], ["North", 3], ["South", 0], ["West", 2])
    else:
        soup = table_of(["North", "South", "West"], ["Money, staff", 3, 0, 2])
    assert [(a.get_text(), a["href"]) for a in soup.select("td a")] == [("3", "evidence/code-01-money.html#c0-s0")]


def test_lead_table_links_each_site_that_a_row_lists():
    soup = table_of(["difficulty", "difficulty_at"], ["Money, staff", 2, "North 1/3*; South 2/2; West 1/1"])
    assert hrefs(soup)[1:] == [
        ("North 1/3*", "evidence/code-01-money.html#c0-s0"),
        ("South 2/2", "evidence/code-01-money.html#c0-s1"),
    ]
    assert soup.select("td")[1].get_text() == "North 1/3*; South 2/2; West 1/1"


def test_lead_table_links_the_count_of_a_cell_in_words_and_not_its_words():
    soup = table_of(["Money, staff"], ["North", "1 of 2 voices: <b>They</b> said North [E1]"])
    assert hrefs(soup)[1:] == [("1 of 2 voices", "evidence/code-01-money.html#c0-s0")]
    assert soup.td.get_text() == "1 of 2 voices: <b>They</b> said North [E1]" and not soup.b


def test_lead_table_links_no_list_in_a_row_that_is_no_name():
    assert hrefs(table_of(["names", "code"], ["Founded", "North; South", "Money, staff"])) == [
        ("Money, staff", "evidence/code-01-money.html")
    ]


def test_lead_table_keeps_hostile_names_literal():
    soup = table_of([HOSTILE, "North"], [HOSTILE, HOSTILE, "<script>x()</script>"], ["North", "1", "a & b"])
    assert not soup.select("b, script, [onwheel]")
    assert [c.get_text() for c in soup.select("tbody th, td")] == [
        *[HOSTILE] * 2,
        "<script>x()</script>",
        "North",
        "1",
        "a & b",
    ]
    assert {a["href"] for a in soup.select("a")} == {"evidence/code-02.html", "evidence/site-01-north.html"}
