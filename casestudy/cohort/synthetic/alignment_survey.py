"""The alliance survey of the cohort `alignment-teaching`: one factor, six items, sites at planted levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from statistics import NormalDist

import pandas as pd

from ..made import made_table
from .draws import Draw

SCALE = "shared_direction"
# item -> (loading in hundredths, reversed, wording)
ITEMS = {
    "same_aims": (80, False, "Those who sit at this table want the same things from our work."),
    "first_steps": (75, False, "We agree on what has to be done first."),
    "pulling_apart": (72, True, "Our members pull in different directions."),
    "backing_at_home": (70, False, "The organisation I come from stands behind the course we have set."),
    "purpose_unclear": (65, True, "I often wonder what holds this group together."),
    "same_picture": (60, False, "Asked what we hope to look like in five years, most of us would give one answer."),
}
CUTS = (-160, -80, 10, 100)  # hundredths: between the answers 1|2, 2|3, 3|4 and 4|5
BLANK = 3  # per cent of the answers
# group -> (weight among the respondents, usual response rate in per cent)
GROUPS = {"provider": (30, 55), "plan": (12, 60), "purchaser": (20, 50), "consumer": (18, 45), "staff": (20, 85)}
LEAST = 3  # respondents of each group at each site
# 4,096 equally likely values of the standard normal distribution, in ten-thousandths: whole numbers are the same on
# every machine, where a floating-point draw might not be
NORMAL = tuple(round(10_000 * NormalDist().inv_cdf((2 * i + 1) / 8192)) for i in range(4096))


@dataclass(frozen=True)
class Design:
    """How clearly the sites differ, and how many answer: scale of the site effects in hundredths, range of sizes."""

    scale: int = 75
    least: int = 40
    most: int = 70


FRAGILE = Design(scale=55, least=22, most=55)


def answer(loading: int, person: int, own: int) -> int:
    """Return the answer 1 to 5 to an item, before any reversal.

    The item's latent value is loading times the person's level plus the rest of a variance of one times the item's
    own deviate; the answer counts the cut points below it. Loading in hundredths, deviates in ten-thousandths.

    >>> answer(80, 0, 0), answer(80, 20_000, 0), answer(80, -30_000, 0)
    (3, 5, 1)
    """
    rest = isqrt(10_000**2 - (100 * loading) ** 2)  # ten-thousandths
    latent = 100 * loading * person + rest * own
    return 1 + sum(latent > cut * 1_000_000 for cut in CUTS)


def _group_sizes(draw: Draw, n: int) -> dict[str, int]:
    names, weights = list(GROUPS), [weight for weight, _ in GROUPS.values()]
    sizes = dict.fromkeys(names, LEAST)
    for _ in range(n - LEAST * len(names)):
        sizes[names[draw.weighted(weights)]] += 1
    return sizes


def _people(seed: int, sites: list[str], design: Design) -> list[dict]:
    """Return one row per respondent, sites and groups in declared order."""
    people = []
    for site in sites:
        draw = Draw(seed, f"alignment size {site}")
        sizes = _group_sizes(draw, design.least + draw.below(design.most - design.least + 1))
        groups = [group for group, size in sizes.items() for _ in range(size)]
        people += [
            {"respondent": f"{site}-r{number:02d}", "site": site, "wave": 1, "group": group}
            for number, group in enumerate(groups, 1)
        ]
    return people


def _answers(seed: int, people: list[dict], levels: Mapping[str, int]) -> list[dict]:
    draw, rows = Draw(seed, "alignment answers"), []
    for row in people:
        person = levels[row["site"]] + draw.pick(NORMAL)
        for item, (loading, reverse, _) in ITEMS.items():
            value = answer(loading, person, draw.pick(NORMAL))
            rows.append({"respondent": row["respondent"], "item": item, "value": 6 - value if reverse else value})
    blanks = Draw(seed, "alignment blanks").sample(range(len(rows)), (BLANK * len(rows) + 50) // 100)
    for position in blanks:
        rows[position]["value"] = ""
    return rows


def _frame(seed: int, people: list[dict]) -> list[dict]:
    """Return how many were invited and answered; who stays away does not depend on what they would have said."""
    draw, rows = Draw(seed, "alignment invited"), []
    counts = pd.DataFrame(people).groupby(["site", "wave", "group"], sort=False).size()
    for (site, wave, group), n in counts.items():
        rate = GROUPS[group][1] + draw.below(21) - 10
        invited = -(-100 * int(n) // rate)  # rounded up
        rows.append({"site": site, "wave": wave, "group": group, "invited": invited, "responded": n})
    return rows


def survey_tables(seed: int, levels: Mapping[str, int], design: Design) -> dict[str, pd.DataFrame]:
    """Return survey_items, survey_frame, survey_respondents and survey_responses.

    Parameters
    ----------
    seed : int
    levels : mapping of str to int
        Planted effect of each site, in hundredths before scaling; its order is the declared order of the sites.
    design : Design
        Scale of the effects, and the range of respondents per site.
    """
    people = _people(seed, list(levels), design)
    scaled = {site: design.scale * level for site, level in levels.items()}  # ten-thousandths
    items = [
        {"item": item, "scale": SCALE, "text": text, "reverse": "yes" if reverse else "no", "min": 1, "max": 5}
        for item, (_, reverse, text) in ITEMS.items()
    ]
    return {
        "survey_items": made_table("survey_items", items),
        "survey_frame": made_table("survey_frame", _frame(seed, people)),
        "survey_respondents": made_table("survey_respondents", people),
        "survey_responses": made_table("survey_responses", _answers(seed, people, scaled)),
    }
