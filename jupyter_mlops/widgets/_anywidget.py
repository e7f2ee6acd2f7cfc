"""A report as an anywidget: for front ends that show widgets and have no labextension, such as VS Code.

The widget's own messages are its way to the model: it asks "what if" as JupyterLab's view does over a comm.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from ..entities import ExplanationReport, FairnessReport, WhatIf
from ..exceptions import MissingExtraError, UsageError
from ._page import front_end, module_of, picture_of

if TYPE_CHECKING:
    from anywidget import AnyWidget

    from ..explanation import KeptRows

_NOBODY = WhatIf(channel="", least=(), most=(), whole=())
"""The view shows what could be changed, and that it needs the model for that."""


def report_widget(
    report: FairnessReport | ExplanationReport, model: Any = None, X: Any = None, y: Any = None
) -> AnyWidget:
    """Return a widget that draws a report with the module that JupyterLab draws with.

    Parameters
    ----------
    report : FairnessReport or ExplanationReport
        What is drawn.
    model : object, optional
        The model of an explanation that names rows: the widget asks it "what if", as long as this kernel lives and
        seven later widgets have not taken its place.
    X, y : object, optional
        What the model was explained on; labels may be left out.

    Raises
    ------
    MissingExtraError
        anywidget is not installed.
    UsageError
        The model cannot be asked: the report names no row of a table, or is about other rows than X.
    MlopsError
        This installation has no front end.

    Examples
    --------
    >>> report = mlops.explain(model, X_test, y_test, rows=(0, 17))
    >>> report_widget(report, model, X_test, y_test)
    """
    try:
        from anywidget import AnyWidget
        from traitlets import Unicode
    except ImportError as error:
        raise MissingExtraError(
            "Showing a report as a widget needs anywidget: pip install 'jupyter_mlops[widgets]'. JupyterLab shows "
            "reports without it."
        ) from error

    title, picture = picture_of(report)
    module, style = front_end(module_of(report)), front_end("reports.css")

    class ReportWidget(AnyWidget):
        """Draws the JSON of its trait `report`; where no widget is drawn, as by nbconvert, its still picture stands."""

        _esm = module
        _css = style
        report = Unicode().tag(sync=True)

        def __repr__(self) -> str:
            return title

        def _repr_mimebundle_(self, **kwargs: Any) -> Any:
            data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
            return {**data, "text/html": picture}, metadata

    widget = ReportWidget(report=_open(report, model, X, y).to_json())
    widget.on_msg(_answer)
    return widget


def _open(report: FairnessReport | ExplanationReport, model: Any, X: Any, y: Any) -> FairnessReport | ExplanationReport:
    """Return a report whose view asks the model about its rows, or says why it does not."""
    if isinstance(report, FairnessReport):
        if model is not None:
            raise UsageError("A fairness report asks no model. Give report_widget the report alone.")
        return report
    from ..explanation import asked_again, can_be_asked

    if model is not None:
        return msgspec.structs.replace(report, what_if=_kept_rows().keep(asked_again(model, X, y, report)))
    return msgspec.structs.replace(report, what_if=_NOBODY if can_be_asked(report) else None)


@cache
def _kept_rows() -> KeptRows:
    """Return what the widgets of this kernel may ask: a front end that forgets its widgets tells nobody."""
    from ..explanation import KeptRows

    return KeptRows()


def _answer(widget: AnyWidget, message: object, _buffers: object) -> None:
    widget.send(msgspec.to_builtins(_kept_rows().answer(message)))
