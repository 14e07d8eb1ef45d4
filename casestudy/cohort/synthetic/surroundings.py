"""What stands beside the interviews: early codebooks, links said outright, members, and a survey in two waves."""

from __future__ import annotations

from .design import GROUPS
from .draws import Draw, rounded
from .planting import SPARE, Interview, Mark

EARLY_PER_SITE, ORPHANS = 2, 3
EARLY_CODER = "c1"
BEFORE = {  # code of the final codebook -> what it was in v1
    "collateral_leadership": "leadership",
    "staff_vs_member_roles": "leadership",
    "soliciting_participation": "recruiting",
    "office_location": "",
}
LINKS = (("resource_capacity", "sustaining_participation", 12), ("sustaining_participation", "resource_capacity", 1))
FEWEST_MEMBERS, MOST_MEMBERS = 24, 40
STAY = {"purchaser": 60}  # per cent that are still members after twelve months
STAY_OTHERS = 88
STAYERS, CHANGING = 20, 10  # respondents of a site who answer in both waves, and in one only
SPREAD = (-4, -3, -2, -1, 0, 0, 1, 2, 3, 4)  # of ten people around their site's mean total; the sum is 0
LEVEL = {"alder": 20, "birch": 19, "cedar": 18, "dogwood": 21}  # mean total over six questions
RISE = {"birch": (0, 54), "cedar": (48, 24)}  # points in all that those who stay, and newcomers, answer higher
ITEMS = (
    ("s1", "We know what this alliance is for.", "no"),
    ("s2", "Members pull in the same direction.", "no"),
    ("s3", "I could name our three next steps.", "no"),
    ("s4", "Each member here wants something else.", "yes"),
    ("s5", "Those who decide ask the rest of us.", "no"),
    ("s6", "I would join again.", "no"),
)


def early_interviews(seed: int, interviews: list[Interview], readers: dict) -> list[Interview]:
    """Return the interviews that were read under the early codebooks: some of those that are settled later."""
    settled = [i for i in interviews if len(readers[i.source]) > 1]
    chosen = []
    for site in dict.fromkeys(i.person.site for i in interviews):
        here = [i for i in settled if i.person.site == site]
        chosen += Draw(seed, f"early {site}").sample(here, EARLY_PER_SITE)
    return chosen


def plant_spare(seed: int, early: list[Interview], marks: list[Mark]) -> list[Mark]:
    """Return the passages of the code that is retired: nothing else is said there, so they lose their code."""
    draw, taken = Draw(seed, "orphans"), {(m.source, m.turn) for m in marks}
    planted = []
    for interview in early[:ORPHANS]:
        free = [turn for turn in range(interview.turns) if (interview.source, turn) not in taken]
        planted.append(Mark(interview.source, draw.pick(free), SPARE, "neutral", "", "", SPARE))
    return planted


def _early_code(mark: Mark, aspects: set[tuple[str, int]]) -> str:
    if mark.code == "resource_capacity":
        return "staffing" if (mark.source, mark.turn) in aspects else "money"
    return BEFORE.get(mark.code, mark.code)


def code_early(early: list[Interview], marks: list[Mark], spare: list[Mark], kinds: dict) -> list[tuple]:
    """Return (mark, coder, round) for the readings under the codebooks v1 and v2.

    They are free of error, whoever is named as the coder: what becomes of a code is then known exactly.
    """
    sources = {interview.source for interview in early}
    aspects = {(m.source, m.turn) for m in marks if m.code == "thin_staff"}
    here = [m for m in marks if m.source in sources and kinds[m.code] == "challenge"]
    once = {(m.source, m.turn, _early_code(m, aspects)): m for m in [*here, *spare]}  # two codes may have been one
    v1 = [(m._replace(code=code), EARLY_CODER, "v1") for (_, _, code), m in once.items() if code]
    return v1 + [(mark, EARLY_CODER, "v2") for mark in [*here, *spare]]


def say_links(seed: int, marks: list[Mark], segments: dict, readers: dict) -> list[dict]:
    """Return the rows of `links`: on passages that hold both challenges."""
    places: dict[str, list] = {}
    for mark in marks:
        places.setdefault(mark.code, []).append((mark.source, mark.turn))
    draw, rows = Draw(seed, "links"), []
    both = sorted(set(places[LINKS[0][0]]) & set(places[LINKS[0][1]]))
    chosen = iter(draw.shuffled(both))
    for one, other, n in LINKS:
        for _, (source, turn) in zip(range(n), chosen, strict=False):
            row = {"coder": readers[source][0], "segment": segments[source, turn], "from_code": one, "to_code": other}
            rows.append({"link": f"k{len(rows) + 1:02d}", **row, "relation": "worsens"})
    return rows


def _month(months: int) -> str:
    """Return the first day of a month, counted from January 2010."""
    return f"{2010 + months // 12}-{months % 12 + 1:02d}-01"


def join_members(seed: int, sites: list[str]) -> list[dict]:
    """Return the rows of `memberships`: how many stay for twelve months is planted by quota per site and group."""
    rows, groups = [], [group for group in GROUPS if group != "staff"]
    for site in sites:
        draw = Draw(seed, f"members {site}")
        total = FEWEST_MEMBERS + draw.below(MOST_MEMBERS - FEWEST_MEMBERS + 1)
        for number, group in enumerate(groups):
            n = len(range(number, total, len(groups)))
            stays = draw.shuffled([i < rounded(STAY.get(group, STAY_OTHERS), n) for i in range(n)])
            rows += [_member(draw, site, group, i + 1, stay) for i, stay in enumerate(stays)]
    return rows


def _member(draw: Draw, site: str, group: str, number: int, stays: bool) -> dict:
    joined = draw.below(12)
    months = 13 + draw.below(12) if stays else 2 + draw.below(10)
    left = _month(joined + months) if not stays or draw.chance(1, 5) else ""
    return {
        "member": f"{site}-{group}-{number:02d}",
        "site": site,
        "organisation": f"Invented {group} {number} of {site.capitalize()}",
        "group": group,
        "seat": draw.pick(("board", "committee", "general", "general")),
        "joined": _month(joined),
        "left": left,
        "recruited_by": draw.pick(("director", "member", "")),
    }


def _answers(draw: Draw, total: int) -> list[int]:
    """Return six answers from 1 to 5 with this sum."""
    answers = [total // 6 + (i < total % 6) for i in range(6)]
    for _ in range(4):
        up, down = draw.below(6), draw.below(6)
        if up != down and answers[up] < 5 and answers[down] > 1:
            answers[up], answers[down] = answers[up] + 1, answers[down] - 1
    return draw.shuffled(answers)


def _totals(draw: Draw, level: int, n: int) -> list[int]:
    return draw.shuffled([level + SPREAD[i % len(SPREAD)] for i in range(n)])


def _risen(totals: list[int], points: int) -> list[int]:
    """Return the totals with so many points more in all, shared out evenly."""
    each, rest = divmod(points, len(totals))
    return [total + each + (i < rest) for i, total in enumerate(totals)]


def survey(seed: int, sites: list[str]) -> dict[str, list[dict]]:
    """Return the rows of the survey's tables: at birch only newcomers raise the mean (by .30), at cedar only those
    who stay do (by .40; newcomers answer as they do, and those who leave had answered as all did before)."""
    rows: dict[str, list[dict]] = {name: [] for name in ("survey_frame", "survey_respondents", "survey_responses")}
    for site in sites:
        draw, level = Draw(seed, f"survey {site}"), LEVEL[site]
        stay, leave, enter = (_totals(draw, level, n) for n in (STAYERS, CHANGING, CHANGING))
        rise, rise_new = RISE.get(site, (0, 0))
        later, enter = _risen(stay, rise), _risen(enter, rise_new)
        people = [f"{site}-p{i + 1:02d}" for i in range(STAYERS + 2 * CHANGING)]
        first, second = people[: STAYERS + CHANGING], people[:STAYERS] + people[STAYERS + CHANGING :]
        for wave, panel, totals in ((1, first, stay + leave), (2, second, later + enter)):
            _ask(draw, rows, site, wave, list(zip(panel, totals, strict=True)))
    rows["survey_items"] = [
        {"item": item, "scale": "shared_direction", "text": text, "reverse": turned, "min": 1, "max": 5}
        for item, text, turned in ITEMS
    ]
    return rows


def _ask(draw: Draw, rows: dict, site: str, wave: int, answering: list[tuple[str, int]]) -> None:
    groups = {panel: list(GROUPS)[int(panel[-2:]) % len(GROUPS)] for panel, _ in answering}
    for group in GROUPS:
        n = list(groups.values()).count(group)
        invited = n + 1 + draw.below(4)
        rows["survey_frame"].append({"site": site, "wave": wave, "group": group, "invited": invited, "responded": n})
    for panel, total in answering:
        who = f"{panel}-w{wave}"
        person = {"respondent": who, "site": site, "wave": wave, "group": groups[panel], "panel": panel}
        rows["survey_respondents"].append(person)
        for (item, _, turned), value in zip(ITEMS, _answers(draw, total), strict=True):
            value = 6 - value if turned == "yes" else value
            rows["survey_responses"].append({"respondent": who, "item": item, "value": value})
