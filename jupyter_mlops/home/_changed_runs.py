"""Runs that were changed after their end: one marker a run in `changed/`, for the keeper to ship what is new of them.

A marker is renamed before its run is looked at, and removed when that is shipped: a change that comes meanwhile makes
another marker, and a keeper that dies leaves one that the next finds. So no change is lost, and one too many costs only
a look.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from ._files import write_atomic

_FOLDER = "changed"
_TAKEN = ".taken"


class ChangedRuns:
    """The markers of a home.

    Parameters
    ----------
    home : Path
        The `.mlops` directory.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / _FOLDER

    def add(self, run_id: str) -> None:
        """Say that a run was changed.

        Raises
        ------
        OSError
            The home may not be written.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_atomic(self._folder / run_id, b"")

    def waiting(self) -> frozenset[str]:
        """Return the runs whose changes nobody has taken yet."""
        return frozenset(name for name in self._names() if "." not in name)

    def taken(self) -> frozenset[str]:
        """Return the runs whose changes somebody has taken and not shipped yet."""
        return frozenset(name.removesuffix(_TAKEN) for name in self._names() if name.endswith(_TAKEN))

    def __contains__(self, run_id: str) -> bool:
        """Whether something of a run is not shipped yet."""
        return any((self._folder / name).exists() for name in (run_id, run_id + _TAKEN))

    def take(self, run_id: str) -> None:
        """Take a run's changes; one who dies before `done` leaves them for the next."""
        with contextlib.suppress(FileNotFoundError):
            (self._folder / run_id).replace(self._folder / (run_id + _TAKEN))

    def done(self, run_id: str) -> None:
        """Say that what was taken is shipped."""
        (self._folder / (run_id + _TAKEN)).unlink(missing_ok=True)

    def _names(self) -> list[str]:
        with contextlib.suppress(OSError):
            return [path.name for path in self._folder.iterdir()]
        return []
