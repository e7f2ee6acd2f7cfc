"""The cards of a package and of an answered file, as static HTML."""

from __future__ import annotations

from .._elements import Element
from ..entities import Package, ScoreReport
from ._markup import FRAME, MUTED, Child, markup, paragraph, table, tag
from ._package_text import package_files, package_head, score_head, score_lines

_CODE = (
    "margin:2px 0 6px;padding:6px 8px;overflow-x:auto;background:var(--jp-layout-color2,rgba(128,128,128,.12));"
    "color:inherit;font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,12px)"
)
_NAME = "font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,12px)"


def package_html(package: Package) -> str:
    """Return a package as static HTML; everything in it is escaped."""
    files: list[list[Child]] = [[tag("bdi", name, style=_NAME), about] for name, about in package_files(package)]
    parts = [
        _head(package_head(package)),
        table("Files", [("file", False), ("what it is", False)], files),
        *(paragraph("verified here:", line) for line in package.checked),
        *(paragraph(line, muted=True) for line in package.notes),
        tag("p", "Next:", style=f"margin:4px 0;{MUTED}"),
        tag("pre", tag("code", "\n".join(package.commands), style="background:none"), style=_CODE),
    ]
    return _card(parts)


def score_html(report: ScoreReport) -> str:
    """Return an answered file as static HTML; everything in it is escaped."""
    lines = [
        tag("p", line.strip(), style=f"margin:{'0 0 0 20px' if line.startswith(' ') else '4px 0'}")
        for line in score_lines(report)
    ]
    return _card([_head(score_head(report)), *lines])


def _head(text: str) -> Element:
    return tag("p", tag("bdi", text, style="font-weight:600"), style="margin:4px 0")


def _card(parts: list[Element]) -> str:
    return markup(tag("div", *parts, class_="mlops-View", style=FRAME))
