"""The data dictionary: the format as a page for readers, generated from the schema.

`python -m casestudy.cohort.dictionary` writes it to `data/README.md`.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from .cohort import load_cohort
from .schema import FORMAT, PLAN_KEYS, TABLES, TOML_KEYS, TYPES, Column, Plan, Table
from .schema.plan import LEVEL_DEFAULTS

PAGE = Path(__file__).resolve().parents[2] / "data" / "README.md"

IDS = {"id": "an id", "ids": "ids separated by `;`"}  # the rules of the files say what an id is
OPENING = f"""\
# Data dictionary: cohort format {FORMAT}

Generated from `casestudy/cohort/schema` by `python -m casestudy.cohort.dictionary`; change the schema, not
this page.

A **cohort** is a folder of alliances studied together with one codebook: `cohort.toml`, tables as CSV files,
a `README.md` that tells where the data come from and what their limits are, and, if you like,
`reading/NN.md`, prose about this cohort for notebook NN. `casestudy check <folder>` says what is wrong with
one, and how to mend it. `reference/` is not a cohort: it holds published findings and has its own README.

## What is counted

- A **source** is the unit of evidence: one interview or one document.
- A **segment** is one answer turn of an interview, or one statement taken from a document.
- A **coding** is one code given to one segment by one coder. Its `valence` says what the segment says of the
  code.
- A *difficulty* is a coding with a valence of challenge or barrier. A code is *documented* (in interviews:
  *raised*) by any valence but not_here. The two are never mixed, and only the first may be called a
  challenge.
- An **informant** is the voice behind sources: the person interviewed, or the publisher of documents. Breadth
  is counted in informants at sites, never in segments.

## Rules of the files

- CSV: UTF-8 (a byte order mark does no harm), commas, a header in the first row, texts with commas or line
  ends in double quotes. In a spreadsheet, save as *CSV UTF-8 (comma delimited)*.
- Only the tables and columns below, the columns in any order. An unknown name is an error that names the
  nearest valid one.
- Columns and tables that are not needed can be left out. A blank cell means *not known* or *does not apply*,
  never zero.
- Ids are made of letters, digits, `_`, `.` and `-`. Several entries in a cell are separated by `;` without
  spaces.
- The order of the rows in `sites.csv` and `codebook.csv` is the order of every table and figure.
- Real and synthetic data never share a cohort. A synthetic cohort says so in its title and README.
- In the messages, rows are lines of the file: the header is row 1.
- On loading, `segments.text` is brought to one form, so that a search finds what a reader sees: Unicode NFC,
  plain spaces for no-break ones, straight quotation marks for curly ones, plain hyphens for those that do not
  break a line, no soft hyphens or zero-width characters. The files stay as they are. Where `codings.start` and
  `codings.end` count characters of a text whose length this would change, loading says so.

## Cohorts of documents

`evidence_level = "document"` marks a cohort that was read, not heard. It differs from interviews in this:

- `sources.group` is the kind of publisher. Use the ids alliance, funder, government, news, research,
  professional and other.
- The alliance itself and its funder or programme (groups `alliance` and `funder`) are **one voice** at a
  site.
- `sources.informant` is the publisher, written as an id such as `city-business-journal`. Spellings of one
  publisher are merged only by an entry under `aliases`, with a reason.
- `segments` say what a statement speaks of (`scope`), whether the source says it outright (`basis`), whether
  a second reading bore it out (`checked`), and of which year it is (`year`). The plan says which of these
  count as evidence.
- A blank means *not in the pages we read*, not *no such challenge*.
"""

CONVENTIONS = """\
## Search terms

A term begins and ends where words do; upper and lower case are one. Each term is searched on its own.

| written | finds |
|---|---|
| `govern*` | `*` is any further letters or digits, or none: *govern*, *governing* |
| `organi?ation` | `?` is exactly one letter or digit |
| `consensus build*` | a phrase: between its words white space or hyphens |
| `cost; benefit*` | either; where both would fit, the longer phrase |
| `identif* NEAR/5 need*` | both, in either order, with at most five words between them |

What else is written stands for itself. A regular expression belongs into `pattern`. In `exclude`,
`focus group*` keeps *focus groups* from counting as a hit of `focus*`. `casestudy check` names every term
that cannot be used, with row and fix.

## Rounds of coding, and versions of the codebook

- Agreement rests on the round `independent`, findings on `independent` and `consensus`.
- A round that has the name of an earlier version in `codebook_events.csv` was coded under that version; every
  other round was coded under the last one. A code that no event names was there in all versions.
- `search_hits` is the round of coders who read only what a search returned. What the search missed there cannot
  be known, so its recall is not estimated.
- Who read what stands in `assignments.csv`, for these rounds too.

"""

PLAN_OPENING = """\
### The analysis plan

Every threshold that a result depends on stands under `[plan]`; nothing is decided in a notebook. An empty list
lets every value count. `[plan.themes]` takes lists of codes named governance, leadership, participation and partners.

"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _row(*cells: str) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _grid(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join([_row(*header), "|" + "---|" * len(header), *(_row(*row) for row in rows)]) + "\n"


def _holds(column: Column) -> str:
    """Say in words what a cell of the column may hold."""
    if column.allowed:
        return ", ".join(f"`{value}`" for value in column.allowed)
    words = IDS.get(column.type, TYPES[column.type][1])
    if column.to.startswith("@"):
        return f"{words}, listed under `{column.to[1:]}` in cohort.toml"
    return f"{words}, from `{column.to}.csv`" if column.to else words


def _table_section(table: Table) -> str:
    key = " + ".join(f"`{name}`" for name in table.key)
    needed = "Needed in every cohort." if table.needed else "Optional."
    rows = [(f"`{c.name}`", "yes" if c.needed else "", _holds(c), c.means) for c in table.columns]
    head = f"### {table.name}.csv\n\n{table.means} {needed} Key: {key}.\n\n"
    return head + _grid(("column", "needed", "holds", "meaning"), rows)


def _say(value: object) -> str:
    """Return a value as it is written in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    return "[" + ", ".join(_say(item) for item in value) + "]" if isinstance(value, tuple) else str(value)


def _default(key: str, plan: Plan) -> str:
    if key in ("set", "after_seeing_data"):
        return "none: must be given"
    if key in ("themes", "qca_rules"):
        return "none"
    if key == "j":
        return "1; in interviews 2 if `resolve` is `single` or `any`"
    document = LEVEL_DEFAULTS["document"].get(key)
    value = f"`{_say(getattr(plan, key))}`"
    return value if document is None else f"{value}; documents `{_say(document)}`"


def _settings_section() -> str:
    words = {str: "text", bool: "true or false", int: "whole number", list: "list", dict: "table"}
    rows = [
        (f"`{key}`", "yes" if needed else "", words[kind], means) for key, (kind, needed, means) in TOML_KEYS.items()
    ]
    return "## cohort.toml\n\n" + _grid(("key", "needed", "holds", "meaning"), rows)


def _plan_section() -> str:
    rows = [(f"`{f.name}`", _default(f.name, Plan()), PLAN_KEYS[f.name]) for f in fields(Plan)]
    return PLAN_OPENING + _grid(("key", "default", "meaning"), rows)


def _shipped_section(data: Path) -> str:
    cohorts = [load_cohort(path.parent) for path in sorted(data.glob("*/cohort.toml"))]
    rows = [
        (
            f"[{cohort.folder.name}]({cohort.folder.name}/README.md)",
            cohort.title,
            "interviews" if cohort.evidence_level == "informant" else "documents",
            *(str(len(cohort.tables[table])) for table in ("sites", "sources", "segments", "codings")),
        )
        for cohort in cohorts
    ]
    header = ("folder", "title", "evidence", "sites", "sources", "segments", "codings")
    return "## The cohorts here\n\n" + _grid(header, rows)


def dictionary(data: Path = PAGE.parent) -> str:
    """Return the data dictionary as Markdown.

    Parameters
    ----------
    data : Path
        The folder whose cohorts are listed.

    Returns
    -------
    str
        What the format is for, the cohorts in `data`, the rules of the files, the keys of `cohort.toml` and of the
        plan with their defaults, and every table with its columns.

    Examples
    --------
    >>> dictionary().splitlines()[0]
    '# Data dictionary: cohort format 1.0'
    """
    needed = [_table_section(table) for table in TABLES.values() if table.needed]
    optional = [_table_section(table) for table in TABLES.values() if not table.needed]
    parts = [
        OPENING,
        _shipped_section(data),
        _settings_section(),
        _plan_section(),
        CONVENTIONS.rstrip("\n") + "\n",
        "## Tables that every cohort has\n",
        *needed,
    ]
    return "\n".join([*parts, "## Optional tables\n", *optional])


if __name__ == "__main__":
    PAGE.write_text(dictionary(), encoding="utf-8", newline="\n")
