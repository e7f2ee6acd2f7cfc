"""Curves of a run that only a server has: asked for once, kept, and read anew when its last point is another."""

import json
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.tracking import RestCurves

RUN = "a" * 32
Point = tuple[int, int, object]


class Server:
    """An MLflow server with one run. `page` points are told at once; `broken` answers replace others."""

    def __init__(self) -> None:
        self.series: dict[str, list[Point]] = {}
        self.page = 1000
        self.asked: list[str] = []
        self.logins: set[str | None] = set()
        self.broken: dict[str, object] = {}
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.logins.add(self.headers["Authorization"])
                answer, status = server.answer(urlsplit(self.path))
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,))
        self.thread.start()

    def answer(self, asked: Any) -> tuple[object, int]:
        query = {key: values[0] for key, values in parse_qs(asked.query).items()}
        key, start = query.get("metric_key", ""), int(query.get("page_token", 0))
        self.asked.append(f"{key}@{start}" if key else "run")
        if self.asked[-1] in self.broken:
            return self.broken[self.asked[-1]], 500 if self.broken[self.asked[-1]] == b"" else 200
        if not key:
            return {"run": {"data": {"metrics": [told(key, points[-1]) for key, points in self.series.items()]}}}, 200
        points = self.series[key]
        end = start + self.page
        answer: dict[str, object] = {"metrics": [told(key, point) for point in points[start:end]]}
        return answer | ({"next_page_token": str(end)} if end < len(points) else {}), 200

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


def told(key: str, point: Point) -> dict[str, object]:
    step, time, value = point
    return {"key": key, "step": str(step), "timestamp": str(time), "value": value}


@pytest.fixture(scope="module")
def one_server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def server(one_server: Server) -> Server:
    one_server.series, one_server.broken, one_server.page = {}, {}, 1000
    one_server.asked.clear()
    one_server.logins.clear()
    return one_server


@pytest.fixture
def curves(server: Server) -> RestCurves:
    return RestCurves(f"http://me:hunter2@{server.address}", RUN)


def drawn(curves: RestCurves, *keys: str) -> dict[str, list[tuple[int, int, float]]]:
    return {key: [(p.step, p.time, p.value) for p in curve.points(2000)] for key, curve in curves.read(keys).items()}


def test_points_come_by_step_then_by_time_whatever_order_the_server_has(server: Server, curves: RestCurves) -> None:
    server.series = {"loss": [(2, 30, 0.1), (0, 20, 0.4), (0, 10, 0.5), (-1, 40, 9.0)]}

    assert drawn(curves) == {"loss": [(-1, 40, 9.0), (0, 10, 0.5), (0, 20, 0.4), (2, 30, 0.1)]}


def test_a_series_of_many_pages_is_one_curve(server: Server, curves: RestCurves) -> None:
    server.page = 2
    server.series = {"loss": [(step, step, step / 2) for step in range(5)]}

    assert drawn(curves) == {"loss": [(step, step, step / 2) for step in range(5)]}
    assert server.asked == ["run", "loss@0", "loss@2", "loss@4"]


def test_what_is_not_asked_for_is_not_read_and_what_is_not_there_is_left_out(
    server: Server, curves: RestCurves
) -> None:
    server.series = {"loss": [(0, 1, 0.5)], "acc": [(0, 1, 0.25)]}

    assert drawn(curves, "acc", "nobody") == {"acc": [(0, 1, 0.25)]}
    assert (server.asked, curves.total) == (["run", "acc@0"], 2)


def test_a_series_is_read_again_only_when_its_last_point_is_another(server: Server, curves: RestCurves) -> None:
    server.series = {"loss": [(0, 1, 0.5)], "acc": [(0, 1, 0.25)]}
    drawn(curves)
    server.asked.clear()

    again = drawn(curves)
    server.series["loss"].append((1, 2, 0.4))
    later = drawn(curves)

    assert (again["loss"], later["loss"]) == ([(0, 1, 0.5)], [(0, 1, 0.5), (1, 2, 0.4)])
    assert server.asked == ["run", "run", "loss@0"]


def test_a_curve_of_which_the_last_point_is_no_number_is_kept_all_the_same(server: Server, curves: RestCurves) -> None:
    """NaN is not equal to itself: a diverged run must not be read whole with every look."""
    server.series = {"loss": [(0, 1, 0.5), (1, 2, "NaN")]}
    drawn(curves)
    server.asked.clear()

    ((_, value),) = [(step, value) for step, _, value in drawn(curves)["loss"] if step]

    assert (math.isnan(value), server.asked) == (True, ["run"])


def test_b07_what_stands_for_an_infinity_is_one(server: Server, curves: RestCurves) -> None:
    largest = 1.7976931348623157e308
    server.series = {"loss": [(0, 1, largest), (1, 1, -largest), (2, 1, "Infinity"), (3, 1, 5)]}

    assert [value for _, _, value in drawn(curves)["loss"]] == [math.inf, -math.inf, math.inf, 5.0]


def test_a_metric_that_the_server_has_no_longer_is_gone(server: Server, curves: RestCurves) -> None:
    server.series = {"loss": [(0, 1, 0.5)], "acc": [(0, 1, 0.25)]}
    drawn(curves)
    del server.series["acc"]

    assert (list(drawn(curves)), curves.total) == (["loss"], 1)


@pytest.mark.parametrize(
    ("answer", "error"),
    [(b"", OSError), (b"no json", ValueError), ({"metrics": [{"step": "1"}]}, ValueError), (b"[1]", ValueError)],
)
def test_f35_an_attempt_that_failed_goes_on_where_it_was(
    server: Server, curves: RestCurves, answer: object, error: type[Exception]
) -> None:
    server.page = 2
    server.series = {"acc": [(0, 1, 1.0)], "loss": [(step, step, step / 2) for step in range(5)]}
    server.broken = {"loss@2": answer}
    with pytest.raises(error):
        curves.read(())
    server.broken = {}
    server.asked.clear()

    assert len(drawn(curves)["loss"]) == 5
    assert server.asked == ["run", "loss@2", "loss@4"]


def test_f35_a_diverged_series_goes_on_where_it_was_too(server: Server, curves: RestCurves) -> None:
    server.page = 2
    server.series = {"loss": [(step, step, "NaN") for step in range(5)]}
    server.broken = {"loss@4": b""}
    with pytest.raises(OSError, match="500"):
        curves.read(())
    server.broken = {}
    server.asked.clear()

    assert len(drawn(curves)["loss"]) == 5
    assert server.asked == ["run", "loss@4"]


def test_points_that_wait_for_the_rest_of_their_series_are_counted(server: Server, curves: RestCurves) -> None:
    server.page = 100
    server.series = {"loss": [(step, step, 0.5) for step in range(250)]}
    server.broken = {"loss@200": b"no json"}
    with pytest.raises(ValueError):
        curves.read(())

    assert curves.size == 200


def test_a_series_that_went_on_meanwhile_begins_anew(server: Server, curves: RestCurves) -> None:
    server.page = 2
    server.series = {"loss": [(step, step, 0.5) for step in range(4)]}
    server.broken = {"loss@2": b"no json"}
    with pytest.raises(ValueError):
        curves.read(())
    server.series["loss"].append((4, 4, 0.25))
    server.broken = {}

    assert [step for step, _, _ in drawn(curves)["loss"]] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("answer", [{}, [], {"run": None}, {"run": {"data": {"metrics": 5}}}, b"\xff"])
def test_b27_a_run_that_makes_no_sense_is_an_error_and_what_was_read_stays(
    server: Server, curves: RestCurves, answer: object
) -> None:
    server.series = {"loss": [(0, 1, 0.5)]}
    drawn(curves)
    server.broken = {"run": answer}

    with pytest.raises(ValueError):
        curves.read(())
    server.broken = {}
    server.asked.clear()

    assert (drawn(curves), server.asked) == ({"loss": [(0, 1, 0.5)]}, ["run"])


def test_a_key_is_asked_for_as_it_is(server: Server, curves: RestCurves) -> None:
    server.series = {"val/ü & loss=1?#%": [(0, 1, 0.5)]}

    assert drawn(curves) == {"val/ü & loss=1?#%": [(0, 1, 0.5)]}
    assert server.logins == {"Basic bWU6aHVudGVyMg=="}


POINTS = st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 5), st.floats(-9, 9)), min_size=1, max_size=12)


@settings(max_examples=25)
@given(st.dictionaries(st.text("ab/ü", min_size=1, max_size=3), POINTS, max_size=3), st.integers(1, 5))
def test_whatever_the_pages_all_points_come_once_and_in_order(one_server: Server, series, page) -> None:
    one_server.series, one_server.broken, one_server.page = series, {}, page
    curves = RestCurves(f"http://{one_server.address}", RUN)

    read = drawn(curves)

    assert read == {key: sorted(points, key=lambda point: point[:2]) for key, points in series.items()}
