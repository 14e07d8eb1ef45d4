"""What a reader must know first: the plan, the size beside the published study, what can be answered."""

from dataclasses import asdict, replace

import pytest

from casestudy.cohort.reference import load_reference
from casestudy.methods.comparison import contrast
from casestudy.report.overview import beside_published, can_answer, plan_table


def test_plan_table_shows_every_setting_with_its_meaning(tiny):
    table = plan_table(tiny)
    assert set(asdict(tiny.plan)) - {"themes", "qca_rules"} <= set(table["setting"]) and (table["meaning"] != "").all()
    by = table.set_index("setting")["value"]
    assert (by["k"], by["m"], by["scope"], by["checked"], by["period"]) == ("2", "2", "site", "any", "any")
    assert (by["themes: governance"], by["themes: leadership"]) == ("Money", "Trust")


@pytest.mark.parametrize(("change", "key", "shown"), [({"k": 9}, "k", "9"), ({"basis": ("a", "b")}, "basis", "a; b")])
def test_plan_table_follows_the_plan(tiny, change, key, shown):
    assert plan_table(tiny.with_plan(**change)).set_index("setting").loc[key, "value"] == shown


def test_beside_published_gives_the_published_numbers_and_ours(tiny):
    table = beside_published(tiny, load_reference()).set_index("what")
    assert table["published"].to_dict() == {
        "sites": "4",
        "informants (here: voices)": "68",
        "fewest at a site": "15",
        "most at a site": "19",
        "mean per site": "17",
        "challenges looked for": "10",
        "of these, the same ones": "10",
    }
    assert table["here"].tolist() == ["3", "7", "2", "3", "2.3", "2", "0"] and set(table["same"]) == {"invented"}
    assert "no" in set(beside_published(replace(tiny, synthetic=False), load_reference())["same"])


def answers(cohort):
    return can_answer(cohort).set_index("question")


def test_can_answer_gives_a_reason_for_every_question(tiny):
    table = answers(tiny)
    assert set(table["status"]) <= {"ok", "not_assessable"} and (table["reason"] != "").all()
    assert table.loc["Do the coders agree?", "reason"] == "7 of 7 sources had their statements read by several coders"
    assert table.loc["Which challenges are common?", "reason"] == "3 of 3 sites have voices enough for the rule"
    assert table.loc["Is a silence a no?", "status"] == "not_assessable"
    assert table.loc["Who raises what?", "reason"] == "2 groups were heard"


def test_can_answer_says_what_cannot_be_answered(make_cohort):
    table = answers(make_cohort([("north", "n1", "payers", "money", "challenge")]))
    assert set(table["status"]) == {"not_assessable"}
    assert (
        table.loc["Which challenges are common?", "reason"]
        == "voices enough for the rule at 0 of 1 site: nothing can be common"
    )
    assert table.loc["Who raises what?", "reason"] == "1 group was heard"


def test_can_answer_knows_who_was_asked(make_cohort):
    modules, asked = [{"module": "m", "label": "M", "codes": "money"}], [("north-n1", "m")]
    cohort = make_cohort([("north", "n1", "payers", "money", "challenge")], modules=modules, asked=asked)
    assert answers(cohort).loc["Is a silence a no?", "status"] == "ok"


@pytest.mark.parametrize(("kind", "status"), [("verbatim", "ok"), ("paraphrase", "not_assessable")])
def test_can_answer_does_not_search_our_own_words(make_cohort, kind, status):
    row = ("north", "n1", "news", "money", "challenge", {"text_kind": kind})
    terms = [{"domain": "d", "code": "money", "term": "mon*"}]
    cohort = make_cohort([row], evidence_level="document", synthetic=False, search_terms=terms)
    assert answers(cohort).loc["What would a word search have found?", "status"] == status


LEGAL = {"attribute": "legal", "label": "Legal form", "theme": "governance", "type": "category"}


@pytest.mark.parametrize(
    "forms",
    [["a"] * 3 + ["b"] * 3, ["a"] * 3 + ["b"] * 2 + ["c"], ["a"] * 3 + ["b"] * 2, ["a"] * 4 + [""] * 2, ["a", "b"] * 2],
)
def test_can_answer_agrees_with_the_contrasts_that_can_be_made(make_cohort, forms):
    sites = [f"s{n}" for n in range(len(forms))]
    rows = [(s, f"{s}x", "payers", "money", "challenge") for s in sites]
    values = [{"site": s, "attribute": "legal", "value": v} for s, v in zip(sites, forms, strict=True) if v]
    cohort = make_cohort(
        rows, plan={"k": 1, "m": 1}, attributes=[{**LEGAL, "allowed": "a;b;c"}], site_attributes=values
    )
    possible = (contrast(cohort, "legal")["status"] == "ok").any()
    found = answers(cohort).loc["What goes with a type of governance?"]
    assert (found["status"] == "ok") is bool(possible)
    assert not possible or "Legal form" in found["reason"]
