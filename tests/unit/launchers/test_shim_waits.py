"""What a shim keeps ready while its run waits. It becomes the parent of orphans, so it is a process of its own."""

import json
import subprocess
import sys

import pytest

from jupyter_mlops.home import LifeLock
from jupyter_mlops.testing import wait_until

BE_SHIM = """
import os, sys
from pathlib import Path
from jupyter_mlops.launchers import ExecutorStarter, Shim, ShimSettings

class Teller(ExecutorStarter):
    def expect_wait(self):
        print("let go", flush=True)

    def start(self, run_dir, cwd, slot):
        print("started", flush=True)
        return super().start(run_dir, cwd, slot)

Shim(Path(sys.argv[1]), ShimSettings(1), Teller(lambda run_dir: 0)).run()
"""


@pytest.fixture
def run_dir(tmp_path):
    path = tmp_path / "runs" / ("1" * 32)
    path.mkdir(parents=True)
    (path / "spec.json").write_text(json.dumps({"sequence": 1, "cwd": str(tmp_path)}))
    (path / "cell.py").touch()
    (tmp_path / "queue").mkdir()
    return path


def be_shim(run_dir):
    return subprocess.Popen([sys.executable, "-c", BE_SHIM, str(run_dir)], stdout=subprocess.PIPE, text=True)


def test_an_executor_stays_ready_while_the_inputs_are_stored(run_dir):
    storing = LifeLock.acquire(run_dir / "snapshot.lock")
    with be_shim(run_dir) as shim:
        wait_until((run_dir / "wait.json").exists)
        (run_dir / "inputs.json").write_text("{}")
        storing.release()
        told, _ = shim.communicate(timeout=30)
    assert told.split("\n") == ["started", ""]


def test_it_is_let_go_where_the_run_waits_for_its_turn(run_dir):
    (run_dir / "inputs.json").write_text("{}")
    (run_dir.parent.parent / "slots").mkdir()
    taken = LifeLock.acquire(run_dir.parent.parent / "slots" / "0.lock")
    with be_shim(run_dir) as shim:
        wait_until((run_dir / "wait.json").exists)
        taken.release()
        told, _ = shim.communicate(timeout=30)
    assert (set(told.split("\n")), told.split("\n")[-2:]) == ({"let go", "started", ""}, ["started", ""])
