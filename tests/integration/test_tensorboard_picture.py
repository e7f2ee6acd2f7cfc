"""TensorBoard as a user sees it, through a real Jupyter server: the curve is in the picture, and nothing outlives."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from browser import PROGRAM, Browser
from jupyter_servers import TOKEN, JupyterServer
from runs import write_run

from jupyter_mlops.home import Home, RunDirectory
from jupyter_mlops.testing import wait_until

pytest.importorskip("tensorboard")

CURVE = (255, 112, 67)
"""The colour of the first run on TensorBoard's SCALARS page."""


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """A run whose loss falls in a straight line, below the server's root."""
    falling = [1 - step / 100 for step in range(101)]
    return write_run(Home.create(tmp_path / ".mlops"), name="straight", metrics={"loss": falling})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterServer]:
    with JupyterServer(tmp_path, "/user/a%20b/") as running:
        yield running


def opened(server: JupyterServer, run: RunDirectory) -> dict[str, Any]:
    status, body = server.ask("POST", "jupyter-mlops/api/tensorboards", {"run_ids": [run.run_id]})
    assert status == 201, body
    instance: dict[str, Any] = json.loads(body)
    assert server.ask("GET", f"{instance['url']}data/runs") == (200, b'["straight"]')
    return instance


def children(server: JupyterServer) -> list[psutil.Process]:
    below = psutil.Process(server.process.pid).children(recursive=True)
    return [process for process in below if "jupyter_mlops.tensorboard.child" in process.cmdline()]


def curve_in(picture: Any) -> dict[int, float]:
    """Return the mean height of the curve's pixels in each column of the chart."""
    heights: dict[int, list[int]] = {}
    width, height = picture.size
    pixels = picture.load()
    for x in range(int(width * 0.27), width):
        for y in range(int(height * 0.25), height):
            if all(abs(pixels[x, y][part] - CURVE[part]) < 24 for part in range(3)):
                heights.setdefault(x, []).append(y)
    return {x: sum(ys) / len(ys) for x, ys in heights.items()}


@pytest.mark.skipif(not PROGRAM, reason="needs Chromium")
def test_b40_the_curve_of_a_run_is_in_the_picture(server, run):
    url = opened(server, run)["url"]
    with Browser() as browser:
        browser.open(f"{server.url(url)}?token={TOKEN}#scalars")
        curve: dict[int, float] = {}

        def is_drawn() -> bool:
            curve.clear()
            curve.update(curve_in(browser.picture()))
            return len(curve) > 150

        wait_until(is_drawn, 60)

    columns = sorted(curve)[10:-10]
    slopes = [
        (curve[later] - curve[sooner]) / (later - sooner) for sooner, later in zip(columns, columns[20:], strict=False)
    ]
    assert min(slopes) > 0.2  # it falls everywhere, and in a straight line
    assert max(slopes) - min(slopes) < 0.4


def test_f43_nothing_outlives_a_server_that_is_killed(server, run):
    opened(server, run)
    (child,) = children(server)
    server.process.kill()
    wait_until(lambda: not child.is_running())


def test_f43_nothing_outlives_a_server_that_stops(server, run):
    opened(server, run)
    (child,) = children(server)
    assert child.net_connections("inet") == []
    server.process.terminate()
    server.process.wait(30)
    wait_until(lambda: not child.is_running())
