"""What the machine offers a home: processors, directories of the user, and the kind of file system below a path."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
import tempfile
from pathlib import Path

from ..exceptions import HomeError

SOCKET_PATH_LIMIT = 100
"""Bytes that the path of a unix socket may have; the system's own limit is 103 to 107."""

_NETWORK = re.compile(
    r"(nfs\d?|cifs|smb\w*|9p|afs|ceph|lustre|gpfs|beegfs|glusterfs|fuse\.(sshfs|glusterfs|s3fs|rclone))"
)


def available_cpus() -> int:
    """Return how many CPUs this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def user_data_dir() -> Path:
    """Return where the user's key and list of homes are kept; outside of every home."""
    chosen = os.environ.get("XDG_DATA_HOME", "")
    if chosen.startswith("/"):
        return Path(chosen) / "jupyter-mlops"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "jupyter-mlops"
    return Path.home() / ".local" / "share" / "jupyter-mlops"


def runtime_dir_of(home: Path) -> Path:
    """Return a home's directory for sockets: 0700, this user's, and short; made where absent.

    Raises
    ------
    HomeError
        Somebody else owns the directory of that name, or it cannot be made.
    """
    key = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    for base in _runtime_bases():
        folder = base / key
        if len(os.fsencode(folder)) > SOCKET_PATH_LIMIT - 32:
            continue
        try:
            for part in (base, folder):
                # Asked for at every submission, and mkdir waits for whoever changes the folder around it.
                if not part.is_dir():
                    part.mkdir(mode=0o700, exist_ok=True)
                _demand_private(part)
        except OSError:
            continue
        return folder
    raise HomeError("No directory for sockets: set XDG_RUNTIME_DIR to one of yours with a path below 50 bytes.")


def user_runtime_dir() -> Path:
    """Return the directory for sockets that belong to no home; as `runtime_dir_of`.

    Raises
    ------
    HomeError
        As there.
    """
    return runtime_dir_of(user_data_dir())


def _runtime_bases() -> list[Path]:
    """Return directories that sockets may lie below, best first."""
    below_temporary = f"jupyter-mlops-{os.getuid()}"
    bases = [Path(tempfile.gettempdir()) / below_temporary, Path("/tmp") / below_temporary]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    # It is often set in containers and under sudo without being there, or without being ours.
    if runtime.startswith("/") and os.access(runtime, os.W_OK) and Path(runtime).stat().st_uid == os.getuid():
        bases.insert(0, Path(runtime) / "jupyter-mlops")
    return bases


def _demand_private(folder: Path) -> None:
    """Refuse a directory that another user made first in a place that everybody may write to."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise HomeError(f"{folder} is not yours. Remove it, or set XDG_RUNTIME_DIR to a directory of your own.")
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def on_network_filesystem(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Tell whether a path lies on a network file system, where sqlite must not use WAL; False where unknown."""
    try:
        lines = os.fsdecode(mounts.read_bytes()).splitlines()
    except OSError:
        return False
    best, kind = "", ""
    for line in lines:
        _device, point, found = (_unescape(part) for part in [*line.split(), "", "", ""][:3])
        # A later mount hides an earlier one on the same point.
        if len(point) >= len(best) and path.absolute().is_relative_to(point):
            best, kind = point, found
    return _NETWORK.fullmatch(kind) is not None


def _unescape(text: str) -> str:
    """Return a field of the mount table as it was before spaces and the like became octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), text)
