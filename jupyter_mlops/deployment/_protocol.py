"""What every target must offer, and what it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..entities import Bundle, Package
from ._example import Value


@dataclass(frozen=True, kw_only=True)
class PackageWish:
    """How to pack.

    Parameters
    ----------
    name : str
        Of the model in the package. A target makes a name of it that is valid where the package goes.
    directory : Path
        The folder to write. It is not there, empty, or a package of ours that nobody has changed.
    example : tuple
        A row of the user's own, its values in the order of the model's columns; empty for one that is made up.
    """

    name: str
    directory: Path
    example: tuple[Value, ...] = ()


class Target(Protocol):
    """A place where a model can go as a folder. It keeps nothing between calls and only reads the bundle.

    It writes one folder in one step, and claims nothing: `checked` is what it has verified here, everything else
    stands in `notes`.
    """

    @property
    def name(self) -> str:
        """What stands behind `--to`."""
        ...

    def package(self, bundle: Bundle, wish: PackageWish) -> Package:
        """Write the folder and return what is in it.

        Raises
        ------
        UsageError
            The folder is somebody else's, or was changed; or there is no place for it. Nothing is written.
        ExportError
            The model cannot go there, or what was written does not answer as the bundle does; nothing is left behind.
        """
        ...
