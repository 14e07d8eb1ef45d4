import csv
import re
from functools import cache
from itertools import combinations, islice
from pathlib import Path

import pytest

from casestudy.cohort.synthetic import wording
from casestudy.cohort.synthetic.draws import Draw
from casestudy.cohort.synthetic.wording import Mention, Symbol, answer, grammar, parsed, question, sentence, tidy

DOMAINS = ("infrastructure_governance", "stakeholder_relations")
GROUPS = ("provider", "plan", "purchaser", "consumer", "staff")
MODULES = ("background", "governance", "decisions", "leadership", "roles", "resources", "participation", "outlook")
TERMS = Path(__file__).parents[1] / "data" / "reference" / "search_terms.csv"
SMALL = """
who = ["the {old|young} doctor"]
[filler]
town = ["we talked {about|of} the weather, {who} and I{|, you know}."]
[own]
plan = ["our plan {sent|mailed} a letter."]
[spoken]
plan = ["plans like ours"]
staff = ["those on the team"]
[money]
challenge = ["{who} counts every penny for {group} in {site}."]
strategy = ["{who} saved some pennies."]
[pace]
A = ["everybody spoke."]
both = ["everybody spoke, then a few."]
"""


@cache
def patterns():
    """Return domain -> one pattern of its published terms; `*` is any ending, `?` one letter."""
    with TERMS.open(encoding="utf-8") as file:
        rows = [(row["domain"], term) for row in csv.DictReader(file) for term in row["term"].split(";")]
    wild = {
        d: [t.replace("*", r"\w*").replace("?", r"\w").replace(" ", r"\s+") for e, t in rows if e == d] for d, _ in rows
    }
    return {domain: re.compile(rf"\b(?:{'|'.join(terms)})\b", re.I) for domain, terms in wild.items()}


def term_hits(text):
    return {domain for domain, pattern in patterns().items() if pattern.search(text)}


def literals(parts):
    for part in parts:
        if type(part) is tuple:
            yield from literals(part)
        elif type(part) is str:
            yield part


def samples(symbol, each=4):
    """Yield every alternative of a symbol some times, spoken by each group in turn."""
    draw = Draw(3, symbol)
    for template in grammar()[symbol]:
        for group in islice(GROUPS * each, each):
            yield wording._said(draw, wording.spoken_by(group, "alder"), template)


def interview(number, turns=40):
    draw = Draw(11, f"interview {number}")
    codes = [symbol.rsplit(".", 1)[0] for symbol in grammar() if symbol.endswith(".challenge")]
    mine = draw.sample(codes, 7)
    said = [[Mention(draw.pick(mine), "challenge")] if mine and draw.chance(4, 5) else [] for _ in range(turns)]
    domains = [[d for d in DOMAINS if draw.chance(3, 10)] for _ in range(turns)]
    group = GROUPS[number % 5]
    return " ".join(answer(draw, m, d, 124, group, "birch") for m, d in zip(said, domains, strict=True))


def shingles(text, n=8):
    words = re.findall(r"[a-z'-]+", text.lower())
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Put a small grammar in place of the shipped one."""

    def put(text=SMALL):
        (tmp_path / "small.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(wording, "FOLDER", tmp_path)
        grammar.cache_clear()

    yield put
    grammar.cache_clear()


def test_term_hits_finds_each_published_form():
    assert term_hits("Interorganisational ties, long-standing trustees") == {"stakeholder_relations"}
    assert term_hits("Identifying needs") == term_hits("a needs assessment") == {"infrastructure_governance"}
    assert not term_hits("supervision, costly, outstanding, we understand what people need")


@pytest.mark.parametrize("symbol", [s for s in grammar() if not s.startswith("terms.")])
def test_grammar_holds_no_search_term_outside_the_term_sentences(symbol):
    raw = [text for template in grammar()[symbol] for text in literals(template)]
    assert not [text for text in [*raw, *samples(symbol)] if term_hits(text)]


@pytest.mark.parametrize("domain", DOMAINS)
def test_term_sentences_hold_terms_of_their_own_domain_only(domain):
    assert not [text for text in samples(f"terms.{domain}", each=10) if term_hits(text) != {domain}]


@pytest.mark.parametrize("domain", DOMAINS)
def test_term_sentences_use_every_published_term(domain):
    with TERMS.open(encoding="utf-8") as file:
        rows = [row["term"] for row in csv.DictReader(file) if row["domain"] == domain]
    text = " ".join(samples(f"terms.{domain}"))
    stems = [re.split(r"[*?;]", row)[0] for row in rows]
    assert not [stem for stem in stems if not re.search(rf"\b{stem}", text, re.I)]


def test_frames_are_many_and_made_of_short_runs():
    frames = {s: ts for s, ts in grammar().items() if s.startswith(("filler.", "own.", "terms."))}
    assert sum(len(ts) for s, ts in frames.items() if not s.startswith("terms.")) >= 120
    runs = [part for ts in frames.values() for t in ts for part in t if type(part) is str]
    assert not [run for run in runs if len(run.split()) > 5]


def test_grammar_leaves_no_brace_or_double_mark_in_what_is_said():
    said = [text for symbol in grammar() for text in samples(symbol)]
    assert not [text for text in said if re.search(r"[{}|]|  | [,.;?!]|[,;.][,.;]", text)]


def test_small_talk_stutters_nowhere():
    said = [text for s in grammar() if s.startswith(("filler.", "own.", "terms.", "questions.")) for text in samples(s)]
    assert not [text for text in said if re.search(r"\b(\w+) \1\b", text, re.I)]


def test_answer_is_as_long_as_asked_for():
    draw = Draw(5, "length")
    asked = [40 + draw.below(180) for _ in range(150)]
    assert all(abs(len(answer(draw, [], list(DOMAINS), n, "staff", "cedar").split()) - n) <= 12 for n in asked)


@pytest.mark.parametrize("domains", [(), DOMAINS[:1], DOMAINS[1:], DOMAINS])
def test_answer_holds_terms_of_the_domains_asked_for(domains):
    draw = Draw(6, "domains")
    assert all(term_hits(answer(draw, [], list(domains), 124, g, "alder")) == set(domains) for g in GROUPS * 8)


def test_answer_is_the_same_for_the_same_seed():
    assert interview(1, turns=3) == interview(1, turns=3) != interview(2, turns=3)


def test_answer_shares_hardly_any_eight_words_with_another_interview():
    sets = [shingles(interview(number)) for number in range(12)]
    assert max(len(a & b) / len(a | b) for a, b in combinations(sets, 2)) < 0.02


def test_answer_speaks_no_frame_twice():
    frames = list(islice(wording._frames(Draw(8, "frames"), wording.spoken_by("plan", "alder"), "plan"), 24))
    assert len(set(frames)) == 24


def test_answer_speaks_of_each_mention_for_the_speaker(small):
    small()
    said = answer(
        Draw(1, "small"), [Mention("money", "challenge"), Mention("pace", pole="both")], [], 60, "plan", "elm_hill"
    )
    assert re.search("The (old|young) doctor counts every penny for plans like ours in Elm Hill[.]", said)
    assert "Everybody spoke, then a few." in said


def test_sentence_seldom_repeats_a_slot(small):
    small(SMALL + '[two]\nsame = ["{two.slot} {two.slot}"]\nslot = ["a", "b", "c", "d", "e", "f", "g", "h"]')
    draw, rules = Draw(4, "slots"), wording.spoken_by("staff", "elm")
    said = [sentence(draw, rules, "two.same").lower().split() for _ in range(600)]
    assert sum(first == second for first, second in said) < 20  # one in eight without the second try


def test_answer_keeps_every_mention_when_there_is_no_room(small):
    small()
    assert len(answer(Draw(1, "small"), [Mention("money")] * 4, [], 10, "plan", "elm").split(".")) == 5


@pytest.mark.parametrize(
    ("valence", "words"),
    [("", "penny"), ("barrier", "penny"), ("strategy", "pennies"), ("facilitator", "pennies"), ("neutral", "pennies")],
)
def test_answer_falls_back_to_the_nearest_valence(small, valence, words):
    small()
    assert words in answer(Draw(1, "small"), [Mention("money", valence)], [], 10, "plan", "elm")


@pytest.mark.parametrize(
    "mention", [Mention("money", "not_here"), Mention("pace", "neutral", pole="B"), Mention("nobody")]
)
def test_answer_names_the_symbol_that_is_missing(small, mention):
    small()
    symbol = f"{mention.code}.{mention.pole or mention.valence or 'challenge'}"
    with pytest.raises(ValueError, match=rf"no symbol {symbol};"):
        answer(Draw(1, "small"), [mention], [], 60, "plan", "elm")


@pytest.mark.parametrize("module", MODULES)
def test_question_names_the_site_in_one_question(module):
    draw = Draw(9, module)
    said = [question(draw, module, "dogwood") for _ in range(20)]
    assert all(text.endswith("?") and text[0].isupper() for text in said) and len(set(said)) > 5
    assert any("Dogwood" in text for text in said)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('slip = ["to {nowhere}"]', "no symbol nowhere, which slip uses"),
        ('group = ["us"]', "small.toml defines group"),
        ('slip = ["a {door|gate"]', "never closed in: a {door"),
        ('slip = ["a door} shut"]', "A } stands outside braces"),
    ],
)
def test_grammar_refuses_what_cannot_be_spoken(small, more, message):
    small(f"{more}\n{SMALL}")
    with pytest.raises(ValueError, match=re.escape(message)):
        grammar()


def test_grammar_refuses_two_files_with_one_symbol(small, tmp_path):
    small()
    (tmp_path / "other.toml").write_text('who = ["somebody else"]', encoding="utf-8")
    with pytest.raises(ValueError, match=r"small\.toml defines who, which is taken"):
        grammar()


def test_parsed_reads_symbols_and_nested_choices():
    (symbol,) = parsed("{who}")
    ((one, two, three),) = parsed("{one|two {who|}|bp.actor}")
    assert symbol == "who" and isinstance(symbol, Symbol)
    assert one == ("one",) and two == ("two ", (("who",), ())) and isinstance(three[0], Symbol)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (" , the map was torn .", "The map was torn."),
        ("well,, it rained,. so we left", "Well, it rained. So we left"),
        ("a hour and a useful one, a eye exam, a union", "An hour and a useful one, an eye exam, a union"),
        ("a one-page list, a X-ray, a unhappy man", "A one-page list, an X-ray, an unhappy man"),
    ],
)
def test_tidy_mends_what_the_slots_leave(raw, said):
    assert tidy(raw) == said


def test_sentence_draws_from_one_symbol(small):
    small()
    assert sentence(Draw(1, "s"), wording.spoken_by("staff", "elm"), "pace.A") == "Everybody spoke."
