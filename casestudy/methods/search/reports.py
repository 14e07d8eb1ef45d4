"""What a search found, as tables: in its context, per term, per site, and how far terms find the same."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from .hits import given_terms, hits_in, search_status, searched
from .patterns import Term

TERM = ["domain", "code", "term"]


def _asked(cohort: Cohort, term: str) -> list[Term]:
    """Return the cohort's own reading of a term, with its pattern and exclusion; any other text is a term itself."""
    own = cohort.search_terms[cohort.search_terms["term"] == term]
    return given_terms(cohort, own.head(1) if len(own) else [term])


def kwic(cohort: Cohort, term: str, words: int = 12) -> pd.DataFrame:
    """Return every hit of one term between the words around it (keyword in context).

    Parameters
    ----------
    cohort : Cohort
    term : str
        One of the cohort's search terms, or any other; "" finds nothing.
    words : int
        How many words to show on each side.

    Returns
    -------
    DataFrame
        site, informant, segment, left, hit, right, in order of sites, segments and places. Empty where nothing can
        be searched (see `search_status`).

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> kwic(load_cohort("template"), "board*").columns.tolist()
    ['site', 'informant', 'segment', 'left', 'hit', 'right']
    """
    segments = searched(cohort)
    terms = _asked(cohort, term) if term and len(segments) else []
    found = hits_in(segments, terms).merge(segments, on="segment", suffixes=("", "_of_text"))
    rows = [(r.site, r.informant, r.segment, *_around(r.text, r.start, r.end, words)) for r in found.itertuples()]
    table = pd.DataFrame(rows, columns=["site", "informant", "segment", "left", "hit", "right"], dtype=str)
    order = table["site"].map({site: n for n, site in enumerate(cohort.sites["site"])}).fillna(len(cohort.sites))
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def _around(text: str, start: int, end: int, words: int) -> tuple[str, str, str]:
    """Return the words before a hit, the hit, and the words after it."""
    before, after = text[:start].split(), text[end:].split()
    return " ".join(before[max(len(before) - words, 0) :]), text[start:end], " ".join(after[:words])


def _terms(cohort: Cohort) -> pd.DataFrame:
    """Return the cohort's terms, in order: domain, code, term; one blank row if it has none."""
    terms = [(t.domain, t.code, t.term) for t in given_terms(cohort)]
    return pd.DataFrame(terms or [("", "", "")], columns=TERM, dtype=str)


def _without(table: pd.DataFrame, columns: list[str], numbers: set[str], gap: tuple[str, str]) -> pd.DataFrame:
    """Return the rows of a table that cannot be filled, with status and reason."""
    table = table.assign(status=gap[0], reason=gap[1], n=0)
    blank = {column: np.nan if column in numbers else "" for column in columns if column not in table}
    return table.assign(**blank)[columns]


def _counted_words(texts: pd.Series) -> np.ndarray:
    return np.array([len(text.split()) for text in texts], dtype=int)


def term_report(cohort: Cohort) -> pd.DataFrame:
    """Return what each search term found; a term that found nothing keeps its row of zeros.

    Returns
    -------
    DataFrame
        domain, code, term, hits, segments, informants, sites (how many), site_names (`;` list), rate (hits per 1,000
        words of informants), unique (segments of its domain that no other term retrieves), n (segments searched),
        status, reason. Where texts cannot be searched the numbers are missing and the reason says why.

    Notes
    -----
    A search does not see negation: `no trust` is a hit of `trust`.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> report = term_report(load_cohort("af4q"))
    >>> report["reason"].tolist()
    ['the statements are restated in our words']
    """
    numbers = ["hits", "segments", "informants", "sites", "rate", "unique"]
    columns = [*TERM, "hits", "segments", "informants", "sites", "site_names", "rate", "unique", "n"]
    columns += ["status", "reason"]
    table, gap = _terms(cohort), search_status(cohort)
    if gap[0] != "ok":
        return _without(table, columns, set(numbers), gap)
    segments = searched(cohort)
    found = hits_in(segments, given_terms(cohort)).merge(segments[["segment", "site", "informant"]], on="segment")
    by_term = found.groupby("number")
    table["hits"] = by_term.size()
    table["segments"] = by_term["segment"].nunique()
    table["informants"] = found.drop_duplicates(["number", "site", "informant"]).groupby("number").size()
    table["unique"] = _only_here(found).groupby("number").size()
    table[["hits", "segments", "informants", "unique"]] = table[["hits", "segments", "informants", "unique"]].fillna(0)
    names = [_in_order(cohort, found.loc[found["number"] == number, "site"]) for number in table.index]
    table = table.assign(sites=[len(sites) for sites in names], site_names=[";".join(sites) for sites in names])
    table["rate"] = table["hits"] / _counted_words(segments["text"]).sum() * 1000
    table = table.assign(n=len(segments), status=gap[0], reason=gap[1])
    return table.astype({name: int for name in numbers if name != "rate"})[columns]


def _only_here(found: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of term and segment where no other term of the domain retrieves the segment."""
    pairs = found.drop_duplicates(["number", "segment"])
    return pairs[~pairs.duplicated(["domain", "segment"], keep=False)]


def _in_order(cohort: Cohort, sites: pd.Series) -> list[str]:
    return [site for site in cohort.sites["site"] if site in set(sites)]


def rates_by_site(cohort: Cohort) -> pd.DataFrame:
    """Return how often each term stands in the words of each site's informants.

    Returns
    -------
    DataFrame
        domain, code, term, site, hits, n (words of informants at the site), rate (hits per 1,000 words), status,
        reason. Every term meets every site, in declared order; a site without words has no rate, and says so.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> rates_by_site(load_cohort("template")).columns.tolist()[:4]
    ['domain', 'code', 'term', 'site']
    """
    columns = [*TERM, "site", "hits", "n", "rate", "status", "reason"]
    grid, gap = (
        _terms(cohort).reset_index(names="number").merge(cohort.sites[["site"]], how="cross"),
        search_status(cohort),
    )
    if gap[0] != "ok":
        return _without(grid, columns, {"hits", "rate"}, gap)
    segments = searched(cohort)
    found = hits_in(segments, given_terms(cohort)).merge(segments[["segment", "site"]], on="segment")
    words = pd.Series(_counted_words(segments["text"])).groupby(segments["site"]).sum()
    counts = found.groupby(["number", "site"]).size().rename("hits")
    grid = grid.merge(counts, how="left", left_on=["number", "site"], right_index=True)
    grid["n"] = grid["site"].map(words).fillna(0).astype(int)
    grid["hits"] = grid["hits"].fillna(0).astype(int)
    grid["rate"] = grid["hits"] / grid["n"].where(grid["n"] > 0) * 1000
    silent = grid["n"] == 0
    grid["status"] = gap[0]
    grid["status"] = grid["status"].mask(silent, "not_assessable")
    return grid.assign(reason=np.where(silent, "no words of an informant at this site", gap[1]))[columns]


def term_overlap(cohort: Cohort) -> pd.DataFrame:
    """Return how far every two terms of a domain retrieve the same segments.

    Returns
    -------
    DataFrame
        domain, term_1, term_2, segments_1, segments_2, both, jaccard (both in either), n (segments that either
        retrieves), status, reason. Two terms that found nothing have no overlap to estimate.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> term_overlap(load_cohort("template")).columns.tolist()[:3]
    ['domain', 'term_1', 'term_2']
    """
    columns = ["domain", "term_1", "term_2", "segments_1", "segments_2", "both", "jaccard", "n", "status", "reason"]
    terms, gap = _terms(cohort), search_status(cohort)
    if gap[0] != "ok":
        blank = pd.DataFrame({"domain": [""], "term_1": [""], "term_2": [""]})
        return _without(blank, columns, {"segments_1", "segments_2", "both", "jaccard"}, gap)
    found = hits_in(searched(cohort), given_terms(cohort)).groupby("number")["segment"].agg(set)
    pairs = [p for _, rows in terms.groupby("domain", sort=False) for p in combinations(rows.index, 2)]
    rows = []
    for one, two in pairs:
        first, second = (found.get(number, set()) for number in (one, two))
        both, either = len(first & second), len(first | second)
        said = ("ok", gap[1]) if either else ("not_estimable", "neither term was found")
        names = terms.loc[one, "domain"], terms.loc[one, "term"], terms.loc[two, "term"]
        rows.append([*names, len(first), len(second), both, both / either if either else np.nan, either, *said])
    return pd.DataFrame(rows, columns=columns)
