"""Something happens once a library has been imported, as if it had always been so."""

import importlib
import random
import sys

import pytest

from jupyter_mlops.capture._on_import import when_imported


def test_now_when_it_has_been_imported():
    said = []
    when_imported("sys", lambda: said.append(1))
    assert said == [1]


def test_later_when_it_has_not_and_once(make_module):
    said = []
    name = make_module("lazily_imported")
    when_imported(name, lambda: said.append(sys.modules[name].value))
    when_imported(name, lambda: said.append("second"))
    assert said == []
    module = __import__(name)
    __import__(name)
    assert said == [1, "second"]
    assert module.__spec__.loader.get_source(name) == "value = 1\n"


def test_the_finder_leaves_when_nobody_waits(make_module):
    before = list(sys.meta_path)
    name = make_module("waited_for")
    when_imported(name)
    assert len(sys.meta_path) == len(before) + 1
    __import__(name)
    assert sys.meta_path == before


def test_an_import_draws_no_random_numbers(make_module):
    name = make_module("drawing", "import random\nvalue = random.random()\n")
    when_imported(name)
    random.seed(5)
    expected = random.Random(5).random()
    __import__(name)
    assert random.random() == expected


def test_a_library_that_is_not_there_is_still_not_there(make_module):
    when_imported("surely_not_installed")
    with pytest.raises(ModuleNotFoundError):
        __import__("surely_not_installed")


def test_an_import_that_fails_says_so_and_can_be_tried_again(make_module, tmp_path):
    said = []
    name = make_module("failing", "raise RuntimeError('broken')\n")
    when_imported(name, lambda: said.append(1))
    with pytest.raises(RuntimeError, match="broken"):
        __import__(name)
    assert said == []
    (tmp_path / f"{name}.py").write_text("mended = True\n")
    importlib.invalidate_caches()
    __import__(name)
    assert said == [1]
