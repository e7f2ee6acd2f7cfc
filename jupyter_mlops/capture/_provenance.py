"""Where a run comes from, as far as the kernel knows it without waiting."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from ..entities import Fingerprint, Provenance
from ._secrets import mask_code

_DATA_LIBRARIES = frozenset(
    ("cupy", "jax", "jaxlib", "numpy", "pandas", "polars", "pyarrow", "scipy", "tensorflow", "torch")
)
_MOST_COLUMNS = 1_000


def provenance(
    namespace: Mapping[str, object],
    captured: Collection[str],
    *,
    upstream_cells: Sequence[str] = (),
    digests: Mapping[str, str] | None = None,
    seeds: Mapping[str, str] | None = None,
    cell_id: str = "",
) -> Provenance:
    """Return what the kernel knows of a run that it is about to submit.

    Parameters
    ----------
    namespace : mapping
        The notebook's namespace.
    captured : collection of str
        Names that travel.
    upstream_cells : sequence of str
        The backward slice, oldest first. They are kept to be read, without the secrets in them.
    digests : mapping, optional
        Name to content hash, for captured data whose hash is known.
    seeds : mapping, optional
        Random state to its digest.
    cell_id : str
        From the front end's message, where it tells.
    """
    known = digests or {}
    described = (
        fingerprint(name, namespace[name], known.get(name, "")) for name in sorted(captured) if name in namespace
    )
    return Provenance(
        notebook=notebook_path(namespace),
        cell_id=cell_id,
        upstream_cells=tuple(map(mask_code, upstream_cells)),
        fingerprints=tuple(found for found in described if found is not None),
        seeds=dict(seeds or {}),
    )


def notebook_path(namespace: Mapping[str, object]) -> str:
    """Return the notebook's path where the server or VS Code tells it, else an empty text."""
    told = namespace.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
    return told if isinstance(told, str) else ""


def fingerprint(name: str, value: object, digest: str = "") -> Fingerprint | None:
    """Return the fingerprint of a data set, or None for a value that is none.

    Frames, series, arrays, sparse matrices and tensors of any library are known by their attributes, so that no
    library is imported.
    """
    shape = _shape(value)
    if shape is None:
        return None
    kind = type(value)
    return Fingerprint(
        name=name,
        type=f"{kind.__module__}.{kind.__qualname__}",
        digest=digest,
        shape=shape,
        columns=_columns(value),
    )


def _shape(value: object) -> tuple[int, ...] | None:
    """Return the shape of an array, frame or tensor; a single number is no data set."""
    if isinstance(value, type) or type(value).__module__.partition(".")[0] not in _DATA_LIBRARIES:
        return None
    shape = getattr(value, "shape", None)
    if shape is None or not (hasattr(value, "dtype") or hasattr(value, "dtypes") or hasattr(value, "schema")):
        return None
    try:
        return tuple(int(size) for size in shape) or None
    except (TypeError, ValueError):  # a symbolic tensor has no numbers in its shape
        return None


def _columns(value: object) -> tuple[str, ...]:
    """Return `name: dtype` for a frame's columns and for a named series, the dtype alone for an array."""
    names, dtypes = getattr(value, "columns", None), getattr(value, "dtypes", None)
    if type(value).__module__.startswith("pyarrow"):
        names, dtypes = getattr(value, "column_names", None), getattr(getattr(value, "schema", None), "types", None)
    if names is not None and dtypes is not None:
        named = zip(names, dtypes, strict=False)
        return tuple(f"{name}: {dtype}" for name, dtype in islice(named, _MOST_COLUMNS))
    own_name = getattr(value, "name", None)
    dtype = str(getattr(value, "dtype", ""))
    return (f"{own_name}: {dtype}" if isinstance(own_name, str) else dtype,)
