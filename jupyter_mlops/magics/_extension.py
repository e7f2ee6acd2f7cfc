"""`%load_ext jupyter_mlops`: join a shell to the engine, and part from it again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ._huge_pages import ask_for_huge_pages
from ._magics import MlopsMagics
from ._session import NotebookSession

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class _Loaded:
    """What one shell was given, and how to take it back."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.session = NotebookSession(shell)
        self._magics = MlopsMagics(self.session)

    def register(self) -> None:
        self._magics.register()
        self.session.register()

    def unregister(self) -> None:
        self._magics.unregister()
        self.session.unregister()


_loaded: WeakKeyDictionary[InteractiveShell, _Loaded] = WeakKeyDictionary()


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add `%%train` and `%runs` to a shell, and let its later cells wait for what runs promise.

    Loading twice is loading once.
    """
    if shell not in _loaded:
        ask_for_huge_pages()
        _loaded[shell] = _Loaded(shell)
        _loaded[shell].register()


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics away again. Runs go on; their results are in `jupyter_mlops.runs`."""
    loaded = _loaded.pop(shell, None)
    if loaded is not None:
        loaded.unregister()
