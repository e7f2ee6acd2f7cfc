"""A container engine, where one answers: builds an image and looks whether it gets healthy, without a network."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import time
from pathlib import Path

_LOOK_S, _ANSWER_S, _BUILD_S, _HEALTHY_S = 0.5, 10.0, 900.0, 90.0
_START_S = 120.0
"""An engine without layers of its own copies the whole image first (the vfs driver)."""


class Engine:
    """Docker, by its command line.

    Parameters
    ----------
    command : str
        The program.
    """

    def __init__(self, command: str) -> None:
        self._command = command

    @classmethod
    def found(cls) -> Engine | None:
        """Return the engine that answers here; None for a client alone, or nothing."""
        command = shutil.which("docker")
        engine = cls(command) if command else None
        return engine if engine is not None and engine._asked("version", "--format", "{{.Server.Version}}")[0] else None

    def built(self, folder: Path, tag: str) -> str:
        """Build an image; return what went wrong, or an empty text."""
        well, told = self._asked("build", "-t", tag, str(folder), patience_s=_BUILD_S)
        return "" if well else told

    def healthy(self, tag: str) -> str:
        """Run an image without network and with nothing to write to until it is healthy; return what went wrong."""
        name = f"mlops-{secrets.token_hex(6)}"
        run = ("run", "-d", "--name", name, "--network", "none", "--read-only", tag)
        try:
            well, told = self._asked(*run, patience_s=_START_S)
            if not well:
                return told
            deadline = time.monotonic() + _HEALTHY_S
            state = ""
            while time.monotonic() < deadline:
                _, state = self._asked("inspect", "--format", "{{.State.Status}} {{.State.Health.Status}}", name)
                if state.endswith(" healthy"):
                    return ""
                if not state.startswith(("running", "created")) or state.endswith("unhealthy"):
                    break
                time.sleep(_LOOK_S)
            return f"it is {state or 'gone'}: {self._asked('logs', '--tail', '3', name)[1]}"
        finally:
            self._asked("rm", "-f", name, patience_s=_START_S)  # what could not be started, too

    def _asked(self, *words: str, patience_s: float = _ANSWER_S) -> tuple[bool, str]:
        """Return whether a command went well, and the end of what it said."""
        try:
            done = subprocess.run(
                [self._command, *words], capture_output=True, text=True, timeout=patience_s, stdin=subprocess.DEVNULL
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return False, str(error)[:240]
        said = done.stdout if done.returncode == 0 else f"{done.stdout}\n{done.stderr}"
        return done.returncode == 0, " ".join(said.split())[-240:]
