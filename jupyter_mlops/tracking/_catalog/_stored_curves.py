"""Which reader a tracking store's curves need, by its address."""

from __future__ import annotations

from .._uris import sqlite_path
from ._curves import RunCurves, SqliteCurves
from ._rest_curves import RestCurves


def stored_curves(uri: str, run_id: str) -> RunCurves:
    """Return what reads the curves of a run that only a store has.

    Parameters
    ----------
    uri : str
        The store's address: a local sqlite file or an MLflow server.
    run_id : str
        The store's id of the run.
    """
    path = sqlite_path(uri)
    return RestCurves(uri, run_id) if path is None else SqliteCurves(path, run_id)
