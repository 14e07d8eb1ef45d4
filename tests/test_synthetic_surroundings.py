"""What stands beside the interviews: early codebooks, links, members and the survey are planted by quota too."""

from collections import Counter, defaultdict
from functools import cache

import pytest

from casestudy.cohort.synthetic.design import GROUPS, SITES, TEACHING
from casestudy.cohort.synthetic.draws import Draw, rounded
from casestudy.cohort.synthetic.planting import SPARE, Mark, deal_people, hold_interviews, plant
from casestudy.cohort.synthetic.readers import assign
from casestudy.cohort.synthetic.surroundings import (
    ITEMS,
    LEVEL,
    LINKS,
    SPREAD,
    _answers,
    _risen,
    code_early,
    early_interviews,
    join_members,
    plant_spare,
    say_links,
    survey,
)
from casestudy.cohort.synthetic.teaching import Frame, study_table

FRAME = Frame()
SEEDS = (2016, 5)
BOTH_SEEDS = pytest.mark.parametrize("seed", SEEDS)
SITE_NAMES = list(SITES)


@cache
def early(seed):
    """Return interviews, marks, coders, early interviews and the marks of the retired code."""
    interviews = hold_interviews(seed, TEACHING, deal_people(SITES), FRAME.modules)
    marks = plant(seed, TEACHING, interviews, FRAME.covers, FRAME.parents)
    coders = assign(seed, interviews)
    chosen = early_interviews(seed, interviews, coders)
    return interviews, marks, coders, chosen, plant_spare(seed, chosen, marks)


@cache
def rounds(seed):
    """Return round -> (source, turn) -> codes."""
    _, marks, _, chosen, spare = early(seed)
    found = {"v1": defaultdict(set), "v2": defaultdict(set)}
    for mark, _, round_ in code_early(chosen, marks, spare, FRAME.kinds):
        found[round_][mark.source, mark.turn].add(mark.code)
    return found


def true_codes(seed):
    """Return (source, turn) -> codes of every mark in the early interviews."""
    _, marks, _, chosen, _ = early(seed)
    sources, found = {i.source for i in chosen}, defaultdict(set)
    for mark in marks:
        if mark.source in sources:
            found[mark.source, mark.turn].add(mark.code)
    return found


# ---- the early codebooks ------------------------------------------------------------------------------------------


@BOTH_SEEDS
def test_early_interviews_are_two_settled_ones_a_site(seed):
    _, _, coders, chosen, _ = early(seed)
    assert Counter(i.person.site for i in chosen) == dict.fromkeys(SITES, 2) and len(set(chosen)) == 8
    assert all(len(coders[i.source]) == 2 for i in chosen)


@BOTH_SEEDS
def test_spare_passages_are_three_where_nothing_else_is_said(seed):
    _, marks, _, chosen, spare = early(seed)
    assert [m.code for m in spare] == [SPARE] * 3 and len({m.source for m in spare}) == 3
    assert {m.source for m in spare} <= {i.source for i in chosen}
    assert not {(m.source, m.turn) for m in spare} & {(m.source, m.turn) for m in marks}
    assert {m.valence for m in spare} == {"neutral"}


@BOTH_SEEDS
def test_code_early_gives_codes_of_the_version_only(seed):
    """Replays the events of the shipped history from the last version backwards."""
    versions = {"v3": set(FRAME.challenges)}
    for before, after in (("v2", "v3"), ("v1", "v2")):
        codes = set(versions[after])
        for event in study_table("codebook_events").query("to_version == @after").itertuples():
            codes -= set(event.to_codes.split(";"))
            codes |= set(filter(None, event.from_codes.split(";")))
        versions[before] = codes
    for version in ("v1", "v2"):
        assert set().union(*rounds(seed)[version].values()) <= versions[version]
    assert (len(versions["v1"]), len(versions["v2"])) == (14, 15)


@BOTH_SEEDS
def test_code_early_maps_money_and_staffing_by_the_aspect(seed):
    true = true_codes(seed)
    for turn, codes in true.items():
        told = rounds(seed)["v1"].get(turn, set()) & {"money", "staffing"}
        wanted = {"staffing" if "thin_staff" in codes else "money"} if "resource_capacity" in codes else set()
        assert told == wanted
    assert {c for codes in rounds(seed)["v1"].values() for c in codes} >= {"money", "staffing"}


@BOTH_SEEDS
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("leadership", {"collateral_leadership", "staff_vs_member_roles"}),
        ("recruiting", {"soliciting_participation"}),
        ("governance_structure", {"governance_structure"}),
    ],
)
def test_code_early_maps_what_is_split_renamed_or_kept(seed, before, after):
    told = {turn for turn, codes in rounds(seed)["v1"].items() if before in codes}
    assert told and told == {turn for turn, codes in true_codes(seed).items() if codes & after}


@BOTH_SEEDS
def test_code_early_reads_v2_under_the_last_names_and_the_retired_one(seed):
    wanted = {turn: codes & set(FRAME.challenges) for turn, codes in true_codes(seed).items()}
    wanted |= {(m.source, m.turn): {SPARE} for m in early(seed)[4]}
    assert rounds(seed)["v2"] == {turn: codes for turn, codes in wanted.items() if codes}


def test_code_early_leaves_the_new_code_out_of_v1():
    interview = early(2016)[3][0]
    marks = [Mark(interview.source, 0, "office_location", "challenge", "", "", "office_location")]
    assert [r for _, _, r in code_early([interview], marks, [], FRAME.kinds)] == ["v2"]


@BOTH_SEEDS
def test_code_early_gives_a_code_once_to_an_answer(seed):
    _, marks, _, chosen, spare = early(seed)
    given = [(m.source, m.turn, m.code, c, r) for m, c, r in code_early(chosen, marks, spare, FRAME.kinds)]
    assert len(given) == len(set(given)) and {c for *_, c, _ in given} == {"c1"}


def test_code_early_splits_leadership_where_both_parts_are_told_into_one_earlier_code():
    interview = early(2016)[3][0]
    marks = [
        Mark(interview.source, 0, c, "challenge", "", "", c) for c in ("collateral_leadership", "staff_vs_member_roles")
    ]
    given = [(m.code, r) for m, _, r in code_early([interview], marks, [], FRAME.kinds)]
    assert given == [("leadership", "v1"), ("collateral_leadership", "v2"), ("staff_vs_member_roles", "v2")]


# ---- links --------------------------------------------------------------------------------------------------------


@BOTH_SEEDS
def test_say_links_as_often_as_planted_on_passages_that_hold_both(seed):
    interviews, marks, coders, _, _ = early(seed)
    names = {(i.source, t): f"{i.source}/{t}" for i in interviews for t in range(i.turns)}
    rows = say_links(seed, marks, names, coders)
    assert Counter((r["from_code"], r["to_code"]) for r in rows) == {(a, b): n for a, b, n in LINKS}
    assert len({r["segment"] for r in rows}) == len(rows) == len({r["link"] for r in rows})
    both = {f"{m.source}/{m.turn}" for m in marks if m.code == LINKS[0][0]}
    both &= {f"{m.source}/{m.turn}" for m in marks if m.code == LINKS[0][1]}
    assert {r["segment"] for r in rows} <= both
    assert all(r["coder"] == coders[r["segment"].split("/")[0]][0] for r in rows)


# ---- members ------------------------------------------------------------------------------------------------------


def months(row):
    """Return how long somebody was a member, in months; None = still one."""
    count = [int(day[:4]) * 12 + int(day[5:7]) for day in (row["joined"], row["left"]) if day]
    return count[1] - count[0] if len(count) == 2 else None


@BOTH_SEEDS
def test_join_members_stay_a_year_by_quota_per_site_and_group(seed):
    cells = defaultdict(list)
    for row in join_members(seed, SITE_NAMES):
        cells[row["site"], row["group"]].append(months(row))
    assert set(cells) == {(site, group) for site in SITES for group in GROUPS if group != "staff"}
    for (_, group), stayed in cells.items():
        wanted = rounded(60 if group == "purchaser" else 88, len(stayed))
        assert sum(m is None or m >= 12 for m in stayed) == wanted


@BOTH_SEEDS
def test_join_members_are_24_to_40_a_site_and_even_over_groups(seed):
    rows = join_members(seed, SITE_NAMES)
    for site in SITES:
        counts = Counter(r["group"] for r in rows if r["site"] == site)
        assert 24 <= counts.total() <= 40 and max(counts.values()) - min(counts.values()) <= 1
    assert len({r["member"] for r in rows}) == len(rows)


def test_join_members_join_in_2010_and_nobody_leaves_before():
    rows = join_members(2016, SITE_NAMES)
    assert {r["joined"][:4] for r in rows} == {"2010"} and all(r["left"] == "" or r["left"] > r["joined"] for r in rows)
    assert {r["seat"] for r in rows} == {"board", "committee", "general"}
    assert all(1 <= int(day[5:7]) <= 12 for r in rows for day in (r["joined"], r["left"]) if day)


# ---- the survey ---------------------------------------------------------------------------------------------------


@cache
def scores(seed):
    """Return (site, wave) -> panel -> mean answer, reversed questions turned."""
    tables = survey(seed, SITE_NAMES)
    turned, answers = {item for item, _, reverse in ITEMS if reverse == "yes"}, defaultdict(list)
    for row in tables["survey_responses"]:
        answers[row["respondent"]].append(6 - row["value"] if row["item"] in turned else row["value"])
    found = defaultdict(dict)
    for row in tables["survey_respondents"]:
        found[row["site"], row["wave"]][row["panel"]] = sum(answers[row["respondent"]]) / 6
    return found


def mean(values):
    return sum(values) / len(values)


def parts(seed, site):
    """Return the mean of those who stay in wave 1 and 2, of those who leave, and of those who enter."""
    one, two = scores(seed)[site, 1], scores(seed)[site, 2]
    stay = set(one) & set(two)
    return (
        mean([one[p] for p in stay]),
        mean([two[p] for p in stay]),
        mean([one[p] for p in one if p not in stay]),
        mean([two[p] for p in two if p not in stay]),
    )


@BOTH_SEEDS
@pytest.mark.parametrize(
    ("site", "rise", "stayers"), [("alder", 0, 0), ("birch", 0.30, 0), ("cedar", 0.40, 0.40), ("dogwood", 0, 0)]
)
def test_survey_means_rise_exactly_as_planted(seed, site, rise, stayers):
    one, two = scores(seed)[site, 1], scores(seed)[site, 2]
    stay_before, stay_after, _, _ = parts(seed, site)
    assert mean(two.values()) - mean(one.values()) == pytest.approx(rise, abs=1e-9)
    assert stay_after - stay_before == pytest.approx(stayers, abs=1e-9)


@BOTH_SEEDS
def test_survey_newcomers_differ_at_birch_only(seed):
    for site in SITES:
        before, after, leave, enter = parts(seed, site)
        assert leave == pytest.approx(before, abs=1e-9) == LEVEL[site] / 6
        assert enter - after == pytest.approx(0.9 if site == "birch" else 0, abs=1e-9)


@BOTH_SEEDS
def test_survey_panel_is_twenty_of_thirty_in_both_waves(seed):
    for site in SITES:
        one, two = set(scores(seed)[site, 1]), set(scores(seed)[site, 2])
        assert (len(one), len(two), len(one & two)) == (30, 30, 20)


def test_survey_answers_are_whole_numbers_on_the_scale():
    tables = survey(2016, SITE_NAMES)
    assert {r["value"] for r in tables["survey_responses"]} == {1, 2, 3, 4, 5}
    pairs = [(r["respondent"], r["item"]) for r in tables["survey_responses"]]
    assert len(pairs) == len(set(pairs)) == 240 * 6


def test_survey_people_keep_their_group_and_the_frame_counts_them():
    tables, groups = survey(2016, SITE_NAMES), defaultdict(set)
    for row in tables["survey_respondents"]:
        groups[row["panel"]].add(row["group"])
    assert all(len(found) == 1 for found in groups.values())
    counts = Counter((r["site"], r["wave"], r["group"]) for r in tables["survey_respondents"])
    frame = {(r["site"], r["wave"], r["group"]): r for r in tables["survey_frame"]}
    assert {cell: row["responded"] for cell, row in frame.items()} == counts
    assert all(row["invited"] > row["responded"] for row in frame.values())


@pytest.mark.parametrize("total", range(6, 31))
def test_answers_have_the_sum_asked_for(total):
    for number in range(20):
        answers = _answers(Draw(number, f"{total}"), total)
        assert sum(answers) == total and len(answers) == 6 and set(answers) <= {1, 2, 3, 4, 5}


def test_risen_shares_points_out_evenly():
    assert _risen([10, 10, 10], 4) == [12, 11, 11] and sum(SPREAD) == 0
