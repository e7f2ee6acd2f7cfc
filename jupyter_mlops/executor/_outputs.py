"""What comes back: the names that the run promised, those bound besides, and nothing that is as it was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ..capture import PickledValues, Refusal, dump_values
from ..entities import RunSpec
from ._changes import Baseline
from ._inputs import RestoredInputs


@dataclass(frozen=True)
class Outcome:
    """The names of a run after its cell, sorted by what becomes of them; see `Result`."""

    returned: dict[str, Any] = field(default_factory=dict)
    released: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    absent: dict[str, str] = field(default_factory=dict)
    unchanged_inputs: dict[str, Any] = field(default_factory=dict)


class Promise:
    """What a run has promised, with its namespace as it was before the cell.

    Parameters
    ----------
    spec : RunSpec
        Names the promise.
    inputs : RestoredInputs
        What went in.
    namespace : dict
        `__main__`, with everything bound that the cell will find.
    handed_on : frozenset of str
        Pending names that were released before the cell: they are watched, like names that nobody promised.
    """

    def __init__(
        self,
        spec: RunSpec,
        inputs: RestoredInputs,
        namespace: dict[str, Any],
        handed_on: frozenset[str] = frozenset(),
    ) -> None:
        self._spec = spec
        self._inputs = inputs
        self._namespace = namespace
        self._handed_on = handed_on
        self._before = frozenset(namespace)
        # A parameter hides the kernel's name for the length of the run, and is not what the run got from it.
        self._params = {param.key: namespace[param.key] for param in spec.params}
        # Comparing a heavy value takes as long as restoring it did; that is for what the cell may well change.
        ignored = self._params.keys() | (inputs.heavy - (frozenset(spec.pending) - handed_on))
        self._compared = [name for name in inputs.values if name not in ignored]
        self._baseline = Baseline(inputs, self._compared)

    def outcome(self, hidden: Collection[str]) -> Outcome:
        """Return what became of the names.

        Parameters
        ----------
        hidden : collection of str
            Names that the shell itself keeps in the namespace.
        """
        same = {name for name in self._compared if self._baseline.is_unchanged(name)}
        unchanged = {name: self._inputs.values[name] for name in same if name in self._inputs.captured}
        returned: dict[str, Any] = {}
        released, deleted, absent = [], [], {}
        changed = self._changed(same)
        for name in self._spec.pending:
            if name in self._handed_on:
                if name not in changed:
                    released.append(name)
            elif name in self._namespace:
                if self._is_as_it_was(name, same):
                    released.append(name)
                else:
                    returned[name] = self._namespace[name]
            elif name in self._before:
                deleted.append(name)
            elif self._spec.explicit_returns:
                absent[name] = "the cell did not assign it"
            else:
                # As in a plain notebook: an assignment that was not reached leaves the name as it is.
                released.append(name)
        returned |= {name: self._namespace[name] for name in changed}
        if not self._spec.explicit_returns:
            returned |= self._unforeseen(hidden, returned)
        return Outcome(returned, tuple(released), tuple(deleted), changed, absent, unchanged)

    def _is_as_it_was(self, name: str, same: Collection[str]) -> bool:
        """Tell whether a name holds its very input, and that unchanged. `--returns` brings it back all the same."""
        if self._spec.explicit_returns:
            return False
        if name in self._params:
            return self._namespace[name] is self._params[name]
        return name in same and self._namespace[name] is self._inputs.values[name]

    def _changed(self, same: Collection[str]) -> tuple[str, ...]:
        if self._spec.explicit_returns:
            return ()
        return tuple(
            name
            for name in (*self._spec.watched, *sorted(self._handed_on))
            if name in self._namespace and name in self._compared and not self._is_as_it_was(name, same)
        )

    def _unforeseen(self, hidden: Collection[str], returned: Collection[str]) -> dict[str, Any]:
        """Return what the cell bound in ways that its text does not show: `globals()[...]`, `exec`, `%run`."""
        known = self._before | set(returned) | set(hidden)
        return {
            name: value for name, value in self._namespace.items() if name not in known and not name.startswith("_")
        }


def pickle_outputs(outcome: Outcome, namespace: dict[str, Any]) -> tuple[PickledValues, dict[str, str]]:
    """Pack what comes back with one pickler.

    Returns
    -------
    PickledValues
        The names that can travel. An input that is as it was is sent as its name.
    dict
        The others, each with the reason and what to do about it.
    """
    pickled = dump_values(outcome.returned, references=outcome.unchanged_inputs, namespace=namespace)
    return pickled, {**outcome.absent, **{refusal.name: _explain(refusal) for refusal in pickled.refused}}


def _explain(refusal: Refusal) -> str:
    """Return why a name stays in the run: the remedies for inputs do not fit here."""
    where = "" if refusal.path == refusal.name else f" (at {refusal.path})"
    return (
        f"it is a {refusal.type}{where}: {refusal.reason}. Use it inside the cell, and keep what you need of it as data"
    )
