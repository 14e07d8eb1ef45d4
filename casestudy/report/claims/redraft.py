"""Drafting a ledger again: what a person decided stays, and nobody ever sees half a ledger."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from ...cohort.cohort import Cohort
from .computed import Computed
from .drafting import as_frames, made_claims

SAME = ("kind", "reading", "code", "group")  # what makes two claims one and the same
DECIDED = ("confidence_final", "reason", "decided_by", "date")


def redraft(cohort: Cohort, computed: Computed | None = None) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Draft the ledger of a cohort anew and keep what a person decided in the one it has.

    Returns
    -------
    claims, claim_evidence : DataFrame
        A claim keeps its key, and while its verdict is the same the final confidence with reason, name and date. A
        withdrawn claim stays withdrawn.
    notes : list of str
        What did not stay: claims no longer made, and decisions on claims whose verdict changed.
    """
    computed = computed or Computed(cohort)
    old = {tuple(getattr(c, name) for name in SAME): c for c in cohort.claims.itertuples(index=False)}
    made, notes = {}, []
    for claim in made_claims(computed):
        key = tuple(getattr(claim, name) for name in SAME)
        made[key] = _kept(claim, old[key], notes) if key in old else claim
    for key, claim in old.items():
        if key not in made and claim.verdict == "withdrawn":
            made[key] = SimpleNamespace(**claim._asdict())
        elif key not in made:
            notes.append(f"claim {claim.claim} is no longer made: its verdict was {claim.verdict}")
    return *as_frames(_numbered(list(made.values()), old), computed), notes


def _kept(claim: SimpleNamespace, old, notes: list[str]) -> SimpleNamespace:
    """Return a drafted claim under its old key, with what a person decided of it."""
    if old.verdict == "withdrawn":
        return SimpleNamespace(**old._asdict())
    claim.claim = old.claim
    if claim.verdict == old.verdict:
        vars(claim).update({name: getattr(old, name) for name in DECIDED})
    elif old.confidence_final or old.reason:
        notes.append(f"claim {old.claim} was {old.verdict} and is {claim.verdict} now: decide on its confidence anew")
    return claim


def _numbered(claims: list[SimpleNamespace], old: dict) -> list[SimpleNamespace]:
    """Give every new claim a key after the highest one in use."""
    used = [int(found[1]) for claim in old.values() if (found := re.fullmatch(r"c(\d{1,6})", claim.claim))]
    number = max(used, default=0)
    for claim in claims:
        if not hasattr(claim, "claim"):
            number += 1
            claim.claim = f"c{number:02d}"
    return claims


def write_ledger(cohort: Cohort, claims: pd.DataFrame, evidence: pd.DataFrame) -> None:
    """Write both tables of a ledger into the cohort's folder, each by a rename."""
    with tempfile.TemporaryDirectory(dir=cohort.folder, prefix=".claims-") as workplace:
        for name, table in (("claims", claims), ("claim_evidence", evidence)):
            table.to_csv(Path(workplace, f"{name}.csv"), index=False, lineterminator="\n")
        for name in ("claims", "claim_evidence"):
            os.replace(Path(workplace, f"{name}.csv"), cohort.folder / f"{name}.csv")
