"""What several coders' codings of a segment come to: first the code, then its valence."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from .counted import assigned

READINGS = ("difficulty", "documented")


def _votes(cohort: Cohort, round_: str) -> pd.DataFrame:
    """Return the codings of one round with their source and the number of coders assigned to it."""
    codings = cohort.codings[cohort.codings["round"] == round_]
    codings = codings.merge(cohort.segments[["segment", "source"]], on="segment")
    readers = assigned(cohort)
    readers = readers[readers["round"] == round_].groupby("source")["coder"].nunique().rename("readers")
    return codings.merge(readers, left_on="source", right_index=True, how="left")


def production_coder(cohort: Cohort) -> pd.Series:
    """Return for each source the coder whose codings `single` uses: the plan's, else the first one assigned."""
    readers = assigned(cohort)
    readers = readers[readers["round"] == "independent"]
    order = {coder: n for n, coder in enumerate(cohort.coders["coder"])}
    order[cohort.plan.production_coder] = -1
    readers = readers.assign(place=readers["coder"].map(order).fillna(len(order)))
    return readers.sort_values(["place", "coder"]).drop_duplicates("source").set_index("source")["coder"]


def _agreed(votes: pd.DataFrame, cohort: Cohort, how: str) -> pd.DataFrame:
    """Return the votes for every segment and code that pass the rule `how`."""
    if how == "single":
        return votes[votes["coder"] == votes["source"].map(production_coder(cohort))]
    given = votes.groupby(["segment", "code"])["coder"].transform("nunique")
    needed = {"majority": given * 2 > votes["readers"], "all": given == votes["readers"], "any": given > 0}
    return votes[needed["majority" if how == "consensus" else how]]


def _one_valence(votes: pd.DataFrame) -> pd.DataFrame:
    """Return per segment and code the valence that most coders gave; a tie is `contested`."""
    votes = votes.drop_duplicates(["segment", "code", "coder", "valence"])
    counts = votes.groupby(["segment", "code", "valence"]).size().rename("n").reset_index()
    top = counts[counts["n"] == counts.groupby(["segment", "code"])["n"].transform("max")]
    tied = top.duplicated(["segment", "code"], keep=False)
    top = top.assign(contested=tied, valence=top["valence"].mask(tied, "contested"))
    return top.drop_duplicates(["segment", "code"])[["segment", "code", "valence", "contested"]]


def _about(votes: pd.DataFrame, order: list[str]) -> pd.Series:
    """Return per segment and code the groups that a majority of its coders name, in declared order."""
    coders = votes.groupby(["segment", "code"])["coder"].nunique().rename("coders")
    named = votes[["segment", "code", "coder", "about_group"]].drop_duplicates()
    named = named.assign(about=named["about_group"].str.split(";")).explode("about")
    named = named[named["about"] != ""].drop_duplicates(["segment", "code", "coder", "about"])
    counts = named.groupby(["segment", "code", "about"]).size().rename("n").reset_index()
    counts = counts.merge(coders.reset_index(), on=["segment", "code"])
    kept = counts[counts["n"] * 2 > counts["coders"]]
    kept = kept.assign(place=kept["about"].map({g: n for n, g in enumerate(order)})).sort_values("place")
    return kept.groupby(["segment", "code"])["about"].agg(";".join)


def settle(cohort: Cohort, how: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the codings that pass the rule, and the one valence of each segment and code."""
    how = how or cohort.plan.resolve
    votes = _agreed(_votes(cohort, "independent"), cohort, how)
    if how == "consensus":
        settled = _votes(cohort, "consensus")
        done = {*assigned(cohort).query("round == 'consensus'")["source"], *settled["source"]}
        votes = pd.concat([votes[~votes["source"].isin(done)], settled])
    return votes, _one_valence(votes)


def resolve_codings(cohort: Cohort, how: str | None = None) -> pd.DataFrame:
    """Turn the codings of several coders into one answer per segment and code.

    Parameters
    ----------
    cohort : Cohort
    how : {"majority", "consensus", "single", "any", "all"}, optional
        `majority`: more than half of the coders assigned to the source gave the code; `all`: every one; `any`: at
        least one; `single`: the production coder; `consensus`: the codings of the round `consensus`, and the
        majority of the independent ones where a source has none. Default: the plan's.

    Returns
    -------
    DataFrame
        segment, code, valence (the one most of those coders gave; `contested` on a tie), contested, about_group
        (`;` list: groups named by more than half of those coders), coders (`;` list), one row per code given, in
        the order of segments and codebook. The code is settled first, its valence second.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> resolve_codings(load_cohort("template")).columns.tolist()
    ['segment', 'code', 'valence', 'contested', 'about_group', 'coders']
    """
    votes, answer = settle(cohort, how)
    answer = answer.set_index(["segment", "code"])
    answer["about_group"] = _about(votes, list(cohort.about_groups))
    answer["coders"] = votes.groupby(["segment", "code"])["coder"].agg(lambda c: ";".join(sorted(set(c))))
    answer = answer.reset_index().fillna({"about_group": ""})
    places = (
        {s: n for n, s in enumerate(cohort.segments["segment"])},
        {c: n for n, c in enumerate(cohort.codebook["code"])},
    )
    keys = pd.DataFrame({"s": answer["segment"].map(places[0]), "c": answer["code"].map(places[1])})
    return answer.loc[keys.sort_values(["s", "c"]).index].reset_index(drop=True)


def in_reading(valence: pd.Series, reading: str, cohort: Cohort) -> pd.Series:
    """Return whether each valence belongs to a reading: `difficulty` (the plan's valences) or `documented`."""
    if reading not in READINGS:
        raise ValueError(f"reading is {reading!r}; write one of {READINGS}")
    return valence.isin(cohort.plan.valence) if reading == "difficulty" else valence.ne("not_here")
