"""`mlops.train`: a function or a text becomes a run, without a notebook too."""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

from ..entities import Param
from ..exceptions import UsageError
from ._commands import SubmitRun
from ._default import current_service
from ._edge import python_edge
from ._run import RESULT, Run


@python_edge
def train(
    function_or_source: Callable[..., Any] | str,
    /,
    *,
    name: str = "",
    experiment: str = "",
    tags: Mapping[str, str] | None = None,
    timeout_s: float | None = None,
    **params: Any,
) -> Run:
    """Run a function, or the text of a cell, as a tracked run and return its handle at once.

    Parameters
    ----------
    function_or_source : callable or str
        A function is called with `params`, and what it returns is the run's `result`. A text is a cell: it sees the
        names of `__main__` and the parameters.
    name, experiment, tags, timeout_s
        As in `%%train`. A function's own name is the default.
    **params
        Arguments. Literals are recorded as parameters; anything else travels as data.

    Raises
    ------
    CannotTravelError
        An argument, or what the function reads, cannot leave this process.
    UsageError
        What is to be run is neither a function nor a text.

    Examples
    --------
    >>> run = train(fit, X=X, y=y, C=1.0)
    >>> run.result()
    LogisticRegression()
    """
    if not isinstance(function_or_source, str) and not callable(function_or_source):
        raise UsageError(f"train() takes a function or the text of a cell, not {type(function_or_source).__name__}.")
    recorded = {key: value for key, value in params.items() if _is_literal(value)}
    data = {key: value for key, value in params.items() if key not in recorded}
    namespace = dict(vars(sys.modules["__main__"]))
    if isinstance(function_or_source, str):
        source, default_name, returns = textwrap.dedent(function_or_source), "", None
        namespace |= data
    else:
        call = _Call(function_or_source, data, recorded, namespace)
        source, default_name, returns = call.source, call.name, (RESULT,)
        namespace |= call.names
    command = SubmitRun(
        source=source,
        namespace=namespace,
        name=name or default_name,
        experiment=experiment,
        params=tuple(Param(key, repr(value)) for key, value in recorded.items()),
        tags=tags or {},
        returns=returns,
        timeout_s=timeout_s,
    )
    return current_service().submit(command)


class _Call:
    """The cell that calls a function, with names of its own for what must not shadow the function's globals."""

    def __init__(
        self,
        function: Callable[..., Any],
        data: Mapping[str, Any],
        recorded: Mapping[str, Any],
        namespace: Mapping[str, Any],
    ) -> None:
        name = getattr(function, "__name__", type(function).__name__)
        self.name = name if name.isidentifier() else "function"
        bound = self.name if namespace.get(self.name) is function else f"_{self.name}"
        self.names = {bound: function, **{f"_{key}": value for key, value in data.items()}}
        arguments = [f"{key}=_{key}" for key in data] + [f"{key}={value!r}" for key, value in recorded.items()]
        self.source = f"{RESULT} = {bound}({', '.join(arguments)})"


def _is_literal(value: object) -> bool:
    """Whether a value's text is the value again."""
    try:
        return bool(ast.literal_eval(repr(value)) == value) and not hasattr(value, "dtype")
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return False
