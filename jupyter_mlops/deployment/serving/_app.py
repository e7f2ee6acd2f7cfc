"""The table of paths that an endpoint answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tornado.web import Application, RequestHandler

from ._handlers import EndpointHandler, NotFoundHandler
from ._invocations import InvocationsHandler, PingHandler, VersionHandler
from ._openapi import document
from ._state import Serving
from ._v2 import InferHandler, LiveHandler, MetadataHandler, ModelReadyHandler, ReadyHandler, ServerHandler

_MODEL = "/v2/models/([^/]+)(?:/versions/([^/]+))?"


class MetricsHandler(EndpointHandler):
    """`/metrics`: for Prometheus."""

    def get(self) -> None:
        """Return all counts."""
        model = self.serving.model
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        facts = {"model": model.name, "version": model.version, "sha256": model.sha256}
        self.finish(self.serving.metrics.text(facts, self.serving.calls))


class OpenApiHandler(EndpointHandler):
    """`/openapi.json`: these paths, with the model's own columns."""

    def get(self) -> None:
        """Return the document."""
        self.answer(document(self.serving.model, self.serving.limits))


PATHS: tuple[tuple[str, type[EndpointHandler]], ...] = (
    (r"/invocations", InvocationsHandler),
    (f"{_MODEL}/infer", InferHandler),
    (r"/v2/?", ServerHandler),
    (r"/v2/health/live", LiveHandler),
    (r"/v2/health/ready", ReadyHandler),
    (_MODEL, MetadataHandler),
    (f"{_MODEL}/ready", ModelReadyHandler),
    (r"/ping", PingHandler),
    (r"/health", PingHandler),
    (r"/version", VersionHandler),
    (r"/openapi\.json", OpenApiHandler),
    (r"/metrics", MetricsHandler),
)
"""Patterns, those that are asked most first; the first that matches answers."""


def application(serving: Serving, more: Sequence[tuple[str, type[RequestHandler], dict[str, Any]]] = ()) -> Application:
    """Return the application of an endpoint.

    Parameters
    ----------
    serving : Serving
        What it answers with.
    more : sequence
        Further paths, which are tried first.
    """
    ours = [(pattern, handler, {"serving": serving}) for pattern, handler in PATHS]
    return Application(
        [*more, *ours],
        default_handler_class=NotFoundHandler,
        default_handler_args={"serving": serving},
        log_function=lambda _handler: None,  # who asks a thousand times a second wants no line for each
    )
