"""The cohort format, written down once: tables, columns, types, and the keys of `cohort.toml`."""

from .cases import CASES
from .claims import CLAIMS
from .coding import CODING
from .further import FURTHER
from .model import TYPES, Column, Table
from .plan import PLAN_KEYS, TOML_KEYS, Plan
from .sources import SOURCES

FORMAT = "1.0"
TABLES = {table.name: table for table in (*CASES[:1], *SOURCES, *CODING, *CASES[1:], *FURTHER, *CLAIMS)}

__all__ = ["FORMAT", "PLAN_KEYS", "TABLES", "TOML_KEYS", "TYPES", "Column", "Plan", "Table"]
