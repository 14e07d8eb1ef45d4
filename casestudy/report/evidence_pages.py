"""Pages of statements: one per site and one per code (the category report), and the matrix that leads to them.

All text from the data is escaped; the pages hold no raw HTML.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods.commonality import presence
from ..methods.comparison import typology
from ..methods.evidence import OWN_VOICE, active_codes, category_reports, heard, in_reading
from .escaping import escape_markdown as esc
from .sentences import count

LEGEND = """\
A cell reads **voices · statements**: how many of the voices heard at the site raise it, and in how many statements.
Follow a cell to read them. **0** means that voices were heard there and none raised it; **n/a** that too few voices
were heard to judge. A 0 or n/a is a limit of what was read or asked, not a proof that there is no such challenge.
"""
WIDE = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n\n"  # the matrix needs the room of the right-hand menu
KINDS = {
    "challenge": "Challenges",
    "factor": "Factors",
    "practice": "Practices",
    "aspect": "Aspects",
    "tradeoff": "Trade-offs",
}


@dataclass(frozen=True)
class Book:
    """What every page draws on, computed once. Sites and codes have numbers: ids may differ only in case."""

    cohort: Cohort
    sites: dict[str, int]
    codes: dict[str, int]
    names: dict[str, str]
    labels: dict[str, str]
    cited: dict[str, str]
    rows: pd.DataFrame
    cells: pd.DataFrame

    def site_page(self, site: str) -> str:
        """Return the file name of a site's page, without ending."""
        return f"site-{self.sites[site] + 1:02}-{_slug(site)}"

    def code_page(self, code: str) -> str:
        """Return the file name of a code's page, without ending."""
        return f"code-{self.codes[code] + 1:02}-{_slug(code)}"


def _slug(key: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in key.lower())[:60].strip("-")


def open_book(cohort: Cohort) -> Book:
    """Return everything the pages draw on."""
    sources = cohort.sources.itertuples()
    return Book(
        cohort,
        {site: n for n, site in enumerate(cohort.sites["site"])},
        {code: n for n, code in enumerate(cohort.codebook["code"])},
        dict(zip(cohort.sites["site"], cohort.sites["name"], strict=True)),
        dict(zip(cohort.codebook["code"], cohort.codebook["label"], strict=True)),
        {row.source: _cited(row) for row in sources},
        all_statements(cohort),
        presence(cohort),
    )


def all_statements(cohort: Cohort) -> pd.DataFrame:
    """Return every resolved statement under every active code, with the reason if it does not count.

    Returns
    -------
    DataFrame
        The columns of `category_reports`, plus difficulty (bool) and also (other codes of the segment, by label).
    """
    table = category_reports(cohort)
    table["difficulty"] = in_reading(table["valence"], "difficulty", cohort)
    labels, codes = cohort.codebook.set_index("code")["label"], table.groupby("segment")["code"].agg(list)
    pairs = zip(table["segment"], table["code"], strict=True)
    table["also"] = ["; ".join(labels[c] for c in codes[segment] if c != code) for segment, code in pairs]
    return table


def _address(url: str) -> str:
    """Return an address that is safe inside a link, or "" if it is none."""
    url = f"https://doi.org/{url[4:].split()[0]}" if url.startswith("doi:") else url
    if not url.startswith(("http://", "https://")):
        return ""
    return "".join(c if c not in "<>\\\"'`{}|^ \n\r\t" else f"%{ord(c):02X}" for c in url)


def _cited(source) -> str:
    """Return a source with its link and year; of an interview only the year, since a title can name the person."""
    when = f"{source.year}" if pd.notna(source.year) else "no date on the page"
    if source.kind == "interview":
        return f"interview, {when}" if pd.notna(source.year) else "interview"
    title, address = esc(source.title or source.source), _address(source.url)
    return f"[{title}](<{address}>), {when}" if address else f"{title}, {when}"


def _who(cohort: Cohort, row) -> str:
    """Return the voice behind a statement: its group, and for documents the publisher. Never an informant's key."""
    group = esc(cohort.groups.get(row.group, row.group))
    if cohort.evidence_level == "informant":
        return group
    own = " (counts as one voice with the alliance and its funder)" if row.group in ("alliance", "funder") else ""
    return f"{esc(row.publisher or row.informant)}, {group}{own}"


def item(book: Book, row) -> str:
    """Return one statement as a list item: valence, words, voice, source with link and year, coders, other codes."""
    about = [book.cohort.about_groups.get(g, g) for g in row.about_group.split(";") if g]
    facts = [
        f"*does not count: {esc(row.reason)}*" if row.reason else "",
        f"{_who(book.cohort, row)}: {book.cited[row.source]}; "
        + (f"states {row.year}" if pd.notna(row.year) else "the statement names no year"),
        f"About: {esc(', '.join(about))}" if about else "",
        f"Also coded: {esc(row.also)}" if row.also else "",
        f"Coders: {esc(row.coders.replace(';', ', '))}",
    ]
    words = esc(row.text) or "*text withheld*"
    told = ". ".join(fact for fact in facts if fact)
    return f"- **{esc(row.valence.replace('_', ' '))}** [{esc(row.segment)}] {words}\\\n  {told}.\n"


def _blocks(book: Book, rows: pd.DataFrame, anchor: str) -> str:
    """Return the statements of one site and code: for a difficulty, around it, against it, and what does not count."""
    counted, against = rows["reason"].eq(""), rows["valence"].eq("not_here")
    word = book.cohort.documented_word
    parts = [
        ("difficulty", "For: told as a difficulty", counted & rows["difficulty"]),
        ("other", f"Around it: {word} in another way", counted & ~rows["difficulty"] & ~against),
        ("against", "Against: said not to arise here", counted & against),
        ("uncounted", "Statements that were read but do not count under the analysis plan", ~counted),
    ]
    text = ""
    for key, title, wanted in parts:
        if wanted.any():
            items = "\n".join(item(book, row) for row in rows[wanted].itertuples())
            text += f"({anchor}-{key})=\n\n### {title} ({wanted.sum()})\n\n{items}\n"
    return text


def _section(book: Book, rows: pd.DataFrame, anchor: str, heading: str, cells: pd.DataFrame) -> str:
    names = {"difficulty": "Difficulty", "documented": book.cohort.documented_word.capitalize()}
    tally = "; ".join(
        f"{names[c.reading]}: {c.raised} of {c.could} voices, {count(c.statements, 'statement')}"
        for c in cells.itertuples()
    )
    return f"({anchor})=\n\n## {heading}\n\n{tally}\n\n{_blocks(book, rows, anchor)}\n"


def _facts(book: Book, facts: pd.DataFrame) -> str:
    """Return the documented facts about a site, each with its year, basis and sources."""
    lines = []
    for fact in facts.itertuples():
        variant = f" (version {esc(fact.variant)})" if fact.variant else ""
        cited = "; ".join(book.cited[source] for source in fact.source_refs.split(";") if source)
        told = ", ".join(filter(None, [esc(fact.year), esc(fact.basis)]))
        note = f" {esc(fact.note)}." if fact.note else ""
        lines.append(f"- **{esc(fact.label)}**{variant}: {esc(fact.value)} ({told}).{note} {cited}\n")
    return "## Documented facts\n\n" + "\n".join(lines) + "\n" if lines else ""


def _site_page(book: Book, site, voices: pd.DataFrame, facts: pd.DataFrame) -> str:
    cohort, n = book.cohort, book.sites[site.site]
    rows, cells = (dict(list(t[t["site"] == site.site].groupby("code"))) for t in (book.rows, book.cells))
    groups = voices["group"].replace(OWN_VOICE, "alliance and funder").value_counts(sort=False)
    told = ", ".join(f"{esc(cohort.groups.get(g, g))} {number}" for g, number in groups.items())
    text = f"# {esc(site.name)}\n\n{esc(cohort.notice)}\n\n{esc(site.note)}\n\n"
    text += f"Voices heard: {len(voices)}" + (f" ({told})" if told else "") + ". [Evidence matrix](index.md)\n\n"
    silent = [book.labels[c] for c in active_codes(cohort) if c not in rows]
    for code in (c for c in active_codes(cohort) if c in rows):
        link = f"[{esc(book.labels[code])}]({book.code_page(code)}.md)"
        text += _section(book, rows[code], f"s{n}-c{book.codes[code]}", link, cells[code])
    text += _facts(book, facts)
    return text + (f"## No statement\n\nNothing read here was coded: {esc('; '.join(silent))}.\n" if silent else "")


def _erring(cohort: Cohort) -> str:
    """Return a warning where coders were made to err: a reader of single statements would think the coding broken."""
    planted = not cohort.truth("coders").empty
    return "The coders of this cohort err on purpose: some statements do not fit their code.\n\n" if planted else ""


def _code_page(book: Book, code) -> str:
    n = book.codes[code.code]
    rows, cells = (dict(list(t[t["code"] == code.code].groupby("site"))) for t in (book.rows, book.cells))
    text = f"# {esc(code.label)}\n\n{esc(book.cohort.notice)}\n\n{_erring(book.cohort)}"
    for title, words in (("Definition", code.definition), ("Use when", code.use_when), ("Not when", code.not_when)):
        words = words.removeprefix(f"{title} ")  # some codebooks repeat the heading
        text += f"**{title}.** {esc(words[:1].upper() + words[1:])}\n\n" if words else ""
    text += "[Evidence matrix](index.md)\n\n"
    for site in (s for s in book.sites if s in rows):
        link = f"[{esc(book.names[site])}]({book.site_page(site)}.md)"
        text += _section(book, rows[site], f"c{n}-s{book.sites[site]}", link, cells[site])
    return text + (f"## Tied to no site\n\n{_blocks(book, rows[''], f'c{n}-none')}\n" if "" in rows else "")


def _matrix(book: Book, kind: str, reading: str) -> str:
    """Return the matrix of one kind of code in one reading, each non-empty cell a link to its statements."""
    cells = {(c.code, c.site): c for c in book.cells[book.cells["reading"] == reading].itertuples()}
    ending = "-difficulty" if reading == "difficulty" else ""
    lines = ["| | " + " | ".join(esc(name) for name in book.names.values()) + " |", "|---|" + "---|" * len(book.sites)]
    for code in active_codes(book.cohort, kind):
        line = [f"[{esc(book.labels[code])}]({book.code_page(code)}.md)"]
        for site, n in book.sites.items():
            cell, link = cells[code, site], f"{book.site_page(site)}.md#s{n}-c{book.codes[code]}{ending}"
            shown = f"[{cell.raised} · {cell.statements}]({link})"
            line.append(shown if cell.statements else "0" if cell.could else "n/a")
        lines.append("| " + " | ".join(line) + " |")
    return "\n".join(lines) + "\n"


def _index(book: Book) -> str:
    text = f"{WIDE}# Evidence\n\n{esc(book.cohort.notice)}\n\n{_erring(book.cohort)}{LEGEND}\n"
    titles = {"difficulty": "as a difficulty", "documented": f"{book.cohort.documented_word} in any way"}
    kinds = book.cohort.codebook.set_index("code").loc[active_codes(book.cohort), "kind"]
    for kind in dict.fromkeys(kinds):
        for reading, title in titles.items():
            text += f"## {esc(KINDS[kind])}: {title}\n\n````{{container}} evidence-matrix\n"
            text += f"{_matrix(book, kind, reading)}````\n\n"
    return text + "## Pages\n\n```{toctree}\n:glob:\n:maxdepth: 1\n\nsite-*\ncode-*\n```\n"


def evidence_pages(cohort: Cohort) -> dict[str, str]:
    """Return the pages of evidence as Markdown: path relative to the site's root -> text.

    `evidence/index.md` holds the matrices, `evidence/site-*.md` the statements of each site by code and what is
    documented of it, `evidence/code-*.md` the statements of each code by site. Statements that do not count under
    the plan are listed apart, with the reason.
    """
    book, voices = open_book(cohort), heard(cohort)
    facts = typology(cohort).query("status == 'ok'")
    pages = {"index": _index(book)}
    for site in cohort.sites.itertuples():
        mine = (table[table["site"] == site.site] for table in (voices, facts))
        pages[book.site_page(site.site)] = _site_page(book, site, *mine)
    for code in cohort.codebook[cohort.codebook["code"].isin(active_codes(cohort))].itertuples():
        pages[book.code_page(code.code)] = _code_page(book, code)
    return {f"evidence/{name}.md": text for name, text in pages.items()}
