"""Settling a promise: wait for the run, then bind its results in the notebook, or undo what it has failed to keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from msgspec.structs import replace

from ...capture import recall_outputs
from ...entities import Result
from ...exceptions import MlopsError, NotRebuiltError
from ._origins import Origins
from ._promises import Ledger, Namespace, Promise
from ._waiting import AwaitedRun, Screen, wait_for


class RunFiles(Protocol):
    """The part of a run directory that a delivery reads."""

    def result(self) -> Result | None:
        """Return the executor's account of the end; None when there is none."""

    def released(self) -> frozenset[str]:
        """Return the names that the run has said, before its cell began, it will not change."""


class OwingRun(AwaitedRun, Protocol):
    """The part of a run's handle that a delivery needs; `services.Run` is one."""

    @property
    def id(self) -> str:
        """32 hex digits."""

    @property
    def directory(self) -> RunFiles:
        """The run's files."""

    def raise_failure(self) -> None:
        """Raise `RunFailedError` when the run failed or was stopped."""

    def results(self, names: tuple[str, ...] | None = None, *, held: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return some of the results; references to captured names give the objects in `held`."""


class Deliveries:
    """Settles the promises of one notebook.

    Parameters
    ----------
    ledger : Ledger
        The open promises.
    namespace : MutableMapping
        The notebook's names.
    open_screen : callable
        Return where a wait shows its progress.
    """

    def __init__(self, ledger: Ledger, namespace: Namespace, open_screen: Callable[[], Screen]) -> None:
        self._ledger = ledger
        self._namespace = namespace
        self._open_screen = open_screen
        self.notices: list[str] = []
        self.origins = Origins()

    def settle(self, promise: Promise, names: Iterable[str] = ()) -> None:
        """Wait for a promise's run and bind everything that it still owes; less when it has handed on all the names.

        Parameters
        ----------
        promise : Promise
            Of a run that may still be going.
        names : iterable of str
            What the cell asks for, to tell the user.

        Raises
        ------
        MlopsError
            The run failed, or its results cannot be read; the names have their old values back, or are marked missing.
        KeyboardInterrupt
            The user stopped waiting; nothing has changed.
        """
        names = set(names)
        wait_for(promise.run, names, self._open_screen())
        undecided = promise.undecided
        self.take_releases(promise)
        if names and names <= undecided - promise.undecided:
            return
        try:
            promise.run.raise_failure()
            promise.result = promise.run.directory.result()
            self._settle_earlier(promise)
            self._deliver(promise)
        except MlopsError as error:
            self._ledger.break_promise(promise, str(error), self._namespace)
            raise

    def take_releases(self, promise: Promise) -> None:
        """Give names that a run has handed on back to those who owed them before."""
        if promise.undecided:
            self._ledger.hand_on(promise, promise.run.directory.released(), self._namespace)

    def settle_failed(self, promise: Promise) -> None:
        """Undo the promise of a run that has failed by now; leave any other as it is."""
        if not promise.run.wait_delivery(0):
            return
        try:
            promise.run.raise_failure()
        except MlopsError as error:
            self._ledger.break_promise(promise, str(error), self._namespace)

    def _settle_earlier(self, promise: Promise) -> None:
        """Settle the runs whose names this one has taken over: what it left unchanged is their value.

        What it has handed on and changed all the same is theirs before it is changed.
        """
        result = promise.result
        for name in result.released if result else ():
            while name in promise.before:
                self.settle(promise.before[name], [name])
        for name in result.changed if result else ():
            while name in promise.handed_on:
                self.settle(promise.handed_on[name], [name])

    def _deliver(self, promise: Promise) -> None:
        result = promise.result
        came_back = (*result.returned, *result.changed) if result else ()
        needed = promise.names | self._ledger.owed_to_later(promise)
        wanted = tuple(name for name in came_back if name in needed or self._is_welcome(promise, name))
        values = self._rebuilt(promise, wanted) if wanted else {}
        changed = [name for name in promise.names if name in values]
        for alias in self._ledger.stale_aliases(promise, changed, self._namespace):
            self._notice(f"{promise.run.name} has changed {alias.name}; {alias.after}.")
        self.notice_late_changes(promise)
        owed = set(promise.names)
        self._ledger.keep_promise(promise, values, self._namespace)
        self._ledger.put_in_place(promise, owed, self._namespace)
        here = {name: self._namespace[name] for name in values if name in self._namespace}
        recall_outputs(self._outputs, here)
        self.origins.note(promise.run.id, values)

    def _rebuilt(self, promise: Promise, names: tuple[str, ...]) -> dict[str, Any]:
        """Return some results; those that cannot be built again here count as never having come back."""
        try:
            return promise.run.results(names, held=self._held(promise))
        except NotRebuiltError as error:
            if promise.result is not None:
                lost = {**promise.result.untransferable, **error.reasons}
                promise.result = replace(promise.result, untransferable=lost)
            return error.rebuilt

    @property
    def _outputs(self) -> dict[int, Any]:
        """The shell's table of outputs."""
        table: Any = self._namespace.get("_oh", {})
        return table if isinstance(table, dict) else {}

    def _is_welcome(self, promise: Promise, name: str) -> bool:
        """Whether a name that was not promised can be bound: nobody has used or assigned it in the meantime."""
        if name in promise.seen:
            return False
        if name in self._namespace:
            return promise.still_holds(name, self._namespace)
        return name not in promise.promised and name not in promise.watched

    def _held(self, promise: Promise) -> dict[str, object]:
        """Return the notebook's own objects that the run captured, by the names that they had."""
        watched = {
            name: self._namespace[name] for name in promise.watched if promise.still_holds(name, self._namespace)
        }
        functions = {
            name: self._namespace[name]
            for name, function in promise.functions.items()
            if function.is_still(self._namespace.get(name))
        }
        return {**functions, **watched, **promise.kept}

    def notice_late_changes(self, promise: Promise) -> None:
        """Say which cell has seen the old value of a name that the run changed although nobody expected it."""
        for name in promise.result.changed if promise.result else ():
            if name in promise.seen and name not in promise.told and promise.still_holds(name, self._namespace):
                promise.told.add(name)
                self._notice(
                    f"{promise.run.name} has changed {name}, but {promise.seen[name]} has read the old one, so {name} "
                    f"keeps it here. %runs load {promise.run.id[:8]} {name} binds the changed one."
                )

    def _notice(self, text: str) -> None:
        self.notices.append(text)
