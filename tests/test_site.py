"""The built site as a reader meets it: every sentence and cell leads to its statements, and nothing is fetched."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from casestudy import load_cohort
from casestudy.methods.commonality import presence
from casestudy.methods.evidence import active_codes
from casestudy.report.building import pages_of
from casestudy.report.claims import claims, evidence_of_claims
from casestudy.report.evidence_pages import open_book
from casestudy.report.execute import Result, execute_all, find_notebooks
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


FROM_12 = ("01", "03", "04", "06", "07", "12")  # the notebooks to which 12 leads, and itself


@pytest.fixture(scope="module", params=["af4q", pytest.param("template", marks=pytest.mark.slower)])
def built(request, tmp_path_factory):
    """A site and its cohort: of af4q the one from the stored notebooks; the template's notebooks are executed."""
    cohort = load_cohort(request.param)
    if cohort.id == "af4q":
        return request.getfixturevalue("site"), cohort
    out = tmp_path_factory.mktemp("site") / cohort.id
    paths = [path for path in find_notebooks(ROOT) if path.name[:2] in FROM_12]
    publish(cohort, execute_all(paths, str(cohort.folder)), out, *pages_of(cohort))
    return out, cohort


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


# ---- from a sentence of 12 to its statements ------------------------------------------------------------------------


def items(part):
    """Return the statements in a part of a page of evidence."""
    return [item for item in part.select("li") if "Coders:" in item.get_text()]


ASIDE = {"what-a-report-must-still-tell", "the-claims-one-by-one"}  # their lists: checklists, and claims with their ids


def sentences_of_12(site):
    """Return the computed sentences of 12, paragraphs and list items, below the caution that opens it."""
    told = []
    for part in page(site / "12_findings.html").select("article section section .cell_output :is(p, li)"):
        in_list = part.find_parent(["ul", "ol"]) is not None
        aside = in_list and part.find_parent("section")["id"] in ASIDE
        told += [] if aside or (in_list and part.name == "p") else [part]
    return told


def names_of(cohort):
    labels = cohort.codebook.set_index("code").loc[active_codes(cohort), "label"]
    return sorted({*cohort.sites["name"], *labels}, key=len, reverse=True)


def landing(path, link):
    """Return the page to which a link leads, and its path; None outside the site."""
    href = link["href"].split("#")[0]
    target = (path.parent / href).resolve() if href else path
    return None if "://" in href or target.suffix != ".html" else target


def leads_to_statements(path, links, clicks):
    """Return whether one of the links reaches a page of evidence with statements on it in so many clicks."""
    pages = {landing(path, link) for link in links} - {None}
    if any(target.parent.name == "evidence" and items(page(target)) for target in pages):
        return True
    return clicks > 1 and any(
        leads_to_statements(target, page(target).select("article a[href]"), clicks - 1) for target in pages
    )


def test_every_sentence_of_12_leads_to_statements_in_two_clicks(built):
    site, cohort = built
    found = re.compile("|".join([r"\d", *map(re.escape, names_of(cohort))]))
    told = [part for part in sentences_of_12(site) if found.search(part.get_text())]
    assert len(told) > 12
    for part in told:
        assert leads_to_statements(site / "12_findings.html", part.select("a[href]"), 2), part.get_text()


def test_every_name_in_a_sentence_of_12_leads_to_its_own_page(built):
    site, cohort = built
    named = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names_of(cohort)))
    links = [link for part in sentences_of_12(site) for link in part.select("a[href^='evidence/']")]
    for link in links:
        if not link["href"].startswith("evidence/claims"):
            path, _, anchor = link["href"].partition("#")
            there = page(site / path)
            head = there.find(id=anchor).find_next("h2") if anchor else there.h1
            assert head.get_text().startswith(link.get_text())
    assert len(links) > 20
    for part in sentences_of_12(site):
        loose = "".join(text for text in part.find_all(string=True) if not text.find_parent("a"))
        assert not named.findall(loose), loose


def test_every_claim_of_12_leads_to_as_many_statements_as_the_ledger_cites(built):
    site, cohort = built
    cited = evidence_of_claims(cohort).groupby("claim").size()
    links = page(site / "12_findings.html").select("a[href^='evidence/claims.html#']")
    assert {link.get_text() for link in links} == set(claims(cohort)["claim"])
    for link in links:
        anchor = page(site / "evidence/claims.html").find(id=link["href"].split("#")[1])
        section = anchor if anchor.name == "section" else anchor.find_parent("section") or anchor.find_next("section")
        section = section if section.h2 else anchor.find_next("section")
        assert section.h2.find(string=True) == link.get_text()
        assert len(items(section)) == cited.get(link.get_text(), 0)


def test_every_site_in_the_matrix_of_07_leads_to_as_many_statements_as_are_counted_there(built):
    site, cohort = built
    rows = presence(cohort).query("status == 'ok' and present.fillna(False)")
    names, labels = cohort.sites.set_index("site")["name"], cohort.codebook.set_index("code")["label"]
    table = next(t for t in page(site / "07_common_challenges.html").select("article table") if "_at" in t.thead.text)
    heads = [th.get_text() for th in table.select("thead th")]
    shown = {}
    for row in table.select("tbody tr"):
        cells = row.select("th, td")
        for reading in ("difficulty", "documented"):
            column = heads.index(f"{reading if reading in heads else cohort.documented_word}_at")
            for link in cells[column].select("a"):
                shown[reading, cells[0].get_text(), link.get_text().rpartition(" ")[0]] = link["href"]
            assert cells[column].get_text().count(";") + bool(cells[column].get_text()) == len(
                cells[column].select("a")
            )
    wanted = rows[rows["code"].map(cohort.codebook.set_index("code")["kind"]).eq("challenge")]
    assert len(shown) == len(wanted)
    for cell in wanted.itertuples():
        href = shown[cell.reading, labels[cell.code], names[cell.site]]
        name, _, anchor = href.partition("#")
        target = page(site / name).find(id=anchor)
        section = target if target.name == "section" else target.find_next("section")
        blocks = {block.h3.find(string=True): len(items(block)) for block in section.select(":scope > section")}
        counted = [
            n for title, n in blocks.items() if re.match("For" if cell.reading == "difficulty" else "For|Around", title)
        ]
        assert sum(counted) == cell.statements, href
        assert section.h2.find(string=True).strip() in (names[cell.site], "") or names[cell.site] in section.h2.text


def test_links_in_tables_are_plain_links(site):
    for path in site.glob("*.html"):
        for link in page(path).select("article .table-scroll a"):
            assert set(link.attrs) == {"href"} and link["href"].startswith("evidence/") and link.get_text()


# ---- everywhere -----------------------------------------------------------------------------------------------------


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
