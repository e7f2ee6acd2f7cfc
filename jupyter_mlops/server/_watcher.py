"""Notices what changes in the homes, keeps the catalog true, and tells it: quick while runs go on, rarely otherwise.

Directories are looked at, not watched: inotify knows nothing of network file systems, and a look costs microseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from ..exceptions import MlopsError
from ..home import Home
from ..services import Homes, RunCatalog
from ._context import count_unfinished

GLANCE_S = 0.25
"""Between two looks at whether a run was submitted, or somebody wrote to a store."""

LIVE_S = 0.5
"""Between two looks at everything while a run goes on."""

IDLE_S = 2.0
"""Between two looks at everything else."""

STIRRED_S = 1.5
"""For so long after a run came or went every glance is a look at everything."""

SHIPPING_S = 600.0
"""Between two offers of a keeper to homes whose store took nothing."""

MOST_TOLD = 100
"""Run ids in one event; more are told as such."""


@dataclass(frozen=True)
class HomeChanges:
    """What changed in one home.

    Parameters
    ----------
    home_id : str
        On the wire.
    cursor : int
        Of the catalog that has it.
    run_ids : tuple of str
        Runs that came, went or changed; at most `MOST_TOLD`.
    more : bool
        There were more.
    """

    home_id: str
    cursor: int
    run_ids: tuple[str, ...]
    more: bool


@dataclass(frozen=True)
class _Look:
    """What one look has found; for how many runs the server is worth keeping alive."""

    changes: tuple[HomeChanges, ...] = ()
    live: int = 0
    building: bool = False


class Watcher:
    """Looks at the homes for as long as `run` is not cancelled.

    Parameters
    ----------
    homes : Homes
        The homes that are shown.
    catalog : RunCatalog
        Refreshed here and nowhere else.
    pool : Executor
        Where files are read.
    tell : callable
        Called in the event loop with what has changed.
    tell_live : callable
        Called in the event loop after every look with the number of runs that go on or wait.
    """

    def __init__(
        self,
        homes: Homes,
        catalog: RunCatalog,
        pool: Executor,
        tell: Callable[[HomeChanges], None],
        tell_live: Callable[[int], None],
    ) -> None:
        self._homes = homes
        self._catalog = catalog
        self._pool = pool
        self._tell = tell
        self._tell_live = tell_live
        self._seen: dict[object, tuple[int, int]] = {}
        self._looked_at = self._stirred_at = float("-inf")
        self._offered_at: dict[str, float] = {}
        self._live = 0
        self._log = logging.getLogger(__name__)

    async def run(self) -> None:
        """Look until cancelled. What goes wrong with a disk is logged once and tried again."""
        loop = asyncio.get_running_loop()
        complained = ""
        while True:
            pause = GLANCE_S
            try:
                found = await loop.run_in_executor(self._pool, self.look)
                if found is not None:
                    for changes in found.changes:
                        self._tell(changes)
                    self._tell_live(found.live)
                    pause = 0.01 if found.building else GLANCE_S
            except Exception as error:  # noqa: BLE001  # whatever a stranger's store holds, the next look is made
                if str(error) != complained:
                    complained = str(error)
                    self._log.warning("The runs cannot be looked at: %s", error)
                pause = IDLE_S
            await asyncio.sleep(pause)

    def hurry(self) -> None:
        """Look at everything at the next glance: somebody has just changed something."""
        self._looked_at = float("-inf")

    def look(self) -> _Look | None:
        """Look at everything if there is reason to, and return what was found; None when there was none."""
        now = time.monotonic()
        due = now - self._looked_at >= (LIVE_S if self._live else IDLE_S)
        if self._homes.refresh() | self._glance():
            self._stirred_at = now
        # A submission writes its files one after the other: what is there now may be half of a run.
        is_stirred = now - self._stirred_at < STIRRED_S
        if not (due or is_stirred or self._catalog.building):
            return None
        self._looked_at = now
        changed = self._catalog.refresh()
        self._live = sum(count_unfinished(self._catalog))
        by_home = self._catalog.by_home(changed.run_ids)
        self._offer_keepers(by_home, now)
        return _Look(
            changes=tuple(
                HomeChanges(home_id, changed.cursor, tuple(run_ids[:MOST_TOLD]), len(run_ids) > MOST_TOLD)
                for home_id, run_ids in by_home.items()
            ),
            live=self._live,
            building=self._catalog.building,
        )

    def _glance(self) -> bool:
        """Tell whether a run may have come or gone, or a store was written to, since the last time."""
        seen: dict[object, tuple[int, int]] = {home_id: _stamps(service.home) for home_id, service in self._homes}
        seen |= {path: _store_stamps(path) for path in self._catalog.store_files}
        changed, self._seen = seen != self._seen, seen
        return changed

    def _offer_keepers(self, changed: dict[str, list[str]], now: float) -> None:
        """Start a keeper where there are runs to ship: at first, after changes, and now and then where it gave up."""
        from ..tracking import has_unshipped_runs, start_keeper

        for home_id, service in self._homes:
            is_due = now - self._offered_at.get(home_id, float("-inf")) >= SHIPPING_S
            if not is_due and home_id not in changed:
                continue
            if is_due:
                self._offered_at[home_id] = now
            with contextlib.suppress(MlopsError):
                ours = None if is_due else filter(self._catalog.owns, changed[home_id])
                if has_unshipped_runs(service.home, ours):
                    start_keeper(service.home)


def _stamps(home: Home) -> tuple[int, int]:
    """Return when run directories came or went, and the length of the list of submissions; 0 where there is none."""
    try:
        return home.runs.stat().st_mtime_ns, (home.path / "sequence").stat().st_size
    except OSError:
        return 0, 0


def _store_stamps(path: Path) -> tuple[int, int]:
    """Return when a store was written to, and its log of writes; 0 where there is none."""
    return _modified_ns(path), _modified_ns(path.with_name(path.name + "-wal"))


def _modified_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
