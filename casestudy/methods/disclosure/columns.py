"""What becomes of every column of the format in an edition for sharing. A column that nobody decided on fails a test.

Words on the method (codebook, questions, attributes) were written for readers and are kept; words on people and what
they said are kept only where somebody has to have read them before, as the quotations of the larger groups."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.schema import TABLES

KEPT, BLANK, COARSE = "kept", "blank", "coarse"  # coarse: merged, counted or withheld, see people.py and others.py
# table -> what becomes of which columns; any other word is a kind of key, for which a neutral number stands
DECIDED = {
    "sites": {KEPT: "site name region same_as", BLANK: "note"},
    "sources": {
        KEPT: "site kind wave read_extent",
        BLANK: "title publisher url licence pages n_words note",
        COARSE: "group year",
        "source": "source",
        "informant": "informant",
    },
    "segments": {
        KEPT: "site seq module speaker checked scope basis year confidence",
        BLANK: "note",
        COARSE: "text text_kind",
        "segment": "segment",
        "source": "source",
    },
    "modules": {KEPT: "module label order codes"},
    "asked": {KEPT: "module", "source": "source"},
    "codebook": {
        KEPT: "code label kind domain parent definition use_when not_when pole_a pole_b origin active",
        "segment": "example_segment",
    },
    "codings": {
        KEPT: "code coder round valence is_primary pole exemplar",
        COARSE: "about_group start end",
        "segment": "segment",
    },
    "coders": {KEPT: "coder label kind model date instructions blind", BLANK: "note"},
    "assignments": {KEPT: "coder round", "source": "source"},
    "attributes": {KEPT: "attribute label theme type allowed note"},
    "site_attributes": {
        KEPT: "site attribute wave variant value basis year",
        BLANK: "note",
        "rater": "rater",
        "source": "source_refs",
    },
    "axes": {KEPT: "axis code pole_a pole_b attribute"},
    "predictions": {KEPT: "prediction theory attribute value_high code direction source"},
    "search_terms": {KEPT: "domain code term pattern exclude", BLANK: "note"},
    "codebook_events": {
        KEPT: "event_id from_version to_version event from_codes to_codes date decided_by",
        BLANK: "rationale",
        "memo": "memo",
    },
    "memos": {KEPT: "coder code site version date", COARSE: "text", "memo": "memo"},
    "links": {KEPT: "coder from_code to_code relation", "link": "link", "segment": "segment"},
    "memberships": {
        KEPT: "site joined left",
        BLANK: "organisation recruited_by",
        COARSE: "group seat",
        "member": "member",
    },
    "factors": {KEPT: "factor label theme definition"},
    "site_factors": {KEPT: "site factor strength", "rater": "rater", "segment": "segments"},
    "survey_items": {KEPT: "item scale text reverse min max"},
    "survey_frame": {KEPT: "site wave", COARSE: "group invited responded"},
    "survey_respondents": {KEPT: "site wave", COARSE: "group", "respondent": "respondent", "panel": "panel"},
    "survey_responses": {KEPT: "item value", "respondent": "respondent"},
    "role_statements": {
        KEPT: "theme valence",
        COARSE: "group paraphrase",
        "statement": "statement",
        "source": "source",
        "evidence": "evidence",
    },
    "claims": {  # drafted anew from the edition, but for what a person decided
        KEPT: "claim kind reading code group computed_from scope sites verdict "
        "confidence_suggested confidence_final decided_by date",
        COARSE: "template reason",
    },
    "claim_evidence": {KEPT: "claim stance", "segment": "segment"},
}
DECISIONS = {
    (table, column): decision
    for table, some in DECIDED.items()
    for decision, columns in some.items()
    for column in columns.split()
}


def columns_of(table: str, decision: str) -> list[str]:
    """Return the columns of a table of which this was decided."""
    return [column for column in TABLES[table].names if DECISIONS[table, column] == decision]


def blanked(cohort: Cohort) -> Cohort:
    """Return the cohort without the cells that nobody has read with sharing in mind."""
    tables = {}
    for name, table in cohort.tables.items():
        numeric = {c: pd.NA if table[c].dtype == "Int64" else float("nan") for c in table.select_dtypes("number")}
        tables[name] = table.assign(**{column: numeric.get(column, "") for column in columns_of(name, BLANK)})
        tables[name] = tables[name].astype(table.dtypes)
    return cohort.with_tables(**tables)
