"""The sqlite store: made once, migrated only with a backup, in WAL mode, and looked at before it is trusted.

Four processes that open a new store at once crash in MLflow's migration (18 of 24 seen), and a zero-length or truncated
file becomes an empty store without a word. So the keeper makes it under a lock, beside its place, and whatever looks
damaged is said and left alone. Runs in the keeper; never in the kernel or a run.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ..exceptions import TrackingError
from ..home import crash_point, exclusive

BACKUP_EVERY_S = 24 * 3600
KEPT_BACKUPS = 3
_LOCK_WAIT_S = 120.0
_HEADER = b"SQLite format 3\0"


def prepare_store(path: Path, *, owned: bool, wal: bool = True) -> None:
    """Make sure that there is a store of the schema that the installed MLflow knows.

    Parameters
    ----------
    path : Path
        The sqlite file.
    owned : bool
        The home's own: it may be migrated (after a backup) and is backed up daily.
    wal : bool
        Use write-ahead logging; not on a network file system.

    Raises
    ------
    TrackingError
        The file is damaged, gone, or of another schema; the message says what to do.
    """
    with exclusive(path.with_name(f"{path.name}.lock"), _LOCK_WAIT_S):
        problem = look_for_damage(path)
        if problem:
            raise TrackingError(f"{path} {problem} {_remedy(path)}")
        if not path.exists():
            _create(path, wal=wal)
        found, known = schema_revision(path), known_revision()
        if found != known:
            _migrate(path, found, known, owned=owned)
        if owned:
            _set_journal_mode(path, wal=wal)
            _back_up_daily(path)


def look_for_damage(path: Path) -> str:
    """Return what is wrong with a store's file, empty when nothing is seen. Reads the first page only."""
    if not path.exists():
        return "is gone." if backups(path) else ""
    size = path.stat().st_size
    if size == 0:
        return "is empty (0 bytes)."
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(_HEADER) or len(header) < 100:
        return "is no sqlite database."
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(header[28:32], "big")
    # The page count of the header is only right where the change counters agree; WAL may be ahead of the file.
    if header[24:28] == header[92:96] and pages * page > size:
        return f"is truncated: {size} bytes of {pages * page}."
    try:
        schema_revision(path)
    except sqlite3.DatabaseError as error:
        return "" if "locked" in str(error) else f"is damaged: {error}."
    return ""


def schema_revision(path: Path) -> str:
    """Return the revision of a store's schema, empty where it has none."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row = database.execute("SELECT version_num FROM alembic_version").fetchone() if tables else None
    return str(row[0]) if row else ""


def known_revision() -> str:
    """Return the revision of the schema that the installed MLflow works with."""
    from mlflow.store.db.utils import _get_latest_schema_revision

    return str(_get_latest_schema_revision())


def backups(path: Path) -> list[Path]:
    """Return the backups of a store, newest first."""
    found = (path.parent / "backups").glob(f"{path.stem}-*.db")
    return sorted(found, key=lambda backup: backup.stat().st_mtime, reverse=True)


def back_up(path: Path, label: str) -> Path:
    """Copy a store, consistently, while others use it.

    Raises
    ------
    TrackingError
        It fails sqlite's own check, so that a good backup is not pushed out by a bad one.
    """
    folder = path.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{path.stem}-{label}.db"
    temporary = target.with_suffix(f".{os.getpid()}.tmp")
    try:
        with closing(sqlite3.connect(path, timeout=30)) as source:
            verdict = source.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise TrackingError(f"{path} is damaged: {verdict}. {_remedy(path)}")
            with closing(sqlite3.connect(temporary)) as copy:
                source.backup(copy, pages=4096)
        temporary.chmod(0o600)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    for old in [backup for backup in backups(path) if "-daily-" in backup.name][KEPT_BACKUPS:]:
        old.unlink(missing_ok=True)
    return target


def restore_backup(path: Path) -> Path:
    """Put the newest backup in the store's place; the damaged file is kept beside it.

    What was shipped since the backup is shipped again by the keeper from the run directories: see `reship`.

    Returns
    -------
    Path
        The backup that was used.

    Raises
    ------
    TrackingError
        There is no backup.
    """
    found = backups(path)
    if not found:
        raise TrackingError(f"There is no backup of {path}. Move it away; the keeper makes a new one from the runs.")
    with exclusive(path.with_name(f"{path.name}.lock"), _LOCK_WAIT_S):
        if path.exists():
            path.replace(path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"))
        for leftover in (f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(leftover).unlink(missing_ok=True)
        temporary = path.with_name(f".{path.name}.restored")
        temporary.write_bytes(found[0].read_bytes())
        temporary.chmod(0o600)
        temporary.replace(path)
    return found[0]


def analyze(path: Path) -> None:
    """Give sqlite's planner its statistics: without them MLflow's search takes seconds at a few thousand runs."""
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as database:
        database.execute("PRAGMA analysis_limit = 1000")
        database.execute("ANALYZE")


def _create(path: Path, *, wal: bool) -> None:
    """Make a store under a hidden name, whole, then put it in its place."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    _remove_database(temporary)
    try:
        with _engine(temporary) as engine:
            from mlflow.store.db.utils import _initialize_tables
            from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

            _initialize_tables(engine)
            # Its first opening writes the default experiment.
            SqlAlchemyStore(f"sqlite:///{temporary}", os.fspath(path.parent / "artifacts"))
            SqlAlchemyStore._engine_map.pop(f"sqlite:///{temporary}").dispose()
        if wal:
            _set_journal_mode(temporary, wal=True)
        temporary.chmod(0o600)
        crash_point("keeper.created")
        _put(temporary, path)
    finally:
        _remove_database(temporary)


def _put(made: Path, path: Path) -> None:
    """Give a store its name, unless another program has made one there meanwhile: its runs are not to be lost.

    Raises
    ------
    TrackingError
        One has.
    """
    try:
        os.link(made, path)
    except FileExistsError:
        raise TrackingError(f"Another program has just made {path}. It is used from the next look on.") from None
    except OSError:
        # A file system without hard links.
        made.replace(path)


def _migrate(path: Path, found: str, known: str, *, owned: bool) -> None:
    """Bring the home's own store to the schema of the installed MLflow, after a backup; refuse anything else."""
    if not _is_known(found):
        raise TrackingError(
            f"{path} has schema {found or 'none'}, which the installed MLflow (schema {known}) does not know. "
            "A newer MLflow has written it: upgrade mlflow-skinny. The runs are kept and shipped then."
        )
    if not owned:
        raise TrackingError(
            f"{path} has schema {found}, the installed MLflow works with {known}. "
            f"Back it up, then run: mlflow db upgrade sqlite:///{path}"
        )
    back_up(path, f"schema-{found}")
    with _engine(path) as engine:
        from mlflow.store.db.utils import _upgrade_db

        _upgrade_db(engine)


def _is_known(revision: str) -> bool:
    """Return whether the installed MLflow has a migration of that name."""
    from alembic.script import ScriptDirectory
    from mlflow.store.db.utils import _get_alembic_config

    scripts = ScriptDirectory.from_config(_get_alembic_config(""))
    return any(script.revision == revision for script in scripts.walk_revisions())


@contextmanager
def _engine(path: Path) -> Iterator[Any]:
    """Open a sqlite file for MLflow's own schema functions; closed again afterwards."""
    from mlflow.store.db.utils import create_sqlalchemy_engine

    engine = create_sqlalchemy_engine(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()


def _set_journal_mode(path: Path, *, wal: bool) -> None:
    with closing(sqlite3.connect(path, timeout=5)) as database:
        wanted = "wal" if wal else "delete"
        if database.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
            database.execute(f"PRAGMA journal_mode = {wanted}")


def _back_up_daily(path: Path) -> None:
    newest = next((backup for backup in backups(path) if "-daily-" in backup.name), None)
    if newest is None or abs(time.time() - newest.stat().st_mtime) > BACKUP_EVERY_S:
        back_up(path, f"daily-{time.strftime('%Y%m%d')}")


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _remedy(path: Path) -> str:
    found = backups(path)
    if not found:
        return f"There is no backup. Move it away (mv {path} {path}.damaged); a new one is made from the runs."
    day = time.strftime("%Y-%m-%d %H:%M", time.localtime(found[0].stat().st_mtime))
    return f"Restore the backup of {day} (jupyter_mlops.tracking.restore_store), or remove {path.parent / 'backups'}."
