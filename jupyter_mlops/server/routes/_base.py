"""What every route has in common: who may ask, what an id looks like, how large a body may be, how errors are told.

Edges are thin: a handler parses, calls one service in a thread of the pool, and writes what it returned. No handler
catches an error to build a status; the tree of `exceptions.py` is translated here, once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import responses
from typing import Any, TypeVar

import msgspec
from jupyter_server.base.handlers import APIHandler
from tornado.ioloop import IOLoop
from tornado.web import HTTPError

from ...entities import Problem, decode, encode
from ...exceptions import (
    EndpointNotFoundError,
    HomeError,
    LaunchError,
    MissingExtraError,
    MlopsError,
    ModelNotFoundError,
    RunNotFoundError,
    UsageError,
)
from .._context import ServerContext

AUTH_RESOURCE = "jupyter-mlops"
"""What an authorizer is asked about, beside the action (read, write)."""

MOST_BODY_BYTES = 1_000_000

RUN_ID = re.compile(r"[0-9a-f]{32}")

Answer = TypeVar("Answer")
Body = TypeVar("Body", bound=msgspec.Struct)

_STATUS: tuple[tuple[type[BaseException], int], ...] = (
    (RunNotFoundError, 404),
    (EndpointNotFoundError, 404),
    (ModelNotFoundError, 404),
    (UsageError, 400),
    (LaunchError, 409),
    (HomeError, 503),
    (MissingExtraError, 503),
    (MlopsError, 503),
    (OSError, 503),
)
_FIELD = re.compile(r"`\$\.?([^`\[.]*)")


class RefusalError(HTTPError):
    """A request that is refused at the edge, with what to say.

    Parameters
    ----------
    status : int
        Of HTTP.
    message : str
        What happened and what to do.
    field : str
        The part of the request that is wrong.
    """

    def __init__(self, status: int, message: str, field: str = "") -> None:
        super().__init__(status, "%s", message)
        self.problem = Problem(message=message, field=field)


class MlopsHandler(APIHandler):
    """A route of ours. Each method of a subclass carries `@authenticated` and `@authorized`, in this order."""

    auth_resource = AUTH_RESOURCE
    most_body_bytes = MOST_BODY_BYTES
    """Of a request."""

    @property
    def context(self) -> ServerContext:
        """What lives as long as the server."""
        context: ServerContext = self.settings["jupyter_mlops_context"]
        return context

    async def prepare(self) -> None:  # type: ignore[override]  # as in APIHandler, which drops the same argument
        """Refuse what comes from another site, and bodies that are too large."""
        await super().prepare()
        self.set_header("Cache-Control", "no-store")
        if self.request.headers.get("Sec-Fetch-Site") == "cross-site" and not self.token_authenticated:
            raise RefusalError(403, "This server answers only its own pages.")
        if len(self.request.body or b"") > self.most_body_bytes:
            raise RefusalError(413, f"A request has at most {self.most_body_bytes:,} bytes.")

    async def in_thread(self, work: Callable[..., Answer], *args: Any) -> Answer:
        """Return what blocking work gives, done in a thread of the server's small pool."""
        pool: ThreadPoolExecutor = self.context.pool
        return await IOLoop.current().run_in_executor(pool, work, *args)

    async def in_changing_thread(self, work: Callable[..., Answer], *args: Any) -> Answer:
        """Return what work gives that changes a run and may wait for a store."""
        return await IOLoop.current().run_in_executor(self.context.changing, work, *args)

    def run_id(self, text: str) -> str:
        """Return an id from the path; anything else is as absent as a run that is not there."""
        if not RUN_ID.fullmatch(text):
            raise RefusalError(404, "A run's id has 32 hex digits. Open the run from the list of runs.", "id")
        return text

    def parse_body(self, kind: type[Body]) -> Body:
        """Return the JSON body as an entity, or refuse it and name the field."""
        content_type = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if content_type != "application/json":
            raise RefusalError(400, "Send JSON, with Content-Type: application/json.")
        try:
            return decode(self.request.body, kind)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            found = _FIELD.search(str(error))
            raise RefusalError(400, f"The body is not as it should be: {error}.", found[1] if found else "") from None

    def text_argument(self, name: str, otherwise: str = "", *, most: int = 4_000) -> str:
        """Return a query parameter as text."""
        text = self.get_query_argument(name, otherwise, strip=False) or ""
        if len(text) > most:
            raise RefusalError(400, f"{name} has at most {most:,} characters.", name)
        return text

    def whole_argument(self, name: str, otherwise: int, *, least: int = 0, most: int = 2**63 - 1) -> int:
        """Return a query parameter as a whole number within limits."""
        text = self.get_query_argument(name, "")
        if not text:
            return otherwise
        if not re.fullmatch(r"-?[0-9]{1,19}", text) or not least <= int(text) <= most:
            raise RefusalError(400, f"{name} is a whole number from {least:,} to {most:,}.", name)
        return int(text)

    def choice_argument(self, name: str, choices: tuple[str, ...]) -> str:
        """Return a query parameter that is one of some words, the first of them where it is absent."""
        text = self.get_query_argument(name, choices[0])
        if text not in choices:
            raise RefusalError(400, f"{name} is one of {', '.join(map(repr, choices))}.", name)
        return text

    def flag_argument(self, name: str) -> bool:
        """Return a query parameter that is true or false, false where it is absent."""
        return self.choice_argument(name, ("false", "true")) == "true"

    def write_entity(self, entity: msgspec.Struct, status: int = 200) -> None:
        """Answer with an entity."""
        self.set_status(status)
        self.finish(encode(entity))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a `Problem`; what we did not expect is logged and not shown."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        status, problem = _problem(status_code, error)
        self.clear()
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(encode(problem))

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Log only what is a fault of ours: a refusal is an answer."""
        if not isinstance(error, MlopsError):
            super().log_exception(kind, error, trace)


def _problem(status: int, error: BaseException | None) -> tuple[int, Problem]:
    """Return how an error is told."""
    if isinstance(error, RefusalError):
        return error.status_code, error.problem
    if isinstance(error, HTTPError):
        return error.status_code, Problem(message=responses.get(error.status_code, "Refused"))
    for kind, known in _STATUS:
        if isinstance(error, kind):
            message = str(error) if isinstance(error, MlopsError) else f"{kind.__name__}: {error}"
            return known, Problem(message=message)
    return status, Problem(message=responses.get(status, "Error"))
