"""`%explain`: looks up what the line names, asks the service, and shows the report as data."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import UnknownReferenceError, UsageError
from ._elements import Element, element
from ._explain_command import ExplainCommand
from ._figures import number
from ._view import View, muted, table_element, text_table

if TYPE_CHECKING:
    from ..entities import ExplanationReport
    from ._session import NotebookSession

MIME_TYPE = "application/vnd.jupyter-mlops.explanation+json"
"""What the labextension draws: an `ExplanationReport`, pure data."""

_MOST_TERMS = 15


def explain(session: NotebookSession, line: str) -> ExplanationView:
    """Do what an `%explain` line asks for.

    Raises
    ------
    MlopsError
        The line is wrong, a name is not there, or model and data do not go together.
    """
    from ..explanation import SAMPLE, ExplanationWish
    from ..services import ExplainModel, explain_for

    command = ExplainCommand.parse(line)
    namespace = session.shell.user_ns
    data, target = _data(command, namespace)
    is_name = command.model.partition(".")[0] in namespace
    model = _value(command.model, namespace) if is_name else _run(session, command.model)
    wish = ExplanationWish(rows=command.rows, metric=command.metric, sample=command.sample or SAMPLE)
    report = explain_for(
        session.runs,
        ExplainModel(
            model=model,
            result=command.result,
            data=data,
            target=target,
            method=command.method,
            wish=wish,
            name=command.model if is_name else "",
        ),
    )
    if command.save:
        save(report, Path(command.save).expanduser())
    if command.output:
        session.bind({command.output: report})
    return ExplanationView(report, command.save)


def save(report: ExplanationReport, path: Path) -> None:
    """Write a report as JSON.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    from ..home import write_atomic

    try:
        write_atomic(path, report.to_json().encode() + b"\n")
    except OSError as error:
        raise UsageError(f"Cannot write {path}: {error.strerror}. Choose another place with --save.") from error


def _data(command: ExplainCommand, namespace: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return rows and labels; labels that are no name of the notebook are a column of the rows."""
    data: Any = _value(command.data, namespace) if command.data else None
    if not command.target:
        return data, None
    columns = getattr(data, "columns", None)
    if columns is not None and command.target not in namespace and command.target in columns:
        return data.drop(columns=command.target), data[command.target]
    return data, _value(command.target, namespace)


def _value(name: str, namespace: Mapping[str, Any]) -> Any:
    """Return what a name, with attributes perhaps, means in the notebook."""
    first, *attributes = name.split(".")
    if first not in namespace:
        raise UsageError(f"{first} is not defined here.{_meant(first, namespace)}")
    value = namespace[first]
    for attribute in attributes:
        if not hasattr(value, attribute):
            raise UsageError(f"{name}: {type(value).__name__} has no {attribute}.")
        value = getattr(value, attribute)
    return value


def _run(session: NotebookSession, reference: str) -> Any:
    try:
        return session.runs.find(reference)
    except UnknownReferenceError as error:
        if not reference.isidentifier():
            raise
        meant = _meant(reference, session.shell.user_ns)
        raise UsageError(f"{reference} is not defined here.{meant} {error}") from None


def _meant(name: str, namespace: Mapping[str, Any]) -> str:
    near = get_close_matches(name, [known for known in namespace if not known.startswith("_")], n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


class ExplanationView(View):
    """An explanation in a cell: the labextension draws the report, other front ends show its most important terms.

    Parameters
    ----------
    report : ExplanationReport
        The whole of it.
    saved : str
        File that it was written to; empty for none.
    """

    def __init__(self, report: ExplanationReport, saved: str = "") -> None:
        self.report = report
        self._saved = saved

    def __repr__(self) -> str:
        return "\n".join([self._head(), text_table(self._heads(), self._rows()), *self._told()])

    def element(self) -> Element:
        """Return what a front end without the labextension shows."""
        caption = f"Importance: {self.report.importance.measure}"
        table = table_element(self._heads(), self._rows(), caption)
        return element(
            "div",
            element("div", self._head()),
            element("div", muted(caption)),
            table,
            *(element("div", muted(told)) for told in self._told()),
        )

    def data(self) -> dict[str, Any]:
        """Return what the labextension draws, cut to what a page can hold."""
        import msgspec

        from ..explanation import cut_for_view

        return {MIME_TYPE: msgspec.to_builtins(cut_for_view(self.report))}

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
            [name, *(number(float(column[term])) for column in columns)]
            for term, name in enumerate(importance.names[:_MOST_TERMS])
        ]

    def _told(self) -> list[str]:
        report = self.report
        told = [f"Between low and high lies {report.importance.interval}."] if report.importance.interval else []
        rest = len(report.importance.names) - _MOST_TERMS
        told += [f"{rest} more terms are less important."] if rest > 0 else []
        told += ["Contains data: values of single rows are stored with this output."] if report.contains_data else []
        told += [f"Saved as {self._saved}."] if self._saved else []
        return [*told, *report.notes]
