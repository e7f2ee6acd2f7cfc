"""What the server tells the kernels that it starts: where runs are kept, and how TensorBoard's own magic is reached.

A variable that the user has set wins. Jupyter has no hook for the environment of a kernel, so its manager's method for
starting one is wrapped.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

Start = Callable[..., Awaitable[str]]


def kernel_environment(cwd: Path, root: Path, base_url: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a kernel needs beside those that it has.

    Parameters
    ----------
    cwd : Path
        Where the kernel starts.
    root : Path
        The server's root.
    base_url : str
        The server's prefix, with slashes around it.
    environment : Mapping
        What the kernel would have without us.
    """
    wanted = {"TENSORBOARD_PROXY_URL": f"{base_url}jupyter-mlops/tensorboard/port/%PORT%/"}
    if not _has_home(cwd) and os.access(root, os.W_OK):
        wanted["JUPYTER_MLOPS_HOME"] = str(root / ".mlops")
    return {name: text for name, text in wanted.items() if not environment.get(name)}


def export_to_kernels(kernel_manager: Any, root: Path, base_url: str) -> None:
    """Give every kernel that a manager starts from now on our variables.

    Parameters
    ----------
    kernel_manager : MappingKernelManager
        The server's. A gateway's is left alone: its kernels run elsewhere.
    root : Path
        The server's root.
    base_url : str
        The server's prefix.
    """
    if not hasattr(kernel_manager, "cwd_for_path") or "gateway" in type(kernel_manager).__module__:
        return
    start: Start = kernel_manager.start_kernel

    async def start_kernel(*args: Any, **kwargs: Any) -> str:
        environment = dict(kwargs.get("env") or os.environ)
        path = kwargs.get("path")
        cwd = Path(kernel_manager.cwd_for_path(path)) if path is not None else root
        kwargs["env"] = {**environment, **kernel_environment(cwd, root, base_url, environment)}
        return await start(*args, **kwargs)

    kernel_manager.start_kernel = start_kernel


def _has_home(folder: Path) -> bool:
    """Tell whether a kernel finds a home by itself, as git finds `.git`."""
    return any((parent / ".mlops" / "version").exists() for parent in (folder, *folder.parents))
