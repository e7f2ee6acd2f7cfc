"""A finished run's results as objects: what it changed from its outputs, what it released from where that came from.

Everything that is unpickled carries this user's signature; `capture` checks it before the first byte.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..exceptions import NotRebuiltError, RunFailedError

if TYPE_CHECKING:
    from ..entities import Result
    from ..home import Home


def load_results(
    home: Home, run_id: str, names: tuple[str, ...] | None = None, held: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a finished run's results.

    Parameters
    ----------
    home : Home
        Where the run and its upstream runs live.
    run_id : str
        Of a run that has delivered.
    names : tuple of str, optional
        Only these; by default everything that came back or was released.
    held : Mapping, optional
        Objects that the caller still has for names the run captured: references to them give these very objects. A
        caller that has none is taken to be a fresh process: what returned functions refer to is bound in `__main__`
        where it is absent.

    Raises
    ------
    RunFailedError
        The run does not return one of `names`; the message says why.
    NotRebuiltError
        Some of `names` cannot be built again in this process: it has the reasons, and the others.
    UntrustedManifestError, MissingObjectError
        The results are not this user's, or were collected.
    """
    delivered = _Delivered(home, run_id, held or {}, {})
    wanted = delivered.names if names is None else names
    values: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for name in wanted:
        try:
            values[name] = delivered.value(name)
        except NotRebuiltError as error:
            reasons |= error.reasons
    if held is None and any(getattr(value, "__module__", None) == "__main__" for value in values.values()):
        namespace = vars(sys.modules["__main__"])
        for name, value in delivered.surroundings().items():
            namespace.setdefault(name, value)
    if reasons:
        raise NotRebuiltError(reasons, values)
    return values


class _Delivered:
    """What one run gives. Its streams are loaded once each, so that one object stays one object.

    Parameters
    ----------
    held : Mapping
        The caller's own objects, by input name.
    others : dict
        Runs that were opened on the way, shared by all of them.
    """

    def __init__(self, home: Home, run_id: str, held: Mapping[str, Any], others: dict[str, _Delivered]) -> None:
        self._home = home
        self._directory = home.run(run_id)
        self._held = held
        self._others = others

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that came back or was released, sorted."""
        result = self._result
        return tuple(sorted({*result.returned, *result.changed, *result.released})) if result else ()

    def value(self, name: str) -> Any:
        """Return what a name was when the run had ended."""
        result = self._result
        if result is not None and name in (*result.returned, *result.changed):
            if name in self._not_rebuilt:
                raise NotRebuiltError({name: self._not_rebuilt[name]}, {})
            return self._outputs[name]
        if result is not None and name in result.released:
            return self._input(name)
        raise RunFailedError(self._absence(name))

    def surroundings(self) -> dict[str, Any]:
        """Return the names that functions of the run may refer to: functions carry no globals of their own."""
        return {**self._inputs, **self._outputs}

    def _input(self, name: str) -> Any:
        """Return what a name was when the run began: the caller's object, an upstream run's, or the captured one."""
        if name in self._held:
            return self._held[name]
        source = self._source(name)
        if source is not None:
            return source._handed_on(name)
        if name in self._inputs:
            return self._inputs[name]
        raise RunFailedError(self._absence(name))

    def _source(self, name: str) -> _Delivered | None:
        """Return the earlier run that a name came from, past those that ended without ever having it."""
        for upstream in self._directory.spec().upstream:
            if upstream.name == name:
                other = self._other(upstream.run_id)
                result = other._result
                if result is None or name not in result.released or name in other._inputs or other._source(name):
                    return other
        return None

    def _handed_on(self, name: str) -> Any:
        """Return what a later run got: of a name that this run has released early, what it got itself."""
        return self._input(name) if name in self._directory.released() else self.value(name)

    def _other(self, run_id: str) -> _Delivered:
        if run_id not in self._others:
            self._others[run_id] = _Delivered(self._home, run_id, {}, self._others)
        return self._others[run_id]

    @cached_property
    def _result(self) -> Result | None:
        return self._directory.result()

    @cached_property
    def _inputs(self) -> dict[str, Any]:
        from ..capture import read_inputs

        return read_inputs(self._directory, self._home)

    @property
    def _outputs(self) -> dict[str, Any]:
        return self._read_outputs[0]

    @property
    def _not_rebuilt(self) -> dict[str, str]:
        return self._read_outputs[1]

    @cached_property
    def _read_outputs(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what came back, and why the rest of it cannot be built again here."""
        from ..capture import read_outputs

        try:
            found = read_outputs(self._directory, self._home, resolve=self._input) if self._has_outputs else {}
        except NotRebuiltError as error:
            return error.rebuilt, error.reasons
        return found, {}

    @property
    def _has_outputs(self) -> bool:
        return self._directory.outputs() is not None

    def _absence(self, name: str) -> str:
        run, result = self._directory.spec().name, self._result
        if result is None:
            return f"Run {run} ended without returning {name}."
        if name in result.untransferable:
            return f"Run {run} could not return {name}: {result.untransferable[name]}."
        if name in result.deleted:
            return f"Run {run} deleted {name}."
        near = get_close_matches(name, self.names, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        return f"Run {run} returns no {name}.{meant} It returned {', '.join(self.names) or 'nothing'}."
