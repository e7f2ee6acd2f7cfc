"""Walk the expressions of a cell in Python's order of evaluation: what they read and what they may change."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ._call_sites import LAMBDA, CallSite, Parameters, first_argument, places_of
from ._effects import Effects, Flow, is_in_place, last_name, shared_names, writes_into_arguments
from ._fragments import LineMap
from ._known_calls import PURE_BUILTINS
from ._magics_text import MagicReader, MagicText, is_shell
from ._namespaces import changes_namespace, code_of_exec, is_namespace
from ._quoted_names import quoted_reads
from ._scopes import MODULE_OWN_NAMES, OUTPUTS, ComprehensionNode, Scope, argument_names, target_names

_SHELL_METHODS = "ev ex magic run_cell run_cell_async run_code run_line_magic run_cell_magic safe_execfile push"
_RUNS_TEXT = frozenset(_SHELL_METHODS.split())
"""Methods of the shell that run, or bind, what only they know."""


@dataclass(slots=True)
class Notes:
    """What is true of the whole cell, wherever it stands."""

    chains: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    imported_names: set[str] = field(default_factory=set)
    star_imports: list[str] = field(default_factory=list)
    functions: dict[str, list[Effects]] = field(default_factory=dict)
    parameters: dict[str, list[Parameters]] = field(default_factory=dict)
    all_outputs: bool = False


class ExpressionWalker(ast.NodeVisitor):
    """Reads of a cell's expressions.

    The walker stands in one scope, at one point of the flow, and writes to one set of effects. At top level these are
    the cell's own; in the body of a function they are kept until the function is used.
    """

    def __init__(self, magics: MagicReader, lines: LineMap) -> None:
        self.module = Scope("module")
        self.scope = self.module
        self.effects = self.cell = Effects()
        self.flow = Flow()
        self.notes = Notes()
        self.lines = lines
        self.deleted: list[str] = []
        self._magics = magics

    # Names

    def load(self, name: str, line: int) -> None:
        """Note that a name is read here."""
        if name in MODULE_OWN_NAMES and name not in self.effects.assigns:
            return
        for scope in self.scope.candidates(name):
            if scope.kind == "class" and (id(scope), name) in self.flow.sure:
                if self.effects is self.cell and name in scope.functions:
                    self._use(scope.functions[name])
                return
            if scope.kind in ("function", "comprehension"):
                return
        if name not in self.flow.sure:
            self.effects.reads.setdefault(name, self.lines[line])
        if self.effects is self.cell:
            self._use(name)

    def store(self, name: str, value: ast.AST | None = None) -> None:
        """Note that a name is bound here, to a value that may share objects with other names."""
        scope = self.scope.binder()
        held = self.outside_names(value) if value is not None else set()
        if scope.kind == "module" or name in scope.declared_global:
            self.effects.assigns.add(name)
            self.flow.sure.add(name)
        elif scope.kind == "class" or name in scope.parameters:
            self.flow.sure.add((id(scope), name))
        if value is not None:
            scope.aliases.setdefault(name, set()).update(shared_names(value))
            scope.objects.setdefault(name, set()).update(held)

    def _use(self, name: str) -> None:
        """Take over what the cell's own function of that name does, and the functions that it uses."""
        pending, seen = [name], {name}
        while pending:
            for effects in self.notes.functions.get(pending.pop(), ()):
                self.effects.add_use(effects, self.flow.sure, self.outside)
                self.flow.sure -= effects.deletes
                self.deleted += effects.deletes
                pending += effects.reads.keys() - seen
                seen |= effects.reads.keys()

    def outside_names(self, expression: ast.AST) -> set[str]:
        """Return the notebook's names for the objects, not made by the cell, that an expression's value may share."""
        return self.outside(shared_names(expression))

    def outside(self, names: Iterable[str]) -> set[str]:
        """Return the notebook's names for the objects, not made by the cell, that some names may stand for here."""
        found: set[str] = set()
        pending = list(names)
        seen = set(pending)
        while pending:
            name, _, is_result = pending.pop().partition("(")
            shared: set[str] = set()
            if is_result:
                shared.update(*(function.returned for function in self.notes.functions.get(name, ())))
            else:
                for scope in self.scope.candidates(name):
                    shared |= scope.aliases.get(name, set())
                    found |= scope.objects.get(name, set())
                    if name in scope.parameters and (id(scope), name) not in self.flow.sure:
                        found.add(scope.parameters[name])
                    if scope.kind == "class" and (id(scope), name) in self.flow.sure:
                        break
                if scope.kind == "module" and name not in self.flow.sure:
                    found.add(name)
            pending += shared - seen
            seen |= shared
        return found

    def bind(self, target: ast.AST, value: ast.AST | None) -> None:
        """Walk an assignment's target: names are bound, the objects of `x.a` and `x[i]` change."""
        match target:
            case ast.Name(id=name):
                self.store(name, value)
            case ast.Starred(value=inner):
                self.bind(inner, value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part, part_value in zip(parts, _values_of(value, parts), strict=True):
                    self.bind(part, part_value)
            case ast.Attribute(value=changed) | ast.Subscript(value=changed):
                self.visit(target)
                self.effects.mutates |= self.outside_names(changed)
                if is_namespace(changed):
                    _note_bound(target, self.effects)

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        """Walk several nodes, some of which may be absent."""
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        """Note that a name is read."""
        if isinstance(node.ctx, ast.Load):
            self.notes.all_outputs |= node.id in OUTPUTS
            self.load(node.id, node.lineno)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note the longest dotted chain, then the name that it starts from."""
        chain = _dotted(node)
        if chain:
            self.notes.chains.add(chain)
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            if inner.attr in ("user_ns", "user_global_ns"):
                self.effects.dynamic = True
            inner = inner.value
        self.visit(inner)

    # Calls

    def visit_Call(self, node: ast.Call) -> None:
        """Walk a call: what it reads, then which objects it may change."""
        magic = self._magics.read(node, self.lines[node.lineno])
        if magic is not None:
            self.visit_magic(magic)
            return
        code = code_of_exec(node, self.lines[node.lineno]) if self.scope.kind == "module" else None
        if code is not None:
            self.visit(node.func)
            self.visit_magic(MagicText((code,)))
            return
        self.visit(node.func)
        self._note_callee(node)
        harmless = self._is_pure(node.func)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self.visit(argument)
            if not harmless:
                self.effects.passed |= self.outside_names(argument)
        if not harmless:
            self.effects.add_call(CallSite.of(node, self.outside_names))
        for argument in writes_into_arguments(node):
            self.effects.mutates |= self.outside_names(argument)
        for name in quoted_reads(node):
            self.load(name, node.lineno)
        _note_unseen(node, self.effects, at_top=self.scope.binder().kind != "function")

    def _note_callee(self, node: ast.Call) -> None:
        """Note what the call itself may change, before its arguments give names another meaning."""
        called = node.func
        if isinstance(called, ast.Attribute):
            receivers = self.outside_names(called.value)
            for name in receivers:
                self.effects.methods.setdefault(name, set()).add(called.attr)
            if is_in_place(node):
                self.effects.mutates |= receivers
        elif not self._is_pure(called):
            self.effects.passed |= self.outside_names(called)

    def _is_pure(self, called: ast.expr) -> bool:
        """Whether a call is of a builtin that changes nothing, and the cell gives its name no other meaning."""
        if not isinstance(called, ast.Name) or called.id not in PURE_BUILTINS or called.id in self.cell.assigns:
            return False
        return all(scope.kind == "module" for scope in self.scope.candidates(called.id))

    def visit_magic(self, magic: MagicText) -> None:
        """Walk the text of a magic; statements are the other walker's."""
        raise NotImplementedError

    # Expressions with a scope or a flow of their own

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Walk `name := value`."""
        self.visit(node.value)
        self.bind(node.target, node.value)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Walk `a and b`: only the first operand is sure to be evaluated."""
        self.visit(node.values[0])
        with self.maybe():
            self.visit_all(node.values[1:])

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Walk `a if test else b`."""
        self.visit(node.test)
        self.visit_branches([[node.body], [node.orelse]])

    def visit_branches(self, branches: Iterable[Iterable[ast.AST]]) -> None:
        """Walk alternatives of which exactly one happens."""
        start, ends = self.flow, []
        for branch in branches:
            self.flow = start.fork()
            self.visit_all(branch)
            ends.append(self.flow)
        self.flow = Flow.join(ends)

    def visit_Lambda(self, node: ast.Lambda, name: str = LAMBDA) -> None:
        """Walk a lambda as if it were called where it stands."""
        self.visit_all([*node.args.defaults, *node.args.kw_defaults])
        self.visit_body(name, node.args, [node.body])

    def visit_body(
        self,
        name: str,
        arguments: ast.arguments,
        body: list[ast.expr] | list[ast.stmt],
        *,
        is_method: bool = False,
        exact: bool = True,
    ) -> None:
        """Walk a function's body in its own scope. `exact`: it gets the arguments as calls of its name are written."""
        scope = Scope.of_body("function", body, self.scope)
        scope.bound |= argument_names(arguments)
        # Not a name of Python: nobody else's object is meant by it.
        given = argument_names(arguments) - ({first_argument(arguments)} if is_method else set())
        scope.parameters = {parameter: f"{parameter}={id(scope)}" for parameter in given}
        with self.inside(scope), self.maybe():
            self.visit_all(body)
            if isinstance(body[-1], ast.expr):
                self.effects.returned |= self.outside_names(body[-1])
        done = self.effects.take_parameters(scope.parameters, places_of(arguments) if exact else {})
        self.notes.parameters.setdefault(name, []).append(done)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        """Walk `[... for ...]`."""
        self._visit_comprehension(node, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        """Walk `{... for ...}`."""
        self._visit_comprehension(node, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        """Walk `(... for ...)` as if it were used at once."""
        self._visit_comprehension(node, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> None:
        """Walk `{k: v for ...}`."""
        self._visit_comprehension(node, [node.key, node.value])

    def _visit_comprehension(self, node: ComprehensionNode, results: list[ast.expr]) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        scope = Scope("comprehension", self.scope)
        scope.bound = {name for loop in node.generators for name in target_names(loop.target)}
        for loop in node.generators:
            shared, held = set(shared_names(loop.iter)), self.outside_names(loop.iter)
            for name in target_names(loop.target):
                scope.aliases.setdefault(name, set()).update(shared)
                scope.objects.setdefault(name, set()).update(held)
        with self.inside(scope), self.maybe():
            self._visit_loop_target(first)
            for loop in others:
                self.visit(loop.iter)
                self._visit_loop_target(loop)
            self.visit_all(results)

    def _visit_loop_target(self, loop: ast.comprehension) -> None:
        if not isinstance(loop.target, ast.Name):
            self._visit_changed_targets(loop.target)
        self.visit_all(loop.ifs)

    def _visit_changed_targets(self, target: ast.expr) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
                self.bind(node, None)

    # Where the walker stands

    @contextmanager
    def inside(self, scope: Scope) -> Iterator[None]:
        """Stand in another scope for a while."""
        outer, self.scope = self.scope, scope
        try:
            yield
        finally:
            self.scope = outer

    @contextmanager
    def maybe(self) -> Iterator[None]:
        """Walk something that may not happen: neither what it assigns nor what it deletes is sure after it."""
        before, deleted = self.flow, len(self.deleted)
        self.flow = before.fork()
        try:
            yield
        finally:
            self.flow = Flow(before.sure.difference(self.deleted[deleted:]), before.dead)


def _note_bound(target: ast.Attribute | ast.Subscript, effects: Effects) -> None:
    """Note that `globals()["x"] = 1` binds x."""
    match target:
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            effects.assigns.add(name)
        case _:
            effects.binds_unknown = True


def _note_unseen(call: ast.Call, effects: Effects, *, at_top: bool) -> None:
    """Note what a call may read and bind without its text showing it."""
    name, bare = last_name(call.func), isinstance(call.func, ast.Name)
    if bare and name in ("eval", "exec", "globals"):
        effects.dynamic = True
    if bare and name in ("locals", "vars", "dir") and not call.args and at_top:
        effects.dynamic = True
    if (bare and name == "exec") or changes_namespace(call):
        effects.binds_unknown = True
    if is_shell(getattr(call.func, "value", None)) and name in _RUNS_TEXT:
        effects.dynamic = effects.binds_unknown = True


def _dotted(node: ast.expr) -> str:
    """Return `a.b.c` for such an attribute, else an empty text."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def _values_of(value: ast.AST | None, parts: list[ast.expr]) -> list[ast.AST | None]:
    """Return the value of each part of an unpacking: its own where both sides show it, else the whole."""
    if not isinstance(value, ast.Tuple | ast.List) or len(value.elts) != len(parts):
        return [value] * len(parts)
    if any(isinstance(part, ast.Starred) for part in [*value.elts, *parts]):
        return [value] * len(parts)
    return list(value.elts)
