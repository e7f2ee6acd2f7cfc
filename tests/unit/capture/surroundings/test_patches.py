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


# Objects that do what they can to be in the way: a submission asks none of them


class Liar:
    """Asked for its class, it raises."""

    @property
    def __class__(self):
        raise RuntimeError("asked")


class Nameless:
    @property
    def __module__(self):
        raise RuntimeError("asked")


def of_module(name):
    made = type("Odd", (), {})
    made.__module__ = name
    return made


def without_name():
    made = ModuleType("odd")
    del made.__name__
    return made


HOSTILE = {
    "a liar": Liar,
    "a class of no module": lambda: of_module(None),
    "a class of a module that is a list": lambda: of_module([]),
    "a class of a module that is not there": lambda: of_module("gone.away"),
    "a module without a name": without_name,
    "a module that is not loaded": lambda: ModuleType("gone.away"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_found_again_in_a_run_is_passed_over(helper, name):
    notebook = Notebook(helper=helper, odd=HOSTILE[name]()).run("odd.x = 1\nhelper.f = len")

    assert notebook.told == (["helper_of_tests.f"], [])


@pytest.mark.parametrize("kind", [Liar, Nameless])
def test_a_value_that_answers_nothing_is_a_patch_like_any_other(helper, kind):
    notebook = Notebook(helper=helper, value=kind()).run("helper.f = value")

    travel, stay = notebook.told
    assert travel + stay == ["helper_of_tests.f"]


def test_a_property_that_raises_hides_what_is_behind_it(helper):
    class Guarded(ModuleType):
        @property
        def inner(self):
            raise RuntimeError("asked")

    helper.__class__ = Guarded
    notebook = Notebook(helper=helper)
    notebook.history.append(ExecutedCell("helper.inner.x = 1", analyse_cell("helper.inner.x = 1", str)))

    assert notebook.told == ([], [])


def test_a_deep_cell_is_looked_through_from_deep_within_a_kernel(helper):
    notebook = Notebook(helper=helper).run("helper.K = " + " + ".join(["1"] * 850))

    def within(frames):
        return within(frames - 1) if frames else notebook.told

    assert within(120) == (["helper_of_tests.K"], [])


@pytest.mark.parametrize(
    "cell",
    [
        "for helper.K in range(3): pass",
        "with open('/dev/null') as helper.K: pass",
        "helper.K += 1",
        "[0 for helper.K in range(3)]",
        "(helper.K, *helper.rest) = range(3)",
        "helper.K: int = 4",
        "try:\n    helper.K = 4\nfinally:\n    pass",
        "class A:\n    helper.K = 4",
        "(lambda: setattr(helper, 'K', 4))()",
    ],
)
def test_every_way_to_bind_an_attribute_is_seen(helper, cell):
    travel, stay = Notebook(helper=helper).run(cell).told

    assert "helper_of_tests.K" in travel + stay


@pytest.mark.parametrize(
    "cell",
    [
        "helper.table['a'] = 1",
        "setattr(helper, 'a' + 'b', 1)",
        "setattr(*[helper, 'ab', 1])",
        "vars(helper)['ab'] = 1",
        "[helper][0].ab = 1",
    ],
)
def test_what_the_text_does_not_show_is_no_patch(helper, cell):
    helper.table = {}

    assert Notebook(helper=helper).run(cell).told == ([], [])


def test_a_class_that_its_module_no_longer_has_is_left_alone(helper):
    (patch,) = Notebook(helper=helper).run("helper.C.new = 3").patches.travel
    del helper.C

    patch.apply()

    assert not hasattr(helper, "C")


def test_the_code_among_the_patches_has_names_that_no_cell_has(helper):
    patches = Notebook(helper=helper).run("helper.f = len\nhelper.g = max").patches

    assert patches.code == {"__mlops_patches__0": len, "__mlops_patches__1": max}
