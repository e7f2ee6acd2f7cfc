"""The one serializer: entities to JSON bytes and back."""

from __future__ import annotations

import threading
from typing import TypeVar

import msgspec

WIRE_VERSION = 1
"""Version of every file and message; a reader refuses a newer one, and reads all older ones."""

Entity = TypeVar("Entity", bound=msgspec.Struct)
Kind = TypeVar("Kind")

_understood: set[type[object]] = set()
_lock = threading.Lock()


def encode(entity: msgspec.Struct) -> bytes:
    """Return an entity as UTF-8 JSON."""
    return msgspec.json.encode(entity)


def decode(data: bytes | str, kind: type[Entity]) -> Entity:
    """Return the entity that JSON bytes hold.

    Parameters
    ----------
    data : bytes or str
        What `encode` gave, perhaps by an older version.
    kind : type
        The entity to read.

    Raises
    ------
    msgspec.ValidationError
        The bytes are JSON but not of that kind.
    msgspec.DecodeError
        The bytes are not JSON: not even UTF-8, or nested beyond what anybody writes.
    """
    try:
        return msgspec.json.decode(data, type=understood(kind))
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(f"JSON is malformed: {error}") from None


def understood(kind: type[Kind]) -> type[Kind]:
    """Return a kind, of entities or a named tuple of some, once msgspec knows how to read it.

    It learns a kind when it first reads one, and a second thread that reads one meanwhile takes the whole process down
    with a segmentation fault (msgspec 0.22). So whatever reads entities asks here first.
    """
    if kind not in _understood:
        with _lock:
            msgspec.json.Decoder(kind)
            _understood.add(kind)
    return kind
