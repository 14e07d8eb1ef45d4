"""The page a funder reads first: every number from the tables, no sentence beyond what they say."""

import re

import pandas as pd
import pytest

from casestudy import load_cohort, load_reference
from casestudy.report import one_page
from casestudy.report.claims import Computed, claims, draft_claims

HOSTILE = "<b>x</b> *y* [z](javascript:z)"
FOUR = [("clinicians", 1), ("patients", 2), ("clinicians", 3), ("patients", 4)]


def plain(text):
    return re.sub(r"\\(\W)", r"\1", text)


def page(cohort, **changes):
    """Return the findings of a cohort, some columns of its claims replaced."""
    computed = Computed(cohort)
    return plain(one_page.findings(claims(cohort, computed).assign(**changes), computed))


def differences(cohort):
    computed = Computed(cohort)
    return one_page.differences(claims(cohort, computed), computed)


@pytest.fixture(scope="module")
def teaching():
    return Computed(load_cohort("teaching"))


@pytest.fixture
def told(make_cohort):
    """Return a maker of cohorts: for every code the sites at which all four voices tell of it as a difficulty."""

    def make(where, sites="abcd", **changes):
        everyone = [(site, f"{site}{n}", group) for site in sites for group, n in FOUR]
        codes = {
            code: {"code": code, "label": code.replace("_", " ").capitalize(), "kind": "challenge"} for code in where
        }
        rows = [(*who, code, "challenge") for code, at in where.items() for who in everyone if who[0] in at]
        plan = {"k": 2, "m": 2, "B": 100}
        return make_cohort([*everyone, *rows], plan=plan, codebook=list(codes.values()), sites=list(sites), **changes)

    return make


# ---- findings -----------------------------------------------------------------------------------------------------


def test_findings_tell_first_what_is_common_then_what_comes_nearest(told):
    lines = page(told({"money": "abcd", "trust": "abc", "time": "a"})).splitlines()
    assert "**1 of 3 challenges** is a difficulty at all 4 sites that can be judged: Money" in lines[0]
    assert lines[1].startswith("- Trust is a difficulty at 3 of 4 sites: A, B and C.") and "**c02**" in lines[1]
    assert "the one named first, and no other" in lines[2]


def test_findings_name_what_is_only_told_in_another_way(make_cohort):
    rows = [
        (s, f"{s}{n}", g, c, v)
        for s in "abc"
        for g, n in FOUR
        for c, v in (("money", "barrier"), ("trust", "strategy"))
    ]
    lines = page(make_cohort(rows, plan={"k": 2, "m": 2, "B": 100})).splitlines()
    assert "Raised in any way at all sites that can be judged: the one named first, and Trust." in lines[1]


def test_findings_say_that_none_is_common_and_name_the_widest(told):
    lines = page(told({"money": "abc", "trust": "ab", "time": "a"}, sites="abcde")).splitlines()
    assert "no challenge is a difficulty at all 5 sites" in lines[0] and "**c01**" in lines[0]
    assert lines[1].startswith("- Money is a difficulty at 3 of 5 sites: A, B and C.")


def test_findings_name_no_widest_among_many(told):
    lines = page(told({"money": "ab", "trust": "bc", "time": "ac"}, sites="abcde")).splitlines()
    assert len(lines) == 2 and all("no challenge is" in line for line in lines)


def test_findings_tell_of_one_side_and_of_groups(teaching):
    lines = plain(one_page.findings(claims(teaching.cohort, teaching), teaching)).splitlines()
    assert len(lines) == 5
    assert "by one side only" in lines[3] and "Law on health data (Alder" in lines[3]
    assert lines[4].count("more often than by the others") == one_page.GROUPS


def test_findings_cite_claims_of_the_ledger_that_say_the_same(teaching):
    table = claims(teaching.cohort, teaching).set_index("claim")
    lines = one_page.findings(table.reset_index(), teaching).splitlines()
    first, second = (table.loc[re.findall(r"\*\*(c\d+)\*\*", line)] for line in lines[:2])
    assert set(first["verdict"]) == {"common"} and set(first["reading"]) == {"difficulty"}
    assert len(first) == teaching.row("headline", "difficulty")["common"] and list(second["verdict"]) == ["widespread"]


def test_findings_give_each_confidence_with_its_reason_in_short(told):
    cohort = told({"money": "abcd"})
    computed = Computed(cohort)
    said = page(cohort).splitlines()[0]
    word = claims(cohort, computed)["confidence"].iloc[0].replace("_", " ")
    assert f"Confidence {word}: **c01** (" in said and "(alpha" not in said


def test_findings_give_the_confidence_that_a_person_set_and_why(told):
    said = page(
        told({"money": "abcd"}), confidence="high", confidence_final="high", why="Read | *twice*", decided_by="A. B."
    )
    assert "Confidence high: **c01** (set by A. B.: Read | *twice*)" in said


def test_findings_leave_withdrawn_claims_out(told):
    cohort = told({"money": "abcd"})
    ledger, evidence = draft_claims(cohort)
    gone = cohort.with_tables(claims=ledger.assign(verdict="withdrawn", reason="no"), claim_evidence=evidence)
    assert "**1 of 1 challenge" in page(gone) and "**c0" not in page(gone)


def test_findings_make_names_literal(told):
    cohort = told({"money": "abc"}, sites="abcd")
    cohort = cohort.with_tables(
        codebook=cohort.codebook.assign(label=HOSTILE), sites=cohort.sites.assign(name=HOSTILE + cohort.sites["site"])
    )
    computed = Computed(cohort)
    said = one_page.findings(claims(cohort, computed), computed) + differences(cohort)
    assert HOSTILE in plain(said) and not re.search(r"(?<!\\)[<\[]", said)


def test_findings_of_nothing_say_why(make_cohort):
    cohort = make_cohort([("a", f"a{n}", g, "money", "challenge") for g, n in FOUR], plan={"k": 2, "m": 2, "B": 100})
    assert page(cohort).count("cannot be judged: 1 site can be judged") == 2


# ---- what differs -------------------------------------------------------------------------------------------------


def test_differences_name_the_sites_and_do_not_repeat_the_findings(told):
    said = plain(differences(told({"money": "abc", "trust": "ab", "time": "a"}, sites="abcde")))
    assert (
        "at some sites and not at others: Trust (A and B)." in said
        and said.count("Confidence") == 2
        and "Money" not in said
    )
    assert "at one site only: Time (A)" in said


def test_differences_name_the_shorter_list(told):
    where = {"money": "abcdefg", "trust": "abcdef"}
    said = differences(told(where, sites="abcdefgh"))
    assert "Trust (all but G and H)" in said


# ---- trade-offs ---------------------------------------------------------------------------------------------------


def test_trade_offs_met_are_published_and_found_here_widest_first(told):
    only_in_part = {"soliciting_participation": "abcd"}  # the study joins two remarks, and calls neither a trade-off
    where = {"balancing_power": "ab", "resource_capacity": "abc", "culture_history": "", "other": "abcd"} | only_in_part
    computed = Computed(told(where))
    met = one_page.trade_offs_met(computed)
    assert met["code"].tolist() == ["resource_capacity", "balancing_power"]
    assert met["documented"].tolist() == [3, 2] and set(met["explicit"]) == {"yes"}
    assert set(met["trade_off"]) <= set(load_reference().trade_offs["trade_off"])


def test_choices_give_both_sides_and_mark_what_is_ours(told):
    said = plain(one_page.choices(Computed(told({"governance_structure": "abc"}))))
    published = load_reference().trade_offs.set_index("trade_off").loc["IG1"]
    for column in ("pole_a", "pole_b", "pole_a_merit", "pole_a_risk", "pole_b_merit", "pole_b_risk"):
        assert published[column][1:] in said
    assert published["inferred"] == "pole_a_risk" and f"{published['pole_a_risk'][1:]} (our inference)" in said
    assert said.count("our inference") == 1 and "at 3 of 4 sites, a difficulty at 3" in said
    assert not re.search(r"\b(should|must|best|better|recommend)", said)


def test_choices_say_where_none_is_published(told):
    assert one_page.choices(Computed(told({"other": "abcd"}))) == (
        "No published trade-off concerns a challenge that is found in this cohort."
    )


def test_choices_tell_where_people_place_the_sites(teaching):
    said = plain(one_page.choices(teaching))
    assert said.count("?**") == one_page.TRADE_OFFS
    assert "Described at *Each member counts the same*: Alder Alliance" in said


# ---- limits -------------------------------------------------------------------------------------------------------


def test_limits_tell_coders_reading_and_plan():
    assert plain(one_page.limits(load_cohort("af4q"))).split(". ") == [
        "All 3 coders are language models",
        "129 of 130 sources were read in part only",
        "The rule was fixed after the data had been seen.",
    ]


def test_limits_name_only_what_holds(tiny):
    human = tiny.with_tables(coders=pd.DataFrame({"coder": ["ana"], "kind": ["human"]}))
    assert one_page.limits(human).startswith("The cohort is invented") and "language models" not in one_page.limits(
        human
    )
    assert "in part" not in one_page.limits(human)


def test_findings_say_when_most_difficulties_are_told_by_one_group(make_cohort):
    rows = [("a", f"a{n}", group, "money", "challenge") for group, n in FOUR]
    rows += [("b", f"b{n}", "patients", "money", "challenge") for n in range(3)]
    cohort = make_cohort(rows, plan={"k": 2, "m": 1, "j": 1, "B": 100})
    assert "Of 7 statements that tell of a difficulty, 5 come from one group: Patients." in page(cohort)
