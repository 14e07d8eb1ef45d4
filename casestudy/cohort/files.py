"""From a file on disk to a table of text, with every fault of the file named. Nothing here knows a cohort."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from .problems import Problem, nearest
from .schema import Table

MAX_BYTES = 200_000_000
MAX_COLUMNS = 200
EMPTY = "is empty", "write the header row and at least one row below it"
MISSING = "column is missing"
SAVE_AS = "save the file as `CSV UTF-8 (comma delimited)`"


class FileFault(Exception):
    """The file as a whole cannot be read; carries one Problem."""

    def __init__(self, problem: Problem):
        super().__init__(problem.problem)
        self.problem = problem


def _fault(name: str, problem: str, fix: str, row: int = 0) -> FileFault:
    return FileFault(Problem(name, row, "", "", problem, fix))


def read_bytes(path: Path) -> bytes:
    """Return the file's bytes; raise FileFault for a folder, a link loop, an unreadable, huge or empty file."""
    name = path.name
    try:
        if path.is_dir():
            raise _fault(name, "is a folder, not a file", f"replace the folder by the file `{name}`")
        if path.exists() and not path.is_file():  # a pipe would never end
            raise _fault(name, "is not a file", "put the file itself there")
        if path.stat().st_size > MAX_BYTES:
            raise _fault(name, f"is larger than {MAX_BYTES // 1_000_000} MB", "split the cohort or shorten texts")
        data = path.read_bytes()
    except FileNotFoundError:
        raise _fault(name, "is missing", f"add `{name}`") from None
    except (OSError, RuntimeError):
        raise _fault(
            name, "cannot be opened", "put the file itself there: no link that leads nowhere, no locked file"
        ) from None
    if not data.strip():
        raise _fault(name, *EMPTY)
    return data


def _position(data: bytes, at: int) -> tuple[int, int]:
    """Return line and column, both counted from 1, of byte `at`."""
    start = data.rfind(b"\n", 0, at) + 1
    return data.count(b"\n", 0, at) + 1, at - start + 1


def _guess(data: bytes) -> str:
    """Name the encoding of bytes that are not UTF-8; blank if they are no text at all."""
    nulls = max(data[0::2].count(0), data[1::2].count(0))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or nulls > len(data) / 5:
        return "UTF-16"
    controls = sum(byte < 32 and byte not in (9, 10, 13) for byte in data)
    undefined = sum(data.count(bytes([byte])) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
    return "" if controls or undefined > len(data) / 100 else "Windows-1252 (cp1252)"


def decode(data: bytes, name: str) -> str:
    """Return the text of UTF-8 bytes, with or without a byte order mark; raise FileFault that says where it fails."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row, column = _position(data, error.start)
        guess = _guess(data)
        at = f"byte 0x{data[error.start]:02X} at character {column} of the line"
        if guess:
            raise _fault(
                name, f"is not UTF-8 but looks like {guess}: {at}", SAVE_AS, row if guess != "UTF-16" else 0
            ) from None
        raise _fault(name, f"is not a text file: {at}", f"replace it by a CSV file; {SAVE_AS}", row) from None
    if "\0" in text:
        guess = _guess(data)
        said = f"is not UTF-8 but looks like {guess}" if guess else "is not a text file: it holds NUL bytes"
        raise _fault(name, said, SAVE_AS)
    return text


def read_rows(text: str, name: str, delimiter: str = ",") -> list[tuple[int, list[str]]]:
    """Return (line number, cells) for every row that is not blank; raise FileFault for a quotation mark left open."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            if any(cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _fault(
            name,
            f"cannot be read as CSV from here on: {error}",
            "look for a quotation mark that is not closed or not doubled",
            line,
        ) from None
    return rows


def _header_problems(header: list[str], table: Table, name: str) -> list[Problem]:
    found = [
        Problem(name, 1, column, "", "is not a column of this table", nearest(column, table.names))
        for column in header
        if column not in table.names
    ]
    found += [
        Problem(name, 1, column, "", "appears twice", "keep one of the two columns")
        for column in dict.fromkeys(header)
        if header.count(column) > 1
    ]
    missing = [c.name for c in table.columns if (c.needed or c.name in table.key[:1]) and c.name not in header]
    return found + [Problem(name, 1, column, "", MISSING, f"add a column `{column}`") for column in missing]


def _separator(text: str, table: Table, name: str) -> None:
    """Raise FileFault if the header only makes sense with another separator than the comma."""
    header = text.lstrip().split("\n", 1)[0]
    for mark, word in ((";", "semicolons"), ("\t", "tabs")):
        known = sum(cell.strip('" \r') in table.names for cell in header.split(mark))
        if known > 1 and known > sum(cell.strip('" \r') in table.names for cell in header.split(",")):
            raise _fault(name, f"separates its columns by {word}", f"separate them by commas: {SAVE_AS}", 1)


def _row_problems(rows: list[tuple[int, list[str]]], width: int, name: str) -> list[Problem]:
    fix = "complete the row, or quote texts that hold commas"
    return [
        Problem(name, line, "", cells[0], f"has {len(cells)} cells where the header has {width}", fix)
        for line, cells in rows
        if len(cells) != width
    ]


def _header_and_rows(path: Path, table: Table) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the rows below it; raise FileFault if the file is not this table in CSV."""
    text = decode(read_bytes(path), path.name)
    _separator(text, table, path.name)
    (_, header), *rows = read_rows(text, path.name) or [(1, [])]
    if not header:
        raise _fault(path.name, *EMPTY)
    if len(header) > MAX_COLUMNS:
        raise _fault(path.name, f"has {len(header)} columns", f"keep the {len(table.columns)} of this table", 1)
    return header, rows


def read_table(path: Path, table: Table) -> tuple[pd.DataFrame, list[Problem]]:
    """Read one table of the format as text.

    Returns
    -------
    frame : DataFrame of str
        The declared columns in declared order, blank where the file has none; index = line of the file. A row of
        the wrong length is cut or filled up, so that whatever refers to it is not at fault as well.
    problems : list of Problem
        Faults of the file, its header and the length of its rows.
    """
    try:
        header, rows = _header_and_rows(path, table)
    except FileFault as fault:
        return empty_table(table), [fault.problem]
    width = len(header)
    problems = _header_problems(header, table, path.name) + _row_problems(rows, width, path.name)
    if table.needed and table.name != "codings" and not rows:
        problems.append(Problem(path.name, 0, "", "", "has a header but no row", "add at least one row"))
    cells = [(row + [""] * width)[:width] for _, row in rows]
    frame = pd.DataFrame(cells, columns=header, index=[line for line, _ in rows], dtype=str)
    frame = frame.loc[:, ~frame.columns.duplicated()]
    return frame.reindex(columns=table.names, fill_value=""), problems


def empty_table(table: Table) -> pd.DataFrame:
    """Return a table without rows."""
    return pd.DataFrame(columns=table.names, dtype=str)
