"""No front end talks to a run: widgets become their static form, said once, and notebook progress bars become text."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from ..tracking import when_imported

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


def make_notebook_bars_text() -> None:
    """Let the names of `tqdm.notebook` mean tqdm's text bars, now or when it is imported.

    `tqdm.auto` needs no help: it sees by itself that there is no kernel.
    """
    when_imported("tqdm.notebook", _make_bars_text)


def _make_bars_text(module: ModuleType) -> None:
    std = importlib.import_module("tqdm.std")
    vars(module).update(tqdm=std.tqdm, tqdm_notebook=std.tqdm, trange=std.trange, tnrange=std.trange)
