"""What a table and a column are: the words in which the format is written down."""

from __future__ import annotations

from dataclasses import dataclass

# type -> (pattern a filled cell must match, how to say it). Choices and lists are checked against their values.
TYPES = {
    "id": (r"[A-Za-z0-9_.\-]+", "an id of letters, digits, `_`, `.` or `-`, without spaces"),
    "ids": (r"[A-Za-z0-9_.\-]+(;[A-Za-z0-9_.\-]+)*", "ids separated by `;`, without spaces"),
    "links": (
        r"[A-Za-z0-9_.\-]+/[A-Za-z0-9_.\-]+(;[A-Za-z0-9_.\-]+/[A-Za-z0-9_.\-]+)*",
        "`cohort/site` entries separated by `;`",
    ),
    "text": (r"(?s).*", "text"),
    "choice": (r"(?s).*", "one of the listed values"),
    "integer": (r"-?[0-9]{1,9}", "a whole number"),
    "number": (r"-?[0-9]{1,15}(\.[0-9]{1,15})?", "a number with a decimal point"),
    "year": (r"[12][0-9]{3}", "a year such as 2011"),
    "years": (r"[12][0-9]{3}(-[12][0-9]{3})?", "a year or a span of years, such as 2011 or 2009-2011"),
    "date": (r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "a date such as 2011-05-31"),
    "url": (r"(https?://|doi:)[^\s<>\"]+", "an address that starts with http://, https:// or doi:"),
    "yes_no": (r"yes|no", "`yes` or `no`"),
}


@dataclass(frozen=True)
class Column:
    """One column: its name, what a cell means, its type, and what it may hold.

    `needed` columns may not be blank. `to` names the table (or, with `@`, the list in cohort.toml) whose ids a
    cell refers to.
    """

    name: str
    means: str
    type: str = "text"
    needed: bool = False
    allowed: tuple[str, ...] = ()
    to: str = ""


@dataclass(frozen=True)
class Table:
    """One table: file `<name>.csv`, its key, its columns in order, and whether a cohort must have it."""

    name: str
    means: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    needed: bool = False

    @property
    def names(self) -> list[str]:
        """Return the column names in their declared order."""
        return [column.name for column in self.columns]
