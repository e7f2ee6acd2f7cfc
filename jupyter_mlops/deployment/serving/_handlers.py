"""What every path has in common: the secret, limits, one body, errors in the protocol's words, and a count."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from functools import partial
from http.client import responses
from typing import Any

from tornado.http1connection import HTTP1Connection
from tornado.web import HTTPError, RequestHandler, stream_request_body

from ._errors import RequestError
from ._state import Serving

LOG = logging.getLogger("jupyter_mlops.endpoint")


@stream_request_body
class EndpointHandler(RequestHandler):
    """A path of an endpoint. A body that is too large is read to its end, unkept, so that its answer is heard."""

    kind = "other"
    """In the counts."""

    serving: Serving
    rows = 0
    _is_counted = False
    _began = 0.0

    def initialize(self, serving: Serving) -> None:
        """Take what all handlers share (tornado's protocol)."""
        self.serving = serving
        self._pieces: list[bytes] = []
        self._size = 0

    def prepare(self) -> None:
        """Refuse who has not the secret, and more than is worked on at a time: once the body has been read."""
        self.serving.metrics.in_flight += 1
        self._is_counted = True
        # Tornado's own timeout of bodies costs each request two turns of the event loop.
        self._patience = asyncio.get_running_loop().call_later(self.serving.limits.body_s, self._give_up)
        refusal = self.refusal()
        if refusal is not None:
            # An answer before the end of the body is one that a client which still sends does not hear.
            setattr(self, str(self.request.method).lower(), partial(_raise, refusal))

    def refusal(self) -> RequestError | None:
        """Return why the request is refused, whatever it asks; None for the others."""
        limits, secret = self.serving.limits, self.serving.secret
        brought = self.request.headers.get("Authorization", "")
        if secret and not hmac.compare_digest(brought.encode(), f"Bearer {secret}".encode()):
            return RequestError("This endpoint wants its secret: Authorization: Bearer ...", 401)
        if self.kind in ("infer", "invocations"):
            if self.serving.metrics.in_flight > limits.in_flight:
                return RequestError(f"{limits.in_flight:,} requests are worked on. Try again soon.", 503)
            if self.request.headers.get("Content-Encoding", "identity") != "identity":
                return RequestError("Send the body as it is, without Content-Encoding.", 415)
        return None

    def data_received(self, chunk: bytes) -> None:
        """Take a piece of the body."""
        self._size += len(chunk)
        if self._size <= self.serving.limits.body_bytes:
            self._pieces.append(chunk)
        else:
            self._pieces.clear()

    @property
    def is_alone(self) -> bool:
        """Whether nothing else is worked on."""
        return self.serving.metrics.in_flight <= 1

    def body(self) -> bytes:
        """Return the body; from here on the answer is timed.

        Raises
        ------
        RequestError
            It is larger than one may be.
        """
        self._patience.cancel()
        self._began = time.perf_counter()
        if self._size > self.serving.limits.body_bytes:
            raise RequestError(
                f"A request has at most {self.serving.limits.body_bytes:,} bytes. Send it in parts.", 413
            )
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def answer(self, data: dict[str, Any]) -> None:
        """Answer with JSON."""
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(data, separators=(",", ":")))

    def problem(self, status: int, message: str) -> dict[str, Any]:  # noqa: ARG002 - MLflow's form says it
        """Return the body of a refusal."""
        return {"error": message}

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with what is wrong; of what we did not expect, only that."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, RequestError):
            status_code, message = error.status, str(error)
        else:
            message = responses.get(status_code, "Error")
        self.set_status(status_code)
        if status_code == 503:
            self.set_header("Retry-After", "1")
        if status_code == 401:
            self.set_header("WWW-Authenticate", "Bearer")
        self.answer(self.problem(status_code, message))

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Log a refusal in a line, and what is our fault with its trace."""
        if isinstance(error, RequestError):
            LOG.warning("%s %s: %d %s", self.request.method, self.request.path, error.status, error)
        elif not isinstance(error, HTTPError):
            LOG.error("%s %s", self.request.method, self.request.path, exc_info=(kind, error, trace))

    def set_default_headers(self) -> None:
        """Say nothing of what runs here; let nobody keep or guess an answer."""
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")

    def compute_etag(self) -> None:
        """Make none: answers are not kept."""
        return

    def on_finish(self) -> None:
        """Count what was answered."""
        seconds = time.perf_counter() - self._began if self._began else 0.0
        self.serving.metrics.count(self.kind, self.get_status(), seconds, self.rows if self.get_status() == 200 else 0)
        self._leave()

    def on_connection_close(self) -> None:
        """Let go: the client has gone."""
        self._leave()
        super().on_connection_close()

    def _give_up(self) -> None:
        """Let a client go whose body does not come."""
        connection = self.request.connection
        if isinstance(connection, HTTP1Connection) and connection.stream is not None:
            connection.stream.close()

    def _leave(self) -> None:
        if self._is_counted:
            self._is_counted = False
            self._patience.cancel()
            self.serving.metrics.in_flight -= 1


class NotFoundHandler(EndpointHandler):
    """Every other path."""

    def refusal(self) -> RequestError:
        """Return that there is none."""
        return super().refusal() or RequestError("There is no such path. /openapi.json lists what there is.", 404)


def _raise(error: RequestError, *_path: str | None) -> None:
    raise error
