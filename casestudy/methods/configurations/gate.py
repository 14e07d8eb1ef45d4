"""The gate: whether a cohort allows a configurational analysis at all, with the counts that decide it."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from ...cohort.cohort import Cohort
from .facts import SETS, anchors_of, disputed, expected_of, kinds_of, memberships, outcome_of, set_facts

CASES = 10  # fewer cases show no regularity that chance could not
SIDE = 3  # cases needed with the outcome, and without it
BY_CHANCE = 0.10  # of random data of this size, at most this share may come out without a contradiction


class Check(NamedTuple):
    """One condition of the gate; status is `ok`, `warning` or `refused`."""

    check: str
    needed: str
    found: str
    status: str
    reason: str = ""


def _check(check: str, needed: str, found: str, reason: str = "", bad: str = "refused") -> Check:
    return Check(check, needed, found, bad if reason else "ok", reason)


def chance_of_order(cases: int, conditions: int) -> float:
    """Return the share of random data sets whose truth table has no contradiction.

    Crisp cases fall on the configurations at random, and have the outcome or not with even odds; exact. A high share:
    a table without contradictions says little, since chance makes one too (Marx & Dusa 2011). The benchmark is
    disputed (Thiem & Mkrtchyan 2023).

    >>> round(chance_of_order(14, 4), 2), round(chance_of_order(4, 4), 2)
    (0.06, 0.83)
    """
    rows, filled = 2**conditions, {0: 1.0}
    for _ in range(cases):
        after: dict[int, float] = {}
        for taken, chance in filled.items():
            after[taken] = after.get(taken, 0) + chance * taken / rows / 2  # must have the outcome of those there
            after[taken + 1] = after.get(taken + 1, 0) + chance * (rows - taken) / rows
        filled = after
    return sum(filled.values())


def _some(names: list[str]) -> str:
    return f" ({'; '.join(names)})" if names else ""


def _unreadable(cohort: Cohort, attribute: str) -> str:
    """Return why an attribute cannot be read as a set, or ""."""
    kind = kinds_of(cohort)[attribute]
    if kind not in SETS:
        return f"is a {kind}: recode it into yes and no"
    return "" if kind == "yes_no" or anchors_of(cohort, attribute) else f"is a {kind} without anchors in the plan"


def _labels(cohort: Cohort) -> dict[str, str]:
    return dict(zip(cohort.attributes["attribute"], cohort.attributes["label"], strict=True))


def _conditions(cohort: Cohort) -> Check:
    named, labels = cohort.plan.qca, _labels(cohort)
    faults = [f"{labels[name]} {why}" for name in named if (why := _unreadable(cohort, name))]
    found = f"{len(named)} named{_some([labels[name] for name in named])}"
    reason = "; ".join(faults) or ("" if named else "the plan names no conditions")
    return _check("conditions", "named in the plan, each readable as a set", found, reason)


def _outcome(cohort: Cohort) -> Check:
    needed = "one fact of the theme outcome: yes or no, or a number with anchors"
    name, labels = outcome_of(cohort), _labels(cohort)
    if not name:
        return _check("outcome", needed, "none", "no fact of the theme outcome can be read as a set")
    why = _unreadable(cohort, name)
    return _check("outcome", needed, labels[name], f"{labels[name]} {why}" if why else "")


def _cases(cohort: Cohort) -> Check:
    n = len(cohort.sites)
    few = f"{n} site{'s' * (n != 1)}: so few allow any number of explanations" if n < CASES else ""
    return _check("cases", f"at least {CASES} sites", f"{n} sites" if n != 1 else "1 site", few)


def _documented(cohort: Cohort) -> Check:
    facts = set_facts(cohort)
    gaps = facts[facts["value"] == ""].groupby("label", sort=False)["name"].agg(list)
    n = len(cohort.sites)
    told = [f"{label}: {n - len(names)} of {n} sites" for label, names in gaps.items()]
    found = "; ".join(told) or f"all facts, at {n} sites"
    return _check("facts", "every condition and the outcome documented at every site", found, "; ".join(told))


def _unread_outcome(cohort: Cohort, known: str, any_: bool) -> str:
    """Return why no site can be said to have the outcome or to lack it; a documented year says that it came about."""
    if not any_:
        return f"the outcome is {known}"
    told = f"sites cannot be read as with or without the outcome (no anchors); {known}"
    hardly = "; so the documented outcome hardly varies: all documented ones have it"
    return told + (hardly if kinds_of(cohort)[outcome_of(cohort)] == "year" else "")


def _outcome_varies(cohort: Cohort) -> Check:
    needed = f"at least {SIDE} sites with the outcome and {SIDE} without"
    facts = set_facts(cohort).query("role == 'outcome' and value != '' and place == 0")
    n, member = len(cohort.sites), facts["membership"].dropna()
    if member.empty:
        values = sorted(facts["value"].unique())
        known = f"documented at {len(facts)} of {n} sites"
        as_ = f", as {', '.join(values)}" if values else ""
        return _check("variation of the outcome", needed, known + as_, _unread_outcome(cohort, known, bool(values)))
    with_, without = int((member > 0.5).sum()), int((member < 0.5).sum())
    found = f"{with_} with, {without} without, of {n} sites"
    hardly = f"the documented outcome hardly varies: {found}" if min(with_, without) < SIDE else ""
    return _check("variation of the outcome", needed, found, hardly)


def _conditions_vary(cohort: Cohort) -> Check:
    facts = set_facts(cohort).query("role == 'condition' and place == 0 and status == 'ok'")
    high = (facts["membership"] > 0.5).groupby(facts["label"], sort=False).agg(["sum", "size"])
    found = "; ".join(f"{label}: present at {row['sum']} of {row['size']}" for label, row in high.iterrows())
    flat = [label for label, row in high.iterrows() if row["sum"] in (0, row["size"])]
    reason = f"the same at every site: {'; '.join(flat)}" if flat else ""
    return _check("variation of the conditions", "each present somewhere and absent somewhere", found, reason)


def _selection(cohort: Cohort) -> Check:
    said = cohort.plan.qca_rules.get(outcome_of(cohort), {}).get("selected")
    needed = "sites not chosen for their outcome"
    if said is None:
        return _check("selection", needed, "not said", "the plan does not say how the sites were chosen", "warning")
    if said:
        return _check("selection", needed, "chosen for it", "the sites were chosen for their outcome: its extremes")
    return _check("selection", needed, "as the plan says")


def _ratio(cohort: Cohort) -> Check:
    n, k = len(cohort.sites), len(cohort.plan.qca)
    share = chance_of_order(n, k)
    found = f"{share:.2f} of random data with {n} sites and {k} conditions have no contradiction"
    most = f"at most {BY_CHANCE:.2f}"
    reason = f"{found}; {most} would do, a disputed benchmark" if share > BY_CHANCE else ""
    return _check("conditions for so many sites", most, found, reason, "warning")


def _rules(cohort: Cohort) -> Check:
    expected, rules, labels = expected_of(cohort), cohort.plan.qca_rules, _labels(cohort)
    silent = [labels[name] for name in cohort.plan.qca if name not in expected]
    bare = [labels[n] for n, r in rules.items() if ("expect" in r or "anchors" in r) and not r.get("source")]
    told = [f"nothing is expected of: {'; '.join(silent)}"] if silent else []
    told += [f"no source for: {'; '.join(bare)}"] if bare else []
    found = f"{len(expected)} of {len(cohort.plan.qca)} expectations"
    needed = "an expectation for every condition; a source for each, and for anchors"
    return _check("expectations and anchors", needed, found, "; ".join(told), "warning")


def _undecided(cohort: Cohort) -> Check:
    half = memberships(cohort).eq(0.5)
    torn = half.index[half.any(axis=1)].tolist()
    told = [f"in no configuration, exactly at the crossover: {'; '.join(torn)}"] if torn else []
    labels, names = _labels(cohort), dict(zip(cohort.sites["site"], cohort.sites["name"], strict=True))
    several = list(dict.fromkeys(f"{labels[name]} at {names[site]}" for name, site, _ in disputed(cohort)))
    told += [f"disputed, the first value is used: {'; '.join(several)}"] if several else []
    found = f"{len(torn)} at the crossover, {len(several)} disputed"
    return _check("undecided facts", "none at the crossover, none disputed", found, "; ".join(told), "warning")


ALWAYS_ASKED = (_conditions, _outcome, _cases, _outcome_varies)
OF_CONDITIONS = (_documented, _conditions_vary, _selection, _ratio, _rules, _undecided)


def qca_admissible(cohort: Cohort) -> pd.DataFrame:
    """Say whether the cohort allows a configurational analysis, check by check.

    Returns
    -------
    DataFrame
        check, needed, found (with counts), status (`ok`, `warning`, `refused`), reason. One refusal is enough; a
        warning leaves the analysis standing and belongs beside its result. Without conditions in the plan what
        depends on them is left out.

    Notes
    -----
    Conditions are the attributes in the plan's `qca`; how each is read stands in its `qca_rules`. The outcome is an
    attribute of the theme `outcome`. Whether sites were chosen for it no table can show: the plan says so.

    >>> from casestudy import load_cohort
    >>> gate = qca_admissible(load_cohort("template"))
    >>> gate.loc[gate["status"] == "refused", "check"].tolist()
    ['conditions', 'cases', 'variation of the outcome']
    """
    asked = ALWAYS_ASKED + (OF_CONDITIONS if cohort.plan.qca else ())
    return pd.DataFrame([check(cohort) for check in asked], columns=Check._fields)


def refusal(cohort: Cohort) -> str:
    """Return in short why the gate refuses a cohort, or "" if it lets it pass."""
    gate = qca_admissible(cohort)
    refused = gate.loc[gate["status"] == "refused", "check"].tolist()
    return f"the gate refuses this cohort for its {', '.join(refused)}" if refused else ""
