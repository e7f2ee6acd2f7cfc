"""What a later cell means for the names that runs owe: what it reads at once, what it deletes, what its run reads.

Pure functions over text and namespace; the shell's `transform_cell` comes in as a callable.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...capture import analyse_cell, analyse_tree, reach

Transform = Callable[[str], str]


@dataclass(frozen=True)
class CellNeeds:
    """What a cell asks of the namespace.

    Parameters
    ----------
    reads : frozenset of str
        Names that the kernel may read before the cell has assigned them, also through notebook functions.
    run_reads : frozenset of str
        Names that the body of a `%%train` cell reads: its run waits for them, not the kernel.
    deletes : frozenset of str
        Names in a `del` statement.
    deletes_any : bool
        The cell may delete any name, whatever it holds: `%reset`.
    everything : bool
        The cell reads in a way that no syntax tree shows: `eval`, `globals()`, `%who`, `%run -i`.
    """

    reads: frozenset[str] = frozenset()
    run_reads: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    deletes_any: bool = False
    everything: bool = False


def read_cell(tree: ast.Module, transform: Transform, namespace: Mapping[str, object]) -> CellNeeds:
    """Return what a cell needs.

    Parameters
    ----------
    tree : ast.Module
        The cell as the shell is about to run it. Its text would not do: what a line such as `history` means to the
        shell depends on the names that exist.
    transform : callable
        The shell's `transform_cell`, for the bodies of magics.
    namespace : Mapping
        The notebook's names; functions and classes in it are followed.
    """
    names = analyse_tree(tree, transform)
    reached = reach(names.read_first, namespace)
    body = train_body(tree)
    return CellNeeds(
        reads=names.read_first | reached.names,
        run_reads=_run_reads(body, transform, namespace) if body else frozenset(),
        deletes=names.deletes,
        deletes_any=names.deletes_unknown,
        everything=names.dynamic or reached.dynamic,
    )


def train_body(tree: ast.Module) -> str:
    """Return the body of a `%%train` cell; empty for any other cell."""
    match tree.body:
        case [ast.Expr(ast.Call(ast.Attribute(attr="run_cell_magic"), [ast.Constant("train"), _, ast.Constant(body)]))]:
            return str(body)
    return ""


def _run_reads(body: str, transform: Transform, namespace: Mapping[str, object]) -> frozenset[str]:
    try:
        reads = analyse_cell(body, transform).reads
    except SyntaxError:  # the magic itself reports it, with the cell's line numbers
        return frozenset()
    return reads | reach(reads, namespace).names


@dataclass(frozen=True)
class UnseenNames:
    """What a cell binds without its text saying so; false when there is nothing of the kind.

    Parameters
    ----------
    any : bool
        It may bind any name: `exec`, `%run`, `globals().update(...)`.
    star_imports : tuple of str
        Its statements `from m import *`.
    """

    any: bool = False
    star_imports: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.any or bool(self.star_imports)


NOTHING_UNSEEN = UnseenNames()


def unseen_names(cell: str, transform: Transform) -> UnseenNames:
    """Return what a run's cell binds without its text saying so."""
    try:
        names = analyse_cell(cell, transform)
    except SyntaxError:
        return NOTHING_UNSEEN
    return UnseenNames(names.binds_unknown, names.star_imports)


def may_leave(cell: str, transform: Transform) -> frozenset[str]:
    """Return the names that a run's cell may bind, or leave as they are without having them: `if c: x = 1`."""
    try:
        names = analyse_cell(cell, transform)
    except SyntaxError:
        return frozenset()
    return names.assigns - names.surely_assigns - names.reads
