"""The displays of pairs: a half matrix of lifts and a network on a circle. See `plots` for how figures are shown."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from .plots import INK, MARK, PALE, PALETTE, WIDTH, wrap_labels

DOT = "\N{BLACK CIRCLE}"
SIDEWAYS = 6  # columns up to which their labels lie flat
LETTERS = 90  # of labels side by side below them
SCALE = 3.0  # lift from which a tile is as dark as it gets: beyond it the number tells


def half_matrix(found: pd.DataFrame, labels: dict[str, str], value: str = "lift") -> pd.DataFrame:
    """Return one column of an `interdependence` table as a half matrix, later codes (rows) by earlier ones (columns).

    Only codes of at least one tested pair; missing = not tested, or above the diagonal.
    """
    ok = found[found["status"] == "ok"]
    codes = [code for code in _codes(found) if code in {*ok["code_1"], *ok["code_2"]}]
    wide = ok.pivot(index="code_2", columns="code_1", values=value).reindex(index=codes[1:], columns=codes[:-1])
    return wide.rename(index=labels, columns=labels).rename_axis(index=None, columns=None)


def _codes(found: pd.DataFrame) -> list[str]:
    """Return the codes in codebook order: every code but the last opens a pair, unless kin took them all."""
    return list(dict.fromkeys([*found["code_1"], *found["code_2"]]))


def plot_lifts(found: pd.DataFrame, labels: dict[str, str], level: float):
    """Return the half matrix of lifts, with a dot where the adjusted p is small; None if no pair was tested.

    Parameters
    ----------
    found : DataFrame
        From `interdependence`.
    labels : dict
        Label of each code.
    level : float
        Adjusted p below which a dot is drawn.
    """
    import matplotlib.pyplot as plt
    import seaborn as sns
    from matplotlib.patches import Patch

    lift, p = half_matrix(found, labels), half_matrix(found, labels, "p_adjusted")
    if lift.empty:
        return None
    upright = lift.shape[1] > SIDEWAYS
    width = 30 if upright else max(12, LETTERS // lift.shape[1])
    fig, ax = plt.subplots(figsize=(WIDTH, (2.9 if upright else 1.4) + 0.34 * len(lift)), layout="constrained")
    below = np.tril(np.ones(lift.shape, bool))
    numbers = lift.to_numpy(float)
    text = [
        [_cell(x, q, level) for x, q in zip(*rows, strict=True)]
        for rows in zip(numbers, p.to_numpy(float), strict=True)
    ]
    for row, column in zip(*np.nonzero(below & np.isnan(numbers)), strict=True):
        ax.add_patch(plt.Rectangle((column, row), 1, 1, facecolor="white", edgecolor="#9aa5b1", hatch="////", lw=0))
    sns.heatmap(
        numbers, ax=ax, cmap=PALETTE, vmin=0, vmax=SCALE * 1.25, cbar=False, linewidths=1.5, linecolor="white",
        annot=np.array(text), fmt="", annot_kws={"fontsize": 8},
    )  # fmt: skip
    ax.set_xticks(
        [n + 0.5 for n in range(lift.shape[1])], wrap_labels(lift.columns, width), rotation=90 * upright, fontsize=8
    )
    ax.set_yticks([n + 0.5 for n in range(len(lift))], wrap_labels(lift.index, 44), rotation=0, fontsize=8)
    ax.tick_params(length=0)
    told = [
        Patch(facecolor="none", label=f"{DOT} adjusted p below {level:g}"),
        Patch(facecolor="white", edgecolor="#9aa5b1", hatch="////", lw=0, label="not tested"),
        Patch(facecolor="white", edgecolor="#9aa5b1", label="blank: its pair stands below the diagonal"),
    ]
    fig.legend(handles=told, frameon=False, fontsize=8, loc="outside upper right", ncols=3)
    return fig


def _cell(lift: float, p: float, level: float) -> str:
    return "" if np.isnan(lift) else f"{lift:.1f}{' ' + DOT if p < level else ''}"


def describe_lifts(found: pd.DataFrame, labels: dict[str, str], level: float) -> str:
    """Return alt text of the half matrix: the pairs with a dot, and how the others lie."""
    ok = found[found["status"] == "ok"].sort_values("lift", ascending=False, kind="stable")
    small = ok["p_adjusted"] < level
    dots = [f"{labels[r.code_1]} with {labels[r.code_2]} {r.lift:.1f}" for r in ok[small].itertuples()]
    rest = ok.loc[~small, "lift"]
    span = f", their lifts from {rest.min():.1f} to {rest.max():.1f}" if len(rest) else ""
    return (
        f"Half matrix of lifts, {len(ok)} of {len(found)} pairs tested. Adjusted p below {level:g}: "
        f"{'; '.join(dots) or 'none'}. Other pairs tested: {len(rest)}{span}."
    )


def _places(codes: list[str]) -> dict[str, tuple[float, float]]:
    """Return each code's place on the circle: the first on top, then clockwise. Fixed, so that figures compare."""
    turn = [math.pi / 2 - 2 * math.pi * n / max(len(codes), 1) for n in range(len(codes))]
    return {code: (math.cos(a), math.sin(a)) for code, a in zip(codes, turn, strict=True)}


def _labelled(ax, at: dict[str, tuple[float, float]], labels: dict[str, str]) -> None:
    """Draw the nodes, each with its label outside the circle."""
    for code, (x, y) in at.items():
        ax.plot(x, y, "o", ms=9, color="white", markeredgecolor=INK, zorder=4)
        side = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
        up = "center" if abs(y) < 0.9 else "bottom" if y > 0 else "top"
        (label,) = wrap_labels([labels[code]], 24)
        ax.text(1.1 * x, 1.1 * y, label, ha=side, va=up, fontsize=8)


def _arrows(ax, at: dict, stated: pd.DataFrame) -> None:
    """Draw stated links as dashed arrows, bent so that the two directions lie apart, with the statements counted."""
    for row in stated.itertuples():
        (x, y), (u, v) = at[row.from_code], at[row.to_code]
        style = {"arrowstyle": "-|>", "linestyle": "--", "color": MARK, "lw": 1.2, "shrinkA": 8, "shrinkB": 8}
        ax.annotate("", (u, v), (x, y), arrowprops={**style, "connectionstyle": "arc3,rad=0.18"}, zorder=3)
        # on the bent line: aside from the middle by half the bend, to the right of the way
        middle = ((x + u) / 2 + 0.09 * (v - y), (y + v) / 2 - 0.09 * (u - x))
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        ax.text(*middle, str(row.statements), fontsize=8, color=MARK, ha="center", va="center", bbox=box, zorder=5)


def _on_circle(stated: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Return the links between codes of the circle, relations together."""
    rows = stated[stated["from_code"].isin(codes) & stated["to_code"].isin(codes)]
    return rows.groupby(["from_code", "to_code"], sort=False, as_index=False)["statements"].sum()


def plot_network(codes: list[str], edges: pd.DataFrame, stated: pd.DataFrame, labels: dict[str, str]):
    """Return challenges on a circle, joined where they are told together, with stated links as arrows.

    None if there is neither an edge nor a link.

    Parameters
    ----------
    codes : list of str
        In codebook order: the first on top, then clockwise.
    edges : DataFrame
        From `edges`: only firm pairs. The width is the lift, which is written beside it.
    stated : DataFrame
        From `links`. The number is that of statements.
    labels : dict
    """
    import matplotlib.pyplot as plt
    from matplotlib.lines import Line2D

    at, rows = _places(codes), _on_circle(stated, codes)
    if edges.empty and rows.empty:
        return None
    fig, ax = plt.subplots(figsize=(WIDTH, 5.6), layout="constrained")
    for row in edges.itertuples():
        (x, y), (u, v) = at[row.code_1], at[row.code_2]
        ax.plot([x, u], [y, v], color="#3b6ea5", lw=min(row.lift, 8), alpha=0.75, solid_capstyle="round", zorder=1)
        # a third of the way, where lines through the middle do not cross
        place = (x + (u - x) / 3, y + (v - y) / 3)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        ax.text(*place, f"{row.lift:.1f}", fontsize=8, ha="center", va="center", bbox=box, zorder=5)
    ax.add_patch(plt.Circle((0, 0), 1, fill=False, color=PALE, zorder=0))
    _arrows(ax, at, rows)
    _labelled(ax, at, labels)
    ax.set(xlim=(-2.2, 2.2), ylim=(-1.3, 1.3), aspect="equal")
    ax.set_axis_off()
    told = [
        Line2D(
            [],
            [],
            color="#3b6ea5",
            lw=4,
            alpha=0.75,
            label="told together: lift" if len(edges) else "told together: none",
        ),
        Line2D(
            [],
            [],
            color=MARK,
            lw=1.2,
            ls="--",
            label="said to act on: statements" if len(rows) else "said to act on: none",
        ),
    ]
    ax.legend(handles=told, frameon=False, fontsize=8, loc="upper left")
    return fig


def describe_network(codes: list[str], edges: pd.DataFrame, stated: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return alt text of the network: its edges with their lifts, the stated links with their statements."""
    rows = _on_circle(stated, codes)
    told = [f"{labels[r.code_1]} with {labels[r.code_2]}, lift {r.lift:.1f}" for r in edges.itertuples()]
    said = [f"{labels[r.from_code]} on {labels[r.to_code]}, {r.statements}" for r in rows.itertuples()]
    return (
        f"{len(codes)} challenges on a circle. Told together: {'; '.join(told) or 'none'}. "
        f"Said to act on another, with statements: {'; '.join(said) or 'none'}."
    )
