"""A fairness report in a cell: data for the labextension, tables and a picture for everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..entities import FairnessResult, FairnessSpread, estimate_text
from ._report_line import report_bundle
from ._view import text_table

if TYPE_CHECKING:
    from ..entities import FairnessReport

MIME_TYPE = "application/vnd.jupyter-mlops.fairness+json"
"""What the labextension draws: a `FairnessReport`, pure data."""


_MOST_LINES = 60


class FairnessView:
    """A fairness report in a cell: the labextension draws it, other front ends show it still, as table and picture.

    Parameters
    ----------
    report : FairnessReport
        The whole of it.
    told : str
        What else happened, in a sentence: the file that was written.
    """

    def __init__(self, report: FairnessReport, told: str = "") -> None:
        self.report = report
        self._told = told

    def __repr__(self) -> str:
        lines = self._lines()
        more = len(lines) - _MOST_LINES
        table = text_table(_heads(), lines[:_MOST_LINES])
        cut = [f"{more} more lines are in report.to_frame()."] if more > 0 else []
        return "\n".join([self._head(), table, *cut, *([self._told] if self._told else []), *self.report.notes])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - so asked
        """Return what Jupyter shows (IPython's protocol), cut to what a page can hold."""
        from ..assessment import cut_for_view
        from ..widgets import fairness_html

        view = cut_for_view(self.report)
        return report_bundle(repr(self), fairness_html(view), MIME_TYPE, view, self._told)

    def _head(self) -> str:
        report = self.report
        features = ", ".join(feature.name for feature in report.sensitive)
        within = f" within {', '.join(feature.name for feature in report.control)}" if report.control else ""
        models = ", ".join(model.name for model in report.models)
        return f"{models}: {report.task}, {report.rows:,} rows, by {features}{within}"

    def _lines(self) -> list[list[str]]:
        return [row for result in self.report.results for row in self._of(result)]

    def _of(self, result: FairnessResult) -> Iterator[list[str]]:
        """Yield one row a metric, and one a stratum where there are any."""
        report = self.report
        grouping = report.groupings[result.grouping]
        by = " and ".join(report.sensitive[feature].name for feature in grouping.features)
        for place, metric in enumerate(report.metrics):
            for stratum in range(len(result.difference.values[place])):
                within = f" ({report.stratum_name(stratum)})" if report.strata else ""
                spreads = (report.overall[result.model], result.minimum, result.maximum, result.difference)
                figures = [_shown(spread, place, stratum) for spread in spreads]
                yield [report.models[result.model].name, f"{by}{within}", metric.label, *figures]


def _heads() -> list[tuple[str, bool]]:
    words, figures = ("model", "by", "metric"), ("overall", "least", "most", "gap")
    return [*((word, False) for word in words), *((word, True) for word in figures)]


def _shown(spread: FairnessSpread, place: int, stratum: int) -> str:
    """Return a figure, with its interval where there is one."""
    tables = (spread.values, *((spread.low, spread.high) if spread.low else ()))
    return estimate_text(*(table[place][stratum] for table in tables))
