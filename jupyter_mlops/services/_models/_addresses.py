"""A model by MLflow's address, `runs:/ID/NAME` or `models:/NAME/3`, or in a folder of its own: exported out of sight.

Loading a model runs code that lies beside it. So what was not made here is refused, before anything of it is read,
unless the user says that he trusts it; and each is loaded in a child process that has limits. This process gets a
report and a file that is checked as any other is.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...entities import OnnxReport
from ...exceptions import ModelNotFoundError, TrackingError, UntrustedManifestError, UsageError
from ._calls import Loading, exported_in_child

if TYPE_CHECKING:
    from ...export import ExportWish
    from ...tracking import RegistryAddress
    from .._service import RunService

_RUN = re.compile(r"runs:/+([0-9a-f]{32})/.+")
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_ADDRESS = re.compile(r"(runs|models):/+\S")
_LOGGED = re.compile(r"models:/+m-[^/@]+")
_FETCH_S = 600.0


def is_model_address(text: object) -> bool:
    """Tell whether a text is MLflow's address of a model, or a path to a folder into which MLflow wrote one."""
    if not isinstance(text, str) or "\0" in text:
        return False
    return bool(_ADDRESS.match(text)) or _is_folder(text)


def export_at(
    runs: RunService,
    address: str,
    X: Any,
    path: str | Path,
    wish: ExportWish,
    y: Any = None,
    loading: Loading | None = None,
) -> OnnxReport:
    """Export a model by its address; a run of this home that made it keeps the report.

    Parameters
    ----------
    runs : RunService
        Tells which runs are this home's.
    address : str
        `runs:/ID/NAME`, `models:/NAME/3`, `models:/NAME@champion`, or a folder with an `MLmodel`.
    X, path, wish, y
        As `export_for` has them.
    loading : Loading, optional
        Whether code that lies beside the model may run, and what it may take.

    Raises
    ------
    UsageError
        It was not made here, is not there, or cannot be loaded.
    ExportError
        It cannot be exported as the same model, or its process reached a limit.
    MissingExtraError
        A library that it needs is not installed.
    """
    from .._export_onnx import keep_export

    loading = loading or Loading()
    run_id = _run_of(runs, address)
    is_ours = bool(run_id) and made_here(runs, run_id)
    if not (is_ours or loading.trusted):
        raise UsageError(
            f"{address} was not made here, and loading a model runs code that lies beside it. Where you trust it, it "
            "is loaded in a process of its own: %export_onnx ... --trust; from Python, export_onnx(..., trust=True)."
        )
    place = Path(path).expanduser()
    wanted = dataclasses.replace(wish, run_id=run_id if is_ours else "")

    def fetch(folder: Path) -> Path:
        return Path(address) if _is_folder(address) else _fetched(_stores(runs, own=is_ours), address, folder)

    report = exported_in_child(fetch, (X, y), place, wanted, loading)
    if is_ours:
        keep_export(runs.get(run_id), place, report)
    return report


def made_here(runs: RunService, run_id: str) -> bool:
    """Tell whether a run is one that this user has made in this home, and its artifacts have stayed there.

    A home that came with a repository or an archive has no manifests that this user signed.
    """
    from ...tracking import absolute_uri, home_store_uri

    run = runs.get(run_id)
    own = home_store_uri(runs.home.path)
    if not run.exists or (absolute_uri(run.spec.tracking_uri, Path(run.spec.cwd)) or own) != own:
        return False
    try:
        return (run.directory.inputs() or run.directory.outputs()) is not None
    except UntrustedManifestError:
        return False


def _is_folder(text: str) -> bool:
    try:
        return "/" in text and (Path(text) / "MLmodel").is_file()
    except OSError:
        return False  # a text that is no path at all, such as a long one


def _run_of(runs: RunService, address: str) -> str:
    """Return the run that an address names, or that the home's own registry names for it; empty where none does."""
    from ._service import ModelService

    match = _RUN.fullmatch(address)
    if match or not address.startswith("models:") or _LOGGED.fullmatch(address):
        return match[1] if match else ""
    registry = ModelService(runs)
    try:
        version = registry.find(address)
    except (TrackingError, ModelNotFoundError) as error:
        raise UsageError(f"{address} cannot be read: {_line(error)}. See %models.") from error
    # Another registry may name any run, and keep what it likes under that name.
    return version.run_id if registry.address == _stores(runs, own=True) and _RUN_ID.fullmatch(version.run_id) else ""


def _stores(runs: RunService, *, own: bool) -> RegistryAddress:
    """Return the home's own store and registry, or those that the notebook has chosen."""
    from ...tracking import RegistryAddress, home_store_uri
    from ._service import address_of

    uri = home_store_uri(runs.home.path)
    return RegistryAddress(uri, uri) if own else address_of(runs)


def _fetched(stores: RegistryAddress, address: str, folder: Path) -> Path:
    """Copy a model's files into a folder, by MLflow and without reading them; return where they are."""
    from ...tracking import call_registry

    try:
        return Path(call_registry(stores, "fetch", _FETCH_S, source=address, folder=str(folder))["place"])
    except (TrackingError, UsageError) as error:
        raise UsageError(f"{address} cannot be read: {_line(error)}. See %models and %runs.") from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(". ")
