"""Several cohorts side by side: one pool for their notebooks, one folder each, one page that lists them."""

import re
import threading
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell, new_notebook

from casestudy.report import side_by_side
from casestudy.report.execute import Failure, PublishError, Result
from casestudy.report.publish import MARKER
from casestudy.report.side_by_side import Site, check_places, execute_in_turn, index_page, write_index

HOSTILE = '<b onwheel="x()">&</b></title><script>x()</script> {math}`x` $y$ [a](javascript:x)'


def toy(id_="toy", synthetic=False, level="document", notice="Not a ranking."):
    told = {"id": id_, "title": f"Title {HOSTILE}", "summary": f"Summary {HOSTILE}", "licence": "CC0", "notice": notice}
    return SimpleNamespace(**told, synthetic=synthetic, evidence_level=level, folder=Path("data", id_))


def result(name, error=None):
    text = f"# Title of {name} {HOSTILE}\n\n> A question {HOSTILE}?"
    return Result(Path(f"notebooks/{name}.ipynb"), new_notebook(cells=[new_markdown_cell(text)]), error)


def site(cohort, **changes):
    told = {"results": [result("01_a"), result("03_b")], "pages": {"evidence/index.md": ""}, "headlines": []}
    return Site(cohort, **(told | changes))


def page(*sites):
    return BeautifulSoup(index_page(sites), "html.parser")


@pytest.fixture
def both():
    """The index of one real and one synthetic cohort."""
    return page(site(toy("made-up", True, "informant", "SYNTHETIC: invented.")), site(toy()))


# ---- executing --------------------------------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch):
    """A stand-in for kernels: what ran, how many at most at a time, and an event that the second cohort waits for."""
    seen = SimpleNamespace(order=[], now=0, most=0, go=threading.Event())
    lock = threading.Lock()

    def run(paths, cohort, on_done, workers):
        with lock:
            seen.now += 1
            seen.most = max(seen.most, seen.now)
        if cohort == "second":
            seen.go.wait(10)
        threading.Event().wait(0.02)  # long enough for others to begin
        with lock:
            seen.now -= 1
            seen.order.append((cohort, paths[0]))
        return [(cohort, paths[0])]

    monkeypatch.setattr(side_by_side, "execute_all", run)
    return seen


def test_execute_in_turn_gives_the_first_cohort_while_the_second_still_runs(runs):
    turns = execute_in_turn(["01", "02", "03"], ["first", "second"])
    assert next(turns) == [("first", path) for path in ("01", "02", "03")]
    assert not [cohort for cohort, _ in runs.order if cohort == "second"]
    runs.go.set()
    assert next(turns) == [("second", path) for path in ("01", "02", "03")]


def test_execute_in_turn_runs_two_notebooks_at_a_time_whatever_the_cohort(runs):
    runs.go.set()
    assert len(list(execute_in_turn(["01", "02", "03"], ["first", "second", "third"]))) == 3
    assert runs.most <= 2


def test_execute_in_turn_starts_nothing_more_when_it_is_closed(runs):
    turns = execute_in_turn(["01", "02", "03"], ["first", "second"])
    next(turns)
    turns.close()
    runs.go.set()
    assert len(runs.order) <= 3 + 2


# ---- where the sites go -----------------------------------------------------------------------------------------


def test_check_places_takes_a_new_folder_an_earlier_index_and_sites_made_before(tmp_path):
    check_places([toy("a")], tmp_path / "new")
    for name in ("a", "mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / MARKER).write_text("")
    (tmp_path / ".DS_Store").write_text("")
    check_places([toy("a"), toy("b")], tmp_path)
    write_index([site(toy("a"))], tmp_path)
    check_places([toy("a"), toy("b")], tmp_path)


def test_check_places_refuses_what_was_not_made_here(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/thesis.docx").write_text("mine")
    for out in (tmp_path, tmp_path / "thesis.docx"):
        with pytest.raises(PublishError, match="--out"):
            check_places([toy("a")], out)
    write_index([], tmp_path)
    with pytest.raises(PublishError, match="--out"):
        check_places([toy("a"), toy("b")], tmp_path)


@pytest.mark.parametrize("ids", [("a", "A"), ("a", "a"), ("a", "index.html"), ("a", "..")])
def test_check_places_refuses_ids_that_would_share_a_folder(tmp_path, ids):
    with pytest.raises(PublishError, match=f"`{ids[1]}`.*change"):
        check_places([toy(id_) for id_ in ids], tmp_path)


def test_write_index_replaces_its_page_and_leaves_other_sites_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    write_index([site(toy("old"))], tmp_path)
    assert write_index([site(toy("new"))], tmp_path) == tmp_path / "index.html"
    text = (tmp_path / "index.html").read_text("utf-8")
    assert "new/index.html" in text and "old/index.html" not in text
    assert sorted(path.name for path in tmp_path.iterdir()) == [".casestudy-cohorts", "index.html", "mine"]


# ---- the page ---------------------------------------------------------------------------------------------------


def test_index_page_keeps_real_and_synthetic_cohorts_apart_in_words(both):
    real, synthetic = both.select("main > section")
    assert real.h2.get_text() == "Real alliances" and "REAL" in real.select_one(".kind").get_text()
    assert "Synthetic" in synthetic.h2.get_text() and "SYNTHETIC: invented." in synthetic.select_one(".kind").get_text()
    assert "nobody said any of this" in synthetic.get_text() and "nobody" not in real.get_text()
    assert not both.select("table")


def test_index_page_has_no_empty_section():
    assert [h2.get_text() for h2 in page(site(toy())).select("h2")] == ["Real alliances"]
    assert "synthetic" not in page(site(toy())).get_text().lower()


def test_index_page_puts_the_caution_before_the_findings_of_named_organisations():
    text = page(site(toy(), headlines=["**One** of 2 sites."])).get_text(" ")
    order = [text.find(part) for part in ("Not a ranking.", "One", "of 2 sites", "Start here")]
    assert -1 not in order and order == sorted(order)


def test_index_page_links_each_site_its_start_pages_and_its_evidence(both):
    for id_ in ("toy", "made-up"):
        links = [a["href"] for a in both.find(id=f"cohort-{id_}").find_parent("article").select("a")]
        assert links == [f"{id_}/index.html", f"{id_}/01_a.html", f"{id_}/evidence/index.html"]
    assert "evidence/index.html" not in index_page([site(toy(), pages={})])


def test_index_page_says_which_pages_could_not_be_made():
    article = page(site(toy(), results=[result("03_b", Failure(1, "x", "y"))])).article
    assert "Pages that could not be made" in article.get_text() and "(failed)" in article.get_text()
    assert article.select("a[href='toy/03_b.html']")


def test_index_page_lets_no_text_of_the_data_become_markup():
    shown = page(site(toy(notice=f"Caution {HOSTILE}"), headlines=[HOSTILE]))
    assert not shown.select("[onwheel], script, [href^='javascript:']")
    assert f"Title {HOSTILE}" in shown.h3.get_text() and shown.title.get_text() == "Cohorts side by side"


def test_index_page_shows_sentences_as_the_landing_page_does():
    item = page(site(toy(), headlines=[r"**1 of 2** \(k \= 3\) \<b\>"])).select_one("article li")
    assert item.get_text() == "1 of 2 (k = 3) <b>" and item.strong.get_text() == "1 of 2"


def test_index_page_stands_alone_and_can_be_read_by_everybody(both):
    assert both.html["lang"] == "en" and both.title and both.main and len(both.select("h1")) == 1
    assert "width=device-width" in both.select_one("meta[name=viewport]")["content"]
    assert not both.select("script, img, link, iframe, [tabindex]")
    assert not re.search(r"url\(|@import|//", both.style.get_text())
    levels = [int(tag.name[1]) for tag in both.select("h1, h2, h3, h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
