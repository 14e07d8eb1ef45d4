"""The cohort of `new_cohort`: what recurs there, what is new, and what nobody could say, with the coders' errors."""

import pandas as pd
import pytest
from new_cohort import CROSSWALK, DESIGN, NEW, RECURRING, SITES, new_cohort

from casestudy import check_cohort, load_cohort
from casestudy.cohort.synthetic import hashes, write_made
from casestudy.cohort.synthetic.design import TEACHING
from casestudy.methods.commonality import common_challenges, presence
from casestudy.methods.evidence import heard


@pytest.fixture(scope="module", params=[1, 2016])
def seed(request):
    return request.param


@pytest.fixture(scope="module")
def folder(seed, tmp_path_factory):
    return write_made(new_cohort(seed), tmp_path_factory.mktemp("new") / "new")


@pytest.fixture(scope="module")
def new(folder):
    return load_cohort(folder)


@pytest.fixture(scope="module")
def classes(new):
    return common_challenges(new, "difficulty").set_index("code")["class"]


def test_new_cohort_has_no_problem(folder):
    assert check_cohort(folder).empty


def test_new_cohort_is_synthetic_and_has_its_own_sites_and_people(new):
    assert new.synthetic and "synthetic" in new.title.lower() and new.id == "new"
    assert heard(new).groupby("site").size().to_dict() == SITES and not set(SITES) & set(TEACHING.sites)
    assert "three" in new.summary and "68" not in new.summary
    assert not new.sources["informant"].str.contains("alder|birch|cedar|dogwood").any()


def test_new_cohort_shares_plan_rule_and_codebook_with_teaching(new):
    old = load_cohort("teaching")
    assert [(new.plan.j, new.plan.k, new.plan.m)] == [(old.plan.j, old.plan.k, old.plan.m)]
    columns = ["code", "kind", "parent", "active"]
    pd.testing.assert_frame_equal(new.codebook[columns], old.codebook[columns])


def test_seven_challenges_recur_as_common(classes):
    assert len(RECURRING) == 7 and set(classes[list(RECURRING)]) == {"common"}


def test_recurring_challenges_are_common_in_teaching(classes):
    key = load_cohort("teaching").truth("classes").set_index("code")["class"]
    assert set(key[list(RECURRING)]) == {"common"} and "common" not in set(key[list(NEW)])


def test_two_challenges_are_common_that_are_not_in_teaching(classes):
    assert set(classes[list(NEW)]) == {"common"}


def test_leadership_is_not_assessable_for_nobody_was_asked(new):
    cells = presence(new, "difficulty").query("code == 'collateral_leadership'")
    assert cells["present"].isna().all() and "leadership" not in set(new.asked["module"])
    assert (cells["could"] <= new.plan.k).all()  # in whom coders imagined it, and nobody else


def test_leadership_has_no_verdict(new):
    row = common_challenges(new, "difficulty").set_index("code").loc["collateral_leadership"]
    assert row["class"] == "not_assessable" and row["sites_assessable"] == 0


def test_staff_and_members_are_nowhere_though_everybody_was_asked(new, classes):
    cells = presence(new, "difficulty").query("code == 'staff_vs_member_roles'").set_index("site")
    assert classes["staff_vs_member_roles"] == "absent" and cells["could"].to_dict() == SITES


def test_culture_is_at_two_of_three_sites(new):
    cells = presence(new, "difficulty").query("code == 'culture_history'").set_index("site")["present"]
    assert cells.to_dict() == {"elder": True, "fir": True, "gingko": False}


def test_crosswalk_names_codes_of_the_codebook_that_recur():
    assert set(CROSSWALK) <= set(RECURRING) and set(CROSSWALK.values()) == {"broader"}


def test_design_plants_no_one_sidedness_and_no_trade_off():
    assert not (DESIGN.whole_groups or DESIGN.poles or DESIGN.denied or DESIGN.answered or DESIGN.brief)
    assert set(DESIGN.quotas) == {*RECURRING, *NEW, "collateral_leadership", "staff_vs_member_roles", "culture_history"}


def test_new_cohort_is_the_same_for_the_same_seed(folder, seed, tmp_path):
    assert hashes(write_made(new_cohort(seed), tmp_path / "new")) == hashes(folder)
