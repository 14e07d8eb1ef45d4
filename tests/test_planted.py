"""Planted beside found: every finder can say yes and can say no, and text from the data stays literal."""

import re
from dataclasses import replace

import pytest

from casestudy import load_cohort
from casestudy.report import planted
from casestudy.report.planted import FINDERS, beside, core, planted_section, planted_table, words

HOSTILE = "<script>alert(1)</script> | `x` [a](b) *c*"


@pytest.fixture(scope="module")
def teaching():
    """Return the shipped cohort, with few resamples where a method draws them."""
    return load_cohort("teaching").with_plan(B=200)


def changed_key(cohort, **keys):
    """Return the cohort with an answer key in which tables are replaced; a cohort is frozen, so by a subclass."""
    key = {name: table.astype(str) for name, table in keys.items()}

    class Keyed(type(cohort)):
        def truth(self, name):
            return key[name].copy() if name in key else super().truth(name)

    return Keyed(**{field: getattr(cohort, field) for field in cohort.__dataclass_fields__})


def with_cell(table, row, column, value):
    table = table.copy()
    table.loc[row, column] = value
    return table


def same(rows):
    return [row.same for row in rows]


# ---- every finder, in both outcomes -------------------------------------------------------------------------------

# finder, table of the key, and a cell that makes it false
SPOILT = [
    (core.heard, "sizes", 0, "informants", "14"),
    (core.types, "disputed", 0, "site", "alder"),
    (core.agreement, "coders", 5, "code", "governance_structure"),
    (core.confusion, "coders", 6, "taken_for", "it_vendor"),
    (core.classes, "classes", 0, "class", "mixed"),
    (core.one_sided, "presence", 0, "groups", "1"),
    (beside.positions, "positions", 0, "position", "0.9"),
    (beside.predictions, "predictions", 2, "holds", "yes"),
    (beside.members, "members", 0, "stay_12_months_percent", "75"),
    (beside.waves, "waves", 0, "change", "emerged"),
    (beside.panel_change, "survey", 1, "rise", "0.2"),
    (beside.panel_change, "survey", 2, "stayers", "0"),
    (words.versions, "versions", 0, "codes", "13"),
    (words.orphans, "orphans", 0, "segments", "4"),
]
NAMES = [f"{finder.__name__}-{table}-{column}" for finder, table, _, column, _ in SPOILT]


@pytest.mark.parametrize(("finder", "table", "row", "column", "value"), SPOILT, ids=NAMES)
def test_finder_finds_what_is_planted_and_misses_what_is_not(teaching, finder, table, row, column, value):
    rows = finder(teaching)
    spoilt = changed_key(teaching, **{table: with_cell(teaching.truth(table), row, column, value)})
    assert rows and all(same(rows)) and same(finder(spoilt)).count(False) == 1


def test_one_sided_is_missed_where_a_second_group_raises_it(teaching):
    plan = teaching.sources.query("site == 'alder' and group == 'plan' and wave == 1")["source"].iloc[0]
    codings = teaching.codings
    own = codings["segment"].str.startswith(plan) & codings["valence"].isin(["challenge", "barrier"])
    more = codings.assign(code=codings["code"].mask(own, "data_law"))
    more = more.drop_duplicates(["segment", "code", "coder", "round"])
    (row,) = core.one_sided(teaching.with_tables(codings=more))
    assert (row.planted.count("; "), row.found.count("; "), row.same) == (3, 2, False)
    assert "alder" in row.planted.lower() and "alder" not in row.found.lower()


def test_asked_misses_whoever_should_have_counted(teaching):
    (row,) = core.asked(teaching)
    unread = teaching.with_tables(codings=teaching.codings.query("code != 'collateral_leadership'"))
    key = teaching.truth("presence").replace({"could": {"16": "17"}})
    (less,) = core.asked(changed_key(unread, presence=key))
    assert (row.planted, row.same) == ("16", True) and (less.planted, less.found, less.same) == ("17", "16", False)


def test_stray_is_no_longer_too_rare_when_its_code_is_given_often(teaching):
    (row,) = core.stray(teaching)
    codings = teaching.codings
    often = codings.assign(code=codings["code"].replace({"culture_history": "office_location"}))
    more = teaching.with_tables(codings=often.drop_duplicates(["segment", "code", "coder", "round"]))
    assert row.same and same(core.stray(more)) == [False]


def test_pairs_name_missing_and_further_pairs(teaching):
    rows = beside.pairs(teaching)
    key = with_cell(teaching.truth("pairs"), 0, "code_2", "culture_history")
    assert same(rows) == [True] * 4 and same(beside.pairs(changed_key(teaching, pairs=key))) == [
        False,
        True,
        True,
        False,
    ]


def test_groups_miss_another_group(teaching):
    key = with_cell(teaching.truth("groups"), 0, "group", "consumer")
    assert same(core.groups(teaching)) == [True] * 3
    assert same(core.groups(changed_key(teaching, groups=key))) == [False, True, False]


def test_groups_count_further_differences(teaching):
    key = teaching.truth("groups").iloc[:1]
    rows = core.groups(changed_key(teaching, groups=key))
    assert [(row.found, row.same) for row in rows][-1] == ("1", False)


def test_stability_misses_other_fragile_challenges(teaching):
    key = teaching.truth("classes")
    k_star = key["k_star"].astype(int).replace(5, 12)
    assert all(same(core.stability(teaching)))
    assert same(core.stability(changed_key(teaching, classes=key.assign(k_star=k_star)))) == [False, False]


def test_search_is_missed_when_the_planted_value_lies_outside_the_interval(teaching):
    key = teaching.truth("search")
    assert same(words.search(teaching)) == [True] * 4
    spoilt = changed_key(teaching, search=key.assign(precision="0.3"))
    assert same(words.search(spoilt)) == [False, True, False, True]


def test_any_mention_is_missed_when_the_strict_rule_errs_or_the_loose_does_not(teaching):
    key = teaching.truth("classes")
    assert same(words.any_mention(teaching)) == [True, True]
    less = key.assign(**{"class": key["class"].where(key["code"] != "culture_history", "mixed")})
    assert same(words.any_mention(changed_key(teaching, classes=less))) == [True, False]
    more = key.assign(**{"class": "common"})
    assert same(words.any_mention(changed_key(teaching, classes=more))) == [False, True]


def test_lesson_names_challenge_and_site_where_nobody_raises_it(teaching):
    said = words.lesson(teaching).replace("\\", "")
    assert re.search(r"Drawing the line between staff and member work by [3-9] at Cedar Alliance", said)
    assert "none in this cohort" in words.lesson(teaching.with_tables(codings=teaching.codings.iloc[:0]))


def test_positions_name_nobody_where_nobody_speaks(teaching):
    rows = {row.what: row for row in beside.positions(teaching)}
    row = rows["Seats by constituency or by know-how: position from -1 to 1"]
    assert row.planted.count("nobody") == row.found.count("nobody") == 1
    assert "birch" in row.planted.lower().split("nobody")[0].split(";")[-1]


@pytest.mark.parametrize("name", ["governance", "leadership", "participation"])
def test_theme_holds_the_verdicts_on_its_codes_only(teaching, name):
    labels = teaching.codebook.set_index("code")["label"][list(teaching.plan.themes[name])]
    rows = core.theme(name)(teaching)
    assert sorted(row.what.rsplit(", as ", 1)[0] for row in rows) == sorted(labels) and all(same(rows))


def test_theme_that_the_plan_does_not_name_has_no_row(teaching):
    assert core.theme("weather")(teaching) == []


def test_positions_miss_an_axis_of_which_nobody_speaks_any_more(teaching):
    codings = teaching.codings.query("code != 'equality_or_equity'")
    rows = beside.positions(teaching.with_tables(codings=codings))
    assert same(rows).count(False) == 1


# ---- the table and the section ------------------------------------------------------------------------------------


def test_planted_table_names_the_notebook_of_every_row(teaching):
    table = planted_table(teaching)
    assert table.columns.tolist() == ["notebook", "what", "planted", "found", "same"]
    assert list(dict.fromkeys(table["notebook"])) == sorted(set(table["notebook"])) and set(table["same"]) == {"yes"}
    assert set(table["notebook"]) <= set(FINDERS) and table["what"].is_unique
    assert not table.map(lambda cell: cell.strip() == "").any(axis=None)


def test_planted_table_of_a_notebook_without_finders_is_empty(teaching):
    table = planted_table(teaching, "10")
    assert table.empty and table.columns.tolist() == ["notebook", "what", "planted", "found", "same"]


def test_planted_section_counts_and_shows_every_row(teaching):
    section, table = planted_section(teaching, "07"), planted_table(teaching, "07")
    assert f"**{len(table)} of {len(table)}** planted findings are found" in section and "The trap" in section
    assert section.count("| yes |") == len(table) and "The trap" not in planted_section(teaching, "01")


def test_planted_section_of_notebook_12_holds_all(teaching, monkeypatch):
    monkeypatch.setattr(planted, "FINDERS", {"01": (core.heard,), "12": (beside.waves,)})
    assert planted_section(teaching, "12").count("| yes |") == 3


def test_planted_section_says_what_is_not_found(teaching):
    less = teaching.with_tables(sources=teaching.sources.query("informant != 'alder-01'"))
    section = planted_section(less, "01")
    assert "| no |" in section and "**1 of 2** planted findings" in section


@pytest.mark.parametrize("notebook", [n for n in FINDERS if n not in ("09", "10")])  # of another cohort
def test_planted_section_makes_text_of_the_data_literal(teaching, notebook):
    book = teaching.codebook.assign(label=HOSTILE + " " + teaching.codebook["code"])
    names = teaching.sites.assign(name=HOSTILE + " " + teaching.sites["site"])
    groups = {group: f"{HOSTILE} {label}" for group, label in teaching.groups.items()}
    hostile = replace(teaching.with_tables(codebook=book, sites=names).with_plan(B=20), groups=groups)
    section = planted_section(hostile, notebook)
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    bare = [line.replace("\\\\", "").replace("\\|", "") for line in rows]
    assert len(rows) > 1 and {line.count("|") for line in bare} == {5}
    unescaped = section.replace("\\<", "").replace("\\`", "").replace("\\[", "")
    assert "<" not in unescaped and "`x" not in unescaped and "[a" not in unescaped


@pytest.mark.parametrize("name", ["template", "af4q", "bqi"])
def test_planted_table_is_empty_where_nothing_it_knows_was_planted(name):
    cohort = load_cohort(name)
    assert planted_table(cohort).empty
    sections = [planted_section(cohort, notebook) for notebook in (*FINDERS, "09", "99")]
    assert not [section for section in sections if "|" in section or "planted" in section]


@pytest.mark.parametrize("finder", [f for some in FINDERS.values() for f in some], ids=lambda f: f.__name__)
def test_finder_of_a_cohort_without_a_key_finds_nothing(finder, tiny):
    assert finder(tiny) == []


def test_lesson_of_a_cohort_without_a_key_is_empty(tiny):
    assert words.lesson(tiny) == ""


def test_finders_stand_once_each():
    finders = [finder for some in FINDERS.values() for finder in some]
    assert len(finders) == len(set(finders))


# ---- small parts --------------------------------------------------------------------------------------------------


def test_named_lists_labels_and_keeps_codes_it_does_not_know(tiny):
    assert core.named(tiny, ["money", "rain"]) == "Money; rain" and core.named(tiny, []) == "none"


def test_settled_only_keeps_interviews_that_two_coders_settled(teaching):
    kept = words.settled_only(teaching)
    assert kept.segments["source"].nunique() == 24 and kept.plan.resolve == "consensus"
