"""The home: one `.mlops` directory that all processes of a project meet in; found as git finds `.git`."""

from __future__ import annotations

import errno
import os
import re
import uuid
from pathlib import Path

from ..exceptions import HomeError, RunNotFoundError
from ._files import read_bytes, write_atomic
from ._objects import ObjectStore
from ._run_directory import RunDirectory, deleted
from ._settings import Settings
from ._signing import Signer
from ._system import SOCKET_PATH_LIMIT, on_network_filesystem, runtime_dir_of

FORMAT_VERSION = 1
"""Version of the directory's layout; a newer one is refused."""

_NAME = ".mlops"
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_FOLDERS = ("runs", "objects", "slots", "queue")
_OWN = frozenset((*_FOLDERS, ".gitignore", "version", "sequence", "settings.json"))


class Home:
    """A home that is there and that this version can read. Make one with `find`, `create` or `open`.

    Parameters
    ----------
    path : Path
        The `.mlops` directory, absolute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.runs = path / "runs"
        self.slots = path / "slots"
        self.queue = path / "queue"
        self.settings_file = path / "settings.json"
        self.keeper_lock = path / "keeper.lock"
        self.objects = ObjectStore(path / "objects")
        self.signer = Signer()
        self._sequence_file = path / "sequence"

    def __repr__(self) -> str:
        return f"Home({str(self.path)!r})"

    @classmethod
    def find(cls, start: Path | None = None, *, create: bool = True) -> Home:
        """Return the home that a directory belongs to.

        Parameters
        ----------
        start : Path, optional
            The working directory unless given.
        create : bool
            Make `start/.mlops` where there is none.

        Returns
        -------
        Home
            `JUPYTER_MLOPS_HOME` when set, else `.mlops` in the nearest parent that has one, else a new one.

        Raises
        ------
        HomeError
            The home found cannot be read, or belongs to another user; or there is none and none can be made.
        """
        chosen = os.environ.get("JUPYTER_MLOPS_HOME", "")
        if chosen:
            return cls.create(Path(chosen)) if create else cls.open(Path(chosen))
        here = (start or Path.cwd()).absolute()
        for folder in (here, *here.parents):
            # A directory that merely has the name (an empty one, say) is no reason to put runs there.
            if (folder / _NAME / "version").exists():
                _demand_own(folder / _NAME)
                return cls.open(folder / _NAME)
        if not create:
            raise HomeError(f"No .mlops in {here} or above it. The first %%train makes one.")
        return cls.create(here / _NAME)

    @classmethod
    def create(cls, path: Path) -> Home:
        """Return the home at a path, made there when there is none; any number of processes may do so at once.

        Raises
        ------
        HomeError
            It cannot be made; or the directory holds something else already.
        """
        path = path.expanduser().absolute()
        try:
            if not (path / "version").exists():
                _make(path)
        except OSError as error:
            raise HomeError(
                f"Cannot make {path}: {error.strerror}. "
                "Make its directory writable, or set JUPYTER_MLOPS_HOME to a directory of yours."
            ) from error
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Home:
        """Return the home that is at a path; reading it needs no right to write.

        Raises
        ------
        HomeError
            There is none, or a newer version of the package has made it.
        """
        path = path.expanduser().absolute()
        try:
            text = read_bytes(path / "version")
        except OSError as error:
            raise HomeError(f"Cannot read {path}: {error.strerror}.") from error
        if text is None:
            raise HomeError(
                f"{path} is no .mlops directory. Check --home or JUPYTER_MLOPS_HOME; the first %%train makes one there."
            )
        if not text.strip().isdigit():
            raise HomeError(f"{path / 'version'} is damaged: it should hold {FORMAT_VERSION}. Write that into it.")
        if int(text) > FORMAT_VERSION:
            raise HomeError(
                f"{path} has format {int(text)}, this version of jupyter_mlops reads {FORMAT_VERSION}. Upgrade it."
            )
        return cls(path)

    def exists(self) -> bool:
        """Tell whether it is still there: somebody may delete it under a process that uses it."""
        return (self.path / "version").exists()

    @property
    def settings(self) -> Settings:
        """The settings as they are now: file and environment are read each time."""
        return Settings.load(self.settings_file)

    @property
    def runtime_dir(self) -> Path:
        """The directory for this home's sockets; made where absent."""
        return runtime_dir_of(self.path)

    @property
    def on_network_filesystem(self) -> bool:
        """Whether sqlite must not use WAL here."""
        return on_network_filesystem(self.path)

    def socket(self, name: str) -> Path:
        """Return a short path for a unix socket.

        Raises
        ------
        HomeError
            With this name it would be too long for the system.
        """
        path = self.runtime_dir / name
        if len(os.fsencode(path)) >= SOCKET_PATH_LIMIT:
            raise HomeError(f"{path} is too long for a socket; choose a shorter name.")
        return path

    def new_run_id(self) -> str:
        """Return an id that no run has: 32 hex digits."""
        return uuid.uuid4().hex

    def next_sequence(self, run_id: str = "") -> int:
        """Return a number larger than all that this home has given out; takes microseconds and no lock.

        Parameters
        ----------
        run_id : str
            The run that gets the number; listing runs in order is quick when it is given.

        Raises
        ------
        HomeError
            The home may not be written, or the disk is full.
        """
        line = f"{run_id:->32}\n".encode()
        try:
            descriptor = os.open(self._sequence_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # Appends are atomic, and tell where they ended: that place is the number.
                written = os.write(descriptor, line)
                end = os.lseek(descriptor, 0, os.SEEK_CUR)
            finally:
                os.close(descriptor)
            if written < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise HomeError(
                f"Cannot write {self._sequence_file}: {error.strerror}. "
                "Free space or make it writable, or set JUPYTER_MLOPS_HOME to a directory of yours."
            ) from error
        return end // len(line)

    def run(self, run_id: str) -> RunDirectory:
        """Return a run's directory, whether it is there or not.

        Raises
        ------
        RunNotFoundError
            This is no id of a run; ids come from people and from the wire.
        """
        if not _RUN_ID.fullmatch(run_id):
            raise RunNotFoundError(f"{run_id[:80]!r} is no run id: 32 hex digits. `%runs` lists the runs.")
        return RunDirectory(self.runs / run_id, self.signer)

    def run_ids(self) -> tuple[str, ...]:
        """Return the ids of all runs, newest first.

        Raises
        ------
        HomeError
            The home was deleted since it was opened.
        """
        sequences = self._sequences()
        try:
            found = [entry.name for entry in os.scandir(self.runs) if _RUN_ID.fullmatch(entry.name)]
        except FileNotFoundError:
            raise HomeError(deleted(self.path)) from None
        return tuple(sorted(found, key=lambda run_id: (self._sequence(run_id, sequences), run_id), reverse=True))

    def _sequences(self) -> dict[str, int]:
        """Return the numbers that were given out with the id of a run."""
        sequences: dict[str, int] = {}
        end = 0
        for line in (read_bytes(self._sequence_file) or b"").split(b"\n")[:-1]:
            end += len(line) + 1
            # A line is longer than an id where a full disk has cut the one before.
            sequences[line[-32:].decode("ascii", "replace")] = end // 33
        return sequences

    def _sequence(self, run_id: str, sequences: dict[str, int]) -> int:
        """Return a run's number: as it was given out, else as the run itself says, else 0."""
        if run_id in sequences:
            return sequences[run_id]
        try:
            return self.run(run_id).spec().sequence
        except (RunNotFoundError, HomeError, OSError):
            return 0


def _make(path: Path) -> None:
    """Make a home, or finish one that another process makes or that a killed one began: each step may be repeated."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    strangers = sorted(entry.name for entry in path.iterdir() if not _is_own(entry.name))
    if strangers:
        raise HomeError(f"{path} holds other things ({', '.join(strangers[:3])}). Give .mlops a directory of its own.")
    path.chmod(0o700)
    for folder in _FOLDERS:
        (path / folder).mkdir(mode=0o700, exist_ok=True)
    write_atomic(path / ".gitignore", b"*\n")
    # Last: a home with a version is whole.
    write_atomic(path / "version", b"%d\n" % FORMAT_VERSION)


def _is_own(name: str) -> bool:
    """Tell whether a home has files of that name while it is made."""
    return name in _OWN or name.endswith((".tmp", ".lock"))


def _demand_own(path: Path) -> None:
    """Refuse a home that was found, not chosen, and that another user could have put there for us to run."""
    owner = path.stat().st_uid
    if owner != os.getuid():
        raise HomeError(
            f"{path} belongs to another user (uid {owner}). "
            "Set JUPYTER_MLOPS_HOME to a directory of your own, or to this one if you trust it."
        )
