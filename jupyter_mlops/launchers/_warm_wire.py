"""What a kernel and a warm parent say to each other: one JSON line each way over a unix socket of this user."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ..entities import decode, encode

LONGEST_LINE = 4 * 1024**2
"""Bytes of a request; an environment and a few thousand module names take a tenth."""


class Owner(msgspec.Struct, frozen=True):
    """A process for whose sake a warm parent lives."""

    pid: int
    start_time: int


class WarmRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a kernel asks for.

    Parameters
    ----------
    ask : str
        "run", "preload", "hold" (keep this connection open and send waiting shims down it, see `_warm_line`), "status",
        "release" (the owner needs it no more) or "retire".
    owner : Owner
        The kernel.
    run_dir, settings : str
        For "run": the run's directory, and the shim's settings as `ShimSettings.to_json` writes them.
    environment : bytes
        For "run": the kernel's, as `NAME=value` joined by NUL. It goes nowhere but into the run's process.
    cold : tuple of str
        For "run": command line of an executor for a shim that finds out that its own would not do.
    modules : tuple of str
        For "preload": installed modules that the kernel has imported, in its order.
    foreign : tuple of str
        For "run": top-level modules of the kernel that are not installed ones; a warm parent that holds an installed
        module of such a name is no use.
    """

    ask: str
    owner: Owner
    run_dir: str = ""
    settings: str = ""
    environment: bytes = b""
    cold: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


class WarmReply(msgspec.Struct, frozen=True, kw_only=True):
    """What a warm parent answers.

    Parameters
    ----------
    pid : int
        The warm parent's own; it changes when it has loaded more.
    shim_pid : int, optional
        Of the shim that was forked.
    refusal : str
        Why it was not.
    generation, modules : int
        How often it has loaded more, and how many modules it holds.
    loading : bool
        Whether a next generation is being made.
    memory_bytes : int
        Its share of memory; told for "status".
    """

    pid: int
    shim_pid: int | None = None
    refusal: str = ""
    generation: int = 0
    modules: int = 0
    loading: bool = False
    memory_bytes: int = 0


def ask_warm_parent(path: Path, request: WarmRequest, timeout_s: float, given: Sequence[int] = ()) -> WarmReply | None:
    """Return a warm parent's reply; None when there is none, it does not answer, or it is another user's.

    Descriptors that are given travel along, see `tell`.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        try:
            connection.connect(os.fspath(path))
            if not is_same_user(connection):
                return None
            tell(connection, request, given)
            return decode(receive_line(connection), WarmReply)
        except (OSError, msgspec.MsgspecError):
            return None


def tell(connection: socket.socket, request: WarmRequest, given: Sequence[int] = ()) -> None:
    """Send a request, with descriptors that stay open until the other side has read it, and longer where it takes them.

    Raises
    ------
    OSError
        Nobody is there any more.
    """
    line = encode(request) + b"\n"
    # Mostly that was all, and the other side may have answered and gone: to send nothing would fail.
    if rest := line[socket.send_fds(connection, [line], given) :]:
        connection.sendall(rest)


def receive_given(connection: socket.socket) -> tuple[bytes, list[int]]:
    """Return a line as `receive_line` does, with the descriptors that came along: they are the caller's to close.

    Raises
    ------
    OSError
        As there.
    """
    begun, given, _, _ = socket.recv_fds(connection, 1 << 16, 1, getattr(socket, "MSG_CMSG_CLOEXEC", 0))
    try:
        return begun if begun.endswith(b"\n") else begun + receive_line(connection), given
    except OSError:
        for descriptor in given:
            os.close(descriptor)
        raise


def receive_line(connection: socket.socket) -> bytes:
    """Return what the other side sends up to a newline.

    Raises
    ------
    OSError
        It closed the connection, took too long or sent too much.
    """
    received = bytearray()
    while not received.endswith(b"\n"):
        part = connection.recv(1 << 16)
        if not part or len(received) > LONGEST_LINE:
            raise ConnectionError("the connection ended within a line")
        received += part
    return bytes(received)


def is_same_user(connection: socket.socket) -> bool:
    """Tell whether the other side is a process of this user; the socket's directory already keeps others out."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return bool(user == os.getuid())
