"""What a buffer is called in the object store: a hash of its bytes, by as many processors as there are."""

from __future__ import annotations

import _thread
import contextlib
import os
import sys
import threading

import xxhash

from ._system import available_cpus

PART_BYTES = 16 << 20
"""Up to here one processor takes a millisecond. Part of every address above: never to be changed."""

_HELPERS_NICENESS = 10


def content_hash(data: memoryview) -> str:
    """Return 32 hex digits that stand for these bytes, wherever they are hashed.

    That is xxh3_128 of the bytes or, of more than `PART_BYTES`, xxh3_128 of the digests of its parts, in order. Also
    runs in a forked snapshot child, and is as simple as that asks for.

    Parameters
    ----------
    data : memoryview
        Contiguous, of bytes.
    """
    if data.nbytes <= PART_BYTES:
        return xxhash.xxh3_128_hexdigest(data)
    parts = [data[start : start + PART_BYTES] for start in range(0, data.nbytes, PART_BYTES)]
    digests: list[bytes | None] = [None] * len(parts)
    waiting = iter(range(len(parts)))

    def work() -> None:
        # Whoever is free takes the next: processors are seldom equally busy.
        for index in waiting:
            digests[index] = xxhash.xxh3_128_digest(parts[index])

    def help_out() -> None:
        # The kernel, whose cell is about to return, may need the processor more.
        if sys.platform.startswith("linux"):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _HELPERS_NICENESS)
        work()

    # Where no thread can be had, there is this one. Not threading.Thread: its start waits until the thread runs.
    with contextlib.suppress(RuntimeError):
        for _ in range(min(available_cpus(), len(parts)) - 1):
            _thread.start_new_thread(help_out, ())
    work()
    # A helper that is late, or has failed, is not waited for: to hash its part again takes a millisecond.
    whole = (digest or xxhash.xxh3_128_digest(part) for digest, part in zip(digests, parts, strict=True))
    return xxhash.xxh3_128_hexdigest(b"".join(whole))
