"""The experiment that `mlflow.set_experiment` chose in this process."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.tracking import active_experiment

PATIENCE_S = 60.0
"""Of a story that is not about time: a busy machine needs more than the two seconds of a notebook."""


@pytest.fixture
def mlflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Give MLflow with a store of its own; it remembers nothing afterwards."""
    import mlflow
    from mlflow.tracking import fluent

    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(fluent, "_active_experiment_id", None)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'store.db'}")
    mlflow.MlflowClient().search_experiments()  # makes the tables: a question waits 2 s only, Alembic has no lock
    yield mlflow
    mlflow.set_tracking_uri(before)


class SlowClient:
    """A store that answers when it is told to."""

    answer = threading.Event()

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def get_experiment(self, experiment_id: str) -> SimpleNamespace:
        self.answer.wait(30)
        return SimpleNamespace(name=f"experiment {experiment_id}")


@pytest.fixture
def slow_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Give a notebook whose tracking server does not answer; the event makes it answer."""
    SlowClient.answer.clear()
    fluent = SimpleNamespace(_active_experiment_id="7", MlflowClient=SlowClient)
    monkeypatch.setitem(sys.modules, "mlflow.tracking.fluent", fluent)
    uri = "http://me:secret@far"
    monkeypatch.setitem(sys.modules, "mlflow.tracking", SimpleNamespace(get_tracking_uri=lambda: uri))
    yield SlowClient.answer
    SlowClient.answer.set()


def test_a_notebook_without_mlflow_has_chosen_nothing(monkeypatch):
    monkeypatch.delitem(sys.modules, "mlflow.tracking.fluent", raising=False)

    assert active_experiment() == ""


@pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")  # MLflow 3.17 on SQLAlchemy 2.1
def test_what_set_experiment_chose_is_told_by_name_and_asked_once(mlflow, tmp_path):
    assert active_experiment() == ""

    mlflow.set_experiment("digits")
    assert active_experiment(PATIENCE_S) == "digits"
    (tmp_path / "store.db").rename(tmp_path / "away.db")
    assert active_experiment() == "digits"

    (tmp_path / "away.db").rename(tmp_path / "store.db")
    other = mlflow.MlflowClient().create_experiment("letters ü")
    mlflow.set_experiment(experiment_id=other)
    assert active_experiment(PATIENCE_S) == "letters ü"


def test_a_store_that_does_not_answer_is_waited_for_in_bounded_time_and_the_remedy_named(slow_store):
    with pytest.raises(TrackingError) as told:
        active_experiment(timeout_s=0.01)
    assert str(told.value) == (
        "mlflow.set_experiment chose experiment 7 here, and http://far does not tell its name: "
        "no answer within 0.01 s. Name the experiment: %%train -e EXPERIMENT."
    )

    slow_store.set()
    assert active_experiment(PATIENCE_S) == "experiment 7"


def test_an_experiment_that_the_store_has_lost_is_told(mlflow):
    from mlflow.tracking import fluent

    fluent._active_experiment_id = "12345"
    told = r"^mlflow.set_experiment chose experiment 12345 here, .* No Experiment with id=12345 exists"
    with pytest.raises(TrackingError, match=told):
        active_experiment(PATIENCE_S)
