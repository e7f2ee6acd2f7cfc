"""What the cells executed so far mean for a cell: which it depends on, and what their functions change for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec

from ._call_sites import Parameters, changed_arguments
from ._names import CellNames, FunctionChanges, merge_methods


class ExecutedCell(msgspec.Struct, frozen=True):
    """A cell that ran, in the order of execution.

    Parameters
    ----------
    source : str
        The cell as typed.
    names : CellNames
        What it read and changed.
    ok : bool
        It ended without an error.
    """

    source: str
    names: CellNames
    ok: bool = True


def backward_slice(history: Sequence[ExecutedCell], names: Collection[str]) -> tuple[str, ...]:
    """Return the sources of the executed cells that the values of some names come from, oldest first.

    A cell counts when it ended well and binds, or may change, a name that is still needed at that point. A cell
    executed twice counts for each execution that matters.

    Parameters
    ----------
    history : sequence of ExecutedCell
        Oldest first, without the cell that is asked about.
    names : collection of str
        What that cell reads.
    """
    needed = frozenset(names)
    # What was imported does not change by being used.
    imported = frozenset().union(*(cell.names.imported_names for cell in history))
    changeable = needed - imported
    slice_: list[str] = []
    for cell in reversed(history):
        if cell.ok and _makes_any(cell.names, needed, changeable):
            slice_.append(cell.source)
            needed = (needed - cell.names.surely_assigns) | cell.names.reads
            changeable = needed - imported
    return tuple(reversed(slice_))


def with_functions_of(
    history: Sequence[ExecutedCell],
    names: CellNames,
    used: Collection[str],
    behind: Callable[[str], Collection[str]] = lambda _: (),
) -> CellNames:
    """Return what a cell changes together with what the notebook's functions change when it uses them.

    Functions of earlier cells change globals; they, and the cell's own, may write into what they are given.

    Parameters
    ----------
    history : sequence of ExecutedCell
        Oldest first.
    names : CellNames
        What the cell's own text says.
    used : collection of str
        Names that the cell reads, and `names` and `definitions` of its `Reach`; those that are no functions of the
        history do not matter.
    behind : callable
        Return the functions and classes of the notebook that a name may lead to; asked for names that are called and
        are none themselves.
    """
    defined: dict[str, FunctionChanges] = {}
    parameters: dict[str, Parameters] = {}
    for cell in history:
        if cell.ok:
            if defined:
                for name in cell.names.assigns:
                    defined.pop(name, None)
            defined.update(cell.names.functions)
            parameters = _redefined(parameters, cell.names)
    changes = [defined[name] for name in used if name in defined]
    calls = names.calls.union(*(change.calls for change in changes))
    written = changed_arguments(calls, _redefined(parameters, names), behind)
    return msgspec.structs.replace(
        names,
        mutates=names.mutates.union(written, *(change.mutates for change in changes)),
        methods=merge_methods(names.methods, *(change.methods for change in changes)),
        passed=names.passed.union(*(change.passed for change in changes)),
    )


def _redefined(parameters: dict[str, Parameters], names: CellNames) -> dict[str, Parameters]:
    """Return what functions do to their parameters when a cell has run, too; a name means its last definition."""
    if not parameters:
        return names.parameters
    kept = {name: found for name, found in parameters.items() if name.partition(".")[0] not in names.assigns}
    return {**kept, **names.parameters}


def _makes_any(names: CellNames, needed: frozenset[str], changeable: frozenset[str]) -> bool:
    """Whether a cell binds a name of those needed, or may change one of the changeable; no set is made for it."""
    return not (
        needed.isdisjoint(names.assigns)
        and needed.isdisjoint(names.deletes)
        and changeable.isdisjoint(names.may_change)
        and changeable.isdisjoint(names.passed)
    )
