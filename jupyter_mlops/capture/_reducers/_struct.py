"""Compiled formats of `struct`: they are made from their text."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {struct.Struct: lambda compiled, _: (struct.Struct, (compiled.format,))}
