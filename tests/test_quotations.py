"""The first door: a sheet of coded quotations becomes a cohort, or every fault of the sheet is named."""

import csv
import io
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from casestudy.cohort.cohort import check_cohort, load_cohort
from casestudy.cohort.problems import CohortError
from casestudy.cohort.quotations import FIELDS, normalise, read_quotations
from casestudy.cohort.writing import make_ids, report_import, write_cohort

HEADER = ["site", "informant", "group", "code", "quotation"]
ROWS = [
    ["Alder", "P1", "Employers", "Power", "We have no seat."],
    ["Alder", "P1", "Employers", "Money", "We have no seat."],
    ["Alder", "P2", "Physicians", "Power", "They ask after the vote."],
    ["Birch", "P1", "Employers", "Power", "One firm, one veto."],
]


def as_csv(folder, header, rows, name="sheet.csv", mark=",", encoding="utf-8"):
    with open(folder / name, "w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=mark).writerows([header, *rows])
    return folder / name


def as_excel(folder, header, rows, name="sheet.xlsx", more=()):
    book = Workbook()
    for values in [header, *rows]:
        book.active.append(values)
    for row in book.active.iter_rows():
        for cell in row:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    for title in more:
        book.create_sheet(title)
    book.save(folder / name)
    return folder / name


def faults(path, columns=None):
    """Return the problems of a sheet as (row, column, value, problem, fix)."""
    with pytest.raises(CohortError) as error:
        read_quotations(path, columns)
    return list(error.value.problems.drop(columns="file").itertuples(index=False, name=None))


def imported(path, folder, columns=None):
    return load_cohort(write_cohort(read_quotations(path, columns), folder / "study"))


def with_column(name, values):
    return [*HEADER, name], [[*row, value] for row, value in zip(ROWS, values, strict=True)]


# ---- what is read -------------------------------------------------------------------------------------------------


def test_read_quotations_makes_a_cohort_that_loads(tmp_path):
    cohort = imported(as_csv(tmp_path, HEADER, ROWS), tmp_path)
    assert cohort.sites["name"].tolist() == ["Alder", "Birch"]
    assert cohort.sources[["source", "site", "group", "informant", "title"]].to_numpy().tolist() == [
        ["alder-p1", "alder", "employers", "alder-p1", "P1"],
        ["alder-p2", "alder", "physicians", "alder-p2", "P2"],
        ["birch-p1", "birch", "employers", "birch-p1", "P1"],
    ]
    assert cohort.segments["segment"].tolist() == ["alder-p1-001", "alder-p2-001", "birch-p1-001"]
    assert cohort.codings[["segment", "code", "coder"]].iloc[:2].to_numpy().tolist() == [
        ["alder-p1-001", "power", "coder_1"],
        ["alder-p1-001", "money", "coder_1"],
    ]
    assert cohort.groups == {"employers": "Employers", "physicians": "Physicians"}


def test_read_quotations_counts_what_the_sheet_says(tmp_path):
    from casestudy.methods.evidence import raised

    header, rows = with_column("valence", ["challenge", "Not here", "BARRIER", "strategy"])
    cohort = imported(as_csv(tmp_path, header, rows), tmp_path).with_plan(j=1)
    found = raised(cohort).query("raised")[["site", "informant", "code"]]
    assert found.to_numpy().tolist() == [["alder", "alder-p1", "power"], ["alder", "alder-p2", "power"]]


def test_read_quotations_without_valence_makes_no_difficulty_and_says_so_first(tmp_path):
    quotations = read_quotations(as_csv(tmp_path, HEADER, ROWS))
    assert set(quotations.tables["codings"]["valence"]) == {"neutral"}
    assert quotations.assumed[0].startswith("NO VALENCE: every quotation is taken as `neutral`.")


def test_read_quotations_says_how_many_valences_are_blank(tmp_path):
    header, rows = with_column("valence", ["challenge", "", "barrier", "facilitator"])
    assert read_quotations(as_csv(tmp_path, header, rows)).assumed[0].startswith("NO VALENCE: 1 of 4 rows have none")


@pytest.mark.parametrize("said", ["not_here", "Not here", " NOT-HERE ", "not  here"])
def test_read_quotations_recognises_a_valence_in_any_spelling(tmp_path, said):
    header, rows = with_column("Valence", [said] * 4)
    assert set(read_quotations(as_csv(tmp_path, header, rows)).tables["codings"]["valence"]) == {"not_here"}


def test_read_quotations_finds_columns_by_synonym(tmp_path):
    header = [" ALLIANCE ", "Participant", "Stakeholder_Group", "Themes", "Text", "Colour"]
    path = as_csv(tmp_path, header, [[*row, "red"] for row in ROWS])
    notes = read_quotations(path).assumed
    assert "columns left out: “Colour”" in notes
    assert any("quotation = “Text”" in note for note in notes)


def test_read_quotations_takes_columns_as_told(tmp_path):
    path = as_csv(tmp_path, ["A", "B", "C", "Code", "Text", "Comment"], [[*row, "mine"] for row in ROWS])
    columns = {"site": "a", "informant": "B", "group": "C", "quotation": "Comment"}
    assert set(read_quotations(path, columns).tables["segments"]["text"]) == {"mine"}


def test_read_quotations_takes_a_document_as_informant_if_there_is_no_other(tmp_path):
    path = as_csv(tmp_path, ["site", "Document", "group", "code", "quote"], ROWS)
    assert read_quotations(path).tables["sources"]["informant"].tolist() == ["alder-p1", "alder-p2", "birch-p1"]


def test_read_quotations_keeps_sources_of_one_informant_apart(tmp_path):
    header, rows = with_column("source", ["first", "second", "first", "first"])
    sources = read_quotations(as_csv(tmp_path, header, rows)).tables["sources"]
    assert sources["source"].tolist()[:2] == ["alder-p1-first", "alder-p1-second"]
    assert sources["informant"].nunique() == 3


def test_read_quotations_reads_years_from_dates(tmp_path):
    header, rows = with_column("Date", ["2011-05-31", "12/2010", "May 2012", ""])
    sources = read_quotations(as_csv(tmp_path, header, rows)).tables["sources"]
    assert sources["year"].tolist() == ["2010", "2012", ""]
    assert sources["note"][0] == "in the sheet: P1; years in the sheet: 2010, 2011"


def test_read_quotations_brings_spellings_together_and_says_so(tmp_path):
    rows = [*ROWS, ["ALDER", "p1", "employers", "power ", "Still no seat."]]
    quotations = read_quotations(as_csv(tmp_path, HEADER, rows))
    assert len(quotations.tables["sources"]) == 3
    assert "site “ALDER” is taken to be “Alder”" in quotations.assumed


def test_read_quotations_fills_a_group_from_the_informants_other_rows(tmp_path):
    rows = [*ROWS, ["Alder", "P2", "", "Money", "Fees."]]
    assert read_quotations(as_csv(tmp_path, HEADER, rows)).tables["sources"]["group"][1] == "physicians"


def test_read_quotations_drops_repeated_rows_and_says_so(tmp_path):
    quotations = read_quotations(as_csv(tmp_path, HEADER, [*ROWS, ROWS[0]]))
    assert len(quotations.tables["codings"]) == 4
    assert "rows that repeat an earlier one were dropped: 1" in quotations.assumed


@pytest.mark.parametrize(("coders", "j"), [(["Ana"] * 4, 2), (["Ana", "Ben", "Ana", "Ben"], 1)])
def test_read_quotations_asks_more_of_a_single_coder(tmp_path, coders, j):
    header, rows = with_column("coder", coders)
    plan = read_quotations(as_csv(tmp_path, header, rows)).settings["plan"]
    assert (plan["j"], plan["k"], plan["m"], plan["after_seeing_data"]) == (j, 3, 2, True)


@pytest.mark.parametrize(("mark", "said"), [(";", "semicolons"), ("\t", "tabs")])
def test_read_quotations_accepts_other_separators_and_says_so(tmp_path, mark, said):
    path = as_csv(tmp_path, HEADER, ROWS, mark=mark, encoding="utf-8-sig")
    assert f"columns are separated by {said}" in read_quotations(path).assumed


def test_read_quotations_excel_and_csv_give_the_same(tmp_path):
    header, rows = with_column("year", [2011, 2011.0, 2012, None])
    of_excel = read_quotations(as_excel(tmp_path, header, rows)).tables
    rows = [[*row[:-1], row[-1] and int(row[-1])] for row in rows]
    of_csv = read_quotations(as_csv(tmp_path, header, rows)).tables
    assert all(of_excel[name].equals(of_csv[name]) for name in of_csv)


def test_read_quotations_reads_the_first_sheet_and_says_so(tmp_path):
    quotations = read_quotations(as_excel(tmp_path, HEADER, ROWS, more=["Notes"]))
    assert "only the first of 2 sheets was read: “Sheet”" in quotations.assumed


def test_read_quotations_never_computes_a_formula(tmp_path):
    book = Workbook()
    book.active.append(HEADER)
    book.active.append([*ROWS[0][:4], '=CONCATENATE("a","b")'])
    book.save(tmp_path / "sheet.xlsx")
    assert faults(tmp_path / "sheet.xlsx") == [(2, "quotation", "", "is blank", "fill it in")]


# ---- text is kept, and hostile text is only text ------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://example.org","x")',
    "+1-2@x",
    'She said ""no"", then "yes"',
    "one\ntwo\n\nthree",
    "'; DROP TABLE sites; --",
    "${k} {{x}} %(y)s \\N{DASH} `code` [a](b)",
    "x" * 30_000,
    "\u202eright to left",
]


@pytest.mark.parametrize("door", [as_csv, as_excel])
def test_write_cohort_keeps_hostile_cells_as_text(tmp_path, door):
    path = door(tmp_path, HEADER, [[*ROWS[0][:4], text] for text in HOSTILE])
    assert imported(path, tmp_path).segments["text"].tolist() == HOSTILE


def test_write_cohort_keeps_hostile_names_as_names(tmp_path):
    row = ['=1+1"\n<b>', "../../etc `x`", "[a](javascript:b)", "<img src=x>\\", "Text."]
    cohort = imported(as_csv(tmp_path, HEADER, [row]), tmp_path)
    assert cohort.sites["name"].tolist() == ['=1+1" <b>']
    assert cohort.sources["source"].tolist() == ["1_1_b-etc_x"]
    assert cohort.groups == {"a_javascript_b": "[a](javascript:b)"}


def test_write_cohort_escapes_names_in_its_readme(tmp_path):
    header = [*HEADER[:4], "Text", "<img src=x> [a](b) `c`"]
    write_cohort(read_quotations(as_csv(tmp_path, header, [[*ROWS[0], ""]])), tmp_path / "study", "<i>Study</i>")
    readme = (tmp_path / "study" / "README.md").read_text(encoding="utf-8")
    assert "<i" not in readme.replace("\\<", "") and "[a]" not in readme and "`c`" not in readme


def test_write_cohort_warns_of_cells_that_look_like_formulas(tmp_path):
    for name, text in (("with", "=1+1"), ("without", "1+1")):
        write_cohort(read_quotations(as_csv(tmp_path, HEADER, [[*ROWS[0][:4], text]])), tmp_path / name)
    said = [(tmp_path / name / "README.md").read_text(encoding="utf-8") for name in ("with", "without")]
    assert ["take them for formulas" in text for text in said] == [True, False]


printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(normalise)
names = st.one_of(st.sampled_from(["Alder", "Birch", "P 1", "p-1"]), printable)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.tuples(names, names, names, printable), min_size=1, max_size=8))
def test_any_sheet_comes_through_character_by_character(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    path = as_csv(folder, HEADER, [[site, who, "members", code, text] for site, who, code, text in rows])
    cohort = imported(path, folder)
    assert set(cohort.segments["text"]) == {normalise(text) for *_, text in rows}
    assert len(cohort.codings) <= len(rows)


@given(st.text())
def test_normalise_is_idempotent_and_leaves_ordinary_text_alone(text):
    once = normalise(text)
    assert normalise(once) == once
    assert once == unicodedata.normalize("NFC", once)


@pytest.mark.parametrize("text", ['"Straight" – dashes… kept', "a\tb\nc", "naïve 協作 🙂"])
def test_normalise_keeps_what_can_be_seen(text):
    assert normalise(text) == text


@pytest.mark.parametrize("text", ["e\u0301", " e\u00ad\u0301\ufeff\u200b", "\u00e9\x0b\r\n"])
def test_normalise_composes_characters_and_drops_invisible_ones(text):
    assert normalise(text) == "é"


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), unique=True))
def test_make_ids_gives_different_names_different_ids(names):
    ids = make_ids(names, "x")
    assert len(set(ids.values())) == len(names)


def test_fields_share_no_heading():
    words = [word for headings in FIELDS.values() for word in headings]
    assert len(words) == len(set(words))


# ---- broken sheets ------------------------------------------------------------------------------------------------


def test_read_quotations_names_the_nearest_heading_for_a_missing_column(tmp_path):
    fix = "add a column `quotation`; or, if `Qotation text` is the one, say so: --columns quotation=HEADING"
    path = as_csv(tmp_path, [*HEADER[:4], "Qotation text"], ROWS)
    assert faults(path) == [(1, "quotation", "", "column is missing", fix)]


def test_read_quotations_lists_the_headings_if_none_is_near(tmp_path):
    path = as_csv(tmp_path, [*HEADER[:4], "zzz"], ROWS)
    assert "if one of `site`, `informant`, `group`, `code`, `zzz` is the one" in faults(path)[0][-1]


def test_read_quotations_names_every_blank_cell(tmp_path):
    rows = [*ROWS, ["", "P9", "Employers", "Power", "a"], ["Birch", "P2", "", " ", "\u00ad"]]
    assert [(row, column) for row, column, *_ in faults(as_csv(tmp_path, HEADER, rows))] == [
        (6, "site"),
        (7, "group"),
        (7, "code"),
        (7, "quotation"),
    ]


def test_read_quotations_counts_lines_of_the_file(tmp_path):
    rows = [["Alder", "P1", "Employers", "Power", "two\nlines"], ["", "P9", "Employers", "Power", "a"]]
    assert faults(as_csv(tmp_path, HEADER, rows)) == [(4, "site", "", "is blank", "fill it in")]


def test_read_quotations_names_the_nearest_valence(tmp_path):
    header, rows = with_column("valence", ["challange", "barrier", "zzz", "neutral"])
    first, second = faults(as_csv(tmp_path, header, rows))
    told = "is not one of the six valences"
    assert first == (2, "valence", "challange", told, "did you mean `challenge`?")
    assert second[:4] == (4, "valence", "zzz", told)


def test_read_quotations_refuses_an_informant_in_two_groups(tmp_path):
    rows = [*ROWS, ["Alder", "P1", "Physicians", "Money", "b"]]
    told, fix = "the informant's group is `Employers` further up", "give an informant one group only"
    assert faults(as_csv(tmp_path, HEADER, rows)) == [(6, "group", "Physicians", told, fix)]


def test_read_quotations_refuses_two_valences_of_one_coder(tmp_path):
    header, rows = with_column("valence", ["challenge"] * 4)
    told = "for the same quotation, code and coder the valence is `challenge` further up"
    path = as_csv(tmp_path, header, [*rows, [*ROWS[0], "strategy"]])
    assert faults(path) == [(6, "valence", "strategy", told, "keep one of the two")]


@pytest.mark.parametrize("date", ["last spring", "31/05/24", "2009-2011", "45000"])
def test_read_quotations_refuses_a_date_without_one_year(tmp_path, date):
    header, rows = with_column("date", [date, "2011", "2011", "2011"])
    fix = "write a year such as 2011 or a date such as 2011-05-31"
    assert faults(as_csv(tmp_path, header, rows)) == [(2, "date", date, "does not name one year", fix)]


def test_read_quotations_refuses_an_address_that_runs(tmp_path):
    header, rows = with_column("url", ["javascript:alert(1)", "https://example.org/a", "", ""])
    fix = "write an address that starts with http://, https:// or doi:"
    assert faults(as_csv(tmp_path, header, rows)) == [(2, "url", "javascript:alert(1)", "is not an address", fix)]


def test_read_quotations_refuses_rows_that_do_not_fit(tmp_path):
    fix = "complete the row, or quote texts that hold the separator"
    path = as_csv(tmp_path, HEADER, [*ROWS, ["Alder", "P1", "Power"], [*ROWS[0], "more"], [*ROWS[0], ""]])
    assert faults(path) == [
        (6, "", "Alder", "has 3 cells where the header has 5", fix),
        (7, "", "Alder", "has 6 cells where the header has 5", fix),
    ]


def test_read_quotations_refuses_columns_it_does_not_know_or_find(tmp_path):
    path = as_csv(tmp_path, HEADER, ROWS)
    assert faults(path, {"qotation": "quotation", "site": "grop"}) == [
        (1, "qotation", "", "is not a column this import knows", "did you mean `quotation`?"),
        (1, "grop", "", "is not in the header", "did you mean `group`?"),
    ]


def test_read_quotations_refuses_a_heading_that_stands_twice(tmp_path):
    header, rows = with_column("Code", ["x"] * 4)
    assert faults(as_csv(tmp_path, header, rows)) == [(1, "code", "", "appears twice", "rename one of the two columns")]


def test_read_quotations_says_where_another_encoding_shows(tmp_path):
    path = as_csv(tmp_path, HEADER, [*ROWS, ["Alder", "P1", "Employers", "Power", "café"]], encoding="cp1252")
    ((row, _, _, told, _),) = faults(path)
    assert row == 6
    assert told == "is not UTF-8 but looks like Windows-1252 (cp1252): byte 0xE9 at character 29 of the line"


def test_read_quotations_says_where_a_quotation_mark_is_left_open(tmp_path):
    (tmp_path / "sheet.csv").write_text(",".join(HEADER) + '\nAlder,P1,e,Power,"open\n', encoding="utf-8")
    ((row, _, _, told, fix),) = faults(tmp_path / "sheet.csv")
    assert row == 2 and told.startswith("cannot be read as CSV from here on") and "quotation mark" in fix


@pytest.mark.parametrize("text", ["", "\n\n", "site,informant,group,code,quotation\n"])
def test_read_quotations_refuses_an_empty_sheet(tmp_path, text):
    (tmp_path / "sheet.csv").write_text(text, encoding="utf-8")
    ((row, _, _, told, _),) = faults(tmp_path / "sheet.csv")
    assert row == 0 and told in ("is empty", "has a header but no row")


def test_read_quotations_refuses_a_workbook_that_is_none(tmp_path):
    (tmp_path / "sheet.xlsx").write_bytes(b"site,informant")
    fix = "save it as `Excel workbook (.xlsx)` without a password, or as `CSV UTF-8`"
    assert faults(tmp_path / "sheet.xlsx") == [(0, "", "", "is not an Excel workbook", fix)]


def test_read_quotations_refuses_an_archive_without_a_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "sheet.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert faults(tmp_path / "sheet.xlsx")[0][3] == "cannot be read as an Excel workbook"


def test_read_quotations_refuses_a_workbook_that_unpacks_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr("casestudy.cohort.sheets.MAX_UNPACKED", 2_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", b" " * 2_000_001)
    (tmp_path / "sheet.xlsx").write_bytes(packed.getvalue())
    assert faults(tmp_path / "sheet.xlsx")[0][3] == "unpacks to more than 2 MB"


def test_read_quotations_refuses_a_workbook_that_repeats_one_long_text(tmp_path, monkeypatch):
    monkeypatch.setattr("casestudy.cohort.sheets.MAX_TEXT", 1000)
    path = as_excel(tmp_path, HEADER, [[*ROWS[0][:4], "x" * 500]] * 3)
    assert faults(path)[0][3] == "holds more than 200 million characters"


@pytest.mark.parametrize(("name", "told"), [("no.csv", "is missing"), ("a.docx", "is not a sheet this import reads")])
def test_read_quotations_refuses_other_files(tmp_path, name, told):
    assert faults(tmp_path / name)[0][3].startswith(told)


# ---- what is written ------------------------------------------------------------------------------------------------


def test_write_cohort_passes_the_check_and_says_what_was_assumed(tmp_path):
    quotations = read_quotations(as_csv(tmp_path, HEADER, ROWS))
    folder = write_cohort(quotations, tmp_path / "data" / "study", "My study")
    assert check_cohort(folder).empty
    assert load_cohort(folder).title == "My study" and not load_cohort(folder).synthetic
    assert all(
        item.split("`")[0][:20] in (folder / "README.md").read_text(encoding="utf-8") for item in quotations.assumed
    )
    assert b"\r" not in (folder / "segments.csv").read_bytes()
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["study"]


def test_write_cohort_accepts_an_empty_folder(tmp_path):
    (tmp_path / "study").mkdir()
    assert write_cohort(read_quotations(as_csv(tmp_path, HEADER, ROWS)), tmp_path / "study").is_dir()


def test_write_cohort_leaves_what_is_there_alone(tmp_path):
    quotations, folder = read_quotations(as_csv(tmp_path, HEADER, ROWS)), tmp_path / "study"
    write_cohort(quotations, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(CohortError, match="is there already and is not an empty folder; give another name"):
        write_cohort(quotations, folder)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["my study", ".hidden", "naïve"])
def test_write_cohort_refuses_a_name_that_is_no_id(tmp_path, name):
    with pytest.raises(CohortError, match="cannot be the name of a cohort"):
        write_cohort(read_quotations(as_csv(tmp_path, HEADER, ROWS)), tmp_path / name)


def test_write_cohort_says_when_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(CohortError, match="cannot be written"):
        write_cohort(read_quotations(as_csv(tmp_path, HEADER, ROWS)), tmp_path / "file" / "study")


def test_write_cohort_leaves_nothing_behind_if_the_check_fails(tmp_path):
    quotations = read_quotations(as_csv(tmp_path, HEADER, ROWS))
    quotations.tables["codings"].loc[0, "valence"] = "wrong"
    with pytest.raises(CohortError, match="study was not written"):
        write_cohort(quotations, tmp_path / "study")
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.csv"]


def test_report_import_ends_with_the_next_commands(tmp_path):
    quotations = read_quotations(as_csv(tmp_path, HEADER, ROWS))
    lines = report_import(quotations, Path("data/study")).splitlines()
    assert lines[-2:] == ["  casestudy check data/study", "  casestudy run study"]
    assert "- more interviews: fewer than 3 informants, too few to judge anything, at alder, birch" in lines
