"""Pages of statements: one per site and one per code (the category report), and the matrix that leads to them.

All text from the data is escaped; the pages hold no raw HTML.
"""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods.commonality import presence
from ..methods.evidence import OWN_VOICE, active_codes, heard, in_reading, left_out, report_by_code
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
FOLDED = "Statements that were read but do not count under the analysis plan"


def _places(cohort: Cohort) -> tuple[dict[str, int], dict[str, int]]:
    """Return the running numbers of sites and codes, from which anchors are made (ids may differ only in case)."""
    return (
        {site: n for n, site in enumerate(cohort.sites["site"])},
        {code: n for n, code in enumerate(cohort.codebook["code"])},
    )


def page_of_site(cohort: Cohort, site: str) -> str:
    """Return the file name, without ending, of a site's page."""
    return f"site-{_places(cohort)[0][site] + 1:02}-{_slug(site)}"


def page_of_code(cohort: Cohort, code: str) -> str:
    """Return the file name, without ending, of a code's page."""
    return f"code-{_places(cohort)[1][code] + 1:02}-{_slug(code)}"


def _slug(key: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in key.lower())[:60].strip("-")


def all_statements(cohort: Cohort) -> pd.DataFrame:
    """Return every resolved statement under every active code, with the reason if it does not count.

    Returns
    -------
    DataFrame
        The columns of `report_by_code`, plus code, reason ("" if it counts), difficulty (bool), also (other codes of
        the segment, by label).
    """
    tables = [report_by_code(cohort, code).assign(code=code) for code in active_codes(cohort)]
    table = pd.concat(tables, ignore_index=True)
    table["reason"] = table["segment"].map(left_out(cohort))
    table["difficulty"] = in_reading(table["valence"], "difficulty", cohort)
    labels = cohort.codebook.set_index("code")["label"]
    codes = table.groupby("segment")["code"].agg(list)
    table["also"] = [
        "; ".join(labels[c] for c in codes[segment] if c != code)
        for segment, code in zip(table["segment"], table["code"], strict=True)
    ]
    return table


def _who(cohort: Cohort, row) -> str:
    """Return the voice behind a statement: its group, and for documents the publisher. Never an informant's key."""
    group = esc(cohort.groups.get(row.group, row.group))
    if cohort.evidence_level == "informant":
        return group
    own = " (counts as one voice with the alliance and its funder)" if row.group in ("alliance", "funder") else ""
    return f"{esc(row.publisher or row.informant)}, {group}{own}"


def _item(cohort: Cohort, row) -> str:
    """Return one statement as a list item: valence, words, voice, source with link and year, coders, other codes."""
    stated = f"states {row.year}" if pd.notna(row.year) else "undated"
    published = cohort.sources.set_index("source")["year"].get(row.source)
    title = esc(row.title or row.source)
    title = f"[{title}](<{_address(row.url)}>)" if _address(row.url) else title
    when = f"{published}" if pd.notna(published) else "no date on the page"
    facts = [f"{_who(cohort, row)}: {title}, {when}; {stated}"]
    if row.about_group:
        facts.append("About: " + esc(", ".join(cohort.about_groups.get(g, g) for g in row.about_group.split(";"))))
    if row.also:
        facts.append(f"Also coded: {esc(row.also)}")
    facts.append(f"Coders: {esc(row.coders.replace(';', ', '))}")
    if row.reason:
        facts.insert(0, f"*does not count: {esc(row.reason)}*")
    words = esc(row.text) or "*text withheld*"
    valence = esc(row.valence.replace("_", " "))
    return f"- **{valence}** [{esc(row.segment)}] {words}\\\n  {'. '.join(facts)}.\n"


def _address(url: str) -> str:
    """Return an address that is safe inside a link, or "" if it is none."""
    url = f"https://doi.org/{url[4:].split()[0]}" if url.startswith("doi:") else url
    if not url.startswith(("http://", "https://")):
        return ""
    return "".join(c if c not in "<>\\\"'`{}|^ \n\r\t" else f"%{ord(c):02X}" for c in url)


def _blocks(cohort: Cohort, rows: pd.DataFrame, anchor: str) -> str:
    """Return the statements of one site and code: difficulties first, then the others, then those that do not count."""
    counted = rows[rows["reason"].eq("") & rows["valence"].ne("not_here")]
    parts = [
        ("difficulty", "Difficulty", counted[counted["difficulty"]]),
        ("other", "Documented otherwise" if cohort.evidence_level == "document" else "Raised otherwise",
         counted[~counted["difficulty"]]),
        ("against", "Against: said not to arise here", rows[rows["reason"].eq("") & rows["valence"].eq("not_here")]),
        ("uncounted", FOLDED, rows[rows["reason"] != ""]),
    ]  # fmt: skip
    text = ""
    for key, title, found in parts:
        if len(found):
            items = "\n".join(_item(cohort, row) for row in found.itertuples())
            text += f"({anchor}-{key})=\n\n### {title} ({len(found)})\n\n{items}\n"
    return text


def _section(cohort: Cohort, rows: pd.DataFrame, anchor: str, heading: str, cells: pd.DataFrame) -> str:
    names = {"difficulty": "Difficulty", "documented": cohort.documented_word.capitalize()}
    tally = "; ".join(
        f"{names[c.reading]}: {c.raised} of {c.could} voices, {count(c.statements, 'statement')}"
        for c in cells.itertuples()
    )
    return f"({anchor})=\n\n## {heading}\n\n{tally}\n\n{_blocks(cohort, rows, anchor)}\n"


def _site_page(cohort: Cohort, site: str, rows: pd.DataFrame, cells: pd.DataFrame) -> str:
    sites, codes = _places(cohort)
    row, labels = cohort.sites.set_index("site").loc[site], cohort.codebook.set_index("code")["label"]
    voices = heard(cohort).query("site == @site")
    text = f"# {esc(row['name'])}\n\n{esc(cohort.notice)}\n\n" + (f"{esc(row['note'])}\n\n" if row["note"] else "")
    groups = voices["group"].replace(OWN_VOICE, "alliance and funder").value_counts(sort=False)
    told = ", ".join(f"{esc(cohort.groups.get(g, g))} {n}" for g, n in groups.items())
    text += f"Voices heard: {len(voices)}" + (f" ({told})" if told else "") + ". [Evidence matrix](index.md)\n\n"
    for code in active_codes(cohort):
        found = rows[rows["code"] == code]
        if len(found):
            link = f"[{esc(labels[code])}]({page_of_code(cohort, code)}.md)"
            text += _section(cohort, found, f"s{sites[site]}-c{codes[code]}", link, cells[cells["code"] == code])
    silent = [labels[c] for c in active_codes(cohort) if c not in set(rows["code"])]
    return text + (f"## No statement\n\nNothing read here was coded: {esc('; '.join(silent))}.\n" if silent else "")


def _code_page(cohort: Cohort, code: str, rows: pd.DataFrame, cells: pd.DataFrame) -> str:
    sites, codes = _places(cohort)
    book, names = cohort.codebook.set_index("code").loc[code], cohort.sites.set_index("site")["name"]
    text = f"# {esc(book['label'])}\n\n{esc(cohort.notice)}\n\n"
    for title, column in (("Definition", "definition"), ("Use when", "use_when"), ("Not when", "not_when")):
        text += f"**{title}.** {esc(book[column])}\n\n" if book[column] else ""
    text += "[Evidence matrix](index.md)\n\n"
    for site in cohort.sites["site"]:
        found = rows[rows["site"] == site]
        if len(found):
            link = f"[{esc(names[site])}]({page_of_site(cohort, site)}.md)"
            text += _section(cohort, found, f"c{codes[code]}-s{sites[site]}", link, cells[cells["site"] == site])
    loose = rows[rows["site"] == ""]
    if len(loose):
        text += f"## Tied to no site\n\n{_blocks(cohort, loose, f'c{codes[code]}-none')}\n"
    return text


def _matrix(cohort: Cohort, cells: pd.DataFrame, kind: str, reading: str) -> str:
    """Return the matrix of one kind of code in one reading, each non-empty cell a link to its statements."""
    sites, codes = _places(cohort)
    names, labels = cohort.sites.set_index("site")["name"], cohort.codebook.set_index("code")["label"]
    by = cells[cells["reading"] == reading].set_index(["code", "site"])
    head = "| | " + " | ".join(esc(names[s]) for s in sites) + " |\n|---|" + "---|" * len(sites) + "\n"
    lines = []
    for code in active_codes(cohort, kind):
        line = [f"[{esc(labels[code])}]({page_of_code(cohort, code)}.md)"]
        for site in sites:
            cell = by.loc[(code, site)]
            anchor = f"s{sites[site]}-c{codes[code]}" + ("-difficulty" if reading == "difficulty" else "")
            shown = f"[{cell['raised']} · {cell['statements']}]({page_of_site(cohort, site)}.md#{anchor})"
            line.append(shown if cell["statements"] else "0" if cell["could"] else "n/a")
        lines.append("| " + " | ".join(line) + " |")
    return head + "\n".join(lines) + "\n"


def _index(cohort: Cohort, cells: pd.DataFrame) -> str:
    text = f"{WIDE}# Evidence\n\n{esc(cohort.notice)}\n\n{LEGEND}\n"
    titles = {"difficulty": "as a difficulty", "documented": f"{cohort.documented_word} in any way"}
    for kind in dict.fromkeys(cohort.codebook.loc[cohort.codebook["active"] != "no", "kind"]):
        for reading, title in titles.items():
            text += f"## {esc(KINDS[kind])}: {title}\n\n````{{container}} evidence-matrix\n"
            text += f"{_matrix(cohort, cells, kind, reading)}````\n\n"
    return text + "## Pages\n\n```{toctree}\n:glob:\n:maxdepth: 1\n\nsite-*\ncode-*\n```\n"


def evidence_pages(cohort: Cohort) -> dict[str, str]:
    """Return the pages of evidence as Markdown: path relative to the site's root -> text.

    `evidence/index.md` holds the matrices, `evidence/site-*.md` the statements of each site by code,
    `evidence/code-*.md` those of each code by site. Statements that do not count under the plan are listed apart,
    with the reason.
    """
    rows, cells = all_statements(cohort), presence(cohort)
    pages = {"evidence/index.md": _index(cohort, cells)}
    for site in cohort.sites["site"]:
        text = _site_page(cohort, site, rows[rows["site"] == site], cells[cells["site"] == site])
        pages[f"evidence/{page_of_site(cohort, site)}.md"] = text
    for code in active_codes(cohort):
        text = _code_page(cohort, code, rows[rows["code"] == code], cells[cells["code"] == code])
        pages[f"evidence/{page_of_code(cohort, code)}.md"] = text
    return pages
