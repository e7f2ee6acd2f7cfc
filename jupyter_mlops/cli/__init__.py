"""`jupyter mlops`: runs, models and endpoints from a terminal, without a kernel and without a server."""

from __future__ import annotations

from ._main import main

__all__ = ["main"]
