"""Cohorts spoiled on purpose: what the user is told about each kind of mistake, and that nothing else ever happens."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import edit, set_key, write_rows, write_tiny
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from casestudy.cohort.cohort import check_cohort, load_cohort
from casestudy.cohort.problems import COLUMNS, CohortError
from casestudy.cohort.schema import TABLES


def _cell(table: str, row: int, column: str, value: str) -> Callable[[Path], None]:
    return lambda folder: edit(folder, table, row, column, value)


def _key(key: str, value: object) -> Callable[[Path], None]:
    return lambda folder: set_key(folder, key, value)


def _bytes(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(data)


def _change(name: str, change: Callable[[str], str], encoding: str = "utf-8") -> Callable[[Path], None]:
    """Rewrite a file through a change of its text, in some encoding."""
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_text("utf-8")).encode(encoding))


def _add(table: str, row: dict) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        text = ",".join(row.get(name, "") for name in TABLES[table].names)
        (folder / f"{table}.csv").open("a", encoding="utf-8").write(text + "\n")

    return spoil


def _replaced_by(make: Callable[[Path], None], name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return spoil


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _without_valence(text: str) -> str:
    at = TABLES["codings"].names.index("valence")
    rows = [line.split(",") for line in text.splitlines()]
    return "".join(",".join(row[:at] + row[at + 1 :]) + "\n" for row in rows)


def _interviewer(folder: Path) -> None:
    edit(folder, "segments", 2, "speaker", "interviewer")


def _same(text: str) -> str:
    return text


def _cut_row(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:2], lines[2].split(",")[0] + ",x\n", *lines[3:]])


# kind: (what is spoiled, file, row, column, value, problem, fix); a row of 0 is the file as a whole
BROKEN = {
    "foreign key": (
        _cell("segments", 3, "source", "i-n9"),
        ("segments.csv", 3, "source", "i-n9", "is not in sources.csv", "did you mean `i-n"),
    ),
    "unknown code in codings": (
        _cell("codings", 4, "code", "mony"),
        ("codings.csv", 4, "code", "mony", "is not in codebook.csv", "did you mean `money`?"),
    ),
    "unknown site": (
        _cell("sources", 2, "site", "nord"),
        ("sources.csv", 2, "site", "nord", "is not in sites.csv", "did you mean `north`?"),
    ),
    "unknown group": (
        _cell("sources", 2, "group", "Patients"),
        ("sources.csv", 2, "group", "Patients", "is not in groups in cohort.toml", "did you mean `patients`?"),
    ),
    "unknown name in a list": (
        _cell("codings", 2, "about_group", "patients;founders"),
        ("codings.csv", 2, "about_group", "founders", "is not in about_groups", "did you mean `funders`?"),
    ),
    "duplicate key": (
        _add("sites", {"site": "north", "name": "Again"}),
        ("sites.csv", 5, "site", "north", "is there already, in row 2", "remove or rename one"),
    ),
    "duplicate key of several columns": (
        _add("codings", {"segment": "n1-money", "code": "money", "coder": "ana", "valence": "barrier"}),
        (
            "codings.csv",
            42,
            "segment + code + coder + round + start",
            "n1-money money ana independent",
            "is there already, in row 2",
            "remove or rename one",
        ),
    ),
    "unknown column": (
        _change("sites.csv", lambda text: text.replace("region", "regoin")),
        ("sites.csv", 1, "regoin", "", "is not a column of this table", "did you mean `region`?"),
    ),
    "column twice": (
        _change("sites.csv", lambda text: text.replace("region", "name")),
        ("sites.csv", 1, "name", "", "appears twice", "keep one of the two columns"),
    ),
    "missing column": (
        _change("codings.csv", _without_valence),
        ("codings.csv", 1, "valence", "", "column is missing", "add a column `valence`"),
    ),
    "unknown table file": (
        _bytes("codigns.csv", b"code\nmoney\n"),
        ("codigns.csv", 0, "", "", "is not a table of the format", "did you mean `codings`?"),
    ),
    "cp1252": (
        _change("sites.csv", lambda text: text.replace("North", "Nörth"), "cp1252"),
        ("sites.csv", 2, "", "", "looks like Windows-1252 (cp1252): byte 0xF6 at character 8", "CSV UTF-8"),
    ),
    "UTF-16 with a byte order mark": (
        _change("sites.csv", _same, "utf-16"),
        ("sites.csv", 0, "", "", "looks like UTF-16", "CSV UTF-8"),
    ),
    "UTF-16 little-endian": (
        _change("sites.csv", _same, "utf-16-le"),
        ("sites.csv", 0, "", "", "looks like UTF-16", "CSV UTF-8"),
    ),
    "UTF-16 big-endian": (
        _change("sites.csv", _same, "utf-16-be"),
        ("sites.csv", 0, "", "", "looks like UTF-16", "CSV UTF-8"),
    ),
    "semicolons": (
        _change("sites.csv", lambda text: text.replace(",", ";")),
        ("sites.csv", 1, "", "", "separates its columns by semicolons", "separate them by commas"),
    ),
    "tabs": (
        _change("sites.csv", lambda text: text.replace(",", "\t")),
        ("sites.csv", 1, "", "", "separates its columns by tabs", "separate them by commas"),
    ),
    "empty file": (
        _bytes("codings.csv", b" \n"),
        ("codings.csv", 0, "", "", "is empty", "write the header row"),
    ),
    "only a byte order mark": (
        _bytes("codings.csv", b"\xef\xbb\xbf"),
        ("codings.csv", 0, "", "", "is empty", "write the header row"),
    ),
    "only separators": (
        _bytes("codings.csv", b",,,\n,,,\n"),
        ("codings.csv", 0, "", "", "is empty", "write the header row"),
    ),
    "no rows": (
        _change("sites.csv", lambda text: text.splitlines()[0]),
        ("sites.csv", 0, "", "", "has a header but no row", "add at least one row"),
    ),
    "missing file": (
        lambda folder: (folder / "codebook.csv").unlink(),
        ("codebook.csv", 0, "", "", "is missing", "add `codebook.csv`"),
    ),
    "missing README": (
        lambda folder: (folder / "README.md").unlink(),
        ("README.md", 0, "", "", "is missing", "say where the data come from"),
    ),
    "missing settings": (
        lambda folder: (folder / "cohort.toml").unlink(),
        ("cohort.toml", 0, "", "", "is missing", "add `cohort.toml`"),
    ),
    "folder in place of a table": (
        _replaced_by(Path.mkdir, "codings.csv"),
        ("codings.csv", 0, "", "", "is a folder, not a file", "replace the folder"),
    ),
    "folder in place of the settings": (
        _replaced_by(Path.mkdir, "cohort.toml"),
        ("cohort.toml", 0, "", "", "is a folder, not a file", "replace the folder"),
    ),
    "link loop in place of a table": (
        _replaced_by(_loop, "codings.csv"),
        ("codings.csv", 0, "", "", "cannot be opened", "no link that leads nowhere"),
    ),
    "link loop in place of the settings": (
        _replaced_by(_loop, "cohort.toml"),
        ("cohort.toml", 0, "", "", "cannot be opened", "no link that leads nowhere"),
    ),
    "link loop in place of an optional table": (
        lambda folder: _loop(folder / "memos.csv"),
        ("memos.csv", 0, "", "", "cannot be opened", "no link that leads nowhere"),
    ),
    "pipe in place of a table": (
        _replaced_by(lambda path: os.mkfifo(path), "codings.csv"),
        ("codings.csv", 0, "", "", "is not a file", "put the file itself there"),
    ),
    "row cut short": (
        _change("segments.csv", _cut_row),
        ("segments.csv", 3, "", "n1-trust", "has 2 cells where the header has 14", "complete the row"),
    ),
    "comma in an unquoted text": (
        _change("segments.csv", lambda text: text.replace('"On trust, says n1."', "On trust, says n1.")),
        ("segments.csv", 3, "", "n1-trust", "has 15 cells where the header has 14", "quote texts that hold commas"),
    ),
    "random bytes": (
        _bytes("sites.csv", bytes(range(256)) * 4),
        ("sites.csv", 2, "", "", "is not a text file: byte 0x80", "replace it by a CSV file"),
    ),
    "NUL bytes": (
        _change("sites.csv", lambda text: text.replace("North", "No\0rth")),
        ("sites.csv", 0, "", "", "is not a text file: it holds NUL bytes", "CSV UTF-8"),
    ),
    "unclosed quotation mark": (
        _change("segments.csv", lambda text: text.replace('says n1."', "says n1.", 1)),
        ("segments.csv", 2, "", "", "cannot be read as CSV from here on", "a quotation mark that is not closed"),
    ),
    "thousands of columns": (
        _bytes("sites.csv", b"site," * 5000 + b"name\n"),
        ("sites.csv", 1, "", "", "has 5001 columns", "keep the 5 of this table"),
    ),
    "spaces around an id": (
        _cell("sites", 2, "site", " north"),
        ("sites.csv", 2, "site", " north", "has spaces around it", "write `north`"),
    ),
    "space inside an id": (
        _cell("sites", 2, "site", "north side"),
        ("sites.csv", 2, "site", "north side", "is not valid here", "write an id of letters"),
    ),
    "blank needed cell": (
        _cell("codings", 2, "valence", ""),
        ("codings.csv", 2, "valence", "", "is blank", "fill it in"),
    ),
    "value outside a choice": (
        _cell("codings", 2, "valence", "chalenge"),
        ("codings.csv", 2, "valence", "chalenge", "is not one of the permitted", "did you mean `challenge`?"),
    ),
    "bad year": (
        _cell("segments", 2, "year", "11"),
        ("segments.csv", 2, "year", "11", "is not valid here", "write a year such as 2011"),
    ),
    "year in other digits": (
        _cell("segments", 2, "year", "2٠١١"),
        ("segments.csv", 2, "year", "2٠١١", "is not valid here", "write a year such as 2011"),
    ),
    "bad date": (
        _cell("coders", 2, "date", "31/05/2011"),
        ("coders.csv", 2, "date", "31/05/2011", "is not valid here", "write a date such as 2011-05-31"),
    ),
    "date that does not exist": (
        _cell("coders", 2, "date", "2011-02-30"),
        ("coders.csv", 2, "date", "2011-02-30", "is not valid here", "write a date such as 2011-05-31"),
    ),
    "bad list": (
        _cell("codings", 2, "about_group", "patients, funders"),
        ("codings.csv", 2, "about_group", "patients, funders", "is not valid here", "ids separated by `;`"),
    ),
    "link without its cohort": (
        _cell("sites", 2, "same_as", "north"),
        ("sites.csv", 2, "same_as", "north", "is not valid here", "`cohort/site` entries"),
    ),
    "address that runs code": (
        _cell("sources", 2, "url", "javascript:alert(1)"),
        ("sources.csv", 2, "url", "javascript:alert(1)", "is not valid here", "starts with http://"),
    ),
    "inactive code": (
        _cell("codebook", 2, "active", "no"),
        ("codings.csv", 2, "code", "money", "is not an active code", "set `active` in codebook.csv"),
    ),
    "interviewer coded": (
        _interviewer,
        ("codings.csv", 2, "segment", "n1-money", "codes a turn of the interviewer", "code the informant's answer"),
    ),
    "coding outside its assignment": (
        lambda folder: write_rows(folder, "assignments", [("ana", "i-n1")]),
        ("codings.csv", 3, "coder", "ben", "assignments.csv does not give", "add the coder and source"),
    ),
    "pole on a code that is no trade-off": (
        _cell("codings", 2, "pole", "A"),
        ("codings.csv", 2, "pole", "A", "a code that is no trade-off", "leave the pole blank"),
    ),
    "passage outside its text": (
        lambda folder: (edit(folder, "codings", 2, "start", "3"), edit(folder, "codings", 2, "end", "999")),
        ("codings.csv", 2, "start", "3", "with end 999 is no passage of the text, which has 18 characters", "correct"),
    ),
    "passage without a start": (
        _cell("codings", 2, "end", "5"),
        ("codings.csv", 2, "start", "", "with end 5 is no passage", "correct `start` and `end`"),
    ),
    "segment without text": (
        _cell("segments", 2, "text", ""),
        ("segments.csv", 2, "text", "n1-money", "has no text", "write the text, or `withheld`"),
    ),
    "real text in a synthetic cohort": (
        _cell("segments", 2, "text_kind", "verbatim"),
        ("segments.csv", 2, "text_kind", "verbatim", "real text in a synthetic cohort", "separate cohorts"),
    ),
    "synthetic text in a real cohort": (
        _key("synthetic", False),
        ("segments.csv", 2, "text_kind", "synthetic", "synthetic text in a real cohort", "separate cohorts"),
    ),
    "informant in two groups": (
        _add("sources", {"source": "x", "site": "north", "kind": "interview", "group": "patients", "informant": "n1"}),
        (
            "sources.csv",
            9,
            "group",
            "patients",
            "informant `n1` is in several groups: clinicians, patients",
            "one group",
        ),
    ),
    "informants in two groups through an alias": (
        _key("aliases", [{"informant": "n2", "same_as": "n1", "reason": "One person."}]),
        (
            "sources.csv",
            3,
            "group",
            "patients",
            "informant `n1` is in several groups: clinicians, patients",
            "one group",
        ),
    ),
    "value outside its attribute": (
        _cell("site_attributes", 2, "value", "charty"),
        ("site_attributes.csv", 2, "value", "charty", "is not permitted for `legal`", "did you mean `charity`?"),
    ),
    "value of the wrong type": (
        _cell("site_attributes", 4, "value", "long ago"),
        ("site_attributes.csv", 4, "value", "long ago", "is not permitted for `founded`", "write a year"),
    ),
    "broken TOML": (
        _change("cohort.toml", lambda text: text.replace('"format" = "1.0"', '"format" = 1.0"')),
        ("cohort.toml", 1, "", "", "is not valid TOML", "correct the line"),
    ),
    "TOML nested without end": (
        _bytes("cohort.toml", b"a = " + b"[" * 5000),
        ("cohort.toml", 0, "", "", "is not valid TOML", "correct the line"),
    ),
    "TOML number without end": (
        _bytes("cohort.toml", b"a = " + b"9" * 5000),
        ("cohort.toml", 0, "", "", "is not valid TOML", "correct the line"),
    ),
    "unknown key": (
        _key("titel", "x"),
        ("cohort.toml", 0, "titel", "", "is not a key of cohort.toml", "did you mean `title`?"),
    ),
    "missing key": (
        _key("licence", None),
        ("cohort.toml", 0, "licence", "", "key is missing", "Terms under which"),
    ),
    "unknown plan key": (
        _key("plan.valense", ["challenge"]),
        ("cohort.toml", 0, "plan.valense", "", "is not a key of the plan", "did you mean `valence`?"),
    ),
    "wrong type in the plan": (
        _key("plan.k", "3"),
        ("cohort.toml", 0, "plan.k", "3", "is of the wrong type", "write a whole number"),
    ),
    "true in place of a number": (
        _key("plan.j", True),
        ("cohort.toml", 0, "plan.j", "True", "is of the wrong type", "write a whole number"),
    ),
    "number out of range": (
        _key("plan.k", 0),
        ("cohort.toml", 0, "plan.k", "0", "is out of range", "write a number from 1 to 999"),
    ),
    "share out of range": (
        _key("plan.ci_level", 95),
        ("cohort.toml", 0, "plan.ci_level", "95", "is not between 0 and 1", "such as 0.95"),
    ),
    "period backwards": (
        _key("plan.period", "2016-2005"),
        ("cohort.toml", 0, "plan.period", "2016-2005", "is not a period", "write it as 2005-2016"),
    ),
    "plan date that does not exist": (
        _key("plan.set", "2026-02-30"),
        ("cohort.toml", 0, "plan.set", "2026-02-30", "is not a date", "write it as 2026-05-31"),
    ),
    "valence that is none": (
        _key("plan.valence", ["barier"]),
        ("cohort.toml", 0, "plan.valence", "barier", "is not permitted", "did you mean `barrier`?"),
    ),
    "no valence makes a difficulty": (
        _key("plan.valence", []),
        ("cohort.toml", 0, "plan.valence", "", "is empty", "write the valences"),
    ),
    "resolution that is none": (
        _key("plan.resolve", "majorty"),
        ("cohort.toml", 0, "plan.resolve", "majorty", "is not permitted", "did you mean `majority`?"),
    ),
    "unknown code in a theme": (
        _key("plan.themes.governance", ["monney"]),
        ("cohort.toml", 0, "plan.themes.governance", "monney", "is not in codebook.csv", "did you mean `money`?"),
    ),
    "unknown theme": (
        _key("plan.themes.goverance", []),
        ("cohort.toml", 0, "plan.themes", "goverance", "is not a theme", "did you mean `governance`?"),
    ),
    "unknown ordering attribute": (
        _key("plan.order_by", "found"),
        ("cohort.toml", 0, "plan.order_by", "found", "is not in attributes.csv", "did you mean `founded`?"),
    ),
    "wave that nobody was heard in": (
        _key("plan.wave", 2),
        ("cohort.toml", 0, "plan.wave", "2", "is not in sources.csv", "valid: `1`"),
    ),
    "alias of nobody": (
        _key("aliases", [{"informant": "n9", "same_as": "n1", "reason": "One person."}]),
        ("cohort.toml", 0, "aliases", "n9", "is not in sources.csv", "valid: `n1`, `n2`"),
    ),
    "alias without a reason": (
        _key("aliases", [{"informant": "n2", "same_as": "n1"}]),
        ("cohort.toml", 0, "aliases", "'n2'", "is not complete", "write informant, same_as and reason"),
    ),
    "alias of an alias": (
        _key("aliases", [{"informant": a, "same_as": b, "reason": "x"} for a, b in (("n3", "s1"), ("s1", "e1"))]),
        ("cohort.toml", 0, "aliases", "s1", "is itself merged", "write `e1` for both"),
    ),
    "no groups": (
        _key("groups", {}),
        ("cohort.toml", 0, "groups", "", "is empty", "list the stakeholder groups"),
    ),
    "title that hides that all is synthetic": (
        _key("title", "Tiny"),
        ("cohort.toml", 0, "title", "Tiny", "does not say that the cohort is synthetic", "put `synthetic` into it"),
    ),
    "another version": (
        _key("format", "2.0"),
        ("cohort.toml", 0, "format", "2.0", "is another version of the format", 'write "1.0"'),
    ),
    "id that is a path": (
        _key("id", "../tiny"),
        ("cohort.toml", 0, "id", "../tiny", "is not an id", "write an id"),
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_load_cohort_says_where_the_fault_is_and_how_to_mend_it(kind, tiny_folder):
    spoil, (file, row, column, value, problem, fix) = BROKEN[kind]
    spoil(tiny_folder)
    with pytest.raises(CohortError) as caught:
        load_cohort(tiny_folder)
    place = file + (f", row {row}" if row else "") + (f", column `{column}`" if column else "") + ": "
    told = next((line for line in str(caught.value).splitlines() if line.startswith(f"- {place}")), str(caught.value))
    for part in (place, problem, value, fix):
        assert part in told


# these faults must not drag others with them
ALONE = [
    "foreign key",
    "unknown column",
    "missing column",
    "cp1252",
    "UTF-16 with a byte order mark",
    "semicolons",
    "random bytes",
    "unclosed quotation mark",
    "row cut short",
    "comma in an unquoted text",
    "missing file",
    "missing settings",
    "broken TOML",
    "no groups",
    "value of the wrong type",
    "bad date",
    "true in place of a number",
    "inactive code",
]


@pytest.mark.parametrize("kind", ALONE)
def test_check_cohort_finds_one_kind_of_fault_where_there_is_one(kind, tiny_folder):
    BROKEN[kind][0](tiny_folder)
    assert check_cohort(tiny_folder)[["file", "column"]].drop_duplicates().shape[0] == 1


def test_check_cohort_returns_what_load_cohort_raises(tiny_folder):
    for kind in ("unknown site", "bad date", "cp1252"):
        BROKEN[kind][0](tiny_folder)
    with pytest.raises(CohortError) as caught:
        load_cohort(tiny_folder)
    assert check_cohort(tiny_folder).equals(caught.value.problems)


def test_check_cohort_accepts_a_byte_order_mark_and_windows_line_ends(tiny_folder):
    for path in tiny_folder.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    _change("cohort.toml", _same, "utf-8-sig")(tiny_folder)
    assert check_cohort(tiny_folder).empty


def test_check_cohort_accepts_columns_in_another_order_and_without_the_optional_ones(tiny_folder):
    (tiny_folder / "sites.csv").write_text("name,site\nNorth,north\nSouth,south\nEast,east\n", encoding="utf-8")
    assert load_cohort(tiny_folder).sites.columns.tolist() == TABLES["sites"].names


def test_check_cohort_counts_rows_as_an_editor_does(tiny_folder):
    _change("segments.csv", lambda text: text.replace("On money, says n1.", "On money,\n\n\nsays n1."))(tiny_folder)
    _change("segments.csv", lambda text: text.replace("n1-trust,i-n1", "n1-trust,i-x"))(tiny_folder)
    assert check_cohort(tiny_folder)["row"].tolist() == [6]


def test_load_cohort_lists_faults_of_all_files_at_once(tiny_folder):
    for kind in ("unknown code in codings", "unknown site", "bad date", "cp1252", "unknown plan key", "bad year"):
        BROKEN[kind][0](tiny_folder)
    with pytest.raises(CohortError, match=r"cannot be loaded: \d+ problems") as caught:
        load_cohort(tiny_folder)
    assert {*caught.value.problems["file"]} >= {"codings.csv", "coders.csv", "sites.csv", "cohort.toml", "segments.csv"}


def test_load_cohort_folds_more_than_five_of_a_kind(tiny_folder):
    for row in range(2, 14):
        edit(tiny_folder, "codings", row, "code", f"mony{row}")
    with pytest.raises(CohortError, match="12 problems") as caught:
        load_cohort(tiny_folder)
    assert str(caught.value).count("- codings.csv, row") == 5
    assert "... and 7 more of this kind" in str(caught.value)
    assert len(caught.value.problems) == 12


def test_load_cohort_folds_faults_that_differ_in_numbers_and_names_only(tiny_folder):
    _change("sites.csv", lambda text: text + text.split("\n", 1)[1] * 4)(tiny_folder)
    with pytest.raises(CohortError, match=r"\.\.\. and 7 more of this kind"):
        load_cohort(tiny_folder)


def test_load_cohort_prints_nothing_that_a_terminal_would_obey(tiny_folder):
    edit(tiny_folder, "codings", 2, "code", "\x1b[2Jmoney\n\nBut all is well")
    _change("sites.csv", lambda text: text.replace("region", '"\x1b[2Jregion\nBut all is well"'))(tiny_folder)
    with pytest.raises(CohortError) as caught:
        load_cohort(tiny_folder)
    assert "\x1b" not in str(caught.value)
    assert not any(line.startswith("But") for line in str(caught.value).splitlines())


@pytest.mark.parametrize("name", ["tinny", "", " ", "no/such/place", "x\0y", "x" * 5000, "..\\..", "~", 5, None])
def test_load_cohort_names_what_it_cannot_find(name):
    with pytest.raises(CohortError, match=r"no cohort called|cannot be the name|Give the name"):
        load_cohort(name)


def test_load_cohort_suggests_the_nearest_name(tmp_path, monkeypatch):
    write_tiny(tmp_path / "minnows")
    monkeypatch.setenv("CASESTUDY_DATA", str(tmp_path))
    with pytest.raises(CohortError, match="no cohort called `minows`; did you mean `minnows`"):
        load_cohort("minows")


def test_load_cohort_wants_the_folder_not_a_file_in_it(tiny_folder):
    with pytest.raises(CohortError, match="is a file; give the cohort's folder"):
        load_cohort(tiny_folder / "sites.csv")


# ---- whatever is written over a file, the answer is a list of problems ----------------------------------------------

HOSTILE = [True, 0, -1, 10**30, 1.5, float("inf"), "", "x", "0000-00-00", [], [1], ["x"], [[]], [{}], {}, {"a": []}]
CELLS = [
    "",
    " ",
    "x",
    ";",
    "-1",
    "9" * 40,
    "=1+1",
    "\x01",
    "٢",
    "a\n",
    "1e5",
    "nan",
    "\ufffe",
    "north",
    "i-n1",
    "money",
]
READ_BY_THE_LOADER = ["groups", "about_groups", "aliases", "synthetic", "plan", "evidence_level"]
FILES = ["cohort.toml", *(f"{name}.csv" for name in TABLES)]
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def _loads_or_lists_problems(folder: Path) -> None:
    try:
        load_cohort(folder)
    except CohortError as error:
        assert error.problems.columns.tolist() == COLUMNS
        assert len(error.problems) > 0


@pytest.mark.parametrize("key", READ_BY_THE_LOADER)  # every key: test_settings.py
def test_load_cohort_survives_every_type_for_a_key(key, tiny_folder):
    for value in HOSTILE:
        set_key(tiny_folder, key, value)
        _loads_or_lists_problems(tiny_folder)


@pytest.mark.parametrize("value", ["2026-01-31", "1e400", "nan", "07:32:00", "2026-01-31T07:32:00Z"])
def test_load_cohort_survives_values_that_only_toml_knows(value, tiny_folder):
    for key in ("title", "groups", "set", "k"):
        _change("cohort.toml", lambda text, k=key: re.sub(rf'"{k}" = [^,\n]+', f'"{k}" = {value}', text))(tiny_folder)
        _loads_or_lists_problems(tiny_folder)


@pytest.mark.parametrize("table", TABLES)
def test_load_cohort_survives_hostile_cells_in_every_column(table, tiny_folder):
    write_rows(tiny_folder, table, [dict.fromkeys(TABLES[table].names, cell) for cell in CELLS])
    _loads_or_lists_problems(tiny_folder)


@quick
@given(
    st.sampled_from(FILES), st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace"))
)
@example("cohort.toml", b"[plan]\n[plan]\n")
@example("codings.csv", b'"')
@example("sites.csv", b"\xef\xbb\xbf\xef\xbb\xbfsite,name\nnorth,N\n")
def test_load_cohort_survives_any_bytes_in_any_file(tmp_path_factory, name, data):
    folder = write_tiny(tmp_path_factory.mktemp("spoiled"))
    (folder / name).write_bytes(data)
    _loads_or_lists_problems(folder)


@quick
@given(st.sampled_from(FILES[1:]), st.data())
def test_load_cohort_survives_any_cells_under_a_good_header(tmp_path_factory, name, data):
    folder = write_tiny(tmp_path_factory.mktemp("spoiled"))
    table = TABLES[Path(name).stem]
    ids = st.sampled_from(["north", "i-n1", "n1-money", "money", "ana", "patients", "1", "2011", "yes", ""])
    cells = st.lists(ids | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=16)
    rows = data.draw(st.lists(cells, max_size=4))
    write_rows(folder, table.name, [tuple(row) for row in rows])
    _loads_or_lists_problems(folder)


@quick
@given(st.sampled_from(FILES), st.integers(0, 10**6), st.binary(min_size=1, max_size=3))
def test_load_cohort_survives_a_few_wrong_bytes_anywhere(tmp_path_factory, name, place, data):
    folder = write_tiny(tmp_path_factory.mktemp("spoiled"))
    if (folder / name).exists():
        old = (folder / name).read_bytes()
        at = place % len(old)
        (folder / name).write_bytes(old[:at] + data + old[at + len(data) :])
    _loads_or_lists_problems(folder)
