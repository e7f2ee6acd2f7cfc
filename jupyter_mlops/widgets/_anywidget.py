"""A report as an anywidget: for front ends that show widgets and have no labextension, such as VS Code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..entities import ExplanationReport, FairnessReport
from ..exceptions import MissingExtraError
from ._page import front_end, module_of

if TYPE_CHECKING:
    from anywidget import AnyWidget


def report_widget(report: FairnessReport | ExplanationReport) -> AnyWidget:
    """Return a widget that draws a report with the module that JupyterLab draws with.

    Raises
    ------
    MissingExtraError
        anywidget is not installed.
    MlopsError
        This installation has no front end.
    """
    try:
        from anywidget import AnyWidget
        from traitlets import Unicode
    except ImportError as error:
        raise MissingExtraError(
            "Showing a report as a widget needs anywidget: pip install 'jupyter_mlops[widgets]'. JupyterLab shows "
            "reports without it."
        ) from error

    module, style = front_end(module_of(report)), front_end("reports.css")

    class ReportWidget(AnyWidget):
        """Draws the JSON of its trait `report`."""

        _esm = module
        _css = style
        report = Unicode().tag(sync=True)

    return ReportWidget(report=report.to_json())
