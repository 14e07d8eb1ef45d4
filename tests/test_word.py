"""Notebook 12 as a Word document: the plain page, and the call of pandoc, which a small program stands in for."""

import html
import os
import re
import shutil
import sys
import zipfile
from base64 import b64decode
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from casestudy.report.escaping import escape_markdown
from casestudy.report.execute import Failure, PublishError, Result
from casestudy.report.word import check_word, convert, plain_html, plain_page, write_findings

ROOT = Path(__file__).parents[1]
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HOSTILE = '<b onwheel="x()">&</b><img src=/etc/passwd></p><script>x()</script> "four" \x0b [a](javascript:x)'
NOTICE = 'SYNTHETIC. Invented "data" & people.'
COHORT = SimpleNamespace(title=HOSTILE, notice=NOTICE, licence="CC0 <1>", synthetic=True)
TABLE = """<div><style scoped>td {color: red}</style><table class="dataframe"><thead><tr><th></th><th colspan="2">n</th>
</tr></thead><tbody><tr><th>&lt;b&gt;Aarhus&lt;/b&gt;</th><td style="x">1</td><td>2</td></tr></tbody></table></div>"""


def shown(**data):
    """An output; a figure has its description in the metadata, as `plots.show` leaves it."""
    data = {name.replace("_", "/"): value for name, value in data.items()}
    alt = data.pop("alt", None)
    return new_output("display_data", data, metadata={"image/png": {"alt": alt}} if alt else {})


def notebook_of(*outputs, text="# Findings"):
    return new_notebook(cells=[new_markdown_cell(text), new_code_cell("secret = 1", outputs=list(outputs))])


def soup_of(*outputs, text="# Findings", cohort=COHORT):
    return BeautifulSoup(plain_page(notebook_of(*outputs, text=text), cohort).html, "html.parser")


# ---- the plain page ---------------------------------------------------------------------------------------------


def test_plain_page_has_no_code_and_keeps_prose_and_outputs():
    page = soup_of(shown(text_markdown="**Four** of 4.", text_plain="<object>"), text="# Findings\n\n*How to read it.*")
    assert page.h1.text == "Findings" and page.find("em").text == "How to read it."
    assert "Four of 4." in page.text
    assert "secret" not in page.text and "<object>" not in page.text


def test_plain_page_keeps_tables_as_tables():
    table = soup_of(shown(text_html=TABLE, text_plain="n")).table
    assert [cell.text for cell in table.tbody.find_all(["th", "td"])] == ["<b>Aarhus</b>", "1", "2"]
    assert table.find("th", colspan="2").text == "n" and "color" not in str(table)


def test_plain_page_makes_tables_of_markdown():
    assert soup_of(shown(text_markdown="| a | b |\n|---|---|\n| 1 | 2 |")).table.td.text == "1"


def test_plain_page_describes_every_figure():
    alts = ["bars, <1> & \"2\" '3'", "Figure without a description"]
    notebook = notebook_of(shown(image_png=DOT, alt=alts[0], text_plain="x"), shown(image_png=DOT))
    page = plain_page(notebook, COHORT)
    figures = BeautifulSoup(page.html, "html.parser").find_all("img")
    assert [figure["alt"] for figure in figures] == alts
    assert [page.figures[figure["src"]] for figure in figures] == [b64decode(DOT)] * 2
    assert list(page.figures) == ["figure-1.png", "figure-2.png"]


def test_plain_page_says_that_there_is_no_figure():
    assert soup_of(shown(text_plain="No figure: there is nothing to draw.")).find(
        "p", string="No figure: there is nothing to draw."
    )


def test_plain_page_keeps_what_is_printed_and_no_warning():
    printed = [new_output("stream", name=name, text=f"{name} <1>") for name in ("stdout", "stderr")]
    page = soup_of(*printed)
    assert page.pre.text == "stdout <1>" and "stderr" not in page.text


def test_plain_page_opens_with_the_notice_and_says_it_once():
    page = soup_of(shown(text_markdown=f"**Title**\n\n> {escape_markdown(NOTICE)}"))
    assert page.body.find(True).strong.text == NOTICE and page.text.count(NOTICE) == 1


def test_plain_page_of_a_cohort_without_notice_opens_with_the_notebook():
    cohort = SimpleNamespace(title="Mine", notice="", licence="none")
    assert soup_of(cohort=cohort).body.find(True).name == "h1"


def test_plain_page_ends_with_the_licence():
    assert soup_of().find_all("p")[-1].text == "Licence of the data: CC0 <1>"


def test_plain_page_leaves_out_the_way_to_other_pages():
    text = "See [02](02_codebook.ipynb), [c1](evidence/claims.md#claim-c1) and [a page](https://example.org/a)."
    notebook = notebook_of(shown(text_markdown=text))
    notebook.cells.append(new_markdown_cell("## Next\n\nBack to [01](01_cohort.ipynb)."))
    page = BeautifulSoup(plain_page(notebook, COHORT).html, "html.parser")
    assert "See 02, c1 and a page." in page.text and "Next" not in page.text
    assert [link["href"] for link in page.find_all("a")] == ["https://example.org/a"]


def test_plain_page_shows_hostile_text_literally():
    outputs = (
        shown(text_markdown=escape_markdown(HOSTILE)),
        shown(text_plain=HOSTILE),
        shown(image_png=DOT, alt=HOSTILE),
    )
    page = soup_of(*outputs)
    harmless = HOSTILE.replace("\x0b", "\ufffd")
    assert page.title.text == harmless and page.img["alt"] == harmless and harmless in page.text
    assert not page.find(["script", "b"]) and len(page.find_all("img")) == 1


MARKUP = ["<script>", "<td>", "<img src=x>", "</p>", "<p", "<!--", "<![", "<!x", "<?", "&#", "style=", *"<>/ab \"'="]


@given(st.lists(st.sampled_from(MARKUP)).map("".join))
def test_plain_html_keeps_nothing_that_is_run_or_fetched(text):
    plain = BeautifulSoup(plain_html(text + HOSTILE), "html.parser")
    assert not plain.find(["script", "style", "img", "iframe"])
    assert all(set(tag.attrs) <= {"colspan", "rowspan"} for tag in plain.find_all(True))


def test_plain_html_leaves_out_scripts_and_styles_and_goes_on_after_them():
    assert plain_html("<style>td {}</style>a<script>x()</script>b<!-- c -->") == "ab"


def test_plain_html_closes_what_it_opens_and_nothing_else():
    assert plain_html("</div></table><ul><li>a<br></ul></p>") == "<ul><li>a<br></li></ul>"


# ---- the call ---------------------------------------------------------------------------------------------------

STAND_IN = """#!{python}
import os, pathlib, sys
told = pathlib.Path({told!r})
(told / "arguments").write_text("\\n".join(sys.argv[1:]))
(told / "input").write_bytes(sys.stdin.buffer.read())
(told / "files").write_text(" ".join(sorted(os.listdir("."))))
pathlib.Path("page.docx").write_text("a document")
{then}
"""


@pytest.fixture
def pandoc(tmp_path, monkeypatch):
    """Put a stand-in for pandoc on the path; `told` holds what it was given. It can be made to end otherwise."""
    told, programs = tmp_path / "told", tmp_path / "programs"
    told.mkdir()
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)

    def install(then=""):
        program = programs / "pandoc"
        program.write_text(STAND_IN.format(python=sys.executable, told=str(told), then=then), "utf-8")
        program.chmod(0o755)
        return told

    return install


def result_of(error=None):
    return Result(Path("notebooks/12_findings.ipynb"), notebook_of(shown(image_png=DOT, alt="bars")), error)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def test_write_findings_hands_page_and_figures_to_pandoc(pandoc, folder):
    told = pandoc()
    out = write_findings(COHORT, [result_of()], folder)
    assert out == folder / "12_findings.docx" and out.read_text() == "a document"
    arguments = ["--from=html", "--to=docx", "--fail-if-warnings", "--output=page.docx"]
    assert (told / "arguments").read_text().split("\n") == arguments
    assert "SYNTHETIC" in (told / "input").read_text("utf-8") and (told / "files").read_text() == "figure-1.png"


def test_write_findings_finds_pandoc_by_a_relative_path(pandoc, folder, monkeypatch, tmp_path):
    pandoc()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "programs")
    assert write_findings(COHORT, [result_of()], Path("site")) == Path("site/12_findings.docx")


def test_write_findings_replaces_a_document_and_leaves_nothing_else(pandoc, folder):
    pandoc()
    (folder / "12_findings.docx").write_text("earlier")
    write_findings(COHORT, [result_of()], folder)
    assert [path.name for path in folder.iterdir()] == ["12_findings.docx"]
    assert (folder / "12_findings.docx").read_text() == "a document"


def test_write_findings_passes_on_what_pandoc_says_and_keeps_the_earlier_document(pandoc, folder):
    pandoc("sys.exit('cannot read \\xe9')")
    (folder / "12_findings.docx").write_text("earlier")
    with pytest.raises(PublishError, match=r"12_findings\.docx: cannot read"):
        write_findings(COHORT, [result_of()], folder)
    assert [path.read_text() for path in folder.iterdir()] == ["earlier"]


@pytest.mark.parametrize("then", ["sys.exit(3)", "os.remove('page.docx')"])
def test_write_findings_notices_a_silent_failure(pandoc, folder, then):
    pandoc(then)
    with pytest.raises(PublishError, match="exit code"):
        write_findings(COHORT, [result_of()], folder)
    assert not list(folder.iterdir())


def test_write_findings_says_when_pandoc_cannot_be_started(pandoc, folder, tmp_path):
    pandoc()
    (tmp_path / "programs/pandoc").write_text("#!/nowhere/at/all\n")
    with pytest.raises(PublishError, match="could not write"):
        write_findings(COHORT, [result_of()], folder)


def test_write_findings_writes_nothing_of_a_notebook_that_failed(folder):
    assert write_findings(COHORT, [result_of(Failure(3, "x", "KeyError"))], folder) is None
    assert not list(folder.iterdir())


def test_check_word_says_how_to_install_pandoc(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PublishError, match=r"install it .*sudo apt install pandoc"):
        check_word([Path("12_findings.ipynb")])


def test_check_word_wants_the_notebook_that_is_written(pandoc):
    pandoc()
    check_word([Path("01_cohort.ipynb"), Path("12_findings.ipynb")])
    with pytest.raises(PublishError, match="no notebook 12"):
        check_word([Path("01_cohort.ipynb")])


def test_convert_with_pandoc_itself_gives_tables_and_described_figures(tmp_path):
    if not shutil.which("pandoc"):
        pytest.skip("pandoc is not installed here: only the stand-in was tried")
    page = plain_page(nbformat.read(ROOT / "notebooks/12_findings.ipynb", 4), COHORT)
    convert(page, tmp_path / "findings.docx")
    document = zipfile.ZipFile(tmp_path / "findings.docx").read("word/document.xml").decode()
    alts = [figure["alt"] for figure in BeautifulSoup(page.html, "html.parser").find_all("img")]
    described = [html.unescape(alt) for alt in re.findall(r'<wp:docPr descr="([^"]*)"', document)]
    assert document.count("<w:tbl>") == page.html.count("<table") > 0
    assert described == alts and len(alts) > 0
