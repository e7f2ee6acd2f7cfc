"""Loading libraries ahead of runs, in a process that must stay fit to fork: no thread may start meanwhile."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterable

from ..._telemetry import deny_telemetry


def load_base() -> None:
    """Load what every run needs: the executor, and a shell that is ready for its cell."""
    from .. import main, prepare

    deny_telemetry()  # as in a run: a library decides when it is imported
    assert callable(main)
    prepare()


def load_modules(names: Iterable[str], skipped: frozenset[str], tell: Callable[[str], None]) -> bool:
    """Import installed modules in the order in which a notebook did.

    Parameters
    ----------
    names : iterable of str
        Modules and submodules.
    skipped : frozenset of str
        Distributions' top-level names to leave alone.
    tell : callable
        Called with a top-level name before something of it is loaded, so that whoever watches knows what did harm.

    Returns
    -------
    bool
        False when a library has started a thread: this process may not be forked any more.
    """
    threads = set(threading.enumerate())
    for name in names:
        top = name.partition(".")[0]
        if name in sys.modules or top in skipped:
            continue
        tell(top)
        # The run imports it itself and fails there with its own message, if it needs it at all.
        with contextlib.suppress(BaseException):
            importlib.import_module(name)
        # Which, not how many: one may have ended meanwhile.
        if not threads.issuperset(threading.enumerate()):
            return False
    return True


def rehearse() -> None:
    """Do once what each run would do with the libraries that are loaded now: matplotlib's backend takes 10 ms."""
    from .._figures import show_figures_inline
    from .._shell import take_shell

    show_figures_inline(take_shell())
    _find_narwhals_plugins()


def _find_narwhals_plugins() -> None:
    """Have narwhals look for its plugins: scikit-learn's first fit asks it, and it reads every distribution's metadata.

    30 ms and more. What it finds is not loaded: that might start threads.
    """
    find = getattr(sys.modules.get("narwhals.plugins"), "_discover_entrypoints", None)
    # Private: where it is something else by now, each run looks for itself.
    if callable(find):
        with contextlib.suppress(Exception):
            find()


def settle() -> None:
    """Get ready for forks: what is loaded is left alone, and folders are looked through anew."""
    importlib.invalidate_caches()
    keep_collector_away()


def keep_collector_away() -> None:
    """Let the collector not walk what is there: in a forked process that copies pages, in the midst of a start."""
    gc.collect()
    gc.freeze()


def start_anew() -> None:
    """In a forked run: random numbers of its own, where a library has seeded itself when it was imported."""
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed(int.from_bytes(os.urandom(4), "little"))
