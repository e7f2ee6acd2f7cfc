"""The gate in front of TensorBoard, and data that are fresh when somebody looks."""

import threading
import time

import pytest

from jupyter_mlops.tensorboard._gate import Gate
from jupyter_mlops.tensorboard._reloading import Reloading
from jupyter_mlops.testing import wait_until

SECRET = "5" * 64


class Application:
    """A WSGI application that remembers what it was asked."""

    def __init__(self) -> None:
        self.environ: dict[str, str] = {}
        self.refreshed = 0

    def __call__(self, environ, start_response):
        self.environ = environ
        start_response("200 OK", [])
        return [b"page"]

    def refresh(self, timeout_s: float, first_timeout_s: float) -> None:
        self.refreshed += 1


def ask(path: str) -> tuple[str, Application]:
    application = Application()
    statuses: list[str] = []
    gate = Gate(application, SECRET, "/user/ab/jupyter-mlops/tensorboard/id", application.refresh)
    gate({"PATH_INFO": path}, lambda status, headers: statuses.append(status))
    return statuses[0], application


@pytest.mark.parametrize("path", ["", "/", "/data/runs", f"/{SECRET[:-1]}/", f"/{SECRET}x/", f"//{SECRET}/", "/ключ/"])
def test_b21_without_the_secret_there_is_nothing(path):
    status, application = ask(path)
    assert (status, application.environ) == ("404 Not Found", {})


def test_tensorboard_sees_the_path_that_browsers_see_and_never_the_secret():
    status, application = ask(f"/{SECRET}/data/runs")
    assert status == "200 OK"
    assert application.environ["SCRIPT_NAME"] == "/user/ab/jupyter-mlops/tensorboard/id"
    assert application.environ["PATH_INFO"] == "/data/runs"
    assert SECRET not in str(application.environ)


def test_only_data_are_refreshed():
    assert ask(f"/{SECRET}/data/runs")[1].refreshed == 1
    assert ask(f"/{SECRET}/index.js")[1].refreshed == 0


class Page:
    """TensorBoard's page in pieces, which is to be closed."""

    closed = 0

    def __call__(self, environ, start_response):
        start_response("200 OK", [("Content-Length", "53")])
        return self

    def __iter__(self):
        yield b"<style>src: url(/font-"
        yield b"roboto/a.woff2)</style> url(/x)"

    def close(self):
        self.closed += 1


@pytest.mark.parametrize("path", ["", "index.html"])
def test_the_page_finds_its_fonts_beside_it_and_keeps_its_length(path):
    page = Page()
    gate = Gate(page, SECRET, "/tensorboard/id", lambda *_: None)
    body = b"".join(gate({"PATH_INFO": f"/{SECRET}/{path}"}, lambda *_: None))
    assert body == b"<style>src: url( font-roboto/a.woff2)</style> url(/x)"
    assert (len(body), page.closed) == (len(b"".join(page)), 1)


def test_anything_else_is_handed_on_piece_by_piece():
    page = Page()
    assert Gate(page, SECRET, "/id", lambda *_: None)({"PATH_INFO": f"/{SECRET}/index.js"}, lambda *_: None) is page


class Loads:
    """Counts loads, and holds one up when told."""

    def __init__(self) -> None:
        self.count = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(self) -> None:
        assert self.may_go_on.wait(20)
        self.count += 1


def test_the_first_look_waits_for_the_first_load_and_nothing_is_read_without_a_look():
    loads = Loads()
    reloading = Reloading(loads, interval_s=0.01)
    reloading.refresh(20.0, 20.0)
    first = loads.count
    threading.Event().wait(0.1)
    assert loads.count <= first + 1  # the interval has passed ten times

    before = loads.count
    reloading.refresh(20.0, 20.0)
    assert loads.count > before


def test_looks_within_the_interval_read_nothing():
    loads = Loads()
    reloading = Reloading(loads, interval_s=1_000.0)
    for _ in range(5):
        reloading.refresh(20.0, 20.0)
    assert loads.count == 1


def test_a_load_that_takes_long_holds_nobody_up_for_ever():
    loads = Loads()
    loads.may_go_on.clear()
    reloading = Reloading(loads, interval_s=0.01)
    reloading.refresh(0.01, 0.01)
    assert loads.count == 0
    loads.may_go_on.set()
    wait_until(lambda: loads.count >= 1)


@pytest.mark.parametrize("loaded", [False, True])
def test_a_load_that_takes_long_is_waited_for_once_however_much_a_page_asks(loaded):
    loads = Loads()
    reloading = Reloading(loads, interval_s=0.01)
    if loaded:
        reloading.refresh(20.0, 20.0)
    loads.may_go_on.clear()
    threading.Event().wait(0.1)
    began = time.monotonic()
    for _ in range(10):
        reloading.refresh(0.5, 0.5)
    took_s = time.monotonic() - began
    loads.may_go_on.set()
    assert took_s < 2.0


def test_a_load_that_fails_is_tried_again(caplog):
    loads = []

    def load() -> None:
        loads.append(1)
        if len(loads) == 1:
            raise ValueError("damaged")

    reloading = Reloading(load, interval_s=0.01)
    reloading.refresh(20.0, 20.0)
    wait_until(lambda: (reloading.refresh(20.0, 20.0), len(loads) > 1)[1])
    assert "could not be read" in caplog.text


def test_an_interval_of_zero_loads_once():
    loads = Loads()
    reloading = Reloading(loads, interval_s=0.0)
    for _ in range(3):
        reloading.refresh(20.0, 20.0)
    assert loads.count == 1
