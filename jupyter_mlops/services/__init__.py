"""The use cases around runs: what magics, command line, scripts and the server ask for, and get as named types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ..tracking import log
    from ._artifacts import open_artifact, preview_of
    from ._bundles import bundle_of, exported
    from ._catalog import CatalogChanges, RunCatalog
    from ._catalog_curves import LEAST_POINTS, MOST_POINTS
    from ._catalog_selection import RunSelection
    from ._commands import SubmitRun, TravelReport
    from ._comparison import MOST_COMPARED
    from ._csv import csv_head, csv_rows, parse_columns
    from ._default import current_service, service_of, use_service
    from ._diff import Change, RunDiff
    from ._displays import Display, DisplayPage
    from ._endpoint_homes import EndpointsOfHomes
    from ._endpoint_rows import Said, asked, body_of
    from ._endpoint_supervisor import EndpointSupervisor
    from ._endpoint_test import check_endpoint
    from ._endpoints import LOCAL, Endpoints, LocalEndpoint, deploy, deploy_local, endpoints
    from ._explanation import ExplainModel, explain, explain_for, keep_explanation, model_of, with_model
    from ._explorer import RunExplorer
    from ._export_onnx import export_for, export_onnx
    from ._fairness import assess_for, fairness
    from ._fairness_columns import named_columns
    from ._fairness_mitigation import Mitigation, mitigation_cell
    from ._homes import Homes
    from ._listing import RunPage
    from ._log import LogChunk, LogGap, LogPart, RunLog
    from ._log_search import LogMatches
    from ._matching import RunFacts
    from ._model_addresses import export_at, is_model_address
    from ._model_calls import Loading
    from ._models import ModelService
    from ._models_api import Models, models
    from ._models_explorer import ModelExplorer
    from ._models_lineage import ModelLineage
    from ._models_references import is_whole_model
    from ._names import clean_name, clean_text
    from ._notebook import NotebookPath
    from ._packages import package, package_for
    from ._query import parse_query
    from ._reproduction import Agreement, Reproduction
    from ._run import Run
    from ._runs import Runs, runs
    from ._scoring import score_file, score_for
    from ._service import RunService
    from ._tensorboard import TensorBoardService
    from ._train import train

__all__ = [
    "DisplayPage",
    "parse_columns",
    "csv_rows",
    "csv_head",
    "Mitigation",
    "ModelExplorer",
    "ModelLineage",
    "ModelService",
    "Models",
    "NotebookPath",
    "LEAST_POINTS",
    "MOST_COMPARED",
    "MOST_POINTS",
    "preview_of",
    "open_artifact",
    "Agreement",
    "CatalogChanges",
    "Change",
    "Display",
    "Endpoints",
    "EndpointSupervisor",
    "EndpointsOfHomes",
    "LOCAL",
    "Loading",
    "LocalEndpoint",
    "Said",
    "asked",
    "check_endpoint",
    "body_of",
    "deploy",
    "deploy_local",
    "endpoints",
    "ExplainModel",
    "Homes",
    "LogChunk",
    "LogGap",
    "LogMatches",
    "LogPart",
    "Reproduction",
    "Run",
    "RunCatalog",
    "RunDiff",
    "RunExplorer",
    "RunFacts",
    "RunLog",
    "RunPage",
    "RunSelection",
    "RunService",
    "Runs",
    "SubmitRun",
    "TensorBoardService",
    "TravelReport",
    "assess_for",
    "bundle_of",
    "clean_name",
    "clean_text",
    "current_service",
    "fairness",
    "mitigation_cell",
    "named_columns",
    "is_whole_model",
    "exported",
    "explain",
    "explain_for",
    "export_at",
    "export_for",
    "export_onnx",
    "is_model_address",
    "keep_explanation",
    "log",
    "model_of",
    "models",
    "package",
    "package_for",
    "parse_query",
    "runs",
    "score_file",
    "score_for",
    "service_of",
    "train",
    "use_service",
    "with_model",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "DisplayPage": "._displays",
        "ExplainModel": "._explanation",
        "explain": "._explanation",
        "explain_for": "._explanation",
        "export_at": "._model_addresses",
        "export_for": "._export_onnx",
        "Loading": "._model_calls",
        "export_onnx": "._export_onnx",
        "is_model_address": "._model_addresses",
        "keep_explanation": "._explanation",
        "model_of": "._explanation",
        "with_model": "._explanation",
        "parse_columns": "._csv",
        "csv_rows": "._csv",
        "csv_head": "._csv",
        "NotebookPath": "._notebook",
        "LEAST_POINTS": "._catalog_curves",
        "MOST_COMPARED": "._comparison",
        "MOST_POINTS": "._catalog_curves",
        "preview_of": "._artifacts",
        "open_artifact": "._artifacts",
        "Agreement": "._reproduction",
        "CatalogChanges": "._catalog",
        "Change": "._diff",
        "Display": "._displays",
        "EndpointSupervisor": "._endpoint_supervisor",
        "Endpoints": "._endpoints",
        "EndpointsOfHomes": "._endpoint_homes",
        "LOCAL": "._endpoints",
        "LocalEndpoint": "._endpoints",
        "Said": "._endpoint_rows",
        "asked": "._endpoint_rows",
        "check_endpoint": "._endpoint_test",
        "body_of": "._endpoint_rows",
        "deploy": "._endpoints",
        "deploy_local": "._endpoints",
        "endpoints": "._endpoints",
        "Homes": "._homes",
        "LogChunk": "._log",
        "LogGap": "._log",
        "LogMatches": "._log_search",
        "LogPart": "._log",
        "Reproduction": "._reproduction",
        "Run": "._run",
        "RunCatalog": "._catalog",
        "RunDiff": "._diff",
        "RunExplorer": "._explorer",
        "RunFacts": "._matching",
        "RunLog": "._log",
        "RunPage": "._listing",
        "RunSelection": "._catalog_selection",
        "RunService": "._service",
        "Runs": "._runs",
        "SubmitRun": "._commands",
        "TensorBoardService": "._tensorboard",
        "TravelReport": "._commands",
        "assess_for": "._fairness",
        "bundle_of": "._bundles",
        "exported": "._bundles",
        "is_whole_model": "._models_references",
        "clean_name": "._names",
        "fairness": "._fairness",
        "Mitigation": "._fairness_mitigation",
        "ModelExplorer": "._models_explorer",
        "ModelLineage": "._models_lineage",
        "ModelService": "._models",
        "Models": "._models_api",
        "models": "._models_api",
        "mitigation_cell": "._fairness_mitigation",
        "named_columns": "._fairness_columns",
        "clean_text": "._names",
        "current_service": "._default",
        "log": "..tracking",
        "package": "._packages",
        "package_for": "._packages",
        "parse_query": "._query",
        "runs": "._runs",
        "score_file": "._scoring",
        "score_for": "._scoring",
        "service_of": "._default",
        "train": "._train",
        "use_service": "._default",
    },
)
