"""One parser for all magics: a line is split as a shell would, but nothing is ever expanded or executed.

argparse knows the options and writes the help; what differs here is how it fails: with one sentence that names the
word and the nearest option, and never by leaving the process.
"""

from __future__ import annotations

import argparse
import difflib
import math
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from ..exceptions import UsageError

_FIGURE = r"\d+(?:\.\d+)?"
_DURATION = re.compile(rf"(?:(?P<h>{_FIGURE})h)?(?:(?P<m>{_FIGURE})m)?(?:(?P<s>{_FIGURE})s)?|(?P<plain>{_FIGURE})")
"""A unit may be left out of a figure that stands alone: `1h30` could be meant either way."""

_UP_TO_COMMENT = re.compile(r"""(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|(?<=\S)\#|[^#])*""")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "plain": 1.0}
_LONGEST_S = 10 * 365 * 86400.0
_PYTHON_STARTS = ("(", "[", ".", "=")


class HelpRequested(Exception):
    """`-h` was among the words; `str()` is the help."""


class MagicParser(argparse.ArgumentParser):
    """An argparse parser that raises `UsageError` or `HelpRequested` where the original prints and exits.

    Parameters
    ----------
    magic : str
        As it is typed, such as `%%train`.
    description : str
        One sentence; the first line of the help.
    """

    def __init__(self, magic: str, description: str) -> None:
        super().__init__(prog=magic, description=description, allow_abbrev=False, exit_on_error=False)
        self._optionals.title = "options"

    def parse_words(self, words: Sequence[str]) -> argparse.Namespace:
        """Return the values of the words.

        Raises
        ------
        UsageError
            A word is unknown, missing or not what its option wants.
        HelpRequested
            `-h` or `--help` was given.
        """
        try:
            values, unknown = self.parse_known_args(list(words))
        except argparse.ArgumentError as error:
            raise UsageError(self._explain(str(error))) from None
        if unknown:
            raise UsageError(self._explain(_unknown(unknown[0], self._option_strings())))
        return values

    def print_help(self, _file: object = None) -> NoReturn:
        """Hand the help to the magic, which returns it."""
        raise HelpRequested(self.format_help())

    def error(self, message: str) -> NoReturn:
        """Raise instead of leaving the kernel."""
        raise UsageError(self._explain(message))

    def _explain(self, message: str) -> str:
        ended = message if message.endswith("?") else f"{message.rstrip('.')}."
        return f"{self.prog}: {ended} {self.prog} -h shows the options."

    @property
    def flags(self) -> tuple[str, ...]:
        """The options, as they are typed."""
        return tuple(self._option_strings())

    def option_before(self, words: Sequence[str]) -> str:
        """Return the name of the option whose value comes next behind some words; empty where none does."""
        option = next((each for each in self._actions if words and words[-1] in each.option_strings), None)
        return option.dest if option is not None and option.nargs != 0 else ""

    def _option_strings(self) -> list[str]:
        return [name for action in self._actions for name in action.option_strings]


@dataclass(frozen=True)
class Subcommand:
    """A word behind a magic's name: what it does, and its arguments."""

    summary: str
    arguments: Callable[[MagicParser], None] = field(repr=False)

    def parser(self, prog: str) -> MagicParser:
        """Return the parser of the words behind it; `prog` is the magic with the word."""
        parser = MagicParser(prog, self.summary)
        self.arguments(parser)
        return parser


def _unknown(word: str, known: Sequence[str]) -> str:
    flag = word.split("=", 1)[0]
    near = difflib.get_close_matches(flag, known, n=1, cutoff=0.5)
    kind = "option" if flag.startswith("-") else "argument"
    return f"unknown {kind} {flag[:80]}" + (f" - did you mean {near[0]}?" if near and kind == "option" else "")


def split_words(magic: str, line: str) -> list[str]:
    """Return the words of a magic's line: quotes group, `#` begins a comment, everything else is plain text.

    Raises
    ------
    UsageError
        A quote is not closed, or the line was meant as Python.
    """
    refuse_python(magic, line)
    try:
        return shlex.split(without_comment(line))
    except ValueError as error:
        raise UsageError(
            f"{magic}: {str(error).lower()} in {_short(line)}. Close the quote, or escape it with \\."
        ) from None


def without_comment(line: str) -> str:
    """Return a line up to its trailing `# comment`; a `#` in quotes or within a word stays.

    Examples
    --------
    >>> without_comment("wide -t colour=#fff '#1'  # as in the paper")
    "wide -t colour=#fff '#1'"
    """
    found = _UP_TO_COMMENT.match(line)
    return found.group().rstrip() if found else line


def refuse_python(magic: str, line: str) -> None:
    """Raise `UsageError` for text such as `(5)` or `= 5`, which was meant as a call or an assignment.

    IPython hands it to a line magic when the name is not defined; a cell magic has its percent signs.
    """
    if not magic.startswith("%%") and line.lstrip().startswith(_PYTHON_STARTS):
        name = magic.lstrip("%")
        gap = " " if line.lstrip().startswith("=") else ""
        meant = _short(f"{name}{gap}{line.strip()}", quoted=False)
        raise UsageError(
            f"{meant} looks like Python, but {name} is not defined here, so IPython took it for {magic}. "
            f"Define {name} first; {magic} -h shows the magic."
        )


def duration(text: str) -> float:
    """Return the seconds of `90`, `90s`, `5m` or `1h30m`.

    Raises
    ------
    argparse.ArgumentTypeError
        It is none of these, not positive, or longer than ten years.
    """
    found = _DURATION.fullmatch(text.strip()) if len(text) <= 40 else None
    parts = {unit: part for unit, part in found.groupdict().items() if part} if found else {}
    seconds = sum(float(part) * _SECONDS[unit] for unit, part in parts.items())
    if not parts or not math.isfinite(seconds) or not 0 < seconds <= _LONGEST_S:
        raise argparse.ArgumentTypeError(f"{_short(text)} is no duration; write 90, 90s, 5m or 1h30m")
    return seconds


def _short(text: str, *, quoted: bool = True) -> str:
    cut = text if len(text) <= 60 else text[:57] + "..."
    return repr(cut) if quoted else cut
