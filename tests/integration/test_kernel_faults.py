"""RELIABILITY F9-F12: whatever happens to the kernel, the run goes on whole, and a fresh kernel finds it."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from kernels import GATE, KernelNotebook, until

from jupyter_mlops.home import CRASH_POINTS

pytestmark = pytest.mark.kernel

CELL = """%%train baseline
for i in range(1000):
    print('line', i, flush=True)
    if i == 500:
        gate('half')
model = {'fitted': True}"""

WHOLE_LOG = "".join(f"line {i}\n" for i in range(1000))


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[KernelNotebook]:
    notebook = KernelNotebook(tmp_path)
    assert notebook.run(GATE.format(folder=str(tmp_path))).ok
    yield notebook
    notebook.close()


def in_the_middle(notebook: KernelNotebook) -> None:
    """Submit the run and wait until it has printed half of its lines."""
    assert notebook.run(CELL).ok
    log = notebook.directory("baseline").log_file
    until(lambda: log.exists() and log.read_text().endswith("line 500\n"))


def ending(notebook: KernelNotebook) -> tuple[str, str, list[str]]:
    """Let the run finish; return its status, its log, and what this kernel gets of it in each way there is."""
    notebook.release("half")
    status = notebook.until_ended("baseline")
    taken = [
        notebook.run("import jupyter_mlops as mlops\nmlops.runs['baseline'].result('model')").value,
        notebook.run("%runs logs -n 1 baseline").value[:8],
        notebook.run("%runs load baseline").error,
        notebook.run("model").value,
    ]
    return status, notebook.directory("baseline").log_file.read_text(), taken


WHOLE = ("FINISHED", WHOLE_LOG, ["{'fitted': True}", "line 999", "", "{'fitted': True}"])
"""The run has finished, its log is whole, and the kernel can take its results."""


@pytest.mark.parametrize("now", [False, True], ids=["graceful", "now"])
def test_f10_a_restarted_kernel_finds_the_run_going_on(notebook, now):
    in_the_middle(notebook)
    notebook.restart(now=now)
    assert notebook.directory("baseline").state().status.value == "RUNNING"
    assert "RUNNING" in notebook.run("%runs").value
    assert notebook.run("model").error == "NameError: name 'model' is not defined"
    assert ending(notebook) == WHOLE


def test_f11_a_killed_kernel_leaves_the_run_alone(notebook):
    in_the_middle(notebook)
    notebook.kill()
    notebook.start()
    assert ending(notebook) == WHOLE


def test_f11_killing_the_kernels_process_group_leaves_the_run_alone(notebook):
    in_the_middle(notebook)
    os.killpg(os.getpgid(notebook.kernel_pid), signal.SIGKILL)
    until(lambda: not notebook.manager.is_alive())
    notebook.forget()
    notebook.start()
    assert ending(notebook) == WHOLE


def test_f09_ten_interrupts_do_not_touch_the_run(notebook):
    in_the_middle(notebook)
    for _ in range(10):
        notebook.interrupt()
    assert ending(notebook) == WHOLE


def test_a_home_that_is_deleted_under_the_kernel_is_made_again(notebook):
    """Given a pending name; when .mlops is deleted; then the name fails with the reason, and all else goes on."""
    in_the_middle(notebook)
    shutil.rmtree(notebook.home_path)
    told, listed = notebook.run("model").error, notebook.run("%runs").value
    notebook.release("half")
    assert (told.partition(". See")[0], listed.partition(".")[0]) == (
        "CellRejected: Run baseline is FAILED: its directory was deleted",
        "No runs yet",
    )
    assert notebook.run("%%train again\nscore = 1 + 1").ok
    assert (notebook.run("score").value, "again" in notebook.run("%runs").value) == ("2", True)


def test_a_run_that_waits_for_another_outlives_the_kernel(notebook):
    in_the_middle(notebook)
    notebook.run("%%train second\nmodel['score'] = 1")
    notebook.kill()
    notebook.start()
    assert notebook.directory("second").state().status.value == "SCHEDULED"
    notebook.release("half")
    assert notebook.until_ended("second") == "FINISHED"
    taken = notebook.run("import jupyter_mlops as mlops\nmlops.runs['second'].result('model')")
    assert taken.value == "{'fitted': True, 'score': 1}"


@pytest.mark.parametrize("point", sorted(name for name in CRASH_POINTS if name.startswith("submit")))
def test_f12_a_kernel_that_dies_while_submitting_leaves_no_ghost(tmp_path, point):
    notebook = KernelNotebook(tmp_path)
    try:
        notebook.run(f"import os; os.environ['JUPYTER_MLOPS_CRASH_AT'] = {point!r}")
        notebook.begin("%%train ghost\nx = 1")
        until(lambda: not notebook.manager.is_alive())
        notebook.forget()
        notebook.start()
        runs = [notebook.home.run(run_id) for run_id in notebook.home.run_ids()]
        until(lambda: all(run.state().status.is_terminal for run in runs if run.spec_file.exists()), timeout_s=15)
        assert notebook.run("%runs").ok
        assert notebook.run("%%train next\nx = 1").ok
        assert notebook.run("x").value == "1"
    finally:
        notebook.close()
