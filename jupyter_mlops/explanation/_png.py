"""A picture as a PNG file (ISO/IEC 15948), from the standard library alone: 8 bits, grey or colours."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOURS = 0, 2


def png(pixels: np.ndarray[Any, Any]) -> bytes:
    """Return the file of a picture.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 1 or 3)
        From the top left.
    """
    high, wide, layers = pixels.shape
    header = struct.pack(">IIBBBBB", wide, high, 8, _COLOURS if layers == 3 else _GREY, 0, 0, 0)
    lines = b"".join(b"\0" + pixels[row].tobytes() for row in range(high))  # each begins with "not filtered"
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
