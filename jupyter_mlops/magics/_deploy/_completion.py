"""Completion of `%deploy` and `%export_onnx` lines: subcommands, models and runs, endpoints, rows, flags."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .._export_onnx_command import parser as export_parser
from .._line_completion import Words, model_words, named_models, named_rows, run_words
from ._command import ACTIONS, parser_of

if TYPE_CHECKING:
    from ...services import RunService

_OF_ENDPOINTS = ("show", "test", "logs", "stop", "rollback")


def deploy_words(runs: Callable[[], RunService], namespace: Mapping[str, Any]) -> Words:
    """Return what a `%deploy` line may say.

    Parameters
    ----------
    runs : callable
        Return the home's runs.
    namespace : Mapping
        The notebook's.
    """

    def words(before: list[str]) -> Iterator[str]:
        action = before[0] if before and before[0] in ACTIONS else ""
        parser = parser_of(action or "deploy")
        option = parser.option_before(before)
        if option:
            yield from _values(option, runs, namespace)
        elif not before or (action == "batch" and len(before) == 1):
            yield from () if action else ACTIONS
            yield from _models(runs, namespace, "")
        elif action in _OF_ENDPOINTS and len(before) == 1:
            yield from _endpoints(runs)
        else:
            yield from parser.flags

    return words


def export_words(runs: Callable[[], RunService], namespace: Mapping[str, Any]) -> Words:
    """Return what an `%export_onnx` line may say; parameters as of `deploy_words`."""

    def words(before: list[str]) -> Iterator[str]:
        option = export_parser().option_before(before)
        if option in ("data", "target"):  # true answers
            yield from named_rows(namespace)
        elif option == "quantise":
            yield "dynamic"
        elif not before:
            yield from _models(runs, namespace, "models:/")
        elif not option:
            yield from export_parser().flags

    return words


def _values(option: str, runs: Callable[[], RunService], namespace: Mapping[str, Any]) -> Iterator[str]:
    if option == "data":
        yield from named_rows(namespace)
    elif option == "target":
        yield from _targets()
    elif option == "name":
        yield from _endpoints(runs)


def _models(runs: Callable[[], RunService], namespace: Mapping[str, Any], scheme: str) -> Iterator[str]:
    yield from named_models(namespace)
    yield from run_words(runs())
    yield from model_words(runs(), scheme)


def _targets() -> Iterator[str]:
    from ...deployment import target_names
    from ...services import LOCAL

    yield LOCAL
    yield from target_names()


def _endpoints(runs: Callable[[], RunService]) -> Iterator[str]:
    from ...services import Endpoints

    yield from Endpoints(runs().home)
