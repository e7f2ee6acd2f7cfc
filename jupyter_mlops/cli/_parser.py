"""The words of `jupyter mlops`: which commands there are, and what each takes."""

from __future__ import annotations

import argparse
from pathlib import Path

from ._models_parser import add_models

_REFERENCE = "an id or its beginning, a name, last, last~2, best:METRIC, best:-METRIC, best"


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    root = argparse.ArgumentParser(
        prog="jupyter mlops",
        description="Runs that %%train has started, the models that they made, and the endpoints that answer by them.",
    )
    root.add_argument("--home", type=Path, metavar="DIR", help="a .mlops directory; by default found as git finds .git")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shows_json = argparse.ArgumentParser(add_help=False)
    shows_json.add_argument("--json", action="store_true", help="print JSON")
    one_run = argparse.ArgumentParser(add_help=False)
    one_run.add_argument("run", metavar="RUN", help=_REFERENCE)
    _add_looking(commands, shows_json, one_run)
    _add_acting(commands, shows_json, one_run)
    add_models(commands)
    _add_endpoints(commands, shows_json)
    return root


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
    logs = commands.add_parser(
        "logs", parents=[one_run, shows_json], help="print what a run has printed, byte for byte"
    )
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
    commands.add_parser("stop", parents=[one_run, shows_json], help="stop a run")
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
