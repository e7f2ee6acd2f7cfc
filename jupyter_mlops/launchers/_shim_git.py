"""The state of the working tree when a run began, for `git.json`. Standard library only, Python 3.9 syntax.

It is made in a forked child of the shim with low priority, so that neither a huge repository nor a hanging one holds
up a run. A repository is somebody else's property: nothing in its configuration may start a program here.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from pathlib import Path

from ..home._files import write_atomic
from ._shim_signals import default_signals

PATCH_LIMIT = 1_000_000
PATIENCE_S = 10.0
AFTER_S = 0.25
IDLE_S = 1.0

_HARMLESS = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


class GitRecorder:
    """Describes the working tree of a run in a process of its own, once the run has had the processors for its start.

    Parameters
    ----------
    run_dir : Path
        Gets `git.json`.
    cwd : str
        The run's working directory.
    """

    def __init__(self, run_dir: Path, cwd: str) -> None:
        self.pid: int | None = None
        self._run_dir = run_dir
        self._cwd = cwd
        self._due = time.monotonic() + AFTER_S

    def advance(self) -> float:
        """Start when it is time; return the seconds until there is something to do."""
        if self.pid is not None:
            return IDLE_S
        left_s = self._due - time.monotonic()
        if left_s <= 0:
            self._start()
        return max(left_s, 0.0)

    def finish(self) -> None:
        """Wait for the description; nobody waits for the run any more, but it belongs to it."""
        if self.pid is None:
            self._start()
        try:
            os.waitpid(self.pid or 0, 0)
        except ChildProcessError:
            # The shim has reaped it with the run's other processes.
            pass

    def _start(self) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            try:
                default_signals()
                record_git(self._run_dir, self._cwd)
            finally:
                os._exit(0)


def record_git(run_dir: Path, cwd: str) -> None:
    """Write `git.json` for a working directory; write nothing where there is no repository, no git, or no answer."""
    os.nice(10)
    try:
        status = _git(cwd, "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=all")
    except (OSError, subprocess.SubprocessError):
        return
    heads = dict(line[2:].split(" ", 1) for line in status.splitlines() if line.startswith("# branch."))
    commit = heads.get("branch.oid", "(initial)")
    dirty = any(not line.startswith("#") for line in status.splitlines())
    patch = ""
    if dirty and commit != "(initial)":
        try:
            patch = _git(cwd, "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all", "HEAD")
        except (OSError, subprocess.SubprocessError):
            patch = ""
    branch = heads.get("branch.head", "")
    record = {
        "commit": "" if commit == "(initial)" else commit,
        "branch": "" if branch == "(detached)" else branch,
        "dirty": dirty,
        "patch": patch.encode()[:PATCH_LIMIT].decode("utf-8", "ignore"),
        "patch_cut": len(patch.encode()) > PATCH_LIMIT,
    }
    try:
        write_atomic(run_dir / "git.json", json.dumps(record).encode(), durable=False)
    except OSError:
        # A full disk, or a run directory that was removed: the run itself does not need this file.
        pass


def _git(cwd: str, *arguments: str) -> str:
    """Return what git prints, at most a little more than the patch limit."""
    command = ["git", "-C", cwd, *_HARMLESS, *arguments]
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, env=environment) as process:
        patience = threading.Timer(PATIENCE_S, process.kill)
        patience.start()
        output = process.stdout.read(PATCH_LIMIT + 1) if process.stdout else b""
        cut = len(output) > PATCH_LIMIT
        if cut:
            process.kill()
        code = process.wait()
        patience.cancel()
    if code != 0 and not cut:
        raise subprocess.CalledProcessError(code, command)
    return output.decode("utf-8", "replace")
