"""Where a run comes from, as far as the kernel knows it without waiting; and what machine executed it."""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence

from ..entities import Environment, Fingerprint, Provenance

_SECRET_KEY = re.compile(
    r"token|secret|passw(or)?d|passphrase|api_?key|access_?key|private_?key|credential|(^|_)auth(_|$)", re.I
)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s/:@]*):([^\s@]+)(?=@)")
_MASK = "***"
_NVIDIA_SMI_TIMEOUT_S = 2.0


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
        The backward slice, oldest first.
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
        upstream_cells=tuple(upstream_cells),
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
    """Return the shape of data that has both a shape and a type of its elements."""
    if isinstance(value, type) or not (hasattr(type(value), "dtype") or hasattr(type(value), "dtypes")):
        return None
    try:
        return tuple(int(size) for size in value.shape)  # type: ignore[attr-defined]  # looked at by duck typing
    except (AttributeError, TypeError, ValueError):
        # A symbolic tensor has no numbers in its shape, and is no data.
        return None


def _columns(value: object) -> tuple[str, ...]:
    """Return `name: dtype` for a frame's columns, and one for a series or an array."""
    dtypes = getattr(value, "dtypes", None)
    names = getattr(value, "columns", None)
    if dtypes is not None and names is not None:
        return tuple(f"{name}: {dtype}" for name, dtype in zip(names, dtypes, strict=True))
    own_name = getattr(value, "name", None)
    dtype = getattr(value, "dtype", None)
    return (f"{own_name}: {dtype}",) if isinstance(own_name, str) else (str(dtype),) if dtype is not None else ()


@functools.cache
def environment() -> Environment:
    """Return interpreter, packages and machine. Takes some tens of milliseconds once, so call it where nobody waits."""
    return Environment(
        python=platform.python_version(),
        platform=platform.platform(),
        host=platform.node(),
        cpu=_cpu_name(),
        cpu_count=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0,
        memory_bytes=_memory_bytes(),
        gpus=_gpus(),
        packages=_packages(),
    )


def _packages() -> dict[str, str]:
    from importlib.metadata import distributions

    found: dict[str, str] = {}
    for distribution in distributions(path=sys.path):
        name = distribution.metadata["Name"]
        if name:
            # The first on the path is the one that is imported.
            found.setdefault(name, distribution.version)
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def _cpu_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _gpus() -> tuple[str, ...]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        answer = subprocess.run(
            [program, "--query-gpu=name,memory.total", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=_NVIDIA_SMI_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in answer.stdout.splitlines() if line.strip())


def is_secret(key: str) -> bool:
    """Whether a key names something that is not to be written down."""
    return _SECRET_KEY.search(key.replace("-", "_")) is not None


def mask_secrets(values: Mapping[str, str]) -> dict[str, str]:
    """Return parameters, tags or variables with secrets replaced by `***`.

    A value is secret when its key looks like a token, secret, password, key or credential; in any other text, the
    password of a URL is.

    Examples
    --------
    >>> mask_secrets({"api_key": "abc", "lr": "0.1", "store": "https://me:pw@host/x"})
    {'api_key': '***', 'lr': '0.1', 'store': 'https://me:***@host/x'}
    """
    return {key: _MASK if is_secret(key) else mask_urls(value) for key, value in values.items()}


def mask_urls(text: str) -> str:
    """Return text with the passwords in its URLs replaced by `***`."""
    return _URL_PASSWORD.sub(rf"\1:{_MASK}", text)
