"""`%export_onnx`: looks up what the line names, asks the service, and shows what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..entities import held_out
from ..exceptions import UsageError
from ._export_onnx_command import ExportOnnxCommand
from ._named_values import model_or_run, value_named
from ._pending._waiting import interruptible
from ._report_line import report_bundle

if TYPE_CHECKING:
    from ..entities import OnnxReport
    from ._session import NotebookSession

MIME_TYPE = "application/vnd.jupyter-mlops.onnx+json"
"""What the labextension draws: an `OnnxCard`, pure data."""


def export_onnx(session: NotebookSession, line: str) -> OnnxView:
    """Do what an `%export_onnx` line asks for.

    Raises
    ------
    MlopsError
        The line is wrong, a name is not there, or the file would not be the same model.
    KeyboardInterrupt
        The user stopped it; nothing was written.
    """
    from ..services import is_model_address

    command = ExportOnnxCommand.parse(line)
    # An address is no name: the model is loaded elsewhere, and its run is known there.
    lies_elsewhere = is_model_address(command.model)
    model = None if lies_elsewhere else model_or_run(command.model, session)
    run_id = "" if lies_elsewhere else session.pending.deliveries.origins.run_id(model)
    rows = _rows(session, command)
    truth = value_named(command.target, session.shell.user_ns) if command.target else None
    try:
        with interruptible():
            report = _exported(session, command, model, run_id, rows, truth)
    except KeyboardInterrupt:  # the usual advice is about a run that is waited for
        raise KeyboardInterrupt("Stopped; no file was written.") from None
    return OnnxView(report, command.file)


def _exported(
    session: NotebookSession, command: ExportOnnxCommand, model: Any, run_id: str, X: Any, y: Any
) -> OnnxReport:
    """Export a model or a run's model; None for the one at the command's address."""
    from ..export import ExportWish
    from ..services import Loading, export_at, export_for

    wish = ExportWish(
        rtol=command.rtol,
        atol=command.atol,
        allow_mismatch=command.allow_mismatch,
        opset=command.opset,
        name=command.model,
        quantise=bool(command.quantise),
        run_id=run_id,
    )
    if model is None:
        return export_at(session.runs, command.model, X, command.file, wish, y, Loading(trusted=command.trust))
    return export_for(session.runs, model, X, command.file, wish, result=command.model, y=y)


class OnnxView:
    """A written model in a cell: the labextension draws its card, other front ends show HTML and text.

    Parameters
    ----------
    report : OnnxReport
        The whole of it.
    path : str
        The file, as the line names it.
    """

    def __init__(self, report: OnnxReport, path: str = "") -> None:
        self.report = report
        self._path = path or report.file

    def __repr__(self) -> str:
        from ..widgets import onnx_text

        return onnx_text(self.report, self._path)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - so asked
        """Return what Jupyter shows (IPython's protocol)."""
        from ..entities import OnnxCard
        from ..widgets import onnx_html, onnx_usage

        card = OnnxCard.of(self.report, self._path, onnx_usage(self.report, self._path))
        return report_bundle(repr(self), onnx_html(self.report, self._path), MIME_TYPE, card, "")


def _rows(session: NotebookSession, command: ExportOnnxCommand) -> Any:
    from ..export import rows_together

    namespace = session.shell.user_ns
    names = command.data or (held_out(namespace),)
    if not names[0]:
        raise UsageError("There are no rows to compare on. Name them with -X, as the model takes them.")
    values = [value_named(name, namespace) for name in names]
    return rows_together(values, names)
