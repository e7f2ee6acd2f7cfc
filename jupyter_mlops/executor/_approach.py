"""What an executor does before it may begin its run: all that changes no file and runs no code of the user's."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path

from ..entities import RunSpec
from ..exceptions import MlopsError
from ..home import Home, RunDirectory
from ._autolog._autolog import install_autologging
from ._inputs import StoredInputs


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
    cell : str
        The cell, as typed.
    inputs : StoredInputs, optional
        What the cell reads, where it was there already and could be read.
    """

    home: Home
    run: RunDirectory
    spec: RunSpec
    cell: str
    inputs: StoredInputs | None

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
        look_for_modules_anew()
        return cls(home, run, spec, run.cell(), _inputs_if_there(home, run))

    def stored_inputs(self) -> StoredInputs:
        """Return what the cell reads, as it is stored; raise what `StoredInputs.read` raises."""
        return self.inputs or StoredInputs.read(self.home, self.run)


def look_for_modules_anew() -> None:
    """Have imports find files that came since this process, or the one that it was forked from, has looked.

    Only in the folders of `sys.path`. All others are of installed packages, as a warm parent loads nothing else: what
    it saw there it has forgotten before it forks, and to go through all of them takes as long as to read the inputs.
    """
    for folder in sys.path:
        finder = sys.path_importer_cache.get(folder)
        if finder is None:
            sys.path_importer_cache.pop(folder, None)
        elif hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()


def _inputs_if_there(home: Home, run: RunDirectory) -> StoredInputs | None:
    # Large ones are on their way. What is wrong with others is said when the run has a log to say it in.
    with contextlib.suppress(MlopsError, OSError):
        return StoredInputs.read(home, run)
    return None
