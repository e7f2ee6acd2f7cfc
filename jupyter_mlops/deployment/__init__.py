"""Bundles go somewhere: an endpoint on this machine, a package for elsewhere, or through a file of rows. Knows no runs.

An endpoint's process is its own (`_endpoint._process`) and runs `serving/`, which is all that a container needs. One
target a file behind `Target`; others are found by the entry points `jupyter_mlops.targets`.
Exports load when they are first used: that process needs little of this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._batch._batch import CHUNK, ScoreWish, score
    from ._discovery import load_target, target_names
    from ._endpoint._client import EndpointClient, Reply
    from ._endpoint._directory import EndpointDirectory
    from ._endpoint._life import Patience, ensure, has_waiting_shell, state_of, stop, switch
    from ._example import Value, example_feeds, example_row
    from ._folder import model_size
    from ._protocol import PackageWish, Target

__all__ = [
    "CHUNK",
    "EndpointClient",
    "EndpointDirectory",
    "PackageWish",
    "Patience",
    "Reply",
    "ScoreWish",
    "Target",
    "Value",
    "ensure",
    "example_feeds",
    "example_row",
    "has_waiting_shell",
    "load_target",
    "model_size",
    "score",
    "state_of",
    "stop",
    "switch",
    "target_names",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "CHUNK": "._batch._batch",
        "EndpointClient": "._endpoint._client",
        "EndpointDirectory": "._endpoint._directory",
        "PackageWish": "._protocol",
        "Patience": "._endpoint._life",
        "Reply": "._endpoint._client",
        "ScoreWish": "._batch._batch",
        "Target": "._protocol",
        "Value": "._example",
        "ensure": "._endpoint._life",
        "example_feeds": "._example",
        "example_row": "._example",
        "has_waiting_shell": "._endpoint._life",
        "model_size": "._folder",
        "load_target": "._discovery",
        "score": "._batch._batch",
        "state_of": "._endpoint._life",
        "stop": "._endpoint._life",
        "switch": "._endpoint._life",
        "target_names": "._discovery",
    },
)
