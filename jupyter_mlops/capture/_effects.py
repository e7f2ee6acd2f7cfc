"""What a piece of a cell does to the notebook's names, and the tables of calls that change what they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_PURE = """
abs all any ascii bool bytes callable chr complex dict display divmod enumerate float format frozenset hasattr hash
hex id int isinstance issubclass len list max memoryview min oct ord pow print range repr reversed round set slice
sorted str sum tuple type zip
"""
_WRAPPING = "list tuple set dict zip enumerate reversed sorted iter next filter map getattr vars min max"
_WRITING = "shuffle copyto fill_diagonal put put_along_axis place putmask setattr delattr load_state_dict"

PURE_BUILTINS = frozenset(_PURE.split())
"""Builtins that leave their arguments as they are: `print(model)` does not change `model`."""

WRAPPERS = frozenset(_WRAPPING.split())
"""Builtins whose result may hold the very objects that they are given."""

CHANGES_FIRST_ARGUMENT = frozenset(_WRITING.split())
"""Functions, by their last name, that write into their first argument even when it is an array."""


@dataclass(slots=True, eq=False)
class Effects:
    """What code does to module-level names, either when it stands at top level or when its function is used.

    Parameters
    ----------
    reads : dict
        Name read before the same code surely assigned it, to the first line that reads it.
    deletes, removes : set of str
        Names that `del` removes; those of them that the code did not surely assign before.
    mutates, methods, passed
        How objects that the code did not make itself may change: by a statement, by a method (name to methods called on
        it), or in a call that they are passed to.
    dynamic, binds_unknown : bool
        The code reads, or binds, names that its text does not show.
    """

    reads: dict[str, int] = field(default_factory=dict)
    assigns: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    removes: set[str] = field(default_factory=set)
    mutates: set[str] = field(default_factory=set)
    methods: dict[str, set[str]] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    dynamic: bool = False
    binds_unknown: bool = False

    def add_use(self, used: Effects, sure: Iterable[object]) -> None:
        """Take over what a function does, at a point where the names in `sure` hold values that the cell made."""
        made_here = set(sure)
        for name, line in used.reads.items():
            if name not in made_here:
                self.reads.setdefault(name, line)
        for name, called in used.methods.items():
            if name not in made_here:
                self.methods.setdefault(name, set()).update(called)
        self.assigns |= used.assigns
        self.deletes |= used.deletes
        self.removes |= used.removes - made_here
        self.mutates |= used.mutates - made_here
        self.passed |= used.passed - made_here
        self.dynamic |= used.dynamic
        self.binds_unknown |= used.binds_unknown


@dataclass(slots=True)
class Flow:
    """Names surely assigned at one point of the code. `dead`: control never gets there."""

    sure: set[object] = field(default_factory=set)
    dead: bool = False

    def fork(self) -> Flow:
        """Return a copy for a branch."""
        return Flow(set(self.sure), self.dead)

    @staticmethod
    def join(branches: Iterable[Flow]) -> Flow:
        """Return what is sure after branches that meet again."""
        every = list(branches)
        alive = [flow.sure for flow in every if not flow.dead]
        if not alive:
            return Flow(set().union(*(flow.sure for flow in every)), dead=True)
        return Flow(set.intersection(*alive))


def shared_names(expression: ast.AST | None) -> Iterator[str]:
    """Yield the names whose object, or a part of it, the value of an expression may be.

    `a.b[0]` shares with `a`, `[m, n]` with both, `x + 1` with none; a method's result shares with its receiver.
    """
    match expression:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
            yield from shared_names(value)
        case ast.Await(value=value) | ast.NamedExpr(value=value):
            yield from shared_names(value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) | ast.BoolOp(values=parts):
            yield from _shared_by_any(parts)
        case ast.Dict(values=parts):
            yield from _shared_by_any(parts)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _shared_by_any((body, orelse))
        case ast.ListComp(generators=loops) | ast.SetComp(generators=loops) | ast.GeneratorExp(generators=loops):
            yield from _shared_by_any(loop.iter for loop in loops)
        case ast.DictComp(generators=loops):
            yield from _shared_by_any(loop.iter for loop in loops)
        case ast.Call(func=ast.Attribute(value=receiver)):
            yield from shared_names(receiver)
        case ast.Call(func=ast.Name(id=function), args=arguments) if function in WRAPPERS:
            yield from _shared_by_any(arguments)


def _shared_by_any(parts: Iterable[ast.AST | None]) -> Iterator[str]:
    for part in parts:
        yield from shared_names(part)


def writes_into_arguments(call: ast.Call) -> list[ast.expr]:
    """Return the arguments that a call changes whatever their type: with `inplace=True`, `out=`, or by its name."""
    changed = [keyword.value for keyword in call.keywords if keyword.arg == "out"]
    if any(keyword.arg == "inplace" and not _is_false(keyword.value) for keyword in call.keywords):
        changed += [*call.args, *(keyword.value for keyword in call.keywords)]
    name = last_name(call.func)
    # torch's convention: a trailing underscore writes in place (`torch.nn.init.zeros_(w)`).
    in_place = name in CHANGES_FIRST_ARGUMENT or (name.endswith("_") and not name.startswith("_"))
    if in_place and call.args:
        changed.append(call.args[0])
    return changed


def last_name(function: ast.expr) -> str:
    """Return `c` for `c(...)` and for `a.b.c(...)`, else an empty text."""
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value
