"""`jupyter mlops`: runs from a terminal. Parses, asks one service, shows the answer; needs no kernel and no server.

Exit codes: 0 well, 1 the run failed or differs, 2 the command was written wrong, 3 nothing there is meant, 130
interrupted. Errors are one line on stderr; `--json` is for programs and goes to stdout.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..exceptions import (
    EndpointNotFoundError,
    HomeError,
    MlopsError,
    RunNotFoundError,
    UnknownReferenceError,
    UsageError,
)
from ._parser import parser
from ._words import as_commands

if TYPE_CHECKING:
    from ..services import RunService

WELL, FAILED, MISUSED, NOT_FOUND, INTERRUPTED = 0, 1, 2, 3, 130
"""What the process answers to its caller."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after `jupyter mlops`; those of the process unless given.
    """
    arguments = parser().parse_args(argv)
    try:
        return _execute(arguments)
    except (UnknownReferenceError, RunNotFoundError, EndpointNotFoundError, _NoHomeError) as error:
        return _complain(error, NOT_FOUND)
    except UsageError as error:
        return _complain(error, MISUSED)
    except MlopsError as error:
        return _complain(error, FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, `head` perhaps, has seen enough; Python must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WELL


class _NoHomeError(HomeError):
    """There is no home here: nothing that was asked for can exist."""


def _execute(arguments: argparse.Namespace) -> int:
    from . import _commands

    execute = getattr(_commands, arguments.command)
    code: int = execute(_service(arguments.home), arguments)
    sys.stdout.flush()
    return code


def _service(path: Path | None) -> RunService:
    from ..home import Home
    from ..services import service_of

    try:
        home = Home.open(path) if path else Home.find(create=False)
    except HomeError as error:
        raise _NoHomeError(str(error)) from error
    return service_of(home)


def _complain(error: MlopsError, code: int) -> int:
    """Say what is wrong in one line, in this edge's words for the next step."""
    text = as_commands(str(error)).replace("\n", " ")
    sys.stderr.write(f"jupyter mlops: {text}\n")
    return code
