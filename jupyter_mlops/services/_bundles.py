"""What can be deployed, by what the user says: a file, a run that was exported, or a model that is exported now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..entities import Bundle
from ..exceptions import UsageError
from ._export_onnx import MODEL_ARTIFACT, export_for
from ._run import Run

if TYPE_CHECKING:
    from ._service import RunService


def bundle_of(runs: RunService, what: str | Path | Run, X: Any = None) -> Bundle:
    """Return a run's or a file's model as one that can go elsewhere.

    Parameters
    ----------
    runs : RunService
        Finds runs.
    what : str, Path or Run
        A run or a reference to one, or an ONNX file: a path, or a text that ends in `.onnx`.
    X : DataFrame, array or list of str, optional
        Real rows. A run that keeps no export is exported now, compared on these.

    Raises
    ------
    ExportError
        The file may not be opened, or the run's model cannot be exported.
    UsageError
        The run keeps no export, and there are no rows to compare on.
    """
    from ..export import open_bundle

    if isinstance(what, Path) or (isinstance(what, str) and what.endswith(".onnx")):
        return open_bundle(what)
    run = what if isinstance(what, Run) else runs.find(what)
    kept = run.directory.artifacts / MODEL_ARTIFACT
    if not kept.exists():
        _export(runs, run, X)
    return open_bundle(kept, run.name)


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
