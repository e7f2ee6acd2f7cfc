"""InterpretML's explanations, which are dictionaries, as the parts of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..entities import (
    ExplainedFeatures,
    FeatureInteraction,
    FeatureKind,
    FeatureShape,
    Figure,
    FigureColumn,
    Figures,
    LocalExplanations,
    ShapeForm,
)
from ._asking import asking
from ._columns import cell, cells, figure_rows, figures
from ._subject import Subject

if TYPE_CHECKING:
    import numpy as np


def features_of_model(core: Any) -> ExplainedFeatures:
    """Return the columns as the model was trained with them."""
    kinds: tuple[FeatureKind, ...] = tuple(
        "number" if kind == "continuous" else "category" for kind in core.feature_types_in_
    )
    return ExplainedFeatures(
        names=tuple(map(str, core.feature_names_in_)),
        kinds=kinds,
        categories=tuple(_categories(core, index) for index in range(len(kinds))),
    )


@dataclass(frozen=True)
class Term:
    """A term that an explanation shows.

    Parameters
    ----------
    number : int
        In the explanation.
    place : int
        In the model, which may have terms that InterpretML does not show.
    features : tuple of int
        Numbers of its columns.
    """

    number: int
    place: int
    features: tuple[int, ...]


def terms_of(core: Any, found: Any) -> list[Term]:
    """Return the terms that an explanation shows."""
    if not hasattr(core, "term_features_"):
        return [Term(number, number, (number,)) for number in range(len(found.feature_names))]
    places = {name: place for place, name in enumerate(core.term_names_)}
    shown = [places[name] for name in found.feature_names]
    return [Term(number, place, tuple(map(int, core.term_features_[place]))) for number, place in enumerate(shown)]


def has_spread(core: Any) -> bool:
    """Whether an EBM has several outer bags to differ; of one alone InterpretML says that it is sure."""
    return hasattr(core, "bagged_scores_") and len(core.bagged_scores_[0]) > 1


def shape_of(core: Any, found: Any, term: Term) -> FeatureShape:
    """Return the shape of a term of one column."""
    data = found.data(term.number)
    kind = found.feature_types[term.number]
    density = data.get("density") or {"names": (), "scores": ()}
    grid = _grid(data["names"], kind)
    counted = density["scores"] if kind == "continuous" else density["scores"][: len(grid)]
    return FeatureShape(
        feature=term.features[0],
        form=_form(kind, len(data["names"]), len(data["scores"])),
        grid=grid,
        values=_curves(data["scores"]),
        low=_curves(data.get("lower_bounds")) if has_spread(core) else (),
        high=_curves(data.get("upper_bounds")) if has_spread(core) else (),
        missing=_missing(core, term.place),
        density_grid=_grid(density["names"], kind),
        density=_curve(counted),
    )


def interaction_of(core: Any, found: Any, term: Term) -> FeatureInteraction:
    """Return a term of two columns."""
    data = found.data(term.number)
    left, right = (core.feature_types_in_[feature] for feature in term.features)
    scores = data["scores"]
    return FeatureInteraction(
        features=term.features,
        forms=(
            _form(left, len(data["left_names"]), scores.shape[0]),
            _form(right, len(data["right_names"]), scores.shape[1]),
        ),
        left_grid=_grid(data["left_names"], left),
        right_grid=_grid(data["right_names"], right),
        values=tuple(map(Figures, scores)),
    )


def local_of(subject: Subject, rows: tuple[int, ...], names: tuple[str, ...]) -> LocalExplanations:
    """Return what each term adds for some rows, the terms in the order of these names."""
    chosen = subject.chosen(rows)
    asked = _bare(subject.core, chosen.data)
    with asking(subject):
        found = subject.core.explain_local(asked)
        predicted = _predicted(subject, asked)
    shown = [list(found.feature_names).index(name) for name in names]
    scores = [found.data(row)["scores"] for row in range(len(rows))]
    return LocalExplanations(
        rows=rows,
        values=cells(chosen),
        predicted=figure_rows(predicted),
        actual=() if chosen.target is None else tuple(cell(value) for value in chosen.target.tolist()),
        contributions=tuple(figure_rows(_by_output([row[term] for term in shown])) for row in scores),
    )


def _bare(core: Any, data: Any) -> Any:
    """Return a frame of floats as an array where an EBM would make one of each column: it asks by name, 60 terms."""
    if not hasattr(core, "term_features_") or set(core.feature_types_in_) != {"continuous"}:
        return data
    is_plain = hasattr(data, "dtypes") and {str(kind) for kind in data.dtypes} == {"float64"}
    return data.to_numpy() if is_plain else data


def _predicted(subject: Subject, data: Any) -> Any:
    import numpy as np

    model = subject.model
    answers = np.asarray(model.predict_proba(data) if subject.task.answer == "classes" else model.predict(data))
    if answers.ndim == 1:
        return answers[:, None]
    return answers[:, 1:] if answers.shape[1] == 2 else answers


def _categories(core: Any, index: int) -> tuple[str, ...]:
    bins = core.bins_[index][0] if hasattr(core, "bins_") else None
    return tuple(map(str, bins)) if isinstance(bins, dict) else ()


def _missing(core: Any, place: int) -> tuple[Figure, ...]:
    """Return what an EBM adds where the column has no value; it keeps that in the first bin, and shows it nowhere."""
    import numpy as np

    if not hasattr(core, "term_scores_"):
        return ()
    return figures(np.atleast_1d(core.term_scores_[place][0]))


def _form(kind: str, names: int, scores: int) -> ShapeForm:
    if kind != "continuous":
        return "bars"
    return "steps" if names == scores + 1 else "line"


def _grid(names: Any, kind: str) -> FigureColumn:
    return _curve(names) if kind == "continuous" else tuple(map(str, names))


def _curve(numbers: list[float]) -> Figures:
    """Return one of InterpretML's lists, of NumPy's floats mostly."""
    import numpy as np

    return Figures(np.fromiter(numbers, float, len(numbers)))


def _curves(scores: Any) -> tuple[Figures, ...]:
    """Return scores with one curve an output; none for none."""
    return () if scores is None else tuple(map(Figures, _by_output(scores)))


def _by_output(scores: Any) -> np.ndarray[Any, Any]:
    """Return scores with one row an output: InterpretML has one number a bin, or one a bin and class."""
    import numpy as np

    return np.atleast_2d(np.asarray(scores, dtype=float).T)
