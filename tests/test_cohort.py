"""What a loaded cohort offers, and how one is found."""

import dataclasses
import pickle

import pandas as pd
import pytest
from conftest import set_key, write_rows, write_tiny

from casestudy import CohortError, load_cohort
from casestudy.cohort.cohort import FOOTER, NOTICE, SYNTHETIC, check_cohort, find_cohort
from casestudy.cohort.schema import TABLES


def test_cohort_has_every_table_with_its_declared_columns(tiny):
    for name, table in TABLES.items():
        assert getattr(tiny, name).columns.tolist() == table.names
    assert tiny.memos.empty


def test_cohort_names_the_nearest_table(tiny):
    with pytest.raises(AttributeError, match="no `codigns`; did you mean `codings`"):
        _ = tiny.codigns


def test_cohort_can_be_copied_and_pickled(tiny):
    assert pickle.loads(pickle.dumps(tiny)).title == dataclasses.replace(tiny).title == tiny.title


def test_cohort_is_not_changed_by_what_is_done_to_its_tables(tiny):
    sites = tiny.sites
    sites["name"] = "?"
    sites.loc[0, "site"] = "?"
    assert tiny.sites["name"].tolist() == ["North alliance", "South alliance", "East alliance"]
    assert tiny.sites["site"].tolist() == ["north", "south", "east"]


def test_load_cohort_types_numbers_and_leaves_text_blank(tiny_folder):
    write_rows(tiny_folder, "modules", [("m1", "Module", "2"), ("m2", "Module", "")])
    cohort = load_cohort(tiny_folder)
    assert cohort.modules["order"].tolist() == [2, pd.NA]
    assert str(cohort.sources["year"].dtype) == str(cohort.segments["seq"].dtype) == "Int64"
    assert cohort.sources["pages"].dtype == float
    assert cohort.sites["note"].tolist() == ["", "", ""]


def test_load_cohort_fills_round_and_wave(tiny):
    assert set(tiny.codings["round"]) == set(tiny.assignments["round"]) == {"independent"}
    assert set(tiny.sources["wave"]) == {1}


def test_load_cohort_keeps_the_order_of_rows(tiny):
    assert tiny.sites["site"].tolist() == ["north", "south", "east"]
    assert tiny.sites.index.tolist() == [0, 1, 2]


def test_load_cohort_merges_aliases_and_no_others(tiny_folder):
    set_key(tiny_folder, "aliases", [{"informant": "n3", "same_as": "n1", "reason": "One person."}])
    assert load_cohort(tiny_folder).sources["informant"].tolist() == ["n1", "n2", "n1", "s1", "s2", "e1", "e2"]


def test_load_cohort_reads_the_plan(tiny):
    assert (tiny.plan.j, tiny.plan.k, tiny.plan.m) == (1, 2, 2)
    assert tiny.plan.themes == {"governance": ("money",), "leadership": ("trust",)}


def test_with_plan_changes_a_copy(tiny):
    assert tiny.with_plan(k=5).plan.k == 5
    assert tiny.plan.k == 2


@pytest.mark.parametrize(
    ("level", "synthetic", "notice", "footer", "word"),
    [
        ("informant", True, SYNTHETIC, SYNTHETIC, "raised"),
        ("document", True, SYNTHETIC, SYNTHETIC, "documented"),
        ("document", False, NOTICE, FOOTER, "documented"),
        ("informant", False, "", "", "raised"),
    ],
)
def test_cohort_says_what_must_be_said(make_cohort, level, synthetic, notice, footer, word):
    cohort = make_cohort([("a", "x", "news", "money", "challenge")], evidence_level=level, synthetic=synthetic)
    assert (cohort.notice, cohort.footer, cohort.documented_word) == (notice, footer, word)


@pytest.mark.parametrize("text", [NOTICE, FOOTER])
def test_notice_and_footer_carry_the_whole_caution(text):
    phrases = ["public pages", "language models", "verified", "not in the pages we read", "ranking", "CONTRIBUTING"]
    assert [phrase for phrase in phrases if phrase.lower() not in text.lower()] == []


# ---- reading --------------------------------------------------------------------------------------------------------


def _write_reading(folder, text):
    (folder / "reading").mkdir()
    (folder / "reading" / "07.md").write_text(text, encoding="utf-8")
    return load_cohort(folder)


def test_reading_fills_in_numbers(tiny_folder):
    cohort = _write_reading(tiny_folder, "$n of ${n_site}s cost $$5.")
    assert cohort.reading("07", n=2, n_site="3 site") == "2 of 3 sites cost $5."
    assert cohort.reading("08", n=2) == ""


def test_reading_refuses_a_number_that_nobody_gives(tiny_folder):
    cohort = _write_reading(tiny_folder, "$n_sits of them")
    with pytest.raises(CohortError, match=r"07\.md: nothing is known as `\$n_sits`; did you mean `n_sites`"):
        cohort.reading("07", n_sites=2)


def test_reading_says_how_to_write_a_dollar_sign(tiny_folder):
    with pytest.raises(CohortError, match=r"write `\$\$` for a dollar sign"):
        _write_reading(tiny_folder, "It cost $5.").reading("07")


def test_reading_lets_no_markup_through(tiny_folder):
    text = _write_reading(tiny_folder, "<b>$name</b>").reading("07", name="<script>alert(1)</script>")
    assert "<" not in text


def test_reading_that_is_not_utf8_is_an_error_in_words(tiny_folder):
    cohort = _write_reading(tiny_folder, "x")
    (tiny_folder / "reading" / "07.md").write_bytes("é".encode("cp1252"))
    with pytest.raises(CohortError, match=r"reading/07\.md is not UTF-8"):
        cohort.reading("07")


# ---- finding --------------------------------------------------------------------------------------------------------


def test_find_cohort_prefers_a_path_then_the_variable_then_data_upward(tmp_path, monkeypatch):
    work, store = tmp_path / "work" / "deep", tmp_path / "store"
    work.mkdir(parents=True)
    above = write_tiny(tmp_path / "work" / "data" / "minnows")
    monkeypatch.chdir(work)
    assert find_cohort("minnows") == above
    stored = write_tiny(store / "minnows")
    monkeypatch.setenv("CASESTUDY_DATA", str(store))
    assert find_cohort("minnows") == stored
    write_tiny(work / "minnows")
    assert find_cohort("minnows").resolve() == work / "minnows"
    assert find_cohort(above) == above


def test_find_cohort_finds_a_cohort_whose_settings_cannot_be_opened(tiny_folder, monkeypatch):
    (tiny_folder / "cohort.toml").unlink()
    (tiny_folder / "cohort.toml").symlink_to("cohort.toml")
    monkeypatch.setenv("CASESTUDY_DATA", str(tiny_folder.parent))
    assert find_cohort("tiny") == tiny_folder


def test_find_cohort_finds_the_shipped_ones_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_cohort("template").empty


# ---- the helpers of these tests ------------------------------------------------------------------------------------


def test_make_cohort_writes_what_is_stated(make_cohort):
    cohort = make_cohort(
        [
            ("north", "n1", "clinicians", "money", "challenge", {"segment": "a", "coder": "ana"}),
            ("north", "n1", "clinicians", "money", "barrier", {"segment": "a", "coder": "ben"}),
            ("north", "n2", "patients", "trust", "strategy", {"year": 2011, "scope": "market", "wave": 2}),
            ("", "n2", "patients", "money", "neutral"),
            ("south", "s1", "patients"),
            ("south", "s1", "patients", "", "", {"segment": "uncoded"}),
        ],
        plan={"k": 1},
        codes=["trust", "money", "unused"],
    )
    assert cohort.sites["site"].tolist() == ["north", "south"]
    assert cohort.sources["source"].tolist() == ["north-n1", "north-n2-2", "n2", "south-s1"]
    assert cohort.segments["segment"].tolist() == ["a", "t3", "t4", "uncoded"]
    assert cohort.segments["scope"].tolist() == ["site", "market", "site", "site"]
    assert cohort.codings["coder"].tolist() == ["ana", "ben", "ana", "ana"]
    assert cohort.codebook["code"].tolist() == ["trust", "money", "unused"]
    assert len(cohort.assignments) == 2 * 4
    assert cohort.plan.k == 1
