"""What a cell would take with it and what it promises to bring back: the rules of DESIGN 3.3.

Which names a cell reads and what it does to them comes from `capture`; here that meets what the notebook's names hold
now.
"""

from __future__ import annotations

import sys
from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING

from msgspec import structs

from ..entities import held_out
from ._commands import SubmitRun
from ._returns import require_returnable
from ._shared_names import names_inside
from ._shells_names import never_made, remembered, shells_own, with_outputs_changed

if TYPE_CHECKING:
    from ..capture import CellNames, Patches, Reach
    from ..entities import RunExport

_ATOMS = (ModuleType, str, bytes, int, float, complex, type(None))
_CODE = (FunctionType, BuiltinFunctionType, type)


@dataclass(frozen=True, kw_only=True)
class Promises:
    """What happens to the notebook's names.

    Parameters
    ----------
    names : CellNames
        What the cell says.
    captured : tuple of str
        Names that travel, sorted.
    attribute_chains : frozenset of str
        Dotted expressions of the cell and of the notebook's functions that it reaches.
    upstream : Mapping
        Name to run id, for names that earlier runs deliver to this one.
    pending, may_change, watched, undecided : tuple of str
        As in `RunSpec`.
    patches : Patches, optional
        What the notebook has put into modules and classes of others.
    """

    names: CellNames
    captured: tuple[str, ...]
    attribute_chains: frozenset[str]
    upstream: Mapping[str, str]
    pending: tuple[str, ...]
    may_change: tuple[str, ...]
    watched: tuple[str, ...]
    undecided: tuple[str, ...] = ()
    patches: Patches | None = None


def decide_promises(command: SubmitRun) -> Promises:
    """Analyse a cell against the notebook's names.

    Raises
    ------
    SyntaxError
        The cell is not Python; the line numbers are the cell's.
    UsageError
        The user lists results that the cell never has.
    """
    from ..capture import Patches, analyse_cell, reach, registered_names, with_functions_of

    names = with_outputs_changed(analyse_cell(command.source, command.transform or str), command.namespace)
    patches = Patches.of(command.history, command.namespace, command.transform or str)
    # A pending name is in no namespace, and functions that read it reach it all the same.
    known = ChainMap(dict.fromkeys(command.pending), patches.code, dict(command.namespace))
    given = {param.key for param in command.params}
    read = names.reads - given
    if command.export is not None:  # what the cell makes of them is exported, else what the notebook has
        read |= _exported(command.export, names.assigns | given, known)
    if names.dynamic:
        read |= _all_data(command.namespace)
    # No cell reads them, and a run registers them again: accessors of frames, handlers of loggers.
    read |= registered_names(command.namespace) | patches.code.keys()
    reached = reach(read, known)
    used = read | reached.names | reached.definitions
    names = with_functions_of(command.history, names, used, lambda name: reach([name], known).definitions)
    wanted = (read | reached.names) - shells_own(command.namespace) - given
    wanted |= remembered(read, names, reached, command.namespace)
    upstream = {name: command.pending[name] for name in sorted(wanted) if name in command.pending}
    held = {name: command.namespace[name] for name in wanted if name in command.namespace and name not in upstream}
    unseen = _changed_unseen(command.namespace, held, names, reached) - given
    names = structs.replace(names, mutates=names.mutates | reached.writes | unseen)
    held |= {name: command.namespace[name] for name in unseen}
    captured = tuple(sorted(name for name, value in held.items() if not _is_the_shells_open(name, value)))
    pending, undecided = command.returns, frozenset[str]()
    changed = _changed(names, command.namespace, captured, upstream)
    if pending is not None:
        had = given.union(captured, upstream)
        require_returnable(pending, names, _bound(names, reached), had, unseen=reached.dynamic)
    else:
        made = _made(names, reached, command.namespace)
        undecided = ((names.passed & upstream.keys()) - names.may_change) - made
        shared = names_inside(command, names, changed, taken=made | given)
        upstream |= {name: command.pending[name] for name in sorted(shared.names) if name in command.pending}
        captured = tuple(sorted({*captured, *(shared.names - upstream.keys())}))
        changed |= shared.changed
        pending = _sorted(made | undecided | changed, names)
    unwatched = never_made(names).union(pending)
    watched = tuple(name for name in captured if name not in unwatched and _may_change_unseen(command.namespace[name]))
    return Promises(
        names=names,
        captured=captured,
        attribute_chains=names.attribute_chains | reached.attribute_chains,
        upstream=upstream,
        pending=pending,
        may_change=_sorted(changed.intersection(pending), names),
        watched=watched,
        undecided=_sorted(undecided, names),
        patches=patches,
    )


def _exported(export: RunExport, made: frozenset[str], known: Mapping[str, object]) -> set[str]:
    """Return what an export needs of the notebook: of the rows that nobody has named, those that the run has not."""
    rows = export.data or held_out(made) or held_out(known)
    return {name for name in (export.model, rows) if name} - made


def _bound(names: CellNames, reached: Reach) -> frozenset[str]:
    """Return what the cell binds or deletes, itself or through functions of the notebook."""
    return names.assigns | names.deletes | reached.rebinds


def _changed_unseen(
    namespace: Mapping[str, object], read: Iterable[str], names: CellNames, reached: Reach
) -> frozenset[str]:
    """Return what the cell may change besides the objects of its names: by operators and properties, in classes."""
    from ..capture import changed_in_classes, changed_unseen

    chains = names.attribute_chains | reached.attribute_chains
    return changed_unseen(namespace, read) | changed_in_classes(namespace, names.methods, chains)


def _made(names: CellNames, reached: Reach, namespace: Mapping[str, object]) -> frozenset[str]:
    """Return the part of that which is worth waiting for."""
    bound = _bound(names, reached)
    return frozenset(name for name in bound if not _is_imported_again(name, names, namespace))


def _changed(
    names: CellNames, namespace: Mapping[str, object], captured: Iterable[str], upstream: Iterable[str]
) -> frozenset[str]:
    """Return whose object the cell may change. Of a value that is still to come, it is taken to where it may."""
    held = names.may_change | names.passed
    changed = {name for name in held.intersection(captured) if _may_change(name, names, namespace[name])}
    return frozenset(changed | names.may_change.intersection(upstream))


def _sorted(found: Iterable[str], names: CellNames) -> tuple[str, ...]:
    return tuple(sorted(set(found) - never_made(names)))


def _may_change(name: str, names: CellNames, value: object) -> bool:
    """Whether what the cell does to a captured object may change it. A module's state stays where it is."""
    from ..capture import is_stateful

    if isinstance(value, _ATOMS):
        return False
    if name in names.mutates:
        # A library's function travels by name: nothing of it could come back.
        return not isinstance(value, _CODE) or value.__module__ == "__main__"
    if name in names.may_change and isinstance(value, FunctionType):
        # `show.register(...)` changes what a notebook function holds: a registry, a cache.
        return value.__module__ == "__main__" and is_stateful(value)
    return (name in names.may_change and not isinstance(value, _CODE)) or (name in names.passed and is_stateful(value))


def _is_imported_again(name: str, names: CellNames, namespace: Mapping[str, object]) -> bool:
    """Whether the cell binds a name only to what the notebook has imported under it already: nothing to wait for."""
    if name not in names.imported_names or name not in namespace:
        return False
    held = namespace[name]
    if isinstance(held, ModuleType):
        return sys.modules.get(held.__name__) is held
    module = getattr(held, "__module__", None)
    if not isinstance(held, (type, FunctionType, BuiltinFunctionType)) or not isinstance(module, str):
        return False
    package = module.partition(".")[0]
    return module != "__main__" and any(imported.partition(".")[0] == package for imported in names.modules)


def _is_the_shells_open(name: str, value: object) -> bool:
    """Whether it is the `open` that IPython puts into every notebook; the run's shell has its own."""
    # It calls itself `io.open`. Other objects are not asked: an attribute may be anything to their `__getattr__`.
    if name != "open" or not isinstance(value, FunctionType):
        return False
    return value.__globals__.get("__name__") == "IPython.core.interactiveshell"


def _may_change_unseen(value: object) -> bool:
    """Whether it is worth looking if a captured object came back changed."""
    from ..capture import holds_state

    if isinstance(value, type):
        return value.__module__ == "__main__" and holds_state(value)
    return not isinstance(value, (*_ATOMS, *_CODE))


def _all_data(namespace: Mapping[str, object]) -> frozenset[str]:
    """Return the names that a cell with `eval` or `globals()` may read: all that the user made."""
    return frozenset(name for name in namespace if not name.startswith("_")) - shells_own(namespace)
