"""Which MLflow has written a sqlite registry. Opening an older one's would change it for good, even to look at it.

MLflow's own store makes the tables that it misses, and so brings a file to its schema, which the MLflow that wrote it
cannot read any more. It is told before MLflow is asked.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ...exceptions import TrackingError
from .._bulk import KNOWN_REVISIONS
from .._foreign._stranger_sqlite import bound_time, open_stranger
from .._uris import sqlite_path

_WAIT_S = 2.0
_BEFORE = re.compile(r"""^down_revision\s*=\s*["'](\w+)["']""", re.MULTILINE)


def demand_current(uri: str) -> None:
    """Refuse a sqlite store that an older MLflow has written; anything else MLflow itself may judge.

    Raises
    ------
    TrackingError
        The installed MLflow would change it.
    """
    path = sqlite_path(uri)
    found = _revision(path) if path is not None and path.exists() else None
    if found is None or found in KNOWN_REVISIONS or found not in _outgrown():
        return
    raise TrackingError(
        f"{path} has schema {found}, of an older MLflow, which could not read it any more once the installed one has "
        f"opened it. So it is left as it is. Back it up, then run: mlflow db upgrade {uri}"
    )


def _revision(path: Path) -> str | None:
    """Return the schema's name; None where there is none.

    Raises
    ------
    TrackingError
        The file is locked.
    """
    try:
        with closing(open_stranger(path)) as database:
            bound_time(database, _WAIT_S)
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error) or "interrupted" in str(error):
            raise TrackingError(f"{path} is locked by another process. Try again in a moment.") from None
        return None
    return str(row[0]) if row else None


@cache
def _outgrown() -> frozenset[str]:
    """Return the schemas that the installed MLflow knows how to leave, out of its own migrations."""
    spec = find_spec("mlflow")
    places = (spec.submodule_search_locations or ()) if spec else ()
    files = [file for place in places for file in Path(place, "store", "db_migrations", "versions").glob("*.py")]
    return frozenset(name for file in files for name in _BEFORE.findall(file.read_text(encoding="utf-8")))
