"""The local machine as a place to run: ask the warm parent for a shim, else start one.

Runs in the kernel. Nothing that it starts is a child of the kernel for longer than a millisecond, holds a pipe to it,
or is in its process group, so the kernel may be interrupted, restarted or killed at any time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ..entities import RunSpec
from ..exceptions import LaunchError, RunNotFoundError
from ..home import Home, crash_point, handed_on
from ._cold import start_shim
from ._shim_settings import ShimSettings
from ._submitted import LocalRun
from ._warm_client import WarmClient
from ._warm_wire import WarmReply


class LocalLauncher:
    """Runs cells on this machine, in slots, through a shim each.

    Parameters
    ----------
    home : Home
        Where the runs are.
    executor : sequence of str, optional
        Command line of the executor, without the run directory; the run's own Python unless given.
    shim_python : str, optional
        Interpreter of the shim; the run's own unless given.
    """

    name = "local"

    def __init__(self, home: Home, *, executor: Sequence[str] = (), shim_python: str = "") -> None:
        if sys.platform == "win32":
            raise LaunchError(
                "Runs need POSIX processes and locks, which Windows has not. Use WSL or a remote Jupyter."
            )
        self._home = home
        self._executor = tuple(executor)
        self._shim_python = shim_python
        self._warm = WarmClient(home)

    def submit(self, spec: RunSpec) -> LocalRun:
        """Start the shim of a run whose directory is filled; see `Launcher.submit`."""
        run = self._home.run(spec.run_id)
        # -P: a file of the user's named like a module of the standard library must not be imported by the executor.
        cold = self._executor or (spec.python, "-P", "-m", "jupyter_mlops.executor")
        with handed_on(run.spec_file) as given:
            if not (self._is_warm_for(spec) and self._warm.submit(run, self._settings(()), cold, given)):
                settings = (self._settings(cold).to_json(), *map(str, given))
                start_shim(self._shim_python or spec.python, "_shim", os.fspath(run.path), *settings, given=given)
        crash_point("submit.launched")
        return LocalRun(run)

    def attach(self, run_id: str) -> LocalRun:
        """Return the handle of a run started earlier; see `Launcher.attach`."""
        run = self._home.run(run_id)
        if not run.exists():
            raise RunNotFoundError(f"No run {run_id} in {self._home.path}. `%runs` lists the runs there.")
        return LocalRun(run)

    def warm_up(self) -> None:
        """Have a process at hand that holds what this kernel has imported; call it again after a cell, it is cheap."""
        if self._home.settings.warm and not self._executor:
            self._warm.warm_up()

    def warm_parent(self) -> WarmReply | None:
        """Return how the warm parent is, with the memory it takes; None when there is none."""
        return self._warm.status()

    def retire_warm_parent(self) -> None:
        """End the warm parent; what it has started goes on."""
        self._warm.retire()

    def _is_warm_for(self, spec: RunSpec) -> bool:
        return self._warm.is_wanted and spec.python == sys.executable

    def _settings(self, executor: tuple[str, ...]) -> ShimSettings:
        settings = self._home.settings
        keeper = (
            ()
            if self._executor or not settings.keeper
            else (sys.executable, "-P", "-m", "jupyter_mlops.tracking.keeper")
        )
        return ShimSettings(settings.slots, executor, settings.log_cap_bytes, keeper)
