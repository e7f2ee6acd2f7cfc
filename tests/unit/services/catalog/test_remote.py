"""Runs of other tools on a server: rows while somebody looks, and nobody waits for it, whatever it does."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from jupyter_mlops.exceptions import RunNotFoundError, TrackingError
from jupyter_mlops.services import RunCatalog, RunSelection, RunService
from jupyter_mlops.testing import wait_until

THEIRS, OURS = "a" * 32, "b" * 32


class MlflowServer:
    """Answers what is asked; `held` holds its answers about runs back."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.runs: list[dict[str, Any]] = []
        self.points: dict[str, list[dict[str, Any]]] = {}
        self.page = 1000
        self.fails_at = ""
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
                self._answer(found[server.asked[-1]])

            def do_GET(self) -> None:
                endpoint, _, query = self.path.rpartition("mlflow/")[2].partition("?")
                asked = dict(parse_qsl(query))
                server.asked.append(f"{endpoint} {asked.get('metric_key', '')}".strip())
                if endpoint == "runs/get":
                    last = [{"key": key, **points[-1]} for key, points in server.points.items()]
                    self._answer({"run": {"data": {"metrics": last}}})
                else:
                    points = server.points[asked["metric_key"]]
                    start = int(asked.get("page_token", 0))
                    end = start + server.page
                    token = {"next_page_token": str(end)} if end < len(points) else {}
                    self._answer({"metrics": points[start:end], **token})

            def _answer(self, value: Any) -> None:
                body = json.dumps(value).encode()
                fails = server.fails_at and self.path.endswith(f"page_token={server.fails_at}")
                self.send_response(503 if fails else server.status)
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
    assert server.asked == ["experiments/search", "runs/search"]


@pytest.fixture
def shown(catalog, server):
    """The catalog, with a run of the server that somebody may open."""
    server.runs = [told(THEIRS, "theirs")]
    wait_until(lambda: "theirs" in names(catalog))
    server.asked.clear()
    return catalog


def point(step: int, value: object, time_ms: int = 7) -> dict[str, Any]:
    return {"step": step, "timestamp": time_ms, "value": value}


def test_the_curves_of_a_servers_run_are_read_when_they_are_asked_for(shown, server):
    server.points = {"acc": [point(1, 0.5), point(0, 0.25), point(2, "NaN")], "loss": [point(0, 1.0)]}

    (acc,) = shown.curves(THEIRS, ["acc"]).series

    assert (acc.steps, acc.values, acc.total) == ((0, 1, 2), (0.25, 0.5, "NaN"), 3)
    assert server.asked == ["runs/get", "metrics/get-history acc"]
    assert [series.key for series in shown.curves(THEIRS).series] == ["acc", "loss"]


def test_only_curves_that_have_grown_are_read_again(shown, server):
    server.points = {"acc": [point(0, 0.5)], "loss": [point(0, 1.0)]}
    shown.curves(THEIRS)
    server.asked.clear()
    server.points["acc"].append(point(1, 0.75))

    page = shown.curves(THEIRS)

    assert [series.values for series in page.series] == [(0.5, 0.75), (1.0,)]
    assert (page.total, server.asked) == (2, ["runs/get", "metrics/get-history acc"])


def test_b10_a_long_curve_comes_page_by_page_and_is_down_sampled(shown, server):
    server.points = {"acc": [point(at, 9.0 if at == 2345 else at % 7) for at in range(4500)]}

    (acc,) = shown.curves(THEIRS, ["acc"], 100).series

    assert (acc.total, max(acc.values), len(acc.values) <= 100) == (4500, 9.0, True)
    assert server.asked == ["runs/get", *["metrics/get-history acc"] * 5]


def test_a_curve_that_takes_too_long_goes_on_where_it_was_when_it_is_asked_for_again(shown, server):
    server.points = {"acc": [point(at, at % 7) for at in range(3000)]}
    server.fails_at = "2000"

    with pytest.raises(TrackingError, match="503"):
        shown.curves(THEIRS)
    server.fails_at = ""
    server.asked.clear()

    (acc,) = shown.curves(THEIRS).series
    assert (acc.total, server.asked) == (3000, ["runs/get", "metrics/get-history acc"])


@pytest.mark.parametrize("odd", [{"value": "words"}, {"value": None}, {"value": 1, "step": {}}, {"step": 1}])
def test_b27_points_that_are_none_are_said(shown, server, odd):
    server.points = {"acc": [odd]}

    with pytest.raises(TrackingError, match=r"cannot be read: .*Try again"):
        shown.curves(THEIRS)


def test_f35_b38_a_refusal_of_curves_is_said_without_the_login(shown, server):
    server.status = 401

    with pytest.raises(TrackingError, match="401") as refused:
        shown.curves(THEIRS)
    assert "hunter2" not in str(refused.value)


def test_f34_a_server_that_is_gone_is_said(shown, server):
    server.close()

    with pytest.raises(TrackingError, match="refused"):
        shown.curves(THEIRS)


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


def test_what_was_changed_on_the_server_shows_before_it_is_asked_again(shown, server):
    shown.take_changed(THEIRS, "renamed", {"stage": "good", "mlops.archived": "true", "none": None})
    run = shown.stored_summary(THEIRS)
    told_of = shown.refresh().run_ids
    shown.take_changed(THEIRS, None, {"stage": None, "mlops.archived": None})

    assert (run.name, run.tags, run.archived) == ("renamed", {"stage": "good", "mlops.archived": "true"}, True)
    assert (told_of, shown.stored_summary(THEIRS).tags, server.asked) == ((THEIRS,), {}, [])


def test_what_was_deleted_on_the_server_is_gone_before_it_is_asked_again(shown, server):
    shown.take_deleted(THEIRS)

    assert (shown.refresh().run_ids, names(shown), server.asked) == ((THEIRS,), {}, [])
    with pytest.raises(RunNotFoundError):
        shown.stored_run(THEIRS)
