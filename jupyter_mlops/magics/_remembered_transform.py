"""The reading of IPython syntax, remembered while it cannot change: a submission asks for the same cell often."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class RememberedTransform:
    """Turns a cell into Python as `shell.transform_cell` does.

    What a line such as `history` means depends on the names that the notebook holds, and which transformations there
    are on its extensions, so whoever runs code in between calls `forget`.

    Parameters
    ----------
    shell : InteractiveShell
        Asked for what is not known yet.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._known: dict[str, str] = {}

    def __call__(self, cell: str) -> str:
        """Return a cell as plain Python."""
        code = self._known.get(cell)
        if code is None:
            code = self._known[cell] = str(self._shell.transform_cell(cell))
        return code

    def forget(self) -> None:
        """Ask the shell again from now on."""
        self._known.clear()
