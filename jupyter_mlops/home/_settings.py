"""Limits and habits of a home: `settings.json`, overridden by the environment.

A flag is for what changes from cell to cell; these do not.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ..entities import decode
from ..exceptions import HomeError
from ._files import read_bytes
from ._system import available_cpus

_GIB = 1 << 30
_SUFFIXES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_WORDS = {"1": True, "on": True, "true": True, "yes": True, "0": False, "off": False, "false": False, "no": False}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a user may set once, in `<home>/settings.json` or as `JUPYTER_MLOPS_<NAME>`.

    Parameters
    ----------
    slots : int
        Runs that run at once; the others wait in order.
    log_cap_bytes : int
        Beyond it the middle of a run's log is freed.
    capture_limit_bytes : int
        A cell that would take more with it is refused.
    quota_bytes : int, optional
        What `gc` shrinks the home to.
    grace_s : float
        Seconds between SIGINT, SIGTERM and SIGKILL when a run is stopped.
    keep_orphans : bool
        Leave descendants of a run alive when it ends.
    warm : bool
        Keep a warm parent for quick starts.
    wait : bool
        `%%train` waits for its run, as `--wait`.
    keeper : bool
        Ship runs to the tracking store in the background; when off, they wait in their directories until it is on.
    system_metrics : bool
        Log CPU, memory and GPU use of runs that last longer than a second.
    """

    slots: int = msgspec.field(default_factory=available_cpus)
    log_cap_bytes: int = 2 * _GIB
    capture_limit_bytes: int = 16 * _GIB
    quota_bytes: int | None = None
    grace_s: float = 5.0
    keep_orphans: bool = False
    warm: bool = True
    wait: bool = False
    keeper: bool = True
    system_metrics: bool = True

    @classmethod
    def load(cls, file: Path, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings of a home.

        Raises
        ------
        HomeError
            A value or a name is wrong; the message says which, and where.
        """
        try:
            settings = decode(read_bytes(file) or b"{}", cls)
        except msgspec.MsgspecError as error:
            known = ", ".join(cls.__struct_fields__)
            raise HomeError(f"{file}: {error}. Known settings: {known}.") from error
        changes = {}
        for variable, (name, kind) in _variables().items():
            if text := environment.get(variable, "").strip():
                changes[name] = _parse(variable, text, kind)
        settings = msgspec.structs.replace(settings, **changes)
        if settings.slots < 1 or settings.grace_s < 0:
            raise HomeError(f"slots must be 1 or more and grace_s not negative, in {file} or JUPYTER_MLOPS_*.")
        return settings


@functools.cache
def _variables() -> dict[str, tuple[str, object]]:
    """Return each setting's variable with its name and type; asking for them is slow, and every submission does."""
    return {
        f"JUPYTER_MLOPS_{field.name.upper()}": (field.name, field.type) for field in msgspec.structs.fields(Settings)
    }


def _parse(variable: str, text: str, kind: object) -> bool | float | int:
    """Return the value that an environment variable gives to a setting of that type."""
    if kind is bool:
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        raise HomeError(f"{variable}={text}: say on or off.")
    number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:([kmgt])i?b?|b)?", text.lower())
    if number is None:
        raise HomeError(f"{variable}={text}: say a number, such as 4, 2.5 or 16G.")
    value = float(number[1]) * _SUFFIXES[number[2] or ""]
    if kind is not float and value != int(value):
        raise HomeError(f"{variable}={text}: say a whole number.")
    return value if kind is float else int(value)
