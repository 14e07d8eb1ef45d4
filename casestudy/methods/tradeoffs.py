"""Where the sites stand between two poles, as their informants describe it, and what the documents say beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..cohort.cohort import Cohort
from .evidence import eligible, generator, heard, settle, uncoded

AMBIVALENT = 0.5  # from this share of informants who describe both poles on, a site is called ambivalent
VALUE = {"A": -1, "B": 1, "both": 0}

COLUMNS = ["axis", "code", "site", "estimate", "lo", "hi", "n", "leans_b", "beta_b", "ambivalence", "split"]
COLUMNS += ["a", "b", "both", "statements", "method", "status", "reason"]
BESIDE = ["axis", "code", "site", "estimate", "lo", "hi", "n", "described", "attribute", "variant", "value"]
BESIDE += ["documented", "verdict", "method", "status", "reason"]
NONE = "this cohort has no table `axes`: no trade-off is coded with poles"


def _poles(cohort: Cohort) -> pd.DataFrame:
    """Return segment, code, pole: the one that most of the coders gave whose coding stands; a tie is `both`.

    Coders who read one passage as this pole and as that one have, between them, seen both.
    """
    votes, answer = settle(cohort, None)
    votes = votes[votes["pole"] != ""].drop_duplicates(["segment", "code", "coder", "pole"])
    counts = votes.groupby(["segment", "code", "pole"]).size().rename("n").reset_index()
    top = counts[counts["n"] == counts.groupby(["segment", "code"])["n"].transform("max")]
    tied = top.duplicated(["segment", "code"], keep=False)
    top = top.assign(pole=top["pole"].mask(tied, "both")).drop_duplicates(["segment", "code"])
    told = answer[answer["valence"] != "not_here"]
    return top[["segment", "code", "pole"]].merge(told[["segment", "code"]])


def informant_positions(cohort: Cohort) -> pd.DataFrame:
    """Return where each informant places their site on each axis of which they speak.

    Returns
    -------
    DataFrame
        axis, site, informant, group, A, B, both (statements for either pole, and for both at once), position: (B - A)
        / (A + B + both), from -1 (pole A) to 1 (pole B), ambivalent (describes both poles). One statement is enough,
        whatever the plan's j: any description is one.
    """
    said = _poles(cohort).merge(cohort.axes[["axis", "code"]], on="code")
    said = said.merge(eligible(cohort)[["segment", "site", "informant", "group"]], on="segment")
    keys = ["axis", "site", "informant", "group"]
    wide = said.groupby([*keys, "pole"]).size().unstack(fill_value=0).reindex(columns=list(VALUE), fill_value=0)
    position = (wide["B"] - wide["A"]) / wide.sum(axis=1)
    both = (wide["both"] > 0) | ((wide["A"] > 0) & (wide["B"] > 0))
    return wide.assign(position=position, ambivalent=both).rename_axis(columns=None).reset_index()


def resampled(positions: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Return the mean position in each resample of the informants, drawn with replacement."""
    n = len(positions)
    return rng.multinomial(n, np.full(n, 1 / n), draws) @ positions / n


def _beta(a: int, b: int, level: float) -> tuple[float, float, float]:
    """Return how likely most informants who lean do so to pole B, and an interval of their share, put on -1 to 1.

    Beta(1/2 + b, 1/2 + a) is Jeffreys' posterior; the interval's end is the pole itself where all lean one way.
    """
    from scipy.stats import beta

    shape = (0.5 + b, 0.5 + a)
    lo, hi = beta.ppf([(1 - level) / 2, (1 + level) / 2], *shape) * 2 - 1
    return float(beta.sf(0.5, *shape)), (-1.0 if not b else float(lo)), (1.0 if not a else float(hi))


def _placed(mine: pd.DataFrame, cohort: Cohort, name: str) -> dict:
    """Return the position of one site on one axis from its informants; none where nobody speaks of it."""
    q, level = mine["position"].to_numpy(float), cohort.plan.ci_level
    n, a, b = len(q), int((q < 0).sum()), int((q > 0).sum())
    row = {"n": n, "a": a, "b": b, "both": n - a - b, "statements": int(mine[list(VALUE)].to_numpy().sum())}
    if not n:
        return row | {"method": "no position"}
    row |= {"estimate": q.mean(), "ambivalence": mine["ambivalent"].mean(), "method": "one informant: no interval"}
    row["beta_b"], *ends = _beta(a, b, level)
    if n == 1:
        return row
    drawn = resampled(q, generator(cohort, name), cohort.plan.B)
    # a resample at 0 leans to neither side: half to each, so that naming the other pole A changes nothing
    row |= {"split": q.std(), "leans_b": (drawn > 1e-9).mean() + (np.abs(drawn) <= 1e-9).mean() / 2}
    if np.ptp(q) > 1e-9:
        lo, hi = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        return row | {"lo": lo, "hi": hi, "method": f"informants resampled, B={cohort.plan.B}"}
    if abs(q[0]) == 1:  # resampling those who all say the same gives no interval
        return row | {"lo": ends[0], "hi": ends[1], "method": "all at one pole: Beta interval"}
    return row | {"method": "all at the same place between the poles: no interval"}


def _silence(cohort: Cohort, site: str) -> str:
    if uncoded(cohort):
        return uncoded(cohort)
    return "no informant describes it" if site in set(heard(cohort)["site"]) else "nobody was heard here"


def axis_positions(cohort: Cohort) -> pd.DataFrame:
    """Say where each site stands on each trade-off, as its informants describe it.

    Parameters
    ----------
    cohort : Cohort
        With a table `axes`, and codings of their codes with a `pole`: the way the alliance is said to lean, not the
        way the speaker wishes.

    Returns
    -------
    DataFrame
        axis, code, site, estimate (mean position of the informants, one vote each, from -1 = pole A to 1 = pole B), lo,
        hi (informants resampled), n (informants who describe it), leans_b (share of resamples above 0, those at 0
        counted half), beta_b (a check for few informants: the probability, from Beta(1/2 + b, 1/2 + a), that most of
        those who lean do so to B), ambivalence (share of informants who describe both poles), split (standard deviation
        of the positions: 0 = all agree, 1 = half at either pole), a, b, both (informants who lean to A, to B, to
        neither), statements, method, status, reason. Every axis meets every site.

    Notes
    -----
    Where nobody describes the axis there is no position, and never a 0; one informant gives a position without an
    interval; where all stand at one pole, resampling would give an interval of no width, so that of the Beta stands.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> axis_positions(load_cohort("template"))["reason"].tolist()
    ['this cohort has no table `axes`: no trade-off is coded with poles']
    """
    if cohort.axes.empty:
        return _no_axes(COLUMNS)
    told, rows = informant_positions(cohort), []
    for axis in cohort.axes.itertuples():
        for site in cohort.sites["site"]:
            mine = told[(told["axis"] == axis.axis) & (told["site"] == site)]
            row = _placed(mine, cohort, f"position {axis.axis} {site}")
            reason = "" if row["n"] else _silence(cohort, site)
            status = "not_assessable" if reason else "ok"
            rows.append({"axis": axis.axis, "code": axis.code, "site": site, **row, "status": status, "reason": reason})
    return pd.DataFrame(rows, columns=COLUMNS)


def _no_axes(columns: list[str]) -> pd.DataFrame:
    row = dict.fromkeys(columns) | dict.fromkeys(("axis", "code", "site", "method"), "") | {"n": 0}
    return pd.DataFrame([row | {"status": "not_assessable", "reason": NONE}])


# ---- beside what is documented --------------------------------------------------------------------------------------


def _facts(cohort: Cohort, attribute: str) -> pd.DataFrame:
    """Return site, variant, value, documented: the pole a value stands for.

    An attribute's first allowed value stands for pole A, its second for pole B, any other for a place between.
    """
    allowed = cohort.attributes.set_index("attribute")["allowed"].get(attribute, "").split(";")
    poles = dict(zip(allowed, ("A", "B"), strict=False)) if len(allowed) > 1 else {}
    facts = cohort.site_attributes
    facts = facts[(facts["attribute"] == attribute) & (facts["wave"] == cohort.plan.wave) & (facts["value"] != "")]
    facts = facts.drop_duplicates(["site", "variant", "value"])[["site", "variant", "value"]]
    between = "between" if poles else ""
    return facts.assign(documented=[poles.get(value, between) for value in facts["value"]]).astype(str)


def _leaning(row, level: float) -> str:
    """Return where a site is described: A, B, both (most describe either pole), unclear, or "" (nobody describes it).

    At a pole only if resampling and the Beta check both say so, as surely as one end of a two-sided interval at this
    level: either alone can be too sure of few informants, and an interval across 0 leans to neither pole.
    """
    if row.n < 2:
        return "unclear" if row.n else ""
    if row.ambivalence >= AMBIVALENT:
        return "both"
    most, least = max(row.leans_b, row.beta_b), min(row.leans_b, row.beta_b)
    tail = (1 - level) / 2
    return "B" if least >= 1 - tail else "A" if most <= tail else "unclear"


def _verdict(described: str, documented: str) -> str:
    if not documented or not described:
        return "not documented" if not documented else "not described"
    if described == "unclear":
        return "unclear"
    if described == "both":
        return "agree" if documented == "between" else "ambivalent"
    return "agree" if described == documented else "disagree"


def described_beside_documented(cohort: Cohort, positions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Set what people say of a trade-off beside what the papers say, site by site.

    Parameters
    ----------
    cohort : Cohort
        An axis names the attribute to compare with; that attribute's first allowed value stands for pole A, the second
        for pole B, any other for a place between.
    positions : DataFrame, optional
        From `axis_positions`, where it is at hand.

    Returns
    -------
    DataFrame
        axis, code, site, estimate, lo, hi, n, described (A, B: `leans_b` and `beta_b` both lie as near to 0 or 1 as the
        tail of a two-sided interval at the plan's level; both: at least half of the informants describe both poles;
        unclear: none of these, or one informant only), attribute, variant, value (as documented), documented (A, B,
        between), verdict (`agree`, `disagree`, `ambivalent`, `unclear`, `not documented`, `not described`), method,
        status, reason. Facts in dispute give a row each.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> described_beside_documented(load_cohort("template"))["status"].tolist()
    ['not_assessable']
    """
    positions = axis_positions(cohort) if positions is None else positions
    if cohort.axes.empty:
        return _no_axes(BESIDE)
    table = positions.merge(cohort.axes[["axis", "attribute"]], on="axis")
    facts = [_facts(cohort, name).assign(attribute=name) for name in dict.fromkeys(cohort.axes["attribute"])]
    table = table.merge(pd.concat(facts), on=["attribute", "site"], how="left")
    table = table.fillna({"variant": "", "value": "", "documented": ""})
    table["described"] = [_leaning(row, cohort.plan.ci_level) for row in table.itertuples()]
    table["verdict"] = [_verdict(*pair) for pair in zip(table["described"], table["documented"], strict=True)]
    missing = table["verdict"].str.startswith("not ")
    table["status"] = np.where(missing, "not_assessable", "ok")
    table["reason"] = [_gap(row) for row in table.itertuples()]
    tail = (1 - cohort.plan.ci_level) / 2
    table["method"] = f"described: leans_b and beta_b within {tail:.3f} of 0 or 1; beside the documented value"
    return table[BESIDE]


def _gap(row) -> str:
    """Return why described and documented cannot be compared, in words; "" if they can."""
    if row.verdict == "not described":
        return row.reason
    if row.verdict != "not documented":
        return ""
    if not row.attribute:
        return "the axis names no attribute to compare with"
    return "the attribute's values stand for no poles" if row.value else "not documented in the sources read"
