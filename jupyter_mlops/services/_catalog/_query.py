"""A query answered over whole columns: for every run the verdict of `_matching.matches`, for all of them at once."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat

from ...tracking import Mask, NumberColumn, RunTable, TextColumn
from .._query import All, Comparison, Either, FieldTerm, Not, Query

_NUMBERS: dict[str, Callable[[Iterable[float], float], list[bool]]] = {
    # Each spells its comparison out: a call for every number would double the time.
    "<": lambda column, wanted: [held < wanted for held in column],
    "<=": lambda column, wanted: [held <= wanted for held in column],
    ">": lambda column, wanted: [held > wanted for held in column],
    ">=": lambda column, wanted: [held >= wanted for held in column],
    "=": lambda column, wanted: [held == wanted for held in column],
    "==": lambda column, wanted: [held == wanted for held in column],
    "!=": lambda column, wanted: [held != wanted for held in column],
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
}


def fitting(query: Query, table: RunTable) -> Mask:
    """Return the rows whose runs fit a query. Under the table's lock."""
    if isinstance(query, All):
        mask = table.all
        for term in query.terms:
            mask &= fitting(term, table)
        return mask
    if isinstance(query, Either):
        return _either(query.terms, table)
    if isinstance(query, Not):
        return table.all & ~fitting(query.term, table)
    return _term(query, table)


def _either(terms: Iterable[Query], table: RunTable) -> Mask:
    """Return the rows that fit at least one term; those about the same texts go over the rows together."""
    mask, wanted = 0, dict[TextColumn, int]()
    for term in terms:
        about = _about_words(term, table)
        if about is None:
            mask |= fitting(term, table)
        else:
            column, fits = about
            wanted[column] = wanted.get(column, 0) | int.from_bytes(fits, "little")
    for column, fitting_words in wanted.items():
        mask |= column.where(fitting_words.to_bytes(len(column.words), "little"))
    return mask


def _term(term: FieldTerm | Comparison, table: RunTable) -> Mask:
    about = _about_words(term, table)
    if about is not None:
        column, fits = about
        return column.where(fits)
    if isinstance(term, FieldTerm):
        return table.beginning(term.text.lower())
    return _comparison(term, table)


def _about_words(term: Query, table: RunTable) -> tuple[TextColumn, bytes] | None:
    """Return the texts that a term is about, and for each different one whether it fits; None for any other term."""
    if isinstance(term, FieldTerm) and term.field != "id":
        column = table.texts["status" if term.field == "state" else term.field]
        return column, column.words_equal(term.text) if term.exact else column.words_containing(term.text)
    if isinstance(term, Comparison):
        columns = _compared_columns(term, table)
        if len(columns) == 1 and isinstance(columns[0], TextColumn):
            return columns[0], _words_compared(columns[0], term.operator, term.text)
    return None


def _comparison(comparison: Comparison, table: RunTable) -> Mask:
    """Return the rows that fit; without a namespace, the first of metric, parameter and tag that a run has counts."""
    columns = _compared_columns(comparison, table)
    mask = decided = 0
    for column in columns:
        mask |= _compared(column, comparison.operator, comparison.text) & ~decided
        if column is not columns[-1]:
            decided |= column.present
    return mask


def _compared_columns(comparison: Comparison, table: RunTable) -> list[NumberColumn | TextColumn]:
    places: dict[str, Mapping[str, NumberColumn] | Mapping[str, TextColumn]]
    places = {"metric": table.metrics, "param": table.params, "tag": table.tags}
    names = (comparison.namespace,) if comparison.namespace else tuple(places)
    return [column for name in names if (column := places[name].get(comparison.key)) is not None]


def _compared(column: NumberColumn | TextColumn, sign: str, wanted: str) -> Mask:
    if isinstance(column, NumberColumn):
        return _numbers_compared(column, sign, wanted)
    return column.where(_words_compared(column, sign, wanted))


def _numbers_compared(column: NumberColumn, sign: str, wanted: str) -> Mask:
    if sign == "~":
        folded = wanted.casefold()
        return column.where(lambda numbers: [folded in str(held).casefold() for held in numbers])
    number = _number(wanted)
    if number is None:
        return column.present if sign == "!=" else 0
    return column.where(lambda numbers: _each_compared(numbers, sign, number))


def _words_compared(column: TextColumn, sign: str, wanted: str) -> bytes:
    """Return for each word of a column whether it fits: as numbers where both are, else as texts."""
    if sign == "~":
        return column.words_containing(wanted)
    compare, number = _TEXTS[sign], _number(wanted)
    if number is None:
        return bytes(map(compare, column.words, repeat(wanted)))
    values, others = column.numbers
    fits = _each_compared(values, sign, number)
    for place in others:
        fits[place] = compare(column.words[place], wanted)
    return bytes(fits)


def _each_compared(numbers: Iterable[float], sign: str, wanted: float) -> list[bool]:
    """Compare each number; NaN equals NaN, by which runs that went astray are found."""
    if wanted == wanted:
        return _NUMBERS[sign](numbers, wanted)
    if sign == "!=":
        return [held == held for held in numbers]
    return [sign in ("=", "==", "<=", ">=") and held != held for held in numbers]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
