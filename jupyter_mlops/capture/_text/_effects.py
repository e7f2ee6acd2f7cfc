"""What a piece of a cell does to the notebook's names, and which names share an object with an expression."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ._call_sites import CallSite, Parameters
from ._known_calls import CHANGES_DATA, CHANGES_FIRST_ARGUMENT, MAKES_NEW, PLAIN_ATTRIBUTES, SHOWS_ARGUMENT, WRAPPERS
from ._scopes import ComprehensionNode, argument_names, target_names


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
    returned : set of str
        Names whose object the function may return.
    calls : set of CallSite
        Calls that are given such objects.
    dynamic, binds_unknown, deletes_unknown : bool
        The code reads, binds or removes names that its text does not show.
    """

    reads: dict[str, int] = field(default_factory=dict)
    assigns: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    removes: set[str] = field(default_factory=set)
    mutates: set[str] = field(default_factory=set)
    methods: dict[str, set[str]] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    calls: set[CallSite] = field(default_factory=set)
    dynamic: bool = False
    binds_unknown: bool = False
    deletes_unknown: bool = False

    def add_use(self, used: Effects, sure: Iterable[object], outside: Callable[[Iterable[str]], set[str]]) -> None:
        """Take over what a function does, where it is used.

        Parameters
        ----------
        sure : iterable
            Names that the cell has surely assigned by then.
        outside : callable
            Names to those of the objects behind them that the cell did not make.
        """
        made_here = set(sure)
        for name, line in used.reads.items():
            if name not in made_here:
                self.reads.setdefault(name, line)
        for name, called in used.methods.items():
            for changed in outside([name]):
                self.methods.setdefault(changed, set()).update(called)
        self.assigns |= used.assigns
        self.deletes |= used.deletes
        self.removes |= used.removes - made_here
        self.mutates |= outside(used.mutates)
        self.passed |= outside(used.passed)
        self.calls |= {call.renamed(outside) for call in used.calls}
        self.dynamic |= used.dynamic
        self.binds_unknown |= used.binds_unknown
        self.deletes_unknown |= used.deletes_unknown

    def add_call(self, call: CallSite) -> None:
        """Note what is passed where: the function may be one of the notebook's that writes into it."""
        if call.arguments:
            self.calls.add(call)

    def take_parameters(self, parameters: Mapping[str, str], places: dict[str, str]) -> Parameters:
        """Take out what a function's body does to its parameters: that is nobody's before the function is called.

        Parameters
        ----------
        parameters : Mapping
            Parameter to the mark that stands for the object which the caller gives.
        places : dict
            As in `Parameters`.
        """
        marks = {mark: parameter for parameter, mark in parameters.items()}
        written = self.mutates & marks.keys()
        for mark in self.methods.keys() & marks.keys():
            if any(method in CHANGES_DATA or method.rstrip("_") != method for method in self.methods.pop(mark)):
                written.add(mark)
        for names in (self.mutates, self.passed, self.returned):
            names.difference_update(marks)
        of_parameters = [call for call in self.calls if call.names & marks.keys()]
        calls = {call.renamed(lambda names: [marks[name] for name in names if name in marks]) for call in of_parameters}
        others = {call.renamed(lambda names: [name for name in names if name not in marks]) for call in of_parameters}
        self.calls = self.calls.difference(of_parameters) | {call for call in others if call.arguments}
        return Parameters(places, frozenset(marks[mark] for mark in written), frozenset(calls))


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

    `a.b[0]` shares with `a`, `[m, n]` with both, `x + 1` with none; a method's result shares with its object. What a
    function returns is given as `f()`, which is no name: only a function of the cell tells more.
    """
    match expression:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(attr=attribute, value=value):
            if attribute not in PLAIN_ATTRIBUTES:
                yield from shared_names(value)
        case ast.Subscript(value=value) | ast.Starred(value=value) | ast.Await(value=value):
            yield from shared_names(value)
        case ast.NamedExpr(value=value, target=target):
            yield from _shared_by_any((value, target))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) | ast.BoolOp(values=parts):
            yield from _shared_by_any(parts)
        case ast.Dict(values=parts):
            yield from _shared_by_any(parts)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _shared_by_any((body, orelse))
        case ast.BinOp(left=ast.List() | ast.Tuple() | ast.Set() | ast.Dict()):
            yield from _shared_by_joining(expression.left, expression.right)
        case ast.BinOp(right=ast.List() | ast.Tuple() | ast.Set() | ast.Dict()):
            yield from _shared_by_joining(expression.right, expression.left)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            yield from _shared_by_comprehension(expression)
        case ast.Call():
            yield from _shared_by_call(expression)


def _shared_by_call(call: ast.Call) -> Iterator[str]:
    match call.func:
        case ast.Attribute(attr=method, value=receiver):
            if method not in MAKES_NEW:
                yield from shared_names(receiver)
            if method in SHOWS_ARGUMENT:
                yield from _shared_by_any(call.args[:1])
        case ast.Name(id=function) if function in WRAPPERS:
            yield from _shared_by_any([*call.args, *(keyword.value for keyword in call.keywords)])
        case ast.Name(id=function):
            yield f"{function}()"
        case ast.Lambda(args=arguments, body=body):
            yield from set(shared_names(body)) - argument_names(arguments)
        case called:
            yield from shared_names(called)


def _shared_by_joining(shown: ast.expr, other: ast.expr) -> Iterator[str]:
    """Yield what `[a, b] + others` shares with; beside `[1, 2]` the other may be an array, and the sum is a new one."""
    parts = set(shared_names(shown))
    yield from parts
    if parts or isinstance(other, ast.List | ast.Tuple | ast.Set | ast.Dict):
        yield from shared_names(other)


def _shared_by_comprehension(node: ComprehensionNode) -> Iterator[str]:
    """Yield what the results share with; a loop's own name stands for what is looped over."""
    own = {name for loop in node.generators for name in target_names(loop.target)}
    yield from set(shared_names(node.value if isinstance(node, ast.DictComp) else node.elt)) - own
    yield from _shared_by_any(loop.iter for loop in node.generators)


def _shared_by_any(parts: Iterable[ast.AST | None]) -> Iterator[str]:
    for part in parts:
        yield from shared_names(part)


def writes_into_arguments(call: ast.Call) -> list[ast.expr]:
    """Return the arguments that a call changes whatever their type: by `inplace=True`, by `out=`, or by its name."""
    changed = [keyword.value for keyword in call.keywords if keyword.arg == "out"]
    if is_in_place(call):
        changed += [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "target")]
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


def is_in_place(call: ast.Call) -> bool:
    """Whether a call says `inplace=True`, or `inplace=` something that is not plainly false."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "inplace"]
    return any(not isinstance(value, ast.Constant) or bool(value.value) for value in given)
