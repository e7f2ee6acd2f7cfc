"""Columns of the catalog's table: one value a row, kept so that 100,000 of them are looked through in milliseconds.

Filters and sorts go over whole columns in one comprehension, which is faster than `map` from Python 3.11 on, without
NumPy, which a server need not have.
A column starts at the first row that has it: a key of one run costs one cell, not one for every run before it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import repeat

from ._word_search import WordSearch

Mask = int
"""Which rows: a number whose byte `r` is 1 where row `r` is meant. Numbers of this length combine in microseconds."""

_ABSENT = -1


def mask_of(flags: Iterable[int], start: int = 0) -> Mask:
    """Return the mask of truth values, the first of which belongs to row `start`."""
    return int.from_bytes(bytes(flags), "little") << (8 * start)


def flags_of(mask: Mask, rows: int) -> bytes:
    """Return a mask as one byte a row: 1 where the row is meant."""
    return mask.to_bytes(rows, "little")


class NumberColumn:
    """A number for each row that has one; `count` rows have."""

    def __init__(self) -> None:
        self.start = 0
        self.count = 0
        self._values = array("d")
        self._present = bytearray()

    def set(self, row: int, value: float | None) -> None:
        """Set a row's number; None takes it away."""
        at = row - self.start
        if not 0 <= at < len(self._present):
            if value is None:
                return
            at = self._reach(row)
        self.count += (value is not None) - self._present[at]
        self._present[at] = value is not None
        self._values[at] = 0.0 if value is None else value

    def _reach(self, row: int) -> int:
        """Make room for a row outside of the column, and for some behind it, and return its place."""
        if not self._present:
            self.start = row
        before, behind = _room(row - self.start, len(self._present))
        self._present[0:0] = bytes(before)
        self._values[0:0] = array("d", bytes(8 * before))
        self._present.extend(bytes(behind))
        self._values.frombytes(bytes(8 * behind))
        self.start -= before
        return row - self.start

    def get(self, row: int) -> float | None:
        """Return a row's number, None where it has none."""
        at = row - self.start
        return self._values[at] if 0 <= at < len(self._present) and self._present[at] else None

    @property
    def present(self) -> Mask:
        """The rows that have a number."""
        return mask_of(self._present, self.start)

    def where(self, fits: Callable[[Iterable[float]], Iterable[bool]]) -> Mask:
        """Return the rows whose number fulfils a condition, which tells it of many numbers at once."""
        return mask_of(fits(self._values), self.start) & self.present

    def sort_key(self, row: int) -> float | None:
        """Return what a row is sorted by; None for NaN, which is neither before nor behind."""
        value = self.get(row)
        return None if value is None or value != value else value


class TextColumn:
    """A text for each row that has one; `count` rows have. Each different text is kept once, in `words`.

    Parameters
    ----------
    order : callable, optional
        Return what a text is sorted by; numbers first and by value unless given.
    """

    def __init__(self, order: Callable[[str], object] | None = None) -> None:
        self.start = 0
        self.count = 0
        self.words: list[str] = []
        self._codes = array("i")
        self._code_of = _Codes(self.words)
        self._facts = _WordFacts(self.words, order or text_order)

    def set(self, row: int, text: str | None) -> None:
        """Set a row's text; None takes it away."""
        at = row - self.start
        if not 0 <= at < len(self._codes):
            if text is None:
                return
            at = self._reach(row)
        code = _ABSENT if text is None else self._code_of[text]
        self.count += (code != _ABSENT) - (self._codes[at] != _ABSENT)
        self._codes[at] = code

    def _reach(self, row: int) -> int:
        """Make room for a row outside of the column, and for some behind it, and return its place."""
        if not self._codes:
            self.start = row
        before, behind = _room(row - self.start, len(self._codes))
        if before:
            self._codes[0:0] = array("i", [_ABSENT]) * before
        self._codes.extend(repeat(_ABSENT, behind))
        self.start -= before
        return row - self.start

    def get(self, row: int) -> str | None:
        """Return a row's text, None where it has none."""
        code = self._code_at(row)
        return None if code == _ABSENT else self.words[code]

    def codes(self, rows: Sequence[int]) -> Iterator[int]:
        """Return the place of each row's text in `words`; -1 where a row has none."""
        whole = array("i", [_ABSENT]) * self.start + self._codes
        if rows:
            whole.extend(repeat(_ABSENT, max(rows) + 1 - len(whole)))
        return map(whole.__getitem__, rows)

    @property
    def present(self) -> Mask:
        """The rows that have a text."""
        return self.where(b"\1" * len(self.words))

    def where(self, fits: Sequence[int]) -> Mask:
        """Return the rows whose text fits: one truth value for each of `words`."""
        # The last entry answers for -1, the code of rows without a text.
        fit = bytes(fits) + b"\0"
        return mask_of([fit[code] for code in self._codes], self.start)

    def equal_to(self, text: str) -> Mask:
        """Return the rows that have exactly this text."""
        wanted = self._code_of.get(text)
        return 0 if wanted is None else mask_of([code == wanted for code in self._codes], self.start)

    def words_equal(self, text: str) -> bytes:
        """Return for each word, as one byte, whether it is exactly this text."""
        code = self._code_of.get(text)
        flags = bytearray(len(self.words))
        if code is not None:
            flags[code] = 1
        return bytes(flags)

    def words_containing(self, text: str) -> bytes:
        """Return for each word, as one byte, whether it contains this text, whatever the case."""
        return self._facts.containing(text.casefold())

    @property
    def numbers(self) -> tuple[list[float], list[int]]:
        """The words as numbers, NaN for those that are none, and the places of these."""
        return self._facts.numbers

    def sort_key(self, row: int) -> object:
        """Return what a row is sorted by, None where it has no text."""
        code = self._code_at(row)
        return None if code == _ABSENT else self._facts.ranks[code]

    def _code_at(self, row: int) -> int:
        at = row - self.start
        return self._codes[at] if 0 <= at < len(self._codes) else _ABSENT


class _Codes(dict[str, int]):
    """The place of each word; a new one takes the next."""

    def __init__(self, words: list[str]) -> None:
        self._words = words

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self._words)
        self._words.append(text)
        return code


class _WordFacts:
    """What is worked out once for each word of a column, when it is first asked for."""

    def __init__(self, words: list[str], order: Callable[[str], object]) -> None:
        self._words = words
        self._order = order

    def containing(self, folded: str) -> bytes:
        known = self._folded
        known.extend(word.casefold() for word in self._words[len(known) :])
        return self._search.containing(folded)

    @property
    def ranks(self) -> list[object]:
        known = self._ranks
        if len(known) < len(self._words):
            known.extend(map(self._order, self._words[len(known) :]))
        return known

    @property
    def numbers(self) -> tuple[list[float], list[int]]:
        values, others = self._numbers
        for place in range(len(values), len(self._words)):
            number = number_of(self._words[place])
            values.append(float("nan") if number is None else number)
            if number is None:
                others.append(place)
        return values, others

    @cached_property
    def _folded(self) -> list[str]:
        return []

    @cached_property
    def _search(self) -> WordSearch:
        return WordSearch(self._folded)

    @cached_property
    def _ranks(self) -> list[object]:
        return []

    @cached_property
    def _numbers(self) -> tuple[list[float], list[int]]:
        return [], []


def _room(at: int, length: int) -> tuple[int, int]:
    """Return how many cells a column needs before its first and behind its last, so that it reaches a place."""
    if at < 0:
        return -at, 0
    return 0, max(at + 1 - length, length // 8) if length else 1


def number_of(text: str) -> float | None:
    """Return the number that a text says, None where it says none."""
    try:
        return float(text)
    except ValueError:
        return None


def text_order(text: str) -> tuple[int, float, str]:
    """Return what parameters, tags and names are sorted by: numbers by value, then texts whatever their case."""
    number = number_of(text)
    return (1, 0.0, text.casefold()) if number is None or number != number else (0, number, "")
