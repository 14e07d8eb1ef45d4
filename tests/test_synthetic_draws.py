"""Integer draws: the same everywhere, and fair."""

from casestudy.cohort.synthetic.draws import Draw, rounded

RECORDED = [403, 483, 476, 281, 880]


def test_draw_repeats_with_the_same_seed_and_purpose():
    assert [Draw(1, "a").below(100) for _ in range(3)] == [Draw(1, "a").below(100)] * 3


def test_draw_of_another_purpose_or_seed_is_another_stream():
    streams = [[draw.below(10**9) for _ in range(3)] for draw in (Draw(1, "a"), Draw(1, "b"), Draw(2, "a"))]
    assert len({tuple(stream) for stream in streams}) == 3


def test_draw_gives_the_numbers_recorded_for_a_seed():
    """The numbers that the shipped cohorts rest on: another machine or version must give these."""
    draw = Draw(2007, "recorded")
    assert [draw.below(1000) for _ in range(5)] == RECORDED


def test_below_reaches_every_number_about_equally():
    draw = Draw(3, "fair")
    counts = [0] * 6
    for _ in range(6000):
        counts[draw.below(6)] += 1
    assert min(counts) > 900 and max(counts) < 1100


def test_shuffled_keeps_every_item_once():
    assert sorted(Draw(4, "cards").shuffled(range(20))) == list(range(20))


def test_sample_takes_different_items():
    assert len(set(Draw(5, "s").sample(range(10), 4))) == 4


def test_weighted_never_takes_what_weighs_nothing():
    draw = Draw(6, "w")
    assert {draw.weighted((0, 3, 0, 1)) for _ in range(200)} == {1, 3}


def test_rounded_takes_halves_upwards():
    assert [rounded(50, n) for n in (1, 2, 3)] == [1, 1, 2]
