"""How far the presence rule can be trusted: its chance of seeing a challenge, and of seeing one that is not there.

A coder sees a code where there is none in a few of a thousand segments. An interview has dozens of segments, a site
dozens of interviews: what is rare in a segment can be common at a site. What follows for the plan's j, k and m is
computed here exactly, from how often coders err and from how much each voice said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.schema import Plan
from ..evidence import active_codes, eligible, generator, heard, raised
from .chances import false_informant, false_presence, missed
from .errors import Reference, errors_against, given_in, reference
from .present import can_be_judged

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)  # of the voices at a site that truly raise a challenge
STEPS = (1, 2, 3)  # the j shown beside the plan's

COLUMNS = ["scope", "site", "j", "k", "m", "measure", "share", "estimate", "lo", "hi", "n", "method"]
COLUMNS += ["status", "reason"]


def _drawn(cohort: Cohort, errors: pd.Series, given: dict[str, float | None]) -> dict[str, np.ndarray]:
    """Return both rates, each the estimate followed by draws from its Beta posterior (Jeffreys); given ones as such."""
    rng, draws, rates = generator(cohort, "operating_characteristics"), cohort.plan.B, {}
    right = {"sensitivity": errors["found"], "specificity": errors["negatives"] - errors["false"]}
    of = {"sensitivity": errors["positives"], "specificity": errors["negatives"]}
    for name, value in given.items():
        posterior = rng.beta(right[name] + 0.5, of[name] - right[name] + 0.5, draws)
        fixed = value is not None or not of[name]
        estimate = errors[name] if value is None else value
        rates[name] = np.full(draws + 1, estimate) if fixed else np.r_[estimate, posterior]
    return rates if None in given.values() else {name: draws[:1] for name, draws in rates.items()}


def _passages(cohort: Cohort, reading: str, against: Reference) -> pd.Series:
    """Return how many segments voices that raise a challenge speak on it: index = segments, values = share."""
    codes = active_codes(cohort, "challenge")
    if against.origin:
        said = given_in(reading, against.answers, cohort).merge(eligible(cohort)[VOICE], on="segment")
        counts = said[said["code"].isin(codes)].groupby(["site", "informant", "code"])["segment"].nunique()
    else:
        rows = raised(cohort, reading)
        counts = rows.loc[rows["code"].isin(codes) & rows["could"], "segments"]
    return counts[counts >= cohort.plan.j].value_counts(normalize=True).sort_index()


VOICE = ["segment", "site", "informant"]


def _seen(sensitivity: np.ndarray, passages: pd.Series, j: int) -> np.ndarray:
    """Return the chance that a voice that truly raises a challenge is counted, over how much such voices say."""
    from scipy.stats import binom

    if passages.empty:
        return np.full_like(sensitivity, np.nan)
    return binom.sf(j - 1, passages.index.to_numpy(), sensitivity[:, None]) @ passages.to_numpy()


def _spoken(cohort: Cohort) -> dict[str, pd.DataFrame]:
    """Return for each site the voices heard: group, segments (that count as evidence)."""
    said = eligible(cohort).groupby(["site", "informant"]).size().rename("segments")
    people = heard(cohort).merge(said, how="left", left_on=["site", "informant"], right_index=True)
    people["segments"] = people["segments"].fillna(0).astype(int)
    return {site: people[people["site"] == site] for site in cohort.sites["site"]}


def _at_site(people: pd.DataFrame, plan: Plan, j: int, specificity: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return shares (0 first) x draws: the chance that a challenge is called present at one site."""
    segments, groups, specificity = people["segments"].to_numpy(), people["group"].tolist(), specificity[:, None]
    nobody = false_presence(specificity, segments, j, plan.k, groups, plan.m)
    false = false_informant(specificity, segments, j)
    return np.array([nobody, *[1 - missed(share, seen, false, plan.k, groups, plan.m) for share in SHARES]])


def _rows(where: dict, called: np.ndarray, level: float, shares: Sequence[float] = (0.0, *SHARES)) -> list[dict]:
    """Return one row per share from shares x draws, the first of which is the estimate."""
    tails, rows = [(1 - level) / 2, (1 + level) / 2], []
    for share, draws in zip(shares, called, strict=True):
        lo, hi = np.quantile(draws[1:], tails) if len(draws) > 1 else (np.nan, np.nan)
        measure = "seen" if share else "false_presence"
        rows.append({**where, "measure": measure, "share": share, "estimate": draws[0], "lo": lo, "hi": hi})
    return rows


def _of_j(cohort: Cohort, people: dict[str, pd.DataFrame], j: int, rates: dict, passages: pd.Series) -> list[dict]:
    """Return the rows of one j: a single voice, each site, some and every site."""
    plan, seen = cohort.plan, _seen(rates["sensitivity"], passages, j)
    told = pd.concat(people.values())
    false = false_informant(rates["specificity"][:, None], told["segments"].to_numpy(), j).mean(1)
    where = {"scope": "voice", "site": "", "j": j, "n": len(told), "status": "ok", "reason": ""}
    rows, sites = _rows(where, np.array([false, seen]), plan.ci_level, (0.0, 1.0)), []
    for site, here in people.items():
        status, reason = can_be_judged(len(here), here["group"].nunique(), plan.k, plan.m)
        called = _at_site(here, plan, j, rates["specificity"], seen) if status == "ok" else NOT_KNOWN
        sites += [called] if status == "ok" else []
        where |= {"scope": "site", "site": site, "n": len(here), "status": status, "reason": reason}
        rows += _rows(where, called, plan.ci_level)
    few = "" if len(sites) > 1 else "fewer than two sites can be judged"
    where |= {"site": "", "n": len(sites), "status": "not_assessable" if few else "ok", "reason": few}
    joint = np.array([NOT_KNOWN] if few else sites)
    rows += _rows(where | {"scope": "some site"}, 1 - (1 - joint).prod(0), plan.ci_level)
    return rows + _rows(where | {"scope": "every site"}, joint.prod(0), plan.ci_level)


NOT_KNOWN = np.full((1 + len(SHARES), 1), np.nan)


def _explained(table: pd.DataFrame, rates: dict, passages: pd.Series) -> pd.DataFrame:
    """Say of every estimate or interval that is missing why it is."""
    lost = table["estimate"].isna() & table["status"].eq("ok")
    unknown = [f"{name} is not known: {WHY[name]}" for name, draws in rates.items() if np.isnan(draws[0])]
    silent = ["nobody raises a challenge with enough segments: how much a raiser says is not known"] * passages.empty
    bare = table["estimate"].notna() & table["lo"].isna()
    reason = table["reason"].mask(lost, "; ".join(unknown + silent))
    reason = reason.mask(bare, "no interval: both rates were given, not estimated")
    bounds = {name: table[name].mask(lost) for name in ("lo", "hi")}
    return table.assign(status=table["status"].mask(lost, "not_estimable"), reason=reason, **bounds)


WHY = {
    "sensitivity": "no settled segment shows a challenge",
    "specificity": "every settled segment shows every challenge",
}


def _method(cohort: Cohort, errors: pd.Series, rates: dict, given: dict) -> str:
    """Say on what the chances rest."""
    source = {n: "given" if value is not None else f"against the {errors['source']}" for n, value in given.items()}
    said = [f"{name} {rates[name][0]:.4g} ({where})" for name, where in source.items()]
    how = cohort.plan.resolve
    other = "" if how == "single" else f"; the plan settles several coders by `{how}`, here each voice is read by one"
    unsure = "" if None not in given.values() else f"; Beta posteriors (Jeffreys), {cohort.plan.B} draws"
    return (
        f"exact chances over each voice's own number of segments and group, {' and '.join(said)}; a raiser speaks "
        f"of it in at least {cohort.plan.j} segments{unsure}{other}"
    )


def operating_characteristics(
    cohort: Cohort,
    sensitivity: float | None = None,
    specificity: float | None = None,
    reading: str = "difficulty",
) -> pd.DataFrame:
    """Say how likely the plan's rule is to call a challenge present, by the share of voices that truly raise it.

    Parameters
    ----------
    cohort : Cohort
    sensitivity, specificity : float, optional
        Chance that a coder marks a segment that shows a challenge, and leaves unmarked one that does not. Default:
        over all coders and challenges, from `coding_errors`.
    reading : {"difficulty", "documented"}
        What counts as giving a code.

    Returns
    -------
    DataFrame
        scope (`site`; `some site`, `every site` = of those that can be judged; `voice` = one informant on average),
        site, j (1, 2, 3 and the plan's), k, m, measure (`false_presence`: nobody raises it, share 0; `seen`: a share
        truly raises it, 1 - estimate is the chance of missing it), share, estimate (chance of being called present;
        for a voice, of being counted as a raiser), lo, hi (the plan's level, for how far the two rates are known, no
        more), n (voices; sites for some and every site), method, status, reason. One row with the reason where the
        rates are neither given nor known.

    Raises
    ------
    ValueError
        For a rate outside 0 to 1.

    Notes
    -----
    Each voice has its own chance: f = P(Bin(segments, 1 - specificity) >= j) if it does not raise the challenge, and
    g = P(Bin(r, sensitivity) >= j) if it does, with r from how many segments raisers speak (in the settled sources,
    where there are any). A site is called present with at least k such voices of at least m groups; k and m are both
    counted exactly. Every voice is taken to be asked, and errors to be independent of each other: a coder who
    misunderstands one code errs far more often on it. `coding_errors` has the rates per code, to be put in here.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> table = operating_characteristics(load_cohort("template"), sensitivity=0.9, specificity=0.997)
    >>> bool(table["estimate"].dropna().between(0, 1).all())
    True
    """
    given = {"sensitivity": sensitivity, "specificity": specificity}
    for name, value in given.items():
        if value is not None and not 0 <= value <= 1:
            raise ValueError(f"{name} is {value}; it is a chance, write a number from 0 to 1")
    against, people = reference(cohort), _spoken(cohort)
    gap = against.reason if None in given.values() else "" if any(map(len, people.values())) else "no voice was heard"
    if gap:
        return _refused(cohort, gap)
    errors = errors_against(cohort, reading, against).iloc[0]
    rates, passages = _drawn(cohort, errors, given), _passages(cohort, reading, against)
    steps = sorted({*STEPS, cohort.plan.j})
    rows = [row for j in steps for row in _of_j(cohort, people, j, rates, passages)]
    table = pd.DataFrame(rows).assign(k=cohort.plan.k, m=cohort.plan.m, method=_method(cohort, errors, rates, given))
    return _explained(table, rates, passages)[COLUMNS]


def _refused(cohort: Cohort, reason: str) -> pd.DataFrame:
    plan = cohort.plan
    known = {"j": plan.j, "k": plan.k, "m": plan.m, "n": 0, "status": "not_assessable", "reason": reason}
    numbers = dict.fromkeys(("share", "estimate", "lo", "hi"), np.nan)
    return pd.DataFrame([{**dict.fromkeys(COLUMNS, ""), **numbers, **known}])[COLUMNS]
