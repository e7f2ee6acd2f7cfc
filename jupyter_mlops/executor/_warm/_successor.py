"""The next generation of a warm parent: what the old one sees of it, and what it does before it takes over."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time

import msgspec

from ...entities import decode, encode
from ...launchers import Owner, receive_line
from .._autolog._live import modules_for_autologging
from ._preload import load_base, load_modules, rehearse, settle

LONGEST_IMPORT_S = 120.0


class Estate(msgspec.Struct, frozen=True, kw_only=True):
    """What goes from generation to generation.

    Parameters
    ----------
    owners : tuple of Owner
        Kernels for whose sake there is a warm parent.
    modules : tuple of str
        What they have imported, in order.
    skipped : tuple of str
        Top-level names that may not be loaded ahead: they crashed, hung or started threads.
    """

    owners: tuple[Owner, ...] = ()
    modules: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    def joined(self, owner: Owner, modules: tuple[str, ...]) -> Estate:
        """Return the estate with another owner and what it has imported."""
        return msgspec.structs.replace(
            self,
            owners=tuple(dict.fromkeys((*self.owners, owner))),
            modules=tuple(dict.fromkeys((*self.modules, *modules))),
        )

    def without(self, owner: Owner) -> Estate:
        """Return the estate without an owner."""
        return msgspec.structs.replace(self, owners=tuple(other for other in self.owners if other != owner))

    def skipping(self, name: str) -> Estate:
        """Return the estate with one more name that is not to be loaded."""
        return msgspec.structs.replace(self, skipped=tuple(dict.fromkeys((*self.skipped, name)))) if name else self


class Successor:
    """A next generation in the making, as its parent sees it.

    Parameters
    ----------
    pid : int
        Its process.
    channel : socket
        It tells what it is loading, a line each, then `ready`.
    """

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.channel = channel
        self.loading = ""
        self._pid = pid
        self._heard_at = time.monotonic()
        self._received = b""
        channel.setblocking(False)

    def news(self) -> str:
        """Return "ready", "failed", or "" while it is loading."""
        try:
            part = self.channel.recv(1 << 16)
        except BlockingIOError:
            if time.monotonic() - self._heard_at < LONGEST_IMPORT_S:
                return ""
            self.kill()
            return "failed"
        if not part:
            return "failed"
        self._heard_at = time.monotonic()
        *lines, self._received = (self._received + part).split(b"\n")
        if lines and lines[-1] == b"ready":
            return "ready"
        if lines:
            self.loading = lines[-1].decode()
        return ""

    def bequeath(self, estate: Estate) -> None:
        """Hand over what came in while it was loading."""
        self.channel.setblocking(True)
        self.channel.sendall(encode(estate) + b"\n")

    def kill(self) -> None:
        """End it: its parent ends, or it hangs in an import."""
        try:
            os.kill(self._pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def load_and_report(estate: Estate, channel: socket.socket) -> Estate | None:
    """Load, say so, and return what the parent hands over; None when it was killed meanwhile. Runs in the child."""

    def tell(line: str) -> None:
        channel.sendall(f"{line}\n".encode())

    is_fit = False
    # A forked child must not unwind into its parent's loop.
    with contextlib.suppress(BaseException):
        load_base()
        wanted = (*estate.modules, *modules_for_autologging(estate.modules))
        is_fit = load_modules(wanted, frozenset(estate.skipped), tell)
        rehearse()
    if not is_fit:
        os._exit(1)
    settle()
    try:
        tell("ready")
        return decode(receive_line(channel), Estate)
    except OSError:
        return None
    finally:
        channel.close()
