"""Text is brought to one form once, on its way in, so that a search finds what a reader sees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pandas as pd

from .problems import Problem

SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Word's hyphen that does not break a line looks like any other; joiners (U+200C, U+200D) are kept: they can be seen
PLAIN = {
    **dict.fromkeys(SPACES, " "),
    **dict.fromkeys("\u2028\u2029", "\n"),
    **dict.fromkeys("‘’‚‛", "'"),
    **dict.fromkeys("“”„‟", '"'),
    **dict.fromkeys("\u2010\u2011", "-"),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),  # soft hyphen and zero-width characters
}
ODD, TABLE = re.compile(f"[{''.join(PLAIN)}]"), str.maketrans(PLAIN)


def is_plain(text: str) -> bool:
    """Return whether `normalise_text` would leave the text as it is."""
    return text.isascii() or (not ODD.search(text) and unicodedata.is_normalized("NFC", text))


def normalise_text(text: str) -> str:
    r"""Return text in the one form in which a cohort holds it.

    Composed characters (Unicode NFC), plain spaces for no-break and other odd ones, straight quotation marks for
    curly ones, plain hyphens for those that do not break a line; without soft hyphens and zero-width characters.

    >>> normalise_text("the board\u2019s\u00a0cafe\u0301, part\u00adner")
    "the board's café, partner"
    """
    return text if is_plain(text) else unicodedata.normalize("NFC", text.translate(TABLE))


def normalise_texts(texts: pd.Series) -> pd.Series:
    """Return a column of texts in that form; a column that is so already costs one look."""
    return texts if is_plain("\0".join(texts)) else texts.map(normalise_text)


def moved_offsets(segments: pd.DataFrame, codings: pd.DataFrame) -> Iterator[Problem]:
    """Yield a Problem for every text whose length would change although codings count characters in it."""
    counted = codings.loc[(codings["start"] + codings["end"]) != "", "segment"]
    for line, text in segments.loc[segments["segment"].isin(counted), "text"].items():
        if len(normalise_text(text)) != len(text):
            said = "has characters that are composed or removed on loading, so that offsets in codings.csv would move"
            fix = "write the text in Unicode NFC, without soft hyphens and zero-width characters, and count again"
            yield Problem("segments.csv", line, "text", text[:80], said, fix)
