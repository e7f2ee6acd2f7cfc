"""The shim's last deed: a keeper for the home, that is none of its business any more."""

import subprocess
import sys

import pytest

from jupyter_mlops.home import LifeLock

START = """
import json, os, sys
from pathlib import Path
from jupyter_mlops.launchers._shim_keeper import start_keeper
home = Path(sys.argv[1])
start_keeper(home, tuple(json.loads(sys.argv[2])))
try:
    print(os.waitstatus_to_exitcode(os.wait()[1]))
except ChildProcessError:
    print("none started")
"""


def start(home, command, **environment):
    """Start a keeper in a process of its own; return its exit code as text, or that none was started."""
    import json
    import os

    done = subprocess.run(
        [sys.executable, "-c", START, str(home), json.dumps(command)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home $x"
    folder.mkdir()
    return folder


def test_it_gets_the_home_last_and_what_it_says_is_kept(home):
    (home / "keeper.log").write_text("before\n")
    command = ["/bin/sh", "-c", 'echo "$@"; echo aloud >&2; cat; exit 5', "sh", "a b"]
    assert start(home, command) == "5"
    assert (home / "keeper.log").read_text() == f"before\na b {home}\naloud\n"


def test_a_new_log_is_private(home):
    start(home, ["/bin/true"])
    assert (home / "keeper.log").stat().st_mode & 0o777 == 0o600


def test_it_leads_a_session_of_its_own(home):
    start(home, [sys.executable, "-I", "-S", "-c", "import os; print(os.getsid(0) == os.getpid())"])
    assert (home / "keeper.log").read_text() == "True\n"


def test_it_does_not_take_itself_for_a_run(home):
    names = ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME")
    environment = {**dict.fromkeys(names, "of the run"), "MLFLOW_TRACKING_TOKEN": "kept"}
    start(home, ["/bin/sh", "-c", "env | grep ^MLFLOW_ | grep -v DISABLE"], **environment)
    assert (home / "keeper.log").read_text() == "MLFLOW_TRACKING_TOKEN=kept\n"


def test_f32_one_keeper_is_enough(home):
    with LifeLock.acquire(home / "keeper.lock"):
        assert start(home, ["/bin/true"]) == "none started"
    assert start(home, ["/bin/true"]) == "0"


@pytest.mark.parametrize("command", [[], ["/absent/python", "-m", "keeper"]])
def test_where_none_is_wanted_or_can_be_had_the_run_ends_all_the_same(home, command):
    assert start(home, command) == "none started"


def test_f27_a_home_that_is_gone_is_no_fault(home):
    home.rmdir()
    assert start(home, ["/bin/true"]) == "none started"
