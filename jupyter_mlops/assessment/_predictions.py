"""What a model says of each row: a label, a score or both, whatever library it comes from.

Knows scikit-learn and all that predicts as it does (pipelines, XGBoost, LightGBM, Fairlearn's mitigators), Keras,
torch modules, functions, and predictions that were made elsewhere. No library is imported to find out.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .._boosters import booster_advice
from ..exceptions import UsageError
from ._columns import MISSING
from ._mitigation import mitigator_of

Nature = Literal["classifier", "regressor", "network", "raw"]


@dataclass(frozen=True)
class Predictions:
    """What a model said.

    Parameters
    ----------
    answer : array
        One row a row: labels, numbers, or a column for each class.
    nature : str
        "classifier" and "regressor" say what their answers are; those of a "network" are scores; "raw" may be anything.
    scores : array, optional
        Of a classifier: probabilities, a column a class, or decision values.
    probable : bool
        Whether scores are probabilities.
    classes : tuple, optional
        The order of the columns of `scores`.
    """

    answer: Any
    nature: Nature
    scores: Any = None
    probable: bool = False
    classes: tuple[Any, ...] | None = None


def predict(name: str, model: Any, X: Any, features: Mapping[str, Any], seed: int) -> Predictions:
    """Return what a model says of `X`.

    Parameters
    ----------
    name : str
        Of the model, for messages.
    model : object
        A model, a function of `X`, or its predictions.
    X : array or DataFrame
        None where only predictions are given.
    features : Mapping
        The sensitive columns: a `ThresholdOptimizer` asks for them to predict.
    seed : int
        For models that predict at random.

    Raises
    ------
    UsageError
        It is no model, there is no `X`, or the model failed; the message has the model's own words.
    """
    if _is_answer(model):
        return Predictions(_array(name, model), "raw")
    predicts = hasattr(model, "predict") or callable(model)
    if not predicts or isinstance(model, type):
        what = f"the class {model.__name__}" if isinstance(model, type) else f"a {type(model).__name__}"
        raise UsageError(
            f"{name} is {what}: neither a fitted model with predict, nor a function of X, nor predictions. "
            "Name a model, or give an array with one prediction a row."
        )
    if advice := booster_advice(model):
        raise UsageError(advice)
    if X is None:
        raise UsageError(f"{name} needs rows to predict from. Name them with -X (X= in Python).")
    if getattr(X, "shape", (1,))[0] == 0:
        raise UsageError("X is empty: there is no row to look at.")
    try:
        return _asked(name, model, X, features, seed)
    except UsageError:
        raise
    except Exception as error:  # a model may raise anything, such as its library's own errors
        words = f"{name} cannot predict from X: {type(error).__name__}: {_first_lines(error)}"
        raise UsageError(_no_numbers(name, model, X) or words) from error


def type_name(model: Any) -> str:
    """Return a model's type as people know it; a pipeline with its last step."""
    kind = type(model)
    steps = getattr(model, "steps", None)
    if steps and isinstance(steps, list):
        return f"{kind.__name__} of {type(steps[-1][1]).__name__}"
    return "" if _is_answer(model) else str(kind.__name__)


def _is_answer(model: Any) -> bool:
    is_data = hasattr(model, "__array__") or isinstance(model, list | tuple)
    return is_data and not hasattr(model, "predict") and not callable(model)


def _no_numbers(name: str, model: Any, X: Any) -> str:
    """Return what to do where a network was given columns that hold no numbers; empty for anything else."""
    dtypes: Any = getattr(X, "dtypes", None)
    if not _is_network(model) or not hasattr(dtypes, "loc"):
        return ""
    words = [str(column) for column, kind in dtypes.items() if getattr(kind, "kind", "O") not in "iufb"]
    listed = ", ".join(words[:5]) + (" and others" if len(words) > 5 else "")
    if not words:
        return ""
    return (
        f"{name} is a network, which takes numbers, and these columns of X hold none: {listed}. Give X as it was "
        "trained, and what it was trained without as arrays of their own: -s takes names of the notebook too."
    )


def _is_network(model: Any) -> bool:
    torch = sys.modules.get("torch")
    is_keras = any(kind.__module__.startswith(("keras.", "tensorflow.")) for kind in type(model).__mro__)
    return is_keras or (torch is not None and isinstance(model, torch.nn.Module))


def _asked(name: str, model: Any, X: Any, features: Mapping[str, Any], seed: int) -> Predictions:
    answer_of = f"The answer of {name}"
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        return Predictions(_array(answer_of, _of_torch(torch, model, X)), "network")
    if _is_network(model):
        return Predictions(_array(answer_of, model.predict(_values(X), verbose=0)), "network")
    if not hasattr(model, "predict"):
        return Predictions(_array(answer_of, model(X)), "raw")
    if _clusters(model):
        raise UsageError(
            f"{name} finds clusters, and their numbers are no classes of y. "
            "Give a function of X that says which class each cluster stands for."
        )
    X = _columns_of(model, X)
    answer = _array(answer_of, model.predict(X, **_further(model, features, seed)))
    classes = getattr(model, "classes_", None)
    scores, probable = _scores(name, model, X) if classes is not None else (None, False)
    return Predictions(
        answer, _nature(model, classes), scores, probable, None if classes is None else tuple(_plain(classes))
    )


def _columns_of(model: Any, X: Any) -> Any:
    """Return the columns that a model was fitted on: sensitive ones often stand in the same frame, for the report."""
    names = _fitted_columns(model)
    columns = getattr(X, "columns", None)
    if names is None or columns is None or len(names) >= len(columns) or not set(names) <= set(columns):
        return X
    return X[list(names)]


def _fitted_columns(model: Any) -> Any:
    """Return the names of the columns that a model was fitted on; a mitigator's are those of the model inside."""
    insides = (model, *(getattr(model, name, None) for name in ("estimator_", "estimator")))
    inner = list(getattr(model, "predictors_", ()))[:1]
    names = next(
        (inside.feature_names_in_ for inside in (*inner, *insides) if hasattr(inside, "feature_names_in_")), None
    )
    of_booster = getattr(model, "feature_name", None)  # LightGBM's own
    return of_booster() if names is None and callable(of_booster) else names


def _further(model: Any, features: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return what Fairlearn's mitigators want besides `X`."""
    try:
        parameters = inspect.signature(model.predict).parameters
    except (TypeError, ValueError):  # a method written in C
        return {}
    wanted: dict[str, Any] = {"random_state": seed} if "random_state" in parameters else {}
    if "sensitive_features" in parameters:
        wanted["sensitive_features"] = _mitigated_by(model, features)
    return wanted


def _mitigated_by(model: Any, features: Mapping[str, Any]) -> Any:
    """Return the sensitive columns that a mitigator was fitted with, told by the groups that it knows.

    Raises
    ------
    UsageError
        The groups of several columns are those that it knows: with the wrong one it would answer wrongly.
    """
    import pandas as pd

    frame = pd.DataFrame({name: _array(name, column) for name, column in features.items()})
    interpolated = getattr(model, "interpolated_thresholder_", None)
    known = {str(group) for group in getattr(interpolated, "interpolation_dict", {})}
    if any(MISSING in group.split(",") for group in known):  # of other mitigators Fairlearn refuses such rows
        frame = frame.astype(object).where(frame.notna(), MISSING)
    fitting = [name for name in frame if known.issuperset(map(str, frame[name].unique()))]
    if len(fitting) > 1:
        raise UsageError(
            f"A {mitigator_of(model)} asks for the sensitive feature that it was fitted with, and the groups of "
            f"{' and '.join(map(str, fitting))} are alike. Name only its own with -s, or give its predictions."
        )
    return frame[fitting[0]] if fitting else frame


def _scores(name: str, model: Any, X: Any) -> tuple[Any, bool]:
    for method, probable in (("predict_proba", True), ("decision_function", False)):
        try:
            ask = getattr(model, method, None)  # a pipeline has the method only where its last step has
            if ask is not None:
                return _array(f"The answer of {name} to {method}", ask(X)), probable
        except (AttributeError, NotImplementedError):
            continue
    return None, False


def _clusters(model: Any) -> bool:
    if not hasattr(model, "__sklearn_tags__"):
        return False
    from sklearn.base import is_clusterer

    return bool(is_clusterer(model))


def _nature(model: Any, classes: Any) -> Nature:
    if classes is not None:
        return "classifier"
    if hasattr(model, "__sklearn_tags__"):
        from sklearn.base import is_regressor

        return "regressor" if is_regressor(model) else "raw"
    # What only looks like scikit-learn's, and estimators of before its tags.
    return "regressor" if getattr(model, "_estimator_type", "") == "regressor" else "raw"


def _of_torch(torch: Any, model: Any, X: Any) -> Any:
    """Return a module's answer, computed as it is used: in evaluation mode, on its own device, without gradients."""
    parameter = next(iter(model.parameters()), None)
    rows = X if isinstance(X, torch.Tensor) else torch.tensor(_values(X))
    if parameter is not None:
        becomes_fractions = rows.is_floating_point() or not _embeds(torch, model)
        rows = rows.to(parameter.device, parameter.dtype if becomes_fractions else None)
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return model(rows).cpu().numpy()
    finally:
        model.train(was_training)


def _embeds(torch: Any, model: Any) -> bool:
    """Whether whole numbers must stay whole: they are places in an embedding."""
    return any(isinstance(part, torch.nn.Embedding | torch.nn.EmbeddingBag) for part in model.modules())


def _values(X: Any) -> Any:
    import numpy as np

    return X.to_numpy() if hasattr(X, "to_numpy") else X if hasattr(X, "shape") else np.asarray(X)


def _array(name: str, values: Any) -> Any:
    """Return values as an array of one or two dimensions; a column is a row of values."""
    import numpy as np

    if hasattr(values, "detach"):
        values = values.detach().cpu()
    try:
        array = np.asarray(values)
    except ValueError:
        raise UsageError(
            f"{name} has rows of several lengths; each row is one prediction, or a column a class."
        ) from None
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2):
        raise UsageError(f"{name} has the shape {array.shape}; one prediction a row is wanted, or a column a class.")
    return without_boxes(array)


def without_boxes(array: Any) -> Any:
    """Return an array of Python's numbers as one of numpy's: a column of a mixed table holds objects."""
    import pandas as pd

    if array.dtype != object or array.ndim != 1 or pd.isna(array).any():
        return array
    inferred = pd.Series(array).infer_objects().to_numpy()
    return inferred if inferred.dtype.kind in "iufb" else array


def _plain(values: Any) -> list[Any]:
    return list(values.tolist()) if hasattr(values, "tolist") else list(values)


def _first_lines(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else text[:297] + "..."
