"""What a home holds and who needs it: the collector's view, read without changing anything."""

from __future__ import annotations

import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..entities import RunSpec
from ..exceptions import HomeError
from ._changed_runs import ChangedRuns
from ._files import read_bytes, read_json
from ._home import Home
from ._run_directory import RunDirectory

GRACE_S = 600.0
"""Younger things stay: a snapshot may be on its way, or a kernel about to read what its run has just returned."""

LEFTOVER = re.compile(r"\..+\.[0-9a-f]{12}\.tmp")
"""Names of files that a killed writer never finished."""

_ADDRESS = re.compile(rb'"([0-9a-f]{32})"')


@dataclass(frozen=True, kw_only=True)
class SurveyedRun:
    """What the collector asks of one run.

    Parameters
    ----------
    run : RunDirectory
        Where it is.
    needs : tuple of str
        Runs that it cannot be repeated without.
    is_live : bool
        It has not ended.
    is_spared : bool
        It is live, or ended so lately that a kernel may not have read its outputs, or is to be kept.
    ended_at : float
        Seconds since 1970, as the file system tells them.
    addresses : frozenset of str
        Objects that its manifests name.
    value_bytes, other_bytes : int
        Bytes on disk of manifests and streams, and of all the rest.
    """

    run: RunDirectory
    needs: tuple[str, ...]
    is_live: bool
    is_spared: bool
    ended_at: float
    addresses: frozenset[str]
    value_bytes: int
    other_bytes: int

    @property
    def is_shipped(self) -> bool:
        """Whether the tracking store has everything of it, so that its directory may go."""
        if (read_json(self.run.tracking_file) or {}).get("done") is not True:
            return False
        return self.run.run_id not in ChangedRuns(self.run.path.parent.parent)


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """An object's address, length, bytes on disk, and when it was last put."""

    address: str
    size: int
    disk_bytes: int
    put_at: float


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A home at one moment.

    Parameters
    ----------
    runs : tuple of SurveyedRun
        Oldest first.
    needed : frozenset of str
        Ids of runs of which nothing may be removed.
    cutoff : float
        Objects put after it stay, because nobody may have written yet that he needs them.
    """

    runs: tuple[SurveyedRun, ...]
    needed: frozenset[str]
    cutoff: float

    @property
    def addresses(self) -> frozenset[str]:
        """Every object that a manifest of the home names."""
        return frozenset().union(*(found.addresses for found in self.runs))


def survey(home: Home) -> Survey:
    """Look at every run of a home."""
    now = time.time()
    runs = tuple(_survey_run(home.run(run_id), now) for run_id in reversed(home.run_ids()))
    live_since = [_modified(found.run.spec_file, now) for found in runs if found.is_live]
    return Survey(runs=runs, needed=_needed(runs), cutoff=min([now, *live_since]) - GRACE_S)


def allocated(path: Path) -> int:
    """Return the bytes that a file or a directory takes on the disk; holes take none, links count once here."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return 0
    below = _children(path) if stat.S_ISDIR(found.st_mode) else ()
    return found.st_blocks * 512 + sum(allocated(child) for child in below)


def leftovers(home: Home, cutoff: float) -> Iterator[Path]:
    """Yield what writers and collectors that were killed have left, as long as nobody can be at it still."""
    folders = [home.path, home.runs, *_children(home.objects.path), *(home.runs / run_id for run_id in home.run_ids())]
    for folder in folders:
        for path in _children(folder):
            if LEFTOVER.fullmatch(path.name) and _modified(path, cutoff) < cutoff:
                yield path


def stored_objects(home: Home) -> Iterator[StoredObject]:
    """Yield the objects of a home, without what was never finished."""
    for path in home.objects.files():
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        if not LEFTOVER.fullmatch(path.name):
            yield StoredObject(
                address=path.name, size=found.st_size, disk_bytes=found.st_blocks * 512, put_at=found.st_mtime
            )


def value_files(run: RunDirectory) -> tuple[Path, ...]:
    """Return the files that hold a run's values; manifests first, so that none is seen without its stream."""
    return run.inputs_file, run.outputs_file, run.inputs_stream, run.outputs_stream


def _survey_run(run: RunDirectory, now: float) -> SurveyedRun:
    """Look at one run. What cannot be read is live: a newer version may be at work."""
    try:
        spec = run.read(RunSpec, run.spec_file)
        is_terminal = run.state().status.is_terminal
    except HomeError:
        spec, is_terminal = None, False
    needs = [upstream.run_id for upstream in spec.upstream] if spec else []
    if spec and spec.origin:
        needs.append(spec.origin.run_id)
    ended_at = max(_modified(file, 0.0) for file in (run.exit_file, run.result_file, run.spec_file))
    value_bytes = sum(allocated(file) for file in value_files(run))
    return SurveyedRun(
        run=run,
        needs=tuple(needs),
        is_live=not is_terminal,
        is_spared=not is_terminal or run.keep_file.exists() or abs(now - ended_at) < GRACE_S,
        ended_at=ended_at,
        addresses=_addresses(run),
        value_bytes=value_bytes,
        other_bytes=allocated(run.path) - value_bytes,
    )


def _addresses(run: RunDirectory) -> frozenset[str]:
    """Return whatever looks like an address in a run's manifests, of any version, signed or not: too many is safe."""
    found: set[str] = set()
    for file in (run.inputs_file, run.outputs_file):
        found.update(address.decode() for address in _ADDRESS.findall(read_bytes(file) or b""))
    return frozenset(found)


def _needed(runs: tuple[SurveyedRun, ...]) -> frozenset[str]:
    """Return the spared runs, and the runs that they come from, however far back."""
    needs = {found.run.run_id: found.needs for found in runs}
    needed: set[str] = set()
    waiting = [found.run.run_id for found in runs if found.is_spared]
    while waiting:
        run_id = waiting.pop()
        if run_id not in needed:
            needed.add(run_id)
            waiting.extend(needs.get(run_id, ()))
    return frozenset(needed)


def _children(folder: Path) -> list[Path]:
    """Return what a directory holds; nothing when it goes while we look, or is none."""
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _modified(path: Path, otherwise: float) -> float:
    """Return when a file was last written, or another time where there is none."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return otherwise
