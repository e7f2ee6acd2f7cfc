"""What every converter must offer, what it is asked for, and the ways in which it can convert."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, runtime_checkable

from ._inputs import InputTensor
from ._subject import Subject

if TYPE_CHECKING:
    from onnx import ModelProto


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way of converting.

    Parameters
    ----------
    name : str
        For people: what stands after "repaired:".
    precision : str
        Of the numbers that the file takes.
    whole_numbers : bool
        Whether columns of whole numbers stay so; otherwise they are given as `precision`.
    needs : str
        What the machine that loads the file must have; empty for nothing.
    free : bool
        Whether sequences may have any length, where the model takes them so; else they are as long as the rows'.
    """

    name: str
    precision: Literal["float32", "float64"] = "float32"
    whole_numbers: bool = True
    needs: str = ""
    free: bool = True


Way = TypeVar("Way", bound=Variant)


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """What is to be converted, and how.

    Parameters
    ----------
    model : object
        Fitted; only read.
    inputs : tuple of InputTensor
        What the file takes, in the variant's precision.
    variant : Variant
        One of those that the converter offers for this model.
    opset : int, optional
        Of ONNX' own operators; None for the newest that the converter knows.
    sample : object, optional
        Two real rows in the form in which the model takes them, for a converter that follows the model on its way.
    """

    model: Any
    inputs: tuple[InputTensor, ...]
    variant: Variant
    opset: int | None = None
    sample: Any = None


def with_fixed_lengths(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Return ways to try, and behind them the same with sequences as long as the rows'."""
    return (*ways, *(replace(way, name=f"{way.name}, sequences as long as X's", free=False) for way in ways))


class Converter(Protocol):
    """One way from a framework to ONNX. It keeps nothing between calls and only reads the model.

    It need not be right: what it gives is compared with the model, and written only when equal.
    """

    @property
    def name(self) -> str:
        """The framework's name."""
        ...

    def suits(self, model: Any) -> bool:
        """Tell whether this converter knows the model's class. Cheap; imports nothing that the model has not."""
        ...

    def variants(self, model: Any) -> tuple[Variant, ...]:
        """Return the ways to try, the library's own first; later ones are repairs, in the order of what they cost."""
        ...

    def convert(self, conversion: Conversion) -> ModelProto:
        """Return the model as ONNX, its batch free, everything in one piece.

        Raises
        ------
        ExportError
            It cannot be converted in this way; the message says what has no counterpart.
        MissingExtraError
            A library that converts is not installed.
        """
        ...


@runtime_checkable
class NetworkConverter(Converter, Protocol):
    """A converter whose models are not asked as scikit-learn's are: it says how."""

    def subject(self, model: Any) -> Subject:
        """Return the model with the way in which it is asked."""
        ...
