"""How values travel: a pickle stream, its out-of-band buffers, and the manifest that signs for both."""

from __future__ import annotations

import msgspec


class BufferRef(msgspec.Struct, frozen=True):
    """A raw buffer in the object store.

    Parameters
    ----------
    hash : str
        Made of the bytes, by xxh3_128; 32 hex digits. Its address below `objects/`.
    size : int
        Length in bytes.
    """

    hash: str
    size: int


class ValueRef(msgspec.Struct, frozen=True):
    """One name that travels.

    Parameters
    ----------
    name : str
        The notebook's name.
    type : str
        Qualified type name, for people.
    size : int
        Bytes attributed to it, buffers included (an object with two names counts at the first).
    shape : tuple of int, optional
        Shape, where the value has one.
    same_as : str, optional
        An earlier name of the very same object.
    buffers : int
        How many of the manifest's buffers are its own; they stand there in the order of the names.
    """

    name: str
    type: str
    size: int
    shape: tuple[int, ...] | None = None
    same_as: str | None = None
    buffers: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a pickle stream holds, and the proof that this user wrote it.

    Parameters
    ----------
    values : tuple of ValueRef
        The names, in the order of capture.
    stream_sha256 : str
        SHA-256 of the pickle stream beside the manifest.
    buffers : tuple of BufferRef
        The out-of-band buffers, in the order in which the stream asks for them.
    signature : str
        HMAC-SHA256 over the manifest without this field; empty only before signing.
    """

    wire_version: int = 1
    values: tuple[ValueRef, ...]
    stream_sha256: str
    buffers: tuple[BufferRef, ...] = ()
    signature: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names that travel."""
        return tuple(value.name for value in self.values)

    def buffers_of(self, name: str) -> tuple[BufferRef, ...]:
        """Return the buffers of one name; none for a name that is not here."""
        start = 0
        for value in self.values:
            if value.name == name:
                return self.buffers[start : start + value.buffers]
            start += value.buffers
        return ()

    @property
    def size(self) -> int:
        """Bytes of all values together."""
        return sum(value.size for value in self.values)
