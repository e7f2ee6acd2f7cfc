"""The card of an export, as static HTML: what was written, that it is the same model, and how to use it."""

from __future__ import annotations

from collections.abc import Iterable

from .._elements import Element
from ..entities import OnnxReport, OnnxTensor
from ._markup import FRAME, MUTED, markup, paragraph, tag
from ._onnx_drawing import onnx_drawing
from ._onnx_text import deploy_line, head, onnx_usage, outside, repaired, sameness, signature, smaller, speed

_CODE = (
    "margin:2px 0 6px;padding:6px 8px;overflow-x:auto;background:var(--jp-layout-color2,rgba(128,128,128,.12));"
    "color:inherit;font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,12px)"
)


def onnx_html(report: OnnxReport, path: str) -> str:
    """Return a report as static HTML; everything in it is escaped.

    Parameters
    ----------
    report : OnnxReport
        Of the export.
    path : str
        The file, as the user names it.
    """
    opened = [_folded("Deploy it", _code(deploy_line(path)))]
    opened += [_folded(title, _code(text)) for title, text in onnx_usage(report, path).items()]
    parts = [
        tag("p", tag("bdi", head(report), style="font-weight:600"), style="margin:4px 0"),
        paragraph(repaired(report)) if report.repaired else None,
        paragraph(sameness(report)),
        *(paragraph(line) for line in speed(report)),
        paragraph(smaller(report)) if report.quantised else None,
        *(paragraph(note) for note in report.notes),
        _details("Inputs and outputs", [*_labelled("in", report.inputs), *_labelled("out", report.outputs)]),
        _details("Not compared", outside(report)) if report.parity.domain else None,
        _folded("Graph", onnx_drawing(report.graph)) if report.graph else None,
        _details("Operators", [f"{name}: {count:,}" for name, count in report.operators.items()]),
        tag("p", "Use it:", style=f"margin:4px 0;{MUTED}"),
        *opened,
    ]
    return markup(tag("div", *parts, class_="mlops-View", style=FRAME))


def _labelled(label: str, tensors: tuple[OnnxTensor, ...]) -> list[str]:
    return [f"{label}: {line}" for line in signature(tensors)]


def _details(title: str, lines: Iterable[str]) -> Element:
    items = [tag("li", tag("bdi", line)) for line in lines]
    return _folded(title, tag("ul", *items, style="margin:2px 0;padding-left:20px"))


def _folded(title: str, content: Element) -> Element:
    return tag("details", tag("summary", title), content)


def _code(text: str) -> Element:
    return tag("pre", tag("code", text, style="background:none"), style=_CODE)
