"""What `%deploy` shows: an endpoint's card, the list of endpoints, and what one has logged; as HTML and as text."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

from ..._elements import Element, element
from ...entities import Endpoint, EndpointTest, OnnxTensor
from .._figures import ago, number, size
from .._terminal_text import printable
from .._view import View, muted, name_element, rows_element, table_element, text_table

_ICONS = {
    "running": ("●", "var(--jp-success-color1,#2e7d32)"),
    "starting": ("◌", "var(--jp-info-color1,#0277bd)"),
    "stopped": ("■", "var(--jp-ui-font-color2,#777)"),
    "down": ("✕", "var(--jp-error-color1,#c62828)"),
}
_EXAMPLES = {"str": "", "bool": False, "int64": 0}
_MOST_COLUMNS = 6
_MOST_ZEROS = 64


class EndpointView(View):
    """An endpoint: how it stands, what it serves, and how to ask it.

    Parameters
    ----------
    endpoint : Endpoint
        As it stands.
    socket : Path
        Where it listens on this machine.
    is_new : bool
        Whether it was deployed to just now.
    """

    def __init__(self, endpoint: Endpoint, socket: Path, *, is_new: bool = False) -> None:
        self.endpoint = endpoint
        self._socket = socket
        self._is_new = is_new

    def __repr__(self) -> str:
        icon = _ICONS[self.endpoint.state][0]
        lines = [f"{icon} {self.endpoint.name}  {self.endpoint.state} · {self._served()}"]
        lines += [f"{key}: {value}" for key, value in self._facts()]
        lines.append("Ask it:")
        lines += [f"    {line}" for text in self._usage().values() for line in text.splitlines()]
        return "\n".join(lines)

    def element(self) -> Element:
        """Return the card as HTML."""
        icon, colour = _ICONS[self.endpoint.state]
        state = element(
            "span", element("span", icon, aria_hidden="true"), f" {self.endpoint.state}", style=f"color:{colour}"
        )
        head = element(
            "div",
            element("b", name_element(self.endpoint.name)),
            "  ",
            state,
            " · ",
            self._served(),
            style="margin:4px 0",
        )
        asked = [
            element("details", element("summary", title), element("pre", element("code", text), style=_CODE))
            for title, text in self._usage().items()
        ]
        facts = rows_element((key, element("bdi", value)) for key, value in self._facts())
        return element("div", head, facts, element("div", muted("Ask it:"), style="margin-top:4px"), *asked)

    def _served(self) -> str:
        if not self.endpoint.versions:
            return "nothing that can be served"
        version = self.endpoint.serving
        made = f" from run {version.run_id[:8]}" if version.run_id else ""
        label = f" ({version.label}{made})" if version.label else ""
        return f"version {version.number} of {len(self.endpoint.versions)}{label}, {size(version.size)}"

    def _facts(self) -> list[tuple[str, str]]:
        figures = self.endpoint.figures
        facts = [("in", _tensors(self.endpoint.inputs)), ("out", _tensors(self.endpoint.outputs))]
        if figures.requests and not self._is_new:
            facts.append(("asked", pace(self.endpoint)))
        facts += [("problem", self.endpoint.problem), ("restarts", restarted(self.endpoint))]
        facts.append(("socket", str(self._socket)))
        return [(key, value) for key, value in facts if value]

    def _usage(self) -> dict[str, str]:
        name = self.endpoint.name
        body = json.dumps(_example_body(self.endpoint), ensure_ascii=False)
        return {
            "Python": f"mlops.endpoints[{json.dumps(name)}].predict(X)",
            "HTTP": (
                f"POST <Jupyter's URL>/jupyter-mlops/endpoints/{name}/invocations\n"
                f"Authorization: token <Jupyter's token>\nContent-Type: application/json\n\n{body}"
            ),
        }


class EndpointsTable(View):
    """All endpoints of a home, one a line."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._endpoints = endpoints

    def __repr__(self) -> str:
        if not self._endpoints:
            return _NONE
        rows = [[each.name, f"{_ICONS[each.state][0]} {_standing(each)}", *_cells(each)] for each in self._endpoints]
        return text_table(_HEADS, rows)

    def element(self) -> Element:
        """Return the table as HTML."""
        if not self._endpoints:
            return muted(_NONE)
        rows: list[list[Element | str]] = [
            [name_element(each.name), _state(each), *_cells(each)] for each in self._endpoints
        ]
        return table_element(_HEADS, rows, "Endpoints")


class EndpointTestView(View):
    """What came of rows that were sent to an endpoint."""

    def __init__(self, found: EndpointTest) -> None:
        self.found = found

    def __repr__(self) -> str:
        return "\n".join([self._head(), *self._lines()])

    def element(self) -> Element:
        """Return the card as HTML."""
        colour = "var(--jp-success-color1,#2e7d32)" if self.found.is_well else "var(--jp-error-color1,#c62828)"
        head = element("div", element("bdi", self._head()), style=f"font-weight:600;color:{colour}")
        return element("div", head, *(element("div", element("bdi", line)) for line in self._lines()))

    def _head(self) -> str:
        found = self.found
        icon = "✓" if found.is_well else "✕"
        return f"{icon} {found.name} version {found.number}: {found.answered:,} of {found.rows:,} rows answered"

    def _lines(self) -> list[str]:
        lines = []
        for each in self.found.agreements:
            gap = "" if each.largest is None else f", largest difference {number(each.largest)}"
            lines.append(f"{each.output} = {each.method}: equal {each.equal:,} of {each.rows:,}{gap}")
        lines += [f"refused {count:,}: {reason}" for reason, count in self.found.refused.items()]
        if self.found.note:
            lines.append(self.found.note)
        pace = f"p50 {number(self.found.p50_s * 1000)} ms, p95 {number(self.found.p95_s * 1000)} ms"
        return [*lines, f"one row, {self.found.timed:,} times, through its socket: {pace}"]


class LinesView(View):
    """The end of a log."""

    def __init__(self, text: str) -> None:
        self._text = printable(text)

    def __repr__(self) -> str:
        return self._text.rstrip("\n") or _SILENT

    def element(self) -> Element:
        """Return the log as HTML."""
        box = "margin:0;max-height:32em;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere"
        return element("pre", self._text, style=box) if self._text else muted(_SILENT)


_HEADS = [
    ("endpoint", False),
    ("state", False),
    ("version", True),
    ("model", False),
    ("asked", False),
    ("since", False),
]
_NONE = "No endpoints yet. %deploy best --to local -n NAME makes one."
_SILENT = "Nothing was logged yet."
_CODE = (
    "margin:2px 0 6px;padding:6px 8px;overflow-x:auto;background:var(--jp-layout-color2,rgba(128,128,128,.12));"
    "color:inherit;font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,12px)"
)


def pace(endpoint: Endpoint) -> str:
    """Return how much an endpoint was asked, and how quickly it answered, in a line."""
    figures = endpoint.figures
    if not figures.requests:
        return "not yet"
    wrong = f", {figures.errors:,} refused" if figures.errors else ""
    latency = f"p50 {number(figures.p50_s * 1000)} ms, p95 {number(figures.p95_s * 1000)} ms"
    return f"{figures.requests:,} requests{wrong}, {number(figures.per_s)}/s; {latency}"


def restarted(endpoint: Endpoint) -> str:
    """Return how often an endpoint was started again unasked, and why, in a line; empty where it was not."""
    restarts = endpoint.restarts
    times = f"{restarts.count:,} time{'' if restarts.count == 1 else 's'}"
    if restarts.given_up:
        return f"given up after it was restarted {times}: {restarts.cause}; whoever asks it next starts it"
    return f"restarted {times}: {restarts.cause}" if restarts.count else ""


def example_row(endpoint: Endpoint) -> dict[str, object]:
    """Return a row by column that the endpoint takes: the one that its user gave, else one of zeros and empty texts."""
    columns = {column: tensor.type for tensor in endpoint.inputs for column in tensor.columns}
    return dict(endpoint.example) or {name: _EXAMPLES.get(kind, 0.0) for name, kind in columns.items()}


def _example_body(endpoint: Endpoint) -> dict[str, object]:
    """Return a request of one row, as `/invocations` takes it; a tensor of many numbers is only hinted at."""
    inputs = endpoint.inputs
    if any(tensor.columns for tensor in inputs):
        return {"dataframe_records": [example_row(endpoint)]}
    if len(inputs) == 1 and len(inputs[0].shape) < 3:
        return {"instances": [_zeros(inputs[0])]}
    return {"inputs": {tensor.name: [_zeros(tensor)] for tensor in inputs}}


def _zeros(tensor: OnnxTensor) -> object:
    """Return one row of a tensor as nested lists; an axis whose size is free has one place."""
    sizes = [size or 1 for size in tensor.shape[1:]]
    if math.prod(sizes) > _MOST_ZEROS:
        return "..."
    found: object = _EXAMPLES.get(tensor.type, 0.0)
    for places in reversed(sizes):
        found = [found] * places
    return found


def _cells(endpoint: Endpoint) -> list[str]:
    if not endpoint.versions:
        return ["", "", endpoint.problem, ""]
    version = endpoint.serving
    return [str(version.number), version.label, pace(endpoint), ago(version.made_at)]


def _standing(endpoint: Endpoint) -> str:
    return ", ".join(word for word in (endpoint.state, restarted(endpoint)) if word)


def _state(endpoint: Endpoint) -> Element:
    icon, colour = _ICONS[endpoint.state]
    mark = element("span", icon, aria_hidden="true")
    told = element("bdi", muted(restarted(endpoint))) if endpoint.restarts.count else ""
    return element(
        "span", element("span", mark, f" {endpoint.state}", style=f"color:{colour};white-space:nowrap"), " ", told
    )


def _tensors(tensors: tuple[OnnxTensor, ...]) -> str:
    shown = []
    for tensor in tensors[:_MOST_COLUMNS]:
        sizes = ", ".join("rows" if size is None else str(size) for size in tensor.shape)
        shown.append(f"{tensor.name} {tensor.type}[{sizes}]")
    more = f" and {len(tensors) - _MOST_COLUMNS:,} more" if len(tensors) > _MOST_COLUMNS else ""
    return ", ".join(shown) + more
