"""What a run shows besides text: a line of `display.jsonl` an event, with its place in `output.log`.

The front end merges the two files; neither needs the other to be whole.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher

from ._streams import RunStreams
from ._widget_views import without_widget_views

LARGE_BYTES = 1_000_000
"""Payloads above this size lie beside `display.jsonl`, so that its lines stay quick to read."""

ERROR_MIME = "application/vnd.jupyter.error"
"""Jupyter's name for an exception shown as an output."""


class DisplayLog:
    """Writes the display events of one run. A full disk loses events, never the run; a gap in `seq` tells.

    Parameters
    ----------
    path : Path
        `display.jsonl`; payloads go to the directory `display` beside it.
    streams : RunStreams
        Flushed before an event, so that its offset is right.
    """

    def __init__(self, path: Path, streams: RunStreams) -> None:
        self._path = path
        self._streams = streams
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._seq = 0
        self._file: int | None = None

    @property
    def is_ours(self) -> bool:
        """Whether this is the run's own process, not a forked child of it."""
        return os.getpid() == self._owner

    def show(
        self,
        kind: str,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        transient: dict[str, Any] | None = None,
    ) -> None:
        """Add an event.

        Parameters
        ----------
        kind : str
            "display", "update", "clear", "result" or "error".
        data : dict
            MIME type to payload; bytes are stored as base64.
        metadata, transient : dict, optional
            As in Jupyter's messages; `transient["display_id"]` names the display that an update replaces.
        """
        with self._lock:
            self._streams.flush()
            seq, self._seq = self._seq, self._seq + 1
            event: dict[str, Any] = {"seq": seq, "offset": self._streams.size, "kind": kind}
            with contextlib.suppress(OSError):
                small, files = self._set_aside(seq, data)
                event |= {"data": small, "metadata": metadata or {}, "transient": transient or {}}
                if files:
                    event["files"] = files
                self._append(event)

    def _set_aside(self, seq: int, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the payloads that stay in the event, and the files (MIME type to path) of those that do not."""
        small: dict[str, Any] = {}
        files: dict[str, str] = {}
        for mime, payload in data.items():
            text = _text(payload)
            if len(text) <= LARGE_BYTES:
                small[mime] = text
                continue
            relative = f"display/{seq:06d}-{len(files)}"
            path = self._path.parent / relative
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.write_bytes(_file_bytes(mime, text))
            files[mime] = relative
        return small, files

    def _append(self, event: dict[str, Any]) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        line = msgspec.json.encode(event, enc_hook=repr) + b"\n"
        if os.write(self._file, line) != len(line):
            os.write(self._file, b"\n")


def _text(payload: object) -> str | msgspec.Raw:
    """Return a payload as it stands in an event: text, base64 of bytes, or JSON that is encoded already."""
    if isinstance(payload, bytes):
        return base64.b64encode(payload).decode()
    if isinstance(payload, str):
        return payload.encode("utf-8", "backslashreplace").decode()
    return msgspec.Raw(msgspec.json.encode(payload, enc_hook=repr))


def _file_bytes(mime: str, text: str | msgspec.Raw) -> bytes:
    """Return what a file beside the events holds: an image's own bytes, else UTF-8."""
    if not isinstance(text, str):
        return bytes(text)
    if mime.startswith(("image/", "application/pdf")) and mime != "image/svg+xml":
        with contextlib.suppress(binascii.Error):
            return base64.b64decode(text, validate=True)
    return text.encode()


class RunDisplayPublisher(DisplayPublisher):  # type: ignore[misc]  # IPython is untyped
    """`display()` and `clear_output()` of a run."""

    log: DisplayLog | None = None

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: object,
    ) -> None:
        """Add a display, or with `update` a new version of the one with the same `display_id`."""
        self._validate_data(data, metadata)
        data = without_widget_views(data)
        if self.log is None or not self.log.is_ours:
            sys.stdout.write(str(data.get("text/plain", "")) + "\n")
            return
        self.log.show("update" if update else "display", data, metadata, transient)

    def clear_output(self, wait: bool = False) -> None:
        """Clear what the cell has shown so far; with `wait`, when the next output comes."""
        if self.log is not None and self.log.is_ours:
            self.log.show("clear", {}, {"wait": wait})


class RunDisplayHook(DisplayHook):  # type: ignore[misc]  # IPython is untyped
    """The value of the cell's last expression: an event, not text in the log."""

    log: DisplayLog | None = None

    def write_output_prompt(self) -> None:
        """Write nothing: front ends draw the prompt."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Add the formatted value as an event of kind "result"."""
        if self.log is None or not self.log.is_ours:
            super().write_format_data(format_dict, md_dict)
            return
        self.log.show("result", without_widget_views(format_dict), md_dict, {"execution_count": self.prompt_count})

    def finish_displayhook(self) -> None:
        """End the display; unlike a terminal's, it prints no separator."""
        self._is_active = False
