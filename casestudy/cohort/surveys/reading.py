"""A long table of survey answers (CSV or Excel), of any instrument, becomes the survey tables of a cohort."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from ..checks import SUGGESTED
from ..cohort import Cohort
from ..files import FileFault
from ..problems import CohortError, Problem, as_table, nearest, tell
from ..schema import TABLES, TYPES
from ..sheets import Sheet, plain_heading, read_sheet
from ..writing import make_ids, said

# What a sheet can tell, and the headings under which people and programs write it, the likeliest first.
FIELDS = {
    "site": ("site", "alliance", "coalition", "community"),
    "respondent": ("respondent", "respondent id", "participant", "person", "id"),
    "group": ("group", "stakeholder group", "stakeholder", "sector"),
    "item": ("item", "question", "variable"),
    "value": ("value", "answer", "response", "score"),
    "min": ("min", "minimum", "lowest"),
    "max": ("max", "maximum", "highest"),
    "reverse": ("reverse", "reversed", "reverse scored"),
    "wave": ("wave", "round"),
    "scale": ("scale", "construct"),
    "text": ("text", "wording", "question text"),
}
NEEDED = ("site", "respondent", "group", "item", "value", "min", "max")
SURVEY = ("survey_items", "survey_respondents", "survey_responses", "survey_frame")
SCALE = "survey"  # what the scale is called where the sheet names none
OF_ITEM = ("min", "max", "reverse", "scale", "text")  # what is said of an item is the same in each of its rows
TURNED = {"yes": "yes", "y": "yes", "true": "yes", "1": "yes"}
TURNED |= {"": "no", "no": "no", "n": "no", "false": "no", "0": "no"}


def _columns(sheet: Sheet) -> dict[str, int]:
    """Return where each field stands, by the likeliest of its headings."""
    plain = [plain_heading(heading) for heading in sheet.header]
    places = {
        field: [plain.index(plain_heading(word)) for word in words if plain_heading(word) in plain]
        for field, words in FIELDS.items()
    }
    return {field: found[0] for field, found in places.items() if found}


def _header_problems(sheet: Sheet, found: Mapping[str, int]) -> Iterator[Problem]:
    plain = [plain_heading(heading) for heading in sheet.header]
    for field in NEEDED:
        if field not in found:
            fix = f"add a column `{field}`, or give that heading to the one that holds it"
            yield Problem(sheet.name, 1, field, "", "column is missing", fix)
    for place in dict.fromkeys(found.values()):
        if plain.count(plain[place]) > 1:
            yield Problem(sheet.name, 1, sheet.header[place], "", "appears twice", "rename one of the two columns")


def _frame(sheet: Sheet, found: Mapping[str, int]) -> tuple[pd.DataFrame, list[Problem]]:
    """Return every field under the lines of the file, and the rows that do not fit the header."""
    width, rows, problems = len(sheet.header), {}, []
    for line, cells in sheet.rows:
        if len(cells) < width or any(cells[width:]):
            told = f"has {len(cells)} cells where the header has {width}"
            problems.append(Problem(sheet.name, line, "", cells[0][:80], told, "complete the row"))
        else:
            rows[line] = [cells[place] for place in found.values()]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(found), dtype=str)
    return frame.reindex(columns=list(FIELDS), fill_value=""), problems


def _named(values: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Return the key that each value means, by key or name, whatever its case; missing = none."""
    known = {key.casefold(): key for key in names} | {str(name).casefold(): key for key, name in names.items()}
    return values.str.split().str.join(" ").str.casefold().map(known)


def _known(cohort: Cohort | None) -> dict[str, tuple[Mapping[str, str], str]]:
    """Return what a cohort the answers are to join calls its sites and groups, and where that is written."""
    if cohort is None:
        return {}
    sites = dict(zip(cohort.sites["site"], cohort.sites["name"], strict=True))
    return {"site": (sites, "sites.csv"), "group": (cohort.groups, "groups in cohort.toml")}


def _unknown_names(frame: pd.DataFrame, name: str, headings: Mapping[str, str], cohort) -> Iterator[Problem]:
    """Yield a Problem for every site and group that the cohort to be joined does not have."""
    for field, (names, where) in _known(cohort).items():
        unknown = frame.loc[frame[field].ne("") & _named(frame[field], names).isna(), field]
        near = {value: nearest(value, names) for value in unknown.unique()[:SUGGESTED]}
        for line, value in unknown.items():
            fix = f"{near.get(value, '')} Or add it to {where}".strip()
            yield Problem(name, line, headings[field], value[:80], f"is not in {where}", fix)


def _wrong_cells(frame: pd.DataFrame) -> Iterator[tuple[str, pd.Series, str, str]]:
    """Yield column, which of its cells are wrong, what is wrong with them, and the fix."""
    for field in [field for field in NEEDED if field != "value"]:
        yield field, frame[field] == "", "is blank", "fill it in"
    for field, kind in (("value", "number"), ("min", "integer"), ("max", "integer"), ("wave", "integer")):
        pattern, words = TYPES[kind]
        yield field, frame[field].ne("") & ~frame[field].str.fullmatch(pattern), "is not valid here", f"write {words}"
    wave = pd.to_numeric(frame["wave"].where(frame["wave"].str.fullmatch(TYPES["integer"][0]), "1"))
    yield "wave", ~wave.between(1, 999), "is no wave", "write 1 for the first wave, 2 for the second"
    yield "reverse", ~frame["reverse"].str.casefold().isin(TURNED), "is not yes or no", "write `yes` or `no`"


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return value, min and max as numbers, missing where they are none."""
    fits = {field: TYPES["number" if field == "value" else "integer"][0] for field in ("value", "min", "max")}
    return pd.DataFrame({f: pd.to_numeric(frame[f].where(frame[f].str.fullmatch(p))) for f, p in fits.items()})


def _range_problems(frame: pd.DataFrame, name: str, headings: Mapping[str, str]) -> Iterator[Problem]:
    number = _numbers(frame)
    outside = (number["value"] < number["min"]) | (number["value"] > number["max"])
    for line in frame.index[outside]:
        told = f"lies outside {frame.at[line, 'min']} to {frame.at[line, 'max']}"
        fix = "correct it, or leave it blank if there is no answer"
        yield Problem(name, line, headings["value"], frame.at[line, "value"], told, fix)
    for line in frame.index[number["min"] >= number["max"]]:
        told = f"is not below `max` ({frame.at[line, 'max']})"
        yield Problem(name, line, headings["min"], frame.at[line, "min"], told, "write the lowest answer possible")


def _contradictions(frame: pd.DataFrame, name: str, headings: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a Problem for what differs within one item or respondent, and for a second answer to one item."""
    plain = frame.assign(wave=frame["wave"].replace("", "1"), reverse=frame["reverse"].str.casefold().replace(TURNED))
    folded = plain.apply(lambda column: column.str.split().str.join(" ").str.casefold())
    person = [folded[field] for field in ("site", "wave", "respondent")]
    rules = [("group", person, "the respondent's group is", "give a respondent one group only")]
    rules += [(field, [folded["item"]], "for the same item it is", "keep one of the two") for field in OF_ITEM]
    for field, key, told, fix in rules:
        first = folded[field].groupby(key, sort=False).transform("first")
        for line in frame.index[folded[field] != first]:
            value = frame.at[line, field][:80]
            yield Problem(
                name, line, headings.get(field, field), value, f"{told} `{said(first[line])}` further up", fix
            )
    lines = pd.Series(frame.index, index=frame.index).groupby([*person, folded["item"]], sort=False).transform("first")
    for line in frame.index[lines != frame.index]:
        fix = "keep one answer of a respondent to an item (in a wave)"
        told = f"is answered by this respondent already, in row {lines[line]}"
        yield Problem(name, line, headings["item"], frame.at[line, "item"][:80], told, fix)


def _cell_problems(frame: pd.DataFrame, name: str, headings: Mapping[str, str]) -> Iterator[Problem]:
    for field, wrong, problem, fix in _wrong_cells(frame):
        for line, value in frame.loc[wrong, field].items():
            yield Problem(name, line, headings.get(field, field), value[:80], problem, fix)


def _refuse(name: str, problems: Iterable[Problem]) -> None:
    table = as_table(problems)
    if len(table):
        count = f"{len(table)} problem{'s' if len(table) > 1 else ''}"
        raise CohortError(f"{name} cannot be read as a survey: {count}.\n{tell(table)}", table)


def _keyed(frame: pd.DataFrame, cohort: Cohort | None) -> pd.DataFrame:
    """Return the answers with the keys of what they name; of a cohort to join, its own keys of sites and groups."""
    plain = frame.apply(lambda column: column.str.split().str.join(" "))
    plain = plain.assign(wave=plain["wave"].replace("", "1").astype(int).astype(str))
    for field in ("site", "group", "item", "scale"):
        plain[field] = plain[field].groupby(plain[field].str.casefold()).transform("first")
    keys = pd.DataFrame({"wave": plain["wave"], "value": plain["value"]})
    for field in ("site", "group"):
        ids = make_ids([(name,) for name in plain[field]], field)
        own = plain[field].map(lambda name, ids=ids: ids[(name,)])
        keys[field] = _named(plain[field], _known(cohort)[field][0]) if cohort is not None else own
    scale = plain["scale"].replace("", SCALE)
    for field, names in (("item", plain["item"]), ("scale", scale)):
        ids = make_ids([(name,) for name in names], field)
        keys[field] = names.map(lambda name, ids=ids: ids[(name,)])
    people = list(zip(keys["site"], plain["respondent"].str.casefold(), strict=True))
    ids = make_ids(people, "respondent")
    several = keys["wave"].nunique() > 1
    keys["panel"] = [ids[person] if several else "" for person in people]
    keys["respondent"] = [
        f"{ids[person]}-w{wave}" if several else ids[person] for person, wave in zip(people, keys["wave"], strict=True)
    ]
    named = keys["item"].ne(plain["item"])
    text = plain["text"].mask(plain["text"].eq("") & named, plain["item"])
    turned = plain["reverse"].str.casefold().map(TURNED)
    return keys.assign(text=text, min=plain["min"], max=plain["max"], reverse=turned)


def read_survey(path: str | Path, cohort: Cohort | None = None) -> dict[str, pd.DataFrame]:
    """Read a long table of survey answers, one row per respondent and item, and return the survey tables of a cohort.

    Any instrument will do: each row says between which numbers its item is answered and whether it is reversed.

    Parameters
    ----------
    path
        A CSV file (UTF-8; commas, semicolons or tabs) or an Excel workbook, of which the first sheet is read. Needed:
        site, respondent, group, item, value (blank = not answered), min, max. Read if present: reverse (yes or no),
        wave (a whole number), scale, text. Headings are found by name or a common synonym, whatever their case.
    cohort : Cohort, optional
        The cohort the survey is to join: sites and groups must then be its own, by key or by name.

    Returns
    -------
    dict of str to DataFrame of str
        survey_items, survey_respondents, survey_responses, and survey_frame (empty: whom the survey was sent to is
        not in such a sheet). With several waves, `panel` ties the answers of one person together.

    Raises
    ------
    CohortError
        Once, listing every fault of the sheet with row, column, value and fix (`error.problems` is the table).

    Examples
    --------
    >>> import tempfile
    >>> rows = "site,respondent,group,item,value,min,max,reverse\\nAlder,7,plan,Same aims,4,1,5,no\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sheet = Path(folder) / "answers.csv"
    ...     _ = sheet.write_text(rows, encoding="utf-8")
    ...     tables = read_survey(sheet)
    >>> tables["survey_responses"].to_numpy().tolist()
    [['alder-7', 'same_aims', '4']]
    """
    path = Path(path)
    try:
        sheet = read_sheet(path, {})
    except FileFault as fault:
        _refuse(path.name, [fault.problem])
    found = _columns(sheet)
    frame, problems = _frame(sheet, found)
    _refuse(path.name, [*_header_problems(sheet, found), *(problems if set(NEEDED) - set(found) else [])])
    headings = {field: sheet.header[place] for field, place in found.items()}
    problems += _cell_problems(frame, path.name, headings)
    problems += _unknown_names(frame, path.name, headings, cohort)
    problems += _range_problems(frame, path.name, headings)
    filled = frame[(frame[["site", "respondent", "item"]] != "").all(axis=1)]
    _refuse(path.name, [*problems, *_contradictions(filled, path.name, headings)])
    keyed = _keyed(frame, cohort)
    return {name: _table(name, keyed) for name in SURVEY[:3]} | {"survey_frame": _table("survey_frame", keyed.iloc[:0])}


def _table(name: str, keyed: pd.DataFrame) -> pd.DataFrame:
    table = TABLES[name]
    return keyed.reindex(columns=table.names, fill_value="").drop_duplicates(list(table.key), ignore_index=True)
