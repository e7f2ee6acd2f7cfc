"""Names that every shell makes for itself: which of them a cell takes along, and how.

The run has a shell of its own, so its `get_ipython` and `exit` stay the run's. What the kernel's shell remembers of
earlier cells travels under names that say it each: `_3` for `Out[3]`, `_ih` for `In`. A notebook may have given any of
these names another meaning (`Out = Dense(1)(In)`); then it is a name like others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import structs

if TYPE_CHECKING:
    from ..capture import CellNames, Reach

_ALWAYS = frozenset(
    ("__annotations__", "__builtin__", "__builtins__", "__name__", "__doc__", "__file__", "__loader__", "__package__")
) | {"__spec__"}
_OUTPUTS = frozenset(("Out", "_oh"))
_INPUTS = frozenset(("In", "_ih"))
_REMEMBERED = frozenset(("_ih", "_dh", "_i", "_ii", "_iii"))
_LAST_OUTPUTS = frozenset(("_", "__", "___"))
_TOOLS = frozenset(("get_ipython", "exit", "quit", "display"))
_SHELLS = ("IPython", "ipykernel")


def shells_own(namespace: Mapping[str, object]) -> frozenset[str]:
    """Return the names that mean the shell's own here, and of which its value never travels."""
    own = set(_ALWAYS)
    if namespace.get("Out") is namespace.get("_oh"):
        own |= _OUTPUTS
    if namespace.get("In") is namespace.get("_ih"):
        own.add("In")
    return frozenset(own | {name for name in _TOOLS if _is_a_shells(namespace.get(name))})


def never_made(names: CellNames) -> frozenset[str]:
    """Return the names that no run gives to the notebook, whatever its cell binds: the shell sets them anew itself."""
    return _ALWAYS | _REMEMBERED | _LAST_OUTPUTS | (_TOOLS & names.imported_names)


def remembered(
    read: Iterable[str], names: CellNames, reached: Reach, namespace: Mapping[str, object]
) -> frozenset[str]:
    """Return the names under which what a cell reads of earlier cells' inputs and outputs travels."""
    from ..capture import is_output

    read, own = {*read, *reached.names}, shells_own(namespace)
    found = set[str]()
    if read & _OUTPUTS & own and (names.all_outputs or reached.names & _OUTPUTS):
        found.update(filter(is_output, namespace))
    if read & _INPUTS & (own | {"_ih"}):
        found.add("_ih")
    return frozenset(found & namespace.keys())


def with_outputs_changed(names: CellNames, namespace: Mapping[str, object]) -> CellNames:
    """Return what a cell does, said of `_3` where it does it to `Out[3]`."""
    from ..capture import is_output

    if not names.reads & _OUTPUTS & shells_own(namespace):
        return names
    outputs = frozenset(filter(is_output, names.reads))
    methods = frozenset().union(*(called for name, called in names.methods.items() if name in _OUTPUTS))
    return structs.replace(
        names,
        mutates=names.mutates | (outputs if names.mutates & _OUTPUTS else frozenset()),
        passed=names.passed | (outputs if names.passed & _OUTPUTS else frozenset()),
        methods={**names.methods, **(dict.fromkeys(outputs, methods) if methods else {})},
    )


def _is_a_shells(value: object) -> bool:
    """Whether it is what IPython or its kernel has put there; nothing counts too."""
    if value is None:
        return True
    named = getattr(value, "__module__", None) or type(value).__module__
    return isinstance(named, str) and named.partition(".")[0] in _SHELLS
