"""Where runs are remembered: the spool that a run logs to, and the keeper that ships it to the tracking store.

Inside a run (executor): `install`, `log` and the spooling store. In the background, one process for each home: the
keeper. For those who show runs: `read_metrics` and its like, which never ask a store. Exports load when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._active_experiment import active_experiment
    from ._catalog._columns import Mask, NumberColumn, TextColumn, flags_of, mask_of
    from ._catalog._curve import Curve, CurvePoint
    from ._catalog._curves import RunCurves, SpoolCurves, SqliteCurves
    from ._catalog._file import CatalogFile, SavedRun
    from ._catalog._orders import RunOrders
    from ._catalog._rest_curves import RestCurves
    from ._catalog._rest_trends import ask_trends
    from ._catalog._rows import StoreChanges
    from ._catalog._sqlite import SqliteStore
    from ._catalog._stored_curves import stored_curves
    from ._catalog._table import RunTable, decode_body
    from ._catalog._trends import read_trends
    from ._entry import open_spooling_store
    from ._foreign._foreign import RUN_TAG, ForeignRun, ForeignRuns, foreign_runs, stored_tags
    from ._foreign._writer import StoreChange, StoreWriter
    from ._import_hook import when_imported
    from ._keeper_start import start_keeper
    from ._keeper_status import has_unshipped_runs, restore_store, store_problem
    from ._logbook import RunLogbook
    from ._reading import (
        ChildRun,
        MetricPoint,
        last_values,
        lost_points,
        read_children,
        read_metrics,
        read_params,
        read_tags,
    )
    from ._record import RunRecord, RunRecords
    from ._registry._calls import call_registry
    from ._registry._registered import RegistryAddress, model_id_of, registered_models
    from ._registry._rows import ONNX_TAG
    from ._session import TrackingSession, current_session, install, log
    from ._shipped import ShippedRun, logged_model, shipped_run
    from ._spool._reading import Point
    from ._spool._spool import MetricSpool
    from ._tail import MetricBatch, MetricTail
    from ._uris import absolute_uri, home_store_uri, sqlite_path, without_credentials
    from ._values import check_key

__all__ = [
    "CatalogFile",
    "Curve",
    "CurvePoint",
    "RestCurves",
    "RunCurves",
    "SpoolCurves",
    "SqliteCurves",
    "SavedRun",
    "decode_body",
    "ONNX_TAG",
    "RUN_TAG",
    "ChildRun",
    "ForeignRun",
    "ForeignRuns",
    "Mask",
    "MetricBatch",
    "MetricPoint",
    "MetricSpool",
    "NumberColumn",
    "RunOrders",
    "RunTable",
    "SqliteStore",
    "StoreChange",
    "StoreChanges",
    "StoreWriter",
    "TextColumn",
    "MetricTail",
    "RunLogbook",
    "Point",
    "RegistryAddress",
    "RunRecord",
    "RunRecords",
    "ShippedRun",
    "TrackingSession",
    "absolute_uri",
    "active_experiment",
    "ask_trends",
    "call_registry",
    "check_key",
    "current_session",
    "flags_of",
    "foreign_runs",
    "has_unshipped_runs",
    "home_store_uri",
    "install",
    "last_values",
    "log",
    "logged_model",
    "mask_of",
    "model_id_of",
    "lost_points",
    "open_spooling_store",
    "read_children",
    "read_metrics",
    "read_params",
    "read_tags",
    "read_trends",
    "registered_models",
    "restore_store",
    "shipped_run",
    "sqlite_path",
    "start_keeper",
    "stored_curves",
    "stored_tags",
    "store_problem",
    "when_imported",
    "without_credentials",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "CatalogFile": "._catalog._file",
        "Curve": "._catalog._curve",
        "CurvePoint": "._catalog._curve",
        "RestCurves": "._catalog._rest_curves",
        "RunCurves": "._catalog._curves",
        "SpoolCurves": "._catalog._curves",
        "SqliteCurves": "._catalog._curves",
        "SavedRun": "._catalog._file",
        "decode_body": "._catalog._table",
        "ChildRun": "._reading",
        "ForeignRun": "._foreign._foreign",
        "ForeignRuns": "._foreign._foreign",
        "Mask": "._catalog._columns",
        "MetricPoint": "._reading",
        "MetricSpool": "._spool._spool",
        "ONNX_TAG": "._registry._rows",
        "NumberColumn": "._catalog._columns",
        "RunOrders": "._catalog._orders",
        "RUN_TAG": "._foreign._foreign",
        "RunTable": "._catalog._table",
        "SqliteStore": "._catalog._sqlite",
        "StoreChange": "._foreign._writer",
        "StoreWriter": "._foreign._writer",
        "StoreChanges": "._catalog._rows",
        "TextColumn": "._catalog._columns",
        "MetricBatch": "._tail",
        "MetricTail": "._tail",
        "Point": "._spool._reading",
        "RegistryAddress": "._registry._registered",
        "RunRecord": "._record",
        "RunRecords": "._record",
        "RunLogbook": "._logbook",
        "ShippedRun": "._shipped",
        "TrackingSession": "._session",
        "absolute_uri": "._uris",
        "active_experiment": "._active_experiment",
        "ask_trends": "._catalog._rest_trends",
        "call_registry": "._registry._calls",
        "check_key": "._values",
        "current_session": "._session",
        "flags_of": "._catalog._columns",
        "foreign_runs": "._foreign._foreign",
        "has_unshipped_runs": "._keeper_status",
        "home_store_uri": "._uris",
        "install": "._session",
        "last_values": "._reading",
        "log": "._session",
        "logged_model": "._shipped",
        "lost_points": "._reading",
        "mask_of": "._catalog._columns",
        "model_id_of": "._registry._registered",
        "open_spooling_store": "._entry",
        "read_children": "._reading",
        "read_metrics": "._reading",
        "read_params": "._reading",
        "read_tags": "._reading",
        "read_trends": "._catalog._trends",
        "registered_models": "._registry._registered",
        "restore_store": "._keeper_status",
        "shipped_run": "._shipped",
        "sqlite_path": "._uris",
        "start_keeper": "._keeper_start",
        "stored_curves": "._catalog._stored_curves",
        "stored_tags": "._foreign._foreign",
        "store_problem": "._keeper_status",
        "when_imported": "._import_hook",
        "without_credentials": "._uris",
    },
)
