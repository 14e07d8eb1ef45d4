"""Notebooks executed, and the site built from them: on two toy notebooks, of which one fails."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from casestudy.report import execute
from casestudy.report.execute import Failure, PublishError, Result, execute_all, execute_notebook, find_notebooks
from casestudy.report.linking import evidence_in
from casestudy.report.publish import (
    MARKER,
    check_out,
    escape_markdown,
    failure_page,
    landing_page,
    notebook_page,
    publish,
)

HOSTILE = '<b onwheel="x()">&</b></title><script>x()</script> *four* {math}`x` $y$ [a](javascript:x)'
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TABLE = "import pandas\npandas.DataFrame({f'column {i}': range(2) for i in range(30)}, index=['<b>Aarhus</b>', 'Bern'])"
PICTURES = f"""from IPython.display import display
for alt in ("three bars, <1> & 2", "one line"):
    display({{"image/png": "{DOT}", "text/plain": alt}}, raw=True, metadata={{"image/png": {{"alt": alt}}}})"""
WHERE = "import os, sys\nprint(os.environ.get('CASESTUDY_COHORT'), sys.executable, os.getcwd(), sep='\\n')"


def write_notebook(folder, name, *cells):
    notebook = new_notebook(cells=list(cells), metadata={"kernelspec": {"name": "elsewhere", "display_name": "?"}})
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / name)
    return folder / name


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    """Two notebooks: 01 ends well; 07 stops at the second cell that holds code, and has an output from earlier."""
    folder = tmp_path_factory.mktemp("toy") / "notebooks"
    text = (
        "# Who was heard\n\n> Who did we hear from,\n> and is it enough?\n\nSee [challenges](07_common.ipynb); $x^2$."
    )
    cells = [new_code_cell(source) for source in (WHERE, TABLE, PICTURES)]
    write_notebook(folder, "01_cohort.ipynb", new_markdown_cell(text), *cells)
    stale = new_code_cell("print('never')", outputs=[new_output("stream", text="stale")], execution_count=9)
    stops = new_code_cell("raise ValueError('```\\n</pre><script>x()</script> {math}`x`')")
    cells = [new_code_cell("x = 1"), new_code_cell(""), stops, stale]
    write_notebook(folder, "07_common.ipynb", new_markdown_cell("# Common\n\n> Which are common?"), *cells)
    return folder


@pytest.fixture(scope="module")
def results(toys):
    return execute_all(find_notebooks(toys.parent), "a-cohort")


# ---- executing --------------------------------------------------------------------------------------------------


def test_find_notebooks_looks_upward_and_keeps_the_order(tmp_path):
    for name in ("12_b.ipynb", "01_a.ipynb", "draft.ipynb"):
        write_notebook(tmp_path / "notebooks", name)
    below = tmp_path / "data" / "mine"
    below.mkdir(parents=True)
    assert [path.name for path in find_notebooks(below)] == ["01_a.ipynb", "12_b.ipynb"]


def test_find_notebooks_says_what_to_do_when_there_are_none(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    with pytest.raises(PublishError, match="checkout"):
        find_notebooks(tmp_path)


@pytest.mark.slow
def test_execute_all_hands_over_cohort_interpreter_and_folder(results, toys):
    printed = results[0].notebook.cells[1].outputs[0].text.split()
    assert printed == ["a-cohort", sys.executable, str(toys)]


@pytest.mark.slow
def test_execute_all_keeps_the_partly_executed_notebook_and_goes_on(results):
    good, bad = results
    assert good.error is None and [cell.execution_count for cell in good.notebook.cells[1:]] == [1, 2, 3]
    assert bad.error.cell == 2 and bad.error.source.startswith("raise ValueError")
    assert "ValueError" in bad.error.traceback and "\x1b" not in bad.error.traceback
    assert bad.notebook.cells[1].execution_count == 1 and bad.notebook.cells[4].outputs == []


@pytest.mark.slow
def test_execute_all_leaves_files_and_unstable_metadata_alone(results, toys):
    stored = json.loads((toys / "01_cohort.ipynb").read_text())
    assert stored["cells"][1]["outputs"] == []
    assert results[0].notebook.metadata["language_info"] == {"name": "python"}
    assert not any("execution" in cell.metadata for cell in results[0].notebook.cells)


@pytest.mark.slow
def test_execute_notebook_ignores_other_kernels_and_stays_silent(tmp_path, monkeypatch, capfd):
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["no-such-program"], "display_name": "?", "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("CASESTUDY_COHORT", "left over")
    path = write_notebook(tmp_path, "01_a.ipynb", new_code_cell(WHERE))
    assert execute_notebook(path).cells[0].outputs[0].text.split()[:2] == ["None", sys.executable]
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_execute_notebook_raises_when_a_cell_takes_too_long_or_ends_the_kernel(tmp_path):
    slow = write_notebook(tmp_path, "01_a.ipynb", new_code_cell("import time\ntime.sleep(60)"))
    with pytest.raises(PublishError, match=r"(?s)01_a.ipynb: stopped at cell \[1\].*Timeout"):
        execute_notebook(slow, timeout=1)
    dead = write_notebook(tmp_path, "02_b.ipynb", new_code_cell("import os\nos._exit(1)"))
    with pytest.raises(PublishError, match="DeadKernel"):
        execute_notebook(dead)


@pytest.mark.slow
def test_execute_all_reports_a_file_that_is_no_notebook(tmp_path):
    (tmp_path / "01_a.ipynb").write_text("{")
    [result] = execute_all([tmp_path / "01_a.ipynb"])
    assert result.error.cell == 0 and "JSON" in result.error.traceback


@pytest.mark.slow
def test_refresh_twice_gives_the_same_bytes_and_spares_what_failed(tmp_path):
    good = write_notebook(tmp_path, "01_a.ipynb", new_code_cell(WHERE), new_code_cell(TABLE))
    bad = write_notebook(tmp_path, "02_b.ipynb", new_code_cell("1 / 0"))
    before = bad.read_bytes()
    assert execute.refresh([good, bad]) == 1
    first = good.read_bytes()
    assert execute.refresh([good]) == 0
    assert good.read_bytes() == first and b"Aarhus" in first and bad.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01_a.ipynb", "02_b.ipynb"]


# ---- text from the data -----------------------------------------------------------------------------------------


def doctree(markdown):
    from docutils.core import publish_doctree
    from myst_parser.docutils_ import Parser

    options = {"myst_enable_extensions": ["deflist", "dollarmath"], "report_level": 5, "myst_suppress_warnings": []}
    return publish_doctree(markdown, parser=Parser(), settings_overrides=options)


TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from("\n\t *_`$\\{}[]()<>#|:+-=%&~"))
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("1. a")
@example("1) a")
@example("    code")
@example("---\ntitle: x\n---")
@example("{math}`x` $x$ $$x$$ <b>&amp;</b> http://example.org <mailto:a@b.c> [a](b) ![a](b)")
@example("```{include} conf.py\n```")
@example("(target)=\n% comment\n+++\n:::{note}\nx\n:::\nterm\n: definition")
@example("a  \nb\\\nc | d | [^1] {{ x }} @x &#60; \\")
def test_escape_markdown_makes_any_text_literal(text):
    tree = doctree(escape_markdown(text))
    kinds = [type(node).__name__ for node in tree.findall()]
    assert kinds == (["document", "paragraph", "Text"] if text.split() else ["document"])
    assert tree.astext().split() == text.split()


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_escape_markdown_holds_in_headings_and_table_cells(text):
    escaped = escape_markdown(text) or "x"
    tree = doctree(f"# {escaped}\n\n## {escaped}\n\n| a |\n|---|\n| {escaped} |\n")
    found = [node.astext().split() for node in tree.findall() if type(node).__name__ in ("title", "subtitle", "entry")]
    assert found == [escaped_words(text)] * 2 + [["a"], escaped_words(text)]


def escaped_words(text):
    return text.split() or ["x"]


def test_escape_markdown_shows_control_characters_as_missing():
    assert escape_markdown("a\x00b\x1b[31m \ud800") == "a\ufffdb\ufffd\\[31m \ufffd"


# ---- pages ------------------------------------------------------------------------------------------------------


def figure(alt):
    return new_output("display_data", {"image/png": DOT}, metadata={"image/png": {"alt": alt}} if alt else {})


def test_notebook_page_gives_every_figure_its_own_description():
    cell = new_code_cell("plot()", outputs=[new_output("stream", text="a"), figure("one"), figure("two"), figure("")])
    page = notebook_page(new_notebook(cells=[cell]), None)
    alts = [part.metadata["mystnb"]["image"]["alt"] for part in page.cells]
    assert alts == ["one", "two", "Figure without a description"]
    assert [len(part.outputs) for part in page.cells] == [2, 1, 1] and all(part.source for part in page.cells)
    assert len(cell.outputs) == 4  # the notebook itself is left alone
    nbformat.validate(page)


def test_notebook_page_links_to_the_evidence_after_the_title_if_there_is_any():
    notebook = new_notebook(cells=[new_markdown_cell("# A"), new_markdown_cell("b")])
    assert "evidence/index.md" in notebook_page(notebook, evidence_in({})).cells[1].source
    assert len(notebook_page(notebook, None).cells) == 2


def test_notebook_page_leads_sentences_and_tables_to_the_evidence_and_leaves_the_notebook_alone():
    evidence = evidence_in({"evidence/site-01-aarhus.md": "# Aarhus\n"})
    told = {
        "text/markdown": "At Aarhus.",
        "text/html": "<table><tbody><tr><th>Aarhus</th><td>1</td></tr></tbody></table>",
    }
    cell = new_code_cell("tell()", outputs=[new_output("display_data", told)])
    [page] = notebook_page(new_notebook(cells=[cell]), evidence).cells[:1]
    assert page.outputs[0].data["text/markdown"] == "At [Aarhus](evidence/site-01-aarhus.md)."
    assert '<th><a href="evidence/site-01-aarhus.html">Aarhus</a></th>' in page.outputs[0].data["text/html"]
    assert cell.outputs[0].data == told


def test_failure_page_fences_any_source():
    failed = Result(Path("01_a.ipynb"), new_notebook(), Failure(3, "x = '''\n````\n'''", "Error: $title"))
    text = failure_page(failed, SimpleNamespace(id="toy")).cells[0].source
    assert "`````none\nx = '''\n````\n'''\n`````" in text and "Error: $title" in text and r"cell \[3\]" in text


def test_check_out_takes_only_a_new_an_empty_or_an_earlier_site(tmp_path):
    check_out(tmp_path / "new" / "site")
    check_out(tmp_path)
    (tmp_path / "thesis.txt").write_text("mine")
    for other in (tmp_path, tmp_path / "thesis.txt", tmp_path / "thesis.txt" / "site"):
        with pytest.raises(PublishError, match="--out"):
            check_out(other)
    (tmp_path / MARKER).write_text("")
    check_out(tmp_path)


# ---- the site ---------------------------------------------------------------------------------------------------


def toy_cohort(**changes):
    told = {
        "id": "toy",
        "title": f"Toy {HOSTILE}",
        "summary": f"Summary. {HOSTILE}",
        "notice": f"Not a ranking. {HOSTILE}",
    }
    return SimpleNamespace(**told, **{"synthetic": False, "evidence_level": "document", "licence": "CC0"} | changes)


def toy_pages():
    table = "| a |" + " b |" * 20 + "\n|---|" + "---|" * 20 + "\n| [Aarhus](site-aarhus.md) |" + " 1 |" * 20
    site = f"# Aarhus {escape_markdown(HOSTILE)}\n\nSee [governance](code-governance.md). Zeppelin.\n"
    return {"evidence/index": f"# Statements\n\n{table}\n", "evidence/site-aarhus.md": site} | {
        "evidence/code-governance.md": "# Governance\n\nSee [who was heard](../01_cohort.ipynb).\n"
    }


def test_landing_page_of_a_synthetic_cohort_says_that_findings_were_planted():
    told = landing_page(toy_cohort(synthetic=True), [], {}, ["One."])
    assert "whether it was found.\n\n- One." in told
    assert "planted" not in landing_page(toy_cohort(synthetic=True), [], {}, [])
    assert "planted" not in landing_page(toy_cohort(), [], {}, ["One."])


NO_NOTEBOOK = {"evidence/code-governance.md": "# Governance\n"}  # a page without a link to a notebook


@pytest.fixture(scope="module")
def site(results, tmp_path_factory):
    """The toy site of a document cohort; `stages` and `warnings` are what the callbacks were told."""
    out, stages, warnings = tmp_path_factory.mktemp("out") / "toy", [], []
    told = {"on_stage": lambda *stage: stages.append(stage), "on_warning": warnings.append}
    failures = publish(toy_cohort(), results, out, toy_pages(), ["**One** of 2 sites."], **told)
    return SimpleNamespace(out=out, stages=stages, warnings=warnings, failures=failures, pages=read_pages(out))


def read_pages(out):
    """Return the pages of a site by their path; what lies in _static belongs to the theme."""
    paths = [path for path in out.rglob("*.html") if "_static" not in path.parts]
    return {path.relative_to(out).as_posix(): BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in paths}


@pytest.mark.slow
def test_publish_builds_without_warnings_and_counts_failures(site):
    assert site.warnings == []
    assert site.failures == 1
    assert [path.name for path in site.out.parent.iterdir()] == ["toy"] and (site.out / MARKER).is_file()


@pytest.mark.slow
def test_publish_tells_how_far_it_is(site):
    for stage in ("read the pages", "write the pages"):
        counts = [(done, total) for name, done, total in site.stages if name == stage]
        assert counts[0][0] == 1 and counts[-1][0] == counts[-1][1] == 10


def loaded(page):
    """Yield every address that a browser fetches to show a page."""
    for tag in page.select("script[src], img[src], iframe[src], source[src], embed[src], object[data]"):
        yield tag.get("src") or tag.get("data")
    for tag in page.select("link[href]"):
        if not {"next", "prev", "search", "index", "author"} & set(tag.get("rel", [])):
            yield tag["href"]
    for style in [tag.get_text() for tag in page.select("style")] + [tag["style"] for tag in page.select("[style]")]:
        yield from re.findall(r"url\(([^)]*)\)|@import\s+(\S+)", style)
    yield from (tag["data-pst-announcement-url"] for tag in page.select("[data-pst-announcement-url]"))


@pytest.mark.slow
def test_publish_loads_nothing_from_another_machine(site):
    for name, page in site.pages.items():
        addresses = list(loaded(page))
        assert addresses and not [a for a in addresses if re.match(r"\s*(\w+:)?//", str(a))], name
        for address in addresses:
            assert (site.out / name).parent.joinpath(address.split("?")[0]).is_file(), (name, address)
    for path in site.out.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*[\"']?\s*(https?:)?//", path.read_text("utf-8")), path.name


@pytest.mark.slow
def test_publish_lets_no_text_of_the_data_become_markup(site):
    for name, page in site.pages.items():
        assert not page.select("[onwheel], [href^='javascript:']"), name
        assert not [script for script in page.select("script") if script.get_text() == "x()"], name
        assert not page.select("article .math") or name == "01_cohort.html"
    assert f"Toy {HOSTILE}" in site.pages["index.html"].find("article").h1.get_text()


@pytest.mark.slow
def test_publish_gives_pages_language_skip_link_and_described_figures(site):
    for page in site.pages.values():
        assert page.html["lang"] == "en" and page.select("a[href='#main-content']")
    alts = [picture["alt"] for picture in site.pages["01_cohort.html"].select("article img")]
    assert alts == ["three bars, <1> & 2", "one line"]


@pytest.mark.slow
def test_publish_puts_tables_where_the_keyboard_can_scroll_them(site):
    [table] = site.pages["01_cohort.html"].select("article table.dataframe")
    box = table.find_parent(class_="table-scroll")
    assert box["tabindex"] == "0" and box["aria-label"] and "<b>Aarhus</b>" in table.get_text()


@pytest.mark.slow
def test_publish_shows_formulas_with_its_own_copy_of_mathjax(site):
    [script] = [s["src"] for s in site.pages["01_cohort.html"].select("script[src]") if "tex-svg" in s["src"]]
    assert script.startswith("_static/tex-svg.js")


@pytest.mark.slow
def test_publish_starts_with_findings_order_and_failures(site):
    text = site.pages["index.html"].find("article").get_text(" ", strip=True)
    order = [
        "Toy",
        "Not a ranking",
        "could not be made",
        "One of 2 sites",
        "Start here",
        "Who was heard",
        "and is it enough?",
    ]
    places = [re.sub(r"\s+", " ", text).find(part) for part in order]
    assert -1 not in places and places == sorted(places)
    assert "(failed)" in text and "CC0" in text


@pytest.mark.slow
def test_publish_replaces_a_failed_notebook_by_a_page_that_says_why(site):
    text = site.pages["07_common.html"].find("article").get_text()
    assert "stopped at cell [2]" in text and "raise ValueError('```\\n</pre>" in text and "casestudy check" in text
    assert "never" not in text


@pytest.mark.slow
def test_publish_lists_every_page_of_evidence_and_finds_its_words(site):
    links = {a["href"] for a in site.pages["evidence/index.html"].select("nav.bd-links a[href]")}
    assert {"site-aarhus.html", "code-governance.html"} <= links
    assert "zeppelin" in (site.out / "searchindex.js").read_text("utf-8")
    assert site.pages["01_cohort.html"].select("article a[href='evidence/index.html']")


@pytest.mark.slow
def test_publish_prints_the_notice_below_every_page(site):
    for name, page in site.pages.items():
        assert "Not a ranking" in page.select_one(".extra_footer").get_text(), name
        assert not page.select(".bd-header-announcement__content"), name


@pytest.mark.slow
def test_publish_labels_every_page_of_a_synthetic_cohort_and_replaces_its_own_site(results, tmp_path):
    out = tmp_path / "toy"
    out.mkdir()
    (out / MARKER).write_text("")
    (out / "old.html").write_text("")
    assert publish(toy_cohort(synthetic=True), results[:1], out, {}) == 0
    assert not (out / "old.html").exists() and not (out / "evidence").exists()
    for name, page in read_pages(out).items():
        assert "Not a ranking" in page.select_one(".bd-header-announcement").get_text(), name


@pytest.mark.slow
def test_publish_leads_back_to_the_index_only_when_there_is_one(site, tmp_path):
    assert publish(toy_cohort(), [], tmp_path / "toy", toy_pages() | NO_NOTEBOOK, side_by_side=True) == 0
    pages = read_pages(tmp_path / "toy")
    assert {"index.html", "evidence/site-aarhus.html", "search.html"} <= set(pages)
    for name, page in pages.items():
        for place in (".bd-sidebar-primary", "footer"):
            [link] = page.select(f"{place} .all-cohorts a")
            assert (tmp_path / "toy" / name).parent.joinpath(link["href"]).resolve() == tmp_path / "index.html", name
    assert not [name for name, page in site.pages.items() if page.select(".all-cohorts")]


@pytest.mark.slow
def test_publish_passes_on_warnings(results, tmp_path):
    warnings = []
    pages = {"evidence/index.md": "# E\n\n[gone](site-gone.md)\n"}
    publish(toy_cohort(), results[:1], tmp_path / "toy", pages, on_warning=warnings.append)
    assert any("site-gone" in warning and "\x1b" not in warning for warning in warnings)


@pytest.mark.parametrize("path", ["../evil.md", "evidence/../../evil.md", "index.md", "/evidence/x.md"])
def test_publish_refuses_pages_outside_evidence(path, tmp_path):
    with pytest.raises(PublishError, match="evidence"):
        publish(toy_cohort(), [], tmp_path / "toy", {path: "# x"})
    assert not (tmp_path / "toy").exists() and not list(tmp_path.iterdir())
