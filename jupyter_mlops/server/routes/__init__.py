"""The table of all routes below `<base_url>jupyter-mlops/`; `openapi.yaml` says the same, and a test compares."""

from __future__ import annotations

from tornado.web import RequestHandler

from ._artifacts import ArtifactContentHandler, ArtifactsHandler, DisplaysHandler
from ._endpoint_proxy import EndpointProxyHandler
from ._endpoints import (
    EndpointHandler,
    EndpointLogHandler,
    EndpointRollbackHandler,
    EndpointsHandler,
    EndpointStopHandler,
)
from ._live import LiveSocket
from ._log import LogHandler, LogSearchHandler
from ._metrics import MetricsHandler
from ._models import ModelHandler, ModelsHandler
from ._run import ComparisonsHandler, NotebookHandler, RunHandler, StopHandler
from ._runs import RunColumnsHandler, RunGroupsHandler, RunsCsvHandler, RunsHandler, RunTrendsHandler
from ._status import StatusHandler
from ._tensorboard_proxy import BoardProxyHandler, StockProxyHandler
from ._tensorboards import TensorBoardHandler, TensorBoardsHandler

__all__ = ["ROUTES"]

_ID = "([^/]+)"

ROUTES: tuple[tuple[str, type[RequestHandler]], ...] = (
    ("api/status", StatusHandler),
    ("api/live", LiveSocket),
    ("api/runs", RunsHandler),
    (r"api/runs\.csv", RunsCsvHandler),
    ("api/runs/groups", RunGroupsHandler),
    ("api/runs/columns", RunColumnsHandler),
    ("api/runs/trends", RunTrendsHandler),
    (f"api/runs/{_ID}", RunHandler),
    (f"api/runs/{_ID}/stop", StopHandler),
    (f"api/runs/{_ID}/log", LogHandler),
    (f"api/runs/{_ID}/log/search", LogSearchHandler),
    (f"api/runs/{_ID}/metrics", MetricsHandler),
    (f"api/runs/{_ID}/notebook", NotebookHandler),
    (f"api/runs/{_ID}/displays", DisplaysHandler),
    (f"api/runs/{_ID}/artifacts", ArtifactsHandler),
    (f"api/runs/{_ID}/artifacts/content", ArtifactContentHandler),
    ("api/comparisons", ComparisonsHandler),
    ("api/endpoints", EndpointsHandler),
    (f"api/endpoints/{_ID}", EndpointHandler),
    (f"api/endpoints/{_ID}/log", EndpointLogHandler),
    (f"api/endpoints/{_ID}/rollback", EndpointRollbackHandler),
    (f"api/endpoints/{_ID}/stop", EndpointStopHandler),
    ("api/models", ModelsHandler),
    (f"api/models/{_ID}", ModelHandler),
    ("api/tensorboards", TensorBoardsHandler),
    (f"api/tensorboards/{_ID}", TensorBoardHandler),
    (f"endpoints/{_ID}(/.*)", EndpointProxyHandler),
    (f"tensorboard/port/{_ID}(/.*)", StockProxyHandler),
    (f"tensorboard/{_ID}(/.*)", BoardProxyHandler),
)
"""Patterns below `<base_url>jupyter-mlops/`; the first that matches answers."""
