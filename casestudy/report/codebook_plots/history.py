"""The history of the codes: versions as columns, and bands to what became of each code."""

from __future__ import annotations

import textwrap

import pandas as pd

from ..plots import INK, PALE
from .canvas import WIDTH, canvas

LINES = {"same": "-", "merge": "-", "split": "--", "rename": ":"}  # any other event: dash and dot
LABEL_AT = {"merge": 0.26, "split": 0.74}  # where bands that meet or part still have their own height
TALLEST = 3.5  # lines of the widest band
THIN = 0.14  # lines of a band without segments


def _history(edges: pd.DataFrame) -> pd.DataFrame:
    """Return the edges of a codebook with more than one version: none for a single one."""
    return edges[edges["from_version"] != ""].reset_index(drop=True)


def _orders(edges: pd.DataFrame) -> dict[str, list[str]]:
    """Return the codes of each version from top to bottom: the last as given, each before by what it became."""
    steps = list(dict.fromkeys(zip(edges["from_version"], edges["to_version"], strict=True)))
    last = edges[edges["to_version"] == steps[-1][1]]["to_code"]
    orders = {steps[-1][1]: [code for code in dict.fromkeys(last) if code]}
    for before, after in reversed(steps):
        step = edges[(edges["from_version"] == before) & (edges["from_code"] != "")]
        place = {code: n for n, code in enumerate(orders[after])}
        means = step.assign(place=step["to_code"].map(place).fillna(len(place))).groupby("from_code", sort=False)
        orders[before] = means["place"].mean().sort_values(kind="stable").index.tolist()
    return {version: orders[version] for version in (*(before for before, _ in steps), steps[-1][1])}


def _boxes(edges: pd.DataFrame, scale: float, letters: int) -> dict[tuple[str, str], dict]:
    """Return a box for each code of each version: its label in lines, its height, its top."""
    boxes, orders = {}, _orders(edges)
    for version, codes in orders.items():
        top = 0.0
        for code in codes:
            out = edges[(edges["from_version"] == version) & (edges["from_code"] == code)]
            into = edges[(edges["to_version"] == version) & (edges["to_code"] == code)]
            name = (*out["from_label"], *into["to_label"])[0]
            new = " (new)" if into["from_code"].eq("").any() else ""
            retired = " (then retired)" if out["to_code"].eq("").any() else ""
            lines = textwrap.wrap(name + new + retired, letters)
            carried = max(edge["band"].sum() for edge in (out, into))
            height = max(len(lines) + 0.5, carried * 1.05)
            boxes[version, code] = {"lines": lines, "height": height, "top": top, "out": 0.0, "into": 0.0}
            top += height + 0.45
    return _centred(boxes)


def _centred(boxes: dict[tuple[str, str], dict]) -> dict[tuple[str, str], dict]:
    """Move the boxes of each version to the middle of the tallest column."""
    ends = {}
    for (version, _), box in boxes.items():
        ends[version] = box["top"] + box["height"]
    for (version, _), box in boxes.items():
        box["top"] += (max(ends.values()) - ends[version]) / 2
    return boxes


def _said(edge) -> str:
    """Return what stands on a band: what happened, and how many of the re-read segments went along."""
    event = "" if edge.event == "same" else edge.event
    return f"{event} {edge.segments} of {edge.reread}".strip() if edge.reread else event


def _start_band(box: dict, side: str, band: float, total: float) -> float:
    """Return the top of the next band on a side of a box; the bands lie around its middle."""
    top = box["top"] + (box["height"] - total) / 2 + box[side]
    box[side] += band
    return top


def _draw_band(ax, ends: tuple[float, float], tops: tuple[float, float], edge) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (left, right), (a, b), middle = ends, tops, sum(ends) / 2
    points = [(left, a), (middle, a), (middle, b), (right, b)]
    back = [(x, y + edge.band) for x, y in points[::-1]]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    changed = edge.event != "same"
    style = {"facecolor": "#c3cfdb" if changed else PALE, "edgecolor": INK if changed else "#9aa5b1"}
    style |= {"linestyle": LINES.get(edge.event, "-."), "linewidth": 1.1 if changed else 0.5}
    ax.add_patch(PathPatch(Path([*points, *back, points[0]], codes), zorder=2 if changed else 1, alpha=0.9, **style))
    at = LABEL_AT.get(edge.event, 0.5)
    weights = ((1 - at) ** 3 + 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at) + at**3)
    height = weights[0] * a + weights[1] * b + edge.band / 2
    across = left * (1 - at) ** 3 + middle * 3 * at * (1 - at) + right * at**3
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.75} if _said(edge) else None
    ax.text(across, height, _said(edge), ha="center", va="center", fontsize=7, zorder=4, bbox=box, parse_math=False)


def _draw_bands(ax, edges: pd.DataFrame, boxes: dict, lefts: dict[str, float], width: float) -> None:
    drawn = edges[(edges["from_code"] != "") & (edges["to_code"] != "")]
    sides = {"out": ["from_version", "from_code"], "into": ["to_version", "to_code"]}
    totals = {side: drawn.groupby(keys)["band"].sum() for side, keys in sides.items()}
    tops: dict[int, list[float]] = {index: [] for index in drawn.index}
    for side, keys in sides.items():
        other = sides["into" if side == "out" else "out"]
        height = [boxes[key]["top"] for key in drawn[other].itertuples(index=False, name=None)]
        for index in drawn.assign(height=height).sort_values("height", kind="stable").index:
            key = tuple(drawn.loc[index, keys])
            tops[index].append(_start_band(boxes[key], side, drawn.at[index, "band"], totals[side][key]))
    for edge in drawn.itertuples():
        ends = lefts[edge.from_version] + width, lefts[edge.to_version]
        _draw_band(ax, ends, tuple(tops[edge.Index]), edge)


def _draw_boxes(ax, boxes: dict, lefts: dict[str, float], width: float) -> None:
    from matplotlib.patches import Rectangle

    for (version, _), box in boxes.items():
        left = lefts[version]
        edge = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.9, "zorder": 3}
        ax.add_patch(Rectangle((left, box["top"]), width, box["height"], **edge))
        middle = box["top"] + box["height"] / 2
        words = {"va": "center", "fontsize": 8, "linespacing": 1.2, "zorder": 5, "parse_math": False}
        ax.text(left + 0.07, middle, "\n".join(box["lines"]), **words)


def _draw_legend(ax, edges: pd.DataFrame) -> None:
    from matplotlib.lines import Line2D

    events = list(dict.fromkeys(edges.loc[(edges["from_code"] != "") & (edges["to_code"] != ""), "event"]))
    handles = [Line2D([], [], color=INK, lw=0.6 if e == "same" else 1.4, ls=LINES.get(e, "-.")) for e in events]
    title = "Width of a band, and the number on it: of the segments read again, those that carry the code after"
    ax.legend(handles, events, title=title, loc="lower left", ncols=8, frameon=False, fontsize=8, title_fontsize=8)


def plot_lineage(edges: pd.DataFrame):
    """Return the history of the codes: versions as columns, between them what became of each code.

    A band is as wide as the re-read segments that went along; what happened is written on it and told by its line.
    New and retired codes are marked in their box. Where nothing was read again, bands are thin.

    Parameters
    ----------
    edges : DataFrame
        From `lineage`. None is returned if there is a single version.
    """
    edges = _history(edges)
    if edges.empty:
        return None
    versions = list(dict.fromkeys([*edges["from_version"], *edges["to_version"]]))
    whole = max(WIDTH, 2.2 * len(versions))
    width = (whole - 0.2) / (len(versions) + 0.72 * (len(versions) - 1))
    segments = edges["segments"].astype("Float64").fillna(0).astype(float)
    scale = TALLEST / max(segments.max(), 1)
    edges = edges.assign(band=(segments * scale).clip(lower=THIN))
    boxes = _boxes(edges, scale, int(width / 0.066))
    lines = max(box["top"] + box["height"] for box in boxes.values())
    fig, ax = canvas(whole, lines + 6.5)
    ax.set_ylim(lines + 4, -2.5)
    lefts = {version: 0.1 + n * 1.72 * width for n, version in enumerate(versions)}
    for version, left in lefts.items():
        n = sum(key[0] == version for key in boxes)
        ax.text(left, -1.2, f"{version}: {n} codes", fontweight="bold", va="center", fontsize=9, parse_math=False)
    _draw_bands(ax, edges, boxes, lefts, width)
    _draw_boxes(ax, boxes, lefts, width)
    _draw_legend(ax, edges)
    return fig


def _told(edge) -> str:
    """Return one edge in words."""
    if not edge.from_code:
        return f"new: {edge.to_label}"
    if not edge.to_code:
        return f"retired: {edge.from_label} ({edge.coded} segments)"
    counts = f"{edge.segments} of {edge.reread} segments" if edge.reread else "not read again"
    if edge.event == "same":
        return f"{edge.from_label} stays ({counts})"
    return f"{edge.event}: {edge.from_label} to {edge.to_label} ({counts})"


def describe_lineage(edges: pd.DataFrame) -> str:
    """Return alt text of the history of the codes: step by step, what became of each code."""
    history = _history(edges)
    if history.empty:
        return "No history to draw: " + ("; ".join(dict.fromkeys(edges["reason"])) or "no code") + "."
    said = []
    for (before, after), step in history.groupby(["from_version", "to_version"], sort=False):
        ordered = step.sort_values("event", key=lambda event: event == "same", kind="stable")
        said.append(f"From {before} to {after}: " + "; ".join(_told(edge) for edge in ordered.itertuples()))
    return "History of the codes. " + ". ".join(said) + "."
