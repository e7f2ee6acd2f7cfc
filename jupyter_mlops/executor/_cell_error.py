"""An exception of the cell, as a value: what a later cell, the card and the tracker say about a failed run."""

from __future__ import annotations

import re
import traceback
from types import TracebackType

from ..entities import CellError

TRACEBACK_BYTES = 64 * 1024

_CELL = re.compile(r"<ipython-input-|.*/ipykernel_\d+/")
_TOP_LEVEL = re.compile(r"<module>|<cell line: \d+>")
"""The second one is what IPython 7 makes of it."""

_MAGIC_BODY = re.compile(r"<timed (exec|eval)>|<magic-timeit>")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def cell_error(error: BaseException, cell: str, shown: str = "") -> CellError:
    """Return an exception as a value.

    Parameters
    ----------
    error : BaseException
        What ended the cell.
    cell : str
        The cell's text.
    shown : str
        The traceback as the log has it; without it, Python's own.
    """
    lines = cell.splitlines()
    line = _line_of_code(error)
    if line is not None:
        # IPython compiles what stands below the empty lines that a cell begins with.
        line += next((number for number, text in enumerate(lines) if text.strip()), 0)
    text = _ANSI.sub("", shown) or "".join(traceback.format_exception(error))
    return CellError(
        type=_type_name(type(error)),
        message=text_of(error),
        line=line,
        source=lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else "",
        traceback=text.encode("utf-8", "backslashreplace")[-TRACEBACK_BYTES:].decode("utf-8", "ignore"),
    )


def text_of(error: BaseException) -> str:
    """Return an exception's message, also that of a class whose own `str()` fails."""
    message = str(traceback.TracebackException(type(error), error, None))
    return message.encode("utf-8", "backslashreplace").decode()


def _type_name(kind: type[BaseException]) -> str:
    module = kind.__module__
    return kind.__qualname__ if module in ("builtins", "__main__") else f"{module}.{kind.__qualname__}"


def _line_of_code(error: BaseException) -> int | None:
    """Return the line of the cell's code that was being executed, from 1."""
    if isinstance(error, SyntaxError) and error.filename and _CELL.match(error.filename):
        return error.lineno
    line = None
    step: TracebackType | None = error.__traceback__
    while step is not None:
        filename = step.tb_frame.f_code.co_filename
        if _CELL.match(filename) and _TOP_LEVEL.fullmatch(step.tb_frame.f_code.co_name):
            line = step.tb_lineno
        elif _MAGIC_BODY.match(filename) and line is not None:
            # The body of %%time is compiled alone and counts from its own first line.
            line += step.tb_lineno
        step = step.tb_next
    return line
