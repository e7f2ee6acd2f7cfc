"""A gigabyte printed in lines as training prints them: what it costs beside printing into a plain file (F36)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ._figure import Figure, at_most, within
from ._kernel import Kernel

FLOOD = """
import time
started = time.perf_counter()
for step in range({lines}):
    print(f"step {{step:9d}} loss {{1 / (step + 1):.9f}} learning rate 0.001 momentum 0.")
elapsed = time.perf_counter() - started
"""
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
LINE_BYTES = 64
GIB = 1 << 30


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the time of a program that prints 1 GiB (1/16 GiB when quick), and the bytes that are not in its log."""
    size = GIB // 16 if quick else GIB
    lines = size // LINE_BYTES
    ours, theirs, lost = [], [], 0
    with Kernel() as kernel:
        kernel.await_warm()
        for i in range(3 if quick else 7):
            # In turns: what else the machine does meets both.
            theirs.append(into_file(lines))
            kernel.run(f"%%train flood{i} --autolog off --returns elapsed\n{FLOOD.format(lines=lines)}")
            ours.append(kernel.value("elapsed"))
            kernel.run(f"%runs wait flood{i}")
            logs = list(kernel.home.glob("runs/*/output.log"))
            lost += size - max(log.stat().st_size for log in logs)
            for log in logs:
                log.unlink()
    yield at_most(
        f"stdout_flood: {size >> 20} MiB in lines of {LINE_BYTES} bytes",
        ours,
        "the same program writing into a file",
        theirs,
        1.1,
        unit="s",
    )
    yield within("stdout_flood: bytes that are not in the log", [float(lost)], 0, "bytes")


def into_file(lines: int) -> float:
    """Return the seconds that a plain Python prints into a file."""
    program = FLOOD.format(lines=lines) + "\nimport sys; sys.stdout.flush(); print(elapsed, file=sys.stderr)"
    with tempfile.TemporaryDirectory() as directory, (Path(directory) / "out").open("wb") as out:
        # Unbuffered, a plain Python would be slower than it is for most users.
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=out, stderr=subprocess.PIPE, check=True, env=BUFFERED
        )
    return float(done.stderr)
