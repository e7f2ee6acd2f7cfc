"""What the notebook has put into modules and classes of others holds in the run too, or is told."""

import importlib
import json
import os
import sys
import threading
from types import ModuleType

import pandas as pd
import pytest

from jupyter_mlops.capture import ExecutedCell, Patches, analyse_cell, observe_modules


@pytest.fixture
def helper():
    """A module of the user's own, as the kernel has it."""
    made = ModuleType("helper_of_tests")
    exec("K = 1\ndef f(x): return x\ndef g(x): return f(x) + 1\nclass C: pass", vars(made))
    sys.modules["helper_of_tests"] = made
    yield made
    del sys.modules["helper_of_tests"]


class Notebook:
    """Cells that run one after the other; names are the caller's."""

    def __init__(self, **names):
        self.namespace = {"__name__": "__main__", **names}
        self.history = []

    def run(self, cell):
        exec(cell, self.namespace)
        self.history.append(ExecutedCell(cell, analyse_cell(cell, str)))
        return self

    @property
    def patches(self):
        return Patches.of(self.history, self.namespace)

    @property
    def told(self):
        return [str(patch) for patch in self.patches.travel], list(self.patches.stay)


def test_a_function_in_another_ones_place_is_set_again(helper):
    notebook = Notebook(helper=helper).run("def patched(x): return 100 * x\nhelper.f = patched")
    (patch,) = notebook.patches.travel
    helper.f = None

    patch.apply()

    assert (str(patch), helper.g(2)) == ("helper_of_tests.f", 201)


def test_a_method_of_a_librarys_class_is_set_again():
    notebook = Notebook(pd=pd).run("def double(self): return self * 2\npd.DataFrame.double = double")
    try:
        (patch,) = notebook.patches.travel
        del pd.DataFrame.double
        patch.apply()
        assert pd.DataFrame({"a": [1]}).double()["a"][0] == 2
    finally:
        del pd.DataFrame.double


def test_a_module_that_comes_later_gets_it_then(tmp_path, monkeypatch):
    (tmp_path / "comes_later.py").write_text("def f(x):\n    return x\n")
    monkeypatch.syspath_prepend(tmp_path)
    kernels = importlib.import_module("comes_later")
    (patch,) = Notebook(helper=kernels).run("helper.f = lambda x: 0").patches.travel
    del sys.modules["comes_later"]

    patch.apply()

    assert "comes_later" not in sys.modules
    assert importlib.import_module("comes_later").f(5) == 0
    del sys.modules["comes_later"]


def test_into_a_file_that_has_changed_since_nothing_is_put(tmp_path, monkeypatch):
    path = tmp_path / "edited_later.py"
    path.write_text("def f(x):\n    return x\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("edited_later")
    observe_modules()
    notebook = Notebook(helper=module).run("helper.f = lambda x: 0")
    assert notebook.told == (["edited_later.f"], [])

    path.write_text("def f(x):\n    return x + 1\n")
    os.utime(path, (1, 1))

    assert notebook.told == ([], [])
    del sys.modules["edited_later"]
    observe_modules()


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("helper.f = len", (["helper_of_tests.f"], [])),
        ("if True:\n    helper.f = len", (["helper_of_tests.f"], [])),
        ("setattr(helper, 'f', len)", (["helper_of_tests.f"], [])),
        ("helper.C.new = 3", (["helper_of_tests.C.new"], [])),
        ("helper.f, helper.K = len, 7", (["helper_of_tests.K", "helper_of_tests.f"], [])),
        ("helper.table = [1, 2]", (["helper_of_tests.table"], [])),
        ("def patch():\n    helper.f = len\npatch()", (["helper_of_tests.f"], [])),
        ("def patch():\n    helper.never = [1]", ([], [])),
        ("old = helper.f\nhelper.f = len\nhelper.f = old", ([], [])),
        ("helper.f = len\ndel helper.f", ([], [])),
        ("helper.lock = lock", ([], ["helper_of_tests.lock"])),
        ("class Mine: pass\nMine.a = 3\nmine = Mine()\nmine.b = 4", ([], [])),
        ("import sys\nsys.stdout = sys.stdout", ([], [])),
        ("unknown = helper\nhelper.K == 3", ([], [])),
    ],
)
def test_what_counts(helper, cell, told):
    helper.f.__module__ = helper.C.__module__ = "helper_of_tests"
    notebook = Notebook(helper=helper, lock=threading.Lock()).run(cell)

    assert notebook.told == told


def test_cells_that_are_no_python_have_no_say(helper):
    cells = [ExecutedCell("helper.f = = 1", analyse_cell("", str), ok=False)]

    assert Patches.of(cells, {"helper": helper}) == Patches()


def test_a_librarys_function_may_stand_in_for_another():
    old = json.dumps
    try:
        notebook = Notebook(json=json).run("json.dumps = json.loads")
        assert notebook.told == (["json.dumps"], [])
    finally:
        json.dumps = old
