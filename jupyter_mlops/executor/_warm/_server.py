"""The warm parent's loop: one thread, one socket, generations.

A generation answers requests with what it holds. When a kernel has imported more, it forks a next generation, which
loads these libraries, however long that takes, and then takes over the socket; the old one ends. So there is always
somebody to answer, and a library that crashes when it is imported takes nobody with it.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

import msgspec

from ...entities import decode, encode
from ...home import Home, LifeLock, process_start_time, wait_released
from ...launchers import HeldLine, WarmReply, WarmRequest, is_same_user, receive_given
from ._memory import memory_share
from ._spare import Inherited, Spare
from ._successor import Estate, Successor, load_and_report

IDLE_S = 600.0
ORPHANED_S = 10.0
LOOK_S = 2.0
REQUEST_S = 0.5
SPARE_AFTER_S = 0.1
"""After a start its run has the processors; the next one is prepared when it has come to its cell."""


def serve(home_path: Path, key: str) -> None:
    """Be the warm parent of a home for one key until it is of no more use; return at once when there is one already."""
    home = Home.open(home_path)
    address = home.socket(f"{key}.sock")
    lock_path = home.socket(f"{key}.lock")
    lock = LifeLock.acquire(lock_path)
    if lock is None:
        return
    first = address.with_suffix(".json")
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(address))
        listener.listen(64)
        parent = WarmParent(home, address, listener, lock)
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            parent.answer(decode(first.read_bytes(), WarmRequest))
        first.unlink(missing_ok=True)
        parent.loop()


class WarmParent:
    """One generation, and after a fork the next: the loop goes on in the child with more in memory.

    Parameters
    ----------
    home : Home
        The home whose runs start here.
    address : Path
        Of the listening socket; somebody who removes it ends this process.
    listener : socket
        Inherited from generation to generation.
    lock : LifeLock
        The election: one warm parent per home and key.
    """

    def __init__(self, home: Home, address: Path, listener: socket.socket, lock: LifeLock) -> None:
        self._home = home
        self._address = address
        self._listener = listener
        self._lock = lock
        self._stage = address.with_suffix(".stage")
        self._estate = Estate()
        self._generation = 0
        self._tried: frozenset[str] = frozenset()
        self._successor: Successor | None = None
        self._spare: Spare | None = None
        self._spare_due = 0.0
        self._lines: list[HeldLine] = []
        self._asked_at = self._owned_at = time.monotonic()
        self._is_leaving = False
        self._listen_to_signals()

    def loop(self) -> None:
        """Answer until there is a reason to end; remove the socket then."""
        while not self._is_leaving and self._is_of_use():
            self._look_after_successor()
            pause_s = self._look_after_spare()
            watched = [self._listener, self._signals, *(line.connection for line in self._lines)]
            watched += [self._successor.channel] if self._successor else []
            ready, _, _ = select.select(watched, [], [], pause_s)
            if self._signals in ready:
                self._signals.recv(4096)
            self._reap()
            self._hear([line for line in self._lines if line.connection in ready])
            if self._listener in ready:
                self._serve_one()
        if self._successor is not None:
            self._successor.kill()
        self._address.unlink(missing_ok=True)
        shutil.rmtree(self._stage, ignore_errors=True)

    def answer(self, request: WarmRequest, *connections: socket.socket, given: Sequence[FileIO] = ()) -> WarmReply:
        """Do what a kernel asks.

        Parameters
        ----------
        request : WarmRequest
            See there.
        connections : socket
            What a forked shim must not keep open.
        given : sequence of file
            By which the kernel says that a shim is on its way; handed on to it.
        """
        self._asked_at = time.monotonic()
        if request.ask == "release":
            self._estate = self._estate.without(request.owner)
            self._owned_at = float("-inf")
        else:
            self._estate = self._estate.joined(request.owner, request.modules)
        if request.ask == "retire":
            self._is_leaving = True
        if request.ask != "run":
            return self._describe(memory=request.ask == "status")
        refusal = self._refusal(request)
        if refusal:
            return msgspec.structs.replace(self._describe(), refusal=refusal)
        return msgspec.structs.replace(self._describe(), shim_pid=self._give_shim(request, connections, given))

    def _give_shim(
        self, request: WarmRequest, connections: tuple[socket.socket, ...], given: Sequence[FileIO]
    ) -> int | None:
        on_its_way = [file.fileno() for file in given]
        spare, self._spare = self._spare, None
        self._spare_due = time.monotonic() + SPARE_AFTER_S
        if spare is None or not spare.take(request, on_its_way):
            spare = self._make_spare((*connections, *given))
            if not spare.take(request, on_its_way):
                return None
        return spare.pid

    def _make_spare(self, connections: Sequence[Inherited]) -> Spare:
        from .._rehearsal import Stage

        # The last one's has served its turn.
        shutil.rmtree(self._stage, ignore_errors=True)
        return Spare(Stage(self._home, self._stage), (*self._sockets(), *connections))

    def _refusal(self, request: WarmRequest) -> str:
        """Return why a fork of this process would not be as good as a new one."""
        if self._generation == 0:
            return "nothing is loaded yet"
        if threading.active_count() > 1:
            return "a library has started a thread"
        hidden = [name for name in request.foreign if name in sys.modules]
        return f"an installed module hides the notebook's own: {', '.join(hidden[:3])}" if hidden else ""

    def _serve_one(self) -> None:
        connection, _ = self._listener.accept()
        self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.ExitStack() as closing:
            closing.callback(connection.close)
            connection.settimeout(REQUEST_S)
            # A kernel that died while it asked, or nonsense, is no reason to end.
            with contextlib.suppress(OSError, msgspec.MsgspecError):
                if is_same_user(connection):
                    line, descriptors = receive_given(connection)
                    given = [closing.enter_context(FileIO(descriptor)) for descriptor in descriptors]
                    request = decode(line, WarmRequest)
                    reply = self.answer(request, connection, given=given)
                    if request.ask == "hold":
                        self._lines.append(HeldLine(connection))
                        closing.pop_all()
                    else:
                        connection.sendall(encode(reply) + b"\n")

    def _hear(self, lines: list[HeldLine]) -> None:
        """Take in that kernels have used what waited for them, or have gone."""
        for line in lines:
            if line.hear():
                self._asked_at = time.monotonic()
                self._spare_due = self._asked_at + SPARE_AFTER_S
            else:
                line.connection.close()
                self._lines.remove(line)

    # Generations ------------------------------------------------------------------------------------------------------

    def _look_after_successor(self) -> None:
        """Make a next generation when there is more to hold; leave when it is ready."""
        if self._successor is None:
            if self._generation == 0 or not self._tried.issuperset(self._estate.modules):
                self._fork_successor()
            return
        news = self._successor.news()
        if news == "ready":
            self._successor.bequeath(self._estate)
            # Not by the loop's end: the socket stays, and with it whoever waits in its queue.
            os._exit(0)
        if news == "failed":
            self._give_up_on(self._successor.loading)
            self._successor = None

    def _give_up_on(self, name: str) -> None:
        """Do without a module that has done harm; end where not even the executor itself could be loaded."""
        if name:
            self._estate = self._estate.skipping(name)
        elif self._generation == 0:
            self._is_leaving = True
        else:
            self._tried = frozenset(self._estate.modules)

    def _look_after_spare(self) -> float:
        """Fork the next spare when it is time; return the seconds until there is something to do.

        One waits at the end of each kernel's line. Where there is none, one waits here.
        """
        line = next((line for line in self._lines if not line.is_served), None)
        is_wanted = line is not None or not (self._lines or self._spare)
        if not is_wanted or self._generation == 0 or threading.active_count() > 1:
            return LOOK_S
        left_s = self._spare_due - time.monotonic()
        if left_s > 0:
            return min(left_s, LOOK_S)
        spare, self._spare = self._spare or self._make_spare(()), None
        if line is None:
            self._spare = spare
        else:
            line.is_served = spare.hand_over(line)
        self._spare_due = time.monotonic() + SPARE_AFTER_S
        return SPARE_AFTER_S

    def _fork_successor(self) -> None:
        """Fork; return at once in the parent, and in the child when it has become the next generation."""
        mine, theirs = socket.socketpair()
        pid = os.fork()
        if pid:
            theirs.close()
            self._successor = Successor(pid, mine)
            return
        mine.close()
        if self._spare is not None:
            self._spare.close()
            self._spare = None
        for line in self._lines:
            # What waits there holds less than this process is going to.
            line.is_served = False
        self._listen_to_signals()
        self._tried = frozenset(self._estate.modules)
        estate = load_and_report(self._estate, theirs)
        path = self._address.with_suffix(".lock")
        wait_released(path)
        lock = LifeLock.acquire(path)
        if lock is None or estate is None:
            os._exit(0)
        self._lock, self._estate = lock, estate
        self._generation += 1

    # Life and death ---------------------------------------------------------------------------------------------------

    def _is_of_use(self) -> bool:
        now = time.monotonic()
        if any(process_start_time(owner.pid) == owner.start_time for owner in self._estate.owners):
            self._owned_at = now
        if now - self._asked_at > IDLE_S or now - self._owned_at > ORPHANED_S:
            return False
        return self._home.runs.is_dir() and self._address.exists()

    def _describe(self, *, memory: bool = False) -> WarmReply:
        return WarmReply(
            pid=os.getpid(),
            generation=self._generation,
            modules=len(sys.modules),
            loading=self._successor is not None,
            memory_bytes=memory_share() if memory else 0,
        )

    def _sockets(self) -> tuple[socket.socket, ...]:
        """Return what a forked run must not keep open."""
        own = (self._listener, self._signals, self._waker, *(line.connection for line in self._lines))
        return own if self._successor is None else (*own, self._successor.channel)

    def _listen_to_signals(self) -> None:
        """Have signals end the wait; in a forked child, by a channel of its own."""
        self._signals, self._waker = socket.socketpair()
        self._signals.setblocking(False)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.signal(signal.SIGTERM, lambda _number, _frame: setattr(self, "_is_leaving", True))

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
