"""Predictions and their theories in words: what was expected, what is found, and how often chance does as well."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods.comparison import SIDE
from .escaping import escape_markdown as esc
from .sentences import count, in_words, listing
from .sentences.comparisons import p_in_words

EXPECTS = {"+": "more", "-": "less", "0": "neither more nor less"}


def expects(matches: pd.DataFrame, cohort: Cohort) -> pd.Series:
    """Return what each prediction expects, in words; disputed facts say whose version is used."""
    labels, kinds = (t.set_index(k)["label"] for t, k in ((cohort.codebook, "code"), (cohort.attributes, "attribute")))
    told = [
        f"{EXPECTS[r.direction]}: {labels[r.code]}, where {kinds[r.attribute]} = {r.value_high.replace('_', ' ')}"
        + (f" (facts: {r.variant})" if r.variant else "")
        for r in matches.itertuples()
    ]
    return pd.Series(told, index=matches.index, dtype=object)


def _number(value: float) -> str:
    return f"{value:+.2f}"


def _sides(row) -> tuple[int, int]:
    """Return how many sites stand on either side."""
    with_, without = (len(names.split("; ")) if names else 0 for names in (row.sites_with, row.sites_without))
    return with_, without


def _sites(row) -> str:
    """Return the random-sites answer in one cell; no p where a contrast of these sides would not be tested either."""
    if row.status != "ok":
        return ""
    if min(_sides(row)) < SIDE:
        return f"{_number(row.estimate)}; not tested"
    smallest = p_in_words(row.floor, "")
    return f"{_number(row.estimate)}; p {p_in_words(row.p_site, '')}, floor {smallest}"


def _voices(row) -> str:
    """Return the fixed-sites answer in one cell."""
    if row.status != "ok":
        return ""
    span = f"{_number(row.voices_difference)} ({_number(row.voices_lo)} to {_number(row.voices_hi)})"
    within = f"; within groups {_number(row.voices_within)}" if pd.notna(row.voices_within) else ""
    if pd.isna(row.odds_ratio):
        return f"{span}{within}; no test: no group tells the sides apart"
    odds = f"odds ratio {row.odds_ratio:.2f} ({row.or_lo:.2f} to {row.or_hi:.2f})"
    return f"{span}{within}; {odds}, p {p_in_words(row.p_cmh, '')}"


def predictions_table(matches: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return every prediction beside what is found, for reading: a row per reading, one where both read alike.

    Returns
    -------
    DataFrame
        Index = theory; expects, read as, observed, match (yes, no, or blank), sides (sites with the value
        against sites with another), sites, voices, reason, source (of the prediction, up to the first colon). Empty for
        a cohort without predictions.
    """
    if not matches["theory"].any():
        return pd.DataFrame()
    table = pd.DataFrame({"expects": expects(matches, cohort)})
    table["read as"] = [in_words(reading, cohort) for reading in matches["reading"]]
    table["observed"] = matches["observed"]
    table["match"] = [{True: "yes", False: "no"}.get(match, "") for match in matches["match"].astype(object)]
    table["sides"] = ["{} against {}".format(*_sides(row)) for row in matches.itertuples()]
    table["sites"], table["voices"] = ([*map(cell, matches.itertuples())] for cell in (_sites, _voices))
    table["reason"] = matches["reason"]
    sources = cohort.predictions.set_index("prediction")["source"].str.split(":").str[0].str.rstrip(".")
    table["source"] = matches["prediction"].map(sources)
    found = [matches["prediction"], *(table[c] for c in table.columns.drop("read as"))]
    times = table.groupby(found, sort=False)["read as"].transform("size")
    table["read as"] = table["read as"].mask(times > 1, "either")
    first = ~pd.concat(found, axis=1).duplicated()
    order = pd.Index(dict.fromkeys(matches["prediction"])).get_indexer(matches["prediction"])
    order = pd.Series(order, index=table.index)[first].sort_values(kind="stable").index
    return table.loc[order].set_index(matches.loc[order, "theory"].rename(None))


def _score(row) -> str:
    """Return the score of one theory in one reading, in words."""
    if row.status != "ok":
        return f"nothing can be judged: {esc(row.reason)}"
    left = f" ({row.predictions - row.n} more cannot be judged)" if row.predictions > row.n else ""
    whole = f"all {row.relabellings}" if row.method.startswith("all") else f"{row.relabellings} drawn"
    verb = "matches" if row.n == 1 else "match"
    return (
        f"{row.matches} of {count(row.n, 'prediction')} {verb}{left}. Relabellings of sites that score as well: "
        f"{row.as_good} of {whole} ({p_in_words(row.p_site, '')}; the smallest possible is "
        f"{p_in_words(row.floor, '')}). Taking these sites as given, their voices clearly bear out "
        f"{row.voices_clear} of {row.n}"
    )


def _bullet(theory: str, variant: str, rows: pd.DataFrame, cohort: Cohort) -> str:
    """Return one theory as a list item; both readings in one where they come to the same."""
    told = {row.reading: _score(row) for row in rows.itertuples()}
    whose = f"**{esc(theory)}**" + (f" (facts: {esc(variant)})" if variant else "")
    if len(told) > 1 and len(set(told.values())) == 1:
        return f"- {whose}, in either reading: {next(iter(told.values()))}."
    parts = [f"as {in_words(reading, cohort)}: {said}." for reading, said in told.items()]
    return f"- {whose}, {' '.join([parts[0], *(part[0].upper() + part[1:] for part in parts[1:])])}"


def scores_in_words(scores: pd.DataFrame, cohort: Cohort) -> str:
    """Return the score of every theory and rival as a list, and whether any does better than chance."""
    if not scores["theory"].any():
        return f"Not assessable: {esc(scores['reason'].iloc[0])}."
    lines = [_bullet(*key, rows, cohort) for key, rows in scores.groupby(["theory", "variant"], sort=False)]
    return "\n".join([*lines, "", _verdict(scores[scores["status"] == "ok"], cohort)])


def _verdict(ok: pd.DataFrame, cohort: Cohort) -> str:
    """Return which theories chance cannot easily match, and whether any could have been so."""
    if ok.empty:
        return "No theory can be judged in these data."
    small = 1 - cohort.plan.ci_level
    good = list(dict.fromkeys(ok.loc[ok["p_site"] < small, "theory"]))
    if good:
        return f"Fewer than {small:.0%} of the relabellings score as well as: {listing(good)}."
    able = "" if ok["floor"].lt(small).any() else f" None could be, with so few sites: no floor is below {small:.0%}."
    if not ok["matches"].any():
        return f"No theory has a single match.{able}"
    return f"None of these scores is better than shuffling the sites would often give.{able}"
