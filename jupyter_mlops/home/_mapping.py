"""Memory-mapped files that cost no file descriptor.

Python's `mmap` keeps a duplicate descriptor for each mapping until 3.13 (`trackfd`), so that a model of a thousand
tensors would exhaust the usual limit of 1,024. The system itself needs none once the mapping stands.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
import weakref

_NORESERVE = 0x4000 if sys.platform == "linux" else 0


class _Libc:
    """The two functions of the C library, declared once."""

    def __init__(self) -> None:
        library = ctypes.CDLL(None, use_errno=True)
        self.mmap = library.mmap
        self.mmap.restype = ctypes.c_void_p
        self.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
        self.munmap = library.munmap
        self.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]


_libc = _Libc()
_FAILED = ctypes.c_void_p(-1).value


def map_private(descriptor: int, size: int, *, writable: bool) -> memoryview:
    """Return a file's bytes as memory that this process alone changes.

    Parameters
    ----------
    descriptor : int
        An open file; may be closed afterwards.
    size : int
        Bytes to map, at least 1.
    writable : bool
        Let the view be written: pages are copied when they are, the file never changes.

    Returns
    -------
    memoryview
        Of unsigned bytes. The mapping goes when the last object that refers to it has gone.
    """
    # Always writable to the system, so that one set of flags serves; nothing is reserved for pages never written.
    flags = mmap.MAP_PRIVATE | _NORESERVE
    address = _libc.mmap(None, size, mmap.PROT_READ | mmap.PROT_WRITE, flags, descriptor, 0)
    if address == _FAILED:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    held = (ctypes.c_ubyte * size).from_address(address)
    weakref.finalize(held, _libc.munmap, address, size).atexit = False
    view = memoryview(held).cast("B")
    return view if writable else view.toreadonly()
