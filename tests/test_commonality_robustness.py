"""The robustness card: published intervals, cases worked by hand, and slow loops over `presence` that must agree."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from conftest import write_tiny
from degenerate import DEGENERATE, build
from hypothesis import given, settings
from hypothesis import strategies as st
from test_commonality import CODES, built, cohorts, heard

from casestudy.cohort.cohort import load_cohort
from casestudy.methods.commonality import (
    beyond_sites,
    bootstrap_coding_errors,
    bootstrap_stability,
    coder_site,
    common_challenges,
    every_setting,
    grid,
    leave_one_site_out,
    leave_out,
    robustness,
)
from casestudy.methods.commonality.grid import class_table
from casestudy.methods.commonality.leave_out import raised_without_coder
from casestudy.methods.commonality.miscoded import put_right
from casestudy.methods.evidence import OWN_VOICE

quick = settings(max_examples=5, deadline=None)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return load_cohort(write_tiny(tmp_path_factory.mktemp("base") / "tiny"))


def classes(table, *keys):
    """Return {(key, ..., code): class} of a table of verdicts."""
    columns = [table[name] for name in (*keys, "code", "verdict" if "verdict" in table else "class")]
    return {(*key, code): name for *key, code, name in zip(*columns, strict=True)}


# ---- beyond these sites -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "low"), [("Wilson", 0.510), ("Jeffreys", 0.555), ("Clopper-Pearson", 0.398), ("one-sided", 0.473)]
)
def test_beyond_sites_gives_the_published_bounds_of_four_of_four(method, low):
    row = beyond_sites(4, 4).set_index("method").loc[method]
    assert (round(row["lo"], 3), row["hi"], row["estimate"], row["n"]) == (low, 1, 1, 4)


@pytest.mark.parametrize(("sites", "low"), [(4, 0.473), (6, 0.607), (14, 0.807)])
def test_beyond_sites_is_one_sided_where_all_sites_have_it(sites, low):
    assert beyond_sites(sites, sites).set_index("method").loc["one-sided", "lo"] == pytest.approx(low, abs=5e-4)


def test_beyond_sites_mirrors_what_is_absent():
    there, gone = (beyond_sites(5, n).set_index("method").drop("one-sided") for n in (1, 4))
    assert np.allclose(there["lo"], 1 - gone["hi"]) and np.allclose(there["hi"], 1 - gone["lo"])
    none = beyond_sites(4, 0).set_index("method")
    assert (none["lo"] == 0).all() and none.loc["Clopper-Pearson", "hi"] == pytest.approx(0.602, abs=5e-4)


def test_beyond_sites_refuses_no_site_and_more_than_all():
    table = beyond_sites(0, 0)
    assert set(table["status"]) == {"not_estimable"} and table[["estimate", "lo", "hi"]].isna().all(axis=None)
    with pytest.raises(ValueError, match="from 0 to 2"):
        beyond_sites(2, 3)


# ---- the grid -----------------------------------------------------------------------------------------------------


def by_loop(cohort, reading, table):
    """Return the class of every code under the settings in the table, one call of `common_challenges` for each."""
    found = {}
    for how, j, k, m in table[["resolve", "j", "k", "m"]].drop_duplicates().itertuples(index=False, name=None):
        rows = common_challenges(cohort.with_plan(resolve=how), reading, j, k, m)
        found |= {(how, j, k, m, code): name for code, name in zip(rows["code"], rows["class"], strict=True)}
    return found


def some(table, every):
    """Return every so manieth setting; the benchmark compares all of them."""
    number = table.groupby(["resolve", "j", "k", "m"], sort=False).ngroup()
    return table[number % every == 0]


@settings(max_examples=3, deadline=None)
@given(told=cohorts)
def test_every_setting_agrees_with_the_slow_loop(base, told):
    cohort = built(base, told, k=1, m=1)
    table = some(every_setting(cohort, "documented"), 7)
    assert classes(table, "resolve", "j", "k", "m") == by_loop(cohort, "documented", table)


def test_every_setting_agrees_with_the_slow_loop_where_coders_differ(tiny):
    table = every_setting(tiny)
    assert table["resolve"].unique().tolist() == ["majority", "any", "all"]  # single as majority
    table = some(table, 11)
    assert classes(table, "resolve", "j", "k", "m") == by_loop(tiny, "difficulty", table)


def test_every_setting_is_common_exactly_up_to_k_star_and_m_star_where_all_sites_are_large(base):
    cohort = built(base, {s: heard(n, 9, group="pqrs") for s, n in (("a", 4), ("b", 5))}, k=1, m=1)
    star = common_challenges(cohort, "difficulty").set_index("code").loc["c1"]
    rows = every_setting(cohort).query("code == 'c1' and j == 1")
    expected = (rows["k"] <= star["k_star"]) & (rows["m"] <= star["m_star"])
    assert star["k_star"] == 4 and (rows["class"].eq("common") == expected).all()


def test_every_setting_needs_the_voices_and_the_groups_at_the_same_site(base):
    told = {"a": [*heard(3, 9, group="p"), ("q", [], [])], "b": [*heard(1, 9, group="q"), ("p", [], [])]}
    rows = every_setting(built(base, told, k=1, m=1)).query("code == 'c1' and j == 1").set_index(["k", "m"])
    assert rows.loc[(1, 1), ["sites_present", "sites_assessable"]].tolist() == [2, 2]
    assert rows.loc[(3, 1), "sites_present"] == 1 and rows.loc[(1, 2), "sites_present"] == 0


def test_every_setting_reaches_the_plan_beyond_its_usual_range(base):
    table = every_setting(built(base, {"a": heard(8), "b": heard(8)}, j=1, k=8, m=1))
    assert table["k"].unique().tolist() == [1, 2, 3, 4, 5, 6, 8]
    assert table.loc[table["planned"], "code"].tolist() == list(CODES)


def test_grid_counts_the_common_codes_of_every_setting(base):
    table = grid(built(base, {s: heard(2, 4) for s in "ab"}, k=3, m=1)).query("j == 1 and m == 1").set_index("k")
    assert table.loc[[1, 2, 3, 4], "codes"].tolist() == ["c1;c2", "c1;c2", "c2", "c2"]
    assert table.loc[[2, 5], "common"].tolist() == [2, 0] and table.index[table["planned"]].tolist() == [3]
    assert table.loc[6, ["n", "status"]].tolist() == [0, "not_assessable"] and table.loc[6, "reason"]


def test_grid_leaves_out_a_way_to_settle_that_makes_no_difference(make_cohort):
    rows = [("north", "n1", "payers", "money", "challenge", {"segment": "a", "coder": c}) for c in ("ana", "ben")]
    assert grid(make_cohort(rows))["resolve"].unique().tolist() == ["majority"]
    ways = grid(make_cohort([*rows, ("north", "n2", "payers", "money", "challenge", {"coder": "ben"})]))["resolve"]
    assert ways.unique().tolist() == ["majority", "any"]  # more than half of two readers = all; single = ana alone


def test_class_table_is_classify():
    assert class_table(4)[:, 4].tolist() == ["absent", "site_specific", "mixed", "widespread", "common"]
    assert class_table(4)[1, 1] == "not_assessable"


# ---- leaving out --------------------------------------------------------------------------------------------------


def without(cohort, **gone):
    [(column, value)] = gone.items()
    return cohort.with_tables(sources=cohort.sources[cohort.sources[column] != value])


@quick
@given(told=cohorts)
@pytest.mark.parametrize(("by", "k", "m"), [("site", 1, 1), ("informant", 2, 2), ("group", 2, 1)])
def test_leave_out_agrees_with_judging_the_cohort_without_it(base, told, by, k, m):
    cohort = built(base, told, k=k, m=m)
    table = leave_out(cohort, by, "documented")
    for value in cohort.sources[by].unique():
        again = common_challenges(without(cohort, **{by: value}), "documented")
        assert table.loc[table["left_out"] == value, "verdict"].tolist() == again["class"].tolist()


@quick
@given(told=cohorts)
def test_leave_out_of_sites_agrees_with_leave_one_site_out(base, told):
    cohort = built(base, told, k=1, m=1)
    table, sets = leave_out(cohort, "site"), leave_one_site_out(cohort).query("reading == 'difficulty'")
    for row in sets.itertuples():
        rows = table[table["left_out"] == row.site]
        assert ";".join(rows.loc[rows["verdict"] == "common", "code"]) == row.common


def test_leave_out_finds_the_pivotal_site_and_tells_lost_from_gained(base):
    told = {"a": heard(3, 3), "b": heard(3, 3), "c": [*heard(3, 0), ("r", [], [])]}
    table = leave_out(built(base, told, k=3, m=2), "site").set_index(["code", "left_out"])
    assert table.loc[("c2", "c"), ["class", "verdict", "lost", "gained"]].tolist() == [
        "widespread",
        "common",
        False,
        True,
    ]
    assert table.loc[("c1", "a"), ["verdict", "lost", "gained"]].tolist() == ["common", False, False]


def test_leave_out_names_the_voices_on_whom_a_claim_hangs(base):
    cohort = built(base, {"a": heard(2, 3), "b": heard(3, 3)}, k=2, m=1)
    table = leave_out(cohort, "informant")
    assert table.loc[table["lost"] & (table["code"] == "c1"), "left_out"].tolist() == ["a0", "a1"]
    assert not table.loc[table["code"] == "c2", "lost"].any()  # k_star = 3 > k: by no single voice


@quick
@given(told=cohorts)
def test_leave_out_of_a_voice_never_ends_what_has_one_voice_and_group_to_spare(base, told):
    cohort = built(base, told, k=1, m=1)
    star = common_challenges(cohort, "difficulty").query("`class` == 'common' and k_star > 1 and m_star > 1")
    table = leave_out(cohort, "informant")
    assert not table.loc[table["code"].isin(star["code"]), "lost"].any()


def test_leave_out_of_the_last_voice_of_a_group_counts_its_group(base):
    told = {s: [("p", ["c1"], []), ("p", ["c1"], []), ("q", ["c1"], []), ("q", [], [])] for s in "ab"}
    table = leave_out(built(base, told, k=2, m=2), "informant")
    assert set(table.loc[table["lost"].fillna(False), "left_out"]) == {"a2", "b2"}


def test_leave_out_keeps_the_plan_as_counts_and_never_as_shares(base):
    told = {s: heard(3) for s in "ab"}  # three of four voices; the rule asks for three
    cohort = built(base, told, k=3, m=1)
    table = leave_out(cohort, "informant").query("code == 'c1'").set_index("left_out")
    assert table.loc["a0", ["verdict", "lost"]].tolist() == ["site_specific", True]  # 2 of 3 is as high a share
    assert table.loc["a3", ["verdict", "lost"]].tolist() == ["common", False]
    thin = leave_out(built(base, {s: heard(1) for s in "abc"}, k=2, m=2), "group").query("code == 'c1'")
    assert set(thin["status"]) == {"not_assessable"} and thin["lost"].isna().all()


def test_leave_out_takes_a_publisher_away_everywhere_but_an_own_voice_site_by_site(make_cohort):
    rows = [(s, "press", "news", "money", "challenge", {"source": f"p-{s}"}) for s in ("north", "south", "east")]
    own = [(s, f"own-{s}", "alliance", "trust", "challenge") for s in ("north", "south", "east")]
    cohort = make_cohort([*rows, *own], plan={"k": 1, "m": 1}, evidence_level="document")
    table = leave_out(cohort, "informant").set_index(["code", "left_out"])
    assert table.loc[("money", "press"), ["verdict", "lost"]].tolist() == ["absent", True]
    own = table.loc[("trust", f"{OWN_VOICE} at north")]
    assert own[["verdict", "sites_present", "sites_assessable"]].tolist() == ["widespread", 2, 3]


def test_leave_out_refuses_what_cannot_be_left_out(tiny):
    with pytest.raises(ValueError, match="by is 'wave'"):
        leave_out(tiny, "wave")


# ---- without a coder ----------------------------------------------------------------------------------------------


def read_by(make_cohort, readers, silent=(), **plan):
    """Return a cohort of three informants at each of three sites; `readers`: informant -> coders who read them."""
    rows, groups = [], ("payers", "patients", "payers")
    for site, n in product(("north", "south", "east"), range(3)):
        who = f"{site}{n}"
        rows += [(site, who, groups[n], "money", "challenge", {"segment": who, "coder": c}) for c in readers(who)]
    assignments = [(coder, f"{r[0]}-{r[1]}", "independent") for r in rows for coder in [r[5]["coder"]]]
    return make_cohort(rows, plan={"k": 2, "m": 1, **plan}, assignments=list(dict.fromkeys(assignments)))


def test_leave_out_of_a_coder_makes_interviews_unassessed_and_never_zeros(make_cohort):
    cohort = read_by(make_cohort, lambda who: ["ben"] if who.endswith("2") else ["ana"])
    rows = raised_without_coder(cohort, "ben").set_index("informant")
    assert not rows.loc[["north2", "south2"], "could"].any() and rows.loc["north0", ["could", "raised"]].all()
    table = leave_out(cohort, "coder").set_index("left_out")
    assert table.loc["ben", ["verdict", "sites_assessable", "lost"]].tolist() == ["common", 3, False]


def test_leave_out_of_a_coder_who_read_a_whole_site_leaves_that_site_out(make_cohort):
    cohort = read_by(make_cohort, lambda who: ["ben"] if who.startswith("east") else ["ana"])
    table = leave_out(cohort, "coder").set_index("left_out")
    assert table.loc["ben", ["verdict", "sites_present", "sites_assessable"]].tolist() == ["common", 2, 2]
    assert table.loc["ana", ["verdict", "status"]].tolist() == ["not_assessable", "not_assessable"]
    assert pd.isna(table.loc["ana", "lost"]) and table.loc["ana", "reason"].startswith("1 site can be judged then")


def test_leave_out_of_a_coder_keeps_the_reading_of_another(make_cohort):
    cohort = read_by(make_cohort, lambda who: ["ana", "ben"], resolve="single", j=1)
    assert leave_out(cohort, "coder")["verdict"].tolist() == ["common", "common"]


def test_leave_out_of_a_coder_sets_aside_what_that_coder_settled(make_cohort):
    def said(site, who, coder, **more):
        return (site, who, "payers", "money", "challenge", {"segment": who, "coder": coder, **more})

    rows = [said(s, f"{s}1", c) for s in ("north", "south") for c in ("ana", "ben")]
    rows += [said(s, f"{s}1", "both", round="consensus") for s in ("north", "south")]
    rows = [r for r in rows if r[5]["coder"] != "ben"]  # ben read them and gave nothing
    read = [(c, f"{s}-{s}1", "independent") for s in ("north", "south") for c in ("ana", "ben")]
    read += [("both", f"{s}-{s}1", "consensus") for s in ("north", "south")]
    plan = {"k": 1, "m": 1, "resolve": "consensus"}
    coders = [(c, c.capitalize(), "human") for c in ("ana", "ben", "both")]
    table = leave_out(make_cohort(rows, plan=plan, assignments=read, coders=coders), "coder").set_index("left_out")
    assert table["class"].tolist() == ["common", "common"]
    assert table["verdict"].to_dict() == {"ana": "absent", "ben": "common"}


def test_leave_out_of_the_only_coder_leaves_nothing_to_judge(tmp_path):
    table = leave_out(build("one-coder", tmp_path), "coder")
    assert set(table["verdict"]) == {"not_assessable"} and table["lost"].isna().all()


def test_coder_site_is_1_where_every_site_has_its_own_coder(make_cohort):
    own = {"north": "ana", "south": "ben", "east": "cem"}
    table = coder_site(read_by(make_cohort, lambda who: [own[who[:-1]]]))
    assert table["estimate"].tolist() == pytest.approx([1] * 9)
    assert (table.loc[table["read"] > 0, ["read", "alone", "n"]] == 3).all(axis=None)
    assert table["chance"].iloc[0] == pytest.approx(np.sqrt(9 / 8 * 4 / 18))


def test_coder_site_is_0_where_every_coder_read_everything(tiny):
    table = coder_site(tiny)
    assert table["estimate"].tolist() == pytest.approx([0] * 9) and not table["alone"].any()
    assert table["read"].tolist() == [3, 2, 2] * 3 and set(table["status"]) == {"ok"}


def test_coder_site_needs_two_coders_and_two_sites(tmp_path):
    for name, reason in (("one-coder", "one coder"), ("one-site", "fewer than two sites read")):
        table = coder_site(build(name, tmp_path))
        assert set(table["status"]) == {"not_estimable"} and table["reason"].str.startswith(reason).all()
    assert coder_site(build("empty-codings", tmp_path)).empty


# ---- coding errors ------------------------------------------------------------------------------------------------


def known_errors(*counts):
    """Return a table of coding errors over all codes and coders: found of positives, false of negatives."""
    row = dict(zip(("found", "positives", "false", "negatives"), counts, strict=True))
    return pd.DataFrame([{"code": "", "coder": "", **row, "status": "ok", "reason": ""}])


def test_put_right_leaves_what_perfect_readers_saw():
    given_, sure = np.array([[3, 0], [0, 5]]), np.ones((4, 2, 2))
    true = put_right(np.random.default_rng(1), given_, np.array([40, 40]), sure, sure)
    assert (true == given_).all()


def test_put_right_brings_the_marks_to_what_rogan_and_gladen_expect():
    given_, spoken = np.array([[20], [4]]), np.array([200, 200])
    seen, spared = np.full((4000, 2, 1), 0.8), np.full((4000, 2, 1), 0.97)
    true = put_right(np.random.default_rng(1), given_, spoken, seen, spared).sum(1).mean()
    assert true == pytest.approx(400 * (24 / 400 - 0.03) / 0.77, rel=0.03)


def test_bootstrap_coding_errors_keeps_what_readers_who_never_err_found(base):
    cohort = built(base, {s: heard(3, 1) for s in "ab"}, k=3, m=2, B=200)
    table = bootstrap_coding_errors(cohort, errors=known_errors(10**6, 10**6, 0, 10**8)).set_index("code")
    assert table.loc[["c1", "c2"], "estimate"].tolist() == [1, 0]
    assert set(table["status"]) == {"ok"} and set(table["n"]) == {200}


def test_bootstrap_coding_errors_doubts_what_careless_readers_found(base):
    cohort = built(base, {s: [*heard(3, 3, 3, 3), *heard(0)] for s in "ab"}, k=3, m=2, B=200)
    sure, doubt = (
        bootstrap_coding_errors(cohort, errors=known_errors(90, 100, false, 1000)).set_index("code")
        for false in (0, 300)
    )
    assert sure.loc["c1", "estimate"] > doubt.loc["c1", "estimate"]


def test_bootstrap_coding_errors_takes_the_rates_of_the_code_and_coder(base):
    cohort = built(base, {s: [*heard(3, 3), *heard(0)] for s in "ab"}, k=3, m=2, B=200)
    sure = known_errors(10**6, 10**6, 0, 10**8)
    worse = known_errors(10, 100, 900, 1000).assign(code="c2", coder="ana")
    table = bootstrap_coding_errors(cohort, errors=pd.concat([sure, worse])).set_index("code")
    assert table.loc["c1", "estimate"] == 1 > table.loc["c2", "estimate"]


def test_bootstrap_coding_errors_is_refused_with_the_reason_of_coding_errors(tiny):
    table = bootstrap_coding_errors(tiny)
    assert set(table["status"]) == {"not_assessable"} and table["reason"].str.contains("who is right").all()
    assert set(table["n"]) == {0} and table[["estimate", "lo", "hi"]].isna().all(axis=None)


def test_bootstrap_coding_errors_does_not_depend_on_row_order(base):
    cohort = built(base, {s: heard(3, 2) for s in "ab"}, k=2, m=1, B=100)
    mixed = {t: cohort.tables[t].sample(frac=1, random_state=3) for t in ("codings", "segments")}
    once, again = (bootstrap_coding_errors(c, errors=known_errors(8, 10, 5, 100)) for c in (cohort, cohort))
    pd.testing.assert_frame_equal(once, again)
    other = bootstrap_coding_errors(cohort.with_tables(**mixed), errors=known_errors(8, 10, 5, 100))
    pd.testing.assert_frame_equal(once, other)


# ---- the card -----------------------------------------------------------------------------------------------------

CHECKS = ["settings", "more voices", "more groups", "weakest site", "site", "informant", "group", "coder"]
CHECKS += ["resampled voices", "coding errors", "beyond these sites"]


def test_robustness_has_every_check_for_every_claim_and_only_claims(base):
    told = {"a": heard(3, 3, 1, group="pqr"), "b": heard(4, 3, group="pqr"), "c": heard(3, 0, group="pqr")}
    card = robustness(built(base, told, k=3, m=2, B=100))
    assert card["code"].unique().tolist() == ["c1", "c2"]
    for code, name in (("c1", "common"), ("c2", "widespread")):
        rows = card[card["code"] == code]
        assert rows["check"].unique().tolist() == CHECKS and set(rows["class"]) == {name}
    assert not (card["lost"].fillna(False) & card["gained"].fillna(False)).any()


def test_robustness_says_at_which_k_and_m_a_claim_breaks(base):
    told = {"a": heard(4, group="pqr"), "b": heard(5, group="pqr")}
    card = robustness(built(base, told, k=3, m=2, B=100)).set_index("check")
    voices, groups = card.loc["more voices"], card.loc["more groups"]
    assert voices[["left_out", "verdict", "lost", "estimate", "n"]].tolist() == ["k = 5", "site_specific", True, 4, 2]
    assert groups[["left_out", "estimate", "status"]].tolist() == ["m = 4", 3, "not_assessable"]
    assert card.loc["weakest site", ["left_out", "estimate"]].tolist() == ["A", 4]


def test_robustness_agrees_with_the_methods_it_gathers(base):
    cohort = built(base, {"a": heard(4, 2), "b": heard(3, 3)}, k=2, m=2, B=100)
    card = robustness(cohort)
    stable = bootstrap_stability(cohort).set_index("code")["estimate"]
    drawn = card[card["check"] == "resampled voices"].set_index("code")["estimate"]
    assert drawn.to_dict() == stable.loc[drawn.index].to_dict()
    cells = every_setting(cohort).query("code == 'c1' and `class` != 'not_assessable'")
    share = card[(card["check"] == "settings") & (card["code"] == "c1")].iloc[0]
    assert (share["estimate"], share["n"]) == (cells["class"].eq("common").mean(), len(cells))


def test_robustness_without_a_claim_is_one_row_with_the_reason(base):
    card = robustness(built(base, {"a": heard(1), "b": heard(0, 1)}, k=3, m=1))
    assert card[["code", "check", "class"]].to_numpy().tolist() == [["", "", ""]]
    assert card.loc[0, "status"] == "not_assessable" and card.loc[0, "reason"]


@pytest.mark.parametrize("reading", ["difficulty", "documented"])
@pytest.mark.parametrize("name", DEGENERATE)
def test_robustness_of_cohorts_that_lack_something_gives_rows_and_reasons(name, reading, tmp_path):
    card = robustness(build(name, tmp_path), reading)
    assert len(card) and card.loc[card["status"] != "ok", "reason"].ne("").all()
    assert card.loc[card["status"] == "ok", "n"].gt(0).all()


@settings(max_examples=3, deadline=None)
@given(told=cohorts, seed=st.integers(0, 99))
def test_robustness_does_not_depend_on_row_order(base, told, seed):
    cohort = built(base, told, k=1, m=1, B=100)
    mixed = {t: cohort.tables[t].sample(frac=1, random_state=seed) for t in ("codings", "segments")}
    pd.testing.assert_frame_equal(robustness(cohort.with_tables(**mixed)), robustness(cohort))
