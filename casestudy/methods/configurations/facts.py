"""The sets of a cohort: which facts are its conditions and its outcome, and how far each site belongs to them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from .sets import calibrate
from .terms import SIGNS

SETS = ("yes_no", "number", "year")  # types of facts that can be read as sets; a category is recoded into yes and no
COARSE, FACTS_SHOWN = 4, 3  # most values of a fact, and most facts, in a table of configurations only
PARTLY = "not documented in full"


def outcome_of(cohort: Cohort) -> str:
    """Return the outcome: of the attributes of the theme `outcome`, the first with a rule in the plan, else the first.

    Only attributes that can be read as a set (yes or no, number, year), and that are no condition; "" if there is none.
    """
    own = cohort.attributes.query("theme == 'outcome' and type in @SETS")["attribute"].tolist()
    own = [name for name in own if name not in cohort.plan.qca]
    return next((name for name in own if name in cohort.plan.qca_rules), own[0] if own else "")


def anchors_of(cohort: Cohort, attribute: str) -> list[float]:
    """Return the anchors of a set as the plan writes them: full exclusion, crossover, full inclusion; or nothing."""
    return list(cohort.plan.qca_rules.get(attribute, {}).get("anchors", []))


def expected_of(cohort: Cohort) -> dict[str, str]:
    """Return condition -> `present` or `absent`, where the plan expects something of it."""
    rules = {name: cohort.plan.qca_rules.get(name, {}).get("expect", "") for name in cohort.plan.qca}
    return {name: way for name, way in rules.items() if way}


def kinds_of(cohort: Cohort) -> dict[str, str]:
    """Return attribute -> type."""
    return dict(zip(cohort.attributes["attribute"], cohort.attributes["type"], strict=True))


def _member(value: str, kind: str, anchors: list[float]) -> float:
    """Return the membership that a documented value stands for, missing if it stands for none."""
    if kind == "yes_no":
        return {"yes": 1.0, "no": 0.0}.get(value, np.nan)
    number = pd.to_numeric(value, errors="coerce")
    return float(calibrate(number, *anchors)) if kind in SETS and anchors else np.nan


def set_facts(cohort: Cohort) -> pd.DataFrame:
    """Return what is documented of every site for the conditions and the outcome, and the membership it stands for.

    Returns
    -------
    DataFrame
        role (`condition`, `outcome`), attribute, label, site, name, place (0; 1, 2, ... for further values where
        raters or documents differ), value ("" = not documented), basis, membership, status, reason. Every site meets
        every set; of values that differ the first is the one analyses rest on, and `solution_robustness` tries each.

    >>> from casestudy import load_cohort
    >>> set_facts(load_cohort("alignment-teaching")).groupby("role")["attribute"].nunique().to_dict()
    {'condition': 4, 'outcome': 1}
    """
    outcome = outcome_of(cohort)
    roles = dict.fromkeys(cohort.plan.qca, "condition") | ({outcome: "outcome"} if outcome else {})
    labels, kinds = cohort.attributes.set_index("attribute")["label"], kinds_of(cohort)
    sets = pd.DataFrame([(role, name, labels[name]) for name, role in roles.items()])
    sets = sets.set_axis(["role", "attribute", "label"], axis=1) if roles else pd.DataFrame(columns=["role"])
    facts = cohort.site_attributes[cohort.site_attributes["wave"] == cohort.plan.wave]
    facts = facts[facts["value"] != ""].drop_duplicates(["site", "attribute", "value"])
    facts = facts.assign(place=facts.groupby(["site", "attribute"]).cumcount())
    grid = sets.merge(cohort.sites[["site", "name"]], how="cross")
    if not roles:
        return grid.reindex(columns=["role", "attribute", "label", "site", "name", "place", "value", "basis", *LAST])
    table = grid.merge(facts[["site", "attribute", "place", "value", "basis"]], on=["site", "attribute"], how="left")
    table = table.fillna({"value": "", "basis": "", "place": 0}).astype({"place": int})
    read = zip(table["attribute"], table["value"], strict=True)
    table["membership"] = [_member(value, kinds[name], anchors_of(cohort, name)) for name, value in read]
    blank, unread = table["value"] == "", table["membership"].isna()
    table["status"] = np.where(unread, "not_assessable", "ok")
    why = np.where(blank, "not documented in the sources read", "no anchors, or no set: see the gate")
    return table.assign(reason=np.where(unread, why, ""))


LAST = ["membership", "status", "reason"]


def disputed(cohort: Cohort) -> list[tuple[str, str, int]]:
    """Return (attribute, site, place) of every further value of a fact on which raters or documents differ."""
    facts = set_facts(cohort)
    rows = facts[(facts["place"] > 0) & (facts["status"] == "ok")] if len(facts) else facts
    return list(rows[["attribute", "site", "place"]].itertuples(index=False, name=None))


def memberships(cohort: Cohort, turned: Mapping[tuple[str, str], int] | None = None) -> pd.DataFrame:
    """Return memberships, sites (rows, by name) by conditions and outcome (columns); missing where not documented.

    `turned` names the place of the value to take for some (attribute, site), instead of the first.
    """
    facts, turned = set_facts(cohort), turned or {}
    sets = [*cohort.plan.qca, *filter(None, [outcome_of(cohort)])]
    if not sets:
        return pd.DataFrame(index=pd.Index(cohort.sites["name"], name="name"))
    wanted = [turned.get(key, 0) for key in zip(facts["attribute"], facts["site"], strict=True)]
    chosen = facts[facts["place"] == wanted].pivot(index="site", columns="attribute", values="membership")
    chosen = chosen.reindex(index=cohort.sites["site"], columns=sets)
    return chosen.set_axis(pd.Index(cohort.sites["name"], name="name")).rename_axis(columns=None)


def _shown(cohort: Cohort, facts: pd.DataFrame) -> list[str]:
    """Return the facts whose configurations can be shown: the plan's conditions, else the best documented types."""
    if cohort.plan.qca:
        return list(cohort.plan.qca)
    kinds = kinds_of(cohort)
    coarse = facts[facts["attribute"].isin([name for name, kind in kinds.items() if kind in ("category", "yes_no")])]
    themes = cohort.attributes.set_index("attribute")["theme"]
    coarse = coarse[coarse["attribute"].map(themes) == "governance"].groupby("attribute")
    sites = coarse["site"].nunique()[coarse["value"].nunique().between(2, COARSE)]
    best = sites[sites * 2 > len(cohort.sites)].sort_values(ascending=False, kind="stable").index[:FACTS_SHOWN]
    return [name for name in cohort.attributes["attribute"] if name in set(best)]


def configurations_only(cohort: Cohort) -> pd.DataFrame:
    """Return which sites share a configuration of facts, without a claim about what goes with what.

    Parameters
    ----------
    cohort : Cohort
        Its plan's conditions are shown, or else up to three facts on governance of two to four values each that are
        documented at more than half of the sites.

    Returns
    -------
    DataFrame
        One column per fact, under its label ("" = not documented; values that differ joined by ` / `), then sites
        (names), n, under its label the outcome where it is documented, by site, and note. A site with a blank may
        share a configuration or not: it has a row of its own, after the others, with the note `not documented in
        full`. Empty if there are no such facts.

    >>> from casestudy import load_cohort
    >>> int(configurations_only(load_cohort("template"))["n"].sum())
    4
    """
    facts = cohort.site_attributes[cohort.site_attributes["wave"] == cohort.plan.wave]
    facts = facts[facts["value"] != ""].drop_duplicates(["site", "attribute", "value"])
    shown, outcome = _shown(cohort, facts), outcome_of(cohort)
    labels = cohort.attributes.set_index("attribute")["label"]
    joined = facts.groupby(["site", "attribute"])["value"].agg(" / ".join).unstack()
    wide = joined.reindex(index=cohort.sites["site"], columns=[*shown, *filter(None, [outcome])]).fillna("")
    wide = wide.assign(**{SIGNS: cohort.sites["name"].to_numpy()})  # no id of an attribute holds these
    rows = [
        _configuration(labels, shown, outcome, key, here) | {"note": note} for key, here, note in _groups(wide, shown)
    ]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["sites", "n", "note"])


def _groups(wide: pd.DataFrame, shown: list[str]) -> list[tuple]:
    """Return configuration, sites and note: sites that share one, then each site that is not documented in full."""
    if not shown:
        return []
    blank = wide[shown].eq("").any(axis=1)
    whole = [(key, here, "") for key, here in wide[~blank].groupby(shown, sort=False)]
    gaps = wide[blank]
    return whole + [(tuple(gaps.loc[site, shown]), gaps.loc[[site]], PARTLY) for site in gaps.index]


def _configuration(labels: pd.Series, shown: list[str], outcome: str, key: tuple, here: pd.DataFrame) -> dict:
    row = {labels[name]: value for name, value in zip(shown, key, strict=True)}
    row |= {"sites": "; ".join(here[SIGNS]), "n": len(here)}
    if outcome:
        known = here[here[outcome] != ""]
        told = [f"{name}: {value}" for name, value in zip(known[SIGNS], known[outcome], strict=True)]
        blank = len(here) - len(known)
        row[labels[outcome]] = "; ".join([*told, *([f"not documented: {blank}"] if blank else [])])
    return row
