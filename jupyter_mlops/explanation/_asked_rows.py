"""What-if: chosen rows with their model, which can be changed value by value and asked again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..entities import ExplanationReport, Figure, LocalExplanations, WhatIf, WhatIfAnswer, WhatIfQuestion, figure
from ..exceptions import MlopsError, UsageError
from ._asking import asking
from ._columns import categories_of, is_number
from ._discovery import load_explainer
from ._dummies import as_asked
from ._fingerprint import fingerprint_of
from ._matching import matched
from ._permutation import local_rows
from ._protocol import RowExplainer
from ._response import inspected
from ._subject import Subject

if TYPE_CHECKING:
    import pandas as pd

_MISSING = ("", "NaN", "nan")


@dataclass(frozen=True, kw_only=True)
class AskedRows:
    """Rows of an explanation that can be asked again. Holds these rows and the model, nothing else of the data.

    Parameters
    ----------
    subject : Subject
        The model with these rows only.
    rows : tuple of int
        Their numbers in the data that was explained.
    choices : tuple of dict
        Of each column that holds no numbers, values by their text.
    ranges : WhatIf
        What a view needs to ask; its channel is for who listens to give.
    tell : callable
        Return what the method of the explanation says of a subject with one row.
    """

    subject: Subject
    rows: tuple[int, ...]
    choices: tuple[dict[str, Any], ...]
    ranges: WhatIf
    tell: Callable[[Subject], LocalExplanations]

    def answer(self, question: WhatIfQuestion) -> WhatIfAnswer:
        """Return what the model says of a row with some values changed; what is wrong with them is the answer's."""
        try:
            told = self.tell(self._changed(question))
        except MlopsError as error:
            return WhatIfAnswer(request=question.request, problem=str(error))
        except KeyboardInterrupt:
            return WhatIfAnswer(request=question.request, problem="Interrupted. Change a value to ask again.")
        contributions = told.contributions[0] if told.contributions else ()
        return WhatIfAnswer(request=question.request, predicted=told.predicted[0], contributions=contributions)

    def _changed(self, question: WhatIfQuestion) -> Subject:
        if question.row not in self.rows:
            raise UsageError(f"Row {question.row} is none of the rows that were explained.")
        one = self.subject.chosen((self.rows.index(question.row),))
        for number, value in question.changes.items():
            if not number.isdecimal() or int(number) >= len(one.names):
                raise UsageError(f"There is no column {number[:20]}.")
            one = _with_value(one, int(number), self._value(int(number), value))
        return one

    def _value(self, index: int, value: Figure | None) -> Any:
        if value is None or value in _MISSING:
            return None
        column, name = self.subject.column(index), self.subject.names[index]
        if not is_number(column):
            if _is_closed(column) and str(value) not in self.choices[index]:
                raise UsageError(f"{name}: {str(value)[:60]!r} is none of its values.")
            return self.choices[index].get(str(value), value)
        try:
            return float(value)
        except ValueError:
            raise UsageError(f"{name}: {str(value)[:60]!r} is no number.") from None


def can_be_asked(report: ExplanationReport) -> bool:
    """Return whether a report has rows of which single values can be changed: not of texts nor images."""
    return report.local is not None and not (report.texts or report.images)


def asked_rows(model: Any, data: Any, target: Any, report: ExplanationReport) -> AskedRows:
    """Return the rows that a report names with what it takes to ask them again.

    Parameters
    ----------
    model, data, target : object
        What the report was just made of.
    report : ExplanationReport
        What was said of it.

    Raises
    ------
    UsageError
        The report names no rows of a table, or model and data do not go together.
    """
    return _opened(matched(model, data, target), report)


def asked_again(model: Any, data: Any, target: Any, report: ExplanationReport) -> AskedRows:
    """Do as `asked_rows` does for an earlier report; raise `UsageError` also where the data are not those of then."""
    subject = matched(model, data, target)
    if subject.data is not None and fingerprint_of(subject.data) != report.fingerprint:
        raise UsageError("The report is about other rows than these. Give the data that it was made with.")
    return _opened(subject, report)


def _opened(subject: Subject, report: ExplanationReport) -> AskedRows:
    if report.local is None or not can_be_asked(report):
        raise UsageError("The report names no rows of a table to ask about. Explain again, with rows such as 0,1.")
    subject.require_data("What-if")
    subject = as_asked(load_explainer(report.method), subject)
    columns, rows = [subject.column(index) for index in range(len(subject.names))], report.local.rows
    return AskedRows(
        subject=subject.chosen(rows),
        rows=rows,
        choices=tuple(_choices(column, rows) for column in columns),
        ranges=_ranges(columns),
        tell=_teller(subject, report),
    )


def _teller(subject: Subject, report: ExplanationReport) -> Callable[[Subject], LocalExplanations]:
    explainer = load_explainer(report.method)
    if isinstance(explainer, RowExplainer):
        names = report.importance.names
        return lambda one: explainer.explain_rows(one, (0,), names)
    asked = inspected(subject)

    def tell(one: Subject) -> LocalExplanations:
        told = local_rows(one, asked, (0,))
        assert told is not None  # a row is named
        return told

    return tell


def _is_closed(column: pd.Series) -> bool:
    """Whether a column takes no value but those it has a type for."""
    import pandas as pd
    from pandas.api.types import is_bool_dtype

    return isinstance(column.dtype, pd.CategoricalDtype) or bool(is_bool_dtype(column.dtype))


def _choices(column: pd.Series, rows: tuple[int, ...]) -> dict[str, Any]:
    if is_number(column):
        return {}
    return {str(value): value for value in [*column.iloc[list(rows)], *categories_of(column)]}


def _ranges(columns: list[pd.Series]) -> WhatIf:
    found = [_range(column) for column in columns]
    return WhatIf(
        channel="",
        least=tuple(least for least, _, _ in found),
        most=tuple(most for _, most, _ in found),
        whole=tuple(whole for _, _, whole in found),
    )


def _range(column: pd.Series) -> tuple[Figure, Figure, bool]:
    import numpy as np

    if not is_number(column):
        return 0.0, 0.0, False
    values = column.to_numpy(dtype=float, na_value=np.nan)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 0.0, False
    return figure(float(values.min())), figure(float(values.max())), bool((values == np.round(values)).all())


def _with_value(one: Subject, index: int, value: Any) -> Subject:
    """Return a subject of one row with another value in a column, in the type that the column has, if it can be."""
    import numpy as np
    import pandas as pd

    with asking(one):
        if not hasattr(one.data, "iloc"):
            data = np.array(one.data, dtype=float if one.data.dtype.kind in "iuf" else object)
            data[0, index] = np.nan if value is None else value
            return replace(one, data=data)
        column = one.column(index)
        made = pd.Series([value], index=column.index, name=column.name)
        if not _would_be_cut(value, column):
            made = made.astype(column.dtype)
        frame = one.data.copy()
        frame.isetitem(index, made)
        return replace(one, data=frame)


def _would_be_cut(value: Any, column: pd.Series) -> bool:
    """Whether a column of whole numbers cannot hold a value."""
    if not is_number(column) or column.dtype.kind not in "iu":
        return False
    return value is None or not float(value).is_integer()
