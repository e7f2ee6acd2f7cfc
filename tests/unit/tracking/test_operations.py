"""What operations of the journal do in a store. The law of all: a keeper that died may do each a second time."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mlflow.exceptions import MlflowException

from jupyter_mlops.home import Home, RunDirectory
from jupyter_mlops.tracking import home_store_uri
from jupyter_mlops.tracking._journal import Entry
from jupyter_mlops.tracking._operations import apply
from jupyter_mlops.tracking._shipment import Shipment
from jupyter_mlops.tracking._target import Target

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")  # MLflow 3.17 on SQLAlchemy 2.1

CHILD, MODEL, OTHER_MODEL = "c" * 32, "m-" + "d" * 32, "m-" + "e" * 32
DATA = {"name": "iris", "digest": "1", "source_type": "local", "source": "{}", "schema": None, "profile": None}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A store in a file: making it takes seconds, so all stories of this module have runs of their own in it."""
    home = Home.create(tmp_path_factory.mktemp("operations") / "home")
    opened = Target(home_store_uri(home.path), home.path)
    yield opened
    opened.close()


class Journey:
    """A run that is in the store, and what is done to it."""

    def __init__(self, run: RunDirectory, target: Target) -> None:
        self.run_id = run.run_id
        self.store = target.store
        self.shipment = Shipment(run, run.spec(), target)
        self.ids = {name: name[:-12] + run.run_id[-12:] for name in (CHILD, MODEL, OTHER_MODEL)}
        self.do("create_run", experiment="cancer", user="eve", start_time=5, tags={"team": "blue"}, name="baseline")

    def do(self, op: str, of: str = "", **fields: Any) -> None:
        fields = {key: self.ids.get(value, value) if isinstance(value, str) else value for key, value in fields.items()}
        apply(self.shipment, Entry(op, self.ids.get(of, self.run_id), 7, fields, 0))

    def seen(self) -> dict[str, Any]:
        """Return all that a person could see of the run, its child, its models and its experiments."""
        runs = [self.store.get_run(run_id) for run_id in self.shipment.cursor.run_ids.values()]
        models = [self.store.get_logged_model(model_id, True) for model_id in self.shipment.cursor.model_ids.values()]
        experiments = [self.store.get_experiment(str(number)) for number in range(20) if self._has(number)]
        return {
            "runs": [run.to_dictionary() for run in runs],
            "models": [dict(model.to_dictionary(), last_updated_timestamp=0) for model in models],
            "experiments": [(found.name, found.lifecycle_stage, dict(found.tags)) for found in experiments],
        }

    def _has(self, number: int) -> bool:
        try:
            return self.store.get_experiment(str(number)) is not None
        except MlflowException:
            return False


@pytest.fixture
def journey(make_run: Callable[..., RunDirectory], target: Target) -> Journey:
    return Journey(make_run(), target)


Done = tuple[str, str, dict[str, Any]]
MADE_CHILD: Done = ("create_run", CHILD, {"experiment": "cancer", "tags": {}, "name": "trial"})
MADE_MODEL: Done = (
    "create_model",
    "",
    {"model_id": MODEL, "experiment": "cancer", "name": "net", "params": {"C": "1"}},
)
TAGGED: Done = ("set_tag", "", {"key": "team", "value": "red ü"})
WITH_TAG: Done = ("change_model", "", {"model_id": MODEL, "tags": {"a": "1", "b": "2"}, "params": {"depth": "3"}})
NAMED: Done = ("create_experiment", "", {"experiment": "named ü", "tags": {"why": "tests"}})

STORIES: dict[str, list[Done]] = {
    "a child run": [MADE_CHILD],
    "a run": [("create_run", "", {"experiment": "cancer", "tags": {}, "name": "another name"})],
    "a param": [("log_param", "", {"key": "C", "value": "1"})],
    "a tag": [TAGGED],
    "a tag taken away": [TAGGED, ("delete_tag", "", {"key": "team"})],
    "a tag taken away that was never there": [("delete_tag", "", {"key": "nobody"})],
    "a new name": [("update_run", "", {"name": "better ü"})],
    "an end": [MADE_CHILD, ("update_run", CHILD, {"status": "KILLED", "end_time": 9})],
    "a child run deleted": [MADE_CHILD, ("delete_run", CHILD, {})],
    "a child run restored": [MADE_CHILD, ("delete_run", CHILD, {}), ("restore_run", CHILD, {})],
    "a move": [("move_run", "", {"experiment": "moved"})],
    "a move to a number": [("use_experiment", "", {"experiment": "77"}), ("move_run", "", {"experiment": "77"})],
    "inputs": [MADE_MODEL, ("log_inputs", "", {"datasets": [DATA | {"tags": {"k": "v"}}], "models": []})],
    "no inputs": [("log_inputs", "", {})],
    "no outputs": [("log_outputs", "", {"models": []})],
    "a model": [MADE_MODEL],
    "a model that is whole": [MADE_MODEL, ("finalize_model", "", {"model_id": MODEL, "status": "READY"})],
    "a model that failed": [MADE_MODEL, ("finalize_model", "", {"model_id": MODEL, "status": "FAILED"})],
    "a model's words": [MADE_MODEL, WITH_TAG],
    "a model's tag taken away": [
        MADE_MODEL,
        WITH_TAG,
        ("change_model", "", {"model_id": MODEL, "deleted_tags": ["a", "nobody"]}),
    ],
    "a model deleted": [MADE_MODEL, ("delete_model", "", {"model_id": MODEL})],
    "an experiment": [NAMED],
    "an experiment named with a number": [("use_experiment", "", {"experiment": "2025"})],
    "an experiment that is no number": [("use_experiment", "", {"experiment": "never made"})],
    "an experiment's tag": [NAMED, ("set_experiment_tag", "", {"experiment": "named ü", "key": "a", "value": "1"})],
    "an experiment's tag taken away": [
        NAMED,
        ("set_experiment_tag", "", {"experiment": "named ü", "key": "a", "value": "1"}),
        ("delete_experiment_tag", "", {"experiment": "named ü", "key": "a"}),
    ],
    "an operation of a newer version": [("fly_run", "", {"to": "the moon"})],
}


@pytest.mark.parametrize("story", STORIES)
def test_what_is_done_twice_is_done_once(journey: Journey, story: str) -> None:
    for op, of, fields in STORIES[story]:
        journey.do(op, of, **fields)
    once = journey.seen()

    op, of, fields = STORIES[story][-1]
    journey.do(op, of, **fields)

    assert journey.seen() == once


@pytest.mark.parametrize("field", ["model_inputs", "model_outputs"])
def test_a_model_that_a_run_reads_or_makes_is_noted_once_and_another_is_added(journey: Journey, field: str) -> None:
    op = {"model_inputs": "log_inputs", "model_outputs": "log_outputs"}[field]
    ids = []
    for model in (MODEL, OTHER_MODEL):
        journey.do(*MADE_MODEL[:2], **MADE_MODEL[2] | {"model_id": model})
        ids.append(journey.ids[model])
        models = [{"model_id": model_id, "step": step} for step, model_id in enumerate(ids)]

        journey.do(op, models=models)
        journey.do(op, models=models)

    run = journey.store.get_run(journey.run_id)
    noted = getattr(run.inputs if op == "log_inputs" else run.outputs, field)
    assert sorted(model.model_id for model in noted) == sorted(ids)


def test_a_new_name_leaves_the_status_and_a_status_the_name(journey: Journey) -> None:
    journey.do(*MADE_CHILD[:2], **MADE_CHILD[2])
    journey.do("update_run", CHILD, status="FAILED", end_time=9)
    journey.do("update_run", CHILD, name="better")

    info = journey.store.get_run(journey.ids[CHILD]).info
    assert (info.status, info.end_time, info.run_name) == ("FAILED", 9, "better")


def test_a_child_run_knows_its_parent_by_the_id_that_the_store_has(journey: Journey) -> None:
    tags = {"mlflow.parentRunId": journey.run_id}
    journey.shipment.cursor.run_ids[journey.run_id] = "the-stores-id"

    journey.do("create_run", CHILD, experiment="cancer", tags=tags, name="trial")

    seen = journey.store.get_run(journey.ids[CHILD])
    assert (seen.data.tags["mlflow.parentRunId"], seen.info.start_time) == ("the-stores-id", 7)


def test_a_run_that_is_moved_is_where_later_points_go(journey: Journey) -> None:
    journey.do(*MADE_CHILD[:2], **MADE_CHILD[2])
    journey.do("move_run", CHILD, experiment="of the child")
    before = journey.shipment.cursor.experiment
    journey.do("move_run", experiment="of the cell")

    assert (before, journey.shipment.cursor.experiment) == ("", "of the cell")


def test_a_models_param_stays_what_it_was_first(journey: Journey) -> None:
    journey.do(*MADE_MODEL[:2], **MADE_MODEL[2])
    journey.do("change_model", model_id=MODEL, params={"C": "2", "depth": "3"})

    assert journey.store.get_logged_model(journey.ids[MODEL]).params == {"C": "1", "depth": "3"}
