"""`%deploy`: one function a word; each looks up what the line names, asks the service, and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...entities import held_out
from ...exceptions import UsageError
from .._named_values import is_name, value_named
from .._notice import Notice
from .._pending._waiting import interruptible
from ._batch import ScoreView, answered
from ._command import DeployCommand
from ._package import packed
from ._views import EndpointsTable, EndpointTestView, EndpointView, LinesView

if TYPE_CHECKING:
    from ...services import LocalEndpoint, Run
    from .._session import NotebookSession


def deploy(session: NotebookSession, line: str) -> Any:
    """Do what a `%deploy` line asks for.

    Raises
    ------
    MlopsError
        The line is wrong, nothing of that name is there, or the model cannot be deployed.
    """
    command = DeployCommand.parse(line)
    do = _WORDS.get(command.action)
    if do is None:
        raise UsageError(f"%deploy {command.action} is not known here. Known: {', '.join(_WORDS)}.")
    return do(session, command)


def _deploy(session: NotebookSession, command: DeployCommand) -> Any:
    if command.target == "local":
        return _to_local(session, command)
    return packed(session.runs, command, what(session, command), rows(session, command))


def _to_local(session: NotebookSession, command: DeployCommand) -> EndpointView:
    from ...services import deploy_local

    try:
        with interruptible():
            endpoint = deploy_local(session.runs, what(session, command), command.name, rows(session, command))
    except KeyboardInterrupt:  # the usual advice is about a run that is waited for
        raise KeyboardInterrupt("Stopped; no version was deployed, and what was served goes on.") from None
    return EndpointView(endpoint.stand(), endpoint.directory.socket, is_new=True)


def what(session: NotebookSession, command: DeployCommand) -> str | Path | Run:
    """Return what a line wants to deploy: a run by a reference, the run that made a model of the notebook, or a file.

    Raises
    ------
    UsageError
        It is a model of the notebook that no run has made.
    """
    from ...services import Run

    word, namespace = command.what, session.shell.user_ns
    if word.endswith(".onnx") or not is_name(word, namespace):
        return word
    value = value_named(word, namespace)
    if isinstance(value, Run):
        return value
    run_id = session.pending.deliveries.origins.run_id(value)
    if not run_id:
        raise UsageError(
            f"{word} was made by no run. Export it and deploy the file: %export_onnx {word} -o {word}.onnx"
        )
    return session.runs.get(run_id)


def rows(session: NotebookSession, command: DeployCommand) -> Any:
    """Return the rows that a line names, else those that no model has seen; None where there are none."""
    name = command.data or held_out(session.shell.user_ns)
    return value_named(name, session.shell.user_ns) if name else None


def _batch(session: NotebookSession, command: DeployCommand) -> ScoreView:
    return answered(
        session.runs, command, what(session, command), rows(session, command), session.open_screen(may_clear=False)
    )


def _list(session: NotebookSession, _command: DeployCommand) -> EndpointsTable:
    from ...services import Endpoints

    return EndpointsTable(Endpoints(session.runs.home).list())


def _show(session: NotebookSession, command: DeployCommand) -> EndpointView:
    endpoint = _endpoint(session, command)
    return EndpointView(endpoint.stand(), endpoint.directory.socket)


def _test(session: NotebookSession, command: DeployCommand) -> EndpointTestView:
    from ...services import check_endpoint

    try:
        with interruptible():
            return EndpointTestView(check_endpoint(session.runs, _endpoint(session, command), rows(session, command)))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"Stopped; {command.name} goes on.") from None


def _logs(session: NotebookSession, command: DeployCommand) -> LinesView:
    return LinesView(_endpoint(session, command).log(command.tail))


def _stop(session: NotebookSession, command: DeployCommand) -> Notice:
    endpoint = _endpoint(session, command)
    ran = endpoint.stop()
    return Notice(f"Endpoint {endpoint.name} {'was stopped' if ran else 'did not run'}.")


def _rollback(session: NotebookSession, command: DeployCommand) -> EndpointView:
    endpoint = _endpoint(session, command)
    endpoint.rollback()
    return EndpointView(endpoint.stand(), endpoint.directory.socket)


def _endpoint(session: NotebookSession, command: DeployCommand) -> LocalEndpoint:
    from ...services import Endpoints

    return Endpoints(session.runs.home)[command.name]


_WORDS: Mapping[str, Callable[[NotebookSession, DeployCommand], Any]] = {
    "deploy": _deploy,
    "list": _list,
    "show": _show,
    "test": _test,
    "logs": _logs,
    "stop": _stop,
    "rollback": _rollback,
    "batch": _batch,
}
