"""One export from beginning to end: ways tried in order, the first that is equal written, the others told."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from msgspec.structs import replace as changed

from ..entities import OnnxReport, OnnxTry
from ..exceptions import ExportError, MissingExtraError, UsageError
from ._candidates import Tried, attempt
from ._discovery import converter_for, subject_of
from ._drawing import drawing_of
from ._estimator import winner
from ._files import write_onnx
from ._graph import operators_of
from ._original import Original
from ._parity import RECURRENT, Tolerance
from ._protocol import Converter, Variant
from ._quantised import quantise, truth_of
from ._rejections import rejections_of
from ._speed import latencies
from ._stages import stage_that_differs, stage_that_fails
from ._weights import LARGEST


@dataclass(frozen=True, kw_only=True)
class ExportWish:
    """How to export.

    Parameters
    ----------
    rtol, atol : float
        Equal is `|a - b| <= atol + rtol * |b|`, b the original's.
    allow_mismatch : int
        So many rows may differ; recorded in the file.
    opset : int, optional
        Of ONNX; None for the newest that the converter knows.
    name, run_id : str
        What the user calls the model, and the run that made it.
    timed : bool
        Whether latency is measured, which takes up to two seconds.
    quantise : bool
        Whether a smaller file is written beside (`OnnxQuantised`).
    largest : int
        Bytes of weights in one file; more go into a file beside it.
    """

    rtol: float = 1e-4
    atol: float = 1e-5
    allow_mismatch: int = 0
    opset: int | None = None
    name: str = ""
    run_id: str = ""
    timed: bool = True
    quantise: bool = False
    largest: int = LARGEST

    def __post_init__(self) -> None:
        for name in ("rtol", "atol"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise UsageError(f"{name} is {value!r}, which is no tolerance. Give a number from 0, such as 1e-4.")
        if self.allow_mismatch < 0:
            raise UsageError(f"allow_mismatch is {self.allow_mismatch!r}, which is no number of rows. Give 0 or more.")

    @property
    def tolerance(self) -> Tolerance:
        """What counts as equal."""
        return Tolerance(rtol=self.rtol, atol=self.atol, allowed=self.allow_mismatch)


def export_model(model: Any, X: Any, path: str | Path, wish: ExportWish | None = None, y: Any = None) -> OnnxReport:
    """Write a model as ONNX when it answers as the original does, on real rows and on generated ones.

    Parameters
    ----------
    model : object
        Fitted.
    X : DataFrame, array, list of str, or for a network a tuple or dict of arrays
        Real rows, as the model takes them.
    path : path
        The file; what was there is replaced in one step, or stays.
    wish : ExportWish, optional
        How.
    y : array, optional
        What is true of the rows: the quantised file is also told by it.

    Raises
    ------
    ExportError
        It cannot be converted, or rows differ; nothing is written.
    UsageError
        X is no rows for the model, or the file has no place.
    MissingExtraError
        A library that converts is not installed.
    """
    asked = wish or ExportWish()
    model = winner(model)
    converter = converter_for(model)
    subject = subject_of(model, converter)
    rows = subject.rows(X)
    if not len(rows):
        raise UsageError("X has no rows, and nothing could be compared. Give some that the model has not seen.")
    target = _target(path)
    original = Original.asked(subject, rows, subject.edge_rows(rows))
    truth = truth_of(y, original)
    best, tries = _best(converter, original, asked)
    if not best.parity.holds:
        raise ExportError(_refusal(converter, original, best, tries, asked))
    report = _report(target, converter, original, best, tries, asked)
    small = quantise(best, original, target, truth, asked.timed) if asked.quantise else None
    write_onnx(best.pieces, target)  # last, so that whoever stops what takes long finds nothing
    if small is None:
        return report
    if small.pieces is not None:
        write_onnx(small.pieces, target.with_name(small.report.file))
    return changed(report, quantised=small.report)


def _target(path: str | Path) -> Path:
    try:
        target = Path(path).expanduser()
    except RuntimeError:
        raise UsageError(f"Cannot write {path}: there is no such user. Choose another place with -o.") from None
    if "\0" in str(target):
        raise UsageError(f"{str(target)!r} is no name of a file. Choose another with -o.")
    return target


def _best(converter: Converter, original: Original, wish: ExportWish) -> tuple[Tried, list[OnnxTry]]:
    """Return the first variant that is equal, else the one of which the fewest rows differ; and those before it."""
    tries: list[OnnxTry] = []
    nearest: Tried | None = None
    seen = set()
    for variant in converter.variants(original.model):
        alike = replace(variant, name="", whole_numbers=True, free=True)
        way = (original.subject.inputs(original.real.rows, variant), alike)
        if way in seen:  # there are no whole numbers, and no free axes
            continue
        seen.add(way)
        try:
            facts = _facts(original, variant, wish)
            tried = attempt(converter, original, variant, wish.opset, wish.tolerance, facts, wish.largest)
        except MissingExtraError:
            raise
        except ExportError as error:
            tries.append(OnnxTry(variant=variant.name, problem=str(error)))
            continue
        if not tried.parity.differing and tried.parity.real.checked:
            return tried, tries
        tries.append(OnnxTry(variant=variant.name, differing=tried.parity.differing))
        if nearest is None or _nearness(tried) < _nearness(nearest):
            nearest = tried
    if nearest is None:
        stage = stage_that_fails(converter, original, converter.variants(original.model)[-1])
        problems = stage.reason.rstrip(".") or "; ".join(dict.fromkeys(each.problem.rstrip(".") for each in tries))
        raise ExportError(
            f"Not written: {stage.name} cannot be converted ({problems}). "
            f"Put another {original.subject.part} in its place, or ask its library for a converter."
        )
    return nearest, tries


def _nearness(tried: Tried) -> tuple[bool, int]:
    """Order by rows that differ; a file that could be asked about no row is the farthest."""
    return not tried.parity.real.checked, tried.parity.differing


def _facts(original: Original, variant: Variant, wish: ExportWish) -> dict[str, str]:
    """Return what the file says of itself."""
    facts = {
        "version": _version_of("jupyter_mlops"),
        "model": f"{type(original.model).__module__}.{type(original.model).__qualname__}",
        "variant": variant.name,
        "rtol": repr(wish.rtol),
        "atol": repr(wish.atol),
        "allow_mismatch": str(wish.allow_mismatch),
        "run_id": wish.run_id,
        **rejections_of(original.edge),
    }
    return {f"jupyter_mlops.{key}": value for key, value in facts.items() if value}


def _refusal(converter: Converter, original: Original, nearest: Tried, tries: list[OnnxTry], wish: ExportWish) -> str:
    parity = nearest.parity
    if not parity.real.checked:
        reasons = "; ".join(f"{each.reason} ({each.rows:,})" for each in parity.domain[:3])
        return f"Not written: no row of X could be compared: {reasons}. Give rows that the file can be asked about."
    stage = stage_that_differs(converter, original, nearest.variant, wish.tolerance)
    counts = [f"{rows.differing:,} of {rows.checked:,} {kind} rows" for kind, rows in _kinds(nearest) if rows.differing]
    names = ", ".join(f"{each.variant} ({each.problem or f'{each.differing:,} rows'})" for each in tries)
    return (
        f"Not written: {' and '.join(counts)} differ (largest difference {float(parity.largest):.2g}). "
        f"Stage: {stage}. Tried: {names}. Put another {original.subject.part} in its place, or accept it knowingly "
        f"with --rtol, --atol or --allow-mismatch {parity.differing} (recorded in the file)."
    )


def _kinds(tried: Tried) -> list[tuple[str, Any]]:
    return [("given", tried.parity.real), ("generated", tried.parity.edge)]


def _report(
    path: Path, converter: Converter, original: Original, best: Tried, tries: list[OnnxTry], wish: ExportWish
) -> OnnxReport:
    model = original.model
    first = converter.variants(model)[0]
    return OnnxReport(
        made_at=datetime.now(UTC).isoformat(),
        file=path.name,
        sha256=hashlib.sha256(best.pieces.graph).hexdigest(),
        size=best.pieces.size,
        weights=best.pieces.name,
        model=wish.name,
        model_type=f"{type(model).__module__}.{type(model).__qualname__}",
        run_id=wish.run_id,
        converter=converter.name,
        variant=best.variant.name,
        repaired=best.variant != first,
        precision=best.variant.precision,
        inputs=best.signature.inputs,
        outputs=best.signature.outputs,
        operators=operators_of(best.proto),
        opsets={opset.domain or "ai.onnx": opset.version for opset in best.proto.opset_import},
        parity=best.parity,
        tried=tuple(each for each in tries if each.variant != best.variant.name),
        latency=latencies(best.candidate, original) if wish.timed else (),
        graph=drawing_of(best.proto),
        versions={name: _version_of(name) for name in _LIBRARIES if _version_of(name)},
        notes=tuple(_notes(best, original)),
    )


_LIBRARIES = ("jupyter_mlops", "onnx", "onnxmltools", "onnxruntime", "scikit-learn", "skl2onnx")


def _notes(best: Tried, original: Original) -> list[str]:
    notes = []
    if best.left_out:
        notes.append(f"Left out, because no method of the original says the same: {', '.join(best.left_out)}.")
    if best.variant.needs:
        notes.append(f"Whoever loads the file needs {best.variant.needs}.")
    if not best.variant.free:
        notes.append("The model takes sequences of any length, and the file those that are as long as X's.")
    if best.parity.differing:
        notes.append(f"{best.parity.differing:,} rows differ, and were allowed to.")
    if RECURRENT.intersection(operators_of(best.proto)):
        notes.append("Never send it a batch of no rows: onnxruntime's LSTM and GRU end the process then.")
    elif original.empty and 0 not in best.parity.batches:
        notes.append("The model answers a batch of no rows and the file does not: send it one row or more.")
    return notes


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
