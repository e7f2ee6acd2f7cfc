"""How soon a TensorBoard answers with a run's data, what memory it takes and what ports it opens."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from jupyter_mlops.entities import ProcessRecord, RunSpec, decode
from jupyter_mlops.home import Home
from jupyter_mlops.tensorboard import Board, ShownFolder, ShownRun, TensorBoardSupervisor
from jupyter_mlops.tensorboard._event_file import EventFile
from jupyter_mlops.tracking import MetricSpool, Point

from ._figure import Figure, times_better, within

POINTS = 1_000
LONG = 1_000_000
MOST_S = 180.0
PEER = "the tensorboard command"


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the time until the data of a run are there, memory and ports, against the command on the same folder."""
    with tempfile.TemporaryDirectory(prefix="tb-") as directory:
        folder = Path(directory)
        logs = event_files(folder / "logs")
        ours, theirs, memory, their_memory, ports = [], [], [], [], []
        for _ in range(3 if quick else 7):
            # In turns: what else the machine does meets both.
            with our_board(folder, Board(folders=(ShownFolder("", str(logs)),)), "train") as (elapsed_s, process):
                ours.append(elapsed_s)
                memory.append(megabytes(process))
                ports.append(float(listening(process)))
            with the_command(logs) as (elapsed_s, process):
                theirs.append(elapsed_s)
                their_memory.append(megabytes(process))
        yield times_better("tensorboard: data of a run are there", ours, PEER, theirs, 2, "s")
        yield within("tensorboard: memory, TensorFlow installed", memory, 120, "MB", quantile=1.0)
        yield times_better("tensorboard: memory, TensorFlow installed", memory, PEER, their_memory, 1, "MB")
        yield within("tensorboard: TCP ports that listen", ports, 0, "ports", quantile=1.0)
        yield from without_event_files(folder, 2 if quick else 5, statistics.median(theirs))


def without_event_files(folder: Path, repetitions: int, theirs_s: float) -> Iterator[Figure]:
    """Yield the same for a run with a metric of a million points and no event files."""
    run = long_run(folder / "home")
    ours, memory = [], []
    for _ in range(repetitions):
        with our_board(folder, Board(runs=(ShownRun("long", str(run)),)), "long") as (elapsed_s, process):
            ours.append(elapsed_s)
            memory.append(megabytes(process))
    yield within("tensorboard: a run of 1,000,000 points without event files", ours, max(10.0, theirs_s), "s")
    yield within("tensorboard: memory then", memory, 120, "MB", quantile=1.0)


def event_files(folder: Path) -> Path:
    """Write event files with two curves, and return their folder."""
    for name in ("train", "validation"):
        file = EventFile(folder / name)
        for step in range(POINTS):
            file.add_scalar("loss", Point(1, step, 1_000 * step, 1 / (step + 1)))
        file.close()
    return folder


def long_run(path: Path, points: int = LONG) -> Path:
    """Return the directory of a run that has logged so many points."""
    home = Home.create(path)
    run = home.run(home.new_run_id())
    run.create()
    spec = RunSpec(
        run_id=run.run_id,
        name="long",
        experiment="bench",
        sequence=1,
        submitted_at="2026-11-21T08:00:00+00:00",
        python=sys.executable,
        cwd="/",
    )
    run.write(spec, run.spec_file)
    spool = MetricSpool.open(run.path, run.run_id)
    for step in range(points):
        spool.log(loss=1 / (step + 1))
    spool.close()
    return run.path


@contextlib.contextmanager
def our_board(folder: Path, board: Board, expected: str) -> Iterator[tuple[float, psutil.Process]]:
    """Open a board of ours; yield the seconds until it has told the expected run, and its process."""
    sockets = Path(tempfile.mkdtemp(prefix="s-", dir=folder))
    started = time.perf_counter()
    supervisor = TensorBoardSupervisor(sockets, "/t/", "t/")
    try:
        supervisor.open(board)
        supervised = supervisor.find(board.board_id)
        assert supervised is not None
        assert supervised.wait(MOST_S) == "ready", supervised.instance().problem
        with supervised.request() as address:
            assert address is not None
            while expected not in runs_at(_UnixConnection(address.socket), f"/{address.secret}"):
                time.sleep(0.02)
        elapsed_s = time.perf_counter() - started
        (record,) = sockets.glob("tb-*/*/process.json")
        yield elapsed_s, psutil.Process(decode(record.read_bytes(), ProcessRecord).pid)
    finally:
        supervisor.close()


@contextlib.contextmanager
def the_command(logs: Path) -> Iterator[tuple[float, psutil.Process]]:
    """Start the command; yield the seconds until it has told the same run, and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("tensorboard")), f"--logdir={logs}", f"--port={port}"]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while "train" not in runs_at(http.client.HTTPConnection("127.0.0.1", port, timeout=10), ""):
            assert time.perf_counter() - started < MOST_S, "the command did not answer"
            time.sleep(0.02)
        yield time.perf_counter() - started, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def runs_at(connection: http.client.HTTPConnection, prefix: str) -> list[str]:
    """Return the runs that a TensorBoard tells; none while it does not answer."""
    try:
        connection.request("GET", f"{prefix}/data/runs")
        answer = connection.getresponse()
        found: list[str] = json.loads(answer.read()) if answer.status == 200 else []
        return found
    except OSError:
        return []
    finally:
        connection.close()


def megabytes(process: psutil.Process) -> float:
    """Return the resident memory of a process and those below it."""
    return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)]) / (1 << 20)


def listening(process: psutil.Process) -> int:
    """Return how many TCP sockets a process and those below it listen on, as `ss` tells where it is installed."""
    pids = {one.pid for one in [process, *process.children(recursive=True)]}
    if ss := shutil.which("ss"):
        told = subprocess.run([ss, "-tlnpH"], capture_output=True, text=True, check=True).stdout
        return sum(bool(pids & {int(pid) for pid in re.findall(r"pid=(\d+)", line)}) for line in told.splitlines())
    return sum(entry.status == "LISTEN" for entry in psutil.net_connections("tcp") if entry.pid in pids)


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)
