"""What every method of explaining must offer, what it is asked for, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from ..entities import (
    ExplainedFeatures,
    FeatureInteraction,
    FeatureShape,
    Figure,
    ImageSaliency,
    Importance,
    LocalExplanations,
    TextSaliency,
)
from ._subject import Subject

SAMPLE = 10_000
"""Rows that a method looks at where it asks the model again and again."""


def _nobody(_what: str, _done: int, _steps: int) -> None:
    """Hear nothing."""


@dataclass(frozen=True, kw_only=True)
class ExplanationWish:
    """How to explain.

    Parameters
    ----------
    rows : tuple of int
        Rows to explain one by one, from 0; what they hold is stored.
    sample : int
        At most so many rows are looked at where a method asks the model many times.
    repeats : int
        How often a column is shuffled.
    metric : str
        What shuffling is measured by, a name of scikit-learn's; empty for the model's own score.
    seed : int
        Of everything that is drawn.
    tell : callable
        Hears what is being done, and how many of how many steps of it are.
    """

    rows: tuple[int, ...] = ()
    sample: int = SAMPLE
    repeats: int = 5
    metric: str = ""
    seed: int = 0
    tell: Callable[[str, int, int], None] = field(default=_nobody, compare=False, repr=False)


@dataclass(frozen=True)
class Suitability:
    """Whether a method explains a model: the suitable one of the highest `preference` is chosen; 0 is not suitable.

    Parameters
    ----------
    preference : int
        Ours use 10 (explains anything) to 30 (the model explains itself).
    reason : str
        Why, or why not and what to do: what stands after "because".
    """

    preference: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What a method found; the report adds what is known of model and data. Fields as in `ExplanationReport`.

    `classes` are needed only where the model does not tell them: clusters.
    """

    title: str
    scale: str
    importance: Importance
    features: ExplainedFeatures
    outputs: tuple[str, ...]
    classes: tuple[str, ...] = ()
    base_values: tuple[Figure, ...] = ()
    shapes: tuple[FeatureShape, ...] = ()
    interactions: tuple[FeatureInteraction, ...] = ()
    local: LocalExplanations | None = None
    texts: tuple[TextSaliency, ...] = ()
    images: tuple[ImageSaliency, ...] = ()
    rows_used: int = 0
    notes: tuple[str, ...] = ()


class Explainer(Protocol):
    """One method of explaining. It keeps nothing between calls and is safe to share between threads.

    It computes with a library that is known for the method, and its numbers are that library's to the last digit.
    Model and data are only read. A method of other data than tables has an attribute `kinds` that names them: "text",
    "images". One that knows nothing of the model but its answers has `asks_from_outside`: it is given dummy columns as
    the column that they were.
    """

    @property
    def name(self) -> str:
        """What `--method` says."""
        ...

    def suits(self, subject: Subject) -> Suitability:
        """Tell whether this method explains a model with the data that is there. Cheap: nothing is predicted."""
        ...

    def explain(self, subject: Subject, wish: ExplanationWish) -> Explained:
        """Explain a subject that it suits.

        Raises
        ------
        UsageError
            Model and data do not go together; the message names the column or the number that is wrong.
        """
        ...


@runtime_checkable
class RowExplainer(Protocol):
    """A method that can say what each term adds in single rows, without all that it found over all of them."""

    def explain_rows(self, subject: Subject, rows: tuple[int, ...], names: tuple[str, ...]) -> LocalExplanations:
        """Return what each term of the importance, in the order of these names, adds in some rows of a subject."""
        ...
