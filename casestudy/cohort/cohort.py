"""The cohort: loading it, checking it, and what a loaded one offers."""

from __future__ import annotations

import io
import os
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from .checks import frame_problems
from .files import MISSING, FileFault, decode, empty_table, read_bytes, read_table
from .problems import CohortError, Problem, as_table, nearest, tell
from .schema import TABLES, Plan, Table
from .settings import make_plan, name_problems, read_aliases, read_settings, setting_problems
from .text import moved_offsets, normalise_texts

NUMERIC = {"integer": "Int64", "year": "Int64", "number": "float64"}
NOTICE = (
    "These pages tell what the public pages we read say about these organisations. Most were read only in their "
    "opening. Language models restated and coded them; the organisations have not verified them. A blank means "
    "“not in the pages we read”, not “no such challenge”. This is not a ranking and not an assessment. "
    "To correct a fact, see CONTRIBUTING."
)
FOOTER = (
    "What public pages say, mostly their openings, restated and coded by language models, not verified by the "
    "organisations.\n"
    "A blank means “not in the pages we read”, not “no such challenge”. Not a ranking or an assessment. "
    "Corrections: CONTRIBUTING."
)
SYNTHETIC = "SYNTHETIC: invented data, no real person or alliance."
SHARED = "Edition for sharing: small groups merged, their words withheld."


@dataclass(frozen=True)
class Cohort:
    """Alliances analysed together with one codebook.

    Every table of the format is an attribute (`cohort.sites`, `cohort.segments`, ...): a DataFrame in declared order,
    with its declared columns even when the cohort has no such file. Text is "" where blank; years and whole numbers
    are nullable integers. Load one with `load_cohort`.
    """

    id: str
    title: str
    summary: str
    evidence_level: str
    synthetic: bool
    licence: str
    groups: Mapping[str, str]
    about_groups: Mapping[str, str]
    plan: Plan
    tables: Mapping[str, pd.DataFrame]
    folder: Path
    edition: str = ""

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name in TABLES:
            return self.tables[name].copy(deep=False)
        raise AttributeError(f"a cohort has no `{name}`; {nearest(name, TABLES)}")

    @property
    def notice(self) -> str:
        """What every landing page says first: the caution about named organisations, or that all is synthetic; and
        what an edition for sharing leaves out."""
        caution = SYNTHETIC if self.synthetic else NOTICE if self.evidence_level == "document" else ""
        return " ".join(filter(None, [caution, self.edition]))

    @property
    def footer(self) -> str:
        """What every figure says below it."""
        caution = SYNTHETIC if self.synthetic else FOOTER if self.evidence_level == "document" else ""
        return "\n".join(filter(None, [caution, SHARED if self.edition else ""]))

    @property
    def documented_word(self) -> str:
        """How the reading `documented` is called for this kind of evidence."""
        return "raised" if self.evidence_level == "informant" else "documented"

    def with_plan(self, **changes) -> Cohort:
        """Return the same cohort under a changed plan."""
        return replace(self, plan=replace(self.plan, **changes))

    def with_tables(self, **tables: pd.DataFrame) -> Cohort:
        """Return the same cohort with some of its tables replaced."""
        return replace(self, tables={**self.tables, **tables})

    def reading(self, number: str, **values: object) -> str:
        """Return the prose about this cohort for notebook `number`, or "" if there is none.

        Numbers in it are placeholders such as `$n_sites`, filled from `values`; a name without a value raises
        CohortError, so that no number can be typed or forgotten.
        """
        path = self.folder / "reading" / f"{number}.md"
        if not path.is_file():
            return ""
        try:
            text = string.Template(decode(read_bytes(path), path.name)).substitute(values)
        except FileFault as fault:
            raise CohortError(f"reading/{path.name} {fault}") from None
        except KeyError as error:
            name = error.args[0]
            raise CohortError(f"reading/{path.name}: nothing is known as `${name}`; {nearest(name, values)}") from None
        except ValueError as error:
            raise CohortError(f"reading/{path.name}: {error}; write `$$` for a dollar sign") from None
        return text.replace("<", "&lt;")

    def truth(self, name: str) -> pd.DataFrame:
        """Return a table of a synthetic cohort's answer key (`truth/<name>.csv`) as text; empty if there is none.

        No method reads it: it is for tests, and for the last section of a notebook.
        """
        path = self.folder / "truth" / f"{name}.csv"
        if not (self.synthetic and path.is_file()):
            return pd.DataFrame()
        try:
            return pd.read_csv(io.StringIO(decode(read_bytes(path), path.name)), dtype=str, keep_default_na=False)
        except FileFault as fault:
            raise CohortError(f"truth/{path.name} {fault}") from None
        except ValueError as error:
            raise CohortError(f"truth/{path.name} is no table: {error}; make the cohort again") from None


def _places(name: str) -> list[Path]:
    here = Path.cwd()
    places = [Path(name)] if name else []
    if os.environ.get("CASESTUDY_DATA"):
        places.append(Path(os.environ["CASESTUDY_DATA"]) / name)
    repository = Path(__file__).resolve().parents[2]
    return places + [folder / "data" / name for folder in dict.fromkeys((here, *here.parents, repository))]


def find_cohort(path_or_name: str | Path) -> Path:
    """Return the folder of a cohort: an existing path, then `$CASESTUDY_DATA/<name>`, then `data/<name>` upward."""
    name = str(path_or_name)
    if not name.strip():
        raise CohortError("Give the name of a cohort, or the path of its folder")
    try:
        for place in _places(name):
            if os.path.lexists(place / "cohort.toml"):
                return place
        if Path(name).is_dir():
            return Path(name)
        if Path(name).is_file():
            raise CohortError(f"`{name}` is a file; give the cohort's folder, or its name")
    except (OSError, ValueError):
        raise CohortError(f"`{name[:80]}` cannot be the name of a cohort") from None
    known = sorted({f.parent.name for place in _places("") for f in place.glob("*/cohort.toml")})
    raise CohortError(f"There is no cohort called `{name}`; {nearest(name, known)} You can also give a path.")


def _stray_files(folder: Path) -> list[Problem]:
    return [
        Problem(path.name, 0, "", "", "is not a table of the format", nearest(path.stem, TABLES))
        for path in sorted(folder.glob("*.csv"))
        if path.stem not in TABLES
    ]


def _read_frames(folder: Path) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    frames, problems = {}, _stray_files(folder)
    for name, table in TABLES.items():
        path = folder / f"{name}.csv"
        present = table.needed or path.exists() or path.is_symlink()
        frames[name], found = read_table(path, table) if present else (empty_table(table), [])
        problems += found
        for column, blank in (("round", "independent"), ("wave", "1")):
            if column in frames[name]:
                frames[name][column] = frames[name][column].replace("", blank)
    problems += moved_offsets(frames["segments"], frames["codings"])
    frames["segments"]["text"] = normalise_texts(frames["segments"]["text"])
    if not (folder / "README.md").is_file():
        problems.append(Problem("README.md", 0, "", "", "is missing", "say where the data come from and their limits"))
    return frames, problems


def _lost(settings: dict, frames: dict[str, pd.DataFrame], problems: list[Problem]) -> set[str]:
    """Name the tables and lists that could not be read: what refers to them must not be called at fault too."""
    at_fault = {Path(p.file).stem for p in problems}
    lost = {name for name in TABLES if name in at_fault and frames[name].empty}
    lost |= {Path(p.file).stem for p in problems if p.problem == MISSING}
    if not settings.get("groups") or not isinstance(settings["groups"], dict):
        lost.add("groups")
    if not settings or not isinstance(settings.get("about_groups", {}), dict):
        lost.add("about_groups")
    return lost


def _unsaid(found: Iterable[Problem], problems: list[Problem]) -> list[Problem]:
    """Return the problems found that do not merely follow from a missing column or a row of the wrong length."""
    columns = {(p.file, p.column) for p in problems if p.problem == MISSING}
    rows = {(p.file, p.row) for p in problems if p.row > 1}
    return [
        p
        for p in found
        if (p.file, p.row) not in rows and not any((p.file, name) in columns for name in p.column.split(" + "))
    ]


def _read(folder: Path) -> tuple[dict, dict[str, pd.DataFrame], pd.DataFrame]:
    settings, problems = read_settings(folder)
    frames, found = _read_frames(folder)
    lost = _lost(settings, frames, found)
    problems += found
    if settings:
        problems += setting_problems(settings)
        problems += name_problems(settings, frames, lost)
    frames["sources"]["informant"] = frames["sources"]["informant"].replace(read_aliases(settings))
    lists = {n: settings.get(n) if isinstance(settings.get(n), dict) else {} for n in ("groups", "about_groups")}
    synthetic = settings.get("synthetic") if isinstance(settings.get("synthetic"), bool) else None
    problems += _unsaid(frame_problems(frames, lists, synthetic, lost), found)
    return settings, frames, as_table(problems)


def _convert(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.reset_index(drop=True)
    for column in table.columns:
        if column.type in NUMERIC:
            numbers = pd.to_numeric(frame[column.name].replace("", None), errors="coerce")
            frame[column.name] = numbers.astype(NUMERIC[column.type])
    return frame


def check_cohort(path_or_name: str | Path) -> pd.DataFrame:
    """Check a cohort's files and return every problem found.

    Parameters
    ----------
    path_or_name
        A folder, or the name of one (see `find_cohort`).

    Returns
    -------
    DataFrame
        One row per problem: file, row (line of the file, the header is line 1; 0 = the whole file), column, value,
        problem, fix. Empty if the cohort can be loaded.

    Raises
    ------
    CohortError
        If there is no such cohort.

    Examples
    --------
    >>> check_cohort("template").empty
    True
    """
    return _read(find_cohort(path_or_name))[2]


def load_cohort(path_or_name: str | Path) -> Cohort:
    """Load a cohort.

    Parameters
    ----------
    path_or_name
        A folder, or the name of one: an existing path, then `$CASESTUDY_DATA/<name>`, then `data/<name>` searched
        upward from the working folder.

    Returns
    -------
    Cohort

    Raises
    ------
    CohortError
        Once, listing every problem with file, row, column, value and fix (`error.problems` is the whole table).

    Examples
    --------
    >>> cohort = load_cohort("template")
    >>> cohort.synthetic, cohort.evidence_level
    (True, 'informant')
    """
    folder = find_cohort(path_or_name)
    settings, frames, problems = _read(folder)
    if len(problems):
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise CohortError(f"{folder.name} cannot be loaded: {count}.\n{tell(problems)}", problems)
    tables = {name: _convert(table, frames[name]) for name, table in TABLES.items()}
    fields = ("id", "title", "summary", "evidence_level", "synthetic", "licence", "groups")
    return Cohort(
        **{name: settings[name] for name in fields},
        about_groups=settings.get("about_groups", {}),
        plan=make_plan(settings),
        tables=tables,
        folder=folder,
        edition=settings.get("edition", ""),
    )
