"""The conceptual map as a tree from left to right: domains with their search terms, codes, parts of codes."""

from __future__ import annotations

import textwrap

import pandas as pd

from ..plots import PALE
from .canvas import WIDTH, canvas

GREY = "#52606d"
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
    fig, ax = canvas(WIDTH, lines)
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
