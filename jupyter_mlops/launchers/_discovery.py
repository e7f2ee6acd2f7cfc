"""Launchers by name, from the entry points `jupyter_mlops.launchers`: anybody may add a place to run."""

from __future__ import annotations

from importlib.metadata import entry_points

from .._installed import made_by
from ..exceptions import LauncherNotFoundError
from ..home import Home
from ._protocol import Launcher

GROUP = "jupyter_mlops.launchers"


def load_launcher(name: str, home: Home) -> Launcher:
    """Return the launcher of that name for a home.

    Parameters
    ----------
    name : str
        Of an entry point in the group `jupyter_mlops.launchers`; it is called with the home.

    Raises
    ------
    LauncherNotFoundError
        Nothing of that name is installed.
    UsageError
        What is installed under that name cannot be loaded.
    """
    found = {point.name: point for point in entry_points(group=GROUP)}  # also what was installed meanwhile
    if name not in found:
        known = ", ".join(sorted(found)) or "none"
        raise LauncherNotFoundError(f"No launcher named {name!r}. Known: {known}. Install one or pass --on local.")
    launcher: Launcher = made_by(found[name], "launcher", home)
    return launcher
