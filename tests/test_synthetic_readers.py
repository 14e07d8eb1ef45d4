"""How coders read: each errs about as often as planted, over five readings of every interview.

The bands are about four standard errors wide, and the seeds are fixed: a test fails only if a rate is another."""

from collections import Counter, defaultdict
from functools import cache
from itertools import combinations

import pytest

from casestudy.cohort.synthetic.design import READERS, SITES, TEACHING
from casestudy.cohort.synthetic.planting import Interview, Mark, Person, deal_people, hold_interviews, plant
from casestudy.cohort.synthetic.readers import AGREED, assign, code_all, read
from casestudy.cohort.synthetic.teaching import Frame, study_table

FRAME = Frame()
NAMES = [reader.coder for reader in READERS]
SEED_RANGE = range(5)
SPECIAL = ("collateral_leadership", "inclusive_vs_efficient", "balancing_power")


@cache
def planted(seed=2016):
    interviews = hold_interviews(seed, TEACHING, deal_people(SITES), FRAME.modules)
    return interviews, plant(seed, TEACHING, interviews, FRAME.covers, FRAME.parents)


@cache
def readings(coder):
    """Return every mark that is there and every one that a coder makes of it, with the number of the reading."""
    interviews, marks = planted()
    reader, by_source = READERS[NAMES.index(coder)], defaultdict(list)
    for mark in marks:
        by_source[mark.source].append(mark)
    true = [(n, mark) for n in SEED_RANGE for mark in marks]
    args = (reader, FRAME.challenges, FRAME.parents)
    return true, [(n, m) for n in SEED_RANGE for i in interviews for m in read(n, i, by_source[i.source], *args)]


def keys(marks):
    return {(n, m.source, m.turn, m.code) for n, m in marks}


def seen(coder, codes):
    """Return the share of true marks with these codes that a coder gives as they are."""
    true, given = readings(coder)
    true = keys((n, m) for n, m in true if m.code in codes)
    return len(true & keys((n, m) for n, m in given if m.told)) / len(true)


def imagined(coder, code):
    """Return the share of answers without a code in which a coder sees it."""
    true, given = readings(coder)
    answers = sum(i.turns for i in planted()[0]) * len(SEED_RANGE)
    without = answers - sum(m.code == code for _, m in true)
    return sum(m.code == code and not m.told for _, m in given) / without


# ---- who reads what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [2016, 5])
def test_assign_doubles_six_interviews_a_site(seed):
    interviews = planted()[0]
    coders = assign(seed, interviews)
    assert list(coders) == [i.source for i in interviews] and {len(c) for c in coders.values()} == {1, 2}
    assert Counter(i.person.site for i in interviews if len(coders[i.source]) == 2) == dict.fromkeys(SITES, 6)


@pytest.mark.parametrize("seed", [2016, 5])
def test_assign_gives_the_last_four_of_birch_to_c4_alone(seed):
    coders = assign(seed, planted()[0])
    assert [coders[f"birch-{n}"] for n in (13, 14, 15, 16)] == [("c4",)] * 4


def test_assign_uses_every_pair_of_coders_two_or_three_times():
    pairs = Counter(c for c in assign(2016, planted()[0]).values() if len(c) == 2)
    assert set(pairs) == set(combinations(NAMES, 2)) and set(pairs.values()) == {2, 3}


def test_assign_shares_the_other_interviews_out_evenly():
    single = Counter(c[0] for c in assign(2016, planted()[0]).values() if len(c) == 1)
    assert single - Counter(c4=4) == dict.fromkeys(NAMES, 8)


def test_assign_without_doubles_gives_one_coder_each():
    coders = assign(2016, planted()[0], doubled=False)
    counts = Counter(coders.values())
    assert set(counts) == {(name,) for name in NAMES} and max(counts.values()) - min(counts.values()) <= 1


def test_first_of_a_pair_stands_first_in_the_coders_table():
    """Where one coder counts, methods take the first of the table: it must be the one that `assign` names first."""
    coders = assign(2016, planted()[0])
    assert all(list(pair) == sorted(pair, key=NAMES.index) for pair in coders.values())


# ---- how they err -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coder", NAMES)
def test_read_sees_nine_of_ten_marks(coder):
    codes = set(FRAME.challenges) - set(SPECIAL) | set(TEACHING.poles)
    assert 0.885 < seen(coder, codes) < 0.915


@pytest.mark.parametrize("coder", NAMES)
def test_read_imagines_three_in_a_thousand(coder):
    rates = [imagined(coder, code) for code in FRAME.challenges if code not in SPECIAL]
    assert 0.0025 < sum(rates) / len(rates) < 0.0035 and max(rates) < 0.006


def test_read_is_loose_with_leadership_for_c5_only():
    assert 0.47 < seen("c5", {"collateral_leadership"}) < 0.63
    assert 0.025 < imagined("c5", "collateral_leadership") < 0.035
    others = [name for name in NAMES if name != "c5"]
    assert all(seen(name, {"collateral_leadership"}) > 0.86 for name in others)
    assert all(imagined(name, "collateral_leadership") < 0.006 for name in others)


@pytest.mark.parametrize("coder", NAMES)
def test_read_takes_efficiency_for_power_with_c3_only(coder):
    true, given = readings(coder)
    taken = [m for _, m in given if (m.told, m.code) == ("inclusive_vs_efficient", "balancing_power")]
    share = len(taken) / sum(m.code == "inclusive_vs_efficient" for _, m in true)
    assert 0.28 < share < 0.38 if coder == "c3" else not taken


def test_read_never_takes_one_code_for_another_otherwise():
    wrong = {(m.told, m.code) for name in NAMES for _, m in readings(name)[1] if m.told not in ("", m.code)}
    assert wrong == {("inclusive_vs_efficient", "balancing_power")}


@pytest.mark.parametrize("coder", NAMES)
def test_read_slips_between_challenge_and_barrier_in_four_of_a_hundred(coder):
    true, given = readings(coder)
    said = {(n, m.source, m.turn, m.code): m.valence for n, m in true if m.code in FRAME.challenges}
    pairs = [(said[key], m.valence) for n, m in given if (key := (n, m.source, m.turn, m.code)) in said and m.told]
    slipped = Counter(pair for pair in pairs if pair[0] != pair[1])
    assert set(slipped) == {("challenge", "barrier"), ("barrier", "challenge")}
    assert 0.03 < slipped.total() / sum(a in ("challenge", "barrier") for a, _ in pairs) < 0.05


@pytest.mark.parametrize("coder", NAMES)
def test_read_sees_aspects_only_where_it_sees_their_challenge(coder):
    true, given = readings(coder)
    made = keys(given)
    aspects = {(n, m.source, m.turn, m.code) for n, m in true if m.code in FRAME.parents}
    parents_seen = {key for key in aspects if (*key[:3], FRAME.parents[key[3]]) in made}
    assert {key for key in made if key[3] in FRAME.parents} <= parents_seen
    assert 0.94 < len(made & aspects) / len(parents_seen) < 0.96


@pytest.mark.parametrize("coder", NAMES)
def test_read_gives_a_code_once_to_an_answer(coder):
    given = readings(coder)[1]
    assert len(keys(given)) == len(given)


@pytest.mark.parametrize("coder", NAMES)
def test_read_imagines_challenges_only_and_never_where_they_are_true(coder):
    true, given = readings(coder)
    made_up = [(n, m) for n, m in given if not m.told]
    assert {m.code for _, m in made_up} <= set(FRAME.challenges) and not keys(made_up) & keys(true)
    assert {(m.valence, m.pole, m.about) for _, m in made_up} == {("challenge", "", "")}


def test_read_keeps_what_is_said_of_group_and_pole():
    true, given = readings("c1")
    said = {(n, m.source, m.turn, m.code): (m.pole, m.about) for n, m in true}
    assert all(said[n, m.source, m.turn, m.code] == (m.pole, m.about) for n, m in given if m.told)


def test_read_of_nothing_is_nothing_but_imagination():
    interview = Interview("i", Person("p", "alder", "plan"), 1, 40, ("roles",))
    assert all(not m.told for m in read(1, interview, [], READERS[0], ["it_vendor"], {}))
    assert read(1, interview, [], READERS[0], [], {}) == []


def test_read_is_the_same_again_and_another_for_another_coder():
    interviews, marks = planted()
    own = [m for m in marks if m.source == interviews[0].source]
    first, again, other = (
        read(9, interviews[0], own, reader, FRAME.challenges, FRAME.parents)
        for reader in (READERS[0], READERS[0], READERS[1])
    )
    assert first == again != other


def test_mistake_never_gives_a_code_twice_where_both_are_true():
    person = Person("p", "alder", "plan")
    for number in range(40):
        interview = Interview(f"i{number}", person, 1, 1, ("roles",))
        both = [Mark(f"i{number}", 0, code, "challenge", "", "", code) for code in SPECIAL[1:]]
        given = [m.code for m in read(3, interview, both, READERS[2], [], {})]
        assert len(given) == len(set(given))


# ---- what is settled ----------------------------------------------------------------------------------------------


def test_code_all_settles_double_coded_interviews_with_the_truth():
    interviews, marks = planted()
    coders = assign(2016, interviews)
    found = code_all(2016, interviews, marks, coders, FRAME.challenges, FRAME.parents)
    settled = [mark for mark, coder, round_ in found if (coder, round_) == (AGREED, "consensus")]
    assert settled == [m for m in marks if len(coders[m.source]) == 2]


def test_code_all_lets_only_the_assigned_code():
    interviews, marks = planted()
    coders = assign(2016, interviews)
    found = code_all(2016, interviews, marks, coders, FRAME.challenges, FRAME.parents)
    assert {(m.source, c) for m, c, r in found if r == "independent"} == {
        (s, c) for s, two in coders.items() for c in two
    }
    assert {r for _, _, r in found} == {"independent", "consensus"}


def test_readers_are_the_coders_of_the_history():
    named = {c for cell in study_table("codebook_events")["decided_by"] for c in cell.split(";")}
    assert named | set(study_table("memos")["coder"]) <= set(NAMES)
