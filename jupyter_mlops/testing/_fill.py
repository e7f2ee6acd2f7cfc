"""Runs that are ready to be launched, without a notebook."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..capture import dump_values, write_inputs
from ..entities import RunSpec
from ..home import Home

SHELL_EXECUTOR = (
    "/bin/sh",
    "-c",
    '. "$0/cell.py" && printf %s \'{"status": "FINISHED"}\' > "$0/result.json"',
)
"""An executor that takes the cell for a shell script and starts in milliseconds: for tests of what surrounds it.

`exit 3` and `kill -9 $$` in the cell are the executor's own end.
"""


def fill_run(home: Home, cell: str, *, inputs: Mapping[str, Any] | None = None, **fields: Any) -> RunSpec:
    """Fill a run directory as a kernel does before it calls a launcher.

    Parameters
    ----------
    home : Home
        Where the run is to be.
    cell : str
        What it executes.
    inputs : mapping, optional
        The names that the cell reads.
    **fields
        Of `RunSpec`, instead of the defaults.

    Returns
    -------
    RunSpec
        For `Launcher.submit`.
    """
    run = home.run(home.new_run_id())
    run.create()
    defaults: dict[str, Any] = {
        "name": "story",
        "experiment": "stories",
        "sequence": home.next_sequence(run.run_id),
        "submitted_at": datetime.now(UTC).isoformat(),
        "python": sys.executable,
        "cwd": str(Path.cwd()),
        "grace_s": 1.0,
    }
    spec = RunSpec(**{**defaults, "run_id": run.run_id, **fields})
    run.write(spec, run.spec_file, durable=False)
    run.cell_file.write_text(cell)
    write_inputs(run, dump_values(inputs or {}), home)
    return spec


def wait_until(condition: Callable[[], object], within_s: float = 30.0) -> None:
    """Wait until a condition holds.

    Raises
    ------
    TimeoutError
        It did not come to hold in time.
    """
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"it did not happen within {within_s:g} s")
        time.sleep(0.005)
