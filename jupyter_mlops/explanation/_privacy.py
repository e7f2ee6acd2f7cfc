"""What a differentially private model promised, and what it used outside of that, told from how it was made.

InterpretML warns of it when a model is trained, which a run does elsewhere and earlier: a report says it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def privacy_notes(core: Any, *, has_rows: bool) -> tuple[str, ...]:
    """Return what a reader should know of a private model's explanation; nothing of any other model.

    Parameters
    ----------
    core : object
        A fitted model that explains itself.
    has_rows : bool
        Whether the report has single rows besides.
    """
    if not hasattr(core, "noise_scale_boosting_"):
        return ()
    promise = f"Differentially private: trained with epsilon {core.epsilon:g} and delta {core.delta:g}."
    rest = (
        "Rows that are named are told as they are." if has_rows else "The figures are the model's, and spend no more."
    )
    beside = list(_outside(core))
    return (f"{promise} {rest}", *([f"Not protected by that: {'; '.join(beside)}."] if beside else []))


def _outside(core: Any) -> Iterator[str]:
    """Yield what the training used beside its budget, and how to keep it in."""
    if core.privacy_bounds is None and "continuous" in core.feature_types_in_:
        yield "the smallest and the largest value of columns (give privacy_bounds that are known anyway)"
    if core.feature_types is None:
        yield "the types of columns, and which categories there are (give feature_types)"
    if not hasattr(core, "classes_") and (core.privacy_target_min is None or core.privacy_target_max is None):
        yield "the smallest and the largest outcome (give privacy_target_min and privacy_target_max)"
    if core.random_state is not None:
        yield "the noise, which its random_state makes again (leave it None)"
