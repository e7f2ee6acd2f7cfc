"""Arrow arrays: pyarrow sends their buffers whole, also those of which a slice shows a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer

_WASTE_BYTES = 64 * 1024


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    import pyarrow as pa

    return {pa.Array: _reduce_array}


def _reduce_array(array: Any, _pickler: ValuePickler) -> Any:
    import pyarrow as pa

    needed = array.nbytes
    if array.get_total_buffer_size() <= needed + needed // 8 + _WASTE_BYTES:
        return NotImplemented
    # Two pieces, because one alone is given back as it is.
    own = pa.concat_arrays([array, array.slice(0, 0)])
    return NotImplemented if own.get_total_buffer_size() >= array.get_total_buffer_size() else own.__reduce_ex__(5)
