"""The figures of the configurational analysis: what they draw, and what their alt text says."""

import pandas as pd
import pytest

from casestudy.methods.configurations import truth_table
from casestudy.report.configuration_plots import (
    describe_robustness,
    describe_truth_table,
    describe_xy,
    plot_robustness,
    plot_truth_table,
    plot_xy,
)

LABELS = {"A": "Money $", "B": "Trust"}
NAMES = ["alder", "birch", "cedar", "dogwood"]


@pytest.fixture
def table():
    data = pd.DataFrame({"A": [1, 1, 1, 0], "B": [1, 1, 0, 0], "Y": [1, 0, 1, 0]}, index=NAMES)
    return truth_table(data, "Y", ["A", "B"])


@pytest.fixture
def points():
    return pd.DataFrame({"name": NAMES, "x": [1, 0.98, 0.9, 0], "y": [1, 0.99, 0.2, 0.4]})


@pytest.fixture
def runs():
    rows = [("as planned", "", "all"), ("site", "without alder", "all"), ("site", "without birch", "none")]
    rows += [("cases", "at least 2 cases in a configuration", "some")]
    table = pd.DataFrame(rows, columns=["check", "change", "found"])
    return table.assign(outcome="Y", term="A*~B")


TERMS = {"Y": "Aligned", "A*~B": "Money $ and not Trust"}


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_plot_truth_table_names_sites_and_remainders(table):
    (ax,) = plot_truth_table(table, LABELS, "Aligned").axes
    told = texts(ax)
    assert {"alder; birch", "cedar", "dogwood", "no site"} <= set(told)
    assert told.count("goes with it") == 1 and "does not (contradicted)" in told
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["Money \\$", "Trust", "Aligned"]


def test_plot_truth_table_leaves_out_empty_rows_of_large_tables():
    data = pd.DataFrame([[1, 0, 1, 0, 1, 1], [0, 0, 0, 0, 0, 0]], columns=list("ABCDEY"), index=["alder", "birch"])
    (ax,) = plot_truth_table(truth_table(data, "Y", list("ABCDE")), {}, "Y").axes
    assert "no site" not in texts(ax)


def test_describe_truth_table_counts_what_has_no_site(table):
    told = describe_truth_table(table, LABELS, "Aligned")
    assert "Money $ and Trust: alder; birch, does not (contradicted), but not for alder" in told
    assert "none present: dogwood, does not" in told and told.endswith("Without a site: 1.")


def test_plot_xy_marks_sites_against_the_solution(points):
    ax, beside = plot_xy(points, "parsimonious", "Aligned").axes
    squares = [line for line in ax.lines if line.get_marker() == "s"]
    assert [(float(s.get_xdata()[0]), float(s.get_ydata()[0])) for s in squares] == [(0.9, 0.2)]
    assert texts(beside) == ["A  (1)  dogwood", "B  (1)  cedar", "C  (2)  birch, alder"]


def test_plot_xy_letters_go_on_after_the_alphabet():
    many = pd.DataFrame({"name": [f"s{n}" for n in range(30)], "x": [n / 30 for n in range(30)], "y": 0.0})
    many["y"] = [0.0, 0.5] * 15  # far enough apart to keep a mark each
    ax, _ = plot_xy(many, "parsimonious", "Aligned").axes
    assert texts(ax)[25:28] == ["Z", "AA", "AB"]


def test_describe_xy_names_those_without_the_outcome(points):
    told = describe_xy(points, "parsimonious", "Aligned")
    assert told.endswith("In the solution without the outcome: cedar.") and "0.90 in the solution" in told


def test_plot_robustness_shows_every_change_but_the_plan(runs):
    (ax,) = plot_robustness(runs, TERMS).axes
    assert texts(ax) == ["all", "no", "some"]
    assert [tick.get_text() for tick in ax.get_xticklabels()][:2] == ["without alder", "without birch"]
    assert ax.get_yticklabels()[0].get_text() == "Aligned: Money \\$ and not Trust"


def test_describe_robustness_names_the_changes(runs):
    told = describe_robustness(runs, TERMS)
    assert "in some models only: at least 2 cases in a configuration; in no model: without birch" in told
    assert "in all models after all 3 changes" in describe_robustness(runs.assign(found="all"), TERMS)


def test_figures_of_nothing_are_none_and_say_so(table, points, runs):
    assert plot_truth_table(table.head(0), LABELS, "Y") is None
    assert plot_xy(points.head(0), "parsimonious", "Y") is None
    assert plot_robustness(runs.head(1), TERMS) is None
    assert describe_truth_table(table.head(0), LABELS, "Y") == "No table."
    assert describe_xy(points.head(0), "parsimonious", "Y") == "No points: there is no solution."
    assert describe_robustness(runs.head(1), TERMS) == "No strip: there is no solution to change."
