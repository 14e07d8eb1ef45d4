"""Sentences and tables on what sets the extremes apart, on what was said of it, and on the published study."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods import alignment as al
from ..methods.displays import barriers_and_strategies
from .alignment_words import SIDES, names_of, unanswered
from .sentences import count, listing, percent

STUDY = "alignment_study"
LOWER = ", more at the least aligned"
COLUMNS = {"barrier: it is missing": "difficulty", "strategy: worked at": "strategy", "it is there": "facilitator"}


def labels_of(cohort: Cohort) -> dict[str, str]:
    """Return factor -> label."""
    return dict(zip(cohort.factors["factor"], cohort.factors["label"], strict=True))


def _lower(table: pd.DataFrame) -> pd.Series:
    """Return which factors are distinguishing the other way: more sites of the low end have them."""
    return table["class"].eq("distinguishing") & table["estimate"].astype(float).lt(0)


def factors_in_words(table: pd.DataFrame) -> str:
    """Return which factors set the extremes apart and which stand at both (`classify_factors`)."""
    if unanswered(table):
        return unanswered(table)
    able = table[table["status"] == "ok"]
    lines = [
        f"**{name.capitalize()}{side}** ({len(rows)}): {listing(rows['label'].tolist())}."
        for name in ("distinguishing", "common", "absent", "unresolved")
        for side, mine in (("", ~_lower(able)), (LOWER, _lower(able)))
        if len(rows := able[able["class"].eq(name) & mine])
    ]
    floor, tried = able["floor"].max(), len(able)
    first = able.iloc[0]
    lines.append(
        f"{first['n_high']:.0f} sites against {first['n_low']:.0f} can give no p below {floor:.3f} (one-sided: "
        f"stronger at the most aligned), however clear the difference; over "
        f"{count(tried, 'factor')} even that means little (times the number tried: "
        f"{min(1, floor * tried):.2f}). The classes describe these sites; they are no test."
    )
    return "\n\n".join(lines)


def factors_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return the classes for reading: sites with the factor at each end, strengths, delta, p and its floor."""
    able = table[table["status"] == "ok"]
    ends = {
        f"{end}: sites": [f"{r[f'present_{end}']:.0f} of {r[f'n_{end}']:.0f}" for _, r in able.iterrows()]
        for end in ("high", "low")
    }
    numbers = able[["mean_high", "mean_low", "delta", "p", "floor"]].astype(float).round(2)
    return numbers.assign(**ends, **{"class": able["class"].mask(_lower(able), "distinguishing" + LOWER)})[
        ["class", *ends, "mean_high", "mean_low", "delta", "p", "floor"]
    ].set_axis(able["label"].to_numpy(), axis=0)


def firmness_table(gradient: pd.DataFrame, stability: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return per factor its gradient over all sites, and how its class fares with other respondents and one rater."""
    able = stability[stability["status"] == "ok"].set_index("factor")
    rows = gradient[gradient["status"] != "not_assessable"].set_index("factor")
    table = rows[["estimate", "p_adjusted", "n"]].rename(columns={"estimate": "gradient", "p_adjusted": "p adjusted"})
    names = names_of(cohort)
    same = [
        f"{able.at[f, 'class']} in {percent(able.at[f, 'estimate'])}" if f in able.index else "" for f in table.index
    ]
    table["class in resamples"] = same
    table["class by rater"] = [able.at[f, "raters"] if f in able.index else "" for f in table.index]
    told = [able.at[f, "disputed"].split(";") if f in able.index else [""] for f in table.index]
    table["raters differ at"] = ["; ".join(names[s] for s in sites if s) for sites in told]
    table["p adjusted"] = ["" if pd.isna(p) else "< 0.001" if p < 0.001 else f"{p:.3f}" for p in table["p adjusted"]]
    table = table.assign(n=table["n"].astype(int)).round(2)
    return table.set_axis(rows["label"].to_numpy(), axis=0)


def gradient_in_words(gradient: pd.DataFrame, classes: pd.DataFrame, cohort: Cohort) -> str:
    """Return which distinguishing factors go with the index over all sites, in their direction (`factor_gradient`)."""
    if unanswered(gradient):
        return unanswered(gradient)
    apart = classes[classes["class"] == "distinguishing"].assign(lower=_lower(classes))
    rows = gradient.merge(apart[["factor", "lower"]], on="factor")
    if rows.empty:
        return "No factor is distinguishing, so there is no gradient to look for."
    cut, floor = 1 - cohort.plan.ci_level, rows["floor"].max()
    follows = (rows["p_adjusted"] < cut) & ((rows["estimate"] < 0) == rows["lower"])
    labels = rows["label"] + rows["lower"].map({True: " (falls)", False: ""})
    rest = listing(rows.loc[~follows, "label"].tolist(), "")
    tail = f" Not shown for {rest}: what sets the extremes apart need not go with alignment elsewhere." if rest else ""
    moves = "rise or fall" if rows["lower"].any() else "rise"
    least = "" if pd.isna(floor) else f"; no p can be below {floor:.1g}"
    return (
        f"Of {count(len(rows), 'distinguishing factor')}, **{follows.sum()}** also {moves} with the index over all "
        f"{int(gradient['n'].max())} sites (two-sided, adjusted p below {cut:.2f}{least}): "
        f"{listing(labels[follows].tolist())}.{tail}"
    )


def factor_sides(cohort: Cohort) -> pd.DataFrame:
    """Return for every site and factor its strength, and what was said of it: missing, worked at, there.

    Only factors that are codes of the codebook too.

    Returns
    -------
    DataFrame
        site, factor, strength (mean of raters), difficulty, strategy, facilitator (statements), sides, segments, as in
        `barriers_and_strategies`.
    """
    said = barriers_and_strategies(cohort, kind=None).rename(columns={"code": "factor"})
    said = said[said["factor"].isin(cohort.factors["factor"])]
    strength = al.strengths(cohort).rename_axis(index="factor", columns="site").T.unstack().rename("strength")
    return said.merge(strength.reset_index(), on=["site", "factor"], how="left")


def sides_table(cohort: Cohort, ends: pd.DataFrame) -> pd.DataFrame:
    """Return for each factor and end which sites tell that it is there, missing, or worked at, with statements.

    Empty where no factor is a code of the codebook, or none of them is spoken of.
    """
    said, names, labels = factor_sides(cohort), names_of(cohort), labels_of(cohort)
    if said.empty or not said[["difficulty", "strategy", "facilitator"]].to_numpy().any():
        return pd.DataFrame()
    sides = [end for end in ("high", "low") if ends["end"].eq(end).any()] or [""]
    rows = []
    for factor in [f for f in labels if f in set(said["factor"])]:
        for end in sides:
            here = said[(said["factor"] == factor) & said["site"].isin(ends.loc[ends["end"] == end, "site"])]
            told = {what: _sites_with(here, column, names) for what, column in COLUMNS.items()}
            rows.append({"factor": labels[factor], "sites": SIDES[end] if len(sides) > 1 else "all", **told})
    return pd.DataFrame(rows).set_index("factor").rename_axis(index=None)


def _sites_with(rows: pd.DataFrame, column: str, names: dict[str, str]) -> str:
    return "; ".join(f"{names[r.site]} {getattr(r, column)}" for r in rows.itertuples() if getattr(r, column))


# ---- beside the published study -----------------------------------------------------------------------------------


def _counterpart(code: str, factors: list[str]) -> str:
    """Return the factor that has the code's name, or whose name ends in it; "" if none or several could be meant.

    >>> _counterpart("credibility", ["leadership_credibility", "community_credibility"])
    ''
    """
    close = [code] if code in factors else [f for f in factors if f.endswith(f"_{code}")]
    return close[0] if len(close) == 1 else ""


def published_factors(cohort: Cohort, reference, classes: pd.DataFrame) -> pd.DataFrame:
    """Return what the published study found of each factor, beside the class it has here.

    A factor here is taken for the published one if it has the same name, or one that ends in it; `here` is blank where
    none is. Sameness with a synthetic cohort is no confirmation: it was planted.

    Returns
    -------
    DataFrame
        finding (in our words), published (its status), label here, here (its class).
    """
    rows = reference.findings.query("study == @STUDY")
    own = list(cohort.factors["factor"])
    taken = [code for code in rows["code"] if code in own]
    free = [factor for factor in own if factor not in taken]
    found = [_counterpart(code, own if code in own else free) for code in rows["code"]]
    label, kind = labels_of(cohort), dict(zip(classes["factor"], classes["class"], strict=True))
    table = pd.DataFrame({"published": rows["status"].to_numpy()}, index=rows["statement"].to_numpy())
    return table.assign(**{"factor here": [label.get(f, "") for f in found], "here": [kind.get(f, "") for f in found]})
