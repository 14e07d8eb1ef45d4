"""Types of site, and what goes with them; which stakeholder groups raise what, and whom the statements concern."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd

from ..cohort.cohort import Cohort
from .commonality import presence
from .evidence import active_codes, generator, in_reading, raised, statements

SIDE = 3  # sites needed on each side of a contrast
EXACT = 20_000  # relabellings up to which a permutation is enumerated


def typology(cohort: Cohort, theme: str | None = None) -> pd.DataFrame:
    """Return what is documented about every site, blanks kept.

    Parameters
    ----------
    cohort : Cohort
    theme : {"governance", "leadership", "participation", "context", "outcome"}, optional

    Returns
    -------
    DataFrame
        attribute, label, site, name, variant, value ("" where nothing is documented), basis, year, source_refs, note,
        status (`ok`, or `not_assessable` where blank), reason. Every site meets every attribute; conflicting facts
        are several rows, `a`, `b`, ...
    """
    attributes = cohort.attributes
    attributes = attributes[attributes["theme"].eq(theme) if theme else slice(None)]
    grid = attributes[["attribute", "label"]].merge(cohort.sites[["site", "name"]], how="cross")
    facts = cohort.site_attributes[cohort.site_attributes["wave"] == cohort.plan.wave]
    columns = ["variant", "value", "basis", "year", "source_refs", "note"]
    table = grid.merge(facts[["site", "attribute", *columns]], on=["site", "attribute"], how="left")
    table = table.fillna(dict.fromkeys(columns, ""))
    blank = table["value"] == ""
    table["status"] = np.where(blank, "not_assessable", "ok")
    table["reason"] = np.where(blank, "not documented in the sources read", "")
    return table


def types_of_site(cohort: Cohort, theme: str) -> pd.DataFrame:
    """Return how many sites are of each type, and which, for every category of a theme.

    Returns
    -------
    DataFrame
        attribute, label, value ("" = not documented), sites, n (sites in all), names, disputed (sites whose documents
        disagree: they count under each value), status, reason.
    """
    attributes = cohort.attributes.query("theme == @theme and type == 'category'")
    tables = [_type_counts(cohort, row) for row in attributes.itertuples()]
    columns = ["attribute", "label", "value", "sites", "n", "names", "disputed", "status", "reason"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _type_counts(cohort: Cohort, attribute) -> pd.DataFrame:
    facts = typology(cohort)
    facts = facts[facts["attribute"] == attribute.attribute]
    several = set(facts["site"][facts.groupby("site")["value"].transform("nunique") > 1])
    rows = []
    for value in [*_values(cohort, attribute.attribute), ""]:
        sites = facts[facts["value"] == value].drop_duplicates("site")
        disputed = sites.loc[sites["site"].isin(several), "name"]
        rows.append((value, len(sites), "; ".join(sites["name"]), "; ".join(disputed)))
    table = pd.DataFrame(rows, columns=["value", "sites", "names", "disputed"])
    blank = table["value"] == ""
    return table.assign(
        attribute=attribute.attribute,
        label=attribute.label,
        n=len(cohort.sites),
        status=np.where(blank, "not_assessable", "ok"),
        reason=np.where(blank, "not documented in the sources read", ""),
    )


def attribute_coverage(cohort: Cohort) -> pd.DataFrame:
    """Return for every attribute at how many sites it is documented.

    Returns
    -------
    DataFrame
        theme, attribute, label, sites (documented), n (sites in all), inferred (sites where we concluded it), disputed
        (sites whose documents disagree).
    """
    facts = typology(cohort)
    facts = facts[facts["status"] == "ok"]
    table = cohort.attributes[["theme", "attribute", "label"]].copy()
    by = facts.groupby("attribute")
    table["sites"] = table["attribute"].map(by["site"].nunique())
    table["n"] = len(cohort.sites)
    table["inferred"] = table["attribute"].map(
        facts[facts["basis"] == "inferred"].groupby("attribute")["site"].nunique()
    )
    several = facts.groupby(["attribute", "site"])["value"].nunique().gt(1).groupby("attribute").sum()
    table["disputed"] = table["attribute"].map(several)
    return table.fillna({"sites": 0, "inferred": 0, "disputed": 0}).astype(
        {"sites": int, "inferred": int, "disputed": int}
    )


def attribute_table(cohort: Cohort, theme: str, most: int = 6) -> pd.DataFrame:
    """Return what is documented of every site, in the sources' own terms: sites (rows) by attributes (columns).

    The `most` attributes documented at most sites are shown, in declared order; conflicting facts stand as
    `a: ...; b: ...`; a blank is not documented.
    """
    facts = typology(cohort, theme)
    facts = facts[facts["status"] == "ok"]
    chosen = facts.groupby("attribute", sort=False)["site"].nunique().sort_values(ascending=False, kind="stable")
    chosen = chosen.head(most).index
    said = facts["value"].where(facts["variant"] == "", facts["variant"] + ": " + facts["value"])
    cells = facts.assign(said=said).groupby(["name", "attribute"])["said"].agg("; ".join).unstack("attribute")
    columns = [a for a in cohort.attributes["attribute"] if a in set(chosen)]
    cells = cells.reindex(index=cohort.sites["name"], columns=columns).fillna("")
    labels = cohort.attributes.set_index("attribute")["label"]
    return cells.rename(columns=labels).rename_axis(index=None, columns=None)


def _values(cohort: Cohort, attribute: str) -> list[str]:
    """Return an attribute's values in declared order, or as they appear."""
    declared = cohort.attributes.set_index("attribute")["allowed"].get(attribute, "")
    found = cohort.site_attributes.query("attribute == @attribute")["value"]
    return [v for v in declared.split(";") if v] or list(dict.fromkeys(found))


def floors(n_with: int, n_without: int) -> tuple[float, float]:
    """Return the smallest p a permutation of sites can give: one-sided and two-sided.

    Two-sided the statistic is the size of the difference: with equal sides every labelling has a mirror image.

    >>> [round(p, 3) for p in floors(2, 2)], [round(p, 3) for p in floors(3, 3)]
    ([0.167, 0.333], [0.05, 0.1])
    """
    ways = math.comb(n_with + n_without, n_with)
    return 1 / ways, (2 if n_with == n_without else 1) / ways


def _labellings(n: int, n_with: int, rng: np.random.Generator, draws: int) -> tuple[np.ndarray, bool]:
    """Return 0/1 labellings of sites (rows), all of them if there are few; the observed one is not singled out."""
    if math.comb(n, n_with) <= EXACT:
        chosen = np.array(list(combinations(range(n), n_with)))
        exact = True
    else:
        chosen = np.argsort(rng.random((draws, n)), axis=1)[:, :n_with]
        exact = False
    labels = np.zeros((len(chosen), n))
    np.put_along_axis(labels, chosen, 1, axis=1)
    return labels, exact


def _differences(labels: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return mean share with minus mean share without, for every labelling (rows) and code (columns)."""
    n_with = labels.sum(1, keepdims=True)
    return labels @ shares / n_with - (1 - labels) @ shares / (labels.shape[1] - n_with)


def _p(observed: np.ndarray, drawn: np.ndarray, exact: bool) -> np.ndarray:
    """Return two-sided p: the share of labellings at least as far from 0 (Phipson & Smyth 2010 if drawn)."""
    beyond = (np.abs(drawn) >= np.abs(observed) - 1e-12).sum(0)
    return beyond / len(drawn) if exact else (beyond + 1) / (len(drawn) + 1)


def _sides(cohort: Cohort, attribute: str) -> list[tuple[str, list[str], list[str], str]]:
    """Return for each value the sites with it, the sites with another, and the disputed variant used, if any."""
    facts = typology(cohort).query("attribute == @attribute and value != ''")
    variants = sorted(set(facts["variant"]) - {""}) or [""]
    sides = []
    for variant in variants:
        chosen = facts[facts["variant"].isin(["", variant])].set_index("site")["value"]
        for value in _values(cohort, attribute):
            with_, without = chosen[chosen == value].index.tolist(), chosen[chosen != value].index.tolist()
            sides.append((value, with_, without, variant))
    return sides


def _too_few(cohort: Cohort, with_: list[str], without: list[str]) -> str:
    if len(with_) >= SIDE and len(without) >= SIDE:
        return ""
    one, two = floors(max(len(with_), 1), max(len(without), 1))
    return (
        f"{len(with_)} site{'s' * (len(with_) != 1)} against {len(without)}: a contrast needs {SIDE} a side; "
        f"the smallest p such a test could give is {one:.3f} (two-sided {two:.3f})"
    )


def contrast(
    cohort: Cohort, attribute: str, kind: str | None = "challenge", reading: str | None = None
) -> pd.DataFrame:
    """Ask whether a code is raised more at sites of one type than at the other sites.

    The statistic is the difference of the mean shares of voices that raise the code, site by site, so that a site
    with much to read has no more weight than another. Sites are relabelled: exactly, where there are at most 20,000
    relabellings. The adjusted p takes the largest difference over all codes of a value (Westfall & Young 1993).

    Parameters
    ----------
    cohort : Cohort
    attribute : str
        A key of `attributes`. Each of its values is set against all other documented values.
    kind, reading
        As for `common_challenges`.

    Returns
    -------
    DataFrame
        attribute, value, variant (which of conflicting facts was used), reading, code, sites_with, sites_without
        (names), present_with, present_without (sites at which the code is present), estimate (difference), lo, hi
        (missing: a permutation gives none), n (sites), p_site, p_adjusted, floor (smallest two-sided p), method,
        status, reason. Fewer than three sites a side: `not_assessable`, with the counts.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> set(contrast(load_cohort("template"), "origin")["status"])
    {'not_assessable'}
    """
    cells = presence(cohort, reading)
    codes = active_codes(cohort, kind)
    tables = [
        _one_contrast(cohort, attribute, side, name, cells[cells["reading"] == name], codes)
        for side in _sides(cohort, attribute)
        for name in dict.fromkeys(cells["reading"])
    ]
    columns = ["attribute", "value", "variant", "reading", "code", "sites_with", "sites_without", "present_with"]
    columns += ["present_without", "estimate", "lo", "hi", "n", "p_site", "p_adjusted", "floor", "method", "status"]
    columns += ["reason"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _one_contrast(cohort, attribute, side, reading, cells, codes) -> pd.DataFrame:
    value, with_, without, variant = side
    shares = cells.pivot(index="site", columns="code", values="estimate")[codes]
    heard = shares.index[shares.notna().all(axis=1)]  # a site where nobody was heard has no share
    with_, without = [s for s in with_ if s in heard], [s for s in without if s in heard]
    names = cohort.sites.set_index("site")["name"]
    here = cells.pivot(index="site", columns="code", values="present")[codes].astype("boolean").fillna(False)
    table = pd.DataFrame({"code": codes}).assign(
        attribute=attribute,
        value=value,
        variant=variant,
        reading=reading,
        sites_with="; ".join(names[with_]),
        sites_without="; ".join(names[without]),
        present_with=here.loc[with_].sum().to_numpy(),
        present_without=here.loc[without].sum().to_numpy(),
        n=len(with_) + len(without),
        lo=np.nan,
        hi=np.nan,
        method="exploratory; permutation of sites, two-sided; max-T over the codes of one value",
    )
    reason = _too_few(cohort, with_, without)
    p = {"estimate": np.nan, "p_site": np.nan, "p_adjusted": np.nan, "floor": np.nan}
    if with_ and without:
        p["estimate"] = (shares.loc[with_].mean() - shares.loc[without].mean()).to_numpy()
        p["floor"] = floors(len(with_), len(without))[1]
    if not reason:
        p |= _permute(cohort, shares.loc[with_ + without].to_numpy(), len(with_), f"contrast {attribute} {value}")
    return table.assign(**p, status="not_assessable" if reason else "ok", reason=reason)


def _permute(cohort: Cohort, shares: np.ndarray, n_with: int, name: str) -> dict[str, np.ndarray]:
    labels, exact = _labellings(len(shares), n_with, generator(cohort, name), cohort.plan.B)
    drawn = _differences(labels, shares)
    observed = _differences(np.r_[np.ones(n_with), np.zeros(len(shares) - n_with)][None], shares)[0]
    largest = np.abs(drawn).max(axis=1, keepdims=True)
    return {"p_site": _p(observed, drawn, exact), "p_adjusted": _p(observed, largest, exact)}


def by_group(
    cohort: Cohort, by: str = "source", reading: str = "difficulty", kind: str | None = "challenge"
) -> pd.DataFrame:
    """Ask which stakeholder groups raise a code more than the others, or whom the statements concern.

    Parameters
    ----------
    cohort : Cohort
    by : {"source", "about"}
        `source`: the voices' own groups, labels permuted among the voices of the same site, largest difference over
        all cells (max-T). `about`: the groups that statements name; counts only, since one statement may name
        several and nobody drew them.
    reading, kind
        As elsewhere.

    Returns
    -------
    DataFrame
        by `source`: code, group, raised, could, estimate (share in the group minus share in the rest), lo, hi
        (missing), n (voices), p, p_adjusted, sites (where the group raises it), method, status, reason.
        by `about`: code, about_group, statements, n (statements of the code), estimate (share), sites, status,
        reason.
    """
    if by == "about":
        return _by_about(cohort, reading, kind)
    rows = raised(cohort, reading)
    rows = rows[rows["could"] & rows["code"].isin(active_codes(cohort, kind))]
    groups = [g for g in _group_order(cohort, rows) if g in set(rows["group"])]
    if len(groups) < 2:
        return _no_groups(cohort, groups, kind)
    return _test_groups(cohort, rows, groups, reading)


def _group_order(cohort: Cohort, rows: pd.DataFrame) -> list[str]:
    return [*[g for g in cohort.groups if g in set(rows["group"])], *sorted(set(rows["group"]) - set(cohort.groups))]


def _no_groups(cohort: Cohort, groups: list[str], kind: str | None) -> pd.DataFrame:
    reason = f"{len(groups)} stakeholder group{'s' * (len(groups) != 1)} heard: nothing to compare"
    table = pd.DataFrame({"code": active_codes(cohort, kind)})
    blank = dict.fromkeys(["estimate", "lo", "hi", "p", "p_adjusted"], np.nan)
    return table.assign(
        group="; ".join(groups),
        raised=0,
        could=0,
        **blank,
        n=0,
        sites="",
        method="",
        status="not_assessable",
        reason=reason,
    )


def _test_groups(cohort: Cohort, rows: pd.DataFrame, groups: list[str], reading: str) -> pd.DataFrame:
    wide = rows.pivot(index=["site", "informant", "group"], columns="code", values="raised").astype("boolean")
    codes = [c for c in active_codes(cohort) if c in wide.columns]
    wide = wide[codes].sort_index(level="site", sort_remaining=False)
    said = wide.fillna(False).to_numpy(dtype=float)
    able = wide.notna().to_numpy(dtype=float)
    member = np.array([[g == own for g in groups] for own in wide.index.get_level_values("group")], dtype=float)
    observed = _group_differences(member[None], said, able)[0]
    drawn = _drawn_differences(cohort, member, wide.index.get_level_values("site"), said, able)
    usable = np.where(np.isfinite(drawn), np.abs(drawn), 0)
    p = (1 + (usable >= np.abs(observed) - 1e-12).sum(0)) / (len(drawn) + 1)
    largest = usable.reshape(len(drawn), -1).max(1)
    adjusted = (1 + (largest[:, None, None] >= np.abs(observed) - 1e-12).sum(0)) / (len(drawn) + 1)
    table = pd.DataFrame([(c, g) for g in groups for c in codes], columns=["code", "group"])
    table["raised"] = (member.T @ said).astype(int).ravel()
    table["could"] = (member.T @ able).astype(int).ravel()
    table["estimate"], table["lo"], table["hi"] = observed.ravel(), np.nan, np.nan
    table["n"] = np.tile(able.sum(0).astype(int), len(groups))
    table["p"], table["p_adjusted"] = p.ravel(), adjusted.ravel()
    where = rows[rows["raised"]].groupby(["code", "group"])["site"].agg(lambda s: ";".join(dict.fromkeys(s)))
    table["sites"] = pd.MultiIndex.from_frame(table[["code", "group"]]).map(where.to_dict()).fillna("")
    table["method"] = f"{reading}; groups permuted within site, B={cohort.plan.B}, two-sided; max-T"
    thin = table["could"] < SIDE
    table["status"] = np.where(thin, "not_assessable", "ok")
    table["reason"] = np.where(thin, f"fewer than {SIDE} voices of this group could have raised it", "")
    table.loc[thin, ["p", "p_adjusted"]] = np.nan
    return table


def _group_differences(member: np.ndarray, said: np.ndarray, able: np.ndarray) -> np.ndarray:
    """Return share in each group minus share in the rest: draws x groups x codes."""
    inside, n_inside = member.transpose(0, 2, 1) @ said, member.transpose(0, 2, 1) @ able
    with np.errstate(invalid="ignore", divide="ignore"):
        return inside / n_inside - (said.sum(0) - inside) / (able.sum(0) - n_inside)


def _drawn_differences(cohort: Cohort, member, sites, said, able) -> np.ndarray:
    """Return the differences under permutations of the group labels among the voices of each site."""
    rng = generator(cohort, "by_group")
    number = pd.factorize(np.asarray(sites))[0]
    keys = number + rng.random((cohort.plan.B, len(number)))  # sorting by site + noise shuffles within site
    order = np.argsort(keys, axis=1)
    return _group_differences(member[order], said, able)


def _by_about(cohort: Cohort, reading: str, kind: str | None) -> pd.DataFrame:
    said = statements(cohort)
    said = said[in_reading(said["valence"], reading, cohort) & said["code"].isin(active_codes(cohort, kind))]
    totals = said.groupby("code").size()
    named = said.assign(about_group=said["about_group"].str.split(";")).explode("about_group")
    named = named[named["about_group"] != ""]
    grid = pd.MultiIndex.from_product([active_codes(cohort, kind), list(cohort.about_groups)])
    counts = named.groupby(["code", "about_group"]).size().reindex(grid, fill_value=0)
    where = named.groupby(["code", "about_group"])["site"].agg(lambda s: ";".join(dict.fromkeys(s)))
    table = counts.rename_axis(["code", "about_group"]).rename("statements").reset_index()
    table["n"] = table["code"].map(totals).fillna(0).astype(int)
    table["estimate"] = (table["statements"] / table["n"]).where(table["n"] > 0)
    table["sites"] = pd.MultiIndex.from_frame(table[["code", "about_group"]]).map(where.to_dict()).fillna("")
    table["status"] = np.where(table["n"] > 0, "ok", "not_assessable")
    table["reason"] = np.where(table["n"] > 0, "", f"no statement of {reading} under this code")
    return table
