"""The cohort `alignment-teaching`: 14 invented alliances whose order, factors and configurations are planted."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..made import Made, made_table
from ..schema import FORMAT
from .alignment_factors import FACTORS, factor_tables, planted_presence
from .alignment_interviews import interview_tables, planted_challenges
from .alignment_survey import BLANK, CUTS, FRAGILE, ITEMS, Design, survey_tables
from .draws import Draw

SITES = ["elm", "fir", "ginkgo", "hazel", "juniper", "larch", "maple"]
SITES += ["oak", "pine", "rowan", "spruce", "tamarack", "willow", "yew"]
# Planted effects in hundredths, the most aligned site first: a clear top and bottom three, a crowded middle
LEVELS = (100, 92, 85, 25, 20, 15, 8, 0, -6, -12, -20, -85, -92, -100)
EXTREME = 3  # floor(14 / 4) at each end
ALIGNED = 7
OUTCOME = "aligned"
CONDITIONS = tuple(FACTORS)[:4]
GROUP_LABELS = {
    "provider": "Physicians and hospitals",
    "plan": "Health plans",
    "purchaser": "Employers and purchasers",
    "consumer": "Consumers",
    "staff": "Staff of the alliance",
}
_SHORT = dict(zip(("HIST", "CRED", "CONS", "SMALL"), CONDITIONS, strict=True))
SOLUTIONS = (  # outcome, kind, terms
    ("aligned", "rule", "HIST*CONS + CRED*SMALL"),
    ("aligned", "parsimonious", "HIST*CONS + CRED*SMALL"),
    ("aligned", "intermediate", "CRED*SMALL + HIST*CONS*SMALL + HIST*CRED*CONS"),  # every condition expected present
    ("aligned", "complex", "~HIST*CRED*SMALL + HIST*CONS*SMALL + HIST*CRED*CONS"),
    ("~aligned", "parsimonious", "~CONS*~SMALL + ~HIST*~CRED"),
    ("~aligned", "complex", "~CRED*~CONS*~SMALL + ~HIST*~CONS*~SMALL + ~HIST*~CRED*SMALL"),
)
README = """# {title}

**Everything in this folder is synthetic.** The 14 alliances do not exist, nobody was interviewed or surveyed, and every
answer was drawn by a program. No sentence about a real alliance can rest on it. It exists so that the notebooks on
alignment and on configurations can be seen to find what was put into the data; `truth/` says what that was.

## What was planted

- **Survey.** {least} to {most} members of each site answered six questions, in our own words, from 1 = do not agree at
  all to 5 = agree fully. Two are reversed. One common factor, loadings {loadings};
  cut points {cuts}.
  {blank} % of all answers, chosen at random, are blank. Groups within a site do not differ, and who stays away does
  not depend on what they would have said: any such difference in the tables is chance.
- **Order.** Site effects are {scale} times
  {levels}.
  Three sites at each end stand apart, the eight between them hardly differ; which site is where was drawn.
- **Factors.** Two raters gave each site a strength of 0 to 3 on eight factors; from a mean of 2 a factor is present.
  Five set the top three sites apart from the bottom three and also rise over the middle; three are there everywhere. In
  two cells the raters stand on different sides of the cut.
- **Configurations.** `aligned` is `yes` for the upper seven sites. It follows from four conditions: history of
  collaboration with active consensus building, or credibility in the community with small decision-making bodies.
  10 of the 16 configurations occur.
- **Interviews.** Three a site, of one-sentence statements, so that a strength can point at evidence: far too few and
  too short for a study of challenges. Thin resources are a challenge at every site, the ownership of data at five. Two
  coders; one of them slips now and then.

Founding year and origin have nothing to do with anything. `suppress_below` is 0, since nobody has to be protected.

## Truth

| file | what it holds |
|---|---|
| `truth/sites.csv` | place in the planted order, effect in hundredths, extreme (high, low or blank), aligned |
| `truth/items.csv` | loading in hundredths, and direction of each question |
| `truth/factors.csv` | class of each factor, and at how many of the three top and three bottom sites it is present |
| `truth/site_factors.csv` | presence of each factor at each site, and whether the raters dispute it |
| `truth/challenges.csv` | presence of each challenge at each site |
| `truth/configurations.csv` | the four conditions and the outcome as 0 and 1, in planted order |
| `truth/solutions.csv` | the rule, and the solutions that follow from the configurations (`~` = absent) |

The same seed gives the same files, byte by byte.
"""


def _settings(seed: int, name: str, title: str, design: Design) -> dict:
    return {
        "format": FORMAT,
        "id": name,
        "title": title,
        "summary": "A generated cohort with a survey, factors and configurations whose answers are known. It says "
        "nothing about any real alliance.",
        "evidence_level": "informant",
        "synthetic": True,
        "seed": seed,
        "licence": "CC0 1.0",
        "provenance": f"Generated with seed {seed}; {design.least} to {design.most} invented respondents per site.",
        "waves": [1],
        "groups": GROUP_LABELS,
        # three informants a site, each with four sentences: once is enough, two of them are needed
        "plan": {"set": "2026-11-22", "after_seeing_data": True, "j": 1, "k": 2, "m": 2, "resolve": "majority"}
        | {"wave": 1, "seed": seed, "order_by": "founded_year", "qca": list(CONDITIONS), "suppress_below": 0}
        | {"themes": _themes(), "qca_rules": _rules()},
    }


def _rules() -> dict[str, dict]:
    """Return what is expected of each condition, and that no site was chosen for its outcome."""
    expected = {"expect": "present", "source": "The published alignment study, where it sets the aligned apart."}
    return dict.fromkeys(CONDITIONS, expected) | {OUTCOME: {"selected": False}}


def _themes() -> dict[str, list[str]]:
    named = {theme: [name for name, f in FACTORS.items() if f.theme == theme] for theme in ("governance", "leadership")}
    relations = [name for name, factor in FACTORS.items() if factor.theme == "relations"]
    return named | {"participation": relations, "partners": relations}


def _attributes() -> pd.DataFrame:
    conditions = [
        {"attribute": name, "label": FACTORS[name].label, "theme": "context", "type": "yes_no"}
        | {"note": "yes from a mean strength of 2 in site_factors. Expected: its presence goes with alignment."}
        for name in CONDITIONS
    ]
    outcome = {"attribute": OUTCOME, "label": "Aligned", "theme": "outcome", "type": "yes_no"}
    outcome["note"] = "Planted: yes for the upper seven sites in the order that the survey was generated from."
    founded = {"attribute": "founded_year", "label": "Founded", "theme": "governance", "type": "year"}
    origin = {"attribute": "origin", "label": "Origin", "theme": "governance", "type": "category"}
    origin |= {"allowed": "new;existing", "note": "new: founded for this purpose. existing: a body took on the task."}
    return made_table("attributes", [founded, origin, *conditions, outcome])


def _facts(seed: int, presence: pd.DataFrame, truth: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return site_attributes: two stated facts, four conditions read off the factors, and the outcome."""
    draw, rows = Draw(seed, "alignment facts"), []
    present = presence.set_index(["site", "factor"])["present"]
    aligned = truth.set_index("site")["aligned"]
    heard = sources.groupby("site", sort=False)["source"].agg(list)
    for site in SITES:
        stated = {"founded_year": 1990 + draw.below(20), "origin": draw.pick(["new", "existing"])}
        told = {"basis": "explicit", "source_refs": heard[site][0]}
        rows += [{"site": site, "attribute": name, "value": value} | told for name, value in stated.items()]
        read = {name: present[site, name] for name in CONDITIONS}
        told = {"basis": "inferred", "source_refs": ";".join(heard[site]), "note": "From site_factors."}
        rows += [{"site": site, "attribute": name, "value": value} | told for name, value in read.items()]
        rows.append({"site": site, "attribute": OUTCOME, "value": aligned[site], "basis": "inferred"})
    return made_table("site_attributes", rows)


def _site_truth(order: Sequence[str]) -> pd.DataFrame:
    last = len(order) - EXTREME
    rows = [
        (site, place + 1, LEVELS[place], "high" if place < EXTREME else "low" if place >= last else "")
        for place, site in enumerate(order)
    ]
    frame = pd.DataFrame(rows, columns=["site", "place", "effect", "extreme"])
    return frame.assign(aligned=["yes" if place <= ALIGNED else "no" for place in frame["place"]])


def _configurations(presence: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    wide = presence.pivot(index="site", columns="factor", values="present").loc[sites["site"], list(CONDITIONS)]
    return wide.eq("yes").astype(int).assign(aligned=sites["aligned"].eq("yes").astype(int).tolist()).reset_index()


def _factor_truth(presence: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    ends = presence.merge(sites[["site", "extreme"]], on="site")
    count = ends["present"].eq("yes").groupby([ends["factor"], ends["extreme"]]).sum().unstack()
    rows = [
        (name, factor.kind, int(count.loc[name, "high"]), int(count.loc[name, "low"]))
        for name, factor in FACTORS.items()
    ]
    return pd.DataFrame(rows, columns=["factor", "class", "present_high", "present_low"])


def _solutions() -> pd.DataFrame:
    rows = []
    for outcome, kind, terms in SOLUTIONS:
        for short, condition in _SHORT.items():
            terms = terms.replace(short, condition)
        rows.append((outcome, kind, terms))
    return pd.DataFrame(rows, columns=["outcome", "kind", "terms"])


def _truth(order: Sequence[str], presence: pd.DataFrame) -> dict[str, pd.DataFrame]:
    sites = _site_truth(order)
    items = [(item, loading, "yes" if reverse else "no") for item, (loading, reverse, _) in ITEMS.items()]
    return {
        "sites": sites,
        "items": pd.DataFrame(items, columns=["item", "loading", "reverse"]),
        "factors": _factor_truth(presence, sites),
        "site_factors": presence,
        "challenges": planted_challenges(order),
        "configurations": _configurations(presence, sites),
        "solutions": _solutions(),
    }


def _readme(title: str, design: Design) -> str:
    def listed(hundredths: Sequence[int]) -> str:
        return ", ".join(f"{value / 100:.2f}" for value in hundredths)

    loadings = [loading for loading, _, _ in ITEMS.values()]
    sizes = {"least": design.least, "most": design.most, "scale": f"{design.scale / 100:.2f}", "blank": BLANK}
    lists = {"loadings": listed(loadings), "cuts": listed(CUTS), "levels": listed(LEVELS)}
    return README.format(title=title, **sizes, **lists)


def alignment_teaching(seed: int, fragile: bool = False) -> Made:
    """Generate the cohort on alignment: 14 sites with a survey, factors and configurations.

    Parameters
    ----------
    seed : int
        The same seed gives the same cohort on every machine.
    fragile : bool
        Whether sites differ less (effects times 0.55 instead of 0.75) and fewer answer (22 to 55 a site instead of 40
        to 70): the survey then looks reliable, but another sample would pick other extremes.

    Returns
    -------
    Made
        Tables, and in `truth` the planted order and extremes (sites), loadings (items), classes and presence of the
        factors (factors, site_factors), configurations and the solutions that follow from them.

    Examples
    --------
    >>> made = alignment_teaching(2007)
    >>> made.truth["configurations"]["aligned"].tolist()
    [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    """
    design = FRAGILE if fragile else Design()
    name = "alignment-fragile" if fragile else "alignment-teaching"
    title = "Synthetic alignment cohort: 14 invented alliances" + (", the fragile variant" if fragile else "")
    order = Draw(seed, "alignment order").shuffled(SITES)
    levels = {site: LEVELS[order.index(site)] for site in SITES}
    presence = planted_presence(order)
    truth = _truth(order, presence)
    interviews = interview_tables(seed, SITES, order)
    sites = [{"site": s, "name": f"{s.capitalize()} Alliance (synthetic)", "note": "Invented."} for s in SITES]
    tables = {
        "sites": made_table("sites", sites),
        **interviews,
        "attributes": _attributes(),
        "site_attributes": _facts(seed, presence, truth["sites"], interviews["sources"]),
        **factor_tables(seed, SITES, order, interviews["codings"]),
        **survey_tables(seed, levels, design),
    }
    return Made(_settings(seed, name, title, design), tables, truth, _readme(title, design))
