"""`cohort.toml`: what is permitted, and what the plan becomes."""

import copy

import pytest
from conftest import settings_for

from casestudy.cohort.files import empty_table
from casestudy.cohort.schema import PLAN_KEYS, TABLES, TOML_KEYS
from casestudy.cohort.settings import make_plan, name_problems, read_aliases, read_settings, setting_problems

FRAMES = {name: empty_table(table) for name, table in TABLES.items()}
VALUES = [True, 0, 1, -1, 10**30, 0.5, float("nan"), float("inf"), "", "x", "2005-2016", "2026-02-30"]
VALUES += [[], [1], ["x"], ["site"], [[]], [{}], {}, {"a": []}, {"a": {"b": 1}}, {"governance": [[], 1, "x"]}]


def _problems(settings: dict) -> dict[str, str]:
    """Return what is said about each key; the first thing if there are several."""
    found = [*setting_problems(settings), *name_problems(settings, FRAMES, set(FRAMES))]
    return {p.column: p.problem for p in found[::-1]}


def test_setting_problems_has_nothing_to_say_about_good_settings():
    assert _problems(settings_for("x")) == {}


@pytest.mark.parametrize("key", TOML_KEYS)
def test_settings_survive_every_type_for_a_key(key):
    for value in VALUES:
        settings = settings_for("x") | {key: value}
        assert _problems(settings) or make_plan(settings)


@pytest.mark.parametrize("key", PLAN_KEYS)
def test_settings_survive_every_type_for_a_key_of_the_plan(key):
    for value in VALUES:
        settings = settings_for("x", plan={key: value})
        assert _problems(settings) or make_plan(settings)


@pytest.mark.parametrize("key", [key for key, (_, needed, _) in TOML_KEYS.items() if needed])
def test_setting_problems_says_which_needed_key_is_missing(key):
    settings = settings_for("x")
    del settings[key]
    assert _problems(settings)[key].startswith("key is missing")


@pytest.mark.parametrize("key", [*TOML_KEYS, *(f"plan.{key}" for key in PLAN_KEYS)])
def test_setting_problems_refuses_a_wrong_type(key):
    settings = copy.deepcopy(settings_for("x"))
    place = settings["plan"] if key.startswith("plan.") else settings
    place[key.removeprefix("plan.")] = None  # TOML knows no null, so nothing is of this type
    assert "wrong type" in _problems(settings)[key]


def test_setting_problems_refuses_a_share_of_one():
    assert "not between 0 and 1" in _problems(settings_for("x", plan={"ci_level": 1}))["plan.ci_level"]


def test_setting_problems_comes_in_the_same_order_every_time():
    settings = settings_for("x") | dict.fromkeys(["zz", "aa", "mm"], 1)
    assert [p.column for p in setting_problems(settings)] == ["aa", "mm", "zz"]


def test_name_problems_asks_no_table_that_could_not_be_read():
    settings = settings_for("x", plan={"order_by": "founded"})
    assert "plan.order_by" in {p.column for p in name_problems(settings, FRAMES, set())}
    assert "plan.order_by" not in {p.column for p in name_problems(settings, FRAMES, {"attributes"})}


def test_read_settings_names_the_line(tmp_path):
    (tmp_path / "cohort.toml").write_text('id = "x"\ntitle = "y\n', encoding="utf-8")
    settings, (problem,) = read_settings(tmp_path)
    assert settings == {}
    assert problem.row == 2


def test_read_aliases_leaves_out_what_is_not_complete():
    good = {"informant": "a", "same_as": "b", "reason": "One paper."}
    assert read_aliases({"aliases": [good, {"informant": "c"}, 1, "x"]}) == {"a": "b"}
    assert read_aliases({"aliases": "a = b"}) == read_aliases({}) == {}


@pytest.mark.parametrize(
    ("level", "resolve", "thresholds"),
    [
        ("informant", "majority", (1, 3, 2, 3)),
        ("informant", "consensus", (1, 3, 2, 3)),
        ("informant", "single", (2, 3, 2, 3)),
        ("informant", "any", (2, 3, 2, 3)),
        ("document", "majority", (1, 1, 1, 0)),
        ("document", "single", (1, 1, 1, 0)),
    ],
)
def test_make_plan_sets_thresholds_by_evidence_level(level, resolve, thresholds):
    plan = make_plan(settings_for("x", evidence_level=level, plan={"resolve": resolve}))
    assert (plan.j, plan.k, plan.m, plan.suppress_below) == thresholds


def test_make_plan_lets_the_cohort_decide():
    plan = make_plan(
        settings_for("x", evidence_level="document", plan={"k": 2, "scope": [], "themes": {"leadership": []}})
    )
    assert (plan.k, plan.scope, plan.themes) == (2, (), {"leadership": ()})
