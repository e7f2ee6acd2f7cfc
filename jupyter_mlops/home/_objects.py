"""The object store: raw buffers by content, written once, mapped by many.

Kernel, snapshot child and executor write; executor and kernel map. There are no locks: an object gets its name when it
is whole, so a killed writer leaves a temporary file that the collector sweeps. `put` also runs in a forked snapshot
child, and is as simple as that asks for.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from pickle import PickleBuffer
from typing import TYPE_CHECKING

from ..entities import BufferRef
from ..exceptions import HomeError, MissingObjectError
from ._content import content_hash
from ._files import crash_point, temporary_name, write_fully
from ._mapping import map_private

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_NAME = re.compile(r"[0-9a-f]{32}")


class ObjectStore:
    """Buffers below one directory, addressed by what they hold. Safe between processes, threads and forks.

    Parameters
    ----------
    path : Path
        The home's `objects/`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, buffer: ReadableBuffer) -> BufferRef:
        """Store a buffer unless its content is there already, and return its address.

        Parameters
        ----------
        buffer : buffer
            Contiguous in C or Fortran order; of any type, also empty.

        Raises
        ------
        HomeError
            The disk is full or may not be written; nothing is left behind.
        BufferError
            The memory is not contiguous.
        """
        data = PickleBuffer(buffer).raw()
        ref = BufferRef(content_hash(data), data.nbytes)
        if not self.touch(ref):
            try:
                self._write(ref, data)
            except OSError as error:
                raise HomeError(self._refusal(ref, error)) from error
        return ref

    def map(self, ref: BufferRef, *, writable: bool = True) -> memoryview:
        """Return an object's bytes as private memory, loaded page by page when they are read.

        Parameters
        ----------
        ref : BufferRef
            What `put` returned.
        writable : bool
            Let the view be written; what is written is this process's own copy.

        Raises
        ------
        MissingObjectError
            The object is not there, or not whole.
        """
        try:
            descriptor = os.open(self.path_of(ref), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise self._missing(ref, "is not there") from None
        try:
            size = os.fstat(descriptor).st_size
            if size != ref.size:
                raise self._missing(ref, f"has {size} bytes")
            return map_private(descriptor, size, writable=writable) if size else memoryview(bytearray())
        finally:
            os.close(descriptor)

    def has(self, ref: BufferRef) -> bool:
        """Tell whether an object is there and whole."""
        try:
            return self.path_of(ref).stat().st_size == ref.size
        except FileNotFoundError:
            return False

    def touch(self, ref: BufferRef) -> bool:
        """Keep an object from the collector while a manifest that names it is on its way; False when it is not there.

        Whoever writes a manifest with addresses that it did not just `put` calls this first.
        """
        try:
            os.utime(self.path_of(ref))
        except FileNotFoundError:
            return False
        return self.has(ref)

    def path_of(self, ref: BufferRef) -> Path:
        """Return where an object is stored.

        Raises
        ------
        MissingObjectError
            The address is not one: it may come from a file that somebody else wrote.
        """
        if not _NAME.fullmatch(ref.hash):
            raise self._missing(ref, "cannot exist")
        return self.path / ref.hash[:2] / ref.hash

    def files(self) -> Iterator[Path]:
        """Return every file of the store: objects, and what killed writers left."""
        return self.path.glob("*/*")

    def _write(self, ref: BufferRef, data: memoryview) -> None:
        """Write an object under a temporary name, then give it its own."""
        target = self.path_of(ref)
        temporary = target.with_name(temporary_name(target.name))
        try:
            descriptor = _create(temporary)
        except FileNotFoundError:
            target.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor = _create(temporary)
        try:
            try:
                if self._free_bytes() < ref.size:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                write_fully(descriptor, data)
            finally:
                os.close(descriptor)
            crash_point("objects.unnamed")
            temporary.rename(target)
        finally:
            # It is still there only when something went wrong.
            temporary.unlink(missing_ok=True)

    def _free_bytes(self) -> int:
        """Return how many bytes this user may still store; some network file systems do not know."""
        found = os.statvfs(self.path)
        return found.f_bavail * found.f_frsize if found.f_blocks else sys.maxsize

    def _refusal(self, ref: BufferRef, error: OSError) -> str:
        """Return the message for a buffer that could not be stored."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return (
                f"No room for a buffer of {ref.size:,} bytes in {self.path}: {self._free_bytes():,} bytes are free. "
                "Free some with `%runs gc`, or set JUPYTER_MLOPS_HOME to a directory on a larger disk."
            )
        return (
            f"Cannot store a buffer in {self.path}: {error.strerror}. Set JUPYTER_MLOPS_HOME to a directory of yours."
        )

    def _missing(self, ref: BufferRef, how: str) -> MissingObjectError:
        """Return the error for an object that cannot be read."""
        return MissingObjectError(
            f"The stored buffer {ref.hash} of {ref.size:,} bytes {how} in {self.path}. "
            "It was removed or never whole: run the cell that made it again."
        )


def _create(path: Path) -> int:
    """Open a new file that nobody, we included, opens for writing again."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
