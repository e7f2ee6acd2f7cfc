"""A model is asked without its warnings, and whatever it raises is an answer too."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


class quiet(warnings.catch_warnings):
    """Nothing is said about overflows and old habits of a model."""

    def __enter__(self) -> Any:
        """Begin to be quiet."""
        entered = super().__enter__()
        warnings.simplefilter("ignore")
        self._numpy = np.errstate(all="ignore")
        self._numpy.__enter__()
        return entered

    def __exit__(self, *of: Any) -> None:
        """Warn again."""
        self._numpy.__exit__(*of)
        super().__exit__(*of)


def answer_or_error(ask: Callable[[], T]) -> T | Exception:
    """Return what a model or a file answers, or what it raises: whatever that is, it does not take the rows."""
    try:
        with quiet():
            return ask()
    except Exception as error:  # noqa: BLE001  a model is anybody's code, and onnxruntime has no root of its errors
        return error
