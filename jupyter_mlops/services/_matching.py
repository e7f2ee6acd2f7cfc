"""Whether a run fits a query. The run may be ours (a run directory) or another tool's (a row of the tracking store)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Protocol

from ..entities import RunStatus
from ._query import All, Comparison, Either, FieldTerm, Not, Query


class RunFacts(Protocol):
    """What a query may ask about a run. Reading a property may read a file: matching asks for no more than it needs."""

    @property
    def id(self) -> str:
        """32 hex digits."""

    @property
    def name(self) -> str:
        """The run's name."""

    @property
    def experiment(self) -> str:
        """The experiment's name."""

    @property
    def status(self) -> RunStatus:
        """How it stands."""

    @property
    def metrics(self) -> Mapping[str, float]:
        """Last value of each metric."""

    @property
    def params(self) -> Mapping[str, str]:
        """Parameters as text."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Tags."""


_ORDERED: dict[str, Callable[[object, object], bool]] = {
    "<": operator.lt,  # type: ignore[dict-item]  # both sides are two floats or two texts
    "<=": operator.le,  # type: ignore[dict-item]  # the same
    ">": operator.gt,  # type: ignore[dict-item]  # the same
    ">=": operator.ge,  # type: ignore[dict-item]  # the same
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
}


def matches(query: Query, run: RunFacts) -> bool:
    """Whether a run fits. A comparison with a key that the run does not have is false, `!=` too; NaN equals NaN."""
    if isinstance(query, All):
        return all(matches(term, run) for term in query.terms)
    if isinstance(query, Either):
        return any(matches(term, run) for term in query.terms)
    if isinstance(query, Not):
        return not matches(query.term, run)
    if isinstance(query, FieldTerm):
        return _field_matches(query, run)
    return _comparison_matches(query, run)


def _field_matches(term: FieldTerm, run: RunFacts) -> bool:
    if term.field == "state":
        return run.status.value == term.text
    if term.field == "id":
        return run.id.startswith(term.text.lower())
    text = run.name if term.field == "name" else run.experiment
    return text == term.text if term.exact else term.text.casefold() in text.casefold()


def _comparison_matches(comparison: Comparison, run: RunFacts) -> bool:
    places: dict[str, Callable[[], Mapping[str, object]]] = {
        "metric": lambda: run.metrics,
        "param": lambda: run.params,
        "tag": lambda: run.tags,
    }
    for place in (comparison.namespace,) if comparison.namespace else tuple(places):
        held = places[place]()
        if comparison.key in held:
            return _compare(held[comparison.key], comparison.operator, comparison.text)
    return False


def _compare(held: object, sign: str, wanted: str) -> bool:
    if sign == "~":
        return wanted.casefold() in str(held).casefold()
    left, right = _number(held), _number(wanted)
    if right is None and not isinstance(held, str):
        return sign == "!="  # A metric is neither before nor behind a text.
    if left is None or right is None:
        return bool(_ORDERED[sign](str(held), wanted))
    if left != left and right != right:
        return sign in ("=", "==", "<=", ">=")
    return bool(_ORDERED[sign](left, right))


def _number(value: object) -> float | None:
    try:
        return float(value)  # type: ignore[arg-type]  # whatever it is, float() says whether it is a number
    except (TypeError, ValueError):
        return None
