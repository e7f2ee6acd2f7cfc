"""The environment of a process as one piece: compared and sent at each submission, so taken without translating it."""

from __future__ import annotations

import os
from collections.abc import Mapping


def packed_environment() -> bytes:
    """Return this process's environment: `NAME=value` joined by NUL, as the system keeps it."""
    # Python's own table of what it has told the system. Asking `os.environ` translates each name and value twice.
    table: Mapping[bytes, bytes] = getattr(os.environ, "_data", None) or os.environb
    return b"\0".join([name + b"=" + value for name, value in table.items()])


def unpacked_environment(packed: bytes) -> dict[str, str]:
    """Return the variables of an environment that `packed_environment` gave, here or in another process."""
    pairs = [variable.partition("=") for variable in os.fsdecode(packed).split("\0")]
    return {name: value for name, _, value in pairs if name}


def take_environment(environment: Mapping[str, str]) -> None:
    """Make an environment this process's own. A variable that is there is left alone: telling C each takes a while."""
    held = unpacked_environment(packed_environment())
    for name in held.keys() - environment.keys():
        del os.environ[name]
    os.environ.update({name: value for name, value in environment.items() if held.get(name) != value})
