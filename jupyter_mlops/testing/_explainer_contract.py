"""What every method of explaining must do, as tests. Nothing in it knows how a method works, only what it promises."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest

from ..entities import ExplanationReport, figure_value
from ..explanation import Explainer, ExplanationWish, explain_model, matched


@dataclass(frozen=True)
class ExplainedModel:
    """A fitted model with data that a method must be able to explain.

    Parameters
    ----------
    model : object
        Fitted.
    data, target : object
        A frame of at least 20 rows, and their labels.
    signal : str
        A column that matters to the model.
    """

    model: Any
    data: Any
    target: Any
    signal: str


class ExplainerContract:
    """Inherit it, and override `explainer` and `explained`."""

    @pytest.fixture
    def explainer(self) -> Explainer:
        """The method under test; a subclass returns its own."""
        raise NotImplementedError

    @pytest.fixture
    def explained(self) -> ExplainedModel:
        """A model that the method suits; a subclass makes it."""
        raise NotImplementedError

    @pytest.fixture
    def report(self, explainer: Explainer, explained: ExplainedModel) -> ExplanationReport:
        """The explanation of that model."""
        return _explain(explainer, explained)

    def test_it_says_that_it_suits_the_model_and_why(self, explainer: Explainer, explained: ExplainedModel) -> None:
        """A reason stands after "because" in a sentence, so it has no full stop."""
        suitability = explainer.suits(matched(explained.model, explained.data, explained.target))

        assert suitability.preference > 0
        assert suitability.reason
        assert not suitability.reason.endswith(".")

    def test_the_column_that_matters_is_important(self, report: ExplanationReport, explained: ExplainedModel) -> None:
        """The most important term comes first: by size, or by value where less than nothing is noise."""
        scores = [figure_value(score) for score in report.importance.scores]

        assert scores in (sorted(scores, reverse=True), sorted(scores, key=abs, reverse=True))
        assert explained.signal in report.importance.names[:2]

    def test_everything_in_the_report_goes_together(self, report: ExplanationReport) -> None:
        """Arrays of one thing have one length; numbers of columns are those of the columns."""
        importance, columns = report.importance, range(len(report.features.names))

        assert len(importance.names) == len(importance.scores) == len(importance.features)
        assert len(importance.low) == len(importance.high) == (len(importance.names) if importance.interval else 0)
        assert all(feature in columns for term in importance.features for feature in term)
        assert len(report.features.kinds) == len(columns)
        for shape in report.shapes:
            points = len(shape.grid) - (shape.form == "steps")
            assert shape.feature in columns
            assert len(shape.values) == len(report.outputs)
            assert all(len(curve) == points for curve in (*shape.values, *shape.low, *shape.high))

    def test_the_report_survives_its_json(self, report: ExplanationReport) -> None:
        """NaN and infinities too."""
        assert ExplanationReport.from_json(report.to_json()) == report

    def test_the_same_question_has_the_same_answer(
        self, explainer: Explainer, explained: ExplainedModel, report: ExplanationReport
    ) -> None:
        """Whatever is drawn is drawn with the seed of the wish."""
        again = _explain(explainer, explained)

        assert (again.importance, again.shapes) == (report.importance, report.shapes)

    def test_without_rows_no_row_is_in_the_report(self, report: ExplanationReport) -> None:
        """Only who names rows stores rows."""
        assert not report.contains_data
        assert report.local is None
        assert all(shape.ice == () for shape in report.shapes)

    def test_chosen_rows_are_marked_as_data(self, explainer: Explainer, explained: ExplainedModel) -> None:
        """Their contributions, where the method has them, have one number a term."""
        report = _explain(explainer, explained, rows=(3, 0))

        assert report.contains_data
        assert report.local is not None
        assert report.local.rows == (3, 0)
        assert len(report.local.values) == len(report.local.predicted) == len(report.local.actual) == 2
        for row in report.local.contributions:
            assert len(row) == len(report.outputs)
            assert all(len(output) == len(report.importance.names) for output in row)

    def test_data_are_only_read(self, explainer: Explainer, explained: ExplainedModel) -> None:
        """What the user holds is afterwards what it was."""
        before = copy.deepcopy(explained.data)
        _explain(explainer, explained, rows=(0,))

        assert before.equals(explained.data)


def _explain(explainer: Explainer, explained: ExplainedModel, rows: tuple[int, ...] = ()) -> ExplanationReport:
    subject = (explained.model, explained.data, explained.target)
    return explain_model(*subject, method=explainer, wish=ExplanationWish(rows=rows))
