"""What the edges ask of the services, and the plans they are answered with before anything starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..entities import Origin, Param, RunExport, ValueRef

if TYPE_CHECKING:
    from ..capture import ExecutedCell


@dataclass(frozen=True, kw_only=True)
class SubmitRun:
    """A cell that is to become a run.

    Parameters
    ----------
    source : str
        The cell as typed, without the `%%train` line.
    namespace : Mapping
        The notebook's names. Only read, and only until `RunService.submit` returns.
    name, experiment : str
        Empty: a name made from the id; the experiment of the notebook.
    params : tuple of Param
        Bound before the first line, in the run only.
    tags : Mapping
        `-t KEY=VALUE`.
    returns : tuple of str, optional
        Exactly what comes back; None: what the cell assigns or may change.
    launcher : str
        Empty: the service's own.
    timeout_s : float, optional
        Stop the run after so many seconds of running.
    autolog : str
        "on", "off" or a comma-separated list of flavors.
    transform : callable, optional
        The shell's `transform_cell`; without one the source is plain Python.
    pending : Mapping
        Name to run id, for names that earlier runs have promised and not delivered.
    earlier : Mapping
        Pending name to the runs that give it, one after the other, where the run in `pending` ends without making it.
    kept : Mapping
        Pending name to what it held before all of these.
    before : Mapping
        Pending name to what it held before it was promised, where the notebook knows: to see what names share.
    history : sequence of ExecutedCell
        Cells that ran before, oldest first: the upstream cells of the run are among them.
    notebook, cell_id : str
        Where the cell stands; empty when unknown.
    origin : Origin, optional
        The run that this one repeats.
    export : RunExport, optional
        What the run writes as ONNX when it has delivered.
    """

    source: str
    namespace: Mapping[str, object]
    name: str = ""
    experiment: str = ""
    params: tuple[Param, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    returns: tuple[str, ...] | None = None
    launcher: str = ""
    timeout_s: float | None = None
    autolog: str = "on"
    transform: Callable[[str], str] | None = None
    pending: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: Mapping[str, object] = field(default_factory=dict)
    before: Mapping[str, object] = field(default_factory=dict)
    history: Sequence[ExecutedCell] = ()
    notebook: str = ""
    cell_id: str = ""
    origin: Origin | None = None
    export: RunExport | None = None


@dataclass(frozen=True, kw_only=True)
class TravelReport:
    """What a submission would do: the answer to `--dry-run`.

    Parameters
    ----------
    values : tuple of ValueRef
        What would travel, with types and sizes in bytes; without modules.
    modules : tuple of str
        Full names of the modules that the run would import for the notebook's names.
    pending : tuple of str
        Names that the run would promise.
    watched : tuple of str
        Names that travel and are expected to come back unchanged.
    upstream : Mapping
        Name to the id of the run that it would wait for.
    notices : tuple of str
        What the user should know besides.
    refused : str
        Why nothing could start, one line a value; empty when it could.
    """

    values: tuple[ValueRef, ...] = ()
    modules: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    upstream: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    refused: str = ""

    @property
    def size(self) -> int:
        """Bytes of all values together."""
        return sum(value.size for value in self.values)
