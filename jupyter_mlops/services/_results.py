"""A finished run's results as objects: what it changed from its outputs, what it released unchanged from where that came from.

Everything that is unpickled carries this user's signature; `capture` checks it before the first byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..exceptions import RunFailedError

if TYPE_CHECKING:
    from ..entities import Result
    from ..home import Home, RunDirectory


def load_results(
    home: Home, directory: RunDirectory, names: tuple[str, ...] | None = None, held: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a finished run's results.

    Parameters
    ----------
    home : Home
        Where its upstream runs live too.
    directory : RunDirectory
        Of a run that has delivered.
    names : tuple of str, optional
        Only these; by default everything that came back or was released.
    held : Mapping, optional
        Objects that the caller still has for names the run captured: references to them give these very objects.

    Raises
    ------
    RunFailedError
        The run does not return one of `names`; the message says why.
    UntrustedManifestError, MissingObjectError
        The results are not this user's, or were collected.
    """
    result = directory.result()
    if result is None:
        if names:
            raise RunFailedError(f"Run {directory.run_id[:8]} ended without returning {', '.join(names)}.")
        return {}
    inputs = _Inputs(home, directory, held or {})
    returned = set(result.returned) | set(result.changed)
    wanted = tuple(sorted(returned | set(result.released))) if names is None else names
    for name in wanted:
        if name not in returned and name not in result.released:
            raise RunFailedError(_absence(name, directory, result))
    outputs: dict[str, Any] = {}
    if returned.intersection(wanted):
        from ..capture import read_outputs

        outputs = read_outputs(directory, home, resolve=inputs.value)
    return {name: outputs[name] if name in returned else inputs.value(name) for name in wanted}


class _Inputs:
    """What a run captured: loaded once, and only when something refers to it."""

    def __init__(self, home: Home, directory: RunDirectory, held: Mapping[str, Any]) -> None:
        self._home = home
        self._directory = directory
        self._held = held
        self._loaded: dict[str, Any] | None = None

    def value(self, name: str) -> Any:
        """Return a captured object, or the one that an upstream run delivered."""
        if name in self._held:
            return self._held[name]
        for upstream in self._directory.spec().upstream:
            if upstream.name == name:
                return load_results(self._home, self._home.run(upstream.run_id), (name,))[name]
        if self._loaded is None:
            from ..capture import read_inputs

            self._loaded = read_inputs(self._directory, self._home)
        return self._loaded[name]


def _absence(name: str, directory: RunDirectory, result: Result) -> str:
    run = directory.spec().name
    if name in result.untransferable:
        return f"Run {run} could not return {name}: {result.untransferable[name]}."
    if name in result.deleted:
        return f"Run {run} deleted {name}."
    there = ", ".join(sorted({*result.returned, *result.released})) or "nothing"
    return f"Run {run} returns no {name}. It returned {there}."
