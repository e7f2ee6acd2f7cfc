"""Which of Fairlearn's mitigators can work on a model: by what it is, what it predicts, and how its features come."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from ..entities import FairnessFeature

MITIGATORS = ("ThresholdOptimizer", "ExponentiatedGradient", "GridSearch", "CorrelationRemover")
"""Fairlearn's, in the order in which to try them: the first needs no further training."""


def mitigations(
    model: Any, X: Any, classes: tuple[Any, ...], features: tuple[FairnessFeature, ...]
) -> Mapping[str, str]:
    """Return for each mitigator why it cannot work here; an empty text where it can.

    Parameters
    ----------
    model : object
        As it was asked for predictions.
    X : DataFrame or array, optional
        What it predicts from.
    classes : tuple
        Of the outcome; empty for a regression.
    features : tuple of FairnessFeature
        The sensitive ones.
    """
    general = _general(model, features)
    if general:
        return dict.fromkeys(MITIGATORS, general)
    labels = _labels(classes)
    weights = labels or _weights(model)
    return {
        "ThresholdOptimizer": labels or _ranks(model),
        "ExponentiatedGradient": weights,
        "GridSearch": weights,
        "CorrelationRemover": _removable(model, X, features),
    }


def why_none(reasons: Mapping[str, str]) -> str:
    """Return why no mitigator can work, each reason once with those that it stops; empty where one can.

    Parameters
    ----------
    reasons : Mapping of str
        As `mitigations` tells them.
    """
    if not all(reasons.values()):
        return ""
    stopped = {reason: [name for name in reasons if reasons[name] == reason] for reason in reasons.values()}
    if len(stopped) == 1:
        return next(iter(stopped))
    return " ".join(f"{', '.join(names)}: {reason}" for reason, names in stopped.items())


def mitigator_of(model: Any) -> str:
    """Return the Fairlearn class that a model is, or that a pipeline has among its steps; empty for any other."""
    steps = getattr(model, "steps", None)
    parts = [step for _, step in steps] if isinstance(steps, list) else [model]
    return next((type(part).__name__ for part in parts if type(part).__module__.startswith("fairlearn.")), "")


def is_private(model: Any) -> bool:
    """Whether a model learned with differential privacy, as InterpretML's and diffprivlib's do."""
    _, step = last_step(model)
    given = step.get_params(deep=False) if hasattr(step, "get_params") and not isinstance(step, type) else {}
    return "epsilon" in given and not {"delta", "accountant"}.isdisjoint(given)


def last_step(model: Any) -> tuple[str, Any]:
    """Return a pipeline's last step by its name; the model itself, without a name, where it is none."""
    steps = getattr(model, "steps", None)
    return steps[-1] if isinstance(steps, list) and steps else ("", model)


_NEEDED = ("fit", "predict", "get_params")
"""What a model of scikit-learn's kind has."""


def _general(model: Any, features: tuple[FairnessFeature, ...]) -> str:
    missing = [method for method in _NEEDED if not hasattr(model, method)]
    kind = type(model).__name__
    if missing == list(_NEEDED) and not callable(model):
        return f"This is a prediction ({kind}). Name the model that made it."
    if missing:
        return (
            f"Fairlearn's mitigators need {', '.join(missing)}, which {kind} has not. "
            "Name an estimator of scikit-learn's kind, or wrap it in one."
        )
    if made_by := mitigator_of(model):
        return f"This model was made by {made_by} already. Mitigate the one that it was made from."
    if is_private(model):
        return (
            "The model is differentially private, and mitigating looks at rows outside its budget or spends it again. "
            "Mitigate a model without privacy, or write the cell yourself, over rows that may be known."
        )
    cut = [feature.name for feature in features if feature.edges]
    if cut:
        return (
            f"{cut[0]} is a continuous feature, cut into parts for the report only. "
            "Make a column of groups of it, and name that."
        )
    return ""


def _labels(classes: tuple[Any, ...]) -> str:
    if len(classes) != 2:
        return f"It works on outcomes of two classes, and this is {_many(classes) if classes else _REGRESSION}"
    if tuple(classes) != (0, 1):
        return f"It works on the outcomes 0 and 1. Map yours first: y = (y == {classes[1]!r}).astype(int)."
    return ""


_REGRESSION = "a regression. Its losses are bounded by BoundedGroupLoss, in a cell of your own."
_MOST_CLASSES = 4


def _many(classes: tuple[Any, ...]) -> str:
    named = ", ".join(map(str, classes[:_MOST_CLASSES])) + (", …" if len(classes) > _MOST_CLASSES else "")
    one = f"y = (y == {classes[0]!r}).astype(int)"
    return f"{len(classes)} classes: {named}. Ask about one of them: {one}, and a model of that."


def _ranks(model: Any) -> str:
    if any(hasattr(model, method) for method in ("predict_proba", "decision_function")):
        return ""
    kind = type(model).__name__
    return f"It moves thresholds of scores, and {kind} has neither predict_proba nor decision_function."


def _weights(model: Any) -> str:
    _, step = last_step(model)
    if "sample_weight" in inspect.signature(step.fit).parameters:
        return ""
    trained = f"It trains with weights, and {type(step).__name__}.fit takes no sample_weight."
    return f"{trained} LogisticRegression and trees do."


def _removable(model: Any, X: Any, features: tuple[FairnessFeature, ...]) -> str:
    dtypes: Any = getattr(X, "dtypes", None)
    columns = dtypes.index if hasattr(dtypes, "loc") else ()  # those of a frame that is not pandas' are a plain list
    for feature in features:
        if feature.name not in columns:
            return f"It takes correlation out of the columns of X, and {feature.name} is none of them."
        if getattr(dtypes[feature.name], "kind", "O") not in "iufb":
            return f"It works on numbers, and the column {feature.name} holds text. Add it to X as 0 and 1."
        if feature.missing is not None:
            return f"It works on numbers, and the column {feature.name} has missing values. Fill them first."
    names = getattr(model, "feature_names_in_", None)
    absent = [feature.name for feature in features if names is not None and feature.name not in names]
    if absent:
        return f"The model does not take the column {absent[0]}, so there is nothing to remove."
    words = [name for name in (columns if names is None else names) if getattr(dtypes[name], "kind", "O") not in "iufb"]
    if words:
        return f"It works on numbers, and the column {words[0]} holds none. Encode the columns of X first."
    if _needs_a_frame(model):
        return "The model chooses columns of a frame, and what it leaves is none."
    return ""


def _needs_a_frame(model: Any) -> bool:
    """Whether a model, or a step inside, takes apart a frame's columns, by name or type, as a ColumnTransformer may."""
    told = [value for name, value in model.get_params().items() if name.rpartition("__")[2] == "transformers"]
    chosen = [columns for transformers in told for *_, columns in transformers]
    return any(isinstance(column, str) or callable(column) for columns in chosen for column in _listed(columns))


def _listed(columns: Any) -> list[Any]:
    """Return what a transformer is given: one column, several, or a function that chooses of a frame."""
    return list(columns) if hasattr(columns, "__len__") and not isinstance(columns, str) else [columns]
