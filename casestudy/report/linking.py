"""Links from the pages of the notebooks to the statements behind them: a claim, a name or a cell leads to its evidence.

What a notebook stores holds no link into the site, so that it reads well alone. When the site is built, ids of claims
and names of challenges and sites are found again in its outputs, and what they lead to in the pages of evidence.
"""

import html
import re
from collections import Counter
from typing import NamedTuple

CLAIMS = "evidence/claims.md"
NAMED = re.compile(r"evidence/(site|code)-")
TITLE = re.compile(r"^# (.+)$", re.M)
SECTION = re.compile(r"^\((\S+)\)=\n\n## \[.*\]\((site-[^()]+\.md)\)$", re.M)  # of one site, on the page of a code
CLAIM = re.compile(r"^\((claim-\d+)\)=\n\n## (.+)$", re.M)
BOLD = re.compile(r"\*\*([\w.\\-]+)\*\*")
ENTRY = re.compile(r"- \*\*([\w.\\-]+)\*\*")  # of the ledger of claims
LEFT_ALONE = r"\[[^\]]*\]\([^)]*\)|`[^`]*`|<!--.*?-->"  # what is a link already, code, or not shown
ROW = re.compile(r"<tr.*?</tr>", re.S)
CELL = re.compile(r"(<t[hd][^>]*>)(.*?)(</t[hd]>)", re.S)
COUNTED = re.compile(r"(.+?)( \d+/\d+\*?)?")  # a site, and how many of its voices


class Evidence(NamedTuple):
    """Where names and claims lead: paths in the site, of pages as they are written (`.md`)."""

    names: dict[str, str]  # of a site or code -> its page
    cells: dict[frozenset[str], str]  # page of a site and page of a code -> the section that holds both
    claims: dict[str, str]  # id -> its section


def evidence_in(pages: dict[str, str]) -> Evidence:
    """Read from the pages of evidence where names, cells and claims lead; a name that two pages share leads nowhere."""
    titles = {path: TITLE.search(text) for path, text in pages.items() if NAMED.match(path)}
    titles = {path: _plain(found[1]) for path, found in titles.items() if found}
    once = Counter(titles.values())
    cells = {
        frozenset({path, f"evidence/{site}"}): f"{path}#{anchor}"
        for path, text in pages.items()
        if path.startswith("evidence/code-")
        for anchor, site in SECTION.findall(text)
    }
    claims = {_plain(id_): f"{CLAIMS}#{anchor}" for anchor, id_ in CLAIM.findall(pages.get(CLAIMS, ""))}
    return Evidence({name: path for path, name in titles.items() if once[name] == 1}, cells, claims)


def _plain(escaped: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped)


# ---- sentences ----------------------------------------------------------------------------------------------------


def lead_sentences(text: str, evidence: Evidence) -> str:
    r"""Return Markdown in which every sentence leads to its evidence.

    Ids of claims, which stand in bold, become links, and so do the names of challenges and sites. In a line that opens
    with a claim only the claim does: it leads to everything the line names. Headings, quotations and tables stay as
    they are.

    >>> evidence = Evidence({"Money, staff": "evidence/code-1.md"}, {}, {"c01": "evidence/claims.md#claim-1"})
    >>> print(lead_sentences(r"Money\, staff: so it is (**c01**).", evidence))
    [Money\, staff](evidence/code-1.md): so it is (**[c01](evidence/claims.md#claim-1)**).
    >>> print(lead_sentences(r"- **c01** Money\, staff is common.", evidence))
    - **[c01](evidence/claims.md#claim-1)** Money\, staff is common.
    """
    names = _pattern(evidence.names)
    return "\n".join(
        line if line.lstrip().startswith(("#", ">", "|")) else _lead_line(line, evidence, names)
        for line in text.split("\n")
    )


def _lead_line(line: str, evidence: Evidence, names: re.Pattern) -> str:
    def claim(found):
        target = evidence.claims.get(_plain(found[1]))
        return f"**[{found[1]}]({target})**" if target else found[0]

    about = [None, 0]  # the challenge named last, and where: a site named after it in the same sentence leads to both

    def name(found):
        target = found[1] and evidence.names.get(" ".join(_plain(found[1]).split()))
        if target and ". " not in found.string[about[1] : found.start()]:
            target = evidence.cells.get(frozenset({about[0], target}), target)
        if target and target.startswith("evidence/code-") and "#" not in target:
            about[:] = target, found.end()
        return f"[{found[1]}]({target})" if target else found[0]

    opening = ENTRY.match(line)
    is_entry = opening and _plain(opening[1]) in evidence.claims
    return BOLD.sub(claim, line if is_entry else names.sub(name, line))


def _pattern(names) -> re.Pattern:
    """Return what finds a name, the longest first, with its punctuation escaped or not."""
    written = "|".join(map(_spelled, sorted(names, key=len, reverse=True))) or r"(?!)"
    return re.compile(rf"{LEFT_ALONE}|(?<![\w\\])({written})(?!\w)")


def _spelled(name: str) -> str:
    return "".join(c if c.isalnum() else r"\s+" if c.isspace() else rf"\\?{re.escape(c)}" for c in name)


# ---- tables -------------------------------------------------------------------------------------------------------


def lead_table(table: str, evidence: Evidence) -> str:
    """Return the HTML of a table in which names lead to their page, and cells to the statements for and against.

    A cell leads to what one code and one site have in common: if row and column are named for them, or if it lists
    sites in the row of a code. A blank cell and a zero lead nowhere.
    """
    heads: list[str] = []

    def row(found):
        cells = CELL.findall(found[0])
        texts = [html.unescape(inner) for _, inner, _ in cells]
        if "<td" not in found[0] and any(texts[1:]):
            heads[:] = texts
        pages = [evidence.names.get(text) for text in [*texts[:1], *heads[1:]]]
        told = iter(_lead_cell(texts[n], n, pages, evidence) or inner for n, (_, inner, _) in enumerate(cells))
        return CELL.sub(lambda cell: cell[1] + next(told) + cell[3], found[0])

    return ROW.sub(row, table)


def _lead_cell(text: str, n: int, pages: list, evidence: Evidence) -> str:
    """Return the inner HTML of a cell with its links; "" if it has none."""
    if text in evidence.names:
        return _name(text, pages[0], evidence)
    if n == 0 or not pages[0]:
        return ""
    both = evidence.cells.get(frozenset(pages[:1] + pages[n : n + 1]))
    return _counted(text, both) if both else "; ".join(_name(part, pages[0], evidence) for part in text.split("; "))


def _name(text: str, row: str | None, evidence: Evidence) -> str:
    """Return a name as a link: in the row of another name to what both have in common, else to its own page."""
    found = COUNTED.fullmatch(text)
    page = evidence.names.get(text) or (evidence.names.get(found[1]) if found else None)
    target = evidence.cells.get(frozenset({row, page}), page)
    return _link(text, target) if target else html.escape(text, quote=False)


def _counted(text: str, target: str) -> str:
    """Return what a cell counts as a link, without the words that may follow; "" if it counts nothing."""
    number = re.match(r"[1-9][^:]*", text)
    return _link(number[0], target) + html.escape(text[number.end() :], quote=False) if number else ""


def _link(text: str, target: str) -> str:
    page, _, anchor = target.partition("#")
    address = page.removesuffix(".md") + ".html" + (f"#{anchor}" if anchor else "")
    return f'<a href="{html.escape(address)}">{html.escape(text, quote=False)}</a>'
