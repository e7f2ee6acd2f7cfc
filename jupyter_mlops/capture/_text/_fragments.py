"""Text of a cell to Python trees that still know their lines in the cell as typed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from dataclasses import dataclass

Transform = Callable[[str], str]
"""The shell's `transform_cell`: IPython's syntax in, Python out."""


@dataclass(frozen=True, slots=True)
class LineMap:
    """Lines of transformed code to lines of the cell as typed, both from 1."""

    lines: tuple[int, ...] = ()
    shift: int = 0

    def __getitem__(self, line: int) -> int:
        """Return the typed line; where the map knows nothing, the same line."""
        if 1 <= line <= len(self.lines):
            return self.lines[line - 1]
        return line + self.shift


@dataclass(frozen=True, slots=True)
class Fragment:
    """A parsed piece of a cell."""

    body: list[ast.stmt]
    lines: LineMap


def parse_fragment(text: str, transform: Transform, first_line: int = 1) -> Fragment:
    """Return the tree of a piece of IPython text.

    Parameters
    ----------
    text : str
        The piece as typed.
    first_line : int
        Where it starts in the cell.

    Raises
    ------
    SyntaxError
        The text is not valid; `lineno` counts lines of the cell as typed.
    """
    return parse_transformed(text, transform(text), first_line)


def parse_transformed(text: str, code: str, first_line: int = 1) -> Fragment:
    """Return the tree of a piece whose transformed code is known. Raise as `parse_fragment` does."""
    lines = align_lines(text, code, first_line)
    try:
        return Fragment(parse_python(code), lines)
    except SyntaxError as error:
        raise located(error, lines) from None


def parse_python(code: str) -> list[ast.stmt]:
    """Return the statements of Python code, which may `await` at top level; compile them too, for the later errors."""
    with warnings.catch_warnings():
        # The shell compiles the cell again and shows its warnings then.
        warnings.simplefilter("ignore")
        tree = ast.parse(code, "<cell>")
        compile(tree, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return tree.body


def located(error: SyntaxError, lines: LineMap) -> SyntaxError:
    """Return a syntax error moved to its line in the cell as typed."""
    line = lines[error.lineno or 1]
    end = lines[error.end_lineno] if error.end_lineno else line
    moved = type(error)(error.msg, ("<cell>", line, error.offset, error.text, end, error.end_offset))
    moved.__cause__ = error.__cause__
    return moved


def align_lines(typed: str, code: str, first_line: int = 1) -> LineMap:
    """Return where each line of transformed code stands in the typed text.

    The shell drops leading blank lines and joins a magic's continued lines; everything else keeps its line.
    """
    source = typed.splitlines()
    at = next((number for number, line in enumerate(source) if line.strip()), 0)
    aligned = []
    for line in code.splitlines():
        aligned.append(first_line + at)
        typed_line = source[at] if at < len(source) else ""
        if line.strip() != typed_line.strip():
            while at + 1 < len(source) and source[at].endswith("\\"):
                at += 1
        at += 1
    return LineMap(tuple(aligned), first_line - 1)
