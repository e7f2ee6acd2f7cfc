"""Messages between a process and its child: each is its length, and msgpack."""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

_LENGTH = struct.Struct("!I")
_LARGEST = 1 << 30
_encode = msgspec.msgpack.Encoder().encode


def frame(value: object) -> bytes:
    """Return a message that holds a value."""
    data = _encode(value)
    return _LENGTH.pack(len(data)) + data


def take_frame(came: bytearray) -> bytes | None:
    """Take the first message out of what came and return its msgpack; None while it is not there whole.

    Raises
    ------
    ValueError
        No message is so long: something else was printed there.
    """
    if len(came) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(came)
    if length > _LARGEST:
        raise ValueError(f"a message of {length:,} bytes")
    end = _LENGTH.size + length
    if len(came) < end:
        return None
    data = bytes(came[_LENGTH.size : end])
    del came[:end]
    return data


def read_frame(pipe: BinaryIO) -> bytes | None:
    """Return the next message's msgpack; None where there are no more."""
    head = pipe.read(_LENGTH.size)
    return pipe.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None
