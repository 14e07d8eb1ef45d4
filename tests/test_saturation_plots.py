"""What is drawn of saturation is what its tables hold."""

import matplotlib
import pandas as pd
import pytest

from casestudy.report import saturation_plots as plots

matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


def curve(unit, name, observed, scope="site"):
    return pd.DataFrame(
        {"scope": scope, "unit": unit, "name": name, "n": range(1, len(observed) + 1), "observed": observed}
        | {"random_lo": [n - 1 for n in observed], "random_hi": [n + 1 for n in observed], "expected": observed}
    )


NOBODY = pd.DataFrame([{"scope": "site", "unit": "far", "name": "Far", "n": 0}])
CURVES = pd.concat(
    [curve("", "All $ites", [1, 2, 2, 2, 3], "all"), curve("n", "North", [1, 2, 2, 2]), curve("e", "East", [1]), NOBODY]
)
POINTS = pd.DataFrame(
    [
        ("all", "", "ok", 2, 1, 2, pd.NA, "", pd.NA, 0.25),
        ("site", "n", "ok", 2, 1, 2, 2, "2 + 1", 2, 1.0),
        ("site", "e", "not_assessable", 2, 1, pd.NA, pd.NA, "", pd.NA, None),
        ("site", "far", "not_assessable", 2, 1, pd.NA, pd.NA, "", pd.NA, None),
    ],
    columns=["scope", "unit", "status", "base", "run", "base_codes", "at", "said", "random_median", "random_reached"],
)


def panels():
    return plots.plot_accumulation(CURVES, POINTS).axes


def test_plot_accumulation_has_a_panel_for_every_curve_and_says_how_it_ended():
    assert [ax.get_title(loc="left") or ax.get_title() for ax in panels()] == [r"All \$ites", "North", "East"]
    assert [ax.texts[0].get_text() for ax in panels()] == ["not reached", "reached at 2 + 1", "cannot be judged"]


def test_plot_accumulation_draws_what_was_observed():
    seen = [ax.get_lines()[-1].get_ydata().tolist() for ax in panels()]
    assert seen == [[1, 2, 2, 2, 3], [1, 2, 2, 2], [1]]


def test_plot_accumulation_marks_base_and_run_only_where_they_are_known():
    hatched = [[(patch.get_x(), patch.get_width()) for patch in ax.patches] for ax in panels()]
    assert hatched == [[], [(2, 1)], []]
    dotted = [[line.get_xdata()[0] for line in ax.get_lines() if line.get_linestyle() == ":"] for ax in panels()]
    assert dotted == [[2], [2], []]


def test_plot_accumulation_draws_the_band_between_its_ends():
    (band,) = panels()[1].collections
    ys = band.get_paths()[0].vertices[:, 1]
    assert (ys.min(), ys.max()) == (0, 3)


def test_plot_accumulation_names_the_sources():
    fig = plots.plot_accumulation(CURVES, POINTS, "documents")
    assert fig.get_supxlabel() == "documents"


def test_plot_accumulation_of_nothing_is_none():
    assert plots.plot_accumulation(NOBODY, POINTS) is None
    assert plots.describe_accumulation(NOBODY, POINTS) == "No curve."


def test_describe_accumulation_tells_codes_base_and_ending():
    said = plots.describe_accumulation(CURVES, POINTS, "documents")
    assert "All $ites (documents: 5): 3 found, 2 of them in the first 2; not reached; 25% of random orders" in said
    assert "North (documents: 4): 2 found, 2 of them in the first 2; reached at 2 + 1" in said and "half by 2" in said
    assert said.endswith("East (documents: 1): 1 found; cannot be judged.") and "Far" not in said
