"""The displays of a text search: a table in, a figure out. See `plots` for how figures are shown and described."""

from __future__ import annotations

import pandas as pd

from .plots import INK, PALE, draw_tiles, new_figure, wrap_labels

FOUND, ONLY = PALE, "#3b6ea5"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _named(terms) -> list[str]:
    return wrap_labels([term.replace(";", "; ") for term in terms], 40)


def _matrix(rates: pd.DataFrame) -> pd.DataFrame:
    """Return terms x sites from `rates_by_site`, in its order; rows are (domain, code, term)."""
    terms = pd.MultiIndex.from_frame(rates[["domain", "code", "term"]].drop_duplicates())
    matrix = rates.pivot(index=["domain", "code", "term"], columns="site", values="rate")
    return matrix.reindex(index=terms, columns=list(dict.fromkeys(rates["site"])))


def plot_term_rates(rates: pd.DataFrame):
    """Return hits per 1,000 words as tiles, terms by sites, the domains one below the other; None if there are none.

    Parameters
    ----------
    rates : DataFrame
        From `rates_by_site`. 0 is a zero, missing (a site without words) is hatched.
    """
    if rates.empty or rates["rate"].isna().all():
        return None
    matrix = _matrix(rates)
    fig, ax = new_figure(1.4 + 0.34 * len(matrix))
    text = matrix.map(lambda rate: "" if pd.isna(rate) else "0" if rate == 0 else f"{rate:.2f}")
    most = float(matrix.max().max())
    draw_tiles(ax, matrix / most if most else matrix, 1, text)  # shades tell the order; rates may be far below 1
    ax.set_yticks([n + 0.5 for n in range(len(matrix))], _named(matrix.index.get_level_values("term")), rotation=0)
    ax.set(xlabel="", ylabel="", title="Hits per 1,000 words of informants")
    place = 0
    for domain, rows in matrix.groupby(level="domain", sort=False):
        (label,), middle = wrap_labels([_plain(domain)], 4 * len(rows) + 8), place + len(rows) / 2
        ax.text(1.01, middle, label, rotation=270, va="center", fontsize=8, transform=ax.get_yaxis_transform())
        place += len(rows)
        if place < len(matrix):
            ax.axhline(place, color=INK, lw=1)
    return fig


def describe_term_rates(rates: pd.DataFrame) -> str:
    """Return alt text of the rates: per term the rate at every site."""
    lines = []
    for (domain, _, term), row in _matrix(rates).iterrows():
        told = ", ".join(f"{site} {'no words' if pd.isna(rate) else f'{rate:.2f}'}" for site, rate in row.items())
        lines.append(f"{term} ({_plain(domain)}): {told}" if domain else f"{term}: {told}")
    return "Hits per 1,000 words, terms by sites. " + ". ".join(lines) + "."


def _points(quality: pd.DataFrame) -> pd.DataFrame:
    """Return one row per domain of `search_quality`: recall, recall_lo, recall_hi, and the same of precision."""
    two = quality[quality["measure"].isin(["recall", "precision"])]
    table = pd.DataFrame(index=pd.Index(two["domain"].drop_duplicates(), name="domain"))
    for measure, rows in two.set_index("domain").groupby("measure"):
        table[[measure, f"{measure}_lo", f"{measure}_hi"]] = rows[["estimate", "lo", "hi"]]
    return table


def plot_precision_recall(quality: pd.DataFrame):
    """Return precision against recall, a point per domain with both intervals; None if no domain has both.

    Parameters
    ----------
    quality : DataFrame
        From `search_quality`. A domain without recall is named below the points, not drawn.
    """
    points = _points(quality)
    if points.empty or not points[["recall", "precision"]].notna().all(axis=1).any():
        return None
    fig, ax = new_figure(4.6)
    drawn = points.dropna(subset=["recall", "precision"])
    for marker, (domain, p) in zip("osD^vP*X" * len(drawn), drawn.iterrows(), strict=False):
        ax.plot([p.recall_lo, p.recall_hi], [p.precision, p.precision], color=INK, lw=1.2)
        ax.plot([p.recall, p.recall], [p.precision_lo, p.precision_hi], color=INK, lw=1.2)
        (label,) = wrap_labels([_plain(domain)], 40)
        ax.plot(p.recall, p.precision, marker, color=ONLY, markeredgecolor=INK, ms=9, ls="", label=label)
    left = [_plain(domain) for domain in points.index.difference(drawn.index, sort=False)]
    if left:
        ax.text(0.01, 0.01, f"no recall: {', '.join(left)}".replace("$", r"\$"), fontsize=8, transform=ax.transAxes)
    ax.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall: of what belongs to the domain, how much the search returns")
    ax.set_ylabel("precision: of what the search returns,\nhow much belongs to the domain")
    ax.grid(color="#e6eaee")
    ax.set_axisbelow(True)
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return fig


def describe_precision_recall(quality: pd.DataFrame) -> str:
    """Return alt text of precision and recall per domain."""
    told = [
        f"{_plain(domain)}: " + ", ".join(_with_interval(p, measure) for measure in ("precision", "recall"))
        for domain, p in _points(quality).iterrows()
    ]
    return "Precision and recall of the search. " + ". ".join(told) + "."


def _with_interval(point: pd.Series, measure: str) -> str:
    if pd.isna(point[measure]):
        return f"{measure} not estimable"
    lo, hi = point[f"{measure}_lo"], point[f"{measure}_hi"]
    return f"{measure} {point[measure]:.2f} " + ("(no interval)" if pd.isna(lo) else f"({lo:.2f} to {hi:.2f})")
