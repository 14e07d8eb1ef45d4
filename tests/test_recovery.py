"""Recovery: the methods find what was planted, on the shipped synthetic cohort in full and on five others loosely.

The planted truth is exact (by quota); what can fail is finding it through the coders' errors."""

from dataclasses import replace

import pandas as pd
import pytest

from casestudy import load_cohort
from casestudy.cohort.synthetic import make_synthetic, write_made
from casestudy.methods.agreement import agreement_by_code, confusions
from casestudy.methods.commonality import bootstrap_stability, common_challenges, leave_one_site_out, presence
from casestudy.methods.comparison import by_group
from casestudy.methods.cooccurrence import interdependence
from casestudy.report.planted import FINDERS, planted_section, planted_table

FAULTLESS = (  # challenges that no coder reads in a way of their own
    "governance_structure",
    "staff_vs_member_roles",
    "resource_capacity",
    "culture_history",
    "short_vs_long_term",
    "soliciting_participation",
    "sustaining_participation",
)
SEEN, IMAGINED = 0.900, 0.003
OTHER_SEEDS = (1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def teaching():
    return load_cohort("teaching")


def with_truth(cohort):
    """Return the cohort as coders without error would have left it."""
    true = cohort.truth("codings").assign(coder="c1", round="independent", is_primary="", exemplar="")
    codings = true[cohort.codings.columns.tolist()]
    readers = pd.DataFrame({"coder": "c1", "source": cohort.sources["source"], "round": "independent"})
    return cohort.with_tables(codings=codings, assignments=readers)


def common(cohort, **rule):
    table = common_challenges(cohort, "difficulty", **rule)
    return set(table.loc[table["class"] == "common", "code"])


def planted_common(cohort):
    key = cohort.truth("classes")
    return set(key.loc[key["class"] == "common", "code"])


def alpha_expected(prevalence):
    """Return Krippendorff's alpha of two coders with the planted sensitivity and specificity, in closed form."""
    given = prevalence * SEEN + (1 - prevalence) * IMAGINED
    both = prevalence * SEEN**2 + (1 - prevalence) * IMAGINED**2
    return 1 - (given - both) / (given * (1 - given))


def test_alpha_expected_gives_the_published_design_values():
    assert [round(alpha_expected(p), 2) for p in (0.03, 0.05)] == [0.81, 0.84]


def test_common_set_is_the_planted_one(teaching):
    assert common(teaching) == planted_common(teaching) and len(planted_common(teaching)) == 9


def test_any_mention_declares_a_false_common_challenge(teaching):
    assert common(teaching, j=1) >= {*planted_common(teaching), "staff_vs_member_roles"}


def test_every_class_is_the_planted_one(teaching):
    key = teaching.truth("classes").set_index("code")["class"]
    found = common_challenges(teaching, "difficulty").set_index("code")["class"]
    assert found[key.index].tolist() == key.tolist()


def test_breaking_points_are_exact_without_coding_errors(teaching):
    key = teaching.truth("classes").set_index("code")
    found = common_challenges(with_truth(teaching), "difficulty").set_index("code").loc[key.index]
    assert found["k_star"].tolist() == key["k_star"].astype(int).tolist()
    assert found["class"].tolist() == key["class"].tolist()


def test_presence_is_exact_without_coding_errors(teaching):
    key = teaching.truth("presence").set_index(["site", "code"])[["raised", "could", "groups"]].astype(int)
    found = presence(with_truth(teaching), "difficulty").set_index(["site", "code"]).loc[key.index]
    pd.testing.assert_frame_equal(found[key.columns.tolist()].astype(int), key)


def test_raised_by_one_group_only_is_one_sided_everywhere(teaching):
    ladder = presence(teaching, "difficulty").query("code == 'data_law'")["ladder"]
    assert ladder.tolist() == ["one-sided"] * 4


def test_cedar_is_pivotal_for_staff_and_member_roles(teaching):
    table = leave_one_site_out(teaching).query("reading == 'difficulty'").set_index("site")["gained"]
    assert "staff_vs_member_roles" in table["cedar"] and not table.drop("cedar").str.contains("staff_vs").any()


def test_who_was_not_asked_cannot_have_been_silent(teaching):
    cells = presence(with_truth(teaching), "difficulty").set_index(["site", "code"])["could"]
    assert cells["dogwood", "collateral_leadership"] == 16 and cells["dogwood", "balancing_power"] == 19


def test_loosely_read_code_is_not_reliable(teaching):
    row = agreement_by_code(teaching).set_index("code").loc["collateral_leadership"]
    assert row["estimate"] < 0.80 and row["decision"] in ("tentative", "unreliable")


def test_stray_code_is_too_rare_though_ac1_is_high(teaching):
    row = agreement_by_code(teaching).set_index("code").loc["office_location"]
    assert row["decision"] == "too_rare" and row["ac1"] > 0.98 and row["estimate"] < 0.8


def test_alpha_of_faultless_codes_covers_the_analytic_value(teaching):
    table = agreement_by_code(teaching).set_index("code")
    answers = (teaching.segments["speaker"] == "informant") & teaching.segments["source"].isin(
        teaching.sources.query("wave == 1")["source"]
    )
    share = teaching.truth("codings").groupby("code").size() / answers.sum()
    covered = [table.loc[c, "lo"] <= alpha_expected(share[c]) <= table.loc[c, "hi"] for c in FAULTLESS]
    assert sum(covered) >= 5


def test_top_confusion_is_the_planted_one(teaching):
    first = confusions(teaching).iloc[0]
    assert {first["code_1"], first["code_2"]} == {"inclusive_vs_efficient", "balancing_power"}


def test_planted_pairs_are_found_and_at_most_one_other(teaching):
    table = interdependence(teaching)
    rows = table[(table["p_adjusted"] < 0.05) & (table["lift"] > 1)]
    found = {frozenset(pair) for pair in rows[["code_1", "code_2"]].to_numpy()}
    planted = {frozenset(pair) for pair in teaching.truth("pairs").to_numpy()}
    assert planted <= found and len(found - planted) <= 1


def test_group_effects_are_found_and_at_most_one_other(teaching):
    table = by_group(teaching).query("p_adjusted < .05")
    found = set(table[["code", "group"]].itertuples(index=False, name=None))
    planted = {("short_vs_long_term", "purchaser"), ("data_law", "provider")}
    assert planted <= found and len(found - planted) <= 1


def test_fragile_challenges_are_the_least_stable(teaching):
    table = bootstrap_stability(teaching).set_index("code")["estimate"][sorted(planted_common(teaching))].sort_values()
    assert set(table.index[:2]) == {"culture_history", "collateral_leadership"} and table.iloc[2] >= 0.95


def test_denials_are_kept_apart_from_silence(teaching):
    key = teaching.truth("codings").query("valence == 'not_here'")
    assert set(key["code"]) == {"sustaining_participation"}
    assert key["segment"].str.rsplit("-", n=1).str[0].nunique() == 7


@pytest.mark.parametrize("notebook", FINDERS)
def test_every_planted_finding_is_found_on_the_shipped_cohort(teaching, notebook):
    surveyed = notebook in ("09", "10")  # these findings are planted in the other cohort
    table = planted_table(load_cohort("alignment-teaching") if surveyed else teaching, notebook)
    assert len(table) and table.loc[table["same"] != "yes", ["what", "planted", "found"]].to_numpy().tolist() == []


def test_planted_table_notices_what_is_not_found(teaching):
    """The table must be able to fail: with the codings of one code taken away its verdict is another."""
    less = teaching.with_tables(codings=teaching.codings.query("code != 'culture_history'"))
    table = planted_table(less, "07").set_index("what")
    assert table.loc["Building on culture and past relationships, as a difficulty", "same"] == "no"


def test_planted_section_is_for_synthetic_cohorts_only(teaching, tiny):
    assert "## What was planted" in planted_section(teaching, "01")
    nothing = {planted_section(tiny, "01"), planted_section(replace(teaching, synthetic=False), "01")}
    assert nothing == {"<!-- no answer key -->"}


@pytest.fixture(scope="module", params=OTHER_SEEDS)
def other(request, tmp_path_factory):
    return load_cohort(write_made(make_synthetic("teaching", request.param), tmp_path_factory.mktemp("seed") / "t"))


@pytest.mark.slower
def test_other_seeds_plant_the_same_truth(other):
    assert common(with_truth(other)) == planted_common(other) and len(planted_common(other)) == 9


@pytest.mark.slower
def test_other_seeds_are_recovered_but_for_one_class_at_most(other):
    key = other.truth("classes").set_index("code")["class"]
    found = common_challenges(other, "difficulty").set_index("code")["class"][key.index]
    assert (found != key).sum() <= 1 and planted_common(other) - common(other) <= {"culture_history"}
    assert planted_common(other) - {"culture_history"} <= common(other, j=1)


@pytest.mark.slower
def test_other_seeds_show_the_faults_of_the_coders(other):
    table = agreement_by_code(other).set_index("code")
    assert table.loc["collateral_leadership", "estimate"] < 0.80
    pairs = [frozenset(pair) for pair in confusions(other).head(3)[["code_1", "code_2"]].to_numpy()]
    assert frozenset({"inclusive_vs_efficient", "balancing_power"}) in pairs


@pytest.mark.slower
def test_other_seeds_show_the_planted_pairs_and_groups(other):
    table = interdependence(other)
    rows = table[(table["p_adjusted"] < 0.05) & (table["lift"] > 1)]
    found = {frozenset(pair) for pair in rows[["code_1", "code_2"]].to_numpy()}
    assert {frozenset(pair) for pair in other.truth("pairs").to_numpy()} <= found and len(found) <= 4
    groups = by_group(with_truth(other)).query("p_adjusted < .05")
    assert {("short_vs_long_term", "purchaser"), ("data_law", "provider")} <= set(
        groups[["code", "group"]].itertuples(index=False, name=None)
    )


@pytest.mark.slower
def test_other_seeds_keep_the_firm_challenges_stable(other):
    """Looser than on the shipped seed: coder 3 also weakens inclusive_vs_efficient, on some seeds below .95."""
    table = bootstrap_stability(other).set_index("code")["estimate"][sorted(planted_common(other))].sort_values()
    assert set(table.index[:2]) == {"culture_history", "collateral_leadership"} and table.iloc[2] >= 0.90
