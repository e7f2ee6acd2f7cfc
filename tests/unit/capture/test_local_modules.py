"""The user's own modules: which a cell reaches, and which files have changed since they were imported."""

import functools
import importlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from jupyter_mlops.capture import changed_files, observe_modules, reached_modules


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Write a module beside the notebook and import it, as a cell does."""
    monkeypatch.syspath_prepend(tmp_path)
    made = set(sys.modules)

    def make(name, text):
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        importlib.invalidate_caches()
        module = importlib.import_module(name)
        observe_modules()
        return module

    yield make
    for name in set(sys.modules) - made:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]
    observe_modules()


def edit(module, text):
    """Save a file again, at another time."""
    with open(module.__file__, "w", encoding="utf-8") as file:
        file.write(text)
    os.utime(module.__file__, (1, 1))


HELPER = "SCALE = 2\ndef prep(x): return x * SCALE\nclass Step:\n    def go(self): pass\n"

REACH = {
    "module": lambda helper: helper,
    "function": lambda helper: helper.prep,
    "class": lambda helper: helper.Step,
    "object": lambda helper: helper.Step(),
    "method": lambda helper: helper.Step().go,
    "partial": lambda helper: functools.partial(helper.prep, 1),
}


@pytest.mark.parametrize("reach", REACH.values(), ids=REACH)
def test_what_comes_from_a_module_reaches_it(own, reach):
    helper = own("own_helper", HELPER)
    assert reached_modules([reach(helper)]) == {"own_helper": helper}


def test_what_a_module_imports_is_reached_with_it(own):
    inner = own("own_inner", "LIMIT = 1\ndef f(): pass\n")
    middle = own("own_middle", "from own_inner import f\n")
    assert reached_modules([], ["own_middle"]) == {"own_middle": middle, "own_inner": inner}


@pytest.mark.parametrize("value", [np, np.mean, np.float64(1), json, json.dumps, len, 5, None, "text"])
def test_libraries_are_not_the_users(value):
    assert reached_modules([value], ["os.path", "numpy.linalg", "not_there"]) == {}


def test_a_file_that_changed_is_told_until_it_is_loaded_again(own):
    helper = own("own_edited", HELPER)
    assert changed_files(["own_edited"]) == ()
    edit(helper, HELPER + "# more\n")
    observe_modules()
    assert changed_files(["own_edited", "json", "unknown"]) == ("own_edited",)
    importlib.reload(helper)
    observe_modules()
    assert changed_files(["own_edited"]) == ()


def test_a_file_that_was_only_saved_again_has_not_changed(own):
    helper = own("own_saved", HELPER)
    edit(helper, HELPER)
    assert changed_files(["own_saved"]) == ()


def test_a_deleted_file_has_changed(own):
    helper = own("own_deleted", HELPER)
    Path(helper.__file__).unlink()
    assert changed_files(["own_deleted"]) == ("own_deleted",)


def test_who_reloads_modules_by_other_means_says_so(own):
    helper = own("own_autoreloaded", HELPER)
    edit(helper, HELPER + "# more\n")
    observe_modules(reloaded=True)
    assert changed_files(["own_autoreloaded"]) == ()
