"""Estimators: models with `predict` or `transform` that take a table, of scikit-learn and of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..exceptions import ExportError, UsageError
from ._close_calls import close_calls
from ._edge_rows import edge_rows
from ._inputs import InputTensor, feeds_of, inputs_of
from ._overflow import overflowing
from ._quiet import answer_or_error, quiet
from ._table import Table

if TYPE_CHECKING:
    from ._protocol import Variant

    Array = np.ndarray[Any, Any]

METHODS = ("predict", "predict_proba", "decision_function", "transform", "score_samples")
"""What an output of a file can be the answer to, in the order in which it is sought: PCA has the last two."""


class Estimator:
    """A fitted estimator, asked method by method.

    Parameters
    ----------
    model : object
        With some of `METHODS`.
    only : tuple of str
        Methods to ask.
    """

    part = "estimator"
    is_followed = False

    def __init__(self, model: Any, only: tuple[str, ...] = METHODS) -> None:
        self.model = model
        self._only = only

    @property
    def has_labels(self) -> bool:
        """Whether it is a classifier, or finds clusters or outliers."""
        from sklearn.base import is_classifier, is_clusterer, is_outlier_detector

        kinds = (is_classifier, is_clusterer, is_outlier_detector)
        return "predict" in self._only and hasattr(self.model, "predict") and any(kind(self.model) for kind in kinds)

    def rows(self, X: Any) -> Table:
        """Return rows as a table.

        Raises
        ------
        UsageError
            They are none.
        """
        return Table.of(X)

    def edge_rows(self, real: Table) -> Table:
        """Return rows that differ from real ones in one column, and in all of a kind; and the closest calls."""
        return Table.joined([edge_rows(self.model, real), *close_calls(self, real)])

    def other_lengths(self, real: Table) -> tuple[Table, ...]:  # noqa: ARG002  a table has none
        """Return no rows."""
        return ()

    @property
    def telling(self) -> str | None:
        """The method whose figures tell how near a row is to another answer; None where none does."""
        decisive = ("predict_proba", "decision_function", "transform") if self.has_labels else ("predict", "transform")
        return next((name for name in decisive if name in self._only and hasattr(self.model, name)), None)

    def methods(self, real: Table) -> tuple[str, ...]:
        """Return the first method and those others that answer rows which it answers: some are there, and cannot.

        Raises
        ------
        UsageError
            There is none.
        """
        from ._original import ask

        known = tuple(name for name in METHODS if name in self._only and hasattr(self.model, name))
        if not known:
            raise UsageError(f"{type(self.model).__name__} neither predicts nor transforms: nothing could be compared.")
        answers = ask(self, real, known[:1])
        if not answers.answered.any():
            return known[:1]
        accepted = real.take(answers.answered)
        return known[:1] + tuple(name for name in known[1:] if self._answers(name, accepted))

    def _answers(self, method: str, rows: Table) -> bool:
        """Tell whether it not only has a method, but can: otherwise no output is its answer."""
        return not isinstance(answer_or_error(lambda: self.said((method,), rows)), Exception)

    def said(self, methods: tuple[str, ...], rows: Table) -> dict[str, Array]:
        """Return what methods say, rows first: shape (rows, figures)."""
        return {method: said(self.model, method, rows) for method in methods}

    def arranged(self, answer: Array, rows: int) -> Array:
        """Return an answer as a table, one row a row that was asked about."""
        return rows_first(answer, rows)

    def inputs(self, rows: Table, variant: Variant) -> tuple[InputTensor, ...]:
        """Return one tensor, or one a column where the model tells them apart."""
        apart = tells_columns_apart(self.model)
        return inputs_of(rows, variant.precision, whole=variant.whole_numbers, apart=apart)

    def feeds(self, inputs: tuple[InputTensor, ...], rows: Table) -> tuple[dict[str, Array], Array]:
        """Return the columns as tensors, and which rows they can hold."""
        return feeds_of(inputs, rows)

    def beyond(self, rows: Table, told: Mapping[str, Array]) -> Array:
        """Return the rows of finite numbers that the model itself cannot compute."""
        return overflowing(self.model, rows, told)

    def answered_by(
        self, outputs: tuple[str, ...], methods: tuple[str, ...], alike: Callable[[str, str], bool]
    ) -> dict[str, str]:
        """Return which method each output answers; the first one, and a classifier's probabilities, must.

        Raises
        ------
        ExportError
            There are no probabilities.
        """
        found, rest = {outputs[0]: methods[0]}, list(methods[1:])
        for name in outputs[1:]:
            if "predict_proba" in rest and self.has_labels:
                method: str | None = "predict_proba"
            else:
                method = next((each for each in rest if alike(name, each)), None)
            if method is not None:
                found[name] = method
                rest.remove(method)
        if self.has_labels and len(outputs) == 1 and "predict_proba" in rest:
            raise ExportError("what came of it has no probabilities")
        return found


def winner(model: Any) -> Any:
    """Return the fitted model that a search over parameters predicts with; any other model as it is."""
    while hasattr(model, "best_estimator_") and hasattr(model, "best_params_"):
        model = model.best_estimator_
    return model


def tells_columns_apart(model: object) -> bool:
    """Tell whether a model chooses columns by name: a ColumnTransformer is at its front, or it takes categories."""
    if hasattr(model, "transformers_") or {"nominal", "ordinal"}.intersection(getattr(model, "feature_types_in_", ())):
        return True
    steps = getattr(model, "steps", None)
    inner = [steps[0][1]] if steps else [part for _, part in getattr(model, "transformer_list", None) or ()]
    inner += [getattr(model, name) for name in ("best_estimator_", "estimator_", "regressor_") if hasattr(model, name)]
    fitted = getattr(model, "estimators_", ())
    inner += list(fitted)[:1] if isinstance(fitted, (list, tuple)) else []
    return any(tells_columns_apart(part) for part in inner if not isinstance(part, (str, list)))


def said(model: Any, method: str, table: Table) -> Array:
    """Return what one method says, rows first: shape (rows, figures)."""
    with quiet():
        answer = getattr(model, method)(table.value)
    if hasattr(answer, "toarray"):
        answer = answer.toarray()
    if isinstance(answer, list) and answer and all(getattr(each, "ndim", 0) > 1 for each in answer):
        answer = np.stack(answer, axis=1)  # of several targets, one array each
    return rows_first(np.asarray(answer), len(table))


def rows_first(answer: Array, rows: int) -> Array:
    """Return an answer as a table, one row a row that was asked about."""
    if answer.ndim > 1 and answer.shape[0] != rows and answer.shape[1] == rows:
        answer = np.moveaxis(answer, 1, 0)
    if answer.ndim == 0 or answer.shape[0] != rows:
        raise ValueError(f"an answer of shape {answer.shape} to {rows} rows")
    return answer.reshape(rows, -1) if rows else answer.reshape(0, int(np.prod(answer.shape[1:])))
