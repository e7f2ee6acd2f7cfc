"""The one place where the package's errors become what a notebook shows: a short message without our traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from ..exceptions import MlopsError, UsageError
from ._arguments import HelpRequested
from ._notice import HelpText
from ._pending._waiting import STOPPED_WAITING

_Error = TypeVar("_Error", bound=BaseException)


def magic_edge(magic: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a magic: help becomes a view, an error of ours is raised on as its message alone."""

    @wraps(magic)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return magic(*args, **kwargs)
        except HelpRequested as help_text:
            return HelpText(str(help_text))
        except MlopsError as error:
            raise shortened(error) from None
        except SyntaxError as error:
            raise shortened(UsageError(_located(error))) from None
        except KeyboardInterrupt as interrupt:
            raise shortened(KeyboardInterrupt(str(interrupt) or STOPPED_WAITING)) from None

    return run


def shortened(error: _Error) -> _Error:
    """Return the error, made to show itself without a traceback (`_render_traceback_` is IPython's protocol)."""
    lines = [f"\x1b[31m{type(error).__name__}\x1b[39m: {error}"]
    vars(error)["_render_traceback_"] = lambda: lines
    return error.with_traceback(None)


def _located(error: SyntaxError) -> str:
    """Return where a cell is not Python; IPython would show a `SyntaxError` with every frame that led to it."""
    text = (error.text or "").rstrip()
    caret = " " * max(0, (error.offset or 1) - 1) + "^"
    where = f"\n    {text}\n    {caret}" if text else ""
    line = "" if error.lineno is None else f" (line {error.lineno})"
    return f"The cell is not Python: {error.msg}{line}. Nothing was started.{where}"
