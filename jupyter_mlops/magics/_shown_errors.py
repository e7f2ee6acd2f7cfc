"""What the notebook shows of errors: those of ours end at the user's line, others say which run gives a missing name.

A `NameError` about a pending name comes from where no cell waits: callbacks, threads, silent executions.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

import IPython

from ..exceptions import MlopsError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


_PACKAGE = __name__.partition(".")[0]


class ShownErrors:
    """Looks at errors on their way to the user, while it is registered.

    Parameters
    ----------
    shell : InteractiveShell
        Whose tracebacks are looked at; callbacks of widgets end there as well.
    explain : callable
        Error to the note that it gets; empty for none.
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
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if isinstance(error, MlopsError):
            _end_at_users_line(error.__traceback__)
        note = self._note(error)
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


def _end_at_users_line(traceback: TracebackType | None) -> None:
    """Cut off what follows the first step into this package, where the traceback does not begin with it."""
    while traceback is not None and traceback.tb_next is not None:
        module = traceback.tb_next.tb_frame.f_globals.get("__name__", "")
        if module.partition(".")[0] == _PACKAGE:
            traceback.tb_next = None
        traceback = traceback.tb_next
