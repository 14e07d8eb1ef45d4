"""The command line: check a cohort, import quotations or a survey, invent a cohort, run notebooks, build the sites.

Exit codes: 0 done, 1 an analysis failed, 2 the user's input is at fault.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .cohort.cohort import check_cohort, find_cohort, load_cohort
from .cohort.problems import CohortError, tell

app = typer.Typer(
    help="Comparative case studies of multi-stakeholder alliances: check, import, synth, run.",
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
    _check_ledger(loaded, cohort)
    claims = f", {len(loaded.claims)} claims that hold" if len(loaded.claims) else ""
    out.print(
        escape(
            f"{folder.name}: no problem found. {len(loaded.sites)} sites, {len(loaded.sources)} sources, "
            f"{len(loaded.segments)} segments, {len(loaded.codings)} codings{claims}.\nNext: casestudy run {cohort}"
        )
    )


def _check_ledger(loaded, cohort: str) -> None:
    """Stop if a claim of the cohort's ledger does not hold; a cohort without one has nothing to hold."""
    if loaded.claims.empty:
        return
    from .report.claims import check_claims, tell_claims

    problems = check_claims(loaded)
    if len(problems):
        claims = problems["claim"].nunique()
        raise _stop(
            f"{loaded.folder.name}: the files are in order; {claims} of {len(loaded.claims)} claims no longer hold.\n"
            f"{tell_claims(problems)}\nMend them and run `casestudy check {cohort}` again."
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
def survey(
    sheet: Annotated[Path, typer.Argument(help="A .csv or .xlsx sheet with one answer per row.")],
    into: Annotated[str, typer.Option("--into", help="The cohort that the survey belongs to, such as data/mine.")],
) -> None:
    """Add a survey to a cohort, from a long sheet of its answers.

    The sheet has the columns site, respondent, group, item, value, min and max, and if you have them reverse, wave,
    scale and text. Sites and groups are those of the cohort. Nothing is written unless all of it can be used.

    **Example**

    `casestudy survey answers.csv --into data/mine`
    """
    from .cohort.surveys import add_survey, report_survey

    try:
        cohort, notes = add_survey(sheet, into)
    except CohortError as error:
        raise _stop(str(error)) from None
    out.print(escape(report_survey(cohort, notes, into)))


@app.command()
def synth(
    name: Annotated[str, typer.Argument(help="Which cohort: `teaching` or `alignment-teaching`.")],
    out_: Annotated[Path, typer.Option("--out", help="New or empty folder to write the cohort to.")],
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="The same seed gives the same files. Default: that of the shipped cohort.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Invent a cohort in which the right answers are known, to learn and to test the methods.

    It is labelled synthetic throughout, and its folder `truth/` says what was planted.

    **Examples**

    `casestudy synth teaching --out data/mine`

    `casestudy synth alignment-teaching --seed 11 --out data/mine`
    """
    from .cohort.synthetic import write_synthetic

    try:
        with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err) as progress:
            task = progress.add_task(f"Inventing {escape(name)}", total=2)
            folder = write_synthetic(name, seed, out_)
            progress.update(task, description="Checking what was written", advance=1)
            cohort = load_cohort(folder)
            progress.update(task, description="Done", advance=1)
    except CohortError as error:
        raise _stop(str(error)) from None
    drawn = "the shipped seed" if seed is None else f"seed {seed}"
    out.print(escape(f"{folder}: {_contents(cohort)}. SYNTHETIC, {drawn}.\nNext: casestudy run {folder}"))


def _contents(cohort) -> str:
    """Return how much is in a cohort, in one line."""
    amounts = {
        "sites": len(cohort.sites),
        "informants": len(cohort.sources[["site", "informant"]].drop_duplicates()),
        "segments": len(cohort.segments),
        "words": int(cohort.segments["text"].str.split().str.len().sum()),
        "answers to survey questions": len(cohort.survey_responses),
    }
    return ", ".join(f"{number:,} {what}" for what, number in amounts.items() if number)


@app.command()
def run(
    context: typer.Context,
    cohorts: Annotated[
        list[str],
        typer.Argument(metavar="COHORT", help=f"{COHORT.help} Several are built side by side, with one index."),
    ],
    out_: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for the site. Default: build/NAME; for several cohorts build, with a folder for each.",
            show_default=False,
        ),
    ] = None,
    docx: Annotated[bool, typer.Option("--docx", help="Write notebook 12 for Word too (needs pandoc).")] = False,
    share: Annotated[
        bool,
        typer.Option(
            "--share",
            help="Build from an edition in which groups below the plan's `suppress_below` are merged and their words "
            "withheld.",
        ),
    ] = False,
) -> None:
    """Execute the notebooks on one or more cohorts and build a site of each, to read and hand on.

    A notebook that fails leaves a page that says so; the others are built, and the command ends with 1. Every cohort is
    checked before the first notebook runs.

    **Examples**

    `casestudy run af4q`

    `casestudy run data/mine --out build/mine`

    `casestudy run af4q bqi --out build`

    `casestudy run af4q --docx`

    `casestudy run data/mine --share`
    """
    from .report.building import build_sites, load_all
    from .report.execute import PublishError, find_notebooks
    from .report.publish import check_out
    from .report.side_by_side import check_places, write_index
    from .report.word import check_word, write_findings

    notes: list[str] = []
    try:
        loaded, notebooks = load_all(cohorts), find_notebooks()
        if docx:
            check_word(notebooks)
        if share:  # the editions last as long as the command: kernels read them
            loaded = _shared(loaded, Path(context.with_resource(tempfile.TemporaryDirectory(prefix="casestudy-"))))
        several = len(loaded) > 1
        target = out_ or (Path("build") if several else Path("build") / loaded[0].id)
        check_places(loaded, target) if several else check_out(target)
        with _progress() as progress:
            sites = build_sites(loaded, notebooks, target, progress, notes.append)
        if several:
            write_index(sites, target)
        out.print(escape(f"Open {target / 'index.html'} in a browser."))
        for site in sites if docx else []:
            document = write_findings(*site[:2], target / site.cohort.id if several else target)
            if document:
                out.print(escape(f"Word: {document}. Copy it before you edit it: the next run replaces this folder."))
    except (CohortError, PublishError) as error:
        raise _stop(str(error)) from None
    for note in notes:
        err.print(escape(f"Note on a page: {note}"))
    ran = [(site.cohort.id, result) for site in sites for result in site.results]
    failed = [f"{id_}/{result.path.name}" if several else result.path.name for id_, result in ran if result.error]
    if failed:
        message = f"{len(failed)} of {len(ran)} notebooks failed: {', '.join(failed)}. Their pages say what to do."
        raise _stop(message, code=1)


def _shared(cohorts: list, folder: Path) -> list:
    """Make the edition for sharing of every cohort in a folder, and tell whoever runs this what it leaves out."""
    from .report.sharing import share

    editions = []
    for number, cohort in enumerate(cohorts):
        edition, told = share(cohort, folder / str(number))
        out.print(escape("\n".join(told)))
        editions.append(edition)
    return editions


def _progress() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=err, transient=False)
