"""`runs/ID/artifacts`, `runs/ID/displays`: files and outputs of a run, as data that nobody but a viewer interprets."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import PurePosixPath
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ...services import open_artifact, preview_of
from ._base import MlopsHandler

_PIECE = 1 << 18

_IMAGES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif"}


class ArtifactsHandler(MlopsHandler):
    """A folder of a run's artifacts."""

    @authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Return `ArtifactPage`."""
        run_id, path = self.run_id(run_id), self.get_query_argument("path", "", strip=False)
        self.write_entity(await self.in_thread(self.context.explorer.artifacts, run_id, path))


class ArtifactContentHandler(MlopsHandler):
    """A file among a run's artifacts."""

    @property
    def content_security_policy(self) -> str:
        """Return one that lets the file load nothing and run nothing, even when it is opened as a page."""
        return "default-src 'none'; sandbox; frame-ancestors 'self'"

    @authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Send the file: images, text, tables and JSON up to 5 MB to be shown, all else to be saved."""
        run = await self.in_thread(self.context.explorer.run, self.run_id(run_id))
        path = self.get_query_argument("path", "", strip=False)
        with ExitStack() as opened:
            descriptor, found = await self.in_thread(opened.enter_context, open_artifact(run, path))
            name = path.rpartition("/")[2]
            preview = preview_of(name, found.st_size)
            disposition = "inline" if preview else "attachment"
            self.set_header("Content-Disposition", f"{disposition}; filename*=utf-8''{quote(name)}")
            self.set_header("X-Content-Type-Options", "nosniff")
            self.set_header("Content-Length", str(found.st_size))
            content_type = _content_type(preview, name)
            self.set_header("Content-Type", content_type)
            await self._send(descriptor, found.st_size)
            self.finish(set_content_type=content_type)

    async def _send(self, descriptor: int, size: int) -> None:
        """Send what the file held when it was opened, piece by piece, no faster than it is taken."""
        sent = 0
        while sent < size:
            piece = await self.in_thread(os.pread, descriptor, min(_PIECE, size - sent), sent)
            if not piece:
                # It was cut meanwhile. To end early is the only way left to say so.
                self.request.connection.close()  # type: ignore[union-attr]  # a request that is answered has one
                return
            self.write(piece)
            await self.flush()
            sent += len(piece)


class DisplaysHandler(MlopsHandler):
    """What a run displayed."""

    @authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Return `DisplayPage`."""
        run_id, start = self.run_id(run_id), self.whole_argument("start", 0)
        self.write_entity(await self.in_thread(self.context.explorer.displays, run_id, start))


def _content_type(preview: str, name: str) -> str:
    """Return a type under which a browser shows no more than it should: never HTML, SVG, XML or PDF."""
    if preview == "image":
        return _IMAGES[PurePosixPath(name).suffix.lower()]
    if preview == "json":
        return "application/json"
    return "text/plain; charset=utf-8" if preview else "application/octet-stream"
