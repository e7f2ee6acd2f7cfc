"""What a library raised, as one line for people: without its colours, and without what it says around the reason."""

from __future__ import annotations

import re

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_MARKED = re.compile(r"\x1b\[1m(.+?)\x1b\[0m", re.DOTALL)
"""Keras prints the reason bold, between what was called and what it was called with."""
_PLACE = re.compile(r"\{\{[^{}]*\}\}\s*")
"""TensorFlow names a node of its own before it."""


def reason_of(error: Exception | str, most: int = 240) -> str:
    """Return the first line of what went wrong, in at most so many characters; the class of an error without words."""
    marked = _MARKED.search(str(error))
    text = _PLACE.sub("", _COLOUR.sub("", marked[1] if marked else str(error)))
    line = next((line for line in text.splitlines() if line.strip()), type(error).__name__)
    line = " ".join(line.split())
    whole = line if len(line) <= most else line[:most].rpartition(" ")[0] or line[:most]
    return whole.rstrip(".,: ")


def named_reason(error: Exception) -> str:
    """Return the class of an error and its reason: `ValueError: Too wide`."""
    name, reason = type(error).__name__, reason_of(error)
    return name if reason == name else f"{name}: {reason}"
