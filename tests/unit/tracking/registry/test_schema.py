"""A registry that an older MLflow has written is told, and stays as that one can read it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from mlflow.store.db.utils import _get_alembic_config, create_sqlalchemy_engine
from mlflow.store.tracking.dbmodels.initial_models import Base
from registries import add_model, make_registry

from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.tracking import RegistryAddress, call_registry, registered_models
from jupyter_mlops.tracking._registry._schema import demand_current

MLFLOW_2_22 = "0584bdc529eb"


def address(path: Path) -> RegistryAddress:
    return RegistryAddress(f"sqlite:///{path}", f"sqlite:///{path}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What MLflow 2.22 makes, by MLflow's own migrations up to it, with one model."""
    path = tmp_path_factory.mktemp("old") / "mlflow.db"
    engine = create_sqlalchemy_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    config = _get_alembic_config(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, MLFLOW_2_22)
    engine.dispose()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "INSERT INTO registered_models (name, creation_time, last_updated_time) VALUES ('cancer', 1, 1)"
        )
    return path.read_bytes()


@pytest.fixture
def old(made: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "mlflow.db"
    path.write_bytes(made)
    return path


@pytest.mark.parametrize("patience_s", [2.0, 60.0])
def test_looking_at_an_older_registry_does_not_change_it(patience_s, old, made):
    """A sidebar looks of its own accord: MLflow's own client would bring the file to its schema, for good."""
    found = registered_models(address(old), patience_s)

    assert not found.models
    (told,) = found.missing
    assert f"{old} has schema {MLFLOW_2_22}, of an older MLflow" in told
    assert f"mlflow db upgrade sqlite:///{old}" in told
    assert old.read_bytes() == made


@pytest.mark.parametrize(
    ("do", "details"),
    [
        ("find", {"most": 5, "versions": 5}),
        ("alias", {"name": "cancer", "aliases": {"champion": 1}}),
        ("delete", {"name": "cancer", "version": None}),
    ],
)
def test_nothing_is_changed_in_an_older_registry(do, details, old, made):
    with pytest.raises(TrackingError, match="of an older MLflow"):
        call_registry(address(old), do, **details)
    assert old.read_bytes() == made


def test_nor_in_an_older_tracking_store_beside_it(old, made, tmp_path):
    registry = make_registry(tmp_path / "registry.db")
    with pytest.raises(TrackingError, match="of an older MLflow"):
        call_registry(RegistryAddress(f"sqlite:///{old}", f"sqlite:///{registry}"), "find", most=5, versions=5)
    assert old.read_bytes() == made


def test_a_registry_that_nobody_keeps_waiting_is_asked_as_it_is(tmp_path):
    store = make_registry(tmp_path / "mlflow.db")
    add_model(store, "cancer")
    demand_current(f"sqlite:///{store}")
    assert [model.name for model in registered_models(address(store)).models] == ["cancer"]


def test_what_is_no_file_of_mlflows_is_not_judged(tmp_path):
    """MLflow itself says what is wrong with it, or makes what is not there."""
    (tmp_path / "empty.db").touch()
    (tmp_path / "text.db").write_text("no database at all, whatever its name says")
    for uri in (
        "http://localhost:1",
        "postgresql://u@h/d",
        *(f"sqlite:///{tmp_path}/{n}.db" for n in ("no", "empty", "text")),
    ):
        demand_current(uri)


def test_a_newer_registry_is_left_to_mlflow(tmp_path):
    store = make_registry(tmp_path / "mlflow.db")
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    demand_current(f"sqlite:///{store}")
