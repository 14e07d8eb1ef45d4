"""Stability of commonness: cases worked by hand, every possible draw counted, and a slow loop over the same draws."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from conftest import write_tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from test_commonality import CODES, built, cohorts, fixed_sets, heard, one_code

from casestudy.cohort.cohort import load_cohort
from casestudy.methods.commonality import bootstrap_stability, common_challenges
from casestudy.methods.commonality.resampled import draw_voices
from casestudy.methods.evidence import generator, raised, wilson

quick = settings(max_examples=5, deadline=None)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return load_cohort(write_tiny(tmp_path_factory.mktemp("base") / "tiny"))


def everybody(voices):
    return [("pq"[n % 2], ["c1"], []) for n in range(voices)]


def of_many(raisers, voices):
    """Voices of one group of whom only the first few raise c1."""
    return [("p", ["c1"] if n < raisers else [], []) for n in range(voices)]


def test_bootstrap_stability_is_1_where_everybody_raises_it(base):
    row = one_code(bootstrap_stability(built(base, {"a": everybody(3), "b": everybody(5)}, k=3, m=1, B=200)))
    assert (row["estimate"], row["hi"], row["k_low"], row["n"], row["status"]) == (1, 1, 3, 200, "ok")


def test_bootstrap_stability_is_0_where_one_site_is_silent(base):
    row = one_code(bootstrap_stability(built(base, {"a": everybody(4), "b": of_many(0, 4)}, k=1, m=1, B=200)))
    assert (row["estimate"], row["lo"], row["k_low"]) == (0, 0, 0)


def test_bootstrap_stability_of_a_bare_majority_is_the_binomial_chance(base):
    told = {"a": of_many(3, 12), "b": of_many(3, 12)}
    row = one_code(bootstrap_stability(built(base, told, k=3, m=1, B=4000)))
    assert row["estimate"] == pytest.approx(binom.sf(2, 12, 3 / 12) ** 2, abs=0.03)  # .37: far from certain
    assert row["k_low"] == 0


def test_bootstrap_stability_counts_the_groups_drawn(base):
    told = {site: [("p", ["c1"], []), ("p", ["c1"], []), ("q", ["c1"], []), ("r", [], [])] for site in "ab"}
    row = one_code(bootstrap_stability(built(base, told, k=2, m=2, B=4000)))
    draws = list(product(range(4), repeat=4))  # all that can happen at one site
    held = [sum(v < 3 for v in draw) >= 2 and len({"ppq"[v] for v in draw if v < 3}) >= 2 for draw in draws]
    assert row["estimate"] == pytest.approx(np.mean(held) ** 2, abs=0.03)


def test_bootstrap_stability_interval_is_that_of_the_number_of_resamples(base):
    row = one_code(bootstrap_stability(built(base, {"a": of_many(3, 6), "b": everybody(6)}, k=3, m=1, B=400)))
    assert (row["lo"], row["hi"]) == wilson(round(row["estimate"] * 400), 400, 0.95)
    assert row["lo"] < row["estimate"] < row["hi"] and "number of resamples only" in row["method"]


def test_bootstrap_stability_leaves_out_sites_that_cannot_be_judged(base):
    told = {"a": everybody(6), "b": everybody(6), "thin": of_many(0, 2)}
    row = one_code(bootstrap_stability(built(base, told, k=3, m=1, B=200)))
    assert (row["estimate"], row["status"]) == (1, "ok")


@pytest.mark.parametrize("told", [{"a": everybody(3)}, {"a": everybody(3), "b": everybody(1)}, {"a": [], "b": []}])
def test_bootstrap_stability_says_nothing_of_fewer_than_two_sites(base, told):
    table = bootstrap_stability(built(base, told, k=3, m=1, B=50))
    assert set(table["status"]) == {"not_assessable"} and set(table["n"]) == {0}
    assert table["reason"].str.endswith("can be judged: nothing can be common").all()
    assert table[["estimate", "lo", "hi", "k_low"]].isna().all(axis=None)


def test_bootstrap_stability_does_not_count_voices_that_could_not_raise_it(make_cohort):
    rows = [(site, f"{site}{n}", "clinicians", "money", "challenge") for site in ("north", "south") for n in range(3)]
    asked = [(f"{site}-{who}", "m") for site, who, *_ in rows]
    rows += [(site, f"{site}9", "clinicians") for site in ("north", "south")]  # heard, but never asked about money
    modules = [{"module": "m", "label": "M", "codes": "money"}]
    table = {
        k: bootstrap_stability(make_cohort(rows, plan={"k": k, "m": 1}, modules=modules, asked=asked)) for k in (3, 4)
    }
    chance = binom.sf(2, 4, 3 / 4) ** 2  # drawing the fourth brings no voice
    assert table[3].loc[0, "estimate"] == pytest.approx(chance, abs=0.04)
    assert table[4].loc[0, "status"] == "not_assessable"


def test_bootstrap_stability_needs_j_segments_of_a_voice(make_cohort):
    rows = [(site, f"{site}{n}", "patients", "money", "challenge") for site in ("north", "south") for n in range(3)] * 2
    cohort = make_cohort(rows, plan={"k": 2, "m": 1, "B": 100})
    assert [bootstrap_stability(cohort, j=j).loc[0, "estimate"] for j in (1, 2, 3)] == [1, 1, 0]


def by_loop(cohort, rows, k, m):
    """Return in how many resamples the code is common, and the smallest counts: one resample at a time."""
    rng, sites = generator(cohort, "bootstrap_stability"), []
    for site in cohort.sites["site"]:
        voices = rows[rows["site"] == site].sort_values("informant")[["group", "raised"]].to_numpy().tolist()
        weights = draw_voices(rng, len(voices), cohort.plan.B).astype(int)
        if len(voices) >= k and len({group for group, _ in voices}) >= m:
            sites.append((voices, weights))
    held, smallest = 0, []
    for draw in range(cohort.plan.B):
        drawn = [
            [group for (group, said), times in zip(voices, weights[draw], strict=True) for _ in range(times) if said]
            for voices, weights in sites
        ]
        held += all(len(groups) >= k and len(set(groups)) >= m for groups in drawn)
        smallest.append(min(len(groups) for groups in drawn))
    return held, sorted(smallest)


@pytest.mark.parametrize(("k", "m"), [(1, 1), (2, 2), (3, 2)])
def test_bootstrap_stability_equals_a_loop_over_the_same_draws(base, k, m):
    told = {"b": heard(4, 2), "a": heard(3, 3, group="pqr"), "thin": heard(0)}
    cohort = built(base, told, k=k, m=m, B=60)
    table, rows = bootstrap_stability(cohort), raised(cohort)
    for code in ("c1", "c2", "c3"):
        held, smallest = by_loop(cohort, rows[rows["code"] == code], k, m)
        row = one_code(table, code)
        assert row["estimate"] == held / 60
        assert row["k_low"] == smallest[1]  # 2.5 % of 60 resamples is 1.5: the second smallest


def test_bootstrap_stability_k_low_is_a_count_that_was_drawn(base):
    cohort = built(base, {"a": of_many(20, 40), "b": of_many(20, 40)}, k=3, m=1, B=39)
    _, smallest = by_loop(cohort, raised(cohort).query("code == 'c1'"), 3, 1)
    assert 9 < smallest[0] < smallest[1]  # 2.5 % of 39 resamples is less than one: the smallest
    assert one_code(bootstrap_stability(cohort))["k_low"] == smallest[0]


def test_draw_voices_draws_as_many_as_were_heard_each_alike():
    weights = draw_voices(np.random.default_rng(1), 5, 4000)
    assert weights.shape == (4000, 5) and (weights.sum(1) == 5).all()
    assert weights.mean(0) == pytest.approx(np.ones(5), abs=0.06)


@quick
@given(told=fixed_sets)
def test_bootstrap_stability_never_rises_with_k_or_m_and_is_higher_for_what_is_documented(base, told):
    cohort = built(base, told, k=1, m=1, B=50)
    most, *others = (
        bootstrap_stability(cohort, reading, k=k, m=m)["estimate"].fillna(0)
        for reading, k, m in (("documented", 1, 1), ("documented", 2, 1), ("documented", 1, 2), ("difficulty", 1, 1))
    )
    assert all((other <= most).all() for other in others)


@quick
@given(told=cohorts)
def test_bootstrap_stability_is_0_for_what_some_site_never_says(base, told):
    cohort = built(base, told, k=1, m=1, B=50)
    table = bootstrap_stability(cohort).set_index("code")
    verdict = common_challenges(cohort, "difficulty").set_index("code")
    assert table["status"].equals(verdict["status"]) and table.index.tolist() == list(CODES)
    silent = verdict["k_star"].eq(0) & verdict["status"].eq("ok")
    assert (table.loc[silent, "estimate"] == 0).all()
    assert (
        table.loc[verdict["class"] == "common", "k_low"] <= verdict.loc[verdict["class"] == "common", "k_star"]
    ).all()


@quick
@given(told=cohorts, seed=st.integers(0, 999))
def test_bootstrap_stability_does_not_depend_on_row_order(base, told, seed):
    cohort = built(base, told, k=2, m=1, B=50)
    mixed = {t: cohort.tables[t].sample(frac=1, random_state=seed) for t in ("codings", "segments", "sources")}
    pd.testing.assert_frame_equal(bootstrap_stability(cohort.with_tables(**mixed)), bootstrap_stability(cohort))


def test_bootstrap_stability_keeps_to_one_kind_and_its_columns(tiny):
    table = bootstrap_stability(tiny)
    assert table["code"].tolist() == ["money", "trust"]
    none = bootstrap_stability(tiny, kind="tradeoff")
    assert none.empty and none.columns.equals(table.columns)
    assert bootstrap_stability(tiny, kind=None)["code"].tolist() == ["money", "trust", "meetings"]


def test_bootstrap_stability_refuses_another_reading(tiny):
    with pytest.raises(ValueError, match="reading is 'loud'"):
        bootstrap_stability(tiny, "loud")
