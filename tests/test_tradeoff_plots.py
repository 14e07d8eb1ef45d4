"""What is drawn of positions on trade-offs is what the table holds."""

import matplotlib
import numpy as np
import pandas as pd
import pytest

from casestudy.report import tradeoff_plots as plots

matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

AXES = {"say": ("Say", "All count alike", "By $contribution$"), "work": ("Work", "Members", "Paid team")}


def row(axis, site, estimate=np.nan, lo=np.nan, hi=np.nan, n=0, ambivalence=np.nan):
    label, pole_a, pole_b = AXES[axis]
    return dict(
        zip(
            TABLE_COLUMNS,
            (axis, label, pole_a, pole_b, site, site.capitalize(), estimate, lo, hi, n, ambivalence),
            strict=True,
        )
    )


TABLE_COLUMNS = ["axis", "label", "pole_a", "pole_b", "site", "name", "estimate", "lo", "hi", "n", "ambivalence"]
TABLE = pd.DataFrame(
    [
        row("say", "ash", -0.5, -1, 0.25, 8, 0.25),
        row("say", "birch", 1, n=1, ambivalence=0),
        row("say", "cedar"),
        row("work", "ash", 0, -0.5, 0.5, 4, 1),
        row("work", "birch", 0.5, 0, 1, 6, 0),
        row("work", "cedar"),
    ]
)


def panels():
    return [ax for ax in plots.plot_positions(TABLE).axes if ax.get_title(loc="left")]


def points(ax):
    """Return the positions drawn, without the rings around them."""
    return [line for line in ax.get_lines() if line.get_marker() == "o" and line.get_markersize() == plots.POINT]


def rings(ax):
    return [line for line in ax.get_lines() if line.get_marker() == "o" and line.get_markersize() > plots.POINT]


def test_plot_positions_has_a_panel_per_axis_with_its_poles_at_the_ends():
    assert [ax.get_title(loc="left") for ax in panels()] == ["Say", "Work"]
    told = {text.get_text(): text.get_position()[0] for text in panels()[0].texts}
    assert told["All count alike"] == 0 and told[r"By \$contribution\$"] == 1


def test_plot_positions_names_the_sites_in_declared_order_from_above():
    ax = panels()[0]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Ash", "Birch", "Cedar"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_plot_positions_draws_points_where_they_are_and_none_for_nobody():
    drawn = [[(p.get_xdata()[0], p.get_ydata()[0]) for p in points(ax)] for ax in panels()]
    assert drawn == [[(-0.5, 0), (1, 1)], [(0, 0), (0.5, 1)]]
    assert [[t.get_text() for t in ax.texts].count("nobody describes it") for ax in panels()] == [1, 1]


def test_plot_positions_draws_one_informant_hollow_and_without_interval():
    ax = panels()[0]
    assert [point.get_markerfacecolor() for point in points(ax)] == [plots.INK, "white"]
    spans = [tuple(line.get_xdata()) for line in ax.get_lines() if line.get_linewidth() == 1.4]
    assert spans == [(-1, 0.25)]


def test_plot_positions_rings_grow_with_ambivalence_and_miss_where_there_is_none():
    sizes = [[ring.get_markersize() for ring in rings(ax)] for ax in panels()]
    assert [len(found) for found in sizes] == [1, 1] and sizes[0][0] < sizes[1][0]
    assert sizes[1][0] / 72 < plots.LANE  # two full rings one above the other do not meet


def test_plot_positions_tells_how_many_speak():
    told = [text.get_text() for text in panels()[0].texts]
    assert [t for t in told if t.startswith("n = ")] == ["n = 8", "n = 1"]


def test_plot_positions_texts_do_not_meet():
    fig = plots.plot_positions(TABLE.assign(pole_a="The paid team supports, and members work " * 2))
    fig.canvas.draw()
    for ax in fig.axes[:2]:
        title = ax._left_title.get_window_extent()
        poles = [text.get_window_extent() for text in ax.texts[-2:]]
        assert not any(title.overlaps(pole) for pole in poles) and not poles[0].overlaps(poles[1])


def test_plot_positions_of_one_axis_is_one_panel():
    fig = plots.plot_positions(TABLE[TABLE["axis"] == "say"])
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["Say"]


@pytest.mark.parametrize("table", [TABLE.iloc[:0], TABLE.iloc[[2]]], ids=["no axis", "nobody"])
def test_plot_positions_draws_nothing_where_there_is_none(table):
    assert plots.plot_positions(table) is None


def test_describe_positions_reads_out_what_is_drawn():
    say = "Ash -0.5 (-1.0 to 0.2), n 8, 25% describe both poles; Birch 1.0, no interval, n 1; Cedar nobody"
    work = "Ash 0.0 (-0.5 to 0.5), n 4, 100% describe both poles; Birch 0.5 (0.0 to 1.0), n 6; Cedar nobody"
    assert plots.describe_positions(TABLE) == (
        f"Positions on trade-offs. Say, from -1 (All count alike) to 1 (By $contribution$): {say}. "
        f"Work, from -1 (Members) to 1 (Paid team): {work}."
    )
    assert plots.describe_positions(TABLE.iloc[:0]) == "No position on a trade-off."
