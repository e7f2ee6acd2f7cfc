"""Model and data to an explanation: what the model does with its features, as a frozen report.

Computed in the kernel with InterpretML and scikit-learn, on what the user holds: no notebook, no tracking and
no view here. One method a file behind `Explainer`; others are found by the entry points
`jupyter_mlops.explainers`.
"""

from __future__ import annotations

from ._asked_rows import AskedRows, asked_again, asked_rows, can_be_asked
from ._cut import cut_for_view
from ._discovery import AUTO, explainer_names, load_explainer
from ._kept_rows import KeptRows
from ._matching import matched
from ._protocol import SAMPLE, Explained, Explainer, ExplanationWish, Suitability
from ._report import explain_model
from ._subject import Subject
from ._task import is_model

__all__ = [
    "AUTO",
    "SAMPLE",
    "AskedRows",
    "Explained",
    "Explainer",
    "ExplanationWish",
    "KeptRows",
    "Subject",
    "Suitability",
    "asked_again",
    "asked_rows",
    "can_be_asked",
    "cut_for_view",
    "explain_model",
    "explainer_names",
    "is_model",
    "load_explainer",
    "matched",
]
