"""Exports that load when they are first used (PEP 562). Standard library, Python 3.9 syntax: the shim imports it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def lazy_exports(package: str, home_of: dict[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for a package whose names live in submodules.

    Parameters
    ----------
    package : str
        The package's `__name__`.
    home_of : dict
        Exported name to the submodule that defines it, such as `".services"`.

    Examples
    --------
    >>> __getattr__, __dir__ = lazy_exports("jupyter_mlops.home", {"Home": "._home"})
    """

    def load(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(home_of[name], package), name)
        setattr(importlib.import_module(package), name, value)
        return value

    def names() -> list[str]:
        return sorted(home_of)

    return load, names
