"""The rows that a model is asked about, whatever holds them: a frame, an array, or texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..exceptions import UsageError


@dataclass(frozen=True)
class Table:
    """Rows in the form in which the model takes them.

    Parameters
    ----------
    value : DataFrame, ndarray or list of str
        What the model is given.
    form : str
        Which of these it is.
    """

    value: Any
    form: Literal["frame", "array", "texts"]

    @classmethod
    def of(cls, value: Any) -> Table:
        """Return rows as a table: Polars' and Arrow's a frame, a Series of texts as texts, a list of lists an array.

        Raises
        ------
        UsageError
            They are no rows, or sparse.
        """
        if hasattr(value, "to_pandas"):
            value = value.to_pandas()
        if hasattr(value, "columns") and hasattr(value, "iloc"):
            return cls(value, "frame")
        if hasattr(value, "toarray"):
            raise UsageError("The rows are a sparse matrix, and ONNX has dense inputs. Give X.toarray().")
        try:
            array = np.asarray(value)
        except ValueError:
            raise UsageError("The rows of X are not equally long: give rows and columns, or a list of texts.") from None
        if array.ndim == 1 and array.dtype.kind in "OUT" and all(isinstance(text, str) for text in array):
            return cls(array.astype(object), "texts")
        if array.ndim != 2 or array.dtype.kind not in "fiubOUT":
            raise UsageError(
                f"X is {type(value).__name__} of shape {array.shape}: give rows and columns, or a list of texts."
            )
        return cls(array, "array")

    def __len__(self) -> int:
        return len(self.value)

    @property
    def others(self) -> tuple[Table, ...]:
        """Rows of another length: there are none."""
        return ()

    def with_others(self, others: Sequence[Table]) -> Table:  # noqa: ARG002  there are none
        """Return the rows."""
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of a frame's columns; empty for the others."""
        return tuple(str(name) for name in self.value.columns) if self.form == "frame" else ()

    @property
    def width(self) -> int:
        """How many columns there are."""
        return 1 if self.form == "texts" else int(self.value.shape[1])

    def column(self, place: int) -> np.ndarray[Any, Any]:
        """Return a column as an array: of objects, where it is no plain array of numbers."""
        if self.form == "texts":
            return np.asarray(self.value)
        if self.form == "array":
            return np.asarray(self.value[:, place])
        column = self.value.iloc[:, place]
        kind = getattr(column.dtype, "kind", "O")
        plain = isinstance(column.dtype, np.dtype) and kind in "fiub"
        return np.asarray(column.to_numpy() if plain else column.astype(object).to_numpy())

    def take(self, rows: Any) -> Table:
        """Return some rows, by number or by a mask, in that order."""
        chosen = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows, dtype=int)
        return Table(self.value.iloc[chosen] if self.form == "frame" else self.value[chosen], self.form)

    def changed(self, row: int, changes: Sequence[tuple[int, Any]]) -> Table:
        """Return a row with other values in some columns.

        Raises
        ------
        TypeError, ValueError, OverflowError
            The column's type holds no such value.
        """
        one = self.take([row])
        if self.form == "texts":
            return Table(np.array([changes[0][1]], dtype=object), self.form)
        if self.form == "array":
            value = one.value.copy()
            for place, new in changes:
                value[0, place] = new
            return Table(value, self.form)
        frame = one.value.copy()
        for place, new in changes:
            column = frame.iloc[:, place]  # by its place: two can have one name
            frame.isetitem(place, type(column)([new], index=frame.index, dtype=column.dtype))
        return Table(frame, self.form)

    def mixed(self, draw: np.random.Generator, count: int) -> Table:
        """Return rows made of these: each value is that of some row in the same column, or lies between two.

        Parameters
        ----------
        draw : numpy.random.Generator
            Chooses.
        count : int
            So many rows; of texts fewer, where some are the same.
        """
        picks = [draw.integers(len(self), size=count) for _ in range(2)]
        if self.form == "texts":
            mixed = {_half_and_half(*self.value[[one, other]]) for one, other in zip(*picks, strict=True)}
            return Table(np.array(sorted(mixed), dtype=object), "texts")
        made = self.take(picks[0]).value
        made = made.reset_index(drop=True) if self.form == "frame" else made.copy()
        for place in range(self.width):
            some, other = (self.take(draw.permutation(pick)) for pick in picks)
            between = np.maximum(0, draw.uniform(-1, 1, size=count))
            column, to = some.column(place), other.column(place)
            if column.dtype.kind == "f":
                with np.errstate(all="ignore"):  # where one is missing or infinite
                    column = np.where(between > 0, column + between * (to - column), column).astype(column.dtype)
            if self.form == "array":
                made[:, place] = column
            elif column.dtype.kind == "f":
                made.isetitem(place, column)
            else:
                made.isetitem(place, some.value.iloc[:, place].array)
        return Table(made, self.form)

    def as_numbers(self, places: Sequence[int]) -> Table:
        """Return the rows with some columns as floats; in an array, which has one type, all are."""
        if self.form == "array":
            return Table(self.value.astype(np.float64), self.form)
        frame = self.value.copy()
        for place in places:
            frame.isetitem(place, frame.iloc[:, place].astype(np.float64))
        return Table(frame, self.form)

    @staticmethod
    def joined(tables: Sequence[Table]) -> Table:
        """Return the rows of several tables of one form, one below the other."""
        first = tables[0]
        if first.form == "frame":
            import pandas as pd

            return Table(pd.concat([table.value for table in tables], ignore_index=True), "frame")
        return Table(np.concatenate([table.value for table in tables]), first.form)


def _half_and_half(one: str, other: str) -> str:
    """Return a text of the first half of one's words, and the second of the other's."""
    first, second = one.split(), other.split()
    return " ".join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])
