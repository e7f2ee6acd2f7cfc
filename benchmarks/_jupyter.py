"""A real Jupyter server in an empty directory, with token and XSRF check, for a browser to talk to."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

import psutil

_START_S = 120.0


class Jupyter:
    """JupyterLab whose runs are those of one home; ends with its kernels.

    Attributes
    ----------
    root : Path
        Where its notebooks lie.
    home : Path
        The `.mlops` whose runs it shows: of its own, or the one that was given.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="mlops-ui-"))
        self.root = self.directory / "work"
        self.home = home or self.directory / ".mlops"
        self.token = os.urandom(16).hex()
        self.port = _free_port()
        self.root.mkdir()

    @property
    def environment(self) -> dict[str, str]:
        """Of the server, and of whoever signs a notebook for it."""
        names = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "jupyter", "IPYTHONDIR": "ipython"}
        own = {name: str(self.directory / path) for name, path in names.items()}
        return {**os.environ, **own, "JUPYTER_MLOPS_HOME": str(self.home)}

    def __enter__(self) -> Jupyter:
        self._log = (self.directory / "server.log").open("wb")
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
        command += [f"--port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.root}"]
        command += [f"--IdentityProvider.token={self.token}", "--LabApp.news_url=", "--expose-app-in-browser"]
        self.process = subprocess.Popen(
            command, cwd=self.root, env=self.environment, stdout=self._log, stderr=self._log
        )
        deadline = time.monotonic() + _START_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.directory / "server.log").read_text())
            time.sleep(0.1)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        self.process.wait(30)
        for child in children:
            if child.is_running():
                child.kill()
        self._log.close()
        for _ in range(20):  # The keeper ends when it finds its home gone, and may write until then.
            shutil.rmtree(self.directory, ignore_errors=True)
            if not self.directory.exists():
                break
            time.sleep(0.1)

    def url(self, path: str) -> str:
        """Return the address of a path, with the token."""
        return f"http://127.0.0.1:{self.port}/{path}{'&' if '?' in path else '?'}token={self.token}"

    def get(self, path: str) -> bytes:
        """Return what a path answers."""
        with urllib.request.urlopen(self.url(path), timeout=120) as answer:
            body: bytes = answer.read()
            return body

    def _answers(self) -> bool:
        try:
            return bool(self.get("api"))
        except (urllib.error.URLError, ConnectionError):
            return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
