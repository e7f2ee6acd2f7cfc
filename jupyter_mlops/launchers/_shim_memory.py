"""Whether the kernel's out-of-memory killer struck while a run was going. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

import os
from pathlib import Path

CONTROL_GROUPS = Path("/sys/fs/cgroup")


class MemoryEvents:
    """Remembers how often the killer had struck in our control group when this was made.

    `JUPYTER_MLOPS_MEMORY_EVENTS` names another file with an `oom_kill N` line.
    """

    def __init__(self) -> None:
        named = os.environ.get("JUPYTER_MLOPS_MEMORY_EVENTS")
        self._file = Path(named) if named else _own_events()
        self._before = self._kills()

    def struck(self) -> bool:
        """Tell whether somebody was killed for memory since."""
        return self._kills() > self._before

    def _kills(self) -> int:
        try:
            lines = self._file.read_text().splitlines() if self._file else []
        except OSError:
            return 0
        return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


def _own_events() -> Path | None:
    """Return the file that counts for this process: cgroup v2, else v1, else the machine's own."""
    try:
        memberships = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    except OSError:
        return None
    folders = []
    for _, controllers, path in memberships:
        if not controllers:
            folders += [
                CONTROL_GROUPS / path[1:] / "memory.events",
                CONTROL_GROUPS / "unified" / path[1:] / "memory.events",
            ]
        elif "memory" in controllers.split(","):
            folders.append(CONTROL_GROUPS / "memory" / path[1:] / "memory.oom_control")
    whole_machine = Path("/proc/vmstat")
    return next((path for path in [*folders, whole_machine] if path.is_file()), None)
