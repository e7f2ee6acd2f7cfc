"""`%runs` in a real kernel with real runs, and the ways in which a notebook runs without a front end."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kernels import GATE, KernelNotebook

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelNotebook]:
    notebook = KernelNotebook(tmp_path_factory.mktemp("notebook"))
    notebook.run(GATE.format(folder=str(notebook.folder)))
    notebook.run("%%train plain -p lr=0.1 --wait\nprint('hello', lr)\nanswer = [lr]")
    yield notebook
    notebook.close()


def test_a_listing_can_be_queried(notebook):
    notebook.run("%%train broken --wait\n1 / 0")
    assert "plain" in notebook.run("%runs state:finished").value
    assert "plain" not in notebook.run("%runs state:failed").value
    assert "No run fits" in notebook.run("%runs name~nothing-like-it").value


def test_logs_are_shown_and_followed(notebook):
    assert notebook.run("%runs logs plain").value == "hello 0.1"
    notebook.run("%%train talks\nprint('first', flush=True)\ngate('talks')\nprint('last')")
    following = notebook.begin("%runs logs -f talks")
    notebook.until_shown(following, "first")
    notebook.release("talks")
    assert "last" in notebook.finish(following).text


def test_interrupting_logs_f_ends_the_looking_only(notebook):
    notebook.run("%%train endless\nprint('on', flush=True)\ngate('endless')\nend = 1")
    following = notebook.begin("%runs logs -f endless")
    notebook.until_shown(following, "on")
    notebook.interrupt()
    assert notebook.finish(following).ok
    assert notebook.directory("endless").state().status.value == "RUNNING"
    notebook.release("endless")
    assert notebook.run("end").value == "1"


def test_stop_ends_the_run_and_its_readers_are_told(notebook):
    notebook.run("%%train stopped\ngate('never')\nnever = 1")
    notebook.until_running("stopped")
    assert notebook.run("%runs stop stopped").ok
    assert notebook.until_ended("stopped") == "KILLED"
    assert notebook.run("never").error.startswith("CellRejected: Run stopped is KILLED")
    assert "has ended already" in notebook.run("%runs stop stopped").value


def test_wait_says_how_the_run_stands(notebook):
    notebook.run("%%train soon\nsoon = 1")
    assert "FINISHED" in notebook.run("%runs wait soon").value
    notebook.run("%%train late\ngate('late')")
    notebook.until_running("late")
    assert "RUNNING" in notebook.run("%runs wait late --timeout 1s").value
    notebook.release("late")


def test_load_binds_results(notebook):
    assert notebook.run("del answer").ok
    assert "Bound answer from plain" in notebook.run("%runs load plain").value
    assert notebook.run("answer").value == "[0.1]"
    assert notebook.run("%runs load plain nothing").error.startswith("RunFailedError: Run plain returns no nothing")


def test_rerun_takes_the_present_values(notebook):
    notebook.run("given = 2")
    notebook.run("%%train doubles\ndoubled = given * 2")
    assert notebook.run("doubled").value == "4"
    notebook.run("given = 5")
    assert "SCHEDULED" in notebook.run("%runs rerun doubles").value
    assert notebook.run("doubled").value == "10"


def test_diff_and_reproduce(notebook):
    notebook.run("%%train other -p lr=0.2 --wait\nprint('hello', lr)\nanswer = [lr]")
    difference = notebook.run("%runs diff plain other").value
    assert "lr" in difference
    assert "0.1" in difference
    assert "everything is equal to the bit" in notebook.run("%runs reproduce plain").value
    assert notebook.run("%runs reproduce plain --notebook again.ipynb").ok
    assert json.loads((notebook.folder / "again.ipynb").read_text())["nbformat"] == 4


def test_best_needs_a_main_metric_and_a_direction_is_never_guessed(notebook):
    assert notebook.run("%runs show best").error.startswith("UnknownReferenceError")
    assert "smallest loss" in notebook.run("%runs main -loss").value


def test_collecting(notebook):
    assert notebook.run("%runs gc --dry-run").ok
    assert "plain" in notebook.run("%runs").value


def test_unload_and_load_again(notebook):
    assert notebook.run("%unload_ext jupyter_mlops").ok
    assert "%runs" in notebook.run("%runs").text + notebook.run("%runs").traceback
    assert notebook.run("%load_ext jupyter_mlops").ok
    assert "plain" in notebook.run("%runs").value


# Without a front end


def test_jupyter_mlops_wait_makes_every_cell_block(tmp_path):
    notebook = KernelNotebook(tmp_path, JUPYTER_MLOPS_WAIT="1")
    try:
        done = notebook.run("%%train blocks\nprint('done')\nx = 3")
        assert done.text == "done\n"
        assert notebook.run("'x' in globals()", store_history=False).value == "True"
    finally:
        notebook.close()


def test_nbclient_runs_a_notebook_from_top_to_bottom(tmp_path):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    cells = [
        "%load_ext jupyter_mlops",
        "data = [1, 2, 3]",
        "%%train total\ntotal = sum(data)",
        "%%train mean\nmean = total / len(data)",
        "mean",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    environment = {**os.environ, "JUPYTER_MLOPS_HOME": str(tmp_path / ".mlops")}
    client = nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    with client.setup_kernel(env=environment):
        for index, cell in enumerate(book.cells):
            client.execute_cell(cell, index)
    assert [output["data"]["text/plain"] for output in book.cells[-1].outputs] == ["2.0"]


def test_plain_ipython_in_a_terminal_works_too(tmp_path):
    script = (
        "%load_ext jupyter_mlops\n"
        "get_ipython().run_cell_magic('train', 'terminal', 'print(1)\\nx = 5')\n"
        "print('x is', x)\n"
    )
    environment = {**os.environ, "JUPYTER_MLOPS_HOME": str(tmp_path / ".mlops"), "IPYTHONDIR": str(tmp_path / "ip")}
    command = [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=nocolor"]
    done = subprocess.run(
        command, input=script, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert "SCHEDULED  terminal" in done.stdout, done.stdout + done.stderr
    assert "x is 5" in done.stdout


def test_loading_imports_nothing_heavy_and_is_quick(tmp_path):
    notebook = KernelNotebook(tmp_path)
    try:
        heavy = ["mlflow", "numpy", "sklearn", "pandas", "torch", "sqlalchemy", "matplotlib"]
        told = notebook.run(f"import sys\n[name for name in {heavy!r} if name in sys.modules]")
        assert told.value == "[]"
    finally:
        notebook.close()


def test_the_working_directory_may_change(tmp_path: Path):
    notebook = KernelNotebook(tmp_path)
    try:
        (tmp_path / "sub").mkdir()
        assert notebook.run("%%train before --wait\nx = 1").ok
        assert notebook.run("import os; os.chdir('sub')").ok
        assert notebook.run("%%train after --wait\ny = os.getcwd()").ok
        assert notebook.run("y").value.endswith("sub'")
        assert "before" in notebook.run("%runs").value
    finally:
        notebook.close()
