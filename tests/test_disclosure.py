"""The edition for sharing: every road by which a small cell could reach a reader, and that none is open."""

import re
import shutil
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import set_key, settings_for, write_cohort
from degenerate import _tables as plain_tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from casestudy import CohortError, check_cohort, load_cohort
from casestudy.cli import app
from casestudy.cohort.edition import write_edition
from casestudy.cohort.schema import TABLES
from casestudy.cohort.synthetic import hashes
from casestudy.methods.commonality import presence
from casestudy.methods.comparison import stakeholder_mix
from casestudy.methods.disclosure import DECISIONS, MERGED, merged_groups, shareable, threshold
from casestudy.methods.evidence import heard, raised
from casestudy.report.building import pages_of
from casestudy.report.claims import check_claims, draft_claims
from casestudy.report.execute import execute_all, find_notebooks
from casestudy.report.sharing import differences, share
from casestudy.report.word import plain_page

ROOT = Path(__file__).parents[1]
CANARY = "quibblefox"  # stands for every word that could name the person
ROLE, LABEL = "warden-role", "Wardens of the seal"  # the group that has one holder at alder
often = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def named(rows, counts):
    """Return statements of as many informants of each site, group and wave as `counts` says."""
    for (site, group, wave), n in counts.items():
        for person in range(n):
            who = f"{site}-{group}-{person}"
            rows.append((site, who, group, "money", "challenge", {"wave": wave, "about_group": group}))
    return rows


def with_sizes(make_cohort, least=3, **counts):
    """Return a cohort of one wave: `north=(4, 1)` is four clinicians and one patient."""
    groups = ("clinicians", "patients", "funders", "plans")
    sizes = {(site, group, 1): n for site, some in counts.items() for group, n in zip(groups, some, strict=False)}
    return make_cohort(named([], sizes), plan={"suppress_below": least, "k": 1, "m": 1}, sites=list(counts))


def sizes(cohort):
    """Return how many informants each site and group has, by wave."""
    counts = cohort.sources[cohort.sources["site"] != ""].groupby(["wave", "site", "group"])["informant"].nunique()
    return counts.to_dict()


def at(cohort, site):
    return {group: n for (_, place, group), n in sizes(cohort).items() if place == site}


# ---- cells ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("below", "least"), [(0, 0), (1, 2), (2, 2), (3, 3), (9, 9)])
def test_threshold_always_covers_a_role_with_one_holder(tiny, below, least):
    assert threshold(tiny.with_plan(suppress_below=below)) == least


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ((4, 3), {"clinicians": 4, "patients": 3}),
        ((4, 1), {MERGED: 5}),  # patients alone would be 5 - 4
        ((4, 2, 2), {"clinicians": 4, MERGED: 4}),
        ((4, 3, 1), {"clinicians": 4, MERGED: 4}),  # the next smallest joins the one
        ((4, 3, 1, 2), {"clinicians": 4, "patients": 3, MERGED: 3}),
        ((1, 1, 1, 1), {MERGED: 4}),
        ((3, 0, 0), {"clinicians": 3}),
    ],
)
def test_shareable_merges_small_groups_and_what_would_give_them_away(make_cohort, told, shown):
    assert at(shareable(with_sizes(make_cohort, north=told, south=(5,))), "north") == shown


def test_shareable_takes_out_a_site_with_too_few_in_all_and_keeps_it_listed(make_cohort):
    edition = shareable(with_sizes(make_cohort, north=(1, 1), south=(3, 3)))
    assert edition.sites["site"].tolist() == ["north", "south"]
    assert set(edition.sources["site"]) == set(edition.segments["site"]) == {"south"}
    assert edition.codings["segment"].isin(edition.segments["segment"]).all()
    mix = stakeholder_mix(edition).set_index("site")
    assert mix.loc["north", "status"] == "not_assessable"


def test_shareable_is_the_cohort_itself_for_a_public_record(make_cohort):
    cohort = with_sizes(make_cohort, least=0, north=(1, 1))
    assert shareable(cohort) is cohort and merged_groups(cohort).empty
    for name in ("af4q", "bqi"):
        assert shareable(load_cohort(name)).folder.name == name


def test_shareable_refuses_a_cohort_that_is_small_everywhere(make_cohort):
    with pytest.raises(CohortError, match="nothing can be shared: at every site fewer than 3"):
        shareable(with_sizes(make_cohort, north=(1, 1), south=(2,)))


def test_shareable_merges_where_few_of_a_group_were_asked(make_cohort):
    modules = [{"module": "cash", "label": "Cash", "codes": "money"}]
    rows = [("north", f"{g}{n}", g, "trust", "challenge") for g in ("clinicians", "patients") for n in range(4)]
    asked = [(f"north-{who}", "cash") for _, who, group, *_ in rows if group == "clinicians" or who == "patients0"]
    cohort = make_cohort(rows, plan={"suppress_below": 3}, codes=["money", "trust"], modules=modules, asked=asked)
    could = raised(shareable(cohort)).query("could and code == 'money'")
    assert could.groupby("group").size().to_dict() == {MERGED: 5}


def test_shareable_takes_out_a_question_that_few_of_a_site_were_asked(make_cohort):
    modules = [{"module": "cash", "label": "Cash", "codes": "money"}]
    rows = [(site, f"{site}{n}", "clinicians", "trust", "challenge") for site in ("north", "south") for n in range(4)]
    rows.append(("north", "north0", "clinicians", "money", "challenge"))
    asked = [("north-north0", "cash"), *((f"south-south{n}", "cash") for n in range(4))]
    cohort = make_cohort(rows, plan={"suppress_below": 3, "k": 1, "m": 1}, modules=modules, asked=asked)
    could = raised(shareable(cohort)).query("could").groupby(["site", "code"]).size()
    assert could.to_dict() == {("north", "trust"): 4, ("south", "money"): 4, ("south", "trust"): 4}
    assert "Money" in merged_groups(cohort)["reason"].iloc[0]


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["g1", "g2", "g3", "g4"]), st.sampled_from([1, 2])),
    st.integers(0, 6),
    min_size=4,
)


def counts_of(table):
    return table.groupby(["site", "group"])["informant"].nunique()


def paths_of(sources):
    """Return how many informants of each site went the same way through waves and groups."""
    path = sources["wave"].astype(str) + sources["group"]
    paths = sources.assign(path=path).groupby(["site", "informant"])["path"].agg(lambda p: "|".join(sorted(p)))
    return paths.reset_index().groupby(["site", "path"]).size()


@often
@given(COUNTS, st.integers(1, 4))
def test_shareable_leaves_no_small_cell_and_no_small_difference(make_cohort, counts, below):
    """Per wave, per question and over waves; every sum of a site's cells, as what totals less other cells come to."""
    least, first = max(below, 2), {place: n for place, n in counts.items() if place[2] == 1}
    cohort = make_cohort(
        named([], {**counts, ("a", "g1", 1): 1 + first.get(("a", "g1", 1), 0)}), {"suppress_below": below}
    )
    try:
        edition = shareable(cohort)
    except CohortError:
        assert cohort.sources.query("wave == 1").groupby("site")["informant"].nunique().max() < least
        return
    cells = [paths_of(edition.sources)]
    for wave in edition.sources["wave"].unique():
        one = edition.with_plan(wave=int(wave))
        cells += map(counts_of, (heard(one), raised(one).query("could"), one.sources.query("wave == @wave")))
    for counted in cells:
        for _, rows in counted.groupby("site"):
            assert min(sum(some) for n in range(1, len(rows) + 1) for some in combinations(rows, n)) >= least


@pytest.mark.parametrize(("later", "waves"), [(6, {1, 2}), (5, {1}), (3, {1, 2})])
def test_shareable_leaves_out_the_other_wave_where_one_who_left_would_stand_alone(make_cohort, later, waves):
    rows = named([], {("north", "clinicians", 1): 6, ("north", "clinicians", 2): later})
    assert set(shareable(make_cohort(rows, plan={"suppress_below": 3})).sources["wave"]) == waves


def test_shareable_merges_a_source_at_every_site_it_speaks_of(make_cohort):
    rows = named([], {("north", "clinicians", 1): 3, ("north", "patients", 1): 3, ("south", "clinicians", 1): 4})
    rows.append(("south", "north-patients-0", "patients", "money", "challenge", {"source_site": "north"}))
    rows[-1][-1]["source"] = "north-north-patients-0-1"
    edition = shareable(make_cohort(rows, plan={"suppress_below": 3}))
    counts = heard(edition).groupby(["site", "group"])["informant"].nunique()
    assert counts.min() >= 3 and counts["south"].to_dict() == {MERGED: 5}


# ---- what is written of them ----------------------------------------------------------------------------------------


def test_shareable_withholds_the_words_of_the_merged_and_counts_what_they_said(make_cohort):
    cohort = with_sizes(make_cohort, north=(4, 2, 1), south=(3, 3))
    edition = shareable(cohort)
    segments = edition.segments.merge(edition.sources[["source", "group"]], on="source")
    assert segments["text"].eq("").equals(segments["group"].eq(MERGED))
    assert set(segments.loc[segments["group"] == MERGED, "text_kind"]) == {"withheld"}
    assert presence(edition)["raised"].tolist() == presence(cohort)["raised"].tolist()


def test_shareable_keeps_two_passages_of_a_withheld_answer_apart(make_cohort):
    rows = [("north", f"n{n}", "clinicians") for n in range(3)]
    for start, end, valence in ((0, 3, "challenge"), (4, 6, "strategy"), (7, 9, "strategy")):
        place = {"segment": "a", "start": start, "end": end, "text": "A long answer."}
        rows.append(("north", "lone", "patients", "money", valence, place))
    cohort = make_cohort(rows, plan={"suppress_below": 3})
    edition = shareable(cohort)
    assert edition.codings["valence"].tolist() == ["challenge", "strategy"]
    assert edition.codings["start"].tolist() == [0, 1] and edition.codings["end"].isna().all()


def test_shareable_names_no_merged_group_as_the_one_spoken_of(make_cohort):
    edition = shareable(with_sizes(make_cohort, north=(4, 1, 3), south=(3, 3, 3)))
    codings = edition.codings.merge(edition.segments[["segment", "site"]], on="segment")
    assert set(codings.query("site == 'north'")["about_group"]) == {"clinicians", ""}
    assert set(codings.query("site == 'south'")["about_group"]) == {"clinicians", "patients", "funders"}


def test_shareable_lists_only_the_groups_that_are_shown(make_cohort):
    cohort = with_sizes(make_cohort, north=(4, 1, 2), south=(3,))
    assert list(shareable(cohort).groups) == ["clinicians", MERGED]
    told = merged_groups(cohort)
    assert told[["site", "groups", "informants"]].to_numpy().tolist() == [["North", "Patients; Funders", 3]]


def test_shareable_gives_the_same_numbers_again_and_not_in_the_order_of_keys(make_cohort):
    cohort = with_sizes(make_cohort, north=(30,), south=(30,))
    first, second = shareable(cohort), shareable(cohort)
    assert all(first.tables[name].equals(second.tables[name]) for name in TABLES)
    assert not first.sources["site"].is_monotonic_increasing
    assert first.sources["source"].tolist() == [f"d{n:03d}" for n in range(1, 61)]
    assert first.segments["segment"].tolist() == [f"s{n:03d}" for n in range(1, 61)]
    assert not first.segments["source"].is_monotonic_increasing  # a number tells nothing of the source
    assert not first.sources["informant"].is_monotonic_increasing


def test_shareable_draws_other_numbers_for_other_content(make_cohort):
    one, other = (with_sizes(make_cohort, north=(20,), south=(south,)) for south in (20, 21))
    assert shareable(one).sources["site"].tolist() != shareable(other).sources["site"].tolist()[:40]


def test_shareable_reads_nothing_from_the_folder_of_the_full_edition(teaching_share):
    assert teaching_share.reading("07") == "" and teaching_share.truth("presence").empty


def test_every_column_of_the_format_has_been_decided_on():
    assert DECISIONS.keys() == {(name, column) for name, table in TABLES.items() for column in table.names}


def test_every_key_of_a_row_on_people_or_words_becomes_a_number():
    people = ("sources", "segments", "memos", "links", "memberships", "survey_respondents", "role_statements")
    assert {(name, TABLES[name].key[0]): DECISIONS[name, TABLES[name].key[0]] for name in people} == {
        ("sources", "source"): "source",
        ("segments", "segment"): "segment",
        ("memos", "memo"): "memo",
        ("links", "link"): "link",
        ("memberships", "member"): "member",
        ("survey_respondents", "respondent"): "respondent",
        ("role_statements", "statement"): "statement",
    }


def test_no_free_text_on_people_is_kept():
    notes = {place for place in DECISIONS if place[1] in ("note", "title", "organisation", "recruited_by", "rationale")}
    assert {place for place in notes if DECISIONS[place] == "kept"} == {("attributes", "note")}


# ---- members and survey ---------------------------------------------------------------------------------------------


def _people(table, counts):
    key = "member" if table == "memberships" else "respondent"
    seats = {"seat": "board"} if table == "memberships" else {"wave": 1}
    return [
        {key: f"{site}-{group}-{n}", "site": site, "group": group, **seats}
        for (site, group), size in counts.items()
        for n in range(size)
    ]


def test_shareable_merges_members_of_their_own(make_cohort):
    members = _people("memberships", {("north", "clinicians"): 3, ("north", "patients"): 1, ("south", "patients"): 2})
    rows = named([], {("north", "clinicians", 1): 3, ("north", "patients", 1): 3, ("south", "patients", 1): 3})
    edition = shareable(make_cohort(rows, plan={"suppress_below": 3}, memberships=members))
    assert edition.memberships.groupby(["site", "group"]).size().to_dict() == {("north", MERGED): 4}
    assert set(edition.sources["group"]) == {"clinicians", "patients"}


def test_shareable_blanks_the_seats_of_a_group_with_one_on_the_board(make_cohort):
    members = _people("memberships", {("north", "clinicians"): 5, ("north", "patients"): 4})
    members[0]["seat"] = "general"
    rows = named([], {("north", "clinicians", 1): 3, ("north", "patients", 1): 3})
    edition = shareable(make_cohort(rows, plan={"suppress_below": 3}, memberships=members))
    seats = edition.memberships.groupby("group")["seat"].agg(set)
    assert seats.to_dict() == {"clinicians": {""}, "patients": {"board"}}


def test_shareable_merges_survey_and_frame_alike(make_cohort):
    answered = {("north", "clinicians"): 5, ("north", "patients"): 2, ("south", "clinicians"): 3}
    frame = [("north", 1, "clinicians", 8, 5), ("north", 1, "patients", 4, 2), ("north", 1, "plans", 0, 0)]
    frame.append(("south", 1, "clinicians", 3, 3))
    people = _people("survey_respondents", answered)
    answers = [(row["respondent"], "q1", 4) for row in people]
    tables = {"survey_frame": frame, "survey_respondents": people, "survey_responses": answers}
    tables["survey_items"] = [{"item": "q1", "scale": "s", "min": 1, "max": 5}]
    counts = {("north", "clinicians", 1): 3, ("south", "patients", 1): 3, ("south", "plans", 1): 3}
    edition = shareable(make_cohort(named([], counts), plan={"suppress_below": 3}, **tables))
    assert edition.survey_frame.to_numpy().tolist() == [["north", 1, MERGED, 12, 7], ["south", 1, "clinicians", 3, 3]]
    assert edition.survey_respondents.groupby(["site", "group"]).size().to_dict() == {
        ("north", MERGED): 7,
        ("south", "clinicians"): 3,
    }
    assert len(edition.survey_responses) == 10


def _answered(people, items=("q1",)):
    """Return the tables of a survey in which these people answered these items."""
    scale = [{"item": item, "scale": "s", "min": 1, "max": 5} for item in items]
    return {"survey_items": scale, "survey_responses": [(row["respondent"], q, 3) for row in people for q in items]}


def test_shareable_counts_who_has_a_score_and_not_who_was_asked(make_cohort):
    """Forty respondents of whom one answered gave that one's score to the page."""
    people = _people("survey_respondents", {("north", "clinicians"): 8, ("south", "clinicians"): 8})
    tables = _answered(people)
    blank = {row["respondent"] for row in people if row["site"] == "north"} - {people[0]["respondent"]}
    tables["survey_responses"] = [(who, q, None if who in blank else v) for who, q, v in tables["survey_responses"]]
    rows = named([], {("north", "clinicians", 1): 3, ("south", "clinicians", 1): 3})
    edition = shareable(make_cohort(rows, plan={"suppress_below": 3}, survey_respondents=people, **tables))
    assert set(edition.survey_respondents["site"]) == {"south"}


@pytest.mark.parametrize(("speakers", "shown"), [(2, set()), (3, {"A"})])
def test_shareable_places_no_site_by_the_word_of_few(make_cohort, speakers, shown):
    said = [("north", f"n{n}", "clinicians", "say", "neutral", {"pole": "A"}) for n in range(speakers)]
    rows = [*said, *named([], {("north", "clinicians", 1): 4})]
    axes = [("say", "say", "All alike", "By size", "")]
    cohort = make_cohort(rows, plan={"suppress_below": 3}, axes=axes, codes={"say": "tradeoff", "money": "challenge"})
    assert set(shareable(cohort).codings["pole"]) - {""} == shown


def test_shareable_leaves_no_year_even_where_the_plan_has_a_period(make_cohort):
    cohort = with_sizes(make_cohort, north=(4,), south=(4,))
    years = cohort.sources.assign(year=pd.array([2001, *[2024] * 7], dtype="Int64"))
    edition = shareable(cohort.with_plan(period="2010-2030").with_tables(sources=years))
    assert edition.sources["year"].isna().all() and len(edition.segments) == len(cohort.segments) - 1


def test_shareable_breaks_a_panel_that_would_single_out_who_left(make_cohort):
    first = [{**row, "panel": row["respondent"]} for row in _people("survey_respondents", {("north", "clinicians"): 6})]
    later = [{**row, "respondent": f"{row['respondent']}-2", "wave": 2} for row in first]
    rows = named([], {("north", "clinicians", 1): 3})
    panels = [
        shareable(
            make_cohort(rows, plan={"suppress_below": 3}, survey_respondents=people, **_answered(people))
        ).survey_respondents["panel"]
        for people in (first + later, first + later[:5])
    ]
    assert panels[0].nunique() == 6 and set(panels[1]) == {""}


# ---- canaries: nothing of a small cell in any file or page ----------------------------------------------------------


def planted(folder):
    """Write a cohort in which everything free of the lone funder at alder holds a canary; return its folder."""
    people = [("alder", "a", "c"), ("alder", "b", "p"), ("birch", "c", "c"), ("birch", "d", "p")]
    tables = plain_tables([(site, f"{letter}{n}", group) for site, letter, group in people for n in (1, 2, 3, 4)])
    groups = {"c": "Clinicians", "p": "Patients", "patients": "Other patients", ROLE: LABEL}
    lone = f"{CANARY}-one"
    source = {"source": lone, "site": "alder", "kind": "interview", "group": ROLE, "informant": lone, "wave": 1}
    source |= {"title": CANARY, "publisher": CANARY, "url": f"https://{CANARY}.org", "licence": CANARY, "note": CANARY}
    said = {"segment": f"{lone}-1", "source": lone, "site": "alder", "seq": 1, "speaker": "informant"}
    said |= {"text": f"I am {CANARY}, of money.", "text_kind": "synthetic", "scope": "site", "basis": "explicit"}
    asking = {**said, "segment": f"{lone}-0", "seq": 0, "speaker": "interviewer", "text": f"{CANARY}, tell me."}
    coded = {"segment": f"{lone}-1", "code": "money", "coder": "ana", "valence": "challenge", "start": 5, "end": 15}
    tables["sources"].append(source)
    tables["segments"] += [asking, {**said, "note": CANARY}]
    tables["codings"] += [coded | {"about_group": ROLE}, coded | {"coder": "ben"}]
    tables["assignments"] += [("ana", lone), ("ben", lone)]
    tables["asked"] += [(lone, code) for code in ("power", "money", "trust")]
    tables["codebook"][1]["example_segment"] = f"{lone}-1"
    for fact in tables["site_attributes"]:
        fact |= {"source_refs": lone, "note": CANARY, "rater": CANARY}
    tables["sites"] = [(site, site.capitalize(), "", "", CANARY) for site in ("alder", "birch")]
    tables["memos"] = [{"memo": CANARY, "coder": "ana", "code": "money", "site": "alder", "text": CANARY}]
    links = {"coder": "ana", "segment": f"{lone}-1", "from_code": "money", "to_code": "trust", "relation": "worsens"}
    tables["links"] = [{"link": CANARY, **links}]
    member = {"member": CANARY, "site": "alder", "organisation": CANARY, "group": ROLE, "recruited_by": CANARY}
    tables["memberships"] = [member, *_people("memberships", {("alder", "c"): 3})]
    respondent = {"respondent": CANARY, "site": "alder", "wave": 1, "group": ROLE, "panel": CANARY}
    tables["survey_respondents"] = [respondent, *_people("survey_respondents", {("alder", "c"): 3})]
    tables["survey_items"] = [{"item": "q1", "scale": "s", "min": 1, "max": 5}]
    tables["survey_responses"] = [(row["respondent"], "q1", 3) for row in tables["survey_respondents"]]
    tables["survey_frame"] = [("alder", 1, ROLE, 1, 1), ("alder", 1, "c", 5, 3)]
    tables["factors"] = [{"factor": "f", "label": "F"}]
    tables["site_factors"] = [("alder", "f", CANARY, 2, f"{lone}-1")]
    role = {"statement": CANARY, "source": lone, "group": ROLE, "theme": "seats", "valence": "fear"}
    tables["role_statements"] = [role | {"paraphrase": CANARY, "evidence": CANARY}]
    aliases = [{"informant": f"{lone}-2", "same_as": lone, "reason": CANARY}]
    told = settings_for("planted", plan={"k": 2, "m": 2, "B": 200, "suppress_below": 3, "themes": {}})
    told |= {"groups": groups, "about_groups": groups, "aliases": aliases, "provenance": CANARY, "summary": CANARY}
    tables["sources"].append({**source, "source": f"{lone}-2", "informant": f"{lone}-2"})
    tables["segments"].append({**said, "source": f"{lone}-2", "segment": f"{lone}-2-1"})
    write_cohort(folder, told, tables)
    for name in ("reading/07.md", "reading/01.md", "truth/presence.csv", "README.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"{CANARY}\n", "utf-8")
    return _with_ledger(folder)


def _with_ledger(folder):
    claims, evidence = draft_claims(load_cohort(folder))
    claims.loc[0, ["confidence_final", "reason", "decided_by"]] = ["low", f"So says {CANARY}.", "The evaluator"]
    claims.loc[len(claims) - 1, ["verdict", "reason", "template"]] = ["withdrawn", CANARY, CANARY]
    claims.to_csv(folder / "claims.csv", index=False)
    evidence.to_csv(folder / "claim_evidence.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    """Return the cohort with canaries, its edition, and what was told of it."""
    place = tmp_path_factory.mktemp("canary")
    cohort = load_cohort(planted(place / "planted"))
    before = hashes(cohort.folder)
    edition, told = share(cohort, place / "shared")
    assert hashes(cohort.folder) == before
    return cohort, edition, told


@pytest.fixture(scope="module")
def teaching_share():
    return shareable(load_cohort("teaching"))


def test_planted_has_the_canary_in_every_table_of_people(canary):
    cohort = canary[0]
    silent = {name for name, table in cohort.tables.items() if len(table) and CANARY not in table.to_csv()}
    assert silent == {"coders", "modules", "attributes", "factors", "survey_items", "survey_frame"}
    assert ROLE in set(cohort.survey_frame["group"])


def test_share_writes_no_canary_into_any_file(canary):
    files = [path for path in canary[1].folder.rglob("*") if path.is_file()]
    assert len(files) > 15 and {path.parent for path in files} == {canary[1].folder}
    told = {path.name: path.name + path.read_text("utf-8") for path in files}
    assert [name for name, text in told.items() if CANARY in text or ROLE in text] == []
    assert [name for name, text in told.items() if LABEL in text] == ["README.md"]  # what is merged, without a number


def test_share_writes_a_cohort_that_passes_the_check_with_a_ledger_that_holds(canary):
    _, edition, _ = canary
    assert check_cohort(edition.folder).empty and check_claims(edition).empty
    assert edition.claims.loc[0, ["confidence_final", "decided_by"]].tolist() == ["low", "The evaluator"]
    assert edition.id == "planted-shared" and "edition for sharing" in edition.title


def test_share_leaves_no_canary_on_the_pages_of_evidence_and_claims(canary):
    pages, headlines = pages_of(canary[1])
    text = "\n".join([*pages, *pages.values(), *headlines])
    assert not any(word in text for word in (CANARY, ROLE, LABEL))
    assert "text withheld" in text and "EDITION FOR SHARING" in text
    assert LABEL in "\n".join(pages_of(canary[0])[0].values())
    assert CANARY in "\n".join(pages_of(canary[0])[0].values())


def test_share_says_on_every_page_that_it_is_an_edition(canary):
    _, edition, _ = canary
    assert "EDITION FOR SHARING" in edition.notice and edition.notice.startswith("SYNTHETIC")
    assert "Edition for sharing" in edition.footer
    readme = (edition.folder / "README.md").read_text("utf-8")
    assert "Alder" in readme and not re.search(r"\b[12]\b", readme)


def test_share_tells_the_evaluator_what_differs(canary):
    told = "\n".join(canary[2])
    for part in ("Alder, interviews: not shown apart", "verdicts on challenges", "Do not publish the full edition"):
        assert part in told


def test_differences_counts_verdicts_that_moved(make_cohort):
    cohort = with_sizes(make_cohort, north=(1, 2), south=(3, 3)).with_plan(m=2, k=2)
    said = differences(cohort, shareable(cohort))
    assert said == "2 of 2 verdicts on challenges and 2 of 4 on sites differ from those of the full edition."


def test_write_edition_loses_nothing(tmp_path):
    for name in ("template", "alignment-teaching"):
        cohort = load_cohort(name)
        again = load_cohort(write_edition(cohort, "A copy.\n", tmp_path / name))
        assert [t for t in TABLES if not again.tables[t].equals(cohort.tables[t])] == []
        assert (again.plan, again.groups, again.title) == (cohort.plan, cohort.groups, cohort.title)


@pytest.mark.slow
def test_share_leaves_no_canary_in_notebooks_and_word(canary):
    _, edition, _ = canary
    notebooks = [p for p in find_notebooks(ROOT) if p.name[:2] in ("01", "06", "07", "12")]
    results = execute_all(notebooks, str(edition.folder))
    assert [r.path.name for r in results if r.error] == []
    for result in results:
        outputs = str([cell.get("outputs", []) for cell in result.notebook.cells])
        assert not any(word in outputs for word in (CANARY, ROLE, LABEL)), result.path.name
    assert "Other groups (merged)" in str(results[0].notebook)
    page = plain_page(results[-1].notebook, edition).html
    assert CANARY not in page and "EDITION FOR SHARING" in BeautifulSoup(page, "html.parser").text


# ---- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """`run` without kernels and without Sphinx; return the cohorts that were built."""
    built = []

    def build(cohorts, notebooks, target, progress, on_note):
        built.extend((cohort.id, cohort.folder.is_dir()) for cohort in cohorts)
        return []

    monkeypatch.setattr("casestudy.report.building.build_sites", build)
    monkeypatch.setattr("casestudy.report.side_by_side.write_index", lambda sites, target: None)
    monkeypatch.chdir(tmp_path)
    return built


def run(*words):
    return CliRunner().invoke(app, ["run", *map(str, words)])


def test_run_share_builds_the_editions_and_cleans_up(quick):
    told = run("template", "af4q", "--share")
    assert told.exit_code == 0, told.output
    assert quick == [("template-shared", True), ("af4q", True)]
    assert "af4q: a public record" in told.output and "template: Alder" in told.output
    assert not list(Path(".").iterdir())


def test_run_share_stops_with_2_where_nothing_can_be_shared(quick, tmp_path):
    shutil.copytree(ROOT / "data/template", tmp_path / "template")
    set_key(tmp_path / "template", "plan.suppress_below", 50)
    told = run(tmp_path / "template", "--share")
    assert told.exit_code == 2 and "nothing can be shared" in told.output and not quick


def test_run_without_share_builds_the_full_edition(quick):
    assert run("template").exit_code == 0 and quick == [("template", True)]
