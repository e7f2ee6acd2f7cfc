"""What the cell reads, put back: this run's own inputs, and the names that earlier runs deliver to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from ..capture import AFTERWARDS, MODULE_STATE, PATCHES, ModuleState, load_values
from ..entities import BufferRef, Manifest, RunSpec
from ..exceptions import LaunchError, NotRebuiltError
from ..home import Home, RunDirectory
from ._deferred import after_delivery

Mapped = tuple[memoryview, BufferRef]
"""A private mapping of an object, and the object's address."""

_HEAVY_BYTES = 16 << 20


@dataclass(frozen=True)
class RestoredInputs:
    """The inputs of a run, as this process has them.

    Parameters
    ----------
    values : dict
        Name to value: captured ones, then delivered ones.
    captured : frozenset of str
        The names that came from this run's own manifest.
    mapped : tuple
        The mapped buffers of the values, each with its address in the object store.
    heavy : frozenset of str
        Names whose pickles are large even without their buffers, such as a frame of a million strings.
    """

    values: dict[str, Any]
    captured: frozenset[str] = frozenset()
    mapped: tuple[Mapped, ...] = ()
    heavy: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StoredInputs:
    """The inputs of a run as they lie on the disk, verified: nothing of them is unpickled.

    Parameters
    ----------
    manifest : Manifest
        What they are.
    mapped : tuple
        Their buffers, each with its address in the object store.
    stream : bytes
        Their pickles.
    """

    manifest: Manifest
    mapped: tuple[Mapped, ...]
    stream: bytes

    @classmethod
    def read(cls, home: Home, run: RunDirectory) -> StoredInputs:
        """Return the inputs of a run.

        Raises
        ------
        LaunchError
            They are not there.
        UntrustedManifestError
            Somebody else wrote them.
        MissingObjectError
            A buffer is not whole.
        """
        manifest = run.inputs()
        if manifest is None:
            raise LaunchError(f"The inputs of run {run.run_id} are not in {run.path}. Submit the cell again.")
        mapped = tuple((home.objects.map(ref), ref) for ref in manifest.buffers)
        return cls(manifest, mapped, run.read_stream(manifest, run.inputs_stream))


def restore_inputs(
    home: Home, run: RunDirectory, spec: RunSpec, stored: StoredInputs, namespace: dict[str, Any]
) -> RestoredInputs:
    """Bind in a namespace what a run's cell reads, take on the kernel's ambient state, and note what is done later.

    Raises
    ------
    LaunchError
        An earlier run has not delivered a name.
    UntrustedManifestError, MissingObjectError
        What an earlier run delivers was written by somebody else, or is not whole.
    CannotTravelError
        A value could not be rebuilt here.
    """
    buffers = [view for view, _ in stored.mapped]
    own = load_values(stored.stream, buffers, namespace=namespace, apply_ambient=True)
    settings = own.pop(MODULE_STATE, None)
    if isinstance(settings, ModuleState):
        settings.apply()
    for patch in own.pop(PATCHES, ()):
        patch.apply()
    afterwards = own.pop(AFTERWARDS, None)
    if afterwards is not None:
        after_delivery.append(partial(afterwards, run, namespace))
    namespace.update(own)
    delivered, mapped_earlier = _deliveries(home, spec, namespace)
    namespace.update(delivered)
    heavy = _heavy(stored.manifest, len(stored.stream))
    captured = frozenset(own) - delivered.keys()
    return RestoredInputs({**own, **delivered}, captured, stored.mapped + mapped_earlier, heavy)


def _heavy(manifest: Manifest, stream_bytes: int) -> frozenset[str]:
    """Return the names that may make up a large stream; a manifest tells sizes with buffers only."""
    if stream_bytes < _HEAVY_BYTES:
        return frozenset()
    return frozenset(value.name for value in manifest.values if value.size >= _HEAVY_BYTES)


def _deliveries(home: Home, spec: RunSpec, namespace: dict[str, Any]) -> tuple[dict[str, Any], tuple[Mapped, ...]]:
    """Return what earlier runs deliver, with its buffers; bind what their functions need where a name is free."""
    runs: dict[str, _EarlierRun] = {}

    def earlier(run_id: str) -> _EarlierRun:
        if run_id not in runs:
            runs[run_id] = _EarlierRun(home, run_id, namespace, earlier)
        return runs[run_id]

    delivered: dict[str, Any] = {}
    for name in dict.fromkeys(upstream.name for upstream in spec.upstream):
        source = _source(name, spec, earlier)
        if source is not None:
            delivered[name] = source.value(name)
    for run in list(runs.values()):
        for name, value in run.surroundings():
            namespace.setdefault(name, value)
    return delivered, tuple(pair for run in runs.values() for pair in run.mapped)


def _source(name: str, spec: RunSpec, earlier: Callable[[str], _EarlierRun]) -> _EarlierRun | None:
    """Return the run that a name comes from: the first, unless it ended without ever having it, else the next.

    None where all of them left it as it was before, or one has deleted it.
    """
    for upstream in spec.upstream:
        if upstream.name == name:
            run = earlier(upstream.run_id)
            if run.has_deleted(name):
                return None
            if not run.never_had(name):
                return run
    return None


class _EarlierRun:
    """Values that an ended run can give. Its streams are loaded once each, so that one object stays one object."""

    def __init__(
        self, home: Home, run_id: str, namespace: dict[str, Any], earlier: Callable[[str], _EarlierRun]
    ) -> None:
        self._home = home
        self._run = home.run(run_id)
        self._namespace = namespace
        self._earlier = earlier
        self.mapped: list[Mapped] = []
        self._not_rebuilt: dict[str, str] = {}

    def value(self, name: str) -> Any:
        """Return what a name was when the run had ended: returned, or as it went in.

        What the run has released early is what it got, however it ends and whatever it did to it.
        """
        if name in self._run.released():
            return self.input(name)
        if name in self._outputs:
            return self._outputs[name]
        if name in self._not_rebuilt:
            raise LaunchError(f"Run {self._run.spec().name!r} did not deliver {name}: {self._not_rebuilt[name]}")
        return self.input(name)

    def input(self, name: str) -> Any:
        """Return what a name was when the run began.

        Raises
        ------
        LaunchError
            The run never had it.
        """
        source = _source(name, self._run.spec(), self._earlier)
        if source is not None:
            return source.value(name)
        if name in self._inputs:
            return self._inputs[name]
        result = self._run.result()
        reason = result.untransferable.get(name, "") if result is not None else "it did not finish"
        told = f": {reason}" if reason else ""
        raise LaunchError(f"Run {self._run.spec().name!r} did not deliver {name}{told}. Run its cell again.")

    def has_deleted(self, name: str) -> bool:
        """Whether the run removed a name."""
        result = self._run.result()
        return result is not None and name in result.deleted

    def never_had(self, name: str) -> bool:
        """Whether the run ended well without making a name that it may have made, and did not get it either."""
        result = self._run.result()
        if result is None or name not in result.released or name in self._inputs:
            return False
        return _source(name, self._run.spec(), self._earlier) is None

    def surroundings(self) -> Iterator[tuple[str, Any]]:
        """Yield the names that functions of the run's cell may refer to: functions carry no globals of their own."""
        yield from self._outputs.items()
        if any(getattr(value, "__module__", None) == "__main__" for value in self._outputs.values()):
            yield from self._inputs.items()

    @cached_property
    def _outputs(self) -> dict[str, Any]:
        try:
            return self._load(self._run.outputs(), self._run.outputs_stream)
        except NotRebuiltError as error:
            self._not_rebuilt = error.reasons
            return error.rebuilt

    @cached_property
    def _inputs(self) -> dict[str, Any]:
        return self._load(self._run.inputs(), self._run.inputs_stream)

    def _load(self, manifest: Manifest | None, stream: Path) -> dict[str, Any]:
        if manifest is None:
            return {}
        mapped = [(self._home.objects.map(ref), ref) for ref in manifest.buffers]
        self.mapped += mapped
        content = self._run.read_stream(manifest, stream)
        buffers = [view for view, _ in mapped]
        return load_values(content, buffers, namespace=self._namespace, resolve=self.input)
