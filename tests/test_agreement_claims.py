"""Agreement where the claim is made: by hand on small cohorts, and as planted in the teaching cohort."""

import pandas as pd
import pytest
from looking import row

from casestudy import load_cohort
from casestudy.methods import agreement
from casestudy.methods.commonality import common_challenges

TABLES = (agreement.informant_agreement, agreement.matrix_agreement, agreement.single_coder_verdicts)


def told(who, segment, coder, code="money", valence="challenge"):
    """Return one coding; the first letter of the informant is the site, n or s; even ones are patients."""
    site, group = {"n": "north", "s": "south"}[who[0]], ("patients", "clinicians")[int(who[1]) % 2]
    return (site, who, group, code, valence, {"segment": f"{who}{segment}", "coder": coder})


@pytest.fixture
def stray(make_cohort):
    """Return four informants a site who were read by ana and ben. Both hear two of money from n1, s1; ben alone one
    from n2."""
    both = [told(who, segment, coder) for who in ("n1", "s1") for segment in "ab" for coder in ("ana", "ben")]
    silent = [(*told(who, "x", "ana")[:3],) for who in ("n3", "n4", "s2", "s3", "s4")]
    return make_cohort([*both, told("n2", "a", "ben"), *silent], plan={"k": 1, "m": 1})


# ---- who raises it ---------------------------------------------------------------------------------------------


def test_informant_agreement_counts_by_hand(make_cohort):
    heard = [told(who, "a", coder) for who in ("n1", "n2") for coder in ("ana", "ben")]
    others = [told("n3", "a", "ana"), told("n4", "a", "ana", valence="not_here")]
    one = row(agreement.informant_agreement(make_cohort([*heard, *others])), j=1)
    # of four informants the coders part on n3 alone; ones 5 of 8: alpha = 1 - 7 * 2 / (2 * 5 * 3)
    assert (one.n, one.positive, one.percent) == (4, 3, 0.75)
    assert one.estimate == pytest.approx(1 - 7 * 2 / 30) and one.lo <= one.estimate <= one.hi


def test_informant_agreement_needs_j_statements_of_each_coder(make_cohort):
    heard = [
        told("n1", s, coder) for s, coder in (("a", "ana"), ("b", "ana"), ("a", "ben"), ("c", "ben"), ("d", "ben"))
    ]
    twice = [told("n2", s, "ana") for s in "ab"] + [told("n2", "a", "ben")]
    table = agreement.informant_agreement(make_cohort([*heard, *twice, told("n3", "z", "ana", "trust")]))
    assert row(table, code="money", j=1).percent == 1
    assert row(table, code="money", j=2).percent == pytest.approx(2 / 3)


def test_informant_agreement_improves_when_one_mention_is_not_enough(make_cohort):
    segments = [told(who, s, coder) for who in ("n1", "s1") for s in "ab" for coder in ("ana", "ben")]
    stray = [told("n2", "a", "ben"), told("n3", "a", "ana", "trust"), told("s2", "a", "ben", "trust")]
    table = agreement.informant_agreement(make_cohort([*segments, *stray])).query("code == 'money'")
    assert table["percent"].tolist() == [0.8, 1.0]
    assert table["estimate"].iloc[0] < 1 == table["estimate"].iloc[1]


def test_informant_agreement_takes_j_as_given_and_adds_that_of_the_plan(stray):
    assert agreement.informant_agreement(stray, j=4)["j"].unique().tolist() == [4]
    assert agreement.informant_agreement(stray.with_plan(j=3))["j"].unique().tolist() == [1, 2, 3]


def test_informant_agreement_takes_denials_for_no_raising_whatever_the_reading(make_cohort):
    heard = [told("n1", "a", coder, valence="strategy") for coder in ("ana", "ben")]
    denied = [told("n2", "a", coder, valence="not_here") for coder in ("ana", "ben")]
    cohort = make_cohort([*heard, *denied])
    found = [row(agreement.informant_agreement(cohort, 1, reading), j=1) for reading in ("difficulty", "documented")]
    assert [one.positive for one in found] == [0, 1] and found[1].estimate == 1
    assert found[0].reason == "by every coder's reading no interview raises it"


def test_informant_agreement_leaves_out_what_is_no_evidence(make_cohort):
    heard = [
        (*told("n1", "a", coder)[:5], {"segment": "x", "coder": coder, "scope": "host"}) for coder in ("ana", "ben")
    ]
    one = row(agreement.informant_agreement(make_cohort(heard)), j=1)
    assert (one.status, one.n) == ("not_assessable", 0) and "counts as evidence" in one.reason


def test_informant_agreement_of_one_coder_is_not_estimable(make_cohort):
    table = agreement.informant_agreement(make_cohort([told("n1", "a", "ana")]))
    assert set(table["status"]) == {"not_estimable"}
    assert set(table["reason"]) == {"only one coder read each segment"}


# ---- the matrix ------------------------------------------------------------------------------------------------


def test_matrix_agreement_names_the_cells_that_differ(make_cohort):
    heard = [told(who, "a", coder) for who in ("n1", "s1") for coder in ("ana", "ben")]
    heard += [told("n2", "a", "ben", "trust"), told("s2", "a", "ana", "trust")]
    table = agreement.matrix_agreement(make_cohort(heard, plan={"k": 1, "m": 1}))
    one = row(table, coder="ana")
    assert (one.others, one.sources, one.n, one.alike, one.percent) == ("ben", 4, 4, 2, 0.5)
    assert (one.only_coder, one.only_others) == ("trust at south", "trust at north")
    assert table["coder"].tolist() == ["first reader", "ana", "ben"]
    assert table["alike"].tolist() == [2, 2, 2]


def test_matrix_agreement_looks_only_at_what_both_read(make_cohort):
    heard = [told("n1", "a", "ana"), told("n1", "a", "ben"), told("n2", "a", "ana", "trust")]
    read = [("ana", "north-n1"), ("ben", "north-n1"), ("ana", "north-n2")]
    one = row(agreement.matrix_agreement(make_cohort(heard, {"k": 1, "m": 1}, assignments=read)), coder="ana")
    assert (one.sources, one.n, one.percent, one.only_coder) == (1, 2, 1, "")


def test_matrix_agreement_settles_several_others_by_majority(make_cohort):
    heard = [told("n1", "a", coder) for coder in ("ana", "ben")]
    heard += [told("n2", "a", coder, "trust") for coder in ("ben", "cem")]
    table = agreement.matrix_agreement(make_cohort(heard, {"j": 1, "k": 1, "m": 1, "resolve": "any"}))
    assert row(table, coder="ana").only_others == "trust at north"
    assert row(table, coder="cem").only_others == "money at north"
    assert row(table, coder="ben").n == 2 and row(table, coder="ben").only_coder == "money at north; trust at north"


def test_matrix_agreement_on_too_few_sources_is_not_assessable(stray):
    one = row(agreement.matrix_agreement(stray.with_plan(k=5)), coder="ana")
    assert (one.status, one.n) == ("not_assessable", 0)
    assert one.reason == "no cell can be judged on the 8 interviews in common: the rule needs k = 5 and m = 1 at a site"


def test_matrix_agreement_of_one_coder_says_why(make_cohort):
    (one,) = agreement.matrix_agreement(make_cohort([told("n1", "a", "ana")])).itertuples()
    assert (one.status, one.reason, one.n) == ("not_estimable", "only one coder read each segment", 0)


# ---- verdicts by one coder alone -------------------------------------------------------------------------------


@pytest.fixture
def parted(make_cohort):
    """Return a cohort in which ana and cem hear money at both sites, ben at the north only."""
    heard = [told("n1", "a", coder) for coder in ("ana", "ben", "cem")] + [told("s1", "a", c) for c in ("ana", "cem")]
    return make_cohort(heard, plan={"k": 1, "m": 1})


def test_single_coder_verdicts_name_the_claim_that_flips(parted):
    table = agreement.single_coder_verdicts(parted)
    assert table["class_alone"].tolist() == ["common", "site_specific", "common"]
    assert set(table["class_plan"]) == set(table["class_same"]) == {"common"}
    assert table["flips"].tolist() == [False, True, False]
    assert table["reason"].iloc[1].startswith("common by the plan's reading of the same 2 interviews")


def test_single_coder_verdicts_call_no_flip_where_nothing_is_claimed(make_cohort):
    heard = [told("n1", "a", coder) for coder in ("ana", "cem")] + [told("s1", "a", "ben", "trust")]
    cohort = make_cohort(heard, plan={"k": 1, "m": 1})
    one = row(agreement.single_coder_verdicts(cohort), coder="ben", code="money")
    assert (one.class_alone, one.class_same, one.flips) == ("absent", "site_specific", False)


def test_single_coder_verdicts_do_not_take_fewer_sources_for_a_flip(make_cohort):
    heard = [told("n1", "a", "ana"), told("n1", "a", "ben"), told("s1", "a", "ana"), told("s2", "b", "ben", "trust")]
    read = [("ana", "north-n1"), ("ben", "north-n1"), ("ana", "south-s1"), ("ben", "south-s2")]
    cohort = make_cohort(heard, {"k": 1, "m": 1}, assignments=read)
    one = row(agreement.single_coder_verdicts(cohort), coder="ben", code="money")
    assert (one.class_alone, one.class_same, one.class_plan) == ("site_specific", "site_specific", "common")
    assert not one.flips and one.reason.startswith("the same by the plan's reading of these 2 interviews")


def test_single_coder_verdicts_on_one_site_are_not_assessable(make_cohort):
    heard = [told("n1", "a", "ana"), told("n1", "a", "ben"), told("s1", "a", "ana")]
    read = [("ana", "north-n1"), ("ben", "north-n1"), ("ana", "south-s1")]
    one = row(agreement.single_coder_verdicts(make_cohort(heard, {"k": 1, "m": 1}, assignments=read)), coder="ben")
    assert one.status == "not_assessable" and pd.isna(one.flips)
    assert one.reason == "this coder read 1 interview, on which 1 site can be judged: nothing can be common"


def test_single_coder_verdicts_of_the_only_coder_cannot_flip(make_cohort):
    (one,) = agreement.single_coder_verdicts(make_cohort([told("n1", "a", "ana")])).itertuples()
    assert one.status == "not_assessable" and one.reason.startswith("nobody else read")


@pytest.mark.parametrize("name", ["teaching", "af4q"])
def test_single_coder_verdicts_start_from_the_verdicts_of_the_plan(name):
    cohort = load_cohort(name)
    planned = common_challenges(cohort, "difficulty").set_index("code")["class"]
    table = agreement.single_coder_verdicts(cohort)
    assert (table["class_plan"] == table["code"].map(planned)).all()


# ---- what is planted -------------------------------------------------------------------------------------------


def test_teaching_shows_segments_alike_and_informants_apart_until_two_mentions_are_asked_for():
    cohort = load_cohort("teaching")
    segments = agreement.agreement_by_code(cohort).set_index("code")["estimate"]
    informants = agreement.informant_agreement(cohort).pivot(index="code", columns="j", values="estimate")
    segments = segments[informants.index]
    trap = (segments > 0.8) & (informants[1] < segments) & (segments < informants[2])
    assert trap.any() and informants.loc[trap, 2].min() > 0.9


def test_teaching_flips_only_where_a_coder_reads_otherwise():
    table = agreement.single_coder_verdicts(load_cohort("teaching"))
    apart = table["class_alone"].ne(table["class_same"]) & table["class_alone"].ne(table["class_plan"])
    assert not (table["flips"].fillna(False) & ~apart).any()
    assert table.loc[table["flips"].fillna(False), "reason"].str.endswith("this coder reads them otherwise").all()


@pytest.mark.parametrize("name", ["teaching", "af4q", "template", "alignment-teaching"])
@pytest.mark.parametrize("table", TABLES)
def test_no_blank_without_a_reason(name, table):
    found = table(load_cohort(name))
    gaps = found[found["status"] != "ok"]
    assert set(found["status"]) <= {"ok", "not_assessable", "not_estimable"} and gaps["reason"].ne("").all()
    for column in {"estimate", "percent", "flips"} & set(found.columns):
        assert found.loc[found["status"] == "ok", column].notna().all()
