"""The one place where the package's errors become what a notebook shows: a short message without our traceback."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from ..exceptions import MlopsError
from ._arguments import HelpRequested
from ._notice import HelpText
from ._waiting import STOPPED_WAITING

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
            raise shortened(error, traceback.format_exception_only(error)) from None
        except KeyboardInterrupt:
            raise shortened(KeyboardInterrupt(STOPPED_WAITING)) from None

    return run


def shortened(error: _Error, lines: list[str] | None = None) -> _Error:
    """Return the error, made to show itself without a traceback (`_render_traceback_` is IPython's protocol).

    Parameters
    ----------
    error : BaseException
        About to be raised.
    lines : list of str, optional
        What to show; by default its type and message.
    """
    shown = lines or [f"\x1b[31m{type(error).__name__}\x1b[39m: {error}"]
    vars(error)["_render_traceback_"] = lambda: shown
    return error.with_traceback(None)
