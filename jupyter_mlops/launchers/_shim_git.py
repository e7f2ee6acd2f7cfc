"""The state of the working tree when a run began, for `git.json`. Standard library only, Python 3.9 syntax.

Runs in a forked child of the shim with low priority, so that neither a huge repository nor a hanging one holds up a
run. A repository is somebody else's property: nothing in its configuration may start a program here.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path

from ..home._files import write_atomic

PATCH_LIMIT = 1_000_000
PATIENCE_S = 10.0

_HARMLESS = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


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
