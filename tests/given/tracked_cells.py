"""Cells that log, run in processes of their own with the tracking side of a run installed and nothing else of a run.

What the stories of `test_tracking_*.py` share: a home, runs that end when told, keepers, and MLflow to look at the
store.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from keepers import FORKS, KeeperProcess
from runs import submit

from jupyter_mlops.entities import Exit, RunStatus
from jupyter_mlops.home import Home, LifeLock, RunDirectory
from jupyter_mlops.tracking._cursor import Cursor, read_cursor
from jupyter_mlops.tracking._local_store import prepare_store

MLFLOWS_OWN = "ignore:The ``noload`` loader strategy"
"""A warning that MLflow's own queries give."""

LOGGING_LOOP = """
import time
import mlflow
from jupyter_mlops import tracking
waits = []
for number in range(300):
    for log in (lambda: mlflow.log_metric("fluent", number, step=number), lambda: tracking.log(cheap=number)):
        began = time.perf_counter()
        log()
        waits.append(time.perf_counter() - began)
mlflow.log_param("p", 1); mlflow.set_tag("t", 1); mlflow.log_text("x", "x.txt")
told["slow"] = sorted(waits)[-7:]
"""
"""Logs 600 points, and the longest times that a call took, in seconds."""

CELL = """
import json, sys
from pathlib import Path
from jupyter_mlops.home import Home
from jupyter_mlops import tracking
run = Home.open(Path(sys.argv[1])).run(sys.argv[2])
source = sys.stdin.read()
tracking.install(run, run.spec(), source)
told = {}
exec(compile(source, "cell", "exec"), {"__name__": "__main__", "told": told, "RUN": run.run_id, "run": run})
print("\\x1etold " + json.dumps(told))
"""


class Tracked:
    """A home with runs in it.

    Parameters
    ----------
    path : Path
        Everything is made below it.
    store : Path, optional
        A store to begin with: making one takes seconds.
    """

    def __init__(self, path: Path, store: Path | None = None) -> None:
        self.path = path
        self.home = Home.create(path / "home")
        if store is not None:
            shutil.copyfile(store, self.home.path / "mlflow.db")
        self._keepers = itertools.count(1)
        self.store_uri = f"sqlite:///{self.home.path}/mlflow.db"

    def environment(self, **changes: str) -> dict[str, str]:
        """An environment without MLflow's variables, and with keepers that leave soon."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "PYTEST_"))}
        quick = {"JUPYTER_MLOPS_KEEPER_IDLE_S": "0.2", "JUPYTER_MLOPS_KEEPER_TICK_S": "0.05"}
        return kept | quick | {"XDG_DATA_HOME": str(self.path / "data"), "XDG_RUNTIME_DIR": str(self.path)} | changes

    def submit(self, **changes: object) -> RunDirectory:
        """Make a run directory, as a submission does."""
        known = {"experiment": "cancer", "cwd": str(self.path), "params": {"C": "1e-3"}, "tags": {"team": "blue"}}
        return submit(self.home, **(known | changes))

    def cell(self, run: RunDirectory, source: str, **environment: str) -> dict[str, Any]:
        """Run a cell to its end; return what it put into `told`, with what it printed on stderr under "stderr"."""
        process = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", CELL, str(self.home.path), run.run_id],
            input=textwrap.dedent(source),
            capture_output=True,
            text=True,
            env=self.environment(**environment),
            cwd=self.path,
            timeout=100,
        )
        assert process.returncode == 0, process.stderr
        return {**json.loads(process.stdout.rpartition("\x1etold ")[2]), "stderr": process.stderr}

    def end(self, run: RunDirectory, status: str = "FINISHED", reason: str = "") -> None:
        """Let a run have ended, 300 s after it began."""
        run.write(
            Exit(
                status=RunStatus(status),
                reason=reason,
                started_at="2026-11-21T08:00:01+00:00",
                ended_at="2026-11-21T08:05:01+00:00",
                duration_s=300.0,
            ),
            run.exit_file,
        )

    def live(self, run: RunDirectory) -> LifeLock:
        """Let a run be going until the lock is released."""
        run.executor_file.write_text(
            '{"pid": 1, "start_time": 1, "boot_id": "", "started_at": "2026-11-21T08:00:01+00:00"}'
        )
        lock = LifeLock.acquire(run.executor_lock)
        assert lock is not None
        return lock

    def keeper(self, **environment: str) -> KeeperProcess:
        """Start a keeper that is ours to wait for."""
        said = self.path / f"keeper-{next(self._keepers)}.txt"
        return KeeperProcess(self.home.path, self.environment(**environment), said)

    def keep(self, **environment: str) -> str:
        """Run a keeper until it leaves; return what it said."""
        with self.keeper(**environment) as keeper:
            said = keeper.wait()
        assert keeper.returncode == 0, said
        return said

    def cursor(self, run: RunDirectory) -> Cursor:
        """How far a run was shipped."""
        return read_cursor(run)

    def client(self, uri: str = "") -> Any:
        """MLflow, looking at the store."""
        from mlflow import MlflowClient

        return MlflowClient(uri or self.store_uri, registry_uri=uri or self.store_uri)


def made_store(folder: Path) -> Path:
    """Return an empty store."""
    path = folder / "mlflow.db"
    maker = make_store(path)
    maker.join()
    assert maker.exitcode == 0
    return path


def make_store(path: Path) -> BaseProcess:
    """Start a process that makes a store."""
    maker = FORKS.Process(target=prepare_store, args=(path,), kwargs={"owned": False})
    maker.start()
    return maker


def close_stores() -> None:
    """Let go of the databases that MLflow keeps open."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
    from mlflow.tracking._tracking_service import utils

    for engine in SqlAlchemyStore._engine_map.values():
        engine.dispose()
    SqlAlchemyStore._engine_map.clear()
    utils._tracking_store_registry._get_store_with_resolved_uri.cache_clear()
    utils._artifact_repos_cache.clear()


def until(condition: Callable[[], object], deadline_s: float = 40.0) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "it has not come true in time"
        time.sleep(0.02)
