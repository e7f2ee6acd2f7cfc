"""A run's first steps without a run, in a process that was forked ahead of one.

What a forked process writes for the first time is copied from its parent, page by page and microseconds each, and a
run's start touches two thousand pages. Later the processor's caches forget them. Whoever waits for a run may as well
keep them at hand.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from ..capture import AmbientState, dump_values, load_values, write_inputs
from ..entities import Manifest, ProcessRecord, Result, RunSpec, decode, encode
from ..home import Home, LifeLock, RunDirectory
from ..tracking import TrackingSession
from ._approach import look_for_modules_anew
from ._autolog._autolog import install_autologging
from ._claim import process_record
from ._display import DisplayLog
from ._execution import tell_environment
from ._figures import show_figures_inline
from ._inputs import StoredInputs, restore_inputs
from ._outputs import Promise
from ._shell import take_shell
from ._streams import open_streams
from ._system_metrics import SystemMetrics

_NOBODY = "0" * 32
_CELL = "import sys; _ = [sys.maxsize, f'{sys.maxsize}']\nfor _ in range(1):\n    _ = None"
_LINE = "_ = None"
"""IPython looks at a cell of one line for what it may mean besides Python."""


class Stage:
    """A run directory for rehearsals, of a run that is none: what a run reads first is in it, and nothing is written.

    Call it in a process that forks no more: a library may start threads when it is asked for its state.

    Parameters
    ----------
    home : Home
        Of the runs to come.
    folder : Path
        Of the stage; the owner removes it.
    """

    def __init__(self, home: Home, folder: Path) -> None:
        self._home = home
        self._run = RunDirectory(folder / _NOBODY, home.signer)

    @property
    def folder(self) -> Path:
        """Of the stage."""
        return self._run.path.parent

    def build(self) -> None:
        """Write what a run is asked: to take on the state that this process has, and one value."""
        self._run.path.mkdir(mode=0o700, parents=True)
        here = str(self._run.path)
        spec = RunSpec(run_id=_NOBODY, name="", experiment="", sequence=0, submitted_at="", python="", cwd=here)
        self._run.write(spec, self._run.spec_file, durable=False)
        pickled = dump_values({"rehearsal": [1]}, ambient=AmbientState.capture())
        write_inputs(self._run, pickled, self._home)

    def rehearse(self) -> None:
        """Do what `main` does before the cell, to no effect: this process takes on the state that it has."""
        home = Home.open(self._home.path)
        spec = self._run.spec()
        lock = LifeLock.acquire(self._run.executor_lock)
        if lock is not None:
            lock.release()
        encode(process_record())
        install_autologging(msgspec.structs.replace(spec, autolog="off"))
        look_for_modules_anew()
        with _as_before():
            streams, shell = open_streams(), take_shell()
            shell.attach(streams, DisplayLog(self._run.display_file, streams))
            show_figures_inline(shell)
            inputs = restore_inputs(home, self._run, spec, StoredInputs.read(home, self._run), {})
            tell_environment(self._run)
            Promise(spec, inputs, {})
            session = TrackingSession.open(self._run.path, spec)
            assert session.environment
            session.spool.close()
            with SystemMetrics(_log_nowhere):
                shell.rehearse(_CELL)
                shell.rehearse(_LINE)


@contextlib.contextmanager
def _as_before() -> Iterator[None]:
    """Leave environment and modules as they are now."""
    environment, main = dict(os.environ), sys.modules["__main__"]
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]


def _log_nowhere(metrics: Mapping[str, float]) -> None:
    """Take metrics that nobody asked for."""


def rehearse_reading() -> None:
    """Read entities and values: what their first use builds is kept."""
    for kind in (RunSpec, Manifest, ProcessRecord, Result):
        with contextlib.suppress(msgspec.ValidationError):
            decode(b"{}", kind)
    load_values(dump_values({"rehearsal": [1]}).stream, namespace={})
