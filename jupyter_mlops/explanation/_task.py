"""What a model answers, told by the model: scikit-learn's tags, the layers of a network, never the name of a class."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Literal

from .._boosters import booster_advice
from ..exceptions import UsageError

Answer = Literal["classes", "numbers", "clusters", "anomalies", "network"]
TaskName = Literal["binary", "multiclass", "regression", "clustering"]


@dataclass(frozen=True)
class Task:
    """What a model answers.

    Parameters
    ----------
    name : str
        As in `ExplanationReport.task`.
    answer : str
        How it is asked: for classes, numbers, clusters, how ordinary a row is, or by calling a network.
    classes : tuple of str
        Labels as text.
    answers : int
        Numbers that a regression predicts at once.
    scale : str
        What the answers are measured in; empty for models that tell by their methods.
    target_name : str
        What is predicted, where the labels have a name.
    """

    name: TaskName
    answer: Answer
    classes: tuple[str, ...] = ()
    answers: int = 1
    scale: str = ""
    target_name: str = ""

    @property
    def outputs(self) -> tuple[str, ...]:
        """What is explained, one a column: the second of two classes, each of several, or the number."""
        if self.answers > 1:
            return tuple(f"output {number}" for number in range(self.answers))
        if self.answer == "anomalies":
            return ("decision function",)
        if self.name == "regression":
            return (self.target_name or "prediction",)
        return self.classes[1:] if self.name == "binary" else self.classes


def is_model(value: Any) -> bool:
    """Whether a value predicts; classes of models do not."""
    return not isinstance(value, type) and (hasattr(value, "predict") or is_network(value))


def require_model(model: Any) -> None:
    """Raise `UsageError` for what predicts nothing, or is not fitted."""
    if not is_model(model):
        raise UsageError(_no_model(model))
    if advice := booster_advice(model):
        raise UsageError(advice)
    if hasattr(model, "__sklearn_tags__") and hasattr(model, "fit"):
        from sklearn.exceptions import NotFittedError
        from sklearn.utils.validation import check_is_fitted

        try:
            check_is_fitted(model)
        except NotFittedError:
            raise UsageError(f"{type_name(model)} is not fitted. Call fit first.") from None


def task_of(model: Any, data: Any, target: Any) -> Task:
    """Return what a model answers.

    Parameters
    ----------
    model : object
        One that `require_model` takes.
    data, target : DataFrame or ndarray, optional
        A network and a regression are asked once; a network's labels tell what its outputs are.

    Raises
    ------
    UsageError
        It answers what cannot be explained.
    """
    if is_network(model):
        from ._network import network_task

        return network_task(model, data, target)
    kind = estimator_type(model)
    if kind == "clusterer" or (kind == "density_estimator" and hasattr(model, "n_components")):
        return Task("clustering", "clusters")
    if kind == "outlier_detector":
        return Task("regression", "anomalies", scale="decision function")
    classes = getattr(model, "classes_", None)
    if kind == "classifier" or (kind == "" and classes is not None):
        return _classification(model, classes)
    return Task("regression", "numbers", answers=1 if data is None else _answers(model, data))


def is_network(model: Any) -> bool:
    """Whether a model is a Keras model or a torch module, without importing either."""
    torch = sys.modules.get("torch")
    keras = sys.modules.get("keras")
    if torch is not None and isinstance(model, torch.nn.Module):
        return True
    return keras is not None and isinstance(model, keras.Model)


def unwrapped(model: Any) -> Any:
    """Return the model that a fitted search found, or that is a pipeline's only step."""
    best = getattr(model, "best_estimator_", None)
    if best is not None:
        return unwrapped(best)
    steps = _steps(model)
    return unwrapped(steps[0]) if len(steps) == 1 else model


def last_step(model: Any) -> Any:
    """Return the model at the end of a pipeline, found by a search perhaps."""
    core = unwrapped(model)
    steps = _steps(core)
    return last_step(steps[-1]) if steps else core


def type_name(model: Any) -> str:
    """Return what people call a model: its class, and that of what is inside a search or a pipeline."""
    best = getattr(model, "best_estimator_", None)
    inside = _steps(model) if best is None else [best]
    name = type(model).__name__
    return f"{name}({', '.join(map(type_name, inside))})" if inside else name


def _steps(model: Any) -> list[Any]:
    """Return the steps of a pipeline that do something."""
    steps = getattr(model, "steps", None)
    return [step for _, step in steps if step is not None and step != "passthrough"] if isinstance(steps, list) else []


def estimator_type(model: Any) -> str:
    """Return "classifier", "regressor", "clusterer", ... as the model says; empty where it does not."""
    if hasattr(model, "__sklearn_tags__"):
        from sklearn.utils import get_tags

        return str(get_tags(model).estimator_type or "")
    return str(getattr(model, "_estimator_type", "") or "")


def _answers(model: Any, data: Any) -> int:
    """Return how many numbers a model predicts at once."""
    shape: tuple[int, ...] = getattr(model.predict(data[:1]), "shape", ())
    return int(shape[1]) if len(shape) == 2 else 1


def _classification(model: Any, classes: Any) -> Task:
    if classes is None:
        raise UsageError(f"{type_name(model)} has no classes_: it is not fitted. Call fit first.")
    if isinstance(classes, list) or getattr(classes, "ndim", 1) != 1:
        raise UsageError(
            f"{type_name(model)} predicts several labels at once. Explain one of them: "
            "train a model for it, or pass the one of model.estimators_ that answers it."
        )
    labels = tuple(str(label) for label in classes)
    if len(labels) < 2:
        raise UsageError(
            f"{type_name(model)} knows one class only ({', '.join(labels)!r}): no column can matter to it. "
            "Train it on rows of at least two classes."
        )
    return Task("binary" if len(labels) == 2 else "multiclass", "classes", labels)


def _no_model(model: Any) -> str:
    if isinstance(model, type):
        return f"{model.__name__} is a class. Make a model of it, {model.__name__}(...), and fit it."
    kind = type(model).__name__
    if hasattr(model, "fit_predict"):
        return (
            f"{kind} cannot say where a new row belongs: it has no predict. Explain a classifier that was trained "
            "on its labels_, such as a decision tree."
        )
    if hasattr(model, "refit"):
        return f"{kind} has kept no model: it searched with refit={model.refit}. Search again with refit=True."
    if callable(model) and not hasattr(model, "fit"):
        return (
            f"A {kind} is no model that can be explained: it has no predict. Name the model that it asks, or wrap it "
            "in a class with fit and predict."
        )
    return f"{kind} is no model that can be explained: it has no predict. Give a fitted model."
