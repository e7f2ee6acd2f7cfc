"""What the keeper says of the stores of a home, and the way back when the home's own store is damaged."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..entities import RunSpec
from ..exceptions import TrackingError
from ..home import ChangedRuns, Home, LifeLock, RunDirectory, lock_holder, read_json
from ._keeper import STATUS, TRACKED
from ._lines import read_lines
from ._local_store import restore_backup
from ._uris import HOME_STORE, home_store_uri, store_uri, without_credentials


def store_problem(home: Home, uri: str = "") -> str:
    """Return what is wrong with a store, as the keeper found it last; empty when nothing is known.

    Parameters
    ----------
    home : Home
        Whose keeper is asked.
    uri : str, optional
        Of the store; the home's own unless given.
    """
    status = read_json(home.path / STATUS) or {}
    stores = status.get("stores")
    known = stores.get(without_credentials(uri or home_store_uri(home.path))) if isinstance(stores, dict) else None
    return str(known.get("problem", "")) if isinstance(known, dict) else ""


def has_unshipped_runs(home: Home, run_ids: Iterable[str] | None = None) -> bool:
    """Return whether a home has runs that the tracking store does not wholly have.

    Parameters
    ----------
    home : Home
        Where the runs are.
    run_ids : iterable of str, optional
        Only these are looked at, which is quick; all of the home's unless given.
    """
    if run_ids is None:
        tracked = {line.data.decode("ascii", "replace") for line in read_lines(home.path / TRACKED)}
        run_ids = (run_id for run_id in home.run_ids() if run_id not in tracked)
    if ChangedRuns(home.path).waiting():
        return True
    return any(_is_unshipped(home.run(run_id)) for run_id in run_ids)


def _is_unshipped(run: RunDirectory) -> bool:
    return run.spec_file.exists() and (read_json(run.tracking_file) or {}).get("done") is not True


def restore_store(home: Home) -> Path:
    """Put the newest backup in the place of the home's own store, and let everything since be shipped again.

    The damaged file is kept beside it. Runs go on meanwhile: they do not use the store.

    Returns
    -------
    Path
        The backup.

    Raises
    ------
    TrackingError
        There is none, or a keeper is working (stop it, or wait until it is idle).
    """
    lock = LifeLock.acquire(home.keeper_lock)
    if lock is None:
        keeper = lock_holder(home.keeper_lock)
        raise TrackingError(f"The keeper (pid {keeper}) has the store open. End it with: kill {keeper}")
    with lock:
        backup = restore_backup(home.path / HOME_STORE)
        for run_id in home.run_ids():
            run = home.run(run_id)
            spec = run.read(RunSpec, run.spec_file)
            if spec is not None and store_uri(run.path, spec) == home_store_uri(home.path):
                run.tracking_file.unlink(missing_ok=True)
        (home.path / TRACKED).unlink(missing_ok=True)
    return backup
