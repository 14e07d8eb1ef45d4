"""The presence rule drawn: the chance that a challenge is called present, by the share that truly raise it."""

from __future__ import annotations

import pandas as pd

from .plots import INK, MARK, PALE, WIDTH
from .rule_words import chance

SCOPES = {"site": "At one site (mean of the sites)", "every site": "At every site that can be judged"}
OTHERS = ("--", ":", "-.")  # how the lines of other j than the plan's are drawn


def _curve(table: pd.DataFrame, scope: str, j: int) -> pd.DataFrame:
    """Return the chance by share for one scope and j, with the lowest and highest site; sites not judged left out."""
    rows = table[(table["scope"] == scope) & (table["j"] == j) & (table["status"] == "ok")]
    return rows.groupby("share")["estimate"].agg(["mean", "min", "max"])


def _scopes(table: pd.DataFrame) -> list[str]:
    judged = table[table["status"] == "ok"]
    return [scope for scope in SCOPES if judged["scope"].eq(scope).any()]


def _draw(ax, table: pd.DataFrame, scope: str, planned: int) -> None:
    """Draw one panel: a line per j from the chance of a false presence, which is its point at 0."""
    others = [j for j in dict.fromkeys(table["j"]) if j != planned]
    styles = {j: {"ls": OTHERS[n % len(OTHERS)], "lw": 1.3, "color": "#5b6b7b"} for n, j in enumerate(others)}
    styles[planned] = {"ls": "-", "lw": 2.4, "color": INK}
    for j in sorted(styles):
        curve, style = _curve(table, scope, j), styles[j]
        if curve.empty:
            continue
        if j == planned and scope == "site":
            ax.fill_between(curve.index, curve["min"], curve["max"], color=PALE, lw=0, zorder=0)
        name = f"j = {j}{' (the plan)' if j == planned else ''}"
        false = f"; nobody raises it: {chance(curve['mean'].iloc[0])}" if curve.index[0] == 0 else ""
        ax.plot(curve.index, curve["mean"], label=name + false, zorder=3 if j == planned else 2, **style)
        if curve.index[0] == 0:
            face = MARK if j == planned else "white"
            ax.plot(
                0, curve["mean"].iloc[0], "o", ms=6, mec=MARK, mfc=face, clip_on=False, zorder=5 if j == planned else 4
            )


def plot_operating(table: pd.DataFrame, planned: int):
    """Return the chance of being called present against the share of voices that truly raise a challenge.

    One panel for a single site (the plan's j with a band from the lowest to the highest site), one for every site; a
    line per j, the plan's whole and heavy, each beginning at a red point: the chance of a false presence. None if
    nothing can be told.

    Parameters
    ----------
    table : DataFrame
        From `operating_characteristics`.
    planned : int
        The plan's j.
    """
    import matplotlib.pyplot as plt

    scopes = _scopes(table)
    if not scopes:
        return None
    size = (WIDTH, 4.4)
    fig, axes = plt.subplots(1, len(scopes), figsize=size, layout="constrained", sharey=True, squeeze=False)
    for ax, scope in zip(axes[0], scopes, strict=True):
        _draw(ax, table, scope, planned)
        ax.set(
            title=SCOPES[scope], xlabel="share of voices that truly raise it", ylim=(-0.02, 1.02), xlim=(-0.01, 0.61)
        )
        ax.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        ax.grid(axis="y", color=PALE, lw=0.8)
        ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(0, -0.16))
    axes[0][0].set_ylabel("chance of being called present")
    return fig


def describe_operating(table: pd.DataFrame, planned: int) -> str:
    """Return alt text of the curves: per panel and j the chance for each share, the false presence first."""
    told = []
    for scope in _scopes(table):
        lines = []
        for j in sorted(table["j"].unique()):
            steps = _curve(table, scope, j)["mean"].items()
            said = ", ".join(f"{f'{s:.0%} raise it' if s else 'nobody raises it'} {chance(c)}" for s, c in steps)
            lines.append(f"j = {j}{' (the plan)' if j == planned else ''}: {said}" if said else "")
        told.append(f"{SCOPES[scope]}. " + ". ".join(filter(None, lines)) + ".")
    if not told:
        return "Chance of being called present: nothing can be told."
    return "Chance of being called present, by the share of voices that truly raise a challenge. " + " ".join(told)
