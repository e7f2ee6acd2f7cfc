"""The `%deploy` line as one frozen command: a subcommand word first, else the line says what goes where."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ...exceptions import UsageError
from .._arguments import HelpRequested, MagicParser, refuse_python, split_words
from .._report_line import name_word


@dataclass(frozen=True, kw_only=True)
class DeployCommand:
    """What one `%deploy` line asks for.

    Parameters
    ----------
    action : str
        A subcommand, or "deploy".
    what : str
        For "deploy" and "batch": a run, or an ONNX file.
    target : str
        For "deploy": where to, such as `local`.
    name : str
        Of the endpoint or package; empty for the model's own.
    data : str
        Name of rows, with attributes perhaps; empty when not given.
    output : Path, optional
        For "deploy": the folder of a package.
    tail : int, optional
        For "logs": the last lines only.
    source, result : Path
        For "batch": the files that are read and written.
    keep : tuple of str
        For "batch": columns of the source that the result has too.
    chunk : int, optional
        For "batch": rows at a time.
    """

    action: str
    what: str = ""
    target: str = ""
    name: str = ""
    data: str = ""
    output: Path | None = None
    tail: int | None = None
    source: Path = Path()
    result: Path = Path()
    keep: tuple[str, ...] = ()
    chunk: int | None = None

    @classmethod
    def parse(cls, line: str) -> DeployCommand:
        """Return the command of a line.

        Raises
        ------
        UsageError
            The line is wrong.
        HelpRequested
            The line asks for help.
        """
        refuse_python("%deploy", line)
        words = split_words("%deploy", line)
        first = words[0] if words else "-h"
        if first in ("-h", "--help"):
            raise HelpRequested(_overview())
        if first in _ACTIONS:
            return cls(action=first, **vars(parser_of(first).parse_words(words[1:])))
        command = cls(action="deploy", **vars(parser_of("deploy").parse_words(words)))
        if not command.target:
            raise UsageError(f"%deploy: where to? Such as: %deploy {command.what} --to local. %deploy -h shows more.")
        return command


@dataclass(frozen=True)
class _Action:
    """A subcommand: what it does, how it is written, and its arguments."""

    summary: str
    usage: str
    arguments: Callable[[MagicParser], None] = field(repr=False)


@cache
def parser_of(action: str) -> MagicParser:
    """Return the parser of a subcommand, or of a line without one, "deploy"."""
    shown = "%deploy" if action == "deploy" else f"%deploy {action}"
    described = _DEPLOY if action == "deploy" else _ACTIONS[action]
    parser = MagicParser(shown, described.summary)
    described.arguments(parser)
    return parser


def _deploy(parser: MagicParser) -> None:
    add = parser.add_argument
    add("what", metavar="WHAT", help="a run that returned a model (id, name, last, best), or an ONNX file")
    add(
        "--to", dest="target", default="", metavar="TARGET", help="local, or a package: docker, kubernetes, triton, ..."
    )
    add("-n", "--name", type=_name, default="", help="of the endpoint or package (default: the model's)")
    add(
        "-X",
        "--data",
        type=name_word,
        default="",
        metavar="ROWS",
        help="real rows, for a run that was not exported yet",
    )
    add("-o", "--output", type=Path, metavar="DIR", help="the folder of a package (default: its name)")


def _endpoint(parser: MagicParser) -> None:
    parser.add_argument("name", type=_name, metavar="NAME", help="of the endpoint")


def _test(parser: MagicParser) -> None:
    _endpoint(parser)
    parser.add_argument("-X", "--data", type=name_word, default="", metavar="ROWS", help="rows to send (X_test, Xte)")


def _logs(parser: MagicParser) -> None:
    _endpoint(parser)
    parser.add_argument("--tail", type=_count, metavar="LINES", help="the last lines only")


def _none(parser: MagicParser) -> None:  # noqa: ARG001 - a list takes no argument
    return


def _batch(parser: MagicParser) -> None:
    add = parser.add_argument
    add("what", metavar="WHAT", help="a run that returned a model (id, name, last, best), or an ONNX file")
    add("source", type=Path, metavar="IN", help="a Parquet or CSV file, or a folder of Parquet files")
    add("result", type=Path, metavar="OUT", help="the file that is written when all is done")
    add("--columns", dest="keep", type=_columns, default=(), metavar="A,B", help="columns of IN that OUT has too")
    add("--chunk", type=_count, metavar="ROWS", help="rows at a time")
    add(
        "-X",
        "--data",
        type=name_word,
        default="",
        metavar="ROWS",
        help="real rows, for a run that was not exported yet",
    )


_DEPLOY = _Action("Put a checked model where it is asked: an endpoint here, or a package for elsewhere.", "", _deploy)

_ACTIONS = {
    "list": _Action("List the endpoints.", "", _none),
    "show": _Action("Show one endpoint.", "NAME", _endpoint),
    "test": _Action("Send rows to an endpoint, and compare with the original model.", "NAME -X ROWS", _test),
    "logs": _Action("Show what an endpoint has logged.", "NAME", _logs),
    "stop": _Action("Stop an endpoint; deploying to its name starts it again.", "NAME", _endpoint),
    "rollback": _Action("Serve the version before.", "NAME", _endpoint),
    "batch": _Action("Answer each row of a file.", "WHAT IN OUT", _batch),
}

ACTIONS = tuple(_ACTIONS)
"""The subcommands."""


# argparse converts what was not given too, so an empty text passes.


def _name(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", text):
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no name; write up to 63 letters, digits, - _ and .")
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no number; write 1 or more")
    return int(text)


def _columns(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _overview() -> str:
    lines = [f"  {f'%deploy {word} {action.usage}':<33}{action.summary}" for word, action in _ACTIONS.items()]
    head = "usage: %deploy WHAT --to TARGET [-n NAME] [-X ROWS] [-o DIR]"
    where = "WHAT is a run (id, name, last, best) or an ONNX file; TARGET is local, docker, kubernetes, triton, ..."
    return "\n".join([head, "", where, "", *lines, "", "%deploy SUBCOMMAND -h shows its options."])
