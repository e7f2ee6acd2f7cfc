"""`python -m jupyter_mlops.tracking.keeper HOME`: the process that ships the runs of a home to their tracking stores.

One for each home, elected by a lock; started by a kernel when it submits, by a shim when it ends, or by the server. No
run depends on it. It leaves when there is nothing to ship.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import types
from pathlib import Path

from ..home import ChangedRuns, Home, LifeLock

_LARGEST_LOG = 1 << 20


def main(arguments: list[str] | None = None) -> int:
    """Keep a home until there is nothing to ship; return the exit code.

    Parameters
    ----------
    arguments : list of str, optional
        The home's path; the command line's unless given.
    """
    parser = argparse.ArgumentParser(prog="python -m jupyter_mlops.tracking.keeper", description=__doc__)
    parser.add_argument("home", type=Path, help="the .mlops directory")
    home = Home.open(parser.parse_args(arguments).home)
    while (lock := LifeLock.acquire(home.keeper_lock)) is not None:
        with lock:
            _keep(home)
        # A run that came while we were leaving saw the lock and started no keeper.
        if not has_work(home):
            break
    return 0


def has_work(home: Home) -> bool:
    """Return whether a home has runs of which nothing is shipped yet, or which were changed since."""
    from ._keeper import TRACKED
    from ._lines import read_lines

    if ChangedRuns(home.path).waiting():
        return True
    tracked = {line.data.decode("ascii", "replace") for line in read_lines(home.path / TRACKED)}
    return any(
        not home.run(run_id).tracking_file.exists() and home.run(run_id).spec_file.exists()
        for run_id in home.run_ids()
        if run_id not in tracked
    )


def _keep(home: Home) -> None:
    _behave(home)
    from ._keeper import Keeper, KeeperSettings

    keeper = Keeper(home, KeeperSettings.from_environment())

    def leave(_number: int, _frame: types.FrameType | None) -> None:
        keeper.stop()

    signal.signal(signal.SIGTERM, leave)
    keeper.run()


def _behave(home: Home) -> None:
    """Be polite to the machine, bounded towards servers, and silent about secrets."""
    os.nice(max(0, 10 - os.nice(0)))
    os.environ |= {
        "MLFLOW_HTTP_REQUEST_TIMEOUT": os.environ.get("JUPYTER_MLOPS_HTTP_TIMEOUT_S", "10"),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        "MLFLOW_CONFIGURE_LOGGING": "false",
    }
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    # MLflow logs whole exceptions with addresses in them, and alembic every step: what matters is said by the lanes.
    for name in ("mlflow", "alembic", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    log = home.path / "keeper.log"
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        os.truncate(log, 0)


if __name__ == "__main__":
    sys.exit(main())
