"""The card of a run in its cell: at submit a snapshot of what was asked, later how the run stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._elements import Element, element
from ..entities import Param, RunStatus
from ._figures import size
from ._names import param_text, told_apart
from ._view import View, muted, name_element, rows_element, state_element, state_text

if TYPE_CHECKING:
    from ..services import Run

CARD_MIME = "application/vnd.jupyter-mlops.run+json"
"""Our labextension shows it live; other front ends show the HTML beside it."""

_MOST_NAMES = 12


@dataclass(frozen=True)
class RunCard(View):
    """What a `%%train` cell shows at once.

    Parameters
    ----------
    name, run_id : str
        Who the run is.
    status : RunStatus
        At the moment of the snapshot.
    reason : str
        Why it stands so, in a few words.
    travels : tuple of (str, int)
        Names that travel, with their bytes, the largest first.
    pending : tuple of str
        Names that a later cell waits for.
    upstream : tuple of (str, str)
        Names that come from other runs, with those runs' names.
    notices : tuple of str
        What the user should know before using a name.
    params : tuple of Param
        `-p`.
    submitted_at : str
        UTC, ISO 8601; empty when it is not known.
    """

    name: str
    run_id: str
    status: RunStatus
    reason: str = ""
    travels: tuple[tuple[str, int], ...] = ()
    pending: tuple[str, ...] = ()
    upstream: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    params: tuple[Param, ...] = ()
    submitted_at: str = ""

    @classmethod
    def at_submit(
        cls, run: Run, *, pending: Iterable[str], run_names: Mapping[str, str], notices: Iterable[str] = ()
    ) -> RunCard:
        """Return the card of a run that was just submitted.

        Parameters
        ----------
        run : Run
            The handle.
        pending : iterable of str
            Names that a later cell waits for.
        run_names : Mapping
            Id to name, of the runs that it waits for.
        notices : iterable of str
            What the user should know.
        """
        spec = run.spec
        largest_first = sorted(run.captured, key=lambda value: -value.size)
        upstream = {item.run_id: run_names.get(item.run_id, item.run_id[:8]) for item in spec.upstream}
        names = told_apart(upstream.items(), own=run.name)
        return cls(
            name=run.name,
            run_id=run.id,
            status=RunStatus.SCHEDULED,
            travels=tuple((value.name, value.size) for value in largest_first),
            pending=tuple(pending),
            upstream=tuple((item.name, names[item.run_id]) for item in spec.upstream),
            notices=tuple(notices),
            params=spec.shown_params,
            submitted_at=spec.submitted_at,
        )

    def __repr__(self) -> str:
        head = f"{state_text(self.status)}  {self.name}  {self.run_id[:8]}" + (
            f"  ({self.reason})" if self.reason else ""
        )
        facts = [f"  {label:<9} {text}" for label, text in self._facts()]
        return "\n".join([head, *facts, *(f"  note: {notice}" for notice in self.notices)])

    def data(self) -> dict[str, Any]:
        """Return what the labextension finds the run by, and shows where it may not ask: pure data."""
        card = {
            "version": 1,
            "run_id": self.run_id,
            "name": self.name,
            "status": self.status.value,
            "submitted_at": self.submitted_at,
            "pending": list(self.pending),
            "travels": [name for name, _ in self.travels],
        }
        return {CARD_MIME: card}

    def element(self) -> Element:
        """Return the card as HTML."""
        head = element(
            "div",
            state_element(self.status),
            " ",
            element("strong", name_element(self.name)),
            " ",
            element("code", self.run_id[:8], title=self.run_id),
            muted(f" {self.reason}") if self.reason else None,
        )
        facts = [(label, name_element(text)) for label, text in self._facts()]
        notices = [element("div", notice, role="note") for notice in self.notices]
        frame = "border:1px solid var(--jp-border-color2,#ccc);border-radius:3px;padding:6px 10px;max-width:60em"
        return element("div", head, rows_element(facts) if facts else None, *notices, style=frame)

    def _facts(self) -> list[tuple[str, str]]:
        facts = [
            ("params", _cut(param_text(param.key, param.text) for param in self.params)),
            ("travels", _cut(f"{name} ({size(n)})" for name, n in self.travels)),
            ("waits for", _cut(f"{name} from {run}" for name, run in self.upstream)),
            ("pending", _cut(self.pending)),
        ]
        return [(label, text) for label, text in facts if text]


def _cut(texts: Iterable[str]) -> str:
    items = list(texts)
    rest = len(items) - _MOST_NAMES
    return ", ".join(items[:_MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")
