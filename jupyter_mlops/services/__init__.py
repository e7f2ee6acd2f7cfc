"""The use cases around runs: what magics, command line, scripts and the server ask for, and get as named types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ..tracking import log
    from ._artifacts import open_artifact, preview_of
    from ._bundles import bundle_of, exported
    from ._catalog._catalog import CatalogChanges, RunCatalog
    from ._catalog._curves import LEAST_POINTS, MOST_POINTS
    from ._catalog._selection import RunSelection
    from ._catalog._trends import MOST_ASKED
    from ._commands import SubmitRun, TravelReport
    from ._comparison import MOST_COMPARED
    from ._csv import csv_head, csv_rows, parse_columns
    from ._default import current_service, service_of, use_service
    from ._diff import Change, RunDiff
    from ._displays import Display, DisplayPage
    from ._endpoints._check import check_endpoint
    from ._endpoints._endpoints import LOCAL, Endpoints, LocalEndpoint, deploy, deploy_local, endpoints
    from ._endpoints._homes import EndpointsOfHomes
    from ._endpoints._rows import Said, asked, body_of
    from ._endpoints._supervisor import EndpointSupervisor
    from ._explorer import RunExplorer
    from ._export_onnx import export_for, export_onnx
    from ._homes import Homes
    from ._listing import OtherRun, RunPage, find_other
    from ._log import LogChunk, LogGap, LogPart, RunLog
    from ._log_search import LogMatches
    from ._matching import RunFacts
    from ._models._addresses import export_at, is_model_address
    from ._models._api import Models, models
    from ._models._calls import Loading
    from ._models._explorer import ModelExplorer
    from ._models._lineage import ModelLineage
    from ._models._references import is_whole_model
    from ._models._service import ModelService
    from ._names import clean_name, clean_text
    from ._notebook import NotebookPath
    from ._packages import package, package_for
    from ._query import parse_query
    from ._reports._columns import named_columns
    from ._reports._explanation import (
        ExplainModel,
        explain,
        explain_for,
        keep_explanation,
        model_of,
        named_model_of,
        with_model,
    )
    from ._reports._fairness import assess_for, fairness
    from ._reports._mitigation import Mitigation, mitigation_cell
    from ._reproduction import Agreement, Reproduction
    from ._run import Run
    from ._runs import Runs, runs
    from ._scoring import score_file, score_for
    from ._service import RunService
    from ._stored_runs import StoredRuns
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
    "MOST_ASKED",
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
    "StoredRuns",
    "RunFacts",
    "RunLog",
    "OtherRun",
    "RunPage",
    "find_other",
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
    "named_model_of",
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
        "ExplainModel": "._reports._explanation",
        "explain": "._reports._explanation",
        "explain_for": "._reports._explanation",
        "export_at": "._models._addresses",
        "export_for": "._export_onnx",
        "Loading": "._models._calls",
        "export_onnx": "._export_onnx",
        "is_model_address": "._models._addresses",
        "keep_explanation": "._reports._explanation",
        "model_of": "._reports._explanation",
        "named_model_of": "._reports._explanation",
        "with_model": "._reports._explanation",
        "parse_columns": "._csv",
        "csv_rows": "._csv",
        "csv_head": "._csv",
        "NotebookPath": "._notebook",
        "LEAST_POINTS": "._catalog._curves",
        "MOST_ASKED": "._catalog._trends",
        "MOST_COMPARED": "._comparison",
        "MOST_POINTS": "._catalog._curves",
        "preview_of": "._artifacts",
        "open_artifact": "._artifacts",
        "Agreement": "._reproduction",
        "CatalogChanges": "._catalog._catalog",
        "Change": "._diff",
        "Display": "._displays",
        "EndpointSupervisor": "._endpoints._supervisor",
        "Endpoints": "._endpoints._endpoints",
        "EndpointsOfHomes": "._endpoints._homes",
        "LOCAL": "._endpoints._endpoints",
        "LocalEndpoint": "._endpoints._endpoints",
        "Said": "._endpoints._rows",
        "asked": "._endpoints._rows",
        "check_endpoint": "._endpoints._check",
        "body_of": "._endpoints._rows",
        "deploy": "._endpoints._endpoints",
        "deploy_local": "._endpoints._endpoints",
        "endpoints": "._endpoints._endpoints",
        "Homes": "._homes",
        "LogChunk": "._log",
        "LogGap": "._log",
        "LogMatches": "._log_search",
        "LogPart": "._log",
        "Reproduction": "._reproduction",
        "Run": "._run",
        "RunCatalog": "._catalog._catalog",
        "RunDiff": "._diff",
        "RunExplorer": "._explorer",
        "StoredRuns": "._stored_runs",
        "RunFacts": "._matching",
        "RunLog": "._log",
        "OtherRun": "._listing",
        "RunPage": "._listing",
        "find_other": "._listing",
        "RunSelection": "._catalog._selection",
        "RunService": "._service",
        "Runs": "._runs",
        "SubmitRun": "._commands",
        "TensorBoardService": "._tensorboard",
        "TravelReport": "._commands",
        "assess_for": "._reports._fairness",
        "bundle_of": "._bundles",
        "exported": "._bundles",
        "is_whole_model": "._models._references",
        "clean_name": "._names",
        "fairness": "._reports._fairness",
        "Mitigation": "._reports._mitigation",
        "ModelExplorer": "._models._explorer",
        "ModelLineage": "._models._lineage",
        "ModelService": "._models._service",
        "Models": "._models._api",
        "models": "._models._api",
        "mitigation_cell": "._reports._mitigation",
        "named_columns": "._reports._columns",
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
