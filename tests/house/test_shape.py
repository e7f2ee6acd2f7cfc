"""The measured part of STYLE.md section 6: sizes, documentation, and the things that must not appear."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "jupyter_mlops"
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}


class Definition(NamedTuple):
    """One function or class of the package."""

    where: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    public: bool

    @property
    def lines(self) -> int:
        return (self.node.end_lineno or self.node.lineno) - self.node.lineno + 1


@cache
def modules() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}


def length(path: Path) -> int:
    return len(path.read_text().splitlines())


def definitions(kind: type | tuple[type, ...]) -> list[Definition]:
    found = []
    for path, tree in modules().items():
        for node, public in walk(tree, public=True):
            if isinstance(node, kind):
                found.append(Definition(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node, public))
    return found


def walk(parent: ast.AST, *, public: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Yield definitions with whether a user of the module can reach them; what a function defines inside is private."""
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            seen = public and not node.name.startswith("_")
            yield node, seen
            yield from walk(node, public=seen and isinstance(node, ast.ClassDef))
        else:
            yield from walk(node, public=public)


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_modules_are_small():
    lengths = {str(path.relative_to(ROOT)): length(path) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > 500} == {}
    assert statistics.median(lengths.values()) <= 120


def test_functions_are_short():
    functions = definitions(FUNCTIONS)
    assert [f.where for f in functions if f.lines > 70] == []
    assert statistics.quantiles([f.lines for f in functions], n=10)[8] <= 35


def test_classes_are_small():
    assert [c.where for c in definitions(ast.ClassDef) if c.lines > 300] == []


def test_functions_take_few_parameters():
    def count(node: ast.FunctionDef) -> int:
        names = [a.arg for a in node.args.posonlyargs + node.args.args + node.args.kwonlyargs]
        return len([name for name in names if name not in ("self", "cls")])

    assert [f.where for f in definitions(FUNCTIONS) if count(f.node) > 7] == []


def test_everything_public_is_documented():
    missing = [str(path.relative_to(ROOT)) for path, tree in modules().items() if not ast.get_docstring(tree)]
    missing += [d.where for d in definitions((*FUNCTIONS, ast.ClassDef)) if d.public and not ast.get_docstring(d.node)]
    assert missing == []


def test_no_module_is_a_drawer():
    assert [str(path) for path in modules() if path.stem.strip("_") in DRAWERS] == []


def test_broad_excepts_are_rare_and_explained():
    """What cleans up and raises again is not counted, as in ruff's BLE001: nothing is swallowed there."""
    unexplained, count, total = [], 0, 0
    for path, tree in modules().items():
        lines = path.read_text().splitlines()
        total += len(lines)
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and is_broad(node):
                count += not any(isinstance(statement, ast.Raise) for statement in node.body)
                if "#" not in lines[node.lineno - 1]:
                    unexplained.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert unexplained == []
    assert count / total * 1000 <= 0.5, f"{count} broad excepts in {total} lines"


def is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException")
    )


def test_layers_have_a_front_door():
    """A package's `__all__` is what it re-exports, no more and no less, and its modules are private."""
    wrong = []
    for package in sorted(path for path in PACKAGE.iterdir() if (path / "__init__.py").exists()):
        names = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}
        wrong += [f"{package.name}/{name}.py" for name in names if not name.startswith("_")]
    # They are run as `python -m`, so their names are public.
    entries = {"server/app.py", "executor/warm.py", "tensorboard/child.py", "tracking/keeper.py"}
    assert sorted(set(wrong) - entries) == []


def test_the_package_imports_itself_relatively():
    absolute = []
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").startswith("jupyter_mlops"):
                absolute.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert absolute == []


@pytest.mark.parametrize("front_door", ["jupyter_mlops", "jupyter_mlops.magics", "jupyter_mlops.services"])
def test_importing_loads_nothing_heavy(front_door):
    heavy = ["torch", "tensorflow", "keras", "mlflow", "onnx", "sklearn", "pandas", "numpy", "matplotlib", "sqlalchemy"]
    program = f"import sys, {front_door}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.strip() == "[]"


def test_tests_are_as_long_as_the_source():
    source = sum(length(path) for path in modules())
    tests = sum(length(path) for path in (ROOT / "tests").rglob("*.py"))
    assert tests >= source


def test_no_file_names_a_registry():
    """Lock files and configuration name no hosts: an environment decides where packages come from."""
    suspects = ["yarn.lock", "package-lock.json", "uv.lock", "requirements.txt", ".npmrc", ".yarnrc.yml", "pip.conf"]
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    files = [ROOT / name for name in listed if Path(name).name in suspects]
    assert [str(path) for path in files if "://" in path.read_text()] == []
