"""How firm a pair is: resamples of voices, sites one by one, each site left out; and what is drawn as an edge."""

import numpy as np
import pandas as pd
import pytest

from casestudy.methods.cooccurrence import LIFTED, STABLE, edges, interdependence, pair_stability
from casestudy.methods.cooccurrence.stable import COLUMNS

TURNS = 10


@pytest.fixture
def spoken(make_cohort):
    """Return a function that builds a cohort from {site: [(turns of money, turns of power), ...]}."""

    def build(told, **plan):
        rows = []
        for site, interviews in told.items():
            for n, marks in enumerate(interviews):
                for turn in range(TURNS):
                    cell = {"segment": f"{site}{n}-{turn}"}
                    given = [code for code, turns in zip(("money", "power"), marks, strict=True) if turn in turns]
                    codes = [(code, "challenge", cell) for code in given] or [(cell,)]
                    rows += [(site, f"{site}{n}", "patients", *code) for code in codes]
        return make_cohort(rows, plan={"B": 200, **plan}, codes=("money", "power"))

    return build


SAME, APART = ({0, 1, 2}, {0, 1, 2}), ({0, 1, 2}, {5, 6, 7})


def test_pair_stability_is_full_where_everybody_tells_both_together(spoken):
    row = pair_stability(spoken({"east": [SAME] * 3, "west": [SAME] * 3})).iloc[0]
    assert (row["estimate"], row["hi"], row["n"], row["informants"]) == (1, 1, 200, 6) and row["lo"] < 1
    assert row["lift"] == row["lift_lo"] == row["lift_hi"] == row["least_lift"] == pytest.approx(10 / 3)
    assert (row["sites_above"], row["sites_judged"]) == (2, 2)


def test_pair_stability_names_the_site_on_which_a_pair_hangs(spoken):
    row = pair_stability(spoken({"east": [SAME] * 3, "west": [APART] * 3, "north": [({9}, set())]})).iloc[0]
    assert (row["without"], row["least_lift"], row["sites_above"], row["sites_judged"]) == ("East", 0, 1, 2)
    assert row["informants"] == 3


def test_pair_stability_equals_a_loop_over_its_resamples(spoken, monkeypatch):
    cohort = spoken({"east": [SAME, SAME, APART], "west": [SAME, APART, APART, APART]})
    seen = []
    real = np.random.Generator

    class Kept:
        def __init__(self, rng):
            self.rng = rng

        def multinomial(self, *given):
            seen.append(self.rng.multinomial(*given))
            return seen[-1]

    monkeypatch.setattr("casestudy.methods.cooccurrence.stable.generator", lambda *_: Kept(real(np.random.PCG64(3))))
    row, (east, west) = pair_stability(cohort).iloc[0], seen
    met = east @ [3, 3, 0] + west @ [3, 0, 0, 0]
    lifts = met * 70 / (21 * 21)
    assert row["estimate"] == (lifts > LIFTED).mean() and 0 < row["estimate"] < 1
    assert [row["lift_lo"], row["lift_hi"]] == pytest.approx(np.quantile(lifts, [0.025, 0.975]))


def test_pair_stability_lift_is_that_of_interdependence(spoken):
    """Where one source tells much of both and others nothing, they meet more often only over all segments."""
    much, silent = (set(range(8)), {0, 1, 2, 3, 4, 9}), (set(), set())
    cohort = spoken({"east": [much, silent, silent], "west": [much, silent]})
    for level in ("segment", "informant"):
        found, row = interdependence(cohort, level=level).iloc[0], pair_stability(cohort, level=level).iloc[0]
        assert row["lift"] == pytest.approx(found["lift"], nan_ok=True)
    found, row = interdependence(cohort).iloc[0], pair_stability(cohort).iloc[0]
    assert found["pooled_lift"] > LIFTED > 1.1 > row["lift"] == row["least_lift"] and row["estimate"] == 0


def test_pair_stability_expects_what_follows_from_who_is_drawn(spoken):
    """Of twelve at a site, k drawn who raise both meet k times, where chance has k * k / 12."""
    row = pair_stability(spoken({"east": [SAME] * 6 + [(set(), set())] * 6}), level="informant").iloc[0]
    assert row["lift"] == 2 and row["lift_hi"] > 2 > row["lift_lo"] >= 1
    assert (12 / row[["lift_lo", "lift_hi"]].astype(float)).round(6).mod(1).eq(0).all()


def test_pair_stability_of_informants_counts_who_raises_both(spoken):
    told = {"east": [SAME] * 6 + [(set(), set())] * 6}
    row = pair_stability(spoken(told), level="informant").iloc[0]
    assert (row["lift"], row["informants"], row["without"]) == (2, 6, "") and np.isnan(row["least_lift"])


def test_pair_stability_of_untested_pairs_says_why(spoken):
    row = pair_stability(spoken({"east": [({0}, {0})]})).iloc[0]
    assert (row["status"], row["n"]) == ("not_assessable", 0) and "too few segments" in row["reason"]
    assert row[["estimate", "lo", "hi", "lift", "lift_lo", "least_lift"]].isna().all()


def test_pair_stability_of_nothing_keeps_its_columns(tiny, spoken):
    assert pair_stability(tiny.with_plan(scope=("market",)))["status"].tolist() == ["not_assessable"]
    none = pair_stability(spoken({"east": [SAME]}), kind="practice")
    assert none.empty and none.columns.tolist() == COLUMNS


def test_pair_stability_does_not_depend_on_the_order_of_rows(spoken):
    cohort = spoken({"east": [SAME, APART, SAME], "west": [APART, SAME]})
    mixed = {t: cohort.tables[t].sample(frac=1, random_state=3) for t in ("codings", "segments", "sources")}
    pd.testing.assert_frame_equal(pair_stability(cohort.with_tables(**mixed)), pair_stability(cohort))


def test_edges_are_pairs_told_together_and_stable(spoken):
    cohort = spoken({"east": [SAME] * 3, "west": [SAME] * 3})
    found, stability = interdependence(cohort), pair_stability(cohort)
    assert edges(found, stability, cohort)[["code_1", "code_2", "stability"]].to_numpy().tolist() == [
        ["money", "power", 1]
    ]
    assert edges(found.assign(p_adjusted=0.2), stability, cohort).empty
    assert edges(found, stability.assign(estimate=STABLE - 0.01), cohort).empty
    assert len(edges(found, stability.assign(estimate=STABLE), cohort)) == 1
