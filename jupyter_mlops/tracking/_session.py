"""The tracking side of a running cell: installed by the executor before the cell, so that all logging reaches the run.

Sets the environment that MLflow reads, prepares MLflow for the moment when user code imports it, and gives `log`
something to write to. Costs microseconds: MLflow itself is not touched.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from .._telemetry import deny_telemetry
from ..entities import LOST_ENTRIES, RunSpec, decode
from ..exceptions import TrackingError
from ._import_hook import when_imported
from ._journal import Journal
from ._spool._spool import MetricSpool
from ._uris import SPOOL_SCHEME, absolute_uri, experiment_id_of, spool_directory, spool_uri, store_uri

if TYPE_CHECKING:
    from ..home import RunDirectory


@dataclasses.dataclass(frozen=True)
class TrackingSession:
    """What a process of a run writes to.

    Parameters
    ----------
    directory : Path
        The run directory.
    spec : RunSpec
        What was asked for.
    spool, journal
        This process's; children that are forked get a spool of their own.
    """

    directory: Path
    spec: RunSpec
    spool: MetricSpool
    journal: Journal

    @classmethod
    def open(cls, directory: Path, spec: RunSpec) -> TrackingSession:
        """Return a session of this process for a run directory; nothing is written before there is something to say."""
        return cls(directory, spec, MetricSpool.open(directory, spec.run_id), Journal(directory))

    @property
    def environment(self) -> dict[str, str]:
        """What tells MLflow, here and in programs that the cell starts, where it is."""
        return {
            "MLFLOW_TRACKING_URI": self.uri,
            "MLFLOW_RUN_ID": self.spec.run_id,
            "MLFLOW_REGISTRY_URI": self.registry_uri,
            "MLFLOW_EXPERIMENT_ID": experiment_id_of(self.spec.experiment),
        }

    @property
    def uri(self) -> str:
        """The tracking URI inside the run."""
        return spool_uri(self.directory)

    @property
    def real_uri(self) -> str:
        """The tracking URI of the store that the keeper ships to."""
        return store_uri(self.directory, self.spec)

    @property
    def registry_uri(self) -> str:
        """The URI of the model registry: the one that was chosen, else the real store's."""
        return absolute_uri(self.spec.registry_uri, Path(self.spec.cwd)) or self.real_uri

    def close(self) -> None:
        """Let the files go; what found no room on the disk is told, where there is room for that."""
        self.spool.close()
        if self.journal.lost:
            self.journal.append("set_tag", self.spec.run_id, key=LOST_ENTRIES, value=str(self.journal.lost))
        self.journal.close()


def install(run: RunDirectory | Path, spec: RunSpec, source: str | None = None) -> TrackingSession:
    """Make this process log to a run.

    Parameters
    ----------
    run : RunDirectory or Path
        The run directory.
    spec : RunSpec
        Its spec.
    source : str, optional
        The cell as plain Python, for `_joining`; read from `cell.py` where it is not given.

    Returns
    -------
    TrackingSession
        Also what `current_session` gives from now on.
    """
    directory = run if isinstance(run, Path) else run.path
    session = TrackingSession.open(directory, spec)
    _set_environment(session)
    _use(session)
    when_imported("mlflow.tracking._tracking_service.utils", lambda module: _adapt_stores(module, session))
    when_imported("mlflow.tracking._model_registry.utils", lambda module: _adapt_registries(module, session))
    when_imported("mlflow.tracking.fluent", lambda module: _adapt_fluent(module, session, source))
    when_imported("mlflow.tracking.context.jupyter_notebook_context", _deny_kernel)
    return session


def current_session() -> TrackingSession | None:
    """Return the session of this process, None outside of runs."""
    return _session


def session_at(directory: Path) -> TrackingSession:
    """Return this process's session for a run directory: the installed one, or one of its own.

    Raises
    ------
    TrackingError
        There is no run in the directory.
    """
    if _session is not None and _session.directory == directory:
        return _session
    try:
        spec = decode((directory / "spec.json").read_bytes(), RunSpec)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise TrackingError(f"No run in {directory}: {error}. It may have been removed by `%runs gc`.") from error
    session = TrackingSession.open(directory, spec)
    if _session is None:
        _use(session)
    return session


def log(metrics: Mapping[str, Any] | None = None, /, *, step: int | None = None, **more: Any) -> None:
    """Log metrics of the run, in about a microsecond; never waits for a store, never fails for one.

    Parameters
    ----------
    metrics : mapping, optional
        Keys that are no Python names, such as `{"val/loss": 0.3}`.
    step : int, optional
        Without one, each metric counts its own steps from 0.
    **more
        Key and value.

    Raises
    ------
    TypeError, ValueError
        A key, a value or a step that no store takes.
    TrackingError
        This process belongs to no run.

    Examples
    --------
    >>> for batch in batches:
    ...     mlops.log(loss=train(batch))
    """
    if metrics:
        _write(metrics, step)
    _write(more, step)


def _write_first(metrics: Mapping[str, Any], step: int | None = None) -> None:
    """Find the run that this process belongs to, by its environment, and log to it."""
    uri = os.environ.get("MLFLOW_TRACKING_URI", "")
    if not uri.startswith(f"{SPOOL_SCHEME}:"):
        raise TrackingError("mlops.log works inside a run. Put %%train on the cell, or use mlflow.log_metric.")
    session_at(spool_directory(uri)).spool.write(metrics, step)


def _use(session: TrackingSession) -> None:
    global _session, _write
    _session = session
    _write = session.spool.write


def _set_environment(session: TrackingSession) -> None:
    os.environ |= session.environment
    os.environ.pop("MLFLOW_EXPERIMENT_NAME", None)
    deny_telemetry()


def _deny_kernel(context: Any) -> None:
    """Keep MLflow from asking which kernel a run is in: none, and to ask it imports ipykernel for 0.1 s and more."""
    if hasattr(context, "_get_kernel_id"):
        context._get_kernel_id = lambda: None


def _adapt_stores(module: Any, session: TrackingSession) -> None:
    from ._joining import watch_stores

    watch_stores(module, session)


def _adapt_registries(module: Any, session: TrackingSession) -> None:
    from ._registry._in_run import watch_registries

    watch_registries(module, session)


def _adapt_fluent(module: Any, session: TrackingSession, source: str | None) -> None:
    from ._joining import Joining

    Joining(module, session, source).apply()


_session: TrackingSession | None = None
_write: Callable[..., None] = _write_first
