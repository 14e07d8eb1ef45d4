"""Sets, truth tables and minimisation, against published solutions and by what must always hold.

`oracle/lipset_*.csv`: Lipset's 18 countries between the wars, conditions DEV URB LIT IND STB, outcome SURV, crisp and
fuzzy, as in Rihoux & Ragin (2009), Configurational Comparative Methods, and in the R package QCA.
"""

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casestudy.methods.configurations import (
    calibrate,
    chance_of_order,
    fit,
    minimise,
    necessity,
    sufficiency,
    truth_table,
)
from casestudy.methods.configurations.covers import held_by, prime_implicants, smallest_covers
from casestudy.methods.configurations.terms import in_outcome, in_solution

ORACLE = Path(__file__).parent / "oracle"
CONDITIONS = ["DEV", "URB", "LIT", "IND", "STB"]
PRESENT = dict.fromkeys(CONDITIONS, "present")


def lipset(kind):
    return pd.read_csv(ORACLE / f"lipset_{kind}.csv", index_col="case")


def solved(data, kind, outcome="SURV", expectations=None, **cuts):
    """Return every model of one kind as a set of terms."""
    found = minimise(truth_table(data, outcome, CONDITIONS, **cuts), kind, expectations)
    return [set(solution.split(" + ")) for solution in found.drop_duplicates("model")["solution"]]


# ---- sets ---------------------------------------------------------------------------------------------------------

X, Y = [0.9, 0.8, 0.6, 0.3, 0.1, 0.7], [0.8, 0.9, 0.7, 0.2, 0.4, 0.3]


def test_sufficiency_and_necessity_of_the_fuzzy_fixture():
    assert np.round(sufficiency(X, Y), 4).tolist() == [0.8235, 0.7273, 0.8485]
    found = necessity(X, Y)
    assert np.round([found.consistency, found.ron], 4).tolist() == [0.8485, 0.8125]


def test_calibrate_gives_the_published_memberships():
    assert calibrate([2.5, 3, 3.5, 4, 4.5], 2.5, 3.5, 4.5).round(4).tolist() == [0.05, 0.1866, 0.5, 0.8134, 0.95]


def test_calibrate_falls_where_anchors_fall():
    assert np.allclose(calibrate([1, 2, 3, 9], 9, 3, 1), 1 - calibrate([1, 2, 3, 9], 1, 3, 9))


def test_calibrate_keeps_missing_and_refuses_anchors_out_of_order():
    assert np.isnan(calibrate([np.nan], 1, 2, 3)).all()
    with pytest.raises(ValueError, match="three that rise"):
        calibrate([1], 1, 3, 2)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, unique=True))
def test_calibrate_keeps_the_order(values):
    values = np.sort(values)
    found = calibrate(values, -10, 0, 25)
    assert (np.diff(found) >= 0).all() and ((found >= 0) & (found <= 1)).all()
    assert ((found > 0.5) <= (values > 0)).all()


fuzzy = st.floats(0, 1).map(lambda value: round(value, 2))
pairs = st.lists(st.tuples(fuzzy, fuzzy), min_size=1, max_size=12)


@given(pairs)
def test_sufficiency_is_necessity_the_other_way_round(pairs):
    x, y = np.array(pairs).T
    assume(x.sum() and y.sum())
    assert sufficiency(x, y).consistency == necessity(y, x).consistency
    assert sufficiency(x, y).coverage == necessity(x, y).consistency


@given(pairs)
def test_sufficiency_is_whole_only_for_subsets(pairs):
    x, y = np.array(pairs).T
    assume(x.sum())
    found = sufficiency(x, y)
    assert (found.consistency > 1 - 1e-12) == bool((x <= y).all())
    assert np.isnan(found.pri) or found.pri <= found.consistency + 1e-12


@pytest.mark.parametrize("spoilt", [[0.5, np.nan], [0.5, 1.1], [-0.1, 0]])
def test_sufficiency_refuses_what_is_no_membership(spoilt):
    with pytest.raises(ValueError, match="from 0 to 1"):
        sufficiency(spoilt, [0, 1])


def test_sufficiency_of_an_empty_set_is_missing():
    assert np.isnan(sufficiency([0, 0], [1, 0]).consistency) and np.isnan(necessity([1, 1], [0, 0]).consistency)


# ---- truth table --------------------------------------------------------------------------------------------------


def test_truth_table_names_the_cases_of_every_row():
    table = truth_table(lipset("crisp"), "SURV", CONDITIONS)
    assert len(table) == 32 and table["n"].sum() == 18
    assert table.loc[(1, 1, 1, 1, 1), "cases"] == "BE; CZ; NL; UK"
    assert table["value"].value_counts().to_dict() == {"remainder": 23, "no": 6, "yes": 3}


def test_truth_table_of_the_fuzzy_lipset_has_the_published_consistencies():
    table = truth_table(lipset("fuzzy"), "SURV", CONDITIONS)
    found = table.loc[[(1, 1, 1, 1, 1), (1, 0, 1, 0, 1), (1, 0, 1, 1, 1)], "consistency"]
    assert found.round(2).tolist() == [0.90, 0.80, 0.71]


def mixed():
    values = {"A": [1, 1, 1, 0], "B": [1, 1, 0, 0], "Y": [1, 0, 1, 0]}
    return pd.DataFrame(values, index=["alder", "birch", "cedar", "dogwood"])


def test_truth_table_lists_contradictions_by_name():
    row = truth_table(mixed(), "Y", ["A", "B"]).loc[(1, 1)]
    assert (row["value"], row["against"]) == ("no", "alder")
    assert row["reason"] == "contradiction: 1 of 2 cases differ"
    assert truth_table(mixed(), "Y", ["A", "B"], consistency=0.5, pri=0.5).loc[(1, 1), "against"] == "birch"


def test_truth_table_calls_rows_with_few_cases_remainders():
    table = truth_table(mixed(), "Y", ["A", "B"], frequency=2)
    assert table["value"].tolist() == ["no", "remainder", "remainder", "remainder"]
    assert table.loc[(1, 0), "reason"] == "fewer than 2 cases" and table.loc[(0, 1), "reason"] == "no case"


def test_truth_table_puts_a_case_at_the_crossover_in_no_row():
    data = mixed().astype(float)
    data.loc["dogwood", "B"] = 0.5
    assert truth_table(data, "Y", ["A", "B"])["n"].sum() == 3


def test_truth_table_asks_for_pri_beside_consistency():
    data = pd.DataFrame({"A": [0.6, 0.6], "Y": [0.55, 0.5]})  # consistency .88, but as much for the absence of Y
    assert truth_table(data, "Y", ["A"]).loc[1, "value"].tolist() == ["no"]
    assert truth_table(data, "Y", ["A"], pri=0.3).loc[1, "value"].tolist() == ["yes"]


def test_truth_table_refuses_missing_names_and_values():
    data = mixed()
    for outcome, conditions, match in (
        ("Z", ["A"], "no column 'Z'"),
        ("Y", [], "no conditions"),
        ("Y", ["A", "A"], "named twice"),
        ("Y", ["A", "Y"], "named twice"),
    ):
        with pytest.raises(ValueError, match=match):
            truth_table(data, outcome, conditions)
    with pytest.raises(ValueError, match="none of them missing"):
        truth_table(data.astype(float).mask(data == 0), "Y", ["A"])
    with pytest.raises(ValueError, match="have a meaning"):
        truth_table(data.rename(columns={"A": "A*B"}), "Y", ["A*B"])
    wide = pd.DataFrame(np.zeros((2, 14)), columns=[f"C{i}" for i in range(14)])
    with pytest.raises(ValueError, match="at most 12"):
        truth_table(wide, "C0", [f"C{i}" for i in range(1, 14)])


# ---- published solutions ------------------------------------------------------------------------------------------


def test_minimise_gives_the_three_solutions_of_the_crisp_lipset():
    data = lipset("crisp")
    assert solved(data, "complex") == [{"DEV*LIT*IND*STB", "DEV*~URB*LIT*STB"}]
    assert solved(data, "parsimonious") == [{"DEV*STB"}]
    assert solved(data, "intermediate", expectations=PRESENT) == [{"DEV*LIT*STB"}]


def test_fit_gives_the_coverage_of_the_crisp_lipset():
    data = lipset("crisp")
    found = fit(minimise(truth_table(data, "SURV", CONDITIONS), "complex"), data, "SURV", CONDITIONS)
    found = found.set_index("term")
    assert found["raw_coverage"].to_dict() == {"DEV*LIT*IND*STB": 0.75, "DEV*~URB*LIT*STB": 0.5}
    assert found["unique_coverage"].to_dict() == {"DEV*LIT*IND*STB": 0.5, "DEV*~URB*LIT*STB": 0.25}
    assert found[["consistency", "pri", "solution_coverage", "solution_consistency"]].eq(1).all(axis=None)
    assert found.loc["DEV*~URB*LIT*STB", "cases"] == "FI; FR; IE; SE" and found["against"].eq("").all()


def test_minimise_gives_the_solutions_of_the_negated_crisp_lipset():
    data = lipset("crisp")
    assert solved(data, "complex", "~SURV") == [{"~DEV*~URB*~IND", "DEV*LIT*IND*~STB"}]
    assert solved(data, "parsimonious", "~SURV") == [{"~DEV", "~STB"}]
    absent = dict.fromkeys(CONDITIONS, "absent")
    assert solved(data, "intermediate", "~SURV", absent) == [{"~DEV*~URB*~IND", "~STB"}]


def test_minimise_gives_the_three_solutions_of_the_fuzzy_lipset():
    data = lipset("fuzzy")
    assert solved(data, "complex") == [{"DEV*URB*LIT*IND*STB", "DEV*~URB*LIT*~IND*STB"}]
    assert solved(data, "parsimonious") == [{"DEV*~IND", "URB*STB"}]
    assert solved(data, "intermediate", expectations=PRESENT) == [{"DEV*LIT*~IND*STB", "DEV*URB*LIT*STB"}]


def test_fit_gives_the_measures_of_the_fuzzy_lipset():
    data = lipset("fuzzy")
    found = fit(minimise(truth_table(data, "SURV", CONDITIONS), "complex"), data, "SURV", CONDITIONS)
    long = found.set_index("term").loc["DEV*URB*LIT*IND*STB"]
    assert long[["raw_coverage", "unique_coverage", "consistency", "pri"]].astype(float).round(3).tolist() == [
        0.454,
        0.393,
        0.904,
        0.886,
    ]
    assert found[["solution_coverage", "solution_consistency"]].round(3).drop_duplicates().to_numpy().tolist() == [
        [0.658, 0.870]
    ]


# ---- models -------------------------------------------------------------------------------------------------------


def ring():
    """Return the table of the ring of six configurations, which can be cut into three pairs in two ways."""
    rows = ["000", "001", "011", "111", "110", "100"]
    data = pd.DataFrame([[int(digit) for digit in row] for row in [*rows, "010", "101"]], columns=list("ABC"))
    return truth_table(data.assign(Y=[1] * 6 + [0] * 2), "Y", list("ABC"))


def test_minimise_returns_every_model_of_an_ambiguous_table():
    found = minimise(ring())
    assert found["models"].unique().tolist() == [2] and len(found) == 6
    assert {frozenset(own["term"]) for _, own in found.groupby("model")} == {
        frozenset(["~A*~B", "B*C", "A*~C"]),
        frozenset(["~B*~C", "~A*C", "A*B"]),
    }


def test_minimise_names_the_remainders_it_assumes():
    found = minimise(truth_table(lipset("crisp"), "SURV", CONDITIONS))
    assumed = found["assumptions"].iloc[0].split("; ")
    assert len(assumed) == 8 - 3 and "DEV*URB*~LIT*~IND*STB" in assumed
    assert found["configurations"].iloc[0] == 3
    assert minimise(truth_table(lipset("crisp"), "SURV", CONDITIONS), "complex")["assumptions"].eq("").all()


def test_minimise_says_where_nothing_goes_with_the_outcome():
    found = minimise(truth_table(mixed().assign(Y=0), "Y", ["A", "B"]))
    assert found["status"].tolist() == ["not_estimable"] and "no configuration" in found["reason"].iloc[0]
    told = fit(found, mixed().assign(Y=0), "Y", ["A", "B"])
    assert told["raw_coverage"].isna().all() and told["cases"].tolist() == [""]


def test_minimise_needs_no_condition_where_all_have_the_outcome():
    data = mixed().assign(Y=1)
    assert minimise(truth_table(data, "Y", ["A", "B"]))["solution"].tolist() == ["1"]
    assert fit(minimise(truth_table(data, "Y", ["A", "B"])), data, "Y", ["A", "B"])["raw_coverage"].tolist() == [1]


def test_minimise_refuses_other_kinds_and_expectations():
    table = truth_table(mixed(), "Y", ["A", "B"])
    with pytest.raises(ValueError, match="kind is 'short'"):
        minimise(table, "short")
    with pytest.raises(ValueError, match="needs expectations"):
        minimise(table, "intermediate")
    for spoilt in ({"Z": "present"}, {"A": "yes"}):
        with pytest.raises(ValueError, match="expectation of"):
            minimise(table, "intermediate", spoilt)


def test_minimise_cuts_models_without_number(monkeypatch):
    monkeypatch.setattr("casestudy.methods.configurations.minimal.MOST_MODELS", 1)
    found = minimise(ring())
    assert found["models"].tolist() == [1] * 3 and "more than 1 minimal models" in found["reason"].iloc[0]


# ---- what must always hold ----------------------------------------------------------------------------------------


@st.composite
def tables(draw, most=4):
    """Return crisp cases with up to four conditions, of which no two of one configuration differ."""
    k = draw(st.integers(1, most))
    values = draw(st.dictionaries(st.tuples(*[st.integers(0, 1)] * k), st.integers(0, 1), min_size=2, max_size=2**k))
    data = pd.DataFrame([[*key, y] for key, y in values.items()], columns=[*"ABCD"[:k], "Y"])
    return data, list("ABCD"[:k])


@given(tables(), st.sampled_from(["complex", "parsimonious", "intermediate"]), st.booleans())
def test_every_model_holds_all_positive_and_no_negative_case(drawn, kind, negated):
    data, conditions = drawn
    outcome = "~Y" if negated else "Y"
    y = in_outcome(data, outcome)
    assume(y.any())
    expected = dict(zip(conditions, ["present", "absent"] * 2, strict=False))
    found = minimise(truth_table(data, outcome, conditions), kind, expected if kind == "intermediate" else None)
    for _, own in found.groupby("model"):
        assert (in_solution(data, own["term"].tolist()) == y).all()


def is_wider(one, other):
    """Return whether a term holds all that another holds, and more."""
    return one != other and all(a in (2, b) for a, b in zip(one, other, strict=True))


@given(tables(3))
def test_prime_implicants_are_those_found_by_trying_all(drawn):
    data, conditions = drawn
    corners = data[conditions].to_numpy()
    yes, no = corners[data["Y"] == 1], corners[data["Y"] == 0]
    assume(len(yes))

    def usable(term):
        held = held_by(np.array([term]), corners)[0]
        return held[data["Y"] == 1].any() and not held[data["Y"] == 0].any()

    terms = [term for term in product([0, 1, 2], repeat=len(conditions)) if usable(term)]
    prime = {term for term in terms if not any(is_wider(other, term) for other in terms)}
    assert set(map(tuple, prime_implicants(yes, no).tolist())) == prime


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=6))
def test_smallest_covers_are_those_found_by_trying_all(rows):
    chart = np.array(rows)
    assume(chart.any(axis=0).all())
    some = [picked for n in range(1, len(chart) + 1) for picked in combinations(range(len(chart)), n)]
    whole = [picked for picked in some if chart[list(picked)].any(axis=0).all()]
    least = min(map(len, whole))
    assert sorted(smallest_covers(chart)) == sorted(picked for picked in whole if len(picked) == least)


@given(tables(), st.randoms())
def test_minimise_does_not_depend_on_order_or_names(drawn, random):
    data, conditions = drawn
    assume(data["Y"].any())
    shuffled = conditions.copy()
    random.shuffle(shuffled)
    names = {name: f"x{name}" for name in conditions}
    again = minimise(truth_table(data.iloc[::-1].rename(columns=names), "Y", [names[name] for name in shuffled]))
    first = minimise(truth_table(data, "Y", conditions))

    def models(found):
        return {
            frozenset(frozenset(term.replace("x", "").split("*")) for term in own["term"])
            for _, own in found.groupby("model")
        }

    assert models(first) == models(again)


@given(tables())
def test_intermediate_solution_lies_between_the_others(drawn):
    data, conditions = drawn
    assume(data["Y"].any())
    table = truth_table(data, "Y", conditions)
    everywhere = pd.DataFrame(list(product([0, 1], repeat=len(conditions))), columns=conditions)
    expected = dict.fromkeys(conditions, "present")
    sizes = {
        kind: [
            in_solution(everywhere, own["term"].tolist()).sum()
            for _, own in minimise(table, kind, expected if kind == "intermediate" else None).groupby("model")
        ]
        for kind in ("complex", "intermediate", "parsimonious")
    }
    assert max(sizes["complex"]) == min(sizes["complex"]) <= min(sizes["intermediate"])
    assert max(sizes["intermediate"]) <= max(sizes["parsimonious"])


@given(tables())
def test_fit_shares_the_coverage_out(drawn):
    data, conditions = drawn
    assume(data["Y"].any())
    found = fit(minimise(truth_table(data, "Y", conditions)), data, "Y", conditions)
    assert (found["unique_coverage"] <= found["raw_coverage"] + 1e-12).all()
    assert np.allclose(found["solution_coverage"], 1) and np.allclose(found["consistency"], 1)
    assert (found["unique_coverage"] > 0).all()  # no term of a minimal model is idle


# ---- chance -------------------------------------------------------------------------------------------------------

# cases, then the share for 2, 3, 4 and 5 conditions, from 2,000 or more random data sets each: hence the tolerance
SHARES = [
    (4, 0.45, 0.69, 0.84, 0.91),
    (6, 0.16, 0.38, 0.62, 0.78),
    (8, 0.05, 0.18, 0.42, 0.63),
    (10, 0.01, 0.07, 0.25, 0.51),
    (12, 0.00, 0.02, 0.12, 0.35),
    (14, 0.00, 0.01, 0.06, 0.23),
    (16, 0.00, 0.00, 0.03, 0.16),
    (20, 0.00, 0.00, 0.00, 0.05),
]


@pytest.mark.parametrize(("cases", "two", "three", "four", "five"), SHARES)
def test_chance_of_order_gives_the_shares_of_random_data(cases, two, three, four, five):
    assert np.allclose([chance_of_order(cases, k) for k in (2, 3, 4, 5)], [two, three, four, five], atol=0.021)


@pytest.mark.parametrize(("cases", "k"), [(2, 1), (3, 1), (3, 2), (4, 1)])
def test_chance_of_order_is_the_share_of_all_data_sets(cases, k):
    rows = list(product(range(2**k), [0, 1]))
    ordered = [len({row for row, _ in drawn}) == len(set(drawn)) for drawn in product(rows, repeat=cases)]
    assert chance_of_order(cases, k) == pytest.approx(np.mean(ordered))
