"""Could a regular expression run away? Decided on its parse tree, before it meets a text.

A pattern runs away when one stretch of text can be shared out among its repeats in many ways, all of which are tried
before it fails. The tree becomes an automaton whose states are the pattern's characters; many ways exist if a loop
can be walked in two ways by one word (then they double with every turn), or if a word that turns one loop also leads
to another loop and turns that (Weber & Seidl 1991). Assertions are taken for granted, which errs on the safe side.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

try:
    from re import _constants as sre
    from re import _parser
except ImportError:  # a later Python may move them; patterns are then refused, terms still work
    _parser = None

LONGEST, MOST_WAYS, MOST_STEPS = 500, 10_000, 300_000
SAMPLE = [*map(chr, range(128)), *"éßİıſK²Ω΄я中٣", "\u0301", "\u00a0", "\u2014"]  # every kind of character
SIMPLER = "bound the repeats, such as `{0,40}`, keep them apart by a fixed word, or write a term with NEAR/5"


class Refused(Exception):
    """The pattern will not be used; carries the reason in words."""


@dataclass
class Part:
    """A piece of the pattern: the characters it can begin and end with, and in how many ways it can be empty."""

    first: Counter = field(default_factory=Counter)
    last: Counter = field(default_factory=Counter)
    empty: int = 1


def _scaled(counts: Counter, by: int) -> Counter:
    return Counter({key: min(n * by, 2) for key, n in counts.items()}) if by else Counter()


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


class Automaton:
    """The characters of a pattern, what can follow what, and how many ways its bounded choices make."""

    def __init__(self, tree):
        self.alphabet = sorted({*SAMPLE, *_named(tree)})
        self.sets: list[int] = []  # of each state, the characters of the alphabet that it takes, as bits
        self.follow: dict[int, Counter] = {}
        self.ways, self.depth = 1, 0  # depth: of repeats around the part being read
        self.sequence(tree)

    def sequence(self, tree) -> Part:
        whole = Part()
        for op, value in tree:
            part = self.item(op, value)
            self._link(whole.last, part.first)
            whole = Part(
                whole.first + _scaled(part.first, whole.empty),
                part.last + _scaled(whole.last, part.empty),
                min(whole.empty * part.empty, 2),
            )
        return whole

    def _link(self, ends: Counter, starts: Counter) -> None:
        for end, n in ends.items():
            self.follow[end].update(_scaled(starts, n))

    def item(self, op, value) -> Part:
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY):
            return self._character(op, value)
        if op in (sre.SUBPATTERN, sre.ATOMIC_GROUP):
            return self.sequence(value[-1] if op is sre.SUBPATTERN else value)
        if op is sre.BRANCH:
            return self._branch(value[1])
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            return self._repeat(*value)
        if op in (sre.GROUPREF, sre.GROUPREF_EXISTS):
            raise Refused("refers back to an earlier group")
        if op in (sre.ASSERT, sre.ASSERT_NOT):
            _examine(value[1])
        return Part()  # an assertion takes no characters

    def _character(self, op, value) -> Part:
        state = len(self.sets)
        self.sets.append(sum(1 << n for n, c in enumerate(self.alphabet) if _takes(op, value, c)))
        self.follow[state] = Counter()
        return Part(Counter([state]), Counter([state]), 0)

    def _branch(self, alternatives) -> Part:
        parts = [self.sequence(alternative) for alternative in alternatives]
        taken = [
            sum(1 for p in parts if p.empty or any(self.sets[s] >> n & 1 for s in p.first)) for n in self._places()
        ]
        self.ways *= max(taken)
        sums = [sum((getattr(p, end) for p in parts), Counter()) for end in ("first", "last")]
        return Part(*sums, min(sum(p.empty for p in parts), 2))

    def _places(self) -> range:
        return range(len(self.alphabet))

    def _repeat(self, least: int, most: int, tree) -> Part:
        if most == 0:
            return Part()
        self.depth += most > 1
        part = self.sequence(tree)
        self.depth -= most > 1
        unbounded = most is sre.MAXREPEAT
        if part.empty and most > 1:
            raise Refused("repeats a part that may be empty")
        self.ways *= 1 if unbounded else most - least + 1
        alone = _single(tree) and (least == most or not self.depth)  # of a bounded repeat, ways are counted above
        if unbounded or (most > 1 and not alone):
            self._link(part.last, part.first)
        return Part(part.first, part.last, min(part.empty + (least == 0), 2))


def _named(tree) -> set[str]:
    """Return the characters that a tree names, and samples from its ranges."""
    found: set[str] = set()
    for op, value in tree:
        if op in (sre.LITERAL, sre.NOT_LITERAL):
            found.add(chr(value))
        elif op is sre.RANGE:
            low, high = value
            found |= {chr(code) for code in (*range(low, high, max(1, (high - low) // 32)), high)}
        elif op is sre.BRANCH:
            found |= set().union(*map(_named, value[1]))
        elif op is sre.IN:
            found |= _named(value)
        elif isinstance(value, tuple) and value and isinstance(value[-1], _parser.SubPattern):
            found |= _named(value[-1])
        elif isinstance(value, _parser.SubPattern):
            found |= _named(value)
    return found


def _takes(op, value, character: str) -> bool:
    """Return whether a character of the pattern takes this one, in either case."""
    forms = (character, character.lower(), character.upper())
    if op is sre.ANY:
        return True
    if op in (sre.LITERAL, sre.NOT_LITERAL):
        same = chr(value) in forms or chr(value).lower() in forms or chr(value).upper() in forms
        return same == (op is sre.LITERAL)
    if op is sre.RANGE:
        return any(value[0] <= ord(form) <= value[1] for form in forms if len(form) == 1)
    if op is sre.CATEGORY:
        kind = str(value).rsplit("_", 1)[1]
        holds = {"DIGIT": character.isdecimal(), "SPACE": character.isspace(), "WORD": _is_word(character)}[kind]
        return holds != ("NOT" in str(value))
    negated = value[0][0] is sre.NEGATE
    return any(_takes(*item, character) for item in value[negated:]) != negated


def _single(tree) -> bool:
    """Return whether a tree is one character, however bracketed."""
    if len(tree) != 1:
        return False
    op, value = tree[0]
    return _single(value[-1]) if op is sre.SUBPATTERN else op in (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY)


def _without_tail(tree) -> list:
    """Return a tree without an unlimited repeat of one character at its end: nothing after it can fail."""
    items = list(tree)
    at_edge = len(items) > 1 and items[-1] == (sre.AT, sre.AT_BOUNDARY)
    op, value = items[-2] if at_edge else items[-1] if items else (None, None)
    if op not in (sre.MAX_REPEAT, sre.MIN_REPEAT) or value[1] is not sre.MAXREPEAT or not _single(value[2]):
        return items
    words_only = all(_is_word(c) for c in SAMPLE if any(_takes(*item, c) for item in value[2] if item[0] is sre.IN))
    if at_edge and not (words_only and value[2][0][0] is sre.IN):
        return items
    return [*items[: -2 if at_edge else -1], (op, (value[0], max(value[0], 1), value[2]))]


def _starts_open(tree) -> bool:
    """Return whether a pattern begins with an unlimited repeat that could begin at every character."""
    for op, value in tree:
        behind = op in (sre.ASSERT, sre.ASSERT_NOT) and value[0] < 0
        if behind or (op is sre.AT and value is not sre.AT_NON_BOUNDARY):
            return False
        if op is sre.BRANCH:
            return any(map(_starts_open, value[1]))
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            if value[1] is sre.MAXREPEAT or _starts_open(value[2]):
                return True
            if value[0]:
                return False
        elif op in (sre.SUBPATTERN, sre.ATOMIC_GROUP):
            return _starts_open(value[-1] if op is sre.SUBPATTERN else value)
        elif op not in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            return False
    return False


class Walk:
    """What can be reached in an automaton, and whether one word can be walked in two ways."""

    def __init__(self, automaton: Automaton):
        self.sets, self.follow, self.steps = automaton.sets, automaton.follow, 0
        self.ahead = {state: self.closure([(state,)], [set(self.follow)]) for state in self.follow}
        self.ahead = {state: {end for (end,) in ends} for state, ends in self.ahead.items()}
        self.loops = [state for state in self.follow if state in self.ahead[state]]

    def ring(self, state: int) -> set[int]:
        """Return the states on a loop with this one."""
        return {other for other in self.ahead[state] if state in self.ahead[other]}

    def next(self, states: tuple, within: list[set]) -> list[tuple]:
        """Return where several walkers come when all read the same character, each within its own states."""
        found = [((), -1)]
        for state, allowed in zip(states, within, strict=True):
            steps = [step for step in self.follow[state] if step in allowed]
            found = [((*done, s), left & self.sets[s]) for done, left in found for s in steps if left & self.sets[s]]
        self.steps += len(found) + 1
        if self.steps > MOST_STEPS:
            raise Refused("is too involved to be checked")
        return [states for states, _ in found]

    def closure(self, starts: list[tuple], within: list[set]) -> set[tuple]:
        found: set[tuple] = set()
        waiting = list(starts)
        while waiting:
            new = [states for states in self.next(waiting.pop(), within) if states not in found]
            found.update(new)
            waiting += new
        return found

    def doubles(self) -> bool:
        """Return whether one word leads round a loop in two ways."""
        for state in self.loops:
            ring = self.ring(state)
            if any(n > 1 and step in ring for step, n in self.follow[state].items()):
                return True
            apart = [pair for pair in self.closure([(state, state)], [ring, ring]) if pair[0] != pair[1]]
            if any((state, state) in self.closure([pair], [ring, ring]) for pair in apart):
                return True
        return False

    def shares(self) -> bool:
        """Return whether a word that turns one loop also leads to another loop and turns that."""
        for one in self.loops:
            for other in [state for state in self.loops if state != one and state in self.ahead[one]]:
                within = [self.ring(one), self.ahead[one], self.ring(other)]
                if (one, other, other) in self.closure([(one, one, other)], within):
                    return True
        return False


def _examine(tree) -> None:
    automaton = Automaton(tree)
    if automaton.ways > MOST_WAYS:
        raise Refused(f"leaves more than {MOST_WAYS} ways to share out its bounded repeats and options")
    walk = Walk(automaton)
    if walk.doubles():
        raise Refused("could run away: inside a repeat the same characters can be matched in several ways")
    if walk.shares():
        raise Refused("could run away: two unlimited repeats can match the same characters")


def _tree(pattern: str):
    """Return the parse tree; raise Refused with the place of the fault if it is no regular expression."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = _parser.parse(pattern, re.IGNORECASE)
            re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        at = f" at character {error.pos + 1}" if error.pos is not None else ""
        raise Refused(f"is no regular expression: {error.msg}{at}") from None
    except (Warning, OverflowError, RecursionError, ValueError) as error:
        raise Refused(f"is no plain regular expression: {str(error) or 'nested too deep'}") from None
    return tree


@lru_cache(maxsize=1024)
def pattern_fault(pattern: str) -> tuple[str, str] | None:
    r"""Return what is wrong with a regular expression and how to mend it; None if it can be used for searching.

    >>> pattern_fault(r"\bidentif\w+\W+(?:\w+\W+){0,5}needs?\b") is None
    True
    >>> pattern_fault("(a+)+$")[0]
    'could run away: inside a repeat the same characters can be matched in several ways'
    """
    if _parser is None:
        return "cannot be checked under this version of Python", "write a term with wildcards instead"
    if len(pattern) > LONGEST:
        return f"has more than {LONGEST} characters", "split it into several terms"
    try:
        tree = _tree(pattern)
        if tree.state.flags & re.ASCII or "(?a" in pattern:
            raise Refused("asks for ASCII only; letters of every language are letters here")
        _examine(_without_tail(tree))
        if tree.getwidth()[0] == 0:
            return "could match nothing at all", "let it match at least one character"
        if _starts_open(tree):
            return "begins with an unlimited repeat", r"begin with `\b` or with a letter"
    except Refused as reason:
        return str(reason), "correct it" if "regular expression" in str(reason) else SIMPLER
    except RecursionError:
        return "is nested too deep", SIMPLER
    return None
