"""What other packages have added by entry points: found by name, and loaded when it is asked for."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from .exceptions import MlopsError, UsageError


@cache
def installed(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group by their names."""
    return {point.name: point for point in entry_points(group=group)}


def made_by(point: EntryPoint, kind: str, *arguments: object) -> Any:
    """Return what the class that an entry point names gives when it is called.

    Parameters
    ----------
    point : EntryPoint
        One of `installed`.
    kind : str
        What it should be, for the message.
    *arguments
        What it is called with.

    Raises
    ------
    UsageError
        It cannot be loaded. What the class itself says in an error of ours is not touched.
    """
    try:
        return point.load()(*arguments)
    except MlopsError:
        raise
    except Exception as error:  # whatever a package of others raises, it is named
        package = point.dist.name if point.dist else "a package"
        raise UsageError(
            f"The {kind} {point.name!r} of {package} cannot be loaded: {type(error).__name__}: {error}. "
            "Mend or uninstall that package."
        ) from error
