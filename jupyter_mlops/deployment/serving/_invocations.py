"""`/invocations`, `/ping` and `/version`: the paths of MLflow's scoring server, with rows by column names."""

from __future__ import annotations

from typing import Any

from ._errors import RequestError
from ._feeds import feeds_of
from ._frames import Frame, Nested, parsed, parsed_csv, typed
from ._handlers import EndpointHandler
from ._inference import parse_json, plain

_CODES = {400: "BAD_REQUEST", 401: "UNAUTHENTICATED", 404: "RESOURCE_DOES_NOT_EXIST", 413: "REQUEST_LIMIT_EXCEEDED"}


class PingHandler(EndpointHandler):
    """`/ping` and `/health`: whether there is a model."""

    def get(self) -> None:
        """Answer."""
        self.finish("\n")


class VersionHandler(EndpointHandler):
    """`/version`: in MLflow, its own; here, the model's."""

    def get(self) -> None:
        """Return the version that answers."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(self.serving.model.version)


class InvocationsHandler(EndpointHandler):
    """`/invocations`."""

    kind = "invocations"

    async def post(self) -> None:
        """Return what the model says of rows: `predictions` is its first output, `outputs` has the others by name."""
        body = self.body()
        batcher = self.serving.batcher
        signature = batcher.model.signature
        feeds = feeds_of(self._content(body), signature, self.serving.limits.rows)
        found = await batcher.run(feeds, is_alone=self.is_alone)
        self.rows = feeds.rows
        first, *others = signature.outputs
        said: dict[str, Any] = {"predictions": plain(found[first.name])}
        if others:
            said["outputs"] = {tensor.name: plain(found[tensor.name]) for tensor in others}
        self.answer(said)

    def _content(self, body: bytes) -> Frame | Nested:
        signature = self.serving.model.signature
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            return parsed(parse_json(body), signature)
        if kind == "text/csv":
            try:
                return typed(parsed_csv(body.decode("utf-8-sig")), signature)
            except UnicodeDecodeError:
                raise RequestError("The CSV is not UTF-8.") from None
        raise RequestError("Send Content-Type: application/json, or text/csv.", 415)

    def problem(self, status: int, message: str) -> dict[str, Any]:
        """Return the body of a refusal, as MLflow has it."""
        return {
            "error_code": _CODES.get(status, "INTERNAL_ERROR" if status >= 500 else "BAD_REQUEST"),
            "message": message,
        }
