"""Texts and images whose parts are shaded by what they add, for front ends that only show HTML.

Which way a part works is never told by colour alone: a straight or a wavy line below, a plus or a minus.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from .._elements import Element
from ..entities import ExplanationReport, Figure, ImageSaliency, TextSaliency, step_text
from ._markup import COLOURS, paragraph, tag

_LOWERS, _RAISES = COLOURS[:2]
_MOST_TOKENS = 500
_SIDE = 192
_SIGN_FROM = 0.3
"""Cells of less than this share of the strongest have no sign."""


def text_html(report: ExplanationReport, text: TextSaliency) -> Iterator[Element]:
    """Yield a text as it was written, its pieces shaded for what it was taken for, and what that means."""
    output = _output(report, text.row)
    scores = _numbers(text.scores[output] if output < len(text.scores) else ())
    most = max(map(abs, scores), default=0.0)
    pieces = [
        _piece(token, score, most) for token, score in zip(text.tokens[:_MOST_TOKENS], scores, strict=False)
    ] or list(text.tokens[:_MOST_TOKENS])
    yield tag("p", *pieces, dir="auto", style="line-height:2;white-space:pre-wrap;overflow-wrap:anywhere")
    left = sum(map(len, text.tokens[_MOST_TOKENS:])) + text.cut
    yield paragraph(
        f"For the {report.scale} of {report.outputs[output]}: a straight line below raises it, a wavy one lowers it; "
        "the stronger the shade, the more.",
        f"{left:,} more characters are not shown." if left else "",
    )


def image_html(report: ExplanationReport, image: ImageSaliency) -> Iterator[Element]:
    """Yield an image, its parts shaded for what it was taken for, and what that means."""
    output = _output(report, image.row)
    heat = [_numbers(row) for row in (image.heat[output] if output < len(image.heat) else ())]
    high = round(_SIDE * image.height / max(1, image.width))
    said = f"Row {image.row}, shaded by what each part adds to the {report.scale} of {report.outputs[output]}."
    href = f"data:image/png;base64,{image.png}"
    picture = tag("image", href=href, width=_SIDE, height=high, opacity=0.4, preserveAspectRatio="none", style=_SHARP)
    box: dict[str, str | float | None] = {"width": _SIDE, "height": high, "viewBox": f"0 0 {_SIDE} {high}"}
    plain = tag("img", src=href, alt=f"Row {image.row}", width=_SIDE, height=high, style=f"{_SHARP};margin-right:12px")
    shaded = tag("svg", picture, *_cells(heat, high), role="img", aria_label=said, **box)
    yield tag("div", plain, shaded)
    yield paragraph(said, "Plus, orange: raises. Minus, blue: lowers. The stronger the colour, the more.")


def _output(report: ExplanationReport, row: int) -> int:
    """Return the class that a row was taken for; the first output where there are no classes."""
    told = dict(zip(report.local.rows, report.local.predicted, strict=False)) if report.local else {}
    predicted = _numbers(told.get(row, ()))
    if report.task != "multiclass" or len(predicted) != len(report.outputs):
        return 0
    return max(range(len(predicted)), key=predicted.__getitem__)


_SHARP = "image-rendering:pixelated"


def _piece(token: str, score: float, most: float) -> Element | str:
    if not score or not token.strip():
        return token
    colour, line = (_RAISES, "solid") if score > 0 else (_LOWERS, "wavy")
    shade = f"{round(abs(score) / most * 102):02x}"
    style = f"background:{colour}{shade};text-decoration:underline {line} {colour}"
    return tag("span", token, title=step_text(score), style=style)


def _cells(heat: list[list[float]], high: int) -> Iterator[Element]:
    most = max((abs(value) for row in heat for value in row), default=0.0)
    if not most:
        return
    down = high / len(heat)
    for row, values in enumerate(heat):
        across = _SIDE / max(1, len(values))
        for column, value in enumerate(values):
            if not value:
                continue
            x, y, share = round(column * across, 1), round(row * down, 1), abs(value) / most
            fill = _RAISES if value > 0 else _LOWERS
            size = {"width": round(across, 1), "height": round(down, 1)}
            yield tag("rect", x=x, y=y, fill=fill, fill_opacity=round(share * 0.8, 2), **size)
            if share >= _SIGN_FROM:
                yield _sign(x + across / 2, y + down / 2, min(across, down) * 0.2, value)


def _sign(x: float, y: float, half: float, value: float) -> Element:
    minus = f"M{x - half:.1f} {y:.1f}h{2 * half:.1f}"
    plus = f"M{x:.1f} {y - half:.1f}v{2 * half:.1f}" if value > 0 else ""
    return tag("path", d=minus + plus, stroke="#222222", fill="none")


def _numbers(figures: tuple[Figure, ...]) -> list[float]:
    """Return figures as numbers; what is none counts as nothing."""
    return [number if math.isfinite(number) else 0.0 for number in map(float, figures)]
