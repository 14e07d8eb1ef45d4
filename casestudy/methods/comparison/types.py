"""Types of site: what is documented of each, how many there are of each type, and which."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort


def typology(cohort: Cohort, theme: str | None = None) -> pd.DataFrame:
    """Return what is documented about every site, blanks kept.

    Parameters
    ----------
    cohort : Cohort
    theme : {"governance", "leadership", "participation", "context", "outcome"}, optional

    Returns
    -------
    DataFrame
        attribute, label, site, name, variant, value ("" where nothing is documented), basis, year, source_refs, note,
        status (`ok`, or `not_assessable` where blank), reason. Every site meets every attribute; conflicting facts
        are several rows, `a`, `b`, ...
    """
    attributes = cohort.attributes
    attributes = attributes[attributes["theme"].eq(theme) if theme else slice(None)]
    grid = attributes[["attribute", "label"]].merge(cohort.sites[["site", "name"]], how="cross")
    facts = cohort.site_attributes[cohort.site_attributes["wave"] == cohort.plan.wave]
    columns = ["variant", "value", "basis", "year", "source_refs", "note"]
    table = grid.merge(facts[["site", "attribute", *columns]], on=["site", "attribute"], how="left")
    table = table.fillna(dict.fromkeys(columns, ""))
    blank = table["value"] == ""
    table["status"] = np.where(blank, "not_assessable", "ok")
    table["reason"] = np.where(blank, "not documented in the sources read", "")
    return table


def types_of_site(cohort: Cohort, theme: str) -> pd.DataFrame:
    """Return how many sites are of each type, and which, for every category of a theme.

    Returns
    -------
    DataFrame
        attribute, label, value ("" = not documented), sites, n (sites in all), names, disputed (sites whose documents
        disagree: they count under each value), status, reason.
    """
    attributes = cohort.attributes.query("theme == @theme and type == 'category'")
    tables = [_type_counts(cohort, row) for row in attributes.itertuples()]
    columns = ["attribute", "label", "value", "sites", "n", "names", "disputed", "status", "reason"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _type_counts(cohort: Cohort, attribute) -> pd.DataFrame:
    facts = typology(cohort)
    facts = facts[facts["attribute"] == attribute.attribute]
    several = set(facts["site"][facts.groupby("site")["value"].transform("nunique") > 1])
    rows = []
    for value in [*values(cohort, attribute.attribute), ""]:
        sites = facts[facts["value"] == value].drop_duplicates("site")
        disputed = sites.loc[sites["site"].isin(several), "name"]
        rows.append((value, len(sites), "; ".join(sites["name"]), "; ".join(disputed)))
    table = pd.DataFrame(rows, columns=["value", "sites", "names", "disputed"])
    blank = table["value"] == ""
    return table.assign(
        attribute=attribute.attribute,
        label=attribute.label,
        n=len(cohort.sites),
        status=np.where(blank, "not_assessable", "ok"),
        reason=np.where(blank, "not documented in the sources read", ""),
    )


def attribute_coverage(cohort: Cohort) -> pd.DataFrame:
    """Return for every attribute at how many sites it is documented.

    Returns
    -------
    DataFrame
        theme, attribute, label, sites (documented), n (sites in all), inferred (sites where we concluded it), disputed
        (sites whose documents disagree).
    """
    facts = typology(cohort)
    facts = facts[facts["status"] == "ok"]
    table = cohort.attributes[["theme", "attribute", "label"]].copy()
    by = facts.groupby("attribute")
    table["sites"] = table["attribute"].map(by["site"].nunique())
    table["n"] = len(cohort.sites)
    table["inferred"] = table["attribute"].map(
        facts[facts["basis"] == "inferred"].groupby("attribute")["site"].nunique()
    )
    several = facts.groupby(["attribute", "site"])["value"].nunique().gt(1).groupby("attribute").sum()
    table["disputed"] = table["attribute"].map(several)
    return table.fillna({"sites": 0, "inferred": 0, "disputed": 0}).astype(
        {"sites": int, "inferred": int, "disputed": int}
    )


def attribute_table(cohort: Cohort, theme: str, most: int = 4) -> pd.DataFrame:
    """Return what is documented of every site, in the sources' own terms: sites (rows) by attributes (columns).

    The `most` attributes documented at most sites are shown, in declared order: texts, and categories that a source
    states itself (not those recoded by us, nor numbers, which have units). Conflicting facts stand as
    `a: ...; b: ...`; a blank is not documented.
    """
    kinds = cohort.attributes.set_index("attribute")["type"]
    facts = typology(cohort, theme)
    facts = facts.assign(type=facts["attribute"].map(kinds)).query("status == 'ok'")
    stated = facts["type"].isin(["category", "yes_no"]) & facts["basis"].eq("explicit")
    facts = facts[facts["type"].eq("text") | stated]
    chosen = facts.groupby("attribute", sort=False)["site"].nunique().sort_values(ascending=False, kind="stable")
    chosen = chosen.head(most).index
    said = facts["value"].where(facts["variant"] == "", facts["variant"] + ": " + facts["value"])
    cells = facts.assign(said=said).groupby(["name", "attribute"])["said"].agg("; ".join).unstack("attribute")
    columns = [a for a in cohort.attributes["attribute"] if a in set(chosen)]
    cells = cells.reindex(index=cohort.sites["name"], columns=columns).fillna("")
    labels = cohort.attributes.set_index("attribute")["label"]
    return cells.rename(columns=labels).rename_axis(index=None, columns=None)


def values(cohort: Cohort, attribute: str) -> list[str]:
    """Return an attribute's values in declared order, or as they appear."""
    declared = cohort.attributes.set_index("attribute")["allowed"].get(attribute, "")
    found = cohort.site_attributes.query("attribute == @attribute")["value"]
    return [v for v in declared.split(";") if v] or list(dict.fromkeys(found))
