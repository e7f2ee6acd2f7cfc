"""SHAP values, where the package `shap` is installed: what each column adds to the answer, by `PermutationExplainer`.

Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017. The values are shap's. It wants
a table of numbers, so that columns of words go there and back as the numbers of their words: a pipeline is explained in
the columns that go into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import msgspec

from ..entities import Importance
from ._asking import asking
from ._columns import features_of, figure_rows, figures, is_number
from ._dependence import shapes_of
from ._gradients import importance_of
from ._permutation import MOST_SHAPES, local_rows, predictions
from ._protocol import Explained, ExplanationWish, Suitability
from ._response import inspected, scale_of
from ._subject import Subject, check_rows

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BACKGROUND, MOST_ROWS = 50, 100
"""Rows that a column's absence is taken from, and rows whose values make the importance."""


class ShapExplainer:
    """Explains any model over a table by SHAP values; never chosen by itself, for it asks the model very often."""

    name = "shap"
    asks_from_outside = True

    def suits(self, subject: Subject) -> Suitability:
        """Tell whether the package is there."""
        if find_spec("shap") is None:
            return Suitability(
                0, "the package is not installed; pip install 'jupyter_mlops[shap]', or use --method permutation"
            )
        return Suitability(5, f"SHAP values explain any model from outside, here {type(subject.core).__name__}")

    def explain(self, subject: Subject, wish: ExplanationWish) -> Explained:
        """Explain a subject by asking its model with columns taken from other rows.

        Raises
        ------
        UsageError
            The model cannot read the data, or there are too few rows.
        """
        subject.require_data("SHAP", least=2)
        check_rows(wish.rows, subject.rows)
        with _random_numbers_kept():
            return self._explained(subject, wish)

    def _explained(self, subject: Subject, wish: ExplanationWish) -> Explained:
        model = inspected(subject)
        values = _Values(subject, model, wish.seed)
        sample = subject.sampled(min(wish.sample, MOST_ROWS), wish.seed)
        with asking(subject):
            found, base = values.of(sample, wish.tell)
        importance, order = importance_of(subject, found)
        shapes, _ = shapes_of(subject, model, order[:MOST_SHAPES], wish)
        local = local_rows(subject, model, wish.rows)
        if local is not None:
            with asking(subject):
                added, _ = values.of(subject.chosen(wish.rows), wish.tell)
            local = msgspec.structs.replace(local, contributions=tuple(map(figure_rows, added[:, :, order])))
        clusters = tuple(f"cluster {label}" for label in model.classes_) if subject.task.answer == "clusters" else ()
        return Explained(
            title="SHAP values (shap's PermutationExplainer) and partial dependence (scikit-learn)",
            scale=scale_of(subject, model),
            importance=_named(importance),
            features=features_of(subject),
            outputs=(clusters[1:] if len(clusters) == 2 else clusters) or subject.task.outputs,
            classes=clusters,
            base_values=figures(base),
            shapes=shapes,
            local=local,
            rows_used=sample.rows,
            notes=(
                f"SHAP values are estimates against {values.background:,} rows; importance comes from "
                f"{sample.rows:,} of {subject.rows:,} rows.",
            ),
        )


@contextmanager
def _random_numbers_kept() -> Iterator[None]:
    """Give NumPy its own random numbers back: shap takes a seed for everybody's."""
    import numpy as np

    state = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(state)


class _Values:
    """shap's values of a subject's rows, by row, output and column, and what they are added to."""

    def __init__(self, subject: Subject, model: Any, seed: int) -> None:
        import shap

        self._codes = Codes(subject)
        background = subject.sampled(BACKGROUND, seed)
        self.background = background.rows
        masker = shap.maskers.Independent(self._codes.encode(background), max_samples=BACKGROUND)

        def answers(numbers: Array) -> Array:
            return predictions(replace(subject, data=self._codes.decode(numbers), target=None), model)

        self._explainer = shap.PermutationExplainer(answers, masker, seed=seed)

    def of(self, subject: Subject, tell: Callable[[str, int, int], None]) -> tuple[Array, Array]:
        import numpy as np

        table = self._codes.encode(subject)
        found = []
        for row in range(len(table)):
            tell("rows", row, len(table))
            found.append(self._explainer(table[row : row + 1], silent=True))
        tell("rows", len(table), len(table))
        values = np.concatenate([one.values for one in found])
        values = values.reshape(*values.shape[:2], -1)  # of one output shap leaves the axis out
        return np.moveaxis(values, 2, 1), np.atleast_1d(found[0].base_values[0])


class Codes:
    """A table as numbers and back: words are the numbers of their places among the column's values.

    Parameters
    ----------
    subject : Subject
        Whose columns they are.
    """

    def __init__(self, subject: Subject) -> None:
        import pandas as pd

        self._like = subject.data
        columns = [subject.column(index) for index in range(len(subject.names))]
        self._values = [None if is_number(column) else pd.Index(column.dropna().unique()) for column in columns]

    def encode(self, subject: Subject) -> Array:
        """Return rows as numbers; what is missing is NaN."""
        import numpy as np

        table = np.empty((subject.rows, len(self._values)))
        for index, values in enumerate(self._values):
            column = subject.column(index)
            if values is None:
                table[:, index] = column.to_numpy(dtype=float, na_value=np.nan)
            else:
                places = values.get_indexer(column)
                table[:, index] = np.where(places < 0, np.nan, places)
        return table

    def decode(self, table: Array) -> Any:
        """Return numbers as rows, in the types that the columns have."""
        import numpy as np
        import pandas as pd

        if not hasattr(self._like, "iloc"):
            columns = [self._words(index, table[:, index]) for index in range(table.shape[1])]
            return np.stack(columns, axis=1).astype(self._like.dtype)
        columns = [
            pd.Series(self._words(index, table[:, index])).astype(dtype)
            for index, dtype in enumerate(self._like.dtypes)
        ]
        frame = pd.concat(columns, axis=1)
        frame.columns = self._like.columns
        return frame

    def _words(self, index: int, numbers: Array) -> Any:
        import numpy as np

        values = self._values[index]
        if values is None:
            return numbers
        found = np.empty(len(numbers), dtype=object)
        known = ~np.isnan(numbers)
        found[known] = values.to_numpy(dtype=object)[numbers[known].astype(int)]
        return found


def _named(importance: Importance) -> Importance:
    return msgspec.structs.replace(importance, measure="mean size of the SHAP values of the column")
