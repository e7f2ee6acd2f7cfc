"""PyTorch Lightning under its older name: the same library once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import _lightning

if TYPE_CHECKING:
    from ._active import Reducer


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return _lightning.reducers("pytorch_lightning")
