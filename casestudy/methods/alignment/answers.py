"""From the survey's tables to one row of answers per respondent: one wave, one scale, every item pointing upward."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from ...cohort.cohort import Cohort

PART = Fraction(2, 3)  # of the items a respondent must have answered to get a score

FEWEST = 5  # respondents below which a site's index is too unsure to be called an extreme


def no_survey(cohort: Cohort) -> str:
    """Return why nothing can be said from a survey, in words; "" if something can."""
    if cohort.survey_items.empty or cohort.survey_responses["value"].isna().all():
        return "this cohort has no survey"
    if not cohort.survey_respondents["wave"].eq(cohort.plan.wave).any():
        return f"nobody answered a survey in wave {cohort.plan.wave}"
    return ""


def chosen_scale(cohort: Cohort, scale: str | None = None) -> str:
    """Return the scale that the index rests on: this one, else the first that the survey declares ("" = no survey)."""
    declared = list(dict.fromkeys(cohort.survey_items["scale"]))
    if scale is not None and scale not in declared:
        raise ValueError(f"there is no scale {scale!r}; the survey has {', '.join(declared) or 'none'}")
    return scale if scale is not None else next(iter(declared), "")


def scale_items(cohort: Cohort, scale: str | None = None) -> pd.DataFrame:
    """Return the rows of `survey_items` of one scale, under their key."""
    items = cohort.survey_items
    return items[items["scale"] == chosen_scale(cohort, scale)].set_index("item")


def answers(cohort: Cohort, scale: str | None = None) -> pd.DataFrame:
    """Return who answered what: one row per respondent of the plan's wave, one column per item, missing = not answered.

    Reversed items are turned, so that a high number always means much of the scale. Items whose answers run over
    another range than the first one's are brought to that range, so that each item has the same weight.

    Parameters
    ----------
    cohort : Cohort
    scale : str, optional
        A scale of `survey_items`; the first one by default.

    Returns
    -------
    DataFrame
        Index respondent, site, group, in alphabetical order, so that the same seed draws the same however the tables
        are sorted.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> answers(load_cohort("alignment-teaching")).shape
    (816, 6)
    """
    items = scale_items(cohort, scale)
    people = cohort.survey_respondents[cohort.survey_respondents["wave"] == cohort.plan.wave]
    given = cohort.survey_responses.pivot(index="respondent", columns="item", values="value")
    wide = given.reindex(index=sorted(people["respondent"]), columns=items.index).astype(float)
    for item, row in items.iterrows():
        lowest, highest = float(row["min"]), float(row["max"])
        turned = lowest + highest - wide[item] if row["reverse"] == "yes" else wide[item]
        first, last = float(items["min"].iloc[0]), float(items["max"].iloc[0])
        same = (first, last) == (lowest, highest)
        wide[item] = turned if same else first + (turned - lowest) * (last - first) / (highest - lowest)
    place = people.set_index("respondent").loc[wide.index]
    wide.index = pd.MultiIndex.from_arrays(
        [wide.index, place["site"], place["group"]], names=["respondent", "site", "group"]
    )
    return wide.rename_axis(columns=None)


def scores(items: pd.DataFrame) -> pd.Series:
    """Return each respondent's mean over the items answered; missing if fewer than two thirds were.

    >>> scores(pd.DataFrame({"a": [1, 5], "b": [3, None], "c": [None, None]})).tolist()
    [2.0, nan]
    """
    enough = items.count(axis=1) * PART.denominator >= PART.numerator * items.shape[1]
    return items.mean(axis=1).where(enough)
