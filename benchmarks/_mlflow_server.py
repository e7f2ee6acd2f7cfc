"""MLflow as the peer of a page of runs: its real server over HTTP where there is one, else its client in process.

The server needs more than mlflow-skinny, which is what the project installs. `MLFLOW_SERVER_PYTHON` names a Python of
an environment of its own that has all of MLflow: ``python -m venv X; X/bin/pip install mlflow==...``, of the version
that mlflow-skinny has here.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

PYTHON = "MLFLOW_SERVER_PYTHON"
_EXPERIMENTS = [str(number) for number in range(1, 21)]
_STARTS_WITHIN_S = 120.0


class PagePeer(Protocol):
    """Asks MLflow for pages of runs."""

    name: str

    def page(self, most: int = 50, token: str | None = None, **how: Any) -> str | None:
        """Ask for a page of runs, of which there are some; return the token of the next."""


class MlflowServer:
    """`mlflow server` over a sqlite store, on a loopback port; ends with the `with`. One connection for all requests.

    Parameters
    ----------
    python : str
        Of an environment that has all of MLflow.
    store : Path
        The sqlite file.
    """

    name = "mlflow server's runs/search on the same store, over HTTP"

    def __init__(self, python: str, store: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # it is open for as long as the server runs
        command = [python, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{store}", "--workers", "1"]
        command += ["--host", "127.0.0.1", "--port", str(port), "--no-serve-artifacts"]
        clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MLFLOW_TRACKING_URI")}
        self._process = subprocess.Popen(
            command, env=clean, stdout=self._log, stderr=self._log, cwd=store.parent, start_new_session=True
        )
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def __enter__(self) -> MlflowServer:
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._log.seek(0)
                raise RuntimeError(self._log.read().decode(errors="replace")[-2000:])
            time.sleep(0.1)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()
        # Its workers are its children, in a session of their own.
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._log.close()

    def page(self, most: int = 50, token: str | None = None, **how: Any) -> str | None:
        """Ask for a page of runs; return the token of the next."""
        wanted = {"experiment_ids": _EXPERIMENTS, "max_results": most, "filter": how.get("filter_string", "")}
        wanted["order_by"] = how["order_by"]
        if token:
            wanted["page_token"] = token
        body = json.dumps(wanted).encode()
        self._connection.request("POST", "/api/2.0/mlflow/runs/search", body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        found = json.loads(answer.read())
        assert answer.status == 200, found
        assert found["runs"], how
        next_token: str | None = found.get("next_page_token")
        return next_token

    def _answers(self) -> bool:
        try:
            self._connection.request("GET", "/health")
            answer = self._connection.getresponse()
            answer.read()
            return answer.status == 200
        except OSError:
            self._connection.close()
            return False


class MlflowInProcess(AbstractContextManager["MlflowInProcess"]):
    """MLflow's own client on a sqlite store, in this process: no server stands between.

    Parameters
    ----------
    store : Path
        The sqlite file.
    """

    name = "MlflowClient.search_runs on the same store, in process"

    def __init__(self, store: Path) -> None:
        from mlflow import MlflowClient

        self._client = MlflowClient(f"sqlite:///{store}")

    def __exit__(self, *error: object) -> None:
        """Nothing was started."""

    def page(self, most: int = 50, token: str | None = None, **how: Any) -> str | None:
        """Ask for a page of runs; return the token of the next."""
        found = self._client.search_runs(_EXPERIMENTS, max_results=most, page_token=token, **how)
        assert found, how
        next_token: str | None = found.token
        return next_token

    def history(self, run_id: str, key: str) -> object:
        """Read all points of a metric."""
        return self._client.get_metric_history(run_id, key)


def page_peer(store: Path) -> MlflowServer | MlflowInProcess:
    """Return whom pages are compared with."""
    python = os.environ.get(PYTHON)
    return MlflowServer(python, store) if python else MlflowInProcess(store)
