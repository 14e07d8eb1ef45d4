"""The edition for sharing of a cohort, and what it does not show."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.problems import CohortError
from .cells import MERGED, threshold
from .columns import blanked
from .numbers import renumbered
from .others import members, survey
from .people import WITHHELD, People, Told, people, regrouped

LABEL = "Other groups (merged)"
EDITION = (
    "EDITION FOR SHARING. Groups of fewer than {least} informants at a site are counted there under “{label}”, which "
    "the rule of presence takes for one group; their words are withheld, and sites and waves with too few informants "
    "left out. A zero or a blank can stand for what is merged or withheld: it does not mean that nobody was heard. "
    "Interviews, people and organisations carry neutral numbers."
)
SUMMARY = "Edition for sharing of a cohort of {kind} on {sites}. Its numbers differ from those of the full edition."
KINDS = {"informant": "interviews", "document": "documents"}


def shareable(cohort: Cohort) -> Cohort:
    """Return the edition of a cohort that may be handed on, in which no cell is small.

    Groups that fewer informants than the plan's `suppress_below` (two at least) stand for at a site are merged into
    one, so that no cell of site and group, per wave, per question asked or over waves, and no difference of totals,
    holds 1 to `suppress_below` - 1 informants. The words of those merged, titles, notes and memos are withheld;
    neutral numbers stand for every key of a person, source or statement. Sites and waves with fewer informants in all
    lose their evidence and stay listed. Members and survey are treated alike. Of the claim ledger stays what a person
    decided: it must be drafted anew (`report.sharing` does).

    Parameters
    ----------
    cohort : Cohort

    Returns
    -------
    Cohort
        The cohort itself if `suppress_below` is 0: a public record. Otherwise its id ends in `-shared`, and nothing in
        it leads to the folder of the full one.

    Raises
    ------
    CohortError
        If no site has enough informants.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> edition = shareable(load_cohort("template"))
    >>> int(edition.sources.groupby(["site", "group"]).size().min())
    3
    """
    least = threshold(cohort)
    if not least:
        return cohort
    found = _decided(cohort, least)
    done, _ = _others(regrouped(found), least)
    done = _named(blanked(renumbered(_ledger(done), cohort)))
    sites = f"{len(cohort.sites)} site{'s' * (len(cohort.sites) != 1)}"
    synthetic = "Synthetic. " if cohort.synthetic else ""
    return replace(
        done,
        id=f"{cohort.id}-shared",
        title=f"{cohort.title} (edition for sharing)",
        summary=synthetic + SUMMARY.format(kind=KINDS[cohort.evidence_level], sites=sites),
        edition=EDITION.format(least=least, label=LABEL),
        folder=Path(os.devnull),  # prose and answer key of the full edition stay out of reach
    )


def merged_groups(cohort: Cohort) -> pd.DataFrame:
    """Return what the edition for sharing does not show, and why, without the small numbers.

    Returns
    -------
    DataFrame
        site (name; "" = the whole cohort), table (`interviews`, `codings`, `members`, `survey`), wave (`;`; "" =
        every one), groups (labels of those that are not shown apart: merged, or not heard; `;`), informants (how many
        are counted as merged, at least `suppress_below`), status (`merged`, `withheld`), reason. Empty if nothing has
        to be withheld.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> merged_groups(load_cohort("template"))["status"].unique().tolist()
    ['merged']
    """
    least, told = threshold(cohort), []
    if least:
        found = _decided(cohort, least)
        told = [*found.told, *_others(found.cohort, least)[1]]
    names = cohort.sites.set_index("site")["name"]
    table = pd.DataFrame([row._replace(site=names.get(row.site, "")) for row in told], columns=Told._fields)
    return table.astype({"informants": "Int64"})


def _decided(cohort: Cohort, least: int) -> People:
    found = people(cohort, least)
    left = found.cohort.sources["wave"].eq(cohort.plan.wave).any()
    if not left and cohort.sources["wave"].eq(cohort.plan.wave).any():
        why = f"at every site fewer than {least} informants were heard (`suppress_below` in cohort.toml)"
        raise CohortError(f"{cohort.id}: nothing can be shared: {why}.")
    return found


def _others(cohort: Cohort, least: int) -> tuple[Cohort, list[Told]]:
    cohort, first = members(cohort, least)
    cohort, second = survey(cohort, least)
    return cohort, first + second


def _ledger(cohort: Cohort) -> Cohort:
    """Return the cohort with a ledger that holds only what a person decided: its sentences may name whom they name."""
    claims = cohort.claims[cohort.claims["verdict"] != "withdrawn"]
    reason = claims["reason"].mask(claims["reason"] != "", "Decided on the full edition.")
    claims = claims.assign(template=WITHHELD, reason=reason).reset_index(drop=True)
    cited = cohort.claim_evidence["claim"].isin(claims["claim"])
    cited &= cohort.claim_evidence["segment"].isin(cohort.segments["segment"])
    return cohort.with_tables(claims=claims, claim_evidence=cohort.claim_evidence[cited].reset_index(drop=True))


def _named(cohort: Cohort) -> Cohort:
    """Return the cohort with the groups that are still shown, if some are merged: a list of the others would tell."""
    tables = ("sources", "memberships", "survey_frame", "survey_respondents", "role_statements")
    used = {group for name in tables for group in cohort.tables[name]["group"]}
    if MERGED not in used:
        return cohort
    groups = {group: label for group, label in cohort.groups.items() if group in used - {MERGED}}
    said = {group for cell in cohort.codings["about_group"].unique() for group in cell.split(";")}
    gone = cohort.groups.keys() - groups.keys() - said
    about = {group: label for group, label in cohort.about_groups.items() if group not in gone}
    return replace(cohort, groups={**groups, MERGED: LABEL}, about_groups=about)
