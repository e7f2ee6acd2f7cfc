"""Registered models: named, numbered versions of what runs made, and the aliases that move between them."""

from __future__ import annotations

from typing import Literal

import msgspec


class ModelParity(msgspec.Struct, frozen=True, kw_only=True):
    """What the export of a version's run to ONNX found.

    Parameters
    ----------
    state : str
        "equal" when no row differs, "differs" when rows differ that the user allowed; empty without an export.
    rows, differing : int
        Rows compared, and those that differ.
    """

    state: Literal["equal", "differs", ""] = ""
    rows: int = 0
    differing: int = 0


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a registered model: it never changes, except for its words and the aliases that point to it.

    Parameters
    ----------
    aliases : tuple of str
        Those that mean this version now.
    tags : dict
        As the registry has them.
    created_at : str
        UTC, ISO 8601.
    source : str
        Where the registry says that the model lies.
    status : str
        READY, or the registry's word and reason for what is not.
    run_id : str
        The run that made it, by our id where it is a run of ours; empty where the registry names none.
    run_name : str
        Of a run that is here; empty for any other.
    onnx_sha256 : str
        Of the ONNX file that the version is; empty where it is a model of another flavor.
    """

    name: str
    version: int
    aliases: tuple[str, ...] = ()
    description: str = ""
    tags: dict[str, str] = {}
    created_at: str = ""
    source: str = ""
    status: str = "READY"
    run_id: str = ""
    run_name: str = ""
    onnx_sha256: str = ""
    parity: ModelParity = ModelParity()

    @property
    def label(self) -> str:
        """The reference that always means this version: `cancer/3`."""
        return f"{self.name}/{self.version}"

    @property
    def uri(self) -> str:
        """The address by which MLflow loads it."""
        return f"models:/{self.name}/{self.version}"


class RegisteredModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model by name, with its newest versions.

    Parameters
    ----------
    model_id : str
        32 hex digits, of the registry's address and the name: what routes call it.
    home_id : str
        The home that shows it; empty where only one is meant.
    versions : tuple of ModelVersion
        Newest first; of bounded number.
    version_count : int
        All there are.
    """

    model_id: str
    home_id: str = ""
    name: str
    description: str = ""
    tags: dict[str, str] = {}
    created_at: str = ""
    updated_at: str = ""
    versions: tuple[ModelVersion, ...] = ()
    version_count: int = 0

    @property
    def aliases(self) -> dict[str, int]:
        """Each alias and the version that it means."""
        return {alias: version.version for version in self.versions for alias in version.aliases}


class RegisteredModels(msgspec.Struct, frozen=True, kw_only=True):
    """What registries hold, by name.

    Parameters
    ----------
    models : tuple of RegisteredModel
        Of bounded number.
    total : int
        Models that were found.
    missing : tuple of str
        What could not be looked at, in sentences.
    mark : str
        Differs when anything here does.
    unchanged : bool
        The asker's mark is still true, so nothing is repeated.
    """

    models: tuple[RegisteredModel, ...] = ()
    total: int = 0
    missing: tuple[str, ...] = ()
    mark: str = ""
    unchanged: bool = False


class RegisterModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wish to register what a run made, as a new version of a name."""

    run_id: str
    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()


class ChangeModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a registered model; what is not given stays.

    Parameters
    ----------
    aliases : dict
        Alias to the version that it is to mean; None removes it.
    description : str, optional
        Of the version, where one is given; else of the model.
    version : int, optional
        Whose description.
    """

    aliases: dict[str, int | None] = {}
    description: str | None = None
    version: int | None = None
