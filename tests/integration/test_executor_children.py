"""Processes and threads that a cell starts: they find what the notebook defines, and never act for the run."""

import json
import textwrap
from pathlib import Path

import pytest
from executor_runs import Executors

from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking import read_metrics


@pytest.fixture
def executors(tmp_path: Path) -> Executors:
    return Executors.below(tmp_path)


def dedent(cell: str) -> str:
    return textwrap.dedent(cell).strip()


@pytest.mark.parametrize(
    "pool",
    [
        "multiprocessing.get_context('fork').Pool(2)",
        "concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context('fork'))",
    ],
)
def test_forked_workers_find_notebook_functions_and_write_to_the_log(executors, pool):
    cell = f"""
        import concurrent.futures, multiprocessing
        class Point:
            def __init__(self, x):
                self.x = x
        def double(point):
            print('worker', flush=True)
            return Point(2 * point.x)
        with {pool} as pool:
            found = [point.x for point in pool.map(double, [Point(1), Point(2)])]
    """
    ended = executors.run(dedent(cell), pending=("found",), explicit_returns=True)

    assert ended.outputs() == {"found": [2, 4]}
    assert ended.log == "worker\nworker\n"


def test_joblib_runs_notebook_functions_in_its_workers(executors):
    pytest.importorskip("joblib")
    cell = """
        from joblib import Parallel, delayed
        offset = 10
        def shift(x):
            return x + offset
        found = Parallel(n_jobs=2)(delayed(shift)(x) for x in range(3))
    """
    ended = executors.run(dedent(cell), pending=("found",), explicit_returns=True)

    assert ended.outputs() == {"found": [10, 11, 12]}, ended.log


@pytest.mark.torch
def test_data_loader_workers_find_the_notebooks_dataset(executors):
    pytest.importorskip("torch")
    cell = """
        import torch
        from torch.utils.data import DataLoader, Dataset
        class Squares(Dataset):
            def __len__(self):
                return 4
            def __getitem__(self, i):
                return torch.tensor(i * i)
        found = [batch.tolist() for batch in DataLoader(Squares(), batch_size=2, num_workers=2)]
    """
    ended = executors.run(dedent(cell), pending=("found",), explicit_returns=True)

    assert ended.outputs() == {"found": [[0, 1], [4, 9]]}, ended.log


def test_native_code_and_programs_print_in_order_and_at_once(executors):
    cell = """
        import ctypes, os, subprocess, sys
        print('python')
        ctypes.CDLL(None).printf(b'native\\n')
        subprocess.run([sys.executable, '-c', "import os; print('program'); os._exit(0)"])
        print('end')
        os._exit(0)
    """
    assert executors.run(dedent(cell)).log == "python\nnative\nprogram\nend\n"


def test_a_forked_childs_display_is_text_in_the_log(executors):
    cell = """
        import multiprocessing
        from IPython.display import HTML
        child = multiprocessing.get_context('fork').Process(target=lambda: display(HTML('<b>'), 'plain'))
        child.start()
        child.join()
        code = child.exitcode
    """
    ended = executors.run(dedent(cell), pending=("code",), explicit_returns=True)

    assert (ended.outputs(), ended.events) == ({"code": 0}, [])
    assert "'plain'" in ended.log


def test_forked_children_log_metrics_beside_the_runs_own(executors):
    cell = """
        import multiprocessing
        from jupyter_mlops.tracking import log
        log(loss=1)
        child = multiprocessing.get_context('fork').Process(target=lambda: log(worker=2))
        child.start()
        child.join()
        log(loss=3)
    """
    ended = executors.run(dedent(cell), explicit_returns=True)

    metrics = read_metrics(ended.run)
    assert [point.value for point in metrics["loss"]] == [1, 3], ended.log
    assert [point.value for point in metrics["worker"]] == [2]


def test_a_run_longer_than_a_second_has_system_metrics(executors):
    run = executors.fill("import os\nwhile not os.path.exists('go'): pass", explicit_returns=True)
    process = executors.start(run)
    wait_until(lambda: read_metrics(run))
    (executors.cwd / "go").touch()

    assert process.wait(timeout=60) == 0
    metrics = {name: points[-1].value for name, points in read_metrics(run).items()}
    assert {
        "system/cpu_utilization_percentage",
        "system/system_memory_usage_megabytes",
        "system/system_memory_usage_percentage",
        "system/run_cpu_percentage",
        "system/run_memory_megabytes",
    } <= set(metrics)
    assert 10 < metrics["system/run_memory_megabytes"] < 2000
    assert metrics["system/run_cpu_percentage"] > 1, "it did nothing else, but others may have had the processors"


def test_system_metrics_can_be_switched_off(executors):
    environment = {"JUPYTER_MLOPS_SYSTEM_METRICS": "off"}

    ended = executors.run("import time\ntime.sleep(1.4)", explicit_returns=True, environment=environment)

    assert read_metrics(ended.run) == {}


def test_the_cell_is_told_which_run_it_is(executors):
    cell = """
        import os
        told = {name: os.environ[name] for name in os.environ if name.startswith(('JUPYTER_MLOPS_', 'MLFLOW_'))}
    """
    ended = executors.run(dedent(cell), pending=("told",), explicit_returns=True)

    told, run = ended.outputs()["told"], ended.run
    assert told["JUPYTER_MLOPS_RUN_ID"] == told["MLFLOW_RUN_ID"] == run.run_id
    assert told["JUPYTER_MLOPS_RUN_DIR"] == str(run.path)
    assert told["JUPYTER_MLOPS_TENSORBOARD_DIR"] == str(run.tensorboard)
    assert told["MLFLOW_TRACKING_URI"] == f"mlops-spool://{run.path}"


def test_what_the_run_ran_on_is_recorded(executors):
    ended = executors.run("x = 1")

    recorded = json.loads(ended.run.environment_file.read_text())
    assert recorded["packages"]["ipython"]


def test_deferred_work_runs_after_the_results_are_there_and_cannot_change_them(executors):
    cell = """
        import os
        from jupyter_mlops.executor import after_delivery
        there = lambda name: os.path.exists(os.path.join(os.environ['JUPYTER_MLOPS_RUN_DIR'], name))
        after_delivery.append(lambda: print(there('outputs.json'), there('result.json')))
        after_delivery.append(lambda: 1 / 0)
        after_delivery.append(lambda: print('the others are done'))
        x = 1
    """
    ended = executors.run(dedent(cell), pending=("x",), explicit_returns=True)

    assert (ended.exit_code, ended.outputs()) == (0, {"x": 1})
    told = "jupyter-mlops: not everything was logged: ZeroDivisionError: division by zero"
    assert ended.log == f"True True\n{told}\nthe others are done\n"


def test_deferred_work_of_a_cell_that_failed_is_done_too(executors):
    """What it fitted before it failed is worth logging."""
    cell = "from jupyter_mlops.executor import after_delivery\nafter_delivery.append(lambda: print('deferred'))\n1/0"

    ended = executors.run(cell)

    assert (ended.exit_code, ended.log.splitlines()[-1]) == (1, "deferred")
