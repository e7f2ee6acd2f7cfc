"""The model registry inside a run: versions of the run's own models are registered under the store's ids and places."""

import json
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from mlflow.exceptions import MlflowException
from mlflow.tracking._tracking_service import utils

from jupyter_mlops.home import RunDirectory
from jupyter_mlops.tracking import MetricSpool, TrackingSession
from jupyter_mlops.tracking._journal import Journal
from jupyter_mlops.tracking._registry._in_run import RunRegistry, watch_registries

CHILD = "c" * 32
OWN, FOREIGN = "m-" + "d" * 32, "m-" + "e" * 32


class Registry:
    """A registry that tells what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def create_model_version(self, *given: Any, model_id: str | None = None) -> str:
        self.asked.append((*given, model_id))
        return "version 1"

    def get_latest_versions(self, name: str, stages: list[str] | None = None) -> list[str]:
        if name == "refused":
            raise MlflowException("no such model")
        return [f"{name} {stages}"]


class Tracking:
    """The store that the keeper ships to."""

    def __init__(self, store_uri: str, artifact_uri: str | None) -> None:
        """Take what MLflow gives."""

    def get_logged_model(self, model_id: str) -> SimpleNamespace:
        return SimpleNamespace(artifact_location=f"far://models/{model_id}", source_run_id=f"run of {model_id}")

    def get_run(self, run_id: str) -> SimpleNamespace:
        return SimpleNamespace(info=SimpleNamespace(artifact_uri=f"far://runs/{run_id}/artifacts"))


@pytest.fixture
def session(make_run: Callable[..., RunDirectory]) -> Iterator[TrackingSession]:
    utils._tracking_store_registry.register("mlops-fake", Tracking)
    run = make_run(tracking_uri="mlops-fake://server")
    (run.path / "staged" / "models" / OWN / "artifacts").mkdir(parents=True)
    spool = MetricSpool.open(run.path, run.run_id)
    yield TrackingSession(run.path, run.spec(), spool, Journal(run.path))
    spool.close()
    utils._tracking_store_registry._registry.pop("mlops-fake")


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def ours(session: TrackingSession, registry: Registry) -> RunRegistry:
    return RunRegistry(session, lambda: registry)


def ship(session: TrackingSession, **cursor: Any) -> None:
    """Do as the keeper does when it has shipped something."""
    half = session.directory / "half"
    half.write_text(json.dumps(cursor))
    half.rename(session.directory / "tracking.json")


@pytest.mark.parametrize(
    "given",
    [{"source": f"models:/{OWN}"}, {"source": "anywhere", "model_id": OWN}],
    ids=["by its address", "by its id"],
)
def test_a_model_of_the_run_is_registered_as_the_store_knows_it(session, ours, registry, given) -> None:
    ship(session, model_ids={OWN: "m-theirs"})

    assert ours.create_model_version("net", **given, run_id="ours", description="good") == "version 1"

    assert registry.asked == [
        ("net", "far://models/m-theirs", "run of m-theirs", None, None, "good", "m-theirs")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "theirs"), [("artifacts", "theirs"), (f"staged/runs/{CHILD}/artifacts", "theirs-too")]
)
@pytest.mark.parametrize("path", ["", "/sub ü/model", "/artifacts"])
def test_an_artifact_of_the_run_or_its_child_is_registered_from_where_the_store_has_it(
    session, ours, registry, folder, theirs, path
) -> None:
    ship(session, run_ids={session.spec.run_id: "theirs", CHILD: "theirs-too"})

    ours.create_model_version("net", (session.directory / folder).as_uri() + path)

    assert registry.asked == [("net", f"far://runs/{theirs}/artifacts{path}", theirs, None, None, None, None)]


@pytest.mark.parametrize(
    ("source", "model_id"), [(f"models:/{FOREIGN}", FOREIGN), ("s3://bucket/model", None), ("models:/net/3", None)]
)
def test_what_is_not_the_runs_goes_through_as_it_is(ours, registry, source, model_id) -> None:
    ours.create_model_version("net", source, "a run", ["tag"], "link", "words")

    assert registry.asked == [("net", source, "a run", ["tag"], "link", "words", model_id)]


@pytest.mark.parametrize("folder", ["artifacts-of-mine", "data/artifacts", "staged/runs/artifacts", "captured"])
def test_a_folder_beside_the_runs_artifacts_is_none_of_them(session, ours, registry, folder) -> None:
    source = (session.directory / folder / "model").as_uri()

    ours.create_model_version("net", source)

    assert registry.asked == [("net", source, None, None, None, None, None)]


def test_a_model_that_is_on_its_way_is_waited_for(session, ours, registry) -> None:
    ship(session, model_ids={}, problem="")
    versions: list[str] = []
    waiting = threading.Thread(target=lambda: versions.append(ours.create_model_version("net", f"models:/{OWN}")))
    waiting.start()
    before = list(registry.asked)

    ship(session, model_ids={OWN: OWN})
    waiting.join(9)

    assert (before, versions) == ([], ["version 1"])
    assert registry.asked == [("net", f"far://models/{OWN}", f"run of {OWN}", None, None, None, OWN)]


def test_every_other_question_is_the_real_registrys(ours) -> None:
    assert ours.get_latest_versions("net", stages=["None"]) == ["net ['None']"]
    with pytest.raises(MlflowException, match="no such model"):
        ours.get_latest_versions("refused")


def test_a_registry_in_a_file_that_is_not_made_yet_is_not_made_by_asking(session, tmp_path, make_run) -> None:
    run = make_run(tracking_uri="mlops-fake://server", registry_uri=f"sqlite:///{tmp_path}/registry.db")
    other = TrackingSession(run.path, run.spec(), session.spool, session.journal)
    module = fake_module(lambda store_uri=None, tracking_uri=None: "opened")
    watch_registries(module, other)

    with pytest.raises(MlflowException, match=r"^Cannot ask sqlite:///\S+/registry.db for the store: it is not made"):
        module._get_store(other.registry_uri).get_latest_versions("net")

    assert not (tmp_path / "registry.db").exists()


def fake_module(open_registry: Callable[..., Any]) -> SimpleNamespace:
    """Return a stand-in for MLflow's module that opens registries."""
    return SimpleNamespace(
        _get_store=open_registry, _resolve_registry_uri=lambda store_uri, tracking_uri: store_uri or tracking_uri
    )


def test_only_the_registry_of_the_session_is_ours_and_it_is_one(session) -> None:
    opened: list[tuple[object, object]] = []
    module = fake_module(lambda store_uri=None, tracking_uri=None: opened.append((store_uri, tracking_uri)) or "theirs")

    watch_registries(module, session)

    ours = module._get_store(session.registry_uri)
    assert (type(ours), module._get_store(None, session.registry_uri) is ours, opened) == (RunRegistry, True, [])
    assert module._get_store("http://elsewhere", "here") == "theirs"
    assert opened == [("http://elsewhere", "here")]
