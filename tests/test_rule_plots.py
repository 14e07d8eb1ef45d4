"""The curves of the presence rule and the sentences beside them say what the table holds."""

import matplotlib
import numpy as np
import pandas as pd
import pytest

from casestudy import load_cohort
from casestudy.methods.commonality import coding_errors, operating_characteristics
from casestudy.methods.commonality.operating import COLUMNS
from casestudy.report.rule_plots import describe_operating, plot_operating
from casestudy.report.rule_words import chance, errors_in_words, operating_in_words

matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(scope="module")
def teaching():
    return load_cohort("teaching").with_plan(B=200)


@pytest.fixture(scope="module")
def table(teaching):
    return operating_characteristics(teaching, 0.9, 0.997)


@pytest.fixture(scope="module")
def refused():
    return operating_characteristics(load_cohort("bqi"))


def at(table, **wanted):
    for column, value in wanted.items():
        table = table[table[column] == value]
    return table


def only_one_site(table):
    rows = table.copy()
    out = rows["scope"].isin(["some site", "every site"]) | rows["site"].isin(["birch", "cedar", "dogwood"])
    rows.loc[out, ["status", "reason", "estimate"]] = ("not_assessable", "too few", np.nan)
    return rows


def test_plot_operating_draws_every_chance_of_the_table(table):
    left, right = plot_operating(table, 2).axes
    for ax, scope in ((left, "site"), (right, "every site")):
        lines = {line.get_label().split(";")[0]: line for line in ax.lines if line.get_label().startswith("j")}
        for label, j in {"j = 1": 1, "j = 2 (the plan)": 2, "j = 3": 3}.items():
            mean = at(table, scope=scope, j=j).groupby("share")["estimate"].mean()
            assert lines[label].get_xdata() == pytest.approx(mean.index)
            assert lines[label].get_ydata() == pytest.approx(mean)


@pytest.mark.parametrize("planned", [1, 2])
def test_plot_operating_tells_the_plan_by_its_line(table, planned):
    lines = [line for line in plot_operating(table, planned).axes[0].lines if line.get_label().startswith("j")]
    whole = [line for line in lines if line.get_linestyle() == "-"]
    assert [line.get_label().split(" (")[0] for line in whole] == [f"j = {planned}"]
    assert whole[0].get_linewidth() == max(line.get_linewidth() for line in lines)
    assert len({line.get_linestyle() for line in lines}) == 3


def test_plot_operating_marks_the_false_presence_at_0(table):
    ax = plot_operating(table, 2).axes[0]
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    false = at(table, scope="site", share=0).groupby("j")["estimate"].mean()
    assert [mark.get_xdata()[0] for mark in marks] == [0, 0, 0]
    assert [mark.get_ydata()[0] for mark in marks] == pytest.approx(false.tolist())


def test_plot_operating_shows_one_panel_if_there_is_one_site(table):
    assert [ax.get_title() for ax in plot_operating(only_one_site(table), 2).axes] == [
        "At one site (mean of the sites)"
    ]


def test_plot_operating_draws_nothing_that_is_not_known(refused):
    assert plot_operating(refused, 1) is None
    assert describe_operating(refused, 1) == "Chance of being called present: nothing can be told."


def test_describe_operating_reads_every_curve(table):
    said = describe_operating(table, 2)
    seen = chance(at(table, scope="every site", j=2, share=0.3)["estimate"].iloc[0])
    false = chance(at(table, scope="every site", j=1, share=0)["estimate"].iloc[0])
    assert f"j = 1: nobody raises it {false}, 10% raise it" in said.split("At every site")[1]
    assert "j = 2 (the plan): " in said and f"30% raise it {seen}, 40% raise it" in said
    assert said.count("nobody raises it") == 6


def test_describe_operating_leaves_out_what_is_not_estimable(table):
    rows = table.copy()
    rows.loc[rows["measure"] == "seen", ["status", "estimate"]] = ("not_estimable", np.nan)
    assert "raise it" not in describe_operating(rows, 2).split("challenge.")[1].replace("raises it", "")
    assert plot_operating(rows, 2) is not None


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (0.9213, "0.92"),
        (0.06, "0.06"),
        (0.00081, "0.00081"),
        (1, "above 0.99"),
        (0, "below 0.0001"),
        (0.996, "above 0.99"),
    ],
)
def test_chance_is_never_certain(estimate, said):
    assert chance(estimate) == said


def test_operating_in_words_tells_the_plan_and_another_j(table, teaching):
    said = operating_in_words(table, teaching)
    sites = at(table, scope="site", j=2, share=0.3)["estimate"]
    every = at(table, scope="every site", j=2, share=0.3)["estimate"].iloc[0]
    false, loose = (at(table, scope="some site", j=j, share=0)["estimate"].iloc[0] for j in (2, 1))
    assert "With j = 2, k = 3 and m = 2, a challenge that 30% of the informants truly raise" in said
    assert (
        f"a chance of {chance(sites.min())} to {chance(sites.max())}, at every one of 4 sites with {chance(every)}."
        in said
    )
    assert f"nobody raises is called present at some site with a chance of {chance(false)}." in said
    assert f"If 1 segment made a raiser (j = 1), that chance would be {chance(loose)}." in said


def test_operating_in_words_gives_the_interval_where_there_is_one(teaching, table):
    rows = table.assign(lo=table["estimate"] / 2, hi=table["estimate"] * 0.5 + 0.5)
    every = at(rows, scope="every site", j=2, share=0.3).iloc[0]
    assert f"with {chance(every['estimate'])} ({chance(every['lo'])} to {chance(every['hi'])})." in operating_in_words(
        rows, teaching
    )


def test_operating_in_words_of_one_site_speaks_of_it_alone(table, teaching):
    said = operating_in_words(only_one_site(table), teaching)
    assert "every one of" not in said and "is called present at the site with" in said


def test_operating_in_words_says_why_nothing_is_known(refused, teaching):
    assert operating_in_words(refused, teaching).startswith(
        "Not assessable: agreement among model coders is consistency"
    )


def test_operating_in_words_escapes_a_reason(teaching):
    row = dict.fromkeys(COLUMNS, "") | {"status": "not_assessable", "reason": "<b>a*b</b>"}
    assert "<b>" not in operating_in_words(pd.DataFrame([row]), teaching)


def test_operating_in_words_tells_the_false_presence_where_raisers_are_not_known(table, teaching):
    rows = table.copy()
    lost = rows["measure"] == "seen"
    rows.loc[lost, ["status", "reason", "estimate"]] = ("not_estimable", "nobody raises one", np.nan)
    said = operating_in_words(rows, teaching)
    assert said.startswith("Not assessable: nobody raises one. One that nobody raises is called present")


def test_errors_in_words_counts_what_the_table_counts(teaching):
    errors = coding_errors(teaching)
    whole = errors.iloc[0]
    said = errors_in_words(errors)
    assert f"coders marked {whole['found']} of {whole['positives']} segments that show a challenge" in said
    assert f"and {whole['false']} of {whole['negatives']} that do not" in said


def test_errors_in_words_says_why_nothing_is_known():
    assert errors_in_words(coding_errors(load_cohort("bqi"))).startswith("Not assessable: agreement among model coders")
