"""A model by MLflow's address, `runs:/ID/NAME` or `models:/NAME/3`: loaded by its flavor, when that may be done.

Loading a model runs code that lies beside it. So one that was not made here is refused, unless the user says that he
trusts it; nothing of it is read before.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..exceptions import MissingExtraError, UntrustedManifestError, UsageError
from ..tracking import absolute_uri, home_store_uri
from ._surroundings import tracking_uris

if TYPE_CHECKING:
    from ._service import RunService

FLAVORS = ("sklearn", "xgboost", "lightgbm", "keras", "tensorflow", "pytorch")
"""In the order in which they are asked; a model that has none of them is Python code."""

_RUN = re.compile(r"runs:/+([0-9a-f]{32})/.+")
_ADDRESS = re.compile(r"(runs|models):/+\S")


@dataclass(frozen=True)
class LoadedModel:
    """A model, and the run of this home that made it; empty for another's."""

    model: Any
    run_id: str = ""


def is_model_address(text: object) -> bool:
    """Tell whether a text is MLflow's address of a model."""
    return isinstance(text, str) and bool(_ADDRESS.match(text))


def model_at(runs: RunService, address: str, *, trusted: bool = False) -> LoadedModel:
    """Load a model.

    Parameters
    ----------
    runs : RunService
        Tells which runs are this home's.
    address : str
        `runs:/ID/NAME`, `models:/NAME/3` or `models:/NAME@champion`.
    trusted : bool
        Whether the user has said that it may run code here.

    Raises
    ------
    UsageError
        It was not made here, is not there, or cannot be loaded.
    MissingExtraError
        MLflow, or the model's own library, is not installed.
    """
    run_id = _run_of(runs, address)
    is_ours = bool(run_id) and made_here(runs, run_id)
    if not (is_ours or trusted):
        raise UsageError(
            f"{address} was not made here, and loading a model runs code that lies beside it. Where you trust it: "
            "%export_onnx ... --trust; from Python, load it yourself and export what you get."
        )
    try:
        from mlflow.exceptions import MlflowException
        from mlflow.models import Model
        from mlflow.tracking._tracking_service.utils import _use_tracking_uri
    except ImportError as error:
        raise MissingExtraError(f"An address of MLflow's needs MLflow ({error}).") from error
    with _use_tracking_uri(_stores(runs, run_id if is_ours else "")["tracking_uri"]):
        try:
            known = Model.load(address).flavors
        except (MlflowException, OSError) as error:
            raise UsageError(f"{address} cannot be read: {_line(error)}. See %models and %runs.") from error
        return LoadedModel(_loaded(address, known), run_id if is_ours else "")


def made_here(runs: RunService, run_id: str) -> bool:
    """Tell whether a run is one that this user has made in this home, and its artifacts have stayed there.

    A home that came with a repository or an archive has no manifests that this user signed.
    """
    run = runs.get(run_id)
    if not run.exists or _stores(runs, run_id)["tracking_uri"] != home_store_uri(runs.home.path):
        return False
    try:
        return (run.directory.inputs() or run.directory.outputs()) is not None
    except UntrustedManifestError:
        return False


def _run_of(runs: RunService, address: str) -> str:
    """Return the run that an address names, or that the registry names for it; empty where neither does."""
    match = _RUN.fullmatch(address)
    if match or not address.startswith("models:"):
        return match[1] if match else ""
    try:
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
    except ImportError as error:
        raise MissingExtraError(f"An address of MLflow's needs MLflow ({error}).") from error
    client = MlflowClient(**_stores(runs, ""))
    name, at, alias = address.partition(":")[2].lstrip("/").rpartition("@")
    try:
        if at:
            return str(client.get_model_version_by_alias(name, alias).run_id or "")
        name, _, version = alias.rpartition("/")
        return str(client.get_model_version(name, version).run_id or "") if version.isdecimal() else ""
    except MlflowException as error:
        raise UsageError(f"{address} cannot be read: {_line(error)}. See %models.") from error


def _stores(runs: RunService, run_id: str) -> dict[str, str]:
    """Return where a run is remembered, or what the notebook has chosen, or the home's own."""
    own = home_store_uri(runs.home.path)
    if run_id:
        run = runs.get(run_id)
        tracking = absolute_uri(run.spec.tracking_uri, Path(run.spec.cwd)) or own
        return {"tracking_uri": tracking, "registry_uri": tracking}
    chosen = tracking_uris()
    return {"tracking_uri": chosen.tracking or own, "registry_uri": chosen.registry or chosen.tracking or own}


def _loaded(address: str, known: Collection[str]) -> Any:
    flavor = next((name for name in FLAVORS if name in known), "pyfunc")
    try:
        loaded = importlib.import_module(f"mlflow.{flavor}").load_model(address)
    except ImportError as error:
        raise MissingExtraError(f"{address} needs a library that is not installed here: {error}.") from error
    except Exception as error:  # a model is anybody's code: whatever it raises, it cannot be loaded
        raise UsageError(f"{address} cannot be loaded ({type(error).__name__}: {_line(error)}).") from error
    if flavor != "pyfunc":
        return loaded
    raw = loaded.get_raw_model()
    return getattr(raw, "python_model", raw)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(". ")
