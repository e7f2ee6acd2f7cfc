"""Which step of a model is to blame: the first up to which the file differs, or cannot be made, and what inside of it.

A pipeline is cut behind each of its steps. Inside of a step that is made of others, a ColumnTransformer or a stack,
each part is asked alone; a stack's last one is asked about what the others say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from ..exceptions import MlopsError
from ._candidates import attempt
from ._estimator import Estimator
from ._original import Original, ask
from ._parity import Tolerance
from ._protocol import Converter, Variant
from ._quiet import answer_or_error
from ._table import Table

_MOST_PARTS = 16


def stage_that_differs(converter: Converter, original: Original, variant: Variant, tolerance: Tolerance) -> str:
    """Return the name of the first step after which rows differ; the model's own class where it has no steps."""

    def differs(before: Original) -> bool:
        try:
            return bool(attempt(converter, before, variant, None, tolerance, {}).parity.differing)
        except MlopsError:  # a step alone need not be convertible: the next one decides
            return False

    return _blamed(original, differs)


@dataclass(frozen=True)
class Stage:
    """A step that cannot be converted, and why; no reason of its own where it was not asked alone."""

    name: str
    reason: str = ""


def stage_that_fails(converter: Converter, original: Original, variant: Variant) -> Stage:
    """Return the first step up to which nothing can be converted."""
    reasons = [""]

    def fails(before: Original) -> bool:
        try:
            attempt(converter, before, variant, None, Tolerance(), {})
        except MlopsError as error:
            reasons.append(str(error))
            return True
        return False

    name = _blamed(original, fails)
    return Stage(name, reasons[-1])


def _blamed(original: Original, is_to_blame: Callable[[Original], bool]) -> str:
    """Return the name of the step, with what inside of it is to blame where that is found."""
    steps = getattr(original.model, "steps", [])
    count = next((count for count, before in _prefixes(original) if is_to_blame(before)), len(steps))
    blamed = steps[count - 1] if steps else ("", original.model)
    name = step_name(blamed) if steps else type(original.model).__name__
    for part, alone in _parts(original, blamed[1], count - 1):
        if is_to_blame(alone):
            inside = _blamed(alone, is_to_blame) if hasattr(alone.model, "steps") else part
            return f"{inside} in {name}"
    return name


def _prefixes(original: Original) -> Iterator[tuple[int, Original]]:
    """Yield how many steps there are, each with everything in front of it, as a model that transforms."""
    for count in range(1, len(getattr(original.model, "steps", []))):
        before = _first(original.model, count)
        if not hasattr(before, "transform"):
            continue
        subject = Estimator(before, only=("transform",))
        real, edge = (ask(subject, answers.rows, ("transform",)) for answers in (original.real, original.edge))
        if real.answered.any():
            yield count, Original(subject, ("transform",), real, edge)


def _first(model: Any, count: int) -> Any:
    """Return a pipeline of the first steps; scikit-learn asks none that ends in what fitting leaves as it is."""
    from sklearn.exceptions import NotFittedError
    from sklearn.preprocessing import FunctionTransformer
    from sklearn.utils.validation import check_is_fitted

    steps = model.steps[:count]
    found = answer_or_error(partial(check_is_fitted, steps[-1][1]))
    if isinstance(found, (NotFittedError, AttributeError, TypeError)):
        steps = [*steps, ("as_it_is", FunctionTransformer())]
    return type(model)(steps)


def _parts(original: Original, step: Any, before: int) -> Iterator[tuple[str, Original]]:
    """Yield what a step is made of, each as a model that is asked about the rows that come to it."""
    for name, part, columns in islice(_made_of(step), _MOST_PARTS):
        alone = answer_or_error(partial(_alone, original, part, before, columns))
        if not isinstance(alone, Exception):  # a part need not be one that can be asked alone
            yield step_name((name, part)), alone
    last = getattr(step, "final_estimator_", None)
    final = answer_or_error(partial(_alone, original, last, before, None, step)) if last is not None else None
    if isinstance(final, Original):
        yield step_name(("final_estimator", last)), final


def _alone(original: Original, part: Any, before: int, columns: Any, stack: Any = None) -> Original:
    """Return a part with what it says of its rows; the last one of a stack takes what the others say."""
    real, edge = (_rows(original.model, before, rows, columns) for rows in _taken(original))
    if stack is not None:
        real, edge = (Table.of(stack.transform(rows.value)) for rows in (real, edge))
    return Original.asked(Estimator(part), real, edge)


def _taken(original: Original) -> Iterator[Any]:
    """Yield the real and the generated rows that the whole takes."""
    for answers in (original.real, original.edge):
        yield answers.rows.take(answers.answered)


def _made_of(step: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield name, fitted estimator and columns of each part; None for all columns."""
    for name, part, columns in getattr(step, "transformers_", ()):
        if not isinstance(part, str) and len(columns):
            yield name, part, columns
    for name, part in getattr(step, "transformer_list", ()):
        yield name, part, None
    if hasattr(step, "estimators_") and isinstance(getattr(step, "estimators", None), list):
        for (name, _), part in zip(step.estimators, step.estimators_, strict=False):
            yield name, part, None


def _rows(model: Any, before: int, rows: Any, columns: Any) -> Table:
    """Return rows as they come to a step: through those before it, and only its columns."""
    value = _first(model, before).transform(rows.value) if before > 0 else rows.value
    value = value.toarray() if hasattr(value, "toarray") else value
    if columns is not None:
        value = value[columns] if hasattr(value, "columns") and not _are_places(columns) else _placed(value, columns)
    return Table.of(value)


def _are_places(columns: Any) -> bool:
    return isinstance(columns, slice) or all(isinstance(column, (int, bool)) for column in columns)


def _placed(value: Any, columns: Any) -> Any:
    return value.iloc[:, columns] if hasattr(value, "columns") else value[:, columns]


def step_name(step: tuple[str, Any]) -> str:
    """Return class and name of a step: `KBinsDiscretizer (step 'bins')`."""
    return f"{type(step[1]).__name__} (step {step[0]!r})"
