"""What must hold inside and between the tables of a cohort. Each check yields Problems; none stops at the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

import pandas as pd

from .history import earlier_versions, history_problems
from .problems import Problem, nearest
from .schema import TABLES, TYPES, Column, Table
from .terms import term_problems

Frames = dict[str, pd.DataFrame]
SUGGESTED = 50  # searching the nearest name takes time; this many per column get one


def is_date(text: str) -> bool:
    """Return whether the text is a day of the calendar, written as 2011-05-31."""
    try:
        return bool(re.fullmatch(TYPES["date"][0], text) and date.fromisoformat(text))
    except ValueError:  # 2011-02-30
        return False


def cell_fault(column: Column, value: str) -> tuple[str, str] | None:
    """Return problem and fix in words for a cell that its column does not permit."""
    bare = value.strip()
    if not bare and column.needed:
        return "is blank", "fill it in"
    if bare and column.allowed and bare not in column.allowed:
        return "is not one of the permitted values", nearest(bare, column.allowed)
    pattern, words = TYPES[column.type]
    if bare and not (re.fullmatch(pattern, bare) and (column.type != "date" or is_date(bare))):
        return "is not valid here", f"write {words}"
    if bare != value:
        return "has spaces around it", f"write `{bare}`" if bare else "leave it blank"
    return None


def faults_in(column: Column, cells: pd.Series) -> dict[str, tuple[str, str]]:
    """Return the faulty values of a column, each with problem and fix."""
    return {value: fault for value in cells.unique() if (fault := cell_fault(column, value))}


@cache
def pandera_schema(name: str):
    """Return the pandera schema of a table: its columns, each with the check that its type and values make."""
    import pandera.pandas as pa

    def check(column: Column) -> pa.Check:
        return pa.Check(lambda cells: ~cells.isin(faults_in(column, cells)), name=column.name)

    return pa.DataFrameSchema({c.name: pa.Column(checks=check(c)) for c in TABLES[name].columns}, name=name)


def cell_problems(table: Table, frame: pd.DataFrame) -> Iterator[Problem]:
    """Yield a Problem for every cell that its column does not permit: pandera finds them, the words are ours."""
    from pandera.errors import SchemaErrors

    columns = {column.name: column for column in table.columns}
    try:
        pandera_schema(table.name).validate(frame, lazy=True)
    except SchemaErrors as errors:
        for case in errors.failure_cases[["column", "failure_case", "index"]].to_dict("records"):
            problem, fix = cell_fault(columns[case["column"]], case["failure_case"])
            yield Problem(f"{table.name}.csv", case["index"], case["column"], case["failure_case"], problem, fix)


def key_problems(table: Table, frame: pd.DataFrame) -> Iterator[Problem]:
    """Yield a Problem for every row whose key another row has already."""
    key = list(table.key)
    frame = frame[frame.duplicated(key, keep=False)]
    first = {values: line for line, *values in frame[key][::-1].itertuples() for values in [tuple(values)]}
    for line, *values in frame[key].itertuples():
        if first[tuple(values)] != line:
            said = f"is there already, in row {first[tuple(values)]}"
            yield Problem(
                f"{table.name}.csv",
                line,
                " + ".join(key),
                " ".join(v for v in values if v),
                said,
                "remove or rename one",
            )


def name_twins(frames: Frames) -> Iterator[Problem]:
    """Two sites, codes or attributes of one name could not be told apart in any table."""
    for table, column in (("sites", "name"), ("codebook", "label"), ("attributes", "label")):
        names = frames[table][column]
        for line, name in names[names.duplicated() & names.ne("")].items():
            yield Problem(
                f"{table}.csv", line, column, name, "is the name of another row too", "give each its own name"
            )


def _entries(frame: pd.DataFrame, column: Column) -> pd.Series:
    """Return each entry of a column, lists taken apart, under its line number."""
    cells = frame[column.name]
    entries = (cells.str.split(";").explode() if column.type == "ids" else cells).str.strip()
    return entries[entries != ""]


def reference_problems(table: Table, frames: Frames, lists: dict[str, dict], lost: set[str]) -> Iterator[Problem]:
    """Yield a Problem for every cell that names something which does not exist, in tables that could be read."""
    for column in table.columns:
        target = column.to.lstrip("@")
        if not target or target in lost:
            continue
        if target == "coders" and frames["coders"].empty:
            continue  # the table of coders is optional, unlike what else is referred to
        valid = list(lists.get(target, {})) if column.to[0] == "@" else frames[target][TABLES[target].key[0]].tolist()
        where = f"{target} in cohort.toml" if column.to[0] == "@" else f"{target}.csv"
        entries = _entries(frames[table.name], column)
        unknown = entries[~entries.isin(valid)]
        near = {value: nearest(value, valid) + " " for value in unknown.unique()[:SUGGESTED]}
        for line, value in unknown.items():
            fix = f"{near.get(value, '')}Or add it to {where}"
            yield Problem(f"{table.name}.csv", line, column.name, value, f"is not in {where}", fix)


def text_problems(frames: Frames, synthetic: bool | None) -> Iterator[Problem]:
    """Segments have their text, and real and synthetic text never share a cohort (None: it does not say which)."""
    segments = frames["segments"]
    bare = segments[(segments["text"] == "") & (segments["text_kind"] != "withheld")]
    for line, segment in bare["segment"].items():
        yield Problem(
            "segments.csv", line, "text", segment, "has no text", "write the text, or `withheld` as text_kind"
        )
    if synthetic is None:
        return
    mixed = segments[segments["text_kind"].eq("synthetic") != synthetic]
    mixed = mixed[mixed["text_kind"].isin(["synthetic", "verbatim", "paraphrase"])]
    for line, kind in mixed["text_kind"].items():
        said = "real text in a synthetic cohort" if synthetic else "synthetic text in a real cohort"
        yield Problem("segments.csv", line, "text_kind", kind, said, "keep real and synthetic data in separate cohorts")


def informant_problems(frames: Frames) -> Iterator[Problem]:
    """One informant belongs to one group within a site and wave."""
    sources, key = frames["sources"], ["informant", "site", "wave"]
    several = sources.groupby(key)["group"].transform("nunique") > 1
    for (informant, *_), rows in sources[several & (sources["informant"] != "")].groupby(key, sort=False):
        yield Problem(
            "sources.csv",
            rows.index[-1],
            "group",
            rows["group"].iloc[-1],
            f"informant `{informant}` is in several groups: {', '.join(rows['group'].unique())}",
            "give one informant one group, or two people two keys",
        )


def _coders(frames: Frames) -> pd.Series:
    return frames["coders" if len(frames["coders"]) else "codings"]["coder"]


def coding_problems(frames: Frames) -> Iterator[Problem]:
    """Codings lie on informants' turns, use active codes, fit their assignment, and poles belong to trade-offs.

    A round coded under an earlier version of the codebook used the codes of its time: see history_problems.
    """
    codings = frames["codings"].assign(line=frames["codings"].index)
    segments, codebook = (
        frames["segments"].drop_duplicates("segment"),
        frames["codebook"].drop_duplicates("code"),
    )
    rows = codings.merge(segments[["segment", "source", "speaker", "text"]], on="segment", how="left")
    rows = rows.merge(codebook[["code", "kind", "active"]], on="code", how="left").fillna("")
    rules = [
        (
            rows["speaker"] == "interviewer",
            "segment",
            "codes a turn of the interviewer",
            "code the informant's answer",
        ),
        (
            (rows["active"] == "no") & ~rows["round"].isin(earlier_versions(frames["codebook_events"])),
            "code",
            "is not an active code",
            "set `active` in codebook.csv, or recode",
        ),
        (
            (rows["pole"] != "") & ~rows["kind"].isin(["tradeoff", ""]),
            "pole",
            "is given for a code that is no trade-off",
            "leave the pole blank",
        ),
    ]
    if len(frames["assignments"]):
        given = set(frames["assignments"][["coder", "source"]].itertuples(index=False, name=None))
        outside = [pair not in given for pair in rows[["coder", "source"]].itertuples(index=False, name=None)]
        known = rows["source"].isin(frames["sources"]["source"]) & rows["coder"].isin(_coders(frames))
        rules.append(
            (
                pd.Series(outside, index=rows.index, dtype=bool) & known,
                "coder",
                "codes a source that assignments.csv does not give to this coder",
                "add the coder and source to assignments.csv",
            )
        )
    for broken, column, problem, fix in rules:
        for row in rows[broken].to_dict("records"):
            yield Problem("codings.csv", row["line"], column, row[column], problem, fix)
    yield from _span_problems(rows)


def _span_problems(rows: pd.DataFrame) -> Iterator[Problem]:
    """A coded passage lies inside its text."""
    start, end = (pd.to_numeric(rows[c], errors="coerce") for c in ("start", "end"))
    inside = (start >= 0) & (start < end) & (end <= rows["text"].str.len())
    given = (rows["start"] + rows["end"]).ne("") & rows["text"].ne("")  # a withheld text cannot be measured
    for row in rows[given & ~inside].to_dict("records"):
        said = f"with end {row['end'] or 'blank'} is no passage of the text, which has {len(row['text'])} characters"
        yield Problem("codings.csv", row["line"], "start", row["start"], said, "correct `start` and `end`")


def _value_fault(value: str, kind: str, allowed: list[str]) -> str:
    """Return how to mend a value that does not fit its attribute; blank if it fits."""
    if kind == "category":
        return "" if value in allowed else nearest(value, allowed)
    fits = kind not in ("year", "number", "yes_no") or re.fullmatch(TYPES[kind][0], value)
    return "" if fits else f"write {TYPES[kind][1]}"


def value_problems(frames: Frames) -> Iterator[Problem]:
    """A site attribute's value fits the attribute's type and permitted values."""
    attributes = frames["attributes"].drop_duplicates("attribute").set_index("attribute")
    rules = {a.Index: (a.type, [v.strip() for v in a.allowed.split(";") if v.strip()]) for a in attributes.itertuples()}
    for line, attribute, value in frames["site_attributes"][["attribute", "value"]].itertuples():
        fix = _value_fault(value, *rules[attribute]) if attribute in rules and value else ""
        if fix:
            yield Problem("site_attributes.csv", line, "value", value, f"is not permitted for `{attribute}`", fix)


def survey_problems(frames: Frames) -> Iterator[Problem]:
    """An item's lowest answer lies below its highest, and every answer between them."""
    items, given = frames["survey_items"], frames["survey_responses"]
    ends = items[["min", "max"]].apply(pd.to_numeric, errors="coerce")
    for line in items.index[ends["min"] >= ends["max"]]:
        fix = "write the lowest and the highest answer possible"
        yield Problem("survey_items.csv", line, "min", items.at[line, "min"], "is not below `max`", fix)
    ends = ends.set_axis(items["item"]).loc[~items["item"].duplicated().to_numpy()]
    value = pd.to_numeric(given["value"], errors="coerce")
    outside = (value < given["item"].map(ends["min"])) | (value > given["item"].map(ends["max"]))
    for line in given.index[outside]:
        lowest, highest = ends.loc[given.at[line, "item"]]
        said, fix = f"lies outside {lowest:g} to {highest:g}", "correct it, or leave it blank if there is no answer"
        yield Problem("survey_responses.csv", line, "value", given.at[line, "value"], said, fix)


def frame_problems(frames: Frames, lists: dict[str, dict], synthetic: bool | None, lost: set[str]) -> Iterator[Problem]:
    """Yield every problem in the tables: cells, keys, references, and the rules between tables.

    `lost` names the tables and lists that could not be read.
    """
    for name, table in TABLES.items():
        if len(frames[name]):
            yield from cell_problems(table, frames[name])
            yield from key_problems(table, frames[name])
            yield from reference_problems(table, frames, lists, lost)
    yield from name_twins(frames)
    yield from text_problems(frames, synthetic)
    yield from informant_problems(frames)
    yield from coding_problems(frames)
    yield from history_problems(frames)
    yield from term_problems(frames["search_terms"])
    yield from value_problems(frames)
    yield from survey_problems(frames)
