"""Who may import whom, and what `import casestudy` may cost."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import casestudy

PACKAGE = Path(casestudy.__file__).parent
MODULES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}
# part -> the parts it may import from; data walks one way
ALLOWED = {
    "cohort": {"cohort"},
    "methods": {"cohort", "methods"},
    "report": {"cohort", "methods", "report"},
    "cli": {"", "cohort", "methods", "report"},
    "__init__": {"cohort"},
}
# in methods, only these may be imported by the others; of commonality only `presence`
SHARED = {"methods.evidence", "methods.commonality"}
# the disclosure guard must count as these analyses count, or it would let pass what they show
GUARDED = {"methods.alignment.answers": {"answers", "scores"}, "methods.tradeoffs": {"informant_positions"}}
HEAVY = ["seaborn", "matplotlib", "scipy", "pandera", "sphinx", "nbclient", "openpyxl", "IPython"]


def _target(module: str, node: ast.ImportFrom) -> str:
    """Return the module of the package that an import names, without the package's own name."""
    if not node.level:
        return (node.module or "").removeprefix("casestudy").removeprefix(".")
    parts = module.split(".")
    return ".".join([*parts[: len(parts) - node.level], *(node.module.split(".") if node.module else [])])


def _is_ours(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and bool(node.level or (node.module or "").split(".")[0] == "casestudy")


def imports(module: str) -> list[tuple[str, str]]:
    """Return (module of the package, name) for everything a module takes from the package, inside functions too."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if _is_ours(node):
            target = _target(module, node)
            for alias in node.names:
                whole = f"{target}.{alias.name}".strip(".")
                found.append((whole, "") if whole in MODULES else (target, alias.name))
        elif isinstance(node, ast.Import):
            ours = (alias.name for alias in node.names if alias.name.split(".")[0] == "casestudy")
            found += [(name.removeprefix("casestudy").removeprefix("."), "") for name in ours]
    return found


def test_imports_finds_relative_and_inner_imports():
    assert ("cohort.problems", "CohortError") in imports("__init__")
    assert ("cohort.schema", "TABLES") in imports("cohort.checks")
    assert ("cohort.cohort", "Cohort") in imports("methods.evidence.counted")


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_from_where_data_come(module):
    allowed = ALLOWED[module.split(".")[0]]
    assert [target for target, _ in imports(module) if target.split(".")[0] not in allowed] == []


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("methods.")])
def test_methods_share_only_evidence_and_presence(module):
    room = module.split(".")[1]  # the modules of one folder may share with each other
    found = [(target, name) for target, name in imports(module) if target.split(".")[0] == "methods"]
    within = [(target, name) for target, name in found if target.split(".")[1] != room]
    if room == "disclosure":
        within = [(target, name) for target, name in within if name not in GUARDED.get(target, ())]
    assert {target for target, _ in within} <= SHARED
    assert {name for target, name in within if target == "methods.commonality"} <= {"presence"}


def test_importing_the_package_loads_pandas_and_numpy_only():
    code = f"import casestudy, sys; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _docstring_lines(tree: ast.Module) -> set[int]:
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
    docs = (node.body[0] for node in nodes if ast.get_docstring(node))
    return {line for doc in docs for line in range(doc.lineno, doc.end_lineno + 1)}


@pytest.mark.parametrize("module", MODULES)
def test_module_can_be_read_in_a_sitting(module):
    text = MODULES[module].read_text(encoding="utf-8")
    told = _docstring_lines(ast.parse(text))
    code = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() and number not in told]
    assert len(code) < 300


@pytest.mark.parametrize("module", MODULES)
def test_module_opens_with_what_it_is_for(module):
    text = MODULES[module].read_text(encoding="utf-8")
    assert not text or ast.get_docstring(ast.parse(text))
