"""The endpoints of all homes that a server shows: found by name, started once however many ask at the same time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from pathlib import Path

from msgspec.structs import replace

from ...entities import Endpoint
from ...exceptions import DeploymentError, EndpointNotFoundError, MlopsError, UsageError
from ...home import lock_holder
from .._homes import Homes
from ._endpoints import Endpoints, LocalEndpoint

_REST_S = 10.0
"""After a start that failed: until then others hear why, and nobody tries again."""


class EndpointsOfHomes:
    """Endpoints for the Jupyter server. Safe to share between threads; every call may block.

    Parameters
    ----------
    homes : Homes
        Whose endpoints may be seen and asked.
    """

    def __init__(self, homes: Homes) -> None:
        self._homes = homes
        self._lock = threading.Lock()
        self._starting: dict[Path, Future[None]] = {}
        self._failed: dict[Path, tuple[float, str]] = {}

    def list(self) -> tuple[Endpoint, ...]:
        """Return how all of them stand."""
        return tuple(
            replace(endpoint, home_id=home_id, url=_url(endpoint.name))
            for home_id, service in self._homes
            for endpoint in Endpoints(service.home).list()
        )

    def stand(self, name: str) -> Endpoint:
        """Return how one stands.

        Raises
        ------
        EndpointNotFoundError
            There is none of that name.
        """
        home_id, endpoint = self._found(name)
        return replace(endpoint.stand(), home_id=home_id, url=_url(name))

    def find(self, name: str) -> LocalEndpoint:
        """Return an endpoint by its name.

        Raises
        ------
        EndpointNotFoundError
            No home has it.
        UsageError
            Two homes have it, or this is no name.
        """
        return self._found(name)[1]

    def ensure(self, endpoint: LocalEndpoint) -> None:
        """Start an endpoint that is down; whoever comes meanwhile waits for the same start.

        Raises
        ------
        DeploymentError
            It was stopped, or cannot be started.
        """
        path = endpoint.directory.path
        with self._lock:
            failed_at, problem = self._failed.get(path, (-_REST_S, ""))
            if time.monotonic() - failed_at < _REST_S and lock_holder(endpoint.directory.serve_lock) is None:
                raise DeploymentError(problem)
            going = self._starting.get(path)
            mine = None if going is not None else Future[None]()
            if mine is not None:
                self._starting[path] = mine
        if mine is None:
            assert going is not None
            going.result()
            return
        try:
            endpoint.start()
            self._failed.pop(path, None)
            mine.set_result(None)
        except BaseException as error:  # whoever waits for this start must hear of any end of it
            mine.set_exception(error)
            if isinstance(error, MlopsError) and endpoint.directory.record().wanted == "running":
                self._failed[path] = (time.monotonic(), str(error))
            raise
        finally:
            with self._lock:
                del self._starting[path]

    def _found(self, name: str) -> tuple[str, LocalEndpoint]:
        found = [(home_id, Endpoints(service.home)) for home_id, service in self._homes]
        having = [(home_id, endpoints) for home_id, endpoints in found if name in endpoints]
        if not having:
            self._homes.refresh()
            found = [(home_id, Endpoints(service.home)) for home_id, service in self._homes]
            having = [(home_id, endpoints) for home_id, endpoints in found if name in endpoints]
        if not having:
            raise EndpointNotFoundError(f"No endpoint is called {name[:80]!r} in the homes that this server shows.")
        if len(having) > 1:
            raise UsageError(f"{len(having)} homes have an endpoint {name}. Deploy one of them under another name.")
        home_id, endpoints = having[0]
        return home_id, endpoints[name]


def _url(name: str) -> str:
    return f"jupyter-mlops/endpoints/{name}/"
