"""Truth and answers in one form: which task this is, the classes, and for each model labels and scores by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..exceptions import UsageError
from ._counting import LabelPairs
from ._metrics import Metric, Task
from ._predictions import Predictions, without_boxes

MOST_CLASSES = 50
"""Distinct numbers that are still taken for classes, where no classifier says that they are."""


@dataclass(frozen=True)
class Answer:
    """What a model said, by class number.

    Parameters
    ----------
    labels : array, optional
        Class numbers, or numbers of a regression; None where there are only scores.
    scores : array, optional
        Of the positive class, or a column a class.
    probable : bool
        Whether scores are probabilities.
    plain : array, optional
        The labels in the user's own words.
    """

    labels: Any
    scores: Any
    probable: bool
    plain: Any


@dataclass(frozen=True)
class Outcome:
    """What there was to predict, and what each model said.

    Parameters
    ----------
    truth : array
        Class numbers, or the numbers of a regression.
    plain : array
        The outcome in the user's own words.
    classes : tuple
        In their order; of two, the second one is positive.
    """

    task: Task
    truth: Any
    plain: Any
    classes: tuple[Any, ...]
    answers: dict[str, Answer]

    def arrays(self, metric: Metric, model: str) -> tuple[Any, Any]:
        """Return truth and prediction for a metric.

        Raises
        ------
        UsageError
            The metric is of scores, and the model has none.
        """
        answer = self.answers[model]
        if metric.wants != "labels" or self.task == "score":
            return self.truth, self._scores(metric, model, answer)
        if metric.own:
            return self.plain, answer.plain
        if metric.of_class is not None:
            return _is_class(self.truth, metric.of_class), _is_class(answer.labels, metric.of_class)
        return self.truth, answer.labels

    def pairs(self, model: str) -> LabelPairs:
        """Return truth and predicted class of each row as one number."""
        import numpy as np

        labels = self.answers[model].labels
        if self.task not in ("binary", "multiclass") or labels is None:
            return LabelPairs(np.zeros(len(self.truth), dtype=np.int64), 1)
        width = len(self.classes)
        return LabelPairs(self.truth * width + labels, width)

    def can(self, metric: Metric, model: str) -> bool:
        """Whether a model answers what a metric is of."""
        answer = self.answers[model]
        if metric.wants == "labels":
            return answer.labels is not None or self.task == "score"
        return answer.scores is not None and (metric.wants == "scores" or answer.probable)

    def _scores(self, metric: Metric, model: str, answer: Answer) -> Any:
        if self.can(metric, model):
            return answer.scores
        kind = "probabilities" if metric.wants == "probabilities" else "scores"
        raise UsageError(
            f"{metric.key} is of {kind}, and {model} gives none: it has no "
            f"{'predict_proba' if kind == 'probabilities' else 'predict_proba or decision_function'}. "
            "Leave the metric out, or give an array of scores in place of the model."
        )


def read_outcome(y: Any, said: Mapping[str, Predictions], positive: Any) -> Outcome:
    """Return what was to be predicted, and what models said, in one form.

    Raises
    ------
    UsageError
        `y` has missing values or several columns, a model's answer is not as long as `y`, or speaks of other classes.
    """
    plain = _one_dimension("y", y)
    for name, predictions in said.items():
        if len(predictions.answer) != len(plain):
            raise UsageError(
                f"{name} has {len(predictions.answer):,} predictions and y has {len(plain):,} rows. "
                "Take X and y from the same split."
            )
    task = _task(plain, said)
    if task == "regression":
        answers = {name: Answer(_numbers(name, p.answer), None, False, p.answer) for name, p in said.items()}
        return Outcome(task, _numbers("y", plain), plain, (), answers)
    classes = _classes(plain, said, positive)
    if task == "binary" and len(classes) > 2:
        task = "multiclass"
    truth = _numbered("y", plain, classes)
    answers = {name: _answer(name, predictions, classes, task) for name, predictions in said.items()}
    return Outcome(task, truth, plain, classes, answers)


def _one_dimension(name: str, values: Any) -> Any:
    import numpy as np
    import pandas as pd

    try:
        array = np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
    except ValueError:
        raise UsageError(f"{name} has rows of several lengths; one value a row is wanted.") from None
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise UsageError(f"{name} has the shape {array.shape}; one value a row is wanted.")
    if not len(array):
        raise UsageError(f"{name} is empty: there is no row to look at.")
    missing = int(pd.isna(array).sum())
    if missing:
        raise UsageError(f"{name} has {missing:,} missing values. Leave these rows out of {name}, X and the features.")
    return without_boxes(array)


def _task(y: Any, said: Mapping[str, Predictions]) -> Task:
    """Return the task, told by the models where they know it, else by the values."""
    natures = {predictions.nature for predictions in said.values()}
    fractions = {name for name, predictions in said.items() if _has_fractions(predictions.answer)}
    if "classifier" in natures:
        return "binary"
    if natures == {"regressor"} or _has_fractions(y) or (y.dtype.kind in "iuf" and _distinct(y) > MOST_CLASSES):
        return "regression"
    if "network" in natures:
        wide = any(predictions.answer.ndim == 2 for predictions in said.values())
        return "binary" if wide or _distinct(y) <= 2 else "regression"
    if fractions and all(predictions.answer.ndim == 1 for predictions in said.values()):
        return "score" if _distinct(y) <= 2 else "regression"
    return "binary"


def _has_fractions(values: Any) -> bool:
    import numpy as np

    with np.errstate(invalid="ignore"):  # of infinity nothing is left, and scikit-learn says what it thinks of it
        return values.dtype.kind == "f" and bool((values % 1 != 0).any())


def _distinct(values: Any) -> int:
    import pandas as pd

    return len(pd.unique(values))


def _classes(y: Any, said: Mapping[str, Predictions], positive: Any) -> tuple[Any, ...]:
    """Return the classes in order, the positive one of two last."""
    found: dict[Any, None] = dict.fromkeys(_plain(y))
    outcomes = set(found)
    for name, predictions in said.items():
        words = predictions.classes
        if words is None and predictions.nature == "raw" and predictions.answer.ndim == 1:
            words = () if _has_fractions(predictions.answer) else tuple(_plain(predictions.answer))
        if words and outcomes.isdisjoint(words) and len(outcomes.union(words)) > 2:
            raise UsageError(f"{name} answers {_listed(words)}, and y holds {_listed(outcomes)}. Use the same labels.")
        found |= dict.fromkeys(words or ())
    try:
        classes = sorted(found)
    except TypeError:
        classes = sorted(found, key=str)
    if len(classes) == 1:
        classes = _with_other_class(classes[0], positive)
    if positive is None or len(classes) > 2:
        return tuple(classes)
    chosen = [known for known in classes if known == positive or str(known) == str(positive)]
    if not chosen:
        raise UsageError(f"{positive!r} is none of the classes {', '.join(map(str, classes))}.")
    return (*(known for known in classes if known != chosen[0]), chosen[0])


def _listed(words: Iterable[Any]) -> str:
    texts = sorted(map(repr, words))
    return ", ".join(texts[:5]) + (" and others" if len(texts) > 5 else "")


def _with_other_class(only: Any, positive: Any) -> list[Any]:
    """Return two classes where the rows show only one of them: 0 and 1 are known to be two."""
    if only in (0, 1):
        return [False, True] if isinstance(only, bool) else [0, 1]
    if positive is not None:
        return [only, positive] if str(positive) != str(only) else [f"not {only}", only]
    raise UsageError(
        f"All rows have the outcome {only!r}, so nothing tells which class counts as selected. "
        "Name it with --positive (positive= in Python), or take rows of both classes."
    )


def _plain(values: Any) -> list[Any]:
    import pandas as pd

    return [value.item() if hasattr(value, "item") else value for value in pd.unique(values)]


def _numbered(name: str, values: Any, classes: tuple[Any, ...]) -> Any:
    """Return class numbers."""
    import numpy as np
    import pandas as pd

    if values.dtype.kind in "iub" and classes in ((0, 1), (False, True)):
        return values.astype(np.int64)
    codes, found = pd.factorize(values)
    number = {known: index for index, known in enumerate(classes)}
    table = np.array([number.get(value.item() if hasattr(value, "item") else value, -1) for value in found])
    if (table < 0).any():
        stranger = found[int(np.flatnonzero(table < 0)[0])]
        known = ", ".join(map(str, classes[:8]))
        raise UsageError(f"{name} answers {stranger!r}, which is none of the classes {known}. Use the same labels.")
    return table[codes]


def _numbers(name: str, values: Any) -> Any:
    try:
        numbers = values.astype(float)
    except (TypeError, ValueError):
        raise UsageError(
            f"{name} holds text, and the other side numbers. Give both as numbers, or both as labels."
        ) from None
    if numbers.ndim != 1:
        raise UsageError(f"{name} answers {numbers.shape[1]} numbers a row; a regression of one number is wanted.")
    return numbers


def _is_class(numbers: Any, wanted: int) -> Any:
    return (numbers == wanted).astype("int64")


def _answer(name: str, said: Predictions, classes: tuple[Any, ...], task: Task) -> Answer:
    import numpy as np

    if said.nature == "network" or said.answer.ndim == 2 or task == "score":
        return _from_scores(name, said.answer, classes, task)
    labels = _numbered(name, said.answer, classes)
    scores = said.scores
    if scores is not None and scores.ndim == 2 and said.classes is not None:
        if len(classes) == 2 and scores.shape[1] == 2:
            scores = scores[:, list(said.classes).index(classes[1])]
        elif tuple(said.classes) != classes:
            scores = None
    elif scores is not None and len(classes) == 2 and said.classes and said.classes[-1] != classes[1]:
        scores = -scores if not said.probable else 1 - scores
    return Answer(labels, scores, said.probable and scores is not None, np.asarray(said.answer))


def _from_scores(name: str, scores: Any, classes: tuple[Any, ...], task: Task) -> Answer:
    """Return the decision that scores mean: the largest of several, one half of a probability, 0 of any other score."""
    import numpy as np

    if scores.dtype.kind not in "fiub":
        raise UsageError(f"{name} answers {scores.dtype}, not numbers.")
    if not np.isfinite(scores).all():
        raise UsageError(f"{name} answers NaN or infinity for some rows. Look at X, or at how the model was trained.")
    words = np.array(classes, dtype=object)
    probable = bool((scores >= 0).all() and (scores <= 1).all())
    if scores.ndim == 2:
        if scores.shape[1] != len(classes):
            raise UsageError(f"{name} answers {scores.shape[1]} columns, and y has {len(classes)} classes.")
        labels = scores.argmax(axis=1)
        return Answer(labels, scores[:, 1] if len(classes) == 2 else scores, probable, words[labels])
    if len(classes) > 2:
        raise UsageError(f"{name} answers one score a row, and y has {len(classes)} classes. Give a column a class.")
    if task == "score":
        return Answer(None, scores, probable, None)
    labels = (scores >= (0.5 if probable else 0.0)).astype(np.int64)
    return Answer(labels, scores, probable, words[labels])
