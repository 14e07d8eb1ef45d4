"""Coefficients of agreement on `ratings`: units x coders, missing where a coder did not rate."""

from __future__ import annotations

import numpy as np
import pandas as pd

LEVELS = ("nominal", "ordinal", "interval", "ratio")

DISTANCES = ("jaccard", "masi", "nominal")


# Counts are arrays of units x categories: how many coders put the unit into the category.
def count_ratings(ratings: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts of the units with any rating, and the categories."""
    codes, categories = pd.factorize(ratings.to_numpy().ravel())
    shape = len(ratings), len(categories)
    cell = np.repeat(np.arange(shape[0]) * shape[1], ratings.shape[1]) + codes
    counts = np.bincount(cell[codes >= 0], minlength=shape[0] * shape[1]).reshape(shape)
    return counts[counts.any(1)], categories


def pairs_alike(counts: np.ndarray) -> np.ndarray:
    """Return per unit the share of coder pairs that agree."""
    coders = counts.sum(-1)
    return (counts * (counts - 1)).sum(-1) / (coders * (coders - 1))


def percent_of(counts: np.ndarray) -> float:
    pairable = counts[counts.sum(1) > 1]
    return float(pairs_alike(pairable).mean()) if len(pairable) else np.nan


def _shares(counts: np.ndarray) -> np.ndarray:
    """Return the share of each category, every unit weighing the same however many coders rated it (Gwet 2014)."""
    return (counts / counts.sum(1, keepdims=True)).sum(0) / max(len(counts), 1)


def _beyond_chance(observed: float, chance: float) -> float:
    return float((observed - chance) / (1 - chance)) if chance < 1 else np.nan


def ac1_of(counts: np.ndarray) -> float:
    shares = _shares(counts[:, counts.any(0)])
    if len(shares) < 2:
        return np.nan
    return _beyond_chance(percent_of(counts), (shares * (1 - shares)).sum() / (len(shares) - 1))


def specific_of(coders: np.ndarray, positive: np.ndarray) -> float:
    pairs = (positive * (coders - 1)).sum()
    return float((positive * (positive - 1)).sum() / pairs) if pairs else np.nan


def alpha_from(apart: np.ndarray, n: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return alpha from the distances within units, the number of ratings and the distances among all of them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (n - 1) * apart / expected, np.nan)


def _alpha_of(counts: np.ndarray, distance: np.ndarray) -> float:
    counts = counts[counts.sum(1) > 1]
    apart = ((counts @ distance) * counts).sum(1) / (counts.sum(1) - 1)
    totals = counts.sum(0)
    return float(alpha_from(apart.sum(), totals.sum(), totals @ distance @ totals))


def _distance(totals: np.ndarray, categories: np.ndarray, level: str) -> np.ndarray:
    """Return the squared differences between categories (Krippendorff 2011)."""
    if level not in LEVELS:
        raise ValueError(f"level is {level!r}; write one of {LEVELS}")
    if level == "nominal":
        return 1.0 - np.eye(len(categories))
    try:
        values = np.asarray(categories, float)
    except (TypeError, ValueError):
        raise ValueError(f"level {level!r} needs numbers, found {list(categories)[:5]}") from None
    if level == "ordinal":  # the place of a category is the mean rank of the ratings in it
        order = np.argsort(values)
        values[order] = np.cumsum(totals[order]) - totals[order] / 2
    apart = values[:, None] - values
    if level == "ratio":
        if (values < 0).any():
            raise ValueError("level 'ratio' needs numbers from 0 up")
        both = values[:, None] + values
        apart = np.divide(apart, both, out=np.zeros_like(apart), where=both > 0)
    return apart**2


def set_distance(inside: np.ndarray, distance: str) -> np.ndarray:
    """Return the distances between sets, given as rows of 0 and 1; two empty sets are alike."""
    if distance not in DISTANCES:
        raise ValueError(f"distance is {distance!r}; write one of {DISTANCES}")
    shared, size = inside @ inside.T, inside.sum(1)
    union = size[:, None] + size - shared
    likeness = np.divide(shared, union, out=np.ones_like(shared), where=union > 0)
    if distance == "nominal":
        likeness = np.floor(likeness)
    if distance == "masi":
        part_of = shared == np.minimum(size[:, None], size)
        likeness *= np.select([likeness == 1, part_of, shared > 0], [1, 2 / 3, 1 / 3], 0)
    return 1 - likeness


def percent_agreement(ratings: pd.DataFrame) -> float:
    """Return the share of coder pairs that agree, averaged over the units that two or more coders rated.

    Takes no account of chance. nan only if no unit has two ratings.

    >>> round(percent_agreement(pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 0, None]})), 3)
    0.667
    """
    return percent_of(count_ratings(ratings)[0])


def krippendorff_alpha(ratings: pd.DataFrame, level: str = "nominal") -> float:
    """Return Krippendorff's alpha (2011), one minus observed over expected disagreement; nan with no variation.

    Any number of coders, missing ratings allowed. `level` is nominal, ordinal, interval or ratio; all but nominal
    need numbers. ValueError for another level, or for ratings it cannot measure.

    >>> round(krippendorff_alpha(pd.DataFrame({"A": [1, 1, 0, 0, 0], "B": [1, 0, 0, 0, 0]})), 3)
    0.571
    """
    counts, categories = count_ratings(ratings)
    return _alpha_of(counts, _distance(counts[counts.sum(1) > 1].sum(0), categories, level))


def cohen_kappa(ratings: pd.DataFrame) -> float:
    """Return Cohen's kappa (1960) over the units that both of two coders rated; nan with no variation.

    ValueError unless `ratings` has exactly two columns.

    >>> cohen_kappa(pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 0, 0]}))
    0.5
    """
    if ratings.shape[1] != 2:
        raise ValueError(f"Cohen's kappa compares two coders; the ratings have {ratings.shape[1]} columns")
    both = ratings.dropna()
    first, second = (both.iloc[:, coder].value_counts(normalize=True) for coder in (0, 1))
    return _beyond_chance(percent_of(count_ratings(both)[0]), first.mul(second, fill_value=0).sum())


def fleiss_kappa(ratings: pd.DataFrame) -> float:
    """Return Fleiss' kappa, generalised to missing ratings as in Gwet (2014); nan with no variation.

    >>> round(fleiss_kappa(pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 0, 0]})), 3)
    0.467
    """
    counts, _ = count_ratings(ratings)
    return _beyond_chance(percent_of(counts), (_shares(counts) ** 2).sum())


def gwet_ac1(ratings: pd.DataFrame) -> float:
    """Return Gwet's AC1 (2008; missing ratings as in 2014); nan with no variation.

    Stays high when a code is rare and coders agree only that it is absent: read it beside alpha, never instead.

    >>> round(gwet_ac1(pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 0, 0]})), 3)
    0.529
    """
    return ac1_of(count_ratings(ratings)[0])


def specific_agreement(ratings: pd.DataFrame) -> float:
    """Return positive specific agreement of 0/1 ratings: 2a / (2a + b + c), summed over the pairs of coders.

    If one coder says 1, how often does another? nan if nobody says 1; ValueError for other values.

    >>> specific_agreement(pd.DataFrame({"A": [1, 1, 1, 0], "B": [1, 1, 0, 0]}))
    0.8
    """
    counts, categories = count_ratings(ratings)
    if not set(categories) <= {0, 1}:
        raise ValueError(f"specific agreement needs ratings of 0 and 1, found {list(categories)[:5]}")
    return specific_of(counts.sum(1), counts[:, categories == 1].sum(1))


def set_alpha(sets: pd.DataFrame, distance: str = "jaccard") -> float:
    """Return Krippendorff's alpha for units to which each coder gave a *set* of codes (Passonneau 2006).

    Cells hold sets, or are missing where a coder did not rate. `distance` is jaccard, masi, or nominal (the same
    set or not). nan with no variation; ValueError for another distance.

    >>> A, B = [{"power"}, {"power", "trust"}, set()], [{"power"}, {"trust"}, set()]
    >>> round(set_alpha(pd.DataFrame({"A": A, "B": B})), 3)
    0.783
    """
    counts, found = count_ratings(sets.map(frozenset, na_action="ignore"))
    members = list(frozenset().union(*found))
    inside = np.array([[member in one for member in members] for one in found], float)
    apart = set_distance(inside.reshape(len(found), len(members)), distance)
    return _alpha_of(counts, apart)
