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

from ._cli_models_parser import add_models
from ._cli_words import as_commands
from .exceptions import (
    EndpointNotFoundError,
    HomeError,
    MlopsError,
    RunNotFoundError,
    UnknownReferenceError,
    UsageError,
)

if TYPE_CHECKING:
    from .services import RunService

WELL, FAILED, MISUSED, NOT_FOUND, INTERRUPTED = 0, 1, 2, 3, 130
"""What the process answers to its caller."""

_REFERENCE = "an id or its beginning, a name, last, last~2, best:METRIC, best:-METRIC, best"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after `jupyter mlops`; those of the process unless given.
    """
    arguments = _parser().parse_args(argv)
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
    from . import _cli_commands

    execute = getattr(_cli_commands, arguments.command)
    code: int = execute(_service(arguments.home), arguments)
    sys.stdout.flush()
    return code


def _service(path: Path | None) -> RunService:
    from .home import Home
    from .services import service_of

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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jupyter mlops",
        description="Runs that %%train has started, the models that they made, and the endpoints that answer by them.",
    )
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help="a .mlops directory; by default found as git finds .git"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shows_json = argparse.ArgumentParser(add_help=False)
    shows_json.add_argument("--json", action="store_true", help="print JSON")
    one_run = argparse.ArgumentParser(add_help=False)
    one_run.add_argument("run", metavar="RUN", help=_REFERENCE)
    _add_looking(commands, shows_json, one_run)
    _add_acting(commands, shows_json, one_run)
    add_models(commands)
    _add_endpoints(commands, shows_json)
    return parser


def _add_looking(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    shows_json: argparse.ArgumentParser,
    one_run: argparse.ArgumentParser,
) -> None:
    runs = commands.add_parser("runs", parents=[shows_json], help="list the newest runs")
    runs.add_argument(
        "query", nargs="*", metavar="QUERY", help="such as: 'acc > 0.9 and lr < 0.1 state:finished name~base'"
    )
    runs.add_argument("-n", "--limit", type=int, default=20, help="at most so many (default: 20)")
    runs.add_argument("--foreign", action="store_true", help="also runs of other tools, from the tracking store")
    commands.add_parser("show", parents=[one_run, shows_json], help="show one run")
    logs = commands.add_parser("logs", parents=[one_run], help="print what a run has printed, byte for byte")
    logs.add_argument("-f", "--follow", action="store_true", help="go on until the run has ended")
    logs.add_argument("-n", "--tail", type=int, metavar="LINES", help="only the last lines")
    diff = commands.add_parser("diff", parents=[shows_json], help="show what differs between two runs")
    diff.add_argument("a", metavar="A", help=_REFERENCE)
    diff.add_argument("b", metavar="B", help="the other run")


def _add_acting(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    shows_json: argparse.ArgumentParser,
    one_run: argparse.ArgumentParser,
) -> None:
    commands.add_parser("stop", parents=[one_run], help="stop a run")
    wait = commands.add_parser("wait", parents=[one_run, shows_json], help="wait until a run has ended")
    wait.add_argument("--timeout", type=float, metavar="SECONDS", help="wait no longer than this")
    reproduce = commands.add_parser(
        "reproduce", parents=[one_run, shows_json], help="run exactly the same again and compare"
    )
    reproduce.add_argument("--notebook", type=Path, metavar="FILE", help="write a notebook that does it, instead")
    collect = commands.add_parser("gc", parents=[shows_json], help="remove what no run needs any more")
    collect.add_argument("--quota", type=int, metavar="BYTES", help="also old runs' data, until this much is left")
    collect.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    _add_deploying(commands)
    commands.add_parser(
        "trust", parents=[one_run], help="sign a run that came from elsewhere: its data may run code here"
    )


def _add_deploying(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    model = argparse.ArgumentParser(add_help=False)
    model.add_argument("what", metavar="WHAT", help="a run that keeps an export, or an ONNX file")
    package = commands.add_parser("package", parents=[model], help="pack a model for elsewhere")
    package.add_argument("--to", required=True, metavar="TARGET", help="docker, kubernetes, triton, dotnet, mlflow")
    package.add_argument("-n", "--name", default="", help="of the model there")
    package.add_argument("-o", "--output", type=Path, metavar="DIR", help="the folder")
    score = commands.add_parser("score", parents=[model], help="answer each row of a file")
    score.add_argument("source", type=Path, metavar="IN", help="a Parquet or CSV file, or a folder of Parquet files")
    score.add_argument("destination", type=Path, metavar="OUT", help="the file that is written when all is done")
    score.add_argument("--columns", default="", metavar="A,B", help="columns of IN that OUT has too; all for all")
    score.add_argument("--chunk", type=int, metavar="ROWS", help="rows at a time")


def _add_endpoints(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], shows_json: argparse.ArgumentParser
) -> None:
    deploy = commands.add_parser("deploy", help="put a checked model where it is asked")
    deploy.add_argument("what", metavar="WHAT", help=f"a run that was exported ({_REFERENCE}), or an ONNX file")
    deploy.add_argument("--to", default="local", metavar="TARGET", help="where to (default: local)")
    deploy.add_argument("-n", "--name", default="", help="of the endpoint (default: the model's)")
    endpoints = commands.add_parser("endpoints", parents=[shows_json], help="list endpoints, or do something with one")
    endpoints.add_argument("action", nargs="?", default="list", choices=("list", "show", "logs", "stop", "rollback"))
    endpoints.add_argument("name", nargs="?", default="", metavar="NAME", help="of the endpoint")


if __name__ == "__main__":
    sys.exit(main())
