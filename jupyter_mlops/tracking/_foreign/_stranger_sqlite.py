"""Opens a sqlite file that others have written, to read it: bounded in time and size, whatever stands in it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")

_BUSY_S = 0.25
_LARGEST_VALUE = 64 << 20
_INSTRUCTIONS = 100_000
"""Of sqlite's machine, between two looks at the clock: some milliseconds."""


def open_stranger(path: Path) -> sqlite3.Connection:
    """Return a connection that only reads. Threads may use it in turn.

    Raises
    ------
    sqlite3.Error
        There is no such file.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    database = sqlite3.connect(uri, uri=True, timeout=_BUSY_S, check_same_thread=False)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    # What a schema may call is ours to say: a view of a stranger calls nothing with side effects.
    database.execute("PRAGMA trusted_schema = OFF")
    database.text_factory = _text
    return database


def read_quickly(database: sqlite3.Connection, read: Callable[[], _T]) -> _T:
    """Return what a function reads from such a connection: of many thousand texts, in four fifths of the time.

    Parameters
    ----------
    database : sqlite3.Connection
        Of `open_stranger`.
    read : callable
        Called once more where some text is no UTF-8: slowly, all texts are read then.
    """
    database.text_factory = str
    try:
        return read()
    except sqlite3.OperationalError as error:
        # Of a text that is none Python complains; what sqlite complains of is no better the second time.
        if hasattr(error, "sqlite_errorcode"):
            raise
    finally:
        database.text_factory = _text
    return read()


def bound_time(database: sqlite3.Connection, seconds: float) -> None:
    """Let what is asked from now on fail when so many seconds have passed, with `sqlite3.OperationalError`."""
    end = time.monotonic() + seconds
    database.set_progress_handler(lambda: int(time.monotonic() > end), _INSTRUCTIONS)


def _text(data: bytes) -> str:
    """Return a stranger's bytes, which need not be UTF-8 and shall not hide the other runs."""
    return data.decode("utf-8", "replace")
