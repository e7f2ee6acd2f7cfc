"""Archives that were closed, as `with zipfile.ZipFile(...) as archive` leaves them. Open ones are refused."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._refusals import RefusedValueError
from ._io import reduce_closed

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {zipfile.ZipFile: _reduce_archive, zipfile.ZipExtFile: _reduce_member}


def _reduce_archive(archive: Any, _pickler: ValuePickler) -> Any:
    if archive.fp is not None:
        raise RefusedValueError(archive)
    return closed_archive, (type(archive),), {name: value for name, value in vars(archive).items() if name != "_lock"}


def _reduce_member(member: Any, _pickler: ValuePickler) -> Any:
    return reduce_closed(member, _fileobj=None, _decompressor=None, _decrypter=None)


def closed_archive(kind: type) -> Any:
    """Return an archive that is still to get its attributes, except for the lock that each has of its own."""
    archive: Any = object.__new__(kind)
    archive._lock = threading.RLock()
    return archive
