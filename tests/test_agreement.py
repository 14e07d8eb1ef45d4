from itertools import combinations
from types import SimpleNamespace

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.methods import agreement
from casestudy.methods.agreement import units

NAN = np.nan
# Four coders, twelve units: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.
TABLE = pd.DataFrame(
    {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        "C": [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    }
)
# Ten segments, two coders: the worked example of the ATLAS.ti manual.
TEN = pd.DataFrame({"A": map(int, "1100000000"), "B": map(int, "0110010100")})
# A 3 x 3 table from the vignette of the R package irrCAC.
THREE = pd.DataFrame(
    [
        (row, column)
        for row, counts in enumerate([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
        for column, n in enumerate(counts)
        for _ in range(n)
    ]
)
# Sets of codes; values as computed by nltk.metrics.agreement.
SETS = pd.DataFrame(
    {
        "A": map(frozenset, ["R", "PR", "P", "", "S", "SP", "R", ""]),
        "B": map(frozenset, ["R", "R", "P", "P", "S", "SP", "RS", ""]),
    }
)
BEYOND_CHANCE = (
    agreement.krippendorff_alpha,
    agreement.fleiss_kappa,
    agreement.gwet_ac1,
    agreement.cohen_kappa,
)
ALL = (*BEYOND_CHANCE, agreement.percent_agreement)
TABLES = (
    agreement.agreement_by_code,
    agreement.coder_pairs,
    agreement.confusions,
    agreement.disagreements,
    agreement.valence_agreement,
)


def ratings(coders=(2, 4), values=(0, 1, 2, 5)):
    """Draw a table of up to twelve units, with gaps."""
    cell = st.sampled_from([*values, NAN])
    return st.integers(*coders).flatmap(
        lambda n: st.lists(st.lists(cell, min_size=n, max_size=n), min_size=1, max_size=12).map(
            lambda rows: pd.DataFrame(rows, dtype=float)
        )
    )


def same(one, two):
    return one == pytest.approx(two, abs=1e-9, nan_ok=True)


# ---- statistics -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "value"), [("nominal", 0.7434), ("ordinal", 0.8154), ("interval", 0.8491), ("ratio", 0.7974)]
)
def test_krippendorff_alpha_gives_the_published_values(level, value):
    assert round(agreement.krippendorff_alpha(TABLE, level), 4) == value


def test_krippendorff_alpha_is_nominal_unless_told():
    assert agreement.krippendorff_alpha(TABLE) == agreement.krippendorff_alpha(TABLE, "nominal")


def test_krippendorff_alpha_of_ten_segments():
    assert agreement.krippendorff_alpha(TEN) == pytest.approx(0.0952, abs=5e-5)
    assert agreement.percent_agreement(TEN) == pytest.approx(0.6)


def test_coefficients_of_the_three_by_three_table():
    found = [function(THREE) for function in (agreement.cohen_kappa, agreement.gwet_ac1)]
    found += [agreement.krippendorff_alpha(THREE), agreement.percent_agreement(THREE)]
    assert found == pytest.approx([0.79641, 0.84933, 0.79726, 0.89], abs=5e-6)


def test_coefficients_with_missing_ratings_follow_gwet():
    assert agreement.fleiss_kappa(TABLE) == pytest.approx(0.76117, abs=5e-6)
    assert agreement.gwet_ac1(TABLE) == pytest.approx(0.77544, abs=5e-6)


@pytest.mark.parametrize(("distance", "value"), [("jaccard", 0.676840), ("masi", 0.642045), ("nominal", 0.575472)])
def test_set_alpha_gives_the_reference_values(distance, value):
    assert agreement.set_alpha(SETS, distance) == pytest.approx(value, abs=5e-7)


@pytest.mark.parametrize("level", agreement.LEVELS)
@given(table=ratings())
@settings(max_examples=60, deadline=None)
def test_krippendorff_alpha_agrees_with_the_krippendorff_package(level, table):
    paired = table[table.notna().sum(axis=1) > 1]
    ours = agreement.krippendorff_alpha(table, level)
    if paired.stack().nunique() < 2:
        assert np.isnan(ours)
    else:
        theirs = krippendorff.alpha(reliability_data=paired.to_numpy().T, level_of_measurement=level)
        assert same(ours, theirs)


@pytest.mark.parametrize("statistic", ALL)
@given(table=ratings(coders=(2, 2)), data=st.data())
@settings(max_examples=30, deadline=None)
def test_statistics_ignore_order_and_names(statistic, table, data):
    units = data.draw(st.permutations(range(len(table))))
    names = dict(zip((0, 1, 2, 5), data.draw(st.permutations(["a", "b", "c", "d"])), strict=True))
    changed = table.iloc[units, ::-1].apply(lambda coder: coder.map(names))
    assert same(statistic(table), statistic(changed))


@pytest.mark.parametrize("level", ["ordinal", "interval", "ratio"])
@given(table=ratings(), data=st.data())
@settings(max_examples=30, deadline=None)
def test_krippendorff_alpha_ignores_order_at_every_level(level, table, data):
    units = data.draw(st.permutations(range(len(table))))
    changed = table.iloc[units, ::-1]
    assert same(agreement.krippendorff_alpha(table, level), agreement.krippendorff_alpha(changed, level))


@pytest.mark.parametrize("statistic", ALL)
@given(answers=st.lists(st.sampled_from("abc"), min_size=2).filter(lambda a: len(set(a)) > 1))
@settings(max_examples=20, deadline=None)
def test_statistics_are_one_for_perfect_agreement(statistic, answers):
    assert statistic(pd.DataFrame({"A": answers, "B": answers})) == pytest.approx(1)


@pytest.mark.parametrize("statistic", BEYOND_CHANCE)
@pytest.mark.parametrize("value", [0, 1, "a"])
def test_coefficients_are_nan_with_no_variation(statistic, value):
    assert np.isnan(statistic(pd.DataFrame({"A": [value] * 5, "B": [value] * 5})))


@pytest.mark.parametrize("statistic", (*ALL, agreement.specific_agreement, agreement.set_alpha))
@pytest.mark.parametrize("table", [{"A": [], "B": []}, {"A": [NAN, NAN], "B": [NAN, NAN]}])
def test_statistics_are_nan_without_ratings(statistic, table):
    assert np.isnan(statistic(pd.DataFrame(table)))


@pytest.mark.parametrize("statistic", (*ALL, agreement.specific_agreement))
def test_statistics_are_nan_if_no_unit_has_two_ratings(statistic):
    assert np.isnan(statistic(pd.DataFrame({"A": [1, NAN, 0], "B": [NAN, 0, NAN]})))


def test_percent_agreement_needs_no_variation():
    assert agreement.percent_agreement(pd.DataFrame({"A": [0, 0], "B": [0, 0]})) == 1


@given(table=ratings())
@settings(max_examples=30, deadline=None)
def test_percent_agreement_is_the_mean_over_units_of_the_pairs(table):
    rows = [[a == b for a, b in combinations(row.dropna(), 2)] for _, row in table.iterrows()]
    shares = [np.mean(pairs) for pairs in rows if pairs]
    assert same(agreement.percent_agreement(table), np.mean(shares) if shares else NAN)


@given(table=ratings(values=(0, 1)))
@settings(max_examples=30, deadline=None)
def test_specific_agreement_sums_the_pairs_of_coders(table):
    pairs = [
        sorted(pair)
        for one, two in combinations(table, 2)
        for pair in table[[one, two]].dropna().itertuples(index=False)
    ]
    both, either = pairs.count([1, 1]), pairs.count([0, 1])
    expected = 2 * both / (2 * both + either) if both + either else NAN
    assert same(agreement.specific_agreement(table), expected)


@given(table=ratings(coders=(2, 2)))
@settings(max_examples=30, deadline=None)
def test_set_alpha_of_single_codes_is_nominal_alpha(table):
    sets = table.map(lambda value: frozenset([value]), na_action="ignore")
    for distance in agreement.DISTANCES:
        assert same(agreement.set_alpha(sets, distance), agreement.krippendorff_alpha(table))


def test_specific_agreement_refuses_other_values():
    with pytest.raises(ValueError, match="0 and 1"):
        agreement.specific_agreement(TABLE)


def test_cohen_kappa_refuses_a_third_coder():
    with pytest.raises(ValueError, match="two coders"):
        agreement.cohen_kappa(TABLE)


@pytest.mark.parametrize(
    ("table", "level", "said"), [(TABLE, "cardinal", "write one of"), (-TABLE, "ratio", "from 0 up")]
)
def test_krippendorff_alpha_refuses_what_it_cannot_measure(table, level, said):
    with pytest.raises(ValueError, match=said):
        agreement.krippendorff_alpha(table, level)


@pytest.mark.parametrize("level", ["ordinal", "interval", "ratio"])
def test_krippendorff_alpha_refuses_words_where_it_needs_numbers(level):
    with pytest.raises(ValueError, match="needs numbers"):
        agreement.krippendorff_alpha(pd.DataFrame({"A": ["low", "high"], "B": ["low", "low"]}), level)


def test_set_alpha_refuses_an_unknown_distance():
    with pytest.raises(ValueError, match="jaccard"):
        agreement.set_alpha(SETS, "euclid")


# ---- tables on a cohort ---------------------------------------------------------------------------------------

PLAN = {"B": 200, "seed": 2007, "ci_level": 0.95, "alpha_ok": 0.8, "alpha_min": 0.667, "wave": 1}


def frame(columns, rows=()):
    return pd.DataFrame(list(rows), columns=columns.split())


def stand_in(coded, segments=None, coders="ABC", codes=("money", "trust"), assignments=None, **plan):
    """Make a cohort from `coded`, (segment, code, coders[, valence]), with segments (segment, source, site)."""
    segments = segments or [(f"s{n}", f"i{n}", "north") for n in range(1, 5)]
    sources = dict.fromkeys(source for _, source, _ in segments)
    read = assignments or [(coder, source, "independent") for coder in coders for source in sources]
    rows = [(s, code, who, *valence) for s, code, names, *valence in coded for who in names]
    codings = frame("segment code coder valence", [(*row, "challenge")[:4] for row in rows])
    return SimpleNamespace(
        segments=frame("segment source site", segments).assign(speaker="", text="words"),
        sources=frame("source", [(source,) for source in sources]).assign(site="", wave=1),
        codings=codings.assign(round="independent"),
        codebook=frame("code label kind active", [(code, code.title(), "challenge", "") for code in codes]),
        assignments=frame("coder source round", read),
        plan=SimpleNamespace(**{**PLAN, **plan}),
    )


def many(n=60, coders="ABC", disagree=(), code="money", **more):
    """Every third segment is given the code by all, except `disagree`: there by the first coder only."""
    segments = [(f"s{n}", f"i{n // 2}", f"site{n % 4 // 2}") for n in range(n)]
    coded = [(f"s{n}", code, coders[0] if n in disagree else coders) for n in range(0, n, 3)]
    return stand_in(coded, segments, coders, **more)


def test_code_ratings_tells_zero_from_not_assigned():
    read = [("A", "i1", "independent"), ("B", "i1", "independent")]
    read += [(coder, "i2", "independent") for coder in "ABC"]
    cohort = stand_in([("s1", "money", "AC"), ("s2", "money", "C")], assignments=read)
    found = agreement.code_ratings(cohort, "money")
    expected = pd.DataFrame([[1.0, 0.0, NAN], [0.0, 0.0, 1.0]], index=["s1", "s2"], columns=list("ABC"))
    pd.testing.assert_frame_equal(found, expected, check_names=False)


def test_code_ratings_leaves_out_interviewers_other_waves_and_other_rounds():
    cohort = stand_in([("s1", "money", "A"), ("s4", "money", "AB")])
    cohort.segments.loc[1, "speaker"] = "interviewer"
    cohort.sources.loc[2, "wave"] = 2
    cohort.codings.loc[cohort.codings["segment"] == "s4", "round"] = "consensus"
    found = agreement.code_ratings(cohort, "money")
    assert found.index.tolist() == ["s1", "s4"]
    assert found.loc["s4"].tolist() == [0, 0, 0]


def test_code_ratings_names_an_unknown_code():
    with pytest.raises(KeyError, match="'monney' is not in the codebook"):
        agreement.code_ratings(stand_in([]), "monney")


def test_agreement_by_code_repeats_the_statistics_on_its_ratings():
    cohort = many(disagree=(3, 9, 12))
    row = agreement.agreement_by_code(cohort).iloc[0]
    table = agreement.code_ratings(cohort, "money")
    names = ["percent", "positive_agreement", "ac1", "estimate"]
    functions = (agreement.percent_agreement, agreement.specific_agreement, agreement.gwet_ac1)
    expected = [function(table) for function in (*functions, agreement.krippendorff_alpha)]
    assert row[names].tolist() == pytest.approx(expected)
    assert (row["n"], row["positive"]) == (60, 20)


def test_agreement_by_code_has_its_columns_and_skips_codes_out_of_use():
    cohort = many()
    cohort.codebook.loc[1, "active"] = "no"
    found = agreement.agreement_by_code(cohort)
    assert " ".join(found.columns) == (
        "code label kind positive percent positive_agreement ac1 estimate lo hi n share_above_min method status "
        "reason decision"
    )
    assert found["code"].tolist() == ["money"]


def test_agreement_by_code_resamples_whole_sources_within_site():
    cohort = many(disagree=(3, 9, 12), B=4000)
    row = agreement.agreement_by_code(cohort).iloc[0]
    table = agreement.code_ratings(cohort, "money").reset_index(drop=True)
    source, rng = pd.factorize(cohort.segments["source"])[0], np.random.default_rng(1)
    site = cohort.segments.groupby(source)["site"].first()
    units = [np.flatnonzero(source == number) for number in range(len(site))]
    alphas = []
    for _ in range(300):
        drawn = [rng.choice(group.index, len(group)) for _, group in site.groupby(site)]
        drawn = np.concatenate([units[number] for number in np.concatenate(drawn)])
        alphas.append(agreement.krippendorff_alpha(table.iloc[drawn]))
    assert [row["lo"], row["hi"]] == pytest.approx(np.quantile(alphas, [0.025, 0.975]), abs=0.03)
    assert row["share_above_min"] == pytest.approx(np.mean(np.array(alphas) >= 0.667), abs=0.1)


def test_agreement_by_code_draws_within_the_site():
    # one site where all agree, one where none do: drawn within sites, the mix never changes
    segments = [(f"s{n}", f"i{n}", "calm" if n < 10 else "torn") for n in range(20)]
    coded = [(f"s{n}", "money", "AB" if n < 10 else "A") for n in range(20)]
    row = agreement.agreement_by_code(stand_in(coded, segments, "AB")).iloc[0]
    assert row["lo"] == pytest.approx(row["estimate"]) == pytest.approx(row["hi"])


def test_agreement_by_code_is_repeatable_and_depends_on_the_seed():
    first, again = (agreement.agreement_by_code(many(disagree=(3, 9, 12))) for _ in "12")
    pd.testing.assert_frame_equal(first, again)
    other = agreement.agreement_by_code(many(disagree=(3, 9, 12), seed=1))
    assert first["lo"][0] != other["lo"][0]


@pytest.mark.parametrize(
    ("cohort", "decision"),
    [
        (many(disagree=(3,)), "reliable"),
        (many(disagree=(3,), alpha_ok=0.99), "tentative"),
        (many(disagree=(3,), alpha_min=0.94, alpha_ok=0.94), "tentative"),
        (many(disagree=range(0, 36)), "unreliable"),
        (many(n=27), "too_rare"),
        (many(n=0), "not_estimable"),
        (many(coders="A"), "not_estimable"),
    ],
)
def test_agreement_by_code_decides(cohort, decision):
    assert agreement.agreement_by_code(cohort)["decision"][0] == decision


def test_agreement_by_code_explains_a_code_that_never_or_always_occurs():
    coded = [(f"s{n}", "money", "ABC") for n in range(1, 5)]
    found = agreement.agreement_by_code(stand_in(coded)).set_index("code")
    assert found["status"].tolist() == ["not_estimable"] * 2
    assert found["reason"].tolist() == ["every coder gave this code to every segment", "no coder gave this code"]


def test_agreement_by_code_gives_no_interval_from_one_source():
    segments = [(f"s{n}", "i1", "north") for n in range(30)]
    row = agreement.agreement_by_code(stand_in([("s1", "money", "AB"), ("s2", "money", "ABC")], segments)).iloc[0]
    assert row["status"] == "ok" and "one source" in row["reason"]
    assert row[["lo", "hi", "share_above_min"]].isna().all() and row["estimate"] > 0


def test_agreement_by_code_says_that_perfect_agreement_has_no_interval():
    row = agreement.agreement_by_code(many()).iloc[0]
    assert row["estimate"] == row["lo"] == row["hi"] == 1 and "never differ" in row["reason"]


def test_agreement_by_code_says_when_it_guesses_who_read_what():
    cohort = many()
    cohort.assignments = cohort.assignments.iloc[:0]
    found = agreement.agreement_by_code(cohort)
    assert found["method"].str.contains("no table of assignments").all()
    assert not agreement.agreement_by_code(many())["method"].str.contains("no table").any()


def test_agreement_by_code_counts_sites_of_one_source_together():
    # one source a site: drawn within sites nothing would vary, and the interval would be a point
    segments = [(f"s{n}", f"i{n}", f"site{n}") for n in range(20)]
    coded = [(f"s{n}", "money", "A" if n == 3 else "AB") for n in range(0, 20, 3)]
    row = agreement.agreement_by_code(stand_in(coded, segments, "AB")).iloc[0]
    assert row["lo"] < row["estimate"] < row["hi"]


def test_strata_take_the_site_of_the_source_then_the_only_site_of_its_segments():
    segments = [("s1", "i1", "north"), ("s2", "i1", "south"), ("s3", "i2", "north"), ("s4", "i3", "north")]
    cohort = stand_in([], [*segments, ("s5", "i3", ""), ("s6", "i4", "south"), ("s7", "i5", "")])
    cohort.sources.loc[4, "site"] = "south"
    strata = units._strata(cohort, pd.Index(["i1", "i2", "i3", "i4", "i5"]))
    assert strata.tolist() == ["", "north", "north", "south", "south"]


def test_coder_pairs_gives_set_alpha_and_rates():
    coded = [
        ("s1", "money", "AB"),
        ("s2", "money", "A"),
        ("s2", "trust", "AB"),
        ("s3", "trust", "B"),
        ("s4", "money", "B"),
    ]
    row = agreement.coder_pairs(stand_in(coded, coders="AB")).iloc[0]
    sets = {"A": [{"money"}, {"money", "trust"}, set(), set()], "B": [{"money"}, {"trust"}, {"trust"}, {"money"}]}
    assert row["estimate"] == pytest.approx(agreement.set_alpha(pd.DataFrame(sets)))
    assert row[["n", "percent", "rate_1", "rate_2", "rate_ratio"]].tolist() == [4, 0.25, 0.75, 1, 0.75]
    assert row["lo"] < row["estimate"] < row["hi"]


def test_coder_pairs_counts_only_segments_both_read():
    read = [
        (coder, source, "independent")
        for coder, sources in (("A", "12"), ("B", "123"), ("C", "3"))
        for source in sources
    ]
    segments = [(f"s{n}", str(n), "") for n in range(1, 4)]
    found = agreement.coder_pairs(stand_in([("s1", "money", "AB")], segments, assignments=read))
    assert found[["coder_1", "coder_2", "n"]].to_numpy().tolist() == [["A", "B", 2], ["A", "C", 0], ["B", "C", 1]]
    assert found["reason"].tolist()[1:] == [
        "they read no segment in common",
        "both gave all segments one and the same set of codes",
    ]


def test_coder_pairs_explains_a_missing_ratio():
    row = agreement.coder_pairs(stand_in([("s1", "money", "A")], coders="AB")).iloc[0]
    assert np.isnan(row["rate_ratio"]) and row["reason"] == "no ratio: the second coder gave no code"


def test_confusions_counts_segments_once():
    coded = [("s1", "money", "AB"), ("s1", "trust", "C"), ("s2", "money", "AB"), ("s2", "trust", "A")]
    coded += [("s3", "money", "A"), ("s3", "trust", "AB"), ("s4", "time", "ABC")]
    found = agreement.confusions(stand_in(coded, codes=("money", "trust", "time")))
    assert found[["code_1", "code_2", "n", "segments"]].to_numpy().tolist() == [["money", "trust", 1, "s1"]]
    assert found["share"][0] == pytest.approx(1 / 3)


def test_confusions_puts_the_most_frequent_first_and_names_five():
    segments = [(f"s{n}", "i1", "") for n in range(7)]
    coded = [("s0", "a", "A"), ("s0", "b", "B")] + [
        (f"s{n}", *g) for n in range(1, 7) for g in (("b", "A"), ("c", "B"))
    ]
    found = agreement.confusions(stand_in(coded, segments, "AB", codes="abc"))
    assert found[["code_1", "code_2", "n"]].to_numpy().tolist() == [["b", "c", 6], ["a", "b", 1]]
    assert found["segments"][0] == "s1;s2;s3;s4;s5"


def test_disagreements_names_who_gave_what():
    coded = [("s1", "money", "AB", "barrier"), ("s1", "money", "B", "strategy"), ("s2", "money", "ABC")]
    found = agreement.disagreements(stand_in([*coded, ("s3", "money", "A"), ("s3", "trust", "B")]))
    assert found["segment"].tolist() == ["s3", "s3", "s1"]
    row = found.drop(columns=["site", "text"]).iloc[2].tolist()
    assert row == ["s1", "money", "A;B", "C", "barrier;barrier/strategy", "ok", ""]


def test_disagreements_leaves_out_coders_who_were_not_assigned():
    read = [(coder, "i1", "independent") for coder in "AB"] + [(coder, "i2", "independent") for coder in "ABC"]
    coded = [("s1", "money", "A"), ("s1", "trust", "ABC"), ("s1", "time", "C")]
    found = agreement.disagreements(stand_in(coded, codes=("money", "trust", "time"), assignments=read))
    assert found[["code", "given_by", "not_given_by"]].to_numpy().tolist() == [["money", "A", "B"]]


def test_disagreements_counts_only_assignments_of_the_independent_round():
    read = [(coder, "i1", "independent") for coder in "AB"] + [("C", "i1", "consensus")]
    found = agreement.disagreements(stand_in([("s1", "money", "A")], assignments=read))
    assert found["not_given_by"].tolist() == ["B"]


def test_valence_agreement_compares_those_who_gave_the_code():
    coded = [("s1", "money", "AB"), ("s1", "money", "C", "strategy"), ("s2", "money", "AB"), ("s3", "money", "A")]
    found = agreement.valence_agreement(stand_in(coded)).set_index("code")
    assert found.loc["money", ["n", "estimate"]].tolist() == pytest.approx([2, 2 / 3])
    assert found.loc["money", "alpha"] == pytest.approx(1 - 4 * 2 / 8)
    assert found.loc["trust", "reason"] == "no segment was given this code by two coders"


def test_valence_agreement_explains_every_blank_at_once():
    row = agreement.valence_agreement(stand_in([("s1", "money", "AB")])).iloc[0]
    assert row["estimate"] == 1 and row[["lo", "alpha"]].isna().all()
    assert row["reason"] == "no interval: all in one source; no alpha: only one valence was given"


@pytest.mark.parametrize("table", TABLES)
def test_tables_say_that_one_coder_is_not_enough(table):
    found = table(many(coders="A"))
    assert set(found["status"]) == {"not_estimable"}
    assert set(found["reason"]) == {"only one coder read each segment"}


@pytest.mark.parametrize("table", TABLES)
def test_tables_say_that_nobody_read_this_wave(table):
    found = table(many(wave=3))
    assert set(found["status"]) == {"not_assessable"}
    assert set(found["reason"]) == {"no segment of wave 3 was read independently"}


@pytest.mark.parametrize("table", TABLES)
def test_tables_stand_empty_cohorts(table):
    cohort = stand_in([], codes=())
    for name in ("segments", "sources", "codings", "assignments"):
        setattr(cohort, name, getattr(cohort, name).iloc[:0].astype(str))
    assert set(table(cohort)["status"]) <= {"not_assessable"}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("missing", ["codebook", "codings"])
def test_tables_stand_a_cohort_without_codes_or_codings(table, missing):
    cohort = many()
    setattr(cohort, missing, getattr(cohort, missing).iloc[:0])
    assert set(table(cohort)["status"]) <= {"not_estimable"}


@pytest.mark.parametrize("table", TABLES)
def test_tables_explain_every_blank(table):
    found = table(many(disagree=(3, 9)))
    blank = found.drop(columns=["reason"]).isna().any(axis=1)
    assert (found.loc[blank, "reason"] != "").all()


def test_explained_says_why_an_interval_has_no_width():
    assert units.explained(("ok", ""), 0.0, 0.0, 0.0, "") == (
        "ok",
        "every resample gives this same value, so resampling cannot say how sure that is",
    )
