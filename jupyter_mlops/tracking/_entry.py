"""MLflow's door to us: the entry point of the scheme `mlops-spool`.

Apart because MLflow loads it while it is half imported itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._uris import spool_directory

if TYPE_CHECKING:
    from ._store._spooling import SpoolingStore


def open_spooling_store(store_uri: str, artifact_uri: str | None = None) -> SpoolingStore:  # noqa: ARG001  # MLflow's signature
    """Return the store of a run.

    Parameters
    ----------
    store_uri : str
        `mlops-spool:///path/of/run/directory`.
    artifact_uri : str, optional
        Not used: artifacts go to the run directory.
    """
    from ._session import session_at
    from ._store._spooling import SpoolingStore

    return SpoolingStore(session_at(spool_directory(store_uri)))
