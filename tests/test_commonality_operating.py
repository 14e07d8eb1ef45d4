"""What the presence rule sees and wrongly sees: reference values, every outcome counted, planted errors found again."""

from itertools import product
from math import prod

import numpy as np
import pandas as pd
import pytest
from conftest import write_tiny
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from casestudy.cohort.cohort import load_cohort
from casestudy.methods.commonality import (
    called_present,
    coding_errors,
    false_informant,
    false_presence,
    missed,
    operating_characteristics,
)
from casestudy.methods.commonality.errors import reference

SITE = [40] * 17  # seventeen interviews of forty answers, as in the reference values


# ---- the chances -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("specificity", "j", "chance"),
    [
        (0.990, 1, 0.331),
        (0.997, 1, 0.113),
        (0.999, 1, 0.039),
        (0.990, 2, 0.061),
        (0.997, 2, 0.0065),
        (0.999, 2, 0.0008),
    ],
)
def test_false_informant_gives_the_reference_values(specificity, j, chance):
    assert false_informant(specificity, 40, j) == pytest.approx(chance, abs=0.0005)


@pytest.mark.parametrize(
    ("specificity", "j", "low", "high"),
    [(0.990, 1, 0.92, 1), (0.997, 1, 0.300, 0.302), (0.999, 1, 0.02, 0.04), (0.997, 2, 0.0001, 0.0002)],
)
def test_false_presence_gives_the_reference_values(specificity, j, low, high):
    assert low <= false_presence(specificity, SITE, j, k=3) <= high


@pytest.mark.parametrize(
    ("share", "power"), [(0.2, (0.60, 0.69, 0.76)), (0.3, (0.87, 0.92, 0.95)), (0.4, (0.97, 0.99, 0.99))]
)
def test_missed_gives_the_reference_power_if_every_raiser_is_seen(share, power):
    found = [1 - missed(share, 1, np.zeros(voices), k=3) for voices in (15, 17, 19)]
    assert found == pytest.approx(power, abs=0.0055)


@pytest.mark.parametrize(("share", "power"), [(0.2, 0.22), (0.3, 0.71), (0.4, 0.94)])
def test_missed_gives_the_reference_power_at_all_four_sites(share, power):
    found = prod(1 - missed(share, 1, np.zeros(voices), k=3) for voices in (15, 16, 18, 19))
    assert found == pytest.approx(power, abs=0.0055)


def test_missed_counts_false_readings_of_the_others_as_seen():
    assert missed(0.3, 0.9, [0.1] * 12, k=3) == pytest.approx(binom.cdf(2, 12, 0.3 * 0.9 + 0.7 * 0.1))


def test_missed_of_nobody_is_all_but_the_false_presence():
    false = false_informant(0.98, np.array([30, 40, 50, 60]), 1)
    assert 1 - missed(0, 0.9, false, 2) == pytest.approx(false_presence(0.98, [30, 40, 50, 60], 1, 2))


chances = st.lists(st.tuples(st.floats(0, 1), st.sampled_from("pqr")), min_size=1, max_size=6)


@given(voices=chances, k=st.integers(1, 4), m=st.integers(1, 3))
def test_called_present_is_the_sum_over_every_outcome(voices, k, m):
    total = 0
    for said in product((0, 1), repeat=len(voices)):
        raisers = {group for yes, (_, group) in zip(said, voices, strict=True) if yes}
        if sum(said) >= k and len(raisers) >= m:
            total += prod(p if yes else 1 - p for yes, (p, _) in zip(said, voices, strict=True))
    found = called_present([p for p, _ in voices], k, [group for _, group in voices], m)
    assert found == pytest.approx(total, abs=1e-9)


def test_called_present_takes_many_draws_at_once():
    several = np.array([[0.1, 0.5, 0.9], [0.2, 0.2, 0.2]])
    one_by_one = [called_present(row, 2, ["p", "q", "q"], 2) for row in several]
    assert called_present(several, 2, ["p", "q", "q"], 2) == pytest.approx(one_by_one)


# ---- how often coders err ----------------------------------------------------------------------------------------


def said(who, segment, coder="", code="money", valence="challenge", **extra):
    """One segment of an informant (site first letter), coded by a coder; without one, nobody coded it."""
    named = {"segment": f"{who}-{segment}", **extra}
    site, group = {"n": "north", "s": "south"}[who[0]], "pq"[int(who[1]) % 2]
    return (site, who, group, code, valence, {**named, "coder": coder}) if coder else (site, who, group, "", "", named)


def settled(who, segment, **extra):
    return said(who, segment, "agreed", round="consensus", **extra)


SPOKEN = [said(who, n) for who in ("n1", "n2") for n in range(1, 6)]  # five segments each
CODED = [
    *[settled("n1", n) for n in (1, 2, 3)],
    *[said("n1", n, "ana") for n in (1, 2, 4)],  # misses 3, sees 4
    *[said("n1", n, "ben") for n in (1, 2, 3)],
    said("n2", 1, "ana"),  # a source that was not settled
]
CODERS = [{"coder": c, "label": c, "kind": "human"} for c in ("ana", "ben", "agreed")]


def coded(make_cohort, told, kinds=None, plan=None, **tables):
    """A cohort of codings told by `said`: the coded rows after the bare ones, so that every segment is known."""
    kinds = kinds or {}
    rows = {row["coder"]: {**row, "kind": kinds.get(row["coder"], "human")} for row in CODERS}
    return make_cohort(
        [*SPOKEN, *told], plan or {"m": 1, "k": 1}, codes=["money"], coders=list(rows.values()), **tables
    )


def of(table, coder="", code=""):
    return table[(table["coder"] == coder) & (table["code"] == code)].iloc[0]


def test_coding_errors_counts_what_was_missed_and_what_was_not_there(make_cohort):
    table = coding_errors(coded(make_cohort, CODED))
    ana, ben, every = (of(table, coder) for coder in ("ana", "ben", ""))
    assert ana[["found", "positives", "false", "negatives"]].tolist() == [2, 3, 1, 2]
    assert (ana["sensitivity"], ana["specificity"]) == pytest.approx((2 / 3, 1 / 2))
    assert (ben["sensitivity"], ben["specificity"]) == (1, 1)
    assert every[["found", "positives", "false", "negatives"]].tolist() == [5, 6, 1, 4]
    assert set(table["source"]) == {"consensus"} and set(table["status"]) == {"ok"}


def test_coding_errors_goes_by_the_reading(make_cohort):
    told = [settled("n1", 1), said("n1", 1, "ana", valence="strategy")]
    cohort = coded(make_cohort, told)
    assert of(coding_errors(cohort), "ana")["sensitivity"] == 0
    assert of(coding_errors(cohort, "documented"), "ana")["sensitivity"] == 1


def test_coding_errors_says_where_nothing_shows_the_code(make_cohort):
    told = [said("n1", 1, "ana"), settled("n1", 1, valence="not_here")]
    row = of(coding_errors(coded(make_cohort, told)))
    assert (row["status"], row["reason"]) == ("not_estimable", "none of these segments shows it")
    assert np.isnan(row["sensitivity"]) and row["specificity"] == 4 / 5


def test_coding_errors_takes_a_human_reader_as_the_measure_of_models(make_cohort):
    told = [row for row in CODED if row[5]["coder"] != "agreed"]
    table = coding_errors(coded(make_cohort, told, {"ana": "model"}))
    assert set(table["source"]) == {"human reader"} and set(table["coder"]) == {"", "ana"}
    assert of(table, "ana")[["found", "positives", "false"]].tolist() == [2, 3, 2]  # n2: ben found nothing


@pytest.mark.parametrize(
    ("told", "kinds", "reason"),
    [
        (CODED, dict.fromkeys(("ana", "ben", "agreed"), "model"), "agreement among model coders is consistency"),
        (CODED[3:], {}, "no source was settled in a round `consensus`"),
        (CODED[3:], {"ana": "synthetic", "ben": "synthetic"}, "no source was settled in a round `consensus`"),
        ([settled("n1", 1)], {}, "no source settled in consensus was also read independently"),
    ],
)
def test_coding_errors_is_refused_where_nobody_shows_who_is_right(make_cohort, told, kinds, reason):
    tables = {"assignments": None} if len(told) == 1 else {}
    cohort = coded(make_cohort, told, kinds, **tables)
    for table in (coding_errors(cohort), operating_characteristics(cohort)):
        assert table["status"].tolist() == ["not_assessable"] and table["reason"].iloc[0].startswith(reason)


def test_coding_errors_finds_the_planted_errors_of_the_teaching_cohort(teaching, teaching_errors):
    planted = teaching.truth("coders").query("taken_for == ''").astype({"seen": float, "false": float})
    usual, loose = planted[planted["code"] == ""].iloc[0], planted[planted["code"] != ""].iloc[0]
    every, one = of(teaching_errors), of(teaching_errors, loose["coder"], loose["code"])
    assert every["sensitivity"] == pytest.approx(usual["seen"], abs=0.03)
    assert 1 - every["specificity"] == pytest.approx(usual["false"], abs=0.0015)
    assert one["sensitivity_lo"] <= loose["seen"] <= one["sensitivity_hi"]
    assert one["specificity_lo"] <= 1 - loose["false"] <= one["specificity_hi"]


# ---- the rule ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def teaching():
    return load_cohort("teaching").with_plan(B=200)


@pytest.fixture(scope="module")
def teaching_errors(teaching):
    return coding_errors(teaching)


@pytest.fixture(scope="module")
def table(teaching):
    return operating_characteristics(teaching)


@pytest.fixture(scope="module")
def given_rates(teaching):
    return operating_characteristics(teaching, 0.9, 0.997)


@pytest.fixture
def base(tmp_path):
    return load_cohort(write_tiny(tmp_path / "tiny"))


def test_operating_characteristics_uses_the_estimated_rates(table, teaching_errors):
    whole = teaching_errors.iloc[0]
    assert f"sensitivity {whole['sensitivity']:.4g}" in table["method"].iloc[0]
    assert f"specificity {whole['specificity']:.4g} (against the consensus)" in table["method"].iloc[0]


def test_operating_characteristics_has_every_chance_with_an_interval_around_it(table):
    assert set(table["status"]) == {"ok"} and set(table["j"]) == {1, 2, 3}
    assert (table["lo"] <= table["estimate"] + 1e-12).all() and (table["estimate"] <= table["hi"] + 1e-12).all()
    assert not table[["estimate", "lo", "hi"]].isna().any(axis=None)


def test_operating_characteristics_shows_why_the_plan_asks_for_two(table):
    false = table[(table["scope"] == "some site") & (table["share"] == 0)].set_index("j")["estimate"]
    assert false[1] > 0.5 and false[2] < 0.01


def test_operating_characteristics_grows_with_the_share_and_falls_with_j(table):
    curves = table[table["scope"] != "voice"].pivot(index=["scope", "site", "share"], columns="j", values="estimate")
    assert (curves.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    steps = curves.groupby(["scope", "site"]).diff().dropna()
    assert (steps >= 0).all(axis=None)


def test_operating_characteristics_joins_the_sites(given_rates):
    rows = given_rates[(given_rates["j"] == 2) & (given_rates["share"] == 0.3)].groupby("scope")["estimate"].agg(list)
    assert rows["every site"][0] == pytest.approx(prod(rows["site"]))
    assert rows["some site"][0] == pytest.approx(1 - prod(1 - chance for chance in rows["site"]))


def test_operating_characteristics_of_given_rates_has_no_interval_and_says_so(given_rates):
    assert given_rates[["lo", "hi"]].isna().all(axis=None)
    assert set(given_rates["reason"]) == {"no interval: both rates were given, not estimated"}


def test_operating_characteristics_keeps_the_other_rate_uncertain(teaching):
    rows = operating_characteristics(teaching, specificity=1.0).query("scope == 'site' and j == 2")
    assert (rows.query("share == 0")["hi"] == 0).all()
    assert (rows.query("share == .3")["lo"] < rows.query("share == .3")["hi"]).all()


@pytest.mark.parametrize("scope", ["site", "voice"])
def test_operating_characteristics_follows_the_segments_and_groups_heard(make_cohort, scope):
    told = [said(who, n, "ana") for who in ("n1", "n2") for n in (1, 2)] + [("north", "n3", "q")]
    cohort = coded(make_cohort, told, plan={"j": 2, "k": 2, "m": 2})
    rows = (
        operating_characteristics(cohort, 0.8, 0.9).query("scope == @scope and j == 2").set_index("share")["estimate"]
    )
    false = [binom.sf(1, 5, 0.1), binom.sf(1, 5, 0.1), 0]  # n1 (q) and n2 (p) speak five segments each, n3 (q) none
    chances = {share: [share * 0.64 + (1 - share) * f for f in false] for share in (0.0, 0.3)}
    at_site = {share: c[1] * (1 - (1 - c[0]) * (1 - c[2])) for share, c in chances.items()}
    expected = at_site if scope == "site" else {0.0: sum(false) / 3, 1.0: 0.8**2}
    assert rows[list(expected)].tolist() == pytest.approx(list(expected.values()))


def test_operating_characteristics_takes_no_passing_mention_for_a_raiser(make_cohort):
    told = [*[said("n1", n, "ana") for n in (1, 2, 3)], said("n2", 1, "ana")]
    table = operating_characteristics(coded(make_cohort, told, plan={"j": 2, "k": 1, "m": 1}), 0.8, 0.9)
    seen = table.query("scope == 'voice' and measure == 'seen'").set_index("j")["estimate"]
    assert seen.tolist() == pytest.approx([binom.sf(j - 1, 3, 0.8) for j in (1, 2, 3)])


def test_operating_characteristics_does_not_judge_a_thin_site(make_cohort):
    cohort = coded(make_cohort, [*CODED, said("s1", 1, "ana")], plan={"j": 1, "k": 2, "m": 1})
    table = operating_characteristics(cohort)
    thin = table[table["site"] == "south"]
    assert set(thin["status"]) == {"not_assessable"} and thin["estimate"].isna().all()
    assert set(thin["reason"]) == {"only 1 voice heard here that could have raised it; the rule needs 2"}
    assert set(table.loc[table["scope"] == "every site", "reason"]) == {"fewer than two sites can be judged"}


def test_operating_characteristics_says_that_nobody_shows_how_much_a_raiser_says(base):
    silent = base.with_tables(codings=base.codings.iloc[:0])
    table = operating_characteristics(silent, 0.9, 0.99).query("scope == 'site'")
    assert table.groupby("measure")["status"].unique().str[0].to_dict() == {
        "false_presence": "ok",
        "seen": "not_estimable",
    }
    assert "how much a raiser says is not known" in table.query("measure == 'seen'")["reason"].iloc[0]


@pytest.mark.parametrize("rate", [-0.1, 1.1])
def test_operating_characteristics_refuses_what_is_no_chance(base, rate):
    with pytest.raises(ValueError, match=f"specificity is {rate}; it is a chance, write a number from 0 to 1"):
        operating_characteristics(base, 0.9, rate)


def test_operating_characteristics_reads_no_answer_key(table, teaching, tmp_path):
    pd.testing.assert_frame_equal(
        operating_characteristics(teaching.__class__(**{**vars(teaching), "folder": tmp_path})), table
    )


def test_reference_holds_only_what_was_settled(make_cohort):
    assert set(reference(coded(make_cohort, CODED)).answers["segment"]) == {"n1-1", "n1-2", "n1-3"}
