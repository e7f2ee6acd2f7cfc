"""What a launcher tells a shim. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

import json
from typing import NamedTuple

DEFAULT_LOG_CAP = 2 * 1024**3
"""Bytes of `output.log` that stay on disk before its middle is freed."""


class ShimSettings(NamedTuple):
    """Settings of one run's shim.

    Parameters
    ----------
    slots : int
        How many runs of this home may run at once.
    executor : tuple of str
        Command line of the executor, without the run directory; empty in a warm fork, which has the executor in memory.
    log_cap : int
        Bytes of `output.log` kept on disk.
    keeper : tuple of str
        Command line of the keeper, without the home; empty when none is to be started.
    """

    slots: int
    executor: tuple[str, ...] = ()
    log_cap: int = DEFAULT_LOG_CAP
    keeper: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the settings as one line of JSON."""
        return json.dumps(self._asdict())

    @classmethod
    def from_json(cls, text: str) -> ShimSettings:
        """Return the settings that `to_json` wrote."""
        fields = json.loads(text)
        return cls(int(fields["slots"]), tuple(fields["executor"]), int(fields["log_cap"]), tuple(fields["keeper"]))
