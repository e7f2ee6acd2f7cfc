"""The keeper: finds the runs of a home that are not shipped, gives each to its store's lane, and leaves when idle."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import threading
import time

from ..entities import RunSpec
from ..exceptions import MlopsError
from ..home import ChangedRuns, Home, RunDirectory, crash_point, end_survivors, lock_holder, write_atomic
from ._lane import Lane
from ._lines import LineFile, read_lines
from ._uris import store_uri, without_credentials

TRACKED = "tracked.ids"
"""The runs of a home that are wholly shipped, one id a line."""

STATUS = "keeper.json"
"""What the keeper says of itself: its stores and their problems."""


@dataclasses.dataclass(frozen=True)
class KeeperSettings:
    """How a keeper works; tests make it quick.

    Parameters
    ----------
    idle_s : float
        Leave after so long without a run to ship.
    give_up_s : float
        Leave when for so long only stores in trouble have kept it; the next submission starts another.
    tick_s : float
        Pause between two looks.
    """

    idle_s: float = 30.0
    give_up_s: float = 600.0
    tick_s: float = 0.5

    @classmethod
    def from_environment(cls) -> KeeperSettings:
        """Return the settings, `JUPYTER_MLOPS_KEEPER_IDLE_S` and its like taken in."""
        changes = {}
        for field in dataclasses.fields(cls):
            with contextlib.suppress(KeyError, ValueError):
                changes[field.name] = float(os.environ[f"JUPYTER_MLOPS_KEEPER_{field.name.upper()}"])
        return cls(**changes)


class Keeper:
    """Ships the runs of one home. The caller holds the keeper's lock.

    Parameters
    ----------
    home : Home
        Where the runs are.
    settings : KeeperSettings
        How long to stay.
    """

    def __init__(self, home: Home, settings: KeeperSettings) -> None:
        self._home = home
        self._settings = settings
        self._lanes: dict[str, Lane] = {}
        self._tracked_file = LineFile(home.path / TRACKED)
        self._tracked = {line.data.decode("ascii", "replace") for line in read_lines(home.path / TRACKED)}
        self._known: set[str] = set()
        self._watched: dict[str, RunDirectory] = {}
        self._shipped: set[str] = set()
        self._changed = ChangedRuns(home.path)
        self._again: set[str] = set()
        self._seen_at = -1
        self._status = b""
        self._stop = threading.Event()

    def stop(self) -> None:
        """Make `run` return soon."""
        self._stop.set()

    def run(self) -> None:
        """Ship until there has been nothing to ship for a while."""
        idle_since = time.monotonic()
        while not self._stop.is_set() and self._home.runs.is_dir():
            if self.look():
                idle_since = time.monotonic()
            if time.monotonic() - idle_since > self._settings.idle_s:
                break
            self._stop.wait(self._settings.tick_s)
        for lane in self._lanes.values():
            lane.stop()

    def look(self) -> bool:
        """Find new runs, take note of shipped ones; return whether there is work that can be done."""
        self._find_runs()
        self._find_changes()
        for lane in self._lanes.values():
            self._shipped.update(lane.take_done())
        self._end_survivors()
        # Noted last: the next keeper, should this one be killed, passes over what is noted.
        for run_id in self._shipped - self._watched.keys():
            self._note_shipped(run_id)
        self._write_status()
        return any(self._can_work(lane) for lane in self._lanes.values())

    def _can_work(self, lane: Lane) -> bool:
        """Return whether a lane has runs, and a store that has not been in trouble for too long."""
        blocked = lane.blocked_since
        return lane.busy > 0 and (blocked is None or time.monotonic() - blocked < self._settings.give_up_s)

    def _find_runs(self) -> None:
        changed_at = self._home.runs.stat().st_mtime_ns
        # A directory that appears within the same tick of the clock does not change the time again.
        if changed_at == self._seen_at and time.time_ns() - changed_at > 2_000_000_000:
            return
        self._seen_at = changed_at
        for entry in os.scandir(self._home.runs):
            if entry.name in self._known or entry.name in self._tracked:
                continue
            with contextlib.suppress(MlopsError, OSError):
                run = self._home.run(entry.name)
                spec = run.read(RunSpec, run.spec_file)
                if spec is None:
                    # Submitted at this moment, or never wholly: looked at again, and again, until it is old.
                    self._seen_at = -1 if time.time() - entry.stat().st_mtime < 60 else self._seen_at
                    continue
                self._take(run, spec)

    def _find_changes(self) -> None:
        """Ship again what was changed after it was shipped; a run on its way is looked at when it has arrived."""
        left = self._changed.taken() - self._again  # by a keeper that died
        for run_id in sorted(self._changed.waiting() | left):
            if run_id in self._again or (run_id in self._known and run_id not in self._tracked):
                continue
            self._changed.take(run_id)
            crash_point("keeper.again")
            with contextlib.suppress(MlopsError, OSError):
                run = self._home.run(run_id)
                spec = run.read(RunSpec, run.spec_file)
                if spec is not None:
                    self._again.add(run_id)
                    self._lane(store_uri(run.path, spec)).add(run, spec)
                    continue
            self._changed.done(run_id)  # deleted since, or none of ours

    def _note_shipped(self, run_id: str) -> None:
        self._shipped.discard(run_id)
        if run_id not in self._tracked:
            self._tracked.add(run_id)
            self._tracked_file.append(run_id.encode())
        if run_id in self._again:
            self._again.discard(run_id)
            self._changed.done(run_id)

    def _take(self, run: RunDirectory, spec: RunSpec) -> None:
        self._known.add(run.run_id)
        self._watched[run.run_id] = run
        self._lane(store_uri(run.path, spec)).add(run, spec)

    def _end_survivors(self) -> None:
        """End what runs left behind whose shim was killed: with or without a store that takes anything."""
        for run_id, run in list(self._watched.items()):
            # Asked first: a shim that came between this look and the next is no dead one.
            had_begun = run.shim_file.exists()
            if lock_holder(run.shim_lock) is not None or lock_holder(run.executor_lock) is not None:
                continue
            if had_begun and not run.exit_file.exists():
                end_survivors(run.path)
            never_began = run_id in self._shipped or not run.exists()
            if had_begun or never_began:
                del self._watched[run_id]

    def _lane(self, uri: str) -> Lane:
        if uri not in self._lanes:
            self._lanes[uri] = Lane(uri, self._home.path, self._settings.tick_s)
        return self._lanes[uri]

    def _write_status(self) -> None:
        """Tell those who show runs how the stores are."""
        stores = {
            without_credentials(uri): {"problem": lane.problem, "waiting": lane.busy}
            for uri, lane in self._lanes.items()
        }
        status = json.dumps({"pid": os.getpid(), "stores": stores}).encode()
        if status != self._status:
            with contextlib.suppress(OSError):
                write_atomic(self._home.path / STATUS, status, durable=False)
                self._status = status
