"""Asking a registry through MLflow's own client, in a child: what it does is there, what it refuses is said."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from registries import add_model, make_registry

from jupyter_mlops.exceptions import TrackingError, UsageError
from jupyter_mlops.tracking import RegistryAddress, call_registry, registered_models
from jupyter_mlops.tracking._registry import _calls
from jupyter_mlops.tracking._registry._calls import in_short
from jupyter_mlops.tracking._registry._child import WORDS, answer


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store = make_registry(tmp_path / "mlflow.db")
    add_model(store, "cancer", versions=2, aliases={"champion": 1})
    return store


@pytest.fixture
def address(store: Path) -> RegistryAddress:
    return RegistryAddress(f"sqlite:///{store}", f"sqlite:///{store}")


def test_mlflow_tells_the_same_as_our_sql(address, tmp_path):
    """The child is what unknown registries are asked by: its rows mean what the quick way's mean."""
    from jupyter_mlops.tracking._registry._rows import models_of

    told = call_registry(address, "find", most=10, versions=10)
    assert models_of(address.registry_uri, told["models"], told["versions"]) == list(registered_models(address).models)


def test_words_in_one_process(address, monkeypatch):
    """The words themselves, without a child each: MLflow is imported here."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.setenv(name, "")

    def ask(do: str, **details: object) -> dict:
        return answer({"do": do, **address._asdict(), **details})

    assert ask("alias", name="cancer", aliases={"champion": None, "challenger": 2}) == {}
    assert ask("describe", name="cancer", version=None, text="all") == {}
    assert ask("describe", name="cancer", version=2, text="second") == {}
    assert ask("tag", name="cancer", version=2, tags={"a": "1", "b": "2"}) == {}
    assert ask("tag", name="cancer", version=2, tags={"a": None}) == {}
    assert ask("tag", name="cancer", version=None, tags={"team": "blue", "x": "y"}) == {}
    assert ask("tag", name="cancer", version=None, tags={"x": None}) == {}
    (model,) = registered_models(address).models
    assert (model.aliases, model.description, model.tags) == ({"challenger": 2}, "all", {"team": "blue"})
    assert (model.versions[0].description, model.versions[0].tags) == ("second", {"b": "2"})

    assert ask("delete", name="cancer", version=1) == {}
    assert [version.version for version in registered_models(address).models[0].versions] == [2]
    assert ask("delete", name="cancer", version=None) == {}
    assert registered_models(address).models == ()
    refused = ask("delete", name="cancer", version=None)
    assert refused["code"] == "RESOURCE_DOES_NOT_EXIST"
    assert "cancer" in refused["error"]


class Raced:
    """A registry in which somebody else makes an alias between MLflow's look and its own insert, once or always."""

    def __init__(self, times: int) -> None:
        self.times, self.aliases = times, {}

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        from mlflow.exceptions import MlflowException
        from mlflow.protos.databricks_pb2 import BAD_REQUEST

        if self.times:
            self.times -= 1
            raise MlflowException("(sqlite3.IntegrityError) UNIQUE constraint failed", error_code=BAD_REQUEST)
        self.aliases[alias] = version


def test_an_alias_that_two_make_at_once_is_the_last_ones():
    registry = Raced(times=1)
    assert WORDS["alias"](registry, "cancer", {"champion": 2}) is None
    assert registry.aliases == {"champion": "2"}


def test_what_goes_wrong_each_time_is_said():
    with pytest.raises(Exception, match="UNIQUE constraint failed"):
        WORDS["alias"](Raced(times=2), "cancer", {"champion": 2})


def test_every_word_is_known_to_the_service():
    assert sorted(WORDS) == ["alias", "delete", "describe", "fetch", "find", "register", "tag"]


def test_what_the_registry_refuses_is_a_mistake_of_the_caller(address):
    with pytest.raises(UsageError, match=r"registry sqlite:///.* says: .*nothing"):
        call_registry(address, "delete", name="nothing", version=None)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (
            "(sqlite3.OperationalError) database or disk is full\n(Background on this error at: https://a.b/e/21/e3q8)",
            "(sqlite3.OperationalError) database or disk is full. Free some space, and say it again",
        ),
        ("Registered Model with name=a not found.", "Registered Model with name=a not found"),
        ("x" * 600, "x" * 500),
    ],
)
def test_what_it_says_is_short_and_of_a_full_disk_has_a_next_step(failure, told):
    assert in_short(failure) == told


def test_a_locked_store_is_told_before_mlflow_gives_up(address, store):
    with closing(sqlite3.connect(store, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        with pytest.raises(TrackingError, match=r"gave no answer within 3 s\. Look whether it was done"):
            call_registry(address, "describe", 3.0, name="cancer", version=None, text="never")
    assert registered_models(address).models[0].description == ""


SLOW_MLFLOW = {
    "__init__.py": """
import time
time.sleep({seconds})
class MlflowClient:
    def __init__(self, *_uris): pass
    def update_registered_model(self, name, text): pass
""",
    "exceptions.py": "class MlflowException(Exception): pass",
    "store/tracking/sqlalchemy_store.py": "",
    "store/model_registry/sqlalchemy_store.py": "",
}


@pytest.fixture
def slow_mlflow(tmp_path, monkeypatch) -> Callable[[object], None]:
    """Let the child's MLflow take so many seconds to load, and none to answer."""

    def install(seconds: object) -> None:
        for name, text in SLOW_MLFLOW.items():
            file = tmp_path / "site" / "mlflow" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.format(seconds=seconds))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))

    return install


ELSEWHERE = RegistryAddress("odd://x", "odd://x")


def test_the_clock_of_a_wish_begins_when_mlflow_is_loaded(slow_mlflow):
    slow_mlflow(2.5)
    assert call_registry(ELSEWHERE, "describe", 2.0, name="cancer", version=None, text="late") == {}


def test_an_mlflow_that_does_not_load_is_asked_nothing(slow_mlflow, monkeypatch):
    slow_mlflow(600)
    monkeypatch.setattr(_calls, "START_S", 0.2)
    with pytest.raises(TrackingError, match="odd://x was asked nothing: MLflow was not loaded in time"):
        call_registry(ELSEWHERE, "describe", name="cancer", version=None, text="never")


def test_a_listing_waits_for_mlflow_no_longer_than_it_may(slow_mlflow):
    slow_mlflow(600)
    (missing,) = registered_models(ELSEWHERE, 0.3).missing
    assert "MLflow was not loaded in time" in missing


def test_an_mlflow_that_cannot_be_loaded_says_why(slow_mlflow):
    slow_mlflow("1 / 0")
    with pytest.raises(TrackingError, match="odd://x says: ZeroDivisionError: division by zero"):
        call_registry(ELSEWHERE, "describe", name="cancer", version=None, text="never")


def test_a_login_is_never_shown():
    away = RegistryAddress("sqlite:///:memory:", "http://me:secret@127.0.0.1:9/")
    with pytest.raises(TrackingError) as caught:
        call_registry(away, "delete", name="x", version=None)
    assert "secret" not in str(caught.value)
