"""Networks behind one small interface: Keras models and torch modules that take a table and answer numbers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol

from ..exceptions import UsageError
from ._task import Task, TaskName

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BATCH = 1024


class Network(Protocol):
    """A network that is only asked: what it was, it stays."""

    def predict(self, data: Any) -> Array:
        """Return the outputs of rows, one column an output."""
        ...

    def gradients(self, data: Array, output: int) -> Array:
        """Return the derivative of one output by each value of each row."""
        ...


def open_network(model: Any) -> Network:
    """Return a model behind the interface.

    Raises
    ------
    UsageError
        Its framework is not one of these.
    """
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module) and not _is_keras(model):
        from ._torch import TorchNetwork

        return TorchNetwork(model)
    from ._keras import KerasNetwork

    return KerasNetwork(model)


def network_task(model: Any, data: Any, target: Any) -> Task:
    """Return what a network answers: several outputs are classes, unless the labels are numbers for each of them."""
    import numpy as np

    if data is None:
        raise UsageError(
            "A network is explained on data: say which with -X, such as %explain model -X X_test -y y_test."
        )
    answers = open_network(model).predict(as_table(data)[:BATCH])
    count = answers.shape[1]
    labels = None if target is None else np.unique(target)
    inside = bool(((answers >= 0) & (answers <= 1)).all())
    if count == 1:
        if inside and labels is not None and set(labels.tolist()) <= {0, 1}:
            return Task("binary", "network", ("0", "1"), scale="probability")
        return Task("regression", "network", scale="network output")
    if target is not None and target.ndim == 2 and not _is_one_hot(target):
        return Task("regression", "network", answers=count, scale="network output")
    known = labels is not None and target.ndim == 1 and len(labels) == count
    classes = tuple(str(label) for label in (labels.tolist() if known else range(count)))  # type: ignore[union-attr]
    sums_up = inside and bool(np.allclose(answers.sum(axis=1), 1, atol=1e-3))
    name: TaskName = "binary" if count == 2 else "multiclass"
    return Task(name, "network", classes, scale="probability" if sums_up else "network output")


def class_numbers(target: Array, classes: tuple[str, ...]) -> Array:
    """Return labels as the numbers of a network's outputs.

    Raises
    ------
    UsageError
        A label belongs to no output.
    """
    import numpy as np

    if target.ndim == 2:
        return np.asarray(target.argmax(axis=1))
    numbers = {label: number for number, label in enumerate(classes)}
    told = [
        str(int(label)) if isinstance(label, float) and label.is_integer() else str(label) for label in target.tolist()
    ]
    unknown = set(told) - set(numbers)
    if unknown:
        raise UsageError(
            f"y has the label {min(unknown)!r}, and the network's {len(classes)} outputs are taken for "
            f"{', '.join(classes)}. Give y as the numbers of the outputs, from 0."
        )
    return np.asarray([numbers[label] for label in told])


def as_table(data: Any) -> Array:
    """Return rows and columns of floats, as a network takes them.

    Raises
    ------
    UsageError
        A column holds something else.
    """
    import numpy as np
    from pandas.api.types import is_numeric_dtype

    if hasattr(data, "columns"):
        for name in data.columns:
            if not is_numeric_dtype(data[name].dtype):
                raise UsageError(
                    f"Column {name!r} holds no numbers: a network takes numbers. Encode it as for training."
                )
        return np.asarray(data.to_numpy(dtype="float32", na_value=np.nan))
    try:
        return np.asarray(data, dtype="float32")
    except (TypeError, ValueError):
        raise UsageError("X holds values that are no numbers: a network takes numbers. Encode them first.") from None


def _is_keras(model: Any) -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(model, keras.Model)


def _is_one_hot(target: Array) -> bool:
    return bool((target.sum(axis=1) == 1).all() and ((target == 0) | (target == 1)).all())
