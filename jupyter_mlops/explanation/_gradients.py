"""Integrated gradients of a network: what each value adds on the way from an ordinary row to this one.

Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", ICML 2017: the gradient is averaged along the
straight line from the baseline to the row, times the difference. No library that is installed computes it for both
Keras and torch, so the sum is here; the gradients are the framework's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ..entities import Importance
from ._asking import asking, refuse_incomplete
from ._columns import features_of, figure_rows, figures
from ._dependence import shapes_of
from ._network import Network, as_table, open_network
from ._permutation import MOST_SHAPES, local_rows
from ._protocol import Explained, ExplanationWish, Suitability
from ._response import inspected
from ._subject import Subject, check_rows
from ._task import is_network

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

STEPS, STEPS_OF_ROWS = 50, 250
"""Points of the line from the baseline to a row: for the mean over many rows, and for rows shown one by one."""

MOST_ROWS = 500
"""Rows whose attributions make the importance."""


class GradientsExplainer:
    """Explains Keras models and torch modules by integrated gradients."""

    name = "gradients"

    def suits(self, subject: Subject) -> Suitability:
        """Tell whether the model is a network."""
        if is_network(subject.model):
            return Suitability(
                20, f"{type(subject.model).__name__} is a network, and its gradients tell what it looks at"
            )
        return Suitability(0, "gradients need a Keras model or a torch module; use --method permutation")

    def explain(self, subject: Subject, wish: ExplanationWish) -> Explained:
        """Explain a network on a table of numbers.

        Raises
        ------
        UsageError
            The network cannot read the data.
        """
        subject.require_data("Integrated gradients")
        check_rows(wish.rows, subject.rows)
        refuse_incomplete(subject)
        model = inspected(subject)
        with asking(subject):
            lines = _Lines(subject)
            sample = as_table(subject.sampled(min(wish.sample, MOST_ROWS), wish.seed).data)
            importance, order = importance_of(subject, lines.attributions(sample, STEPS))
        shapes, _ = shapes_of(subject, model, order[:MOST_SHAPES], wish)
        local, gap = local_rows(subject, model, wish.rows), ""
        if local is not None:
            with asking(subject):
                rows = as_table(subject.chosen(wish.rows).data)
                added = lines.attributions(rows, STEPS_OF_ROWS)
                gap = f" Contributions sum up to the network's output within {lines.gap(rows, added):.1g}."
            local = msgspec.structs.replace(local, contributions=tuple(map(figure_rows, added[:, :, order])))
        return Explained(
            title="Integrated gradients (Sundararajan et al. 2017) and partial dependence (scikit-learn)",
            scale=subject.task.scale,
            importance=importance,
            features=features_of(subject),
            outputs=subject.task.outputs,
            base_values=figures(lines.base),
            shapes=shapes,
            local=local,
            rows_used=len(sample),
            notes=(f"The baseline is the mean of the rows; importance comes from {len(sample):,} of them.{gap}",),
        )


class _Lines:
    """The lines from the mean row to others, in one network."""

    def __init__(self, subject: Subject) -> None:
        self._network = open_network(subject.model)
        self._outputs = outputs_of(subject)
        self._baseline = as_table(subject.data).mean(axis=0, dtype=float).astype("float32")
        self.base = self._network.predict(self._baseline[None, :])[0, self._outputs]

    def attributions(self, rows: Array, steps: int) -> Array:
        return attributions(self._network, rows, self._baseline, self._outputs, steps)

    def gap(self, rows: Array, added: Array) -> float:
        """Return by how much base and contributions miss the output, at most."""
        answers = self._network.predict(rows)[:, self._outputs]
        return float(abs(self.base + added.sum(axis=2) - answers).max())


def attributions(network: Network, rows: Array, baseline: Array, outputs: list[int], steps: int) -> Array:
    """Return what each value of each row adds to some outputs.

    Parameters
    ----------
    network : Network
        What is explained.
    rows : ndarray of shape (rows, columns) or (rows, ...)
        Where the lines end.
    baseline : ndarray of shape (columns,) or (...)
        Where they begin.
    outputs : list of int
        Numbers of the outputs.
    steps : int
        Points of each line.

    Returns
    -------
    ndarray of shape (rows, outputs, columns) or (rows, outputs, ...)
        Over the columns they sum up to the output at the row minus the output at the baseline, up to the error of
        a sum of so many steps.
    """
    import numpy as np

    way = rows - baseline
    found = np.zeros((len(rows), len(outputs), *rows.shape[1:]))
    for step in range(steps):
        points = (baseline + way * np.float32((step + 0.5) / steps)).astype("float32")
        for number, output in enumerate(outputs):
            found[:, number] += network.gradients(points, output)
    found *= way[:, None] / steps
    return found


def outputs_of(subject: Subject) -> list[int]:
    """Return the numbers of the outputs that are explained: of two classes the second."""
    task = subject.task
    if task.name == "binary":
        return [-1]
    return list(range(len(task.outputs)))


def importance_of(subject: Subject, found: Array) -> tuple[Importance, list[int]]:
    """Return the mean size of the attributions, and the columns in its order."""
    import numpy as np

    sizes = np.abs(found).mean(axis=1)
    mean = sizes.mean(axis=0)
    error = sizes.std(axis=0, ddof=1) / np.sqrt(len(sizes)) if len(sizes) > 1 else np.zeros_like(mean)
    order = [int(column) for column in np.argsort(-mean, kind="stable")]
    return Importance(
        measure="mean size of what the column adds to the output",
        interval="one standard error over the rows",
        names=tuple(subject.names[column] for column in order),
        features=tuple((column,) for column in order),
        scores=figures(mean[order]),
        low=figures((mean - error)[order]),
        high=figures((mean + error)[order]),
    ), order
