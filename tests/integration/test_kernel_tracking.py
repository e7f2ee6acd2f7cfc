"""What a cell logs is in MLflow, with the true status, after the kernel that submitted it was killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kernels import LONGEST_S, KernelNotebook, until

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.keeper,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy"),  # MLflow 3.17 on SQLAlchemy 2.1
]

TRAIN = """%%train baseline -p C=0.5 -t team=blue -e cancer
import time, mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
print("first line", flush=True)
while not __import__("pathlib").Path("go").exists():
    time.sleep(0.02)
model = LogisticRegression(C=C, max_iter=200).fit(*load_iris(return_X_y=True))
for step in range(10):
    mlflow.log_metric("acc", step / 10, step=step)
print("last line")"""


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[KernelNotebook]:
    opened = KernelNotebook(tmp_path, JUPYTER_MLOPS_KEEPER_IDLE_S="2")
    yield opened
    opened.close()


def test_f11_a_run_whose_kernel_was_killed_is_finished_in_mlflow(notebook: KernelNotebook):
    from mlflow import MlflowClient

    assert notebook.run(TRAIN).ok
    notebook.until_running("baseline")
    notebook.kill()
    (notebook.folder / "go").touch()

    assert notebook.until_ended("baseline") == "FINISHED"
    directory = notebook.directory("baseline")
    assert directory.log_file.read_text() == "first line\nlast line\n"
    until(lambda: (directory.path / "tracking.json").exists(), LONGEST_S)
    client = MlflowClient(f"sqlite:///{notebook.home_path / 'mlflow.db'}")
    until(lambda: client.get_run(directory.run_id).info.status == "FINISHED", LONGEST_S)
    run = client.get_run(directory.run_id)
    assert (run.info.run_name, run.data.params["C"], run.data.tags["team"]) == ("baseline", "0.5", "blue")
    assert client.get_experiment(run.info.experiment_id).name == "cancer"
    history = client.get_metric_history(directory.run_id, "acc")
    assert [(point.step, point.value) for point in history] == [(step, step / 10) for step in range(10)]


def test_a_fresh_kernel_gets_the_model_of_a_killed_one(notebook: KernelNotebook):
    (notebook.folder / "go").touch()
    assert notebook.run(TRAIN).ok
    notebook.kill()
    assert notebook.until_ended("baseline") == "FINISHED"

    notebook.start()
    told = notebook.run(
        "import jupyter_mlops as mlops\nmodel = mlops.runs['baseline'].result('model')\nmodel.C, model.n_iter_.shape"
    )

    assert told.value == "(0.5, (1,))"


SET_EXPERIMENT = "import mlflow; _ = mlflow.set_experiment('from the notebook')"


def test_a_run_belongs_to_the_experiment_that_the_notebook_has_set(notebook: KernelNotebook):
    assert notebook.run(SET_EXPERIMENT).ok
    assert notebook.run("%%train by-notebook\nn = 1").ok
    assert notebook.run("%%train by-option -e chosen\nm = 1").ok

    runs = {name: notebook.directory(name).spec() for name in ("by-notebook", "by-option")}
    assert {name: spec.experiment for name, spec in runs.items()} == {
        "by-notebook": "from the notebook",
        "by-option": "chosen",
    }
