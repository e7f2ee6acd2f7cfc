"""Something is done right after a module was imported, and nothing before."""

import sys
from pathlib import Path

import pytest

from jupyter_mlops.tracking import when_imported


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    package = tmp_path / "mlops_example"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "inner.py").write_text("value = 1\ndef change(): return 'before'\n")
    (package / "broken.py").write_text("raise ValueError('no')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "mlops_example.inner"
    for name in [name for name in sys.modules if name.startswith("mlops_example")]:
        del sys.modules[name]


def test_it_is_called_with_the_whole_module_when_that_is_imported(module: str) -> None:
    seen = []
    when_imported(module, lambda inner: seen.append((inner.__name__, inner.value)))
    import mlops_example

    assert (mlops_example.__name__, seen) == ("mlops_example", [])
    import mlops_example.inner

    assert seen == [(module, 1)]
    assert mlops_example.inner.__spec__.loader is mlops_example.inner.__loader__
    assert type(mlops_example.inner.__loader__).__name__ == "SourceFileLoader"


def test_what_it_changes_is_what_importers_get(module: str) -> None:
    when_imported(module, lambda inner: setattr(inner, "change", lambda: "after"))
    from mlops_example.inner import change

    assert change() == "after"


def test_it_is_called_now_where_the_module_is_there_already(module: str) -> None:
    import mlops_example.inner

    seen = []
    when_imported(module, seen.append)
    assert seen == [mlops_example.inner]


def test_several_may_wait_for_one_module(module: str) -> None:
    seen = []
    when_imported(module, lambda _: seen.append(1))
    when_imported(module, lambda _: seen.append(2))
    import mlops_example.inner  # noqa: F401

    assert seen == [1, 2]


def test_modules_that_fail_or_do_not_exist_fail_as_ever(module: str) -> None:
    seen = []
    when_imported("mlops_example.broken", seen.append)
    when_imported("mlops_example.absent", seen.append)
    with pytest.raises(ValueError, match="no"):
        import mlops_example.broken
    with pytest.raises(ModuleNotFoundError):
        import mlops_example.absent  # noqa: F401
    assert seen == []
