"""Runs that reports are made of."""

from collections.abc import Callable

import pytest

from jupyter_mlops.services import Run


@pytest.fixture
def deliver(make_run: Callable[..., Run]) -> Callable[..., Run]:
    """Return a function that makes a finished run which returned some values."""
    return lambda name, **outputs: make_run(name, outputs=outputs)
