"""Whether the codebook can be applied by somebody else: what its entries lack, where they come from, its memos."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.schema.coding import KINDS
from .concepts import active_rows

# column of the codebook -> what an entry without it lacks
PARTS = {
    "label": "a label",
    "definition": "a definition",
    "use_when": "when to use it",
    "not_when": "when not to use it",
    "example_segment": "an example",
}
ORIGINS = ("deductive", "emergent")


def completeness(cohort: Cohort) -> pd.DataFrame:
    """Return for every active code which parts of a codebook entry it has, and which it lacks.

    Returns
    -------
    DataFrame
        code, kind, has_label, has_definition, has_use_when, has_not_when, has_example_segment (bool), missing (the
        parts it lacks, in words), complete (`yes` or `no`).

    Notes
    -----
    The parts are those of MacQueen, McLellan, Kay & Milstein (1998), Codebook development for team-based qualitative
    analysis. Their short and full definition are one column here: its first sentence can serve as the short one.

    >>> from casestudy import load_cohort
    >>> completeness(load_cohort("template"))["complete"].unique().tolist()
    ['yes']
    """
    codes = active_rows(cohort)
    has = codes[list(PARTS)].map(lambda cell: cell.strip() != "").astype(bool)
    lacking = [", ".join(words for part, words in PARTS.items() if not row[part]) for row in has.to_dict("records")]
    table = pd.concat([codes[["code", "kind"]], has.add_prefix("has_")], axis=1).assign(missing=lacking)
    return table.assign(complete=["no" if parts else "yes" for parts in lacking])


def emergent_share(cohort: Cohort) -> pd.DataFrame:
    """Return how many of the active codes were found in the data, and how many brought to them.

    Returns
    -------
    DataFrame
        kind (each that occurs, then `all`), deductive, emergent, unstated, n (codes that state their origin),
        estimate (share of emergent among these), status, reason. No interval: a codebook is no sample.

    >>> from casestudy import load_cohort
    >>> emergent_share(load_cohort("template"))["n"].tolist()
    [5, 1, 2, 8]
    """
    codes, rows = active_rows(cohort), []
    for kind in [*(kind for kind in KINDS if (codes["kind"] == kind).any()), "all"]:
        origin = codes.loc[codes["kind"].eq(kind) | (kind == "all"), "origin"]
        counts = [int((origin == name).sum()) for name in (*ORIGINS, "")]
        n = sum(counts[:2])
        share = counts[1] / n if n else np.nan
        open_ = f"{counts[2]} of {len(origin)} codes do not state their origin" if counts[2] else ""
        rows.append([kind, *counts, n, share, "ok" if n else "not_assessable", open_ or ("" if n else "no code")])
    columns = ["kind", *ORIGINS, "unstated", "n", "estimate", "status", "reason"]
    return pd.DataFrame(rows, columns=columns)


def memos_by_code(cohort: Cohort) -> pd.DataFrame:
    """Return the memos about codes, each beside its code.

    Returns
    -------
    DataFrame
        code, label, memo, coder, version, date, text; codes in codebook order, retired ones too, and memos in their
        own. Codes without a memo and memos about no code have no row.

    >>> from casestudy import load_cohort
    >>> memos_by_code(load_cohort("template")).columns.tolist()
    ['code', 'label', 'memo', 'coder', 'version', 'date', 'text']
    """
    columns = ["memo", "coder", "version", "date", "text"]
    found = cohort.codebook[["code", "label"]].merge(cohort.memos[["code", *columns]], on="code")
    return found[["code", "label", *columns]]
