"""Fairness assessment, as Fairlearn has it: from predictions and sensitive features to a `FairnessReport`.

Reads a question (models, data, features, metrics), lets each model predict, hands all of it to Fairlearn's MetricFrame
and writes down what comes back; every number is Fairlearn's or scikit-learn's own. Knows no notebook and no run.
Fairlearn loads when the first question is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._analysis import analyse
    from ._cut import MOST_GROUPS, cut_for_view
    from ._question import FairnessQuestion

__all__ = ["MOST_GROUPS", "FairnessQuestion", "analyse", "cut_for_view"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "MOST_GROUPS": "._cut",
        "FairnessQuestion": "._question",
        "analyse": "._analysis",
        "cut_for_view": "._cut",
    },
)
