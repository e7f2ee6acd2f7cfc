"""`%models`: one function a subcommand; each asks the registry and returns one view."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...entities import ChangeModel
from ...exceptions import UsageError
from .._named_values import value_named
from .._notice import Notice
from .._pending._waiting import NotebookScreen, Screen, TerminalScreen, interruptible
from .._view import View
from ._command import ModelsCommand
from ._view import ModelsTable, ModelView, VersionView

if TYPE_CHECKING:
    from ...entities import RegisteredModel
    from ...services import ModelService
    from .._session import NotebookSession


def models(session: NotebookSession, line: str) -> View:
    """Do what a `%models` line asks for.

    Raises
    ------
    MlopsError
        The line is wrong, no model fits, or the registry does not answer.
    """
    from ...services import ModelService

    command = ModelsCommand.parse(line)
    return _ACTIONS[command.action](session, ModelService(session.runs), command)


def _list(_session: NotebookSession, service: ModelService, _command: ModelsCommand) -> View:
    with interruptible():
        return ModelsTable(service.list())


def _show(_session: NotebookSession, service: ModelService, command: ModelsCommand) -> View:
    from ...services import is_whole_model

    with interruptible():
        if is_whole_model(command.reference):
            return ModelView(service.model(command.reference))
        return VersionView(service.lineage(command.reference))


def _register(session: NotebookSession, service: ModelService, command: ModelsCommand) -> View:
    from ...services import exported

    run = session.runs.find(command.run)
    rows = [value_named(name, session.shell.user_ns) for name in command.data]
    if len(rows) > 1:
        raise UsageError("-X takes one name here; %export_onnx puts several below each other.")
    screen = _screen(session)
    try:
        with interruptible():
            if not run.state.status.is_terminal:
                screen.show(Notice(f"waiting for {run.name} - interrupt to stop waiting, the run goes on"))
                run.wait()
            screen.show(Notice(f"registering {run.name} as {command.name}: it is in its tracking store first"))
            if rows:
                exported(session.runs, run, rows[0])
            tags = {key: text or "" for key, text in command.tags.items()}
            made = service.register(
                run, command.name, description=command.description, aliases=command.aliases, tags=tags
            )
            lineage = service.lineage(made.label)
    except KeyboardInterrupt:  # the usual advice is about a run that is waited for
        raise KeyboardInterrupt(f"Stopped. Look with %models whether {command.name} has a new version.") from None
    finally:
        screen.clear()
    return VersionView(lineage)


def _alias(_session: NotebookSession, service: ModelService, command: ModelsCommand) -> View:
    with interruptible():
        version = service.find(command.reference)
        wanted: dict[str, int | None] = dict.fromkeys(command.aliases, version.version)
        return ModelView(service.change(version.name, ChangeModel(aliases=wanted)))


def _unalias(_session: NotebookSession, service: ModelService, command: ModelsCommand) -> View:
    wanted: dict[str, int | None] = dict.fromkeys(command.aliases, None)
    with interruptible():
        return ModelView(service.change(command.reference, ChangeModel(aliases=wanted)))


def _describe(_session: NotebookSession, service: ModelService, command: ModelsCommand) -> View:
    from ...services import is_whole_model

    with interruptible():
        if is_whole_model(command.reference):
            return ModelView(service.change(command.reference, ChangeModel(description=command.description)))
        found = service.find(command.reference)
        service.change(found.name, ChangeModel(description=command.description, version=found.version))
        return VersionView(service.lineage(found.label))


def _tag(_session: NotebookSession, service: ModelService, command: ModelsCommand) -> View:
    with interruptible():
        version = service.tag(command.reference, command.tags)
        return VersionView(service.lineage(version.label))


def _delete(_session: NotebookSession, service: ModelService, command: ModelsCommand) -> View:
    from ...services import is_whole_model

    with interruptible():
        if is_whole_model(command.reference):
            what = _all_of(service.model(command.reference))
        else:
            version = service.find(command.reference)
            what = ", ".join([version.label, *(f"@{alias}" for alias in version.aliases)])
        if not (command.yes or _agrees(f"Delete {what} from the registry? Runs and files stay. [y/N] ")):
            return Notice("Nothing was deleted.")
        return Notice(f"Deleted {service.delete(command.reference)} from the registry. Its runs are still here: %runs")


def _all_of(model: RegisteredModel) -> str:
    count = model.version_count
    return f"{model.name} with {'its one version' if count == 1 else f'all of its {count} versions'}"


def _agrees(question: str) -> bool:
    """Ask in the cell; where nobody can answer, say how to go without."""
    try:
        return input(question).strip().lower() in ("y", "yes")
    except (EOFError, RuntimeError) as error:  # ipykernel's StdinNotImplementedError is a RuntimeError
        raise UsageError("Nobody can be asked here. Add --yes to delete without a question.") from error


def _screen(session: NotebookSession) -> Screen:
    return NotebookScreen(may_clear=False) if session.in_notebook else TerminalScreen()


_ACTIONS: dict[str, Callable[[NotebookSession, ModelService, ModelsCommand], View]] = {
    "list": _list,
    "show": _show,
    "register": _register,
    "alias": _alias,
    "unalias": _unalias,
    "describe": _describe,
    "tag": _tag,
    "delete": _delete,
}
