"""A kernel's open line to its warm parent: down it come shims that wait for a run, each as one end of a socket pair.

Telling such a shim which run it is takes one write, and nobody has to wake up in between. Whoever does not use what
came, or dies with it, closes it, and the shim ends.
"""

from __future__ import annotations

import contextlib
import os
import socket
import weakref
from collections.abc import Sequence
from pathlib import Path

from ..entities import encode
from ._warm_wire import WarmRequest, is_same_user, tell

USED = b"u"
"""What a kernel says when it has used a shim: the next one may be made."""

_PATIENCE_S = 0.5
_MOST_AT_ONCE = 8


class SpareLine:
    """The kernel's end; not for forked children.

    Parameters
    ----------
    connection : socket
        Connected, and asked to hold.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._pid = os.getpid()
        connection.setblocking(False)
        self.is_open = True
        # Whoever forgets a launcher wants no shim of it.
        weakref.finalize(self, connection.close)

    @classmethod
    def open(cls, path: Path, request: WarmRequest) -> SpareLine | None:
        """Return a line to the warm parent at an address; None when there is none."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_PATIENCE_S)
        with contextlib.suppress(OSError):
            connection.connect(os.fspath(path))
            if is_same_user(connection):
                connection.sendall(encode(request) + b"\n")
                return cls(connection)
        connection.close()
        return None

    def submit(self, request: WarmRequest, given: Sequence[int] = ()) -> bool:
        """Tell a waiting shim which run it is; False when there is none, or it has ended.

        Descriptors that are given travel along. The shim takes none: they are closed as it reads, or as it ends.
        """
        if os.getpid() != self._pid:
            return False
        spare = self._newest()
        if spare is None:
            return False
        try:
            with spare, contextlib.suppress(OSError):
                spare.settimeout(_PATIENCE_S)
                tell(spare, request, given)
                return True
            return False
        finally:
            # Also of one that was killed while it waited. Not before: the warm parent would take a processor from it.
            with contextlib.suppress(OSError):
                self._connection.send(USED)

    def close(self) -> None:
        """Let the line go, and with it the shim that waits at its end."""
        self.is_open = False
        self._connection.close()

    def _newest(self) -> socket.socket | None:
        """Return the last shim that came; what came before holds less of what the kernel has imported."""
        newest: socket.socket | None = None
        while self.is_open:
            try:
                data, descriptors, _, _ = socket.recv_fds(
                    self._connection, _MOST_AT_ONCE, _MOST_AT_ONCE, getattr(socket, "MSG_CMSG_CLOEXEC", 0)
                )
            except BlockingIOError:
                break
            except OSError:
                data, descriptors = b"", []
            for descriptor in descriptors:
                if newest is not None:
                    newest.close()
                newest = socket.socket(fileno=descriptor)
            if not data:
                self.close()
        return newest


class HeldLine:
    """The warm parent's end of a kernel's line.

    Parameters
    ----------
    connection : socket
        It said "hold".

    Attributes
    ----------
    is_served : bool
        Whether a shim waits at the kernel's end.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.is_served = False
        connection.setblocking(False)

    def serve(self, shim: socket.socket) -> bool:
        """Send a waiting shim; False when nobody is there any more."""
        try:
            socket.send_fds(self.connection, [b"s"], [shim.fileno()])
        except OSError:
            return False
        self.is_served = True
        return True

    def hear(self) -> bool:
        """Take in what the kernel says; False when it has gone."""
        try:
            said = self.connection.recv(1 << 10)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if said:
            self.is_served = False
        return bool(said)
