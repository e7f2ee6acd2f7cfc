"""What differs between models: an estimator that takes a table, a network that takes tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    import numpy as np

    from ._inputs import InputTensor
    from ._protocol import Variant

    Array = np.ndarray[Any, Any]


class Rows(Protocol):
    """Rows in the form in which a model takes them."""

    @property
    def value(self) -> Any:
        """What the model is given."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of a frame's columns; empty where there are none."""
        ...

    @property
    def others(self) -> tuple[Self, ...]:
        """Rows of the same kind whose sequences have other lengths."""
        ...

    def with_others(self, others: Sequence[Any]) -> Self:
        """Return the rows with other ones of other lengths."""
        ...

    def __len__(self) -> int: ...

    def take(self, rows: Any) -> Self:
        """Return some rows, by number or by a mask, in that order."""
        ...


class Subject(Protocol):
    """A model with the way in which it is asked and its rows become tensors. The model is only read.

    A method is whatever the model can be asked and an output of a file can answer.
    """

    @property
    def model(self) -> Any:
        """The model itself."""
        ...

    @property
    def has_labels(self) -> bool:
        """Whether `predict` names something, where nothing is near: a class, a cluster, an outlier."""
        ...

    @property
    def part(self) -> str:
        """What the user calls a part of such a model: an estimator, a layer."""
        ...

    @property
    def is_followed(self) -> bool:
        """Whether a converter follows it on the way of two rows, and so may have missed another way."""
        ...

    def rows(self, X: Any) -> Rows:
        """Return what the user gave as rows that this model takes.

        Raises
        ------
        UsageError
            They are none.
        """
        ...

    def edge_rows(self, real: Any) -> Rows:
        """Return rows that nobody has in his data, and somebody will send."""
        ...

    def other_lengths(self, real: Any) -> tuple[Any, ...]:
        """Return rows like real ones whose sequences have other lengths, where the model says that it takes them."""
        ...

    def methods(self, real: Any) -> tuple[str, ...]:
        """Return what can be asked; a file's first output answers the first.

        Raises
        ------
        UsageError
            Nothing can.
        """
        ...

    def said(self, methods: tuple[str, ...], rows: Any) -> dict[str, Array]:
        """Return what the model says, rows first; whatever it raises, it does not take the rows."""
        ...

    def arranged(self, answer: Array, rows: int) -> Array:
        """Return an answer of model or file, rows first, in the shape in which both are compared.

        Raises
        ------
        ValueError
            It is no answer to so many rows.
        """
        ...

    def inputs(self, rows: Any, variant: Variant) -> tuple[InputTensor, ...]:
        """Return what a file takes, in a variant's types."""
        ...

    def feeds(self, inputs: tuple[InputTensor, ...], rows: Any) -> tuple[dict[str, Array], Array]:
        """Return rows as a file's tensors, and which rows the tensors can hold."""
        ...

    def beyond(self, rows: Any, told: Mapping[str, Array]) -> Array:
        """Return which rows are beyond what the model itself can compute, by what it said of them."""
        ...

    def answered_by(
        self, outputs: tuple[str, ...], methods: tuple[str, ...], alike: Callable[[str, str], bool]
    ) -> dict[str, str]:
        """Return which method each of a file's outputs answers; what stands for none is left out of the file.

        Parameters
        ----------
        outputs : tuple of str
            In the file's order.
        methods : tuple of str
            That the model answers.
        alike : callable
            Tells whether an output says the same as a method on the real rows.

        Raises
        ------
        ExportError
            An output is missing.
        """
        ...
