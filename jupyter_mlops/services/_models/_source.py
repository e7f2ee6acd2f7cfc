"""What of a run is registered: the model that it logged, else its ONNX file, laid out so that MLflow loads it.

The ONNX file is copied to a folder that is named by its digest: a later export replaces `onnx/model.onnx`, and a
version never changes.
"""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ...exceptions import MissingExtraError, UsageError
from .._export_onnx import MODEL_ARTIFACT
from .._reports._kept import keep_artifact
from .._run import Run

_FOLDER = "registered"
_FILE = "model.onnx"


@dataclass(frozen=True)
class ModelSource:
    """What becomes a version.

    Parameters
    ----------
    model_id : str
        Ours of a logged model; empty for an ONNX file.
    name : str
        Of the logged model.
    folder : str
        Below the run's artifacts, of the ONNX file.
    files : tuple of str
        Paths below the run's artifacts that must be in the store first.
    sha256 : str
        Of the ONNX file.
    """

    model_id: str = ""
    name: str = ""
    folder: str = ""
    files: tuple[str, ...] = ()
    sha256: str = ""


def source_of(run: Run) -> ModelSource:
    """Return what a run has to register; an ONNX file is laid out among its artifacts.

    Raises
    ------
    UsageError
        It has logged no model, and was not exported.
    ExportError
        Its ONNX file may not be opened.
    HomeError
        The home may not be written.
    """
    from ...tracking import logged_model

    model = logged_model(run.directory, run.spec)
    if model is not None:
        return ModelSource(model_id=model.model_id, name=model.name)
    kept = run.directory.artifacts / MODEL_ARTIFACT
    if not kept.exists():
        raise UsageError(
            f"Run {run.name} has no model to register: it logged none, and was not exported. "
            f"Name rows to export it on, -X X_test, or log a model in its cell with MLflow."
        )
    return _laid_out(run, kept)


def registered_file(run: Run, sha256: str) -> Path:
    """Return where a run keeps the ONNX file of a version."""
    return run.directory.artifacts / _folder(sha256) / _FILE


def _laid_out(run: Run, kept: Path) -> ModelSource:
    from ...export import open_bundle

    bundle = open_bundle(kept, run.name)
    folder = _folder(bundle.sha256)
    weights = {bundle.weights: kept.with_name(bundle.weights).read_bytes()} if bundle.weights else {}
    parts = {**weights, _FILE: kept.read_bytes(), **_described()}
    for name, data in parts.items():
        path = run.directory.artifacts / folder / name
        if not path.exists() or (name == _FILE and path.stat().st_size != len(data)):
            keep_artifact(run, f"{folder}/{name}", data)
    return ModelSource(folder=folder, files=tuple(f"{folder}/{name}" for name in parts), sha256=bundle.sha256)


def _folder(sha256: str) -> str:
    return f"{_FOLDER}/onnx-{sha256[:16]}"


def _described() -> dict[str, bytes]:
    """Return the files by which MLflow knows an ONNX model.

    No signature: with one, MLflow refuses frames whose columns are one tensor of the file; ours stands in the file.
    """
    try:
        packages = {name: version(name) for name in ("onnx", "onnxruntime", "numpy")}
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{error.name} is not installed: pip install 'jupyter_mlops[onnx]'") from None
    python = platform.python_version()
    flavors = {
        "onnx": {
            "code": None,
            "data": _FILE,
            "onnx_session_options": None,
            "onnx_version": packages["onnx"],
            "providers": ["CPUExecutionProvider"],
        },
        "python_function": {
            "data": _FILE,
            "env": {"virtualenv": "python_env.yaml"},
            "loader_module": "mlflow.onnx",
            "python_version": python,
        },
    }
    described = {"artifact_path": "onnx", "flavors": flavors}
    environment = {"python": python, "build_dependencies": ["pip"], "dependencies": ["-r requirements.txt"]}
    pins = [f"mlflow-skinny=={version('mlflow-skinny')}", *(f"{name}=={pin}" for name, pin in packages.items())]
    # JSON is YAML too.
    return {
        "MLmodel": json.dumps(described, indent=2).encode(),
        "python_env.yaml": json.dumps(environment, indent=2).encode(),
        "requirements.txt": "\n".join([*pins, "pandas", ""]).encode(),
    }
