"""Dummy columns that the user has made are one column again: `colour_red` and `colour_blue` are explained as `colour`.

Shuffled one by one they would make rows of two colours, or of none, which no model has met, and each would seem to
matter little. The model is explained as the pipeline that it would be had it encoded the column itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ._protocol import Explainer
from ._subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

_SEPARATORS = "_="
"""Between a column and its value: pandas' and scikit-learn's, and that of `DictVectorizer`."""

_NAMED = 3
"""Columns whose dummies a note names."""


@dataclass(frozen=True)
class Dummies:
    """A column that was encoded by hand.

    Parameters
    ----------
    name : str
        Of the column.
    columns : tuple of str
        One a value.
    """

    name: str
    columns: tuple[str, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """What the column held."""
        return tuple(column[len(self.name) + 1 :] for column in self.columns)


class Encoder:
    """Encodes columns as the user had them before; a step of a pipeline, fitted from the start.

    Parameters
    ----------
    dummies : tuple of Dummies
        What it makes.
    like : DataFrame
        Names, order and types of the columns that the model takes; it may have no rows.
    """

    def __init__(self, dummies: tuple[Dummies, ...], like: pd.DataFrame) -> None:
        self._kinds = dict(like.dtypes)
        self._from = {
            column: (each.name, value)
            for each in dummies
            for column, value in zip(each.columns, each.values, strict=True)
        }

    def fit(self, _data: Any, _target: Any = None) -> Encoder:
        """Return itself: there is nothing to learn."""
        return self

    def transform(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return the columns that the model takes."""
        import pandas as pd

        columns = {}
        for column, kind in self._kinds.items():
            name, value = self._from.get(column, (column, None))
            columns[column] = data[name] if value is None else (data[name] == value).astype(kind)
        return pd.DataFrame(columns, index=data.index)

    def __sklearn_is_fitted__(self) -> bool:
        return True


def as_asked(explainer: Explainer, subject: Subject) -> Subject:
    """Return a subject as a method asks it: one that asks from outside gets dummy columns as one column each."""
    import pandas as pd

    data = subject.data
    if not getattr(explainer, "asks_from_outside", False):
        return subject
    if not isinstance(data, pd.DataFrame) or not hasattr(subject.model, "__sklearn_tags__"):
        return subject
    dummies = _dummies_of(data)
    if not dummies:
        return subject
    from sklearn.pipeline import Pipeline

    model = Pipeline([("dummies", Encoder(dummies, data.iloc[:0])), ("model", subject.model)])
    return replace(subject, model=model, data=_joined(data, dummies), notes=(*subject.notes, _note(dummies)))


def _dummies_of(data: pd.DataFrame) -> tuple[Dummies, ...]:
    """Return columns of ones and zeros of one name, exactly one of which is 1 in every row."""
    if len(data) < 2 or not data.columns.is_unique:
        return ()
    found, taken = [], set()
    alike = _alike(name for name in data.columns if isinstance(name, str))
    for prefix in sorted(alike, key=len):  # values may have separators too: the shortest name has all of them
        columns = [name for name in alike[prefix] if name not in taken and _is_indicator(data[name])]
        if len(columns) > 1 and (data[columns].to_numpy(dtype=float).sum(axis=1) == 1).all():
            found.append(Dummies(_name_of(columns), tuple(columns)))
            taken.update(columns)
    return tuple(each for each in found if each.name not in data.columns)


def _alike(names: Iterable[str]) -> dict[str, list[str]]:
    """Return names by what they begin with, up to any of their separators."""
    found: dict[str, list[str]] = {}
    for name in names:
        for place in range(1, len(name) - 1):
            if name[place] in _SEPARATORS:
                found.setdefault(name[: place + 1], []).append(name)
    return {prefix: alike for prefix, alike in found.items() if len(alike) > 1}


def _name_of(columns: list[str]) -> str:
    """Return all that the names of dummies have in common, up to a separator."""
    return max((prefix for prefix, alike in _alike(columns).items() if alike == columns), key=len)[:-1]


def _is_indicator(column: pd.Series) -> bool:
    """Whether a column holds nothing but 1 and 0, or yes and no."""
    kind = getattr(column.dtype, "kind", "O")
    return kind == "b" or (kind in "iuf" and bool(column.iloc[:100].isin((0, 1)).all() and column.isin((0, 1)).all()))


def _joined(data: pd.DataFrame, dummies: tuple[Dummies, ...]) -> pd.DataFrame:
    """Return the columns as they were: each where its first dummy stands."""
    import pandas as pd

    first = {each.columns[0]: each for each in dummies}
    others = {column for each in dummies for column in each.columns[1:]}
    columns = {}
    for name in data.columns:
        if name in others:
            continue
        each = first.get(name)
        if each is None:
            columns[name] = data[name]
            continue
        codes = data[list(each.columns)].to_numpy(dtype=float).argmax(axis=1)
        known = pd.CategoricalDtype(list(each.values))
        columns[each.name] = pd.Series(pd.Categorical.from_codes(codes, dtype=known), index=data.index)
    return pd.DataFrame(columns, index=data.index)


def _note(dummies: tuple[Dummies, ...]) -> str:
    told = [
        f"{each.name} ({', '.join(each.values[:_NAMED])}{', ...' * (len(each.values) > _NAMED)})"
        for each in dummies[:_NAMED]
    ]
    rest = f" and {len(dummies) - _NAMED} more" if len(dummies) > _NAMED else ""
    return f"Columns with a 1 for one value each are explained as the one that they were: {'; '.join(told)}{rest}."
