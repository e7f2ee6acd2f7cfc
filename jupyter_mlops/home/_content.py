"""What a buffer is called in the object store: a hash of its bytes, by as many processors as there are."""

from __future__ import annotations

import contextlib
import os
import threading

import xxhash

PART_BYTES = 16 << 20
"""Up to here one processor takes a millisecond. Part of every address above: never to be changed."""


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

    helpers = [threading.Thread(target=work, name="mlops-hash") for _ in range(min(_processors(), len(parts)) - 1)]
    started = []
    for helper in helpers:
        # Where no thread can be had, there is this one.
        with contextlib.suppress(RuntimeError):
            helper.start()
            started.append(helper)
    work()
    for helper in started:
        helper.join()
    # What a helper that failed has left.
    whole = (digest or xxhash.xxh3_128_digest(part) for digest, part in zip(digests, parts, strict=True))
    return xxhash.xxh3_128_hexdigest(b"".join(whole))


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1
