"""The live hub: one loop for all tabs, that reads what watched runs print. Nothing runs while nobody looks.

A tab's connection is an `Outlet`; the hub knows neither tornado nor WebSockets. Files are read in a thread of the
pool, one look at a time, so that tabs and runs need no locks of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Iterable
from concurrent.futures import Executor
from typing import Protocol

from ..exceptions import MlopsError, RunNotFoundError
from ..services import RunExplorer
from ._live_run import LiveRun
from ._live_watch import LogWatch

TICK_S = 0.05
"""Between two looks at the logs of runs that go on."""

SETTLED_TICK_S = 0.5
"""Between two looks while no watched run goes on."""

MOST_WATCHES = 1_000
"""Of one tab."""


class Outlet(Protocol):
    """One tab's connection. Used in the event loop only."""

    def send(self, messages: list[bytes | str]) -> Awaitable[None]:
        """Send messages in order, and return when the system has taken them; say nothing when the tab has gone."""


class _Tab:
    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self.watches: dict[str, LogWatch] = {}
        self.sending: asyncio.Future[None] | None = None

    @property
    def is_free(self) -> bool:
        """Whether the system has taken what was sent: a slow tab is not sent more, its log jumps instead."""
        return self.sending is None or self.sending.done()


class LiveHub:
    """Tells tabs what the runs that they watch print and how they stand.

    Parameters
    ----------
    explorer : RunExplorer
        Reads runs.
    pool : Executor
        Where files are read.
    """

    def __init__(self, explorer: RunExplorer, pool: Executor) -> None:
        self._explorer = explorer
        self._pool = pool
        self._tabs: dict[Outlet, _Tab] = {}
        self._runs: dict[str, LiveRun] = {}
        self._touched: set[str] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether runs are being looked at."""
        return self._task is not None and not self._task.done()

    def open(self, outlet: Outlet) -> None:
        """Take a tab in."""
        self._tabs[outlet] = _Tab(outlet)

    def close(self, outlet: Outlet) -> None:
        """Let a tab go."""
        self._tabs.pop(outlet, None)

    def watch(self, outlet: Outlet, run_id: str, offset: int | None) -> bool:
        """Tell a tab of a run from now on, and its log from an offset on; False when it watches too many."""
        tab = self._tabs.get(outlet)
        if tab is None:
            return True
        if len(tab.watches) >= MOST_WATCHES and run_id not in tab.watches:
            return False
        tab.watches[run_id] = LogWatch(run_id, offset)
        self._touched.add(run_id)
        self._wake.set()
        if not self.is_busy:
            self._task = asyncio.get_running_loop().create_task(self._run())
        return True

    def forget(self, outlet: Outlet, run_id: str) -> None:
        """Tell a tab no more of a run."""
        if tab := self._tabs.get(outlet):
            tab.watches.pop(run_id, None)

    def touch(self, run_ids: Iterable[str]) -> None:
        """Look at runs at once, as far as they are watched: they were changed."""
        self._touched.update(run_ids)
        self._wake.set()

    def tell_changed(self, home_id: str, cursor: int) -> None:
        """Tell every tab that runs of a home have changed."""
        message = json.dumps({"changed": {"home_id": home_id, "cursor": cursor}})
        for tab in self._tabs.values():
            self._send(tab, [message])

    async def stop(self) -> None:
        """End the loop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._tabs.clear()

    async def _run(self) -> None:
        """Look and tell until no tab watches anything."""
        loop = asyncio.get_running_loop()
        while any(tab.watches for tab in self._tabs.values()):
            self._wake.clear()
            self._drop_unwatched()
            tabs = [tab for tab in self._tabs.values() if tab.is_free and tab.watches]
            work = [(tab, list(tab.watches.values())) for tab in tabs]
            wanted = {run_id for tab in tabs for run_id in tab.watches}
            # What only slow tabs watch is looked at later.
            touched, self._touched = self._touched & wanted, self._touched - wanted
            for tab, messages in await loop.run_in_executor(self._pool, self._look, work, wanted, touched):
                self._send(tab, messages)
            is_live = not all(run.is_settled for run in self._runs.values())
            with contextlib.suppress(TimeoutError):
                if is_live:
                    await asyncio.sleep(TICK_S)
                else:
                    await asyncio.wait_for(self._wake.wait(), SETTLED_TICK_S)
        self._runs.clear()

    def _drop_unwatched(self) -> None:
        """Let go of runs that no tab watches any more."""
        watched = {run_id for tab in self._tabs.values() for run_id in tab.watches}
        self._runs = {run_id: run for run_id, run in self._runs.items() if run_id in watched}
        self._touched &= watched

    def _look(
        self, work: list[tuple[_Tab, list[LogWatch]]], wanted: set[str], touched: set[str]
    ) -> list[tuple[_Tab, list[bytes | str]]]:
        """Return what each tab is to be told. Runs in a thread, and no two at a time."""
        now = time.monotonic()
        gone = self._look_at_runs(wanted, touched, now)
        told = []
        for tab, watches in work:
            messages: list[bytes | str] = []
            for watch in watches:
                messages += self._tell_gone(tab, watch) if watch.run_id in gone else self._tell(watch, now)
            if messages:
                told.append((tab, messages))
        return told

    def _look_at_runs(self, wanted: set[str], touched: set[str], now: float) -> set[str]:
        """Look at runs; return those that are not there."""
        gone = set()
        for run_id in wanted:
            try:
                run = self._runs.get(run_id)
                if run is None:
                    run = self._runs[run_id] = LiveRun(self._explorer, run_id)
                if run_id in touched:
                    run.touch()
                run.look(now)
            except RunNotFoundError:
                self._runs.pop(run_id, None)
                gone.add(run_id)
            except (MlopsError, OSError):
                pass  # The next look may fare better.
        return gone

    def _tell_gone(self, tab: _Tab, watch: LogWatch) -> list[bytes | str]:
        """Return what a tab is told of a run that is not there: it is looked at no more."""
        if tab.watches.get(watch.run_id) is watch:
            tab.watches.pop(watch.run_id, None)
        return [json.dumps({"gone": watch.run_id})]

    def _tell(self, watch: LogWatch, now: float) -> list[bytes | str]:
        """Return what a tab is to be told of one run: how it stands and what it printed."""
        run = self._runs.get(watch.run_id)
        if run is None:
            return []
        messages: list[bytes | str] = []
        if watch.told != run.version:
            watch.told = run.version
            messages.append(run.message)
        messages += watch.take(run.log, run.size, now)
        return messages

    def _send(self, tab: _Tab, messages: list[bytes | str]) -> None:
        tab.sending = asyncio.ensure_future(tab.outlet.send(messages))
