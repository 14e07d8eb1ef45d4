"""The displays of configurations: a table in, a figure out. See `plots` for how figures are shown and described."""

from __future__ import annotations

import string

import numpy as np
import pandas as pd

from .plots import INK, MARK, PALE, WIDTH, wrap_labels

ALL_ROWS = 16  # up to so many configurations those without a site are drawn too
DARK, MIDDLE = "#3b6ea5", "#a9c1da"
UPRIGHT = 4  # with more conditions their names stand upright
NEAR = 0.05  # points nearer than this share one letter
SAID = {"yes": "goes with it", "no": "does not", "remainder": "no site"}
FOUND = {"all": (DARK, "all", "white"), "some": (MIDDLE, "some", INK), "none": (PALE, "no", INK)}


def _rows(table: pd.DataFrame) -> pd.DataFrame:
    return table if len(table) <= ALL_ROWS else table[table["n"] > 0]


def _tile(ax, x: float, y: float, colour: str, text: str, ink: str, width: float = 1.0, hatch: str = "") -> None:
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((x, y), width, 1, facecolor=colour, edgecolor="white", lw=2))
    if hatch:
        ax.add_patch(Rectangle((x, y), width, 1, facecolor="none", edgecolor="#9aa5b1", hatch=hatch, lw=0))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2} if hatch else None
    ax.text(x + width / 2, y + 0.5, text, ha="center", va="center", fontsize=8, color=ink, bbox=box)


def _value(row) -> tuple[str, str, str, str]:
    """Return colour, words, ink and hatch of the last tile of a configuration."""
    if row.value == "remainder":
        return "white", SAID["remainder"] if not row.n else "too few", INK, "////"
    said = SAID[row.value] + (" (contradicted)" if row.against else "")
    return (DARK, said, "white", "") if row.value == "yes" else (PALE, said, INK, "")


def plot_truth_table(table: pd.DataFrame, labels: dict[str, str], outcome: str):
    """Return the truth table as tiles, one row per configuration with its sites named; None if it has no rows.

    Dark: present. Pale: absent. The last tile says whether the configuration goes with the outcome; hatched: no site.

    Parameters
    ----------
    table : DataFrame
        From `truth_table`.
    labels : dict
        Condition -> label.
    outcome : str
        The outcome in words.
    """
    import matplotlib.pyplot as plt

    drawn = _rows(table)
    if drawn.empty:
        return None
    names = list(drawn.index.names)
    sites = ["\n".join(wrap_labels([cases], 46)) for cases in drawn["cases"].where(drawn["cases"] != "", "no site")]
    lines = [max(1, text.count("\n") + 1) for text in sites]
    heights = np.array([max(1.0, 0.62 * n) for n in lines])
    fig, ax = plt.subplots(figsize=(WIDTH, 1.3 + 0.27 * heights.sum()), layout="constrained")
    top = np.r_[0, heights.cumsum()]
    for place, (key, row) in enumerate(zip(drawn.index, drawn.itertuples(), strict=True)):
        y = top[place] + (heights[place] - 1) / 2
        for column, value in enumerate(key):
            colours = (DARK, "yes", "white") if value else (PALE, "no", INK)
            _tile(ax, column, y, *colours)
        colour, said, ink, hatch = _value(row)
        _tile(ax, len(names) + 0.15, y, colour, said, ink, 2.1, hatch)
        ax.text(len(names) + 2.4, y + 0.5, sites[place], va="center", fontsize=8, color=INK if row.n else "#52606d")
    upright = len(names) > UPRIGHT
    heads = wrap_labels([*(labels.get(name, name) for name in names), outcome], 30 if upright else 13)
    middles = [*(n + 0.5 for n in range(len(names))), len(names) + 1.2]
    ax.set_xticks(middles, heads, fontsize=7.5, rotation=90 if upright else 0)
    ax.set(xlim=(0, len(names) + 6.3), ylim=(top[-1], 0), yticks=[])
    ax.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    ax.spines[:].set_visible(False)
    return fig


def describe_truth_table(table: pd.DataFrame, labels: dict[str, str], outcome: str) -> str:
    """Return alt text of the truth table: each configuration with its sites, and how many have none."""
    told = []
    for key, row in zip(table.index, table.itertuples(), strict=True):
        if row.n:
            present = [labels.get(name, name) for name, value in zip(table.index.names, key, strict=True) if value]
            differ = f", but not for {row.against}" if row.against else ""
            told.append(f"{' and '.join(present) or 'none present'}: {row.cases}, {_value(row)[1]}{differ}")
    empty = int((table["n"] == 0).sum()) if len(table) else 0
    return f"Configurations and {outcome}. " + ". ".join(told) + f". Without a site: {empty}." if told else "No table."


def _clusters(points: pd.DataFrame) -> list[tuple[float, float, list[str]]]:
    """Return places with the names of the points that lie there, or so near that their marks would touch."""
    found: list[tuple[float, float, list[str]]] = []
    for row in points.sort_values(["x", "y"], kind="stable").itertuples():
        near = [spot for spot in found if max(abs(spot[0] - row.x), abs(spot[1] - row.y)) < NEAR]
        if near:
            near[0][2].append(row.name)
        else:
            found.append((row.x, row.y, [row.name]))
    return found


def _letter(place: int) -> str:
    letters = string.ascii_uppercase
    return (
        letters[place] if place < len(letters) else _letter(place // len(letters) - 1) + letters[place % len(letters)]
    )


def plot_xy(points: pd.DataFrame, solution: str, outcome: str):
    """Return membership in the outcome against membership in a solution, sites named beside; None without points.

    Above the diagonal a site speaks for the solution being enough; below it, shaded, against.

    Parameters
    ----------
    points : DataFrame
        name, x, y, from `memberships_in`.
    solution, outcome : str
        Names of the two axes.
    """
    import matplotlib.pyplot as plt

    if points.empty:
        return None
    spots = _clusters(points)
    key = [
        "\n".join(wrap_labels([f"{_letter(n)}  ({len(names)})  {', '.join(names)}"], 58))
        for n, (_, _, names) in enumerate(spots)
    ]
    lines = sum(text.count("\n") + 1 for text in key)
    height = max(4.6, 0.6 + 0.2 * lines + 0.1 * len(key))
    fig, (ax, beside) = plt.subplots(1, 2, figsize=(WIDTH, height), width_ratios=[1, 1.1], layout="constrained")
    ax.fill_between([0, 1], [0, 1], color=PALE, lw=0, zorder=0)
    ax.plot([0, 1], [0, 1], color="#7b8794", lw=1, zorder=1)
    for n, (x, y, _) in enumerate(spots):
        against = x > 0.5 >= y
        ax.plot(
            x, y, "s" if against else "o", ms=15, mfc=MARK if against else DARK, mec="white", clip_on=False, zorder=3
        )
        ax.text(x, y, _letter(n), color="white", ha="center", va="center", fontsize=8, zorder=4)
    ax.set(xlim=(-0.06, 1.1), ylim=(-0.06, 1.1))
    ax.set_box_aspect(1)
    (across,), (up,) = wrap_labels([f"in the {solution} solution"], 48), wrap_labels([f"in the outcome: {outcome}"], 44)
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    down = 1.0
    for text in key:
        beside.text(0, down, text, va="top", fontsize=8.5)
        down -= (0.17 * (text.count("\n") + 1) + 0.08) / (height - 0.6)
    beside.set_axis_off()
    return fig


def describe_xy(points: pd.DataFrame, solution: str, outcome: str) -> str:
    """Return alt text of the figure: which sites lie where, and which speak against the solution."""
    if points.empty:
        return "No points: there is no solution."
    told = [
        f"{x:.2f} in the solution and {y:.2f} in the outcome: {', '.join(names)}" for x, y, names in _clusters(points)
    ]
    against = points.loc[(points["x"] > 0.5) & (points["y"] <= 0.5), "name"].tolist()
    said = f" In the solution without the outcome: {', '.join(against) or 'none'}."
    return f"{outcome} against {solution}. " + ". ".join(told) + "." + said


def _strip(runs: pd.DataFrame) -> pd.DataFrame:
    """Return terms (rows) by changes (columns): found in `all`, `some` or `none` of the models."""
    known = runs[(runs["term"] != "") & (runs["check"] != "as planned")]
    if known.empty:
        return pd.DataFrame()
    wide = known.pivot(index=["outcome", "term"], columns="change", values="found")
    order = known[["outcome", "term"]].drop_duplicates()
    return wide.loc[list(order.itertuples(index=False, name=None)), list(dict.fromkeys(known["change"]))]


def plot_robustness(runs: pd.DataFrame, terms: dict[str, str]):
    """Return a strip per term: after which change it is in all, some or none of the models; None without runs.

    Parameters
    ----------
    runs : DataFrame
        From `solution_robustness`.
    terms : dict
        Term or outcome -> words.
    """
    import matplotlib.pyplot as plt

    strip = _strip(runs)
    if strip.empty:
        return None
    labels = wrap_labels([f"{terms[outcome]}: {terms[term]}" for outcome, term in strip.index], 44)
    tall = np.array([max(1.2, 0.72 * (label.count("\n") + 1)) for label in labels])
    fig, ax = plt.subplots(figsize=(WIDTH, 2.2 + 0.32 * tall.sum()), layout="constrained")
    top = np.r_[0, tall.cumsum()]
    for place, row in enumerate(strip.itertuples(index=False)):
        for column, found in enumerate(row):
            _tile(ax, column, top[place] + (tall[place] - 1) / 2, *FOUND[found])
    ax.set_yticks(top[:-1] + tall / 2, labels, fontsize=8)
    ax.set_xticks([n + 0.5 for n in range(strip.shape[1])], wrap_labels(strip.columns, 60), rotation=90, fontsize=8)
    ax.set(xlim=(0, strip.shape[1]), ylim=(top[-1], 0))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return fig


def describe_robustness(runs: pd.DataFrame, terms: dict[str, str]) -> str:
    """Return alt text of the strip: for each term the changes after which it is in some or none of the models."""
    strip, told = _strip(runs), []
    for (outcome, term), row in strip.iterrows():
        parts = [
            f"{said}: {', '.join(row.index[row == found])}" for found, said in WORDS.items() if (row == found).any()
        ]
        again = "; ".join(parts) or f"in all models after all {len(row)} changes"
        told.append(f"{terms[outcome]}, {terms[term]}: {again}")
    return "Terms found again. " + ". ".join(told) + "." if told else "No strip: there is no solution to change."


WORDS = {"some": "in some models only", "none": "in no model"}
