"""What the synthetic informants say: a phrase grammar, and answers of a given length spoken from it.

The grammar is the folder `grammar/`, TOML files that are read together. Each symbol is a list of alternatives, named by
its dotted path. In an alternative `{symbol}` stands for one alternative of that symbol and `{one|two|}` for one of the
choices written there; both may be nested, and in a choice a dotted name is a symbol too. `{group}` is how the
speaker's group is spoken of, `{site}` the site's name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .draws import Draw

FOLDER = Path(__file__).parent / "grammar"
SPECIAL = ("group", "site")
MARGIN = 10  # words an answer may end above or below the number asked for
OTHERWISE = {"": "challenge", "barrier": "challenge", "facilitator": "strategy", "neutral": "strategy"}
DOTTED = re.compile(r"\w+(\.\w+)+")


class Symbol(str):
    """The name of a symbol inside a template."""


Part = str | Symbol | tuple  # words as they are, a symbol, or a choice between templates
Template = tuple[Part, ...]
Grammar = dict[str, tuple[Template, ...]]


@dataclass(frozen=True)
class Mention:
    """One code that an answer speaks of; `about` is kept for the coding and changes no word."""

    code: str
    valence: str = ""
    pole: str = ""
    about: str = ""


def answer(draw: Draw, mentions: list[Mention], domains: list[str], n_words: int, group: str, site: str) -> str:
    """Return one answer turn in which given codes are spoken of and given domains can be found by their terms.

    Parameters
    ----------
    draw
        The stream of draws; the same stream gives the same answer.
    mentions
        The codes of the turn, one or two sentences each.
    domains
        For each entry one sentence with a published search term of that domain, and of no other.
    n_words
        The length wanted. Small talk without any search term fills the rest, to within 12 words; sentences about
        codes are never cut, so an answer with many of them may be longer.
    group, site
        Whose words these are, and where.

    Raises
    ------
    ValueError
        If the grammar lacks a symbol, for instance the sentences of a code.

    Examples
    --------
    >>> text = answer(Draw(2007, "example"), [], ["stakeholder_relations"], 60, "plan", "alder")
    >>> 48 <= len(text.split()) <= 72
    True
    """
    return marked_answer(draw, mentions, domains, n_words, group, site)[0]


def marked_answer(
    draw: Draw, mentions: list[Mention], domains: list[str], n_words: int, group: str, site: str
) -> tuple[str, list[tuple[int, int]]]:
    """Return an `answer`, and for each mention the first character of its passage and the one after its last."""
    rules = spoken_by(group, site)
    terms = [[sentence(draw, rules, f"terms.{domain}")] for domain in domains]
    coded = _on_codes(draw, rules, mentions, n_words - _n_words(terms))
    small_talk = list(_filler(draw, rules, group, n_words - _n_words([*terms, *coded])))
    text = " ".join(_woven(draw, [*terms, *coded], small_talk))
    passages = [" ".join(block) for block in coded]  # the sentences of a block are never parted
    return text, [(text.index(passage), text.index(passage) + len(passage)) for passage in passages]


def question(draw: Draw, module: str, site: str) -> str:
    """Return the interviewer's question that opens a module of the guide.

    >>> question(Draw(2007, "example"), "outlook", "alder").endswith("?")
    True
    """
    return sentence(draw, spoken_by("staff", site), f"questions.{module}")


def spoken_by(group: str, site: str) -> Grammar:
    """Return the grammar with `{group}` and `{site}` set for one speaker."""
    rules = grammar()
    return rules | {"group": _alternatives(rules, f"spoken.{group}"), "site": ((site.replace("_", " ").title(),),)}


def sentence(draw: Draw, rules: Grammar, symbol: str) -> str:
    """Return one alternative of a symbol in full words."""
    return _said(draw, rules, draw.pick(_alternatives(rules, symbol)))


@cache
def grammar() -> Grammar:
    """Return every symbol of the folder `grammar/` with its templates, parsed once.

    Raises
    ------
    ValueError
        If two files define one symbol, if braces do not close, or if a template names a symbol nobody defines.
    """
    rules: Grammar = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for symbol, texts in _flat(tomllib.loads(path.read_text(encoding="utf-8"))):
            if symbol in rules or symbol in SPECIAL:
                raise ValueError(f"{path.name} defines {symbol}, which is taken already; choose another name.")
            rules[symbol] = tuple(parsed(text) for text in texts)
    for symbol, templates in rules.items():
        for missing in set(_named(templates)) - rules.keys() - set(SPECIAL):
            raise ValueError(f"The grammar has no symbol {missing}, which {symbol} uses.")
    return rules


def parsed(text: str) -> Template:
    """Return a template as its parts: words, symbols and choices.

    >>> parsed("{person} called {twice|at {clock}}.")
    ('person', ' called ', (('twice',), ('at ', 'clock')), '.')
    """
    tokens = iter(re.split(r"([{}|])", text))
    (template,) = _options(tokens, text, closing="")
    return template


def _options(tokens: Iterator[str], text: str, closing: str) -> tuple[Template, ...]:
    """Return what stands between two braces, one template per choice; outside braces there is one."""
    options: list[list[Part]] = [[]]
    for token in tokens:
        if token == "{":
            inner = _options(tokens, text, closing="}")
            options[-1].append(inner if len(inner) > 1 else Symbol("".join(inner[0])))
        elif token == "|" and closing:
            options.append([])
        elif token == closing != "":
            return tuple(tuple(option) for option in options)
        elif token in ("}", "|"):
            raise ValueError(f"A {token} stands outside braces in: {text}")
        elif token:
            options[-1].append(Symbol(token) if closing and DOTTED.fullmatch(token) else token)
    if closing:
        raise ValueError(f"A brace is never closed in: {text}")
    return tuple(tuple(option) for option in options)


def tidy(text: str) -> str:
    """Return the text with single spaces, sentences in capitals, and `a` or `an` as the next word asks.

    >>> tidy("well,  I had a  old map , you know. it was torn.")
    'Well, I had an old map, you know. It was torn.'
    """
    text = re.sub(r" ([,.;:?!])", r"\1", " ".join(text.split()))
    text = re.sub(r"[,;]+(?=[,.;?!])", "", text).lstrip(",; ")
    text = re.sub(r"\b([Aa]) (?=(?!one\b|once\b|uni[^nm]|us[eu]|eu)[aeiou]|hour|honest|X-)", r"\1n ", text)
    return re.sub(r"(^|[.?!] )([a-z])", lambda found: found[1] + found[2].upper(), text)


def _said(draw: Draw, rules: Grammar, template: Template) -> str:
    words: list[str] = []
    _expand(draw, rules, template, words, [])
    return tidy("".join(words))


def _expand(draw: Draw, rules: Grammar, template: Template, words: list[str], used: list[Template]) -> None:
    for part in template:
        if type(part) is str:
            words.append(part)
        elif type(part) is tuple:
            _expand(draw, rules, draw.pick(part), words, used)
        else:
            chosen = draw.pick(rules[part])
            if chosen in used:  # one more try, so that hardly a sentence names the same place or measure twice
                chosen = draw.pick(rules[part])
            used.append(chosen)
            _expand(draw, rules, chosen, words, used)


def _on_codes(draw: Draw, rules: Grammar, mentions: list[Mention], room: int) -> list[list[str]]:
    """Return a sentence for each mention and, now and then where there is room, a second from another frame."""
    frames = [draw.sample(_alternatives(rules, _symbol(rules, mention)), 2) for mention in mentions]
    said = [[_said(draw, rules, frame) for frame in two] for two in frames]
    blocks = [two[:1] for two in said]
    for block, two in zip(blocks, said, strict=True):
        if draw.chance(2, 5) and _n_words([*blocks, two[1:]]) <= room:
            block += two[1:]
    return blocks


def _filler(draw: Draw, rules: Grammar, group: str, room: int) -> Iterator[str]:
    """Yield small talk until the room is filled, a few sentences to a topic and no frame twice."""
    for frame in _frames(draw, rules, group):
        if room < MARGIN:
            return
        said = _said(draw, rules, frame)
        n = len(said.split())
        if n <= room + MARGIN:
            room -= n
            yield said


def _frames(draw: Draw, rules: Grammar, group: str) -> Iterator[Template]:
    topics = [f"own.{group}", *(symbol for symbol in rules if symbol.startswith("filler."))]
    while True:  # only a very long answer comes to the same topic again
        for topic in draw.shuffled(topics):
            yield from draw.sample(rules[topic], 2 + draw.below(2))


def _woven(draw: Draw, blocks: list[list[str]], small_talk: list[str]) -> list[str]:
    """Put each block into a gap of the small talk: before it seldom, mostly in the middle or at the end."""
    places: dict[int, list[str]] = {}
    for block in draw.shuffled(blocks):
        gap = 0 if draw.chance(1, 6) else draw.below(len(small_talk)) + 1 if small_talk else 0
        places[gap] = places.get(gap, []) + block
    spoken = list(places.get(0, []))
    for gap, said in enumerate(small_talk, start=1):
        spoken += [said, *places.get(gap, [])]
    return spoken


def _symbol(rules: Grammar, mention: Mention) -> str:
    wanted = f"{mention.code}.{mention.pole or mention.valence}"
    if wanted in rules or mention.pole:
        return wanted
    return f"{mention.code}.{OTHERWISE.get(mention.valence, mention.valence)}"


def _alternatives(rules: Grammar, symbol: str) -> tuple[Template, ...]:
    if symbol not in rules:
        raise ValueError(f"The grammar has no symbol {symbol}; add it to a file of {FOLDER.name}/.")
    return rules[symbol]


def _flat(tables: dict, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _named(parts: tuple) -> Iterator[str]:
    """Yield the symbols named anywhere in templates."""
    for part in parts:
        if type(part) is Symbol:
            yield part
        elif type(part) is tuple:
            yield from _named(part)


def _n_words(blocks: list[list[str]]) -> int:
    return sum(len(said.split()) for block in blocks for said in block)
