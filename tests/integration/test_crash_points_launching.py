"""Every crash point of launcher and shim, each killed once: the run has a true end, and the home works on."""

import os
import subprocess
import sys
import time

import pytest
from launching import Launch, shell

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.home import CRASH_POINTS
from jupyter_mlops.testing import wait_until

SHIM_POINTS = [name for name in CRASH_POINTS if name.startswith("shim.")]


@pytest.fixture
def shells(tmp_path):
    with shell(tmp_path) as launching:
        yield launching


def survivors(tmp_path):
    """The executor of a killed shim runs on; it prints when it may go."""
    return f"while [ ! -e {tmp_path}/go ]; do sleep 0.01; done; echo ran"


@pytest.mark.parametrize("point", SHIM_POINTS)
def test_f12_a_shim_that_is_killed_there_leaves_a_run_with_a_true_end(shells, point, monkeypatch, tmp_path):
    """Given a run whose shim dies there; then within 5 s its state is what happened, and the next run is well."""
    monkeypatch.setenv("JUPYTER_MLOPS_SLOTS", "1")
    blocker = shells.start(f"while [ ! -e {tmp_path}/open ]; do sleep 0.01; done") if point == "shim.queued" else None
    if blocker:
        wait_until(lambda: blocker.state.status is RunStatus.RUNNING)
    monkeypatch.setenv("JUPYTER_MLOPS_CRASH_AT", point)
    run = shells.start(survivors(tmp_path))
    monkeypatch.delenv("JUPYTER_MLOPS_CRASH_AT")
    if blocker:
        wait_until(lambda: run.state.is_lost)
    (tmp_path / "open").touch()
    if point == "shim.started":
        wait_until(lambda: run.state.status is RunStatus.RUNNING and not run.state.supervised)
    (tmp_path / "go").touch()
    asked = time.monotonic()

    state = run.handle.wait(10)

    ran = point in ("shim.started", "shim.ended")
    assert state.status is (RunStatus.FINISHED if ran else RunStatus.FAILED)
    assert (run.log == "ran\n", time.monotonic() - asked < 6) == (ran, True)
    assert shells.start("true").end().status is RunStatus.FINISHED


def test_f12_a_kernel_that_is_killed_after_it_asked_leaves_a_run_that_goes_on(shells, tmp_path):
    program = """
import sys
from pathlib import Path
from jupyter_mlops.home import Home
from jupyter_mlops.launchers import LocalLauncher
from jupyter_mlops.testing import SHELL_EXECUTOR
home = Home.open(Path(sys.argv[1]))
LocalLauncher(home, executor=SHELL_EXECUTOR).submit(home.run(sys.argv[2]).spec())
"""
    spec = shells.fill("echo ran")
    environment = {**os.environ, "JUPYTER_MLOPS_CRASH_AT": "submit.launched"}
    command = [sys.executable, "-c", program, str(shells.home.path), spec.run_id]
    assert subprocess.run(command, env=environment, check=False).returncode == -9
    run = Launch(shells.home.run(spec.run_id), shells.launcher.attach(spec.run_id))
    assert (run.end().status, run.log) == (RunStatus.FINISHED, "ran\n")


def test_f12_a_run_that_nobody_launched_never_started(shells):
    spec = shells.fill("true")
    state = shells.launcher.attach(spec.run_id).wait(10)
    assert (state.status, state.reason) == (RunStatus.FAILED, "never started")
