"""A headless Chromium that a story drives over two pipes: open a page, wait for something in it, take a picture."""

import base64
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
"""Debian's Chromium, or another; empty where there is none."""

_WITH_PIPES = """
import fcntl, os, sys
# Copied out of the way first: either may be 3 or 4 itself.
ears, mouth = (fcntl.fcntl(int(text), fcntl.F_DUPFD, 10) for text in sys.argv[1:3])
os.dup2(ears, 3)
os.dup2(mouth, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads commands from descriptor 3 and writes answers to descriptor 4."""


class RefusedError(RuntimeError):
    """The browser does not do what it was asked."""


class Browser:
    """One page. Close it, as a `with` does.

    Parameters
    ----------
    width, height : int
        Of the window, in pixels.
    """

    def __init__(self, width: int = 1300, height: int = 900) -> None:
        self._profile = tempfile.mkdtemp(prefix="mlops-browser-")
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        arguments = [
            PROGRAM,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-unsafe-swiftshader",
            "--remote-debugging-pipe",
            f"--user-data-dir={self._profile}",
            f"--window-size={width},{height}",
            "about:blank",
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _WITH_PIPES, str(to_read), str(to_write), *arguments],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_read)
        os.close(to_write)
        self._buffer = b""
        self._asked = 0
        (target, *_) = [found for found in self._ask("Target.getTargets")["targetInfos"] if found["type"] == "page"]
        attached = self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        self.said: list[str] = []
        self._ask("Runtime.enable")
        self._ask("Page.enable")

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._ask("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        os.close(self._write)
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, url: str) -> None:
        """Go to a page; it may still be loading afterwards."""
        self._ask("Page.navigate", url=url)

    def value(self, expression: str) -> Any:
        """Return what a JavaScript expression gives in the page."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return answer["result"].get("value")

    def wait_for(self, expression: str, seconds: float = 60.0) -> Any:
        """Wait until an expression is true in the page, and return what it gives."""
        end_at = time.monotonic() + seconds
        while not (value := self.value(expression)):
            assert time.monotonic() < end_at, f"waited in vain for {expression}; the page said {self.said[-5:]}"
            time.sleep(0.1)
        return value

    def picture(self) -> Any:
        """Return what the page looks like, as a Pillow image."""
        from PIL import Image

        end_at = time.monotonic() + 10
        while True:
            try:
                data = self._ask("Page.captureScreenshot", format="png")["data"]
                return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
            except RefusedError:  # one page just takes the place of another
                assert time.monotonic() < end_at
                time.sleep(0.1)

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._asked += 1
        message: dict[str, Any] = {"id": self._asked, "method": method, "params": parameters}
        if session := getattr(self, "_session", None):
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._hear()
            if answer.get("id") == self._asked:
                if "error" in answer:
                    raise RefusedError(answer["error"])
                return answer["result"]
            if answer.get("method") in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                self.said.append(json.dumps(answer["params"])[:500])

    def _hear(self) -> Any:
        while b"\0" not in self._buffer:
            piece = os.read(self._read, 1 << 20)
            if not piece:
                raise OSError("the browser has gone")
            self._buffer += piece
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)
