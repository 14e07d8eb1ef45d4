"""The format is described completely and without contradictions."""

import re
from dataclasses import fields

import pytest

from casestudy.cohort.schema import PLAN_KEYS, TABLES, TOML_KEYS, TYPES, Plan
from casestudy.cohort.schema.plan import LEVEL_DEFAULTS

COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]
NAMES = [f"{table.name}.{column.name}" for table, column in COLUMNS]


def test_tables_have_unique_columns_and_a_key_among_them():
    for table in TABLES.values():
        assert len(set(table.names)) == len(table.names)
        assert set(table.key) <= set(table.names)


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=NAMES)
def test_column_is_described_and_of_a_known_type(table, column):
    assert column.means.endswith(".")
    assert column.type in TYPES
    assert bool(column.allowed) == (column.type == "choice")


@pytest.mark.parametrize(("table", "column"), [pair for pair in COLUMNS if pair[1].to], ids=str)
def test_column_refers_to_a_table_with_one_key_or_a_list_of_the_settings(table, column):
    assert column.type in ("id", "ids")
    if column.to.startswith("@"):
        assert TOML_KEYS[column.to[1:]][0] is dict
    else:
        assert len(TABLES[column.to].key) == 1


def test_needed_tables_are_those_of_the_architecture():
    assert {t.name for t in TABLES.values() if t.needed} == {"sites", "sources", "segments", "codebook", "codings"}


def test_column_order_is_the_declared_one():
    assert TABLES["codings"].names == (
        [
            "segment",
            "code",
            "coder",
            "round",
            "start",
            "end",
            "valence",
            "about_group",
            "is_primary",
            "pole",
            "exemplar",
        ]
    )
    assert TABLES["sites"].names == ["site", "name", "region", "same_as", "note"]


def test_plan_keys_are_the_fields_of_the_plan():
    assert list(PLAN_KEYS) == [f.name for f in fields(Plan)]
    assert all(set(changes) <= set(PLAN_KEYS) for changes in LEVEL_DEFAULTS.values())


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("id", ["a", "A-1_b.c"], ["a b", "a;b", "ä", "a/b", "a\n"]),
        ("ids", ["a", "a;b"], ["a;", ";a", "a; b", "a,b"]),
        ("links", ["bqi/mhqp", "a/b;c/d"], ["mhqp", "a/b/c", "a/"]),
        ("integer", ["0", "-3", "007"], ["1.0", "1e5", "٣", "", "9" * 10]),
        ("number", ["0", "2.5", "-1"], ["2,5", ".5", "5.", "nan", "1e5"]),
        ("year", ["1999"], ["99", "3000", "1٩٩٩", "19999", "1999 "]),
        ("years", ["1999", "1999-2001"], ["1999-", "1999–2001"]),
        ("date", ["2011-05-31"], ["2011-13-01", "31.05.2011", "2011-5-1"]),
        ("url", ["https://a.org/b?c=d", "doi:10.1/x"], ["www.a.org", "javascript:x", 'http://a"b', "http://a b"]),
        ("yes_no", ["yes", "no"], ["Yes", "true", "1"]),
    ],
)
def test_type_accepts_and_refuses(kind, good, bad):
    pattern = TYPES[kind][0]
    assert [text for text in good if not re.fullmatch(pattern, text)] == []
    assert [text for text in bad if re.fullmatch(pattern, text)] == []
