"""Pages of evidence: complete, without a word of the data taken as markup, and without keys of people."""

import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.methods.commonality import presence
from casestudy.methods.evidence import left_out, report_by_code, statements
from casestudy.report.escaping import escape_markdown
from casestudy.report.evidence_pages import evidence_pages

# more than the site turns on, so that the escaping does not depend on its settings
EXTENSIONS = ["dollarmath", "amsmath", "colon_fence", "deflist", "html_admonition", "html_image", "strikethrough"]
EXTENSIONS += ["substitution", "tasklist", "attrs_inline", "attrs_block", "fieldlist"]
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "`code` and ``more``",
    "```{raw} html\n<b>x</b>\n```",
    "```\nfence\n```",
    "{raw}`html <b>`",
    "[x](javascript:alert(1))",
    "![x](http://example.org/x.png)",
    "<javascript:alert(1)>",
    "costs $5 to $10, $$x^2$$",
    "{{ substitution }} {eval}`1`",
    "# heading\n\n---\n\n- item\n\n1. item",
    "(s0-c0)=\n\n# taken",
    ":::{note}\nx\n:::",
    "| a | b |\n|---|---|\n| c | d |",
    "&lt;b&gt; &#60;script&#62;",
    "ends with a backslash \\",
    "*a* _b_ **c** ~~d~~ ^e^ [^1] [ref]: http://x",
    "% comment",
    "a\u2028line\u2029paragraph\x0bvertical",
]


@cache
def tree(text):
    """Render Markdown as the site does, with every extension that could take text as markup."""
    from myst_parser.parsers.docutils_ import Parser

    changed = {"myst_enable_extensions": EXTENSIONS, "report_level": 5, "raw_enabled": True}
    return publish_doctree(text, parser=Parser(), settings_overrides=changed)


def rendered(document):
    return " ".join(document.astext().split())


def plain(text):
    return " ".join(text.split())


MARKUP = (
    nodes.raw,
    nodes.math,
    nodes.math_block,
    nodes.literal,
    nodes.literal_block,
    nodes.image,
    nodes.comment,
    nodes.note,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_escape_markdown_keeps_hostile_text_literal(text):
    document = tree(f"Before {escape_markdown(text)} after")
    assert rendered(document) == plain(f"Before {text} after").replace("\x0b", " ")
    assert [type(node) for node in document.findall(nodes.Element)] == [nodes.document, nodes.paragraph]


@settings(max_examples=150, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab1 \n\t`*_{}[]()<>#+-.!|$~^%&;:=\\\"'/@é—"), max_size=40))
def test_escape_markdown_of_any_text_is_one_line_of_words(text):
    document = tree(f"Before {escape_markdown(text)} after")
    assert rendered(document) == plain(f"Before {text} after")
    assert [type(node) for node in document.findall(nodes.Element)] == [nodes.document, nodes.paragraph]


@given(text=st.text(max_size=40))
def test_escape_markdown_holds_no_line_break_and_no_control_character(text):
    escaped = escape_markdown(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", escaped) and len(escaped.splitlines()) <= 1


def test_escape_markdown_keeps_table_cells_apart():
    document = tree(f"| {escape_markdown('a | b')} | c |\n|---|---|\n| {escape_markdown('d || `e|f`')} | g |\n")
    assert [rendered_entry.astext() for rendered_entry in document.findall(nodes.entry)] == [
        "a | b",
        "c",
        "d || `e|f`",
        "g",
    ]


# ---- pages --------------------------------------------------------------------------------------------------------


def hostile_cohort(make_cohort):
    """Return a cohort in which every free text is hostile."""
    told = [
        (
            "north",
            f"v{n}",
            "news",
            "money",
            VALENCES[n % 3],
            {"text": t, "title": t, "publisher": t, "about_group": "news"},
        )
        for n, t in enumerate(HOSTILE)
    ]
    book = [{"code": "money", "label": ALL, "kind": "challenge", "definition": ALL, "use_when": ALL, "not_when": ALL}]
    facts = {
        "attributes": [{"attribute": "legal", "label": ALL, "theme": "governance", "type": "text"}],
        "site_attributes": [
            {"site": "north", "attribute": "legal", "value": ALL, "note": ALL, "source_refs": "north-v0"}
        ],
    }
    cohort = make_cohort(told, evidence_level="document", codebook=book, **facts)
    cohort = cohort.with_tables(sites=cohort.sites.assign(name=ALL, note=ALL))
    return replace(cohort, groups={"news": ALL}, about_groups={"news": ALL})


VALENCES = ("challenge", "strategy", "not_here")
ALL = " ".join(" ".join(text.split()) for text in HOSTILE)


def without_fences(page):
    """Leave out what the pages themselves make: the settings at the head and the list of pages."""
    return re.sub(r"\A---\n.*?---\n|```\{toctree\}.*?```", "", page, flags=re.S)


def test_evidence_pages_of_hostile_texts_hold_no_markup(make_cohort):
    cohort = hostile_cohort(make_cohort)
    for path, page in evidence_pages(cohort).items():
        document = tree(without_fences(page))
        found = {node.astext().strip() for node in document.findall(lambda node: isinstance(node, MARKUP))}
        assert found <= {"<br />", "\\\\"}, path  # MyST's own line break, in HTML and in LaTeX
        for link in document.findall(nodes.reference):
            assert not re.match(r"(?i)(javascript|data|vbscript):", link.get("refuri", "")), path


def test_evidence_pages_of_hostile_texts_say_every_word(make_cohort):
    cohort = hostile_cohort(make_cohort)
    pages = evidence_pages(cohort)
    site, code = (rendered(tree(pages[f"evidence/{page}.md"])) for page in ("site-01-north", "code-01-money"))
    for text in HOSTILE:
        assert plain(text) in site and plain(text) in code
    assert site.count(ALL) > len(HOSTILE) and code.count(ALL) > len(HOSTILE)  # names, notes, labels, definitions


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "//example.org",
        "",
        "mailto:a@b",
    ],
)
def test_evidence_pages_link_no_other_address(make_cohort, url):
    assert links(make_cohort, url) == []


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://example.org/a", "http://example.org/a"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("doi:10.1000/182", "https://doi.org/10.1000/182"),
    ],
)
def test_evidence_pages_link_the_source(make_cohort, url, target):
    assert links(make_cohort, url) == [target]


def test_evidence_pages_keep_an_address_inside_its_link(make_cohort):
    for url in ("https://example.org/>) <script>", "https://example.org/`x`{raw}", "https://example.org/a\nb"):
        (target,) = links(make_cohort, url)
        assert target.startswith("https://example.org/") and not set(target) & set("<>`{} \n")


def links(make_cohort, url):
    cohort = make_cohort([("north", "n1", "news", "money", "challenge", {"title": "Title"})], evidence_level="document")
    cohort = cohort.with_tables(sources=cohort.sources.assign(url=url))  # the loader would refuse most of these
    document = tree(evidence_pages(cohort)["evidence/site-01-north.md"])
    return [ref["refuri"] for ref in document.findall(nodes.reference) if ref.astext() == "Title"]


def items(page):
    """The statements of a page as (code section, block, segment)."""
    section = block = ""
    for line in page.splitlines():
        if line.startswith("## "):
            section, block = line, ""
        elif line.startswith("### "):
            block = re.sub(r" \(\d+\)$", "", line[4:])
        elif found := re.match(r"- \*\*\S.*?\*\* \[(\S+?)\] ", line):
            yield section, block, found[1].replace("\\", "")


def test_evidence_pages_hold_every_counted_statement_once_under_its_code(tiny):
    pages = evidence_pages(tiny)
    for n, site in enumerate(tiny.sites["site"], 1):
        on_page = list(items(pages[f"evidence/site-0{n}-{site}.md"]))
        said = statements(tiny).query("site == @site")
        assert len(on_page) == len(said)
        for row in said.itertuples():
            here = [
                block
                for section, block, segment in on_page
                if segment == row.segment and f"{row.code.capitalize()}]" in section
            ]
            expected = "Against" if row.valence == "not_here" else "For: told as a difficulty"
            expected = expected if row.valence in ("challenge", "barrier", "not_here") else "Around it: raised"
            assert len(here) == 1 and here[0].startswith(expected)


def test_evidence_pages_say_the_same_by_site_and_by_code(tiny):
    pages = evidence_pages(tiny)
    everything = [s for code in tiny.codebook["code"] for s in report_by_code(tiny, code)["segment"]]
    by_site = [s for p, text in pages.items() if "/site-" in p for *_, s in items(text)]
    by_code = [s for p, text in pages.items() if "/code-" in p for *_, s in items(text)]
    assert sorted(by_site) == sorted(by_code) == sorted(everything)


def test_evidence_pages_list_what_does_not_count_with_its_reason(make_cohort):
    rows = [
        ("north", "n1", "news", "money", "challenge", {"segment": "good"}),
        ("north", "n1", "news", "money", "challenge", {"segment": "host", "scope": "host"}),
        ("", "n1", "news", "money", "challenge", {"segment": "advice", "source": "north-n1"}),
    ]
    cohort = make_cohort(rows, evidence_level="document", sites=["north"])
    pages = evidence_pages(cohort)
    assert [(b, s) for _, b, s in items(pages["evidence/site-01-north.md"])] == [
        ("For: told as a difficulty", "good"),
        ("Statements that were read but do not count under the analysis plan", "host"),
    ]
    assert [s for *_, s in items(pages["evidence/code-01-money.md"])] == ["good", "host", "advice"]
    text = rendered(tree(pages["evidence/code-01-money.md"]))
    assert left_out(cohort).to_dict() == {"good": "", "host": "not scope: site", "advice": "not tied to a site"}
    assert "does not count: not scope: site" in text and "does not count: not tied to a site" in text
    assert "1 of 1 voices, 1 statement" in text


def test_evidence_pages_matrix_leads_to_anchors_that_exist(tiny):
    pages = evidence_pages(tiny)
    targets = re.findall(r"\]\(([^)#]+)\.md#([^)]+)\)", pages["evidence/index.md"])
    assert len(targets) == (presence(tiny)["statements"] > 0).sum()
    for page, anchor in targets:
        assert f"({anchor})=" in pages[f"evidence/{page}.md"].splitlines()


def test_evidence_pages_matrix_tells_zero_from_not_assessable(make_cohort):
    rows = [("north", "n1", "news", "money", "challenge"), ("south", "s1", "news", "trust", "strategy")]
    index = evidence_pages(make_cohort(rows, evidence_level="document", sites=["north", "south", "none"]))
    line = next(ln for ln in index["evidence/index.md"].splitlines() if ln.startswith("| [Money]"))
    assert [cell.strip() for cell in line.split("|")[2:5]][1:] == ["0", "n/a"]
    assert re.match(r"\[1 · 1\]\(site-01-north\.md#", line.split("|")[2].strip())


@pytest.mark.parametrize("sites", [["north", "nORTH", "NORTH-"], ["a.b", "a-b", "a_b"]])
def test_evidence_pages_of_ids_that_look_alike_have_their_own_names_and_anchors(make_cohort, sites):
    rows = [(s, f"v{n}", "news", c, "challenge") for n, s in enumerate(sites) for c in ("money", "Money")]
    book = [{"code": c, "label": f"{c} {n}", "kind": "challenge"} for n, c in enumerate(("money", "Money"))]
    cohort = make_cohort(rows, evidence_level="document", codebook=book, sites=sites)
    pages = evidence_pages(cohort)
    assert len({path.lower() for path in pages}) == 1 + 3 + 2
    anchors = [a.lower() for text in pages.values() for a in re.findall(r"^\((\S+)\)=$", text, flags=re.M)]
    assert len(anchors) == len(set(anchors)) >= 2 * 3 * 2


def test_evidence_pages_of_interviews_never_show_an_informants_key(make_cohort):
    rows = [
        ("north", f"SECRET-{n}", "clinicians", "money", v, {"source": f"i{n}", "text": "Words."})
        for n, v in enumerate(("challenge", "strategy", "not_here"))
    ]
    cohort = make_cohort(rows, plan={"k": 1, "m": 1})
    assert "SECRET" not in "".join(evidence_pages(cohort).values()).replace("\\", "")
    document = make_cohort(rows, evidence_level="document")
    assert "SECRET" in "".join(evidence_pages(document).values()).replace("\\", "")  # there it is the publisher


def test_evidence_pages_tell_year_about_and_coders(make_cohort):
    row = (
        "north",
        "gazette",
        "news",
        "money",
        "challenge",
        {"year": 2010, "about_group": "funders", "title": "A page"},
    )
    cohort = make_cohort([row], evidence_level="document")
    cohort = cohort.with_tables(
        sources=cohort.sources.assign(year=pd.array([2012], dtype="Int64"), publisher="The Gazette")
    )
    text = rendered(tree(evidence_pages(cohort)["evidence/site-01-north.md"]))
    assert "The Gazette, News: A page, 2012; states 2010. About: Funders. Coders: ana." in text


def test_evidence_pages_say_undated_and_withheld(make_cohort):
    row = ("north", "gazette", "news", "money", "challenge", {"text": "", "text_kind": "withheld"})
    text = rendered(tree(evidence_pages(make_cohort([row], evidence_level="document"))["evidence/site-01-north.md"]))
    assert "text withheld" in text and "no date on the page; the statement names no year" in text


def test_evidence_pages_mark_the_alliance_and_its_funder_as_one_voice(make_cohort):
    rows = [("north", who, who, "money", "challenge") for who in ("alliance", "funder", "news")]
    text = rendered(tree(evidence_pages(make_cohort(rows, evidence_level="document"))["evidence/site-01-north.md"]))
    assert text.count("counts as one voice with the alliance and its funder") == 2
    assert "Difficulty: 2 of 2 voices, 3 statements" in text


def test_evidence_pages_carry_the_caution_about_named_organisations(make_cohort):
    row = ("north", "gazette", "news", "money", "challenge", {"text_kind": "paraphrase"})
    cohort = make_cohort([row], evidence_level="document", synthetic=False)
    for page in evidence_pages(cohort).values():
        assert plain(cohort.notice) in rendered(tree(without_fences(page)))


def test_evidence_pages_leave_inactive_codes_out(make_cohort):
    book = [{"code": "money", "label": "Money", "kind": "challenge"}]
    book += [{"code": "old", "label": "Oldcode", "kind": "challenge", "active": "no"}]
    pages = evidence_pages(make_cohort([("north", "n1", "news", "money", "challenge")], codebook=book))
    assert "Oldcode" not in "".join(pages.values()) and not any("old" in path for path in pages)


def test_evidence_pages_name_the_other_codes_of_a_segment(make_cohort):
    rows = [("north", "n1", "news", code, "challenge", {"segment": "a"}) for code in ("money", "trust", "time")]
    text = rendered(tree(evidence_pages(make_cohort(rows))["evidence/site-01-north.md"]))
    assert [f"Also coded: {also}." in text for also in ("Trust; Time", "Money; Time", "Money; Trust")] == [True] * 3


def test_evidence_pages_tell_documented_facts_with_year_and_basis(tiny):
    pages = evidence_pages(tiny)
    north, east = (rendered(tree(pages[f"evidence/site-0{n}.md"])) for n in ("1-north", "3-east"))
    assert "Legal form: charity (explicit)." in north and "Founded: 1999 (1999)." in north
    assert "Documented facts" not in east  # nothing is documented there
