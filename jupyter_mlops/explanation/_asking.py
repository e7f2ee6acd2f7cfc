"""The user's model is asked here and nowhere else: what it raises becomes a message about its data."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..exceptions import MlopsError, UsageError
from ._subject import Subject
from ._task import type_name

_MOST_TEXT = 300


@contextmanager
def asking(subject: Subject) -> Iterator[None]:
    """Raise `UsageError` where the model, or a library that asks it, cannot read the data.

    Warnings are kept from the reader: the model is asked thousands of times, and has warned when it was trained.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MlopsError:
        raise
    except Exception as error:  # a model may raise anything; the cause stays attached
        raise UsageError(_explained(subject, error)) from error


def refuse_incomplete(subject: Subject) -> None:
    """Raise `UsageError` for missing values, where a method would answer nothing but NaN."""
    incomplete = _incomplete(subject)
    if incomplete:
        raise UsageError(f"X is incomplete: {incomplete}. Fill them in or drop the rows, as for the training.")


def _explained(subject: Subject, error: Exception) -> str:
    name = type_name(subject.model)
    incomplete = _incomplete(subject)
    if incomplete and any(word in str(error).lower() for word in ("nan", "missing", "null", "none")):
        return f"{name} cannot read X: {incomplete}. Fill them in or drop the rows, as for its training."
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return f"{name} cannot read X: {lines[0][:_MOST_TEXT].rstrip('.')}. Give X as the model was trained with it."


def _incomplete(subject: Subject) -> str:
    """Return which columns have missing values, in words; empty when none has."""
    if subject.kind == "images":
        return ""
    missing: list[tuple[Any, int]] = []
    for index, name in enumerate(subject.names):
        count = int(subject.column(index).isna().sum()) if subject.data is not None else 0
        missing += [(name, count)] if count else []
    told = [f"column {name!r} has {count} missing value{'s' * (count > 1)}" for name, count in missing[:3]]
    return ", ".join(told) + (f" and {len(missing) - 3} more columns have some" if len(missing) > 3 else "")
