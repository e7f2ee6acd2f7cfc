"""TensorBoards of the stock `%tensorboard` magic: which port is one, started below our server."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ..entities import decode

if TYPE_CHECKING:
    import psutil

_RECORD = re.compile(r"pid-([0-9]{1,10})\.info")
_LARGEST_RECORD = 64 << 10
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_LOOPBACK = ("127.0.0.1", "::1")


class StockTensorBoard(NamedTuple):
    """A TensorBoard that listens on a port of this machine: its loopback address, and where it says its pages are."""

    host: str
    port: int
    path_prefix: str


class _Info(msgspec.Struct):
    """What TensorBoard writes about itself, as far as it matters here."""

    pid: int
    port: int
    path_prefix: str = ""


def find_stock_tensorboard(
    port: int, server_pid: int | None = None, folder: Path | None = None
) -> StockTensorBoard | None:
    """Return the TensorBoard on a port if it is beyond doubt one of this user, started below this server.

    Parameters
    ----------
    port : int
        From the client: proof is needed for each of the conditions.
    server_pid : int, optional
        Of the Jupyter server; this process unless given.
    folder : Path, optional
        Where TensorBoards leave their records; TensorBoard's own place unless given.

    Returns
    -------
    StockTensorBoard or None
        None unless a record that this user owns names the port and a process; that process is this user's, listens on
        the port itself, and descends from the server.
    """
    for info in _records(folder or Path(tempfile.gettempdir()) / ".tensorboard-info"):
        if info.port == port:
            host = _listens(info.pid, port, server_pid or os.getpid())
            if host is not None:
                return StockTensorBoard(host, port, info.path_prefix.rstrip("/"))
    return None


def _records(folder: Path) -> list[_Info]:
    """Return what TensorBoards say of themselves; the folder is everybody's, so only plain files of this user count."""
    found = []
    try:
        names = sorted(entry.name for entry in folder.iterdir() if _RECORD.fullmatch(entry.name))
    except OSError:
        return []
    for name in names:
        try:
            descriptor = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.getuid():
                continue
            data = file.read(_LARGEST_RECORD)
        try:
            info = decode(data, _Info)
        except msgspec.MsgspecError:
            continue
        if name == f"pid-{info.pid}.info":
            found.append(info)
    return found


def _listens(pid: int, port: int, server_pid: int) -> str | None:
    """Return the loopback address on which a process of ours listens, None where it is not ours or does not."""
    import psutil

    try:
        process = psutil.Process(pid)
        if process.uids().real != os.getuid() or server_pid not in [parent.pid for parent in process.parents()]:
            return None
        for address in _listening(process):
            host = _ANYWHERE.get(address[0], address[0])
            if address[1] == port and host in _LOOPBACK:
                return host
    except psutil.Error:
        return None
    return None


def _listening(process: psutil.Process) -> list[tuple[str, int]]:
    """Return the addresses that a process listens on; psutil renamed the question in version 6."""
    ask = getattr(process, "net_connections", None) or process.connections
    return [(entry.laddr.ip, entry.laddr.port) for entry in ask("tcp") if entry.status == "LISTEN"]
