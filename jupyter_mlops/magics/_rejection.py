"""How a cell is refused: by one short message, without a traceback through code that the user did not write."""

from __future__ import annotations

from IPython.core.error import InputRejected

_RED, _PLAIN = "\x1b[31m", "\x1b[39m"


class CellRejected(InputRejected):  # type: ignore[misc]  # IPython is untyped
    """A cell was not executed, because a name that it reads is not there to be read."""

    def _render_traceback_(self) -> list[str]:
        """Return what is shown instead of a traceback (IPython's protocol)."""
        return [f"{_RED}{type(self).__name__}{_PLAIN}: {self}"]
