"""The display of saturation: a table in, a figure out. See `plots` for how figures are shown and described."""

from __future__ import annotations

import math

import pandas as pd

from .plots import INK, MARK, PALE, WIDTH, wrap_labels

PANELS = 4  # side by side
BAND, EXPECTED = "#c3d3e3", "#3b6ea5"
KEYS = ["scope", "unit"]


def _drawn(curves: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Return the panels that have a curve, in the order of the table."""
    return list(curves[curves["n"] > 0].groupby(KEYS, sort=False))


def _ended(point) -> str:
    """Say how a panel ended: where saturation was reached, that it was not, or that it cannot be judged."""
    if point is None or point.status != "ok":
        return "cannot be judged"
    return f"reached at {point.said}" if point.said else "not reached"


def _points(points: pd.DataFrame) -> dict:
    return {(row.scope, row.unit): row for row in points.itertuples()}


def _panel(ax, rows: pd.DataFrame, point, top: int) -> None:
    """Draw one panel: the band of random orders, what is expected, what was observed, base and run."""
    n, last = rows["n"].to_numpy(int), int(rows["n"].iloc[-1])
    lo, hi, seen = (rows[name].to_numpy(float) for name in ("random_lo", "random_hi", "observed"))
    if point is not None and point.status == "ok":
        ax.axvline(point.base, color="#7b8794", lw=1, ls=":", zorder=1)
        if point.said:
            ax.axvspan(point.at, point.at + point.run, facecolor="none", edgecolor=MARK, hatch="//", lw=0, alpha=0.6)
    ax.fill_between(n, lo, hi, color=BAND, lw=0, zorder=2, label="9 in 10 random orders")
    ax.plot(n, rows["expected"], color=EXPECTED, lw=1.2, ls="--", zorder=3, label="mean of all orders")
    ax.plot(n, seen, color=INK, lw=1.3, marker="o", ms=3 if last < 30 else 1.5, zorder=4, label="order of the table")
    ax.set(xlim=(0, last + 0.5), ylim=(0, top * 1.08))
    for axis in (ax.xaxis, ax.yaxis):
        axis.get_major_locator().set_params(integer=True)
    ax.grid(axis="y", color=PALE)
    ax.set_axisbelow(True)


def plot_accumulation(curves: pd.DataFrame, points: pd.DataFrame, sources: str = "interviews"):
    """Return accumulation curves, a panel per scope, with base and run marked; None if there is no curve.

    Parameters
    ----------
    curves : DataFrame
        From `accumulation`, with the scopes that are to be drawn.
    points : DataFrame
        From `saturation`. The base ends at a dotted line; the run that reached saturation is hatched.
    sources : str
        What the sources are called (from `source_word`).
    """
    import matplotlib.pyplot as plt
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    drawn, known = _drawn(curves), _points(points)
    if not drawn:
        return None
    columns = min(PANELS if len(drawn) > 6 else 3, len(drawn))
    lines, top = math.ceil(len(drawn) / columns), int(curves[["observed", "random_hi"]].max().max())
    shape = {"figsize": (WIDTH, 0.9 + 2.2 * lines), "layout": "constrained", "squeeze": False, "sharey": True}
    fig, axes = plt.subplots(lines, columns, **shape)
    for ax, (key, rows) in zip(axes.flat, drawn, strict=False):
        _panel(ax, rows, known.get(key), top)
        ax.set_title("\n".join(wrap_labels([rows["name"].iloc[0]], 84 // columns)), fontsize=9, pad=16)
        (ending,) = wrap_labels([_ended(known.get(key))])
        ax.text(0, 1.03, ending, fontsize=8, color=MARK, transform=ax.transAxes)
    for ax in axes.flat[len(drawn) :]:
        ax.set_axis_off()
    handles = [
        *axes[0][0].get_legend_handles_labels()[0],
        Line2D([], [], color="#7b8794", ls=":", label="end of the base"),
    ]
    handles.append(Patch(facecolor="none", edgecolor=MARK, hatch="//", lw=0, label="run that ended it"))
    fig.legend(handles=handles, frameon=False, ncols=5, loc="outside upper center", fontsize=8)
    fig.supxlabel(sources, fontsize=9)
    fig.supylabel("codes found", fontsize=9)
    return fig


def describe_accumulation(curves: pd.DataFrame, points: pd.DataFrame, sources: str = "interviews") -> str:
    """Return alt text of the curves: per scope the codes found, in the base and in all, and where it ended."""
    told, known = [], _points(points)
    for key, rows in _drawn(curves):
        last, point = rows.iloc[-1], known.get(key)
        judged = point is not None and point.status == "ok"
        base = f", {point.base_codes} of them in the first {point.base}" if judged else ""
        told.append(f"{last['name']} ({sources}: {last['n']}): {int(last['observed'])} found{base}; {_whole(point)}")
    return f"Codes found, by number of {sources}. " + ". ".join(told) + "." if told else "No curve."


def _whole(point) -> str:
    """Say how a panel ended, in this order and in random ones."""
    if point is None or point.status != "ok":
        return _ended(point)
    share = f"{point.random_reached:.0%} of random orders reach it"
    return f"{_ended(point)}; {share}" + ("" if pd.isna(point.random_median) else f", half by {point.random_median}")
