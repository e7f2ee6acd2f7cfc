"""What lives as long as the server and what every route reaches: homes, services, the pool of threads, the live hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from msgspec.structs import replace

from ..entities import WIRE_VERSION, HomeInfo, RunStatus, ServerStatus
from ..services import (
    EndpointsOfHomes,
    Homes,
    ModelExplorer,
    RunCatalog,
    RunExplorer,
    StoredRuns,
    TensorBoardService,
    clean_name,
)
from ..tracking import StoreWriter
from ._live import LiveHub

POOL_THREADS = 4
"""Files are read here, never in the event loop; more threads would only wait for each other."""

_VERSION = version("jupyter_mlops")

CHANGING_THREADS = 2
"""Runs are changed here: a store that another program has locked keeps nobody from reading."""


class ServerContext:
    """Owns the pool and the hub; made when the extension loads, closed when the server stops.

    Parameters
    ----------
    root : Path
        The directory that the server shows.
    base_url : str
        Of the server, with a slash at both ends.
    """

    def __init__(self, root: Path, base_url: str = "/") -> None:
        self.root = root
        self.base_url = base_url
        self.homes = Homes(root)
        # A tab that was open before a restart asks at once, and must not hear that its run is gone.
        self.homes.refresh()
        self.catalog = RunCatalog(self.homes)
        self.endpoints = EndpointsOfHomes(self.homes)
        self.stored = StoredRuns(self.catalog, StoreWriter())
        self.explorer = RunExplorer(self.homes, self.stored)
        self.models = ModelExplorer(self.homes, self.catalog.named_stores)
        self.pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="jupyter-mlops")
        self.changing = ThreadPoolExecutor(CHANGING_THREADS, thread_name_prefix="jupyter-mlops-changes")
        self.live = LiveHub(self.explorer, self.pool)
        self.hurry: Callable[[], None] = lambda: None  # the watcher's, once there is an event loop

    def touch(self, run_id: str) -> None:
        """Let tabs and the catalog see at once what a route has changed of a run."""
        self.live.touch([run_id])
        self.hurry()

    def status(self) -> ServerStatus:
        """Return what the front end asks first."""
        self.homes.refresh()
        live, scheduled = count_unfinished(self.catalog)
        return ServerStatus(
            version=_VERSION,
            wire_version=WIRE_VERSION,
            homes=tuple(map(self._with_problems, self.homes.infos())),
            building=self.catalog.building,
            live=live,
            scheduled=scheduled,
        )

    def _with_problems(self, home: HomeInfo) -> HomeInfo:
        """Return a home with what the catalog cannot read, where nothing worse is known of it."""
        problems = self.catalog.problems(home.home_id)
        return home if home.problem or not problems else replace(home, problem=clean_name(" ".join(problems)))

    @cached_property
    def tensorboards(self) -> TensorBoardService:
        """The TensorBoards of this server; nothing of them is there before the first is asked for."""
        return TensorBoardService.below(self.base_url, self.homes, self.catalog)

    async def close(self) -> None:
        """End the hub, the TensorBoards and the threads; what these were asked and have not begun is dropped."""
        await self.live.stop()
        if "tensorboards" in vars(self):
            await asyncio.to_thread(self.tensorboards.close)
        await asyncio.to_thread(self.catalog.close)
        self.changing.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self.stored.close)
        self.pool.shutdown(wait=False, cancel_futures=True)


def count_unfinished(catalog: RunCatalog) -> tuple[int, int]:
    """Return how many runs go on, and how many wait."""
    return catalog.count(RunStatus.RUNNING), catalog.count(RunStatus.SCHEDULED)
