"""A smaller file with weights of one byte, beside the one that is equal: it answers alike, and says how much.

The conversion is onnxruntime's (dynamic: weights int8, figures in between as they come). Its limits are coarser than
those of the main file, and it fails closed by them too; it never takes the main file's place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace as changed

from ..entities import OnnxParity, OnnxQuantised, figure
from ..exceptions import ExportError, UsageError
from ._candidates import Tried
from ._files import check_onnx, open_session
from ._graph import add_metadata, operators_of
from ._original import Original
from ._parity import Candidate, Tolerance, same_label
from ._quiet import quiet
from ._reasons import named_reason
from ._sessions import RowByRow, Together
from ._speed import latencies
from ._weights import Pieces

if TYPE_CHECKING:
    from onnx import ModelProto

KIND = "dynamic int8"
NEAR = 0.05
"""A figure may be off by so much: of a share, of the spread of other answers, and of the answer itself."""

MOST_OFF = 0.01
"""The part of the real rows that may have another label, or a figure that is off by more."""

_PREPARED = {"onnx.quant.pre_process": "onnxruntime.quant"}
"""The mark of a graph that is prepared; without it onnxruntime speaks to the root logger."""


@dataclass(frozen=True)
class Quantised:
    """What became of it, and what is to be written; nothing where it is not near enough."""

    report: OnnxQuantised
    pieces: Pieces | None = None


def quantise(best: Tried, original: Original, path: Path, truth: np.ndarray[Any, Any] | None, timed: bool) -> Quantised:
    """Return a quantised file for the place beside the main one, or why there is none.

    Parameters
    ----------
    best : Tried
        What the main file holds.
    path : Path
        Of the main file, which need not be there; `model.onnx` gets `model.int8.onnx` beside it.
    truth : ndarray, optional
        What is true of the real rows, see `truth_of`; None for unknown.
    timed : bool
        Whether latency is measured.
    """
    try:
        if best.pieces.weights:
            raise ExportError("onnxruntime's quantiser takes a model in one file only, of at most 2 GB.")
        proto = with_small_weights(best.proto)
        pieces = Pieces(proto.SerializeToString())
        if pieces.size >= best.pieces.size:
            raise ExportError(f"It would be larger: {pieces.size:,} bytes instead of {best.pieces.size:,}.")
        check_onnx(pieces, "What onnxruntime quantised")
        session = open_session(pieces)
    except ExportError as error:
        return Quantised(OnnxQuantised(kind=KIND, problem=str(error)))
    candidate = replace(best.candidate, session=session)
    parity, answers = _compared(candidate, original)
    scores = {} if truth is None else _scores(answers, original, truth)
    if parity.real.differing > parity.allowed:
        problem = (
            f"{parity.real.differing:,} of {parity.real.checked:,} given rows answer otherwise "
            f"(another label, or off by more than {NEAR:.0%}); {parity.allowed:,} may."
        )
        return Quantised(OnnxQuantised(kind=KIND, problem=problem, parity=parity, **scores))
    report = OnnxQuantised(
        kind=KIND,
        file=f"{path.stem}.int8{path.suffix or '.onnx'}",
        sha256=hashlib.sha256(pieces.graph).hexdigest(),
        size=pieces.size,
        parity=parity,
        latency=latencies(candidate, original) if timed else (),
        **scores,
    )
    return Quantised(report, pieces)


def with_small_weights(proto: ModelProto) -> ModelProto:
    """Return a graph with weights of one byte; the metadata stays, and says so.

    Raises
    ------
    ExportError
        It has no such weights, or onnxruntime cannot.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    prepared = type(proto).FromString(proto.SerializeToString())
    # The quantiser turns weights around, and believes what torch wrote of their shapes before.
    del prepared.graph.value_info[:]
    add_metadata(prepared, _PREPARED)
    with TemporaryDirectory(prefix="jupyter-mlops-") as folder:
        path = Path(folder) / "int8.onnx"
        try:
            quantize_dynamic(prepared, path, weight_type=QuantType.QInt8)
            made: ModelProto = onnx.load(path)
        except Exception as error:  # noqa: BLE001  the quantiser raises what it comes across, and has no root of errors
            raise ExportError(f"onnxruntime cannot quantise it ({named_reason(error)}).") from None
    small = [name for name in operators_of(made) if "Integer" in name or "Quantize" in name]
    if not small:
        raise ExportError(
            "Nothing in it can be quantised: weights of MatMul, Gemm, Conv and LSTM in float32 can, trees cannot."
        )
    del made.metadata_props[:]
    add_metadata(made, {entry.key: entry.value for entry in proto.metadata_props} | {"jupyter_mlops.quantised": KIND})
    return made


def _compared(candidate: Candidate, original: Original) -> tuple[OnnxParity, np.ndarray[Any, Any]]:
    """Return the comparison, of each row alone and of the real ones together too; and the first answers to these.

    A dynamic scale is that of the whole batch, so that an answer hangs a little on the rows beside it; among edge rows,
    with the largest numbers that there are, it would be that of the others. Edge rows are told, and do not decide.
    """
    tolerance = _tolerance(original)
    by_row = RowByRow(candidate.session)
    parity, alone = replace(candidate, session=by_row).parity(original, tolerance)
    in_batch = replace(candidate, session=Together(candidate.session))
    together = in_batch.compared(original, original.real, tolerance)
    real = changed(
        parity.real,
        differing=len(np.union1d(alone.differing, together.differing)),
        labels=min(parity.real.labels, together.rows.labels),
    )
    largest = max(float(parity.largest), together.largest)
    return changed(parity, real=real, largest=figure(largest), allowed=int(real.checked * MOST_OFF)), by_row.first


def _tolerance(original: Original) -> Tolerance:
    """Return what counts as near: of labels the shares behind them, else a part of the answers' own spread."""
    answers = np.asarray(original.real.by_method[original.first])
    with quiet():
        spread = 1.0 if original.has_labels else float(np.nanstd(answers.astype(np.float64)))
    return Tolerance(rtol=NEAR, atol=NEAR * (spread if np.isfinite(spread) else 0.0))


def truth_of(y: Any, original: Original) -> np.ndarray[Any, Any] | None:
    """Return what is true of the real rows, as an array; None for unknown.

    Raises
    ------
    UsageError
        It is not one answer a row.
    """
    if y is None:
        return None
    truth = np.asarray(y)
    rows = len(original.real.answered)
    if truth.ndim != 1 or len(truth) != rows:
        raise UsageError(f"y has the shape {truth.shape}, and X has {rows:,} rows. Give one true answer a row.")
    return truth


def _scores(answers: np.ndarray[Any, Any], original: Original, truth: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return accuracy, or R2 of a model without labels, of file and original, on the rows that both answer."""
    told = np.asarray(original.real.by_method[original.first])
    heard, true = answers.reshape(len(answers), -1), truth[original.real.answered].reshape(-1, 1)
    if original.first != "predict" or not told.shape == heard.shape == true.shape:
        return {}
    score = _accuracy if original.has_labels else _r2
    return {
        "measure": "accuracy" if original.has_labels else "R2",
        "score": score(heard, true),
        "original_score": score(told, true),
    }


def _accuracy(answers: np.ndarray[Any, Any], true: np.ndarray[Any, Any]) -> float:
    return float(same_label(answers, true).mean())


def _r2(answers: np.ndarray[Any, Any], true: np.ndarray[Any, Any]) -> float:
    with quiet():
        off = np.square(true.astype(np.float64) - answers.astype(np.float64)).sum()
        return float(1 - off / np.square(true - true.mean()).sum())
