"""Pattern matching: signs, floors, both questions, rivals, disputed facts, and what cannot be judged."""

from collections import Counter
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.methods.comparison import contrast, pattern_match, theory_scores
from casestudy.methods.comparison.patterns import signs
from casestudy.methods.comparison.stratified import cmh, mh_difference, side_tables
from casestudy.methods.comparison.theories import _arrangements, _ways, relabelled
from casestudy.report.pattern_words import predictions_table, scores_in_words

# Admissions to Berkeley by sex and department (Bickel, Hammel & O'Connell 1975; R's UCBAdmissions): men and women by
# admitted and rejected, departments A to F
UCB = [
    [[512, 313], [89, 19]],
    [[353, 207], [17, 8]],
    [[120, 205], [202, 391]],
    [[138, 279], [131, 244]],
    [[53, 138], [94, 299]],
    [[22, 351], [24, 317]],
]
SITES = ("ash", "birch", "cedar", "dogwood")
SHARES = {"delay": (4, 3, 1, 0), "threat": (0, 1, 3, 4), "calm": (2, 2, 2, 2)}  # voices of four at each site
POWER = {"ash": "equal", "birch": "equal", "cedar": "unequal", "dogwood": "unequal"}
ORIGIN = {"ash": "new", "birch": "old", "cedar": "old", "dogwood": "old"}
ATTRIBUTES = [
    {"attribute": name, "label": name.capitalize(), "theme": "governance", "type": kind, "allowed": allowed}
    for name, kind, allowed in (
        ("power", "category", "equal;unequal"),
        ("origin", "category", "new;old;young"),
        ("money", "text", ""),
    )
]
PREDICTIONS = [
    ("p1", "Power", "power", "equal", "delay", "+"),
    ("p2", "Power", "power", "unequal", "threat", "+"),
    ("p3", "Power", "power", "equal", "threat", "0"),
    ("r1", "Rival", "origin", "new", "threat", "+"),
    ("r2", "Rival", "origin", "new", "delay", "-"),
]


def facts(values, attribute, **more):
    """Turn {site: value, or {(rater, variant): value}} into rows of `site_attributes`."""
    return [
        {"site": site, "attribute": attribute, "value": value, "basis": "explicit", "rater": rater, "variant": variant}
        for site, told in values.items()
        for (rater, variant), value in (told.items() if isinstance(told, dict) else [(("", ""), told)])
    ]


def told(shares=SHARES):
    """Return statements: at each site four voices of two groups, of whom so many raise each code."""
    rows = []
    for place, site in enumerate(SITES):
        for n, group in enumerate(("clinicians", "patients", "clinicians", "patients")):
            mine = [code for code, counts in shares.items() if n < counts[place]]
            rows += [(site, f"{site}{n}", group, code, "challenge") for code in mine] or [(site, f"{site}{n}", group)]
    return rows


@pytest.fixture
def four(make_cohort):
    """Four sites, two of each kind of power; build with other predictions or facts by name."""

    def make(predictions=PREDICTIONS, power=POWER, shares=SHARES, **more):
        given = {"attributes": ATTRIBUTES, "predictions": [(*p, "Invented.") for p in predictions]}
        given["site_attributes"] = facts(power, "power") + facts(ORIGIN, "origin")
        return make_cohort(told(shares), plan={"B": 200, "k": 1, "m": 1}, **{**given, **more})

    return make


def row(table, prediction, reading="difficulty"):
    (found,) = table[(table["prediction"] == prediction) & (table["reading"] == reading)].itertuples()
    return found


# ---- strata: published values --------------------------------------------------------------------------------------


def test_cmh_gives_what_r_gives_for_admissions_to_berkeley():
    found = cmh(np.array(UCB))
    assert (found["chi2"], found["p"], found["odds_ratio"]) == pytest.approx((1.4269, 0.2323, 0.9047), abs=5e-5)


def test_cmh_leaves_out_strata_without_information():
    empty = [[[5, 3], [0, 0]], [[4, 0], [6, 0]]]
    assert cmh(np.array(UCB + empty)) == cmh(np.array(UCB))
    assert all(np.isnan(value) for value in cmh(np.array(empty)).values())


def test_cmh_gives_a_finite_odds_ratio_where_a_cell_is_empty():
    found = cmh(np.array([[[3, 0], [0, 3]]]))
    assert found["odds_ratio"] == 49 and found["or_lo"] < 1 < found["or_hi"] < np.inf


def test_cmh_is_not_corrected_beyond_zero():
    assert cmh(np.array([[[2, 2], [2, 2]]]))["p"] == 1


@given(st.lists(st.lists(st.integers(1, 9), min_size=4, max_size=4), min_size=1, max_size=4))
def test_mh_difference_turns_its_sign_with_the_sides(cells):
    tables = np.array(cells, float).reshape(-1, 2, 2)
    assert mh_difference(tables) == pytest.approx(-mh_difference(tables[:, ::-1]))


def test_mh_difference_of_one_stratum_is_the_plain_one():
    assert mh_difference(np.array([[[20, 13], [5, 30]]])) == pytest.approx(20 / 33 - 5 / 35)
    assert np.isnan(mh_difference(np.array([[[2, 1], [0, 0]]])))


def test_mh_difference_weighs_strata_by_their_information():
    tables = np.array([[[8, 2], [5, 5]], [[2, 0], [1, 9]]])  # weights 5 and 20 / 12, differences .3 and .9
    assert mh_difference(tables) == pytest.approx((5 * 0.3 + 20 / 12 * 0.9) / (5 + 20 / 12))


def test_side_tables_count_sides_within_groups():
    rows = pd.DataFrame({"site": ["a", "a", "b", "b"], "group": ["x", "y", "x", "x"], "raised": [True, False] * 2})
    assert side_tables(rows, ["a"]).tolist() == [[[1, 0], [1, 1]], [[0, 1], [0, 0]]]


# ---- predictions ---------------------------------------------------------------------------------------------------


def test_signs_are_zero_below_a_tenth():
    assert signs([0.1, 0.0999, -0.3, 0.3 - 0.2, -0.05]).tolist() == [1, 0, -1, 1, 0]


def test_pattern_match_sets_the_sign_beside_the_prediction(four):
    table = pattern_match(four(), "difficulty")
    assert table["observed"].tolist() == ["+", "+", "-", "-", "+"]
    assert table["match"].tolist() == [True, True, False, False, False]
    assert row(table, "p1").estimate == pytest.approx((4 + 3 - 1 - 0) / 8)


def test_pattern_match_names_both_sides_and_prints_the_floor(four):
    table = pattern_match(four(), "difficulty")
    assert (row(table, "p1").sites_with, row(table, "p1").sites_without) == ("Ash; Birch", "Cedar; Dogwood")
    assert [row(table, p).floor for p in ("p1", "r1")] == pytest.approx([1 / 3, 1 / 4])
    assert (table["p_site"] >= table["floor"] - 1e-12).all()


def test_pattern_match_agrees_with_the_contrast_of_the_same_sides(four):
    cohort = four()
    mine = row(pattern_match(cohort, "difficulty"), "p1")
    other = contrast(cohort, "power", reading="difficulty").query("value == 'equal' and code == 'delay'").iloc[0]
    for name in ("estimate", "voices_difference", "voices_lo", "voices_hi", "p_voices"):
        assert getattr(mine, name) == pytest.approx(other[name])


def test_pattern_match_asks_the_voices_within_their_groups(four):
    mine = row(pattern_match(four(), "difficulty"), "p1")
    clinicians, patients = [[4, 0], [1, 3]], [[3, 1], [0, 4]]
    assert mine.voices_within == pytest.approx(mh_difference(np.array([clinicians, patients])))
    assert mine.p_cmh == pytest.approx(cmh(np.array([clinicians, patients]))["p"])


def test_pattern_match_cannot_judge_what_could_not_come_out(four):
    more = [
        ("c1", "Gaps", "power", "equal", "calm", "+"),
        ("c2", "Gaps", "origin", "young", "delay", "+"),
        ("c3", "Gaps", "money", "one giver", "delay", "+"),
    ]
    table = pattern_match(four(more), "difficulty")
    assert set(table["status"]) == {"not_assessable"} and table["match"].isna().all() and table["estimate"].isna().all()
    assert [row(table, p).reason for p in ("c1", "c2", "c3")] == [
        "the same share of voices raises it at each of these sites",
        "no site is documented as young (Origin)",
        "Money: no type was made of what is documented, so no site is of the type predicted",
    ]


def test_pattern_match_needs_another_side(four):
    table = pattern_match(four(power=dict.fromkeys(SITES, "equal")), "difficulty")
    assert row(table, "p1").reason == "no site is documented as other than equal (Power)"
    assert row(table, "r1").status == "ok"


def test_pattern_match_needs_a_code_in_use_that_somebody_raises(four):
    cohort = four(shares={**SHARES, "threat": (0, 0, 0, 0)}, codes=["delay", "calm", "threat"])
    assert row(pattern_match(cohort, "difficulty"), "p2").reason == "none of the 4 sites compared raises it"
    retired = cohort.with_tables(codebook=cohort.codebook.assign(active=["yes", "yes", "no"]))
    assert row(pattern_match(retired, "difficulty"), "p2").reason == "the code `threat` is not in use"


def test_pattern_match_leaves_out_sites_that_are_not_documented_or_not_heard(four):
    cohort = four(power={"ash": "equal", "cedar": "unequal", "dogwood": "unequal"})
    heard = cohort.with_tables(sources=cohort.sources[cohort.sources["site"] != "cedar"])
    assert row(pattern_match(cohort, "difficulty"), "p1").n == 3
    mine = row(pattern_match(heard, "difficulty"), "p1")
    assert (mine.sites_with, mine.sites_without, mine.n) == ("Ash", "Dogwood", 2)
    alone = cohort.with_tables(sources=cohort.sources[cohort.sources["site"] != "ash"])
    assert row(pattern_match(alone, "difficulty"), "p1").reason == (
        "nobody was heard at the sites documented as equal (Power)"
    )


def test_pattern_match_of_a_cohort_nobody_coded_says_so(four):
    cohort = four()
    table = pattern_match(cohort.with_tables(assignments=cohort.assignments.assign(source="elsewhere")))
    assert set(table["reason"]) == {"no source of wave 1 was read by a coder"}


def test_pattern_match_without_predictions_says_so(tiny):
    (match,), (score,) = pattern_match(tiny).itertuples(), theory_scores(tiny).itertuples()
    assert match.reason == score.reason == "this cohort has no table `predictions`: no theory is recorded"
    assert {match.status, score.status} == {"not_assessable"}


def test_pattern_match_runs_disputed_variants_both_ways(four):
    power = POWER | {"birch": {("", "a"): "equal", ("", "b"): "unequal"}}
    table = pattern_match(four(power=power), "difficulty")
    mine = table[table["prediction"] == "p1"].set_index("variant")
    assert mine["sites_with"].to_dict() == {"a": "Ash; Birch", "b": "Ash"}
    assert len(theory_scores(four(power=power)).query("theory == 'Power' and reading == 'difficulty'")) == 2


def test_pattern_match_follows_each_rater_where_raters_differ(four):
    power = POWER | {"birch": {("ana", ""): "equal", ("ben", ""): "unequal"}, "ash": {("ana", ""): "equal"}}
    table = pattern_match(four(power=power), "difficulty")
    mine = table[table["prediction"] == "p1"].set_index("variant")
    assert mine["sites_with"].to_dict() == {"rater ana": "Ash; Birch", "rater ben": "Ash"}


def test_pattern_match_keeps_the_order_of_the_table_in_each_reading(four):
    table = pattern_match(four())
    assert table["prediction"].tolist() == [p[0] for p in PREDICTIONS] * 2
    assert table["reading"].tolist() == ["difficulty"] * 5 + ["documented"] * 5


# ---- theories ------------------------------------------------------------------------------------------------------


def by_hand(cohort_shares, sides, predictions):
    """Return for every order of the sites how many predictions would match; sides = {attribute: value per site}."""
    scores = []
    for order in permutations(range(4)):
        hits = 0
        for attribute, value, code, direction in predictions:
            high = np.array([sides[attribute][n] == value for n in order])
            shares = np.array(cohort_shares[code]) / 4
            hits += signs(shares[high].mean() - shares[~high].mean()) == {"+": 1, "-": -1, "0": 0}[direction]
        scores.append(hits)
    return scores


@pytest.mark.parametrize(("theory", "attribute"), [("Power", "power"), ("Rival", "origin")])
def test_theory_scores_are_those_of_all_orders_of_the_sites(four, theory, attribute):
    mine = theory_scores(four()).query("theory == @theory and reading == 'difficulty'").iloc[0]
    sides = {"power": [*POWER.values()], "origin": [*ORIGIN.values()]}
    scores = by_hand(SHARES, sides, [p[2:] for p in PREDICTIONS if p[1] == theory])
    assert mine["p_site"] == pytest.approx(np.mean([s >= scores[0] for s in scores]))
    assert mine["floor"] == pytest.approx(np.mean([s == max(scores) for s in scores]))
    assert mine["matches"] == scores[0] and mine["estimate"] == pytest.approx(scores[0] / mine["n"])


def test_theory_scores_print_floor_and_count_with_the_rival_beside(four):
    table = theory_scores(four()).query("reading == 'difficulty'").set_index("theory")
    assert table["floor"].to_dict() == pytest.approx({"Power": 1 / 3, "Rival": 1 / 2})
    assert table["relabellings"].tolist() == [6, 4] and table["as_good"].tolist() == [2, 4]
    assert table["matches"].tolist() == [2, 0] and table["n"].tolist() == [3, 2]


def test_theory_scores_estimate_the_floor_where_relabellings_are_drawn(four, monkeypatch):
    exact = theory_scores(four()).query("reading == 'difficulty'").set_index("theory")["floor"]
    monkeypatch.setattr("casestudy.methods.comparison.theories.EXACT", 1)
    drawn = theory_scores(four().with_plan(B=999)).query("reading == 'difficulty'").set_index("theory")
    assert drawn["method"].str.startswith("B=999").all() and (drawn["floor"] <= drawn["p_site"]).all()
    assert drawn["floor"].to_dict() == pytest.approx(exact.to_dict(), abs=0.06)


def test_theory_scores_move_a_sites_choices_together(four):
    both = [("p1", "Both", "power", "equal", "delay", "+"), ("p2", "Both", "origin", "new", "delay", "+")]
    mine = theory_scores(four(both)).query("reading == 'difficulty'").iloc[0]
    assert mine["relabellings"] == 12  # one site of four is equal and new, one equal and old, two unequal and old
    sides = {"power": [*POWER.values()], "origin": [*ORIGIN.values()]}
    scores = by_hand(SHARES, sides, [p[2:] for p in both])
    assert mine["p_site"] == pytest.approx(np.mean([s >= scores[0] for s in scores]))


def test_theory_scores_count_what_cannot_be_judged_apart(four):
    more = [
        *PREDICTIONS[:1],
        ("c1", "Power", "power", "equal", "calm", "+"),
        ("c2", "Gap", "origin", "x", "delay", "+"),
    ]
    table = theory_scores(four(more)).query("reading == 'difficulty'").set_index("theory")
    assert (table.loc["Power", "n"], table.loc["Power", "predictions"]) == (1, 2)
    assert table.loc["Gap", "status"] == "not_assessable" and "documented as x" in table.loc["Gap", "reason"]


def test_theory_scores_count_predictions_that_the_voices_bear_out(four):
    table = pattern_match(four(), "difficulty")
    clear = ((table["direction"] == "+") & (table["voices_lo"] > 0)).groupby(table["theory"], sort=False).sum()
    scores = theory_scores(four(), table)
    assert scores["voices_clear"].tolist() == clear.tolist() == [2, 0]


def test_relabelled_draws_where_there_are_too_many_orders():
    profiles = np.array([[1.0] * 9 + [0.0] * 9 + [np.nan] * 2])
    dealt, ways, exact = relabelled(profiles, np.random.default_rng(1), 50)
    assert (dealt.shape, ways, exact) == ((50, 1, 20), 48620, False)
    assert (np.nansum(dealt, axis=2) == 9).all() and np.isnan(dealt[:, 0, 18:]).all()


def test_relabelled_deals_only_among_sites_of_which_the_same_is_known():
    profiles = np.array([[1, 0, 0, np.nan], [1, 0, 1, 1]])
    dealt, ways, exact = relabelled(profiles, np.random.default_rng(1), 50)
    assert (len(dealt), ways, exact) == (6, 6, True)
    assert (np.isnan(dealt) == np.isnan(profiles)).all()
    assert len({d.tobytes() for d in dealt}) == 6


@given(st.text("abc", max_size=6))
def test_arrangements_are_all_distinct_orders(word):
    found = [tuple(order) for order in _arrangements(Counter(word))]
    assert sorted(found) == sorted(set(permutations(word))) and len(found) == _ways(Counter(word))


# ---- in words ------------------------------------------------------------------------------------------------------


def test_predictions_table_shows_a_row_where_both_readings_are_alike(four):
    cohort = four()
    table = predictions_table(pattern_match(cohort), cohort)
    assert table["read as"].tolist() == ["either"] * 5 and table.index.tolist() == ["Power"] * 3 + ["Rival"] * 2
    assert table["match"].tolist() == ["yes", "yes", "no", "no", "no"]
    assert table["expects"].iloc[2] == "neither more nor less: Threat, where Power = equal"


def test_predictions_table_keeps_the_readings_apart_where_they_differ(four):
    cohort = four()
    codings = cohort.codings.copy()
    codings.loc[codings["code"] == "delay", "valence"] = "strategy"
    cohort = cohort.with_tables(codings=codings)
    mine = predictions_table(pattern_match(cohort), cohort)
    mine = mine[mine["expects"].str.contains("Delay, where Power")]
    assert mine["match"].tolist() == ["", "yes"] and mine["reason"].tolist() == [
        "none of the 4 sites compared raises it",
        "",
    ]


def test_scores_in_words_gives_share_and_floor_of_theory_and_rival(four):
    cohort = four()
    said = scores_in_words(theory_scores(cohort), cohort)
    assert "**Power**, in either reading: 2 of 3 predictions match" in said
    assert "2 of all 6 (0.333; the smallest possible is 0.333)" in said and "**Rival**" in said
    assert "None could be, with so few sites" in said


def test_predictions_table_tests_no_single_prediction_below_three_sites_a_side(four):
    cohort = four()
    table = predictions_table(pattern_match(cohort), cohort)
    assert table["sides"].tolist() == ["2 against 2"] * 3 + ["1 against 3"] * 2
    assert table["sites"].str.endswith("; not tested").all() and set(table["source"]) == {"Invented"}


def test_scores_in_words_makes_names_literal(four):
    cohort = four([("p1", "<b>*Power*", "power", "equal", "delay", "+")])
    said = scores_in_words(theory_scores(cohort), cohort)
    assert "<b>" not in said.replace("\\<", "") and "\\*Power\\*" in said


def test_scores_in_words_of_a_cohort_without_predictions_gives_the_reason(tiny):
    assert scores_in_words(theory_scores(tiny), tiny).startswith("Not assessable: this cohort has no table")


# ---- what ships ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["af4q", "bqi"])
def test_shipped_predictions_name_their_source(name):
    from casestudy import load_cohort

    predictions = load_cohort(name).predictions
    assert 6 <= len(predictions) <= 12 and predictions["source"].str.startswith("Capacity study (section ").all()


def test_teaching_cohort_bears_out_what_was_planted():
    from casestudy import load_cohort

    cohort = load_cohort("teaching").with_plan(B=50)
    table = pattern_match(cohort, "documented").set_index("prediction")["match"]
    key = cohort.truth("predictions").set_index("prediction")["holds"].eq("yes")
    assert table.to_dict() == key.to_dict()
