"""Terms mean what people mean by them; bad and dangerous patterns are named, never run."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy import CohortError
from casestudy.cohort import runaway
from casestudy.cohort.runaway import pattern_fault
from casestudy.cohort.terms import TermFault, read_exclude, read_pattern, read_term
from casestudy.methods.search import read_terms

PUBLISHED = [  # the default patterns for the sixteen published terms
    r"\baccountab\w*",
    r"\bconsensus\b",
    r"\bfocus(?!\s+group)\w*",
    r"\bgoals?\b",
    r"\b(govern\w*|authorit\w*)",
    r"\bidentif\w+\W+(?:\w+\W+){0,5}needs?\b",
    r"\bleader\w*",
    r"\bresourc\w*",
    r"\bstaff\w*",
    r"\bvision\w*",
    r"\bconflict\w*",
    r"\b(cost|benefit)s?\b",
    r"\b(credib\w*|standing|reputation)\b",
    r"\brelationship\w*|\bpartner(?:ship)?s?\b",
    r"\bparticipat\w*",
    r"\btrust\w*",
]
FURTHER = [
    r"govern.*board",
    r"govern.*board.*",
    r"\b\w+ship\w*",
    r"\b\w+ship\b",
    r"(?<!focus )group\w*",
    r"govern.{0,40}board.{0,40}member",
    r"\bneed\w*(?:\s+\w+){0,3}\s+assess\w*",
    r"[A-Z]{2,5}\d{1,3}\b",
    r"no (?:\d{2}\d{2}-)+x",
    r"co(?:-|\s)?op\w*",
]
RUN_AWAY = [
    "(a+)+$",
    "(a|a)*",
    "(a|a)*b",
    r"(\w+\s*)+x",
    ".*.*=",
    "(a|aa)+$",
    "x(?:a|b|ab)*c",
    r"x(?:\w{1,3}){1,40}y",
    r"a\d+\w+b",
    r"\b\w+\s*\w+x",
    "x(?=(a+)+b)",
    "x(.*a){20}",
    "x(?:(?:ab)+)+",
    r"\bx[^b]*[^c]*d",
    "(?i:K)+[\u212a]+x",  # the same letter to IGNORECASE
]


def found(term, text):
    return [match.group() for match in re.finditer(read_term(term).regex, text, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("term", "text", "hits"),
    [
        ("govern*", "Governance, govern; misgovern", ["Governance", "govern"]),
        ("organi?ation", "organisation organization organiation", ["organisation", "organization"]),
        ("goal", "goals goal. goal-setting mygoal", ["goal", "goal"]),
        ("*ship", "Leadership, ships, ship", ["Leadership", "ship"]),
        ("*ship*", "relationships", ["relationships"]),
        ("a*b", "ab axxb abx", ["ab", "axxb"]),
        ("consensus build*", "consensus\nbuilding consensus-build", ["consensus\nbuilding", "consensus-build"]),
        ("decision-making", "decision making", ["decision making"]),
        ("cost; costs ;benefit*", "costs cost benefits", ["costs", "cost", "benefits"]),
        ("need*;needs assessment*", "a needs assessment", ["needs assessment"]),
        ('"focus group*"', "focus groups", ["focus groups"]),
        ("need* * assess*", "need to assess, needs assess", ["need to assess"]),
        ("the board’s", "the board's", ["the board's"]),
        ("U.S.", "the U.S. and uxsx", ["U.S."]),
        ("équit*", "Équité E\u0301quit", ["Équité"]),
        ("need*", "l’éneeds", []),
        ("goal*", "goal²", ["goal²"]),
    ],
)
def test_read_term_finds_what_people_mean(term, text, hits):
    assert found(term, text) == hits


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("identify needs", 1),
        ("identifying the most pressing local needs", 1),
        ("needs were identified", 1),
        ("identify one two three four five needs", 1),
        ("identify one two three four five six needs", 0),
        ("reidentify needs", 0),
        ("identify,\n(unmet) needs; needs to identify", 2),
    ],
)
def test_read_term_finds_words_near_each_other_in_either_order(text, n):
    assert len(found("identif* near/5 need*", text)) == n


@pytest.mark.parametrize(
    ("term", "part"),
    [
        ("*", "no letter"),
        ("a*b*c*d", "several `*`"),
        ("x OR y", "`OR`"),
        ("near/4 x", "near/4"),
        ("a NEAR/5 b NEAR/5 c", "more than one NEAR"),
        ("a NEAR/31 b", "too wide"),
        ("a;;b", "blank alternative"),
        (r"\bgoal", "looks like"),
        ("a|b", "looks like"),
        ("gover.*", "looks like"),
        (" ", "blank"),
        ("x" * 201, "200 characters"),
    ],
)
def test_read_term_says_what_is_wrong(term, part):
    with pytest.raises(TermFault, match=re.escape(part)):
        read_term(term)


@given(st.text(st.sampled_from("ab*?; -.'é"), max_size=12), st.text(st.sampled_from("ab -.'éA\n"), max_size=30))
def test_read_term_never_matches_inside_a_word_or_nothing(term, text):
    try:
        regex = read_term(term).regex
    except TermFault:
        return
    for match in re.finditer(regex, text, re.IGNORECASE):
        before, after = text[: match.start()], text[match.end() :]
        assert match.group() and not re.search(r"\w\Z", before) and not re.match(r"\w", after)


@pytest.mark.parametrize("pattern", [*PUBLISHED, *FURTHER])
def test_pattern_fault_lets_a_sound_pattern_pass(pattern):
    assert pattern_fault(pattern) is None and read_pattern(pattern).regex == pattern


@pytest.mark.parametrize("pattern", RUN_AWAY)
def test_pattern_fault_refuses_what_could_run_away(pattern):
    assert "could run away" in pattern_fault(pattern)[0]


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("(a*)*", "may be empty"),
        ("x(a*)*", "may be empty"),
        ("(?:a?){25}a{25}", "may be empty"),
        ("a?" * 25 + "a" * 25, "ways"),
        (r"\bx.{0,200}.{0,200}y", "ways"),
        (r"\b(\w+) \1", "refers back"),
        ("(a)?b(?(1)c|d)", "refers back"),
        (r"\w+ship", "begins with"),
        ("a*", "nothing at all"),
        (r"\b", "nothing at all"),
        ("(?=x)", "nothing at all"),
        ("(ab", "missing ), unterminated subpattern at character 1"),
        ("a{99999999999}", "too large"),
        ("[[a]]b", "nested set"),
        (r"(?a)x\w", "ASCII"),
        ("x" * 501, "500 characters"),
        ("(" * 240 + "a" + ")" * 240, ""),
    ],
)
def test_pattern_fault_says_what_is_wrong(pattern, part):
    fault = pattern_fault(pattern)
    assert part == "" or part in fault[0]
    assert fault is None or all(fault)


PIECES = st.sampled_from(["a", "b", r"\w", ".", "(?:ab)", "(?:a|b)", r"\s"])
REPEATS = st.sampled_from(["", "", "*", "+", "?", "{1,3}"])


@given(st.lists(st.tuples(PIECES, REPEATS), min_size=1, max_size=5), st.sampled_from(["", "+", "*", "{1,9}"]))
def test_pattern_fault_lets_pass_only_what_ends_soon(pieces, outer):
    pattern = "x(?:" + "".join(piece + repeat for piece, repeat in pieces) + ")" + outer + "!"
    if pattern_fault(pattern) is None:  # were it to run away, these would never end
        for letters in ("a", "ab", "a ", "aab"):
            re.search(pattern, "x" + letters * 200)


def test_pattern_fault_refuses_patterns_where_they_cannot_be_checked(monkeypatch):
    monkeypatch.setattr(runaway, "_parser", None)
    assert "cannot be checked" in pattern_fault.__wrapped__(r"\bgoal")[0]


def test_read_exclude_takes_terms_and_patterns():
    assert read_exclude("focus group*") == read_term("focus group*")
    assert read_exclude(r"\bfocus\s+group").regex == r"\bfocus\s+group"


def test_read_terms_names_every_fault_at_once():
    table = pd.DataFrame({"term": ["fine", "*", "x"], "pattern": ["", "", "(a+)+b"], "exclude": ["(", "", ""]})
    with pytest.raises(CohortError) as caught:
        read_terms(table)
    problems = caught.value.problems
    assert problems[["row", "column"]].to_numpy().tolist() == [[2, "exclude"], [3, "term"], [4, "pattern"]]
    assert "search_terms.csv, row 4, column `pattern`" in str(caught.value)


def test_read_terms_counts_the_rows_of_a_list_from_one():
    with pytest.raises(CohortError, match="terms, row 2, column `term`"):
        read_terms(["good", ""])


def test_read_terms_does_not_take_one_text_for_a_list():
    with pytest.raises(TypeError):
        read_terms("govern*")


@pytest.mark.parametrize(
    ("term", "stems"),
    [
        ("Govern*; authorit*", ("authorit", "govern")),
        ("identif* NEAR/5 need*", ("identif", "need")),
        ("café*", ("caf",)),
        ("*ship; board", ()),
        ("équit*", ()),
        ("a*", ()),
    ],
)
def test_read_terms_knows_how_matches_begin(term, stems):
    assert read_terms([term])[0].stems == stems
