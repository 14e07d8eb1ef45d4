"""What is planted: quotas hold to the last informant, on the shipped seed and on another, in both waves."""

from collections import Counter, defaultdict
from functools import cache
from itertools import combinations

import pytest

from casestudy.cohort.synthetic.design import GROUPS, PANEL, SECOND_WAVE, SITES, TEACHING, Design, quotas
from casestudy.cohort.synthetic.draws import Draw, rounded
from casestudy.cohort.synthetic.planting import (
    Interview,
    Person,
    _place,
    _valences,
    deal_people,
    hold_interviews,
    plant,
    raisers,
    spread,
)
from casestudy.cohort.synthetic.teaching import Frame, panel

FRAME = Frame()
DIFFICULT = ("challenge", "barrier")
BOTH_SEEDS = pytest.mark.parametrize("seed", [2016, 5])
BOTH_WAVES = pytest.mark.parametrize("number", [1, 2])


@cache
def wave(seed, number):
    """Return design, interviews and marks of one wave."""
    people, design = deal_people(SITES), TEACHING
    if number == 2:
        people, design = deal_people(SECOND_WAVE.sites, panel(seed, people), SITES), SECOND_WAVE
    interviews = hold_interviews(seed, design, people, FRAME.modules, number)
    return design, interviews, plant(seed, design, interviews, FRAME.covers, FRAME.parents)


@cache
def told(seed, number=1):
    """Return (person, code) -> marks, in the order in which they were planted within an answer."""
    _, interviews, marks = wave(seed, number)
    person, found = {i.source: i.person for i in interviews}, defaultdict(list)
    for mark in marks:
        found[person[mark.source], mark.code].append(mark)
    return found


def truly_raise(seed, number, code, site):
    """Return who speaks of a difficulty at least twice."""
    return [
        p
        for (p, c), marks in told(seed, number).items()
        if (c, p.site) == (code, site) and sum(m.valence in DIFFICULT for m in marks) >= 2
    ]


def even(chosen, people):
    """Whether no group has two more than another of which somebody is left."""
    have, could = Counter(p.group for p in chosen), Counter(p.group for p in people)
    return all(have[a] <= have[b] + 1 or have[b] == could[b] for a in could for b in could)


# ---- who is interviewed -------------------------------------------------------------------------------------------


def test_deal_people_deals_the_groups_in_turn():
    people = deal_people(SITES)
    assert Counter(p.site for p in people) == SITES
    assert [p.group for p in people if p.site == "birch"] == [list(GROUPS)[i % 5] for i in range(16)]


def test_deal_people_keeps_and_numbers_on():
    kept = [Person("alder-02", "alder", "plan")]
    people = deal_people({"alder": 3}, kept, {"alder": 15})
    assert people[0] == kept[0] and [p.informant for p in people[1:]] == ["alder-16", "alder-17"]
    assert [p.group for p in people[1:]] == ["provider", "purchaser"]


@BOTH_SEEDS
def test_deal_people_fills_up_the_groups_that_the_panel_lacks(seed):
    _, interviews, _ = wave(seed, 2)
    for site in SITES:
        counts = Counter(i.person.group for i in interviews if i.person.site == site)
        assert max(counts.values()) - min(counts[g] for g in GROUPS) <= 1


@pytest.mark.parametrize("n", range(0, 17, 2))
def test_spread_is_as_even_over_the_groups_as_can_be(n):
    people = [p for p in deal_people({"birch": 24}) if p.informant not in ("birch-01", "birch-06", "birch-11")]
    chosen = spread(Draw(3, f"spread {n}"), people, n)
    assert len(set(chosen)) == n and even(chosen, people)


def test_spread_gives_everybody_if_more_are_asked_for():
    people = deal_people({"alder": 7})
    assert sorted(spread(Draw(3, "all"), people, 20)) == sorted(people)


# ---- the interviews -----------------------------------------------------------------------------------------------


@BOTH_WAVES
def test_hold_interviews_keeps_to_the_turns_of_the_design(number):
    design, interviews, _ = wave(2016, number)
    turns = {i.turns for i in interviews}
    assert (min(turns), max(turns)) == design.turns and Counter(i.person.site for i in interviews) == design.sites


def test_hold_interviews_names_the_wave_in_a_later_source():
    assert all(i.source == i.person.informant for i in wave(2016, 1)[1])
    assert all(i.source == f"{i.person.informant}-w2" and i.wave == 2 for i in wave(2016, 2)[1])


@BOTH_SEEDS
def test_hold_interviews_leaves_leadership_out_for_three_at_dogwood(seed):
    short = [i.person for i in wave(seed, 1)[1] if "leadership" not in i.modules]
    assert [p.site for p in short] == ["dogwood"] * 3 and len({p.group for p in short}) == 3
    assert all(len(i.modules) == 8 - (i.person in short) for i in wave(seed, 1)[1])


@pytest.mark.parametrize("turns", [17, 21, 36, 44])
def test_module_goes_through_all_modules_in_order(turns):
    interview = Interview("s", Person("p", "alder", "plan"), 1, turns, tuple(FRAME.modules))
    found = [FRAME.modules.index(interview.module(turn)) for turn in range(turns)]
    assert found == sorted(found) and set(found) == set(range(8))
    assert max(Counter(found).values()) - min(Counter(found).values()) <= 1


# ---- who raises what ----------------------------------------------------------------------------------------------


def test_quotas_turns_per_cent_into_informants():
    assert quotas({"a": 15, "b": 19}, {"x": (60, 50)}) == {"x": (9, 10)}


@BOTH_SEEDS
@BOTH_WAVES
@pytest.mark.parametrize("code", TEACHING.quotas)
def test_plant_meets_every_quota_exactly(seed, number, code):
    design, interviews, _ = wave(seed, number)
    for site, quota in zip(design.sites, design.quotas[code], strict=True):
        group = [i for i in interviews if i.person == (i.person.informant, site, design.whole_groups.get(code))]
        assert len(truly_raise(seed, number, code, site)) == max(quota, len(group)), site


@BOTH_SEEDS
@BOTH_WAVES
def test_plant_spreads_raisers_evenly_over_the_groups_that_are_asked(seed, number):
    design, interviews, _ = wave(seed, number)
    for code in design.quotas:
        asked = [i for i in interviews if FRAME.covers.get(code) in (None, *i.modules)]
        for site in design.sites:
            able = [i.person for i in asked if i.person.site == site]
            able = [p for p in able if p.group != design.whole_groups.get(code)]
            assert even([p for p in truly_raise(seed, number, code, site) if p in able], able), (code, site)


@BOTH_SEEDS
@BOTH_WAVES
def test_plant_lets_whole_groups_raise_what_is_their_own_three_times(seed, number):
    design, interviews, _ = wave(seed, number)
    for code, group in design.whole_groups.items():
        people = [i.person for i in interviews if i.person.group == group]
        assert all(len(told(seed, number)[p, code]) >= 3 for p in people)
    assert {p.group for (p, code) in told(seed, number) if code == "data_law"} == {"provider"}


@BOTH_SEEDS
def test_plant_gives_those_not_asked_nothing_of_the_module(seed):
    _, interviews, marks = wave(seed, 1)
    silent = {i.source for i in interviews if "leadership" not in i.modules}
    codes = {c for c, module in FRAME.covers.items() if module == "leadership"}
    assert codes >= {"collateral_leadership", "no_successor"}
    assert not [m for m in marks if m.source in silent and m.code in codes]


def test_raisers_without_a_module_may_be_anybody():
    design = Design({"alder": 5}, {"it_vendor": (5,)})
    interviews = hold_interviews(1, design, deal_people(design.sites), ["roles"])
    assert len(raisers(1, design, interviews, FRAME.covers)["it_vendor", "alder"]) == 5


@BOTH_SEEDS
def test_plant_keeps_denial_and_raising_apart(seed):
    denied = {(p, c): marks for (p, c), marks in told(seed).items() if any(m.valence == "not_here" for m in marks)}
    assert [c for _, c in denied] == ["sustaining_participation"] * 7 and {p.site for p, _ in denied} == {"dogwood"}
    assert all({m.valence for m in marks} == {"not_here"} and len(marks) <= 2 for marks in denied.values())
    assert len({p.group for p, _ in denied}) >= 3


# ---- in which answers, and how ------------------------------------------------------------------------------------


@BOTH_SEEDS
@BOTH_WAVES
def test_plant_gives_raisers_two_to_six_passages_and_two_difficulties(seed, number):
    for (_, code), marks in told(seed, number).items():
        difficult = sum(m.valence in DIFFICULT for m in marks)
        if FRAME.kinds[code] == "challenge" and difficult:
            assert 2 <= len(marks) <= 6 and difficult >= min(len(marks), 3)
            assert len(marks) == 2 or code not in wave(seed, number)[0].brief


@BOTH_SEEDS
@BOTH_WAVES
def test_plant_gives_some_only_what_is_done_about_a_challenge(seed, number):
    design, found = wave(seed, number)[0], Counter()
    for (person, code), marks in told(seed, number).items():
        valences = {m.valence for m in marks}
        if FRAME.kinds[code] == "challenge" and not valences & {*DIFFICULT, "not_here"}:
            assert valences <= {"strategy", "facilitator"} and len(marks) >= 2
            found[code, person.site] += 1
    rows = {(code, s): n for code, row in design.answered.items() for s, n in zip(design.sites, row, strict=True) if n}
    assert found == rows


@BOTH_SEEDS
@BOTH_WAVES
def test_plant_gives_a_code_once_to_an_answer_within_the_interview(seed, number):
    _, interviews, marks = wave(seed, number)
    turns = {i.source: i.turns for i in interviews}
    assert len({(m.source, m.turn, m.code) for m in marks}) == len(marks)
    assert all(0 <= m.turn < turns[m.source] for m in marks)


@BOTH_WAVES
def test_plant_returns_marks_in_the_order_of_interviews_and_answers(number):
    _, interviews, marks = wave(2016, number)
    order = {i.source: n for n, i in enumerate(interviews)}
    assert [(order[m.source], m.turn) for m in marks] == sorted((order[m.source], m.turn) for m in marks)


@BOTH_SEEDS
@BOTH_WAVES
def test_planted_pairs_share_half_of_the_smaller(seed, number):
    found = told(seed, number)
    for one, other in TEACHING.pairs:
        both = [p for p, code in found if code == one and (p, other) in found]
        both = [p for p in both if found[p, one][0].valence != "not_here" != found[p, other][0].valence]
        assert len(both) > 10
        for p in both:
            first, second = ({m.turn for m in found[p, code]} for code in (one, other))
            assert len(first & second) == (min(len(first), len(second)) + 1) // 2


@BOTH_SEEDS
def test_unplanted_pairs_share_hardly_any_answer(seed):
    found, shared, either = told(seed), 0, 0
    for one, other in combinations(("governance_structure", "resource_capacity", "soliciting_participation"), 2):
        for p in (p for p, code in found if code == one and (p, other) in found):
            first, second = ({m.turn for m in found[p, code]} for code in (one, other))
            shared, either = shared + len(first & second), either + min(len(first), len(second))
    assert shared / either < 0.20  # by chance about three answers of forty are taken; planted pairs share half


def test_place_leaves_a_code_alone_whose_partner_is_not_raised():
    placed = _place(Draw(2, "place"), 40, {"a": 4}, [("a", "b")])
    assert list(placed) == ["a"] and len(set(placed["a"])) == 4


def test_place_draws_from_all_answers_alike():
    counts = Counter(t for n in range(500) for t in _place(Draw(n, "place"), 10, {"a": 2}, [])["a"])
    assert set(counts) == set(range(10)) and all(65 < n < 135 for n in counts.values())


def test_valences_begin_with_three_difficulties():
    drawn = [_valences(Draw(n, "v"), 5) for n in range(400)]
    first = Counter(v for row in drawn for v in row[:3])
    assert set(first) == set(DIFFICULT) and 0.15 < first["barrier"] / 1200 < 0.25
    later = Counter(v for row in drawn for v in row[3:])
    assert set(later) == {"challenge", "barrier", "strategy", "facilitator", "neutral"}
    assert 0.43 < later["challenge"] / 800 < 0.57 and 0.15 < later["strategy"] / 800 < 0.25


@pytest.mark.parametrize("n", [0, 1, 2])
def test_valences_gives_as_many_as_asked_for(n):
    assert len(_valences(Draw(1, "v"), n)) == n


def test_plant_names_a_group_in_half_of_the_challenges():
    marks = [m for m in wave(2016, 1)[2] if FRAME.kinds[m.code] == "challenge" and m.valence != "not_here"]
    assert 0.45 < sum(m.about in GROUPS for m in marks) / len(marks) < 0.55
    assert {m.about for m in marks} == {"", *GROUPS}


# ---- aspects and trade-offs ---------------------------------------------------------------------------------------


@BOTH_SEEDS
@BOTH_WAVES
def test_aspects_stand_on_two_difficult_passages_of_their_challenge(seed, number):
    found = told(seed, number)
    for (person, code), marks in found.items():
        if code in FRAME.parents:
            parent = {m.turn: m for m in found[person, FRAME.parents[code]]}
            assert len(marks) == 2 and {m.turn for m in marks} <= set(parent)
            assert all(m.valence == parent[m.turn].valence and m.valence in DIFFICULT for m in marks)


@BOTH_SEEDS
@BOTH_WAVES
def test_aspects_meet_their_quota_or_half_of_the_raisers(seed, number):
    design, _, _ = wave(seed, number)
    named = Counter((p.site, code) for p, code in told(seed, number))
    for aspect, parent in FRAME.parents.items():
        for n, site in enumerate(design.sites):
            raise_it = len(truly_raise(seed, number, parent, site))
            wanted = design.aspects[aspect][n] if aspect in design.aspects else rounded(50, raise_it)
            assert named[site, aspect] == wanted, (aspect, site)


@BOTH_SEEDS
@pytest.mark.parametrize("axis", TEACHING.poles)
def test_poles_are_described_twice_by_as_many_as_planted(seed, axis):
    rows = {p: marks for (p, code), marks in told(seed).items() if code == axis}
    assert all(len(m) == 2 and len({x.pole for x in m}) == 1 and m[0].valence == "neutral" for m in rows.values())
    counts = Counter((p.site, marks[0].pole) for p, marks in rows.items())
    for site, planted in zip(SITES, TEACHING.poles[axis], strict=True):
        assert tuple(counts[site, pole] for pole in ("A", "B", "both")) == planted


def test_second_wave_has_no_trade_offs_and_no_denials():
    marks = wave(2016, 2)[2]
    assert not [m for m in marks if m.pole or m.valence == "not_here"]


# ---- the seed -----------------------------------------------------------------------------------------------------


def test_plant_repeats_for_a_seed_and_differs_for_another():
    design, interviews, marks = wave(2016, 1)
    assert plant(2016, design, interviews, FRAME.covers, FRAME.parents) == marks
    others = plant(2017, design, interviews, FRAME.covers, FRAME.parents)
    assert others != marks
    assert {(m.source, m.code) for m in others} != {(m.source, m.code) for m in marks}


@BOTH_SEEDS
def test_panel_takes_as_many_as_planted_from_every_site(seed):
    people = deal_people(SITES)
    kept = panel(seed, people)
    assert Counter(p.site for p in kept) == dict(zip(SITES, PANEL, strict=True)) and len(set(kept)) == 40
    assert set(kept) <= set(people)
