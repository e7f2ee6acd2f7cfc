"""Archives that were closed, as `with tarfile.open(...) as archive` leaves them. Open ones are refused."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ._io import reduce_closed

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {tarfile.TarFile: _reduce_archive}


def _reduce_archive(archive: Any, _pickler: ValuePickler) -> Any:
    return reduce_closed(archive)
