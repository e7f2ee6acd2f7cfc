"""Targets by name, ours and those of the entry points `jupyter_mlops.targets`: anybody may add one.

An entry point names a class that is called without arguments and gives a `Target`.
"""

from __future__ import annotations

from .._installed import installed, made_by
from ..exceptions import UsageError
from ._docker import DockerTarget
from ._dotnet import DotnetTarget
from ._kubernetes import KubernetesTarget
from ._mlflow import MlflowTarget
from ._protocol import Target
from ._triton import TritonTarget

GROUP = "jupyter_mlops.targets"


def target_names() -> tuple[str, ...]:
    """Return the names of all targets."""
    return tuple(sorted({*_ours(), *installed(GROUP)}))


def load_target(name: str) -> Target:
    """Return a target by its name; one that was installed comes before ours.

    Raises
    ------
    UsageError
        There is none, or what is installed under this name cannot be loaded.
    """
    if name in installed(GROUP):
        target: Target = made_by(installed(GROUP)[name], "target")
        return target
    if name in _ours():
        return _ours()[name]
    raise UsageError(
        f"No target is called {name[:80]!r}. Known: {', '.join(target_names())}; and local, for an endpoint here."
    )


def _ours() -> dict[str, Target]:
    ours: tuple[Target, ...] = (DockerTarget(), DotnetTarget(), KubernetesTarget(), MlflowTarget(), TritonTarget())
    return {target.name: target for target in ours}
