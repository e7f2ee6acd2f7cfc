"""Output that does not pass through Python's streams: C libraries' `printf`, and programs that the cell starts."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import sys

_LINE_BUFFERED = 1
"""`_IOLBF` of <stdio.h>, the same number on Linux and macOS."""


def show_native_output_by_lines() -> None:
    """Let native code and Python programs write what they print when they print it.

    A log is a file, and to a file the C library writes 4 kB at a time: out of order, never when the run is killed, and
    twice after a fork.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        library = _c_library()
        stdout = ctypes.c_void_p.in_dll(library, "__stdoutp" if sys.platform == "darwin" else "stdout")
        library.setvbuf(stdout, None, _LINE_BUFFERED, 0)
    os.environ.setdefault("PYTHONUNBUFFERED", "1")


@functools.cache
def _c_library() -> ctypes.CDLL:
    """Return the C library; making the handle takes ten times as long as the call, and a rehearsal has made it."""
    return ctypes.CDLL(None)
