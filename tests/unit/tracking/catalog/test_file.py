"""`catalog.db`: what is saved is loaded, and whatever is wrong with the file costs nothing but time."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from jupyter_mlops.tracking import CatalogFile, SavedRun


def saved(number: int, source: str = "") -> SavedRun:
    return SavedRun(f"{number:032x}", source, f"key{number}", number, b"body %d" % number)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.db"


def reopened(path: Path) -> tuple[list[SavedRun], dict]:
    file = CatalogFile(path)
    bookmarks, rows = file.bookmarks(), []
    while some := file.load(2):
        rows += some
    file.close()
    return rows, bookmarks


def test_what_is_saved_is_loaded_the_latest_first(path):
    file = CatalogFile(path)
    assert (file.load(10), file.bookmarks(), path.exists()) == ([], {}, False)
    assert file.save([saved(1), saved(2, "s"), saved(3)], [], {"s": {"end": 2}})
    assert file.save([saved(4)], [saved(1).run_id], {"s": {"end": 3}})
    file.close()
    assert reopened(path) == ([saved(4), saved(3), saved(2, "s")], {"s": {"end": 3}})
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_run_that_is_saved_again_is_there_once(path):
    file = CatalogFile(path)
    file.save([saved(1)], [], {})
    file.save([saved(1)._replace(stamp=9)], [], {})
    file.close()
    assert reopened(path)[0] == [saved(1)._replace(stamp=9)]


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + os.urandom(5000)])
def test_a_damaged_file_is_made_again(path, content):
    path.write_bytes(content)
    assert reopened(path) == ([], {})
    file = CatalogFile(path)
    assert file.save([saved(1)], [], {}) or file.save([saved(1)], [], {})
    file.close()
    assert reopened(path)[0] == [saved(1)]


def test_a_file_of_another_version_is_made_again(path):
    with closing(sqlite3.connect(path)) as database:
        database.executescript("CREATE TABLE runs (other TEXT); PRAGMA user_version = 999")
    assert reopened(path) == ([], {})
    assert not path.exists()


def test_a_file_that_goes_while_it_is_open_is_made_again_later(path):
    file = CatalogFile(path)
    file.save([saved(1)], [], {})
    path.unlink()
    file.save([saved(2)], [], {})
    file.close()
    assert file.save([saved(3)], [], {})
    file.close()
    assert reopened(path)[0] == [saved(3)]


def test_f11_where_none_can_be_written_there_is_none(tmp_path):
    file = CatalogFile(tmp_path / "absent" / "catalog.db")
    assert (file.save([saved(1)], [], {}), file.load(1), file.bookmarks()) == (False, [], {})


def test_another_server_that_writes_keeps_ours_out_and_nothing_breaks(path):
    file = CatalogFile(path)
    file.save([saved(1)], [], {})
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert not file.save([saved(2)], [], {})
        other.execute("ROLLBACK")
    assert file.save([saved(2)], [], {})
    file.close()
    assert len(reopened(path)[0]) == 2


def test_f24_a_full_disk_keeps_what_was_saved_and_takes_more_when_there_is_room(small_disk):
    file = CatalogFile(small_disk / "catalog.db")
    assert file.save([saved(1)], [], {"s": {"end": 1}})
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as full, suppress(OSError):
        while True:
            full.write(bytes(1 << 16))

    more = [saved(number)._replace(body=bytes(1000)) for number in range(2, 500)]
    assert not file.save(more, [], {"s": {"end": 2}})
    assert reopened(small_disk / "catalog.db") == ([saved(1)], {"s": {"end": 1}})

    filler.unlink()
    assert file.save(more, [], {"s": {"end": 2}})
    file.close()
    assert len(reopened(small_disk / "catalog.db")[0]) == 499
