"""`%deploy WHAT --to TARGET` for all targets but `local`: a folder for elsewhere, and its card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._pending._waiting import interruptible

if TYPE_CHECKING:
    from ...entities import Package
    from ...services import Run, RunService
    from ._command import DeployCommand


def packed(runs: RunService, command: DeployCommand, what: str | Path | Run, X: Any) -> PackageView:
    """Pack what a line wants to deploy.

    Raises
    ------
    UsageError
        There is no such target, or the folder is not ours.
    ExportError
        The model cannot go there.
    KeyboardInterrupt
        The user stopped it; nothing was written.
    """
    from ...services import package_for

    try:
        with interruptible():
            package = package_for(
                runs,
                what,
                command.target,
                directory=command.output,
                name=command.name,
                X=X,
                has_example=bool(command.data),  # rows that nobody named stay here
            )
    except KeyboardInterrupt:  # the usual advice is about a run that is waited for
        raise KeyboardInterrupt("Stopped; no folder was written.") from None
    return PackageView(package)


class PackageView:
    """A package in a cell, as HTML and as text."""

    def __init__(self, package: Package) -> None:
        self.package = package

    def __repr__(self) -> str:
        from ...widgets import package_text

        return package_text(self.package)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - so asked
        """Return what Jupyter shows (IPython's protocol)."""
        from ...widgets import package_html

        return {"text/plain": repr(self), "text/html": package_html(self.package)}
