"""Core methods against the answer key: who was heard, agreement, groups, verdicts, stability."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from ...cohort.cohort import Cohort
from ...methods import agreement as agreeing
from ...methods import commonality, comparison, evidence

STABLE = 0.95  # a planted common challenge that is not fragile stays common in so many resamples


class Row(NamedTuple):
    """One planted finding: in words, what was planted, what is found, and whether they agree."""

    what: str
    planted: str
    found: str
    same: bool


def _name(cohort: Cohort, code: str) -> str:
    return cohort.codebook.set_index("code")["label"].get(code, code)


def _coder(cohort: Cohort, coder: str) -> str:
    return cohort.coders.set_index("coder")["label"].get(coder, coder)


def named(cohort: Cohort, codes) -> str:
    return "; ".join(_name(cohort, code) for code in codes) or "none"


def heard(cohort: Cohort) -> list[Row]:
    """Return the informants heard per site."""
    key = cohort.truth("sizes")
    if key.empty:
        return []
    counts = evidence.heard(cohort).groupby("site").size()
    names = cohort.sites.set_index("site")["name"]
    planted = {names[site]: int(n) for site, n in zip(key["site"], key["informants"], strict=True)}
    found = {names[site]: int(counts.get(site, 0)) for site in key["site"]}
    return [Row("Informants heard per site", _counts(planted), _counts(found), planted == found)]


def _counts(numbers: dict) -> str:
    return "; ".join(f"{name} {n}" for name, n in numbers.items())


def asked(cohort: Cohort) -> list[Row]:
    """Return, per code that somebody was not asked about, how many were."""
    key, rows = cohort.truth("presence"), []
    if key.empty:
        return rows
    names, modules = cohort.sites.set_index("site")["name"], cohort.modules
    sizes = key.groupby("site")["could"].transform(lambda s: s.astype(int).max())
    voices = evidence.voices(cohort)
    for row in key[key["could"].astype(int) < sizes].itertuples():
        covering = modules.loc[[row.code in codes.split(";") for codes in modules["codes"]], "module"]
        sources = cohort.asked.loc[cohort.asked["module"].isin(covering), "source"]
        found = voices[(voices["site"] == row.site) & voices["source"].isin(sources)]["informant"].nunique()
        what = f"{_name(cohort, row.code)}, {names[row.site]}: informants who were asked about it"
        rows.append(Row(what, row.could, str(found), found == int(row.could)))
    return rows


def types(cohort: Cohort) -> list[Row]:
    """Return the attributes on which raters disagree, which were planted as disputed."""
    key = cohort.truth("disputed")
    if key.empty:
        return []
    table = comparison.types_of_site(cohort, "governance")
    found = sorted({f"{r.label} at {r.disputed}" for r in table[table["disputed"] != ""].itertuples()})
    names, labels = cohort.sites.set_index("site")["name"], cohort.attributes.set_index("attribute")["label"]
    planted = sorted(f"{labels[r.attribute]} at {names[r.site]}" for r in key.itertuples())
    return [Row("Facts on which raters differ", "; ".join(planted), "; ".join(found) or "none", planted == found)]


def agreement(cohort: Cohort) -> list[Row]:
    """Return the codes that one coder reads in a way of their own: none may come out as reliable."""
    key, rows = cohort.truth("coders"), []
    if key.empty:
        return rows
    table = agreeing.agreement_by_code(cohort).set_index("code")
    for fault in key[(key["code"] != "") & (key["taken_for"] == "")].itertuples():
        row = table.loc[fault.code]
        found = f"{row['decision']}, alpha {row['estimate']:.2f}"
        what = f"{_name(cohort, fault.code)}: {_coder(cohort, fault.coder)} reads it loosely"
        rows.append(Row(what, "not reliable", found, row["decision"] in ("tentative", "unreliable")))
    return rows


def confusion(cohort: Cohort) -> list[Row]:
    """Return the pair of codes that one coder confuses: it must be the pair most often exchanged."""
    key, rows = cohort.truth("coders"), []
    for fault in key[key["taken_for"] != ""].itertuples() if len(key) else ():
        first = agreeing.confusions(cohort).head(1)
        found = set(first[["code_1", "code_2"]].to_numpy().ravel())
        what = f"The two codes most often exchanged ({_coder(cohort, fault.coder)} takes one for the other)"
        planted = {fault.code, fault.taken_for}
        rows.append(Row(what, *(named(cohort, sorted(codes)) for codes in (planted, found)), planted == found))
    return rows


def stray(cohort: Cohort) -> list[Row]:
    """Return the codes raised once a site: too rare for a verdict on agreement."""
    key = cohort.truth("presence")
    if key.empty:
        return []
    most = key.assign(raised=key["raised"].astype(int)).groupby("code", sort=False)["raised"].max()
    table = agreeing.agreement_by_code(cohort).set_index("code")
    rows = []
    for code in most.index[most == 1]:
        found = table.loc[code]
        told = f"{found['decision'].replace('_', ' ')} ({found['positive']} passages that any coder gave it)"
        what = f"{_name(cohort, code)}: raised by one informant a site"
        rows.append(Row(what, "too rare", told, found["decision"] == "too_rare"))
    return rows


def groups(cohort: Cohort) -> list[Row]:
    """Return the challenges that a whole group raises, and how many other differences between groups are found."""
    key = cohort.truth("groups")
    if key.empty:
        return []
    table = comparison.by_group(cohort)
    found = table[table["p_adjusted"] < 1 - cohort.plan.ci_level].set_index(["code", "group"])
    rows = []
    for r in key.itertuples():
        cell = table.set_index(["code", "group"]).loc[(r.code, r.group)]
        told = f"{cell['raised']} of {cell['could']}, adjusted p {cell['p_adjusted']:.4f}"
        what = f"{_name(cohort, r.code)}: raised more by {cohort.groups[r.group]}"
        rows.append(Row(what, "everybody in this group", told, (r.code, r.group) in found.index))
    extra = len(set(found.index) - set(key[["code", "group"]].itertuples(index=False, name=None)))
    return [*rows, Row("Further differences between groups", "none", str(extra), extra == 0)]


def classes(cohort: Cohort, codes: tuple[str, ...] | None = None) -> list[Row]:
    """Return the verdict on every challenge (or on these) as a difficulty, and as raised where that is another."""
    key, wide = cohort.truth("classes"), cohort.truth("classes_raised")
    if key.empty:
        return []
    table = commonality.common_challenges(cohort).set_index(["reading", "code"])
    rows = []
    for narrow, wider in zip(key.itertuples(), wide.itertuples(), strict=True):
        if codes is None or narrow.code in codes:
            rows.append(_verdict(cohort, table.loc["difficulty", narrow.code], narrow, "a difficulty"))
        if codes is None and wider[2] != narrow[2]:
            rows.append(_verdict(cohort, table.loc["documented", wider.code], wider, "raised in any way"))
    return rows


def _verdict(cohort: Cohort, row: pd.Series, planted, reading: str) -> Row:
    found = f"{row['class']}; fewest voices at a site {row['k_star']} (planted {planted.k_star})"
    return Row(
        f"{_name(cohort, planted.code)}, as {reading}", planted[2], found.replace("_", "-"), row["class"] == planted[2]
    )


def theme(name: str):
    """Return a finder of the verdicts on the codes that the plan names for a theme."""
    return lambda cohort: classes(cohort, cohort.plan.themes.get(name, ()))


def one_sided(cohort: Cohort) -> list[Row]:
    """Return the challenges with voices enough at a site, but from one group only: on the ladder, one-sided."""
    key = cohort.truth("presence")
    if key.empty:
        return []
    cells = commonality.presence(cohort, "difficulty").set_index(["site", "code"])["ladder"]
    enough = key[(key["raised"].astype(int) >= cohort.plan.k) & (key["groups"].astype(int) < cohort.plan.m)]
    names, rows = cohort.sites.set_index("site")["name"], []
    for code, at in enough.groupby("code", sort=False)["site"]:
        found = [site for site in at if cells[site, code] == "one-sided"]
        what = f"{_name(cohort, code)}: one-sided (raised by a single group) at"
        rows.append(Row(what, "; ".join(names[at]), "; ".join(names[found]) or "none", list(at) == found))
    return rows


def stability(cohort: Cohort) -> list[Row]:
    """Return the common challenges that are least stable when informants are drawn anew."""
    key = cohort.truth("classes")
    if key.empty:
        return []
    common = key[key["class"] == "common"].astype({"k_star": int}).sort_values("k_star", kind="stable")
    table = commonality.bootstrap_stability(cohort).set_index("code")["estimate"].reindex(common["code"])
    fragile = set(common["code"].head(2))
    found = table.sort_values(kind="stable").index[:2]
    least = float(table.drop(list(fragile)).min())
    told = "; ".join(f"{_name(cohort, code)} ({table[code]:.2f})" for code in sorted(found))
    first = ("The two common challenges that are least stable", named(cohort, sorted(fragile)), told)
    rest = ("The other common challenges stay common in a share of at least", f"{STABLE:.2f}", f"{least:.2f}")
    return [Row(*first, set(found) == fragile), Row(*rest, least >= STABLE)]
