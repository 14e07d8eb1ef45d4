"""Write an executed notebook as a Word document that a reader can edit, by way of plain HTML and pandoc.

pandoc is a program of its own, under the GPL, and is not installed with this package: it is called only if it is there.
"""

import base64
import html
import os
import re
import shutil
import subprocess
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from .execute import PublishError

FINDINGS = "12"  # the number of the notebook that is handed on
NO_PANDOC = (
    "--docx needs the program pandoc, which was not found: install it (Debian or Ubuntu `sudo apt install pandoc`, "
    "macOS `brew install pandoc`, Windows `winget install --id JohnMacFarlane.Pandoc`, conda `conda install pandoc`; "
    "otherwise see pandoc.org) and run the command again, or leave out --docx."
)
# what is kept of HTML: text, and tables
KEPT = re.compile(
    r"p|h[1-6]|[ou]l|li|d[ldt]|blockquote|pre|code|em|strong|[bi]|su[bp]|[bh]r|table|caption|thead|tbody|tfoot|t[rhd]"
)
UNSEEN, VOID = frozenset(("style", "script")), frozenset(("br", "hr"))
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # in XML, hence in Word
PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
{body}
</body>
</html>
"""


class Page(NamedTuple):
    """A page as HTML, and the PNG figures it shows, by file name."""

    html: str
    figures: dict[str, bytes]


def check_word(notebooks) -> None:
    """Refuse (PublishError) what cannot be written as Word; worth asking before a long run.

    Parameters
    ----------
    notebooks : list of Path, those that will be executed
    """
    if not any(path.stem.startswith(FINDINGS) for path in notebooks):
        raise PublishError(f"There is no notebook {FINDINGS} to write as Word: leave out --docx.")
    _pandoc()


def write_findings(cohort, results, folder) -> Path | None:
    """Write notebook 12 as a Word document in `folder`, in one move; a document that was there is replaced.

    Parameters
    ----------
    cohort : a Cohort, or anything with its title, notice and licence
    results : list of `execute.Result`
    folder : an existing folder, such as that of the cohort's site

    Returns
    -------
    Path of the document; None if the notebook failed, so that no half of the findings is handed on.

    Raises
    ------
    PublishError
        If pandoc is not there, or with what pandoc says.
    """
    result = next(result for result in results if result.path.stem.startswith(FINDINGS))
    if result.error:
        return None
    out = Path(folder) / f"{result.path.stem}.docx"
    convert(plain_page(result.notebook, cohort), out)
    return out


def convert(page: Page, out: Path) -> None:
    """Turn a page into a .docx at `out` with pandoc: whole, or not at all.

    A warning of pandoc, such as a figure it cannot read, counts as a failure (PublishError, with what pandoc says).
    """
    command = [_pandoc(), "--from=html", "--to=docx", "--fail-if-warnings", "--output=page.docx"]
    with tempfile.TemporaryDirectory(prefix=f".{out.stem}-", dir=out.parent) as work:
        for name, picture in page.figures.items():
            Path(work, name).write_bytes(picture)
        try:
            done = subprocess.run(command, input=page.html.encode(), capture_output=True, cwd=work)
        except OSError as problem:
            raise _refused(out, str(problem)) from problem
        if done.returncode or not Path(work, "page.docx").is_file():
            raise _refused(out, done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}")
        os.replace(Path(work, "page.docx"), out)


def plain_page(notebook, cohort) -> Page:
    """Return an executed notebook as one page of plain HTML: text, tables and figures, no code.

    At its head stand the cohort's title and its caution, at its foot the licence. What leads to other pages of the site
    is left out: the section *Next*, and the target of every link that is no web address.

    Parameters
    ----------
    notebook : NotebookNode, executed
    cohort : a Cohort, or anything with its title, notice and licence
    """
    figures: dict[str, bytes] = {}
    parts = [part for cell in notebook.cells for part in _cell(cell, figures)]
    body, notice = "\n".join(parts), _literal(" ".join(cohort.notice.split()))
    if notice:  # the notebook's banner says it too: once is enough, and above everything else
        body = body.replace(f"<blockquote>\n<p>{notice}</p>\n</blockquote>", "", 1)
        body = f"<p><strong>{notice}</strong></p>\n{body}"
    foot = f"\n<p><em>Licence of the data: {_literal(cohort.licence)}</em></p>"
    return Page(PAGE.format(title=_literal(cohort.title), body=body + foot), figures)


def plain_html(fragment: str) -> str:
    """Keep the text, tables and lists of a fragment of HTML; every tag that is kept is closed.

    Styles, scripts, comments and all other attributes go; a link keeps only a web address, a picture only its
    description. So nothing in a page makes pandoc read a file or ask the network.

    >>> plain_html('<td style="x" colspan="2">a <a href="02.ipynb">link</a><script>x()</script> &lt;b&gt;')
    '<td colspan="2">a link &lt;b&gt;</td>'
    """
    parser = _Plain()
    parser.feed(fragment.replace("<![", "&lt;!["))  # the parser stops at a marked section it does not know
    parser.close()
    return parser.text()


class _Plain(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts, self.open, self.unseen = [], [], False

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        self.unseen = tag in UNSEEN
        if tag == "img":
            self.handle_data(given.get("alt", ""))
        kept = _kept(tag, given)
        if kept or KEPT.fullmatch(tag):
            written = "".join(f' {name}="{_literal(value)}"' for name, value in kept.items())
            self.parts.append(f"<{tag}{written}>")
            self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag):
        self.unseen = False
        while tag in self.open:
            closed = self.open.pop()
            self.parts.append(f"</{closed}>")
            if closed == tag:
                break

    def handle_data(self, data):
        self.parts.append("" if self.unseen else _literal(data))

    def text(self) -> str:
        return "".join(self.parts + [f"</{tag}>" for tag in reversed(self.open)])


def _kept(tag: str, given: dict[str, str]) -> dict[str, str]:
    """Return the attributes that a tag keeps: what a cell spans, and the web address of a link."""
    if tag in ("td", "th"):
        return {name: given[name] for name in ("colspan", "rowspan") if given.get(name, "").isdecimal()}
    is_web = tag == "a" and re.match(r"https?://", given.get("href", ""))
    return {"href": given["href"]} if is_web else {}


def _cell(cell, figures: dict[str, bytes]):
    """Yield the HTML of a cell, and put its figures into `figures`."""
    if cell.cell_type == "markdown" and not cell.source.startswith("## Next"):
        yield _from_markdown(cell.source)
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stdout":
            yield f"<pre>{_literal(output.text)}</pre>"
        elif "image/png" in output.get("data", {}):
            alt = output.metadata.get("image/png", {}).get("alt") or "Figure without a description"
            name = f"figure-{len(figures) + 1}.png"
            figures[name] = base64.b64decode(output.data["image/png"])
            yield f'<p><img src="{name}" alt="{_literal(alt)}"></p>'
        else:
            yield _data(output.get("data", {}))


def _data(data) -> str:
    if "text/html" in data:
        return plain_html(data["text/html"]).strip()
    if "text/markdown" in data:
        return _from_markdown(data["text/markdown"])
    text = _literal(data.get("text/plain", ""))
    return f"<pre>{text}</pre>" if "\n" in text else f"<p>{text}</p>" * bool(text)


def _from_markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    return plain_html(MarkdownIt("commonmark").enable("table").render(text)).strip()


def _literal(text: str) -> str:
    return html.escape(FORBIDDEN.sub("\ufffd", text))


def _pandoc() -> str:
    if found := shutil.which("pandoc"):
        return os.path.abspath(found)  # it is called from another folder
    raise PublishError(NO_PANDOC)


def _refused(out: Path, why: str) -> PublishError:
    return PublishError(f"pandoc could not write {out}: {why}. Mend that and run again, or leave out --docx.")
