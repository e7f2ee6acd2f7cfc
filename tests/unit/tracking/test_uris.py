"""Addresses of stores."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlops.home import Home, RunDirectory
from jupyter_mlops.tracking._uris import (
    absolute_uri,
    experiment_id_of,
    spool_directory,
    spool_uri,
    sqlite_path,
    store_uri,
    without_credentials,
)


@pytest.mark.parametrize("folder", ["/a/b", "/with space/\u00fc", "/per%20cent/#hash?query"])
def test_a_spools_address_is_its_directory(folder: str) -> None:
    assert spool_directory(spool_uri(Path(folder))) == Path(folder)


def test_the_real_store_is_the_homes_own_or_the_chosen_one(home: Home, make_run: Callable[..., RunDirectory]) -> None:
    def real(**changes: object) -> str:
        run = make_run(**changes)
        return store_uri(run.path, run.spec())

    assert real() == f"sqlite:///{home.path}/mlflow.db"
    assert real(tracking_uri="http://server:5000") == "http://server:5000"
    assert real(tracking_uri="sqlite:///mlflow.db", cwd="/work") == "sqlite:////work/mlflow.db"


def test_relative_sqlite_files_are_made_absolute() -> None:
    assert absolute_uri("sqlite:////x/y.db", Path("/work")) == "sqlite:////x/y.db"
    assert absolute_uri("sqlite:///y.db", Path("/work")) == "sqlite:////work/y.db"
    assert [sqlite_path(uri) for uri in ("sqlite:////x/y.db", "http://a", "sqlite:///:memory:")] == [
        Path("/x/y.db"),
        None,
        None,
    ]


def test_b38_credentials_are_not_shown() -> None:
    assert without_credentials("https://me:hunter2@server/path?token=x#y") == "https://server/path"
    assert without_credentials("postgresql://u:p@db:5432/mlflow") == "postgresql://db:5432/mlflow"
    assert without_credentials("sqlite:////x/y.db") == "sqlite:////x/y.db"


def test_experiment_ids_are_ones_that_mlflow_takes() -> None:
    from mlflow.utils.validation import _validate_experiment_id

    ids = {experiment_id_of(name) for name in ("a", "b", "\u00fc" * 500, "")}
    for identifier in ids:
        _validate_experiment_id(identifier)
        assert not identifier.isdigit()
    assert len(ids) == 4
