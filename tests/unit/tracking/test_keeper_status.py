"""What the keeper said last, and putting a backup in the place of a damaged store."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.home import Home, LifeLock, RunDirectory
from jupyter_mlops.tracking import restore_store, start_keeper, store_problem
from jupyter_mlops.tracking._cursor import Cursor, read_cursor, write_cursor
from jupyter_mlops.tracking._keeper import STATUS, TRACKED
from jupyter_mlops.tracking._keeper_start import keeper_environment
from jupyter_mlops.tracking._local_store import back_up


def say(home: Home, stores: object) -> None:
    (home.path / STATUS).write_text(json.dumps({"pid": 1, "stores": stores}))


def test_a_problem_is_that_of_the_homes_own_store_unless_another_is_named(home: Home) -> None:
    own = f"sqlite:///{home.path}/mlflow.db"
    say(home, {own: {"problem": "is locked", "waiting": 3}, "http://server/a": {"problem": "401", "waiting": 1}})
    assert store_problem(home) == store_problem(home, own) == "is locked"
    assert store_problem(home, "http://server/a") == "401"
    assert store_problem(home, "http://elsewhere") == ""


def test_b38_a_store_is_found_by_its_address_with_or_without_login(home: Home) -> None:
    say(home, {"http://server/a": {"problem": "401"}})
    assert store_problem(home, "http://me:hunter2@server/a?token=x") == "401"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"stores": []}', '{"stores": {"http://a": 3}}', '{"stores": {"http://a": {}}}']
)
def test_f29_a_status_that_is_not_whole_says_nothing(home: Home, text: str) -> None:
    assert store_problem(home, "http://a") == ""
    (home.path / STATUS).write_text(text)
    assert store_problem(home, "http://a") == ""


def made_store(home: Home) -> Path:
    path = home.path / "mlflow.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE t (n)")
    back_up(path, "daily-20261121")
    return path


def test_restoring_lets_everything_of_that_store_be_shipped_again(
    home: Home, make_run: Callable[..., RunDirectory]
) -> None:
    path = made_store(home)
    own, elsewhere, strange = make_run(), make_run(tracking_uri="http://server"), make_run()
    strange.spec_file.write_text("{")
    for run in (own, elsewhere, strange):
        write_cursor(run, Cursor(uri="x", done=True))
    (home.path / TRACKED).write_text(f"{own.run_id}\n{elsewhere.run_id}\n")
    path.write_bytes(b"damaged")
    assert restore_store(home) == home.path / "backups" / "mlflow-daily-20261121.db"
    assert path.read_bytes().startswith(b"SQLite format 3\0")
    assert [read_cursor(run).done for run in (own, elsewhere, strange)] == [False, True, True]
    assert not (home.path / TRACKED).exists()


def test_without_a_backup_nothing_is_shipped_again(home: Home, run: RunDirectory) -> None:
    (home.path / "mlflow.db").write_bytes(b"damaged")
    write_cursor(run, Cursor(uri="x", done=True))
    with pytest.raises(TrackingError, match="There is no backup of"):
        restore_store(home)
    assert read_cursor(run) == Cursor(uri="x", done=True)
    lock = LifeLock.acquire(home.keeper_lock)
    assert lock is not None
    lock.release()


HOLD = """
import sys
from pathlib import Path
from jupyter_mlops.home import LifeLock
lock = LifeLock.acquire(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_keeper_that_works_is_named_and_the_store_is_left_alone(
    home: Home, python: Callable[..., subprocess.Popen[str]]
) -> None:
    path = made_store(home)
    path.write_bytes(b"damaged")
    keeper = python(HOLD, home.keeper_lock)
    assert keeper.stdout is not None
    assert keeper.stdout.readline() == "held\n"
    with pytest.raises(TrackingError) as told:
        restore_store(home)
    assert str(told.value) == (f"The keeper (pid {keeper.pid}) has the store open. End it with: kill {keeper.pid}")
    assert path.read_bytes() == b"damaged"


def test_no_keeper_is_started_where_the_settings_want_none(home: Home) -> None:
    assert os.environ["JUPYTER_MLOPS_KEEPER"] == "off"
    assert start_keeper(home) is False
    assert not (home.path / "keeper.log").exists()


@pytest.mark.keeper
def test_no_second_keeper_is_started(home: Home, python: Callable[..., subprocess.Popen[str]]) -> None:
    keeper = python(HOLD, home.keeper_lock)
    assert keeper.stdout is not None
    keeper.stdout.readline()
    assert start_keeper(home, python="/absent/python") is False
    assert not (home.path / "keeper.log").exists()


@pytest.mark.keeper
def test_a_keeper_is_detached_and_what_it_says_is_kept(home: Home, tmp_path: Path, until: Callable[..., None]) -> None:
    program = tmp_path / "a program's $(name)"
    program.write_text('#!/bin/sh\necho "$@" in "$(pwd)" of "$MLFLOW_RUN_ID"\nexec sleep 0.01\n')
    program.chmod(0o700)
    assert start_keeper(home, python=str(program)) is True
    log = home.path / "keeper.log"
    until(lambda: log.read_text().endswith("\n"))
    assert log.read_text() == f"-m jupyter_mlops.tracking.keeper {home.path} in / of \n"
    assert log.stat().st_mode & 0o777 == 0o600


def test_the_keeper_does_not_take_itself_for_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRACKING_URI", "RUN_ID", "EXPERIMENT_ID", "EXPERIMENT_NAME", "TRACKING_TOKEN"):
        monkeypatch.setenv(f"MLFLOW_{name}", "x")
    environment = keeper_environment()
    assert {name for name in environment if name.startswith("MLFLOW_")} == {"MLFLOW_TRACKING_TOKEN"}
    assert os.environ["MLFLOW_RUN_ID"] == "x"
