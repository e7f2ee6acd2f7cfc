"""HTML and SVG of reports: elements with numbers for attributes, paragraphs and tables.

Styles stand in attributes: nbviewer, GitHub and a notebook's sanitizer leave them where they take a style sheet away.
"""

from __future__ import annotations

from .._elements import Element, element

Child = Element | str | None

FRAME = (
    "color:var(--jp-ui-font-color1,inherit);font-family:var(--jp-ui-font-family,sans-serif);"
    "font-size:var(--jp-ui-font-size1,13px);line-height:1.5"
)
MUTED = "color:var(--jp-ui-font-color2,#666)"
FIGURES = "text-align:right;font-variant-numeric:tabular-nums"
COLOURS = ("#0072b2", "#c25400", "#00845f", "#a9568a", "#8a7300", "#2b83c4", "#7d5fb2", "#6f7479")
"""By model, as in style/reports.css."""


def tag(name: str, *children: Child, **attributes: str | float | None) -> Element:
    """Return an element; children and attributes that are None are left out, `class_` stands for `class`.

    Examples
    --------
    >>> markup(tag("bdi", "<b>", title='"'))
    '<bdi title="&quot;">&lt;b&gt;</bdi>'
    """
    texts = {key: None if value is None else str(value) for key, value in attributes.items()}
    return element(name, *children, **texts)


def markup(made: Element) -> str:
    """Return an element as HTML."""
    return str(made)


def paragraph(*texts: str, muted: bool = False) -> Element:
    """Return a paragraph of sentences; empty ones are left out."""
    return tag("p", " ".join(filter(None, texts)), style=f"margin:4px 0;{MUTED if muted else ''}")


def table(caption: str, heads: list[tuple[str, bool]], rows: list[list[Child]]) -> Element:
    """Return a table; the flag of a column says whether it holds figures, and the first column names the row."""
    styles = [f"padding:2px 12px 2px 0;border:none;{FIGURES if figures else 'text-align:left'}" for _, figures in heads]
    head = [tag("th", title, scope="col", style=style) for (title, _), style in zip(heads, styles, strict=True)]
    body = []
    for row in rows:
        name, *cells = (
            tag("td" if column else "th", cell, scope=None if column else "row", style=f"{style};font-weight:normal")
            for column, (cell, style) in enumerate(zip(row, styles, strict=True))
        )
        body.append(tag("tr", name, *cells, style="background:none"))
    look = "border-collapse:collapse;border:none;margin:4px 0;color:inherit;font-size:inherit"
    return tag("table", tag("thead", tag("tr", *head)), tag("tbody", *body), aria_label=caption, style=look)
