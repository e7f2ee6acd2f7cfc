"""What is explained: a fitted model with the data it is explained on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ..exceptions import UsageError
from ._task import Task, unwrapped

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


Kind = Literal["table", "text", "images"]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A model and data that go together. Made by `matched`; `data` is what the model was trained to take.

    Parameters
    ----------
    model : object
        As the user gave it: a search or a pipeline is explained as a whole.
    data : DataFrame or ndarray, optional
        Two-dimensional, with the columns that the model was trained with; of text one-dimensional, of images three- or
        four-dimensional. None when no data were given.
    target : ndarray, optional
        One label or number a row.
    task : Task
        What the model answers.
    notes : tuple of str
        What was left out of the data.
    kind : str
        What the rows are.
    """

    model: Any
    data: Any
    target: np.ndarray[Any, Any] | None
    task: Task
    notes: tuple[str, ...] = ()
    kind: Kind = "table"

    @cached_property
    def core(self) -> Any:
        """The model itself, where a search or a pipeline of one step is only wrapped around it."""
        return unwrapped(self.model)

    @property
    def rows(self) -> int:
        """Rows of the data."""
        return 0 if self.data is None else len(self.data)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns; those of an array are what the model calls them, else x0, x1, ..."""
        if self.kind != "table":
            return ("image" if self.kind == "images" else "text",)
        if self.data is None:
            return trained_names(self.core)
        if hasattr(self.data, "columns"):
            return tuple(map(str, self.data.columns))
        trained = trained_names(self.model)
        return trained if len(trained) == self.data.shape[1] else tuple(f"x{i}" for i in range(self.data.shape[1]))

    def column(self, index: int) -> pd.Series:
        """Return a column as a series with the type that its values have."""
        import pandas as pd

        if isinstance(self.data, pd.DataFrame):
            return self.data.iloc[:, index]
        assert self.data is not None  # who asks for columns has checked
        if self.kind != "table":
            return pd.Series(list(self.data), dtype=object)
        return pd.Series(self.data[:, index]).infer_objects()

    def require_data(self, method: str, least: int = 1) -> None:
        """Raise `UsageError` when there are fewer rows than a method needs."""
        if self.data is None:
            raise UsageError(f"{method} needs data: say which with -X, such as %explain model -X X_test -y y_test.")
        if self.rows < least:
            rows = "1 row" if self.rows == 1 else f"{self.rows} rows"
            raise UsageError(f"{method} needs at least {least} rows, and X has {rows}. Give more of the data.")

    def chosen(self, rows: tuple[int, ...]) -> Subject:
        """Return the same subject with these rows only."""
        taken = list(rows)
        data = self.data.iloc[taken] if hasattr(self.data, "iloc") else None if self.data is None else self.data[taken]
        return replace(self, data=data, target=None if self.target is None else self.target[taken])

    def sampled(self, most: int, seed: int) -> Subject:
        """Return the same subject with at most so many rows, drawn without replacement and in their order."""
        if self.rows <= most:
            return self
        import numpy as np

        drawn = np.sort(np.random.RandomState(seed).choice(self.rows, most, replace=False))
        return self.chosen(tuple(int(row) for row in drawn))


def check_rows(wanted: tuple[int, ...], rows: int) -> None:
    """Raise `UsageError` for the number of a row that the data have not."""
    for row in wanted:
        if not 0 <= row < rows:
            raise UsageError(f"There is no row {row}: X has {rows} rows, 0 to {rows - 1}.")


def trained_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a model was trained with; empty where it knows none."""
    names = getattr(model, "feature_names_in_", None)
    of_booster = getattr(model, "feature_name", None)
    if names is None and callable(of_booster):  # LightGBM's own
        names = of_booster()
    return () if names is None else tuple(map(str, names))
