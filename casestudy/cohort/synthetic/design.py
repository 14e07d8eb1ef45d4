"""What is planted in the teaching cohort: who raises what, how the coders err, and what the second wave changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .draws import rounded

GROUPS = {
    "provider": "Physicians and hospitals",
    "plan": "Health plans",
    "purchaser": "Employers and other purchasers",
    "consumer": "Consumers and patients",
    "staff": "Paid team of the alliance",
}
ASPECTS_OF_RAISERS = 50  # per cent of those who raise a challenge name a given aspect, unless a quota is set


@dataclass(frozen=True)
class Design:
    """The truth of one wave of interviews.

    Attributes
    ----------
    sites : informants per site
    quotas : code -> informants who raise it, per site
    whole_groups : code -> the group of which everybody raises it; the quota is filled up from the others
    aspects : aspect -> informants who name it, per site; aspects without a quota are named by half of the raisers
    poles : trade-off -> per site how many informants describe pole A, pole B, both
    pairs : challenges of which half the passages are shared, where somebody raises both
    denied : code -> informants who deny it, per site
    answered : code -> informants who tell only of what is done about it, per site: raised, but no difficulty
    not_asked : module -> informants who were not asked it, per site; they do not raise its codes either
    brief : codes of which whoever raises them speaks twice and no more
    turns, words : fewest and most answers of an interview; its words, which it exceeds, since sentences on codes are
        never cut: by about one in ninety in the first wave, by three in ten in the short interviews of the second
    """

    sites: Mapping[str, int]
    quotas: Mapping[str, tuple[int, ...]]
    whole_groups: Mapping[str, str] = field(default_factory=dict)
    aspects: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    poles: Mapping[str, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    denied: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    answered: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    not_asked: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    brief: frozenset[str] = frozenset()
    turns: tuple[int, int] = (36, 44)
    words: int = 4880


def quotas(sites: Mapping[str, int], shares: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Return code -> informants per site, from shares in per cent."""
    return {
        code: tuple(rounded(share, n) for share, n in zip(row, sites.values(), strict=True))
        for code, row in shares.items()
    }


SHARES = {  # per cent of the informants of alder, birch, cedar, dogwood
    "governance_structure": (60, 60, 60, 60),
    "balancing_power": (70, 70, 65, 70),
    "inclusive_vs_efficient": (60, 60, 60, 60),
    "collateral_leadership": (45, 55, 35, 30),  # common, but fragile
    "staff_vs_member_roles": (55, 55, 0, 50),  # cedar alone stands against "common"
    "resource_capacity": (60, 60, 60, 60),
    "culture_history": (55, 30, 50, 55),  # common, weakest at birch
    "short_vs_long_term": (60, 60, 60, 60),
    "soliciting_participation": (60, 60, 60, 60),
    "sustaining_participation": (60, 60, 60, 60),
    "it_vendor": (60, 0, 0, 0),
    "state_policy": (50, 0, 50, 0),
    "data_law": (0, 0, 0, 0),  # raised by every provider and by nobody else: one-sided
}
WHOLE_GROUPS = {"data_law": "provider", "short_vs_long_term": "purchaser"}
PAIRS = (
    ("resource_capacity", "sustaining_participation"),
    ("governance_structure", "balancing_power"),
    ("short_vs_long_term", "soliciting_participation"),
)
SITES = {"alder": 15, "birch": 16, "cedar": 18, "dogwood": 19}
TEACHING = Design(
    sites=SITES,
    quotas={**quotas(SITES, SHARES), "office_location": (1, 1, 1, 1)},
    whole_groups=WHOLE_GROUPS,
    aspects={  # by these the theory of power sharing can be told from its rival
        "delay_paralysis": (9, 2, 11, 3),
        "lesser_partners_threatened": (2, 9, 3, 11),
        "visionaries_left_out": (6, 1, 5, 1),
        "seen_as_partial": (3, 2, 3, 4),
    },
    poles={
        "equality_or_equity": ((8, 1, 1), (2, 8, 0), (8, 2, 0), (1, 8, 1)),
        "inclusive_or_efficient": ((7, 2, 1), (3, 6, 1), (2, 2, 6), (2, 7, 1)),
        "facilitating_or_working": ((8, 2, 0), (7, 2, 1), (2, 7, 1), (2, 8, 0)),
        "political_or_substantive": ((7, 3, 0), (0, 0, 0), (4, 6, 0), (3, 7, 0)),
        "internal_or_external": ((6, 4, 0), (4, 4, 2), (0, 1, 0), (3, 7, 0)),
        "concentrated_or_diversified": ((7, 3, 0), (3, 7, 0), (5, 5, 0), (4, 6, 0)),
    },
    pairs=PAIRS,
    denied={"sustaining_participation": (0, 0, 0, 7)},
    answered={"it_vendor": (0, 5, 0, 5)},  # a difficulty at one site, raised at three
    not_asked={"leadership": (0, 0, 0, 3)},
    brief=frozenset({"office_location"}),  # a stray remark
)
SITES_2 = {"alder": 14, "birch": 15, "cedar": 17, "dogwood": 18}
PANEL = (9, 9, 11, 11)  # of whom so many were interviewed in the first wave
SHORT = quotas(SITES_2, SHARES)
SECOND_WAVE = Design(
    sites=SITES_2,
    quotas={
        **SHORT,
        "office_location": (1, 1, 1, 1),
        "soliciting_participation": (1, *SHORT["soliciting_participation"][1:]),  # resolved at alder
        "state_policy": (*SHORT["state_policy"][:3], 8),  # emerged at dogwood
    },
    whole_groups=WHOLE_GROUPS,
    pairs=PAIRS,
    brief=frozenset({"office_location"}),
    turns=(17, 21),
    words=1140,
)


@dataclass(frozen=True)
class Reader:
    """How one coder reads: out of 1,000, how often a mark is seen, and how often one is seen that is not there.

    `loose` gives other numbers for one code; `mistakes` says that a mark of the first code is given as the second
    so many times out of 100.
    """

    coder: str
    seen: int = 900
    false: int = 3
    loose: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    mistakes: Mapping[tuple[str, str], int] = field(default_factory=dict)


READERS = (
    Reader("c1"),
    Reader("c2"),
    Reader("c3", mistakes={("inclusive_vs_efficient", "balancing_power"): 35}),
    Reader("c4"),
    Reader("c5", loose={"collateral_leadership": (550, 30)}),
)
DOUBLE_CODED = 6  # interviews per site that two coders read, and then settle together
READ_WHOLE = ("birch", 4, "c4")  # the last four interviews of birch were all read by c4
