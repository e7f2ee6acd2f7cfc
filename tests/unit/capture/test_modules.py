"""Modules travel as imports."""

import sys
from types import ModuleType

import pytest

from jupyter_mlops.capture import ModuleImport, modules_of


@pytest.fixture
def package(monkeypatch):
    """A package with two loaded submodules and one alias, as libraries make them."""
    modules = {name: ModuleType(name) for name in ("pkg", "pkg.linear", "pkg.linear.ridge", "pkg._impl")}
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, module)
    modules["pkg"].api = modules["pkg._impl"]
    return modules


def test_an_alias_becomes_the_import_of_the_module_behind_it(package):
    namespace = {"p": package["pkg"], "lin": package["pkg.linear"], "x": 1}

    assert modules_of(["x", "p", "lin", "absent"], namespace) == (
        ModuleImport("lin", "pkg.linear"),
        ModuleImport("p", "pkg"),
    )


def test_submodules_that_the_cell_reaches_by_attribute_are_imported_too(package):
    chains = ["p.linear.ridge.Ridge", "p.api.fit", "p.version", "q.linear"]

    assert modules_of(["p"], {"p": package["pkg"]}, chains) == (
        ModuleImport("p", "pkg", ("pkg._impl", "pkg.linear", "pkg.linear.ridge")),
    )


def test_a_lazy_attribute_is_not_loaded_by_looking():
    class Lazy(ModuleType):
        def __getattr__(self, name):
            raise AssertionError(name)

    lazy = Lazy("lazy_package")
    sys.modules["lazy_package"] = lazy
    try:
        assert modules_of(["z"], {"z": lazy}, ["z.sub.f"]) == (ModuleImport("z", "lazy_package"),)
    finally:
        del sys.modules["lazy_package"]


def test_a_module_that_cannot_be_imported_by_its_name_is_left_out():
    assert modules_of(["m"], {"m": ModuleType("made_by_hand")}) == ()


def test_the_import_of_main_is_an_import_like_any_other():
    assert modules_of(["m"], {"m": sys.modules["__main__"]}) == (ModuleImport("m", "__main__"),)
