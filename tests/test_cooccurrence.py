"""Co-occurrence: the published worked example, chance counted out in full, and a pair that was planted."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from casestudy.methods.cooccurrence import (
    c_coefficient,
    chance,
    codes_per_segment,
    floors,
    interdependence,
    max_t,
    measures,
    permuted,
    told_together,
)
from casestudy.methods.cooccurrence.pairs import COLUMNS
from casestudy.methods.evidence import generator

CODES = ("aims", "money", "power", "trust")
TURNS = 12


@pytest.fixture
def spoken(make_cohort):
    """Return a function that builds a cohort from {site: [{code: turns of one interview}, ...]} of TURNS turns each."""

    def build(told, codes=CODES, turns=TURNS, **plan):
        rows = []
        for site, interviews in told.items():
            for n, marks in enumerate(interviews):
                who = (site, f"{site}{n}", "patients")
                for turn in range(turns):
                    cell = {"segment": f"{site}{n}-{turn:02d}"}
                    given = [code for code, places in marks.items() if turn in places]
                    rows += [(*who, code, "challenge", cell) for code in given] or [(*who, {**cell})]
        return make_cohort(rows, plan={"B": 199, **plan}, codes=codes)

    return build


def interviews(seed, planted=True):
    """Return four sites of four interviews: four codes at random, but half of `money` put where `power` is."""
    rng, told = np.random.default_rng(seed), {}
    for site in ("east", "north", "south", "west"):
        told[site] = [{code: set(rng.choice(TURNS, 3, replace=False).tolist()) for code in CODES} for _ in range(4)]
        for marks in told[site] if planted else ():
            marks["money"] = set(sorted(marks["power"])[:2]) | {rng.integers(TURNS).item()}
    return told


def pair(table, a, b):
    return table.set_index(["code_1", "code_2"]).loc[(a, b)]


# ---- the coefficient ----------------------------------------------------------------------------------------------


def test_c_coefficient_gives_the_published_example():
    assert c_coefficient(100, 10, 5) == pytest.approx(0.0476, abs=5e-5)  # ATLAS.ti manual


@given(n12=st.integers(0, 20), more=st.tuples(st.integers(0, 20), st.integers(0, 20)))
def test_c_coefficient_is_the_jaccard_index_of_sets(n12, more):
    n1, n2 = n12 + more[0], n12 + more[1]
    found = c_coefficient(n1, n2, n12)
    assert np.isnan(found) if n1 + n2 == 0 else 0 <= found <= 1 and found == n12 / (n12 + sum(more))
    assert np.array_equal(found, c_coefficient(n2, n1, n12), equal_nan=True)


def test_c_coefficient_takes_arrays():
    found = c_coefficient(np.array([4, 0]), np.array([4, 0]), np.array([4, 0]))
    assert found[0] == 1 and np.isnan(found[1])


def test_measures_by_hand():
    found = {name: float(value) for name, value in measures(4, 2, 1, 10).items()}
    assert found["estimate"] == 1 / 5 and found["overlap"] == found["p_1_given_2"] == 1 / 2
    assert found["p_2_given_1"] == 1 / 4 and found["lift"] == pytest.approx(10 / 8) and not found["uneven"]
    assert [bool(measures(n, 2, 1, 50)["uneven"]) for n in (10, 11)] == [False, True]  # from 5 to 1 on


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=30))
def test_measures_phi_is_the_correlation_and_all_are_bounded(rows):
    x, y = np.array(rows).T.astype(int)
    found = measures(x.sum(), y.sum(), x @ y, len(x))
    if x.std() and y.std():
        assert found["phi"] == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)
    bounded = np.array([found[name] for name in ("estimate", "overlap", "p_2_given_1", "p_1_given_2")])
    assert ((bounded >= 0) & (bounded <= 1) | np.isnan(bounded)).all()
    turned = measures(y.sum(), x.sum(), x @ y, len(x))
    for name in ("estimate", "overlap", "phi", "lift", "uneven"):
        assert np.array_equal(found[name], turned[name], equal_nan=True)
    assert np.array_equal(found["p_2_given_1"], turned["p_1_given_2"], equal_nan=True)


# ---- chance -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("turns", "a", "b"), [(12, 3, 4), (7, 7, 2), (5, 0, 3), (1, 1, 1)])
def test_chance_within_one_source_is_hypergeometric(turns, a, b):
    marks = np.zeros((turns, 2))
    marks[:a, 0], marks[:b, 1] = 1, 1
    mean, variance = chance(marks, np.zeros(turns, int))
    met = np.arange(turns + 1)
    exact = hypergeom(turns, a, b).pmf(met) @ np.stack([met, met**2], axis=1)
    assert (mean[0, 1], variance[0, 1] + mean[0, 1] ** 2) == pytest.approx(tuple(exact))


def test_chance_against_every_placing_in_two_sources():
    marks, source = np.array([[1, 1], [1, 0], [0, 0], [0, 1], [1, 0], [0, 0]]), np.array([0, 0, 0, 1, 1, 1])
    orders = [(*p, *q) for p in permutations(range(3)) for q in permutations(range(3, 6))]
    met = [marks[:, 0] @ marks[list(order), 1] for order in orders]
    mean, variance = chance(marks, source)
    assert (mean[0, 1], variance[0, 1]) == pytest.approx((np.mean(met), np.var(met)))
    assert np.allclose(mean, mean.T) and np.allclose(variance, variance.T)


def test_floors_are_the_chance_that_codes_meet_as_often_as_they_can():
    marks = np.zeros((12, 2))
    marks[:3, 0], marks[:4, 1] = 1, 1  # turns of one source, then of another
    marks[7:9, 0], marks[7:8, 1] = 1, 1
    source = np.repeat([0, 1], [7, 5])
    exact = hypergeom(7, 3, 4).pmf(3) * hypergeom(5, 2, 1).pmf(1)
    assert floors(marks, source, np.array([[0], [1]])) == pytest.approx([exact])


def test_floors_is_the_p_of_a_pair_that_meets_as_often_as_it_can():
    marks, source = np.zeros((10, 2), np.float32), np.repeat([0, 1], 5)
    marks[[0, 1, 5, 6]] = 1
    pairs = np.array([[0], [1]])
    p = max_t(np.random.default_rng(1), marks, source, pairs, 20_000)["p"]
    assert p == pytest.approx(floors(marks, source, pairs), abs=0.004)


def test_max_t_keeps_false_findings_rare_where_p_by_itself_does_not():
    rng, pairs = np.random.default_rng(2), np.array(list(combinations(range(6), 2))).T
    false = {"p": 0, "p_adjusted": 0}
    for _ in range(150):
        marks = (rng.random((60, 6)) < 0.4).astype(np.float32)
        found = max_t(rng, marks, np.repeat(range(4), 15), pairs, 99)
        for name in false:
            false[name] += found[name].min() <= 0.05
    assert false["p_adjusted"] <= 15 < 45 < false["p"]  # 7.5 expected, 15 is 2.8 deviations above


# ---- the table ----------------------------------------------------------------------------------------------------


def test_interdependence_counts_by_hand(spoken):
    told = {"east": [{"money": range(5), "power": range(2, 8)}], "west": [{"money": {0, 1, 2}, "power": {5, 6, 7}}]}
    told["silent"] = [{}]
    row = pair(interdependence(spoken(told)), "money", "power")
    assert row[["n1", "n2", "n12", "n"]].tolist() == [8, 9, 3, 36]
    assert row["estimate"] == pytest.approx(3 / 14) and row["pooled_lift"] == pytest.approx(3 * 36 / (8 * 9))
    assert row["expected"] == pytest.approx(3.25) == 5 * 6 / 12 + 3 * 3 / 12
    assert row["lift"] == pytest.approx(3 / 3.25)
    exact = hypergeom(12, 5, 6).var() + hypergeom(12, 3, 3).var()
    assert row["z"] == pytest.approx((3 - row["expected"]) / exact**0.5)
    assert (row["sites"], row["status"], row["reason"]) == ("East", "ok", "")


@pytest.mark.parametrize("level", ["segment", "informant"])
def test_interdependence_lift_is_above_1_exactly_where_codes_meet_more_than_chance_has_it(spoken, level):
    table = interdependence(spoken(interviews(11, planted=False)), level=level).query("status == 'ok'")
    assert (table["lift"].gt(1) == table["z"].gt(0)).all()
    assert table["lift"].to_numpy() == pytest.approx((table["n12"] / table["expected"]).to_numpy())


def test_interdependence_p_is_that_of_all_placings(spoken):
    told = {"east": [{"money": range(5), "power": range(5)}], "west": [{"money": {0, 1}, "power": {5, 6}}]}
    row = pair(interdependence(spoken(told, B=4000)), "money", "power")
    one, other = hypergeom(12, 5, 5).pmf(range(6)), hypergeom(12, 2, 2).pmf(range(3))
    exact = np.convolve(one, other)[5:].sum()
    assert row["p"] == pytest.approx(exact, abs=0.005)
    assert row["p_adjusted"] == row["p"]  # the only pair that is tested


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_interdependence_finds_the_planted_pair_and_no_other(spoken, seed):
    table = interdependence(spoken(interviews(seed))).set_index(["code_1", "code_2"])
    assert table.index[table["p_adjusted"] < 0.05].tolist() == [("money", "power")]
    row = table.loc[("money", "power")]
    assert row["lift"] > 1.5 and row["sites"] == "East; North; South; West" and row["p"] == 1 / 200


def test_interdependence_finds_nothing_in_independent_codes(spoken):
    assert (interdependence(spoken(interviews(4, planted=False)))["p_adjusted"] > 0.05).all()


def test_interdependence_ignores_that_some_speak_more_of_everything(spoken):
    rng = np.random.default_rng(5)
    full, silent = ({c: set(rng.choice(TURNS, n, replace=False).tolist()) for c in CODES} for n in (6, 0))
    row = pair(interdependence(spoken({"east": [full, silent, silent, silent]})), "money", "power")
    assert row["pooled_lift"] > 1.5 > row["lift"] and row["p"] > 0.05  # within the interview they meet as chance has it


def test_interdependence_p_is_never_0_and_the_adjusted_never_smaller(spoken):
    table = interdependence(spoken(interviews(6)).with_plan(B=19))
    assert (table["p"] >= 1 / 20).all() and (table["p_adjusted"] >= table["p"]).all()
    assert (table[["p", "p_adjusted"]] <= 1).all(axis=None)


def test_interdependence_p_equals_a_loop_over_the_same_draws(spoken):
    cohort = spoken(interviews(10, planted=False))
    marks = pd.crosstab(cohort.codings["segment"], cohort.codings["code"])
    marks = marks.reindex(sorted(cohort.segments["segment"]), fill_value=0)[list(CODES)].to_numpy(np.float32)
    source = np.repeat(range(16), TURNS)
    mean, variance = chance(marks, source)
    table, drawn = interdependence(cohort), permuted(generator(cohort, "interdependence"), marks, source, 199)
    pairs = list(combinations(range(4), 2))
    scores = [[(one[a] @ one[b] - mean[a, b]) / variance[a, b] ** 0.5 for a, b in pairs] for one in drawn]
    for n, z in enumerate(table["z"]):
        assert table.loc[n, "p"] == (1 + sum(row[n] >= z - 1e-9 for row in scores)) / 200
        assert table.loc[n, "p_adjusted"] == (1 + sum(max(row) >= z - 1e-9 for row in scores)) / 200
    assert (table["p_adjusted"] > table["p"]).any()


def test_interdependence_counts_segments_without_any_code(spoken):
    told = {"east": [{"money": range(5), "power": range(5)}]}
    short, long = (pair(interdependence(spoken(told, turns=n)), "money", "power") for n in (8, 30))
    assert (short["n"], long["n"]) == (8, 30) and short["estimate"] == long["estimate"] == 1
    assert short["lift"] < long["lift"] and short["p"] > long["p"]


def test_interdependence_does_not_depend_on_the_order_of_codes_and_rows(spoken):
    cohort = spoken(interviews(7))
    table = interdependence(cohort)
    turned = interdependence(cohort.with_tables(codebook=cohort.codebook[::-1].reset_index(drop=True)))
    assert turned["code_1"].tolist()[:3] == ["trust"] * 3
    names = {"code_1": "code_2", "code_2": "code_1", "n1": "n2", "n2": "n1"}
    names |= {"p_2_given_1": "p_1_given_2", "p_1_given_2": "p_2_given_1"}
    back = turned.rename(columns=names).sort_values(["code_1", "code_2"], ignore_index=True)[COLUMNS]
    pd.testing.assert_frame_equal(back, table)
    mixed = {t: cohort.tables[t].sample(frac=1, random_state=3) for t in ("codings", "segments", "sources")}
    pd.testing.assert_frame_equal(interdependence(cohort.with_tables(**mixed)), table)


def test_interdependence_lists_pairs_of_rare_codes_with_the_reason(spoken):
    told = {"east": [{"money": range(5), "power": range(4), "trust": range(6)}]}
    table = interdependence(spoken(told))
    assert len(table) == 6 and table["status"].eq("ok").tolist() == [False, False, False, False, True, False]
    row = pair(table, "aims", "power")
    assert row["reason"] == "too few segments: Aims 0, Power 4; a pair needs 5 of each code"
    assert row[["estimate", "lift", "expected", "z", "p", "p_adjusted"]].isna().all() and row["sites"] == ""
    assert pair(table, "money", "power")[["n1", "n2", "n12"]].tolist() == [5, 4, 4]
    assert table["method"].str.endswith("max-T over 1 pairs").all()


def test_interdependence_cannot_test_what_no_permutation_changes(spoken):
    told = {"east": [{"money": {0}, "power": {0}}] * 5}
    row = pair(interdependence(spoken(told, turns=1)), "money", "power")
    assert row["status"] == "not_estimable" and row["reason"] and row[["z", "p"]].isna().all()


def test_interdependence_does_not_pair_kin(spoken):
    cohort = spoken({"east": [{code: range(5) for code in CODES}]})
    family = cohort.codebook.assign(parent=["", "aims", "aims", ""])  # money and power are parts of aims
    table = interdependence(cohort.with_tables(codebook=family))
    assert list(zip(table["code_1"], table["code_2"], strict=True)) == [(c, "trust") for c in CODES[:3]]


def test_interdependence_keeps_to_kind_and_reading(make_cohort):
    rows = [
        ("north", "n1", "patients", code, valence, {"segment": f"t{n}"})
        for n in range(8)
        for code, valence in (("money", "challenge"), ("power", "strategy"), ("trust", "not_here"), ("site", "neutral"))
    ]
    rows += [("north", "n1", "patients", {"segment": f"u{n}"}) for n in range(8)]
    cohort = make_cohort(rows, codes=dict.fromkeys(["money", "power", "trust"], "challenge") | {"site": "practice"})
    table = interdependence(cohort)
    assert table[["n1", "n2", "n12"]].to_numpy().tolist() == [[8, 8, 8], [8, 0, 0], [8, 0, 0]]
    assert interdependence(cohort, reading="difficulty")["n2"].tolist() == [0, 0, 0]
    assert len(interdependence(cohort, kind=None)) == 6


def test_interdependence_uses_the_codings_and_segments_of_the_plan(make_cohort):
    def coded(coder, code, n, **cell):
        return ("north", "n1", "patients", code, "challenge", {"segment": f"t{n}", "coder": coder, **cell})

    rows = [coded(coder, "money", n) for n in range(6) for coder in ("ana", "ben")]
    rows += [coded("ben", "trust", n) for n in range(6)]
    rows += [("north", "n1", "patients", {"segment": f"u{n}", "speaker": "interviewer"}) for n in range(9)]
    found = {how: interdependence(make_cohort(rows, plan={"resolve": how})).iloc[0] for how in ("any", "all")}
    assert found["any"][["n1", "n2", "n"]].tolist() == [6, 6, 6]
    assert found["all"][["n1", "n2", "n"]].tolist() == [6, 0, 6]


def test_interdependence_of_nothing_keeps_its_columns(spoken):
    blank = interdependence(spoken({"east": [{}]}, codes=["money", "power"]))
    assert blank["status"].tolist() == ["not_assessable"] and blank.columns.tolist() == COLUMNS
    none = interdependence(spoken({"east": [{"money": range(6)}]}, codes=["money"]))
    assert none.empty and none.columns.tolist() == COLUMNS


def test_interdependence_without_any_segment_is_not_assessable(tiny):
    table = interdependence(tiny.with_plan(scope=("market",)))
    assert table["status"].tolist() == ["not_assessable"] and table["n"].tolist() == [0]


def test_permuted_shuffles_each_code_by_itself_within_its_interviews():
    rng = np.random.default_rng(8)
    source, marks = np.repeat(range(5), TURNS), (rng.random((5 * TURNS, 3)) < 0.2).astype(np.float32)
    drawn = permuted(rng, marks, source, 300)
    for n in range(5):
        assert (drawn[:, :, source == n].sum(2) == marks[source == n].sum(0)).all()
    assert drawn.mean(0).T[source == 1] == pytest.approx(np.tile(marks[source == 1].mean(0), (TURNS, 1)), abs=0.12)
    orders = [np.corrcoef(drawn[:, a, 3], drawn[:, b, 3])[0, 1] for a, b in combinations(range(3), 2)]
    assert np.abs(np.nan_to_num(orders)).max() < 0.2  # each code goes its own way


def test_interdependence_is_the_same_in_batches_of_any_size(spoken, monkeypatch):
    cohort = spoken(interviews(9))
    whole = interdependence(cohort)
    monkeypatch.setattr("casestudy.methods.cooccurrence.permutation.CELLS", 1)
    parts = interdependence(cohort)
    assert parts["p"].to_numpy() == pytest.approx(whole["p"].to_numpy(), abs=0.12)
    assert parts["z"].equals(whole["z"])


def test_interdependence_says_when_a_pair_could_not_be_found(spoken):
    told = {"east": [{"money": {0}, "power": {0}}] * 2 + [{"money": range(4)}, {"power": range(4)}]}
    row = pair(interdependence(spoken(told, turns=4)), "money", "power")
    assert (row["n1"], row["n2"], row["n12"], row["floor"]) == (6, 6, 2, pytest.approx(1 / 16))
    assert row["status"] == "not_assessable" and row["reason"].endswith("p could not be below 0.062")  # 1 in 16


def test_interdependence_says_when_segments_were_cut_for_one_code(spoken):
    row = pair(interdependence(spoken({"east": [{"money": range(6), "power": range(6, 12)}]})), "money", "power")
    assert row["status"] == "not_assessable" and row["reason"].startswith("no segment carries two")
    assert np.isnan(row["estimate"]) and row["n"] == 12


def test_interdependence_refuses_an_unknown_level(tiny):
    with pytest.raises(ValueError, match="write one of"):
        interdependence(tiny, level="site")


def test_codes_per_segment_counts_every_segment_once(spoken):
    told = {"east": [{"money": range(5), "power": range(3, 6), "trust": {4}}], "west": [{}]}
    tally = codes_per_segment(spoken(told))
    assert tally.to_numpy().tolist() == [[0, 18], [1, 4], [2, 1], [3, 1]]


# ---- informants ---------------------------------------------------------------------------------------------------


def raisers(told):
    """Return interviews of one turn in which each informant raises the codes of their letters."""
    names = {code[0]: code for code in CODES}
    return {site: [{names[letter]: {0} for letter in letters} for letters in some] for site, some in told.items()}


def test_interdependence_of_informants_counts_by_hand(spoken):
    told = raisers({"east": ["mp"] * 5 + ["t"] * 5, "west": ["mp", "m", "p", ""]})
    row = pair(interdependence(spoken(told, turns=1), level="informant"), "money", "power")
    assert row[["n1", "n2", "n12", "n", "level"]].tolist() == [7, 7, 6, 14, "informant"]
    assert row["estimate"] == 6 / 8 and row["pooled_lift"] == pytest.approx(6 * 14 / 49)
    assert row["expected"] == pytest.approx(5 * 5 / 10 + 2 * 2 / 4)
    assert row["floor"] == pytest.approx(1 / 252 / 6) and row["p"] < 0.05 and row["sites"] == "East"


def test_interdependence_of_informants_keeps_to_the_site(spoken):
    told = raisers({"east": ["mp"] * 6 + ["m", "p"], "west": [""] * 6 + ["m", "p"]})  # a site where all raise both
    row = pair(interdependence(spoken(told, turns=1), level="informant"), "money", "power")
    assert row["pooled_lift"] > 1.1 > 1 > row["lift"] and row["p"] > 0.9


def test_interdependence_of_informants_leaves_out_who_was_not_asked(make_cohort):
    told = [("north", f"n{n}", "patients", code, "challenge") for n in range(6) for code in ("money", "power")]
    told += [("north", f"m{n}", "patients", "trust", "challenge") for n in range(9)]
    asked = [{"source": f"north-{who}{n}", "module": "purse"} for who, top in (("n", 6), ("m", 4)) for n in range(top)]
    module = {"module": "purse", "label": "Purse", "codes": "money"}
    cohort = make_cohort(told, codes=CODES, plan={"B": 100}, modules=[module], asked=asked)
    table = interdependence(cohort, level="informant")
    row, other = pair(table, "money", "power"), pair(table, "power", "trust")
    assert (row["n"], other["n"]) == (10, 15)  # five were not asked about money
    assert row["expected"] == pytest.approx(6 * 6 / 10)
    assert pair(table, "money", "trust")[["n1", "n2"]].tolist() == [6, 4]  # of nine who raise trust


def test_told_together_needs_a_small_p_and_a_lift_above_1(tiny):
    table = pd.DataFrame({"p_adjusted": [0.01, 0.01, 0.2, np.nan], "lift": [2, 0.9, 3, np.nan]})
    assert told_together(table, tiny).tolist() == [True, False, False, False]
