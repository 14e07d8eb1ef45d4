"""What becomes of every verdict without one site, one informant, one group or one coder."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import OWN_VOICE, active_codes, assigned, eligible, raised, uncoded, voices
from .grid import class_table
from .present import cells_of

BY = ("site", "informant", "group", "coder")
RANK = {"absent": 0, "site_specific": 1, "mixed": 2, "widespread": 3, "common": 4}
COUNTS = ["raised", "could", "groups", "heard"]


def _unit(rows: pd.DataFrame, by: str) -> pd.Series:
    """Return what each voice is left out with. A publisher goes at all its sites at once; an alliance's own voice is
    another one at each site."""
    if by != "informant":
        return rows[by]
    return rows["informant"].mask(rows["informant"] == OWN_VOICE, rows["informant"] + " at " + rows["site"])


def _passes(cells: pd.DataFrame, k: int, m: int) -> pd.DataFrame:
    """Return per row of counts whether the code is present and whether the site can be judged, as `judge_cells`."""
    judged = (cells["could"] >= k) & (cells["heard"] >= m)
    return pd.DataFrame({"present": judged & (cells["raised"] >= k) & (cells["groups"] >= m), "judged": judged})


def _gone(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each unit takes with it from each site and code: voices, raisers, and the groups it alone fills."""
    able = rows[rows["could"]]
    part = able.groupby(["unit", "site", "code", "group"], observed=True)[["raised", "could"]].sum()
    whole = part.groupby(["site", "code", "group"]).transform("sum")
    part["groups"] = (part["raised"] == whole["raised"]) & (part["raised"] > 0)
    part["heard"] = part["could"] == whole["could"]
    return part.groupby(["unit", "site", "code"])[COUNTS].sum().astype(int)


def _units(rows: pd.DataFrame, cohort: Cohort, by: str) -> list[str]:
    """Return everything that can be left out, in declared order; sites also where nobody was heard."""
    heard = rows["unit"].unique().tolist()
    declared = {"site": cohort.sites["site"].tolist(), "group": [g for g in cohort.groups if g in heard]}
    return list(dict.fromkeys([*declared.get(by, []), *heard]))


def _without_each(rows: pd.DataFrame, cohort: Cohort, by: str) -> pd.DataFrame:
    """Return present and judged (numbers of sites) per code and unit: all counts are differences of counts.

    A unit changes only the cells it speaks in, so nothing is counted again: k and m stay what the plan says.
    """
    k, m = cohort.plan.k, cohort.plan.m
    cells = cells_of(rows, cohort).set_index(["site", "code"])
    full, gone = _passes(cells, k, m).astype(int), _gone(rows)
    here = gone.droplevel("unit").index
    rest = cells.loc[here, COUNTS].set_axis(gone.index) - gone
    change = _passes(rest, k, m).astype(int) - full.loc[here].set_axis(gone.index)
    units = pd.MultiIndex.from_product([_units(rows, cohort, by), active_codes(cohort)], names=["unit", "code"])
    change = change.groupby(["unit", "code"]).sum().reindex(units, fill_value=0)
    return (change + full.groupby("code").sum().reindex(units, level="code")).reset_index()


def _without_coder(cohort: Cohort, coder: str) -> Cohort:
    """Return the cohort as if one coder had never read: their codings, and what they settled with others, are gone."""
    read = assigned(cohort)
    own = set(read.loc[(read["coder"] == coder) & (read["round"] == "independent"), "source"])
    codings = cohort.codings
    source = codings["segment"].map(cohort.segments.set_index("segment")["source"])
    drop = (codings["coder"] == coder) | (source.isin(own) & (codings["round"] == "consensus"))
    out = (read["coder"] == coder) | (read["source"].isin(own) & (read["round"] == "consensus"))
    return cohort.with_tables(codings=codings[~drop], assignments=read[~out])


def _read_voices(cohort: Cohort) -> set[tuple[str, str]]:
    """Return the voices (site, informant) of whom some coder whose codings count read at least one source."""
    rounds = ("independent", "consensus") if cohort.plan.resolve == "consensus" else ("independent",)
    read = assigned(cohort)
    read = set(read.loc[read["round"].isin(rounds), "source"])
    columns = ["source", "site", "informant"]
    pairs = pd.concat([voices(cohort)[columns], eligible(cohort)[columns]]).drop_duplicates()
    return set(pairs.loc[pairs["source"].isin(read), ["site", "informant"]].itertuples(index=False, name=None))


def raised_without_coder(cohort: Cohort, coder: str, reading: str = "difficulty") -> pd.DataFrame:
    """Return `raised` without one coder: what nobody else read is unassessed (could is False), never a zero."""
    left = _without_coder(cohort, coder)
    rows, lost = raised(left, reading), _read_voices(cohort) - _read_voices(left)
    unread = [voice in lost for voice in rows[["site", "informant"]].itertuples(index=False, name=None)]
    return rows.assign(could=rows["could"] & ~np.array(unread, bool))


def _without_coders(cohort: Cohort, reading: str) -> pd.DataFrame:
    read = assigned(cohort)
    read = read[(read["round"] == "independent") & read["source"].isin(voices(cohort)["source"])]
    tables = []
    for coder in [c for c in dict.fromkeys([*cohort.coders["coder"], *read["coder"]]) if c in set(read["coder"])]:
        cells = cells_of(raised_without_coder(cohort, coder, reading), cohort)
        found = _passes(cells, cohort.plan.k, cohort.plan.m).astype(int).groupby(cells["code"]).sum()
        nobody = bool(uncoded(_without_coder(cohort, coder)))
        tables.append((found * (not nobody)).reset_index().assign(unit=coder))
    blank = pd.DataFrame(columns=["unit", "code", "present", "judged"])
    return pd.concat(tables, ignore_index=True) if tables else blank


def leave_out(cohort: Cohort, by: str, reading: str = "difficulty", kind: str | None = "challenge") -> pd.DataFrame:
    """Return the verdict on every code without each site, informant, group or coder in turn.

    Parameters
    ----------
    cohort : Cohort
    by : {"site", "informant", "group", "coder"}
        A document cohort's informant is a publisher, left out at all its sites at once; the alliance and its funder,
        one voice, are left out site by site.
    reading : {"difficulty", "documented"}
    kind : str or None
        Kind of code; None for all.

    Returns
    -------
    DataFrame
        code, class (with everything), left_out, verdict (class then), lost (the class is weaker then), gained (it is
        stronger: what was left out kept it down; or, where sites_assessable has fallen, the site that fails can no
        longer be judged), sites_present, sites_assessable (both then), status, reason.
        lost and gained are missing where the class cannot be told, with or without.

    Notes
    -----
    The rule is counts: k and m stay as planned, however few are left, and a site left with fewer voices than k or
    fewer groups than m cannot be judged any more. Without a coder, interviews that nobody else read are unassessed,
    never zeros; those that another read count by that coder's reading, and what the coder settled with others is
    set aside too.

    A code that is common with k_star > k and m_star > m is lost by leaving out no single voice, whoever it is.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = leave_out(load_cohort("template"), "site")
    >>> bool((table["lost"].fillna(False) & table["gained"].fillna(False)).any())
    False
    """
    if by not in BY:
        raise ValueError(f"by is {by!r}; write one of {BY}")
    rows = raised(cohort, reading)
    cells, why = cells_of(rows, cohort), uncoded(cohort)
    full = _passes(cells, cohort.plan.k, cohort.plan.m).astype(int).groupby(cells["code"]).sum() * (not why)
    if by == "coder":
        table = _without_coders(cohort, reading)
    else:
        table = _without_each(rows.assign(unit=_unit(rows, by)), cohort, by)
    table = table[table["code"].isin(active_codes(cohort, kind))]
    table = table.assign(judged=table["judged"] * (not why), present=table["present"] * (not why))
    return _compared(table, full, class_table(len(cohort.sites)), why)


def _compared(table: pd.DataFrame, full: pd.DataFrame, names: np.ndarray, why: str) -> pd.DataFrame:
    """Add to the numbers of sites what they mean, beside the class with everything (`full`)."""
    whole = full.reindex(table["code"]).to_numpy(int)
    present, judged = table["present"].to_numpy(int), table["judged"].to_numpy(int)
    table = table.assign(verdict=names[present, judged], **{"class": names[whole[:, 0], whole[:, 1]]})
    now, was = table["verdict"].map(RANK).astype("Float64"), table["class"].map(RANK).astype("Float64")
    table["lost"], table["gained"] = now < was, now > was
    few = [f"{n} site{'' if n == 1 else 's'} can be judged then: nothing can be common" for n in judged]
    table["reason"] = np.where(judged > 1, "", why or few)
    table["status"] = np.where(judged > 1, "ok", "not_assessable")
    table = table.rename(columns={"unit": "left_out", "present": "sites_present", "judged": "sites_assessable"})
    columns = ["code", "class", "left_out", "verdict", "lost", "gained", "sites_present", "sites_assessable"]
    return table[[*columns, "status", "reason"]].astype({"lost": "boolean", "gained": "boolean"}).reset_index(drop=True)


def coder_site(cohort: Cohort) -> pd.DataFrame:
    """Return which coder read how much of which site, and how far coder and site go together.

    Returns
    -------
    DataFrame
        coder, site, read (sources of the site that the coder read independently, in the plan's wave), alone (those of
        them that no other coder read), n (sources of the site), estimate (Cramér's V of the whole table, the same in
        every row: 0 = every coder read every site alike, 1 = each site had its own coder), chance (what V comes to on
        average if sources are dealt out at random), method, status, reason.

    Notes
    -----
    Where one coder read a whole site alone, what the site says and how the coder reads cannot be told apart: `alone`
    equals `n`. Source of V: Cramér (1946). A source on several sites has none, and is left out.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = coder_site(load_cohort("template"))
    >>> bool((table["alone"] <= table["read"]).all())
    True
    """
    of_site = voices(cohort)[["source", "site"]].query("site != ''")
    read = assigned(cohort).query("round == 'independent'").merge(of_site, on="source")
    read = read.drop_duplicates(["coder", "source"])
    alone = read[~read["source"].duplicated(keep=False)]
    order = [c for c in dict.fromkeys([*cohort.coders["coder"], *read["coder"]]) if c in set(read["coder"])]
    keys = pd.MultiIndex.from_product([order, cohort.sites["site"]], names=["coder", "site"])
    table = pd.DataFrame(index=keys)
    for name, part in (("read", read), ("alone", alone)):
        table[name] = part.groupby(["coder", "site"]).size().reindex(keys, fill_value=0)
    table = table.reset_index()
    table["n"] = table["site"].map(of_site.groupby("site").size()).fillna(0).astype(int)
    counts = table["read"].to_numpy(float).reshape(len(order), len(cohort.sites))
    return table.assign(**_cramer(counts))


def _cramer(counts: np.ndarray) -> dict:
    """Return Cramér's V of a table of counts, blank rows and columns left out, with its mean under chance alone."""
    counts = counts[counts.sum(1) > 0][:, counts.sum(0) > 0]
    method = "Cramér's V of sources read, coder x site"
    if min(counts.shape) < 2:
        few = "one coder" if counts.shape[1] > 1 else "fewer than two sites read"
        reason = f"{few}: coder and site cannot go together more or less"
        return {"estimate": np.nan, "chance": np.nan, "method": method, "status": "not_estimable", "reason": reason}
    n, free = counts.sum(), (counts.shape[0] - 1) * (counts.shape[1] - 1)
    expected = np.outer(counts.sum(1), counts.sum(0)) / n
    smaller = n * (min(counts.shape) - 1)
    v = np.sqrt(((counts - expected) ** 2 / expected).sum() / smaller)
    chance = np.sqrt(n / (n - 1) * free / smaller)  # from the mean of chi-square with fixed margins
    return {"estimate": float(v), "chance": float(min(chance, 1)), "method": method, "status": "ok", "reason": ""}
