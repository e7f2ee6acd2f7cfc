"""The rows that a network is asked about: an array an input, of any rank, its first axis the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from ..exceptions import UsageError

Array = np.ndarray[Any, Any]

_ADVICE = "Give an array, a DataFrame of numbers, or a tuple or dict of arrays, one an input, with as many rows each."


@dataclass(frozen=True)
class Tensors:
    """Rows in the form in which a network takes them.

    Parameters
    ----------
    arrays : tuple of ndarray
        One an input: shape (rows, ...), numbers or truths.
    form : str
        How they are given to the network: alone, as a tuple, or as a dict.
    keys : tuple of str
        Of the dict.
    columns : tuple of str
        Of a frame that the one array was; empty otherwise.
    others : tuple of Tensors
        Rows of other lengths than these, where the user has some or the network takes them.
    """

    arrays: tuple[Array, ...]
    form: Literal["one", "several", "named"] = "one"
    keys: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    others: tuple[Tensors, ...] = ()

    @classmethod
    def of(cls, X: Any, inputs: int | None = None) -> Tensors:
        """Return what the user gave as tensors.

        Parameters
        ----------
        X : array, tensor, DataFrame, or a tuple, list or dict of them
            Rows.
        inputs : int, optional
            How many inputs the network has, where it says so: a list of arrays can be one input's rows.

        Raises
        ------
        UsageError
            They are no rows of numbers, or inputs have different numbers of rows.
        """
        if isinstance(X, Tensors):
            return X
        if isinstance(X, Mapping):
            named = {str(key): _array(value, f"X[{key!r}]") for key, value in X.items()}
            return cls(tuple(named.values()), "named", tuple(named))._checked()
        if isinstance(X, tuple) or (isinstance(X, list) and inputs != 1 and X and all(map(_is_array, X))):
            return cls(tuple(_array(value, f"X[{place}]") for place, value in enumerate(X)), "several")._checked()
        columns = tuple(str(name) for name in X.columns) if hasattr(X, "columns") else ()
        return cls((_array(X, "X"),), columns=columns)._checked()

    def _checked(self) -> Tensors:
        lengths = {len(array) for array in self.arrays}
        if len(lengths) != 1:
            raise UsageError(f"The inputs have {', '.join(map(str, sorted(lengths))) or 'no'} rows. {_ADVICE}")
        return self

    def cast(self, elements: Sequence[str | None]) -> Tensors:
        """Return the rows in other types; None leaves a type as it is, but makes float64 float32.

        Raises
        ------
        UsageError
            A whole number has no place in such a type.
        """
        arrays = []
        for place, (array, element) in enumerate(zip(self.arrays, elements, strict=True)):
            kind = np.dtype(element or ("float32" if array.dtype == np.float64 else array.dtype))
            with np.errstate(all="ignore"):
                changed = array.astype(kind, copy=False)
            if kind.kind in "iu" and not (changed == array).all():
                raise UsageError(f"Input {place} takes {kind.name}, and rows of {array.dtype.name} hold what is none.")
            arrays.append(changed)
        others = tuple(other.cast(elements) for other in self.others)
        return replace(self, arrays=tuple(arrays), others=others)

    def with_others(self, others: Sequence[Tensors]) -> Tensors:
        """Return the rows with other ones of other lengths."""
        return replace(self, others=tuple(others))

    def with_arrays(self, arrays: Sequence[Array]) -> Tensors:
        """Return other arrays as rows of this form."""
        return Tensors(tuple(arrays), self.form, self.keys, self.columns)

    def __len__(self) -> int:
        return len(self.arrays[0])

    @property
    def value(self) -> Any:
        """What the network is given, as arrays."""
        return self.packed(self.arrays)

    def packed(self, arrays: Sequence[Any]) -> Any:
        """Return other arrays, or a framework's tensors, in the form of these."""
        if self.form == "one":
            return arrays[0]
        return tuple(arrays) if self.form == "several" else dict(zip(self.keys, arrays, strict=True))

    def take(self, rows: Any) -> Tensors:
        """Return some rows, by number or by a mask, in that order."""
        chosen = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows, dtype=int)
        return self.with_arrays([array[chosen] for array in self.arrays])

    @staticmethod
    def joined(parts: Sequence[Tensors]) -> Tensors:
        """Return the rows of several of one form, one below the other; those of other lengths than the first's beside.

        Raises
        ------
        UsageError
            They are not of one form.
        """
        first = parts[0]
        if len({(part.form, part.keys, *(array.ndim for array in part.arrays)) for part in parts}) > 1:
            raise UsageError("The rows have different inputs or shapes. Name rows of one kind with -X.")
        groups: dict[tuple[tuple[int, ...], ...], list[Tensors]] = {}
        for part in parts:
            groups.setdefault(tuple(array.shape[1:] for array in part.arrays), []).append(part)
        made = [
            first.with_arrays([np.concatenate(arrays) for arrays in zip(*(part.arrays for part in group), strict=True)])
            for group in groups.values()
        ]
        return made[0].with_others(made[1:])


def _is_array(value: Any) -> bool:
    return hasattr(value, "__array__") and getattr(value, "ndim", 0) > 0


def _array(value: Any, name: str) -> Array:
    if hasattr(value, "detach"):  # a torch tensor, on whatever device
        value = value.detach().cpu()
        value = value.float() if str(value.dtype) == "torch.bfloat16" else value
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        raise UsageError(f"{name} is {type(value).__name__}, whose rows have different shapes. {_ADVICE}") from None
    if array.dtype == object and hasattr(value, "columns"):
        array = _of_numbers(value, name)
    if array.dtype.kind in "OUSM" or array.dtype.kind not in "fiub":
        raise UsageError(
            f"{name} holds {array.dtype.name if array.dtype.kind != 'O' else 'what is no numbers'}, and a network's "
            "file takes numbers. Encode texts before: a layer such as TextVectorization has no counterpart in ONNX."
        )
    if not array.ndim:
        raise UsageError(f"{name} is {type(value).__name__}, which is no rows. {_ADVICE}")
    return array


def _of_numbers(frame: Any, name: str) -> Array:
    """Return a frame whose columns are of different types as floats."""
    try:
        return np.asarray(frame.to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError):
        raise UsageError(f"{name} has a column without numbers: a network takes numbers. Encode it first.") from None
