"""How often each coder misses a challenge that is there, and sees one that is not.

Only a settled answer can show it: a consensus, or a human reader beside a model. Coders who merely differ do not show
who is right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import active_codes, assigned, eligible, in_reading, resolve_codings, uncoded, voices, wilson

MODELS = "agreement among model coders is consistency, not validity: no human reader settled any source"
NOBODY = (
    "no source was settled in a round `consensus` by other than models, and none that a model coder read was read by a "
    "human coder: coders who differ do not show who is right"
)
ERRORS = ["code", "coder", "sensitivity", "sensitivity_lo", "sensitivity_hi", "found", "positives"]
ERRORS += ["specificity", "specificity_lo", "specificity_hi", "false", "negatives", "source", "method"]
ERRORS += ["status", "reason"]
COUNTED = ["found", "positives", "false", "negatives"]
MEASURED = (("sensitivity", "found", "positives"), ("specificity", "right", "negatives"))


class Reference(NamedTuple):
    """The answers that codings are held against: where they come from, for which sources, and who is measured."""

    origin: str  # "consensus", "human reader", or "" where there is none
    answers: pd.DataFrame  # as from `resolve_codings`
    readers: pd.DataFrame  # coder, source: the independent readings to be measured
    reason: str  # why there is nothing to measure, or ""


def _who_read(cohort: Cohort) -> pd.DataFrame:
    """Return who read what in which round, with the kind of coder, in the plan's wave."""
    settled = cohort.codings[cohort.codings["round"] == "consensus"].merge(cohort.segments[["segment", "source"]])
    read = pd.concat([assigned(cohort), settled])[["coder", "source", "round"]].drop_duplicates()
    read = read[read["source"].isin(voices(cohort)["source"])]
    return read.assign(kind=read["coder"].map(cohort.coders.set_index("coder")["kind"]))


def reference(cohort: Cohort) -> Reference:
    """Return what independent codings can be held against: the consensus, else what human coders saw."""
    read = _who_read(cohort)
    alone, human = read[read["round"] == "independent"], read[read["kind"] != "model"]
    settled = human[human["round"] == "consensus"]
    if len(settled):
        readers = alone[alone["source"].isin(settled["source"])]
        gap = "" if len(readers) else "no source settled in consensus was also read independently"
        return Reference("consensus", _coded_by(cohort, settled, "consensus"), readers, gap)
    people = alone[alone["kind"] == "human"]  # synthetic coders are alike: none of them is a measure of the others
    readers = alone[(alone["kind"] == "model") & alone["source"].isin(people["source"])]
    if len(readers):
        return Reference("human reader", _coded_by(cohort, people, "majority"), readers, "")
    reason = uncoded(cohort) or (MODELS if len(read) and human.empty else NOBODY)
    return Reference("", _coded_by(cohort, readers, "any"), readers, reason)


def _coded_by(cohort: Cohort, readers: pd.DataFrame, how: str) -> pd.DataFrame:
    """Return what the codings of these readings come to, for the challenges."""
    readers = readers[["coder", "source", "round"]]
    codings = cohort.codings[cohort.codings["code"].isin(active_codes(cohort, "challenge"))]
    sources = codings["segment"].map(cohort.segments.set_index("segment")["source"])
    given = pd.MultiIndex.from_arrays([codings["coder"], sources, codings["round"]])
    theirs = given.isin(pd.MultiIndex.from_frame(readers))
    return resolve_codings(cohort.with_tables(codings=codings[theirs], assignments=readers), how)


def _marks(answers: pd.DataFrame, segments: pd.Index, codes: list[str]) -> np.ndarray:
    """Return segments x codes: True where the code is given."""
    places = segments.get_indexer(answers["segment"]), pd.Index(codes).get_indexer(answers["code"])
    known = (places[0] >= 0) & (places[1] >= 0)
    marks = np.zeros((len(segments), len(codes)), bool)
    marks[places[0][known], places[1][known]] = True
    return marks


def given_in(reading: str, answers: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the answers whose valence belongs to a reading."""
    return answers[in_reading(answers["valence"], reading, cohort)]


def _counts(cohort: Cohort, reading: str, against: Reference) -> pd.DataFrame:
    """Return per code and coder what was there and found, what was not there and given; "" stands for all."""
    codes, spoken = active_codes(cohort, "challenge"), eligible(cohort)
    segments = pd.Index(spoken["segment"])
    true, tables = _marks(given_in(reading, against.answers, cohort), segments, codes), []
    for coder, readers in against.readers.groupby("coder"):
        read = spoken["source"].isin(readers["source"]).to_numpy(bool)
        given = _marks(given_in(reading, _coded_by(cohort, readers, "any"), cohort), segments, codes)[read]
        there = true[read]
        sums = [s.sum(0) for s in (there & given, there, given & ~there, ~there)]
        tables.append(pd.DataFrame(dict(zip(COUNTED, sums, strict=True))).assign(code=codes, coder=coder))
    table = pd.concat(tables)
    every = [table, table.assign(coder=""), table.assign(code=""), table.assign(code="", coder="")]
    table = pd.concat(every).groupby(["code", "coder"])[COUNTED].sum()
    coders = [c for c in cohort.coders["coder"] if c in set(against.readers["coder"])]
    return table.reindex(pd.MultiIndex.from_product([["", *codes], ["", *coders]], names=table.index.names))


def errors_against(cohort: Cohort, reading: str, against: Reference) -> pd.DataFrame:
    """Return the table of `coding_errors`, its first row over all challenges and coders."""
    if against.reason:
        blank = dict.fromkeys(ERRORS, np.nan) | {"code": "", "coder": "", "source": "", "method": ""}
        blank |= dict.fromkeys(COUNTED, 0) | {"status": "not_assessable", "reason": against.reason}
        return pd.DataFrame([blank])[ERRORS]
    table = _counts(cohort, reading, against).reset_index()
    table["right"] = table["negatives"] - table["false"]
    for name, part, whole in MEASURED:
        table[name] = (table[part] / table[whole]).where(table[whole] > 0)
        bounds = [wilson(int(x), int(n), cohort.plan.ci_level) for x, n in zip(table[part], table[whole], strict=True)]
        table[f"{name}_lo"], table[f"{name}_hi"] = zip(*bounds, strict=True)
    none = {"positives": "none of these segments shows it", "negatives": "every one of these segments shows it"}
    table["reason"] = [next((why for c, why in none.items() if not getattr(r, c)), "") for r in table.itertuples()]
    table["status"] = np.where(table["reason"] == "", "ok", "not_estimable")
    method = f"segments read independently against the {against.origin}; Wilson {cohort.plan.ci_level:.0%}"
    return table.assign(source=against.origin, method=method)[ERRORS]


def coding_errors(cohort: Cohort, reading: str = "difficulty") -> pd.DataFrame:
    """Say how often each coder misses a challenge that is there, and sees one that is not.

    Parameters
    ----------
    cohort : Cohort
    reading : {"difficulty", "documented"}
        What counts as giving the code.

    Returns
    -------
    DataFrame
        code, coder ("" = all; the first row is over all challenges and coders), sensitivity with sensitivity_lo and
        sensitivity_hi (found / positives: of the segments that show the code, how many the coder marked), specificity
        with its bounds (of the negatives, how many were left unmarked; false = marked all the same), source
        (`consensus` or `human reader`: what the codings are held against), method, status, reason. One row with the
        reason where nothing can be measured: no source was settled in a round `consensus` by other than model coders,
        and none that a model coder read was read by a human coder.

    Notes
    -----
    A consensus reached by the same coders does not show what all of them overlooked: both rates are then upper
    bounds. The Wilson intervals take segments as independent.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> coding_errors(load_cohort("template"))["status"].tolist()
    ['not_assessable']
    """
    return errors_against(cohort, reading, reference(cohort))
