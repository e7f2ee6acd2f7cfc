"""Runs as their files tell them, written by hand: nothing is started."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.capture import dump_values, write_outputs
from jupyter_mlops.entities import Exit, Param, Result, RunSpec, RunStatus
from jupyter_mlops.home import Home, RunDirectory
from jupyter_mlops.tracking import MetricSpool


def spec_of(run_id: str = "0" * 32, **fields: Any) -> RunSpec:
    """Return the spec of a run that asks for nothing but what is said; `params` may be a mapping."""
    known = {
        "name": "baseline",
        "experiment": "quickstart",
        "sequence": 1,
        "submitted_at": "2026-11-21T08:00:00+00:00",
        "python": sys.executable,
        "cwd": "/",
    }
    if isinstance(params := fields.get("params"), Mapping):
        fields["params"] = tuple(Param(*item) for item in params.items())
    return RunSpec(run_id=run_id, **(known | fields))


def submit(home: Home, **fields: Any) -> RunDirectory:
    """Write what a submission leaves of a run: its directory, with the spec."""
    run = _make_directory(home, fields.pop("run_id", ""))
    _write_spec(run, home, fields)
    return run


def write_run(
    home: Home,
    *,
    metrics: Mapping[str, float | Sequence[float]] | None = None,
    outputs: Mapping[str, Any] | None = None,
    status: RunStatus | None = RunStatus.FINISHED,
    cell: str = "model = 1",
    log: bytes = b"",
    **fields: Any,
) -> RunDirectory:
    """Write a run that has logged and returned something and lasted a minute; without a status it goes on.

    The spec comes last, so that a server which looks at the home sees all of the run or nothing.
    """
    run = _make_directory(home, fields.pop("run_id", ""))
    run.cell_file.write_text(cell)
    if log:
        run.log_file.write_bytes(log)
    if metrics:
        log_metrics(run, **metrics)
    if outputs is not None:
        deliver(run, home, **outputs)
    if status is not None:
        end(run, status)
    _write_spec(run, home, fields)
    return run


def log_metrics(run: RunDirectory, **metrics: float | Sequence[float]) -> None:
    """Let a run log metrics, each a value or a series."""
    spool = MetricSpool.open(run.path, run.run_id)
    for key, values in metrics.items():
        for value in values if isinstance(values, Sequence) else (values,):
            spool.log(**{key: value})
    spool.close()


def end(run: RunDirectory, status: RunStatus = RunStatus.FINISHED) -> None:
    """Let a run have ended after a minute."""
    run.write(Exit(status=status, ended_at="2026-11-21T08:01:00+00:00", duration_s=60.0), run.exit_file, durable=False)


def deliver(run: RunDirectory, home: Home, **outputs: Any) -> None:
    """Let a run have returned values."""
    write_outputs(run, dump_values(outputs), home)
    run.write(Result(status=RunStatus.FINISHED, returned=tuple(outputs)), run.result_file, durable=False)


def _make_directory(home: Home, run_id: str) -> RunDirectory:
    run = home.run(run_id or home.new_run_id())
    run.create()
    return run


def _write_spec(run: RunDirectory, home: Home, fields: dict[str, Any]) -> None:
    spec = spec_of(run.run_id, **({"sequence": home.next_sequence(run.run_id)} | fields))
    run.write(spec, run.spec_file, durable=False)
