"""Sentences on agreement, types, groups and leaving out, and the prose that belongs to one cohort."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ...methods.agreement import agreement_by_code
from ...methods.commonality import common_challenges
from ...methods.evidence import OWN_VOICE, heard, left_out
from ..escaping import escape_markdown as esc
from .words import count, in_words, listing


def agreement_in_words(table: pd.DataFrame, cohort: Cohort) -> str:
    """Return how many codes are reliable, and what agreement among these coders can show."""
    kinds = set(cohort.coders["kind"])
    caution = (
        " The coders are language models: their agreement is consistency, not validity." if "model" in kinds else ""
    )
    if cohort.assignments.empty and len(cohort.codings):
        caution += " Who read what is not recorded: coders are taken to have read every source in which they coded."
    ok = table[table["status"] == "ok"]
    if ok.empty:
        said = [f"{esc(why)} ({count(n, 'code')})" for why, n in table["reason"].value_counts(sort=False).items()]
        return f"Agreement cannot be estimated: {'; '.join(said) or 'no code'}.{caution}"
    tally = [
        f"{n} {esc(decision.replace('_', ' '))}"
        for decision in ("reliable", "tentative", "unreliable", "too_rare", "not_estimable")
        if (n := int((table["decision"] == decision).sum()))
    ]
    weak = listing(table.loc[table["decision"] == "unreliable", "label"].tolist(), "")
    weak = f" What rests on these must be read with care, the coders do not see them alike: {weak}." if weak else ""
    return f"Of {count(len(table), 'code')}: {', '.join(tally)}.{weak}{caution}"


def reading_values(cohort: Cohort) -> dict[str, object]:
    """Return the numbers that the prose in `reading/NN.md` may name as `$placeholders`."""
    cells = {r: common_challenges(cohort, r) for r in ("difficulty", "documented")}
    reasons = left_out(cohort)
    agreement = agreement_by_code(cohort)["decision"].value_counts()
    values = {
        "n_sites": len(cohort.sites),
        "n_sources": len(cohort.sources),
        "n_statements": len(cohort.segments),
        "n_counted": int(reasons.eq("").sum()),
        "n_voices": len(heard(cohort)),
        "n_coders": cohort.codings["coder"].nunique(),
        "n_reliable": int(agreement.get("reliable", 0)),
        "n_codes": int(agreement.sum()),
    }
    for reading, table in cells.items():
        top = table[table["sites_present"] == table["sites_present"].max()]
        values |= {
            f"n_common_{reading}": int(table["class"].eq("common").sum()),
            f"most_sites_{reading}": max(table["sites_present"], default=0),
            f"assessable_{reading}": max(table["sites_assessable"], default=0),
            f"widest_{reading}": listing(list(top["label"])),
        }
    return values


def banner(cohort: Cohort) -> str:
    """Return what stands at the head of every notebook: title, summary, and the caution that belongs to the cohort."""
    notice = f"\n\n> {esc(cohort.notice)}" if cohort.notice else ""
    return f"**{esc(cohort.title)}**. {esc(cohort.summary)}{notice}"


def reading_section(cohort: Cohort, number: str) -> str:
    """Return the section *Reading this cohort* with its numbers filled in; a comment only, if the cohort has none."""
    if not (cohort.folder / "reading" / f"{number}.md").is_file():
        return "<!-- no reading of this cohort -->"
    return f"## Reading this cohort\n\n{cohort.reading(number, **reading_values(cohort))}"


def changes_in_words(changed: pd.DataFrame) -> str:
    """Return how many verdicts change when coders are resolved in another way."""
    if changed.empty:
        return "There is no other way of settling differences between coders in these data."
    if not changed["status"].eq("ok").any():
        return f"Not assessable: {esc(changed['reason'].iloc[0])}."
    moved = changed[changed["changed"]]
    tried = ", ".join(dict.fromkeys(changed["to"]))
    return f"Tried: {esc(tried)}. {len(moved)} of {len(changed)} verdicts differ from those of the plan."


def p_in_words(p: float, around: str = "**", equals: str = "") -> str:
    """Return a p as three decimals; one that would round to 0 is not 0."""
    return f"{equals}{around}{p:.3f}{around}" if p >= 0.001 else f"less than {around}0.001{around}"


def contrasts_in_words(contrasts: pd.DataFrame, cohort: Cohort) -> str:
    """Return how many contrasts could be made, and what the smallest adjusted p among them is."""
    values = contrasts.drop_duplicates(["attribute", "value", "variant", "reading"])
    possible = values[values["status"] == "ok"]
    if contrasts.empty:
        return "No contrast between types of site can be made: no type is documented."
    if possible.empty:
        return (
            "No contrast between types of site can be made: no type has three sites on two sides, so facts are listed."
        )
    tested = contrasts[contrasts["status"] == "ok"].sort_values("p_adjusted", kind="stable")
    first, labels = tested.iloc[0], cohort.codebook.set_index("code")["label"]
    names, value = cohort.attributes.set_index("attribute")["label"], esc(first["value"].replace("_", " "))
    return (
        f"{count(len(possible), 'contrast')} of {len(values)} had three sites a side, each over "
        f"{count(contrasts['code'].nunique(), 'challenge')}. The smallest p adjusted over challenges is "
        f"{p_in_words(first['p_adjusted'])} (smallest possible: {p_in_words(first['floor'], '')}): "
        f"{esc(labels[first['code']])}, "
        f"{esc(names[first['attribute']])} = {value}, read as {in_words(first['reading'], cohort)}. "
        + (
            f"With {len(possible)} contrasts tried, one such value is no surprise; it is a lead, not a finding."
            if first["p_adjusted"] < 1 - cohort.plan.ci_level
            else "None is small: there is nothing to follow up."
        )
    )


def numbers_in_words(numbers: pd.DataFrame) -> str:
    """Return for each numeric fact how many sites have it and which is largest; no ranking, only the range."""
    if not numbers.shape[1]:
        return "Not assessable: no numeric fact of this theme is in the data."
    lines = []
    for label, column in numbers.items():
        known = column.dropna()
        span = f", from {known.min():g} to {known.max():g}" if known.nunique() > 1 else ""
        span = f", with the value {known.iloc[0]:g}" if known.nunique() == 1 else span
        lines.append(f"{esc(label)}: documented at {len(known)} of {count(len(column), 'site')}{span}.")
    return " ".join(lines)


def groups_in_words(groups: pd.DataFrame, cohort: Cohort) -> str:
    """Return which group's share differs most from the rest, and how surprising that is."""
    ok = groups[groups["status"] == "ok"].sort_values("p_adjusted", kind="stable")
    if ok.empty:
        reasons = dict.fromkeys(groups["reason"]) or ["no code"]
        whom = " for any group" if groups["group"].nunique() > 1 else ""
        return f"Not assessable{whom}: {'; '.join(esc(reason) for reason in reasons)}."
    if not ok["raised"].any():
        return "No group that could be compared raises any challenge as a difficulty: there is no difference to test."
    first, labels = ok.iloc[0], cohort.codebook.set_index("code")["label"]
    names = {**cohort.groups, OWN_VOICE: "Alliance and funder (one voice)"}
    totals = groups.drop_duplicates("group").set_index("group")["could"]
    silent = [
        f"{names[g]} ({totals[g]} voices)"
        for g, n in groups.groupby("group", sort=False)["raised"].sum().items()
        if n == 0
    ]
    return (
        f"The largest difference: {esc(names[first['group']])} on {esc(labels[first['code']])}, {first['raised']} of "
        f"{first['could']} voices, adjusted p {p_in_words(first['p_adjusted'], equals='= ')}. "
        f"Groups that raise no challenge as a difficulty at all: {listing(silent)}."
    )


def pivotal_in_words(without: pd.DataFrame, cohort: Cohort) -> str:
    """Return which site, left out, makes a challenge common or ends it."""
    if (without["status"] != "ok").any():
        return f"Not assessable: {esc(without['reason'].iloc[0])}."
    labels, names = (t.set_index(t.columns[0]).iloc[:, 0] for t in (cohort.codebook, cohort.sites))
    lines = []
    for row in without.itertuples():
        for verb, codes in (("makes common", row.gained), ("ends the commonness of", row.lost)):
            if codes:
                changed = listing([labels[c] for c in codes.split(";")])
                lines.append(f"leaving out {esc(names[row.site])} {verb} {changed} ({in_words(row.reading, cohort)})")
    told = "; ".join(lines) or "none changes which challenges are common"
    return f"Of {count(without['site'].nunique(), 'site')} left out in turn: {told}."
