"""Text from the data made literal, before it goes into a Markdown page or cell."""

from __future__ import annotations

import re

PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def escape_markdown(text) -> str:
    r"""Make any text literal in MyST Markdown, on one line.

    Each ASCII punctuation character gets a backslash (CommonMark 0.31, section 2.4), white space of any kind becomes
    one space, and a control character the replacement character. Not for code spans, where backslashes show.

    >>> escape_markdown("1. *Pay* for\n{math}`x`")
    '1\\. \\*Pay\\* for \\{math\\}\\`x\\`'
    """
    folded = re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", " ".join(str(text).split()))
    return PUNCTUATION.sub(r"\\\g<0>", folded)
