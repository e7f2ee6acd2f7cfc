"""What must be equal for a process forked from a warm parent to be as good as a new one.

Runs in the kernel, at each submission: microseconds, no import.
"""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..home import packed_environment

_OF_A_SESSION = """
    PWD OLDPWD SHLVL _ TERM COLUMNS LINES LS_COLORS PS1 PROMPT_COMMAND WINDOWID DISPLAY TMUX TMUX_PANE STY
    DBUS_SESSION_BUS_ADDRESS INVOCATION_ID JOURNAL_STREAM SSH_AUTH_SOCK SSH_CLIENT SSH_CONNECTION SSH_TTY
"""
_SET_BY_LIBRARIES = """
    KMP_DUPLICATE_LIB_OK KMP_INIT_AT_FORK TF2_BEHAVIOR THP_MEM_ALLOC_ENABLE TORCHINDUCTOR_CACHE_DIR
"""
_VOLATILE = frozenset((_OF_A_SESSION + _SET_BY_LIBRARIES).encode().split())
_VOLATILE_PREFIXES = (b"JPY_", b"JUPYTER", b"XDG_SESSION", b"VSCODE_", b"PYDEVD_", b"GIT_", b"PYTEST_", b"MLFLOW_")


def warm_key() -> str:
    """Return 16 hex digits that stand for this process' interpreter, `sys.path`, environment and installed packages."""
    digest = hashlib.sha256()
    for part in _parts():
        digest.update(part)
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def _parts() -> Iterator[bytes]:
    yield os.fsencode(sys.executable)
    yield sys.version.encode()
    yield _own_code()
    for entry in sys.path:
        # An empty entry is the working directory, whatever that is.
        yield os.fsencode(entry or Path.cwd())
    for root in site_folders():
        try:
            yield b"%d" % Path(root).stat().st_mtime_ns
        except OSError:
            yield b"-"
    for variable in sorted(packed_environment().split(b"\0")):
        name = variable.partition(b"=")[0]
        if name not in _VOLATILE and not name.startswith(_VOLATILE_PREFIXES):
            yield variable


@cache
def site_folders() -> tuple[str, ...]:
    """Return the folders of installed distributions; an editable install is not in one of them."""
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    folders.update(entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages"))
    return tuple(sorted(folders))


@cache
def _own_code() -> bytes:
    """Return what changes when this package is edited or upgraded."""
    newest = max(path.stat().st_mtime_ns for path in Path(__file__).parent.parent.rglob("*.py"))
    return b"%d" % newest
