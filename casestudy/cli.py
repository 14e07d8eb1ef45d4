"""The command line: check a cohort, import quotations, run the notebooks on a cohort and build its site.

Exit codes: 0 done, 1 an analysis failed, 2 the user's input is at fault.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .cohort.cohort import check_cohort, find_cohort, load_cohort
from .cohort.problems import CohortError, tell

app = typer.Typer(
    help="Comparative case studies of multi-stakeholder alliances: check, import, run.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
COHORT = typer.Argument(help="Name of a cohort (a folder under `data/` or `$CASESTUDY_DATA`), or a path to its folder.")


def _stop(message: str, code: int = 2) -> typer.Exit:
    err.print(escape(message), style="red" if err.is_terminal else None)
    return typer.Exit(code)


@app.command()
def check(cohort: Annotated[str, COHORT]) -> None:
    """Check a cohort's files and list every problem: file, row, column, value and fix.

    **Examples**

    `casestudy check af4q`

    `casestudy check data/mine`
    """
    try:
        folder = find_cohort(cohort)
        problems = check_cohort(folder)
    except CohortError as error:
        raise _stop(str(error)) from None
    if len(problems):
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise _stop(
            f"{folder.name}: {count}.\n{tell(problems)}\nMend the files and run `casestudy check {cohort}` again."
        )
    loaded = load_cohort(folder)
    out.print(
        escape(
            f"{folder.name}: no problem found. {len(loaded.sites)} sites, {len(loaded.sources)} sources, "
            f"{len(loaded.segments)} segments, {len(loaded.codings)} codings.\nNext: casestudy run {cohort}"
        )
    )


def _mapping(columns: str) -> dict[str, str]:
    """Return `field=heading,field=heading` as a dictionary."""
    pairs = [pair.partition("=") for pair in columns.split(",") if pair.strip()]
    if not all(field.strip() and heading.strip() for field, _, heading in pairs):
        raise _stop(f"--columns `{columns}` is not a list of field=heading. Write it as quotation=Text,site=Alliance")
    return {field.strip().lower(): heading.strip() for field, _, heading in pairs}


@app.command("import")
def import_(
    sheet: Annotated[Path, typer.Argument(help="A .csv or .xlsx sheet with one coded quotation per row.")],
    out_: Annotated[Path, typer.Option("--out", help="Folder to write the cohort to, such as data/mine.")],
    columns: Annotated[
        str,
        typer.Option(help="Which column is which, where names differ: `quotation=Text,site=Alliance`."),
    ] = "",
    title: Annotated[str, typer.Option(help="Title of the cohort.")] = "",
) -> None:
    """Read a long sheet of coded quotations into a cohort.

    The sheet has the columns site, informant, group, code and quotation, and if you have them coder, valence, source
    and date. Columns are found by name.

    **Examples**

    `casestudy import quotations.xlsx --out data/mine`

    `casestudy import export.csv --out data/mine --columns "quotation=Text,site=Alliance"`
    """
    from .cohort.quotations import read_quotations
    from .cohort.writing import report_import, write_cohort

    try:
        quotations = read_quotations(sheet, _mapping(columns))
        folder = write_cohort(quotations, out_, title or None)
    except CohortError as error:
        raise _stop(str(error)) from None
    out.print(escape(report_import(quotations, folder)))


@app.command()
def run(
    cohort: Annotated[str, COHORT],
    out_: Annotated[
        Path | None, typer.Option("--out", help="Folder for the site. Default: build/NAME.", show_default=False)
    ] = None,
) -> None:
    """Execute the notebooks on a cohort and build one site to read and hand on.

    A notebook that fails leaves a page that says so; the others are built, and the command ends with 1.

    **Examples**

    `casestudy run af4q`

    `casestudy run data/mine --out build/mine`
    """
    from .report.execute import PublishError, execute_all, find_notebooks
    from .report.publish import check_out, publish

    try:
        folder = find_cohort(cohort).resolve()
        loaded = load_cohort(folder)
        notebooks = find_notebooks()
        target = out_ or Path("build") / loaded.id
        check_out(target)
        notes: list[str] = []
        with _progress() as progress:
            task = progress.add_task("Executing notebooks", total=len(notebooks) + 2)
            results = execute_all(notebooks, str(folder), lambda result: progress.advance(task))
            progress.update(task, description="Writing the pages of evidence")
            pages, headlines = pages_of(loaded)
            progress.update(task, description="Building the site", advance=1)
            stage = partial(_stage, progress, task)
            failures = publish(loaded, results, target, pages, headlines, stage, notes.append)
            progress.update(task, description="Done", advance=1)
    except (CohortError, PublishError) as error:
        raise _stop(str(error)) from None
    for note in notes:
        err.print(escape(f"Note on a page: {note}"))
    out.print(escape(f"Open {target / 'index.html'} in a browser."))
    if failures:
        names = ", ".join(result.path.name for result in results if result.error)
        raise _stop(f"{failures} of {len(results)} notebooks failed: {names}. Their pages say what to do.", code=1)


def pages_of(cohort) -> tuple[dict[str, str], list[str]]:
    """Return what a site needs beside the notebooks: the pages of evidence, and the sentences of the landing page."""
    from .report import sentences
    from .report.evidence_pages import evidence_pages

    headlines = [sentences.common_headline(cohort, reading) for reading in ("difficulty", "documented")]
    return evidence_pages(cohort), [sentences.who_was_heard(cohort), *headlines]


def _stage(progress: Progress, task, stage: str, done: int, total: int) -> None:
    progress.update(task, description=f"Building the site: {stage} {done}/{total}")


def _progress() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=err, transient=False)
