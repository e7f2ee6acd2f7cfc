"""The area under the ROC curve without scikit-learn's checks, which are nearly all that it takes for a small group.

The steps are scikit-learn's (`roc_curve`, `auc`), so that the last digit is too; like the formulas of `_counting.py`
it is used only where it gives, on the data itself, what the library gave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._metrics import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    Numbers = np.ndarray[Any, Any]


def quick_equal(metric: Metric) -> Callable[[Numbers, Numbers], float] | None:
    """Return a function that does what a metric of two classes does, without weights; None for all others."""
    from sklearn.metrics import roc_auc_score

    return roc_auc if metric.function is roc_auc_score and not metric.own else None


def roc_auc(truth: Numbers, scores: Numbers) -> float:
    """Return the area under the curve of classes 0 and 1; NaN where there is only one of them."""
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    right = np.cumsum(truth[order])[last].astype(float)
    wrong = 1 + last - right
    if not right[-1] or not wrong[-1]:
        return float("nan")
    if len(last) > 2:  # points on a line between others are left out: they would be added up otherwise
        corners = np.append(True, np.append((np.diff(wrong, 2) != 0) | (np.diff(right, 2) != 0), True))
        right, wrong = right[corners], wrong[corners]
    x, y = np.append(0.0, wrong) / wrong[-1], np.append(0.0, right) / right[-1]
    return float((np.diff(x) * (y[1:] + y[:-1]) / 2.0).sum())
