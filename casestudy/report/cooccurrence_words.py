"""Sentences and tables on what is told together; every number comes from the tables of `methods.cooccurrence`."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods.cooccurrence import FEWEST, LIFTED, STABLE, VERDICTS, codes_per_segment, told_together
from .escaping import escape_markdown as esc
from .sentences import count, listing
from .sentences.comparisons import p_in_words

BY = {  # verdict -> how it is told of a number of links
    "told together and said": "told together, and said",
    "told together": "told together, which has no direction",
    "said": "said, but not told together",
    "neither": "neither told together beyond chance nor said",
    "not beyond chance": "not told together beyond chance",
    "not assessable": "not assessable",
}


def _labels(cohort: Cohort) -> dict[str, str]:
    return dict(zip(cohort.codebook["code"], cohort.codebook["label"], strict=True))


def _together(text: str, cohort: Cohort) -> str:
    """Return a text in which codes on restated statements are coded together: nobody told them so."""
    return text.replace("told together", "coded together") if cohort.evidence_level == "document" else text


def _pair(row, labels: dict[str, str]) -> str:
    return f"{esc(labels[row.code_1])} + {esc(labels[row.code_2])}"


def _p(p: float) -> str:
    """Return a p for a table; one that would round to 0 is not 0."""
    return "" if pd.isna(p) else f"{p:.3f}" if p >= 0.001 else "< 0.001"


def segments_in_words(cohort: Cohort, reading: str = "documented") -> str:
    """Return how many segments can show anything at all, and what a second code on one means in this cohort."""
    tally = codes_per_segment(cohort, reading=reading).set_index("codes")["segments"]
    coded, several = int(tally[tally.index > 0].sum()), int(tally[tally.index > 1].sum())
    told = (
        f"Of {count(int(tally.sum()), 'segment')} that count as evidence, {coded or 'none'} carry a challenge and "
        f"{several or 'none'} more than one. Only segments with several can show what is told together."
    )
    restated = cohort.segments["text_kind"].eq("paraphrase").mean() > 0.5
    if not restated:
        return told
    return (
        f"{told} **These segments are single statements, restated from documents and each cut out for what it says.** "
        "A second code on one shows how the coders doubled codes on a statement, not that somebody told two challenges "
        "in one breath."
    )


def _untested(found: pd.DataFrame, labels: dict[str, str]) -> list[str]:
    """Return why pairs were not tested, each reason with the number of pairs; rare codes by name."""
    left = found[found["status"] != "ok"]
    rare = (left["n1"] < FEWEST) | (left["n2"] < FEWEST)
    stuck, whole = left["status"].eq("not_estimable"), left["reason"].str.startswith("no segment")
    few = {**dict(zip(left["code_1"], left["n1"], strict=True)), **dict(zip(left["code_2"], left["n2"], strict=True))}
    names = listing([f"{labels[code]} ({few[code]})" for code in labels if few.get(code, FEWEST) < FEWEST])
    noun = "segment" if found["level"].eq("segment").any() else "voice"
    cases = [
        (rare, f"a code is on fewer than {count(FEWEST, noun)}: {names}"),
        (~rare & whole, "no segment carries two challenges: each was cut out for one"),
        (stuck, "the codes can only meet as often as they do"),
        (
            ~rare & ~whole & ~stuck,
            "there is too little to deal anew: however often the codes met, p could not be small",
        ),
    ]
    return [f"in {count(int(mask.sum()), 'pair')} {why}" for mask, why in cases if mask.any()]


def pairs_in_words(found: pd.DataFrame, stability: pd.DataFrame, cohort: Cohort) -> str:
    """Return which pairs meet more often than chance has it, whether they hold, and what could not be tested.

    Parameters
    ----------
    found, stability : DataFrame
        From `interdependence` and `pair_stability`, at the same level.
    cohort : Cohort
    """
    labels = _labels(cohort)
    ok = found[found["status"] == "ok"].sort_values("z", ascending=False, kind="stable")
    untested = _untested(found, labels)
    rest = f" Not tested: {'; '.join(untested)}." if untested else ""
    if found.empty:
        return "Not assessable: there are no two challenges to pair."
    if ok.empty:
        return f"Not assessable: none of {count(len(found), 'pair')} of challenges can be tested.{rest}"
    small, level = ok[told_together(ok, cohort)], 1 - cohort.plan.ci_level
    head = f"{len(ok)} of {count(len(found), 'pair')} could be tested."
    if small.empty:
        first = ok.iloc[0]
        farthest = (
            f"the pair farthest above chance {_pair(first, labels)} ({first['n12']} of {count(first['n'], 'segment')}, "
            f"by chance {first['expected']:.1f}; lift {first['lift']:.1f})"
        )
        most = farthest if first["z"] > 0 else "and no pair lies above chance"
        return (
            f"{head} **None meets more often than chance has it**: the smallest adjusted p is "
            f"{p_in_words(ok['p_adjusted'].min())}, {most}. Met as often as they could, each pair tested would have "
            f"had a p of "
            f"{ok['floor'].round(9).max():.3f} or less.{rest}"
        )
    share = stability.set_index(["code_1", "code_2"])["estimate"]
    firm = small[[share[r.code_1, r.code_2] >= STABLE for r in small.itertuples()]]
    told = [f"{_pair(r, labels)} ({r.n12}, by chance {r.expected:.1f}; lift {r.lift:.1f})" for r in small.itertuples()]
    return (
        f"{head} **{len(small)} meet{'s' if len(small) == 1 else ''} more often than chance has it** (adjusted p below "
        f"{level:.2f}): {'; '.join(told)}. In {len(firm)} of {len(small)} the lift is above {LIFTED:g} in at "
        f"least {STABLE:.0%} of the resamples of voices.{rest}"
    )


def informants_in_words(found: pd.DataFrame, cohort: Cohort) -> str:
    """Return what the same question gives when voices are counted instead of segments."""
    ok, labels = found[found["status"] == "ok"], _labels(cohort)
    small = ok[told_together(ok, cohort)]
    head = "Counting voices instead, wherever each raises the two:"
    if ok.empty:
        untested = _untested(found, labels)
        return f"{head} no pair can be tested" + (f" ({'; '.join(untested)})." if untested else ".")
    names = "; ".join(_pair(r, labels) for r in small.itertuples())
    result = f"more often than chance within a site has it: {names}" if names else "none goes together beyond chance"
    return (
        f"{head} {len(ok)} of {count(len(found), 'pair')} could be tested, and {result} (smallest adjusted p "
        f"{p_in_words(ok['p_adjusted'].min(), '')}). The highest lift is {ok['lift'].max():.1f}: what most voices "
        "raise can hardly be raised together more often than that. And a voice that says much raises many challenges: "
        "this test does not take that out, the one by segments does."
    )


def passages_in_words(over: pd.DataFrame, found: pd.DataFrame, cohort: Cohort) -> str:
    """Return whether challenges that meet in a segment are told in the same words."""
    kinds = over[["exact", "inclusion", "overlap", "apart", "unmarked"]].sum()
    compared = int(kinds.drop("unmarked").sum())
    if not kinds.sum():
        return "No two challenges meet in a segment, so there are no passages to compare."
    blank = f"{kinds['unmarked']} could not be compared, since no coder marked the passage"
    if not compared:
        return (
            f"Two challenges meet {kinds['unmarked']} times in one segment, and **no passage is marked**: the whole "
            "segment counts, so that the characters say no more than the segments do."
        )
    told = over[told_together(found, cohort).to_numpy()]
    share = f"{told['estimate'].max():.1%}"
    best = f" Pairs that meet beyond chance share at most {share} of their characters." if len(told) else ""
    return (
        f"Where two challenges meet in one segment, their marked passages were compared {compared} times: the same "
        f"passage {kinds['exact']}, one within the other {kinds['inclusion']}, overlapping {kinds['overlap']}, no "
        f"shared character {kinds['apart']}. {blank[:1].upper()}{blank[1:]}.{best}"
    )


def _link(row, labels: dict[str, str]) -> str:
    names = [esc(labels.get(code, code.replace("_", " "))) for code in (row.from_code, row.to_code)]
    return f"{names[0]} → {names[1]}"


def links_in_words(stated: pd.DataFrame, cohort: Cohort) -> str:
    """Return which links are stated, in which direction, and whether the pair is also told together."""
    if cohort.links.empty:
        return (
            "Not assessable: the cohort has no table `links`, so whether anybody says that one challenge acts on "
            "another was not coded."
        )
    if stated.empty:
        return "No link between challenges is stated on a segment that counts as evidence."
    labels, together = _labels(cohort), {"yes": "also told together", "no": "not told together beyond chance"}
    told = [
        f"{_link(r, labels)} ({esc(r.relation.replace('_', ' '))}): {count(r.statements, 'statement')} of "
        f"{count(r.informants, 'voice')} at {listing(r.sites.split('; '))}, the other way {r.back}; "
        f"{together.get(r.together, 'not tested as a pair')}"
        for r in stated.itertuples()
    ]
    return _together(f"Who **says** that one acts on another: {'. '.join(told)}.", cohort)


def published_in_words(published: pd.DataFrame, found: pd.DataFrame, cohort: Cohort) -> str:
    """Return which of the links that the published study states the data support, by name, and what cannot be said."""
    labels, parts = _labels(cohort), []
    for verdict in VERDICTS:
        rows = published[published["verdict"] == verdict]
        if len(rows):
            names = f" ({'; '.join(_link(r, labels) for r in rows.itertuples())})" if verdict in VERDICTS[:3] else ""
            parts.append(f"{len(rows)} {BY[verdict]}{names}")
    known = {frozenset(pair) for pair in published[["from_code", "to_code"]].itertuples(index=False, name=None)}
    small = found[told_together(found, cohort)]
    new = [_pair(r, labels) for r in small.itertuples() if frozenset((r.code_1, r.code_2)) not in known]
    beyond = f" Told together here and no link in the study: {'; '.join(new)}." if new else ""
    told = f"Of {count(len(published), 'link')} that the published study states: {'; '.join(parts)}.{beyond}"
    return _together(told, cohort)


def _named(table: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the table with the pair as row names."""
    labels = _labels(cohort)
    names = [f"{labels[r.code_1]} + {labels[r.code_2]}" for r in table.itertuples()]
    return table.set_index(pd.Index(names, dtype=object))


def _foremost(found: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the tested pairs that lie above chance, first the farthest."""
    above = found[(found["status"] == "ok") & (found["z"] > 0)]
    return above.sort_values("z", ascending=False, kind="stable").head(most)


def pairs_table(found, stability, by_informant, cohort: Cohort, most: int = 10) -> pd.DataFrame:
    """Return the pairs farthest above chance, with how firm they are, and what counting informants gives.

    Returns
    -------
    DataFrame
        Index = the pair; n1, n2, n12 (segments), by chance (n12 expected), lift, p_adjusted, stable (share of
        resamples), sites (`above of judged`), voices (lift, and adjusted p). Blank = not tested.
    """
    keys = ["code_1", "code_2"]
    other = by_informant.set_index(keys)[["lift", "p_adjusted"]].add_prefix("informants_")
    table = _foremost(found, most).merge(stability[[*keys, "estimate", "sites_above", "sites_judged"]], on=keys)
    table = _named(table.drop(columns="estimate_x").join(other, on=keys), cohort)
    return pd.DataFrame(
        {
            **{name: table[name] for name in ("n1", "n2", "n12")},
            "by chance": table["expected"].round(1),
            "lift": table["lift"].round(1),
            "p_adjusted": table["p_adjusted"].map(_p),
            "stable": table["estimate_y"].round(2),
            "sites": table["sites_above"].astype(str) + " of " + table["sites_judged"].astype(str),
            "voices": [
                f"{lift:.1f} (p {_p(p)})" if pd.notna(p) else ""
                for lift, p in zip(table["informants_lift"], table["informants_p_adjusted"], strict=True)
            ],
        }
    )


def strength_table(found, over, stability, cohort: Cohort, most: int = 10) -> pd.DataFrame:
    """Return the other measures of the same pairs.

    Returns
    -------
    DataFrame
        Index = the pair; c (c-coefficient), characters (Jaccard), overlap, phi, P(2|1), P(1|2), uneven (`yes` where the
        c-coefficient must be low), least_lift (with one site left out), without (that site).
    """
    keys = ["code_1", "code_2"]
    other = over[[*keys, "estimate"]].rename(columns={"estimate": "characters"})
    table = _foremost(found, most).merge(other, on=keys).merge(stability[[*keys, "least_lift", "without"]], on=keys)
    table = _named(table, cohort).assign(uneven=table["uneven"].map({True: "yes", False: ""}).to_numpy())
    names = {"estimate": "c", "p_2_given_1": "P(2|1)", "p_1_given_2": "P(1|2)"}
    shown = table.rename(columns=names)[["c", "characters", "overlap", "phi", "P(2|1)", "P(1|2)", "uneven"]].round(3)
    return shown.assign(least_lift=table["least_lift"].round(1), without=table["without"])


def published_table(published: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the published links with what the data show.

    Returns
    -------
    DataFrame
        Index = from → to; relation, explicit (whether the study says so or we conclude it), lift, p_adjusted, said
        (segments), said_otherwise (both blank where no link was coded), verdict, reason (what could not be judged).
    """
    labels = _labels(cohort)
    names = [
        " → ".join(labels.get(code, code.replace("_", " ")) for code in (r.from_code, r.to_code))
        for r in published.itertuples()
    ]
    shown = published.set_index(pd.Index(names, dtype=object))
    lift = shown["lift"].map("{:.1f}".format, na_action="ignore").fillna("")
    verdict = [_together(text, cohort) for text in shown["verdict"]]
    for name in ("said", "said_otherwise"):
        shown[name] = shown[name].astype(object).where(shown[name].notna(), "")
    shown = shown.assign(lift=lift, p_adjusted=shown["p_adjusted"].map(_p), verdict=verdict)
    return shown[["relation", "explicit", "lift", "p_adjusted", "said", "said_otherwise", "verdict", "reason"]]
