"""The `%models` line as one frozen command: a subcommand word, or nothing, which lists."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any

from ...exceptions import UsageError
from .._arguments import HelpRequested, MagicParser, Subcommand, split_words
from .._report_line import name_word


@dataclass(frozen=True, kw_only=True)
class ModelsCommand:
    """What one `%models` line asks for.

    Parameters
    ----------
    action : str
        A subcommand, or "list".
    reference : str
        The model or version that the action is about: `NAME`, `NAME/3`, `NAME@champion`.
    run, name : str
        For "register": the run, and the name that gets a version.
    aliases : tuple of str
        For "register", "alias" and "unalias".
    description : str
        For "register" and "describe".
    tags : dict
        For "register" and "tag"; None removes a tag.
    data : tuple of str
        For "register": names of rows to export the run on.
    yes : bool
        For "delete": do not ask.
    """

    action: str
    reference: str = ""
    run: str = ""
    name: str = ""
    aliases: tuple[str, ...] = ()
    description: str = ""
    tags: dict[str, str | None] = field(default_factory=dict)
    data: tuple[str, ...] = ()
    yes: bool = False

    @classmethod
    def parse(cls, line: str) -> ModelsCommand:
        """Return the command of a line.

        Raises
        ------
        UsageError
            The line is wrong.
        HelpRequested
            The line asks for help.
        """
        words = split_words("%models", line)
        if not words:
            return cls(action="list")
        first, rest = words[0], words[1:]
        if first in ("-h", "--help"):
            raise HelpRequested(_overview())
        if first not in _ACTIONS:
            near = get_close_matches(first, _ACTIONS, n=1)
            meant = f" Did you mean %models {near[0]}?" if near else f" To look at a model: %models show {first[:60]}"
            raise UsageError(f"%models: unknown subcommand {first[:60]}.{meant} %models -h shows what there is.")
        values = vars(_parser(first).parse_words(rest))
        if first == "tag":
            values["tags"] = _changes(values["tags"])
        elif "tags" in values:
            values |= {"tags": dict(values["tags"]), "aliases": tuple(values["aliases"]), "data": tuple(values["data"])}
        return cls(action=first, **values)


@cache
def _parser(action: str) -> MagicParser:
    return _ACTIONS[action].parser(f"%models {action}")


def _nothing(_parser: MagicParser) -> None:
    """Take no arguments."""


def _one(parser: MagicParser) -> None:
    parser.add_argument("reference", metavar="M", help=_REFERENCE)


def _register(parser: MagicParser) -> None:
    add = parser.add_argument
    add("run", metavar="R", help="a run: id or unique prefix, name, last, best, best:METRIC")
    add("name", metavar="NAME", help="of the model; it is made when there is none")
    listed: dict[str, Any] = {"action": "extend", "default": [], "metavar": "A,B"}
    add("-a", "--alias", dest="aliases", type=_words, help="such as champion; it moves here", **listed)
    add("-d", "--description", default="", metavar="TEXT", help="of the version")
    add("-t", "--tag", dest="tags", action="append", type=_tag, default=[], metavar="K=V", help="of the version")
    add("-X", "--data", type=_names, help="rows to export the run on, where it was not", **listed)


def _alias(parser: MagicParser) -> None:
    _one(parser)
    parser.add_argument("aliases", nargs="+", metavar="ALIAS", help="such as champion, challenger")


def _unalias(parser: MagicParser) -> None:
    parser.add_argument("reference", metavar="NAME", help="the model")
    parser.add_argument("aliases", nargs="+", metavar="ALIAS", help="to remove; the version stays")


def _describe(parser: MagicParser) -> None:
    _one(parser)
    parser.add_argument("description", metavar="TEXT", help="in quotes; '' removes it")


def _tags(parser: MagicParser) -> None:
    _one(parser)
    parser.add_argument("tags", nargs="+", type=_tag, metavar="K=V", help="K= removes the tag")


def _delete(parser: MagicParser) -> None:
    _one(parser)
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")


_REFERENCE = "NAME (the newest version), NAME/3 or NAME@champion"

_ACTIONS = {
    "list": Subcommand("List the registered models.", _nothing),
    "show": Subcommand("Show a model or a version: run, data, reports, how to load it.", _one),
    "register": Subcommand("Make what a run made a new version of a name.", _register),
    "alias": Subcommand("Let aliases mean a version; they move when they meant another.", _alias),
    "unalias": Subcommand("Remove aliases.", _unalias),
    "describe": Subcommand("Describe a model (NAME) or a version.", _describe),
    "tag": Subcommand("Tag a version.", _tags),
    "delete": Subcommand("Delete a version, or a model (NAME) with all of them; runs and files stay.", _delete),
}

ACTIONS = tuple(_ACTIONS)
"""The subcommands."""


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no tag; write KEY=VALUE")
    return key.strip(), value


def _changes(tags: list[tuple[str, str]]) -> dict[str, str | None]:
    return {key: value or None for key, value in tags}


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name_word(part) for part in _words(text))


def _overview() -> str:
    width = max(map(len, _ACTIONS))
    lines = [f"  %models {name:<{width}}  {action.summary}" for name, action in _ACTIONS.items()]
    head = "usage: %models        list the registered models"
    return "\n".join([head, "", *lines, "", f"M is {_REFERENCE}.", "%models SUBCOMMAND -h shows its options."])
