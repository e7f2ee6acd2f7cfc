"""Completion of `%models` lines: subcommands, runs, registered names, versions, aliases. Never waits for a network."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..exceptions import MlopsError
from ._models_command import ACTIONS

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..services import RunService

_MAGIC = "%models"
_PATIENCE_S = 0.3
_MOST_RUNS, _MOST_VERSIONS = 50, 5


class ModelsCompletion:
    """Offers words to the shell's completer while it is registered.

    Parameters
    ----------
    shell : InteractiveShell
        Whose completer it joins.
    runs : callable
        Return the home's runs.
    """

    def __init__(self, shell: InteractiveShell, runs: Callable[[], RunService]) -> None:
        self._shell = shell
        self._runs = runs

    def register(self) -> None:
        """Begin to offer."""
        self._shell.set_hook("complete_command", self.complete, str_key=_MAGIC)

    def unregister(self) -> None:
        """Offer nothing more; IPython has no words for that."""
        hooks = self._shell.strdispatchers.get("complete_command")
        chain = hooks.strs.get(_MAGIC) if hooks is not None else None
        if chain is not None:
            chain.chain[:] = [item for item in chain.chain if getattr(item[1], "__func__", None) != self.complete]

    def complete(self, _shell: Any, event: Any) -> list[str]:
        """Return what the word under the cursor may become."""
        line = event.text_until_cursor
        words = line.split()
        begun = "" if line[-1:].isspace() else words.pop()
        # IPython's word begins after an @: what stands before it is not to be repeated.
        before = begun.removesuffix(event.symbol)
        with contextlib.suppress(MlopsError, OSError):
            offered = self._offered(len(words), words)
            return sorted({word.removeprefix(before) for word in offered if word.startswith(begun)})
        return []

    def _offered(self, place: int, words: list[str]) -> Iterator[str]:
        """Yield what may stand at a place of the line; the magic itself is at place 0."""
        action = words[1] if len(words) > 1 else ""
        if place == 1:
            yield from ACTIONS
        elif place == 2 and action == "register":
            yield from ("last", "best")
            yield from (run.name for run in islice(self._runs(), _MOST_RUNS))
        elif place == 2 or (place == 3 and action == "register"):
            for model in self._models():
                yield model.name
                if action != "register":
                    yield from (f"{model.name}@{alias}" for alias in model.aliases)
                    yield from (version.label for version in model.versions[:_MOST_VERSIONS])
        elif place == 3 and action in ("alias", "unalias"):
            yield from ("challenger", "champion")

    def _models(self) -> Any:
        from ..services import ModelService
        from ..tracking import sqlite_path

        service = ModelService(self._runs())
        if sqlite_path(service.address.registry_uri) is None:
            return ()  # a key pressed asks no server
        return service.list(_PATIENCE_S).models
