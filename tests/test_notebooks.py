"""The rules of the notebooks, and that they run to their end on every shipped cohort."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from casestudy import load_cohort
from casestudy.methods.commonality import common_challenges
from casestudy.report.evidence_pages import evidence_pages
from casestudy.report.execute import Result, execute_all, find_notebooks

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DEFAULTS = {
    "02": "teaching",
    "08": "teaching",
    "09": "alignment-teaching",
    "10": "alignment-teaching",
}  # the others show the public cohort
LOCAL = re.compile(r"(/home/|/Users/|/root/|/tmp/|[A-Z]:\\\\|0x[0-9a-f]{6,})")


def cells(path, kind=None):
    found = json.loads(path.read_text("utf-8"))["cells"]
    return [{**c, "source": "".join(c["source"])} for c in found if kind in (None, c["cell_type"])]


def outputs(path):
    return [output for cell in cells(path, "code") for output in cell["outputs"]]


def each(test):
    return pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)(test)


def test_notebooks_are_the_numbered_ones():
    assert [p.stem for p in NOTEBOOKS] == [p.stem for p in find_notebooks(ROOT)]
    assert all(re.fullmatch(r"\d\d_[a-z_]+", p.stem) for p in NOTEBOOKS)


@each
def test_notebook_opens_with_one_title_and_a_question(path):
    first, titles = cells(path)[0], [c for c in cells(path, "markdown") if re.search(r"^# ", c["source"], re.M)]
    assert first["cell_type"] == "markdown" and len(titles) == 1
    assert re.search(r"^> .+\?$", first["source"], re.M)
    assert len(first["source"].split()) <= 120


@each
def test_notebook_sets_up_in_the_declared_order(path):
    imports, parameter, load, _ = cells(path, "code")[:4]
    assert imports["source"].rstrip().endswith("theme()")
    assert parameter["metadata"]["tags"] == ["parameters"]
    default = DEFAULTS.get(path.stem[:2], "af4q")
    assert parameter["source"] == f'COHORT = os.environ.get("CASESTUDY_COHORT", "{default}")'
    assert load["source"] == "cohort = load_cohort(COHORT)" and load["outputs"] == []


@each
def test_notebook_cells_are_few_and_short(path):
    code = [c["source"] for c in cells(path, "code")]
    assert 20 <= len(cells(path)) <= 34
    assert max(len(source.splitlines()) for source in code[1:]) <= 12
    kinds = "".join(c["cell_type"][0] for c in cells(path)[4:])  # after the set-up
    assert "cccc" not in kinds


@each
def test_notebook_defines_nothing_and_uses_no_magic(path):
    for source in (c["source"] for c in cells(path, "code")):
        assert not re.search(r"^\s*(def|class|lambda|%|!)", source, re.M)
        assert not source.rstrip().endswith(";") and ".style" not in source


@each
def test_notebook_holds_no_threshold(path):
    """Thresholds come from the plan: no number but shape parameters of a display."""
    for source in (c["source"] for c in cells(path, "code")):
        assert not re.search(r"\b(k|m|j|alpha|reading_level)\s*=\s*\d", source)


@each
def test_notebook_prose_holds_no_number_of_a_cohort(path):
    allowed = re.compile(r"\[?\b(0[1-9]|1[0-2])\b|notebooks? \d\d|k = 2|AC1|\b0\b|\b1\b")
    for text in (c["source"] for c in cells(path, "markdown")):
        assert not re.search(r"\d", allowed.sub("", re.sub(r"\(.*?\.ipynb\)|`[^`]*`", "", text))), text


@each
def test_notebook_ends_with_limits_reading_and_next(path):
    text = [c["source"] for c in cells(path)]
    limits = next(n for n, t in enumerate(text) if "## Limits" in t)
    reading = next(n for n, t in enumerate(text) if "reading_section" in t)
    assert limits < reading == len(text) - 2
    assert "## Next" in text[-1] and "*Try it.*" in text[-1]


@each
def test_notebook_tells_how_to_read_each_figure(path):
    source = [c["source"] for c in cells(path)]
    figures = [n for n, text in enumerate(source) if "show(" in text]
    assert figures
    for n in figures:
        assert any("*How to read it.*" in text for text in source[n : n + 3]), source[n]


@each
def test_notebook_is_stored_executed(path):
    code = cells(path, "code")
    assert [c["execution_count"] for c in code] == list(range(1, len(code) + 1))
    assert json.loads(path.read_text("utf-8"))["metadata"]["kernelspec"]["name"] == "python3"
    assert not any("execution" in c["metadata"] for c in code)


@each
def test_notebook_stores_no_error_warning_or_local_path(path):
    assert not [o for o in outputs(path) if o["output_type"] == "error" or o.get("name") == "stderr"]
    texts = [json.dumps({k: v for k, v in o.get("data", o).items() if k != "image/png"}) for o in outputs(path)]
    assert not [t for t in texts if LOCAL.search(t)]


@each
def test_notebook_figures_have_alt_text_that_is_checked(path):
    figures = [o for o in outputs(path) if "image/png" in o.get("data", {})]
    for figure in figures:
        alt = figure["metadata"]["image/png"]["alt"]
        assert "".join(figure["data"]["text/plain"]) == f"Figure: {alt}" and len(alt) > 40
    assert not [o for o in outputs(path) if "image/svg+xml" in o.get("data", {})]


@each
def test_notebook_tables_fit_a_page(path):
    for output in outputs(path):
        html = "".join(output.get("data", {}).get("text/html", ""))
        head = html.partition("</thead>")[0]
        assert head.count("<th>") <= 10, "at most seven columns of words; narrow counts may have a few more"


def test_modules_hold_every_question_of_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    for path in NOTEBOOKS:
        question = re.search(r"^> (.+\?)$", cells(path)[0]["source"], re.M)[1]
        assert question in readme


# What each cohort cannot answer, in the words a reader meets. A new reason is looked at before it is added here.
HISTORY = "single version: no history of the codebook is recorded"
FIRST = "the first version: there is nothing before it"
FULL = "no code of the kind challenge was found in the data ({} brought to the data): a fixed list is full at once"
UNSETTLED = (
    "no source was settled in a round `consensus` by other than models, and none that a model coder read was read by a "
    "human coder: coders who differ do not show who is right"
)
FEW = "a contrast needs 3 a side; the smallest p such a test could give"
GATE = "the gate refuses this cohort for its {}"
NO_THEORY = "this cohort has no table `predictions`: no theory is recorded"
NO_AXES = "this cohort has no table `axes`: no trade-off is coded with poles"
NO_LINKS = "the cohort has no table `links`, so whether anybody says that one challenge acts on another was not coded"
NO_FACTORS = {
    "no factor of this cohort is a code that anybody spoke of",
    "this cohort has no factors judged per site",
}
NO_SURVEY = NO_FACTORS | {"there is no order of sites", "this cohort has no survey"}
REASONS = {
    "alignment-teaching": {
        HISTORY,
        NO_AXES,
        NO_LINKS,
        NO_THEORY,
        "none of 1 pair of challenges can be tested",
        "no segment carries several challenges",
        FULL.format(2),
        UNSETTLED,
        "by every coder's reading every interview raises it",
        "no fact about leadership is documented",
        "no fact about leadership is documented in words",
        "no fact about participation is documented in words",
        "no numeric fact of this theme is in the data",
        "no table `asked`: everyone is taken to have been asked everything",
        "there are no search terms",
        "there are no search terms, or no words to search",
        "this cohort has no statements of hopes and fears",
    },
    "bqi": {
        HISTORY,
        NO_AXES,
        NO_LINKS,
        *NO_SURVEY,
        GATE.format("conditions, outcome, cases, variation of the outcome"),
        FULL.format(10),
        "agreement among model coders is consistency, not validity: no human reader settled any source",
        "by every coder's reading no document raises it",
        "no challenge is common or widespread under the plan: there is no claim to overturn",
        "no fact about leadership is documented",
        f"1 site against 1: {FEW} is 0.500 (two-sided 1.000)",
        f"1 site against 5: {FEW} is 0.167 (two-sided 0.167)",
        "no fact about leadership is documented in words",
        "no numeric fact of this theme is in the data",
        "no table `asked`: everyone is taken to have been asked everything",
        "the statements are restated in our words",
        "this cohort has no statements of hopes and fears",
    },
    "teaching": {
        FIRST,
        *NO_FACTORS,
        "the items measure no one thing: alpha within sites is -0.25, below 0.50, a cut of our own",
        "there is no order of sites",
        GATE.format("conditions, cases, variation of the outcome"),
        "no segment was given this code by two coders",
        "no site of this type in this variant of the facts",
        "no type of site has 3 sites on two sides: the table of facts is shown instead of a contrast",
        "this cohort has no statements of hopes and fears",
        f"1 site against 3: {FEW} is 0.250 (two-sided 0.250)",
        f"2 sites against 2: {FEW} is 0.167 (two-sided 0.333)",
        f"3 sites against 1: {FEW} is 0.250 (two-sided 0.250)",
    },
    "template": {
        HISTORY,
        NO_AXES,
        NO_LINKS,
        NO_THEORY,
        *NO_SURVEY,
        GATE.format("conditions, cases, variation of the outcome"),
        "none of 10 pairs of challenges can be tested",
        "no segment carries several challenges",
        FULL.format(5),
        UNSETTLED,
        "there are no search terms",
        "no fact about leadership is documented in words",
        "no fact about participation is documented in words",
        f"2 sites against 2: {FEW} is 0.167 (two-sided 0.333)",
        "no type of site has 3 sites on two sides: the table of facts is shown instead of a contrast",
        "there are no search terms, or no words to search",
    },
}


def rows_of(notebook):
    """Return the rows of every stored table as dictionaries."""
    found = []
    for output in (o for cell in notebook.cells for o in cell.get("outputs", [])):
        html = BeautifulSoup("".join(output.get("data", {}).get("text/html", "")), "html.parser")
        heads = [th.get_text() for th in html.select("thead th")]
        for row in html.select("tbody tr"):
            found.append(dict(zip(heads, [c.get_text() for c in row.find_all(["th", "td"])], strict=False)))
    return found


def unanswered(notebook):
    """Return every reason for which a table or a sentence gives no answer."""
    reasons = {row.get("reason", "") for row in rows_of(notebook) if row.get("status", "ok") != "ok"}
    texts = [
        "".join(o["data"].get("text/markdown", "")) for c in notebook.cells for o in c.get("outputs", []) if "data" in o
    ]
    told = {m for text in texts for m in re.findall(r"Not assessable: (.*?)\.(?:\s|$)", text)}
    return {reason.replace("\\", "") for reason in reasons | told if reason}


IN_CI = ("bqi", "teaching")  # `make test-all` runs the others too
OTHERS = [pytest.param(name, marks=() if name in IN_CI else pytest.mark.slower) for name in sorted(REASONS)]


@pytest.fixture(scope="module", params=OTHERS)
def executed(request):
    """The notebooks on one cohort; those that are stored on it are taken as stored, since nbval runs them again."""
    stored = [path for path in NOTEBOOKS if DEFAULTS.get(path.stem[:2], "af4q") == request.param]
    left = [path for path in NOTEBOOKS if path not in stored]
    read = [Result(path, nbformat.read(path, 4), None) for path in stored]
    return request.param, [*read, *execute_all(left, str(ROOT / "data" / request.param))]


@pytest.mark.slow
def test_every_notebook_runs_to_its_end_on_other_cohorts(executed):
    assert not [(r.path.name, r.error) for r in executed[1] if r.error]


@pytest.mark.slow
def test_every_comparison_has_an_answer_on_other_cohorts(executed):
    for result in executed[1]:
        if "03" <= result.path.name[:2] <= "07":
            assert "ok" in [row.get("status") for row in rows_of(result.notebook)], result.path.name


@pytest.mark.slow
def test_reasons_on_other_cohorts_are_the_known_ones(executed):
    name, results = executed
    assert set().union(*(unanswered(r.notebook) for r in results)) == REASONS[name]


@pytest.mark.slow
def test_the_pages_of_bqi_name_no_other_alliance(executed):
    """The two cohorts share organisations; a reader of one must not meet the other's sites by chance."""
    name, results = executed
    cohort, own = load_cohort(name), (ROOT / "data" / name).glob("*.csv")
    known = " ".join(path.read_text("utf-8") for path in own)
    foreign = [site for site in load_cohort("af4q").sites["name"] if site not in known]
    told = " ".join([*(json.dumps(r.notebook) for r in results), *evidence_pages(cohort).values()])
    assert foreign and not [site for site in foreign if site in told]


@pytest.mark.slow
def test_flipping_one_coding_fails_the_verdicts_of_07(tmp_path):
    """Coder A did not give soliciting_participation to E042, one coder did: with A it is present at one more site."""
    shutil.copytree(ROOT / "data" / "af4q", tmp_path / "af4q")
    with open(tmp_path / "af4q" / "codings.csv", "a", encoding="utf-8") as file:
        file.write("E042,soliciting_participation,A,independent,,,facilitator,,no,,\n")
    before, after = (common_challenges(load_cohort(p), "documented") for p in (ROOT / "data/af4q", tmp_path / "af4q"))
    changed = before.loc[before["class"] != after["class"], "code"].tolist()
    assert changed == ["soliciting_participation"]
    seven = next(p for p in NOTEBOOKS if p.stem.startswith("07"))
    code = [c["source"] for c in cells(seven, "code")]
    verdicts = next(n for n, source in enumerate(code) if "side_by_side" in source)
    command = [sys.executable, "-m", "pytest", "--nbval", str(seven), "--nbval-current-env", "-p", "no:cacheprovider"]
    environment = {**os.environ, "CASESTUDY_COHORT": str(tmp_path / "af4q")}
    told = subprocess.run([*command, "-rA"], capture_output=True, text=True, env=environment, cwd=ROOT).stdout
    failed = {int(n) for n in re.findall(r"^FAILED .*::Cell (\d+)", told, re.M)}
    assert verdicts in failed
    assert failed.isdisjoint({0, 1, 2, 3, 4})
