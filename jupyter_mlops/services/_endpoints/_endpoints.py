"""Endpoints of a home: deployed to, asked, rolled back and stopped; `mlops.deploy` and `mlops.endpoints`."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ...entities import Bundle, Cell, Endpoint, EndpointRecord, EndpointVersion, OnnxSignature
from ...exceptions import DeploymentError, MlopsError, UsageError
from .._default import current_service
from .._edge import python_edge
from .._run import Run

if TYPE_CHECKING:
    import numpy as np

    from ...deployment import EndpointClient, EndpointDirectory
    from ...home import Home
    from .._service import RunService

LOCAL = "local"
"""The target that is an endpoint on this machine."""

_CHANGE_S = 120.0
_RESERVED = re.compile(r"[^A-Za-z0-9._-]+")


class Endpoints:
    """The endpoints of a home, by name. Nothing is looked up before it is asked for.

    Parameters
    ----------
    home : Home, optional
        That of the process's service unless given.

    Examples
    --------
    >>> endpoints["cancer"].predict(X_test)
    array([1, 0, 1])
    >>> endpoints["cancer"].stop()
    """

    def __init__(self, home: Home | None = None) -> None:
        self._home = home

    @property
    def home(self) -> Home:
        """The home that they belong to."""
        return self._home or current_service().home

    @python_edge
    def __getitem__(self, name: str) -> LocalEndpoint:
        """Return the endpoint of a name.

        Raises
        ------
        EndpointNotFoundError
            There is none.
        """
        endpoint = LocalEndpoint(self.directory(name))
        endpoint.directory.record()
        return endpoint

    def __iter__(self) -> Iterator[str]:
        from ...deployment import EndpointDirectory

        return iter(EndpointDirectory.names(self.home))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in tuple(self)

    def __repr__(self) -> str:
        return f"Endpoints({', '.join(self) or 'none yet'})"

    def list(self) -> tuple[Endpoint, ...]:
        """Return how all of them stand; one whose record is damaged is told as down."""
        return tuple(LocalEndpoint(self.directory(name)).stand() for name in self)

    def deploy(self, bundle: Bundle, name: str = "", example: dict[str, Cell] | None = None) -> LocalEndpoint:
        """Serve a bundle: at a new endpoint, or as the next version of one, which goes on answering meanwhile.

        Parameters
        ----------
        bundle : Bundle
            A checked file. One that is served already is no new version.
        name : str
            Of the endpoint; the bundle's label unless given.
        example : dict, optional
            One row by column, to be shown where somebody tries the endpoint.

        Raises
        ------
        DeploymentError
            It cannot be served; what was served before still is.
        """
        from ...deployment import ensure, switch

        directory = self.directory(name or _name_of(bundle.label))
        directory.make()
        with changing(directory):
            before = directory.record() if directory.exists() else None
            after = _with_version(before, bundle, directory, example)
            directory.write(after)
            try:
                ensure(directory)
                switch(directory)  # whoever had started it may have read the record of before
            except BaseException:  # an interrupt too leaves what was served before
                _take_back(directory, before)
                raise
            directory.write_restarts(None)
            kept = directory.forget_old(after.versions)
            directory.write(replace(after, versions=kept))
        self._tell_servers()
        return LocalEndpoint(directory)

    def _tell_servers(self) -> None:
        """Enter the home into the user's list: a Jupyter server shows and mends what no kernel has deployed, too."""
        from ...home import register_home

        with contextlib.suppress(OSError, MlopsError):  # as for a kernel: it answers all the same
            register_home(self.home.path)

    def directory(self, name: str) -> EndpointDirectory:
        """Return the files of an endpoint, whether it is there or not."""
        from ...deployment import EndpointDirectory

        return EndpointDirectory(self.home, name)


@dataclasses.dataclass(frozen=True)
class LocalEndpoint:
    """An endpoint on this machine.

    Parameters
    ----------
    directory : EndpointDirectory
        Its files.
    """

    directory: EndpointDirectory

    @property
    def name(self) -> str:
        """What it is called."""
        return self.directory.name

    def __repr__(self) -> str:
        stands = self.stand()
        return f"Endpoint({self.name}, {stands.state}, version {stands.current})"

    def stand(self) -> Endpoint:
        """Return how it stands now."""
        from ...deployment import state_of

        try:
            record, state = self.directory.record(), state_of(self.directory)
        except MlopsError as error:
            return Endpoint(name=self.name, state="down", current=0, versions=(), problem=str(error))
        signature = self._signature(record)
        return Endpoint(
            name=self.name,
            state=state,
            current=record.current,
            versions=record.versions,
            figures=self.directory.figures(),
            restarts=self.directory.restarts(),
            problem=self.directory.last_words() if state == "down" else "",
            inputs=signature.inputs if signature else (),
            outputs=signature.outputs if signature else (),
            example=record.example,
        )

    @python_edge
    def predict(self, X: Any) -> np.ndarray[Any, Any]:
        """Return what the endpoint says of rows: its model's first output. One that is down is started.

        Parameters
        ----------
        X : DataFrame, array, list of str, or a tuple or dict of arrays
            Rows, as the model takes them.

        Raises
        ------
        DeploymentError
            It does not answer, or a value is not as the model has it; the message names column and row.
        """
        from ._rows import asked

        with self.client() as client:
            signature = self._signature(self.directory.record())
            return asked(client, X, signature.inputs if signature else ()).first

    def client(self) -> EndpointClient:
        """Return a connection, when the endpoint runs; one that is down is started.

        Raises
        ------
        DeploymentError
            It was stopped, or cannot be started.
        """
        from ...deployment import EndpointClient

        self.start()
        return EndpointClient(self.directory)

    def start(self) -> None:
        """Start its process, if it is down.

        Raises
        ------
        DeploymentError
            It was stopped, or cannot be started.
        """
        from ...deployment import ensure

        if self.directory.record().wanted == "stopped":
            raise DeploymentError(
                f"Endpoint {self.name} was stopped. Deploy to it again, or: %deploy rollback {self.name}"
            )
        ensure(self.directory)
        if self.directory.restarts().given_up:  # it answers: its next end is looked after again
            self.directory.write_restarts(None)

    @python_edge
    def stop(self) -> bool:
        """End it; False when it did not run."""
        from ...deployment import stop

        with changing(self.directory):
            self.directory.write(replace(self.directory.record(), wanted="stopped"))
            self.directory.write_restarts(None)
            return stop(self.directory)

    @python_edge
    def rollback(self) -> EndpointVersion:
        """Serve the version before, and return it. One that was stopped is started with it.

        Raises
        ------
        UsageError
            There is none before.
        DeploymentError
            It cannot be served; what was served still is.
        """
        from ...deployment import ensure, switch

        with changing(self.directory):
            before = self.directory.record()
            version = before.before
            if version is None:
                raise UsageError(f"Endpoint {self.name} has no version before {before.current}.")
            self.directory.write(replace(before, current=version.number, wanted="running"))
            self.directory.write_restarts(None)
            try:
                ensure(self.directory)
                switch(self.directory)
            except BaseException:  # an interrupt too leaves what was served before
                _take_back(self.directory, before)
                raise
        return version

    def log(self, lines: int | None = None) -> str:
        """Return the end of what it has logged."""
        self.directory.record()
        return self.directory.log(lines)

    def remove(self) -> None:
        """End it, and forget all its versions."""
        self.stop()
        self.directory.remove()

    def _signature(self, record: EndpointRecord) -> OnnxSignature | None:
        """Return what the version takes and answers; None where its file is gone or the extra is not installed."""
        file = self.directory.path / "versions" / str(record.current) / "signature.json"
        try:
            return OnnxSignature.from_json(file.read_bytes())
        except (OSError, UsageError):
            return None


@python_edge
def deploy(what: str | Path | Run, to: str = LOCAL, *, name: str = "", X: Any = None) -> LocalEndpoint:
    """Put a checked model where it is asked, and return the endpoint.

    Parameters
    ----------
    what : str, Path or Run
        A run or a reference to one, such as `best`; or an ONNX file.
    to : str
        The target.
    name : str
        Of the endpoint; the model's own unless given.
    X : DataFrame, array or list of str, optional
        Real rows: needed where the run was not exported yet; the first is the endpoint's example.

    Raises
    ------
    UsageError
        There is no such target.
    ExportError
        The model cannot be exported as the same model.
    DeploymentError
        It cannot be served.

    Examples
    --------
    >>> deploy("best", name="cancer", X=X_test).predict(X_test[:1])
    array([1])
    """
    if to != LOCAL:
        from ...deployment import load_target

        name = load_target(to).name
        raise UsageError(f"To {name} goes a package, which is a folder: mlops.package(what, {name!r}, folder).")
    return deploy_local(current_service(), what, name, X)


def deploy_local(runs: RunService, what: str | Path | Run, name: str, X: Any) -> LocalEndpoint:
    """Serve a run's or a file's model on this machine; see `deploy`."""
    from .._bundles import bundle_of
    from ._rows import example_of

    bundle = bundle_of(runs, what, X)
    return Endpoints(runs.home).deploy(bundle, name, example_of(X, bundle.signature))


endpoints = Endpoints()
"""Those of the process's home."""


def _with_version(
    before: EndpointRecord | None, bundle: Bundle, directory: EndpointDirectory, example: dict[str, Cell] | None
) -> EndpointRecord:
    """Return the record with a bundle as the version that answers, its file copied."""
    from ...deployment import model_size

    versions = before.versions if before else ()
    row = example or (before.example if before else {})
    if before is not None and before.serving.sha256 == bundle.sha256:
        directory.add_version(bundle, before.current)  # again: its file may be gone, or have been changed
        return replace(before, wanted="running", example=row)
    number = max((version.number for version in versions), default=0) + 1
    directory.add_version(bundle, number)
    version = EndpointVersion(
        number=number,
        sha256=bundle.sha256,
        size=model_size(bundle),
        label=bundle.label,
        run_id=bundle.run_id,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return EndpointRecord(name=directory.name, current=number, versions=(*versions, version), example=row)


@contextlib.contextmanager
def changing(directory: EndpointDirectory, patience_s: float | None = None) -> Iterator[None]:
    """Be the only one who changes what is to be served.

    Raises
    ------
    DeploymentError
        Somebody else does so all the time.
    """
    from ...home import exclusive

    try:
        with exclusive(directory.change_lock, _CHANGE_S if patience_s is None else patience_s):
            yield
    except TimeoutError as error:
        raise DeploymentError(f"Endpoint {directory.name} is being changed elsewhere ({error}). Try again.") from None


def _take_back(directory: EndpointDirectory, before: EndpointRecord | None) -> None:
    """Undo a change that could not be served; an endpoint that never was is forgotten."""
    if before is None:
        directory.remove()
    else:
        directory.write(before)


def _name_of(label: str) -> str:
    """Return a label as the name of an endpoint."""
    return _RESERVED.sub("-", label).strip("-._")[:63].rstrip("-._") or "model"
