"""What can be deployed, by what the user says: a file, a run that was exported, or a registered version of one.

A run's name wins where a model has the same: runs are what a notebook talks about. `models:/NAME` is always the model.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..entities import Bundle, ModelVersion
from ..exceptions import ModelNotFoundError, TrackingError, UnknownReferenceError, UsageError
from ._export_onnx import MODEL_ARTIFACT, export_for
from ._run import Run

if TYPE_CHECKING:
    from ._service import RunService


def bundle_of(runs: RunService, what: str | Path | Run, X: Any = None) -> Bundle:
    """Return a run's, a registered model's or a file's model as one that can go elsewhere.

    Parameters
    ----------
    runs : RunService
        Finds runs.
    what : str, Path or Run
        A run or a reference to one; a registered model, `NAME`, `NAME/3`, `NAME@champion` or one of these behind
        `models:/`; or an ONNX file: a path, or a text that ends in `.onnx`.
    X : DataFrame, array or list of str, optional
        Real rows. A run that keeps no export is exported now, compared on these.

    Raises
    ------
    ExportError
        The file may not be opened, or the run's model cannot be exported.
    UsageError
        The run keeps no export, and there are no rows to compare on.
    UnknownReferenceError
        Neither a run nor a registered model fits.
    """
    from ..export import open_bundle

    if isinstance(what, Path) or (isinstance(what, str) and what.endswith(".onnx")):
        return open_bundle(what)
    found = what if isinstance(what, Run) else run_or_version(runs, what)
    if isinstance(found, ModelVersion):
        return _bundle_of_version(runs, found, X)
    return open_bundle(exported(runs, found, X), found.name)


def run_or_version(runs: RunService, text: str) -> Run | ModelVersion:
    """Return the run, else the registered version that a reference means.

    Raises
    ------
    UnknownReferenceError
        Neither fits; or several runs do.
    """
    from ._models._references import SCHEME
    from ._models._service import LOOKING_S, ModelService

    models = ModelService(runs)
    if text.strip().startswith(SCHEME):
        return models.find(text)
    try:
        return runs.find(text)
    except UnknownReferenceError as no_run:
        try:
            return models.find(text, LOOKING_S)
        except ModelNotFoundError as no_model:
            if "/" in text or "@" in text:
                raise no_model from None
            raise UnknownReferenceError(f"{no_run} No registered model is called so either.") from None
        except (TrackingError, UsageError):
            raise no_run from None


def exported(runs: RunService, run: Run, X: Any) -> Path:
    """Return where a run keeps its export. One that the run makes itself is waited for, else it is made now.

    Raises
    ------
    UsageError
        There is none, and there are no rows to compare on.
    ExportError
        The run's model cannot be exported.
    """
    kept = run.directory.artifacts / MODEL_ARTIFACT
    if not kept.exists() and run.spec.export is not None:
        run.wait()  # the export is the last thing that it does
    if not kept.exists():
        _export(runs, run, X)
    return kept


def _bundle_of_version(runs: RunService, version: ModelVersion, X: Any) -> Bundle:
    """Return a version's file under the model's name: the next version goes where this one went."""
    from ..export import open_bundle
    from ._models._lineage import run_of
    from ._models._source import registered_file

    run = run_of(runs, version)
    if run is not None and not version.onnx_sha256:
        return _registered(open_bundle(exported(runs, run, X), version.name), version)
    place = registered_file(run, version.onnx_sha256) if run is not None else _local_file(version)
    bundle = open_bundle(place, version.name)
    if version.onnx_sha256 and bundle.sha256 != version.onnx_sha256:
        raise UsageError(f"{place} is not the file that was registered as {version.label}. Register the run again.")
    return _registered(bundle, version)


def _registered(bundle: Bundle, version: ModelVersion) -> Bundle:
    return dataclasses.replace(bundle, facts={**bundle.facts, "registered": version.label})


def _local_file(version: ModelVersion) -> Path:
    """Return the file of a version whose run is gone, where its registry keeps it on this machine."""
    place = Path(version.source.removeprefix("file://")) / "model.onnx"
    if not version.onnx_sha256 or not place.is_absolute() or not place.is_file():
        raise UsageError(
            f"The run of {version.label} is not here, nor its file. Fetch it with MLflow, "
            f"mlflow.artifacts.download_artifacts({version.uri!r}), and name the .onnx file."
        )
    return place


def _export(runs: RunService, run: Run, X: Any) -> None:
    """Export a run's model to where the run keeps it, and nowhere else."""
    from tempfile import TemporaryDirectory

    from ..export import ExportWish

    if X is None:
        raise UsageError(
            f"Run {run.name} was not exported yet. Name rows that the model has not seen, to compare on: -X X_test."
        )
    with TemporaryDirectory(prefix="jupyter-mlops-") as folder:
        export_for(runs, run, X, Path(folder) / "model.onnx", ExportWish(timed=False))
