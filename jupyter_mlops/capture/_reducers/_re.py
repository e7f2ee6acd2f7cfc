"""What `re` has found: a match is found again in its text, because nobody can make one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .._refusals import RefusedValueError

if TYPE_CHECKING:
    from .._pickler import ValuePickler
    from ._active import Reducer

Spans = tuple[tuple[int, int], ...]
_WAYS = ("match", "search", "fullmatch")


def reducers() -> Mapping[type, Reducer]:
    """Return the reducers of this library."""
    return {re.Match: _reduce_match}


def _reduce_match(match: re.Match[Any], pickler: ValuePickler) -> Any:
    pattern, where = match.re, (match.string, match.pos, match.endpos)
    for way in _WAYS:
        again = getattr(pattern, way)(*where)
        if again is not None and again.regs == match.regs:
            return _find, (pattern, way, *where)
    # Of many in one text, each goes on where the one before it was found.
    hunt = pickler.shared(("match", id(match.string), pattern, *where[1:]), lambda: Hunt(pattern, *where))
    if hunt.find(match.regs) is None:
        raise RefusedValueError(match, "it cannot be found again in its text", "use its groups: {name}.groups()")
    return Hunt.find, (hunt, match.regs)


def _find(pattern: re.Pattern[Any], way: str, *where: Any) -> re.Match[Any] | None:
    found: re.Match[Any] | None = getattr(pattern, way)(*where)
    return found


class Hunt:
    """Finds the matches of `finditer` again, all in one pass where they are asked for in order."""

    def __init__(self, pattern: re.Pattern[Any], *where: Any) -> None:
        self._told = (pattern, *where)
        self._matches: Iterator[re.Match[Any]] = iter(())

    def __reduce__(self) -> Any:
        """Tell what is looked for, and not how far it got."""
        return Hunt, self._told

    def find(self, regs: Spans) -> re.Match[Any] | None:
        """Return the match with these spans, or None."""
        return self._go_on(regs) or self._begin_anew(regs)

    def _go_on(self, regs: Spans) -> re.Match[Any] | None:
        return next((match for match in self._matches if match.regs == regs), None)

    def _begin_anew(self, regs: Spans) -> re.Match[Any] | None:
        pattern, *where = self._told
        self._matches = pattern.finditer(*where)
        return self._go_on(regs)
