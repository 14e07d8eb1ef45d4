"""A sheet of coded quotations (CSV or Excel) becomes a cohort: the first door, for people who have only that."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from .files import FileFault
from .problems import CohortError, Problem, as_table, nearest, tell
from .schema import TYPES
from .schema.coding import VALENCES
from .sheets import FIELDS, Sheet, find_columns, normalise, plain_heading, read_sheet
from .writing import Quotations, cohort_tables, import_settings, next_steps, said

NEEDED = ("site", "informant", "group", "code", "quotation")

NAMES = ("site", "informant", "group", "code", "coder", "source")  # two spellings of one name are brought together


NO_VALENCE = (
    "NO VALENCE: {} taken as `neutral`. None of them can be called a difficulty until `valence` in codings.csv "
    "is filled in: what was talked about is not yet a challenge"
)


def _missing(field: str, sheet: Sheet) -> Problem:
    """Say that a column is missing, and which heading of the sheet might be the one."""
    plain = {plain_heading(heading): heading for heading in sheet.header if heading}
    close = [c for word in FIELDS[field] for c in difflib.get_close_matches(plain_heading(word), plain, 1, 0.7)]
    guess = f"`{plain[close[0]]}`" if close else "one of " + ", ".join(f"`{h}`" for h in list(plain.values())[:8])
    fix = f"add a column `{field}`; or, if {guess} is the one, say so: --columns {field}=HEADING"
    return Problem(sheet.name, 1, field, "", "column is missing", fix)


def _header_problems(sheet: Sheet, found: dict[str, int], columns: Mapping[str, str]) -> Iterator[Problem]:
    plain = [plain_heading(heading) for heading in sheet.header]
    for field, heading in columns.items():
        if field not in FIELDS:
            yield Problem(sheet.name, 1, field, "", "is not a column this import knows", nearest(field, FIELDS))
        elif plain_heading(heading) not in plain:
            yield Problem(sheet.name, 1, heading, "", "is not in the header", nearest(heading, sheet.header))
    for field in NEEDED:
        if field not in found and field not in columns:
            yield _missing(field, sheet)
    for place in dict.fromkeys(found.values()):
        if plain.count(plain[place]) > 1:
            yield Problem(sheet.name, 1, sheet.header[place], "", "appears twice", "rename one of the two columns")


def _frame(sheet: Sheet, found: dict[str, int]) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the columns that were found, under the lines of the file, and the rows that do not fit the header."""
    width, rows, problems = len(sheet.header), {}, []
    for line, cells in sheet.rows:
        if len(cells) < width or any(cells[width:]):
            told = f"has {len(cells)} cells where the header has {width}"
            fix = "complete the row, or quote texts that hold the separator"
            problems.append(Problem(sheet.name, line, "", cells[0][:80], told, fix))
        else:
            rows[line] = [cells[place] for place in found.values()]
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(found), dtype=str), problems


def _one_spelling(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the sheet with the first spelling of each name, and a note on each other one that was met."""
    notes, changed = [], {}
    for field in [field for field in NAMES if field in frame]:
        values = frame[field].str.split().str.join(" ")
        changed[field] = values.groupby(values.str.casefold()).transform("first")
        pairs = pd.DataFrame({"met": values, "kept": changed[field]}).drop_duplicates()
        other = pairs[pairs["met"] != pairs["kept"]]
        notes += [f"{field} “{said(met)}” is taken to be “{said(kept)}”" for _, met, kept in other.itertuples()]
    return frame.assign(**changed), notes


def _fill_groups(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the sheet with a blank group filled in from other rows of the same informant."""
    known = frame["group"].where(frame["group"] != "").groupby([frame["site"], frame["informant"]])
    return frame.assign(group=frame["group"].mask(frame["group"] == "", known.transform("first")).fillna(""))


def _valences(values: pd.Series) -> pd.Series:
    """Return valences as the format writes them, in whatever case and spacing they come; blank becomes neutral."""
    return values.str.lower().str.replace(r"[\s_\-]+", "_", regex=True).replace("", "neutral")


def _year(text: str) -> str:
    """Return the one year that a date names, or "" if it names none or several."""
    years = set(re.findall(r"(?<!\d)[12]\d{3}(?!\d)", text))
    return years.pop() if len(years) == 1 else ""


def _wrong_cells(frame: pd.DataFrame) -> Iterator[tuple[str, pd.Series, str, str]]:
    """Yield column, which of its cells are wrong, what is wrong with them, and the fix."""
    for field in [field for field in (*NEEDED, "coder") if field in frame]:
        yield field, frame[field] == "", "is blank", "fill it in"
    for field in [field for field in ("year", "date") if field in frame]:
        wrong = (frame[field] != "") & (frame[field].map(_year) == "")
        yield field, wrong, "does not name one year", "write a year such as 2011 or a date such as 2011-05-31"
    if "url" in frame:
        wrong = (frame["url"] != "") & ~frame["url"].str.fullmatch(TYPES["url"][0])
        yield "url", wrong, "is not an address", f"write {TYPES['url'][1]}"


def _cell_problems(frame: pd.DataFrame, name: str, headings: dict[str, str]) -> Iterator[Problem]:
    for field, wrong, problem, fix in _wrong_cells(frame):
        for line, value in frame.loc[wrong, field].items():
            yield Problem(name, line, headings[field], value[:80], problem, fix)
    if "valence" in frame:
        unknown = ~_valences(frame["valence"]).isin(VALENCES)
        for line, value in frame.loc[unknown, "valence"].items():
            fix = nearest(value, VALENCES)
            yield Problem(name, line, headings["valence"], value[:80], "is not one of the six valences", fix)


def _contradictions(frame: pd.DataFrame, name: str, headings: dict[str, str]) -> Iterator[Problem]:
    """Yield a Problem for an informant in two groups, and for one coder's two valences for one thing."""
    rules = [("group", ["site", "informant"], "the informant's group is", "give an informant one group only")]
    if "valence" in frame:
        key = ["site", "informant", "source", "quotation", "code", "coder"]
        told = "for the same quotation, code and coder the valence is"
        rules.append(("valence", [field for field in key if field in frame], told, "keep one of the two"))
        frame = frame.assign(valence=_valences(frame["valence"]))
    for field, key, told, fix in rules:
        first = frame.groupby(key, sort=False)[field].transform("first")
        for line, value in frame.loc[frame[field] != first, field].items():
            yield Problem(name, line, headings[field], value[:80], f"{told} `{said(first[line])}` further up", fix)


def _completed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the sheet with the columns that every cohort needs: coder, valence, and years as years."""
    when = frame.reindex(columns=["year", "date"], fill_value="").map(_year)
    return frame.assign(
        coder=frame.get("coder", "Coder 1"),
        valence=_valences(frame["valence"]) if "valence" in frame else "neutral",
        year=when["year"].mask(when["year"] == "", when["date"]),
    )


def _reading_notes(sheet: Sheet, found: dict[str, int]) -> list[str]:
    """Say which heading was taken for what, and which columns were left out."""
    pairs = ", ".join(f"{field} = “{said(sheet.header[place])}”" for field, place in found.items())
    unused = [said(heading) or "(no heading)" for n, heading in enumerate(sheet.header) if n not in found.values()]
    left_out = [f"columns left out: {', '.join(f'“{u}”' for u in unused)}"] if unused else []
    return [f"columns: {pairs}", *left_out, *sheet.notes]


def _content_notes(frame: pd.DataFrame, coded: pd.DataFrame) -> list[str]:
    """Say what was assumed about the quotations, the gravest first."""
    blank = len(frame) if "valence" not in frame else int((frame["valence"] == "").sum())
    every = "every quotation is" if blank == len(frame) else f"{blank} of {len(frame)} rows have none and are"
    key = ["site", "informant", "quotation", "code", "coder", *(["source"] if "source" in frame else [])]
    repeated = int(coded.duplicated(key).sum())
    notes = [NO_VALENCE.format(every)] if blank else []
    notes += [] if "coder" in frame else ["one person coded everything: `coder_1`, a human coder"]
    notes += [
        "every code is a challenge; factors and practices are to be marked in codebook.csv",
        "every source is an interview, every quotation the informant's own words, and about the site itself",
        "the same informant name at two sites means two people",
        "a coder has read every source in which they coded anything",
    ]
    return notes + ([f"rows that repeat an earlier one were dropped: {repeated}"] if repeated else [])


def _refuse(name: str, problems: Iterable[Problem]) -> None:
    table = as_table(problems)
    if len(table):
        count = f"{len(table)} problem{'s' if len(table) > 1 else ''}"
        raise CohortError(f"{name} cannot be imported: {count}.\n{tell(table)}", table)


def read_quotations(path: str | Path, columns: Mapping[str, str] | None = None) -> Quotations:
    """Read a sheet of coded quotations, one row per quotation and code, and return a cohort's tables.

    Parameters
    ----------
    path
        A CSV file (UTF-8; commas, semicolons or tabs) or an Excel workbook, of which the first sheet is read. The
        first row is the header. Needed: site, informant, group, code, quotation. Read if present: coder, valence,
        source, year or date, url, title.
    columns
        Which heading stands for which of these, such as ``{"quotation": "Text of quote"}``; the others are found by
        name or a common synonym, whatever their case (see `FIELDS`).

    Returns
    -------
    Quotations
        `.tables` (sites, sources, segments, codebook, codings, coders), `.settings`, and in words `.assumed` and
        `.next_steps`. Write them with `write_cohort`.

    Raises
    ------
    CohortError
        Once, listing every fault of the sheet with row, column, value and fix (`error.problems` is the table).

    Notes
    -----
    Without a valence every quotation is `neutral`, so that nothing counts as a difficulty that nobody called one.

    Examples
    --------
    >>> import tempfile
    >>> rows = "Alliance,Participant,Stakeholder,Theme,Quote\\nAlder,P1,employer,Seats,We are not heard.\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sheet = Path(folder) / "quotes.csv"
    ...     _ = sheet.write_text(rows, encoding="utf-8")
    ...     quotations = read_quotations(sheet)
    >>> quotations.tables["segments"][["segment", "text"]].to_numpy().tolist()
    [['alder-p1-001', 'We are not heard.']]
    """
    path, columns = Path(path), {field: normalise(heading) for field, heading in (columns or {}).items()}
    try:
        sheet = read_sheet(path, columns)
    except FileFault as fault:
        _refuse(path.name, [fault.problem])
    found = find_columns(sheet.header, columns)
    frame, problems = _frame(sheet, found)
    problems += _header_problems(sheet, found, columns)
    headings = {field: sheet.header[place] for field, place in found.items()}
    if set(NEEDED) <= set(found):
        frame, spellings = _one_spelling(frame)
        frame = _fill_groups(frame)
        problems += _contradictions(frame[(frame[list(NEEDED)] != "").all(axis=1)], path.name, headings)
    _refuse(path.name, [*problems, *_cell_problems(frame, path.name, headings)])
    coded = _completed(frame)
    tables = cohort_tables(coded)
    assumed = [*_content_notes(frame, coded), *_reading_notes(sheet, found), *spellings]
    return Quotations(tables, import_settings(coded, path.name), tuple(assumed), next_steps(tables))
