"""The notebook's face: `%%train` and `%runs`, and the names that a later cell waits for.

Runs in the kernel, on top of `services`. A magic parses its line into a frozen command, asks a service, and returns
an object that shows itself; `PendingNames` looks at every later cell. Nothing here computes, stores or starts
anything itself. Exports load when they are first used: the command line shows the same views without a shell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._comparison_views import CollectionView, DiffView, ReproductionView
    from ._deploy._views import EndpointsTable, EndpointView
    from ._extension import load_ipython_extension, unload_ipython_extension
    from ._models._view import ModelsTable, ModelView, VersionView
    from ._pending._shell import PendingNames
    from ._run_card import RunCard
    from ._run_details import RunDetails
    from ._runs_command import RunsCommand
    from ._runs_table import RunsTable
    from ._train_command import TrainCommand
    from ._view import View

__all__ = [
    "CollectionView",
    "DiffView",
    "ModelView",
    "ModelsTable",
    "EndpointView",
    "EndpointsTable",
    "PendingNames",
    "ReproductionView",
    "RunCard",
    "RunDetails",
    "RunsCommand",
    "RunsTable",
    "TrainCommand",
    "VersionView",
    "View",
    "load_ipython_extension",
    "unload_ipython_extension",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "CollectionView": "._comparison_views",
        "DiffView": "._comparison_views",
        "ModelView": "._models._view",
        "ModelsTable": "._models._view",
        "EndpointView": "._deploy._views",
        "EndpointsTable": "._deploy._views",
        "PendingNames": "._pending._shell",
        "ReproductionView": "._comparison_views",
        "RunCard": "._run_card",
        "RunDetails": "._run_details",
        "RunsCommand": "._runs_command",
        "RunsTable": "._runs_table",
        "TrainCommand": "._train_command",
        "VersionView": "._models._view",
        "View": "._view",
        "load_ipython_extension": "._extension",
        "unload_ipython_extension": "._extension",
    },
)
