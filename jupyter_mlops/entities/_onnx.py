"""What an export to ONNX found: that the file is the same model, on which rows, how it was made so, how quick it is.

No row of the data: counts, and reasons in words.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ..exceptions import UsageError
from ._figures import Figure
from ._wire import decode, encode

ONNX_REPORT_VERSION = 1
"""Version of the report's form; a reader knows all older ones."""

ONNX_SIGNATURE_VERSION = 1


class OnnxTensor(msgspec.Struct, frozen=True, kw_only=True):
    """An input or output of the file.

    Parameters
    ----------
    type : str
        Of its elements, as NumPy says it: `float32`, `int64`, `str`.
    shape : tuple of int or None
        None is a free size; the first is the number of rows, which an input of a foreign file may fix.
    columns : tuple of str
        Of an input: the columns of the notebook's data that it holds, in order; of probabilities: the classes. Empty
        for data without names.
    method : str
        Of an output: the method of the original that answers the same.
    """

    name: str
    type: str
    shape: tuple[int | None, ...]
    columns: tuple[str, ...] = ()
    method: str = ""


class OnnxSignature(msgspec.Struct, frozen=True, kw_only=True):
    """What a file takes and answers; it stands in the file's own metadata."""

    version: int = ONNX_SIGNATURE_VERSION
    inputs: tuple[OnnxTensor, ...]
    outputs: tuple[OnnxTensor, ...]

    def to_json(self) -> str:
        """Return the signature as JSON, which `from_json` reads again."""
        return encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> OnnxSignature:
        """Return the signature that JSON holds.

        Raises
        ------
        UsageError
            It is none, or one of a newer version.
        """
        try:
            signature = decode(text.encode() if isinstance(text, str) else text, OnnxSignature)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise UsageError(f"This is no signature: {error}.") from None
        if signature.version > ONNX_SIGNATURE_VERSION:
            raise UsageError(f"The signature has version {signature.version}. Upgrade jupyter_mlops.")
        return signature


class OnnxRows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that went through both, and what came of it.

    Parameters
    ----------
    given : int
        Rows there were.
    checked : int
        Of these, those that the original answers and the file can be asked.
    differing : int
        Of the checked, those where label or figures differ.
    labels : int
        Of the checked, those with the same label; 0 for a model without labels.
    """

    given: int = 0
    checked: int = 0
    differing: int = 0
    labels: int = 0


class OnnxDomain(msgspec.Struct, frozen=True, kw_only=True):
    """Rows outside of what can be compared: they never fail an export, and never count as equal."""

    reason: str
    rows: int


class OnnxTry(msgspec.Struct, frozen=True, kw_only=True):
    """One way of converting that was tried: its words, how many rows differed, or why it could not be."""

    variant: str
    differing: int = 0
    problem: str = ""


class OnnxParity(msgspec.Struct, frozen=True, kw_only=True):
    """The comparison of the file with the original.

    Parameters
    ----------
    real, edge : OnnxRows
        The rows that were given, and those that were generated.
    largest : Figure
        The largest difference of a figure on checked rows.
    rtol, atol : float
        Equal is `|a - b| <= atol + rtol * |b|`, b the original's.
    allowed : int
        So many rows may differ.
    batches : tuple of int
        Sizes in which the rows were asked.
    """

    real: OnnxRows
    edge: OnnxRows
    largest: Figure
    rtol: float
    atol: float
    allowed: int = 0
    domain: tuple[OnnxDomain, ...] = ()
    batches: tuple[int, ...] = ()

    @property
    def differing(self) -> int:
        """Rows that differ, real and generated."""
        return self.real.differing + self.edge.differing

    @property
    def holds(self) -> bool:
        """Whether the file may be written."""
        return self.differing <= self.allowed and self.real.checked > 0


class OnnxLatency(msgspec.Struct, frozen=True, kw_only=True):
    """How long an answer takes, in seconds: median and 95th percentile, in one process, on so many rows."""

    rows: int
    onnx_p50: float
    onnx_p95: float
    original_p50: float
    original_p95: float

    @property
    def times(self) -> float:
        """How many times quicker the file is, by the medians."""
        return self.original_p50 / self.onnx_p50 if self.onnx_p50 > 0 else 0.0


class OnnxNode(msgspec.Struct, frozen=True, kw_only=True):
    """A box of the drawing: an operator, several of them in a row or side by side, or what goes in or comes out.

    Parameters
    ----------
    label : str
        What stands in the box.
    kind : {"input", "step", "output"}
        What it is.
    operators : tuple of str
        Each kind of operator in it once, in order.
    count : int
        Inputs, outputs or operators that it stands for.
    layer : int
        Its line of the drawing, from the top.
    place : float
        Boxes to the right of the middle of its line.
    """

    label: str
    kind: Literal["input", "step", "output"] = "step"
    operators: tuple[str, ...] = ()
    count: int = 1
    layer: int = 0
    place: float = 0.0


class OnnxGraph(msgspec.Struct, frozen=True, kw_only=True):
    """The file's graph, small enough to be drawn.

    Parameters
    ----------
    links : tuple of (int, int)
        From which node to which.
    total : int
        Operators of the file's own graph.
    grouped : bool
        Whether there were too many boxes, and each kind of operator is one.
    """

    nodes: tuple[OnnxNode, ...]
    links: tuple[tuple[int, int], ...]
    total: int
    grouped: bool = False


class OnnxQuantised(msgspec.Struct, frozen=True, kw_only=True):
    """A file with smaller weights beside the main one, which answers alike within coarser limits; or why there is none.

    Parameters
    ----------
    kind : str
        How it was quantised.
    problem : str
        Why no file was written; empty where one was.
    file, sha256, size
        As of the main file.
    parity : OnnxParity, optional
        Its own comparison with the original; None where there was nothing to compare.
    latency : tuple of OnnxLatency
        Its own.
    measure : str
        "accuracy" or "R2"; empty where what is true of the rows was not given.
    score, original_score : float
        Of this file and of the original, on the given rows.
    """

    kind: str
    problem: str = ""
    file: str = ""
    sha256: str = ""
    size: int = 0
    parity: OnnxParity | None = None
    latency: tuple[OnnxLatency, ...] = ()
    measure: str = ""
    score: float = 0.0
    original_score: float = 0.0


class OnnxReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an export found.

    Parameters
    ----------
    file : str
        Name of the file, without its directory.
    sha256 : str
        Of the file.
    size : int
        Bytes; of both files where there are weights beside it.
    weights : str
        Name of the file beside it with the weights, where one file cannot hold them. The file says it, and it has the
        weights' digest in it. Empty otherwise.
    model, model_type, run_id : str
        The notebook's name, the class, and the run that made it where one did.
    converter, variant : str
        What converted it, and the words for the way that is equal.
    repaired : bool
        Whether the converter's own way was not equal, or not possible.
    tried : tuple of OnnxTry
        The ways before it.
    operators : dict
        Of each kind how many.
    opsets : dict
        Version of each domain.
    graph : OnnxGraph, optional
        The drawing; None in reports of older versions.
    quantised : OnnxQuantised, optional
        The smaller file, where one was asked for.
    versions : dict
        Of the libraries that made it.
    """

    version: int = ONNX_REPORT_VERSION
    made_at: str
    file: str
    sha256: str
    size: int
    weights: str = ""
    model: str = ""
    model_type: str = ""
    run_id: str = ""
    converter: str
    variant: str
    repaired: bool = False
    precision: Literal["float32", "float64"]
    inputs: tuple[OnnxTensor, ...]
    outputs: tuple[OnnxTensor, ...]
    operators: dict[str, int]
    opsets: dict[str, int]
    parity: OnnxParity
    tried: tuple[OnnxTry, ...] = ()
    latency: tuple[OnnxLatency, ...] = ()
    graph: OnnxGraph | None = None
    quantised: OnnxQuantised | None = None
    versions: dict[str, str] = {}
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the report as JSON, which `from_json` reads again."""
        return encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> OnnxReport:
        """Return the report that JSON holds, also one that an older version wrote.

        Raises
        ------
        UsageError
            It is no report of an export, or one of a newer version.
        """
        try:
            data = text.encode() if isinstance(text, str) else text
            version = decode(data, _Versioned).version
            if version <= ONNX_REPORT_VERSION:
                return decode(data, OnnxReport)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise UsageError(f"This is no report of an export: {error}.") from None
        raise UsageError(
            f"The report of this export has version {version}, and this package reads up to {ONNX_REPORT_VERSION}. "
            "Upgrade jupyter_mlops."
        )


class OnnxCard(OnnxReport, frozen=True, kw_only=True):
    """What a cell's output holds: the report, and where the notebook has the file.

    Parameters
    ----------
    path : str
        As the user named it; beside the notebook unless it is absolute.
    usage : dict
        Language to lines of code that load it.
    """

    path: str = ""
    usage: dict[str, str] = {}

    @staticmethod
    def of(report: OnnxReport, path: str, usage: dict[str, str]) -> OnnxCard:
        """Return the card of a report."""
        said = {name: getattr(report, name) for name in OnnxReport.__struct_fields__}
        return OnnxCard(**said, path=path, usage=usage)


class _Versioned(msgspec.Struct):
    version: int = ONNX_REPORT_VERSION
