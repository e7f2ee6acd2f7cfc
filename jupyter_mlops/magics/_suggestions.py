"""What a `%runs` line that fits no run may have been meant for: a subcommand, one run, a state, or a similar name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from ..entities import RunStatus

_REFERENCE = re.compile(r"last(~\d+)?|best(:\S+)?|[0-9a-f]{4,32}")
_WORD = re.compile(r"[^\W\d][\w-]*")
_SAID_ELSEWHERE = {
    "cancel": "stop",
    "compare": "diff",
    "delete": "gc",
    "help": "-h",
    "info": "show",
    "kill": "stop",
    "list": "",
    "ls": "",
    "rm": "gc",
    "status": "show",
    "tail": "logs",
}
"""What other tools call it."""


def suggestion(query: str, actions: Collection[str], names: Iterable[str]) -> str:
    """Return the line that a query without an answer was probably meant to be; empty when nothing is near.

    Parameters
    ----------
    query : str
        What stood after `%runs`.
    actions : collection of str
        The subcommands.
    names : iterable of str
        Of the newest runs; only gone through when the first word is near no subcommand and no state.

    Examples
    --------
    >>> suggestion("shwo last", ["show", "stop"], [])
    '%runs show last'
    >>> suggestion("failed", ["show", "stop"], [])
    '%runs state:failed'
    """
    first, *rest = query.split() or [""]
    if _REFERENCE.fullmatch(query):
        return f"%runs show {query}"
    if not _WORD.fullmatch(first):
        return ""
    word = first.lower()
    if word in _SAID_ELSEWHERE:
        return " ".join(filter(None, ["%runs", _SAID_ELSEWHERE[word], *rest]))
    if near := get_close_matches(word, actions, n=1, cutoff=0.7):
        return " ".join(["%runs", near[0], *rest])
    if near := get_close_matches(word, [status.value.lower() for status in RunStatus], n=1, cutoff=0.75):
        return " ".join(["%runs", f"state:{near[0]}", *rest])
    if near := get_close_matches(query, list(dict.fromkeys(names)), n=1):
        return f"%runs name:{_quoted(near[0])}"
    return ""


def _quoted(name: str) -> str:
    """Return a name as a query has it."""
    if _WORD.fullmatch(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
