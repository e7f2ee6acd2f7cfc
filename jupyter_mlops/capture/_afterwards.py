"""Work that travels with a cell's values, to be done by the run when its results are delivered.

It is in the inputs, not in the spec: they are signed, and who executes them need not know what the work is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ..home import RunDirectory

AFTERWARDS = "__mlops_afterwards__"
"""The name under which it travels."""


class Afterwards(Protocol):
    """What is done: called once, with the run and the names that its cell has left."""

    def __call__(self, run: RunDirectory, namespace: Mapping[str, Any], /) -> None:
        """Do it. What is raised is told in the run's log and changes nothing else."""
