"""Runs of other tools from a server that is a stranger: B27, F34, F35."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.exceptions import TrackingError, UsageError
from jupyter_mlops.tracking import ForeignRun, ForeignRuns, ask_trends, foreign_runs
from jupyter_mlops.tracking._foreign._rest import LARGEST_ANSWER, find_runs, metric_points
from jupyter_mlops.tracking._foreign._writer import StoreChange, StoreWriter


class Stranger:
    """A server that answers as the test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stranger.asked.append((self.path, body, self.headers.get("Authorization", "")))
                stranger.answers[self.path.rpartition("mlflow/")[2]](self)

            def do_GET(self) -> None:
                stranger.asked.append((self.path, {}, self.headers.get("Authorization", "")))
                stranger.answers.get(urlsplit(self.path).path.rpartition("mlflow/")[2], send(b"{}"))(self)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def send(body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def send_json(value: object) -> Callable[[BaseHTTPRequestHandler], None]:
    return send(json.dumps(value).encode())


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    stranger = Stranger()
    stranger.answers = {
        "experiments/search": send_json({"experiments": [{"experiment_id": "7", "name": "theirs ü"}]}),
        "runs/search": send_json({"runs": [run("a")]}),
    }
    yield stranger
    stranger.close()


def run(run_id: str, **tags: str) -> dict[str, Any]:
    return {
        "info": {"run_id": run_id, "run_name": "n", "experiment_id": "7", "status": "FINISHED", "start_time": 5},
        "data": {
            "metrics": [{"key": "loss", "value": "NaN"}, {"key": "acc", "value": 0.5}],
            "params": [{"key": "C", "value": 1.0}, {"key": "empty"}],
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
        },
    }


def test_what_a_server_has_is_found_with_two_questions(stranger: Stranger) -> None:
    stranger.answers["runs/search"] = send_json({"runs": [run("a", team="red"), {"info": {"status": "RUNNING"}}]})
    rows = find_runs(f"http://{stranger.address}/", 2.0, 10)
    assert repr(rows[0].pop("metrics")) == "{'loss': nan, 'acc': 0.5}"
    assert rows == [
        {
            "id": "a",
            "name": "n",
            "experiment": "theirs ü",
            "status": "FINISHED",
            "start_time": 5,
            "end_time": None,
            "params": {"C": "1.0", "empty": ""},
            "tags": {"team": "red"},
        },
        {
            "id": "",
            "name": "",
            "experiment": "",
            "status": "RUNNING",
            "start_time": 0,
            "end_time": None,
            "metrics": {},
            "params": {},
            "tags": {},
        },
    ]
    assert [path for path, _, _ in stranger.asked] == [
        "/api/2.0/mlflow/experiments/search",
        "/api/2.0/mlflow/runs/search",
    ]
    assert stranger.asked[1][1] == {
        "experiment_ids": ["7"],
        "max_results": 20,
        "order_by": ["attributes.start_time DESC"],
        "run_view_type": "ACTIVE_ONLY",
    }


def test_ours_are_left_out_and_no_more_come_than_asked_for(stranger: Stranger) -> None:
    runs = [run("ours", **{"mlops.run_id": "ours"}), run("a"), run("b"), run("c")]
    stranger.answers["runs/search"] = send_json({"runs": runs})
    assert [row["id"] for row in find_runs(f"http://{stranger.address}", 2.0, 2)] == ["a", "b"]


def test_a_server_below_a_path_is_asked_there(stranger: Stranger) -> None:
    find_runs(f"http://{stranger.address}/team/mlflow/", 2.0, 10)
    assert stranger.asked[0][0] == "/team/mlflow/api/2.0/mlflow/experiments/search"


def test_a_server_without_experiments_is_asked_once(stranger: Stranger) -> None:
    stranger.answers["experiments/search"] = send_json({})
    assert find_runs(f"http://{stranger.address}", 2.0, 10) == []
    assert len(stranger.asked) == 1


def test_the_login_of_the_address_goes_first(stranger: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0ken")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "env")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "pw")
    find_runs(f"http://me:p%40ss@{stranger.address}", 2.0, 10)
    assert {login for _, _, login in stranger.asked} == {"Basic bWU6cEBzcw=="}  # me:p@ss


@pytest.mark.parametrize(
    ("environment", "login"),
    [
        ({}, ""),
        ({"MLFLOW_TRACKING_TOKEN": "t0ken"}, "Bearer t0ken"),
        ({"MLFLOW_TRACKING_USERNAME": "env", "MLFLOW_TRACKING_PASSWORD": "pw"}, "Basic ZW52OnB3"),
        ({"MLFLOW_TRACKING_USERNAME": "env", "MLFLOW_TRACKING_TOKEN": "t"}, "Basic ZW52Og=="),
    ],
)
def test_else_the_login_of_mlflows_variables(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], login: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    find_runs(f"http://{stranger.address}", 2.0, 10)
    assert {told for _, _, told in stranger.asked} == {login}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_b27_a_redirect_is_not_followed_and_no_login_leaves(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0ken")
    other = Stranger()
    try:
        stranger.answers["experiments/search"] = send(b"", status, Location=f"http://{other.address}/latest/meta-data")
        page = foreign_runs(f"http://{stranger.address}")
        assert page.runs == ()
        assert page.missing.startswith(
            f"runs of other tools in http://{stranger.address}: HTTPError: HTTP Error {status}"
        )
        assert other.asked == []
    finally:
        other.close()


def test_b27_an_answer_without_end_is_cut_off(stranger: Stranger) -> None:
    block = b" " * (1 << 20)
    sent = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(4 * (LARGEST_ANSWER >> 20)):
                handler.wfile.write(block)
                sent.append(block)
        except OSError:
            pass  # the other side has heard enough

    stranger.answers["experiments/search"] = flood
    with pytest.raises(ValueError, match="experiments/search answers with more than 16 MiB"):
        find_runs(f"http://{stranger.address}", 60.0, 10)
    stranger.close()
    assert len(sent) < 2 * (LARGEST_ANSWER >> 20), "it was read on, past what is taken"


@pytest.mark.parametrize(("points", "following"), [([], None), ([{"value": 1}], "more")])
def test_b27_pages_without_points_come_to_an_end(stranger: Stranger, points: list, following: str | None) -> None:
    stranger.answers["metrics/get-history"] = send_json({"metrics": points, "next_page_token": "more"})
    assert metric_points(f"http://{stranger.address}", "r", "acc", "", 60.0)[1] == following


SOME_POINTS = "metrics/get-history-bulk-interval"


def point(run_id: str, step: int, value: object) -> dict[str, Any]:
    return {"run_id": run_id, "key": "loss", "step": step, "timestamp": 7, "value": value}


def test_courses_of_one_metric_are_one_question(stranger: Stranger) -> None:
    told = [point("b", 1, 0.5), point("a", 2, "Infinity"), point("a", 0, 1.0), point("a", 1, "NaN")]
    stranger.answers[SOME_POINTS] = send_json({"metrics": told})
    keys = {"a": "loss", "b": "loss", "nothing": "loss"}

    (found,) = ask_trends(f"http://{stranger.address}", keys, 60.0)

    assert repr(found) == "{'a': (1.0, nan, inf), 'b': (0.5,), 'nothing': ()}"
    ((path, _body, _login),) = stranger.asked
    assert parse_qs(urlsplit(path).query) == {
        "run_ids": ["a", "b", "nothing"], "metric_key": ["loss"], "max_results": ["48"],
    }  # fmt: skip


def test_b10_a_server_is_asked_for_a_hundred_runs_at_a_time_and_tells_few_points_of_each(stranger: Stranger) -> None:
    stranger.answers[SOME_POINTS] = send_json({"metrics": [point("r0", step, float(step)) for step in range(10_000)]})
    keys = {f"r{number}": "loss" for number in range(150)}

    first = next(asked := ask_trends(f"http://{stranger.address}", keys, 60.0))

    assert (len(first), len(stranger.asked)) == (100, 1)
    assert (first["r0"][0], first["r0"][-1], 24 <= len(first["r0"]) <= 49) == (0.0, 9999.0, True)
    with pytest.raises(ValueError, match="tells no points: KeyError"):
        next(asked)  # r0 is none of the second hundred


def test_f34_a_server_is_asked_for_courses_no_longer_than_it_may_take(stranger: Stranger) -> None:
    with pytest.raises(TimeoutError, match="courses of 1 runs needs more than 0 s"):
        next(ask_trends(f"http://{stranger.address}", {"a": "loss"}, 0.0))
    assert stranger.asked == []


@pytest.mark.parametrize(
    "told", [7, [7], [{"run_id": "b", "value": 1}], [{"run_id": "a"}], [{"run_id": "a", "value": "x"}], [{"value": 1}]]
)
def test_b27_courses_that_are_none_are_nonsense(stranger: Stranger, told: object) -> None:
    stranger.answers[SOME_POINTS] = send_json({"metrics": told})
    with pytest.raises(ValueError, match="tells no points"):
        next(ask_trends(f"http://{stranger.address}", {"a": "loss"}, 60.0))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"[]", "ValueError: experiments/search answers with list"),
        (b"null", "ValueError: experiments/search answers with NoneType"),
        (b"<html>", "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        (b"", "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        (b'{"experiments": [{"name": "x"}]}', "KeyError: 'experiment_id'"),
        (b'{"experiments": [3]}', "TypeError: 'int' object is not subscriptable"),
        (b"[" * 100_000, "RecursionError"),
    ],
)
def test_b27_nonsense_is_said_and_nothing_is_raised(stranger: Stranger, answer: bytes, why: str) -> None:
    stranger.answers["experiments/search"] = send(answer)
    page = foreign_runs(f"http://{stranger.address}")
    assert page.runs == ()
    assert page.missing.startswith(f"runs of other tools in http://{stranger.address}: {why}")


def test_b27_runs_of_no_known_shape_do_not_hide_the_others(stranger: Stranger) -> None:
    odd = run("odd")
    odd["info"]["status"] = "<img onerror=alert(1)>"
    stranger.answers["runs/search"] = send_json({"runs": [odd, run("a")]})
    (found,) = foreign_runs(f"http://{stranger.address}").runs
    assert (found.id, found.status, type(found)) == ("a", RunStatus.FINISHED, ForeignRun)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_f34_f35_a_refusal_is_said_without_the_login(stranger: Stranger, status: int) -> None:
    stranger.answers["experiments/search"] = send(b"hunter2", status)
    page = foreign_runs(f"http://me:hunter2@{stranger.address}/x?token=hunter2")
    assert page.missing.startswith(
        f"runs of other tools in http://{stranger.address}/x: HTTPError: HTTP Error {status}"
    )
    assert "hunter2" not in page.missing


def test_f34_a_server_that_says_nothing_is_not_waited_for(stranger: Stranger) -> None:
    release = threading.Event()
    stranger.answers["experiments/search"] = lambda handler: release.wait(10) and send_json({})(handler)
    page = foreign_runs(f"http://{stranger.address}", 0.1)
    release.set()
    assert page.runs == ()
    assert page.missing.startswith(f"runs of other tools in http://{stranger.address}: ")


def test_f34_a_refused_connection_is_said(stranger: Stranger) -> None:
    stranger.close()
    page = foreign_runs(f"http://{stranger.address}")
    assert page == ForeignRuns(
        missing=f"runs of other tools in http://{stranger.address}: "
        "URLError: <urlopen error [Errno 111] Connection refused>"
    )


def refuses(status: int, **told: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return send(json.dumps(told).encode(), status)


@pytest.fixture
def writer() -> Iterator[StoreWriter]:
    writer = StoreWriter(("/nowhere/python",))
    yield writer
    writer.close()


def test_a_run_of_a_server_is_changed_by_rest(stranger, writer):
    for endpoint in ("update", "set-tag", "delete"):
        stranger.answers[f"runs/{endpoint}"] = send_json({})
    stranger.answers["runs/delete-tag"] = refuses(404, error_code="RESOURCE_DOES_NOT_EXIST", message="No tag b")
    uri = f"http://me:hunter2@{stranger.address}"
    writer.change(uri, StoreChange(run_id="r", name="new", tags={"a": "1", "b": None}))
    writer.change(uri, StoreChange(run_id="r", delete=True))

    assert [(path.rpartition("runs/")[2], body) for path, body, _login in stranger.asked] == [
        ("update", {"run_id": "r", "run_name": "new"}),
        ("set-tag", {"run_id": "r", "key": "a", "value": "1"}),
        ("delete-tag", {"run_id": "r", "key": "b"}),
        ("delete", {"run_id": "r"}),
    ]
    assert all(login.startswith("Basic ") for _path, _body, login in stranger.asked)


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        (refuses(400, error_code="INVALID_PARAMETER_VALUE", message="too long"), UsageError, "says: too long"),
        (refuses(403, error_code="PERMISSION_DENIED", message="read only"), TrackingError, "says: read only"),
        (send(b"<html>", 502), TrackingError, "HTTPError: HTTP Error 502"),
        (refuses(500, message="no code"), TrackingError, "HTTPError: HTTP Error 500"),
    ],
    ids=["mistake", "forbidden", "proxy", "half"],
)
def test_f34_what_a_server_refuses_is_told(stranger, writer, answer, kind, why):
    stranger.answers["runs/set-tag"] = answer
    with pytest.raises(kind, match=why) as refusal:
        writer.change(f"http://me:hunter2@{stranger.address}", StoreChange(run_id="r", tags={"a": "1"}))

    assert "hunter2" not in str(refusal.value)


def test_f34_a_server_that_says_nothing_to_a_change_is_left(stranger):
    release = threading.Event()
    stranger.answers["runs/set-tag"] = lambda handler: release.wait(60) and send_json({})(handler)
    writer = StoreWriter(("/nowhere/python",), patience_s=0.5)
    with pytest.raises(TrackingError, match="timed out") as refusal:
        writer.change(f"http://me:hunter2@{stranger.address}", StoreChange(run_id="r", tags={"a": "1"}))
    release.set()

    assert "hunter2" not in str(refusal.value)
