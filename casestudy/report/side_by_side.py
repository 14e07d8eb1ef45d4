"""Several cohorts side by side: their notebooks run in one pool, one site each, and one page that lists the sites."""

from __future__ import annotations

import html
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from .execute import PublishError, Result, execute_all
from .publish import EVIDENCE, MARKER, START, check_out, fill, title_and_question

INDEX_MARKER = ".casestudy-cohorts"
KEPT_APART = " Those marked synthetic are invented: their numbers say nothing about any real alliance."
PURPOSES = {
    "synthetic": "To learn and to test the methods. Its numbers teach how a method behaves, not how alliances do.",
    "document": "To see what the public record holds on these alliances, and where it is silent. Not to rank or to "
    "assess them.",
    "informant": "To see what the people of these alliances told, and which challenges they share. Not to rank or to "
    "assess them.",
}
LEVELS = {  # by synthetic and level
    (False, "document"): "Documents: what published pages say. Not interviews.",
    (False, "informant"): "Interviews: what informants said.",
    (True, "document"): "None. Invented documents: nobody published them.",
    (True, "informant"): "None. Invented interviews: nobody said any of this.",
}
KINDS = {
    "document": "REAL: organisations by name, from public pages.",
    "informant": "REAL: alliances, from interviews.",
}


class Site(NamedTuple):
    """What the index tells about one cohort: the cohort, its executed notebooks, its pages, its sentences."""

    cohort: object
    results: list
    pages: dict
    headlines: list


def execute_in_turn(paths, folders, on_done=lambda result: None, workers: int = 2) -> Iterator[list[Result]]:
    """Execute the notebooks on each cohort; yield the results of one cohort while the next one's notebooks run on.

    Parameters
    ----------
    paths : the notebooks
    folders : folders of the cohorts
    on_done : called with each `execute.Result` as it arrives
    workers : how many notebooks run at a time, whatever the cohort

    Yields
    ------
    A list of Results per folder, each in the order of `paths`.
    """

    def attempt(path, folder):
        [result] = execute_all([path], str(folder), on_done, workers=1)
        return result

    # Sphinx's theme prints what any library logs. That a kernel's client is cleared away late is no news for a reader
    logging.getLogger("traitlets").propagate = False
    pool = ThreadPoolExecutor(workers)
    try:
        runs = [[pool.submit(attempt, path, folder) for path in paths] for folder in folders]
        for futures in runs:
            yield [future.result() for future in futures]
    finally:  # a reader who interrupts waits for the running kernels only
        pool.shutdown(wait=False, cancel_futures=True)


def check_places(cohorts, out) -> None:
    """Refuse cohorts that would share a folder, and an output folder that holds what was not made here.

    Nothing is removed from `out` but the sites that are built again, so it may hold other sites made here.

    Raises
    ------
    PublishError
        With what to do instead.
    """
    taken = {"index.html": "the page that lists the cohorts"}
    for cohort in cohorts:
        if cohort.id.startswith("."):
            raise PublishError(f"The id `{cohort.id}` cannot name a folder: change `id` in its cohort.toml.")
        if cohort.id.lower() in taken:  # some file systems hold upper and lower case for the same
            others = f"{cohort.folder} and {taken[cohort.id.lower()]}"
            raise PublishError(f"The id `{cohort.id}` is used twice, by {others}: run one of them, or change an `id`.")
        taken[cohort.id.lower()] = cohort.folder
    _check_index(Path(out).resolve())
    for cohort in cohorts:
        check_out(Path(out) / cohort.id)


def _check_index(out: Path) -> None:
    if not out.is_dir() or (out / INDEX_MARKER).is_file():
        return  # a place that is no folder is refused with the sites
    foreign = [path.name for path in sorted(out.iterdir()) if path.name[0] != "." and not (path / MARKER).is_file()]
    if foreign:
        raise PublishError(f"{out} holds {foreign[0]}, which is no site of a cohort: name another folder with --out.")


def write_index(sites, out) -> Path:
    """Write the page that lists the sites in `out`, in one move; return its path.

    Parameters
    ----------
    sites : list of `Site`, each built in the folder of `out` that has the cohort's id
    out : folder of the sites
    """
    out = Path(out).resolve()
    (out / INDEX_MARKER).write_text("The page and the sites are replaced by the next casestudy run.\n", "utf-8")
    beside = out / ".index.html"
    beside.write_text(index_page(sites), "utf-8")
    os.replace(beside, out / "index.html")
    return out / "index.html"


def index_page(sites) -> str:
    """Return the page as HTML: real cohorts first, synthetic ones in a section of their own, no table of both."""
    parts = {
        "Real alliances": [site for site in sites if not site.cohort.synthetic],
        "Synthetic cohorts: invented data": [site for site in sites if site.cohort.synthetic],
    }
    sections = [
        f"<section>\n<h2>{heading}</h2>\n{''.join(map(_card, part))}</section>"
        for heading, part in parts.items()
        if part
    ]
    apart = KEPT_APART if any(site.cohort.synthetic for site in sites) else ""
    return fill("cohorts.html", apart=apart, sections="\n".join(sections))


def _card(site: Site) -> str:
    cohort = site.cohort
    told = {name: html.escape(getattr(cohort, name)) for name in ("id", "title", "summary", "licence")}
    caution = (
        ""
        if cohort.synthetic or not cohort.notice
        else f"<h4>Before you read</h4>\n<p>{html.escape(cohort.notice)}</p>"
    )
    return fill(
        "cohort.html",
        **told,
        site=_href(cohort.id),
        style="synthetic" if cohort.synthetic else "real",
        kind=html.escape(cohort.notice) if cohort.synthetic else KINDS[cohort.evidence_level],
        level=LEVELS[cohort.synthetic, cohort.evidence_level],
        purpose=PURPOSES["synthetic" if cohort.synthetic else cohort.evidence_level],
        lists="\n".join(_lists(site)),
        caution=caution,
    )


def _lists(site: Site) -> Iterator[str]:
    """Yield the lists of a card: pages that failed, sentences, where to start, the evidence; none that is empty."""
    home, numbered = _href(site.cohort.id), {result.path.stem[:2]: result for result in site.results}
    start = [numbered[number] for number in START if number in numbered]
    evidence = f'<a href="{home}/evidence/index.html">The statements behind every number</a>'
    lists = {
        "Pages that could not be made": [_page(home, result) for result in site.results if result.error],
        "What the evidence says": map(_as_html, site.headlines),
        "Start here": [_page(home, result) for result in start],
        "Evidence": [evidence] * (EVIDENCE in site.pages),
    }
    for heading, items in lists.items():
        rows = "\n".join(f"<li>{item}</li>" for item in items)
        if rows:
            yield f"<h4>{heading}</h4>\n<ul>\n{rows}\n</ul>"


def _page(home: str, result: Result) -> str:
    title, question = map(html.escape, title_and_question(result))
    failed = " (failed)" if result.error else ""
    return f'<a href="{home}/{_href(result.path.stem)}.html">{title}</a>{failed}: {question}'


def _href(name: str) -> str:
    return html.escape(quote(name))


def _as_html(sentence: str) -> str:
    """Turn a sentence of the landing page into HTML; what is not Markdown in it is shown as it is."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).renderInline(sentence)
