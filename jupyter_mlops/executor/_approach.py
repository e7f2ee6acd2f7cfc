"""What an executor does before it may begin its run: all that changes no file and runs no code of the user's."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path

from ..entities import RunSpec
from ..home import Home, RunDirectory
from ._autolog import install_autologging


@dataclass(frozen=True)
class Approach:
    """A run that this process will execute, if it is given to it.

    Parameters
    ----------
    home : Home
        Where the run is.
    run : RunDirectory
        With spec and cell; inputs may still be on their way.
    spec : RunSpec
        What was asked for. Autologging as it says is installed: what the notebook imported by name is then found
        patched when it is restored.
    """

    home: Home
    run: RunDirectory
    spec: RunSpec

    @classmethod
    def to(cls, run_dir: Path) -> Approach:
        """Approach the run of a directory, `<home>/runs/<run_id>`.

        Raises
        ------
        RunNotFoundError, HomeError
            There is no such run; it cannot be read.
        """
        home = Home.open(run_dir.parent.parent)
        run = home.run(run_dir.name)
        spec = run.spec()
        install_autologging(spec)
        # Files that came since this process, or the one that it was forked from, has looked.
        importlib.invalidate_caches()
        return cls(home, run, spec)
