"""`catalog.db`: what the catalog has read, kept on disk, so that the next server need not read it again.

Nothing in it is the only copy of anything. It may be deleted at any time; one that is damaged, of another version or
of another user's making is replaced; where none can be written, the catalog does without.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

VERSION = 2
"""Of the file's layout and of the summaries in it: another one is read anew from the runs."""

_SCHEMA = f"""
PRAGMA user_version = {VERSION};
CREATE TABLE runs (run_id TEXT PRIMARY KEY, source TEXT NOT NULL, key TEXT NOT NULL, stamp INTEGER NOT NULL,
                   body BLOB NOT NULL);
CREATE TABLE bookmarks (source TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_BUSY_S = 1.0


class SavedRun(NamedTuple):
    """A run as it was read.

    Parameters
    ----------
    run_id : str
        As the explorer knows it.
    source : str
        The store that has it; empty for a run directory.
    key : str
        The source's own id of it.
    stamp : int
        What tells whether it has changed since.
    body : bytes
        Its summary.
    """

    run_id: str
    source: str
    key: str
    stamp: int
    body: bytes


class CatalogFile:
    """One home's `catalog.db`. Used by one thread at a time; no method raises for trouble with the file.

    Parameters
    ----------
    path : Path
        Made when there is something to save.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database: sqlite3.Connection | None = None
        self._loaded = 0

    def load(self, limit: int) -> list[SavedRun]:
        """Return the next runs that were saved, the latest first; none when all were returned."""
        if not self.path.exists():
            return []
        try:
            database = self._open()
            if not self._loaded:
                self._loaded = (database.execute("SELECT max(rowid) FROM runs").fetchone()[0] or 0) + 1
            query = (
                "SELECT rowid, run_id, source, key, stamp, body FROM runs WHERE rowid < ? ORDER BY rowid DESC LIMIT ?"
            )
            rows = database.execute(query, (self._loaded, limit)).fetchall()
        except (sqlite3.Error, OSError):
            self.discard()
            return []
        self._loaded = rows[-1][0] if rows else self._loaded
        return [SavedRun(*row[1:]) for row in rows]

    def bookmarks(self) -> dict[str, dict[str, Any]]:
        """Return how far each source was read."""
        if not self.path.exists():
            return {}
        try:
            rows = self._open().execute("SELECT source, value FROM bookmarks").fetchall()
            return {source: json.loads(value) for source, value in rows}
        except (sqlite3.Error, OSError, ValueError):
            self.discard()
            return {}

    def save(self, runs: Iterable[SavedRun], gone: Iterable[str], bookmarks: dict[str, dict[str, Any]]) -> bool:
        """Keep runs, forget others, and note how far the sources were read: all of it or nothing; return which."""
        try:
            with self._open() as database:
                database.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?)", runs)
                database.executemany("DELETE FROM runs WHERE run_id = ?", ((run_id,) for run_id in gone))
                texts = [(source, json.dumps(value)) for source, value in bookmarks.items()]
                database.executemany("INSERT OR REPLACE INTO bookmarks VALUES (?, ?)", texts)
        except sqlite3.OperationalError:
            # Locked by another server, a full disk, a home that may not be written: what is kept is older, not wrong.
            self.close()
            return False
        except (sqlite3.Error, OSError):
            self.discard()
            return False
        return True

    def discard(self) -> None:
        """Remove the file: it is damaged, or of another version."""
        self.close()
        for suffix in ("", "-journal"):
            with contextlib.suppress(OSError):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """Let the file go."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _open(self) -> sqlite3.Connection:
        if self._database is not None:
            return self._database
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        self._database = database = sqlite3.connect(self.path, timeout=_BUSY_S, check_same_thread=False)
        found = database.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, VERSION):
            raise sqlite3.DatabaseError(f"catalog of version {found}")
        # A power cut may damage the file; then it is made again.
        database.execute("PRAGMA synchronous = OFF")
        if not found:
            database.executescript(_SCHEMA)
        return database
