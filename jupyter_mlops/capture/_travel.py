"""What a cell takes along, or why it cannot: the last word before anything is written. Runs in the kernel."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..exceptions import CannotTravelError
from ._outputs_by_number import is_output
from ._pickle import PickledValues, dump_values
from ._refusals import Refusal

if TYPE_CHECKING:
    from ._surroundings._ambient import AmbientState
    from ._text._names import CellLine

_LARGEST = 5
"""Names that a message about size lists."""

_UNITS = ("B", "KiB", "MiB", "GiB")


def pick_values(
    values: Mapping[str, Any],
    *,
    namespace: Mapping[str, Any] | None = None,
    ambient: AmbientState | None = None,
    line_of: Callable[[str], CellLine | None] | None = None,
    limit_bytes: int | None = None,
) -> PickledValues:
    """Pack what a cell reads, all of it or nothing.

    Parameters
    ----------
    values : mapping
        Name to value.
    namespace : mapping, optional
        The notebook's namespace; by default `__main__`'s.
    ambient : AmbientState, optional
        State of the kernel that travels along.
    line_of : callable, optional
        Name to the line of the cell that reads it, for messages.
    limit_bytes : int, optional
        Refuse more than this.

    Returns
    -------
    PickledValues
        With views of live memory: store it before the values change.

    Raises
    ------
    CannotTravelError
        Its message has a line for every name that cannot travel, or says what is too large.
    """
    pickled = dump_values(values, ambient=ambient, namespace=namespace, detach=False)
    if pickled.refused:
        lines = [str(_with_line(refusal, line_of)) for refusal in pickled.refused]
        raise CannotTravelError("\n".join(lines))
    size = len(pickled.stream) + pickled.buffer_bytes
    if limit_bytes is not None and size > limit_bytes:
        raise CannotTravelError(_too_large(pickled, size, limit_bytes))
    return pickled


def _with_line(refusal: Refusal, line_of: Callable[[str], CellLine | None] | None) -> Refusal:
    if line_of is None:
        return refusal
    line = line_of(refusal.name)
    if line is None and is_output(refusal.name):
        line = line_of("Out") or line_of("_oh")
        refusal = dataclasses.replace(refusal, remedy="name the outputs that the cell needs, such as Out[3]")
    return refusal if line is None else dataclasses.replace(refusal, line=line.number, source=line.text)


def _too_large(pickled: PickledValues, size: int, limit: int) -> str:
    largest = sorted(pickled.values, key=lambda value: value.size, reverse=True)[:_LARGEST]
    told = ", ".join(f"{value.name} ({value.type}, {_figure(value.size)})" for value in largest)
    return (
        f"The cell would take {_figure(size)} along, and the limit is {_figure(limit)}: {told}. "
        "Read less of it, load it inside the cell, or set JUPYTER_MLOPS_CAPTURE_LIMIT_BYTES."
    )


def _figure(size: float) -> str:
    unit = 0
    # What would be rounded to 1024 of a unit is one of the next.
    while size >= 1023.5 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if size >= 100 else f"{size:.3g} {_UNITS[unit]}"
