"""Bundles go somewhere: an endpoint on this machine, or a package for elsewhere.

An endpoint's process is its own (`_endpoint_process`) and runs `serving/`, which is all that a container needs too.
Exports load when they are first used: that process needs little of this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._endpoint_client import EndpointClient, Reply
    from ._endpoint_directory import EndpointDirectory
    from ._endpoint_life import Patience, ensure, state_of, stop, switch

__all__ = ["EndpointClient", "EndpointDirectory", "Patience", "Reply", "ensure", "state_of", "stop", "switch"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "EndpointClient": "._endpoint_client",
        "EndpointDirectory": "._endpoint_directory",
        "Patience": "._endpoint_life",
        "Reply": "._endpoint_client",
        "ensure": "._endpoint_life",
        "state_of": "._endpoint_life",
        "stop": "._endpoint_life",
        "switch": "._endpoint_life",
    },
)
