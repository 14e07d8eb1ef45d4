"""Reporting checklists: what a cohort records is told, what it does not record is left to the team."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from degenerate import DEGENERATE, build

from casestudy.cohort.cohort import load_cohort
from casestudy.report.checklists import NAMES, checklist, checklist_in_words, coding, evidence, findings
from casestudy.report.checklists.filling import ANSWERS, NOBODY, items

ROOT = Path(__file__).parents[1]
STATUS = {"filled", "to_be_written", "not_applicable"}
SHIPPED = ("af4q", "bqi", "template", "teaching", "alignment-teaching")
LENGTH = {"coreq": 32, "srqr": 21, "cdc": 6}


def check(cohort, name):
    """Look at what must hold of a checklist whatever the cohort."""
    table = checklist(cohort, name)
    assert table.columns.tolist() == ["item", "domain", "topic", "answer", "status"]
    assert table["item"].tolist() == list(range(1, LENGTH[name] + 1))
    assert set(table["status"]) <= STATUS
    assert "filled" not in set(table["status"][items(name)["filled_by"].eq("")])
    for answer in table["answer"]:
        assert answer.endswith(".") and not re.search(r"\bnan\b|<NA>|None\b(?! is a quotation)|\.\.", answer), answer
    return table


def item(cohort, name, number):
    """Return answer and status of one item."""
    return tuple(checklist(cohort, name).set_index("item").loc[number, ["answer", "status"]])


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request):
    return load_cohort(request.param).with_plan(B=50)


@pytest.fixture(scope="module", params=DEGENERATE)
def lacking(request, tmp_path_factory):
    return build(request.param, tmp_path_factory.mktemp("lacking"))


# ---- the lists themselves -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_items_are_as_many_as_published_and_all_say_what_to_write(name):
    table = items(name)
    assert table["number"].tolist() == [str(n) for n in range(1, LENGTH[name] + 1)]
    assert table["topic"].is_unique and table[["domain", "topic", "to_write"]].ne("").all(axis=None)
    assert set(table["needs_interviews"]) <= {"", "yes"}


def test_items_of_coreq_lie_in_three_domains():
    assert items("coreq")["domain"].value_counts(sort=False).to_dict() == {"team": 8, "study": 15, "analysis": 9}


def test_items_name_every_answer_and_no_other():
    cells = pd.concat([items(name)["filled_by"] for name in NAMES])
    assert {name for cell in cells for name in cell.split(";") if name} == ANSWERS.keys()


def test_items_refuse_an_unknown_list():
    with pytest.raises(ValueError, match=r"no checklist `prisma`; use one of coreq, srqr, cdc"):
        items("prisma")


def test_items_travel_with_the_package():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["setuptools"]["package-data"]["casestudy.report.checklists"] == ["*.csv"]


# ---- every cohort -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_checklist_holds_on_shipped_cohorts(shipped, name):
    assert check(shipped, name)["status"].eq("filled").any()


@pytest.mark.parametrize("name", NAMES)
def test_checklist_holds_on_lacking_cohorts(lacking, name):
    check(lacking, name)


def test_checklist_leaves_names_as_they_are_on_one_line(make_cohort):
    cohort = make_cohort([("north", "n1", "clinicians", "money", "challenge")])
    hostile = cohort.with_tables(sites=cohort.sites.assign(name="<b>|\n`n`"))
    assert item(hostile, "coreq", 12)[0] == "1 informant at 1 site: <b>| `n` 1."


# ---- statuses -------------------------------------------------------------------------------------------------------


def test_checklist_of_documents_has_no_interviews(make_cohort):
    cohort = make_cohort(
        [("north", "n1", "clinicians", "money", "challenge")], evidence_level="document", synthetic=False
    )
    table = checklist(cohort, "coreq").set_index("item")
    asked = items("coreq")["needs_interviews"].eq("yes").to_numpy()
    assert table.loc[asked, "status"].unique().tolist() == ["not_applicable"]
    assert table.loc[asked, "answer"].unique().tolist() == [NOBODY]
    assert "not_applicable" not in set(table.loc[~asked, "status"])


def test_checklist_of_documents_with_an_interview_keeps_the_items_on_interviews(make_cohort):
    told = [("north", "n1", "clinicians", "money", "challenge", {"kind": "interview"})]
    assert item(make_cohort(told, evidence_level="document"), "coreq", 1)[1] == "to_be_written"


def test_checklist_leaves_the_team_to_the_team(make_cohort):
    told = [("north", "n1", "clinicians", "money", "challenge")]
    assert item(make_cohort(told, synthetic=False, settings={"title": "Four"}), "coreq", 2) == (
        "To write: the degrees and titles of each researcher.",
        "to_be_written",
    )
    assert item(make_cohort(told), "coreq", 2)[0].startswith("Invented data hold none of this.")


def test_checklist_names_what_a_person_adds_to_an_answer(tiny):
    answer, status = item(tiny, "coreq", 27)
    assert status == "filled" and answer.endswith("To add: the programs in which the data were collected and coded.")


def test_checklist_before_anybody_coded_leaves_findings_to_be_written(tmp_path):
    table = checklist(build("empty-codings", tmp_path), "coreq").set_index("item")["status"]
    assert table[[22, 24, 31, 32]].unique().tolist() == ["to_be_written"]
    assert table[[12, 16, 25]].unique().tolist() == ["filled"]


# ---- answers on the tiny cohort, by hand --------------------------------------------------------------------------


def test_sample_size_counts_by_site(tiny):
    assert evidence.sample_size(tiny) == (
        "7 informants at 3 sites: North alliance 3, South alliance 2, East alliance 2."
    )


def test_sample_size_counts_a_publisher_at_each_site(make_cohort):
    told = [(site, "p1", "news", "money", "challenge", {"source": site}) for site in ("north", "south")]
    assert evidence.sample_size(make_cohort(told, evidence_level="document")).startswith("2 voices in 2 documents")


def test_sample_names_groups_and_who_is_silent(tiny, make_cohort):
    assert evidence.sample(tiny) == "Voices by group: Clinicians 4, Patients 3."
    cohort = make_cohort([("north", "n1", "clinicians", "money", "challenge")])
    more = replace(cohort, groups={**cohort.groups, "payers": "Payers"})
    assert evidence.sample(more).endswith("Not heard: Payers.")


def test_collection_tells_kinds_years_and_extent(tiny):
    assert evidence.collection(tiny) == "7 sources (interview 7), of 2011. How much of each was read: not recorded."


def test_guide_counts_who_went_through_all_parts(tmp_path):
    cohort = build("one-site", tmp_path)
    assert evidence.guide(cohort).endswith("4 of 4 interviews went through all of them.")
    fewer = cohort.with_tables(asked=cohort.asked.iloc[1:])
    assert evidence.guide(fewer).endswith("3 of 4 interviews went through all of them.")
    assert evidence.guide(cohort.with_tables(asked=cohort.asked[:0])).endswith("Who was asked what is not recorded.")


def test_survey_tells_invited_and_answered():
    cohort = load_cohort("teaching")
    frame = cohort.survey_frame
    assert f"of {frame['invited'].sum()} invited {frame['responded'].sum()} responded" in evidence.survey(cohort)
    assert evidence.survey(cohort.with_tables(survey_items=cohort.survey_items[:0])) == ""


def test_repeats_counts_the_same_person_over_waves(make_cohort):
    told = [("north", "n1", "clinicians", "money", "challenge", {"wave": wave}) for wave in (1, 2)]
    told.append(("north", "n2", "clinicians", "money", "challenge"))
    cohort = make_cohort(told, settings={"waves": [1, 2]})
    assert evidence.repeats(cohort) == "1 of 2 informants was interviewed more than once."


def test_second_reading_counts_verdicts(make_cohort):
    told = [("north", "n1", "clinicians", "money", "challenge", {"checked": c}) for c in ("mended", "supported", "")]
    said = evidence.second_reading(make_cohort(told))
    assert said == "2 of 3 statements were read again against the source: 1 confirmed, 1 corrected."
    assert evidence.second_reading(make_cohort(told[2:])) == ""


def test_quotations_are_of_real_speakers_only(make_cohort):
    told = [("north", "n1", "clinicians", "money", "challenge")]
    real = {"synthetic": False, "settings": {"title": "Four"}}
    restated = evidence.quotations(make_cohort(told, **real))
    assert "1 restated in our words. None is a quotation" in restated
    verbatim = make_cohort([(*told[0], {"text_kind": "verbatim"})], **real)
    assert "1 in the speakers' own words. Quotations bear the key" in evidence.quotations(verbatim)


def test_context_and_arrangements_count_sites_with_a_fact(tmp_path):
    cohort = build("one-coder", tmp_path)
    assert evidence.arrangements(cohort).endswith("(of 3): Legal form (3); Paid staff (3); Ties (3).")
    assert evidence.context(cohort) == ""


def test_who_coded_tells_kind_shared_reading_and_blindness(tiny):
    assert coding.who_coded(tiny) == "3 coders (3 human); the statements of 7 of 7 sources were read by several."
    own = tiny.with_tables(coders=tiny.coders.assign(blind=["no", "no", "yes"]))
    assert coding.who_coded(own).endswith("Of the coders 2 had a part in collecting the data.")
    assert "3 of no stated kind" in coding.who_coded(tiny.with_tables(coders=tiny.coders[:0]))


def test_agreement_of_models_is_called_consistency(tiny):
    models = tiny.with_tables(coders=tiny.coders.assign(kind="model"))
    assert coding.agreement(models).endswith("consistency, not validity.")
    assert "validity" not in coding.agreement(tiny)


def test_origin_counts_codes_in_use(tiny):
    assert coding.origin(tiny) == ""
    book = tiny.codebook.assign(origin=["deductive", "emergent", ""], active="yes")
    said = coding.origin(tiny.with_tables(codebook=book))
    assert said == "Of 3 codes in use: 1 brought to the data, 1 found in the data, 1 of no stated origin."
    assert coding.origin(tiny.with_tables(codebook=book.assign(active=["yes", "no", "no"]))).startswith("Of 1 code")


def test_coding_tree_counts_kinds_and_domains(tiny):
    assert coding.coding_tree(tiny) == (
        "3 codes in use (challenge 2, practice 1) in 2 domains; 0 of 3 have a definition."
    )


def test_rule_says_when_it_was_fixed(tiny):
    assert coding.rule(tiny).endswith("The rule was fixed on 2026-01-31, before the data had been seen.")


def test_main_themes_count_common_challenges(tiny):
    said = findings.main_themes(tiny)
    assert said.startswith("0 of 2 challenges a difficulty at all sites that can be judged.")


def test_lesser_themes_tell_reach_and_denials(tiny):
    said = findings.lesser_themes(tiny)
    assert "Money 2 of 3" in said and "Codings that deny a challenge: 1;" in said


def test_saturation_reached_says_why_it_cannot_be_judged(tiny):
    assert findings.saturation_reached(tiny).startswith("Saturation of codes: not assessable: the codebook does not")


def test_ledger_counts_claims_that_are_still_made():
    cohort = load_cohort("af4q")
    made = cohort.claims
    assert findings.ledger(cohort).startswith(f"The ledger holds {len(made)} claims")
    gone = cohort.with_tables(claims=made.assign(verdict=["withdrawn", *made["verdict"][1:]]))
    assert findings.ledger(gone).startswith(f"The ledger holds {len(made) - 1} claims")
    assert findings.ledger(cohort.with_tables(claims=made[:0])) == ""


def test_limits_name_one_reader_and_sites_not_judged(tmp_path):
    said = findings.limits(build("one-coder", tmp_path))
    assert "12 of 12 sources were read by one coder only." in said and "cannot be judged" not in said


# ---- in words -------------------------------------------------------------------------------------------------------


def test_checklist_in_words_counts_each_status():
    table = pd.DataFrame({"status": ["filled"] * 17 + ["not_applicable"] * 3 + ["to_be_written"] * 12})
    assert checklist_in_words(table) == (
        "17 of 32 items can be filled from the data, 3 do not apply, 12 must be written by the team."
    )
    assert checklist_in_words(table[16:18]) == "1 of 2 items can be filled from the data, 1 does not apply."
