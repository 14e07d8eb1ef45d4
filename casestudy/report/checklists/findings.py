"""Answers about the findings: what is common, what is not, what speaks for and against, and what limits it.

Each takes a cohort and returns plain text, or "" if the cohort does not record what is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...cohort.cohort import Cohort
from ...methods.commonality import common_challenges, presence
from ...methods.evidence import active_codes, assigned, eligible, heard, resolve_codings, uncoded, voices
from ...methods.saturation import saturation, source_word
from ..sentences import count, in_words
from .evidence import tallied

READINGS = ("difficulty", "documented")
STANCES = {"for": "for", "against": "against", "context": "as context"}
KINDS = {"challenge": "codes", "aspect": "meaning"}


def saturation_reached(cohort: Cohort) -> str:
    """Return after how many sources little new came, over all sites, or why that cannot be told."""
    if uncoded(cohort) or not active_codes(cohort, "challenge"):
        return ""
    return " ".join(_saturation(cohort, kind) for kind in KINDS if active_codes(cohort, kind))


def _saturation(cohort: Cohort, kind: str) -> str:
    row = saturation(cohort, kind=kind).iloc[0]
    if row["status"] != "ok":
        return f"Saturation of {KINDS[kind]}: {row['status'].replace('_', ' ')}: {row['reason']}."
    order = "in the order of the table of sources"
    reached = f"reached after {row['said']} {source_word(cohort)}, {order}" if row["said"] else row["reason"]
    return f"Saturation of {KINDS[kind]}: {reached}."


def _common(cohort: Cohort, reading: str) -> str:
    """Return which challenges are common in one reading, in words."""
    table, word = common_challenges(cohort, reading), in_words(reading, cohort)
    judged = table[table["status"] == "ok"]
    if judged.empty:
        return f"Whether a challenge is {word} at all sites cannot be judged: {table['reason'].iloc[0]}."
    common = judged.loc[judged["class"] == "common", "label"]
    names = f": {'; '.join(common)}" if len(common) else ""
    return f"{len(common)} of {count(len(table), 'challenge')} {word} at all sites that can be judged{names}."


def main_themes(cohort: Cohort) -> str:
    """Return which challenges are common to all sites that can be judged, in both readings."""
    if uncoded(cohort) or heard(cohort).empty or not active_codes(cohort, "challenge"):
        return ""
    return " ".join(_common(cohort, reading) for reading in READINGS)


def lesser_themes(cohort: Cohort) -> str:
    """Return which difficulties are found at some sites only, and how many statements speak against one."""
    codes = active_codes(cohort, "challenge")
    if uncoded(cohort) or heard(cohort).empty or not codes:
        return ""
    said = resolve_codings(cohort)
    said = said[said["code"].isin(codes) & said["segment"].isin(eligible(cohort)["segment"])]
    denied, tied = int(said["valence"].eq("not_here").sum()), int(said["contested"].sum())
    told = f"Codings that deny a challenge: {denied}; on whose valence the coders tie: {tied}."
    return f"{_at_some(cohort)} {told}"


def _at_some(cohort: Cohort) -> str:
    """Return which difficulties are found at some of the sites only."""
    table = common_challenges(cohort, "difficulty")
    if not table["status"].eq("ok").any():
        return f"Which difficulties are found at some sites only cannot be judged: {table['reason'].iloc[0]}."
    some = table[table["class"].isin(["widespread", "mixed", "site_specific"])]
    each = "; ".join(f"{r.label} {r.sites_present} of {r.sites_assessable}" for r in some.itertuples()) or "none"
    cells = presence(cohort, "difficulty")
    sided = cells.loc[cells["code"].isin(table["code"]) & cells["ladder"].eq("one-sided"), "code"].nunique()
    narrow = f"Told by voices enough, but from too few groups, at some site: {count(sided, 'challenge')}."
    return f"Difficulties at some of the sites that can be judged: {each}. {narrow}"


def ledger(cohort: Cohort) -> str:
    """Return how many claims the recorded ledger holds, with the statements behind them; "" if there is none."""
    made = cohort.claims[cohort.claims["verdict"] != "withdrawn"]
    if made.empty:
        return ""
    cited = cohort.claim_evidence[cohort.claim_evidence["claim"].isin(made["claim"])]
    settled = int(made["confidence_final"].ne("").sum())
    return (
        f"The ledger holds {count(len(made), 'claim')}, which cite statements {count(len(cited), 'time')} "
        f"({tallied(cited['stance'], STANCES) or 'none'}); a person has set the confidence of {settled or 'none'}."
    )


def limits(cohort: Cohort) -> str:
    """Return the limits that the data themselves show."""
    told = [cohort.notice] if cohort.synthetic else []
    told += list(_limits_of_sources(cohort)) + list(_limits_of_reading(cohort))
    blank = _not_judged(cohort)
    return " ".join([*told, f"Sites that cannot be judged: {'; '.join(blank)}."] if blank else told)


def _limits_of_sources(cohort: Cohort) -> Iterator[str]:
    """Yield what the sources do not give."""
    if cohort.evidence_level == "document":
        yield "The evidence is documents: what their publishers chose to tell."
    part = cohort.sources.loc[cohort.sources["read_extent"].isin(["opening", "snippet"]), "source"]
    if len(part):
        yield f"{len(part)} of {count(len(cohort.sources), 'source')} were read in part only."
    if cohort.segments["text_kind"].eq("paraphrase").any():
        yield "Statements are restated, not quoted."
    yield f"{len(eligible(cohort))} of {count(len(cohort.segments), 'statement')} count as evidence under the plan."


def _limits_of_reading(cohort: Cohort) -> Iterator[str]:
    """Yield what weakens the reading."""
    if why := uncoded(cohort):
        yield f"So far {why}."
        return
    if cohort.plan.after_seeing_data:
        yield "The plan was fixed after the data had been seen."
    if "model" in set(cohort.coders["kind"]):
        yield "Language models coded: that they agree is consistency, not validity."
    readers = assigned(cohort).query("round == 'independent'").groupby("source")["coder"].nunique()
    spoken = voices(cohort)["source"]
    if single := int(readers.reindex(spoken, fill_value=0).eq(1).sum()):
        yield f"{single} of {count(len(spoken), 'source')} were read by one coder only."


def _not_judged(cohort: Cohort) -> list[str]:
    """Return the names of the sites at which no challenge can be judged."""
    cells = presence(cohort, "documented")
    judged = set(cells.loc[cells["status"] == "ok", "site"])
    return [name for site, name in zip(cohort.sites["site"], cohort.sites["name"], strict=True) if site not in judged]
