import importlib
import sys
import types

import msgspec

from jupyter_mlops.launchers._warm_modules import KernelModules


def sorted_modules():
    modules = KernelModules()
    modules.refresh()
    return modules


def test_installed_modules_are_named_with_their_submodules():
    assert msgspec.__name__ in sorted_modules().installed
    assert "msgspec.json" in sorted_modules().installed


def test_the_standard_library_the_kernel_and_this_package_are_not():
    import ipykernel  # noqa: F401 - it is to be left out although it is there

    tops = {name.partition(".")[0] for name in sorted_modules().installed}
    assert tops.isdisjoint({"os", "json", "ipykernel", "zmq", "tornado", "pytest", "jupyter_mlops", "__main__"})


def test_a_file_beside_the_notebook_is_foreign(tmp_path, monkeypatch):
    (tmp_path / "my_features.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("my_features")
    modules = sorted_modules()
    assert ("my_features" in modules.foreign, "my_features" in modules.installed) == (True, False)
    del sys.modules["my_features"]


def test_what_was_imported_since_is_found(monkeypatch):
    modules = sorted_modules()
    before = modules.installed
    modules.refresh()
    assert modules.installed is before
    new = types.ModuleType("colourful")
    new.__file__ = f"{msgspec.__file__.rpartition('/')[0]}/colourful.py"
    monkeypatch.setitem(sys.modules, "colourful", new)
    modules.refresh()
    assert modules.installed == (*before, "colourful")


def test_a_module_that_loads_itself_when_touched_is_left_asleep(monkeypatch):
    class Lazy(types.ModuleType):
        def __getattribute__(self, name):
            raise AssertionError(f"somebody asked for {name}")

    monkeypatch.setitem(sys.modules, "lazy_one", Lazy("lazy_one"))
    monkeypatch.setitem(sys.modules, "no_module", 42)
    assert {"lazy_one", "no_module"}.isdisjoint(sorted_modules().installed)
