"""Inputs to the object store without the user waiting for the disk. Runs in the kernel.

Little data is written at once. Of much data a forked child writes a copy-on-write snapshot, while the cell has already
returned and may overwrite the original. The child does nothing but hash, write and leave: it opens its own files, never
touches the parent's sockets, stdio or threads, and runs no finalizer. Its life is `snapshot.lock`; when that is free
and there is no `inputs.json`, the inputs could not be stored, and the shim says so.

The child begins when the cell has answered (`begin_snapshots`): to hash takes every processor there is, and the kernel
would wait for one. It begins by itself when nobody tells it to: the cell goes on, or is no cell.
"""

from __future__ import annotations

import _thread
import contextlib
import gc
import os
import select
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ..entities import BufferRef
from ..exceptions import HomeError
from ..home import LifeLock, content_hash, crash_point
from ._pickle import PickledValues
from ._stored import manifest_of, write_stream

if TYPE_CHECKING:
    from ..home import Home, RunDirectory

INLINE_BYTES = 2 << 20
"""Up to here hashing and writing costs less than a fork and its page faults."""

_SPARE_BYTES = 16 << 20
"""Left free for logs and metrics when room for a snapshot is looked for."""

_START_TIMEOUT_MS = 5000

_LONGEST_ANSWER_MS = 50
"""A cell that takes longer after its submission does something else, and its run should not wait for that."""

_CONTEXTS = ("/dev/nvidia-uvm", "/dev/kfd")
"""What every CUDA context opens, and every ROCm one, whichever library made it."""

_waiting: list[socket.socket] = []
"""A line to each child that has not been told to begin."""


def write_inputs(run_dir: RunDirectory, pickled: PickledValues, home: Home) -> None:
    """Store what a cell reads; `inputs.json` appears when all of it is there, perhaps after this returns.

    The values may be changed as soon as this returns: what is stored is what they were.

    Raises
    ------
    HomeError
        There is no room, or the home may not be written. Nothing was started.
    """
    write_stream(run_dir.inputs_stream, pickled)
    if pickled.buffer_bytes <= INLINE_BYTES:
        _store(run_dir, pickled, home)
        return
    _demand_room(pickled, home)
    if _fork_is_safe():
        _snapshot(run_dir, pickled, home)
    else:
        _copy(run_dir, pickled, home)


def begin_snapshots() -> None:
    """Let the children begin: the cell that made them has answered."""
    # Another thread may be as quick.
    with contextlib.suppress(IndexError):
        while True:
            with _waiting.pop() as line, contextlib.suppress(OSError):  # the child has ended
                # Closing would not do where the user's own forks hold the line too.
                line.shutdown(socket.SHUT_RDWR)


def _store(run_dir: RunDirectory, pickled: PickledValues, home: Home) -> None:
    refs = [home.objects.put(view) for view in pickled.buffers]
    crash_point("snapshot.buffers")
    run_dir.write(home.signer.sign(manifest_of(pickled, refs)), run_dir.inputs_file, durable=False)


def _demand_room(pickled: PickledValues, home: Home) -> None:
    """Refuse before the fork what would not fit: afterwards nobody is there to be told."""
    found = os.statvfs(home.objects.path)
    free = found.f_bavail * found.f_frsize
    if pickled.buffer_bytes + _SPARE_BYTES <= free:
        return
    # Hashing everything takes the user's time, but data that is stored already needs no room.
    refs = {BufferRef(content_hash(view), view.nbytes) for view in pickled.buffers}
    needed = sum(ref.size for ref in refs if not home.objects.has(ref))
    if needed > free:
        raise HomeError(
            f"The inputs need {needed:,} bytes in {home.objects.path}, and {free:,} are free. "
            "Free some with `%runs gc`, or set JUPYTER_MLOPS_HOME to a directory on a larger disk."
        )


def _fork_is_safe() -> bool:
    """Tell whether a child may run Python: not where it would inherit a GPU's context, and not on macOS."""
    if not sys.platform.startswith("linux"):
        return False
    # A notebook has a hundred files open, and most machines have no GPU at all.
    with os.scandir("/dev") as devices:
        if not any(device.path.startswith(_CONTEXTS) for device in devices):
            return True
    return not any(name.startswith(_CONTEXTS) for name in _open_files())


def _open_files() -> Iterator[str]:
    for descriptor in Path("/proc/self/fd").iterdir():
        # The one that lists the others is gone when it is its turn.
        with contextlib.suppress(OSError):
            yield str(descriptor.readlink())


def _snapshot(run_dir: RunDirectory, pickled: PickledValues, home: Home) -> None:
    """Fork the child that stores the values, and return when it holds its lock."""
    begin_snapshots()
    line, theirs = socket.socketpair()
    # A Ctrl-C that reaches the whole process group is meant for the cell, not for the child.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        with warnings.catch_warnings():
            # Python warns of forks in threaded processes because children run code; this one writes and leaves.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            _write_and_leave(run_dir, pickled, home, theirs)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
    # Not threading.Thread: its start waits until the thread runs, which takes milliseconds on a busy machine.
    _thread.start_new_thread(_reap, (pid,))
    _await_start(line)
    _waiting.append(line)


def _write_and_leave(run_dir: RunDirectory, pickled: PickledValues, home: Home, line: socket.socket) -> NoReturn:
    """Be the child: whatever happens, end without going back to the parent's code."""
    status = 1
    try:
        gc.disable()
        os.setsid()
        _let_go(line.fileno())
        lock = LifeLock.acquire(run_dir.snapshot_lock)
        if lock is not None:
            line.send(b".")
            crash_point("snapshot.started")
            _await_word(line, _LONGEST_ANSWER_MS)
            line.close()
            _store(run_dir, pickled, home)
            # The shim waits for it, and to take down a gigabyte of small pages takes 30 ms.
            lock.release()
            status = 0
    finally:
        # Also after an error: the lock's end without inputs.json tells it, and nobody reads a traceback here.
        os._exit(status)


def _let_go(kept: int) -> None:
    """Close what was inherited: the kernel's ports must be free when the kernel is restarted while the child writes."""
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)


def _await_start(line: socket.socket) -> None:
    """Wait until the child holds its lock, so that whoever looks sees it held or ended, never not yet taken."""
    if not _await_word(line, _START_TIMEOUT_MS) or line.recv(1) != b".":
        line.close()
        raise HomeError("The process that stores the inputs did not start. Run the cell again.")


def _await_word(line: socket.socket, timeout_ms: int) -> bool:
    """Wait until the other end has said something, or is gone; False when it has not in time."""
    # Not select: a notebook may have more than a thousand files open.
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return bool(poll.poll(timeout_ms))


def _reap(pid: int) -> None:
    # A library of the user's that reaps every child may have been faster.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _copy(run_dir: RunDirectory, pickled: PickledValues, home: Home) -> None:
    """Copy the values, and store the copy from a thread."""
    lock = LifeLock.acquire(run_dir.snapshot_lock)
    if lock is None:
        raise HomeError(f"Another process stores the inputs of run {run_dir.run_id}. Run the cell again.")
    copies = tuple(memoryview(bytearray(view)) for view in pickled.buffers)
    copied = PickledValues(pickled.stream, copies, pickled.values)

    def store() -> None:
        # The free lock without inputs.json tells the failure; a traceback from a thread would land in any cell.
        with lock, contextlib.suppress(HomeError, OSError):
            _store(run_dir, copied, home)

    # Not a daemon: a kernel that shuts down in order finishes what it was asked to store.
    threading.Thread(target=store, name="mlops-copy").start()
