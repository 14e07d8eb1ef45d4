"""Build the site of one cohort from executed notebooks and evidence pages. The pages fetch nothing from the network."""

import copy
import html
import io
import itertools
import os
import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from string import Template

from .escaping import escape_markdown
from .execute import ROOT, PublishError, Result
from .linking import Evidence, evidence_in, lead_sentences, lead_table

START = ("01", "04", "05", "06", "07", "12")  # the order for a first reading; the other notebooks go deeper
ABOUT = ("reading", "glossary", "methods", "about")
MARKER = ".casestudy-site"
EVIDENCE = "evidence/index.md"
BACK = "all-cohorts.html"  # the template of the link to the page that lists the cohorts
PLANTED = (
    "These sentences are about invented data. Where findings were planted, the pages end with what was planted and "
    "whether it was found."
)


def publish(
    cohort,
    results,
    out,
    pages,
    headlines=(),
    on_stage=lambda *_: None,
    on_warning=lambda _: None,
    side_by_side=False,
) -> int:
    """Build the site and put it at `out` in one move; a site of ours that was there is replaced.

    Parameters
    ----------
    cohort : a Cohort, or anything with its id, title, summary, notice, synthetic and licence
    results : list of `execute.Result`; a notebook that failed gets a page that says where and why
    out : folder of the site
    pages : dict of path in the site (``evidence/…``) to Markdown
    headlines : Markdown sentences for the landing page
    on_stage : called with (stage, done, total) as the work goes on
    on_warning : called with each warning of Sphinx, such as a link that leads nowhere
    side_by_side : whether a page one folder above lists this site with others; every page then leads back to it

    Returns
    -------
    How many notebooks failed.

    Raises
    ------
    PublishError
        If `out` holds anything but a site made here, if a page lies outside ``evidence/``, if the site cannot be built.
    """
    out = Path(out).resolve()
    check_out(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as work:
        source, site = Path(work, "source"), Path(work, "site")
        on_stage("gather the pages", 0, 1)
        assemble(source, cohort, results, pages, headlines)
        for warning in build(source, site, _settings(cohort, side_by_side), on_stage):
            on_warning(warning)
        for template in (site / "_static").rglob("*macros.html"):  # the theme ships its own templates, with dead links
            template.unlink()
        (site / MARKER).write_text(f"{cohort.id}\nThis folder is replaced by the next casestudy run.\n", "utf-8")
        if out.exists():
            out.rename(Path(work, "earlier"))
        site.rename(out)
    return sum(result.error is not None for result in results)


def check_out(out) -> None:
    """Refuse an output folder that is not ours or cannot be made (PublishError); worth asking before a long run."""
    out = Path(out).resolve()
    above = next(folder for folder in out.parents if folder.exists())
    if not (above.is_dir() and os.access(above, os.W_OK)):
        raise PublishError(f"No folder can be made in {above}: name another place with --out.")
    if out.exists() and not (out.is_dir() and ((out / MARKER).is_file() or not any(out.iterdir()))):
        raise PublishError(f"{out} is not a casestudy site: name another folder with --out, or empty this one.")


def assemble(source: Path, cohort, results, pages, headlines=()) -> None:
    """Write the source folder of the site: the project's own pages, the notebooks, the evidence, the landing page."""
    import nbformat

    if not (ROOT / "docs" / "conf.py").is_file():
        raise PublishError(f"The folder {ROOT / 'docs'} is missing: run the command from a checkout of casestudy.")
    shutil.copytree(ROOT / "docs", source, ignore=shutil.ignore_patterns("_templates"))
    mathjax = Path(find_spec("sphinx-mathjax-offline").origin).parent  # 24 MB, of which one file is needed
    shutil.copy(mathjax / "static" / "mathjax" / "tex-svg.js", source / "_static")
    pages = {_checked(path): text for path, text in pages.items()}
    evidence = evidence_in(pages) if EVIDENCE in pages else None
    for result in results:
        notice = cohort.notice if cohort.synthetic else ""
        done = notebook_page(result.notebook, evidence, notice)
        page = failure_page(result, cohort) if result.error else done
        nbformat.write(page, source / result.path.name)
    for path, text in pages.items():
        if path == EVIDENCE and "{toctree}" not in text:
            text += "\n\n" + _toctree(["*"], ":glob:")
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text, "utf-8")
    (source / "index.md").write_text(landing_page(cohort, results, pages, headlines), "utf-8")


def build(source: Path, site: Path, settings: dict, on_stage) -> list[str]:
    """Run Sphinx on `source` in this process; return its warnings, one string each."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    warnings, total = io.StringIO(), sum(path.suffix in {".md", ".ipynb"} for path in source.rglob("*"))
    counts = {"read the pages": 0, "write the pages": 0}
    # Sphinx sets this name and takes it away again. A kernel that starts meanwhile copies the environment, and would
    # stumble over a name that vanishes while it reads
    os.environ.setdefault("DOCUTILSCONFIG", os.devnull)

    def advance(stage):
        counts[stage] = min(counts[stage] + 1, total)  # the search page is written too
        on_stage(stage, counts[stage], total)

    try:
        with patch_docutils(source), docutils_namespace():
            app = Sphinx(source, source, site, site.parent / "doctrees", "html", settings, None, warnings)
            app.connect("source-read", lambda *_: advance("read the pages"))
            app.connect("html-page-context", lambda *_: advance("write the pages"))
            app.build(force_all=True)
    except SphinxError as problem:
        raise PublishError(f"The site could not be built: {problem}. Mend what it names and run again.") from problem
    return [re.sub(r"\x1b\[[\d;]*m", "", line) for line in warnings.getvalue().splitlines() if line.strip()]


def notebook_page(notebook, evidence: Evidence | None, notice: str = ""):
    """Copy a notebook for the site: a notice, sentences and tables that lead to the evidence, code folded, figures
    described, tables that scroll. The notice stays in the file that readers download."""
    from nbformat.v4 import new_markdown_cell

    page, number = copy.deepcopy(notebook), itertools.count(1)
    for cell in page.cells:
        if cell.cell_type == "code":
            shown = "hide-input" if cell.get("outputs") else "remove-cell"  # what only sets up is in the download
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), shown]
        for data in [output.get("data", {}) for output in cell.get("outputs", [])]:
            if evidence and "text/markdown" in data:
                data["text/markdown"] = lead_sentences(data["text/markdown"], evidence)
            if "<table" in data.get("text/html", ""):
                table = lead_table(data["text/html"], evidence) if evidence else data["text/html"]
                box = f'<div class="table-scroll" tabindex="0" role="group" aria-label="Table {next(number)}">'
                data["text/html"] = f"{box}{table}</div>"
    page.cells = [part for cell in page.cells for part in _one_figure_each(cell)]
    lines = [f"**{escape_markdown(notice)}**"] if notice else []
    lines += [f"The statements behind every number: [evidence by site and by code]({EVIDENCE})."] if evidence else []
    if lines:
        page.cells.insert(1, new_markdown_cell("\n\n".join(lines), id="evidence"))
    return page


def failure_page(result: Result, cohort):
    """Return a notebook of one text cell: which cell stopped, its source, the error, and what to do."""
    from nbformat.v4 import new_markdown_cell, new_notebook

    title, question = title_and_question(result)
    text = fill(
        "failed.md",
        title=escape_markdown(title),
        question=escape_markdown(question),
        name=escape_markdown(result.path.name),
        cohort=escape_markdown(cohort.id),
        cell=result.error.cell,
        source=_fenced(result.error.source),
        traceback=_fenced(result.error.traceback),
    )
    return new_notebook(cells=[new_markdown_cell(text, id="failed")], metadata=result.notebook.metadata)


def title_and_question(result: Result) -> tuple[str, str]:
    """Read a notebook's title and the block quote under it; the file's name and nothing if it has none."""
    first = next((cell.source for cell in result.notebook.cells if cell.cell_type == "markdown"), "")
    title = re.search(r"^# +(.+)", first, re.M)
    quote = re.search(r"(^>.*\n?)+", first, re.M)
    question = re.sub(r"^> ?", "", quote.group(), flags=re.M) if quote else ""
    return (title.group(1) if title else result.path.stem), " ".join(question.split())


def landing_page(cohort, results, pages, headlines) -> str:
    """Fill the landing page: what was found, where to start, where the evidence is."""
    numbered = {result.path.stem[:2]: result for result in results}
    start = [numbered[number] for number in START if number in numbered]
    deeper = [result for result in results if result not in start]
    notice = escape_markdown(cohort.notice)
    evidence = [EVIDENCE] if EVIDENCE in pages else sorted(pages)
    trees = {"Start here": map(_entry, start), "Go deeper": map(_entry, deeper), "Evidence": evidence, "About": ABOUT}
    return fill(
        "index.md",
        title=escape_markdown(cohort.title),
        summary=escape_markdown(cohort.summary),
        notice=f"```{{admonition}} Before you read\n:class: important\n{notice}\n```" if notice else "",
        failed=_section("Pages that could not be made", map(_item, [result for result in results if result.error])),
        headlines=_section("What the evidence says", _told(cohort, headlines)),
        start=_section("Start here", map(_item, start)),
        deeper=_section("Go deeper", map(_item, deeper)),
        evidence=_section("Evidence", [f"- [The statements behind every number]({EVIDENCE})"] * (EVIDENCE in pages)),
        licence=escape_markdown(cohort.licence),
        toctree="\n\n".join(_toctree(entries, f":caption: {caption}") for caption, entries in trees.items()),
    )


def _told(cohort, headlines) -> list[str]:
    planted = [f"{PLANTED}\n"] if cohort.synthetic and headlines else []
    return planted + [f"- {sentence}" for sentence in headlines]


def fill(template: str, **values) -> str:
    """Fill a template of the project's pages; whoever calls it escapes what comes from the data."""
    return Template((ROOT / "docs" / "_templates" / template).read_text("utf-8")).substitute(values)


def _section(heading: str, lines) -> str:
    text = "\n".join(lines)
    return f"## {heading}\n\n{text}" if text else ""


def _item(result: Result) -> str:
    title, question = map(escape_markdown, title_and_question(result))
    return f"- [{title}]({result.path.name}){' (failed)' if result.error else ''}: {question}"


def _entry(result: Result) -> str:
    return f"{result.path.stem[:2]} · {title_and_question(result)[0]} <{result.path.stem}>"


def _toctree(entries, option: str) -> str:
    return "\n".join(["```{toctree}", ":hidden:", option, "", *entries, "```"])


def _fenced(text: str) -> str:
    """Show text as it is: a fence longer than any run of backticks in it, and no highlighting to stumble over."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}none\n{text}\n{fence}"


def _settings(cohort, side_by_side: bool) -> dict:
    """What depends on the cohort. The theme prints its options as HTML, so they are escaped here."""
    notice = html.escape(cohort.notice)
    options = {
        "logo": {"text": html.escape(cohort.title)},
        "extra_footer": f"<p>{notice}</p><p>Licence of the data: {html.escape(cohort.licence)}</p>",
        "announcement": f"<strong>{notice}</strong>" if cohort.synthetic else "",
    }
    settings = {"html_title": cohort.title}
    if side_by_side:
        options["footer_content_items"] = [BACK, "extra-footer.html"]
        settings["html_sidebars"] = {
            "**": ["navbar-logo.html", BACK, "search-button-field.html", "sbt-sidebar-nav.html"]
        }
        settings["templates_path"] = [str(ROOT / "docs" / "_templates")]
    return settings | {f"html_theme_options.{name}": value for name, value in options.items()}


def _checked(path: str) -> str:
    parts = PurePosixPath(path).parts
    if parts[0] != "evidence" or ".." in parts or len(parts) < 2:
        raise PublishError(f"The page {path} lies outside evidence/: give it a path such as {EVIDENCE}.")
    return path if path.endswith(".md") else f"{path}.md"


def _one_figure_each(cell) -> list:
    """Split a cell after each figure: MyST-NB takes one description per cell, from the cell's metadata."""
    from nbformat.v4 import new_code_cell

    parts, outputs = [cell], cell.get("outputs", [])
    if cell.cell_type == "code":
        cell.outputs = []
    for output in outputs:
        if "mystnb" in parts[-1].metadata:
            unseen = {"id": f"{cell.id}-{len(parts)}", "metadata": {"tags": ["remove-input"]}}
            parts.append(new_code_cell("# a further figure", **unseen))  # a cell without source would be left out
        parts[-1].outputs.append(output)
        if "image/png" in output.get("data", {}):
            alt = output.metadata.get("image/png", {}).get("alt") or "Figure without a description"
            parts[-1].metadata["mystnb"] = {"image": {"alt": alt}}
    return parts
