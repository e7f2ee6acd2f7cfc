"""Words of C#: identifiers made of any text, and literals of any value."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable
from xml.sax.saxutils import escape

from ._example import Value

_RESERVED = frozenset(
    {"Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "ReferenceEquals", "Finalize"}
    | {"ModelInput", "ModelOutput"}
)
"""Names that a property cannot have, because its class has them, or that would hide what every object has."""

_FIRST = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})
_LATER = _FIRST | {"Mn", "Mc", "Nd", "Pc"}


def identifiers(texts: Iterable[str]) -> list[str]:
    """Return a property's name for each text: PascalCase, valid, and no two the same.

    Examples
    --------
    >>> identifiers(["mean radius", "2nd", "Größe", "mean_radius", "class", "🙂"])
    ['MeanRadius', '_2nd', 'Größe', 'MeanRadius2', 'Class', 'Column']
    """
    taken = set(_RESERVED)
    found = []
    for text in texts:
        wanted = _pascal(text)
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}{number}", number + 1
        taken.add(name)
        found.append(name)
    return found


def _pascal(text: str) -> str:
    words, word = [], ""
    for letter in unicodedata.normalize("NFC", text):
        if len(letter.encode("utf-16-le", "surrogatepass")) == 2 and unicodedata.category(letter) in _LATER - {"Pc"}:
            word += letter
        else:  # C# has no letters beyond the basic plane in a name
            words.append(word)
            word = ""
    name = "".join(part[:1].upper() + part[1:] for part in [*words, word] if part)
    name = unicodedata.normalize("NFC", name)
    if not name:
        return "Column"
    return name if unicodedata.category(name[0]) in _FIRST else f"_{name}"


def text_literal(text: str) -> str:
    """Return a text as C#'s source, in ASCII."""
    return json.dumps(text)


def literal(value: Value, kind: str) -> str:
    """Return a value of a tensor's type as C#'s source.

    Examples
    --------
    >>> literal(0.1, "float32"), literal(7, "int64"), literal(float("nan"), "float64"), literal(True, "bool")
    ('0.1f', '7L', 'double.NaN', 'true')
    """
    if kind == "str":
        return text_literal(str(value))
    if kind == "bool":
        return "true" if value else "false"
    if "float" not in kind:
        ends = {"int64": "L", "uint64": "UL", "uint32": "U"}
        return f"{int(value)}{ends.get(kind, '')}"
    number, word, end = float(value), "double" if kind == "float64" else "float", "d" if kind == "float64" else "f"
    if math.isnan(number):
        return f"{word}.NaN"
    if math.isinf(number):
        return f"{word}.{'Positive' if number > 0 else 'Negative'}Infinity"
    return f"{number!r}{end}"


def summary(text: str) -> str:
    """Return a line of documentation that says a text as it is, whatever stands in it."""
    plain = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
    return f"/// <summary>{escape(plain)}</summary>"
