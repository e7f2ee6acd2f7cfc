"""Files and process identities that survive a crash: the ground under every process of the flow.

Standard library only and Python 3.9 syntax, because the shim imports this module under whatever interpreter it finds.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import StrPath

CRASH_POINTS = {
    "submit.directory": "kernel: the run directory is made, nothing is in it",
    "submit.spec": "kernel: spec.json is written, inputs are not",
    "submit.inputs": "kernel: inputs are stored or being stored, nothing is launched",
    "submit.launched": "kernel: the shim is asked for, the kernel has not heard of it",
    "snapshot.started": "snapshot child: holds snapshot.lock, has written nothing",
    "snapshot.buffers": "snapshot child: buffers are stored, inputs.json is not",
    "objects.unnamed": "any writer: an object is whole but still has its temporary name",
    "shim.locked": "shim: holds shim.lock, shim.json is not written",
    "shim.recorded": "shim: shim.json is written",
    "shim.queued": "shim: holds a ticket of the queue",
    "shim.slotted": "shim: holds a slot, the executor is not started",
    "shim.started": "shim: the executor is started",
    "shim.ended": "shim: the executor has ended, exit.json is not written",
    "executor.locked": "executor: holds executor.lock, executor.json is not written",
    "executor.recorded": "executor: executor.json is written, nothing is restored",
    "executor.restored": "executor: inputs are restored, the cell has not started",
    "executor.ran": "executor: the cell has ended, nothing is saved",
    "executor.buffers": "executor: output buffers are stored, outputs.json is not",
    "executor.outputs": "executor: outputs.json is written, result.json is not",
    "executor.result": "executor: result.json is written, the process has not ended",
    "artifact.copied": "executor: an artifact is whole but still has its temporary name",
    "keeper.created": "keeper: the tracking store is made, not yet in place",
    "keeper.shipped": "keeper: a batch is in the tracking store, tracking.json does not say so",
    "keeper.again": "keeper: the changes of a shipped run are taken, none of them is shipped",
    "keeper.told": "keeper: the user's tags of a run are in the tracking store, tracking.json does not say so",
    "batch.part": "batch: a part of the answer has its name, the journal does not say so",
    "batch.journal": "batch: the journal says that a part is finished",
    "batch.whole": "batch: the answer is whole but still has its temporary name",
    "batch.named": "batch: the answer has its name, the parts are still there",
    "collect.hidden": "collector: a run directory is renamed away, not yet removed",
}
"""Every place where a test can kill a process, and what is true there. `crash_point` names one of these."""


def crash_point(name: str) -> None:
    """Die here and now by SIGKILL when `JUPYTER_MLOPS_CRASH_AT` names this point; otherwise do nothing.

    Parameters
    ----------
    name : str
        A key of `CRASH_POINTS`.
    """
    if os.environ.get("JUPYTER_MLOPS_CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)


def write_atomic(path: StrPath, data: bytes, *, durable: bool = True) -> None:
    """Write a file so that a reader sees all of it, or what was there before.

    Parameters
    ----------
    path : path
        Mode 0600; a file of that name is replaced.
    data : bytes
        The whole content.
    durable : bool
        Survive a power cut too (two `fsync`, 0.2 ms and more). Without it, only the death of any process.

    Raises
    ------
    OSError
        The file could not be written; nothing is left behind and what was there before still is.
    """
    # Not by pathlib, which takes as long to take a path apart as the system to write the file.
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, temporary_name(name))  # noqa: PTH118
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        try:
            write_fully(descriptor, data)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:  # an interrupt too leaves nothing behind
        Path(temporary).unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(folder or os.curdir)


def temporary_name(name: str) -> str:
    """Return a hidden name, beside `name` and nobody else's, for a file that is not whole yet."""
    return f".{name}.{os.urandom(6).hex()}.tmp"


def write_fully(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of `data`, in pieces that stay interruptible; raise OSError when the disk does not take it."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest[: 1 << 26]) :]


def make_durable(path: StrPath) -> None:
    """Make a file that was written, and its name, survive a power cut; raise OSError when it is gone."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(Path(path).parent)


def sync_folder(folder: StrPath) -> None:
    """Make renames in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_bytes(path: StrPath) -> bytes | None:
    """Return what a file holds, or None where there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_json(path: StrPath) -> dict[str, Any] | None:
    """Return the JSON object in a file; None when there is no file, or it does not hold a whole one."""
    data = read_bytes(path)
    try:
        value = json.loads(data) if data else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def modified_at(path: StrPath) -> float:
    """Return when a file was last written; long ago where there is none."""
    try:
        return Path(path).stat().st_mtime
    except FileNotFoundError:
        return 0.0


def boot_id() -> str:
    """Return what differs after every start of the machine; empty where the system does not tell.

    `JUPYTER_MLOPS_BOOT_ID_FILE` names another file to read it from, so that a test can reboot.
    """
    data = read_bytes(os.environ.get("JUPYTER_MLOPS_BOOT_ID_FILE") or "/proc/sys/kernel/random/boot_id")
    if data is None and sys.platform == "darwin":
        return _told_by("sysctl", "-n", "kern.bootsessionuuid")
    return (data or b"").decode("ascii", "replace").strip()


def process_start_time(pid: int) -> int | None:
    """Return when a process began, or None when there is none of that pid.

    Together with the pid and `boot_id` it names a process for good: pids are used again. Linux: clock ticks since
    boot. Elsewhere: seconds since 1970.
    """
    if sys.platform == "darwin":
        began = _told_by("ps", "-o", "lstart=", "-p", str(pid))
        return int(time.mktime(time.strptime(began))) if began else None
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the command's name in parentheses and may itself hold spaces and parentheses.
    return int(stat.rpartition(b")")[2].split()[19])


def seconds_since(start_time: int) -> float:
    """Return how long ago a process began, by a clock that nobody sets; never negative.

    Parameters
    ----------
    start_time : int
        What `process_start_time` gave since the machine started.
    """
    if sys.platform == "darwin":
        return max(0.0, time.time() - start_time)
    uptime = float(Path("/proc/uptime").read_bytes().split()[0])
    return max(0.0, uptime - start_time / os.sysconf("SC_CLK_TCK"))


def is_same_process(pid: int, start_time: int, boot: str) -> bool:
    """Tell whether the process that was recorded so is still there; only then may its pid be shown or signalled."""
    return boot == boot_id() and process_start_time(pid) == start_time


def _told_by(*command: str) -> str:
    """Return the output of a system command in the C locale, empty when it fails."""
    import subprocess  # Costs the shim milliseconds and is needed on macOS only.

    told = subprocess.run(command, capture_output=True, text=True, check=False, env={"LC_ALL": "C", "PATH": os.defpath})
    return told.stdout.strip()
