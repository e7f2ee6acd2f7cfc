"""The collector: what a home can do without, first as a plan that a person can read, then removed.

Values of old runs go first, then whole directories; never anything that a run needs which is going on, is to be kept,
or has only just ended.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ..entities import BufferRef
from ..exceptions import HomeError
from ._files import crash_point, temporary_name
from ._home import Home
from ._locks import LifeLock, lock_holder
from ._survey import Survey, SurveyedRun, allocated, leftovers, stored_objects, survey, value_files

_DAY_S = 86_400.0


class CollectionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a collection would remove, or has removed.

    Parameters
    ----------
    home : str
        Path of the `.mlops` directory.
    values : tuple of str
        Ids of runs that lose inputs and outputs; they can still be listed and compared, but not loaded or reproduced.
    directories : tuple of str
        Ids of runs that go altogether; the tracking store still has them.
    objects : tuple of BufferRef
        Buffers that nothing names then.
    leftovers : tuple of str
        Paths of what killed processes never finished.
    freed_bytes, remaining_bytes : int
        Bytes on disk below `runs/` and `objects/`. `remaining_bytes` may be above the quota: the rest is needed.
    """

    home: str
    values: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    objects: tuple[BufferRef, ...] = ()
    leftovers: tuple[str, ...] = ()
    freed_bytes: int = 0
    remaining_bytes: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to remove."""
        return not (self.values or self.directories or self.objects or self.leftovers)


def plan_collection(home: Home, quota_bytes: int | None = None, keep_days: float | None = None) -> CollectionPlan:
    """Say what could go, and change nothing.

    Parameters
    ----------
    home : Home
        The home to look at.
    quota_bytes : int, optional
        What `runs/` and `objects/` may take together; the setting of the home unless given. Without either, only what
        nothing names any more goes.
    keep_days : float, optional
        Runs that ended longer ago lose their values whatever the quota.
    """
    quota = home.settings.quota_bytes if quota_bytes is None else quota_bytes
    planner = _Planner(home, survey(home))
    for found in planner.removable():
        too_old = keep_days is not None and planner.view.cutoff - found.ended_at > keep_days * _DAY_S
        if too_old or (quota is not None and planner.remaining > quota):
            planner.drop_values(found)
    for found in planner.removable():
        if quota is not None and planner.remaining > quota and found.is_shipped:
            planner.drop_directory(found)
    return planner.plan()


def collect(plan: CollectionPlan) -> CollectionPlan:
    """Remove what a plan lists, except what has come to be needed since it was made.

    Returns
    -------
    CollectionPlan
        What was removed.

    Raises
    ------
    HomeError
        Another collection is going on, or something could not be removed.
    """
    home = Home.open(Path(plan.home))
    file = home.path / "gc.lock"
    try:
        lock = LifeLock.acquire(file)
    except OSError as error:
        raise HomeError(f"Cannot write {file}: {error.strerror}. Make the directory writable.") from error
    if lock is None:
        raise HomeError(f"Process {lock_holder(file)} is collecting {home.path} already. Wait for it.")
    with lock:
        try:
            return _remove(home, plan)
        except OSError as error:
            raise HomeError(f"Cannot remove {error.filename}: {error.strerror}. The rest is untouched.") from error


class _Planner:
    """Counts, while it drops one thing after the other, what is left and which objects nothing names any more."""

    def __init__(self, home: Home, view: Survey) -> None:
        self.home = home
        self.view = view
        self._stored = {found.address: found for found in stored_objects(home)}
        self._uses = Counter(address for found in view.runs for address in found.addresses)
        self._leftovers = tuple(leftovers(home, view.cutoff))
        self._values: list[str] = []
        self._directories: list[str] = []
        self._objects: list[BufferRef] = []
        self._total = allocated(home.runs) + allocated(home.objects.path)
        self.remaining = self._total - sum(allocated(path) for path in self._leftovers)
        self._drop_unnamed(self._stored)

    def removable(self) -> list[SurveyedRun]:
        """Return the runs that nobody needs, oldest first."""
        return [found for found in self.view.runs if found.run.run_id not in self.view.needed]

    def drop_values(self, found: SurveyedRun) -> None:
        """Plan to remove a run's inputs and outputs, and the objects that only they name."""
        if not found.value_bytes:
            return
        self._values.append(found.run.run_id)
        self.remaining -= found.value_bytes
        self._uses.subtract(found.addresses)
        self._drop_unnamed(found.addresses)

    def drop_directory(self, found: SurveyedRun) -> None:
        """Plan to remove what is left of a run."""
        self._directories.append(found.run.run_id)
        self.remaining -= found.other_bytes

    def plan(self) -> CollectionPlan:
        """Return what was planned so far."""
        return CollectionPlan(
            home=str(self.home.path),
            values=tuple(self._values),
            directories=tuple(self._directories),
            objects=tuple(self._objects),
            leftovers=tuple(str(path) for path in self._leftovers),
            freed_bytes=self._total - self.remaining,
            remaining_bytes=self.remaining,
        )

    def _drop_unnamed(self, addresses: Iterable[str]) -> None:
        """Plan to remove those objects that nothing names, and whose writer has had the time to name them."""
        for address in addresses:
            found = self._stored.get(address)
            if found and not self._uses[address] and found.put_at < self.view.cutoff:
                self._objects.append(BufferRef(address, found.size))
                self.remaining -= found.disk_bytes


def _remove(home: Home, plan: CollectionPlan) -> CollectionPlan:
    """Remove what a plan lists and a second look confirms."""
    before = allocated(home.runs) + allocated(home.objects.path)
    view = survey(home)
    free = {found.run.run_id: found for found in view.runs if found.run.run_id not in view.needed}
    values = tuple(run_id for run_id in plan.values if run_id in free)
    directories = tuple(run_id for run_id in plan.directories if run_id in free and free[run_id].is_shipped)
    for run_id in values:
        for file in value_files(free[run_id].run):
            file.unlink(missing_ok=True)
    for run_id in directories:
        _remove_directory(free[run_id].run.path)
    # A run may have been submitted meanwhile with the manifest of an old one, so look again before buffers go.
    named = survey(home).addresses
    objects = tuple(ref for ref in plan.objects if ref.hash not in named and _remove_object(home, ref, view.cutoff))
    swept = tuple(str(path) for path in leftovers(home, view.cutoff) if str(path) in plan.leftovers)
    for name in swept:
        _remove_leftover(Path(name))
    after = allocated(home.runs) + allocated(home.objects.path)
    return CollectionPlan(
        home=plan.home,
        values=values,
        directories=directories,
        objects=objects,
        leftovers=swept,
        freed_bytes=before - after,
        remaining_bytes=after,
    )


def _remove_directory(path: Path) -> None:
    """Remove a run so that it is there or not, never in part: it loses its name first."""
    hidden = path.with_name(temporary_name(path.name))
    path.rename(hidden)
    crash_point("collect.hidden")
    shutil.rmtree(hidden)


def _remove_object(home: Home, ref: BufferRef, cutoff: float) -> bool:
    """Remove an object unless somebody puts it again this very moment."""
    path = home.objects.path_of(ref)
    hidden = path.with_name(temporary_name(path.name))
    try:
        path.rename(hidden)
    except FileNotFoundError:
        return False
    # Nobody can touch it under this name: who did before is seen now, who comes later writes it anew.
    if hidden.stat().st_mtime >= cutoff:
        hidden.rename(path)
        return False
    hidden.unlink()
    return True


def _remove_leftover(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
