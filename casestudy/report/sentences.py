"""Sentences computed from tables: what the notebooks say in words, so that no number about a cohort is typed.

Every function returns Markdown in which names from the data are escaped. Counts come with their denominator and with
the sites they count.
"""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods.agreement import agreement_by_code
from ..methods.commonality import breaking_points, common_challenges, presence
from ..methods.evidence import OWN_VOICE, active_codes, eligible, heard, left_out, statements
from .escaping import escape_markdown as esc

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
READING = {"difficulty": "a difficulty", "documented": "documented in any way", "raised": "raised in any way"}


def listing(names: list[str], nothing: str = "none") -> str:
    """Return names as a list in words.

    >>> listing(["alder", "birch", "cedar"])
    'alder, birch and cedar'
    """
    names = [esc(name) for name in names if name]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names) or nothing


def count(n: int, noun: str) -> str:
    """Return a count with its noun in the right number.

    >>> count(1, "site"), count(2, "site")
    ('1 site', '2 sites')
    """
    return f"{n} {noun}{'' if n == 1 else 's'}"


def in_words(reading: str, cohort: Cohort) -> str:
    """Return a reading as readers meet it: interviews raise, documents document."""
    return READING[cohort.documented_word if reading == "documented" else reading]


def who_was_heard(cohort: Cohort) -> str:
    """Return how many sites, voices and statements there are, and how many statements count."""
    voices, all_ = heard(cohort), len(cohort.segments)
    counted = len(eligible(cohort))
    fewest = voices.groupby("site").size().reindex(cohort.sites["site"], fill_value=0)
    names = cohort.sites.set_index("site")["name"]
    thin = listing([f"{names[s]} ({n})" for s, n in fewest[fewest == fewest.min()].items()])
    return (
        f"**{count(len(cohort.sites), 'site')}**, {count(len(cohort.sources), 'source')}, "
        f"{count(len(voices), 'voice')} heard (a voice is one informant, or one publisher, at one site); "
        f"**{counted} of {count(all_, 'statement')}** count as evidence under the plan. Fewest voices: {thin}."
    )


def plan_in_words(cohort: Cohort) -> str:
    """Return the rule of presence, and when it was fixed."""
    plan = cohort.plan
    seen = "after the data had been seen" if plan.after_seeing_data else "before the data had been seen"
    kept = [getattr(plan, column) for column in ("scope", "basis", "checked")]
    conditions = [" or ".join(COUNTS[value] for value in values) for values in kept if values]
    conditions += [f"years {plan.period} or undated"] if plan.period else []
    return (
        "A **voice** is one informant, or one publisher, at one site. "
        f"A code is **present** at a site when at least k = {plan.k} voice{'s' * (plan.k > 1)} from at least "
        f"m = {plan.m} group{'s' * (plan.m > 1)} raise it, each in at least j = {plan.j} "
        f"statement{'s' * (plan.j > 1)}. {RESOLVED[plan.resolve]}. What counts: "
        f"{'; '.join(esc(c) for c in conditions) or 'every statement tied to a site'}. "
        f"The plan was fixed on {esc(plan.set)}, {seen}."
    )


def _sites_judged(table: pd.DataFrame) -> str:
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
            f"{'is' if len(common) == 1 else 'are'} {word} at all {_sites_judged(common)} "
            f"that can be judged: {listing(names)}."
        )
    top = judged[judged["sites_present"] == judged["sites_present"].max()]
    reach = f"{top['sites_present'].iloc[0]} of {_sites_judged(top)}"
    return (
        f"At k = {k}, **no challenge is {word} at all {_sites_judged(judged)}** that can be judged. "
        f"The widest reach is {reach}: {listing(list(top['label']))}."
    )


def breaking_in_words(cohort: Cohort, reading: str = "difficulty", top: int = 3) -> str:
    """Return sites(k) of the challenges with the widest reach."""
    table = breaking_points(cohort, reading)
    if table.empty:
        return "Not assessable: no code."
    labels = cohort.codebook.set_index("code")["label"]
    asked = min(cohort.plan.k, table["k"].max())  # the plan may ask for more voices than any site reaches
    first = table[table["k"] == asked].sort_values("sites", ascending=False, kind="stable")["code"].head(top)
    lines = []
    for code in first:
        steps = [f"k = {r.k}: {r.sites} of {r.sites_assessable}" for r in table[table["code"] == code].itertuples()]
        lines.append(f"{esc(labels[code])} ({', '.join(steps)})")
    return (
        f"How the reach as {in_words(reading, cohort)} shrinks when more voices are asked for: "
        + "; ".join(lines)
        + "."
    )


def differences_in_words(cohort: Cohort, reading: str = "difficulty") -> str:
    """Return which challenges are found at a single site, and which at none."""
    table = common_challenges(cohort, reading)
    single = [f"{r.label} ({r.present_at})" for r in table[table["class"] == "site_specific"].itertuples()]
    absent = table.loc[table["class"] == "absent", "label"].tolist()
    return f"As {in_words(reading, cohort)} at one site only: {listing(single)}. At none: {listing(absent)}."


def not_judged_in_words(cohort: Cohort) -> str:
    """Return which sites cannot be judged and why, where a single voice speaks, and which groups are missing."""
    cells = presence(cohort, "documented")
    judged = set(cells.loc[cells["status"] == "ok", "site"])
    blank = cells[~cells["site"].isin(judged)].drop_duplicates("site")
    names = cohort.sites.set_index("site")["name"]
    said = "; ".join(f"{esc(names[r.site])}: {esc(r.reason)}" for r in blank.itertuples())
    voices = heard(cohort)
    single = voices.groupby("site").size().reindex(names.index, fill_value=0).eq(1)
    sources = cohort.sources.merge(eligible(cohort)[["source"]].drop_duplicates(), on="source")
    silent = [label for group, label in cohort.groups.items() if group not in set(sources["group"])]
    parts = [
        f"Sites that cannot be judged: {said}." if said else "Every site has voices enough for the rule.",
        f"Sites at which one voice speaks for all: {listing(list(names[single]))}.",
        f"Groups from which nothing counts at any site: {listing(silent)}.",
    ]
    if cohort.evidence_level == "document":
        own = set(voices.loc[voices["informant"] == OWN_VOICE, "site"])
        without = [name for site, name in names.items() if site not in own]
        parts.append(f"Sites at which neither the alliance nor its funder is heard: {listing(without)}.")
        parts.append("The groups are kinds of publisher: members, clinicians and patients are not heard as such.")
    return " ".join(parts)


def carriers_in_words(cohort: Cohort) -> str:
    """Return which statements stand under several challenges as a difficulty, so that one carries several cells."""
    said = statements(cohort)
    said = said[said["code"].isin(active_codes(cohort, "challenge")) & said["valence"].isin(cohort.plan.valence)]
    several = said.groupby("segment")["code"].nunique()
    names = cohort.sites.set_index("site")["name"]
    sites = said.drop_duplicates("segment").set_index("segment")["site"]
    told = [f"{segment} ({names[sites[segment]]}, {n} challenges)" for segment, n in several[several > 1].items()]
    return (
        f"{count(said['segment'].nunique(), 'statement')} tell of a difficulty, counted {len(said)} times, since a "
        f"statement can stand under several challenges. Those that do: {listing(told)}."
    )


def sensitivity_in_words(table: pd.DataFrame, cohort: Cohort, reading: str = "difficulty") -> str:
    """Return which single changes of the plan make a challenge common that was not, or the reverse."""
    rows = table[(table["reading"] == reading) & (table["varied"] != "as planned")]
    tried = rows.drop_duplicates(["varied", "to"])
    planned = table[(table["reading"] == reading) & (table["varied"] == "as planned")].set_index("code")["class"]
    was = rows["code"].map(planned).eq("common")
    changes = []
    for verb, part in (
        ("makes common", rows[rows["class"].eq("common") & ~was]),
        ("ends", rows[was & rows["class"].ne("common")]),
    ):
        for (varied, to), found in part.groupby(["varied", "to"], sort=False):
            changes.append(f"{esc(varied)} {esc(to)} {verb} {listing(list(found['label']))}")
    told = "; ".join(changes) or "none of them changes which challenges are common"
    return f"Of {count(len(tried), 'single change')} of the plan, read as {in_words(reading, cohort)}: {told}."


def agreement_in_words(table: pd.DataFrame, cohort: Cohort) -> str:
    """Return how many codes are reliable, and what agreement among these coders can show."""
    kinds = set(cohort.coders["kind"])
    caution = (
        " The coders are language models: their agreement is consistency, not validity." if "model" in kinds else ""
    )
    ok = table[table["status"] == "ok"]
    if ok.empty:
        return f"Agreement cannot be estimated: {esc(table['reason'].iloc[0] if len(table) else 'no code')}.{caution}"
    tally = [
        f"{n} {esc(decision.replace('_', ' '))}"
        for decision in ("reliable", "tentative", "unreliable", "too_rare", "not_estimable")
        if (n := int((table["decision"] == decision).sum()))
    ]
    return f"Of {count(len(table), 'code')}: {', '.join(tally)}.{caution}"


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
    moved = changed[changed["changed"]]
    tried = ", ".join(dict.fromkeys(changed["to"]))
    return f"Tried: {esc(tried)}. {len(moved)} of {len(changed)} verdicts differ from those of the plan."


def _p(p: float, around: str = "**", equals: str = "") -> str:
    """Return a p as three decimals; one that would round to 0 is not 0."""
    return f"{equals}{around}{p:.3f}{around}" if p >= 0.001 else f"less than {around}0.001{around}"


def contrasts_in_words(contrasts: pd.DataFrame, cohort: Cohort) -> str:
    """Return how many contrasts could be made, and what the smallest adjusted p among them is."""
    values = contrasts.drop_duplicates(["attribute", "value", "variant", "reading"])
    possible = values[values["status"] == "ok"]
    if possible.empty:
        return (
            "No contrast between types of site can be made: no type has three sites on two sides, so facts are listed."
        )
    tested = contrasts[contrasts["status"] == "ok"].sort_values("p_adjusted", kind="stable")
    first, labels = tested.iloc[0], cohort.codebook.set_index("code")["label"]
    names = cohort.attributes.set_index("attribute")["label"]
    return (
        f"{count(len(possible), 'contrast')} of {len(values)} had three sites a side, each over "
        f"{count(contrasts['code'].nunique(), 'challenge')}. The smallest p adjusted over challenges is "
        f"{_p(first['p_adjusted'])} (smallest possible: {_p(first['floor'], '')}): {esc(labels[first['code']])}, "
        f"{esc(names[first['attribute']])} = {esc(first['value'])}, read as {in_words(first['reading'], cohort)}. "
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
        span = f", from {known.min():g} to {known.max():g}" if len(known) else ""
        lines.append(f"{esc(label)}: documented at {len(known)} of {count(len(column), 'site')}{span}.")
    return " ".join(lines)


def groups_in_words(groups: pd.DataFrame, cohort: Cohort) -> str:
    """Return which group's share differs most from the rest, and how surprising that is."""
    ok = groups[groups["status"] == "ok"].sort_values("p_adjusted", kind="stable")
    if ok.empty:
        reason = groups["reason"].iloc[0] if len(groups) else "no code"
        return f"Not assessable: {esc(reason)}."
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
        f"{first['could']} voices, adjusted p {_p(first['p_adjusted'], equals='= ')}. "
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
