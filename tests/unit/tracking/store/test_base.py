"""What a cell says of runs, models and experiments that are not its own: the real store hears it, word for word."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mlflow.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelParameter,
    LoggedModelTag,
    Metric,
    Param,
    RunTag,
    ViewType,
)
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import _artifact_repository_registry
from mlflow.store.entities.paged_list import PagedList
from mlflow.tracking._tracking_service import utils

from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tracking import MetricSpool, TrackingSession
from jupyter_mlops.tracking._journal import Journal, read_journal
from jupyter_mlops.tracking._store._base import from_dataset_input, real_ids, to_dataset_input
from jupyter_mlops.tracking._store._spooling import SpoolingStore
from jupyter_mlops.tracking._uris import experiment_id_of

OTHER, CANCER = "f" * 32, experiment_id_of("cancer")


class Real:
    """A store that answers each question with what it was asked. It has the experiment "cancer", as number 4."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self.asked: list[tuple[Any, ...]] = []

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        return Experiment("4", name, "", "active") if name == "cancer" else None

    def search_runs(self, *given: Any) -> PagedList[Any]:
        self.asked.append(("search_runs", *given))
        return PagedList(self.found, "next")

    def search_logged_models(self, *given: Any, **options: Any) -> PagedList[Any]:
        self.asked.append(("search_logged_models", *given, options))
        return PagedList(self.found, "next")

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def answer(*given: Any) -> tuple[Any, ...]:
            self.asked.append((operation, *given))
            return self.asked[-1]

        return answer


@pytest.fixture
def real() -> Iterator[Real]:
    real = Real()
    utils._tracking_store_registry.register("mlops-fake", lambda store_uri, artifact_uri: real)
    yield real
    utils._tracking_store_registry._registry.pop("mlops-fake")


@pytest.fixture
def run(make_run: Callable[..., RunDirectory]) -> RunDirectory:
    return make_run(tracking_uri="mlops-fake://server")


@pytest.fixture
def store(run: RunDirectory, real: Real) -> Iterator[SpoolingStore]:
    """A store stages all local artifacts of its process: here, only while the test runs."""
    before = dict(_artifact_repository_registry._registry)
    spool = MetricSpool.open(run.path, run.run_id)
    yield SpoolingStore(TrackingSession(run.path, run.spec(), spool, Journal(run.path)))
    spool.close()
    _artifact_repository_registry._registry.clear()
    _artifact_repository_registry._registry.update(before)


DATASET = DatasetInput(Dataset("train", "abc", "local", "{}", None, None), [InputTag("context", "fit")])
QUESTIONS: dict[str, tuple[Any, ...]] = {
    "get_run": (OTHER,),
    "update_run_info": (OTHER, 3, 9, "name"),
    "delete_run": (OTHER,),
    "restore_run": (OTHER,),
    "log_metric": (OTHER, Metric("a//b", 1.0, -1, 0)),
    "log_batch": (OTHER, [Metric("a//b", 1.0, -1, 0)], [Param("password", "hunter2")], [RunTag("", "x")]),
    "delete_tag": (OTHER, "team"),
    "log_inputs": (OTHER, [DATASET], [LoggedModelInput("m-1")]),
    "log_outputs": (OTHER, [LoggedModelOutput("m-1", 2)]),
    "get_metric_history": (OTHER, "loss", 5, "token"),
    "get_logged_model": ("m-1", True),
    "finalize_logged_model": ("m-1", "READY"),
    "log_logged_model_params": ("m-1", [LoggedModelParameter("C", "1")]),
    "set_logged_model_tags": ("m-1", [LoggedModelTag("C", "1")]),
    "delete_logged_model_tag": ("m-1", "C"),
    "delete_logged_model": ("m-1",),
    "get_experiment": ("12",),
    "delete_experiment": ("12",),
    "restore_experiment": ("12",),
    "rename_experiment": ("12", "better"),
}


@pytest.mark.parametrize("operation", QUESTIONS)
def test_what_is_not_the_cells_is_asked_of_the_real_store_as_it_is(run, store, real, operation) -> None:
    answer = getattr(store, operation)(*QUESTIONS[operation])

    asked = (operation, *QUESTIONS[operation])
    assert (real.asked, answer in (asked, None)) == ([asked], True)
    assert list(read_journal(run.path)) == []


def test_an_experiment_known_by_a_number_may_be_asked_for_by_one(store, real) -> None:
    assert store.get_experiment(12) == ("get_experiment", "12")


@pytest.mark.parametrize("operation", ["delete_experiment", "restore_experiment"])
def test_an_experiment_of_ours_is_changed_under_the_id_that_the_store_has(store, real, operation) -> None:
    getattr(store, operation)(CANCER)

    assert real.asked == [(operation, "4")]


def test_a_search_asks_for_the_stores_ids_and_puts_the_cells_run_in_front(run, store, real) -> None:
    found = store.search_runs([CANCER, "7", experiment_id_of("nobody")], "", ViewType.ACTIVE_ONLY, 5)

    assert [seen.info.run_id for seen in found] == [run.run_id]
    ((operation, ids, *rest),) = real.asked
    assert (operation, sorted(ids), rest) == (
        "search_runs",
        ["4", "7"],
        ["", ViewType.ACTIVE_ONLY, 5, None, None],
    )


@pytest.mark.parametrize(
    ("query", "view", "token", "is_found"),
    [
        ("params.C = '0.001'", ViewType.ACTIVE_ONLY, None, True),
        ("params.C = '2'", ViewType.ACTIVE_ONLY, None, False),
        ("tags.team = 'blue'", ViewType.ALL, None, True),
        ("", ViewType.DELETED_ONLY, None, False),
        ("", ViewType.ALL, "page 2", False),
    ],
)
def test_the_cells_run_is_found_where_it_belongs_and_on_the_first_page(
    run, store, real, query, view, token, is_found
) -> None:
    found = store.search_runs([CANCER], query, view, 5, None, token)

    assert ([seen.info.run_id for seen in found], found.token) == ([run.run_id] * is_found, "next")


def test_a_run_that_the_store_has_already_is_found_once_as_it_is_now(run, store, real) -> None:
    real.found = [store.get_run(run.run_id)]
    store.log_metric(run.run_id, Metric("loss", 0.5, 7, 3))

    (seen,) = store.search_runs([CANCER], "metrics.loss < 1", ViewType.ACTIVE_ONLY, 5)

    assert seen.data.metrics == {"loss": 0.5}


@pytest.mark.parametrize(("given", "ours"), [({}, 1), ({"filter_string": "x"}, 0), ({"page_token": "2"}, 0)])
def test_a_search_for_models_begins_with_the_cells_own(store, real, given, ours) -> None:
    made = store.create_logged_model(CANCER, "net")
    real.found = []

    found = store.search_logged_models([CANCER], **given)

    assert ([model.model_id for model in found], found.token) == ([made.model_id] * ours, "next")
    assert real.asked[-1][:2] == ("search_logged_models", ["4"])


def test_what_the_store_refuses_is_refused(store, real) -> None:
    real.get_run = lambda run_id: (_ for _ in ()).throw(MlflowException("no such run"))
    with pytest.raises(MlflowException, match=r"^no such run$"):
        store.get_run(OTHER)


def test_a_data_set_comes_back_from_the_record_as_it_was() -> None:
    assert to_dataset_input(from_dataset_input(DATASET)).to_dictionary() == DATASET.to_dictionary()


def test_experiments_that_the_store_does_not_have_have_no_id_there() -> None:
    assert real_ids(Real(), {"cancer": CANCER, "gone": "x1", "7": "7"}) == ["7", "4"]
    assert real_ids(Real(), {}) == []
