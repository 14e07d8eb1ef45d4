"""Every method and every notebook on cohorts that lack something: no exception, and the lack said in words."""

import json
import re
import warnings
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from degenerate import DEGENERATE, build, write

from casestudy.methods.agreement import agreement_by_code, coder_pairs, confusions, disagreements, valence_agreement
from casestudy.methods.commonality import (
    breaking_points,
    common_challenges,
    leave_one_site_out,
    presence,
    sensitivity,
)
from casestudy.methods.comparison import by_group, contrast, stakeholder_mix, types_of_site, typology
from casestudy.report.execute import execute_all, find_notebooks
from casestudy.report.overview import can_answer

ROOT = Path(__file__).parents[1]
STATUS = {"ok", "not_assessable", "not_estimable"}


def about(cohort):
    return by_group(cohort, "about")


def contrasts(cohort):
    return contrast(cohort, "legal")


def types(cohort):
    return types_of_site(cohort, "governance")


METHODS = (presence, common_challenges, sensitivity, leave_one_site_out, agreement_by_code, valence_agreement)
METHODS += (coder_pairs, confusions, disagreements, typology, types, contrasts, by_group, about, stakeholder_mix)
METHODS += (can_answer,)
NOTHING = {  # where no row is the right answer
    confusions: DEGENERATE.keys() - {"one-coder", "empty-codings"},
    disagreements: {"nothing-found", "all-ties", "two-waves-no-panel"},
    typology: {"no-survey"},
    types: {"no-survey"},
    contrasts: {"no-survey"},
}
# These give no interval, and say so in their documentation
NO_INTERVAL = (contrasts, by_group)


@pytest.fixture(scope="module", params=DEGENERATE)
def made(request, tmp_path_factory):
    return request.param, build(request.param, tmp_path_factory.mktemp("degenerate"))


def one(name, tmp_path):
    return build(name, tmp_path)


@pytest.fixture(scope="module")
def found(made):
    """Return every method's table on one cohort; a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {method: method(made[1]) for method in METHODS}


def test_cohorts_have_three_to_twelve_informants(made):
    assert 3 <= made[1].sources["informant"].nunique() <= 12
    assert made[1].synthetic


def test_methods_give_rows_wherever_there_is_something_to_say(made, found):
    empty = {method.__name__ for method, table in found.items() if table.empty}
    assert empty <= {method.__name__ for method, names in NOTHING.items() if made[0] in names}


def test_methods_give_a_known_status_and_a_reason_in_words(found):
    for method, table in found.items():
        lacking = table[table["status"] != "ok"]
        assert set(table["status"]) <= STATUS and table["reason"].notna().all(), method.__name__
        assert lacking["reason"].str.contains(" ").all(), method.__name__


def test_methods_leave_no_unexplained_blank(found):
    for method, table in found.items():
        ok = table[table["status"] == "ok"]
        if "estimate" in table:
            assert ok["estimate"].notna().all(), method.__name__
        for column in {"lo", "hi", "alpha", "rate_ratio"} & set(table) if method not in NO_INTERVAL else ():
            assert (ok[column].notna() | ok["reason"].ne("")).all(), (method.__name__, column)


def test_methods_never_call_a_site_present_that_cannot_be_judged(found):
    cells = found[presence]
    assert cells.loc[cells["status"] != "ok", "present"].isna().all()
    assert cells.loc[cells["status"] == "ok", "present"].notna().all()


def test_breaking_points_stay_within_the_sites_that_can_be_judged(made):
    table = breaking_points(made[1])
    assert len(table) and (table["sites"] <= table["sites_assessable"]).all()


# ---- what each cohort lacks, method by method ----------------------------------------------------------------------


def test_one_site_leaves_nothing_to_compare(tmp_path):
    cohort = one("one-site", tmp_path)
    assert set(common_challenges(cohort)["reason"]) == {"1 site can be judged: nothing can be common"}
    assert set(leave_one_site_out(cohort)["status"]) == {"not_assessable"}
    assert set(contrasts(cohort)["status"]) == {"not_assessable"}


def test_one_coder_leaves_no_agreement_and_no_other_way_to_settle(tmp_path):
    cohort = one("one-coder", tmp_path)
    assert set(agreement_by_code(cohort)["reason"]) == {"only one coder read each segment"}
    assert "resolve" not in set(sensitivity(cohort)["varied"])


def test_a_site_with_one_group_is_not_judged_and_not_absent(tmp_path):
    cells = presence(one("one-group-site", tmp_path)).set_index("site")
    assert set(cells.loc["cedar", "reason"]) == {"only 1 stakeholder group heard; the rule needs 2"}
    assert cells.loc["cedar", "present"].isna().all() and set(cells.loc["alder", "status"]) == {"ok"}


def test_withheld_words_change_no_number(tmp_path):
    cells = [presence(one(name, tmp_path)) for name in ("no-text", "no-survey")]
    assert cells[0].equals(cells[1])


def test_what_nobody_coded_is_not_absent(tmp_path):
    cohort = one("empty-codings", tmp_path)
    for method in (presence, common_challenges, sensitivity, by_group, contrasts):
        assert set(method(cohort)["reason"]) == {"no source of wave 1 was read by a coder"}, method.__name__
    assert set(common_challenges(cohort)["class"]) == {"not_assessable"}


def test_what_coders_looked_for_and_did_not_find_is_absent(tmp_path):
    table = common_challenges(one("nothing-found", tmp_path))
    assert set(table["class"]) == {"absent"} and set(table["status"]) == {"ok"}


def test_contested_codings_count_as_raised_and_not_as_a_difficulty(tmp_path):
    table = common_challenges(one("all-ties", tmp_path)).set_index(["reading", "code"])["class"]
    assert set(table["difficulty"]) == {"absent"}
    assert table["documented"].to_dict() == {"power": "common", "money": "common", "trust": "site_specific"}


def test_only_the_wave_of_the_plan_is_counted(tmp_path):
    cohort = one("two-waves-no-panel", tmp_path)
    assert set(presence(cohort)["could"]) == {2}
    assert set(presence(cohort.with_plan(wave=2))["could"]) == {2}


# ---- every notebook ------------------------------------------------------------------------------------------------

JUDGED = "1 site can be judged: nothing can be common"
UNREAD = "no source of wave 1 was read by a coder"
# What a reader of the numbered notebook must meet, cohort by cohort
EXPECTED = {
    "one-site": {
        "01": ["voices enough for the rule at 1 of 1 site: nothing can be common", "no group has 3 voices"],
        "03": [f"Not assessable: {JUDGED}"],
        "04": ["No contrast between types of site can be made", "no site on the other side"],
        "06": ["Not assessable for any group: fewer than 3 voices of the group could have raised it"],
        "07": [
            f"Whether any challenge is a difficulty at all sites cannot be judged: {JUDGED}",
            "fewer than three sites can be judged: leaving one out leaves nothing to compare",
            f"Not assessable as a difficulty: {JUDGED}",
        ],
        "12": [f"Whether any challenge is a difficulty at all sites cannot be judged: {JUDGED}"],
    },
    "one-coder": {
        "01": ["only one coder read each source"],
        "03": [
            "Agreement cannot be estimated: only one coder read each segment (3 codes)",
            "no other way of settling differences between coders",
        ],
        "12": ["Agreement cannot be estimated: only one coder read each segment (3 codes)"],
    },
    "one-group-site": {
        "07": ["at all 2 sites that can be judged", "leaving one out leaves nothing to compare"],
        "12": ["Sites that cannot be judged: Cedar: only 1 stakeholder group heard; the rule needs 2"],
    },
    "no-text": {
        "02": ["Not assessable: the texts are withheld"],
        "03": ["(words withheld)"],
        "04": ["(words withheld)"],
        "05": ["(words withheld)"],
    },
    "empty-codings": {
        "01": [f"So far {UNREAD}."],
        "03": ["Agreement cannot be estimated: no segment of wave 1 was read independently"],
        "06": [f"Not assessable for any group: {UNREAD}"],
        "07": [
            f"Whether any challenge is a difficulty at all sites cannot be judged: {UNREAD}",
        ],
        "12": [
            f"Whether any challenge is a difficulty at all sites cannot be judged: {UNREAD}",
            f"Sites that cannot be judged: Alder, Birch and Cedar: {UNREAD}",
        ],
    },
    "nothing-found": {
        "03": ["Agreement cannot be estimated: no coder gave this code (3 codes)"],
        "06": ["No group that could be compared raises any challenge as a difficulty"],
        "07": ["no challenge is a difficulty at any of 3 sites", "No statement tells of a difficulty."],
        "12": ["No challenge is a difficulty at any site, even at k = 1."],
    },
    "all-ties": {
        "03": ["every resample gives this same value"],
        "06": ["No group that could be compared raises any challenge as a difficulty"],
        "07": ["In 17 of 17 codings the coders tie on the valence: such a coding is contested, and counts as raised"],
        "12": ["no challenge is a difficulty at any of 3 sites", "are raised in any way at all 3 sites"],
    },
    "no-survey": {
        "01": ["no table `asked`: everyone is taken to have been asked everything"],
        "03": ["Who read what is not recorded: coders are taken to have read every source in which they coded."],
        "04": ["No contrast between types of site can be made: no type is documented"],
        "05": ["no fact about leadership is documented in words", "no numeric fact of this theme is in the data"],
        "06": ["no fact about participation is documented in words"],
    },
    "two-waves-no-panel": {
        "01": ["6 voices heard in wave 1", "0 of 12 informants were heard in more than one wave"],
        "07": ["said in wave 1"],
        "12": ["6 voices heard in wave 1"],
    },
}
SEARCHLESS = ["Not assessable: single version", "Not assessable: there are no search terms."]
EXPECTED = {name: {"02": SEARCHLESS, **by_number} for name, by_number in EXPECTED.items()}
# Never: a share or a rank of nothing, a missing number inside a sentence
MISLEADING = re.compile(
    r"\bnan\b|NaN of|of 0 voices|at all [01] sites?|0 of 0|widest reach is 0|counted 0 times|<NA>", re.I
)


def told(notebook) -> str:
    """Return what a notebook prints, tables and sentences, as a reader sees it."""
    parts = []
    for output in (o for cell in notebook.cells for o in cell.get("outputs", [])):
        data = output.get("data", {})
        html = "".join(data.get("text/html", ""))
        parts.append(BeautifulSoup(html, "html.parser").get_text(" ") if html else "")
        parts.append(re.sub(r"\\(\W)|\*\*", r"\1", "".join(data.get("text/markdown", ""))))
    return "\n".join(parts)


def sentences(notebook) -> str:
    return "\n".join(
        "".join(o["data"].get("text/markdown", "")) for c in notebook.cells for o in c.get("outputs", []) if "data" in o
    )


@pytest.fixture(scope="module", params=DEGENERATE)
def executed(request, tmp_path_factory):
    """Run the notebooks in which the cohort must meet a sentence of its own; the others take minutes: see below."""
    folder = write(request.param, tmp_path_factory.mktemp("notebooks"))
    wanted = [path for path in find_notebooks(ROOT) if path.name[:2] in EXPECTED[request.param]]
    return request.param, execute_all(wanted, str(folder))


def test_expected_sentences_are_kept_for_every_cohort():
    assert EXPECTED.keys() == DEGENERATE.keys()


@pytest.mark.slow
def test_every_notebook_runs_to_its_end(executed):
    assert not [(r.path.name, r.error) for r in executed[1] if r.error]
    for result in executed[1]:
        outputs = [o for cell in result.notebook.cells for o in cell.get("outputs", [])]
        assert not [json.dumps(o) for o in outputs if o.get("name") == "stderr"], result.path.name


@pytest.mark.slow
def test_every_notebook_says_what_the_cohort_lacks(executed):
    by_number = {r.path.name[:2]: told(r.notebook) for r in executed[1]}
    wanted = EXPECTED[executed[0]]
    missing = {n: [f for f in wanted[n] if f not in by_number[n]] for n in wanted}
    assert not {n: fragments for n, fragments in missing.items() if fragments}


@pytest.mark.slow
def test_no_notebook_misleads_where_there_is_nothing(executed):
    for result in executed[1]:
        assert not MISLEADING.findall(sentences(result.notebook)), result.path.name


@pytest.mark.slower
@pytest.mark.parametrize("name", DEGENERATE)
def test_every_other_notebook_runs_to_its_end_too(name, tmp_path):
    rest = [path for path in find_notebooks(ROOT) if path.name[:2] not in EXPECTED[name]]
    assert not [(r.path.name, r.error) for r in execute_all(rest, str(write(name, tmp_path))) if r.error]
