"""Completion of `%models` lines: subcommands, runs, registered names, versions, aliases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .._line_completion import Words, model_words, registered, run_words
from ._command import ACTIONS

if TYPE_CHECKING:
    from ...services import RunService


def models_words(runs: Callable[[], RunService]) -> Words:
    """Return what a `%models` line may say.

    Parameters
    ----------
    runs : callable
        Return the home's runs.
    """

    def words(before: list[str]) -> Iterator[str]:
        action = before[0] if before else ""
        if not before:
            yield from ACTIONS
        elif len(before) == 1 and action == "register":
            yield from run_words(runs())
        elif len(before) == 2 and action == "register":
            yield from (model.name for model in registered(runs()))
        elif len(before) == 1:
            yield from model_words(runs())
        elif len(before) == 2 and action in ("alias", "unalias"):
            yield from ("challenger", "champion")

    return words
