"""Small cohorts written by code, for every test that needs one.

`tiny` / `tiny_folder`   three sites, seven informants, three coders: for tests of loading and checking
`make_cohort`            a cohort from a few statements: for tests that must know the right answer
`edit`, `set_key`, `write_rows`, `write_toml`   spoil or extend a cohort's files
"""

import csv
import json
import sys
import tomllib
from itertools import count, product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from casestudy.cohort.cohort import load_cohort
from casestudy.cohort.schema import TABLES

# A slow machine is no fault of the code: no test fails for the time an example takes
settings.register_profile("casestudy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("casestudy")


@pytest.fixture(autouse=True)
def figures_closed():
    """Close what a test drew, if anything drew at all: importing matplotlib for every test would be slow."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


GROUPS = {"clinicians": "Clinicians", "patients": "Patients"}


def write_rows(folder: Path, table: str, rows: list) -> None:
    """Write `<table>.csv` from dicts (missing columns are blank) or from tuples in declared column order."""
    names = TABLES[table].names
    rows = [row if isinstance(row, dict) else dict(zip(names, row, strict=False)) for row in rows]
    with open(folder / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def edit(folder: Path, table: str, row: int, column: str, value: str) -> None:
    """Change one cell of `<table>.csv`; `row` counts as in the messages (the header is row 1)."""
    with open(folder / f"{table}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row - 2][column] = value
    write_rows(folder, table, rows)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def write_toml(folder: Path, settings: dict) -> None:
    """Write `cohort.toml`."""
    text = "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in settings.items())
    (folder / "cohort.toml").write_text(text, encoding="utf-8")


def set_key(folder: Path, key: str, value: object) -> None:
    """Set one key of `cohort.toml`; a dot leads into a table, as in `plan.k`; the value None removes the key."""
    settings = tomllib.loads((folder / "cohort.toml").read_text(encoding="utf-8"))
    *tables, last = key.split(".")
    place = settings
    for table in tables:
        place = place.setdefault(table, {})
    place[last] = value
    if value is None:
        del place[last]
    write_toml(folder, settings)


def settings_for(name: str, **changes) -> dict:
    """Return a valid `cohort.toml` as a dict."""
    plan = {"set": "2026-01-31", "after_seeing_data": False, **changes.pop("plan", {})}
    given = {
        "format": "1.0",
        "id": name,
        "title": f"{name.capitalize()}, a synthetic cohort",
        "summary": "Invented for a test.",
        "evidence_level": "informant",
        "synthetic": True,
        "licence": "CC0-1.0",
        "groups": GROUPS,
        "about_groups": {**GROUPS, "funders": "Funders"},
    }
    return {**given, **changes, "plan": plan}


def write_cohort(folder: Path, settings: dict, tables: dict[str, list]) -> Path:
    """Write a whole cohort folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_toml(folder, settings)
    (folder / "README.md").write_text("Invented for a test; synthetic.\n", encoding="utf-8")
    for table, rows in tables.items():
        write_rows(folder, table, rows)
    return folder


# ---- the tiny cohort --------------------------------------------------------------------------------------------

PEOPLE = [  # site, informant, group
    ("north", "n1", "clinicians"),
    ("north", "n2", "patients"),
    ("north", "n3", "clinicians"),
    ("south", "s1", "clinicians"),
    ("south", "s2", "patients"),
    ("east", "e1", "clinicians"),
    ("east", "e2", "patients"),
]
# Every informant says three things: one segment per code. What each coder made of it; "" = gave no code.
#              money (ana, ben, cem)                  trust                            meetings
CODED = {
    "n1": (("challenge", "challenge", "challenge"), ("barrier", "barrier", ""), ("strategy", "strategy", "strategy")),
    "n2": (("challenge", "challenge", ""), ("", "", "challenge"), ("strategy", "facilitator", "")),
    "n3": (("barrier", "barrier", "barrier"), ("", "", ""), ("", "", "")),
    "s1": (("challenge", "barrier", "challenge"), ("challenge", "challenge", "challenge"), ("", "", "")),
    "s2": (("challenge", "", "challenge"), ("", "", ""), ("neutral", "neutral", "neutral")),
    "e1": (("challenge", "challenge", "challenge"), ("", "", ""), ("facilitator", "facilitator", "facilitator")),
    "e2": (("not_here", "not_here", "not_here"), ("strategy", "strategy", "strategy"), ("", "strategy", "")),
}
CODES, CODERS = ("money", "trust", "meetings"), ("ana", "ben", "cem")


def _tiny_tables() -> dict[str, list]:
    spoken = list(product(PEOPLE, CODES))
    return {
        "sites": [("north", "North alliance"), ("south", "South alliance"), ("east", "East alliance")],
        "sources": [
            {"source": f"i-{who}", "site": site, "kind": "interview", "group": group, "informant": who, "year": "2011"}
            for site, who, group in PEOPLE
        ],
        "segments": [
            {"segment": f"{who}-{code}", "source": f"i-{who}", "site": site, "seq": CODES.index(code) + 1}
            | {"text": f"On {code}, says {who}.", "text_kind": "synthetic", "scope": "site", "basis": "explicit"}
            for (site, who, _), code in spoken
        ],
        "codebook": [
            {"code": "money", "label": "Money", "kind": "challenge", "domain": "resources", "active": "yes"},
            {"code": "trust", "label": "Trust", "kind": "challenge", "domain": "relations"},
            {"code": "meetings", "label": "Meetings", "kind": "practice", "domain": "relations"},
        ],
        "codings": [
            {"segment": f"{who}-{code}", "code": code, "coder": coder, "valence": valence}
            for who, by_code in CODED.items()
            for code, valences in zip(CODES, by_code, strict=True)
            for coder, valence in zip(CODERS, valences, strict=True)
            if valence
        ],
        "coders": [{"coder": c, "label": c.capitalize(), "kind": "human", "date": "2012-03-01"} for c in CODERS],
        "assignments": [(coder, f"i-{who}") for coder, (_, who, _) in product(CODERS, PEOPLE)],
        "attributes": [
            {"attribute": "legal", "label": "Legal form", "theme": "governance", "type": "category"}
            | {"allowed": "charity;company"},
            {"attribute": "founded", "label": "Founded", "theme": "context", "type": "year"},
        ],
        "site_attributes": [
            {"site": "north", "attribute": "legal", "value": "charity", "basis": "explicit", "source_refs": "i-n1"},
            {"site": "south", "attribute": "legal", "value": "company", "basis": "explicit"},
            {"site": "north", "attribute": "founded", "value": "1999", "year": "1999"},
        ],
    }


def write_tiny(folder: Path) -> Path:
    """Write the tiny cohort into `folder`; see the fixture `tiny`."""
    themes = {"governance": ["money"], "leadership": ["trust"]}
    return write_cohort(folder, settings_for("tiny", plan={"k": 2, "m": 2, "themes": themes}), _tiny_tables())


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    """Return the folder of the tiny cohort, freshly written, to be spoiled at will."""
    return write_tiny(tmp_path / "tiny")


@pytest.fixture
def tiny(tiny_folder: Path):
    """Return the tiny cohort, loaded.

    Informants (group c = clinicians, p = patients) and what the majority of three coders settles:

    site    informants      money                          trust                        meetings
    north   n1 c, n2 p, n3 c  n1, n2 challenge; n3 barrier   n1 barrier                   n1 strategy; n2 contested
    south   s1 c, s2 p        s1, s2 challenge               s1 challenge                 s2 neutral
    east    e1 c, e2 p        e1 challenge; e2 not_here      e2 strategy                  e1 facilitator

    Under its plan (j = 1, k = 2, m = 2) money is a present difficulty at north and south only.
    """
    return load_cohort(tiny_folder)


# ---- cohorts from a few statements --------------------------------------------------------------------------------


def _statement(number: int, told: tuple, level: str, synthetic: bool) -> dict:
    """Return one statement as a row with every cell the tables need; a dict at the end of `told` overrides."""
    *told, extra = told if isinstance(told[-1], dict) else (*told, {})
    names = ("site", "informant", "group", "code", "valence")
    row = dict.fromkeys(names, "") | dict(zip(names, told, strict=False))
    source = "-".join(str(part) for part in (row["site"], row["informant"], extra.get("wave")) if part)
    row |= {"source": source, "source_site": row["site"], "segment": f"t{number}" if row["code"] else ""}
    row |= {"coder": "ana", "round": "independent"}
    row |= {"kind": "interview" if level == "informant" else "document"}
    row |= {"text": f"{row['informant']} on {row['code']}.", "text_kind": "synthetic" if synthetic else "paraphrase"}
    return {key: str(value) for key, value in {**row, "scope": "site", "basis": "explicit", **extra}.items()}


def _first_of(rows: list[dict], key: str) -> list[dict]:
    """Return the first row for each value of `key`."""
    return list({row[key]: row for row in rows[::-1]}.values())[::-1]


def _names(rows: list[dict], key: str) -> list[str]:
    return list(dict.fromkeys(row[key] for row in rows if row[key]))


def _cut(rows: list[dict], table: str, without: tuple = ()) -> list[dict]:
    names = [name for name in TABLES[table].names if name not in without]
    return [{name: row[name] for name in names if name in row} for row in rows]


def _read_by(coded: list[dict], sources: list[str]) -> list[tuple]:
    """Every independent coder read every source; in other rounds only what they coded."""
    independent = [row for row in coded if row["round"] == "independent"]
    further = [(row["coder"], row["source"], row["round"]) for row in coded if row["round"] != "independent"]
    return list(dict.fromkeys([*product(_names(independent, "coder"), sources, ["independent"]), *further]))


def _tables_of(rows: list[dict], codes: list | dict | None, sites: list | None) -> dict[str, list]:
    coded = [row for row in rows if row["code"]]
    codes = codes or _names(coded, "code")
    kinds = codes if isinstance(codes, dict) else dict.fromkeys(codes, "challenge")
    sources = [{**row, "site": row["source_site"]} for row in _first_of(rows, "source")]
    return {
        "sites": [(site, site[:1].upper() + site[1:]) for site in sites or _names(rows, "site")],
        "sources": _cut(sources, "sources", without=("year", "note")),
        "segments": _cut(_first_of([row for row in rows if row["segment"]], "segment"), "segments"),
        "codebook": [{"code": code, "label": code.capitalize(), "kind": kind} for code, kind in kinds.items()],
        "codings": _cut(coded, "codings"),
        "coders": [(coder, coder.capitalize(), "human") for coder in _names(coded, "coder")],
        "assignments": _read_by(coded, _names(rows, "source")),
    }


@pytest.fixture
def make_cohort(tmp_path: Path):
    """Return a function that builds a cohort from a few statements, through real files and the loader.

    make_cohort(statements, plan=None, evidence_level="informant", synthetic=True, codes=None, sites=None,
                settings=None, **tables)

    statements       (site, informant, group, code, valence), optionally with a dict at the end
        A tuple that stops after the group is an informant who was heard; with a `segment` in its dict, one who said
        something that nobody coded.
        Every tuple is a segment of its own unless the dict names its `segment`: codings of one segment by several
        coders, or under several codes, share it. An informant has one source per site and wave.
        The dict may hold any column of `segments`, `codings` or `sources` (coder, segment, round, about_group, pole,
        scope, basis, checked, year, speaker, text, module; source, wave), and `source_site` if the source's site is
        not the statement's (`""` for a source on several sites). Its year is the statement's.
        Otherwise: coder `ana`, round `independent`, scope `site`, basis `explicit`, undated.
    plan             changes of the plan, such as `{"k": 1, "m": 1}`
    codes            the codebook's codes in order, or `{code: kind}`; otherwise those of the statements, as challenges
    sites            the sites in order; otherwise in the order of the statements
    settings         changes of cohort.toml, such as `{"aliases": [...]}`
    tables           further tables, or replacements: `site_attributes=[{...}]`, `assignments=[(coder, source)]`;
                     `assignments=None` leaves that table out

    Every coder read every source, unless `assignments` says otherwise. So two coders of whom one gives a code are no
    majority:

        cohort = make_cohort([
            ("north", "n1", "clinicians", "money", "challenge", {"segment": "a", "coder": "ana"}),
            ("north", "n1", "clinicians", "money", "challenge", {"segment": "a", "coder": "ben"}),
            ("north", "n2", "patients", "money", "challenge", {"coder": "ana"}),
            ("south", "s1", "patients"),
        ])  # money is raised by n1 only, at a site where two were heard
    """
    folders = (tmp_path / f"made-{number}" for number in count(1))

    def make(
        statements,
        plan=None,
        evidence_level="informant",
        synthetic=True,
        codes=None,
        sites=None,
        settings=None,
        **tables,
    ):
        rows = [_statement(n, tuple(told), evidence_level, synthetic) for n, told in enumerate(statements, 1)]
        groups = {group: group.capitalize() for group in _names(rows, "group")}
        about = {**groups, **{g: g.capitalize() for row in rows for g in row.get("about_group", "").split(";") if g}}
        level = {"evidence_level": evidence_level, "synthetic": synthetic}
        given = settings_for("made", plan=plan or {}, groups=groups, about_groups=about, **level, **(settings or {}))
        written = {**_tables_of(rows, codes, sites), **tables}
        return load_cohort(write_cohort(next(folders), given, {k: v for k, v in written.items() if v is not None}))

    return make
