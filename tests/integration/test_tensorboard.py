"""The real TensorBoard: its own application over a unix socket, in an environment that has TensorFlow."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest
from boards import board_of
from runs import end, submit
from runs import log_metrics as log
from stores import make_store, run_row

from jupyter_mlops.entities import ProcessRecord, decode
from jupyter_mlops.home import Home, LifeLock, RunDirectory
from jupyter_mlops.tensorboard import (
    Address,
    Board,
    ShownFolder,
    ShownStoredRun,
    SupervisedBoard,
    TensorBoardSupervisor,
)
from jupyter_mlops.tensorboard._event_file import EventFile
from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking import Point

pytest.importorskip("tensorboard")

MEMORY_BYTES = 120 << 20


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("s")
    made.chmod(0o700)
    return made


@pytest.fixture
def supervisor(folder: Path) -> Iterator[TensorBoardSupervisor]:
    made = TensorBoardSupervisor(folder, "/user/ab/jupyter-mlops/tensorboard/", "jupyter-mlops/tensorboard/")
    yield made
    made.close()


@pytest.fixture
def make_run(tmp_path: Path) -> Any:
    home = Home.create(tmp_path / "home")

    def make(name: str, **params: str) -> RunDirectory:
        return submit(home, name=name, experiment="digits", params=params)

    return make


def opened(supervisor: TensorBoardSupervisor, board: Board) -> SupervisedBoard:
    supervisor.open(board)
    supervised = supervisor.find(board.board_id)
    assert supervised is not None
    assert supervised.wait(60) == "ready", supervised.instance().problem
    return supervised


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def ask(board: SupervisedBoard, path: str, body: Any = None) -> Any:
    with board.request() as address:
        assert address is not None
        return ask_at(address, path, body)


def ask_at(address: Address, path: str, body: Any = None) -> Any:
    connection = _Connection(address.socket)
    try:
        encoded = None if body is None else json.dumps(body)
        connection.request("GET" if body is None else "POST", f"/{address.secret}{path}", encoded)
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status == 200, (answer.status, data[:200])
        return json.loads(data) if "json" in answer.headers["Content-Type"] else data
    finally:
        connection.close()


def process_of(folder: Path) -> psutil.Process:
    (record,) = folder.glob("tb-*/*/process.json")
    return psutil.Process(decode(record.read_bytes(), ProcessRecord).pid)


def test_curves_and_parameters_of_runs_without_event_files(supervisor, make_run):
    base, wide = make_run("base", lr="0.1"), make_run("wide", lr="0.01")
    for run, last in ((base, 0.5), (wide, 0.25)):
        log(run, loss=[1.0, last])
        end(run)

    board = opened(supervisor, board_of(base, wide))

    assert b"<title>TensorBoard</title>" in ask(board, "/")
    assert ask(board, "/data/runs") == ["base", "wide"]
    points = ask(board, "/data/plugin/scalars/scalars?run=wide&tag=loss")
    assert [(step, value) for _, step, value in points] == [(0, 1.0), (1, 0.25)]
    experiment = ask(board, "/data/plugin/hparams/experiment", {"experimentName": ""})
    assert [info["name"] for info in experiment["hparamInfos"]] == ["lr"]


def test_runs_of_other_tools_are_shown_by_what_their_store_has(supervisor, make_run, tmp_path):
    theirs = "a" * 32
    store = make_store(
        tmp_path / "mlflow.db",
        run_row(theirs),
        f"INSERT INTO metrics VALUES ('loss', 0.5, 1, '{theirs}', 0, 0), ('loss', 0.25, 2, '{theirs}', 1, 0);"
        f"INSERT INTO latest_metrics VALUES ('loss', 0.25, '{theirs}', 0);",
    )
    ours = make_run("ours", lr="0.1")
    log(ours, loss=[1.0])
    end(ours)
    stored = ShownStoredRun(label="theirs", uri=f"sqlite:///{store}", run_id=theirs, params={"lr": "0.2"}, ended_s=9.0)

    board = opened(supervisor, Board(runs=board_of(ours).runs, stored_runs=(stored,)))

    assert sorted(ask(board, "/data/runs")) == ["ours", "theirs"]
    points = ask(board, "/data/plugin/scalars/scalars?run=theirs&tag=loss")
    assert [(step, value) for _, step, value in points] == [(0, 0.5), (1, 0.25)]
    experiment = ask(board, "/data/plugin/hparams/experiment", {"experimentName": ""})
    assert [info["domainInterval"] for info in experiment["hparamInfos"]] == [{"minValue": 0.1, "maxValue": 0.2}]


def test_logged_metrics_stand_beside_the_event_files_of_a_run(supervisor, make_run):
    run = make_run("fit", lr="0.1")
    own = EventFile(run.tensorboard / "train")
    for step, value in enumerate((0.1, 0.2)):
        own.add_scalar("copied", Point(0, step, 1_760_000_000_000 + step, value))
        own.add_scalar("epoch_loss", Point(0, step, 1_760_000_000_000 + step, value))
    own.close()
    log(run, copied=[0.1, 0.2], loss=[1.0, 0.5])
    end(run)

    board = opened(supervisor, board_of(run))

    tags = {name: sorted(found) for name, found in ask(board, "/data/plugin/scalars/tags").items()}
    assert tags == {"fit/train": ["copied", "epoch_loss"], "fit: metrics": ["loss"]}
    points = ask(board, f"/data/plugin/scalars/scalars?run={quote('fit: metrics')}&tag=loss")
    assert [value for _, _, value in points] == [1.0, 0.5]


def test_the_page_finds_its_fonts_below_its_own_address(supervisor, make_run):
    board = opened(supervisor, board_of(make_run("base")))

    page = ask(board, "/").decode()

    assert "url(/font" not in page
    fonts = set(re.findall(r"url\( (font-roboto/[\w-]+\.woff2)\)", page))
    assert fonts
    assert ask(board, f"/{fonts.pop()}")[:4] == b"wOF2"


def test_no_port_little_memory_and_no_tensorflow(supervisor, make_run, folder):
    run = make_run("base")
    log(run, loss=[1.0])
    end(run)
    board = opened(supervisor, board_of(run))
    assert ask(board, "/data/runs") == ["base"]

    process = process_of(folder)
    assert process.children(recursive=True) == []
    assert process.net_connections("inet") == []
    assert process.memory_info().rss <= MEMORY_BYTES
    assert not any("tensorflow" in mapped.path for mapped in process.memory_maps())


def test_a_living_run_is_followed(supervisor, make_run):
    run = make_run("live")
    shim = LifeLock.acquire(run.shim_lock)  # without any process it is lost after some seconds
    board = opened(supervisor, board_of(run, flags={"reload_interval": "0.05"}))
    assert ask(board, "/data/runs") == []

    log(run, loss=[3.0])
    wait_until(lambda: ask(board, "/data/runs") == ["live"])
    wait_until(lambda: len(ask(board, "/data/plugin/scalars/scalars?run=live&tag=loss")) == 1)
    shim.release()


def test_a_folder_of_event_files_is_shown_by_its_paths(supervisor, tmp_path):
    for name in ("train", "validation"):
        file = EventFile(tmp_path / "logs" / name)
        file.add_scalar("loss", Point(1, 1, 1_000, 0.5))
        file.close()
    board = opened(supervisor, Board(folders=(ShownFolder("", str(tmp_path / "logs")),)))
    assert ask(board, "/data/runs") == ["train", "validation"]


def test_several_folders_have_their_names(supervisor, tmp_path):
    for name in ("one", "two"):
        file = EventFile(tmp_path / name)
        file.add_scalar("loss", Point(1, 1, 1_000, 0.5))
        file.close()
    shown = tuple(ShownFolder(name, str(tmp_path / name)) for name in ("one", "two"))
    assert ask(opened(supervisor, Board(folders=shown)), "/data/runs") == ["one", "two"]


def test_event_files_that_a_run_wrote_itself_are_shown_as_they_are(supervisor, make_run):
    run = make_run("keras")
    log(run, loss=[9.0])
    file = EventFile(run.tensorboard / "train")
    file.add_scalar("epoch_loss", Point(1, 0, 1_000, 0.5))
    file.close()
    end(run)
    board = opened(supervisor, board_of(run))
    assert ask(board, "/data/runs") == ["keras/train", "keras: metrics"]


def test_a_run_that_cannot_be_read_does_not_hide_the_others(supervisor, make_run):
    good, bad = make_run("good"), make_run("bad")
    log(good, loss=[1.0])
    end(good)
    bad.spec_file.write_bytes(b"{")
    shown = Board(runs=(*board_of(good).runs, board_of(good).runs[0].__class__("bad", str(bad.path))))
    assert ask(opened(supervisor, shown), "/data/runs") == ["good"]


def test_f43_a_killed_tensorboard_comes_back_with_its_curves(supervisor, make_run, folder):
    run = make_run("base")
    log(run, loss=[1.0])
    end(run)
    board = opened(supervisor, board_of(run))
    before = process_of(folder)
    os.kill(before.pid, signal.SIGKILL)
    wait_until(lambda: not before.is_running())
    wait_until(lambda: board.wait(60) == "ready" and process_of(folder) != before, 60)
    assert ask(board, "/data/runs") == ["base"]


def test_f14_the_child_ends_when_its_server_is_killed(make_run, folder, tmp_path):
    run = make_run("base")
    log(run, loss=[1.0])
    program = """
import pathlib, sys
from jupyter_mlops.tensorboard import Board, ShownRun, TensorBoardSupervisor
supervisor = TensorBoardSupervisor(pathlib.Path(sys.argv[1]), "/t/", "t/")
board = Board(runs=(ShownRun("base", sys.argv[2]),))
supervisor.open(board)
print(supervisor.find(board.board_id).wait(60), flush=True)
sys.stdin.read()
"""
    server = subprocess.Popen(
        [sys.executable, "-c", program, str(folder), str(run.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    child = process_of(folder)

    server.kill()
    server.communicate()

    wait_until(lambda: not child.is_running())
    TensorBoardSupervisor(folder, "/t/", "t/").close()
    assert list(folder.iterdir()) == []
