"""A run: what was asked (`RunSpec`), how it stands (`RunState`), how it ended (`Result`, `Exit`)."""

from __future__ import annotations

import ast
import enum
from typing import Any

import msgspec

from ._wire import WIRE_VERSION


class RunStatus(enum.Enum):
    """MLflow's five states of a run."""

    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"

    @property
    def is_terminal(self) -> bool:
        """Whether the run has ended."""
        return self in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)


class Param(msgspec.Struct, frozen=True):
    """A parameter given with `-p KEY=TEXT`: a Python literal, else text."""

    key: str
    text: str

    @property
    def value(self) -> Any:
        """The typed value that the cell sees."""
        try:
            return ast.literal_eval(self.text)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):  # TypeError: `{[]}`
            return self.text


AUTOLOG_FLAVORS = ("keras", "lightgbm", "pytorch", "sklearn", "tensorflow", "xgboost")
"""What a run may be told to autolog, by MLflow's names."""


class Upstream(msgspec.Struct, frozen=True):
    """A name that another run will deliver to this one."""

    name: str
    run_id: str


class Origin(msgspec.Struct, frozen=True):
    """The run that this one repeats. `how` is "rerun" or "reproduce"."""

    how: str
    run_id: str


class RunExport(msgspec.Struct, frozen=True):
    """A model that a run writes as ONNX once its results are delivered: its name, and that of rows to compare on.

    Without rows those are meant that `held_out` finds in the run.
    """

    model: str
    data: str = ""


class RunSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a launcher and an executor need to know to run a cell.

    Parameters
    ----------
    run_id : str
        32 hex digits, minted by the kernel.
    name, experiment : str
        For people; the id is the key.
    sequence : int
        Order of submission within the home.
    submitted_at : str
        UTC, ISO 8601.
    python : str
        Path of the interpreter of the kernel; runs use the same.
    cwd : str
        Working directory of the cell.
    user : str
        Login name of who submitted it; empty where the system has no name.
    params, tags
        `-p` and `-t`.
    secret_params : tuple of str
        Keys of `-p` whose values travel with the captured names and are written nowhere else.
    pending : tuple of str
        Names the run promises: what the cell assigns or may change, or what `--returns` lists.
    may_change : tuple of str
        The part of `pending` whose object the cell may change; the other names it only binds.
    watched : tuple of str
        Captured names that are not pending; if one comes back changed, it is told.
    undecided : tuple of str
        The part of `pending` that earlier runs deliver and that the cell only passes to calls. Whether a call may
        change such a value, its type tells; the executor decides as soon as it has the values (see `EarlyRelease`).
    notices : tuple of str
        What the kernel knew at submission and a reader of the results should know.
    explicit_returns : bool
        `pending` is the user's list; nothing else comes back.
    imports : dict
        What the cell only imports, with the statement that does it: not what anybody calls a result, and of `pending`
        what the notebook can make itself.
    upstream : tuple of Upstream
        Names that come from runs that may still be going.
    timeout_s : float, optional
        Stop the run after so many seconds of running.
    autolog : str
        "on", "off" or a comma-separated list of flavors.
    tracking_uri, registry_uri : str
        Of the real store; empty for the home's own.
    origin : Origin, optional
        The run that this one repeats.
    export : RunExport, optional
        What it exports at its end.
    keep_orphans : bool
        Leave descendants of the run alive when it ends.
    grace_s : float
        Seconds between SIGINT, SIGTERM and SIGKILL when the run is stopped.
    """

    wire_version: int = WIRE_VERSION
    run_id: str
    name: str
    experiment: str
    sequence: int
    submitted_at: str
    python: str
    cwd: str
    user: str = ""
    launcher: str = "local"
    params: tuple[Param, ...] = ()
    secret_params: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    pending: tuple[str, ...] = ()
    may_change: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    explicit_returns: bool = False
    imports: dict[str, str] = {}
    upstream: tuple[Upstream, ...] = ()
    timeout_s: float | None = None
    autolog: str = "on"
    tracking_uri: str = ""
    registry_uri: str = ""
    origin: Origin | None = None
    export: RunExport | None = None
    keep_orphans: bool = False
    grace_s: float = 5.0

    @property
    def shown_params(self) -> tuple[Param, ...]:
        """All that was given with `-p`, for people: secrets as `***`."""
        return (*self.params, *(Param(key, "***") for key in self.secret_params))


class ProcessRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Who a process is: a pid means nothing without its start time and boot.

    Parameters
    ----------
    began_s : float
        When it took its run on, by the monotonic clock of this boot; a process may have waited for a run before.
    """

    pid: int
    start_time: int
    boot_id: str
    started_at: str
    slot: int | None = None
    began_s: float = 0.0


class WaitRecord(msgspec.Struct, frozen=True, kw_only=True, rename={"what": "for"}):
    """What a SCHEDULED run waits for: "inputs", "runs" (with their ids) or "slot" (with the number ahead)."""

    what: str
    run_ids: tuple[str, ...] = ()
    ahead: int = 0


class CellError(msgspec.Struct, frozen=True, kw_only=True):
    """The exception that ended a cell.

    Parameters
    ----------
    type, message : str
        As Python names and prints it.
    line : int, optional
        Line of the cell, from 1.
    source : str
        Text of that line.
    traceback : str
        The whole traceback, without colours, at most 64 kB (the end is kept).
    """

    type: str
    message: str
    line: int | None = None
    source: str = ""
    traceback: str = ""

    @property
    def headline(self) -> str:
        """The error in one line, with the line of the cell: libraries say first what is wrong, then what may help.

        Examples
        --------
        >>> CellError(type="ValueError", message="X contains NaN.", line=2, source="  fit(X)").headline
        'ValueError: X contains NaN. (cell line 2: fit(X))'
        """
        lines = [line.strip() for line in self.message.splitlines() if line.strip()]
        # `Error(s) in loading state_dict for Net:` is only the beginning of a sentence.
        said = " ".join(lines[: 2 if lines and lines[0].endswith(":") else 1])
        text = f"{self.type}: {said}" if said else self.type
        return f"{text} (cell line {self.line}: {self.source.strip()})" if self.line else text


class EarlyRelease(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has said, right after it restored its inputs, that it will not change: `names` of its `undecided`.

    From then on such a name is what the earlier run delivers, whatever becomes of this run.
    """

    wire_version: int = WIRE_VERSION
    names: tuple[str, ...]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The executor's account of how the cell ended.

    Parameters
    ----------
    status : RunStatus
        FINISHED or FAILED.
    exit_code : int
        What the process is about to exit with.
    error : CellError, optional
        When the cell raised.
    returned : tuple of str
        Names in `outputs.json`.
    released : tuple of str
        Pending names that came out unchanged; the kernel's own object is still right.
    deleted : tuple of str
        Pending names that the cell deleted.
    changed : tuple of str
        Watched names, and names released early, that came back changed although nobody promised it; they are in
        `outputs.json` too.
    untransferable : dict
        Name to reason, for pending names that could not come back.
    """

    status: RunStatus
    exit_code: int = 0
    error: CellError | None = None
    returned: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    untransferable: dict[str, str] = {}
    ended_at: str = ""
    duration_s: float = 0.0


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """The shim's account of how the run ended. Durations come from a monotonic clock."""

    status: RunStatus
    reason: str = ""
    exit_code: int | None = None
    signal: int | None = None
    started_at: str = ""
    ended_at: str = ""
    duration_s: float = 0.0
    peak_rss_bytes: int = 0
    orphans_ended: int = 0


WAITS_FOR_DISK = "waiting for disk space"
"""A run's reason while it has ended but for the files that say so."""

LOST_ENTRIES = "mlops.lost_entries"
"""Tag of a run: how many parameters, tags, artifacts and the like a full disk has cost."""


class RunState(msgspec.Struct, frozen=True, kw_only=True):
    """How a run stands now, computed from its files and locks.

    Parameters
    ----------
    status : RunStatus
        One of MLflow's five.
    reason : str
        Why, in a few words: "waiting for a slot, 2 ahead", "signal 9", "machine restarted", "lost: ...".
    duration_s : float, optional
        Seconds of running, by a clock that nobody sets; None before the run begins, and where nobody saw its end.
    supervised : bool
        False while the executor lives and its shim does not.
    """

    run_id: str
    status: RunStatus
    reason: str = ""
    exit_code: int | None = None
    signal: int | None = None
    started_at: str = ""
    ended_at: str = ""
    duration_s: float | None = None
    supervised: bool = True
    peak_rss_bytes: int = 0
    orphans_ended: int = 0
    error: CellError | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the run ended without a witness."""
        return self.status is RunStatus.FAILED and self.reason.startswith("lost")

    @property
    def waits_for_disk(self) -> bool:
        """Whether all that is left of the run is to write how it ended, and the disk does not take it."""
        return not self.status.is_terminal and self.reason == WAITS_FOR_DISK
