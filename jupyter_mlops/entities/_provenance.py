"""Where a run comes from: cells, data, code and machine."""

from __future__ import annotations

import msgspec


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """What identifies a captured data set.

    Parameters
    ----------
    name : str
        The notebook's name of the data.
    type : str
        Qualified type name.
    digest : str
        Content hash over all of its buffers and its layout, hex.
    shape : tuple of int, optional
        Rows first.
    columns : tuple of str
        Column names and types as `name: dtype`; empty where there are none.
    """

    name: str
    type: str
    digest: str
    shape: tuple[int, ...] | None = None
    columns: tuple[str, ...] = ()


class GitState(msgspec.Struct, frozen=True, kw_only=True):
    """The working tree at submission. `patch` is cut at 1 MB; `patch_cut` says so."""

    commit: str
    branch: str = ""
    dirty: bool = False
    patch: str = ""
    patch_cut: bool = False


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Interpreter, packages and machine that executed a run."""

    python: str
    platform: str
    host: str
    cpu: str = ""
    cpu_count: int = 0
    memory_bytes: int = 0
    gpus: tuple[str, ...] = ()
    packages: dict[str, str] = {}


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """What the kernel knows of a run when it submits it.

    Parameters
    ----------
    notebook, cell_id : str
        Empty where the front end does not tell.
    upstream_cells : tuple of str
        Earlier executed cells that the cell depends on, oldest first.
    fingerprints : tuple of Fingerprint
        Captured data sets.
    seeds : dict
        Digest of each random state that travelled (`random`, `numpy`, `torch`, ...).
    """

    notebook: str = ""
    cell_id: str = ""
    upstream_cells: tuple[str, ...] = ()
    fingerprints: tuple[Fingerprint, ...] = ()
    seeds: dict[str, str] = {}
