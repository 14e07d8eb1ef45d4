"""Sentences on the codebook and on what a word search finds and misses; every number comes from a table."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from .escaping import escape_markdown as esc
from .sentences import count, listing

MOST_TERMS = 14  # of a domain, in a table to read


def completeness_in_words(table: pd.DataFrame, shares: pd.DataFrame) -> str:
    """Return how many codes are fully described, and how many were found in the data (`completeness`,
    `emergent_share`)."""
    if table.empty:
        return "Not assessable: there is no code in use."
    whole, every = (table["complete"] == "yes").sum(), shares[shares["kind"] == "all"].iloc[0]
    origin = (
        f"Of the {every.n} codes that state their origin, {every.emergent} were found in the data." if every.n else ""
    )
    return f"**{whole} of {count(len(table), 'code')}** in use have every part of an entry. {origin}".strip()


def gaps_in_codebook(table: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return which parts of an entry are missing, in how many codes, and in which (labels)."""
    labels = cohort.codebook.set_index("code")["label"]
    gaps = table[table["complete"] == "no"].assign(label=table["code"].map(labels))
    groups = gaps.groupby("missing", sort=False)["label"]
    return pd.DataFrame({"codes": groups.size(), "which": groups.agg("; ".join)}).rename_axis(None)


def map_for_reading(mapped: pd.DataFrame) -> pd.DataFrame:
    """Return the conceptual map with its domains as rows, and long lists of terms cut."""
    cut = [_cut(text.split("; ")) for text in mapped["terms"]]
    numbers = mapped["n_terms"].astype(object).where(mapped["n_terms"].notna(), "")
    table = mapped.assign(terms=cut, n_terms=numbers, domain=mapped["domain"].str.replace("_", " "))
    columns = ["n_terms", "terms", "n_challenges", "challenges", "n_others"]
    return table.set_index("domain").rename_axis(index=None)[columns]


def _cut(terms: list[str]) -> str:
    more = f" and {len(terms) - MOST_TERMS} more" if len(terms) > MOST_TERMS else ""
    return "; ".join(terms[:MOST_TERMS]) + more


def changed_codes(edges: pd.DataFrame) -> pd.DataFrame:
    """Return what became of the codes that did not stay as they were (rows of `lineage`)."""
    changed = edges[~edges["event"].isin(["same", ""])]
    columns = ["from_version", "from_label", "event", "to_label", "coded", "segments", "share", "reason"]
    return changed[columns].round({"share": 2})


def nothing_lost(lost: pd.DataFrame) -> str:
    """Return why the table of orphans is empty: nothing was lost, or it cannot be told (`orphans`)."""
    if lost.empty:
        return "No passage lost its code."
    return f"Not assessable: {esc(lost['reason'].iloc[0])}."


def in_one_line(term: str) -> str:
    """Return a term with its alternatives as they are shown everywhere: separated by ` / `."""
    return " / ".join(part.strip() for part in term.split(";"))


def search_in_words(report: pd.DataFrame, answers: int) -> str:
    """Return how much the search looked at and found (`term_report`), or why it could not be made."""
    judged = report[report["status"] == "ok"]
    if judged.empty:
        return f"Not assessable: {esc(report['reason'].iloc[0])}."
    silent = listing([in_one_line(term) for term in judged.loc[judged["hits"] == 0, "term"]])
    top = judged.sort_values("unique", ascending=False, kind="stable").iloc[0]
    return (
        f"**{count(len(judged), 'term')}** were searched in {count(judged['n'].max(), 'answer')} of informants; "
        f"{count(answers, 'answer')} hold at least one. Terms without a hit: {silent}. Most answers "
        f"that no other term of the domain returns: {esc(in_one_line(top['term']))} ({count(top['unique'], 'answer')})."
    )


def missed_in_words(quality: pd.DataFrame) -> str:
    """Return precision and recall per domain in words (`search_quality`), or why they cannot be told."""
    if not (quality["measure"] != "").any():
        return f"Not assessable: {esc(quality['reason'].iloc[0])}."
    lines = []
    for domain, rows in quality.groupby("domain", sort=False):
        found = rows.set_index("measure")
        name = esc(domain.replace("_", " ")) or "this cohort"
        told = [_measure(found.loc[measure], words) for measure, words in WORDS.items() if measure in found.index]
        lines.append(f"**{name[:1].upper()}{name[1:]}.** {' '.join(told)}")
    return "\n\n".join(lines)


WORDS = {
    "precision": "Of the answers that the search returns, {} belong to the domain by hand coding.",
    "recall": "Of the answers that belong to it, the search returns {}.",
    "elusion": "Of what it does not return, {} belong to it all the same.",
}


def _measure(row: pd.Series, words: str) -> str:
    if row["status"] != "ok":
        return f"Not assessable: {esc(row['reason'])}."
    return words.format(f"{row['estimate']:.0%} ({row['lo']:.0%} to {row['hi']:.0%})")
