"""The command line: exit codes, messages that say the next step, and no traceback for a user's mistake."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from casestudy import check_cohort
from casestudy.cli import app

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


@pytest.mark.parametrize("command", ["check", "import", "run"])
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
