"""The one serializer: entities to JSON bytes and back."""

from __future__ import annotations

from typing import TypeVar

import msgspec

WIRE_VERSION = 1
"""Version of every file and message; a reader refuses a newer one, and reads all older ones."""

Entity = TypeVar("Entity", bound=msgspec.Struct)


def encode(entity: msgspec.Struct) -> bytes:
    """Return an entity as UTF-8 JSON."""
    return msgspec.json.encode(entity)


def decode(data: bytes, kind: type[Entity]) -> Entity:
    """Return the entity that JSON bytes hold.

    Parameters
    ----------
    data : bytes
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
        return msgspec.json.decode(data, type=kind)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(f"JSON is malformed: {error}") from None
