"""The cohort `alignment-teaching`: what was planted is in its tables, and the same seed gives the same files."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from casestudy.cohort.cohort import load_cohort
from casestudy.cohort.made import hashes, made_table, write_made
from casestudy.cohort.problems import CohortError
from casestudy.cohort.schema import TABLES
from casestudy.cohort.synthetic.alignment import CONDITIONS, OUTCOME, SITES, alignment_teaching
from casestudy.cohort.synthetic.alignment_survey import NORMAL, answer

# HIST CRED CONS SMALL, the most aligned site first
PLANTED = ["1111", "1111", "1110", "0101", "0111", "1011", "1110", "0001", "0011", "0100", "1000"]
PLANTED += ["0000", "0000", "1000"]
DISTINGUISHING = [*CONDITIONS, "balancing_competition"]
COMMON = ["leadership_credibility", "leadership_stability", "trust"]


@pytest.fixture(scope="module")
def made():
    """Return the cohort of seed 2007."""
    return alignment_teaching(2007)


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    """Return the folder of the cohort of seed 2007."""
    return write_made(made, tmp_path_factory.mktemp("made") / "alignment-teaching")


@pytest.fixture(scope="module")
def order(made):
    """Return the sites, the most aligned first."""
    return made.truth["sites"]["site"].tolist()


@pytest.fixture(scope="module")
def answers(made):
    """Return one row per respondent, reversed items turned round, blanks missing; index: site, respondent."""
    rows = made.tables["survey_responses"].merge(made.tables["survey_items"], on="item")
    rows = rows.merge(made.tables["survey_respondents"], on="respondent")
    value = pd.to_numeric(rows["value"])
    rows["value"] = value.where(rows["reverse"] == "no", 6 - value)
    return rows.pivot(index=["site", "respondent"], columns="item", values="value")


def _alpha(items):
    return 6 / 5 * (1 - items.var().sum() / items.sum(axis=1).var())


def _strengths(made, rater=None):
    """Return the mean strength, or that of one rater: sites in planted order, one column per factor."""
    rows = made.tables["site_factors"]
    rows = rows[rows["rater"] == rater] if rater else rows
    strength = rows["strength"].astype(int).groupby([rows["site"], rows["factor"]]).mean().unstack()
    return strength.loc[made.truth["sites"]["site"]]


def _facts(made):
    rows = made.tables["site_attributes"]
    return rows.pivot(index="site", columns="attribute", values="value").loc[made.truth["sites"]["site"]]


# ---- the files ----------------------------------------------------------------------------------------------------


def test_write_made_gives_a_cohort_that_loads(folder):
    cohort = load_cohort(folder)
    assert cohort.synthetic and cohort.plan.qca == CONDITIONS and cohort.plan.themes["leadership"]
    assert "synthetic" in cohort.title.lower() and "synthetic" in (folder / "README.md").read_text(encoding="utf-8")


def test_alignment_teaching_is_the_same_for_the_same_seed(folder, tmp_path):
    again = write_made(alignment_teaching(2007), tmp_path / "alignment-teaching")
    assert hashes(again) == hashes(folder)


def test_alignment_teaching_differs_for_another_seed(made):
    other = alignment_teaching(2008)
    assert other.truth["sites"]["site"].tolist() != made.truth["sites"]["site"].tolist()
    assert not other.tables["survey_responses"].equals(made.tables["survey_responses"])


def test_write_made_writes_every_table_and_truth_as_it_is(made, folder):
    for name, frame in made.tables.items():
        read = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        pd.testing.assert_frame_equal(read, frame, check_dtype=False)
    assert {path.stem for path in (folder / "truth").iterdir()} == set(made.truth)


def test_write_made_ends_lines_alike_everywhere(folder):
    assert not [path for path in folder.rglob("*") if path.is_file() and b"\r" in path.read_bytes()]


def test_write_made_refuses_a_folder_with_content(made, folder):
    before = hashes(folder)
    with pytest.raises(CohortError, match="give another name, or remove it"):
        write_made(made, folder)
    assert hashes(folder) == before


def test_write_made_takes_an_empty_folder_and_writes_readings(made, tmp_path):
    spoken = dataclasses.replace(made, readings={"09": "Three stand apart.\n"})
    (tmp_path / "empty").mkdir()
    assert load_cohort(write_made(spoken, tmp_path / "empty")).reading("09") == "Three stand apart.\n"


def test_write_made_leaves_nothing_of_a_faulty_cohort(made, tmp_path):
    sites = made.tables["sites"].iloc[1:]
    faulty = dataclasses.replace(made, tables=made.tables | {"sites": sites})
    with pytest.raises(CohortError, match="not in sites"):
        write_made(faulty, tmp_path / "faulty")
    assert list(tmp_path.iterdir()) == []


def test_hashes_name_files_below_the_folder(tmp_path):
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "a.csv").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert hashes(tmp_path) == {"truth/a.csv": empty}


def test_made_table_fills_and_leaves_out_columns():
    table = made_table("coders", [{"coder": "c1", "colour": "red"}, {"coder": "c2", "label": 2}])
    assert table.columns.tolist() == TABLES["coders"].names and table["label"].tolist() == ["", "2"]


# ---- the survey ---------------------------------------------------------------------------------------------------


def test_survey_has_forty_to_seventy_respondents_a_site_from_five_groups(made):
    people = made.tables["survey_respondents"]
    assert people["site"].unique().tolist() == SITES and len(SITES) == 14
    assert people.groupby("site").size().between(40, 70).all()
    assert people.groupby("site")["group"].nunique().eq(5).all()


def test_survey_frame_counts_those_who_answered(made):
    frame = made.tables["survey_frame"].astype({"invited": int, "responded": int})
    counted = made.tables["survey_respondents"].groupby(["site", "wave", "group"]).size()
    assert frame.set_index(["site", "wave", "group"])["responded"].sort_index().equals(counted.sort_index())
    assert (frame["invited"] >= frame["responded"]).all() and (frame["responded"] >= 3).all()


def test_survey_blanks_are_three_per_cent(made):
    values = made.tables["survey_responses"]["value"]
    assert abs((values == "").sum() - 0.03 * len(values)) <= 0.5
    assert set(values) == {"", "1", "2", "3", "4", "5"}


def test_survey_reverses_two_items(made, answers):
    raw = made.tables["survey_responses"].pivot(index="respondent", columns="item", values="value")
    raw = raw.apply(pd.to_numeric).corr()["same_aims"]
    turned = made.truth["items"].query("reverse == 'yes'")["item"].tolist()
    assert turned == raw.index[raw < 0].tolist() and len(turned) == 2
    assert (answers.corr() > 0).all(axis=None)


def test_survey_is_as_reliable_as_planted(answers):
    whole = answers.dropna()
    within = whole - whole.groupby("site").transform("mean")
    assert 0.82 < _alpha(whole) < 0.88 and 0.79 < _alpha(within) < 0.85


def test_survey_sites_differ_as_planted(answers):
    mean = answers.mean(axis=1)
    site = mean.groupby("site")
    n, groups, total = site.size(), len(SITES), len(mean)
    between = (n * (site.mean() - mean.mean()) ** 2).sum() / (groups - 1)
    within = ((mean - site.transform("mean")) ** 2).sum() / (total - groups)
    size = (total - (n**2).sum() / total) / (groups - 1)
    assert 0.10 < (between - within) / (between + (size - 1) * within) < 0.26
    assert (between - within) / between > 0.85


def test_survey_gives_back_the_planted_extremes(made, answers):
    found = answers.mean(axis=1).groupby("site").mean().sort_values(ascending=False).index
    planted = made.truth["sites"].groupby("extreme")["site"].agg(set)
    assert (set(found[:3]), set(found[-3:])) == (planted["high"], planted["low"])


def test_alignment_teaching_fragile_has_fewer_respondents():
    fragile = alignment_teaching(2007, fragile=True)
    assert fragile.tables["survey_respondents"].groupby("site").size().between(22, 55).all()
    assert fragile.settings["id"] == "alignment-fragile"


def test_answer_has_the_planted_shares():
    # two deviates walked through in a fixed pattern that pairs each with many others
    drawn = [answer(80, a, NORMAL[(i * 1021) % 4096]) for i, a in enumerate(NORMAL)]
    shares = np.bincount(drawn, minlength=6)[1:] / len(drawn)
    assert np.abs(shares - [0.055, 0.157, 0.328, 0.301, 0.159]).max() < 0.02


# ---- factors and configurations -----------------------------------------------------------------------------------


def test_factors_have_the_planted_shares_at_the_extremes(made):
    present = _strengths(made) >= 2
    found = pd.DataFrame({"high": present.iloc[:3].sum(), "low": present.iloc[-3:].sum()}).loc[DISTINGUISHING + COMMON]
    assert found["high"].tolist() == [3, 3, 3, 2, 3, 3, 3, 3]
    assert found["low"].tolist() == [1, 0, 0, 0, 0, 3, 3, 3]
    truth = made.truth["factors"].set_index("factor").loc[found.index]
    assert truth["class"].tolist() == ["distinguishing"] * 5 + ["common"] * 3
    assert truth[["present_high", "present_low"]].to_numpy().tolist() == found.to_numpy().tolist()


@pytest.mark.parametrize("rater", ["r1", "r2"])
def test_factors_keep_their_class_for_each_rater(made, rater):
    present = _strengths(made, rater) >= 2
    high, low = present.iloc[:3].sum(), present.iloc[-3:].sum()  # of three sites
    assert (high - low).loc[DISTINGUISHING].ge(2).all() and np.minimum(high, low).loc[COMMON].ge(2).all()


def test_factors_rise_over_all_sites_only_if_distinguishing(made):
    place = pd.Series(range(14, 0, -1), index=made.truth["sites"]["site"])
    rise = _strengths(made).corrwith(place, method="spearman")
    assert rise[DISTINGUISHING].gt(0.5).all() and rise[COMMON].abs().lt(0.45).all()


def test_site_factors_truth_says_what_is_present_and_disputed(made):
    truth = made.truth["site_factors"].pivot(index="site", columns="factor", values="present")
    assert (truth == "yes").equals(_strengths(made).loc[truth.index, truth.columns] >= 2)
    differ = (_strengths(made, "r1") >= 2) != (_strengths(made, "r2") >= 2)
    planted = made.truth["site_factors"].query("disputed == 'yes'")[["site", "factor"]].to_numpy().tolist()
    assert sorted(map(list, differ.stack()[differ.stack()].index)) == sorted(planted)


def test_site_factors_point_at_segments_of_the_site_with_the_code(made):
    rows = made.tables["site_factors"]
    evidence = rows.assign(segment=rows["segments"].str.split(";")).explode("segment")
    found = evidence.merge(made.tables["segments"], on="segment", suffixes=("", "_spoken"))
    found = found.merge(made.tables["codings"].query("coder == 'c1'"), on="segment")
    assert len(found) == len(evidence)
    assert (found["site"] == found["site_spoken"]).all() and (found["factor"] == found["code"]).all()


def test_configurations_are_the_planted_ones(made):
    facts = _facts(made)
    rows = (facts[list(CONDITIONS)] == "yes").astype(int).astype(str).agg("".join, axis=1)
    assert rows.tolist() == PLANTED and len(set(PLANTED)) == 10
    assert facts[OUTCOME].tolist() == ["yes"] * 7 + ["no"] * 7
    truth = made.truth["configurations"].set_index("site")
    assert truth.equals((facts[[*CONDITIONS, OUTCOME]] == "yes").astype(int).rename_axis(columns=None))


def test_configurations_agree_with_the_factors(made):
    present = _strengths(made)[list(CONDITIONS)] >= 2
    assert present.to_numpy().tolist() == (_facts(made)[list(CONDITIONS)] == "yes").to_numpy().tolist()


def _covers(terms, row):
    """Return whether a solution such as `a*~b + c` holds in a row of zeros and ones."""
    literals = [term.split("*") for term in terms.split(" + ")]
    return any(all(row[name.lstrip("~")] != name.startswith("~") for name in term) for term in literals)


def test_solutions_cover_their_outcome_exactly(made):
    rows = made.truth["configurations"].to_dict("records")
    for solution in made.truth["solutions"].itertuples():
        outcome = [row["aligned"] != solution.outcome.startswith("~") for row in rows]
        assert [_covers(solution.terms, row) for row in rows] == outcome, solution.kind


def test_planted_rule_is_the_published_one_of_the_design(made):
    rule = made.truth["solutions"].set_index("kind").loc["rule", "terms"]
    assert rule == ("history_of_collaboration*active_consensus_building + community_credibility*small_decision_bodies")


def test_challenges_are_coded_where_planted(made):
    codings = made.tables["codings"].query("valence == 'challenge'")
    told = codings.assign(
        source=codings["segment"].str.rsplit("-", n=1).str[0], site=codings["segment"].str.split("-").str[0]
    )
    voices = told.groupby(["site", "code"])["source"].nunique()
    truth = made.truth["challenges"].query("present == 'yes'")
    assert sorted(voices[voices >= 2].index) == sorted(truth[["site", "challenge"]].itertuples(index=False, name=None))
    assert truth["challenge"].value_counts().to_dict() == {"thin_resources": 14, "data_ownership": 5}


def test_interviews_say_that_they_are_synthetic(made):
    first = made.tables["segments"].query("seq == '1'")
    assert len(first) == 42 and first["text"].str.startswith("SYNTHETIC:").all()
