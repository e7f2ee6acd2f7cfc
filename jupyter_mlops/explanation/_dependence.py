"""Partial dependence and individual curves of single features, computed by scikit-learn.

`sklearn.inspection.partial_dependence` gives both on its own grid: the mean over the rows is the shape, one standard
deviation of the rows' curves its interval, as InterpretML has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..entities import FeatureShape, Figure
from ._asking import asking
from ._columns import categories_of, density_of, figure_rows, figures, is_number
from ._protocol import ExplanationWish
from ._subject import Subject

if TYPE_CHECKING:
    import numpy as np

GRID_POINTS = 20
MOST_ROWS = 1_000
"""Rows whose curves are drawn; the mean of more hardly differs."""


def shapes_of(
    subject: Subject, model: Any, features: list[int], wish: ExplanationWish
) -> tuple[tuple[FeatureShape, ...], int]:
    """Return the shapes of some features, and how many rows they were computed from.

    Parameters
    ----------
    subject : Subject
        With data.
    model : object
        What scikit-learn is to ask.
    features : list of int
        Numbers of columns; those without any value, or with categories of one row each, are left out.
    wish : ExplanationWish
        The rows whose own curves are wanted, the sample, and who is told of each shape.
    """
    curves = _Curves(subject, model, min(wish.sample, MOST_ROWS), wish.seed)
    shapes = []
    for number, feature in enumerate(features):
        wish.tell("shapes", number, len(features))
        if density_of(subject.column(feature))[0]:
            shapes.append(curves.shape(feature, wish.rows))
    return tuple(shapes), curves.rows


class _Curves:
    def __init__(self, subject: Subject, model: Any, sample: int, seed: int) -> None:
        self._subject = subject
        self._model = model
        self._sample = as_floats(subject.sampled(sample, seed))
        self.rows = self._sample.rows

    def shape(self, feature: int, rows: tuple[int, ...]) -> FeatureShape:
        column = self._subject.column(feature)
        numeric = is_number(column)
        found = self._ask(self._sample, feature, self._grid(feature), numeric)
        grid, mean, spread = found["grid_values"][0], found["average"], found["individual"].std(axis=1)
        edges, counts = density_of(column)
        return FeatureShape(
            feature=feature,
            form="line" if numeric else "bars",
            grid=figures(grid) if numeric else tuple(map(str, grid)),
            values=figure_rows(mean),
            low=figure_rows(mean - spread),
            high=figure_rows(mean + spread),
            density_grid=edges,
            density=counts,
            ice=self._ice(feature, grid, numeric, rows),
        )

    def _ice(
        self, feature: int, grid: np.ndarray[Any, Any], numeric: bool, rows: tuple[int, ...]
    ) -> tuple[tuple[tuple[Figure, ...], ...], ...]:
        if not rows:
            return ()
        found = self._ask(as_floats(self._subject.chosen(rows)), feature, grid, numeric)
        return tuple(figure_rows(output) for output in found["individual"])

    def _grid(self, feature: int) -> np.ndarray[Any, Any] | None:
        """Return the grid where scikit-learn makes none: for categories, and for numbers that it would stumble over."""
        import numpy as np

        column = self._sample.column(feature)
        if not is_number(column):
            return np.asarray(categories_of(self._subject.column(feature)), dtype=object)
        values = column.to_numpy(dtype=float, na_value=np.nan)
        known = values[np.isfinite(values)]
        if not len(known):
            known = self._subject.column(feature).to_numpy(dtype=float, na_value=np.nan)
            known = known[np.isfinite(known)]
        low, high = np.quantile(known, (0.05, 0.95)) if len(known) else (np.nan, np.nan)
        if len(known) == len(values) and not np.allclose(low, high):
            return None
        distinct = np.unique(known)
        return distinct if len(distinct) < GRID_POINTS else np.linspace(known.min(), known.max(), GRID_POINTS)

    def _ask(self, subject: Subject, feature: int, grid: np.ndarray[Any, Any] | None, numeric: bool) -> dict[str, Any]:
        from sklearn.inspection import partial_dependence

        # scikit-learn 1.9 takes the curves of exactly two rows for those of two classes: it gets each row twice.
        asked = subject.chosen((0, 1, 0, 1)) if subject.rows == 2 else subject
        with asking(self._subject):
            found = partial_dependence(
                self._model,
                asked.data,
                [feature],
                categorical_features=None if numeric else [feature],
                grid_resolution=GRID_POINTS,
                kind="both",
                custom_values=None if grid is None else {feature: grid},
            )
        return {**found, "individual": found["individual"][:, : subject.rows]}


def as_floats(subject: Subject) -> Subject:
    """Return a subject whose whole numbers are floats: on a grid between them they would be rounded."""
    from dataclasses import replace

    import numpy as np

    data = subject.data
    if data is None or not hasattr(data, "dtypes"):
        whole = data is not None and data.dtype.kind in "iuf"
        return replace(subject, data=np.asarray(data, dtype=float)) if whole else subject
    floats = data.copy(deep=False)
    for name in data.columns if data.columns.is_unique else ():
        if is_number(data[name]) and data[name].dtype != np.float64:
            floats[name] = data[name].to_numpy(dtype=float, na_value=np.nan)
    return replace(subject, data=floats)
