"""Keepers, and other processes that have MLflow at once: forks of one that imported it.

A keeper is polite to the machine, and so takes many seconds to import MLflow beside a busy suite.
"""

import multiprocessing
import os
import sys
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "keepers",
        "jupyter_mlops.tracking._keeper",
        "jupyter_mlops.tracking._local_store",
        "jupyter_mlops.tracking._shipment",
        "mlflow.store.artifact.local_artifact_repo",
        "mlflow.store.tracking.rest_store",
        "mlflow.store.tracking.sqlalchemy_store",
    ]
)


class KeeperProcess:
    """A keeper that is killed at the end of a `with`.

    Parameters
    ----------
    home : Path
        The `.mlops` directory.
    environment : dict of str
        All of it.
    said : Path
        What it writes to stdout and stderr goes there.
    """

    def __init__(self, home: Path, environment: dict[str, str], said: Path) -> None:
        self._said = said
        self._process = FORKS.Process(target=_keep, args=(home, environment, said), daemon=True)
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """None while it is there; negative where a signal has ended it."""
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout_s: float = 90.0) -> str:
        """Wait until it has left; return what it said."""
        self._process.join(timeout_s)
        assert self.returncode is not None, "it has not left in time"
        return self._said.read_text()

    def __enter__(self) -> "KeeperProcess":
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()
        self._process.join()


def _keep(home: Path, environment: dict[str, str], said: Path) -> None:
    from jupyter_mlops.tracking import keeper

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(home.parent)
    log = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1), os.dup2(log, 2)
    sys.exit(keeper.main([str(home)]))
