"""Which run made a value that the notebook holds: told when the run delivers it, known as long as the value lives."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Mapping
from functools import partial


class Origins:
    """Remembers values by identity, without keeping them alive; what cannot be referred to weakly is not remembered."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[object], str]] = {}

    def note(self, run_id: str, values: Mapping[str, object]) -> None:
        """Remember that a run made some values."""
        for value in values.values():
            with contextlib.suppress(TypeError):  # a number, a text, a list
                self._known[id(value)] = (weakref.ref(value, partial(self._forget, id(value))), run_id)

    def run_id(self, value: object) -> str:
        """Return the id of the run that made a value; empty when none did, or nobody knows."""
        reference, run_id = self._known.get(id(value), (None, ""))
        return run_id if reference is not None and reference() is value else ""

    def _forget(self, key: int, _reference: object) -> None:
        self._known.pop(key, None)
