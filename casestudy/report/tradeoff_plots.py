"""The display of positions on trade-offs: a table in, a figure out. See `plots` for how figures are shown."""

from __future__ import annotations

import math

import pandas as pd

from .plots import INK, MARK, PALE, WIDTH, wrap_labels

POINT, WIDER = 6.0, 10.0  # points across: of a position, and what full ambivalence adds to it
LANE = 0.34  # inches a site takes: more than the widest ring


def _ring(ambivalence: float) -> float:
    """Return the width of the ring around a position."""
    return POINT + 3 + WIDER * ambivalence


def _lane(ax, place: int, row) -> None:
    """Draw one site on one axis: its position, interval and ring, and how many describe it."""
    if pd.isna(row.estimate):
        ax.text(
            0,
            place,
            "nobody describes it",
            ha="center",
            va="center",
            fontsize=8,
            color="#52606d",
            backgroundcolor="white",
        )
        return
    if pd.notna(row.lo):
        ax.plot([row.lo, row.hi], [place, place], color=INK, lw=1.4, zorder=2)
    if row.ambivalence > 0:
        ring = {"marker": "o", "ms": _ring(row.ambivalence), "markerfacecolor": "none", "markeredgecolor": MARK}
        ax.plot(row.estimate, place, ls="", zorder=3, **ring)
    face = INK if row.n > 1 else "white"
    ax.plot(row.estimate, place, marker="o", ls="", ms=POINT, color=INK, markerfacecolor=face, zorder=4)
    ax.text(1.16, place, f"n = {row.n}", va="center", fontsize=7.5, color="#52606d")


def _poles(rows: pd.DataFrame) -> list[str]:
    """Return the words at the two ends of an axis, wrapped."""
    return wrap_labels(rows[["pole_a", "pole_b"]].iloc[0], 22)


def _panel(ax, rows: pd.DataFrame, lines: int) -> None:
    """Draw one axis: the poles at its ends in so many lines of text, a lane for each site."""
    first = rows.iloc[0]
    ax.axvline(0, color=PALE, lw=1.5, zorder=0)
    for place, row in enumerate(rows.itertuples()):
        ax.axhline(place, color=PALE, lw=0.8, zorder=0)
        _lane(ax, place, row)
    ax.set(xlim=(-1.1, 1.1), ylim=(len(rows) - 0.5, -0.5))
    ax.set_xticks([-1, 0, 1], ["−1", "0", "1"], fontsize=8)
    poles = _poles(rows)
    ax.set_title("\n".join(wrap_labels([first["label"]], 46)), fontsize=9.5, loc="left", pad=7 + 12.5 * lines)
    for at, side, words in ((0, "left", poles[0]), (1, "right", poles[1])):
        ax.text(at, 1.02, words, ha=side, va="bottom", fontsize=8, style="italic", transform=ax.transAxes)
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)


def _legend(fig) -> None:
    from matplotlib.lines import Line2D

    point = {"marker": "o", "ls": "", "color": INK, "ms": POINT}
    ring = {"marker": "o", "ls": "", "markerfacecolor": "none", "markeredgecolor": MARK}
    handles = [
        Line2D([], [], **{**point, "ls": "-"}, label="mean of the informants, interval"),
        Line2D([], [], **point, markerfacecolor="white", label="one informant"),
        Line2D([], [], **ring, ms=_ring(0.1), label="ring: 1 in 10 describe both poles"),
        Line2D([], [], **ring, ms=_ring(1), label="all do"),
    ]
    fig.legend(handles=handles, frameon=False, ncols=4, loc="outside upper center", fontsize=8)


def plot_positions(table: pd.DataFrame):
    """Return a panel per trade-off, with a lane per site from pole A (left) to pole B (right); None if there is none.

    Parameters
    ----------
    table : DataFrame
        From `placed`: label, pole_a, pole_b, name, estimate, lo, hi, n, ambivalence; sites in declared order. A ring
        around a point grows with the share of informants who describe both poles; a hollow point is one informant's.
    """
    import matplotlib.pyplot as plt

    if table.empty or table["estimate"].isna().all():
        return None
    axes_of = list(table.groupby("axis", sort=False))
    columns = min(2, len(axes_of))
    lines = math.ceil(len(axes_of) / columns)
    height = 0.8 + lines * (1.15 + LANE * table["site"].nunique())
    shape = {"figsize": (WIDTH, height), "layout": "constrained", "squeeze": False, "sharey": True}
    fig, grid = plt.subplots(lines, columns, **shape)
    deepest = 1 + max(words.count("\n") for _, rows in axes_of for words in _poles(rows))
    for ax, (_, rows) in zip(grid.flat, axes_of, strict=False):
        _panel(ax, rows, deepest)
        ax.set_yticks(range(len(rows)), wrap_labels(rows["name"], 30), fontsize=8.5)
    for ax in grid.flat[len(axes_of) :]:
        ax.set_axis_off()
    _legend(fig)
    return fig


def describe_positions(table: pd.DataFrame) -> str:
    """Return alt text of the positions: per trade-off and site the position, its interval, n and ambivalence."""
    lines = []
    for _, rows in table.groupby("axis", sort=False):
        first, told = rows.iloc[0], []
        for row in rows.itertuples():
            told.append(f"{row.name} {_told(row)}")
        lines.append(f"{first['label']}, from -1 ({first['pole_a']}) to 1 ({first['pole_b']}): {'; '.join(told)}")
    return f"Positions on trade-offs. {'. '.join(lines)}." if lines else "No position on a trade-off."


def _told(row) -> str:
    if pd.isna(row.estimate):
        return "nobody"
    span = f" ({row.lo:.1f} to {row.hi:.1f})" if pd.notna(row.lo) else ", no interval"
    both = f", {row.ambivalence:.0%} describe both poles" if row.ambivalence else ""
    return f"{row.estimate:.1f}{span}, n {row.n}{both}"
