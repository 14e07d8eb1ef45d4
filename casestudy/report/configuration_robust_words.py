"""What small changes do to the solutions, in words: which terms and which sites stay, and which sites are foretold."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods.configurations import SETTING, cohort_truth_table, outcomes, robust_core, terms_again
from .configuration_words import outcome_in_words, term_in_words
from .escaping import escape_markdown as esc
from .sentences import count, listing


def again_table(again: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return how often each term is found again: term (rows) by outcome, counts, and after which changes it is lost."""
    shown = again.assign(
        outcome=[outcome_in_words(name, cohort) for name in again["outcome"]],
        term=[term_in_words(name, cohort) for name in again["term"]],
    )
    names = {"again": "in every model", "some": "in some models", "lost": "lost after", "n": "changes"}
    names |= {"every": "after every change"}
    return shown.rename(columns=names).set_index("term").rename_axis(index=None)


def names_in_strip(runs: pd.DataFrame, cohort: Cohort) -> dict[str, str]:
    """Return every term and outcome of the changes under its labels."""
    terms = {term: term_in_words(term, cohort) for term in runs["term"].unique() if term}
    return terms | {outcome: outcome_in_words(outcome, cohort) for outcome in outcomes(cohort)}


def changes_in_words(runs: pd.DataFrame, cohort: Cohort) -> str:
    """Return as a list, for both outcomes, what stays after every change, and which sites left out are foretold."""
    if runs["status"].iloc[0] == "not_assessable":
        return f"Not assessable: {esc(runs['reason'].iloc[0])}."
    lines = []
    for outcome in outcomes(cohort):
        own, name = runs[runs["outcome"] == outcome], esc(outcome_in_words(outcome, cohort))
        if not own["term"].any():
            lines.append(f"For **{name}** there is no solution to change.\n")
            continue
        n = own.loc[own["check"] != "as planned", "change"].nunique()
        cut = own.loc[own["check"] == "cases", "change"].iloc[0]
        told = [_terms(own, cohort), _core(own, cohort), _cut(outcome, cut, cohort), _overlap(own), _foretold(own)]
        lines.append("\n".join([f"For **{name}**, {count(n, 'change')}:\n", *(f"- {one}" for one in told), ""]))
    return "\n".join(lines)


def _firm(runs: pd.DataFrame, cohort: Cohort) -> str:
    again = terms_again(runs)
    return listing([term_in_words(term, cohort) for term in again.loc[again["every"] == "yes", "term"]])


def _terms(runs: pd.DataFrame, cohort: Cohort) -> str:
    whole, less = _firm(runs, cohort), _firm(runs[runs["check"] != "cases"], cohort)
    return f"Terms found in every model after every change: {whole}. The frequency cut left aside: {less}."


def _core(runs: pd.DataFrame, cohort: Cohort) -> str:
    core = robust_core(cohort, runs)
    whole, less = (f"{listing(row.sites.split('; '))} ({_covered(row)})" for row in core.itertuples(index=False))
    same = "the same" if core["sites"].nunique() == 1 else less
    told = "Sites held by every solution (the robust core, the intersection of all of them)"
    return f"{told}: {whole}. The frequency cut left aside: {same}."


def _covered(row) -> str:
    also = f", and {row.held - row.member} without it" if row.held > row.member else ""
    return f"{row.member} of {row.n} sites with this outcome{also}"


def _cut(outcome: str, cut: str, cohort: Cohort) -> str:
    seen = cohort_truth_table(cohort, outcome).query("n > 0")
    rare = seen["n"] <= SETTING["frequency"]
    what = f"{rare.sum()} of the {count(len(seen), 'configuration')} that have a site"
    return f"The frequency cut ({esc(cut)}) sets aside {what}."


def _overlap(runs: pd.DataFrame) -> str:
    known = runs[runs["check"].ne("as planned") & runs["estimate"].notna()].drop_duplicates("change")
    less = known[known["estimate"].round(6) < 1]
    if less.empty:
        return "Whatever is changed, every model holds the same sites as planned."
    worst = less.loc[less["estimate"].idxmin()]
    told = f"The sites held, of all sites and over all models, change after {count(len(less), 'change')}"
    most = f" to {worst['most']:.2f}" if worst["most"] > worst["estimate"] else ""
    return f"{told}; the overlap is smallest after *{esc(worst['change'])}*: {worst['estimate']:.2f}{most}."


def _foretold(runs: pd.DataFrame) -> str:
    left = runs[runs["check"] == "site"].drop_duplicates("change")
    names = {
        how: listing(left.loc[left["foretold"] == how, "change"].str.removeprefix("without ").tolist())
        for how in ("some", "none")
    }
    k = left["foretold"].eq("all").sum()
    told = f"Foretold when left out: {k} of {count(len(left), 'site')}, rightly judged by every model found without it"
    return f"{told}. Judged rightly by some models only: {names['some']}; by none: {names['none']}."
