"""From the warm parent's fork to the shim and the executor of a run."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

from ..launchers import Shim, ShimSettings, WarmRequest
from ._warm_preload import start_anew


def fork_shim(request: WarmRequest, inherited: Sequence[socket.socket]) -> int:
    """Fork the shim of a run and return its pid. The child never returns from here.

    Parameters
    ----------
    request : WarmRequest
        A "run" request.
    inherited : sequence of socket
        The warm parent's; the child closes them.
    """
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.set_wakeup_fd(-1)
        os.setsid()
        os.chdir("/")
        for connection in inherited:
            connection.close()
        _take_environment(request.environment)
        Shim(Path(request.run_dir), ShimSettings.from_json(request.settings), _become_executor).run()
    finally:
        os._exit(0)


def _take_environment(environment: bytes) -> None:
    os.environb.clear()
    for variable in environment.split(b"\0"):
        name, _, value = variable.partition(b"=")
        if name:
            os.environb[name] = value


def _become_executor(run_dir: Path) -> int:
    from . import main

    start_anew()
    return main(run_dir)
