"""Figures as people read them in a report, wherever it is shown.

`src/model/format.ts` and `src/widgets/report/estimates.ts` say the same in TypeScript; the cases of
`tests/frontend/reports/figure_texts.json` hold for both. A minus is ASCII's: figures are copied, and typed into boxes.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

from ._figures import Figure

_FOUR_DIGITS = Context(prec=4, rounding=ROUND_HALF_UP)
_ALL_DIGITS = Context(prec=1100, rounding=ROUND_HALF_UP)
"""A float has no more than that, as a decimal number."""
_MOST_PLACES = 100
_NOTHING = "\N{EN DASH}"


def figure_text(value: Figure) -> str:
    """Return a number with at most four significant digits: `0.9583`, `12340`, `1.2e-5`, `-∞`.

    Examples
    --------
    >>> figure_text(0.958333), figure_text(12340.0), figure_text(1.2e-5)
    ('0.9583', '12340', '1.2e-5')
    """
    number = float(value)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "∞" if number > 0 else "-∞"
    size = abs(number)
    if size == 0:
        return "0"
    short = _FOUR_DIGITS.create_decimal_from_float(number).normalize()
    if size < 1e-4 or size >= 1e7:
        return f"{short:e}"
    return str(math.floor(number + 0.5)) if size >= 10_000 else f"{short:f}"


def interval_text(low: Figure, high: Figure) -> str:
    """Return `0.17 to 0.25`, with as many digits as tell the width to two; more would promise what no interval knows.

    Examples
    --------
    >>> interval_text(0.1712, 0.2488)
    '0.171 to 0.249'
    """
    width = float(high) - float(low)
    places = max(0, 1 - math.floor(math.log10(width))) if math.isfinite(width) and width > 0 else None
    return f"{figure_text(_rounded(low, places))} to {figure_text(_rounded(high, places))}"


def estimate_text(value: Figure, low: Figure = "NaN", high: Figure = "NaN") -> str:
    """Return `0.21 (0.17 to 0.25)`, a figure alone where it has no interval, a dash where there is no figure.

    Examples
    --------
    >>> estimate_text(0.21, 0.17, 0.25), estimate_text("NaN").isascii()
    ('0.21 (0.17 to 0.25)', False)
    """
    if math.isnan(float(value)):
        return _NOTHING
    if math.isnan(float(low)) or math.isnan(float(high)):
        return figure_text(value)
    return f"{figure_text(value)} ({interval_text(low, high)})"


def step_text(value: Figure) -> str:
    """Return by how much something goes up or down, with its sign: `+0.3`, `-0.3`."""
    return f"+{figure_text(value)}" if float(value) > 0 else figure_text(value)


def _rounded(value: Figure, places: int | None) -> float:
    """Return a figure to so many places, as it is where that is unknown, or more than anybody writes."""
    number = float(value)
    if places is None or places > _MOST_PLACES:
        return number
    return float(Decimal(number).quantize(Decimal((0, (1,), -places)), context=_ALL_DIGITS))
