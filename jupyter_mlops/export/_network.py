"""Networks: models that are called with tensors and answer tensors, whatever framework made them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..exceptions import ExportError, UsageError
from ._edge_tensors import edge_tensors
from ._inputs import InputTensor
from ._lengths import free_axes
from ._overflow import HUGE
from ._quiet import answer_or_error, quiet
from ._reasons import named_reason
from ._tensors import Tensors

if TYPE_CHECKING:
    from ._protocol import Variant

    Array = np.ndarray[Any, Any]

_PORTION = 8 << 20
"""Bytes of rows that a network is given at once."""

_MOST_ALONE = 64
"""Rows that are asked alone: edge rows, of which some are huge."""

CALL = "call"
"""What a network with one output is asked; of several, `call[0]` or `call['name']`."""


class Network(ABC):
    """A network as it is asked: at inference, in portions, on the processor.

    Parameters
    ----------
    model : object
        Only read; its mode is afterwards what it was.
    """

    part = "layer"
    is_followed = True
    has_labels = False
    """Networks answer numbers. Where these agree, the largest is another one only among numbers that are as near."""

    def __init__(self, model: Any) -> None:
        self.model = model

    @abstractmethod
    def rows(self, X: Any) -> Tensors:
        """Return what the user gave as tensors of the types that the network takes.

        Raises
        ------
        UsageError
            They are none.
        """

    @abstractmethod
    def names(self, rows: Tensors) -> tuple[str, ...]:
        """Return what the inputs of the file are called."""

    @abstractmethod
    def answer(self, rows: Tensors) -> Any:
        """Return what the network answers: an array, or a tuple, list or dict of them."""

    def edge_rows(self, real: Tensors) -> Tensors:
        """Return rows with the extremes of their types."""
        return edge_tensors(real)

    def other_lengths(self, real: Tensors) -> tuple[Tensors, ...]:  # noqa: ARG002  it does not tell
        """Return rows like real ones whose sequences have other lengths, where the network says that it takes them."""
        return ()

    def methods(self, real: Tensors) -> tuple[str, ...]:
        """Return a word for each output, by the first row that the network takes.

        Raises
        ------
        UsageError
            It answers nothing that can be compared.
        """
        found: Any = ValueError("there are no rows")
        for row in range(min(len(real), 8)):
            found = answer_or_error(partial(self._answered, real.take([row])))
            if not isinstance(found, Exception):
                break
        if isinstance(found, Exception):
            raise UsageError(
                f"{type(self.model).__name__} does not take these rows ({named_reason(found)}). "
                "Give them as it is called with: one array, or a tuple or dict of them."
            ) from found
        if not found:
            raise UsageError(f"{type(self.model).__name__} answers no tensors: nothing could be compared.")
        return tuple(name for name, _ in found)

    def said(self, methods: tuple[str, ...], rows: Tensors) -> dict[str, Array]:
        """Return the outputs, rows first; asked in portions."""
        size = sum(array.nbytes for array in rows.arrays)
        portions = np.array_split(np.arange(len(rows)), max(1, min(len(rows), size // _PORTION + 1)))
        found = [dict(self._answered(rows.take(portion))) for portion in portions]
        return {method: np.concatenate([each[method] for each in found]) for method in methods}

    def _answered(self, rows: Tensors) -> list[tuple[str, Array]]:
        with quiet():
            return [(name, self.arranged(np.asarray(each), len(rows))) for name, each in flattened(self.answer(rows))]

    def arranged(self, answer: Array, rows: int) -> Array:
        """Return an answer as it is, when it is one a row.

        Raises
        ------
        ValueError
            It is not.
        """
        if not answer.ndim or len(answer) != rows:
            raise ValueError(f"an answer of shape {answer.shape} to {rows} rows")
        return answer

    def inputs(self, rows: Tensors, variant: Variant) -> tuple[InputTensor, ...]:
        """Return an input an array, in the types of the rows; an axis is free where there are rows of other lengths."""
        free = free_axes(rows) if variant.free else (frozenset[int](),) * len(rows.arrays)
        places = tuple(range(len(rows.columns)))
        return tuple(
            InputTensor(name, array.dtype.name, places, sizes=_sizes(array, axes))
            for name, array, axes in zip(self.names(rows), rows.arrays, free, strict=True)
        )

    def feeds(self, inputs: tuple[InputTensor, ...], rows: Tensors) -> tuple[dict[str, Array], Array]:
        """Return the arrays by the file's names; they have its types already."""
        feeds = {tensor.name: array for tensor, array in zip(inputs, rows.arrays, strict=True)}
        return feeds, np.ones(len(rows), dtype=bool)

    def beyond(self, rows: Tensors, told: Mapping[str, Array]) -> Array:
        """Return the rows of huge numbers to which the network's own answer is none: it overflows on the way.

        Where it does so hangs on the order in which it adds, and that on the processor and on how many rows there are:
        a row of huge numbers is asked alone too. A missing value in the row is another matter: what is made of it is
        compared.
        """
        largest = np.zeros(len(rows))
        for array in rows.arrays:
            largest = np.maximum(largest, np.abs(array.reshape(len(array), -1).astype(float)).max(axis=1, initial=0.0))
        finite, lost = np.isfinite(largest), _without_answer(told, len(rows))
        for place in np.flatnonzero(finite & ~lost & (largest > HUGE))[:_MOST_ALONE]:
            alone = answer_or_error(partial(self.said, tuple(told), rows.take(np.array([place]))))
            lost[place] = not isinstance(alone, Exception) and _without_answer(alone, 1)[0]
        return finite & lost & (largest > HUGE)

    def answered_by(
        self,
        outputs: tuple[str, ...],
        methods: tuple[str, ...],
        alike: Callable[[str, str], bool],  # noqa: ARG002  the order tells
    ) -> dict[str, str]:
        """Return the outputs in their order.

        Raises
        ------
        ExportError
            There are more or fewer than the network has.
        """
        if len(outputs) != len(methods):
            raise ExportError(f"what came of it has {len(outputs)} outputs, and the model {len(methods)}")
        return dict(zip(outputs, methods, strict=True))


def _without_answer(told: Mapping[str, Array], rows: int) -> Array:
    """Return to which rows an output is not a finite number."""
    lost = np.zeros(rows, dtype=bool)
    for answer in told.values():
        lost |= ~np.isfinite(answer).reshape(rows, -1).all(axis=1)
    return lost


def _sizes(array: Array, free: frozenset[int]) -> tuple[int | None, ...]:
    return tuple(None if axis in free else size for axis, size in enumerate(array.shape) if axis)


def flattened(answer: Any, name: str = CALL) -> Iterator[tuple[str, Any]]:
    """Yield the tensors of an answer with what they are called: `call`, `call[0]`, `call['mask']`; without None."""
    if isinstance(answer, Mapping):
        for key, value in answer.items():
            yield from flattened(value, f"{name}[{key!r}]")
    elif isinstance(answer, (tuple, list)):
        for place, value in enumerate(answer):
            yield from flattened(value, f"{name}[{place}]")
    elif answer is not None:
        yield name, answer


def output_names(methods: tuple[str, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the outputs of a file are called: their keys, or `output` with a number; unlike the inputs.

    Parameters
    ----------
    methods : tuple of str
        As `flattened` calls them.
    taken : tuple of str
        Names of the inputs.
    """
    names: list[str] = []
    for method in methods:
        key = method.removeprefix(CALL).replace("][", "_").strip("[]").replace("'", "")
        name = key if key and not key[0].isdigit() else f"output{'_' if key else ''}{key}"
        while name in taken or name in names:
            name += "_"
        names.append(name)
    return tuple(names)
