"""How a child process that asks MLflow is heard: it says by an empty line that it has loaded MLflow, then it answers.

Loading takes two seconds, and on a machine that is busy more than twenty: no time that a store is given may hold it.
"""

from __future__ import annotations

import os
import subprocess
import time

from ._pipes import is_heard

START_S = 120.0
"""For so long a child may load MLflow."""


def read_line(child: subprocess.Popen[bytes], patience_s: float) -> bytes:
    """Return what a child says until the end of a line; less where it has ended.

    Raises
    ------
    TimeoutError
        It says nothing for too long.
    """
    pipe, end = child.stdout, time.monotonic() + patience_s
    assert pipe is not None
    line = b""
    while not line.endswith(b"\n"):
        if not is_heard(pipe.fileno(), end - time.monotonic()):
            raise TimeoutError
        some = os.read(pipe.fileno(), 65536)
        if not some:
            break
        line += some
    return line
