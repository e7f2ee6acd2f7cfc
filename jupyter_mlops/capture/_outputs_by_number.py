"""`Out[3]` and `_3` are one object in any notebook: the name travels, and the shell's table of outputs follows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_OUTPUT = re.compile(r"_(\d+)")


def is_output(name: str) -> bool:
    """Whether a name is an output by its number, such as `_3`."""
    return _OUTPUT.fullmatch(name) is not None


def recall_outputs(table: dict[int, Any], values: Mapping[str, Any]) -> None:
    """Put the outputs among some names into a shell's table of them."""
    table.update({int(found[1]): value for name, value in values.items() if (found := _OUTPUT.fullmatch(name))})
