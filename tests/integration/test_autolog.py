"""Autologging in real executors: what MLflow would have logged is logged, after the results, by MLflow itself."""

import json
import signal
import textwrap
from pathlib import Path
from typing import Any

import pytest
from executor_runs import Ended, Executors, end

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking import last_values, read_children, read_params, read_tags

DATA = """
import sys
import numpy as np
from sklearn.linear_model import LogisticRegression
rng = np.random.default_rng(0)
X = rng.random((200, 5))
y = (X.sum(axis=1) > 2.5).astype(int)
"""


@pytest.fixture
def executors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Executors:
    monkeypatch.setenv("MPLBACKEND", "agg")
    return Executors.below(tmp_path)


def cell(text: str) -> str:
    return DATA + textwrap.dedent(text)


def journal(ended: Ended, operation: str) -> list[dict[str, Any]]:
    lines = (ended.run.path / "journal.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["op"] == operation]


def artifacts(ended: Ended) -> set[str]:
    return {path.name for path in (ended.run.path / "artifacts").rglob("*") if path.is_file()}


def metrics(ended: Ended) -> set[str]:
    return {key for key in last_values(ended.run) if not key.startswith("system/")}


class TestScikitLearn:
    def test_one_fit_speaks_for_the_run_and_mlflow_is_not_imported_by_the_cell(self, executors):
        ended = executors.run(
            cell("""
                from sklearn.metrics import accuracy_score
                Xte, yte = X[:50], y[:50]
                model = LogisticRegression(C=2.0).fit(X, y)
                score = model.score(Xte, yte)
                accuracy_score(yte, model.predict(Xte))
                imported = "mlflow" in sys.modules
            """),
            pending=("imported", "score", "model"),
        )

        outputs = ended.outputs()
        assert (outputs["imported"], ended.log) == (False, "")
        assert not hasattr(outputs["model"], "_mlflow_run_id")
        assert read_params(ended.run)["C"] == "2.0"
        assert read_tags(ended.run)["estimator_name"] == "LogisticRegression"
        assert last_values(ended.run)["LogisticRegression_score_Xte"] == outputs["score"]
        assert metrics(ended) >= {"training_accuracy_score", "training_roc_auc", "accuracy_score_Xte"}
        assert artifacts(ended) >= {"training_confusion_matrix.png", "training_roc_curve.png", "estimator.html"}

    def test_the_model_has_known_requirements_and_no_process_looked_for_them(self, executors):
        ended = executors.run(
            cell("""
                import subprocess
                class Refused(subprocess.Popen):
                    def __init__(self, command, *args, **kwargs):
                        if "_capture_modules" in str(command):
                            raise RuntimeError("a process that loads the model")
                        super().__init__(command, *args, **kwargs)
                subprocess.Popen = Refused
                model = LogisticRegression().fit(X, y)
            """)
        )

        (model,) = journal(ended, "create_model")
        requirements = ended.run.path / "staged/models" / model["model_id"] / "artifacts/requirements.txt"
        assert journal(ended, "finalize_model")[0]["status"] == "READY"
        assert {line.partition("==")[0] for line in requirements.read_text().split()} >= {"scikit-learn", "cloudpickle"}

    def test_several_fits_get_child_runs_each_in_the_state_in_which_it_was(self, executors):
        ended = executors.run(
            cell("""
                model = LogisticRegression()
                for C in (0.5, 4.0):
                    model.set_params(C=C).fit(X, y)
                    y[:20] = 0
            """)
        )

        children = read_children(ended.run)
        assert [child.params["C"] for child in children] == ["0.5", "4.0"]
        assert [child.name for child in children] == ["LogisticRegression"] * 2
        assert "C" not in read_params(ended.run)

    def test_preparation_of_data_and_fits_within_fits_are_no_runs(self, executors):
        ended = executors.run(
            cell("""
                from sklearn.model_selection import cross_val_score
                from sklearn.pipeline import make_pipeline
                from sklearn.preprocessing import StandardScaler
                Z = StandardScaler().fit_transform(X)
                scores = cross_val_score(LogisticRegression(), Z, y, cv=3)
                model = make_pipeline(StandardScaler(), LogisticRegression(C=3.0)).fit(X, y)
            """)
        )

        assert read_children(ended.run) == ()
        assert read_params(ended.run)["logisticregression__C"] == "3.0"

    def test_a_fit_in_a_run_that_the_cell_has_started_belongs_to_that_run(self, executors):
        ended = executors.run(
            cell("""
                import mlflow
                for C in (0.5, 4.0):
                    with mlflow.start_run(run_name=f"C {C}"):
                        LogisticRegression(C=C).fit(X, y)
            """)
        )

        found = {child.name: child.params["C"] for child in read_children(ended.run)}
        assert found == {"C 0.5": "0.5", "C 4.0": "4.0"}

    def test_the_cell_chooses_the_options_as_mlflow_documents_them(self, executors):
        ended = executors.run(
            cell("""
                import mlflow
                mlflow.sklearn.autolog(log_models=False)
                LogisticRegression().fit(X, y)
            """)
        )

        assert journal(ended, "create_model") == []
        assert "training_accuracy_score" in metrics(ended)

    @pytest.mark.parametrize("autolog", ["off", "keras"])
    def test_nothing_is_logged_where_it_is_not_asked_for(self, executors, autolog):
        ended = executors.run(cell("model = LogisticRegression().fit(X, y)"), autolog=autolog)

        assert not (ended.run.path / "journal.jsonl").exists()
        assert metrics(ended) == set()

    def test_what_a_cell_fitted_before_it_failed_is_logged(self, executors):
        ended = executors.run(cell("model = LogisticRegression().fit(X, y)\n1 / 0"))

        assert ended.result.status is RunStatus.FAILED
        assert read_params(ended.run)["C"] == "1.0"
        assert "ZeroDivisionError" in ended.log

    def test_an_error_afterwards_is_one_line_and_changes_nothing(self, executors):
        ended = executors.run(
            cell("""
                sys.modules["mlflow"] = None
                model = LogisticRegression().fit(X, y)
            """)
        )

        assert (ended.exit_code, ended.result.status) == (0, RunStatus.FINISHED)
        assert ended.log.count("\n") == 1
        assert ended.log.startswith("jupyter-mlops: not everything was logged: ModuleNotFoundError")

    def test_what_is_done_after_the_delivery_gives_way_to_the_notebook(self, executors):
        ended = executors.run(
            "import os\n"
            "from jupyter_mlops.executor._deferred import after_delivery\n"
            "print(os.nice(0))\n"
            "after_delivery.append(lambda: print(os.nice(0)))"
        )

        during, afterwards = map(int, ended.log.split())
        assert afterwards == max(during, 10)

    def test_a_stop_ends_what_is_left_and_the_result_stays(self, executors):
        run = executors.fill(
            cell("""
                from sklearn.base import BaseEstimator
                def wait(self, *args, **kwargs):
                    if "mlflow" in sys.modules:
                        print("logging", flush=True)
                        import time; time.sleep(60)
                    return {}
                LogisticRegression.get_params = wait
                model = LogisticRegression().fit(X, y)
            """)
        )
        process = executors.start(run)
        try:
            wait_until(lambda: "logging" in run.log_file.read_text(), 60)
            assert run.result().status is RunStatus.FINISHED
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) == 0
        finally:
            end(process)

        assert run.log_file.read_text().splitlines()[-1].startswith("jupyter-mlops: stopped before everything")


class TestTrainingsThatAreWatched:
    def test_keras_logs_epochs_live_and_the_model_after_the_results(self, executors):
        pytest.importorskip("keras")
        ended = executors.run(
            """
import os
import keras, numpy as np
X = np.random.default_rng(0).random((64, 4)).astype("float32")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
given = [keras.callbacks.TerminateOnNaN()]
history = model.fit(X, X.sum(1), epochs=3, verbose=0, callbacks=given)
text = open(os.path.join(os.environ["JUPYTER_MLOPS_RUN_DIR"], "journal.jsonl")).read()
state = (len(given), len(history.history["loss"]), "create_model" in text, "finalize_model" in text)
""",
            pending=("state",),
        )

        assert ended.outputs()["state"] == (1, 3, True, False)
        assert [line["status"] for line in journal(ended, "finalize_model")] == ["READY"]
        assert metrics(ended) == {"loss"}
        assert read_params(ended.run)["epochs"] == "3"

    def test_a_keras_model_that_is_fitted_again_is_logged_once_with_the_weights_that_it_has_in_the_end(self, executors):
        pytest.importorskip("keras")
        ended = executors.run(
            """
import keras, numpy as np
X = np.random.default_rng(0).random((64, 4)).astype("float32")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(loss="mse")
for rate in (0.1, 0.01, 0.001):
    model.optimizer.learning_rate = rate
    model.fit(X, X.sum(1), epochs=1, verbose=0)
""",
        )

        assert (ended.result.status, "jupyter-mlops" in ended.log) == (RunStatus.FINISHED, False)
        assert [line["status"] for line in journal(ended, "finalize_model")] == ["FAILED", "FAILED", "READY"]
        assert [child.status for child in read_children(ended.run)] == ["FINISHED"] * 2

    def test_xgboost_logs_the_model_its_importance_and_what_is_scored_with_it(self, executors):
        pytest.importorskip("xgboost")
        ended = executors.run(
            cell("""
                import xgboost
                model = xgboost.XGBClassifier(n_estimators=3).fit(X, y, eval_set=[(X, y)], verbose=False)
                score = model.score(X, y)
            """),
            pending=("score",),
        )

        assert [line["status"] for line in journal(ended, "finalize_model")] == ["READY"]
        assert read_params(ended.run)["num_boost_round"] == "3"
        assert last_values(ended.run)["XGBClassifier_score_X"] == ended.outputs()["score"]
        assert "validation_0-logloss" in metrics(ended)
        assert "feature_importance_weight.png" in artifacts(ended)

    def test_a_training_that_fails_fails_as_it_would_without_mlflow(self, executors):
        pytest.importorskip("lightgbm")
        ended = executors.run(
            cell("""
                import lightgbm
                try:
                    lightgbm.train({"objective": "nonsense", "verbose": -1}, lightgbm.Dataset(X, y), 2)
                except lightgbm.basic.LightGBMError as error:
                    problem = str(error)
                booster = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(X, y), 2)
            """),
            pending=("problem",),
        )

        assert "nonsense" in ended.outputs()["problem"]
        assert [line["status"] for line in journal(ended, "finalize_model")] == ["READY"]
