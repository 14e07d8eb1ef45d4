"""Answers about the evidence: who was heard, how, about which sites, and in whose words.

Each takes a cohort and returns plain text, or "" if the cohort does not record what is asked.
"""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ...methods.evidence import eligible, heard
from ...methods.saturation import source_word
from ..sentences import count
from ..tables import named

WORDS = {
    "verbatim": "in the speakers' own words",
    "paraphrase": "restated in our words",
    "synthetic": "invented",
    "withheld": "with the words withheld",
}
CHECKED = {"supported": "confirmed", "mended": "corrected", "not_seen": "not seen again"}


def tallied(values: pd.Series, words: dict[str, str] | None = None) -> str:
    """Return how often each value occurs, in the order of `words` or of first appearance; blanks are left out.

    >>> tallied(pd.Series(["full", "", "opening", "full"]))
    'full 2, opening 1'
    >>> tallied(pd.Series(["mended"]), CHECKED)
    '1 corrected'
    """
    found = values[values != ""].value_counts(sort=False)
    if words is None:
        return ", ".join(f"{value} {n}" for value, n in found.items())
    return ", ".join(f"{found[value]} {word}" for value, word in words.items() if value in found)


def title(cohort: Cohort) -> str:
    """Return the cohort's title."""
    return f"{cohort.title}." if cohort.title.strip() else ""


def sample_size(cohort: Cohort) -> str:
    """Return how many were heard, in all and at each site; a publisher is counted at each site it speaks of."""
    voices = heard(cohort)
    if voices.empty:
        return ""
    if cohort.evidence_level == "informant":
        who = count(voices["informant"].nunique(), "informant")
    else:
        documents = count(eligible(cohort)["source"].nunique(), "document")
        who = f"{count(len(voices), 'voice')} in {documents} (a voice is one publisher at one site)"
    sites = voices["site"].value_counts().reindex(cohort.sites["site"], fill_value=0)
    each = ", ".join(f"{name} {n}" for name, n in zip(cohort.sites["name"], sites, strict=True))
    wave = f" in wave {cohort.plan.wave}" if cohort.sources["wave"].nunique() > 1 else ""
    return f"{who} at {count(len(sites), 'site')}{wave}: {each}."


def sample(cohort: Cohort) -> str:
    """Return how many voices each group has, and which groups were not heard."""
    voices = heard(cohort)
    if voices.empty:
        return ""
    spoke = set(cohort.sources.loc[cohort.sources["source"].isin(eligible(cohort)["source"]), "group"])
    spoke |= set(voices["group"])
    silent = "; ".join(label for group, label in cohort.groups.items() if group not in spoke)
    groups = f"Voices by group: {tallied(named(voices, cohort)['group'])}."
    return f"{groups} Not heard: {silent}." if silent else groups


def collection(cohort: Cohort) -> str:
    """Return what was gathered: kinds of source, waves, years, and how much of each source was read."""
    sources = cohort.sources
    if sources.empty:
        return ""
    waves, years = sources["wave"].nunique(), sources["year"].dropna()
    told = f"{count(len(sources), 'source')} ({tallied(sources['kind'])})"
    told += f" in {waves} waves" if waves > 1 else ""
    if len(years):
        span = str(years.min()) if years.nunique() == 1 else f"{years.min()} to {years.max()}"
        undated = f"; {len(sources) - len(years)} undated" if len(years) < len(sources) else ""
        told += f", of {span}{undated}"
    read = tallied(sources["read_extent"])
    return f"{told}. How much of each was read: {read or 'not recorded'}."


def guide(cohort: Cohort) -> str:
    """Return the topics of the interview protocol, and whether everyone was asked about each."""
    modules = cohort.modules.sort_values("order", kind="stable")
    if modules.empty:
        return ""
    told = f"The protocol has {count(len(modules), 'part')}: {'; '.join(modules['label'])}."
    if cohort.asked.empty:
        return f"{told} Who was asked what is not recorded."
    held = cohort.sources.loc[cohort.sources["kind"] == "interview", "source"]
    each = cohort.asked.groupby("source")["module"].nunique().reindex(held, fill_value=0)
    return f"{told} {int(each.eq(len(modules)).sum())} of {count(len(each), 'interview')} went through all of them."


def survey(cohort: Cohort) -> str:
    """Return the size of the survey, and how many of those invited answered."""
    questions, frame = cohort.survey_items, cohort.survey_frame
    if questions.empty:
        return ""
    told = f"A survey of {count(len(questions), 'question')} was answered by"
    told += f" {count(len(cohort.survey_respondents), 'respondent')}"
    invited = f"; of {frame['invited'].sum()} invited {frame['responded'].sum()} responded" if len(frame) else ""
    return f"{told}{invited}."


def repeats(cohort: Cohort) -> str:
    """Return how many informants were interviewed more than once, in any wave."""
    each = cohort.sources.loc[cohort.sources["kind"] == "interview", "informant"].value_counts()
    if each.empty:
        return ""
    again = int(each.gt(1).sum())
    return f"{again} of {count(len(each), 'informant')} {'was' if again == 1 else 'were'} interviewed more than once."


def second_reading(cohort: Cohort) -> str:
    """Return what a second reading of the statements against their sources found; "" if there was none."""
    checked = cohort.segments["checked"]
    if checked.eq("").all():
        return ""
    read = int(checked.ne("").sum())
    told = f"{read} of {count(len(checked), 'statement')} were read again against the source"
    return f"{told}: {tallied(checked, CHECKED)}."


def processing(cohort: Cohort) -> str:
    """Return into how many statements the sources were cut, and in whose words they are."""
    segments = cohort.segments
    if segments.empty:
        return ""
    told = f"The {source_word(cohort)} were cut into {count(len(segments), 'statement')}"
    again = second_reading(cohort) or "No second reading against the sources is recorded."
    return f"{told}: {tallied(segments['text_kind'], WORDS)}. {again}"


def quotations(cohort: Cohort) -> str:
    """Return how many of the statements that count can be quoted, and how a quotation is marked."""
    kinds = eligible(cohort)["text_kind"]
    if kinds.empty:
        return ""
    own = int(kinds.eq("verbatim").sum())
    told = f"Of {count(len(kinds), 'statement')} that count as evidence: {tallied(kinds, WORDS)}."
    quoted = "Quotations bear the key of their statement" if own else "None is a quotation of a real speaker"
    return f"{told} {quoted}."


def _facts(cohort: Cohort, *themes: str) -> str:
    """Return which facts of these themes are recorded, each with the number of sites."""
    known = cohort.site_attributes[cohort.site_attributes["value"] != ""]
    sites = known.groupby("attribute")["site"].nunique()
    facts = cohort.attributes
    facts = facts[facts["theme"].isin(themes) & facts["attribute"].isin(sites.index)]
    return "; ".join(f"{row.label} ({sites[row.attribute]})" for row in facts.itertuples())


def context(cohort: Cohort) -> str:
    """Return the sites, and which facts on their surroundings are recorded."""
    facts = _facts(cohort, "context", "outcome")
    regions = cohort.sites.loc[cohort.sites["region"] != "", "region"].nunique()
    if not facts and not regions:
        return ""
    told = f"{count(len(cohort.sites), 'site')}: {'; '.join(cohort.sites['name'])}."
    told += f" Regions: {tallied(cohort.sites['region'])}." if regions else ""
    return f"{told} Recorded of their surroundings, with the number of sites: {facts}." if facts else told


def arrangements(cohort: Cohort) -> str:
    """Return which facts on governance, leadership and participation are recorded."""
    facts = _facts(cohort, "governance", "leadership", "participation")
    return f"Recorded of the alliances, with the number of sites (of {len(cohort.sites)}): {facts}." if facts else ""
