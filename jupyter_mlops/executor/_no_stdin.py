"""Nobody answers a run: what would wait for an answer fails at once and says what to do instead."""

from __future__ import annotations

import builtins
import getpass
import sys
from typing import Any, NoReturn

from IPython.core.error import StdinNotImplementedError


def refuse_questions() -> None:
    """Make `input()`, `getpass()` and `breakpoint()` raise `StdinNotImplementedError`; debuggers use `input`."""
    builtins.input = _refuse("input()", "Pass the value with -p NAME=VALUE, or ask for it in a cell before %%train.")
    getpass.getpass = _refuse("getpass()", "Ask for it in a cell before %%train, or read it from the environment.")
    sys.breakpointhook = _refuse("breakpoint()", "Run the cell without %%train to debug it.")


def _refuse(what: str, advice: str) -> Any:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise StdinNotImplementedError(f"{what} has nobody to ask: a run has no keyboard. {advice}")

    refuse.__name__ = refuse.__qualname__ = what.removesuffix("()")
    return refuse
