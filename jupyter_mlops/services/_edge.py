"""The edge of the Python API: an error of ours shows the line that the caller wrote and one sentence, not our insides.

Magics and the command line have edges of their own. In a notebook the frame below goes too (`magics/_shown_errors.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ..exceptions import MlopsError

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


def python_edge(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """Decorate a function that users call: what it raises on purpose comes from their line."""

    @wraps(function)
    def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Returned:
        __tracebackhide__ = True
        try:
            return function(*args, **kwargs)
        except (MlopsError, SyntaxError) as error:
            raise error.with_traceback(None) from None

    return call
