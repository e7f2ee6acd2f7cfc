"""The life of an endpoint's process, from outside: started by whoever needs it, ended by `stop`, nobody's child."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from typing import NamedTuple

from ...entities import EndpointState
from ...exceptions import DeploymentError, HomeError
from ...home import lock_holder, process_start_time, wait_released
from ._client import EndpointClient
from ._directory import EndpointDirectory

PROGRAM = (sys.executable, "-P", "-m", "jupyter_mlops.deployment._endpoint._process")
"""How it is started; home and name follow."""

_LOOK_S = 0.02
_SECRET = re.compile(r"token|secret|passw|credential|api_?key|cookie", re.IGNORECASE)
_STRANGE = ("MLFLOW_RUN_ID", "PYTEST_CURRENT_TEST", "JUPYTER_MLOPS_CRASH_AT")

# An orphan from birth; its number is all that is heard of it, and what it cries goes into the log. The shell that waits
# for it writes down how it ended: nobody else could know.
_WAITS = (
    'log=$1; end=$2; shift 2; echo "by $$" >"$end"; "$@" >>"$log" 2>&1; code=$?; [ -e "$end" ] && echo $code >"$end"'
)
_IN_BACKGROUND = '/bin/sh -c "$@" </dev/null >/dev/null 2>&1 & echo $!'


class Patience(NamedTuple):
    """How long things may take, in seconds, and how often a process may end before it is given up.

    Parameters
    ----------
    start_s : float
        A process that does not listen after so long is given up.
    pauses_s : tuple of float
        Before each new attempt.
    stop_s : float
        A process that has not ended so long after it was asked to is killed.
    """

    start_s: float = 60.0
    pauses_s: tuple[float, ...] = (0.2, 1.0, 3.0)
    stop_s: float = 15.0


def state_of(directory: EndpointDirectory) -> EndpointState:
    """Return how an endpoint stands.

    Raises
    ------
    EndpointNotFoundError
        There is none.
    """
    if lock_holder(directory.serve_lock) is not None:
        return "running" if directory.socket.exists() else "starting"
    return "stopped" if directory.record().wanted == "stopped" else "down"


def has_waiting_shell(directory: EndpointDirectory) -> bool:
    """Tell whether the shell is still there that writes down how the process ends: its word comes a moment later."""
    try:
        word, _, pid = directory.end_file.read_text("ascii").strip().partition(" ")
    except (OSError, ValueError, HomeError):
        return False
    return word == "by" and pid.isdecimal() and not _has_ended(int(pid))


def ensure(directory: EndpointDirectory, patience: Patience | None = None, program: tuple[str, ...] = PROGRAM) -> None:
    """Start an endpoint unless it runs, and return when it answers.

    Raises
    ------
    DeploymentError
        It ended as often as the patience allows, or said that its model cannot be served; the message has the last
        line of its log.
    """
    allowed = patience or Patience()
    for pause_s in (0.0, *allowed.pauses_s):
        time.sleep(pause_s)
        problem = _started(directory, allowed.start_s, program)
        if not problem:
            return
        if directory.is_unservable():
            raise DeploymentError(f"Endpoint {directory.name} cannot be served: {problem.rstrip('.')}.")
    times = len(allowed.pauses_s) + 1
    raise DeploymentError(
        f"Endpoint {directory.name} ended {times} time{'s' if times > 1 else ''}: {problem}. "
        f"%deploy logs {directory.name} shows more."
    )


def switch(directory: EndpointDirectory) -> None:
    """Let a running endpoint serve what its record says by now; every request is answered, by one version or the other.

    Raises
    ------
    DeploymentError
        It cannot be served, or nobody answers; what was served still is.
    """
    with EndpointClient(directory) as client:
        reply = client.ask("POST", "/-/switch", b"{}")
    if reply.problem:
        raise DeploymentError(reply.problem)


def stop(directory: EndpointDirectory, patience: Patience | None = None) -> bool:
    """End the process: it answers what it has begun, then goes. False when none runs."""
    pid = lock_holder(directory.serve_lock)
    if pid is None:
        return False
    allowed = patience or Patience()
    _signal(pid, signal.SIGTERM)
    if not wait_released(directory.serve_lock, allowed.stop_s):
        _signal(pid, signal.SIGKILL)
        wait_released(directory.serve_lock, allowed.stop_s)
    with contextlib.suppress(OSError):
        directory.socket.unlink()  # of one that was killed
    return True


def _started(directory: EndpointDirectory, start_s: float, program: tuple[str, ...]) -> str:
    """Start one process, or find one; return when it listens, with nothing, or when it has ended, with why."""
    pid = None if lock_holder(directory.serve_lock) is not None else _spawn(directory, program)
    deadline = time.monotonic() + start_s
    while time.monotonic() < deadline:
        # Whoever holds the lock answers for it: another process may have been quicker than ours.
        if lock_holder(directory.serve_lock) is not None:
            if _answers(directory):
                return ""
        elif pid is None or _has_ended(pid):
            return directory.last_words()
        time.sleep(_LOOK_S)
    return f"it did not listen within {start_s:g} s"


def _answers(directory: EndpointDirectory) -> bool:
    with contextlib.suppress(DeploymentError), EndpointClient(directory, 5.0) as client:
        return client.ask("GET", "/v2/health/ready").status == 200
    return False


def _spawn(directory: EndpointDirectory, program: tuple[str, ...]) -> int:
    environment = {
        name: value for name, value in os.environ.items() if name not in _STRANGE and not _SECRET.search(name)
    }
    arguments = [*program, str(directory.home.path), directory.name]
    files = [str(directory.log_file), str(directory.end_file)]
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", _IN_BACKGROUND, "sh", _WAITS, "sh", *files, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=True,
            cwd="/",
            env=environment,
        )
        return int(done.stdout)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise DeploymentError(f"Cannot start a process for endpoint {directory.name}: {error}. Free memory.") from error


def _has_ended(pid: int) -> bool:
    """Tell whether a process is no more; one that nobody buries has ended too."""
    if process_start_time(pid) is None:
        return True
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] == b"Z"
    except OSError:
        return False  # no such file system here: its end is seen above


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        if pid > 0:
            os.kill(pid, number)
