"""What is said: where each code is told, which answers hold search terms, and how long and how alike interviews are."""

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations, pairwise

import pytest

from casestudy.cohort.synthetic.design import SITES, TEACHING, Design
from casestudy.cohort.synthetic.draws import Draw, rounded
from casestudy.cohort.synthetic.planting import Interview, Mark, Person, deal_people, hold_interviews, plant
from casestudy.cohort.synthetic.teaching import Frame, study_table
from casestudy.cohort.synthetic.transcripts import LABEL, _lengths, plant_terms, sources_of, transcribe
from casestudy.cohort.synthetic.wording import grammar
from casestudy.methods.search import find_terms, read_terms

FRAME = Frame()
SEED = 2016
CODE_DOMAINS = {"money": "d1", "trust": "d2"}


@cache
def teaching():
    """Return interviews, marks, where terms are said, rows and places of the first wave."""
    interviews = hold_interviews(SEED, TEACHING, deal_people(SITES), FRAME.modules)
    marks = plant(SEED, TEACHING, interviews, FRAME.covers, FRAME.parents)
    said = plant_terms(SEED, interviews, marks, FRAME.domains)
    return interviews, marks, said, *transcribe(SEED, TEACHING, interviews, marks, said)


@cache
def answers():
    """Return (source, answer) -> text."""
    return {(row["source"], row["turn"]): row["text"] for row in teaching()[3] if "turn" in row}


def rows_of(source):
    return [row for row in teaching()[3] if row["source"] == source]


def shingles(texts, n=8):
    words = re.findall(r"[a-z'-]+", " ".join(texts).lower())
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def small(n_turns=20):
    """Return three interviews at two sites, with money in every second answer."""
    people = [Person(f"{s}-{n}", s, "plan") for s, n in (("alder", 1), ("alder", 2), ("birch", 1))]
    interviews = [Interview(p.informant, p, 1, n_turns, ("roles",)) for p in people]
    marks = [Mark(i.source, t, "money", "challenge", "", "", "money") for i in interviews for t in range(0, n_turns, 2)]
    return interviews, marks


# ---- search terms -------------------------------------------------------------------------------------------------


def test_plant_terms_meets_both_quotas_at_every_site():
    interviews, marks = small()
    said = plant_terms(3, interviews, marks, CODE_DOMAINS)
    coded = {(m.source, m.turn) for m in marks}
    for sources, inside, outside in ((["alder-1", "alder-2"], 16, 2), (["birch-1"], 8, 1)):
        found = {turn for turn, domains in said.items() if turn[0] in sources and "d1" in domains}
        assert (len(found & coded), len(found - coded)) == (inside, outside)


def test_plant_terms_says_no_domain_twice_and_none_without_terms():
    interviews, marks = small()
    said = plant_terms(3, interviews, marks, CODE_DOMAINS)
    assert all(len(domains) == len(set(domains)) for domains in said.values())
    assert {d for domains in said.values() for d in domains} == {"d1", "d2"}
    assert plant_terms(3, interviews, marks, {}) == {}


def test_plant_terms_goes_through_all_codes_of_a_domain_whatever_the_valence():
    interviews, _, _, _, _ = teaching()
    _, marks, said, *_ = teaching()
    place = {i.source: i.person.site for i in interviews}
    for domain in set(FRAME.domains.values()):
        coded = {(m.source, m.turn) for m in marks if FRAME.domains.get(m.code) == domain}
        with_term = {turn for turn, domains in said.items() if domain in domains}
        for site in SITES:
            here = {turn for turn in answers() if place[turn[0]] == site}
            assert len(with_term & coded & here) == rounded(80, len(coded & here))
            assert len(with_term & here - coded) == rounded(10, len(here - coded))


def test_search_finds_exactly_the_answers_in_which_a_term_was_planted():
    terms, texts = read_terms(study_table("search_terms")), answers()
    found, turns, retrieved = find_terms(list(texts.values()), terms), list(texts), defaultdict(set)
    for text, term in zip(found.text.tolist(), found.term.tolist(), strict=True):
        retrieved[turns[text]].add(terms[term].domain)
    assert retrieved == {turn: set(domains) for turn, domains in teaching()[2].items()}


# ---- the course of an interview -----------------------------------------------------------------------------------


def test_transcribe_opens_every_interview_with_the_label():
    for interview in teaching()[0]:
        rows = rows_of(interview.source)
        first = rows[0]
        assert (first["text"], first["speaker"], first["seq"], first["module"]) == (LABEL, "other", 0, "")
        assert [row["speaker"] for row in rows].count("other") == 1
    assert LABEL.startswith("SYNTHETIC")


def test_transcribe_opens_every_module_with_one_question():
    for interview in teaching()[0]:
        rows = rows_of(interview.source)
        asked = [row for row in rows if row["speaker"] == "interviewer"]
        assert tuple(row["module"] for row in asked) == interview.modules
        assert all(row["text"].endswith("?") for row in asked)
        for before, row in pairwise(rows):
            assert (row["module"] == before["module"]) != (row["speaker"] == "interviewer")


def test_transcribe_numbers_rows_and_answers_without_a_gap():
    for interview in teaching()[0]:
        rows = rows_of(interview.source)
        assert [row["seq"] for row in rows] == list(range(len(rows)))
        assert [row["turn"] for row in rows if "turn" in row] == list(range(interview.turns))
        assert {row["text_kind"] for row in rows} == {"synthetic"} and {row["site"] for row in rows} == {
            interview.person.site
        }


def test_transcribe_asks_nobody_what_they_were_not_asked():
    short = [i.source for i in teaching()[0] if "leadership" not in i.modules]
    assert len(short) == 3 and not [r for s in short for r in rows_of(s) if r["module"] == "leadership"]


def test_answers_are_whole_sentences():
    assert all(re.fullmatch(r"[A-Z\"'“].*[.?!\"”]", text, re.DOTALL) for text in answers().values())
    assert not [text for text in answers().values() if re.search(r"  |[{}|]", text)]


# ---- where a code is told -----------------------------------------------------------------------------------------


def test_places_of_all_marks_are_known_and_of_nothing_else():
    assert set(teaching()[4]) == {(m.source, m.turn, m.code) for m in teaching()[1]}


def test_places_cut_whole_sentences_out_of_the_answer():
    for (source, turn, code), (start, end) in teaching()[4].items():
        text = answers()[source, turn]
        assert 0 <= start < end <= len(text) and text[start:end].strip() == text[start:end], code
        assert text[end - 1] in ".?!" and text[start].isupper()
        assert (start == 0 or text[start - 2 : start] in (". ", "? ", "! ")) and text[end : end + 1] in ("", " ")


def test_places_of_two_codes_in_one_answer_do_not_overlap():
    spans = defaultdict(list)
    for (source, turn, _), span in teaching()[4].items():
        spans[source, turn].append(span)
    assert max(len(found) for found in spans.values()) >= 3
    assert all(one[1] < two[0] for found in spans.values() for one, two in pairwise(sorted(found)))


@cache
def frames(code):
    """Return for every template of a code the words in it that are always said."""
    found = [t for symbol, templates in grammar().items() if symbol.rsplit(".", 1)[0] == code for t in templates]
    words = [[part.strip(" ,.?!").lower() for part in template if type(part) is str] for template in found]
    return [said for said in words if max(map(len, said), default=0) >= 5]


def told_of(code, text):
    return any(all(words in text.lower() for words in said) for said in frames(code))


def test_places_hold_a_sentence_of_their_code_and_hardly_ever_of_another():
    cut = [(code, answers()[s, t][a:b]) for (s, t, code), (a, b) in teaching()[4].items()]
    assert sum(told_of(code, text) for code, text in cut) / len(cut) > 0.95
    for code in ("it_vendor", "delay_paralysis", "small_practices"):
        others = [text for other, text in cut if other != code]
        assert sum(told_of(code, text) for text in others) / len(others) < 0.20


# ---- lengths ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "turns"), [(4880, 36), (4880, 44), (1140, 17), (100, 1), (7, 3)])
def test_lengths_add_up_to_the_words_of_the_design(words, turns):
    lengths = _lengths(Draw(4, f"{turns}"), words, turns)
    assert len(lengths) == turns and sum(lengths) == words and min(lengths) > 0


def test_transcripts_exceed_their_words_by_about_one_in_ninety():
    words = sum(len(text.split()) for text in answers().values())
    assert 1.006 < words / (TEACHING.words * 68) < 1.016
    assert 2_680 < len(answers()) < 2_740 and 330_000 < words < 342_000


def test_sources_of_count_the_words_of_informants_only():
    interviews, _, _, rows, _ = teaching()
    table = sources_of(interviews, rows)
    for interview, row in zip(interviews, table, strict=True):
        n = sum(len(text.split()) for (source, _), text in answers().items() if source == interview.source)
        assert row["n_words"] == n and abs(float(row["pages"]) - n / 275) <= 0.1
        assert (row["source"], row["informant"]) == (interview.source, interview.person.informant)
    assert all(row["title"].startswith("SYNTHETIC") and row["kind"] == "interview" for row in table)


# ---- likeness -----------------------------------------------------------------------------------------------------


def test_no_two_interviews_share_a_twentieth_of_their_runs_of_eight_words():
    """Twelve interviews, three a site: two of one group and one of another, so that frames of a group meet."""
    chosen = [f"{site}-{n}" for site in SITES for n in ("01", "06", "03")]
    runs = [shingles([text for (s, _), text in answers().items() if s == source]) for source in chosen]
    alike = [len(one & two) / min(len(one), len(two)) for one, two in combinations(runs, 2)]
    assert max(alike) < 0.05


def test_hardly_an_answer_is_said_twice():
    counts = Counter(answers().values())
    assert counts.most_common(1)[0][1] == 1


def test_transcribe_is_the_same_for_the_same_seed():
    interviews, marks, said, _, places = teaching()
    one, own = interviews[:1], [m for m in marks if m.source == interviews[0].source]
    again = transcribe(SEED, TEACHING, one, own, said)
    assert again[0] == rows_of(one[0].source) and again[1].items() <= places.items()
    assert transcribe(SEED + 1, TEACHING, one, own, said)[0] != again[0]


def test_transcribe_speaks_of_an_interview_without_marks():
    design = Design({"alder": 1}, {}, turns=(9, 9), words=300)
    interviews = hold_interviews(1, design, deal_people(design.sites), ["roles", "outlook"])
    rows, places = transcribe(1, design, interviews, [], {})
    assert places == {} and len(rows) == 1 + 2 + 9
