"""How a notebook shows values whose types, of the layers below, know no notebook: runs and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._run_line import RunLine

if TYPE_CHECKING:
    from ..entities import ExplanationReport, FairnessReport, OnnxReport
    from ..services import Reproduction, RunDiff, RunPage, Runs
    from ._comparison_views import DiffView, ReproductionView
    from ._explain import ExplanationView
    from ._export_onnx import OnnxView
    from ._fairness_view import FairnessView
    from ._runs_table import RunsTable


def _explanation(report: ExplanationReport) -> ExplanationView:
    from ._explain import ExplanationView

    return ExplanationView(report)


def _fairness(report: FairnessReport) -> FairnessView:
    from ._fairness_view import FairnessView

    return FairnessView(report)


def _exported(report: OnnxReport) -> OnnxView:
    from ._export_onnx import OnnxView

    return OnnxView(report)


def _runs(runs: Runs) -> RunsTable:
    from ._runs_table import RunsTable

    return RunsTable.of(runs.service.list(), "")


def _page(page: RunPage) -> RunsTable:
    from ._runs_table import RunsTable

    return RunsTable.of(page, "", more="narrow the query, or raise the limit")


def _diff(diff: RunDiff) -> DiffView:
    from ._comparison_views import DiffView

    return DiffView(diff)


def _reproduction(found: Reproduction) -> ReproductionView:
    from ._comparison_views import ReproductionView

    return ReproductionView(found)


_VIEWS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("jupyter_mlops.services._run", "Run"): RunLine.of,
    ("jupyter_mlops.services._runs", "Runs"): _runs,
    ("jupyter_mlops.services._listing", "RunPage"): _page,
    ("jupyter_mlops.services._diff", "RunDiff"): _diff,
    ("jupyter_mlops.services._reproduction", "Reproduction"): _reproduction,
    ("jupyter_mlops.entities._explanation", "ExplanationReport"): _explanation,
    ("jupyter_mlops.entities._fairness", "FairnessReport"): _fairness,
    ("jupyter_mlops.entities._onnx", "OnnxReport"): _exported,
}
"""By module and name, so that nothing is imported before there is something to show."""


class ShownValues:
    """Tells a shell how to show them.

    Parameters
    ----------
    formatter : MimeBundleFormatter
        The shell's.
    """

    def __init__(self, formatter: Any) -> None:
        self._formatter = formatter

    def register(self) -> None:
        """Begin to show them."""
        for kind, view_of in _VIEWS.items():
            self._formatter.for_type_by_name(*kind, lambda value, view_of=view_of: view_of(value)._repr_mimebundle_())

    def unregister(self) -> None:
        """Leave them to Python's `repr`."""
        for kind in _VIEWS:
            self._formatter.pop(".".join(kind), None)
