"""A second synthetic cohort, for what asks whether the challenges of `teaching` recur elsewhere.

Three sites of nine to eleven informants. Of the ten challenges of `teaching`, seven recur; leadership was not asked;
the line between staff and members is nowhere; culture is at two of three sites. Two challenges are common here that are
not common there. One code is broader here than there (`CROSSWALK`)."""

from dataclasses import replace

from casestudy.cohort.synthetic import Made
from casestudy.cohort.synthetic.design import TEACHING, quotas
from casestudy.cohort.synthetic.planting import deal_people
from casestudy.cohort.synthetic.teaching import SETTINGS, Frame, Wave, interview_tables

SITES = {"elder": 9, "fir": 10, "gingko": 11}
RECURRING = ("governance_structure", "balancing_power", "inclusive_vs_efficient", "resource_capacity")
RECURRING += ("short_vs_long_term", "soliciting_participation", "sustaining_participation")
NEW = ("data_law", "office_location")
CROSSWALK = {"soliciting_participation": "broader"}
SHARES = {
    **dict.fromkeys((*RECURRING, *NEW), (70, 70, 70)),
    "collateral_leadership": (0, 0, 0),
    "staff_vs_member_roles": (0, 0, 0),
    "culture_history": (60, 60, 0),
}
DESIGN = replace(
    TEACHING,
    sites=SITES,
    quotas=quotas(SITES, SHARES),
    whole_groups={},
    aspects={},
    poles={},
    denied={},
    answered={},
    not_asked={"leadership": tuple(SITES.values())},
    brief=frozenset(),
    turns=(20, 24),
    words=1200,
)


def new_cohort(seed: int) -> Made:
    """Return the cohort in memory."""
    wave = Wave(seed, DESIGN, deal_people(SITES), 1, Frame())
    title = "A new synthetic cohort: three invented alliances"
    summary = "Generated interviews at three invented alliances, read by five invented coders; for tests."
    settings = SETTINGS | {"id": "new", "title": title, "summary": summary, "seed": seed, "waves": [1]}
    plan = {key: value for key, value in SETTINGS["plan"].items() if key != "order_by"}
    tables = interview_tables([wave])
    told = tables["memos"]["memo"].isin(tables["codebook_events"]["memo"])  # the others are about sites of `teaching`
    tables["memos"] = tables["memos"][told]
    return Made({**settings, "plan": plan}, tables, {}, "Invented for tests; synthetic.\n")
