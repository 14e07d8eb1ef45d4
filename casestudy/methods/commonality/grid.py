"""Every setting of the rule of presence at once: in which of them a code is common, and how many codes are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ..evidence import active_codes, raised, uncoded
from .common import classify
from .firmness import ways_to_settle
from .present import cells_of

J, K, M = (1, 2, 3), (1, 2, 3, 4, 5, 6), (1, 2, 3, 4)


def class_table(sites: int) -> np.ndarray:
    """Return the class of a code as a table of words: row = sites at which it is present, column = sites judged.

    >>> class_table(2)[2, 2], class_table(2)[1, 2]
    ('common', 'site_specific')
    """
    return np.array(
        [[classify(present, judged) for judged in range(sites + 1)] for present in range(sites + 1)], object
    )


def _reaching(code: np.ndarray, first: np.ndarray, second: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Return at how many sites `first` is at least k and `second` at least m, for all k and m at once: code x k x m.

    Sites are counted by where they end (largest k and m they reach), and the counts summed from the far corner: the
    order statistics of two numbers together.
    """
    at = np.zeros(shape, int)
    np.add.at(at, (code, np.minimum(first, shape[1] - 1), np.minimum(second, shape[2] - 1)), 1)
    return at[:, ::-1, ::-1].cumsum(1).cumsum(2)[:, ::-1, ::-1]


def under_all(rows: pd.DataFrame, cohort: Cohort, codes: list[str], ks: list[int], ms: list[int]) -> pd.DataFrame:
    """Return the class of each code under each k and m from who raises what (`raised`).

    Who raises a code could have raised it, so a site that passes can always be judged: two counts of sites suffice.
    """
    cells = cells_of(rows, cohort)
    cells = cells[cells["code"].isin(codes)]
    code, shape = cells["code"].map(codes.index).to_numpy(int), (len(codes), max(ks) + 1, max(ms) + 1)
    wanted = np.ix_(range(len(codes)), ks, ms)
    present = _reaching(code, cells["raised"], cells["groups"], shape)[wanted].ravel()
    judged = _reaching(code, cells["could"], cells["heard"], shape)[wanted].ravel()
    judged = judged * (not uncoded(cohort))  # where nobody looked, nothing is absent
    keys = pd.MultiIndex.from_product([codes, ks, ms], names=["code", "k", "m"]).to_frame(index=False)
    names = class_table(len(cohort.sites))[np.minimum(present, judged), judged]
    return keys.assign(sites_present=np.minimum(present, judged), sites_assessable=judged, **{"class": names})


def _readings(cohort: Cohort, reading: str) -> dict[str, pd.DataFrame]:
    """Return who raises what under each way to settle coders' differences, the plan's first; a way that comes to the
    same as one before it (more than half of two readers = all of them) is not another way."""
    found: dict[str, pd.DataFrame] = {}
    for how in [cohort.plan.resolve, *ways_to_settle(cohort)]:
        rows = raised(cohort.with_plan(resolve=how), reading)
        if not any(rows.equals(other) for other in found.values()):
            found[how] = rows
    return found


def every_setting(cohort: Cohort, reading: str = "difficulty", kind: str | None = "challenge") -> pd.DataFrame:
    """Return the class of every code under every setting of j, k and m, and every way to settle coders' differences.

    Returns
    -------
    DataFrame
        resolve, j, k, m, code, sites_present, sites_assessable, class, planned (it is the plan's setting). j runs
        from 1 to 3, k to 6, m to 4, and over the plan's own; resolve over the ways that make a difference here.

    Notes
    -----
    The same as `common_challenges` once per setting, without the loop: at given j and resolve a site passes every
    k and m up to the voices and groups it has, so counting sites by those two numbers answers all settings together.
    Where every site can be judged, a code is common for exactly the k up to k_star and the m up to m_star.
    """
    plan, codes = cohort.plan, active_codes(cohort, kind)
    js, ks, ms = (sorted({*steps, own}) for steps, own in ((J, plan.j), (K, plan.k), (M, plan.m)))
    tables = [
        under_all(rows.assign(raised=rows["segments"] >= j), cohort, codes, ks, ms).assign(resolve=how, j=j)
        for how, rows in _readings(cohort, reading).items()
        for j in js
    ]
    table = pd.concat(tables, ignore_index=True)
    own = {"resolve": plan.resolve, "j": plan.j, "k": plan.k, "m": plan.m}
    table["planned"] = np.logical_and.reduce([table[name] == value for name, value in own.items()])
    columns = ["resolve", "j", "k", "m", "code", "sites_present", "sites_assessable", "class", "planned"]
    return table[columns]


def grid(cohort: Cohort, reading: str = "difficulty", kind: str | None = "challenge") -> pd.DataFrame:
    """Return how many codes are common under every setting of the rule: the map of set sizes.

    Parameters
    ----------
    cohort : Cohort
    reading : {"difficulty", "documented"}
    kind : str or None
        Kind of code; None for all.

    Returns
    -------
    DataFrame
        resolve, j, k, m, common (number of codes), widespread, n (codes that can be judged under the setting), codes
        (the common ones, `;`), planned (it is the plan's setting), status, reason.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = grid(load_cohort("template"))
    >>> int(table["planned"].sum()), bool((table["common"] <= table["n"]).all())
    (1, True)
    """
    cells = every_setting(cohort, reading, kind)
    cells["common"], cells["widespread"] = cells["class"].eq("common"), cells["class"].eq("widespread")
    cells["n"] = cells["class"].ne("not_assessable")
    keys = ["resolve", "j", "k", "m"]
    table = cells.groupby(keys, sort=False)[["common", "widespread", "n"]].sum().astype(int)
    named = cells[cells["common"]].groupby(keys)["code"].agg(";".join)
    table["codes"] = named.reindex(table.index).fillna("")
    table["planned"] = cells.groupby(keys, sort=False)["planned"].any()
    table = table.reset_index()
    table["status"] = np.where(table["n"] > 0, "ok", "not_assessable")
    few = uncoded(cohort) or "no code can be judged at two sites under this setting"
    table["reason"] = np.where(table["n"] > 0, "", few)
    return table[[*keys, "common", "widespread", "n", "codes", "planned", "status", "reason"]]
