"""Executors that are forked from a prepared process, as the warm parent does: as correct as cold ones, and quick."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from executor_runs import Executors

from jupyter_mlops.capture import read_outputs
from jupyter_mlops.home import RunDirectory

PARENT = """
import gc, json, os, sys, threading, time
from pathlib import Path
from jupyter_mlops import executor

main = sys.modules["__main__"]
executor.prepare()
for name in json.loads(sys.argv[1]):
    __import__(name)
assert threading.active_count() == 1, threading.enumerate()
assert sys.modules["__main__"] is main
gc.freeze()
codes = []
for run_dir in map(Path, sys.argv[2:]):
    pid = os.fork()
    if pid == 0:
        log = os.open(run_dir / "output.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 1), os.dup2(log, 2)
        os._exit(executor.main(run_dir))
    codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(json.dumps(codes))
"""


@pytest.fixture
def executors(tmp_path: Path) -> Executors:
    return Executors.below(tmp_path)


def run_forked(executors: Executors, *runs: RunDirectory, modules: tuple[str, ...] = ()) -> list[int]:
    """Run each in a fork of one prepared process and return the exit codes."""
    command = [sys.executable, "-c", PARENT, json.dumps(modules), *(str(run.path) for run in runs)]
    done = subprocess.run(command, cwd=executors.cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60)
    return json.loads(done.stdout)


def dedent(cell: str) -> str:
    return textwrap.dedent(cell).strip()


def test_forks_of_one_parent_do_not_see_each_other(executors):
    first = executors.fill("x = 1\nprint(x)\nx", pending=("x",))
    second = executors.fill("print('x' in globals(), len(In))\ninput()")

    assert run_forked(executors, first, second) == [0, 1]

    assert (first.log_file.read_text(), first.result().returned) == ("1\n", ("x",))
    assert json.loads(first.display_file.read_text())["transient"] == {"execution_count": 1}
    assert second.log_file.read_text().startswith("False 2\n")
    assert "has nobody to ask" in second.result().error.message


def test_libraries_that_were_imported_beforehand_still_see_a_notebook(executors):
    cell = """
        import matplotlib.pyplot as plt, pandas as pd
        from tqdm.notebook import tqdm
        plt.plot([1, 2])
        list(tqdm(range(2), desc='bar'))
        columns = pd.get_option('display.max_columns')
        pd.DataFrame({'a': [1]})
    """
    run = executors.fill(dedent(cell), pending=("columns",), explicit_returns=True)

    codes = run_forked(executors, run, modules=("pandas", "matplotlib.pyplot", "tqdm.notebook"))

    events = [json.loads(line) for line in run.display_file.read_text().splitlines()]
    assert codes == [0], run.log_file.read_text()
    assert [(event["kind"], "image/png" in event["data"]) for event in events] == [("result", False), ("display", True)]
    assert "bar: 100%" in run.log_file.read_text()
    assert read_outputs(run, executors.home, namespace={})["columns"] == 20


def test_notebook_classes_live_in_main_and_inputs_are_restored(executors):
    cell = """
        import pickle
        class Model:
            pass
        ok = type(pickle.loads(pickle.dumps(Model()))) is Model and data.sum() == 499500
        assert ok
    """
    run = executors.fill(dedent(cell), {"data": np.arange(1000)}, pending=("ok",))

    assert run_forked(executors, run) == [0], run.log_file.read_text()


def test_the_first_line_comes_soon(executors):
    cell = "import time\nprint(time.monotonic() - started)"
    runs = [executors.fill(cell, {"started": 0.0}, watched=("started",)) for _ in range(3)]

    assert run_forked(executors, *runs) == [0, 0, 0]
    assert all(run.result().duration_s < 1 for run in runs)
