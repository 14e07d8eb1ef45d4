"""One function per display: a table in, a figure out. Nothing is computed here but positions.

Every notebook figure ends in `show(fig, alt, cohort)`, with alt text that `describe_*` makes from the same table, so
that a changed figure changes stored text.
"""

from __future__ import annotations

import base64
import io
import textwrap

import pandas as pd

WIDTH = 9.0  # inches; what fits a page column at 96 dots an inch
LETTERS = 80  # of a name below a column that stand side by side in the width left for a matrix
FEW_STEPS = 6  # with more steps of k there is no room to repeat the denominator in each tile
INK, PALE, MARK = "#1f2933", "#e6eaee", "#9c2f2f"
PALETTE = "Blues"


def theme() -> None:
    """Set how figures and tables look: readable in grey, no mathematics in tables, texts not cut."""
    import matplotlib as mpl

    mpl.rcParams.update(
        {
            "figure.dpi": 96,
            "font.size": 9.5,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": "#7b8794",
            "axes.titlesize": 10.5,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "text.color": INK,
            "svg.hashsalt": "casestudy",
        }
    )
    pd.set_option("display.html.use_mathjax", False)
    pd.set_option("display.max_colwidth", None)
    pd.set_option("display.max_rows", 120)
    pd.set_option("display.width", 160)


def show(fig, alt: str, cohort=None, dpi: int = 96) -> None:
    """Display a figure with its alt text, and with the cohort's footer below it.

    The alt text is stored as text beside the image, so that a change of the figure's content is a change of the
    notebook's stored output. Where there is nothing to draw (`fig` is None), that is said.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    if fig is None:
        display({"text/plain": "No figure: there is nothing to draw."}, raw=True)
        return
    if cohort is not None and cohort.footer:
        note = "\n".join(textwrap.fill(line, 150) for line in cohort.footer.splitlines())
        fig.text(0, -0.01, note, ha="left", va="top", fontsize=7, color="#52606d", parse_math=False)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight", pad_inches=0.12, metadata={"Software": None})
    plt.close(fig)
    picture = base64.b64encode(buffer.getvalue()).decode()
    data = {"image/png": picture, "text/plain": f"Figure: {alt}"}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})


def wrap_labels(labels, width: int = 34) -> list[str]:
    # `$` would start mathematics in matplotlib: names and labels come from outside
    return [textwrap.fill(str(label), width).replace("$", r"\$") for label in labels]


def new_figure(height: float, columns: int = 1, **kwargs):
    import matplotlib.pyplot as plt

    return plt.subplots(1, columns, figsize=(WIDTH, height), layout="constrained", **kwargs)


def draw_tiles(ax, matrix: pd.DataFrame, most: float, text: pd.DataFrame, panels: int = 1) -> None:
    """Draw a matrix as tiles: shade = number, 0 pale with its digit, missing hatched without one."""
    import seaborn as sns

    numbers = matrix.astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    ax.set_facecolor("white")
    ax.patch.set(hatch="////", edgecolor="#9aa5b1")
    sns.heatmap(
        numbers, ax=ax, cmap=PALETTE, vmin=0, vmax=max(most, 1) * 1.25, cbar=False, linewidths=1.5, linecolor="white",
        annot=text.to_numpy(), fmt="", annot_kws={"fontsize": 8},
    )  # fmt: skip
    upright = matrix.shape[1] * panels > 8
    width = 30 if upright else max(11, LETTERS // (matrix.shape[1] * panels))
    ax.set_xticks([n + 0.5 for n in range(matrix.shape[1])], wrap_labels(matrix.columns, width))
    ax.tick_params(length=0)
    ax.tick_params(axis="x", labelrotation=90 if upright else 0, labelsize=8)


def plot_matrices(matrices: dict[str, pd.DataFrame], starred: dict[str, pd.DataFrame] | None = None):
    """Return matrices of codes by sites, side by side on one scale, each under its title; None if they have no rows.

    Parameters
    ----------
    matrices : dict of title -> DataFrame
        Rows and columns already named, the rows the same in all; 0 is a zero, missing is not assessable (hatched).
    starred : dict of title -> DataFrame of bool, optional
        Cells to mark with a star: those that rest on one statement.
    """
    panels = list(matrices.values())
    if panels[0].empty:
        return None
    most = max([float(m.max().max()) for m in panels if m.notna().any(axis=None)] or [1.0])
    fig, axes = new_figure(1.5 + 0.42 * len(panels[0]), len(panels), sharey=True, squeeze=False)
    for ax, (title, matrix) in zip(axes[0], matrices.items(), strict=True):
        text = matrix.astype("Int64").astype(object).where(matrix.notna(), "").astype(str)
        draw_tiles(ax, matrix, most, text.where(~starred[title], text + "*") if starred else text, len(panels))
        ax.set_title(title)
    axes[0][0].set_yticks([n + 0.5 for n in range(len(panels[0]))], wrap_labels(panels[0].index, 40), rotation=0)
    return fig


def describe_matrices(matrices: dict[str, pd.DataFrame]) -> str:
    """Return alt text of matrices: per row who is above zero, how many are zero, how many cannot be judged."""
    return " ".join(_describe(matrix, title) for title, matrix in matrices.items())


def _describe(matrix: pd.DataFrame, title: str) -> str:
    lines = []
    for label, row in matrix.iterrows():
        found = [f"{column} {int(n)}" for column, n in row.items() if pd.notna(n) and n > 0]
        zeros, blanks = int((row == 0).sum()), int(row.isna().sum())
        rest = f"zero in {zeros}" + (f", not assessable in {blanks}" if blanks else "")
        lines.append(f"{label}: {', '.join(found) or 'none'}; {rest}")
    return f"{title}, {matrix.shape[0]} rows by {matrix.shape[1]} columns. " + ". ".join(lines) + "."


def plot_sites_at_k(table: pd.DataFrame, labels: dict[str, str], titles: dict[str, str]):
    """Return sites(k) per code as tiles: how many sites are reached when k voices are asked for.

    Parameters
    ----------
    table : DataFrame
        Columns code, reading, k, sites, sites_assessable (from `breaking_points`).
    labels, titles : dict
        Label of each code, title of each reading.
    """
    if table.empty:
        return None
    fig, axes = new_figure(1.4 + 0.34 * table["code"].nunique(), len(titles), sharey=True, squeeze=False)
    for ax, (reading, title) in zip(axes[0], titles.items(), strict=True):
        part = table[table["reading"] == reading]
        codes = list(dict.fromkeys(part["code"]))
        sites = part.pivot(index="code", columns="k", values="sites").loc[codes]
        of = part.pivot(index="code", columns="k", values="sites_assessable").loc[codes]
        roomy = sites.shape[1] <= FEW_STEPS
        text = sites.astype(str) + " of " + of.astype(str) if roomy else sites.astype(str)
        draw_tiles(ax, sites, float(table["sites_assessable"].max()), text, len(titles))
        steps = [f"k = {k}" if roomy else str(k) for k in sites.columns]
        ax.set_xticks([n + 0.5 for n in range(sites.shape[1])], steps, rotation=0)
        ax.set(title=title, xlabel="" if roomy else f"k (sites of {of.max(axis=None)})", ylabel="")
    axes[0][0].set_yticks([n + 0.5 for n in range(len(codes))], wrap_labels([labels[c] for c in codes], 40), rotation=0)
    return fig


def describe_sites_at_k(table: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return alt text of sites(k)."""
    lines = []
    for (reading, code), rows in table.groupby(["reading", "code"], sort=False):
        steps = ", ".join(f"k={r.k}: {r.sites} of {r.sites_assessable}" for r in rows.itertuples())
        lines.append(f"{labels[code]} ({reading}): {steps}")
    return "Sites reached at each k. " + ". ".join(lines) + "."


def plot_intervals(table: pd.DataFrame, label: str, marks: dict[str, float], xlabel: str):
    """Return estimates with their intervals, one row each; hollow points rest on few units, crosses have no interval.

    Parameters
    ----------
    table : DataFrame
        Columns `label`, estimate, lo, hi, status, and `firm` (bool). Rows without an estimate are named, not drawn.
    marks : dict
        Vertical reference lines: name -> position.
    """
    if table.empty:
        return None
    fig, ax = new_figure(1.2 + 0.37 * len(table))
    for place, row in enumerate(table.itertuples()):
        if pd.isna(row.estimate):
            ax.text(0.01, place, "not estimable", va="center", fontsize=8, transform=ax.get_yaxis_transform())
            continue
        if pd.notna(row.lo):
            ax.plot([row.lo, row.hi], [place, place], color=INK, lw=1.4, zorder=2)
        marker = (
            {"marker": "o", "markerfacecolor": INK if row.firm else "white"} if pd.notna(row.lo) else {"marker": "x"}
        )
        ax.plot(row.estimate, place, color=INK, ls="", ms=6, zorder=3, **marker)
    for place, (name, at) in enumerate(sorted(marks.items(), key=lambda mark: mark[1])):
        ax.axvline(at, color=MARK, lw=1, ls="--", zorder=1)
        side = "right" if place == 0 and len(marks) > 1 else "left"  # two marks close together must not meet
        ax.text(at, -0.9, f" {name} {at:g} ", color=MARK, fontsize=8, ha=side, va="bottom")
    ax.set_yticks(range(len(table)), wrap_labels(table[label], 44))
    ax.set_ylim(len(table) - 0.4, -1.1)
    ax.set_xlabel(xlabel)
    return fig


def describe_intervals(table: pd.DataFrame, label: str, what: str) -> str:
    """Return alt text of estimates with intervals."""
    lines = []
    for row in table.itertuples():
        name = getattr(row, label)
        if pd.isna(row.estimate):
            lines.append(f"{name}: not estimable")
        elif pd.isna(row.lo):
            lines.append(f"{name}: {row.estimate:.2f}, no interval")
        else:
            lines.append(f"{name}: {row.estimate:.2f} ({row.lo:.2f} to {row.hi:.2f})")
    return f"{what}. " + ". ".join(lines) + "."


def plot_two_sides(table: pd.DataFrame, labels: tuple[str, str, str]):
    """Return for each code the number of sites with a difficulty only, both sides, and an answer only, as bars.

    Parameters
    ----------
    table : DataFrame
        Index = label of the code; three columns of counts of sites.
    labels : names of the three columns in the legend
    """
    if table.empty:
        return None
    fig, ax = new_figure(1.4 + 0.34 * len(table))
    left = pd.Series(0, index=table.index)
    styles = [(MARK, "", "white"), ("#5b6b7b", "", "white"), (PALE, "//", INK)]
    for column, (colour, hatch, ink), name in zip(table.columns, styles, labels, strict=True):
        width = table[column].astype(int)
        ax.barh(range(len(table)), width, left=left, color=colour, hatch=hatch, edgecolor="white", label=name)
        for place, (start, n) in enumerate(zip(left, width, strict=True)):
            if n:
                box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8}
                ax.text(start + n / 2, place, str(n), ha="center", va="center", fontsize=8, color=ink, bbox=box)
        left = left + width
    ax.set_yticks(range(len(table)), wrap_labels(table.index, 44))
    ax.invert_yaxis()
    ax.set_xlabel("sites")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1))
    return fig


def plot_bars(table: pd.Series, xlabel: str, missing: str = "not assessable"):
    """Return horizontal bars of counts with their numbers; a zero shows as 0, a missing value in words."""
    if table.empty:
        return None
    fig, ax = new_figure(0.9 + 0.37 * len(table))
    ax.barh(range(len(table)), table.fillna(0).astype(float), color="#5b6b7b")
    for place, n in enumerate(table):
        ax.text(0 if pd.isna(n) else n, place, f" {missing}" if pd.isna(n) else f" {n:g}", va="center", fontsize=8)
    ax.set_yticks(range(len(table)), wrap_labels(table.index, 44))
    ax.invert_yaxis()
    ax.set_xlabel(xlabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    return fig


def describe_rows(table: pd.DataFrame | pd.Series, what: str, missing: str = "not assessable") -> str:
    """Return alt text that reads out a small table of counts row by row."""
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    lines = [
        f"{label}: " + ", ".join(_cell(c, v, frame, missing) for c, v in row.items()) for label, row in frame.iterrows()
    ]
    return f"{what}. " + ". ".join(lines) + "."


def _cell(column, value, frame: pd.DataFrame, missing: str) -> str:
    number = missing if pd.isna(value) else f"{value:g}"
    return number if frame.shape[1] == 1 else f"{column} {number}"
