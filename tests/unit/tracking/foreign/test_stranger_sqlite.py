"""A sqlite file of a stranger's: its texts are read whatever bytes they hold, and its queries end in time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_mlops.tracking._foreign._stranger_sqlite import bound_time, open_stranger, read_quickly

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as theirs:
        theirs.executescript("CREATE TABLE t (text); INSERT INTO t VALUES ('ü'), (CAST(x'62ff' AS TEXT)), (5)")
    with closing(open_stranger(tmp_path / "theirs.db")) as database:
        yield database


def all_rows(database: sqlite3.Connection, query: str, *values: object) -> list[tuple[object, ...]]:
    return read_quickly(database, lambda: database.execute(query, values).fetchall())


def test_b27_bytes_that_are_no_text_hide_no_other_row(database):
    query = "SELECT text FROM t WHERE rowid >= ?"
    assert all_rows(database, query, 1) == [("ü",), ("b\ufffd",), (5,)]
    assert all_rows(database, query, 3) == [(5,)]
    assert database.execute(query, [2]).fetchall() == [("b\ufffd",), (5,)], "whoever asks next is told as ever"


def test_b10_a_query_without_end_is_ended_once_and_not_asked_again(database):
    asked: list[str] = []
    database.set_trace_callback(asked.append)
    bound_time(database, 0.05)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        all_rows(database, ENDLESS, 1)
    assert len(asked) == 1


def test_a_table_that_is_not_there_is_said(database):
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        all_rows(database, "SELECT * FROM none")
