"""Runs of other tools on a server: rows while somebody looks, and nobody waits for it, whatever it does."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.services import RunCatalog, RunSelection, RunService
from jupyter_mlops.testing import wait_until

THEIRS, OURS = "a" * 32, "b" * 32


class MlflowServer:
    """Answers the two questions that are asked; `held` holds its answers back."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.runs: list[dict[str, Any]] = []
        self.status = 200
        self.held = threading.Event()
        self.held.set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append(self.path.rpartition("mlflow/")[2])
                server.held.wait(20)
                found = {
                    "experiments/search": {"experiments": [{"experiment_id": "7", "name": "theirs"}]},
                    "runs/search": {"runs": server.runs},
                }
                body = json.dumps(found[server.asked[-1]]).encode()
                self.send_response(server.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://me:hunter2@127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self.held.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def told(run_id: str, name: str, **info: Any) -> dict[str, Any]:
    times = {"start_time": 1_760_000_000_000, "end_time": 1_760_000_060_000}
    return {
        "info": {"run_id": run_id, "run_name": name, "experiment_id": "7", "status": "FINISHED", **times, **info},
        "data": {"metrics": [{"key": "acc", "value": 0.5}]},
    }


@pytest.fixture
def server() -> Iterator[MlflowServer]:
    server = MlflowServer()
    yield server
    server.close()


@pytest.fixture
def catalog(service: RunService, server: MlflowServer, monkeypatch: pytest.MonkeyPatch) -> RunCatalog:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.address)
    return RunCatalog([("h1", service)])


def names(catalog: RunCatalog) -> dict[str, str]:
    catalog.refresh()
    return {run.name: run.source for run in catalog.page(RunSelection(archived=True)).runs}


def test_a_servers_runs_stand_beside_ours_once_somebody_looks(catalog, server, make_run):
    make_run("ours", run_id=OURS)
    server.runs = [told(THEIRS, "<b>theirs</b>"), told(OURS, "a copy"), told("../../etc", "evil")]
    for _ in range(5):
        catalog.refresh()
    assert server.asked == []

    wait_until(lambda: names(catalog) == {"ours": "mlops", "<b>theirs</b>": "mlflow"})

    run = catalog.stored_summary(THEIRS)
    assert (run.experiment, run.metrics, run.duration_s) == ("theirs", {"acc": 0.5}, 60.0)
    with pytest.raises(TrackingError, match="is on an MLflow server, and so are its curves"):
        catalog.curves(THEIRS)
    assert server.asked == ["experiments/search", "runs/search"]


def test_f34_a_server_that_does_not_answer_holds_up_nothing(catalog, server, make_run):
    make_run("ours")
    server.held.clear()
    names(catalog)
    wait_until(lambda: (catalog.refresh(), server.asked)[1])

    began = time.monotonic()
    for _ in range(10):
        assert names(catalog) == {"ours": "mlops"}
    assert time.monotonic() - began < 2


def test_f35_b38_a_refusal_is_said_without_the_login(catalog, server):
    server.status = 401
    names(catalog)

    wait_until(lambda: (catalog.refresh(), catalog.problems("h1"))[1])

    (problem,) = catalog.problems("h1")
    assert ("hunter2" in problem, "401" in problem) == (False, True)


@pytest.mark.parametrize("odd", [{"start_time": 10**30}, {"end_time": 10**400}, {"start_time": -1}])
def test_b27_times_outside_of_all_calendars_are_left_out(catalog, server, odd):
    server.runs = [told(THEIRS, "odd", **odd), told("c" * 32, "good")]
    names(catalog)

    wait_until(lambda: "good" in names(catalog))


def test_a_home_that_goes_takes_the_servers_runs_along(service, server, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.address)
    server.runs = [told(THEIRS, "theirs")]
    homes = [("h1", service)]
    catalog = RunCatalog(homes)
    names(catalog)
    wait_until(lambda: names(catalog) == {"theirs": "mlflow"})

    homes.clear()

    assert names(catalog) == {}
