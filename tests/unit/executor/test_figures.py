"""matplotlib's figures in a run: inline whatever the notebook used, hidden where the user wants them hidden."""

import os
import sys
from types import SimpleNamespace

import pytest

from jupyter_mlops.executor._figures import INLINE_BACKEND, SHOWS_NOTHING, show_figures_inline


class Pyplot:
    """matplotlib, as far as the choice of a backend goes."""

    def __init__(self, backend: str) -> None:
        self.rcParams = {"backend": backend}

    def get_backend(self, *, auto_select: bool) -> str:
        assert not auto_select, "asking chooses one, and that imports pyplot"
        return self.rcParams["backend"]


class Shell:
    """A shell that runs functions after each cell."""

    def __init__(self) -> None:
        self.events = SimpleNamespace(callbacks={"post_execute": []})


class Inline:
    """matplotlib's inline backend."""

    def __init__(self) -> None:
        self.configured: list[str] = []

    def flush_figures(self) -> None:
        """Show what was drawn."""

    def configure_inline_support(self, shell: Shell, backend: str) -> None:
        self.configured.append(backend)
        shell.events.callbacks["post_execute"].append(self.flush_figures)


@pytest.fixture(autouse=True)
def without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "matplotlib", raising=False)
    monkeypatch.delitem(sys.modules, "matplotlib_inline.backend_inline", raising=False)
    monkeypatch.setenv("MPLBACKEND", "")


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> Inline:
    inline = Inline()
    monkeypatch.setitem(sys.modules, "matplotlib_inline.backend_inline", inline)
    return inline


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch):
    def load(backend: str) -> Pyplot:
        loaded = Pyplot(backend)
        monkeypatch.setitem(sys.modules, "matplotlib", loaded)
        return loaded

    return load


@pytest.mark.parametrize("before", ["", "TkAgg", "module://ipympl.backend_nbagg", "macosx"])
def test_a_cell_without_figures_gets_a_variable_and_no_import(monkeypatch, before):
    monkeypatch.setenv("MPLBACKEND", before)
    show_figures_inline(Shell())
    assert os.environ["MPLBACKEND"] == INLINE_BACKEND
    assert "matplotlib" not in sys.modules


@pytest.mark.parametrize("chosen", ["agg", "Agg", "PDF", "svg"])
def test_a_backend_that_shows_nothing_was_chosen_and_stays(monkeypatch, load, chosen):
    monkeypatch.setenv("MPLBACKEND", chosen)
    matplotlib = load(chosen)
    show_figures_inline(Shell())
    assert (os.environ["MPLBACKEND"], matplotlib.rcParams["backend"]) == (chosen, chosen)


def test_a_backend_that_the_code_chose_stays_although_the_variable_says_nothing(load):
    matplotlib = load("Agg")
    show_figures_inline(Shell())
    assert matplotlib.rcParams["backend"] == "Agg"


@pytest.mark.parametrize("window", ["QtAgg", "TkAgg", "widget", "module://ipympl.backend_nbagg"])
def test_a_window_or_a_widget_becomes_inline(load, window):
    matplotlib = load(window)
    show_figures_inline(Shell())
    assert matplotlib.rcParams["backend"] == INLINE_BACKEND


def test_where_the_inline_backend_is_loaded_its_figures_are_shown_after_the_cell_once(load, inline):
    load("QtAgg")
    shell = Shell()
    for _ in range(3):
        show_figures_inline(shell)
    assert (inline.configured, shell.events.callbacks["post_execute"]) == ([INLINE_BACKEND], [inline.flush_figures])


def test_hidden_figures_are_not_flushed(load, inline):
    load("agg")
    show_figures_inline(Shell())
    assert inline.configured == []


def test_backends_are_compared_without_their_case():
    assert all(name == name.lower() for name in SHOWS_NOTHING)
