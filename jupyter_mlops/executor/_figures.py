"""matplotlib's figures as displays at the end of the cell, as in a notebook. A cell without any imports nothing."""

from __future__ import annotations

import os
import sys

from IPython.core.interactiveshell import InteractiveShell

INLINE_BACKEND = "module://matplotlib_inline.backend_inline"

SHOWS_NOTHING = frozenset({"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"})
"""Backends that a user chooses to have no figure shown."""


def show_figures_inline(shell: InteractiveShell) -> None:
    """Let figures be shown in the run's output.

    Called when the notebook's own settings are in place. Where matplotlib is imported later, its inline backend hooks
    itself up.
    """
    if os.environ.get("MPLBACKEND", "").lower() not in SHOWS_NOTHING:
        os.environ["MPLBACKEND"] = INLINE_BACKEND
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        return
    backend = str(matplotlib.get_backend(auto_select=False)).lower()
    if backend in SHOWS_NOTHING:
        return
    # A window or a live widget, which the notebook may have chosen, has nowhere to be.
    matplotlib.rcParams["backend"] = INLINE_BACKEND
    inline = sys.modules.get("matplotlib_inline.backend_inline")
    if inline is not None and inline.flush_figures not in shell.events.callbacks["post_execute"]:
        inline.configure_inline_support(shell, INLINE_BACKEND)
