"""A home of its own for each test, and other processes to meet in it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from runs import spec_of

from jupyter_mlops.entities import RunSpec
from jupyter_mlops.home import Home, RunDirectory, Signer


@pytest.fixture(autouse=True)
def only_as_root(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip("needs root: it mounts a file system or gives files away")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home.create(tmp_path / "home")
    home.signer = Signer(tmp_path / "key")
    return home


@pytest.fixture
def run(home: Home) -> RunDirectory:
    run = home.run(home.new_run_id())
    run.create()
    return run


@pytest.fixture
def spec(run: RunDirectory) -> RunSpec:
    return spec_of(run.run_id)


@pytest.fixture
def python() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start Python programs that say a line when they are ready, and end them after the test."""
    started = []

    def start(
        program: str, *arguments: object, given: tuple[int, ...] = (), **environment: str
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            start_new_session=True,
            pass_fds=given,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        process.stdin.close()
        process.stdout.close()


HOLD = """
import sys
from jupyter_mlops.home import LifeLock
locks = [LifeLock.acquire(path) for path in sys.argv[1:]]
print("ready" if all(locks) else "refused", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(python: Callable[..., subprocess.Popen[str]]) -> Callable[..., subprocess.Popen[str]]:
    """Start a process that holds locks until its stdin is closed or it is killed."""

    def hold(*paths: Path) -> subprocess.Popen[str]:
        process = python(HOLD, *paths)
        assert process.stdout.readline() == "ready\n"
        return process

    return hold


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    def wait(condition: Callable[[], object], deadline_s: float = 20.0) -> None:
        end = time.monotonic() + deadline_s
        while not condition():
            assert time.monotonic() < end, "it has not come true in time"
            time.sleep(0.005)

    return wait


@pytest.fixture
def nobodys_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that an ordinary user owns and whose rights bind us too, also where the tests run as root."""
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o700)
        shutil.rmtree(folder)
