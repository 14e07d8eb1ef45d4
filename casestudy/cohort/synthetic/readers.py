"""How the coders read: each with known errors, some interviews by two who then settle their differences."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from .design import DOUBLE_CODED, READ_WHOLE, READERS, Reader
from .draws import Draw
from .planting import Interview, Mark

AGREED = "agreed"  # who settled it: the two coders of an interview together
SLIP = 4  # out of 100: a challenge taken for a barrier, or the reverse
ASPECT_SEEN = 95  # out of 100, where its challenge was seen


def _double_coded(draw: Draw, interviews: list[Interview], apart: set[str]) -> list[str]:
    """Return the interviews of one site that two coders read."""
    return draw.sample([i.source for i in interviews if i.source not in apart], DOUBLE_CODED)


def assign(seed: int, interviews: list[Interview], doubled: bool = True) -> dict[str, tuple[str, ...]]:
    """Return source -> its coders; the first is the one whose codings stand where only one coder counts."""
    draw, names = Draw(seed, f"assign {interviews[0].wave}"), [reader.coder for reader in READERS]
    site, n, coder = READ_WHOLE
    whole = {i.source: (coder,) for i in [i for i in interviews if i.person.site == site][-n:]} if doubled else {}
    double = []
    for place in dict.fromkeys(i.person.site for i in interviews) if doubled else ():
        double += _double_coded(draw, [i for i in interviews if i.person.site == place], set(whole))
    pairs = draw.shuffled(list(combinations(names, 2)))
    chosen = {source: pairs[k % len(pairs)] for k, source in enumerate(double)}
    rest = draw.shuffled([i.source for i in interviews if i.source not in whole and i.source not in chosen])
    single = {source: (names[k % len(names)],) for k, source in enumerate(rest)}
    return {i.source: (whole | chosen | single)[i.source] for i in interviews}


def _given(draw: Draw, mark: Mark, reader: Reader) -> str:
    """Return the code that a reader gives for a mark, "" for none."""
    for (one, other), often in reader.mistakes.items():
        if mark.code == one and draw.chance(often, 100):
            return other
    seen = reader.loose.get(mark.code, (reader.seen, 0))[0]
    return mark.code if draw.chance(seen, 1000) else ""


def _slipped(draw: Draw, valence: str) -> str:
    other = {"challenge": "barrier", "barrier": "challenge"}
    return other[valence] if valence in other and draw.chance(SLIP, 100) else valence


def _seen(draw: Draw, marks: list[Mark], reader: Reader, parents: dict[str, str]) -> dict[str, Mark]:
    """Return code -> mark, for what a reader sees of one answer."""
    found: dict[str, Mark] = {}
    for mark in marks:
        if mark.code not in parents:
            code = _given(draw, mark, reader)
            if code and code not in found:
                found[code] = mark._replace(code=code, valence=_slipped(draw, mark.valence))
    for mark in marks:  # an aspect is seen only by who sees its challenge
        if parents.get(mark.code) in found and draw.chance(ASPECT_SEEN, 100):
            found[mark.code] = mark
    return found


def _imagined(draw: Draw, interview: Interview, turn: int, reader: Reader, codes: list[str]) -> list[Mark]:
    """Return the challenges that a reader sees and that are not there."""
    often = {code: reader.loose.get(code, (0, reader.false))[1] for code in codes}
    seen = [code for code in codes if draw.chance(often[code], 1000)]
    return [Mark(interview.source, turn, code, "challenge", "", "", "") for code in seen]


def read(
    seed: int, interview: Interview, marks: list[Mark], reader: Reader, codes: list[str], parents: dict[str, str]
) -> list[Mark]:
    """Return what one coder makes of one interview.

    `codes` are the challenges, which alone can be imagined; `parents` maps aspects to their challenges.
    """
    draw = Draw(seed, f"read {interview.source} {reader.coder}")
    by_turn = defaultdict(list)
    for mark in marks:
        by_turn[mark.turn].append(mark)
    found = []
    for turn in range(interview.turns):
        seen = _seen(draw, by_turn[turn], reader, parents)
        true = {mark.code for mark in by_turn[turn]}
        more = [m for m in _imagined(draw, interview, turn, reader, codes) if m.code not in true and m.code not in seen]
        found += [*seen.values(), *more]
    return found


def code_all(
    seed: int, interviews: list[Interview], marks: list[Mark], readers: dict, codes: list[str], parents: dict
) -> list[tuple[Mark, str, str]]:
    """Return (mark, coder, round) for every coding: each coder's own, and the settled truth of double-coded ones."""
    by_source = defaultdict(list)
    for mark in marks:
        by_source[mark.source].append(mark)
    named, found = {reader.coder: reader for reader in READERS}, []
    for interview in interviews:
        true = by_source[interview.source]
        for coder in readers[interview.source]:
            seen = read(seed, interview, true, named[coder], codes, parents)
            found += [(mark, coder, "independent") for mark in seen]
        if len(readers[interview.source]) > 1:
            found += [(mark, AGREED, "consensus") for mark in true]
    return found
