"""Names and parameters as every view shows them: cut in the middle, as wide as they look, in one line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from ..entities import Param

LONGEST = 40
"""Cells of a terminal that a name gets in a table."""

_LONGEST_LITERAL = 200
_LONGEST_VALUE = 60


def width(text: str) -> int:
    """Return how many cells of a terminal a text takes: two for a wide character, none for a combining one.

    Examples
    --------
    >>> width("baseline"), width("学習"), width("e\u0301")
    (8, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut_middle(text: str, longest: int = LONGEST) -> str:
    """Return a text of at most so many cells; what is left out is in the middle, where names differ least.

    Examples
    --------
    >>> cut_middle("resnet50-imagenet-augmented-lr0.001", 20)
    'resnet50-i…d-lr0.001'
    """
    if width(text) <= longest:
        return text
    kept = longest - 1
    tail = _first(reversed(text), kept // 2)[::-1]
    return f"{_first(text, kept - width(tail))}…{tail}"


def param_text(key: str, text: str) -> str:
    """Return a parameter as `C=1.0` or `solver='adam'`: what is no Python literal is text, and stands in quotes.

    Examples
    --------
    >>> param_text("e", "x+1"), param_text("C", "1.0")
    ("e='x+1'", 'C=1.0')
    """
    return f"{key}={value_text(text)}"


def value_text(text: str) -> str:
    """Return a parameter's value: a Python literal as it is, text in quotes."""
    is_text = len(text) > _LONGEST_LITERAL or Param("", text).value is text
    return cut_middle(repr(text) if is_text else text, _LONGEST_VALUE)


def told_apart(runs: Iterable[tuple[str, str]], own: str = "") -> dict[str, str]:
    """Return id to name of some runs; runs that share a name, or have the name `own`, with the beginning of the id.

    Parameters
    ----------
    runs : iterable of (str, str)
        Id and name.
    own : str
        Name of the run that they are shown with.
    """
    names = dict(runs)
    seen = [own, *names.values()]
    return {run_id: name if seen.count(name) == 1 else f"{name} ({run_id[:8]})" for run_id, name in names.items()}


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _first(characters: Iterable[str], cells: int) -> str:
    """Return as many of the first characters as fit."""
    kept = []
    for character in characters:
        cells -= _cells(character)
        if cells < 0:
            break
        kept.append(character)
    return "".join(kept)
