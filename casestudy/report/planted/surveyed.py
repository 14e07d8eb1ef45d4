"""What was planted in a survey and in factors, beside what is found: items, extremes, classes of factors."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ...methods import alignment
from .core import Row

NEAR = 0.10  # answers in five steps blur a loading: it is found when it lies so near the planted one


def _key(cohort: Cohort, name: str, column: str) -> pd.DataFrame:
    """Return a table of the answer key if it is one of a survey cohort, else an empty one."""
    key = cohort.truth(name)
    return key if column in key else pd.DataFrame()


def _raw(cohort: Cohort) -> pd.Series:
    """Return the loadings of the answers as they were given, no item turned: reversed ones load below 0."""
    plain = cohort.survey_items.assign(reverse="no")
    found = alignment.loadings(alignment.answers(cohort.with_tables(survey_items=plain)))
    return found if found.gt(0).sum() >= found.lt(0).sum() else -found


def directions(cohort: Cohort) -> list[Row]:
    """Return the items that were worded the other way round, told from the answers alone."""
    key = _key(cohort, "items", "reverse")
    if key.empty:
        return []
    found, planted = _raw(cohort), key.loc[key["reverse"] == "yes", "item"]
    met = [item for item in key["item"] if found[item] < 0]
    told = ("; ".join(items) or "none" for items in (planted, met))
    return [Row("Items worded the other way round, told from the answers alone", *told, list(planted) == met)]


def item_loadings(cohort: Cohort) -> list[Row]:
    """Return how strongly each item goes with what the scale measures."""
    key, rows = _key(cohort, "items", "loading"), []
    if key.empty:
        return rows
    found = alignment.loadings(alignment.answers(cohort))
    for row in key.itertuples():
        planted = int(row.loading) / 100
        same = bool(abs(found[row.item] - planted) <= NEAR)
        rows.append(Row(f"Loading of the item {row.item}", f"{planted:.2f}", f"{found[row.item]:.2f}", same))
    return rows


def extremes(cohort: Cohort) -> list[Row]:
    """Return the sites at the two ends of the index."""
    key, rows = _key(cohort, "sites", "extreme"), []
    if key.empty:
        return rows
    ends = alignment.extremes(alignment.alignment_index(cohort)).set_index("site")["end"]
    names = cohort.sites.set_index("site")["name"]
    for end, word in (("high", "most"), ("low", "least")):
        planted = sorted(key.loc[key["extreme"] == end, "site"])
        found = sorted(ends.index[ends == end])
        told = ("; ".join(names[sites]) or "none" for sites in (planted, found))
        rows.append(Row(f"The {word} aligned quarter of the alliances", *told, planted == found))
    return rows


def factor_classes(cohort: Cohort) -> list[Row]:
    """Return the class of each factor at the extremes."""
    key, rows = _key(cohort, "factors", "class"), []
    if key.empty:
        return rows
    found = alignment.classify_factors(cohort).set_index("factor")
    for row in key.itertuples():
        cell = found.loc[row.factor]
        counts = f"{cell['present_high']:.0f} of {cell['n_high']:.0f} against {cell['present_low']:.0f} of"
        told = f"{cell['class']} ({counts} {cell['n_low']:.0f})"
        rows.append(Row(f"{cell['label']}: at the extremes", row[2], told, cell["class"] == row[2]))
    return rows
