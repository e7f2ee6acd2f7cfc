"""A `NameError` about a pending name says which run will give it: in callbacks, threads, silent executions."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import IPython

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class NameErrors:
    """Adds a note to such errors on their way to the user, while it is registered.

    Parameters
    ----------
    shell : InteractiveShell
        Whose tracebacks are looked at; callbacks of widgets end there as well.
    explain : callable
        Error to note; empty for none.
    """

    def __init__(self, shell: InteractiveShell, explain: Callable[[BaseException], str]) -> None:
        self._shell = shell
        self._explain = explain
        self._show_before: Callable[..., Any] | None = None
        self._thread_before: Callable[..., Any] | None = None

    def register(self) -> None:
        """Begin to look at tracebacks. IPython has no event for them, so the method of this one shell is wrapped."""
        self._show_before, self._thread_before = self._shell.showtraceback, threading.excepthook
        self._shell.showtraceback = self._show
        threading.excepthook = self._in_thread

    def unregister(self) -> None:
        """Put back what was there, unless somebody has wrapped it since."""
        if self._shell.__dict__.get("showtraceback") == self._show:
            del self._shell.showtraceback
        if threading.excepthook == self._in_thread and self._thread_before is not None:
            threading.excepthook = self._thread_before

    def _show(self, exc_tuple: Any = None, *args: Any, **kwargs: Any) -> Any:
        note = self._note(exc_tuple[1] if exc_tuple else sys.exc_info()[1])
        shown = self._show_before(exc_tuple, *args, **kwargs) if self._show_before else None
        if note and IPython.version_info < (8,):  # its tracebacks leave notes out
            sys.stdout.write(f"{note}\n")
        return shown

    def _in_thread(self, args: Any, /) -> Any:
        self._note(args.exc_value)
        return self._thread_before(args) if self._thread_before else None

    def _note(self, error: BaseException | None) -> str:
        text = self._explain(error) if error is not None else ""
        if error is not None and text and text not in getattr(error, "__notes__", ()):
            error.add_note(text)
        return text
