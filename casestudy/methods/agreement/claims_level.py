"""Agreement where the claim is made: on who raises a challenge, on the matrix of presence, on the verdicts.

Coders who part on one segment in fifty may still agree on every claim, and coders who part on one in a thousand may
not: a claim that rests on any mention gives each stray coding its full weight."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..commonality import presence
from ..evidence import active_codes, classify, eligible, in_reading
from .coefficients import percent_of
from .tables import resampled_alphas
from .units import explained, gap_in, given_codes, method_said, per_source, percentiles, read_by, readers_of

CLAIMS = ("common", "widespread")
NO_EVIDENCE = ("not_assessable", "nothing in the sources read twice counts as evidence under the plan")


def _word(cohort: Cohort, n: int = 2) -> str:
    return ("interview" if cohort.evidence_level == "informant" else "document") + ("s" if n != 1 else "")


def _evidence_read(cohort: Cohort) -> tuple[pd.DataFrame, tuple[str, str]]:
    """Return who read which segment that counts as evidence, and whether there is any that two were to read."""
    read = read_by(cohort)
    counted = read[read.index.isin(eligible(cohort)["segment"])]
    return counted, gap_in(cohort, read) if len(counted) or read.empty else NO_EVIDENCE


def _spoken(cohort: Cohort, read: pd.DataFrame, codes: list[str], reading: str) -> tuple[np.ndarray, pd.DataFrame]:
    """Return codes x sources x coders, the statements of a reading that each coder found; and who read each source.

    The sources go by the first of their segments.
    """
    said = cohort.with_tables(codings=cohort.codings[in_reading(cohort.codings["valence"], reading, cohort)])
    source = cohort.segments.set_index("segment")["source"].reindex(read.index)
    number = pd.factorize(source)[0]
    counts = [per_source(given, number) for given in given_codes(said, read, codes)]
    readers = read[~source.duplicated()]
    return np.reshape(counts, (len(codes), *readers.shape)), readers


def informant_agreement(
    cohort: Cohort, j: int | None = None, reading: str = "difficulty", kind: str | None = "challenge"
) -> pd.DataFrame:
    """Return agreement on whether an informant raises a code, over the sources that two or more coders read.

    Parameters
    ----------
    cohort : Cohort
    j : int, optional
        Statements that a source needs to count as raising the code. Default: 1, 2 and the plan's, one after another.
    reading : {"difficulty", "documented"}
        As for `raised`.
    kind : str or None
        Kind of code; None for all.

    Returns
    -------
    DataFrame
        code, label, j, positive (sources that any coder has raise the code), percent, estimate (Krippendorff's alpha,
        nominal), lo, hi, n (sources read twice), method, status, reason. In the order of j, then of the codebook.

    Notes
    -----
    The unit is a source and the rating is whether one coder's codings make it raise the code; only statements that
    count as evidence enter. Compare it with `agreement_by_code`, whose unit is the segment. The interval draws sources
    within their site.

    >>> from casestudy import load_cohort
    >>> informant_agreement(load_cohort("template"))["j"].unique().tolist()
    [1, 2]
    """
    plan, codes, (read, gap) = cohort.plan, active_codes(cohort, kind), _evidence_read(cohort)
    counts, readers = _spoken(cohort, read, codes, reading)
    coders, tables = readers.to_numpy(bool).sum(1), []
    for least in (j,) if j else sorted({1, 2, plan.j}):
        positive = (counts >= least).sum(2)
        table = cohort.codebook.set_index("code").loc[codes, ["label"]].reset_index().assign(j=least)
        table["positive"] = (positive > 0).sum(1)
        table["percent"] = [percent_of(np.stack([coders - yes, yes], axis=-1)) for yes in positive]
        alphas = resampled_alphas(cohort, readers.index, coders, positive)
        table["estimate"], (table["lo"], table["hi"]) = alphas[0], percentiles(alphas, plan.ci_level)
        table["n"] = len(readers)
        statistic = f"Krippendorff's alpha on whether the {_word(cohort, 1)} raises the code with {least} or more"
        table["method"] = method_said(cohort, f"{statistic} statements ({reading})")
        none, every = (f"by every coder's reading {n} {_word(cohort, 1)} raises it" for n in ("no", "every"))
        said = [explained(gap, r.estimate, r.lo, r.hi, every if r.positive else none) for r in table.itertuples()]
        table["status"], table["reason"] = zip(*said, strict=True) if said else ([], [])
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


# Readings are rows of coder, source and round: who read what.
def _as_read(cohort: Cohort, readings: pd.DataFrame) -> Cohort:
    """Return the cohort as if only these readings had been made, settled by majority."""
    held = _within(cohort, readings["source"])
    about = held.segments.set_index("segment")["source"]
    codings = held.codings[held.codings["round"] == "independent"]
    made = pd.MultiIndex.from_frame(readings[["coder", "source"]])
    kept = pd.MultiIndex.from_arrays([codings["coder"], codings["segment"].map(about)]).isin(made)
    return held.with_tables(codings=codings[kept], assignments=readings).with_plan(resolve="majority")


def _within(cohort: Cohort, sources: pd.Series) -> Cohort:
    """Return the cohort without the other sources."""
    segments = cohort.segments[cohort.segments["source"].isin(sources)]
    return cohort.with_tables(
        sources=cohort.sources[cohort.sources["source"].isin(sources)],
        segments=segments,
        codings=cohort.codings[cohort.codings["segment"].isin(segments["segment"])],
    )


def _present(cohort: Cohort, reading: str, kind: str | None) -> pd.Series:
    """Return per code and site whether the code is present; cells that cannot be judged are left out."""
    cells = presence(cohort, reading)
    cells = cells[cells["code"].isin(active_codes(cohort, kind)) & cells["status"].eq("ok")]
    return cells.set_index(["code", "site"])["present"].astype(bool)


def _compared(cohort: Cohort, one: pd.DataFrame, others: pd.DataFrame, reading: str, kind: str | None) -> dict:
    """Return the agreement of two sets of readings of the same sources on the matrix."""
    first, second = (_present(_as_read(cohort, readings), reading, kind) for readings in (one, others))
    both = first.index.intersection(second.index, sort=False)
    first, second, shared = first[both], second[both], one["source"].nunique()
    plan, alike = cohort.plan, int((first == second).sum())
    none = f"no cell can be judged on the {shared} {_word(cohort, shared)} in common: the rule needs k = {plan.k}"
    return {
        "sources": shared,
        "n": len(both),
        "alike": alike,
        "percent": alike / len(both) if len(both) else np.nan,
        "only_coder": _cells(both[first & ~second]),
        "only_others": _cells(both[second & ~first]),
        "status": "ok" if len(both) else "not_assessable",
        "reason": "" if len(both) else f"{none} and m = {plan.m} at a site",
    }


def _cells(cells: pd.MultiIndex) -> str:
    return "; ".join(f"{code} at {site}" for code, site in cells)


def matrix_agreement(cohort: Cohort, reading: str = "difficulty", kind: str | None = "challenge") -> pd.DataFrame:
    """Return how far each coder alone and the others fill the matrix of sites by codes alike.

    Parameters
    ----------
    cohort, reading, kind
        As for `informant_agreement`.

    Returns
    -------
    DataFrame
        coder, others (`;`), sources (read by the coder and by one of the others: nothing else is compared), n (cells
        that can be judged on these), alike, percent (alike / n), only_coder and only_others (cells present by one
        reading alone, as `code at site`), method, status, reason. The first row (`first reader`) sets one reading of
        every source against another one, whoever made them: it is the only one that uses all sources read twice.

    Notes
    -----
    Presence follows the plan's j, k and m, which are counts: on few sources in common few cells can be judged. Several
    others are settled by majority. No interval: cells of one site rest on the same voices.

    >>> from casestudy import load_cohort
    >>> matrix_agreement(load_cohort("template")).columns[:3].tolist()
    ['coder', 'others', 'sources']
    """
    readers, plan, rows = readers_of(cohort).drop_duplicates(), cohort.plan, []
    twice = readers[readers["source"].duplicated(keep=False)]
    for coder in _in_order(cohort, twice["coder"]) if len(twice) else []:
        own = twice[twice["coder"] == coder]
        others = twice[twice["source"].isin(own["source"]) & (twice["coder"] != coder)]
        names = ";".join(_in_order(cohort, others["coder"]))
        rows.append({"coder": coder, "others": names, **_compared(cohort, own, others, reading, kind)})
    if rows:
        turn = twice.groupby("source").cumcount()
        pair = _compared(cohort, twice[turn == 0], twice[turn == 1], reading, kind)
        rows.insert(0, {"coder": "first reader", "others": "second reader", **pair})
    columns = ["coder", "others", "sources", "n", "alike", "percent", "only_coder", "only_others", "status", "reason"]
    if not rows:
        status, reason = gap_in(cohort, read_by(cohort))
        rows = [dict.fromkeys(columns, "") | {"sources": 0, "n": 0, "alike": 0, "percent": np.nan, "status": status}
                | {"reason": reason}]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table.insert(8, "method", f"presence ({reading}) with j={plan.j}, k={plan.k}, m={plan.m} on the sources in common")
    return table


def _in_order(cohort: Cohort, coders: pd.Series) -> list[str]:
    """Return the coders that occur, in the order of the table `coders`; those it lacks come last."""
    known = [coder for coder in cohort.coders["coder"] if coder in set(coders)]
    return [*known, *sorted(set(coders) - set(known))]


def _classes(cohort: Cohort, reading: str, kind: str | None) -> pd.DataFrame:
    """Return per code the class and the number of sites that can be judged."""
    found = _present(cohort, reading, kind).groupby(level="code").agg(["sum", "size"])
    found = found.reindex(active_codes(cohort, kind), fill_value=0).astype(int)
    return pd.DataFrame({"class": [classify(*row) for row in found.to_numpy()], "sites": found["size"]}, found.index)


def _reason_alone(row, n: int, several: bool, word: str) -> str:
    """Say why a verdict of one coder alone cannot be compared, or what a difference is owed to."""
    if not several:
        return "nobody else read what this coder read: the plan's reading is this coder's"
    if row.class_alone == "not_assessable":
        at = f"{row.sites_assessable} site{'s' if row.sites_assessable != 1 else ''}"
        return f"this coder read {n} {word}, on which {at} can be judged: nothing can be common"
    if row.class_alone == row.class_plan:
        return ""
    if row.class_alone == row.class_same:
        return f"the same by the plan's reading of these {n} {word}: fewer were read, none otherwise"
    return f"{row.class_same} by the plan's reading of the same {n} {word}: this coder reads them otherwise"


def single_coder_verdicts(cohort: Cohort, reading: str = "difficulty", kind: str | None = "challenge") -> pd.DataFrame:
    """Return the verdict on every code by each coder's codings alone, and which claims would flip.

    Parameters
    ----------
    cohort, reading, kind
        As for `informant_agreement`.

    Returns
    -------
    DataFrame
        coder, code, label, class_alone (from what this coder read, as this coder coded it), class_same (the plan's
        reading of the same sources), class_plan (the verdict as planned), flips (class_alone differs from both, and it
        or class_plan is a claim: `common` or `widespread`; missing where it cannot be judged), sources (that the
        coder read), sites_assessable (on these), status, reason: what any difference is owed to.

    Notes
    -----
    A coder who read a quarter of the sources finds fewer voices than the plan's k asks for, however they code. That is
    no flip: the plan's reading of the same sources comes to the same class.

    >>> from casestudy import load_cohort
    >>> single_coder_verdicts(load_cohort("template"))["coder"].unique().tolist()
    ['c1', 'c2', 'c3']
    """
    readers, tables = readers_of(cohort).drop_duplicates(), []
    planned, labels = _classes(cohort, reading, kind)["class"], cohort.codebook.set_index("code")["label"]
    for coder in _in_order(cohort, readers["coder"]) if len(readers) else []:
        own = readers[readers["coder"] == coder]
        alone = _classes(_as_read(cohort, own), reading, kind)
        table = pd.DataFrame({"coder": coder, "label": labels.reindex(alone.index), "class_alone": alone["class"]})
        table["class_same"] = _classes(_within(cohort, own["source"]), reading, kind)["class"]
        table["class_plan"] = planned
        either = table["class_alone"].isin(CLAIMS) | planned.isin(CLAIMS)
        differs = table["class_alone"].ne(planned) & table["class_alone"].ne(table["class_same"])
        several = readers.loc[readers["coder"] != coder, "source"].isin(own["source"]).any()
        judged = several & (table["class_alone"] != "not_assessable")
        table["flips"] = (either & differs).astype("boolean").where(judged)
        table["sources"], table["sites_assessable"] = (n := own["source"].nunique()), alone["sites"]
        table["status"] = np.where(judged, "ok", "not_assessable")
        table["reason"] = [_reason_alone(row, n, several, _word(cohort, n)) for row in table.itertuples()]
        tables.append(table.rename_axis("code").reset_index())
    columns = ["coder", "code", "label", "class_alone", "class_same", "class_plan", "flips", "sources"]
    columns += ["sites_assessable", "status", "reason"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else _nobody(cohort, columns)


def _nobody(cohort: Cohort, columns: list[str]) -> pd.DataFrame:
    status, reason = gap_in(cohort, read_by(cohort))
    known = {"flips": pd.NA, "sources": 0, "sites_assessable": 0, "status": status, "reason": reason}
    return pd.DataFrame([dict.fromkeys(columns, "") | known]).astype({"flips": "boolean"})
