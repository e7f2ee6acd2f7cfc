"""Tab completion of a line magic: which words may stand where, said by the magic and offered to IPython."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..exceptions import MlopsError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..services import RunService

Words = Callable[[list[str]], Iterable[str]]
"""Which words may follow the words of a line so far, the magic itself left out. Never waits for a network."""

_PATIENCE_S = 0.3
_MOST_RUNS, _MOST_VERSIONS = 50, 5


class LineCompletion:
    """Offers words to the shell's completer while it is registered.

    Parameters
    ----------
    shell : InteractiveShell
        Whose completer it joins.
    magic : str
        As it is typed, such as `%models`.
    words : Words
        Of the magic.
    """

    def __init__(self, shell: InteractiveShell, magic: str, words: Words) -> None:
        self._shell = shell
        self._magic = magic
        self._words = words

    def register(self) -> None:
        """Begin to offer."""
        self._shell.set_hook("complete_command", self.complete, str_key=self._magic)

    def unregister(self) -> None:
        """Offer nothing more; IPython has no words for that."""
        hooks = self._shell.strdispatchers.get("complete_command")
        chain = hooks.strs.get(self._magic) if hooks is not None else None
        if chain is not None:
            chain.chain[:] = [item for item in chain.chain if getattr(item[1], "__func__", None) != self.complete]

    def complete(self, _shell: Any, event: Any) -> list[str]:
        """Return what the word under the cursor may become; of words with commas between them, the last."""
        line = event.text_until_cursor
        words = line.split()
        begun = "" if line[-1:].isspace() else words.pop().rpartition(",")[2]
        # IPython's word begins after an @: what stands before it is not to be repeated.
        before = begun.removesuffix(event.symbol)
        with contextlib.suppress(MlopsError, OSError):
            return sorted({word.removeprefix(before) for word in self._words(words[1:]) if word.startswith(begun)})
        return []


def run_words(runs: RunService) -> Iterator[str]:
    """Yield what a run may be called: the newest by their names."""
    yield from ("last", "best")
    yield from (run.name for run in islice(runs, _MOST_RUNS))


def model_words(runs: RunService, scheme: str = "") -> Iterator[str]:
    """Yield what a registered model may be called, with aliases and the newest versions."""
    for model in registered(runs):
        yield f"{scheme}{model.name}"
        yield from (f"{scheme}{model.name}@{alias}" for alias in model.aliases)
        yield from (f"{scheme}{version.label}" for version in model.versions[:_MOST_VERSIONS])


def registered(runs: RunService) -> Any:
    """Return the registered models, where they lie on this machine: a key pressed asks no server."""
    from ..services import ModelService
    from ..tracking import sqlite_path

    service = ModelService(runs)
    return () if sqlite_path(service.address.registry_uri) is None else service.list(_PATIENCE_S).models


def named_rows(namespace: Mapping[str, Any]) -> Iterator[str]:
    """Yield the notebook's names of what may be rows, by its type alone."""
    for name, value in list(namespace.items()):
        if not name.startswith("_") and (hasattr(type(value), "shape") or type(value) in (list, tuple, dict)):
            yield name


def named_models(namespace: Mapping[str, Any]) -> Iterator[str]:
    """Yield the notebook's names of what may be models, by its type alone."""
    rows = set(named_rows(namespace))  # a frame has a method `transform`
    for name, value in list(namespace.items()):
        if not name.startswith("_") and name not in rows and any(hasattr(type(value), word) for word in _ASKED):
            yield name


_ASKED = ("predict", "transform", "forward", "call")
