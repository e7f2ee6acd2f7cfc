"""Names for people, made safe to store and to show, however strange the text that came in.

Used when a run is submitted and again when one is read: another tool's store may hold anything.
"""

from __future__ import annotations

import unicodedata

NAME_LIMIT = 250
"""Characters of a run's, experiment's or tag's name that are kept."""

_JOINERS = "\u200c\u200d"  # emoji families and Persian words fall apart without them


def clean_name(text: str) -> str:
    r"""Return a name without control, bidirectional and zero-width characters, in NFC, at most 250 characters long.

    Any white space becomes one space. The result may be empty.

    Examples
    --------
    >>> clean_name("base\u202eline\n v2 ")
    'baseline v2'
    """
    if len(text) <= NAME_LIMIT and text.isascii() and text.isprintable() and " ".join(text.split()) == text:
        return text  # what nearly every name is; an explorer cleans a million of them
    head = text[: 16 * NAME_LIMIT]  # a name of a million characters costs no more than a long one
    kept = (" " if char.isspace() else char for char in head if _is_shown(char))
    words = " ".join("".join(kept).split())
    clean = unicodedata.normalize("NFC", words)[:NAME_LIMIT].rstrip()
    return clean if clean.strip(_JOINERS) else ""


def clean_text(text: str) -> str:
    """Return text of any length, such as a tag's value, without what cannot be seen; its lines stay lines."""
    if text.isascii() and text.isprintable():
        return text
    kept = "".join(char for char in text if char in "\n\t" or _is_shown(char))
    return unicodedata.normalize("NFC", kept)


def _is_shown(char: str) -> bool:
    if char.isspace() or char in _JOINERS:
        return True
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
