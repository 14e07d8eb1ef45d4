"""A sheet from disk (CSV or Excel) as plain rows of text, with its columns found. Nothing here knows a cohort."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .files import FileFault, decode, read_bytes, read_rows
from .problems import Problem
from .text import normalise_text
from .writing import said

MAX_UNPACKED, MAX_TEXT = 500_000_000, 200_000_000  # a small archive can hide a huge workbook
LAST_ROW, LAST_COLUMN = 1_048_576, 200  # Excel's own last row; nobody's sheet is this wide
# What a sheet can tell, and the headings under which people and programs write it, the likeliest first.
FIELDS = {
    "site": ("site", "alliance", "coalition", "collaborative", "case", "community", "location"),
    "informant": ("informant", "participant", "interviewee", "respondent", "speaker", "person"),
    "group": ("group", "stakeholder group", "stakeholder", "stakeholder type", "sector", "role"),
    "code": ("code", "theme", "node", "category", "challenge", "topic"),
    "quotation": (
        "quotation",
        "quote",
        "coded segment",
        "segment",
        "quotation content",
        "text",
        "excerpt",
        "passage",
        "comment",
    ),
    "coder": ("coder", "coded by", "rater", "analyst"),
    "valence": ("valence", "direction", "polarity"),
    "source": ("source", "interview", "document", "document name", "transcript", "file"),
    "year": ("year",),
    "date": ("date", "interview date", "date of interview"),
    "url": ("url", "link", "web address", "address"),
    "title": ("title", "document title"),
}
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Sheet:
    """A sheet as read: its file's name, header, (line, cells) for each row, and what had to be assumed to read it."""

    name: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    notes: list[str]


def normalise(text: str) -> str:
    r"""Return a cell as it is kept: its text in the one form (see `normalise_text`), `\n`, no blank ends.

    >>> normalise(" cafe\u0301\u00a0bar\u00adista\r\n")
    'café barista'
    """
    return normalise_text(CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def fault_of(name: str, problem: str, fix: str) -> FileFault:
    return FileFault(Problem(name, 0, "", "", problem, fix))


def plain_heading(heading: str) -> str:
    return re.sub(r"[\s_\-]+", " ", heading).strip().casefold().removesuffix("s")


def find_columns(header: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Return where each field stands: under the heading given in `columns`, or the likeliest of its own."""
    plain = [plain_heading(heading) for heading in header]
    given = {plain_heading(heading) for field, heading in columns.items() if field in FIELDS}
    found = {}
    for field, words in FIELDS.items():
        wanted = [columns[field]] if field in columns else [w for w in words if plain_heading(w) not in given]
        places = [plain.index(plain_heading(word)) for word in wanted if plain_heading(word) in plain]
        found |= {field: places[0]} if places else {}
    if "source" in found and "informant" not in found:  # one interview or document, one voice
        found["informant"] = found.pop("source")
    return found


def _read_csv(path: Path, columns: Mapping[str, str]) -> Sheet:
    """Read a CSV sheet, its columns separated by whichever of comma, semicolon and tab makes sense of its header."""
    text = decode(read_bytes(path), path.name)
    first = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    headers = {mark: next(csv.reader([first], delimiter=mark)) for mark in (",", ";", "\t")}
    mark = max(headers, key=lambda mark: len(find_columns(headers[mark], columns)))
    rows = [(n, [normalise(cell) for cell in cells]) for n, cells in read_rows(text, path.name, mark)]
    notes = [] if mark == "," else [f"columns are separated by {'semicolons' if mark == ';' else 'tabs'}"]
    return make_sheet(path.name, rows, notes)


def make_sheet(name: str, rows: list[tuple[int, list[str]]], notes: list[str]) -> Sheet:
    rows = [(line, cells) for line, cells in rows if any(cells)]
    if len(rows) < 2:
        told = "has a header but no row" if rows else "is empty"
        raise fault_of(name, told, "write at least one row below the header")
    return Sheet(name, rows[0][1], rows[1:], notes)


def _as_text(value: object) -> str:
    """Return an Excel cell as the text that a CSV export would show."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return normalise(str(value).replace("_x000D_", ""))


def _check_archive(data: bytes, name: str) -> None:
    """Raise FileFault for bytes that are no workbook, or that would unpack to more than anyone's sheet."""
    try:
        size = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except zipfile.BadZipFile:
        fix = "save it as `Excel workbook (.xlsx)` without a password, or as `CSV UTF-8`"
        raise fault_of(name, "is not an Excel workbook", fix) from None
    if size > MAX_UNPACKED:
        raise fault_of(
            name, f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB", "keep only the sheet that is to be read"
        )


def _read_excel(path: Path) -> Sheet:
    """Read the first sheet of a workbook: values only, no formula is computed and no link followed."""
    from openpyxl import load_workbook

    data = read_bytes(path)
    _check_archive(data, path.name)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        rows = list(_excel_rows(book.worksheets[0], path.name))
    except FileFault:
        raise
    except Exception:  # openpyxl meets a damaged workbook with errors of every kind
        fix = "open and save it again in a spreadsheet program, or save it as `CSV UTF-8`"
        raise fault_of(path.name, "cannot be read as an Excel workbook", fix) from None
    notes = [f"only the first of {len(names)} sheets was read: “{said(names[0])}”"] if len(names) > 1 else []
    return make_sheet(path.name, rows, notes)


def _excel_rows(sheet, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row, cells) for the rows of a worksheet, all as wide as its header."""
    width, size = 0, 0
    for line, values in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=LAST_COLUMN, values_only=True), 1):
        if not any(value is not None for value in values):
            continue
        cells = [_as_text(value) for value in values]
        size += sum(map(len, cells))
        if size > MAX_TEXT:
            raise fault_of(name, "holds more than 200 million characters", "split the sheet")
        width = width or max((n for n, cell in enumerate(cells, 1) if cell), default=0)
        yield line, cells[:width]


def read_sheet(path: Path, columns: Mapping[str, str]) -> Sheet:
    kind = path.suffix.lower()
    if kind in (".xlsx", ".xlsm"):
        return _read_excel(path)
    if kind in (".csv", ".tsv", ".txt"):
        return _read_csv(path, columns)
    raise fault_of(path.name, f"is not a sheet this import reads (`{kind}`)", "save it as `CSV UTF-8` or `.xlsx`")
