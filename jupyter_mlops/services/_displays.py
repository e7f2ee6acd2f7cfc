"""What a run displayed, read back from its events and the files beside them. Nothing is rendered or executed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ..entities import decode

if TYPE_CHECKING:
    from ..home import RunDirectory


class Display(msgspec.Struct, frozen=True, kw_only=True):
    """One display event of a run.

    Parameters
    ----------
    seq : int
        Counts the events from 0; a gap means that a full disk has swallowed some.
    offset : int
        Byte of `output.log` at which it stands.
    kind : str
        "display", "update" (of the display with the same id), "result" (the last expression), "clear" or "error".
    data : dict
        MIME type to payload: text, base64 of bytes, or JSON.
    metadata, transient : dict
        As in Jupyter's messages; `transient["display_id"]` names a display, `metadata["wait"]` belongs to "clear".
    """

    seq: int
    offset: int
    kind: str
    data: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    transient: dict[str, Any] = {}


class DisplayPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of a run's display events, in order.

    Parameters
    ----------
    next : int, optional
        `seq` to ask from for the rest; None when these are the last.
    """

    displays: tuple[Display, ...]
    next: int | None = None


class _Event(Display, frozen=True, kw_only=True):
    files: dict[str, str] = {}


def read_displays(directory: RunDirectory) -> tuple[Display, ...]:
    """Return a run's display events in order; lines that are not whole are left out."""
    return tuple(_load(event, directory.path) for event in _events(directory.display_file))


def read_display_page(directory: RunDirectory, start: int, most_bytes: int = 8_000_000) -> DisplayPage:
    """Return the events from `seq` on, until their payloads have so many bytes; always at least one.

    Payloads are what the run wrote, whatever that is: who shows them decides what may run.
    """
    page: list[Display] = []
    size = 0
    for event in _events(directory.display_file):
        if event.seq < start:
            continue
        display = _load(event, directory.path)
        size += len(msgspec.json.encode(display))
        if page and size > most_bytes:
            return DisplayPage(displays=tuple(page), next=display.seq)
        page.append(display)
    return DisplayPage(displays=tuple(page))


def _events(file: Path) -> Iterator[_Event]:
    try:
        with file.open("rb") as lines:
            for line in lines:
                try:
                    yield decode(line, _Event)
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    continue  # torn by a full disk or a kill; the next line is whole again
    except FileNotFoundError:
        return


def _load(event: _Event, folder: Path) -> Display:
    """Return an event with the payloads that lie beside it."""
    data = dict(event.data)
    for mime, relative in event.files.items():
        content = _payload(folder, relative)
        if content is not None:
            is_text = mime.startswith("text/") or mime == "image/svg+xml" or "json" in mime or "javascript" in mime
            data[mime] = content.decode("utf-8", "replace") if is_text else base64.b64encode(content).decode()
    kept = {field: getattr(event, field) for field in ("seq", "offset", "kind", "metadata", "transient")}
    return Display(**kept, data=data)


def _payload(folder: Path, relative: str) -> bytes | None:
    """Return the content of a file of the run's displays; None for any other path, which may be a stranger's."""
    try:
        path = (folder / relative).resolve()
        is_own = path.is_relative_to((folder / "display").resolve()) and path.is_file()
        return path.read_bytes() if is_own else None
    except (OSError, ValueError, RuntimeError):  # too long, holds NUL, a loop of links
        return None
