"""A shim and an executor forked in advance, because `fork` is a large part of a warm start.

Both are blocked in a read until they are told which run they are. The shim passes that on at once, so that the executor
approaches the run while the shim still looks whether it may start. The warm parent has one such pair; when it is used,
the next is forked.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Sequence
from functools import partial
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from ...entities import decode, encode
from ...home import packed_environment, take_environment, unpacked_environment
from ...launchers import (
    ExecutorStarter,
    HeldLine,
    Owner,
    Shim,
    ShimSettings,
    WarmRequest,
    default_signals,
    execute,
    join_group,
    receive_line,
    rehearse_shim,
    run_as_executor,
    tell,
)
from ._preload import keep_collector_away, start_anew

if TYPE_CHECKING:
    from .._approach import Approach
    from .._rehearsal import Stage


Inherited: TypeAlias = "socket.socket | FileIO"

LONGEST_WAIT_S = 900.0
"""A kernel that has used nothing for so long may do without; its next run is then forked when it comes."""


class Spare:
    """A forked shim that waits for its run, as the warm parent sees it.

    Parameters
    ----------
    stage : Stage
        Where its executor rehearses.
    inherited : sequence of sockets and files
        The warm parent's own; the child closes them.
    """

    def __init__(self, stage: Stage, inherited: Sequence[Inherited]) -> None:
        mine, theirs = socket.socketpair()
        self._channel = mine
        self.pid = os.fork()
        if self.pid == 0:
            _wait_to_be_shim(theirs, stage, (mine, *inherited))
        theirs.close()

    def take(self, request: WarmRequest, given: Sequence[int] = ()) -> bool:
        """Make it the shim of a run, which descriptors say to be on its way; False when it has been killed."""
        try:
            tell(self._channel, request, given)
        except OSError:
            return False
        finally:
            self._channel.close()
        return True

    def hand_over(self, line: HeldLine) -> bool:
        """Leave it to the kernel at the other end of a line; False when nobody is there."""
        with self._channel:
            return line.serve(self._channel)

    def close(self) -> None:
        """Let it go: it ends when nobody can tell it anything any more."""
        self._channel.close()


class _Start(msgspec.Struct, frozen=True):
    """What an executor that knows its run is told when it may begin."""

    cwd: str
    slot: int


class SpareStarter(ExecutorStarter):
    """Gives a shim the executor that was forked in advance, or forks another when that has been let go.

    Parameters
    ----------
    stage : Stage
        Where the executor rehearses.
    inherited : socket
        The shim's own; the child closes it.
    """

    def __init__(self, stage: Stage, inherited: socket.socket) -> None:
        super().__init__(_become_executor)
        self._environment: bytes | None = None
        mine, theirs = socket.socketpair()
        self._channel: socket.socket | None = mine
        self._pid = os.fork()
        if self._pid == 0:
            mine.close()
            inherited.close()
            _wait_to_be_executor(theirs, stage)
        theirs.close()
        join_group(self._pid)

    def expect(self, line: bytes, request: WarmRequest) -> None:
        """Tell the executor which run it will be, with the line that told the shim so."""
        self._environment = request.environment
        self._tell(line)

    def start(self, run_dir: Path, cwd: str, slot: int) -> int:
        """Tell the executor to begin; see `ExecutorStarter.start`."""
        begun = self._tell(encode(_Start(cwd, slot)) + b"\n")
        self._let_go()
        self._be_as_the_kernel()
        # Where none waits any more another is forked.
        return self._pid if begun else super().start(run_dir, cwd, slot)

    def expect_wait(self) -> None:
        """Let the executor go: a run that waits, perhaps for hours with hundreds of others, holds no process ready."""
        self._be_as_the_kernel()
        if self._channel is not None:
            self._let_go()
            os.waitpid(self._pid, 0)

    def _tell(self, line: bytes) -> bool:
        """Tell the waiting executor something; False when there is none."""
        if self._channel is not None:
            with contextlib.suppress(OSError):
                self._channel.sendall(line)
                return True
        return False

    def _let_go(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _be_as_the_kernel(self) -> None:
        """Take the kernel's environment, for what the shim starts itself: the waiting executor has taken its own."""
        if self._environment is not None:
            take_environment(unpacked_environment(self._environment))
            self._environment = None


def _wait_to_be_shim(channel: socket.socket, stage: Stage, inherited: Sequence[Inherited]) -> None:
    try:
        signal.set_wakeup_fd(-1)
        os.setsid()
        os.chdir("/")
        for connection in inherited:
            connection.close()
        starter = SpareStarter(stage, channel)
        channel.settimeout(LONGEST_WAIT_S)
        _rehearse_shim(stage)
        line = receive_line(channel)
        request = decode(line, WarmRequest)
        starter.expect(line, request)
        channel.close()
        settings = ShimSettings.from_json(request.settings)
        Shim(Path(request.run_dir), settings, _fitting(starter, request)).run()
    finally:
        os._exit(0)


def _fitting(starter: SpareStarter, request: WarmRequest) -> ExecutorStarter:
    """Return the starter itself, or that of a new process where an installed module here hides the notebook's own."""
    if not any(name in sys.modules for name in request.foreign):
        return starter
    starter.expect_wait()
    return ExecutorStarter(execute(request.cold))


def _wait_to_be_executor(channel: socket.socket, stage: Stage) -> None:
    # One that is no run yet is nobody to be interrupted, and ends as any process does.
    default_signals()
    start_anew()
    with contextlib.suppress(Exception):
        stage.build()
    _rehearse_executor(stage)
    keep_collector_away()
    with channel, channel.makefile("rb") as told:
        line = told.readline()
        # Nothing is told by a shim that has ended, and no beginning where the run has to wait.
        if not line:
            os._exit(0)
        request = decode(line, WarmRequest)
        take_environment(unpacked_environment(request.environment))
        approach = _approach(Path(request.run_dir))
        line = told.readline()
        if not line:
            os._exit(0)
    start = decode(line, _Start)
    run_as_executor(Path(request.run_dir), start.cwd, start.slot, partial(_execute, approach=approach))


def _approach(run_dir: Path) -> Approach | None:
    from .._approach import Approach

    # What fails here fails again when the run has a log to say it in.
    with contextlib.suppress(Exception):
        return Approach.to(run_dir)
    return None


def _rehearse_shim(stage: Stage) -> None:
    """Do before the wait what can be done of what comes after it."""
    # Only to be sooner: what fails here fails again when it matters, and says so.
    with contextlib.suppress(Exception):
        take_environment(unpacked_environment(packed_environment()))
        request = WarmRequest(ask="run", owner=Owner(0, 0), settings=ShimSettings(1).to_json())
        ShimSettings.from_json(decode(encode(request), WarmRequest).settings)
        encode(_Start("", 0))
        rehearse_shim(stage.folder / "shim")


def _rehearse_executor(stage: Stage) -> None:
    """Do before the wait what can be done of what comes after it."""
    with contextlib.suppress(Exception):
        take_environment(unpacked_environment(packed_environment()))
        decode(encode(_Start("", 0)), _Start)
        decode(encode(WarmRequest(ask="run", owner=Owner(0, 0))), WarmRequest)
        stage.rehearse()


def _become_executor(run_dir: Path) -> int:
    start_anew()
    return _execute(run_dir)


def _execute(run_dir: Path, approach: Approach | None = None) -> int:
    from .. import main

    return main(run_dir, approach)
