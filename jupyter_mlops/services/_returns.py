"""`--returns` against what a cell can have: a slip is told at the submission, not when the name is read.

A name that the text does not show is believed where the cell may bind it all the same: by `exec`, `from m import *`,
`%run`, or a magic that nobody here knows.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ..exceptions import UsageError

if TYPE_CHECKING:
    from ..capture import CellNames

_MAGIC = re.compile(r"(?m)^\s*(?:[\w., ]+=\s*)?%{1,2}(\w+)")
_MOST_LISTED = 10


def require_returnable(
    returns: tuple[str, ...], names: CellNames, made: Collection[str], had: Collection[str], *, unseen: bool
) -> None:
    """Check that a run can have the names that it is to return.

    Parameters
    ----------
    returns : tuple of str
        As the user lists them.
    names : CellNames
        What the cell's text says.
    made, had : collection of str
        What it binds, itself or through functions of the notebook; what it takes along.
    unseen : bool
        Functions of the notebook that it uses may bind any name.

    Raises
    ------
    UsageError
        Some it never has; the message tells the nearest that it has.
    """
    wrong = [name for name in returns if name not in made and name not in had]
    if not wrong or unseen or names.dynamic or names.binds_unknown or names.star_imports or _has_unknown_magic(names):
        return
    possible = [*sorted(made), *sorted(set(had).difference(made))]
    near = [match for name in wrong for match in get_close_matches(name, possible, n=1)]
    them = wrong[0] if len(wrong) == 1 else "them"
    told = [f"--returns {','.join(wrong)}: the cell neither assigns nor reads {them}."]
    if near:
        told.append(f"Did you mean {', '.join(dict.fromkeys(near))}?")
    if len(near) < len(wrong):
        more = ", ..." if len(possible) > _MOST_LISTED else ""
        listed = ", ".join(possible[:_MOST_LISTED]) + more
        told.append(f"It can return {listed}." if possible else "It has no name to return; leave --returns out.")
    raise UsageError(" ".join(told))


def _has_unknown_magic(names: CellNames) -> bool:
    from ..capture import is_known_magic

    return not all(is_known_magic(name) for name in _MAGIC.findall(names.source))
