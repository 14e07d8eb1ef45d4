"""From a clean long table of coded quotations to the tables of a cohort, and from these to its folder."""

from __future__ import annotations

import json
import re
import shlex
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from .cohort import check_cohort
from .problems import CohortError, tell
from .schema import FORMAT, TABLES, TYPES, Plan


@dataclass(frozen=True)
class Quotations:
    """What a sheet of coded quotations came to.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        The cohort's sites, sources, segments, codebook, codings and coders, with their declared columns, as text.
    settings : mapping
        The content of `cohort.toml`, all but id and title.
    assumed, next_steps : tuple of str
        What had to be assumed, and what to fill in before the first analysis. Names from the sheet stand in “ ”.
    """

    tables: Mapping[str, pd.DataFrame]
    settings: Mapping[str, object]
    assumed: tuple[str, ...]
    next_steps: tuple[str, ...]


def said(name: str) -> str:
    """Return a name from the data as it may stand in a sentence: on one line, short, without code marks."""
    name = " ".join(name.split()).replace("`", "'").encode("utf-8", "replace").decode()
    return name if len(name) <= 60 else name[:57] + "..."


def _slug(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:40].strip("_")


def make_ids(names: Iterable[tuple[str, ...]], fallback: str) -> dict[tuple[str, ...], str]:
    """Return a different id for each different name, made of its letters and digits.

    A name is a tuple, such as site and informant. Names without a Latin letter or digit become `fallback`, numbered.

    >>> make_ids([("Alder", "P 1"), ("Alder", "p-1"), ("杉", "")], "informant")
    {('Alder', 'P 1'): 'alder-p_1', ('Alder', 'p-1'): 'alder-p_1-2', ('杉', ''): 'informant'}
    """
    ids, count, taken = {}, {}, set()
    for name in dict.fromkeys(names):
        stem = "-".join(filter(None, map(_slug, name))) or fallback
        choice = stem
        while choice in taken:
            count[stem] = count.get(stem, 1) + 1
            choice = f"{stem}-{count[stem]}"
        taken.add(choice)
        ids[name] = choice
    return ids


def _ids(rows: pd.DataFrame, columns: list[str], fallback: str) -> list[str]:
    names = list(rows[columns].itertuples(index=False, name=None))
    ids = make_ids(names, fallback)
    return [ids[name] for name in names]


def _keyed(coded: pd.DataFrame) -> pd.DataFrame:
    """Return the quotations with the id of everything they name, and a number for each different text of a source."""
    source = ["site", "informant", *(["source"] if "source" in coded else [])]
    keys = {"site": ["site"], "informant": source[:2], "source": source}
    keys |= {name: [name] for name in ("group", "code", "coder")}
    keyed = coded.assign(**{f"{name}_id": _ids(coded, columns, name) for name, columns in keys.items()})
    texts = keyed.drop_duplicates(["source_id", "quotation"])[["source_id", "quotation"]]
    texts = texts.assign(seq=texts.groupby("source_id").cumcount().add(1).astype(str))
    keyed = keyed.merge(texts, on=["source_id", "quotation"], how="left")
    return keyed.assign(segment=keyed["source_id"] + "-" + keyed["seq"].str.zfill(3))


def _first_filled(values: pd.Series) -> str:
    return next((value for value in values if value), "")


def _sources(keyed: pd.DataFrame) -> pd.DataFrame:
    """Return one row per source; what a reader should see of the sheet's own names stands in title and note."""
    keyed = keyed.assign(name=keyed["source"] if "source" in keyed else keyed["informant"])
    wanted = [c for c in ("title", "url", "name", "informant") if c in keyed]
    facts = keyed.groupby("source_id", sort=False)[wanted].agg(_first_filled)
    facts = facts.reindex(columns=["title", "url", "name", "informant"], fill_value="")
    years = keyed.groupby("source_id", sort=False)["year"].agg(lambda years: sorted(set(years) - {""}))
    several = years[years.str.len() > 1].map(lambda found: f"; years in the sheet: {', '.join(found)}")
    facts["note"] = "in the sheet: " + facts["informant"] + several.reindex(facts.index).fillna("")
    facts["title"] = facts["title"].mask(facts["title"] == "", facts["name"])
    facts["year"] = years.map(lambda found: found[0] if found else "")
    return keyed[["source_id", "site_id", "group_id", "informant_id"]].merge(facts, on="source_id")


def _table(name: str, rows: pd.DataFrame, renamed: dict[str, str], **constant: str) -> pd.DataFrame:
    """Return table `name` with its declared columns, taken from `rows`, each key once."""
    frame = rows[list(renamed)].rename(columns=renamed).assign(**constant)
    frame = frame.reindex(columns=TABLES[name].names, fill_value="")
    return frame.drop_duplicates(list(TABLES[name].key), ignore_index=True)


def cohort_tables(coded: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Turn a long table of coded quotations into the tables of a cohort.

    Parameters
    ----------
    coded : DataFrame of str
        One row per quotation, code and coder: site, informant, group, code, quotation, coder, valence, year, and if
        known source, url, title. Names are written in one way throughout; only year, url and title may be blank.

    Returns
    -------
    dict of str to DataFrame
        sites, sources, segments, codebook, codings, coders. One source per site and informant (and source, if
        known), one segment per different quotation of a source, ids made from names, in the order of the rows.

    Examples
    --------
    >>> row = {"site": "Alder", "informant": "P1", "group": "employer", "code": "Power", "quotation": "No seat."}
    >>> tables = cohort_tables(pd.DataFrame([row | {"coder": "Ana", "valence": "challenge", "year": ""}]))
    >>> tables["codings"][["segment", "code", "coder"]].to_numpy().tolist()
    [['alder-p1-001', 'power', 'ana']]
    """
    keyed = _keyed(coded)
    ids = {"source_id": "source", "site_id": "site"}
    about = ids | {"group_id": "group", "informant_id": "informant"} | {c: c for c in ("year", "title", "url", "note")}
    return {
        "sites": _table("sites", keyed, {"site_id": "site", "site": "name"}),
        "sources": _table("sources", _sources(keyed), about, kind="interview"),
        "segments": _table(
            "segments", keyed, ids | {"segment": "segment", "seq": "seq", "quotation": "text"}, text_kind="verbatim"
        ),
        "codebook": _table(
            "codebook", keyed, {"code_id": "code", "code": "label"}, kind="challenge", origin="emergent"
        ),
        "codings": _table(
            "codings",
            keyed,
            {"segment": "segment", "code_id": "code", "coder_id": "coder", "valence": "valence"},
            round="independent",
        ),
        "coders": _table("coders", keyed, {"coder_id": "coder", "coder": "label"}, kind="human"),
    }


def import_settings(coded: pd.DataFrame, name: str) -> dict:
    """Return the content of `cohort.toml` for quotations imported from the file `name`, all but id and title."""
    groups = make_ids(zip(coded["group"], strict=True), "group")
    today = date.today().isoformat()
    return {
        "format": FORMAT,
        "summary": f"Coded quotations; informants: {len(coded[['site', 'informant']].drop_duplicates())}, sites: "
        f"{coded['site'].nunique()}. What was assumed in the import stands in README.md.",
        "evidence_level": "informant",
        "synthetic": False,
        "licence": "not stated; fill in before sharing",
        "provenance": f"Imported on {today} from the sheet “{said(name)}”.",
        "groups": {groups[label]: label[0] for label in groups},
        # one reader errs more often than several who agree, so an informant must raise a code twice
        "plan": {"set": today, "after_seeing_data": True, "j": 2 if coded["coder"].nunique() == 1 else 1}
        | {"k": Plan().k, "m": Plan().m, "resolve": "majority", "scope": [], "basis": []},
    }


def next_steps(tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """Return what to fill in, in order, before the first analysis."""
    informants = tables["sources"].groupby("site", sort=False)["informant"].nunique()
    few = ", ".join(informants.index[informants < Plan().k])
    return (
        "codings.csv: read every `valence`; only `challenge` and `barrier` are difficulties",
        "codebook.csv: `kind` and `definition` of every code, and when to give another one",
        "sources.csv: `informant` was made from the sheet's names; put keys in the place of people's names, there, in "
        "`title` and in `note`, before you share anything",
        "coders.csv, and a table assignments.csv: who read what, even where they coded nothing",
        "attributes.csv and site_attributes.csv: how each alliance is governed and led, with the sources",
        "cohort.toml: `licence`, and the plan: k, m and j, its themes, and whether you had seen the data",
        *([f"more interviews: fewer than {Plan().k} informants, too few to judge anything, at {few}"] if few else []),
    )


def _toml(value: object) -> str:
    """Return a value as TOML; a JSON string, number or list is one too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def settings_text(settings: Mapping[str, object]) -> str:
    """Return settings as the text of `cohort.toml`, plain keys before tables."""
    plain = [f"{key} = {_toml(value)}" for key, value in settings.items() if not isinstance(value, dict)]
    for name, table in settings.items():
        if isinstance(table, dict):
            plain += ["", f"[{name}]", *(f"{_toml(key)} = {_toml(value)}" for key, value in table.items())]
    return "\n".join(plain) + "\n"


def _escaped(text: str) -> str:
    return re.sub(r"([\\<>\[\]*&$|#!~])", r"\\\1", " ".join(text.split()))


def _readme(quotations: Quotations, title: str) -> str:
    """Return the cohort's README: what was assumed, what to fill in, and a caution about cells like formulas."""
    texts = pd.concat([table.stack() for table in quotations.tables.values()])
    formulas = "Some cells begin with `=`, `+`, `-` or `@`. They are text: in a spreadsheet program import the CSV "
    formulas += "files with every column as text, or the program may take them for formulas.\n\n"
    lists = {"What was assumed": quotations.assumed, "What to fill in next": quotations.next_steps}
    parts = [f"## {head}\n\n" + "\n".join(f"- {_escaped(item)}" for item in items) for head, items in lists.items()]
    return (
        f"# {_escaped(title)}\n\n{_escaped(quotations.settings['provenance'])} The quotations are the property of "
        "those who collected them; nobody has checked yet what may be shared.\n\n"
        + (formulas if texts.str.match(r"[=+\-@]").any() else "")
        + "\n\n".join(parts)
        + "\n"
    )


def _refuse_target(folder: Path) -> None:
    if not re.fullmatch(TYPES["id"][0], folder.name) or folder.name.startswith("."):
        raise CohortError(f"`{said(folder.name)}` cannot be the name of a cohort; write {TYPES['id'][1]}")
    refuse_filled(folder)


def refuse_filled(folder: Path) -> None:
    """Raise CohortError unless the folder can be written anew: it is not there, or empty."""
    if folder.is_symlink() or folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise CohortError(f"`{folder}` is there already and is not an empty folder; give another name, or remove it")


def place_cohort(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Put a cohort into a new or empty folder: all of it, checked, or nothing.

    `fill` gets the path of a draft that is not there yet, and writes the cohort's files into it. Raises CohortError if
    the folder is not empty, it cannot be written, or the draft does not pass `check_cohort`.
    """
    try:
        refuse_filled(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        # next to the target, so that the last step is a rename: nobody ever sees half a cohort
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".draft-") as workplace:
            draft = Path(workplace) / folder.name
            fill(draft)
            problems = check_cohort(draft)
            if len(problems):
                raise CohortError(f"{folder.name} was not written:\n{tell(problems)}", problems)
            if folder.exists():
                folder.rmdir()
            draft.rename(folder)
    except OSError as error:
        raise CohortError(f"`{folder}` cannot be written: {error.strerror}; choose another folder") from None
    return folder


def _fill(folder: Path, quotations: Quotations, title: str) -> None:
    folder.mkdir()
    for name, table in quotations.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
    settings = {"format": FORMAT, "id": folder.name, "title": title} | dict(quotations.settings)
    (folder / "cohort.toml").write_text(settings_text(settings), encoding="utf-8", newline="\n")
    (folder / "README.md").write_text(_readme(quotations, title), encoding="utf-8", newline="\n")


def write_cohort(quotations: Quotations, folder: str | Path, title: str | None = None) -> Path:
    """Write imported quotations as a cohort: all of it, checked, or nothing.

    Parameters
    ----------
    quotations : Quotations
        From `read_quotations`.
    folder
        The cohort's folder; its last part becomes the cohort's id. It may exist if it is empty.
    title
        Title of the cohort; without it the folder's name.

    Returns
    -------
    Path
        The folder, which passes `check_cohort`. Its README says what was assumed and what to fill in next.

    Raises
    ------
    CohortError
        If the folder's name is no id, the folder is there and not empty, it cannot be written, or the cohort would
        not pass the check.
    """
    folder = Path(folder)
    _refuse_target(folder)
    title = " ".join((title or folder.name.replace("_", " ")).split())
    return place_cohort(folder, lambda draft: _fill(draft, quotations, title))


def report_import(quotations: Quotations, folder: Path) -> str:
    """Return what to tell after an import: what was assumed, what to fill in, and the next commands."""
    lists = {"Assumed:": quotations.assumed, "Fill in next:": quotations.next_steps}
    lines = [line for head, items in lists.items() for line in (head, *(f"- {item}" for item in items))]
    path = shlex.quote(str(folder))
    name = folder.name if folder.parent.name == "data" else path
    return "\n".join([f"Written: {folder}", *lines, "Then:", f"  casestudy check {path}", f"  casestudy run {name}"])
