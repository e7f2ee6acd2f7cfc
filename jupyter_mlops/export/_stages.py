"""Which step of a pipeline is to blame: the first up to which the file differs, or cannot be made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..exceptions import MlopsError
from ._candidates import attempt
from ._original import METHODS, Original, ask
from ._parity import Tolerance
from ._protocol import Converter, Variant


def stage_that_differs(converter: Converter, original: Original, variant: Variant, tolerance: Tolerance) -> str:
    """Return the name of the first step after which rows differ; the model's own class where it has no steps."""
    for name, before in _prefixes(original):
        try:
            tried = attempt(converter, before, variant, None, tolerance, {})
        except MlopsError:  # a step alone need not be convertible: the next one decides
            continue
        if tried.parity.differing:
            return name
    return _last(original.model)


def stage_that_fails(converter: Converter, original: Original, variant: Variant) -> str:
    """Return the name of the first step up to which nothing can be converted."""
    for name, before in _prefixes(original):
        try:
            attempt(converter, before, variant, None, Tolerance(), {})
        except MlopsError:
            return name
    return _last(original.model)


def _prefixes(original: Original) -> Iterator[tuple[str, Original]]:
    """Yield the steps before the last, each with everything in front of it, as a model that transforms."""
    steps = getattr(original.model, "steps", [])
    for count in range(1, len(steps)):
        before = original.model[:count]
        methods = tuple(method for method in METHODS if method == "transform" and hasattr(before, method))
        if not methods:
            continue
        real, edge = (ask(before, answers.table, methods) for answers in (original.real, original.edge))
        if real.answered.any():
            yield step_name(steps[count - 1]), Original(before, methods, False, real, edge)


def _last(model: Any) -> str:
    steps = getattr(model, "steps", None)
    return step_name(steps[-1]) if steps else type(model).__name__


def step_name(step: tuple[str, Any]) -> str:
    """Return class and name of a step: `KBinsDiscretizer (step 'bins')`."""
    return f"{type(step[1]).__name__} (step {step[0]!r})"
