"""`%explain`: looks up what the line names, asks the service, and shows the report as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ..entities import figure_text
from ._explain_command import ExplainCommand
from ._named_values import is_name, model_or_run, value_named
from ._report_line import report_bundle, save_as
from ._view import text_table

if TYPE_CHECKING:
    from ..entities import ExplanationReport, WhatIf
    from ..services import ExplainModel
    from ._session import NotebookSession

MIME_TYPE = "application/vnd.jupyter-mlops.explanation+json"
"""What the labextension draws: an `ExplanationReport`, pure data."""

_MOST_TERMS = 15
_STOPPED = "Stopped; no report was made. A run that was waited for goes on."


def explain(session: NotebookSession, line: str) -> ExplanationView:
    """Do what an `%explain` line asks for.

    Raises
    ------
    MlopsError
        The line is wrong, a name is not there, or model and data do not go together.
    KeyboardInterrupt
        The user stopped it.
    """
    from ..explanation import SAMPLE, ExplanationWish, cut_for_view
    from ..services import ExplainModel, explain_for, with_model

    command = ExplainCommand.parse(line)
    namespace = session.shell.user_ns
    model = model_or_run(command.model, session)
    data, target = _data(command, namespace)
    with session.steps(_STOPPED) as steps:
        wish = ExplanationWish(
            rows=command.rows, metric=command.metric, sample=command.sample or SAMPLE, tell=steps.tell
        )
        wanted = with_model(
            ExplainModel(
                model=model,
                result=command.result,
                data=data,
                target=target,
                method=command.method,
                wish=wish,
                name=command.model if is_name(command.model, namespace) else "",
                run_id=session.pending.deliveries.origins.run_id(model),
            )
        )
        report = explain_for(session.runs, wanted)
    if command.save:
        save_as(command.save, report, cut_for_view(report))
    if command.output:
        session.bind({command.output: report})
    told = f"Saved as {command.save}." if command.save else ""
    return ExplanationView(report, told, _what_if(session, wanted, report) if command.rows else None)


def _what_if(session: NotebookSession, wanted: ExplainModel, report: ExplanationReport) -> WhatIf | None:
    """Return how the view asks about the rows that were named; None where nobody can ask."""
    from ..explanation import asked_rows, can_be_asked

    if not session.what_if.is_open or not can_be_asked(report):
        return None
    return session.what_if.kept.keep(asked_rows(wanted.model, wanted.data, wanted.target, report))


def _data(command: ExplainCommand, namespace: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return rows and labels; labels that are no name of the notebook are a column of the rows."""
    if not command.data and not command.target:
        return namespace.get("X_test"), namespace.get("y_test") if "X_test" in namespace else None
    data: Any = value_named(command.data, namespace) if command.data else None
    if not command.target:
        return data, None
    columns = getattr(data, "columns", None)
    if columns is not None and command.target not in namespace and command.target in columns:
        return data.drop(columns=command.target), data[command.target]
    return data, value_named(command.target, namespace)


class ExplanationView:
    """An explanation in a cell: the labextension draws it, other front ends show it still, as table and picture.

    Parameters
    ----------
    report : ExplanationReport
        The whole of it.
    told : str
        What else happened, in a sentence: the file that was written.
    what_if : WhatIf, optional
        How the view asks about its rows: only what is shown has it, for it ends with the kernel.
    """

    def __init__(self, report: ExplanationReport, told: str = "", what_if: WhatIf | None = None) -> None:
        self.report = report
        self._told = told
        self._what_if = what_if

    def __repr__(self) -> str:
        # Of images nothing is said but of each.
        table = [text_table(self._heads(), self._rows())] if self.report.importance.names else []
        return "\n".join([self._head(), *table, *self._lines()])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - so asked
        """Return what Jupyter shows (IPython's protocol), cut to what a page can hold."""
        from ..explanation import cut_for_view
        from ..widgets import explanation_html

        view = msgspec.structs.replace(cut_for_view(self.report), what_if=self._what_if)
        return report_bundle(repr(self), explanation_html(view), MIME_TYPE, view, self._told)

    def _head(self) -> str:
        report = self.report
        name = f"{report.model}: " if report.model else ""
        return f"{name}{report.method_title}, because {report.chosen_because}"

    def _heads(self) -> list[tuple[str, bool]]:
        interval = [("low", True), ("high", True)] if self.report.importance.interval else []
        return [("term", False), ("importance", True), *interval]

    def _rows(self) -> list[list[str]]:
        importance = self.report.importance
        columns = [importance.scores, *([importance.low, importance.high] if importance.interval else [])]
        return [
            [name, *(figure_text(column[term]) for column in columns)]
            for term, name in enumerate(importance.names[:_MOST_TERMS])
        ]

    def _lines(self) -> list[str]:
        report, importance = self.report, self.report.importance
        rest = len(importance.names) - _MOST_TERMS
        told = [f"{rest} more terms are in report.to_frame()."] if rest > 0 else []
        told += [f"Importance: {importance.measure}."] if importance.measure else []
        told += [f"Between low and high lies {importance.interval}."] if importance.interval else []
        told += ["Contains data: values of single rows are stored with this output."] if report.contains_data else []
        return [*told, *([self._told] if self._told else []), *report.notes]
