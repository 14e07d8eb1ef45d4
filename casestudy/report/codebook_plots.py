"""The codebook drawn: its conceptual map from left to right, and what became of its codes from version to version.

Heights are counted in lines of text, so that every label has its room; widths in inches.
"""

from __future__ import annotations

import textwrap

import pandas as pd

from .plots import INK, PALE

WIDTH = 10.5
LINE = 0.165  # inches a line of text takes
GREY = "#52606d"

# ---- the conceptual map ------------------------------------------------------------------------------------------

LEVELS = {"domain": (0.1, 2.7, 36), "code": (3.3, 3.4, 45), "part": (7.2, 3.2, 42)}  # left, width, letters a line
SHOWN = 14  # search terms of a domain; the table has them all


def _plural(kind: str) -> str:
    return kind[:-1] + "ies" if kind.endswith("y") else kind + "s"


def _terms(terms: str) -> str:
    words = [word for word in terms.split("; ") if word]
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more if words else "no search terms"


def _kinds(tree: pd.DataFrame, level: str) -> list[str]:
    return list(dict.fromkeys(tree.loc[tree["level"] == level, "kind"]))


def _nodes(tree: pd.DataFrame) -> list[dict]:
    """Return the nodes of the tree, each with its wrapped label, the terms below it, and the lines it needs.

    Where codes of several kinds stand side by side, those not of the first kind say what they are.
    """
    first, nodes = {level: _kinds(tree, level)[:1] for level in LEVELS}, []
    for row in tree.to_dict("records"):
        named = row["label"] + (f" ({row['kind']})" if [row["kind"]] != first[row["level"]] else "")
        letters, heads = LEVELS[row["level"]][2], row["level"] == "domain"
        lines = textwrap.wrap(named, letters - 5 if heads else letters) or [""]
        below = textwrap.wrap(_terms(row["terms"]), letters) if heads else []
        nodes.append({**row, "lines": lines, "below": below, "room": len(lines) + len(below) + 0.9})
    return nodes


def _measure(node: dict, nodes: list[dict]) -> float:
    """Return how many lines a node takes with all that hangs on it; both are kept in the node."""
    after = {"domain": "code", "code": "part"}.get(node["level"])
    node["children"] = [n for n in nodes if n["level"] == after and n["parent"] == node["child"]]
    node["block"] = max(node["room"], sum(_measure(child, nodes) for child in node["children"]))
    return node["block"]


def _place(node: dict, top: float) -> None:
    """Give a node and all that hangs on it their middle, `at`, in the block that begins at the line `top`."""
    node["at"] = top + node["block"] / 2
    top += (node["block"] - sum(child["block"] for child in node["children"])) / 2
    for child in node["children"]:
        _place(child, top)
        top += child["block"]


def _draw_node(ax, node: dict) -> None:
    from matplotlib.patches import Rectangle

    left, width, _ = LEVELS[node["level"]]
    top = node["at"] - (len(node["lines"]) + len(node["below"])) / 2
    if node["level"] != "part":
        box = {"facecolor": PALE if node["level"] == "domain" else "white", "edgecolor": "#9aa5b1"}
        ax.add_patch(Rectangle((left, top - 0.25), width, node["room"] - 0.4, linewidth=0.8, **box))
    style = {"va": "top", "parse_math": False, "linespacing": 1.25, "fontsize": 8.5}
    weight = "bold" if node["level"] == "domain" else "normal"
    ax.text(left + 0.08, top, "\n".join(node["lines"]), fontweight=weight, **style)
    below = {**style, "fontsize": 8, "color": GREY, "fontstyle": "italic" if not node["terms"] else "normal"}
    ax.text(left + 0.08, top + len(node["lines"]) + 0.1, "\n".join(node["below"]), **below)


def _join(ax, parent: dict, child: dict) -> None:
    """Draw the elbow from a node to one that hangs on it."""
    start = sum(LEVELS[parent["level"]][:2])
    end = LEVELS[child["level"]][0] + (0.04 if child["level"] == "part" else 0)
    middle = start + (end - start) / 2
    ax.plot([start, middle, middle, end], [parent["at"]] * 2 + [child["at"]] * 2, color="#9aa5b1", lw=0.9, zorder=0)


def _canvas(width: float, lines: float):
    """Return figure and axes whose units are inches across and lines down."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(width, lines * LINE))
    fig.subplots_adjust(0, 0, 1, 1)
    ax.set(xlim=(0, width), ylim=(lines, 0))
    ax.axis("off")
    return fig, ax


def plot_conceptual_map(tree: pd.DataFrame):
    """Return the conceptual map as a tree from left to right: domains with their search terms, codes, their parts.

    Parameters
    ----------
    tree : DataFrame
        Columns level, parent, child, label, kind, terms (from `concept_tree`). None is returned if it has no rows.
    """
    if tree.empty:
        return None
    nodes, lines = _nodes(tree), 2.0
    for domain in (n for n in nodes if n["level"] == "domain"):
        height = _measure(domain, nodes)
        _place(domain, lines)
        lines += height + 0.8
    fig, ax = _canvas(WIDTH, lines)
    for level, (left, _, _) in LEVELS.items():
        names = [_plural(kind) for kind in _kinds(tree, level)] + ["search terms"] * (level == "domain")
        ax.text(left, 0.3, " and ".join(names).capitalize(), va="top", fontweight="bold", color=GREY, fontsize=9)
    for node in nodes:
        _draw_node(ax, node)
        for child in node["children"]:
            _join(ax, node, child)
    return fig


def describe_conceptual_map(tree: pd.DataFrame) -> str:
    """Return alt text of the conceptual map: every domain with its search terms, its codes and their parts."""
    if tree.empty:
        return "Conceptual map without any domain."
    counts = [f"{n} {kind if n == 1 else _plural(kind)}" for kind, n in tree.groupby("kind", sort=False).size().items()]
    said = []
    for domain in tree[tree["level"] == "domain"].itertuples():
        codes = []
        for code in tree[(tree["level"] == "code") & (tree["parent"] == domain.child)].itertuples():
            parts = tree.loc[(tree["level"] == "part") & (tree["parent"] == code.child), "label"]
            codes.append(code.label + (f" ({', '.join(parts)})" if len(parts) else ""))
        said.append(f"{domain.label} (searched: {_terms(domain.terms)}): {'; '.join(codes)}")
    return f"Conceptual map, {', '.join(counts)}. " + ". ".join(said) + "."


# ---- the lineage -------------------------------------------------------------------------------------------------

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
    fig, ax = _canvas(whole, lines + 6.5)
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
