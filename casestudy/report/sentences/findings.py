"""Sentences on who was heard, under which plan, and which challenges are common."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ...methods.commonality import breaking_points, common_challenges, presence
from ...methods.evidence import OWN_VOICE, active_codes, eligible, heard, statements, uncoded
from ..escaping import escape_markdown as esc
from .words import count, in_words, listing

RESOLVED = {
    "majority": "Where coders differ, a code counts if more than half of those assigned gave it",
    "all": "A code counts only if every assigned coder gave it",
    "any": "A code counts if any coder gave it",
    "single": "One coder's codings count",
    "consensus": "What the coders settled together counts, and elsewhere what more than half of them gave",
}

COUNTS = {
    "site": "about the alliance itself",
    "host": "about its host",
    "market": "about the market around it",
    "programme": "about the whole programme",
    "explicit": "said outright by the source",
    "inferred": "concluded by us",
    "supported": "confirmed on a second reading",
    "mended": "corrected on a second reading",
    "not_seen": "not seen again on a second reading",
}


def who_was_heard(cohort: Cohort) -> str:
    """Return how many sites, voices and statements there are, and how many statements count."""
    voices, all_ = heard(cohort), len(cohort.segments)
    counted = len(eligible(cohort))
    when = f" in wave {cohort.plan.wave}" if cohort.sources["wave"].nunique() > 1 else ""
    fewest = voices.groupby("site").size().reindex(cohort.sites["site"], fill_value=0)
    names = cohort.sites.set_index("site")["name"]
    thin = listing([f"{names[s]} ({n})" for s, n in fewest[fewest == fewest.min()].items()])
    return (
        f"**{count(len(cohort.sites), 'site')}**, {count(len(cohort.sources), 'source')}, "
        f"{count(len(voices), 'voice')} heard{when} (a voice is one informant, or one publisher, at one site); "
        f"**{counted} of {count(all_, 'statement')}**, from {count(eligible(cohort)['source'].nunique(), 'source')}, "
        f"count as evidence under the plan. Fewest voices: {thin}."
    ) + (f" So far {esc(why)}." if (why := uncoded(cohort)) else _heard_again(cohort))


def _heard_again(cohort: Cohort) -> str:
    """Return how many informants were heard in more than one wave; "" if there is one wave only."""
    if cohort.sources["wave"].nunique() < 2:
        return ""
    again = int(cohort.sources.groupby("informant")["wave"].nunique().gt(1).sum())
    told = f"{again} of {count(cohort.sources['informant'].nunique(), 'informant')} were heard in more than one wave"
    alone = ": what differs between waves may be who was heard" if not again else ""
    return f" {told}{alone}."


def plan_in_words(cohort: Cohort) -> str:
    """Return the rule of presence, and when it was fixed."""
    plan = cohort.plan
    seen = "after the data had been seen" if plan.after_seeing_data else "before the data had been seen"
    kept = [getattr(plan, column) for column in ("scope", "basis", "checked")]
    conditions = [" or ".join(COUNTS[value] for value in values) for values in kept if values]
    conditions += [f"said in wave {plan.wave}"] if cohort.sources["wave"].nunique() > 1 else []
    conditions += [f"years {plan.period} or undated"] if plan.period else []
    return (
        "A **voice** is one informant, or one publisher, at one site. "
        f"A code is **present** at a site when at least k = {plan.k} voice{'s' * (plan.k > 1)} from at least "
        f"m = {plan.m} group{'s' * (plan.m > 1)} raise it, each in at least j = {plan.j} "
        f"statement{'s' * (plan.j > 1)}. {RESOLVED[plan.resolve]}. What counts: "
        f"{'; '.join(esc(c) for c in conditions) or 'every statement tied to a site'}. "
        f"The plan was fixed on {esc(plan.set)}, {seen}."
    )


def sites_judged(table: pd.DataFrame) -> str:
    """Return at how many sites these challenges can be judged: who was asked what may differ between them."""
    fewest, most = table["sites_assessable"].min(), table["sites_assessable"].max()
    return count(most, "site") if fewest == most else f"{fewest} to {most} sites"


def common_headline(cohort: Cohort, reading: str = "difficulty", k: int | None = None) -> str:
    """Return whether any challenge is common to all sites that can be judged, and how close the nearest one comes."""
    table = common_challenges(cohort, reading, k=k)
    judged = table[table["status"] == "ok"]
    word, k = in_words(reading, cohort), k or cohort.plan.k
    if judged.empty:
        reason = table["reason"].max() if len(table) else "no code"
        return f"Whether any challenge is {word} at all sites cannot be judged: {esc(reason)}."
    common = judged[judged["class"] == "common"]
    if len(common):
        names = [f"{r.label} (holds up to k = {r.k_star})" for r in common.itertuples()]
        return (
            f"At k = {k}, **{len(common)} of {count(len(table), 'challenge')}** "
            f"{'is' if len(common) == 1 else 'are'} {word} at all {sites_judged(common)} "
            f"that can be judged: {listing(names)}."
        )
    top = judged[judged["sites_present"] == judged["sites_present"].max()]
    if not top["sites_present"].any():
        return f"At k = {k}, **no challenge is {word} at any of {sites_judged(judged)}** that can be judged." + (
            _contested_in_words(cohort) if reading == "difficulty" else ""
        )
    reach = f"{top['sites_present'].iloc[0]} of {sites_judged(top)}"
    return (
        f"At k = {k}, **no challenge is {word} at all {sites_judged(judged)}** that can be judged. "
        f"The widest reach is {reach}: {listing(list(top['label']))}."
    )


def _contested_in_words(cohort: Cohort) -> str:
    """Return how often the coders of a statement tie on what it says of a challenge; "" if they never do."""
    said = statements(cohort)
    ties = said["contested"] & said["code"].isin(active_codes(cohort, "challenge"))
    if not ties.any():
        return ""
    return (
        f" In {ties.sum()} of {count(len(said), 'coding')} the coders tie on the valence: such a coding is contested, "
        f"and counts as {cohort.documented_word} but not as a difficulty."
    )


def _steps(rows: pd.DataFrame) -> list[str]:
    """Return sites(k) in words; steps of k at which nothing changes are told as one."""
    change = rows[["sites", "sites_assessable"]].ne(rows[["sites", "sites_assessable"]].shift()).any(axis=1).cumsum()
    steps = []
    for _, part in rows.groupby(change, sort=False):
        first, last, r = part["k"].iloc[0], part["k"].iloc[-1], part.iloc[0]
        reach = f"{r.sites} of {r.sites_assessable}" if r.sites_assessable else "no site has so many voices"
        steps.append(f"k = {first}{f' to {last}' if last > first else ''}: {reach}")
    return steps


def breaking_in_words(cohort: Cohort, reading: str = "difficulty", top: int = 3) -> str:
    """Return sites(k) of the challenges with the widest reach."""
    table = breaking_points(cohort, reading)
    if table.empty:
        return "Not assessable: no code."
    if not table["sites_assessable"].any():
        return "Not assessable: at no site can any challenge be judged, whatever the k."
    if not table["sites"].any():
        return f"No challenge is {in_words(reading, cohort)} at any site, even at k = 1."
    labels = cohort.codebook.set_index("code")["label"]
    asked = min(cohort.plan.k, table["k"].max())  # the plan may ask for more voices than any site reaches
    first = table[table["k"] == asked].sort_values("sites", ascending=False, kind="stable")["code"].head(top)
    lines = []
    for code in first:
        lines.append(f"{esc(labels[code])} ({', '.join(_steps(table[table['code'] == code]))})")
    return (
        f"How the reach as {in_words(reading, cohort)} shrinks when more voices are asked for, where it is widest: "
        + "; ".join(lines)
        + "."
    )


def differences_in_words(cohort: Cohort, reading: str = "difficulty") -> str:
    """Return which challenges are found at a single site, and which at none."""
    table = common_challenges(cohort, reading)
    if len(table) and not table["status"].eq("ok").any():
        return f"Not assessable: {esc(table['reason'].iloc[0])}."
    single = [f"{r.label} ({r.present_at})" for r in table[table["class"] == "site_specific"].itertuples()]
    absent = table[table["class"] == "absent"]
    sided = presence(cohort, reading).query("ladder == 'one-sided'").groupby("code")["site"].nunique()
    told = [f"{r.label} (at {count(sided[r.code], 'site')})" for r in absent.itertuples() if r.code in sided]
    rest = absent.loc[~absent["code"].isin(sided.index), "label"].tolist()
    narrow = f" Told by voices enough, but from too few groups to be present: {listing(told)}." if told else ""
    none = f"At none, which does not prove that it is missing: {listing(rest)}." if rest else "At none: none."
    return f"As {in_words(reading, cohort)} at one site only: {listing(single)}. {none}{narrow}"


def not_judged_in_words(cohort: Cohort) -> str:
    """Return which sites cannot be judged and why, where a single voice speaks, and which groups are missing."""
    cells = presence(cohort, "documented")
    judged = set(cells.loc[cells["status"] == "ok", "site"])
    blank = cells[~cells["site"].isin(judged)].drop_duplicates("site")
    names = cohort.sites.set_index("site")["name"]
    why = blank.groupby("reason", sort=False)["site"].agg(list)
    said = "; ".join(f"{listing(list(names[sites]))}: {esc(reason)}" for reason, sites in why.items())
    voices = heard(cohort)
    single = voices.groupby("site").size().reindex(names.index, fill_value=0).eq(1)
    sources = cohort.sources.merge(eligible(cohort)[["source"]].drop_duplicates(), on="source")
    silent = [label for group, label in cohort.groups.items() if group not in set(sources["group"])]
    rule = f", which asks for {count(cohort.plan.k, 'voice')}."
    parts = [
        f"Sites that cannot be judged: {said}." if said else "Every site has voices enough for the rule" + rule,
        f"Sites at which one voice speaks for all: {listing(list(names[single]))}.",
        f"Groups from which nothing counts at any site: {listing(silent)}.",
    ]
    if cohort.evidence_level == "document":
        own = set(voices.loc[voices["informant"] == OWN_VOICE, "site"])
        without = [name for site, name in names.items() if site not in own]
        parts.append(f"Sites at which neither the alliance nor its funder is heard: {listing(without)}.")
        parts.append("The groups are kinds of publisher: members, clinicians and patients are not heard as such.")
    return " ".join(parts)


MOST_CARRIERS = 8  # statements that are named


def carriers_in_words(cohort: Cohort) -> str:
    """Return which statements stand under several challenges as a difficulty, so that one carries several cells."""
    said = statements(cohort)
    said = said[said["code"].isin(active_codes(cohort, "challenge")) & said["valence"].isin(cohort.plan.valence)]
    if why := uncoded(cohort):
        return f"Not assessable: {esc(why)}."
    if said.empty:
        return f"No statement tells of a difficulty.{_contested_in_words(cohort)}"
    several = said.groupby("segment")["code"].nunique()
    if several.max() == 1:
        return f"Statements that tell of a difficulty: {len(several)}, each under one challenge."
    names = cohort.sites.set_index("site")["name"]
    sites = said.drop_duplicates("segment").set_index("segment")["site"]
    carriers = several[several > 1].sort_values(ascending=False, kind="stable")
    shown = carriers.head(MOST_CARRIERS) if len(carriers) > MOST_CARRIERS else several[several > 1]
    told = [f"{segment} ({names[sites[segment]]}, {n} challenges)" for segment, n in shown.items()]
    which = "Those that do" if len(shown) == len(carriers) else f"{len(carriers)} do; those under most"
    return (
        f"{count(said['segment'].nunique(), 'statement')} tell of a difficulty, counted {len(said)} times, since a "
        f"statement can stand under several challenges. {which}: {listing(told)}."
    )


def sensitivity_in_words(table: pd.DataFrame, cohort: Cohort, reading: str = "difficulty") -> str:
    """Return which single changes of the plan make a challenge common that was not, or the reverse."""
    rows = table[table["reading"] == reading]
    if len(rows) and not rows["status"].eq("ok").any():
        return f"Not assessable as {in_words(reading, cohort)}: {esc(rows['reason'].iloc[0])}."
    rows = rows[rows["varied"] != "as planned"]
    tried = rows.drop_duplicates(["varied", "to"])
    planned = table[(table["reading"] == reading) & (table["varied"] == "as planned")].set_index("code")["class"]
    was = rows["code"].map(planned).eq("common")
    changes = []
    for verb, part in (
        ("makes common", rows[rows["class"].eq("common") & ~was]),
        ("ends", rows[was & rows["class"].ne("common")]),
    ):
        for (varied, to), found in part.groupby(["varied", "to"], sort=False):
            changes.append(f"{esc(varied)} = {esc(to)} {verb} {listing(list(found['label']))}")
    told = "; ".join(changes) or "none of them changes which challenges are common"
    moved = rows.groupby(["varied", "to"], sort=False)["changed"].sum()
    some = f"; {moved.gt(0).sum()} of them change at least one verdict, up to {moved.max()} of {len(planned)}"
    return (
        f"Of {count(len(tried), 'single change')} of the plan, read as {in_words(reading, cohort)}: {told}"
        f"{some if moved.any() else ', nor any other verdict' if not changes else ''}."
    )
