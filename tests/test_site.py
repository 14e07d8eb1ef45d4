"""The built site as a reader meets it: every cell of the matrix leads to its statements, and nothing is fetched."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from casestudy import load_cohort
from casestudy.cli import pages_of
from casestudy.methods.commonality import presence
from casestudy.report.evidence_pages import open_book
from casestudy.report.execute import Result, find_notebooks
from casestudy.report.publish import publish

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of af4q, from the stored notebooks."""
    out, cohort, warnings = tmp_path_factory.mktemp("site") / "af4q", load_cohort("af4q"), []
    results = [Result(path, nbformat.read(path, 4), None) for path in find_notebooks(ROOT)]
    assert publish(cohort, results, out, *pages_of(cohort), on_warning=warnings.append) == 0
    assert warnings == []
    return out


@cache
def page(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def matrix_cells(site):
    """Yield (text, link) of every cell of the matrices of evidence."""
    for table in page(site / "evidence/index.html").select(".evidence-matrix table"):
        for row in table.select("tbody tr"):
            for cell in row.select("td")[1:]:
                yield cell.get_text(strip=True), cell.a["href"] if cell.a else ""


def statements_behind(site, href):
    """Return how many counted statements, and in how many subsections, a link of the matrix leads to."""
    name, _, anchor = href.partition("#")
    target = page(site / "evidence" / name).find(id=anchor)
    section = target if target.name == "section" else target.find_parent("section") or target.find_next("section")
    blocks = [section] if anchor.endswith("difficulty") else section.select(":scope > section")
    wanted = [b for b in blocks if not re.search("do not count|Against", b.find(["h2", "h3"]).get_text())]
    return sum(len(block.select("ul > li")) for block in wanted)


def test_every_cell_of_the_matrix_leads_to_as_many_statements_as_it_says(site):
    cells = list(matrix_cells(site))
    linked = [(text, href) for text, href in cells if href]
    assert len(linked) > 100
    for text, href in linked:
        assert statements_behind(site, href) == int(text.split("·")[1]), href
    assert {text for text, href in cells if not href} <= {"0", "n/a"}


def test_matrix_shows_every_cell_of_presence(site):
    cohort = load_cohort("af4q")
    cells = presence(cohort)
    assert len(list(matrix_cells(site))) == len(cells)
    shown = sum(int(text.split("·")[0]) for text, href in matrix_cells(site) if href)
    assert shown == cells["raised"].sum()


def test_matrix_is_one_click_from_07(site):
    links = {a["href"].split("#")[0] for a in page(site / "07_common_challenges.html").select("article a[href]")}
    assert "evidence/index.html" in links


def test_site_pages_hold_link_and_year_of_each_statement(site):
    cohort = load_cohort("af4q")
    items = page(site / f"evidence/{open_book(cohort).site_page('detroit')}.html").select("section section section li")
    assert items
    for item in items:
        assert item.select("a[href^=http]") and re.search(r"\b(19|20)\d\d\b|no date on the page", item.get_text())


def test_landing_page_says_what_the_organisations_must_be_told(site):
    text = page(site / "index.html").get_text()
    assert "not a ranking" in text and "the organisations have not verified" in text


def test_every_picture_has_alt_text(site):
    for path in site.glob("*.html"):
        for picture in page(path).select("article img"):
            assert len(picture.get("alt", "")) > 40, path.name


def test_internal_links_lead_somewhere(site):
    for path in site.rglob("*.html"):
        for link in page(path).select("a[href]"):
            href = link["href"].split("#")[0]
            if href and "://" not in href and not href.startswith("mailto:"):
                assert (path.parent / href).exists(), (path.name, href)


def test_pages_load_nothing_from_another_host(site):
    for path in site.rglob("*.html"):
        html = page(path)
        loaded = [t.get("src") or t.get("href") for t in html.select("script[src], img[src], link[rel=stylesheet]")]
        assert not [address for address in loaded if re.match(r"(https?:)?//", address)], path.name


def test_search_finds_the_words_of_statements(site):
    index = (site / "searchindex.js").read_text("utf-8")
    assert '"dissolv' in index
