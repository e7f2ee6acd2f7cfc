"""No front end talks to a run: widgets become their static form, said once, and notebook progress bars become text."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

_NOTICE = "[jupyter-mlops] A run has no connection for widgets; they are shown in their static form.\n"
_said = False


def without_widget_views(data: dict[str, Any]) -> dict[str, Any]:
    """Return a MIME bundle without the view of a widget, whose model nobody could find; say so once in the log."""
    global _said
    if WIDGET_VIEW not in data:
        return data
    if not _said:
        _said = True
        sys.stderr.write(_NOTICE)
    return {mime: payload for mime, payload in data.items() if mime != WIDGET_VIEW}


def make_notebook_bars_text_when_imported() -> None:
    """Let the names of `tqdm.notebook` mean tqdm's text bars, now or when it is imported.

    `tqdm.auto` needs no help: it sees by itself that there is no kernel.
    """
    module = sys.modules.get(_NOTEBOOK_BARS)
    if module is not None:
        _make_bars_text(module)
    elif not any(isinstance(finder, _NotebookBarsFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _NotebookBarsFinder())


_NOTEBOOK_BARS = "tqdm.notebook"


def _make_bars_text(module: ModuleType) -> None:
    std = importlib.import_module("tqdm.std")
    vars(module).update(tqdm=std.tqdm, tqdm_notebook=std.tqdm, trange=std.trange, tnrange=std.trange)


class _NotebookBarsFinder(MetaPathFinder):
    """Waits for the import of `tqdm.notebook`, once."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname != _NOTEBOOK_BARS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _TextBarsLoader(spec.loader)
        return spec


class _TextBarsLoader(Loader):
    """Loads `tqdm.notebook` and puts text bars into it."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _make_bars_text(module)
