"""What the server tells the front end: the wire types of runs as people look at them. TypeScript's are made from these.

JSON has no NaN and no infinities: a `Figure` is a number, or one of the words "NaN", "Infinity", "-Infinity". Whole
numbers beyond 2**53, which JavaScript cannot hold, are words too.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ._figures import Figure
from ._report_summary import RunReports
from ._run import RunStatus


class HomeInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A `.mlops` whose runs are shown.

    Parameters
    ----------
    home_id : str
        12 hex digits, stable for a path.
    label : str
        Its directory, relative to the server's root where it lies below it.
    problem : str
        What the user should know: the store cannot be reached, the disk is full. Empty when all is well.
    """

    home_id: str
    label: str
    problem: str = ""


class ServerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the front end asks first.

    Parameters
    ----------
    building : bool
        Whether the catalog is still being built: what is shown grows.
    live, scheduled : int
        Runs that go on, and that wait, in all homes.
    """

    version: str
    wire_version: int
    homes: tuple[HomeInfo, ...] = ()
    building: bool = False
    live: int = 0
    scheduled: int = 0


class RunProgress(msgspec.Struct, frozen=True, kw_only=True):
    """The last progress bar that a run has printed: `done` of `total`, with the text before it."""

    label: str
    done: float
    total: float


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the explorer, and the head of a card.

    Parameters
    ----------
    run_id : str
        32 hex digits.
    home_id : str
        Where it lives.
    source : str
        "mlops" for a run with a directory of ours, "mlflow" for another tool's run in the same store.
    name, experiment, notebook, user : str
        Safe to show as text.
    detail : str
        In a few words why it stands so: what it waits for, how it failed.
    submitted_at, started_at, ended_at : str
        UTC, ISO 8601; empty until it is so.
    duration_s : float, optional
        Seconds of running so far or in all.
    params, tags : dict
        As text.
    metrics : dict
        Last value of each.
    left_out : int
        Parameters, metrics and tags beyond the first 1,000 of each: they are neither here nor searched, and still kept.
    main_metric : str
        Key of the experiment's main metric; empty when none is set.
    spark : tuple of Figure
        Some tens of points of the main metric, or of the metric logged first; for a sparkline. Of a run that only a
        store has, where they were asked for before: `RunTrends`.
    log_bytes : int
        Length of `output.log`.
    returned : tuple of str
        Names that came back, or are promised while it runs.
    """

    run_id: str
    home_id: str
    source: Literal["mlops", "mlflow"]
    name: str
    experiment: str
    notebook: str = ""
    user: str = ""
    status: RunStatus
    detail: str = ""
    submitted_at: str = ""
    started_at: str = ""
    ended_at: str = ""
    duration_s: float | None = None
    params: dict[str, str] = {}
    metrics: dict[str, Figure] = {}
    tags: dict[str, str] = {}
    left_out: int = 0
    main_metric: str = ""
    spark: tuple[Figure, ...] = ()
    progress: RunProgress | None = None
    log_bytes: int = 0
    returned: tuple[str, ...] = ()
    archived: bool = False
    kept: bool = False


class RunPage(msgspec.Struct, frozen=True, kw_only=True):
    """Part of the runs that a query finds.

    Parameters
    ----------
    total : int
        Runs that fit.
    offset : int
        Number of the first one here.
    cursor : int
        Of the catalog when it was read; grows with every change.
    """

    runs: tuple[RunSummary, ...]
    total: int
    offset: int = 0
    cursor: int = 0
    building: bool = False


class RunTrend(msgspec.Struct, frozen=True, kw_only=True):
    """The course of a run's metric `key`, its main one or the one logged first, in some tens of points."""

    run_id: str
    key: str
    values: tuple[Figure, ...] = ()


class RunTrends(msgspec.Struct, frozen=True, kw_only=True):
    """Courses of runs that only a store has, as far as they are known; `waiting` more are, or could not be read now."""

    trends: tuple[RunTrend, ...]
    waiting: int = 0


class RunGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Runs of one experiment or notebook: how many, and how many of them go on."""

    key: str
    label: str
    total: int
    live: int = 0


class RunGroups(msgspec.Struct, frozen=True, kw_only=True):
    """The explorer's groups, the one with the newest run first."""

    groups: tuple[RunGroup, ...]
    cursor: int = 0
    building: bool = False


class RunColumns(msgspec.Struct, frozen=True, kw_only=True):
    """Keys that runs have, the most frequent first: columns to choose from, and words to complete."""

    params: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    experiments: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()


class RunInput(msgspec.Struct, frozen=True, kw_only=True):
    """A name that travelled: its type, its bytes, and what tells its data from other data, where that was taken."""

    name: str
    type: str
    size: int
    fingerprint: str = ""
    shape: str = ""


class RunDetail(msgspec.Struct, frozen=True, kw_only=True):
    """All that the run view shows of a run, except what may be long: log, curves, artifacts.

    Parameters
    ----------
    cell : str
        As typed.
    upstream_cells : tuple of str
        The executed cells that it depends on, oldest first.
    upstream_runs : dict
        Name to run id, of what earlier runs delivered.
    error : dict, optional
        Of the cell's exception: `type`, `message`, `line`, `source`, `traceback`.
    note : str
        Markdown, the user's.
    packages : dict
        Name to version.
    machine : dict
        Label to text: host, Python, processors, memory, GPU.
    git : dict, optional
        `commit`, `branch`, `dirty`, `patch`.
    seeds : dict
        Library to digest of its random state.
    """

    summary: RunSummary
    cell: str = ""
    upstream_cells: tuple[str, ...] = ()
    upstream_runs: dict[str, str] = {}
    error: dict[str, str] | None = None
    note: str = ""
    inputs: tuple[RunInput, ...] = ()
    packages: dict[str, str] = {}
    machine: dict[str, str] = {}
    git: dict[str, str] | None = None
    seeds: dict[str, str] = {}
    untransferable: dict[str, str] = {}
    peak_rss_bytes: int | None = None


class MetricSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A metric's curve, down-sampled: of each bucket its least and its greatest point, in the order of logging.

    Parameters
    ----------
    steps, times, values : tuple
        One entry a point: step, milliseconds since 1970, value.
    total : int
        Points that there are.
    """

    run_id: str
    key: str
    steps: tuple[Figure, ...]
    times: tuple[int, ...]
    values: tuple[Figure, ...]
    total: int


class MetricPage(msgspec.Struct, frozen=True, kw_only=True):
    """Curves of a run, which has `total` metrics: more than are here where not all were asked for, or have room."""

    series: tuple[MetricSeries, ...]
    total: int


class ArtifactEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder among a run's artifacts; `path` is relative to them. `preview` says how it may be shown."""

    path: str
    is_folder: bool
    size: int = 0
    preview: Literal["", "image", "text", "table", "json"] = ""


class ArtifactPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder of a run's artifacts holds; `left_out` more are there, behind these in the order of their names."""

    path: str
    entries: tuple[ArtifactEntry, ...]
    left_out: int = 0


class ChangeRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a user may change of a run; None leaves as it is. A tag of None is removed."""

    name: str | None = None
    note: str | None = None
    tags: dict[str, str | None] = {}
    archived: bool | None = None
    kept: bool | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a comparison: a fact, and its text for each run; empty where the run has it not."""

    key: str
    values: tuple[str, ...]
    differs: bool


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two to twenty runs side by side; `reports` has one entry a run."""

    runs: tuple[RunSummary, ...]
    metrics: tuple[Difference, ...] = ()
    params: tuple[Difference, ...] = ()
    data: tuple[Difference, ...] = ()
    packages: tuple[Difference, ...] = ()
    environment: tuple[Difference, ...] = ()
    cells: tuple[str, ...] = ()
    reports: tuple[RunReports, ...] = ()


class OpenTensorBoard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TensorBoard that is asked for: of runs, of folders, or of both.

    Parameters
    ----------
    run_ids : tuple of str
        Of this server's homes.
    logdir : str
        A folder with event files, absolute or relative to the server's root; `name:path,name:path` for several.
    flags : dict
        TensorBoard's own flags by name, without the dashes.
    """

    run_ids: tuple[str, ...] = ()
    logdir: str = ""
    flags: dict[str, str] = {}


class TensorBoardInstance(msgspec.Struct, frozen=True, kw_only=True):
    """A TensorBoard that this server supervises; `url` is a path below the server's base URL.

    One that is "stopped" was idle; it starts again when its page asks for something. With `run_ids`, `logdir` and
    `flags` it can be asked for again, by a server that does not know it. `memory_bytes` is 0 where nothing runs.
    """

    instance_id: str
    url: str
    run_ids: tuple[str, ...] = ()
    logdir: str = ""
    flags: dict[str, str] = {}
    label: str = ""
    state: Literal["starting", "ready", "stopped", "failed"] = "starting"
    problem: str = ""
    memory_bytes: int = 0


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every refusal: what happened and what to do; `field` names the part of the request."""

    message: str
    field: str = ""
