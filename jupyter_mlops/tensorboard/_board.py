"""What a TensorBoard shows, and what its process is told: the values that server and child exchange."""

from __future__ import annotations

import hashlib

import msgspec

from ..entities import decode, encode


class ShownRun(msgspec.Struct, frozen=True):
    """A run on a board.

    Parameters
    ----------
    label : str
        What TensorBoard calls it; unique on its board, and a safe name of a directory.
    path : str
        The run directory, absolute.
    """

    label: str
    path: str


class ShownStoredRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run on a board that only a tracking store has.

    Parameters
    ----------
    label : str
        As of a `ShownRun`.
    uri : str
        The store's address; it may hold a login.
    run_id : str
        The store's id of the run.
    params : dict
        For the HPARAMS page.
    started_s, ended_s : float
        Seconds since 1970; without an end the run goes on.
    well : bool
        Whether it has ended as it should.
    """

    label: str
    uri: str
    run_id: str
    params: dict[str, str] = {}
    started_s: float = 0.0
    ended_s: float | None = None
    well: bool = True


class ShownFolder(msgspec.Struct, frozen=True):
    """A folder with event files on a board; an empty label shows its content as it is."""

    label: str
    path: str


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """What one TensorBoard shows.

    Parameters
    ----------
    label : str
        For people.
    logdir : str
        The folders as they were asked for.
    flags : dict
        Those of TensorBoard's own flags that change what is shown; see `check_flags`.
    """

    runs: tuple[ShownRun, ...] = ()
    stored_runs: tuple[ShownStoredRun, ...] = ()
    folders: tuple[ShownFolder, ...] = ()
    flags: dict[str, str] = {}
    logdir: str = ""
    label: str = ""

    @property
    def board_id(self) -> str:
        """32 hex digits; equal for equal sets of runs and folders, however they are called and in whatever order."""
        shown = (
            sorted(run.path for run in self.runs),
            sorted((run.uri, run.run_id) for run in self.stored_runs),
            sorted((folder.path, folder.label) for folder in self.folders),
            sorted(self.flags.items()),
        )
        return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]

    @property
    def asks_servers(self) -> bool:
        """Whether runs are read from tracking servers, which may want a login."""
        return any(run.uri.startswith(("http://", "https://")) for run in self.stored_runs)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the server tells a child through its standard input: one line, never an argument that others could read.

    Parameters
    ----------
    socket : str
        Where to listen.
    secret : str
        The first part of every path that is answered; 64 hex digits.
    public_path : str
        Where browsers find this board, without a slash at the end.
    folder : str
        A directory of the child's own, for links and event files.
    """

    socket: str
    secret: str
    public_path: str
    folder: str
    board: Board

    def to_line(self) -> bytes:
        """Return the order as the child reads it."""
        return encode(self) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Order:
        """Return the order that a server wrote."""
        return decode(line, cls)
