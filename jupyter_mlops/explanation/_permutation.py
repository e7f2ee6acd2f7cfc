"""Permutation importance, partial dependence and individual curves: explains every model that predicts.

The numbers are scikit-learn's, `permutation_importance` and `partial_dependence`, asked for with the model as the user
has it: a pipeline is explained in the columns that go into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING, Any

from ..entities import FeatureShape, Importance, LocalExplanations
from ..exceptions import UsageError
from ._asking import asking
from ._columns import cell, cells, features_of, figure_rows, figures
from ._dependence import shapes_of
from ._protocol import Explained, ExplanationWish, Suitability
from ._response import inspected, scale_of
from ._subject import Subject, check_rows

if TYPE_CHECKING:
    import numpy as np

MOST_SHAPES = 50
"""Features whose shape is drawn: the most important ones."""

_OWN_ANSWERS = ("clusters", "anomalies")
"""Nobody can say what would be right."""


class PermutationExplainer:
    """Explains any model from outside: what is lost when a column is shuffled, and how the answer follows a column."""

    name = "permutation"
    asks_from_outside = True

    def suits(self, subject: Subject) -> Suitability:
        """Tell that every model which predicts is suitable, as the last choice."""
        return Suitability(10, f"it explains any model from outside, here {type(subject.core).__name__}")

    def explain(self, subject: Subject, wish: ExplanationWish) -> Explained:
        """Explain a subject by asking its model again and again.

        Raises
        ------
        UsageError
            The model cannot read the data, there are too few rows, or the metric is unknown.
        """
        subject.require_data("Permutation importance", least=2)
        check_rows(wish.rows, subject.rows)
        model = inspected(subject)
        clusters = _clusters(subject, model)
        importance, notes = _importance(subject, model, wish)
        ranked = [term[0] for term in importance.features]
        shapes, curves = shapes_of(subject, model, ranked[:MOST_SHAPES], wish)
        used = min(subject.rows, wish.sample)
        return Explained(
            title="Permutation importance and partial dependence (scikit-learn)",
            scale=scale_of(subject, model),
            importance=importance,
            features=features_of(subject),
            outputs=(clusters[1:] if len(clusters) == 2 else clusters) or subject.task.outputs,
            classes=clusters,
            shapes=shapes,
            local=local_rows(subject, model, wish.rows),
            rows_used=used,
            notes=(*notes, *_left_out(subject, ranked, shapes), *_sampled(subject, used, curves), *_of_rows(wish)),
        )


def _clusters(subject: Subject, model: Any) -> tuple[str, ...]:
    """Return the names of clusters; none for any other model."""
    return tuple(f"cluster {label}" for label in model.classes_) if subject.task.answer == "clusters" else ()


def local_rows(subject: Subject, model: Any, rows: tuple[int, ...]) -> LocalExplanations | None:
    """Return values, predictions and labels of chosen rows; None when none were chosen."""
    if not rows:
        return None
    chosen = subject.chosen(rows)
    with asking(subject):
        predicted = predictions(chosen, model)
    return LocalExplanations(
        rows=rows,
        values=cells(chosen),
        predicted=figure_rows(predicted),
        actual=() if chosen.target is None else tuple(cell(value) for value in chosen.target.tolist()),
    )


def predictions(subject: Subject, model: Any) -> np.ndarray[Any, Any]:
    """Return what a model answers, one column an output: probabilities where it gives them, else its number."""
    import numpy as np

    ask = next((name for name in ("predict_proba", "decision_function") if hasattr(model, name)), "predict")
    answers = np.asarray(getattr(model, ask)(subject.data), dtype=float)
    if answers.ndim == 1:
        return answers[:, None]
    return answers[:, 1:] if answers.shape[1] == 2 and ask == "predict_proba" else answers


def _left_out(subject: Subject, ranked: list[int], shapes: tuple[FeatureShape, ...]) -> tuple[str, ...]:
    drawn = {shape.feature for shape in shapes}
    bare = [repr(subject.names[column]) for column in ranked[:MOST_SHAPES] if column not in drawn]
    notes = []
    if bare:
        notes.append(f"No shape is drawn where no two rows share a value: {', '.join(bare[:10])}.")
    if len(ranked) > MOST_SHAPES:
        notes.append(f"Shapes are drawn for the {MOST_SHAPES} most important of {len(ranked)} columns.")
    return tuple(notes)


def _sampled(subject: Subject, used: int, curves: int) -> tuple[str, ...]:
    if used == curves == subject.rows:
        return ()
    return (f"Importance comes from {used:,} of {subject.rows:,} rows, shapes from {curves:,}.",)


def _of_rows(wish: ExplanationWish) -> tuple[str, ...]:
    """Return which method tells more of the rows that were named."""
    if not wish.rows:
        return ()
    install = "" if find_spec("shap") else ", after pip install 'jupyter_mlops[shap]'"
    told = "What each column adds to the answer for a row this method does not tell."
    return (f"{told} --method shap does{install}; it asks the model more often.",)


def _importance(subject: Subject, model: Any, wish: ExplanationWish) -> tuple[Importance, tuple[str, ...]]:
    from sklearn.inspection import permutation_importance

    sample = subject.sampled(wish.sample, wish.seed)
    sample, notes = _with_target(sample, model)
    with asking(subject), _measuring(wish.metric):
        scoring = _told(model, wish, len(subject.names))
        found = permutation_importance(
            model,
            _bare(model, sample.data),
            sample.target,
            scoring=scoring,
            n_repeats=wish.repeats,
            random_state=wish.seed,
        )
    mean, spread = found["importances_mean"], found["importances_std"]
    # Less than nothing is noise: the model did better with the column shuffled.
    order = sorted(range(len(mean)), key=lambda term: -mean[term])
    return Importance(
        measure=f"decrease of {_measured(subject, model, wish)} when the column is shuffled",
        interval=f"one standard deviation over {wish.repeats} shuffles" if wish.repeats > 1 else "",
        names=tuple(subject.names[term] for term in order),
        features=tuple((term,) for term in order),
        scores=figures(mean[order]),
        low=figures((mean - spread)[order]) if wish.repeats > 1 else (),
        high=figures((mean + spread)[order]) if wish.repeats > 1 else (),
    ), notes


def _bare(model: Any, data: Any) -> Any:
    """Return a frame with floats as the array that scikit-learn makes of it.

    Of 2,000 columns, reading the names takes longer than the answer, and each shuffled column is an answer. Only for a
    model of scikit-learn's own that has none inside: others may choose columns by name, or look at anything.
    """
    is_plain = type(model).__module__.startswith("sklearn.") and not any(
        hasattr(value, "fit") or isinstance(value, list) for value in model.get_params(deep=False).values()
    )
    kinds = {str(kind) for kind in data.dtypes} if is_plain and hasattr(data, "dtypes") else set()
    return data.to_numpy(dtype=float) if "float64" in kinds and kinds <= {"float64", "int64", "bool"} else data


def _told(model: Any, wish: ExplanationWish, columns: int) -> Callable[[Any, Any, Any], float]:
    """Return the scorer that scikit-learn would take, which tells how many shuffled columns it has measured."""
    from sklearn.metrics import check_scoring

    scorer = check_scoring(model, scoring=_known_metric(wish.metric) if wish.metric else None)
    measured = count(-1)  # the first is of the columns as they are

    def told(model: Any, data: Any, target: Any) -> float:
        wish.tell("columns shuffled", max(0, next(measured)) // wish.repeats, columns)
        score: float = scorer(model, data, target)
        return score

    return told


def _measured(subject: Subject, model: Any, wish: ExplanationWish) -> str:
    metric = wish.metric or ("accuracy" if hasattr(model, "classes_") else "R2")
    own = subject.target is None or subject.task.answer in _OWN_ANSWERS
    return f"{metric} against the model's own answers" if own else metric


def _with_target(sample: Subject, model: Any) -> tuple[Subject, tuple[str, ...]]:
    """Return a sample with labels as the model's answers are; without labels, with these answers themselves."""
    import numpy as np

    task = sample.task
    if sample.target is None or task.answer in _OWN_ANSWERS:
        with asking(sample):
            answers = np.asarray(model.predict(sample.data))
        if task.answer in _OWN_ANSWERS:
            return replace(sample, target=answers), ()
        note = (
            "Without labels (-y) importance tells how much the model's own answer depends on a column, right or wrong."
        )
        return replace(sample, target=answers), (note,)
    if task.answer == "network" and task.name != "regression":
        from ._network import class_numbers

        return replace(sample, target=class_numbers(sample.target, task.classes)), ()
    present = set(sample.target.tolist()) if task.answer == "classes" else set()
    unknown = present - set(model.classes_.tolist()) if present else set()
    if unknown:
        raise UsageError(
            f"y has the label {min(map(str, unknown))!r}, which the model does not know. "
            f"It knows: {', '.join(task.classes)}. Give y with the labels of its training."
        )
    if len(present) != 1:
        return sample, ()
    return sample, (f"y has one class only ({present.pop()}): importance tells only what keeps the model at it.",)


@contextmanager
def _measuring(metric: str) -> Iterator[None]:
    """Say of a metric that was asked for that it does not go with the labels: the rows may be as they should be."""
    try:
        yield
    except ValueError as error:
        if not metric:
            raise
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise UsageError(
            f"{metric} cannot be measured here: {reason}. Leave --metric out for the model's own score, or choose "
            "another one, such as f1_macro or roc_auc."
        ) from error


def _known_metric(name: str) -> str:
    from difflib import get_close_matches

    from sklearn.metrics import get_scorer_names

    known = get_scorer_names()
    if name in known:
        return name
    near = get_close_matches(name, known, n=3, cutoff=0.4) or ["accuracy", "r2", "roc_auc"]
    raise UsageError(f"scikit-learn has no metric {name!r}. Near it: {', '.join(near)}.")
