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
from ._quiet import answer_or_error, quiet
from ._tensors import Tensors

if TYPE_CHECKING:
    from ._protocol import Variant

    Array = np.ndarray[Any, Any]

_PORTION = 8 << 20
"""Bytes of rows that a network is given at once."""

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
            line = " ".join(str(found).split())[:200].rstrip(". ")
            raise UsageError(
                f"{type(self.model).__name__} does not take these rows ({type(found).__name__}: {line}). "
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

    def inputs(self, rows: Tensors, variant: Variant) -> tuple[InputTensor, ...]:  # noqa: ARG002  types are the rows'
        """Return an input an array, in the types of the rows."""
        return tuple(
            InputTensor(name, array.dtype.name, tuple(range(len(rows.columns))), sizes=array.shape[1:])
            for name, array in zip(self.names(rows), rows.arrays, strict=True)
        )

    def feeds(self, inputs: tuple[InputTensor, ...], rows: Tensors) -> tuple[dict[str, Array], Array]:
        """Return the arrays by the file's names; they have its types already."""
        feeds = {tensor.name: array for tensor, array in zip(inputs, rows.arrays, strict=True)}
        return feeds, np.ones(len(rows), dtype=bool)

    def beyond(self, rows: Tensors, told: Mapping[str, Array]) -> Array:
        """Return the rows of finite numbers to which the network's own answer is none: it overflows on the way.

        Where it does so hangs on the order in which it adds. A missing value in the row is another matter: what is made
        of it is compared.
        """
        finite, lost = np.ones(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
        for array in rows.arrays:
            finite &= np.isfinite(array).reshape(len(array), -1).all(axis=1)
        for answer in told.values():
            lost |= ~np.isfinite(answer).reshape(len(answer), -1).all(axis=1)
        return finite & lost

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
