"""What is drawn of a search is what its tables hold; what is missing does not look like zero."""

import matplotlib
import pandas as pd
import pytest
from looking import texts, tick_labels
from matplotlib.cbook import is_math_text

from casestudy.report import search_plots

matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

RATES = pd.DataFrame(
    [
        ("one_domain", "", "govern*", "north", 0.5),
        ("one_domain", "", "govern*", "south", 0.0),
        ("two", "", "a;b", "north", 1.25),
        ("two", "", "a;b", "south", None),
    ],
    columns=["domain", "code", "term", "site", "rate"],
)
QUALITY = pd.DataFrame(
    [
        ("one_domain", "precision", 0.6, 0.5, 0.7),
        ("one_domain", "elusion", 0.1, 0.05, 0.2),
        ("one_domain", "recall", 0.8, 0.75, 0.9),
        ("two", "precision", 0.4, None, None),
        ("two", "recall", None, None, None),
    ],
    columns=["domain", "measure", "estimate", "lo", "hi"],
)


def test_plot_term_rates_writes_every_rate_and_leaves_missing_tiles_empty():
    (ax,) = search_plots.plot_term_rates(RATES).axes
    assert texts(ax) == ["0.50", "0", "1.25", "one domain", "two"]
    assert tick_labels(ax.yaxis) == ["govern*", "a; b"] and tick_labels(ax.xaxis) == ["north", "south"]
    tiles = ax.collections[0].get_array().reshape(2, 2)
    assert tiles[:, 0].tolist() == [0.4, 1.0] and tiles[0, 1] == 0 and bool(tiles.mask[1, 1])


def test_plot_term_rates_keeps_the_order_of_the_table():
    (ax,) = search_plots.plot_term_rates(RATES.iloc[::-1]).axes
    assert tick_labels(ax.yaxis) == ["a; b", "govern*"] and tick_labels(ax.xaxis) == ["south", "north"]


def test_plot_precision_recall_draws_points_and_intervals():
    (ax,) = search_plots.plot_precision_recall(QUALITY).axes
    across, up, point = ax.lines
    assert list(across.get_xdata()) == [0.75, 0.9] and list(up.get_ydata()) == [0.5, 0.7]
    assert (list(point.get_xdata()), list(point.get_ydata())) == ([0.8], [0.6])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["one domain"] and texts(ax) == ["no recall: two"]


BLANK = pd.DataFrame([("", "", "", "north", None)], columns=RATES.columns)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: search_plots.plot_term_rates(RATES.head(0)),
        lambda: search_plots.plot_term_rates(BLANK),
        lambda: search_plots.plot_precision_recall(QUALITY.iloc[3:]),
        lambda: search_plots.plot_precision_recall(QUALITY.iloc[:1].assign(measure="", estimate=None)),
    ],
)
def test_plots_of_nothing_are_none(draw):
    assert draw() is None and not plt.get_fignums()


HOSTILE = "a $x^2$ b"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: search_plots.plot_term_rates(RATES.replace({"govern*": HOSTILE, "north": HOSTILE, "two": HOSTILE})),
        lambda: search_plots.plot_precision_recall(QUALITY.replace({"one_domain": HOSTILE, "two": "$y$"})),
    ],
)
def test_plots_take_a_dollar_sign_as_text(draw):
    fig = draw()
    fig.canvas.draw()
    said = [t.get_text() for t in fig.findobj(matplotlib.text.Text)]
    assert any("x^2" in text for text in said) and not any(map(is_math_text, said))


@pytest.mark.parametrize(
    ("describe", "table", "change"),
    [
        (search_plots.describe_term_rates, RATES, (0, 4, 0.6)),
        (search_plots.describe_term_rates, RATES, (3, 4, 0.0)),
        (search_plots.describe_precision_recall, QUALITY, (2, 2, 0.81)),
        (search_plots.describe_precision_recall, QUALITY, (0, 3, 0.4)),
    ],
)
def test_describe_changes_when_a_number_changes(describe, table, change):
    row, column, value = change
    other = table.copy()
    other.iloc[row, column] = value
    assert describe(other) != describe(table)


def test_describe_reads_out_zeros_and_blanks():
    assert search_plots.describe_term_rates(RATES) == (
        "Hits per 1,000 words, terms by sites. govern* (one domain): north 0.50, south 0.00. "
        "a;b (two): north 1.25, south no words."
    )
    assert search_plots.describe_precision_recall(QUALITY) == (
        "Precision and recall of the search. one domain: precision 0.60 (0.50 to 0.70), recall 0.80 (0.75 to 0.90). "
        "two: precision 0.40 (no interval), recall not estimable."
    )
