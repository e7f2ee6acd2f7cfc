"""`jupyter mlops models`: registered models from a terminal. The words are those of `%models`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from ..entities import ChangeModel
from ..exceptions import UsageError
from ..services import ModelService, RunService, is_whole_model
from ._records import to_json
from ._words import as_commands

WELL = 0
_NOTHING = "No models are registered. Register what a run made: jupyter mlops models register RUN NAME"


def run_models(runs: RunService, arguments: argparse.Namespace) -> int:
    """Do what a `models` command asks for; return the exit code."""
    _ACTIONS[arguments.action or "list"](ModelService(runs), arguments)
    return WELL


def _list(service: ModelService, arguments: argparse.Namespace) -> None:
    found = service.list()
    if arguments.json:
        _write(to_json(found))
        return
    from ..magics import ModelsTable

    _write(repr(ModelsTable(found, nothing=_NOTHING)))


def _show(service: ModelService, arguments: argparse.Namespace) -> None:
    if is_whole_model(arguments.model):
        _show_model(service, arguments.model, as_json=arguments.json)
    else:
        _show_version(service, arguments.model, as_json=arguments.json)


def _register(service: ModelService, arguments: argparse.Namespace) -> None:
    run = service.runs.find(arguments.run)
    if not run.state.status.is_terminal:
        sys.stderr.write(f"Waiting for {run.name} ...\n")
        run.wait()
    made = service.register(run, arguments.name, description=arguments.description, aliases=arguments.alias)
    _show_version(service, made.label, as_json=arguments.json)


def _alias(service: ModelService, arguments: argparse.Namespace) -> None:
    version = service.find(arguments.model)
    wanted: dict[str, int | None] = dict.fromkeys(arguments.aliases, version.version)
    service.change(version.name, ChangeModel(aliases=wanted))
    _show_model(service, version.name, as_json=arguments.json)


def _unalias(service: ModelService, arguments: argparse.Namespace) -> None:
    wanted: dict[str, int | None] = dict.fromkeys(arguments.aliases, None)
    service.change(arguments.model, ChangeModel(aliases=wanted))
    _show_model(service, arguments.model, as_json=arguments.json)


def _delete(service: ModelService, arguments: argparse.Namespace) -> None:
    is_whole = is_whole_model(arguments.model)
    what = f"{service.model(arguments.model).name}, all of it," if is_whole else service.find(arguments.model).label
    if not arguments.yes and not _agrees(what):
        _write("Nothing was deleted.")
        return
    _write(f"Deleted {service.delete(arguments.model)} from the registry. Its runs are still here.")


def _agrees(what: str) -> bool:
    sys.stderr.write(f"Delete {what} from the registry? Runs and files stay. [y/N] ")
    sys.stderr.flush()
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked here. Add --yes to delete without a question.")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _show_model(service: ModelService, name: str, *, as_json: bool) -> None:
    model = service.model(name)
    if as_json:
        _write(to_json(model))
        return
    from ..magics import ModelView

    _write(as_commands(repr(ModelView(model))))


def _show_version(service: ModelService, reference: str, *, as_json: bool) -> None:
    lineage = service.lineage(reference)
    if as_json:
        _write(to_json(lineage.version))
        return
    from ..magics import VersionView

    _write(as_commands(repr(VersionView(lineage))))


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")


_ACTIONS: dict[str, Callable[[ModelService, argparse.Namespace], None]] = {
    "list": _list,
    "show": _show,
    "register": _register,
    "alias": _alias,
    "unalias": _unalias,
    "delete": _delete,
}
