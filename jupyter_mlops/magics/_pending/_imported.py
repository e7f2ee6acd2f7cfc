"""What a run's cell imports, imported in the notebook."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable, MutableMapping

_IMPORT_FAILS = (ImportError, AttributeError, OSError, RuntimeError, ValueError, TypeError)


def import_into(namespace: MutableMapping[str, object], statement: str) -> bool:
    """Execute an import statement; return whether it succeeded."""
    made = _import(statement)
    namespace.update(made or {})
    return made is not None


def import_everything_into(namespace: MutableMapping[str, object], statement: str, names: Iterable[str]) -> None:
    """Bind those of some names that `from m import *` gives and that the notebook has not bound itself.

    For a builtin that it would hide the module is not loaded; there every cell reads one.
    """
    wanted = {name for name in names if name not in namespace}
    if not wanted or (statement.split()[1] not in sys.modules and all(hasattr(builtins, name) for name in wanted)):
        return
    made = _import(statement) or {}
    namespace.update({name: made[name] for name in wanted & made.keys()})


def _import(statement: str) -> dict[str, object] | None:
    made: dict[str, object] = {}
    try:
        exec(statement, made)  # the user's own statement, rebuilt from its syntax tree
    except _IMPORT_FAILS:  # the run may still have found it: wait for the run then
        return None
    made.pop("__builtins__", None)
    return made
