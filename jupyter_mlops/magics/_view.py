"""What our magics return: an object that shows itself as text and as HTML, in one MIME bundle.

Static on purpose: no scripts, inline styles only (a sanitizer leaves them in an untrusted notebook), JupyterLab's CSS
variables with fallbacks for other front ends. A live view adds its own MIME type to the same bundle.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from .._elements import Element, element
from ..entities import RunStatus
from ._names import width

MUTED = "color:var(--jp-ui-font-color2,#777)"
_TABLE = "border-collapse:collapse;border:none;margin:2px 0;color:inherit;font-size:inherit"
NUMERIC = "text-align:right;font-variant-numeric:tabular-nums"

_ICONS = {
    RunStatus.SCHEDULED: ("◌", "var(--jp-ui-font-color2,#777)"),
    RunStatus.RUNNING: ("●", "var(--jp-info-color1,#0277bd)"),
    RunStatus.FINISHED: ("✓", "var(--jp-success-color1,#2e7d32)"),
    RunStatus.FAILED: ("✕", "var(--jp-error-color1,#c62828)"),
    RunStatus.KILLED: ("■", "var(--jp-warn-color1,#b26a00)"),
}


class View(ABC):
    """Base of everything that a magic shows: `__repr__` is the text, `element` the HTML."""

    @abstractmethod
    def element(self) -> Element:
        """Return the view as HTML."""

    def data(self) -> dict[str, Any]:
        """Return further MIME types for the bundle: a renderer of our own gets its data here."""
        return {}

    def _repr_html_(self) -> str:
        return str(element("div", self.element(), class_="mlops-View", style=_FRAME))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - so asked
        """Return what Jupyter shows (IPython's protocol); it picks the MIME type that it likes best."""
        return {"text/plain": repr(self), "text/html": self._repr_html_(), **self.data()}


_FRAME = (
    "color:var(--jp-ui-font-color1,inherit);font-family:var(--jp-ui-font-family,sans-serif);"
    "font-size:var(--jp-ui-font-size1,13px);line-height:1.5"
)


def state_text(status: RunStatus) -> str:
    """Return icon and word of a state."""
    return f"{_ICONS[status][0]} {status.value}"


def state_element(status: RunStatus) -> Element:
    """Return icon, word and colour of a state: never colour alone."""
    icon, colour = _ICONS[status]
    mark = element("span", icon, aria_hidden="true")
    return element("span", mark, f" {status.value}", style=f"color:{colour};white-space:nowrap")


def name_element(name: str, title: str | None = None) -> Element:
    """Return a name that people chose: isolated, so that right-to-left text cannot turn the line around it."""
    return element("bdi", name, title=title)


def muted(text: str) -> Element:
    """Return text that explains."""
    return element("span", text, style=MUTED)


def rows_element(rows: Iterable[tuple[str, Element | str]]) -> Element:
    """Return label and value, one pair a line."""
    label = f"{MUTED};text-align:left;vertical-align:top;padding:0 12px 0 0;font-weight:normal;background:none"
    value = "text-align:left;padding:0;background:none"
    lines = [
        element(
            "tr",
            element("th", key, style=label, scope="row"),
            element("td", cell, style=value),
            style="background:none",
        )
        for key, cell in rows
    ]
    return element("table", element("tbody", *lines), style=_TABLE)


def table_element(heads: Iterable[tuple[str, bool]], rows: Iterable[Iterable[Element | str]], caption: str) -> Element:
    """Return a table.

    Parameters
    ----------
    heads : iterable of (str, bool)
        Title of each column, and whether it holds figures.
    rows : iterable of iterables
        Cells in the order of the columns.
    caption : str
        For screen readers.
    """
    columns = list(heads)
    cells = [
        f"{NUMERIC if figures else 'text-align:left'};padding:2px 10px;white-space:nowrap" for _, figures in columns
    ]
    head = [
        element("th", title, style=f"{style};font-weight:600", scope="col")
        for (title, _), style in zip(columns, cells, strict=True)
    ]
    body = [
        element("tr", *(element("td", cell, style=style) for cell, style in zip(row, cells, strict=True)))
        for row in rows
    ]
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *body),
        aria_label=caption,
        style=_TABLE,
    )


def text_table(heads: Iterable[tuple[str, bool]], rows: Iterable[Iterable[str]]) -> str:
    """Return the same table as text: figures to the right, no trailing blanks."""
    columns = list(heads)
    lines = [[title for title, _ in columns], *([str(cell) for cell in row] for row in rows)]
    widths = [max(width(line[i]) for line in lines) for i in range(len(columns))]

    def aligned(line: list[str]) -> str:
        cells = zip(line, widths, columns, strict=True)
        padded = ((cell, " " * (widest - width(cell)), figures) for cell, widest, (_, figures) in cells)
        return "  ".join(gap + cell if figures else cell + gap for cell, gap, figures in padded).rstrip()

    return "\n".join(aligned(line) for line in lines)
