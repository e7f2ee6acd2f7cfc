"""How MLflow's fluent API meets the run that a cell is: which calls speak for the run, and which start a child run.

- Calls without `start_run` (`mlflow.log_metric(...)`, autologging) speak for the run.
- `mlflow.start_run()` speaks for the run when the cell can reach one such call only, once.
- A cell that can start several (two calls, or one in a loop or a function) gets a child run for each.
- Where the text does not tell (a library starts them), the first speaks for the run and later ones get child runs.

Ending it with `mlflow.end_run()` ends nothing: how the run stands is the shim's to say. Runs in the executor, and only
if user code imports MLflow.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ._uris import SPOOL_SCHEME, experiment_id_of, without_credentials

if TYPE_CHECKING:
    from ._session import TrackingSession

_RUN_ID = "MLFLOW_RUN_ID"
_EXPERIMENT_ID = "MLFLOW_EXPERIMENT_ID"
_said: set[str] = set()


def say_once(text: str) -> None:
    """Tell the user something on standard error, once for each process."""
    if text not in _said:
        _said.add(text)
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(f"jupyter-mlops: {text}\n")


def watch_stores(module: Any, session: TrackingSession) -> None:
    """Let the real store's address mean the run too, and say what bypasses the run.

    Parameters
    ----------
    module : module
        `mlflow.tracking._tracking_service.utils`.
    session : TrackingSession
        Of this process.
    """
    registry = module._tracking_store_registry
    open_store = registry.get_store

    def get_store(store_uri: str | None = None, artifact_uri: str | None = None) -> Any:
        uri = module._resolve_tracking_uri(store_uri)
        if uri == session.real_uri:
            uri = session.uri
        elif not uri.startswith(f"{SPOOL_SCHEME}:"):
            say_once(
                f"what is logged to {without_credentials(uri)} goes there directly: it may slow the training, "
                "and the run does not show it."
            )
        return open_store(uri, artifact_uri)

    registry.get_store = get_store


class Joining:
    """Decides for each start of a run inside the cell, and changes MLflow's fluent module accordingly.

    Parameters
    ----------
    fluent : module
        `mlflow.tracking.fluent`.
    session : TrackingSession
        Of this process.
    source : str, optional
        The cell; read from the run directory where not given.
    """

    def __init__(self, fluent: Any, session: TrackingSession, source: str | None = None) -> None:
        self._fluent = fluent
        self._session = session
        self._start_run = fluent.start_run
        self._experiment_id = fluent._get_experiment_id_from_env
        self._joins_first = starts_at_most_once(_cell(session) if source is None else source)
        self._joined_explicitly = False
        self._implicit: Any = None
        self._environment = threading.RLock()

    def apply(self) -> None:
        """Replace `start_run` and its implicit twin wherever MLflow's modules hold them."""
        ours: dict[str, Callable[..., Any]] = {
            "start_run": _like(self._start_run, self.start_run),
            "_get_or_start_run": _like(self._fluent._get_or_start_run, self.get_or_start_run),
            "_get_experiment_id_from_env": _like(self._experiment_id, self.experiment_id),
        }
        theirs = {name: getattr(self._fluent, name) for name in ours}
        for name, module in list(sys.modules.items()):
            if name == "mlflow" or name.startswith("mlflow."):
                for attribute, function in ours.items():
                    if vars(module).get(attribute) is theirs[attribute]:
                        setattr(module, attribute, function)

    def get_or_start_run(self) -> Any:
        """Return the active run; the cell's own when no other is."""
        stack = self._fluent._active_run_stack.get()
        if stack:
            return stack[-1]
        if not self._is_here():
            return self._start_elsewhere()
        self._implicit = self._join()
        return self._implicit

    def start_run(self, run_id: str | None = None, *args: Any, **options: Any) -> Any:
        """Start a run as MLflow does: the cell's own or a child of it, by the rules above."""
        if not self._is_here():
            return self._start_elsewhere(run_id, *args, **options)
        stack = self._fluent._active_run_stack.get()
        if len(stack) == 1 and stack[-1] is self._implicit:
            # Plain MLflow would refuse here, because an earlier call has started a run without being asked.
            stack.pop()
        says_which = run_id or args or stack or options.get("nested") or options.get("parent_run_id")
        if self._joins_first and not self._joined_explicitly and not says_which:
            self._joined_explicitly = True
            return self._join(**options)
        return self._start_elsewhere(run_id, *args, **options)

    def experiment_id(self) -> Any:
        """Return the experiment that the environment names; in another store, the one of the same name."""
        if self._is_here() or os.environ.get(_EXPERIMENT_ID) != experiment_id_of(self._session.spec.experiment):
            return self._experiment_id()
        client = self._fluent.MlflowClient()
        known = client.get_experiment_by_name(self._session.spec.experiment)
        return known.experiment_id if known else client.create_experiment(self._session.spec.experiment)

    def _is_here(self) -> bool:
        from mlflow.tracking._tracking_service import utils

        return utils.get_tracking_uri() in (self._session.uri, self._session.real_uri)

    def _join(self, **options: Any) -> Any:
        """Resume the cell's run, in the experiment that the cell has chosen."""
        chosen = self._fluent._active_experiment_id
        if chosen:
            self._fluent._get_store().move_run(self._session.spec.run_id, chosen)
        with self._run_id_set(self._session.spec.run_id):
            return self._start_run(**options)

    def _start_elsewhere(self, *args: Any, **options: Any) -> Any:
        """Start a run that is not the cell's own."""
        with self._run_id_set(None):
            return self._start_run(*args, **options)

    @contextlib.contextmanager
    def _run_id_set(self, run_id: str | None) -> Iterator[None]:
        """Let MLflow find this run id, or none, in the environment; programs that the cell starts find the cell's."""
        with self._environment:
            os.environ.pop(_RUN_ID, None)
            if run_id is not None:
                os.environ[_RUN_ID] = run_id
            try:
                yield
            finally:
                os.environ[_RUN_ID] = self._session.spec.run_id


def _like(theirs: Callable[..., Any], ours: Callable[..., Any]) -> Callable[..., Any]:
    """Return our function with the signature and the help of theirs."""

    @functools.wraps(theirs)
    def call(*args: Any, **options: Any) -> Any:
        return ours(*args, **options)

    return call


def starts_at_most_once(source: str) -> bool:
    """Return whether a cell's text starts at most one run, as far as the text tells.

    Parameters
    ----------
    source : str
        Python, or IPython's dialect: then every `start_run(` in an indented block counts as repeated.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        lines = [line for line in source.splitlines() if re.search(r"\bstart_run\(", line)]
        return len(lines) <= 1 and not any(re.match(r"\s", line) for line in lines)
    return _count_starts(tree) <= 1


def _count_starts(node: ast.AST) -> int:
    """Return how many runs a piece of syntax may start; 2 stands for several."""
    repeats = (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.comprehension)
    count = sum(_count_starts(child) for child in ast.iter_child_nodes(node))
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, *repeats)):
        count *= 2
    return count + (isinstance(node, ast.Call) and _is_plain_start(node))


def _is_plain_start(call: ast.Call) -> bool:
    """Return whether a call is `start_run(...)` and says neither which run it resumes nor that it is nested."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    explicit = {"nested", "run_id", "parent_run_id"}
    return name == "start_run" and not call.args and not any(word.arg in explicit for word in call.keywords)


def _cell(session: TrackingSession) -> str:
    try:
        return (session.directory / "cell.py").read_text("utf-8", "replace")
    except OSError:
        return ""
