"""Rows that a model has not seen, by the names that people give them: what is compared where a line names none."""

from __future__ import annotations

from collections.abc import Container

HELD_OUT = ("X_test", "Xte", "X_te", "Xtest", "x_test")
"""The first that exists is meant."""


def held_out(names: Container[str]) -> str:
    """Return what rows that a model has not seen are called among these names; empty where there are none."""
    return next((name for name in HELD_OUT if name in names), "")
