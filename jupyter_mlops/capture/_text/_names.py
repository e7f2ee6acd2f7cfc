"""What a cell reads, binds and may change, from its text alone: the first step from a cell to a run.

Pure: no IPython, no namespace. The shell's `transform_cell` comes in as a callable. Which of the names hold
something, and what, is for the callers to ask: `pick_values` in this folder for what travels, `PendingNames` in
`magics` for what waits.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache

import msgspec

from ._call_sites import CallSite, Parameters
from ._effects import Effects, Flow
from ._fragments import Fragment, LineMap, Transform, parse_transformed
from ._known_calls import LOOKING_METHODS
from ._magics_text import KNOWN_MAGICS, MagicReader
from ._main_module import without_main_module
from ._statements import CellWalker

_FRAMES_A_LEVEL = 30
"""A walk takes about four. Python itself compiles trees of some three levels for each frame that its limit allows."""


class CellLine(msgspec.Struct, frozen=True):
    """A line of a cell as typed. `number` counts from 1."""

    number: int
    text: str


class FunctionChanges(msgspec.Struct, frozen=True):
    """What a function or class of a cell may do to the notebook's objects when it is used. Fields as in `CellNames`."""

    mutates: frozenset[str] = frozenset()
    methods: dict[str, frozenset[str]] = {}
    passed: frozenset[str] = frozenset()
    calls: frozenset[CallSite] = frozenset()


class CellNames(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Names of the notebook's namespace in a cell. Builtins are among them: a notebook may give them another meaning.

    Parameters
    ----------
    source : str
        The cell as typed.
    reads : frozenset of str
        Names whose value the cell needs from outside: read before they are surely assigned, at top level or in
        functions and classes of the cell; also those that it deletes. What travels.
    read_first : frozenset of str
        The part of `reads` that is read while the cell runs: a function's body counts where the function is used.
        What waits.
    assigns : frozenset of str
        Names that the cell may bind in the namespace, in whichever way; `surely_assigns` are bound whenever the cell
        succeeds.
    deletes : frozenset of str
        Names that it may remove.
    mutates : frozenset of str
        Names whose object, made outside, a statement of the cell changes: `x.a = 1`, `x[0] += 1`, `inplace=True`,
        `out=x`.
    methods : dict
        Names on whose object, made outside, it calls methods, and which.
    passed : frozenset of str
        Names whose object, made outside, is called or is passed to a call. The caller decides by type whether it has
        a state.
    dynamic : bool
        It reads names that its text does not show (`eval`, `globals()`, `%who`).
    binds_unknown : bool
        It binds names that its text does not show (`exec`, `%run`, `globals().update(...)`).
    deletes_unknown : bool
        It may remove any name (`%reset`).
    modules : frozenset of str
        Modules that it imports, as written.
    imported_names : frozenset of str
        Names that its import statements bind at top level.
    star_imports : tuple of str
        Its statements `from m import *`.
    attribute_chains : frozenset of str
        Dotted expressions such as `sklearn.linear_model.Ridge`, the longest of each.
    functions : dict
        Function or class that it defines at top level to what that may change.
    calls : frozenset of CallSite
        Its calls that are given objects made outside.
    parameters : dict
        Function, `Class.method` or lambda that it defines to what that does to its parameters.
    lines : dict
        Name in `reads` to the first line that reads it.
    all_outputs : bool
        It reads `Out` otherwise than by number. Of `Out[3]`, `_3` is among `reads`.
    """

    source: str = ""
    reads: frozenset[str] = frozenset()
    read_first: frozenset[str] = frozenset()
    assigns: frozenset[str] = frozenset()
    surely_assigns: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    mutates: frozenset[str] = frozenset()
    methods: dict[str, frozenset[str]] = {}
    passed: frozenset[str] = frozenset()
    dynamic: bool = False
    binds_unknown: bool = False
    deletes_unknown: bool = False
    modules: frozenset[str] = frozenset()
    imported_names: frozenset[str] = frozenset()
    star_imports: tuple[str, ...] = ()
    attribute_chains: frozenset[str] = frozenset()
    functions: dict[str, FunctionChanges] = {}
    calls: frozenset[CallSite] = frozenset()
    parameters: dict[str, Parameters] = {}
    lines: dict[str, int] = {}
    all_outputs: bool = False

    @cached_property
    def may_change(self) -> frozenset[str]:
        """Names whose object, made outside, the cell may change; `passed` ones come on top, by their type.

        A method counts unless it is known to leave its object alone, as `X.mean()` and `model.predict(X)` do.
        """
        return self.mutates | {name for name, called in self.methods.items() if not called <= LOOKING_METHODS}

    def line_of(self, name: str) -> CellLine | None:
        """Return the first line that reads a name, or None if none does."""
        number = self.lines.get(name)
        if number is None:
            return None
        lines = self.source.splitlines()
        return CellLine(number, lines[number - 1] if number <= len(lines) else "")


def analyse_cell(source: str, transform: Transform, known_magics: frozenset[str] = KNOWN_MAGICS) -> CellNames:
    """Return what a cell reads, binds and may change.

    Parameters
    ----------
    source : str
        The cell as typed, IPython syntax included.
    transform : callable
        The shell's `transform_cell`.
    known_magics : frozenset of str
        Magics whose text is not Python that runs in this kernel. The text of magics not listed is read with care: its
        words may be names, its body may be Python.

    Raises
    ------
    SyntaxError
        The cell, or the body of a magic that runs it, is not valid; the error carries the line of the cell as typed.

    Examples
    --------
    >>> names = analyse_cell("model = Ridge(a).fit(X, y)", transform=str)
    >>> sorted(names.reads), sorted(names.assigns)
    (['Ridge', 'X', 'a', 'y'], ['model'])
    """
    # What a line such as `history` means to the shell depends on the names that it holds: the code is part of the key.
    return _analyse(source, transform(source), transform, known_magics)


def analyse_tree(tree: ast.Module, transform: Transform, known_magics: frozenset[str] = KNOWN_MAGICS) -> CellNames:
    """Return the same for a cell that the shell has parsed. The tree is left as it is; lines are the tree's own."""
    return _walk(Fragment(tree.body, LineMap()), "", transform, known_magics)


@lru_cache(maxsize=512)
def _analyse(source: str, code: str, transform: Transform, known_magics: frozenset[str]) -> CellNames:
    try:
        return _walk(parse_transformed(source, code), source, transform, known_magics)
    except SyntaxError as error:
        lines = source.splitlines()
        if error.lineno is not None and error.lineno <= len(lines):
            error.text = lines[error.lineno - 1]
        raise


def _walk(cell: Fragment, source: str, transform: Transform, known_magics: frozenset[str]) -> CellNames:
    try:
        return _walk_once(cell, source, transform, known_magics)
    except RecursionError:
        with _room_for_depth():
            return _walk_once(cell, source, transform, known_magics)


@contextmanager
def _room_for_depth() -> Iterator[None]:
    """Let a walk go as deep as Python's own parser: a sum of a thousand terms is a tree a thousand levels deep."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit * _FRAMES_A_LEVEL)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _walk_once(cell: Fragment, source: str, transform: Transform, known_magics: frozenset[str]) -> CellNames:
    walker = CellWalker(MagicReader(transform, known_magics), cell.lines)
    walker.visit_all(without_main_module(cell.body))
    effects, notes = walker.cell, walker.notes
    lines = dict(effects.reads)
    for kept in notes.functions.values():
        for function in kept:
            _add_unused(lines, function.reads, walker.flow)
    return CellNames(
        source=source,
        reads=frozenset(lines) | effects.removes,
        read_first=frozenset(effects.reads),
        assigns=frozenset(effects.assigns),
        surely_assigns=frozenset(name for name in walker.flow.sure if isinstance(name, str)),
        deletes=frozenset(effects.deletes),
        mutates=frozenset(effects.mutates),
        methods=merge_methods(effects.methods),
        passed=frozenset(effects.passed),
        dynamic=effects.dynamic,
        binds_unknown=effects.binds_unknown,
        deletes_unknown=effects.deletes_unknown,
        modules=frozenset(notes.modules),
        imported_names=frozenset(notes.imported_names),
        star_imports=tuple(notes.star_imports),
        attribute_chains=frozenset(notes.chains),
        functions={name: _changes(kept) for name, kept in notes.functions.items()},
        calls=frozenset(effects.calls),
        parameters={name: Parameters.join(found) for name, found in notes.parameters.items()},
        lines=lines,
        all_outputs=notes.all_outputs,
    )


def merge_methods(*every: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """Return one mapping of names to the methods called on them."""
    names = {name for methods in every for name in methods}
    return {name: frozenset().union(*(methods.get(name, ()) for methods in every)) for name in names}


def _changes(kept: list[Effects]) -> FunctionChanges:
    return FunctionChanges(
        mutates=frozenset().union(*(effects.mutates for effects in kept)),
        methods=merge_methods(*(effects.methods for effects in kept)),
        passed=frozenset().union(*(effects.passed for effects in kept)),
        calls=frozenset().union(*(effects.calls for effects in kept)),
    )


def _add_unused(lines: dict[str, int], reads: dict[str, int], end: Flow) -> None:
    """Add what functions read that the cell defines and may not use: they go on living after it."""
    for name, line in reads.items():
        if name not in end.sure:
            lines.setdefault(name, line)
