"""F31: what a damaged store looks like before anybody opens it, its backups, and the way back."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.tracking import _local_store
from jupyter_mlops.tracking._local_store import (
    KEPT_BACKUPS,
    analyze,
    back_up,
    backups,
    look_for_damage,
    prepare_store,
    restore_backup,
    schema_revision,
)


def fill(path: Path, revision: str = "abc123", rows: int = 2_000) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        database.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
        database.execute("CREATE TABLE points (n INTEGER, text TEXT)")
        database.execute("CREATE INDEX by_n ON points (n)")
        database.executemany("INSERT INTO points VALUES (?, ?)", ((number, "x" * 50) for number in range(rows)))
    return path


def count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM points").fetchone()[0])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return fill(tmp_path / "mlflow.db")


def test_a_store_in_order_is_said_to_be(store: Path) -> None:
    assert (look_for_damage(store), schema_revision(store)) == ("", "abc123")


def test_no_store_is_no_damage_unless_there_was_one(tmp_path: Path, store: Path) -> None:
    assert look_for_damage(tmp_path / "other.db") == ""
    back_up(store, "daily-20261121")
    store.unlink()
    assert look_for_damage(store) == "is gone."


def test_f31_an_empty_file_is_damage(store: Path) -> None:
    store.write_bytes(b"")
    assert look_for_damage(store) == "is empty (0 bytes)."


@pytest.mark.parametrize(
    "data", [b"no", b"SQLite format 3\0", b"SQLite format 3\0" + bytes(83), b"\0" * 4096, b"#!/bin/sh\n" * 500]
)
def test_f31_something_else_is_no_database(store: Path, data: bytes) -> None:
    store.write_bytes(data)
    assert look_for_damage(store) == "is no sqlite database."


def test_f31_a_truncated_file_is_told_with_its_sizes(store: Path) -> None:
    size = store.stat().st_size
    for kept in (size // 2, size - 1, 4096):
        os.truncate(store, kept)
        assert look_for_damage(store) == f"is truncated: {kept} bytes of {size}."


def test_f31_a_garbled_first_page_is_damage(store: Path) -> None:
    data = bytearray(store.read_bytes())
    data[100:4096] = os.urandom(3996)
    store.write_bytes(data)
    assert look_for_damage(store).startswith("is damaged: ")


def test_f30_a_locked_store_is_not_a_damaged_one(store: Path) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("PRAGMA journal_mode = wal")
        other.execute("PRAGMA journal_mode = delete")
    assert look_for_damage(store) == ""


def test_a_store_in_wal_mode_may_be_ahead_of_its_file(store: Path) -> None:
    with closing(sqlite3.connect(store)) as writer:
        writer.execute("PRAGMA journal_mode = wal")
        with writer:
            writer.executemany("INSERT INTO points VALUES (?, ?)", ((number, "y" * 500) for number in range(2_000)))
        assert look_for_damage(store) == ""
        assert count(store) == 4_000


def test_a_database_without_a_schema_of_mlflow_has_no_revision(tmp_path: Path) -> None:
    path = tmp_path / "plain.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE t (n)")
    assert (schema_revision(path), look_for_damage(path)) == ("", "")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE alembic_version (version_num)")
    assert schema_revision(path) == ""


def test_reading_the_revision_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        schema_revision(tmp_path / "absent.db")
    assert list(tmp_path.iterdir()) == [path for path in tmp_path.iterdir() if path.name != "absent.db"]


@pytest.mark.parametrize("name", ["per%20cent", "quest?ion", "ha#sh", "ü 🚀"])
def test_folders_of_any_name_hold_stores(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    store = fill(folder / "mlflow.db")
    assert (look_for_damage(store), schema_revision(store)) == ("", "abc123")
    assert count(back_up(store, "daily-20261121")) == 2_000


def test_a_backup_is_whole_private_and_taken_while_others_write(store: Path) -> None:
    with closing(sqlite3.connect(store)) as writer:
        writer.execute("INSERT INTO points VALUES (1, 'not committed')")
        backup = back_up(store, "daily-20261121")
        writer.rollback()
    assert backup == store.parent / "backups" / "mlflow-daily-20261121.db"
    assert (count(backup), backup.stat().st_mode & 0o777, backup.parent.stat().st_mode & 0o777) == (2_000, 0o600, 0o700)
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_a_second_backup_of_the_day_takes_the_firsts_place(store: Path) -> None:
    back_up(store, "daily-20261121")
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("DELETE FROM points WHERE n >= 10")
    assert count(back_up(store, "daily-20261121")) == 10
    assert len(backups(store)) == 1


def test_a_few_daily_backups_are_kept_and_all_of_a_migration(store: Path) -> None:
    made = [back_up(store, "schema-abc123")]
    for day in range(1, 7):
        made.append(back_up(store, f"daily-2026110{day}"))
        for age, path in enumerate(reversed([path for path in made if path.exists()])):
            os.utime(path, (time.time() - 86_400 * age,) * 2)
    assert [path.name for path in backups(store)] == [
        "mlflow-daily-20261106.db",
        "mlflow-daily-20261105.db",
        "mlflow-daily-20261104.db",
        "mlflow-schema-abc123.db",
    ]
    assert KEPT_BACKUPS == 3


def test_f31_a_bad_store_does_not_push_out_a_good_backup(store: Path) -> None:
    good = back_up(store, "daily-20261121")
    garble_pages(store)
    with pytest.raises(TrackingError) as told:
        back_up(store, "daily-20261121")
    assert str(told.value).startswith(f"{store} is damaged: ")
    assert str(told.value).endswith(f"(jupyter_mlops.tracking.restore_store), or remove {store.parent / 'backups'}.")
    assert (count(good), [path.name for path in good.parent.iterdir()]) == (2_000, [good.name])


def garble_pages(store: Path) -> None:
    """Damage everything behind the schema, so that only a check of all pages finds it."""
    data = bytearray(store.read_bytes())
    for page in range(3, len(data) // 4096):
        data[page * 4096 : page * 4096 + 16] = b"\xff" * 16
    store.write_bytes(data)


def test_restoring_takes_the_newest_backup_and_keeps_the_damaged_file(store: Path) -> None:
    old = back_up(store, "daily-20261120")
    os.utime(old, (1, 1))
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("DELETE FROM points WHERE n >= 7")
    new = back_up(store, "daily-20261121")
    store.write_bytes(b"damaged")
    store.with_name("mlflow.db-wal").write_bytes(b"left over")
    store.with_name("mlflow.db-shm").write_bytes(b"left over")
    assert restore_backup(store) == new
    assert (count(store), store.stat().st_mode & 0o777, look_for_damage(store)) == (7, 0o600, "")
    kept = [path for path in store.parent.iterdir() if ".damaged-" in path.name]
    assert [path.read_bytes() for path in kept] == [b"damaged"]
    assert not any(path.name.endswith(("-wal", "-shm", ".restored")) for path in store.parent.iterdir())


def test_a_store_that_is_gone_can_be_restored(store: Path) -> None:
    back_up(store, "daily-20261121")
    store.unlink()
    restore_backup(store)
    assert count(store) == 2_000
    assert not [path for path in store.parent.iterdir() if ".damaged-" in path.name]


def test_without_a_backup_restoring_says_what_to_do_and_touches_nothing(store: Path) -> None:
    store.write_bytes(b"damaged")
    with pytest.raises(TrackingError) as told:
        restore_backup(store)
    assert str(told.value) == (
        f"There is no backup of {store}. Move it away; the keeper makes a new one from the runs."
    )
    assert store.read_bytes() == b"damaged"


def test_a_store_that_another_program_makes_meanwhile_is_not_written_over(tmp_path, store, monkeypatch):
    path = tmp_path / "new" / "mlflow.db"
    path.parent.mkdir()
    theirs = store.read_bytes()
    monkeypatch.setattr(_local_store, "crash_point", lambda _: path.write_bytes(theirs))
    with pytest.raises(TrackingError, match="Another program has just made"):
        prepare_store(path, owned=True)
    assert path.read_bytes() == theirs
    assert [file.name for file in path.parent.iterdir() if file.name.endswith(".new")] == []


@pytest.mark.parametrize("refusal", [None, OSError(95, "Operation not supported")])
def test_a_new_store_gets_its_name_with_hard_links_or_without(tmp_path, monkeypatch, refusal):
    def link(*_):
        raise refusal

    if refusal:
        monkeypatch.setattr(_local_store.os, "link", link)
    prepare_store(tmp_path / "mlflow.db", owned=True)
    assert look_for_damage(tmp_path / "mlflow.db") == ""
    assert (tmp_path / "mlflow.db").stat().st_nlink == 1


def test_f31_preparing_a_damaged_store_says_what_and_how_to_go_on(store: Path) -> None:
    store.write_bytes(b"")
    with pytest.raises(TrackingError) as told:
        prepare_store(store, owned=True)
    assert str(told.value) == (
        f"{store} is empty (0 bytes). There is no backup. Move it away (mv {store} {store}.damaged); "
        "a new one is made from the runs."
    )
    assert store.stat().st_size == 0


def test_f31_preparing_a_damaged_store_that_has_a_backup_names_its_day(store: Path) -> None:
    backup = back_up(store, "daily-20261121")
    moment = time.mktime((2026, 11, 20, 7, 30, 0, 0, 0, -1))
    os.utime(backup, (moment, moment))
    shutil.copyfile("/dev/null", store)
    with pytest.raises(TrackingError) as told:
        prepare_store(store, owned=True)
    assert str(told.value) == (
        f"{store} is empty (0 bytes). Restore the backup of 2026-11-20 07:30 (jupyter_mlops.tracking.restore_store), "
        f"or remove {backup.parent}."
    )


def test_statistics_let_the_planner_choose(store: Path) -> None:
    analyze(store)
    with closing(sqlite3.connect(store)) as database:
        assert [row[0] for row in database.execute("SELECT DISTINCT tbl FROM sqlite_stat1 WHERE idx = 'by_n'")] == [
            "points"
        ]
