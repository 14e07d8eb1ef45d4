"""Reading one file: what counts as a row, and how each fault of a file is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.cohort.files import FileFault, decode, read_bytes, read_rows, read_table
from casestudy.cohort.schema import TABLES

SITES = TABLES["sites"]


def _read(tmp_path, text):
    (tmp_path / "sites.csv").write_text(text, encoding="utf-8", newline="")
    return read_table(tmp_path / "sites.csv", SITES)


def test_read_table_returns_declared_columns_and_file_lines(tmp_path):
    frame, problems = _read(tmp_path, 'name,site\n"Two\nlines",a\n\nB,b\n')
    assert problems == []
    assert frame.columns.tolist() == SITES.names
    assert frame["name"].to_dict() == {2: "Two\nlines", 5: "B"}
    assert frame["note"].tolist() == ["", ""]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_read_table_accepts_every_line_end(tmp_path, end):
    frame, problems = _read(tmp_path, f"site,name{end}a,A{end}b,B{end}")
    assert problems == []
    assert frame["site"].to_dict() == {2: "a", 3: "b"}


def test_read_table_keeps_text_as_written(tmp_path):
    frame, _ = _read(tmp_path, 'site,name\na,"007, ""NA"" and NaN; =1+1"\n')
    assert frame["name"].tolist() == ['007, "NA" and NaN; =1+1']


def test_read_table_skips_blank_rows_but_not_blank_cells(tmp_path):
    frame, problems = _read(tmp_path, "site,name\n,\na,\n\n")
    assert frame["site"].to_dict() == {3: "a"}
    assert problems == []


def test_read_table_fills_and_cuts_rows_of_the_wrong_length(tmp_path):
    frame, problems = _read(tmp_path, "site,name\na\nb,B,x\n")
    assert frame[["site", "name"]].values.tolist() == [["a", ""], ["b", "B"]]
    assert [p.row for p in problems] == [2, 3]


def test_read_table_takes_a_comma_in_the_header_for_a_comma(tmp_path):
    frame, problems = _read(tmp_path, 'site,name\na,"x; y"\n')
    assert problems == []
    assert len(frame) == 1


@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\n" * 9])
def test_read_bytes_refuses_an_empty_file(tmp_path, data):
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(FileFault, match="is empty"):
        read_bytes(tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("data", "row", "said"),
    [
        ("a,b\nGenève,1\n".encode("cp1252"), 2, "cp1252.*0xE8 at character 4"),
        ("“quoted”".encode("cp1252"), 1, "cp1252.*0x93 at character 1"),
        ("a,b\n".encode("utf-16"), 0, "UTF-16"),
        ("a,b\nc,d\n".encode("utf-16-be"), 0, "UTF-16"),
        (b"PK\x03\x04\xff\x00\x01", 1, "is not a text file"),
        (b"a\x00b and much more text", 0, "NUL"),
    ],
)
def test_decode_names_encoding_and_place(data, row, said):
    with pytest.raises(FileFault, match=said) as caught:
        decode(data, "x.csv")
    assert caught.value.problem.row == row


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_decode_returns_what_was_written_with_or_without_a_mark(text):
    assert decode(text.encode("utf-8"), "x") == decode(text.encode("utf-8-sig"), "x") == text


@given(st.binary())
def test_decode_and_read_rows_raise_nothing_but_a_fault(data):
    try:
        rows = read_rows(decode(data, "x.csv"), "x.csv")
    except FileFault:
        return
    assert all(line >= 1 and cells for line, cells in rows)


def test_read_rows_names_the_line_where_a_quotation_mark_opens():
    with pytest.raises(FileFault) as caught:
        read_rows('a,b\n1,2\n3,"4\n5,6\n', "x.csv")
    assert caught.value.problem.row == 3
