"""The displays of alignment: a table in, a figure out. See `plots` for how figures are shown and described."""

from __future__ import annotations

import pandas as pd

from .plots import INK, MARK, PALE, draw_tiles, new_figure, wrap_labels

ENDS = {"high": ("^", "#1f4e79", "most aligned"), "": ("o", "#9aa5b1", "between"), "low": ("v", MARK, "least aligned")}


def _in_order(ends: pd.DataFrame) -> pd.DataFrame:
    """Return the sites that have an index, the highest first."""
    known = ends[ends["estimate"].notna()]
    return known.sort_values("estimate", ascending=False, kind="stable")


def plot_index(ends: pd.DataFrame, names: dict[str, str], xlabel: str):
    """Return the index of each site with its interval, the highest on top, the extremes marked; None without a site.

    Parameters
    ----------
    ends : DataFrame
        From `extremes`.
    names : dict
        Site -> name.
    xlabel : str
        What the index is measured in.
    """
    table = _in_order(ends)
    if table.empty:
        return None
    fig, ax = new_figure(1.2 + 0.3 * len(table))
    for end, (marker, colour, label) in ENDS.items():
        rows = table["end"].eq(end).to_numpy()
        places = [place for place, mine in enumerate(rows) if mine]
        if places:
            ax.hlines(places, table["lo"][rows], table["hi"][rows], color=colour, lw=1.6)
            ax.plot(table["estimate"][rows], places, ls="", marker=marker, ms=7, color=colour, label=label)
    tied = "".join(f"  {name}" for name in table.loc[table["tied"], "site"].map(names))
    ax.set_yticks(range(len(table)), wrap_labels(table["site"].map(names), 44))
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.set_xlabel(xlabel + (f"\nequal at a cut:{tied}".replace("$", r"\$") if tied else ""))
    ax.grid(axis="x", color=PALE)
    ax.set_axisbelow(True)
    ax.legend(frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1), fontsize=8)
    return fig


def describe_index(ends: pd.DataFrame, names: dict[str, str]) -> str:
    """Return alt text of the index: each site with its value and interval, and whether it is an extreme."""
    lines = [
        f"{names[row.site]} {row.estimate:.2f} ({row.lo:.2f} to {row.hi:.2f})"
        + (f", {ENDS[row.end][2]}" if row.end else "")
        for row in _in_order(ends).itertuples()
    ]
    return "Alignment index with interval, the highest first. " + "; ".join(lines) + "." if lines else "No index."


def plot_ranks(shares: pd.DataFrame, ends: pd.DataFrame, names: dict[str, str]):
    """Return in how many of 100 resamples each site takes each place, as tiles; None if there is none.

    Parameters
    ----------
    shares : DataFrame
        From `rank_probabilities`: sites (rows) by places.
    ends : DataFrame
        From `extremes`; lines are drawn behind the places of the two ends.
    names : dict
        Site -> name.
    """
    if shares.empty:
        return None
    fig, ax = new_figure(1.6 + 0.3 * len(shares))
    text = shares.map(_hundredth)
    draw_tiles(ax, shares, 0.9, text)
    ax.collections[0].set_clim(0, 1.1)
    ax.set_xticks([n + 0.5 for n in range(shares.shape[1])], [str(place) for place in shares.columns], rotation=0)
    ax.set_yticks([n + 0.5 for n in range(len(shares))], wrap_labels(shares.index.map(names), 40), rotation=0)
    ax.set(xlabel="place (1 = highest index)", ylabel="", title="Of 100 resamples, so many give the site this place")
    for end, at in (("high", ends["end"].eq("high").sum()), ("low", len(shares) - ends["end"].eq("low").sum())):
        if ends["end"].eq(end).any():
            ax.axvline(at, color=INK, lw=1.4)
            ax.axhline(at, color=INK, lw=1.4)
    return fig


def _hundredth(share: float) -> str:
    """Return a share in hundredths; what is not quite none does not read as none, and none is left blank.

    >>> _hundredth(0.5), _hundredth(0.001), _hundredth(0.0)
    ('50', '<1', '')
    """
    return "" if share == 0 else str(round(100 * share) or "<1")


def describe_ranks(shares: pd.DataFrame, names: dict[str, str]) -> str:
    """Return alt text of the places: per site the places it takes in at least one of 100 resamples."""
    lines = []
    for site, row in shares.iterrows():
        told = ", ".join(f"{place}: {100 * share:.0f}" for place, share in row.items() if round(100 * share))
        lines.append(f"{names[site]} {told}")
    return "Places in 100 resamples. " + "; ".join(lines) + "." if lines else "No places."


def plot_factors(strength: pd.DataFrame, ends: pd.DataFrame, names: dict[str, str], labels: dict[str, str]):
    """Return the strength of each factor at each site as tiles: high sites, those between, low sites.

    Parameters
    ----------
    strength : DataFrame
        From `strengths`: factors by sites, 0 to 3; missing = nobody judged it (hatched).
    ends : DataFrame
        From `extremes`. If no site is picked, all stand in one panel; sites without an index are left out.
    names, labels : dict
        Site -> name, factor -> label.
    """
    order = _in_order(ends)
    order = order if len(order) else ends
    picked = order["end"].ne("").any()
    panels = [(end, order.loc[order["end"] == end, "site"].tolist()) for end in ENDS]
    panels = [(end, sites) for end, sites in panels if sites]
    if strength.notna().sum().sum() == 0:
        return None
    fig, axes = new_figure(
        2.1 + 0.38 * len(strength),
        len(panels),
        sharey=True,
        squeeze=False,
        gridspec_kw={"width_ratios": [len(sites) for _, sites in panels]},
    )
    for ax, (end, sites) in zip(axes[0], panels, strict=True):
        part = strength[sites]
        draw_tiles(ax, part, 3, part.map(lambda v: "" if pd.isna(v) else f"{v:.2g}"))
        ax.set_xticks([n + 0.5 for n in range(len(sites))], wrap_labels([names[s] for s in sites], 30), rotation=90)
        ax.set(xlabel="", ylabel="", title=ENDS[end][2].capitalize() if picked else "")
    ticks = [n + 0.5 for n in range(len(strength))]
    axes[0][0].set_yticks(ticks, wrap_labels([labels[f] for f in strength.index], 30), rotation=0)
    return fig


def describe_factors(strength: pd.DataFrame, ends: pd.DataFrame, labels: dict[str, str], present: float) -> str:
    """Return alt text of the strengths: per factor at how many high, other and low sites it is present."""
    lines = []
    for factor, row in strength.iterrows():
        told = []
        for end, (_, _, word) in ENDS.items():
            values = row[ends.loc[ends["end"] == end, "site"]].dropna()
            told += [f"{word} {int((values >= present).sum())} of {len(values)}"] if len(values) else []
        lines.append(f"{labels[factor]}: {', '.join(told) or 'not judged'}")
    return "Sites at which each factor is present. " + ". ".join(lines) + "." if lines else "No factors."
