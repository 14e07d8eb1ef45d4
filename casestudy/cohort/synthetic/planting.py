"""Who is interviewed, and which answer says what: the truth, planted by quota and never by chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from .design import ASPECTS_OF_RAISERS, GROUPS, Design
from .draws import Draw, rounded

PASSAGES = (0, 0, 301, 361, 217, 87, 34)  # how often a raiser speaks of it 2, 3, 4, 5 or 6 times, out of 1,000
LATER = (("challenge", 50), ("barrier", 15), ("strategy", 20), ("facilitator", 10), ("neutral", 5))
SPARE = "meeting_habits"  # the early code that is retired; see history


class Person(NamedTuple):
    """One informant."""

    informant: str
    site: str
    group: str


@dataclass(frozen=True)
class Interview:
    """One interview: who, in which wave, how many answers, and the modules asked, in order."""

    source: str
    person: Person
    wave: int
    turns: int
    modules: tuple[str, ...]

    def module(self, turn: int) -> str:
        """Return the module that an answer belongs to."""
        return self.modules[turn * len(self.modules) // self.turns]


class Mark(NamedTuple):
    """One code in one answer; `told` is the code whose sentence carries it ("" = a coder imagined it)."""

    source: str
    turn: int
    code: str
    valence: str
    pole: str
    about: str
    told: str


def deal_people(
    sites: Mapping[str, int], kept: Iterable[Person] = (), before: Mapping[str, int] | None = None
) -> list[Person]:
    """Return informants, their groups dealt in turn; those `kept` stay, and new ones are numbered after the number of
    informants `before` at each site.

    >>> [person.group for person in deal_people({"alder": 3})]
    ['provider', 'plan', 'purchaser']
    """
    kept, people = list(kept), []
    for site, n in sites.items():
        stay, first = [person for person in kept if person.site == site], (before or {}).get(site, 0)
        new = [f"{site}-{first + i + 1:02d}" for i in range(n - len(stay))]
        groups = _groups_short(stay, n)
        people += stay + [Person(name, site, group) for name, group in zip(new, groups, strict=True)]
    return people


def _groups_short(kept: list[Person], n: int) -> list[str]:
    """Return the groups that are missing among those kept, so that all n are dealt evenly."""
    groups = list(GROUPS)
    wanted = [groups[i % len(groups)] for i in range(n)]
    for person in kept:
        if person.group in wanted:
            wanted.remove(person.group)
    return wanted[: n - len(kept)]


def spread(draw: Draw, people: list[Person], n: int) -> list[Person]:
    """Return n people, as evenly over the groups as can be."""
    by_group = [[p for p in draw.shuffled(people) if p.group == group] for group in draw.shuffled(list(GROUPS))]
    rounds = [[members[i] for members in by_group if i < len(members)] for i in range(len(people))]
    return [person for members in rounds for person in members][:n]


def _not_asked(seed: int, design: Design, people: list[Person], wave: int) -> set[tuple[str, str]]:
    """Return (informant, module) for who was not asked what."""
    found = set()
    for module, row in design.not_asked.items():
        for site, n in zip(design.sites, row, strict=True):
            draw = Draw(seed, f"not asked {module} {site} {wave}")
            found |= {(p.informant, module) for p in spread(draw, [p for p in people if p.site == site], n)}
    return found


def hold_interviews(
    seed: int, design: Design, people: list[Person], modules: list[str], wave: int = 1
) -> list[Interview]:
    """Return one interview per person."""
    missing, (fewest, most) = _not_asked(seed, design, people, wave), design.turns
    draw, interviews = Draw(seed, f"turns {wave}"), []
    for person in people:
        asked = tuple(m for m in modules if (person.informant, m) not in missing)
        turns = fewest + draw.below(most - fewest + 1)
        source = person.informant if wave == 1 else f"{person.informant}-w{wave}"
        interviews.append(Interview(source, person, wave, turns, asked))
    return interviews


def _raisers(draw: Draw, design: Design, code: str, people: list[Person], n: int) -> list[Person]:
    """Return who raises a code at one site: the whole group, if one is planted, then others up to the quota."""
    whole = [p for p in people if p.group == design.whole_groups.get(code)]
    others = [p for p in people if p not in whole]
    return whole + spread(draw, others, max(n - len(whole), 0))


def raisers(seed: int, design: Design, interviews: list[Interview], covers: Mapping[str, str]) -> dict:
    """Return (code, site) -> the people who raise it. `covers` names the module that asks about a code."""
    found, wave = {}, interviews[0].wave
    for (code, row), (number, site) in product(design.quotas.items(), enumerate(design.sites)):
        here = [i for i in interviews if i.person.site == site]
        able = [i.person for i in here if covers.get(code) in (None, *i.modules)]
        found[code, site] = _raisers(Draw(seed, f"raise {code} {site} {wave}"), design, code, able, row[number])
    return found


def _place(draw: Draw, turns: int, amounts: Mapping[str, int], pairs: Iterable[tuple[str, str]]) -> dict:
    """Return code -> answers, each drawn from all answers alike; planted pairs share half of the smaller's."""
    placed = {code: draw.sample(range(turns), n) for code, n in amounts.items()}
    for pair in pairs:
        if all(code in placed for code in pair):
            small, large = sorted(pair, key=lambda code: len(placed[code]))
            n, shared = len(placed[small]), (len(placed[small]) + 1) // 2
            others = [turn for turn in range(turns) if turn not in placed[large]]
            placed[small] = draw.sample(placed[large], shared) + draw.sample(others, n - shared)
    return placed


def _valences(draw: Draw, n: int) -> list[str]:
    """Return n valences, the first three a difficulty: whoever raises a challenge raises it in both readings."""
    first = ["barrier" if draw.chance(1, 5) else "challenge" for _ in range(3)]
    words, weights = zip(*LATER, strict=True)
    return [*first, *(words[draw.weighted(weights)] for _ in range(n - 3))][:n]


def _about(draw: Draw) -> str:
    return draw.pick(list(GROUPS)) if draw.chance(1, 2) else ""


def _marks_of(draw: Draw, interview: Interview, codes: list[str], design: Design) -> list[Mark]:
    """Return what one person says of the challenges they raise."""
    whole = {code for code, group in design.whole_groups.items() if group == interview.person.group}
    amounts = {code: 2 if code in design.brief else draw.weighted(PASSAGES) for code in codes}
    amounts |= {code: max(amounts[code], 3) for code in codes if code in whole}  # it is a matter of the group's own
    placed = _place(draw, interview.turns, amounts, design.pairs)
    return [
        Mark(interview.source, turn, code, valence, "", _about(draw), code)
        for code, turns in placed.items()
        for turn, valence in zip(turns, _valences(draw, len(turns)), strict=True)
    ]


def plant_challenges(seed: int, design: Design, interviews: list[Interview], found: dict) -> list[Mark]:
    """Return the marks of all challenges."""
    marks = []
    for interview in interviews:
        draw = Draw(seed, f"marks {interview.source}")
        codes = [code for code in design.quotas if interview.person in found[code, interview.person.site]]
        marks += _marks_of(draw, interview, codes, design)
    return marks


def plant_aspects(seed: int, design: Design, interviews: list[Interview], marks: list[Mark], parents: dict) -> list:
    """Return the marks of aspects: each on the first two passages drawn for its challenge, which are difficulties."""
    first: dict[tuple[str, str], list[Mark]] = {}
    for mark in marks:
        first.setdefault((mark.source, mark.code), []).append(mark)
    planted = []
    for aspect, parent in parents.items():
        for number, site in enumerate(design.sites):
            draw = Draw(seed, f"aspect {aspect} {site} {interviews[0].wave}")
            able = [i.source for i in interviews if i.person.site == site and (i.source, parent) in first]
            half = rounded(ASPECTS_OF_RAISERS, len(able))
            n = design.aspects[aspect][number] if aspect in design.aspects else half
            chosen = sorted(draw.sample(able, min(n, len(able))))
            planted += [m._replace(code=aspect, told=aspect) for s in chosen for m in first[s, parent][:2]]
    return planted


def plant_poles(seed: int, design: Design, interviews: list[Interview]) -> list[Mark]:
    """Return the marks of trade-offs: who describes a position does so twice."""
    planted = []
    for (axis, rows), (number, site) in product(design.poles.items(), enumerate(design.sites)):
        draw = Draw(seed, f"pole {axis} {site}")
        here = {i.person: i for i in interviews if i.person.site == site}
        poles = [pole for pole, n in zip(("A", "B", "both"), rows[number], strict=True) for _ in range(n)]
        for person, pole in zip(spread(draw, list(here), len(poles)), draw.shuffled(poles), strict=True):
            turns = draw.sample(range(here[person].turns), 2)
            planted += [Mark(here[person].source, turn, axis, "neutral", pole, "", axis) for turn in turns]
    return planted


def plant_others(seed: int, quotas: Mapping, interviews: list[Interview], found: dict, say) -> list[Mark]:
    """Return the marks of people who speak of a code without raising it as a difficulty.

    `say` takes a stream of draws and returns the valences of one person's passages.
    """
    planted = []
    sites = list(dict.fromkeys(i.person.site for i in interviews))
    for (code, row), (number, site) in product(quotas.items(), enumerate(sites)):
        draw = Draw(seed, f"others {code} {site}")
        here = {i.person: i for i in interviews if i.person.site == site and i.person not in found[code, site]}
        for person in spread(draw, list(here), row[number]):
            valences = say(draw)
            turns = draw.sample(range(here[person].turns), len(valences))
            said = zip(turns, valences, strict=True)
            planted += [Mark(here[person].source, turn, code, valence, "", "", code) for turn, valence in said]
    return planted


def _denials(draw: Draw) -> list[str]:
    return ["not_here"] * (1 + draw.below(2))


def _answers(draw: Draw) -> list[str]:
    return [draw.pick(("strategy", "strategy", "facilitator")) for _ in range(3)]


def plant(seed: int, design: Design, interviews: list[Interview], covers: Mapping, parents: Mapping) -> list[Mark]:
    """Return every mark of one wave, in the order of interviews and answers."""
    found = raisers(seed, design, interviews, covers)
    marks = plant_challenges(seed, design, interviews, found)
    marks += plant_aspects(seed, design, interviews, marks, parents)
    marks += plant_poles(seed, design, interviews)
    marks += plant_others(seed, design.denied, interviews, found, _denials)
    marks += plant_others(seed, design.answered, interviews, found, _answers)
    order = {interview.source: n for n, interview in enumerate(interviews)}
    return sorted(marks, key=lambda mark: (order[mark.source], mark.turn))
