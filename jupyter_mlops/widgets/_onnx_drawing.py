"""A file's graph as a small picture, for front ends that only show HTML."""

from __future__ import annotations

from .._elements import Element
from ..entities import OnnxGraph, OnnxNode
from ._markup import COLOURS, tag

_BOX = (132, 24)
_STEP = (146, 46)
_EDGE = 2
_LONGEST = 20
"""Characters that a box has room for."""


def onnx_drawing(graph: OnnxGraph) -> Element:
    """Return a graph as SVG: from top to bottom, inputs first."""
    left = min((node.place for node in graph.nodes), default=0.0)
    right = max((node.place for node in graph.nodes), default=0.0)
    width = _BOX[0] + (right - left) * _STEP[0] + 2 * _EDGE
    height = _BOX[1] + max((node.layer for node in graph.nodes), default=0) * _STEP[1] + 2 * _EDGE
    corners = [(_EDGE + (node.place - left) * _STEP[0], _EDGE + node.layer * _STEP[1]) for node in graph.nodes]
    lines = [_line(corners[a], corners[b]) for a, b in graph.links]
    boxes = [_box(node, corner) for node, corner in zip(graph.nodes, corners, strict=True)]
    label = f"Graph of {graph.total:,} operators"
    size: dict[str, str | float | None] = {
        "width": round(width),
        "height": round(height),
        "viewBox": f"0 0 {round(width)} {round(height)}",
    }
    # Narrower than the page, it stands on the left; wider, it is moved under the page's edge.
    return tag(
        "div",
        tag("svg", *lines, *boxes, role="img", aria_label=label, style="color:inherit;display:block", **size),
        style="overflow:auto;max-height:360px;margin:4px 0",
    )


def node_text(node: OnnxNode) -> str:
    """Return what stands in a box: the operator, and how often where it is more than once."""
    if node.count == 1 or len(node.operators) > 1:
        return node.label
    return f"{node.label} \u00d7{node.count:,}"


def _box(node: OnnxNode, corner: tuple[float, float]) -> Element:
    x, y = corner
    colour = "currentColor" if node.kind == "step" else COLOURS[0]
    text = node_text(node)
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return tag(
        "g",
        tag("title", text),
        tag(
            "rect",
            x=x,
            y=y,
            width=_BOX[0],
            height=_BOX[1],
            rx=3,
            fill="var(--jp-layout-color0,Canvas)",
            stroke=colour,
            stroke_opacity=0.6,
        ),
        tag("text", short, x=x + _BOX[0] / 2, y=y + 16, fill="currentColor", font_size=11, text_anchor="middle"),
    )


def _line(start: tuple[float, float], end: tuple[float, float]) -> Element:
    x, y = start[0] + _BOX[0] / 2, start[1] + _BOX[1]
    to_x, to_y = end[0] + _BOX[0] / 2, end[1]
    bend = (_STEP[1] - _BOX[1]) / 2
    path = f"M{x:g} {y:g}C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}"
    return tag("path", d=path, fill="none", stroke="currentColor", stroke_opacity=0.4)
