"""Addresses of buffers: the same bytes have one, whoever hashes them, and any other bytes another."""

import _thread
import os

import pytest
import xxhash

from jupyter_mlops.home import content_hash
from jupyter_mlops.home._content import PART_BYTES


def filled(size):
    return memoryview((b"0123456789abcdefghijklmnop" * (size // 26 + 1))[:size])


@pytest.mark.parametrize("size", [0, 1, 100_000, PART_BYTES])
def test_up_to_one_part_it_is_the_hash_of_the_bytes(size):
    assert content_hash(filled(size)) == xxhash.xxh3_128_hexdigest(filled(size))


@pytest.mark.parametrize("size", [PART_BYTES + 1, 2 * PART_BYTES, 5 * PART_BYTES + 12_345])
def test_above_it_is_the_hash_of_the_parts_digests(size):
    data = filled(size)
    parts = [xxhash.xxh3_128_digest(data[start : start + PART_BYTES]) for start in range(0, size, PART_BYTES)]
    assert content_hash(data) == xxhash.xxh3_128_hexdigest(b"".join(parts))


def test_one_changed_byte_changes_it_in_any_part():
    data = bytearray(filled(3 * PART_BYTES))
    seen = {content_hash(memoryview(data))}
    for place in (0, PART_BYTES, len(data) - 1):
        data[place] ^= 1
        seen.add(content_hash(memoryview(data)))
        data[place] ^= 1
    assert len(seen) == 4
    data[:PART_BYTES], data[PART_BYTES : 2 * PART_BYTES] = b"a" * PART_BYTES, b"b" * PART_BYTES
    one = content_hash(memoryview(data))
    data[:PART_BYTES], data[PART_BYTES : 2 * PART_BYTES] = b"b" * PART_BYTES, b"a" * PART_BYTES
    assert content_hash(memoryview(data)) != one


def test_one_processor_and_a_machine_without_threads_to_spare_find_the_same(monkeypatch):
    data = filled(4 * PART_BYTES + 7)
    expected = content_hash(data)
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert content_hash(data) == expected
    finally:
        os.sched_setaffinity(0, allowed)

    def refuse(*_arguments):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_thread, "start_new_thread", refuse)
    assert content_hash(data) == expected


def test_helpers_do_not_change_the_priority_of_who_asks():
    before = os.getpriority(os.PRIO_PROCESS, 0)
    content_hash(filled(4 * PART_BYTES))
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_a_forked_child_finds_the_same_as_its_parent():
    data = filled(3 * PART_BYTES)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, content_hash(data).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(writer)
    with open(reader, "rb") as told:
        assert told.read().decode() == content_hash(data)
