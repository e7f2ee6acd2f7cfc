"""Interpreter, packages and machine of a run. Asked in the executor, after the results are delivered."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import subprocess
import sys

from ..entities import Environment
from ..home import available_cpus

_NVIDIA_SMI_TIMEOUT_S = 2.0


@functools.cache
def environment() -> Environment:
    """Return interpreter, packages and machine. Takes some tens of milliseconds once, so call it where nobody waits."""
    return Environment(
        python=platform.python_version(),
        platform=platform.platform(),
        host=platform.node(),
        cpu=_cpu_name(),
        cpu_count=available_cpus(),
        memory_bytes=_memory_bytes(),
        gpus=_gpus(),
        packages=_packages(),
    )


def _packages() -> dict[str, str]:
    from importlib.metadata import distributions

    found: dict[str, str] = {}
    for distribution in distributions(path=sys.path):
        try:
            metadata = distribution.metadata
            # Asked for what is not there, a newer reader of metadata warns.
            name, version = (metadata[key] if key in metadata else "" for key in ("Name", "Version"))  # noqa: SIM401 - it has no get
        except Exception:  # noqa: BLE001  # a broken installation of anything
            continue
        if name:
            # The first on the path is the one that is imported.
            found.setdefault(name, version)
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def _cpu_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _gpus() -> tuple[str, ...]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        answer = subprocess.run(
            [program, "--query-gpu=name,memory.total", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_NVIDIA_SMI_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in answer.stdout.splitlines() if line.strip())
