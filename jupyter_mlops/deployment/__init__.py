"""Where a checked model goes: packages for elsewhere, files of rows, endpoints here. Knows no runs.

One target a file behind `Target`; others are found by the entry points `jupyter_mlops.targets`. It is given a `Bundle`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._batch import ScoreWish, score
    from ._discovery import load_target, target_names
    from ._example import example_feeds, example_row
    from ._protocol import PackageWish, Target

__all__ = ["PackageWish", "ScoreWish", "Target", "example_feeds", "example_row", "load_target", "score", "target_names"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "PackageWish": "._protocol",
        "ScoreWish": "._batch",
        "Target": "._protocol",
        "example_feeds": "._example",
        "example_row": "._example",
        "load_target": "._discovery",
        "score": "._batch",
        "target_names": "._discovery",
    },
)
