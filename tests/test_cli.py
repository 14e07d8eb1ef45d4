"""The command line: exit codes, messages that say the next step, and no traceback for a user's mistake."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from casestudy import CohortError, check_cohort
from casestudy.cli import app
from casestudy.report.execute import Failure, Result
from casestudy.report.publish import MARKER

ROOT = Path(__file__).parents[1]
SHEET = "site,informant,group,code,quotation\nNorth,P1,plan,Money,Will the grant come?\nSouth,P2,plan,Money,=1+1\n"


def casestudy(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("name", sorted(p.parent.name for p in (ROOT / "data").glob("*/cohort.toml")))
def test_check_ends_well_on_every_shipped_cohort(name):
    told = casestudy("check", name)
    assert told.exit_code == 0
    assert f"{name}: no problem found" in told.output and f"Next: casestudy run {name}" in told.output


def test_check_lists_every_fault_and_ends_with_2(tmp_path):
    shutil.copytree(ROOT / "data/template", tmp_path / "mine")
    with open(tmp_path / "mine/codings.csv", "a", encoding="utf-8") as file:
        file.write("nowhere,balancing_powr,c1,,,,chalenge,,,,\n")
    told = casestudy("check", tmp_path / "mine")
    assert told.exit_code == 2
    for part in ("`nowhere`", "did you mean `balancing_power`", "did you mean `challenge`", "casestudy check"):
        assert part.strip("`") in told.output


@pytest.mark.parametrize("command", ["check", "run"])
def test_commands_name_the_nearest_cohort(command):
    told = casestudy(command, "af4g")
    assert told.exit_code == 2 and "did you mean `af4q`?" in told.output


def test_import_writes_a_cohort_that_passes_check_and_says_what_it_assumed(tmp_path):
    (tmp_path / "sheet.csv").write_text(SHEET, encoding="utf-8")
    told = casestudy("import", tmp_path / "sheet.csv", "--out", tmp_path / "mine")
    assert told.exit_code == 0 and check_cohort(tmp_path / "mine").empty
    for part in ("NO VALENCE", "Fill in next", "casestudy check"):
        assert part in told.output


def test_import_takes_columns_by_name_and_refuses_a_broken_list(tmp_path):
    (tmp_path / "sheet.csv").write_text(SHEET.replace("quotation", "Words of them"), encoding="utf-8")
    sheet, out = tmp_path / "sheet.csv", tmp_path / "mine"
    assert casestudy("import", sheet, "--out", out, "--columns", "quotation=Words of them").exit_code == 0
    told = casestudy("import", sheet, "--out", tmp_path / "other", "--columns", "quotation")
    assert told.exit_code == 2 and "quotation=Text,site=Alliance" in told.output


def test_import_leaves_nothing_behind_when_the_sheet_is_at_fault(tmp_path):
    (tmp_path / "sheet.csv").write_text("site,informant\nNorth,P1\n", encoding="utf-8")
    told = casestudy("import", tmp_path / "sheet.csv", "--out", tmp_path / "mine")
    assert told.exit_code == 2 and "quotation" in told.output
    assert [p.name for p in tmp_path.iterdir()] == ["sheet.csv"]


def test_run_refuses_a_folder_that_is_not_a_site_of_ours(tmp_path):
    (tmp_path / "thesis.docx").write_text("dear")
    told = casestudy("run", "template", "--out", tmp_path)
    assert told.exit_code == 2 and (tmp_path / "thesis.docx").exists()


def test_messages_show_data_literally(tmp_path):
    """Rich would read [red] in a file's value as markup."""
    shutil.copytree(ROOT / "data/template", tmp_path / "mine")
    with open(tmp_path / "mine/sites.csv", "a", encoding="utf-8") as file:
        file.write("[bold]x,Name,,,\n")
    assert "[bold]x" in casestudy("check", tmp_path / "mine").output


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """`run` without kernels and without Sphinx: `failing` names notebooks that fail, `executed` what was asked for."""
    told = SimpleNamespace(failing=set(), executed=[], linked_back=[])

    def execute_all(paths, cohort, on_done, workers):
        told.executed.append((Path(cohort).name, paths[0].name))
        error = Failure(1, "x", "KeyError") if told.executed[-1] in told.failing else None
        result = Result(paths[0], new_notebook(cells=[new_markdown_cell("# Title")]), error)
        on_done(result)
        return [result]

    def publish(cohort, results, out, pages, headlines, on_stage, on_warning, side_by_side):
        on_stage("read the pages", 1, 1)
        told.linked_back.append(side_by_side)
        out.mkdir(parents=True, exist_ok=True)
        for name in (MARKER, "index.html"):
            (out / name).write_text(cohort.id)

    monkeypatch.setattr("casestudy.report.side_by_side.execute_all", execute_all)
    monkeypatch.setattr("casestudy.report.building.publish", publish)
    monkeypatch.setattr("casestudy.report.building.pages_of", lambda cohort: ({}, ["A sentence."]))
    monkeypatch.chdir(tmp_path)
    return told


def copy_template(folder, id_=None):
    shutil.copytree(ROOT / "data/template", folder)
    if id_:
        settings = (folder / "cohort.toml").read_text("utf-8")
        (folder / "cohort.toml").write_text(settings.replace('id = "template"', f'id = "{id_}"'), "utf-8")
    return folder


def test_run_builds_one_cohort_without_an_index(quick):
    told = casestudy("run", "template")
    assert told.exit_code == 0 and "Open build/template/index.html" in told.output
    assert quick.linked_back == [False] and not Path("build/index.html").exists()


def test_run_builds_several_cohorts_side_by_side_with_one_index(quick):
    told = casestudy("run", "template", copy_template(Path("mine"), "my-own"))
    assert told.exit_code == 0 and "Open build/index.html" in told.output
    index = Path("build/index.html").read_text("utf-8")
    for id_ in ("template", "my-own"):
        assert f'href="{id_}/index.html"' in index and Path(f"build/{id_}/index.html").exists()
    assert quick.linked_back == [True, True] and "A sentence." in index


def test_run_replaces_what_it_built_before(quick):
    mine = copy_template(Path("mine"), "my-own")
    for _ in range(2):
        assert casestudy("run", "template", mine, "--out", "out").exit_code == 0
    assert sorted(path.name for path in Path("out").iterdir() if path.name[0] != ".") == [
        "index.html",
        "my-own",
        "template",
    ]


def test_run_executes_nothing_when_one_cohort_of_several_is_at_fault(quick):
    for name, fault in (("one", "nowhere"), ("two", "elsewhere")):
        with open(copy_template(Path(name), name) / "codings.csv", "a", encoding="utf-8") as file:
            file.write(f"{fault},balancing_power,c1,,,,challenge,,,,\n")
    told = casestudy("run", "template", "one", "two")
    assert told.exit_code == 2 and not quick.executed and not Path("build").exists()
    for part in ("one cannot be loaded", "nowhere", "two cannot be loaded", "elsewhere"):
        assert part in told.output


def test_run_refuses_two_cohorts_with_one_id(quick):
    told = casestudy("run", "template", copy_template(Path("mine")))
    assert told.exit_code == 2 and not quick.executed
    assert "`template` is used twice" in told.output and "mine" in told.output


def test_run_of_several_refuses_a_folder_of_other_things(quick):
    Path("out").mkdir()
    Path("out/thesis.docx").write_text("dear")
    told = casestudy("run", "template", copy_template(Path("mine"), "mine"), "--out", "out")
    assert told.exit_code == 2 and "thesis.docx" in told.output and not quick.executed


def test_run_of_several_ends_with_1_and_names_what_failed(quick):
    quick.failing = {("mine", "07_common_challenges.ipynb")}
    told = casestudy("run", "template", copy_template(Path("mine"), "mine"))
    assert told.exit_code == 1 and "mine/07_common_challenges.ipynb" in told.output
    assert Path("build/index.html").exists() and Path("build/template/index.html").exists()


def test_run_with_docx_stops_before_any_notebook_when_pandoc_is_missing(quick, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    told = casestudy("run", "template", "--docx")
    assert told.exit_code == 2 and "sudo apt install pandoc" in told.output
    assert not quick.executed and not Path("build").exists()


def test_run_with_docx_writes_a_document_into_each_site(quick, monkeypatch):
    written = []
    monkeypatch.setattr("casestudy.report.word.shutil.which", lambda _: "pandoc")
    monkeypatch.setattr("casestudy.report.word.convert", lambda page, out: written.append(out))
    mine = copy_template(Path("mine"), "mine")
    quick.failing = {("mine", "12_findings.ipynb")}
    told = casestudy("run", "template", mine, "--docx")
    assert written == [Path("build/template/12_findings.docx")] and told.exit_code == 1
    assert "Word: build/template/12_findings.docx." in told.output and "mine/12_findings.ipynb" in told.output


@pytest.fixture
def invented(monkeypatch):
    """A stand-in for the generator: copies the template; `asked` holds what it was called with."""
    asked = []

    def write_synthetic(name, seed, out):
        asked.append((name, seed, out))
        if name != "teaching":
            raise CohortError(f"There is no synthetic cohort called `{name}`; did you mean `teaching`?")
        return copy_template(out)

    monkeypatch.setattr("casestudy.cohort.synthetic.write_synthetic", write_synthetic, raising=False)
    return asked


def test_synth_says_what_it_wrote_and_the_next_step(invented, tmp_path):
    told = casestudy("synth", "teaching", "--seed", 11, "--out", tmp_path / "new")
    assert told.exit_code == 0 and invented == [("teaching", 11, tmp_path / "new")]
    for part in ("4 sites, 22 informants, 93 segments", " words.", "SYNTHETIC, seed 11", "Next: casestudy run"):
        assert part in told.output
    assert "survey" not in told.output


def test_synth_leaves_the_seed_to_the_cohort_and_needs_a_place(invented, tmp_path):
    assert casestudy("synth", "teaching").exit_code == 2 and invented == []
    told = casestudy("synth", "teaching", "--out", tmp_path / "new")
    assert told.exit_code == 0 and invented[0][1] is None and "the shipped seed" in told.output


def test_synth_ends_with_2_when_the_name_is_unknown(invented, tmp_path):
    told = casestudy("synth", "teeching", "--out", tmp_path / "new")
    assert told.exit_code == 2 and "did you mean `teaching`?" in told.output


@pytest.mark.parametrize("command", ["check", "import", "synth", "run"])
def test_help_shows_an_example_of_each_command(command):
    told = casestudy(command, "--help")
    assert told.exit_code == 0 and f"casestudy {command} " in told.output


@pytest.mark.slow
def test_run_with_a_failing_notebook_builds_the_rest_and_ends_with_1(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    for name, source in (("01_good", "1 + 1"), ("02_bad", "{}['<b>missing</b>']")):
        cells = [new_markdown_cell("# Title\n\n> A question?\n"), new_code_cell(source)]
        nbformat.write(new_notebook(cells=cells), tmp_path / f"notebooks/{name}.ipynb")
    monkeypatch.chdir(tmp_path)
    told = casestudy("run", "template", "--out", tmp_path / "site")
    assert told.exit_code == 1 and "02_bad.ipynb" in told.output
    assert (tmp_path / "site/01_good.html").exists()
    failed = (tmp_path / "site/02_bad.html").read_text("utf-8")
    assert "KeyError" in failed and "<b>missing</b>" not in failed
