"""How two runs differ, whether a reproduction came out the same, and what a collection frees, as views."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .._elements import Element, element
from ._figures import number, size
from ._names import cut_middle, value_text
from ._view import View, muted, name_element, table_element, text_table

if TYPE_CHECKING:
    from ..home import CollectionPlan
    from ..services import Change, Reproduction, RunDiff


class DiffView(View):
    """Only what differs: one section a subject."""

    def __init__(self, diff: RunDiff) -> None:
        self._diff = diff
        self._labels = (_label(diff.a), _label(diff.b))

    def __repr__(self) -> str:
        parts = [f"{title}\n{text}" for title, text in self._texts()]
        parts += [f"{title}\n{text_table(self._heads(title), rows)}" for title, rows in self._tables()]
        return "\n\n".join([*(parts or [self._same()]), *self._unknown()])

    def element(self) -> Element:
        """Return the sections as HTML."""
        code = "margin:2px 0;white-space:pre-wrap"
        parts = [
            element("div", element("h4", title, style=_HEAD), element("pre", text, style=code))
            for title, text in self._texts()
        ]
        for title, rows in self._tables():
            cells = [[name_element(cell) for cell in row] for row in rows]
            table = table_element(self._heads(title), cells, title)
            parts.append(element("div", element("h4", title, style=_HEAD), table))
        unknown = [element("div", muted(text)) for text in self._unknown()]
        return element("div", *(parts or [muted(self._same())]), *unknown)

    def _texts(self) -> Iterator[tuple[str, str]]:
        sections = (("Cell", self._diff.cell), ("Upstream cells", self._diff.upstream))
        return ((title, text) for title, text in sections if text)

    def _tables(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        diff = self._diff
        sections = (
            (_METRICS, diff.metrics),
            (_FAIRNESS, diff.fairness),
            (_IMPORTANCE, diff.importance),
            (_PARAMETERS, diff.params),
            ("Data", diff.data),
            ("Packages", diff.packages),
        )
        for title, changes in sections:
            if changes:
                shown = _SHOWN.get(title, _as_recorded)
                yield title, [(cut_middle(change.key), *shown(change)) for change in changes]

    def _heads(self, title: str) -> list[tuple[str, bool]]:
        return [("", False), *((label, title in _FIGURES) for label in self._labels)]

    def _same(self) -> str:
        return f"{_label(self._diff.a)} and {_label(self._diff.b)} do not differ in anything that was recorded."

    def _unknown(self) -> list[str]:
        return [f"Not compared: {', '.join(self._diff.unknown)}."] if self._diff.unknown else []


class ReproductionView(View):
    """Each output and metric, and by how much it is not the same."""

    def __init__(self, reproduction: Reproduction) -> None:
        self._reproduction = reproduction

    def __repr__(self) -> str:
        rows = self._rows()
        return "\n".join([self._verdict(), *([text_table(_AGREEMENT, rows)] if rows else [])])

    def element(self) -> Element:
        """Return verdict and table as HTML."""
        rows = [(name_element(name), kind, how, largest) for name, kind, how, largest in self._rows()]
        table = table_element(_AGREEMENT, rows, "Reproduced results") if rows else None
        return element("div", element("div", self._verdict()), table)

    def _verdict(self) -> str:
        both, count = self._reproduction, len(self._rows())
        again = f"Run {_label(both.again)} repeated {_label(both.original)}: "
        if not count:
            return f"{again}neither has results or metrics to compare."
        return again + ("✓ everything is equal to the bit." if both.is_exact else "✕ not everything is equal.")

    def _rows(self) -> list[tuple[str, str, str, str]]:
        both = self._reproduction
        kinds = (("output", both.outputs), ("metric", both.metrics))
        return [
            (item.name, kind, "equal" if item.equal else item.how, "" if item.largest is None else number(item.largest))
            for kind, items in kinds
            for item in items
        ]


class CollectionView(View):
    """What was freed, or would be."""

    def __init__(self, plan: CollectionPlan, *, is_dry: bool) -> None:
        self._plan = plan
        self._is_dry = is_dry

    def __repr__(self) -> str:
        plan = self._plan
        if plan.is_empty:
            return f"Nothing to remove: {size(plan.remaining_bytes)} in {plan.home} are within the quota or needed."
        verb = "Would free" if self._is_dry else "Freed"
        what = [
            (len(plan.directories), "run", "runs"),
            (len(plan.values), "run's values", "runs' values"),
            (len(plan.objects), "object", "objects"),
            (len(plan.leftovers), "leftover", "leftovers"),
        ]
        parts = ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in what if count)
        return f"{verb} {size(plan.freed_bytes)}: {parts}. {size(plan.remaining_bytes)} remain in {plan.home}."

    def element(self) -> Element:
        """Return the sentence as HTML."""
        return element("div", repr(self))


_HEAD = "margin:8px 0 2px;font-size:inherit"
_AGREEMENT = (("name", False), ("kind", False), ("result", False), ("largest difference", True))


def _label(run: object) -> str:
    return f"{cut_middle(run.name)} ({run.id[:8]})"  # type: ignore[attr-defined]  # a `services.Run`


def _as_recorded(change: Change) -> tuple[str, str]:
    return _or_absent(change.before), _or_absent(change.after)


def _as_values(change: Change) -> tuple[str, str]:
    before, after = (None if text is None else value_text(text) for text in (change.before, change.after))
    return _or_absent(before), _or_absent(after)


def _as_figures(change: Change) -> tuple[str, str]:
    """Return two figures in four digits, unless only the others tell them apart."""
    before, after = (None if text is None else _figure(text) for text in (change.before, change.after))
    return (_or_absent(before), _or_absent(after)) if before != after else _as_recorded(change)


def _figure(text: str) -> str:
    try:
        return number(float(text))
    except ValueError:
        return text


def _or_absent(text: str | None) -> str:
    return "-" if text is None else text


_METRICS, _PARAMETERS, _FAIRNESS, _IMPORTANCE = "Metrics", "Parameters", "Fairness", "Importance of features"
_FIGURES = (_METRICS, _FAIRNESS, _IMPORTANCE)
_SHOWN: dict[str, Callable[[Change], tuple[str, str]]] = {_METRICS: _as_figures, _PARAMETERS: _as_values}
