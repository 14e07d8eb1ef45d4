"""What is drawn is what the table holds; what is missing does not look like zero."""

import base64
import struct

import matplotlib
import pandas as pd
import pytest
from looking import texts, tick_labels
from matplotlib.colors import to_hex

from casestudy.report import plots

matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

MATRIX = pd.DataFrame({"North": [3, 0], "South": [1, pd.NA]}, index=["Money", "Trust"], dtype="Int64")
OTHER = MATRIX + 1
INTERVALS = pd.DataFrame(
    {
        "code": ["firm", "few", "bare", "none"],
        "estimate": [0.8, 0.5, 0.3, None],
        "lo": [0.7, 0.1, None, None],
        "hi": [0.9, 0.9, None, None],
        "firm": [True, False, False, False],
    }
)
STEPS = pd.DataFrame(
    [(c, r, k, 3 - k, 3) for r in ("difficulty", "documented") for c in ("money", "trust") for k in (1, 2)],
    columns=["code", "reading", "k", "sites", "sites_assessable"],
)
LABELS = {"money": "Money", "trust": "Trust"}
SIDES = pd.DataFrame({"a": [2, 0], "b": [1, 0], "c": [0, 3]}, index=["Money", "Trust"])
BARS = pd.Series([4, 0, pd.NA], index=["North", "South", "East"], dtype="Int64")


def test_plot_matrices_writes_every_number_and_leaves_missing_tiles_empty():
    ax, second = plots.plot_matrices({"One": MATRIX, "Two": OTHER}).axes
    assert texts(ax) == ["3", "1", "0"] and texts(second) == ["4", "2", "1"]
    assert tick_labels(ax.yaxis) == ["Money", "Trust"] and tick_labels(ax.xaxis) == ["North", "South"]
    assert [a.get_title(loc="left") or a.get_title() for a in (ax, second)] == ["One", "Two"]


def test_plot_matrices_shades_missing_unlike_zero():
    ax = plots.plot_matrices({"One": MATRIX}).axes[0]
    tiles = ax.collections[0].get_array().reshape(2, 2)
    assert bool(tiles.mask[1, 1]) and tiles[1, 0] == 0 and not tiles.mask[1, 0]
    assert ax.patch.get_hatch()  # what shows through a missing tile


def test_plot_matrices_draws_all_panels_on_one_scale():
    fig = plots.plot_matrices({"One": MATRIX, "Two": OTHER})
    assert len({ax.collections[0].get_clim() for ax in fig.axes}) == 1


def test_plot_matrices_stars_only_the_cells_named():
    stars = {"One": pd.DataFrame([[False, True], [False, False]], MATRIX.index, MATRIX.columns)}
    assert texts(plots.plot_matrices({"One": MATRIX}, stars).axes[0]) == ["3", "1*", "0"]


def test_plot_sites_at_k_writes_reach_and_denominator():
    fig = plots.plot_sites_at_k(STEPS, LABELS, {"difficulty": "D", "documented": "R"})
    assert [texts(ax) for ax in fig.axes] == [["2 of 3", "1 of 3"] * 2] * 2
    assert tick_labels(fig.axes[0].xaxis) == ["k = 1", "k = 2"]


def test_plot_intervals_draws_estimates_and_ends():
    ax = plots.plot_intervals(INTERVALS, "code", {"ok": 0.8}, "alpha").axes[0]
    spans = [list(line.get_xdata()) for line in ax.lines if len(line.get_xdata()) == 2]
    assert spans[:2] == [[0.7, 0.9], [0.1, 0.9]] and spans[2] == [0.8, 0.8]
    points = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert [float(p.get_xdata()[0]) for p in points] == [0.8, 0.5, 0.3]
    assert [p.get_marker() for p in points] == ["o", "o", "x"]
    assert to_hex(points[1].get_markerfacecolor()) == "#ffffff" != to_hex(points[0].get_markerfacecolor())
    assert "not estimable" in texts(ax) and "ok 0.8" in texts(ax)


def test_plot_two_sides_draws_bars_as_wide_as_the_counts():
    ax = plots.plot_two_sides(SIDES, ("difficulty", "both", "strategy")).axes[0]
    widths = [[bar.get_width() for bar in bars] for bars in ax.containers]
    assert widths == [SIDES[c].tolist() for c in SIDES]
    assert [[bar.get_x() for bar in bars] for bars in ax.containers] == [[0, 0], [2, 0], [3, 0]]
    assert texts(ax) == ["2", "1", "3"]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["difficulty", "both", "strategy"]


def test_plot_bars_tells_zero_from_missing():
    ax = plots.plot_bars(BARS, "voices", "nobody heard").axes[0]
    assert [bar.get_width() for bar in ax.patches] == [4, 0, 0]
    assert texts(ax) == ["4", "0", "nobody heard"]
    assert tick_labels(ax.yaxis) == ["North", "South", "East"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.plot_matrices({"One": MATRIX.head(0)}),
        lambda: plots.plot_sites_at_k(STEPS.head(0), LABELS, {"difficulty": "D"}),
        lambda: plots.plot_intervals(INTERVALS.head(0), "code", {}, "x"),
        lambda: plots.plot_two_sides(SIDES.head(0), ("a", "b", "c")),
        lambda: plots.plot_bars(BARS.head(0), "x"),
    ],
)
def test_plots_of_nothing_are_none(draw):
    assert draw() is None and not plt.get_fignums()


HOSTILE = r"Cost $x^2$ \ {a}_b"  # an even number of dollar signs would be mathematics


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.plot_matrices({"One": MATRIX.rename(index={"Money": HOSTILE}, columns={"North": HOSTILE})}),
        lambda: plots.plot_sites_at_k(STEPS, {"money": HOSTILE, "trust": "T"}, {"difficulty": "D"}),
        lambda: plots.plot_intervals(INTERVALS.replace("firm", HOSTILE), "code", {}, "x"),
        lambda: plots.plot_two_sides(SIDES.rename(index={"Money": HOSTILE}), ("a", "b", "c")),
        lambda: plots.plot_bars(BARS.rename({"North": HOSTILE}), "x"),
    ],
)
def test_plots_take_a_dollar_sign_as_text(draw):
    from matplotlib.cbook import is_math_text

    fig = draw()
    fig.canvas.draw()  # broken mathematics would raise here
    labels = [label for ax in fig.axes for axis in (ax.xaxis, ax.yaxis) for label in tick_labels(axis)]
    assert any("x^2" in label for label in labels) and not any(map(is_math_text, labels))


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed."""
    found = []
    monkeypatch.setattr("IPython.display.display", lambda data, **kwargs: found.append((data, kwargs)))
    return found


def test_show_stores_the_alt_text_twice(shown):
    plots.show(plots.plot_bars(BARS, "voices"), "Three sites.")
    data, kwargs = shown[0]
    assert data["text/plain"] == "Figure: Three sites."
    assert kwargs["metadata"] == {"image/png": {"alt": "Three sites."}}
    assert not plt.get_fignums()


def test_show_says_that_there_is_nothing_to_draw(shown, tiny):
    plots.show(None, "Nothing.", tiny)
    assert shown[0][0] == {"text/plain": "No figure: there is nothing to draw."}


@pytest.mark.parametrize("level", ["informant", "document"])
def test_show_adds_the_footer_of_the_cohort(shown, make_cohort, level):
    rows = [("north", "n1", "news", "money", "challenge")]
    cohort = make_cohort(rows, evidence_level=level, synthetic=level == "informant")
    fig = plots.plot_bars(BARS, "voices")
    plots.show(fig, "Bars.", cohort)
    note = " ".join(" ".join(t.get_text() for t in fig.texts).split())
    assert note == " ".join(cohort.footer.split()) and not fig.texts[0].get_parse_math()


def chunks(png):
    place = 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        yield png[place + 4 : place + 8].decode()
        place += 12 + length


def test_show_writes_a_png_without_time_or_program(shown):
    for _ in range(2):
        plots.show(plots.plot_bars(BARS, "voices"), "Bars.")
    first, second = (base64.b64decode(data["image/png"]) for data, _ in shown)
    assert first == second and not {"tEXt", "iTXt", "zTXt", "tIME"} & set(chunks(first))


def test_theme_leaves_mathematics_out_of_tables():
    with pd.option_context("display.html.use_mathjax", True), matplotlib.rc_context():
        plots.theme()
        assert not pd.get_option("display.html.use_mathjax") and pd.get_option("display.max_colwidth") is None


@pytest.mark.parametrize(
    ("describe", "table", "change"),
    [
        (lambda t: plots.describe_matrices({"One": t}), MATRIX, (0, 0, 2)),
        (lambda t: plots.describe_matrices({"One": t}), MATRIX, (1, 0, 1)),
        (lambda t: plots.describe_matrices({"One": t}), MATRIX, (1, 1, 0)),  # missing becomes zero
        (lambda t: plots.describe_sites_at_k(t, LABELS), STEPS, (7, 3, 0)),
        (lambda t: plots.describe_sites_at_k(t, LABELS), STEPS, (7, 4, 2)),
        (lambda t: plots.describe_intervals(t, "code", "Alpha"), INTERVALS, (0, 2, 0.6)),
        (lambda t: plots.describe_intervals(t, "code", "Alpha"), INTERVALS, (2, 1, 0.4)),
        (lambda t: plots.describe_rows(t, "Sides"), SIDES, (1, 2, 2)),
        (lambda t: plots.describe_rows(t, "Bars"), BARS.to_frame("n"), (2, 0, 0)),
    ],
)
def test_describe_changes_when_a_number_changes(describe, table, change):
    row, column, value = change
    other = table.copy()
    other.iloc[row, column] = value
    assert describe(other) != describe(table)


def test_describe_matrices_reads_out_zeros_and_blanks():
    told = plots.describe_matrices({"One": MATRIX})
    assert told == (
        "One, 2 rows by 2 columns. Money: North 3, South 1; zero in 0. Trust: none; zero in 1, not assessable in 1."
    )


def test_describe_rows_reads_a_column_without_its_name():
    assert plots.describe_rows(BARS, "Voices") == "Voices. North: 4. South: 0. East: not assessable."


def test_describe_intervals_reads_out_what_is_missing():
    told = plots.describe_intervals(INTERVALS, "code", "Alpha")
    assert (
        told
        == "Alpha. firm: 0.80 (0.70 to 0.90). few: 0.50 (0.10 to 0.90). bare: 0.30, no interval. none: not estimable."
    )
