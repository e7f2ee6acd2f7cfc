"""`mlops.export_onnx`: a model, or the run that made it, becomes an ONNX file that answers alike; runs keep reports."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from ..entities import OnnxReport
from ..exceptions import UsageError
from ._default import current_service
from ._reports._explanation import model_of
from ._reports._kept import keep_artifact, keep_report
from ._run import Run

if TYPE_CHECKING:
    from ..export import ExportWish
    from ._service import RunService

ARTIFACT = "reports/onnx.json"
"""Where a run keeps the report, below its artifacts; a later one replaces it."""

MODEL_ARTIFACT = "onnx/model.onnx"
"""Where it keeps the file itself, so that it can be deployed when the notebook's copy is gone."""

QUANTISED_ARTIFACT = "onnx/model.int8.onnx"
"""Where it keeps the smaller file, where there is one."""

FILE_TAG, DIGEST_TAG = "mlops.onnx", "mlops.onnx.sha256"
"""Tags of a run with an export: file and version of the report, and the file's digest."""

REFUSED_TAG = "mlops.onnx.refused"
"""Why the export of `%%train --export` did not come about."""


def export_tags(report: OnnxReport) -> dict[str, str | None]:
    """Return what a run's tags say of its export."""
    return {FILE_TAG: f"{report.file} {report.version}", DIGEST_TAG: report.sha256}


class Equality(TypedDict, total=False):
    """What counts as equal, and the operators to say it with; see `export_onnx`."""

    rtol: float
    atol: float
    allow_mismatch: int
    opset: int | None


def export_onnx(
    model: Any,
    X: Any,
    path: str | Path,
    *,
    y: Any = None,
    quantise: Literal["", "dynamic"] = "",
    trust: bool = False,
    **equality: Unpack[Equality],
) -> OnnxReport:
    """Write a model as ONNX, when it answers as the original does on every row; otherwise write nothing.

    Parameters
    ----------
    model : object, Run or str
        A fitted model; or a run, or a reference to one such as `last`, that returned one; or MLflow's address of a
        model, `runs:/ID/NAME` or `models:/NAME/3`, or a folder with one. A run keeps the report.
    X : DataFrame, array, list of str, or a tuple or dict of arrays
        Real rows, as the model takes them. Edge rows are generated beside them.
    path : path
        The file. What was there is replaced in one step, or stays.
    y : array, optional
        What is true of the rows: accuracy or R2 of the smaller file beside the original's.
    quantise : str
        "dynamic" for a smaller file beside it, `model.int8.onnx`, as far as that is near; see `report.quantised`.
    trust : bool
        Load a model by its address that was not made here, which runs code that lies beside it, in a process of its
        own.
    rtol, atol : float
        Equal is the same label, and `|a - b| <= atol + rtol * |b|`, b the original's. 1e-4 and 1e-5 unless given.
    allow_mismatch : int
        So many rows may differ; recorded in the file. None unless given.
    opset : int, optional
        Of ONNX; by default the newest that the converter knows.

    Raises
    ------
    ExportError
        The model cannot be converted, or rows differ; the message names the stage.
    UsageError
        Model and rows do not go together, or the file has no place.
    MissingExtraError
        The libraries of the extra `onnx` are not installed.

    Examples
    --------
    >>> report = export_onnx(model, X_test, "model.onnx")
    >>> report.parity.real.labels, report.parity.differing
    (143, 0)
    """
    from ..export import ExportWish
    from ._models._addresses import export_at, is_model_address
    from ._models._calls import Loading

    if quantise not in ("", "dynamic"):
        raise UsageError(f"quantise is {quantise!r}, which is no way that is known. Give 'dynamic'.")
    if y is not None and not quantise:
        raise UsageError("y is for the accuracy of a smaller file. Ask for one: quantise='dynamic'.")
    wish = ExportWish(quantise=bool(quantise), **equality)
    runs = current_service()
    if is_model_address(model):
        return export_at(runs, model, X, path, wish, y, Loading(trusted=trust))
    return export_for(runs, runs.find(model) if isinstance(model, str) else model, X, path, wish, y=y)


def export_for(
    runs: RunService, model: Any, X: Any, path: str | Path, wish: ExportWish, result: str = "", y: Any = None
) -> OnnxReport:
    """Export a model, or a run's model; wait for the run, and let the one that made the model keep the report.

    Parameters
    ----------
    runs : RunService
        Finds the run that a wish names.
    model : object or Run
        Fitted.
    X, path
        See `export_onnx`.
    wish : ExportWish
        How. `run_id` names the run of a model that is there already.
    result : str
        Which of a run's results is the model, where it returned one of that name.
    y : array, optional
        What is true of the rows: a quantised file is also told by it.

    Raises
    ------
    ExportError
        See `export_onnx`.
    RunFailedError
        The run failed or was stopped.
    """
    from ..export import export_model

    if isinstance(model, Run):
        run: Run | None = model
        model.wait_delivery()
        told = model.directory.result()
        fitted = model_of(model, result if told is not None and result in told.returned else "")
    else:
        run, fitted = (runs.get(wish.run_id) if wish.run_id else None), model
    named = dataclasses.replace(wish, run_id=run.id if run else "", name=wish.name or (run.name if run else ""))
    report = export_model(fitted, _rows(X), path, named, y)
    if run is not None and run.exists:
        keep_export(run, Path(path).expanduser(), report)
    return report


def keep_export(run: Run, place: Path, report: OnnxReport) -> None:
    """Let the run that made a model keep what was exported of it; an earlier refusal is taken back.

    Raises
    ------
    HomeError
        The home may not be written.
    """
    refused: dict[str, str | None] = {REFUSED_TAG: None} if REFUSED_TAG in run.tags else {}
    keep_model(run, place, report.weights)
    if report.quantised is not None and report.quantised.file:
        keep_artifact(run, QUANTISED_ARTIFACT, place.with_name(report.quantised.file).read_bytes())
    keep_report(run, ARTIFACT, report.to_json(), export_tags(report) | refused)


def keep_model(run: Run, place: Path, weights: str) -> None:
    """Let a run keep an exported file, and the weights beside it where it has some; those of an earlier one go."""
    target = run.directory.artifacts / MODEL_ARTIFACT
    if weights:
        keep_artifact(run, f"onnx/{weights}", place.with_name(weights).read_bytes())
    keep_artifact(run, MODEL_ARTIFACT, place.read_bytes())
    for earlier in target.parent.glob("weights-*.data"):
        if earlier.name != weights:
            earlier.unlink(missing_ok=True)


def _rows(X: Any) -> Any:
    if X is None:
        raise UsageError("There are no rows to compare with. Give X: some that the model has not seen.")
    return X
