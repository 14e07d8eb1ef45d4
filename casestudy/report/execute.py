"""Run the numbered notebooks, each in a fresh kernel.

``python -m casestudy.report.execute`` runs the stored notebooks again and stores their outputs.
"""

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class PublishError(Exception):
    """What cannot be done, in one sentence, and what to do next."""


class Failure(NamedTuple):
    """Where a notebook stopped: the number in the cell's square brackets, its source, the traceback."""

    cell: int
    source: str
    traceback: str


class Result(NamedTuple):
    """One notebook after its run. `error` is a Failure, the notebook then executed up to it, or None."""

    path: Path
    notebook: dict
    error: Failure | None


def find_notebooks(start=None) -> list[Path]:
    """List the numbered notebooks, in order: those in ``notebooks/`` of `start` (default: the working
    folder) or of a folder above it, else those beside the package. Raises PublishError if there are none."""
    here = Path(start or Path.cwd()).resolve()
    for folder in (here, *here.parents, ROOT):
        found = sorted(p for p in folder.glob("notebooks/*.ipynb") if re.match(r"\d\d_", p.name))
        if found:
            return found
    raise PublishError(f"No numbered notebooks in {here}/notebooks or above it: run this from a checkout of casestudy.")


def execute_notebook(path, cohort=None, timeout: int = 300):
    """Execute a copy of a notebook in a fresh kernel of this interpreter; the file stays as it is.

    `cohort` (name or absolute path) reaches the notebook as ``CASESTUDY_COHORT``; None leaves it its own default.
    A cell may take `timeout` seconds. Returns a NotebookNode with execution counts from 1 and nothing in it that
    changes from run to run; raises PublishError with the traceback if a cell fails.
    """
    result = _attempt(Path(path), cohort, timeout)
    if result.error:
        raise PublishError(_outcome(result))
    return result.notebook


def execute_all(paths, cohort=None, on_done=lambda result: None, workers: int = 2) -> list[Result]:
    """Execute notebooks side by side, whether or not one fails; return one Result each, in the order of `paths`.
    `on_done` is called with each Result as it arrives."""
    with ThreadPoolExecutor(workers) as pool:  # threads suffice: the work is in the kernels, each a process
        futures = [pool.submit(_attempt, Path(path), cohort) for path in paths]
        try:
            for future in as_completed(futures):
                on_done(future.result())
        finally:  # a reader who interrupts waits for the running kernels only
            pool.shutdown(wait=False, cancel_futures=True)
    return [future.result() for future in futures]


def refresh(paths=None) -> int:
    """Execute the stored notebooks in place, each on its default cohort; return how many failed (those keep
    their stored outputs). A second run gives the same files, byte for byte."""
    import nbformat

    results = execute_all(paths or find_notebooks(), on_done=lambda result: print(_outcome(result)))
    for result in results:
        if not result.error:
            beside = result.path.with_suffix(".tmp")
            nbformat.write(result.notebook, beside)
            os.replace(beside, result.path)  # nobody meets half a notebook
    return sum(result.error is not None for result in results)


def _attempt(path: Path, cohort=None, timeout: int = 300) -> Result:
    """Execute a notebook; keep what was reached if it fails."""
    from nbformat.v4 import new_notebook

    notebook, reached, error = new_notebook(), [0, ""], None

    def note(cell, cell_index):
        if cell.cell_type == "code" and cell.source.strip():  # the kernel counts no empty cell
            reached[:] = reached[0] + 1, cell.source

    try:
        notebook = _blank_copy(path)
        environment = {k: v for k, v in os.environ.items() if k != "CASESTUDY_COHORT"}
        environment |= {} if cohort is None else {"CASESTUDY_COHORT": str(cohort)}
        _client(notebook, path, timeout, note).execute(env=environment)
    except Exception as problem:  # a cell's error, a time-out, a dead kernel, a file that is no notebook
        error = Failure(*reached, _plain(problem, notebook))
    # what is the same on every machine
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return Result(path, notebook, error)


def _blank_copy(path: Path):
    """Read a notebook and drop every stored output, so that none can outlive a failed run."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    return notebook


def _client(notebook, path: Path, timeout: int, on_cell_start):
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    # with no folder to search, "python3" can only be this interpreter, whatever kernels the reader registered
    kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    place = {"metadata": {"path": str(path.resolve().parent)}}
    # streams are joined, since how one is cut depends on timing; level 40 hides the kernel's own notices only
    stable = {"record_timing": False, "coalesce_streams": True, "extra_arguments": ["--IPKernelApp.log_level=40"]}
    return NotebookClient(notebook, kernel, timeout=timeout, resources=place, on_cell_start=on_cell_start, **stable)


def _plain(problem: Exception, notebook) -> str:
    """Return the failing cell's traceback, or what else went wrong, without a terminal's colour codes."""
    text = f"{type(problem).__name__}: {problem}"
    if hasattr(problem, "ename"):  # raised in a cell, hence the last error among the outputs
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        text = "\n".join([o.traceback for o in outputs if o.output_type == "error"][-1])
    return re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", text)


def _outcome(result: Result) -> str:
    path, _, error = result
    return f"{path.name}: " + (f"stopped at cell [{error.cell}]\n{error.traceback}" if error else "done")


if __name__ == "__main__":
    sys.exit(1 if refresh() else 0)
