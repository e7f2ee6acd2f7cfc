"""A model as a folder for elsewhere: its files, what to do next, and what was verified here and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PackageFile:
    """A file of a package, and what it is for.

    Parameters
    ----------
    path : str
        Below the package, with `/`.
    about : str
        One line.
    """

    path: str
    about: str


@dataclass(frozen=True, kw_only=True)
class Package:
    """A model packed for a target.

    Parameters
    ----------
    target : str
        Such as `docker`.
    name : str
        Of the model there.
    directory : Path
        The folder. It is whole: it got its name when everything stood in it.
    files : tuple of PackageFile
        All of them but the record that says that the folder is ours.
    commands : tuple of str
        What the user runs next, in this order, from where the folder was named.
    checked : tuple of str
        What was verified here, each as a sentence.
    notes : tuple of str
        What was not verified, and what else should be known.
    """

    target: str
    name: str
    directory: Path
    files: tuple[PackageFile, ...]
    commands: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
