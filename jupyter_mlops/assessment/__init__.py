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
    from ._columns import MISSING
    from ._cut import MOST_GROUPS, cut_for_view
    from ._mitigation import MITIGATORS, last_step, mitigations
    from ._question import FairnessQuestion, MetricName

__all__ = [
    "MISSING",
    "MITIGATORS",
    "MOST_GROUPS",
    "FairnessQuestion",
    "MetricName",
    "analyse",
    "cut_for_view",
    "last_step",
    "mitigations",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "MISSING": "._columns",
        "MOST_GROUPS": "._cut",
        "MITIGATORS": "._mitigation",
        "FairnessQuestion": "._question",
        "MetricName": "._question",
        "analyse": "._analysis",
        "cut_for_view": "._cut",
        "last_step": "._mitigation",
        "mitigations": "._mitigation",
    },
)
