"""TensorBoard without a port: boards of runs and folders, each a supervised child on a unix socket.

The Jupyter server holds a `TensorBoardSupervisor` and proxies to it; nobody else reaches a child. What a child does is
in `child`, which imports TensorBoard; the server's part does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._board import Board, ShownFolder, ShownRun, ShownStoredRun
    from ._flags import HONOURED, MEANINGLESS, REFUSED, check_flags
    from ._labels import directory_name, distinct_labels
    from ._stock import StockTensorBoard, find_stock_tensorboard
    from ._supervised import Address, Limits, SupervisedBoard
    from ._supervisor import TensorBoardSupervisor

__all__ = [
    "Address",
    "Board",
    "HONOURED",
    "Limits",
    "MEANINGLESS",
    "REFUSED",
    "ShownFolder",
    "ShownRun",
    "ShownStoredRun",
    "StockTensorBoard",
    "SupervisedBoard",
    "TensorBoardSupervisor",
    "check_flags",
    "directory_name",
    "distinct_labels",
    "find_stock_tensorboard",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Address": "._supervised",
        "Board": "._board",
        "HONOURED": "._flags",
        "Limits": "._supervised",
        "MEANINGLESS": "._flags",
        "REFUSED": "._flags",
        "ShownFolder": "._board",
        "ShownRun": "._board",
        "ShownStoredRun": "._board",
        "StockTensorBoard": "._stock",
        "SupervisedBoard": "._supervised",
        "TensorBoardSupervisor": "._supervisor",
        "check_flags": "._flags",
        "directory_name": "._labels",
        "distinct_labels": "._labels",
        "find_stock_tensorboard": "._stock",
    },
)
