"""The words of `jupyter mlops models`; apart from what they do, so that help is there at once."""

from __future__ import annotations

import argparse

_REFERENCE = "NAME (the newest version), NAME/3 or NAME@champion"


def add_models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command with its own subcommands to the parser of `jupyter mlops`."""
    models = commands.add_parser("models", help="list and show registered models, register runs, move aliases")
    models.add_argument("--json", action="store_true", help="print JSON")
    models.set_defaults(action="list")
    actions = models.add_subparsers(dest="action", metavar="ACTION")
    one = argparse.ArgumentParser(add_help=False)
    one.add_argument("model", metavar="M", help=_REFERENCE)
    shows_json = argparse.ArgumentParser(add_help=False)
    shows_json.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    actions.add_parser("list", parents=[shows_json], help="list the registered models")
    actions.add_parser("show", parents=[one, shows_json], help="show a model or a version")
    register = actions.add_parser("register", parents=[shows_json], help="make what a run made a version of a name")
    register.add_argument("run", metavar="RUN", help="an id or its beginning, a name, last, best")
    register.add_argument("name", metavar="NAME", help="of the model; it is made when there is none")
    register.add_argument("-a", "--alias", action="append", default=[], metavar="A", help="such as champion")
    register.add_argument("-d", "--description", default="", metavar="TEXT", help="of the version")
    alias = actions.add_parser("alias", parents=[one, shows_json], help="let aliases mean a version")
    alias.add_argument("aliases", nargs="+", metavar="ALIAS")
    unalias = actions.add_parser("unalias", parents=[shows_json], help="remove aliases")
    unalias.add_argument("model", metavar="NAME", help="the model")
    unalias.add_argument("aliases", nargs="+", metavar="ALIAS")
    delete = actions.add_parser("delete", parents=[one], help="delete a version, or a model with all of them")
    delete.add_argument("-y", "--yes", action="store_true", help="do not ask")
