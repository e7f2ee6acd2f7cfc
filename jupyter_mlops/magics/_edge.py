"""The one place where the package's errors become what a notebook shows: a short message without our traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..exceptions import MlopsError
from ._arguments import HelpRequested
from ._notice import HelpText


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

    return run


def shortened(error: MlopsError) -> MlopsError:
    """Return the error, made to show itself without a traceback (`_render_traceback_` is IPython's protocol)."""
    lines = [f"\x1b[31m{type(error).__name__}\x1b[39m: {error}"]
    error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]  # read by IPython only
    return error.with_traceback(None)
