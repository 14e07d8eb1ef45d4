"""Links that somebody states: in the words of informants, and in the study that this project starts from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.reference import load_reference
from ..evidence import eligible
from .pairs import interdependence, told_together

KEYS = ["from_code", "to_code", "relation"]
COLUMNS = [*KEYS, "statements", "informants", "sites", "back", "lift", "p_adjusted", "together"]
PUBLISHED = ["link", "from_code", "to_code", "relation", "explicit", "statement", "estimate", "lo", "hi", "lift", "n"]
PUBLISHED += ["p_adjusted", "said", "said_otherwise", "verdict", "method", "status", "reason"]

VERDICTS = ("told together and said", "told together", "said", "neither", "not beyond chance", "not assessable")
UNLINKED = "whether anybody says so was not coded"


def _said(cohort: Cohort) -> pd.DataFrame:
    """Return the links stated on segments that count as evidence. Count segments, not rows: several coders may give
    one link."""
    turns = eligible(cohort)[["segment", "site", "informant"]]
    return cohort.links[["segment", *KEYS]].merge(turns, on="segment")


def _pair(table: pd.DataFrame, one: str, other: str) -> list[frozenset]:
    return [frozenset(pair) for pair in zip(table[one], table[other], strict=True)]


def _beside(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return for each row (from_code, to_code) the row of the pair in `found`; blank where it was not paired."""
    known = found.assign(pair=_pair(found, "code_1", "code_2")).set_index("pair")
    return known.reindex(_pair(table, "from_code", "to_code")).set_index(table.index)


def links(cohort: Cohort, found: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return who says that one challenge acts on another, and whether the two are also told together.

    Parameters
    ----------
    cohort : Cohort
    found : DataFrame, optional
        From `interdependence`; computed if not given.

    Returns
    -------
    DataFrame
        One row per link and relation, the most stated first: from_code, to_code, relation, statements (segments),
        informants, sites (names, `;`), back (statements of the same relation in the other direction), lift and
        p_adjusted of the pair, together (`yes`, `no`, `not assessable`). Empty if the cohort has no table `links`.

    Notes
    -----
    A link counts if one coder gave it, on a segment that counts as evidence. It is what an informant says, not what
    is the case.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> links(load_cohort("teaching").with_plan(B=99))[["from_code", "to_code", "statements"]].values.tolist()[0]
    ['resource_capacity', 'sustaining_participation', 12]
    """
    said = _said(cohort)
    if said.empty:
        return pd.DataFrame(columns=COLUMNS)
    found = interdependence(cohort) if found is None else found
    names = cohort.sites.set_index("site")["name"]
    parts = said.groupby(KEYS, sort=False)
    table = parts.agg(statements=("segment", "nunique"), informants=("informant", "nunique")).reset_index()
    where = parts["site"].agg(set).tolist()
    table["sites"] = ["; ".join(name for site, name in names.items() if site in at) for at in where]
    counts = table.set_index(KEYS)["statements"]
    table["back"] = [int(counts.get((r.to_code, r.from_code, r.relation), 0)) for r in table.itertuples()]
    beside = _beside(table, found)
    judged = [beside["status"].eq("ok") & told_together(beside, cohort), beside["status"].eq("ok")]
    table = table.assign(lift=beside["lift"], p_adjusted=beside["p_adjusted"])
    table["together"] = np.select(judged, ["yes", "no"], "not assessable")
    order = ["statements", *KEYS]
    return table.sort_values(order, ascending=[False, True, True, True], ignore_index=True)[COLUMNS]


def _counted_said(said: pd.DataFrame, link) -> tuple[int, int]:
    """Return in how many segments a published link is stated, and in how many another link between the two codes."""
    pair = said[
        said["from_code"].isin([link.from_code, link.to_code]) & said["to_code"].isin([link.from_code, link.to_code])
    ]
    same = (pair["from_code"] == link.from_code) & (pair["to_code"] == link.to_code)
    same &= (pair["relation"] == link.relation) | (link.relation == "either")
    return pair.loc[same, "segment"].nunique(), pair.loc[~same, "segment"].nunique()


def _verdict(ok: bool, together: bool, said: bool, linked: bool) -> str:
    """Return what the data say of one published link."""
    if together:
        return "told together and said" if said else "told together"
    if said:
        return "said"
    if not ok:
        return "not assessable"
    return "neither" if linked else "not beyond chance"


def _why(link, pair, codes: set[str], linked: bool) -> str:
    """Return what could not be judged about a link, and why."""
    missing = [code.replace("_", " ") for code in (link.from_code, link.to_code) if code not in codes]
    if missing:
        return f"not among the challenges of this cohort: {', '.join(missing)}"
    reasons = [] if pair.status == "ok" else [pair.reason if isinstance(pair.reason, str) else "kin are not paired"]
    return "; ".join([*reasons, *([] if linked else [UNLINKED])])


def published_links(
    cohort: Cohort, found: pd.DataFrame | None = None, published: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Set the links that the published study states beside what these data show; no verdict is on causes.

    Parameters
    ----------
    cohort : Cohort
    found : DataFrame, optional
        From `interdependence`; computed if not given.
    published : DataFrame, optional
        Columns of the reference table `links`; by default those of `load_reference`.

    Returns
    -------
    DataFrame
        One row per published link, in published order: link, from_code, to_code, relation, explicit, statement;
        estimate (c-coefficient of the pair), lo, hi (missing), lift, n (segments), p_adjusted; said (segments that
        state the link in this direction with this relation; with any, if the study leaves it open), said_otherwise
        (other direction or relation; both missing where no link was coded); verdict (one of `VERDICTS`), method, status
        (`ok` if the pair was tested, or if somebody states the link), reason (what could not be judged).

    Notes
    -----
    *Told together*: the pair meets on segments more often than chance has it (adjusted p). That has no direction, and
    the same challenges could be told together for any reason. *Not beyond chance*: nor is it known whether anybody
    says so. *Neither* does not refute a link: informants may not
    have been asked, or may take it for granted.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> set(published_links(load_cohort("alignment-teaching"))["verdict"])
    {'not assessable'}
    """
    published = load_reference().links if published is None else published
    found = interdependence(cohort) if found is None else found
    said, codes, linked = _said(cohort), {*found["code_1"], *found["code_2"]}, len(cohort.links) > 0
    table = published.reset_index(drop=True)
    beside = _beside(table, found)
    ok, together = beside["status"].eq("ok"), told_together(beside, cohort)
    counts = [_counted_said(said, link) for link in table.itertuples()]
    said_so, otherwise = np.array(counts, int).reshape(-1, 2).T
    rows = zip(ok, together, said_so > 0, strict=True)
    table["verdict"] = [_verdict(*row, linked) for row in rows]
    pairs = zip(table.itertuples(), beside.itertuples(), strict=True)
    table["reason"] = [_why(link, pair, codes, linked) for link, pair in pairs]
    table["status"] = np.where(table["verdict"] == "not assessable", "not_assessable", "ok")
    numbers = {name: beside[name] for name in ("estimate", "lo", "hi", "lift", "p_adjusted")}
    n = beside["n"].fillna(0).astype(int)
    for name, times in (("said", said_so), ("said_otherwise", otherwise)):
        # where nobody coded links, none is not 0
        table[name] = pd.array(times if linked else [pd.NA] * len(table), dtype="Int64")
    return table.assign(**numbers, n=n, method="co-occurrence on segments, and stated links")[PUBLISHED]
