"""A real Jupyter server in a process of its own, with token and XSRF check, that a story may kill."""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TOKEN = "secret-of-the-story"


class JupyterServer:
    """A server below a directory; stop it, or kill its process.

    Parameters
    ----------
    root : Path
        What it shows.
    base_url : str
        Its prefix, as it is written in a URL.
    """

    def __init__(self, root: Path, base_url: str = "/") -> None:
        self.base_url = base_url
        self._folder = Path(tempfile.mkdtemp(prefix="mlops-server-"))
        environment = {
            **os.environ,
            "JUPYTER_RUNTIME_DIR": str(self._folder / "runtime"),
            "JUPYTER_CONFIG_DIR": str(self._folder / "config"),
            "JUPYTER_TOKEN": TOKEN,
        }
        command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--port=0"]
        command += [f"--ServerApp.root_dir={root}", f"--ServerApp.base_url={base_url}"]
        command += ["--ServerApp.jpserver_extensions=jupyter_mlops=True"]
        self.log = self._folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
        self.port = self._wait_for_port()

    def __enter__(self) -> "JupyterServer":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def url(self, path: str) -> str:
        """Return the whole URL of a path below the base URL."""
        return f"http://127.0.0.1:{self.port}{self.base_url}{path}"

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """Ask a path below the base URL with the token; return status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        try:
            connection.request(method, f"{self.base_url}{path}", body and json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _wait_for_port(self) -> int:
        end_at = time.monotonic() + 60
        while True:
            for file in (self._folder / "runtime").glob("jpserver-*.json"):
                try:
                    port = int(json.loads(file.read_text())["port"])
                    self.port = port
                    if self.ask("GET", "api/status")[0] == 200:
                        return port
                except (ValueError, OSError):
                    continue  # it is being written, or does not listen yet
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end_at, self.log.read_text()
            time.sleep(0.05)
