"""What a run's cell only imports, imported in the notebook."""

from __future__ import annotations

from collections.abc import MutableMapping

_IMPORT_FAILS = (ImportError, AttributeError, OSError, RuntimeError, ValueError, TypeError)


def import_into(namespace: MutableMapping[str, object], statement: str) -> bool:
    """Execute an import statement; return whether it succeeded."""
    made: dict[str, object] = {}
    try:
        exec(statement, made)  # the user's own statement, rebuilt from its syntax tree
    except _IMPORT_FAILS:  # the run may still have found it: wait for the run then
        return False
    made.pop("__builtins__", None)
    namespace.update(made)
    return True
