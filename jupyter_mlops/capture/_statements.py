"""Walk the statements of a cell along its flow of control: what is read before it is surely assigned."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from ._effects import Effects, Flow, last_name
from ._expressions import ExpressionWalker
from ._magics_text import MagicText
from ._scopes import FunctionNode, Scope, import_binding, type_parameters

_SUPPRESSING = frozenset({"suppress", "raises", "assertRaises", "ExitStack", "AsyncExitStack"})


class CellWalker(ExpressionWalker):
    """Reads, bindings and changes of a whole cell."""

    _breaks: list[Flow]
    _continues: list[Flow]
    _class_effects: Effects | None = None

    # Assignment

    def visit_Assign(self, node: ast.Assign) -> None:
        """Walk `a = b = value`."""
        name = node.targets[0].id if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) else ""
        if name and isinstance(node.value, ast.Lambda):
            with self.in_function(name):
                self.visit(node.value)
        else:
            self.visit(node.value)
        for target in node.targets:
            self.bind(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Walk `x: T = value`; without a value it binds nothing."""
        self.visit_all([node.value, node.annotation])
        if node.value is not None:
            self.bind(node.target, node.value)
        elif not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Walk `x += value`, which reads, may change and binds."""
        if isinstance(node.target, ast.Name):
            self.load(node.target.id, node.lineno)
        self.visit(node.value)
        self.effects.mutates |= self.outside_names(node.target)
        self.bind(node.target, None)

    def visit_Delete(self, node: ast.Delete) -> None:
        """Walk `del x, y[0]`."""
        for target in _flat(node.targets):
            if isinstance(target, ast.Name):
                self.delete(target.id)
            elif isinstance(target, ast.Attribute | ast.Subscript):
                self.bind(target, None)

    def delete(self, name: str) -> None:
        """Note that a name is removed here."""
        scope = self.scope.binder()
        if scope.kind == "class":
            self.flow.sure.discard((id(scope), name))
        elif scope.kind == "module" or name in scope.declared_global:
            self.effects.deletes.add(name)
            if name not in self.flow.sure:
                self.effects.removes.add(name)
            self.flow.sure.discard(name)

    def visit_Import(self, node: ast.Import) -> None:
        """Walk `import a.b as c`."""
        for alias in node.names:
            self.notes.modules.add(alias.name)
            self._bind_import(import_binding(alias))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Walk `from m import a`."""
        if node.module:
            self.notes.modules.add("." * node.level + node.module)
        for alias in node.names:
            if alias.name == "*":
                self.effects.binds_unknown = True
            else:
                self._bind_import(import_binding(alias))

    def _bind_import(self, name: str) -> None:
        self.store(name)
        if self.scope.kind == "module":
            self.notes.imported_names.add(name)

    def visit_TypeAlias(self, node: ast.AST) -> None:
        """Walk `type A[T] = value` (Python 3.12); the value is evaluated when it is asked for."""
        name, *_, value = ast.iter_child_nodes(node)
        with self.type_scope(node):
            self.visit(value)
        self.bind(name, None)

    # Functions and classes

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Walk a function: its decorators and defaults now, its body when it is used."""
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Walk a coroutine function like any other."""
        self._visit_function(node)

    def _visit_function(self, node: FunctionNode) -> None:
        arguments = node.args
        self.visit_all([*node.decorator_list, *arguments.defaults, *arguments.kw_defaults])
        with self.type_scope(node):
            self.visit_all(_annotations(arguments))
            self.visit_all([node.returns])
            with self.in_function(node.name):
                self.visit_body(arguments, node.body)
        self.store(node.name)
        if node.decorator_list and self.effects is self.cell:
            # A decorator may call what it decorates.
            self._use(node.name)

    @contextmanager
    def in_function(self, name: str) -> Iterator[None]:
        """Keep what a function's body does until its name is used; inside a function nothing is kept apart."""
        if self.effects is not self.cell:
            yield
            return
        kept = self._class_effects
        if kept is None:
            kept = Effects()
            self.notes.functions.setdefault(name, []).append(kept)
        outer = self.effects, self.flow
        self.effects, self.flow = kept, Flow()
        try:
            yield
        finally:
            self.effects, self.flow = outer

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Walk a class: its body now, its methods when the class is used."""
        self.visit_all([*node.decorator_list])
        outer = self._class_effects
        if self.effects is self.cell and outer is None:
            self._class_effects = Effects()
            self.notes.functions.setdefault(node.name, []).append(self._class_effects)
        with self.type_scope(node):
            self.visit_all([*node.bases, *(keyword.value for keyword in node.keywords)])
            with self.inside(Scope.of_body("class", node.body, self.scope)):
                self.visit_all(node.body)
        self._class_effects = outer
        self.store(node.name)
        if (node.decorator_list or node.keywords) and self.effects is self.cell:
            self._use(node.name)

    @contextmanager
    def type_scope(self, node: ast.AST) -> Iterator[None]:
        """Stand where the type parameters of a definition are known."""
        names = type_parameters(node)
        if not names:
            yield
            return
        with self.inside(Scope("function", self.scope, bound=names)):
            yield

    # Flow

    def visit_If(self, node: ast.If) -> None:
        """Walk `if`."""
        self.visit(node.test)
        self.visit_branches([node.body, node.orelse])

    def visit_Match(self, node: ast.Match) -> None:
        """Walk `match`; without a catch-all, no case may fit."""
        self.visit(node.subject)
        branches: list[list[ast.AST]] = []
        for case in node.cases:
            self._share_captures(case.pattern, node.subject)
            branches.append([case.pattern, *([case.guard] if case.guard else []), *case.body])
        last = node.cases[-1]
        catches_all = last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        self.visit_branches(branches if catches_all else [*branches, []])

    def _share_captures(self, pattern: ast.pattern, subject: ast.expr) -> None:
        for node in ast.walk(pattern):
            name = getattr(node, "name", None) or getattr(node, "rest", None)
            if isinstance(name, str):
                self.bind(ast.Name(name, ast.Store()), subject)
                self.flow.sure.discard(name)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        """Walk a pattern that captures."""
        self.visit_all([node.pattern])
        if node.name:
            self.store(node.name)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        """Walk `*rest` in a pattern."""
        if node.name:
            self.store(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        """Walk `{"key": pattern, **rest}`."""
        self.visit_all([*node.keys, *node.patterns])
        if node.rest:
            self.store(node.rest)

    def visit_For(self, node: ast.For) -> None:
        """Walk `for`; its body may not happen unless the iterable shows that it does."""
        self._visit_for(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        """Walk `async for`."""
        self._visit_for(node)

    def _visit_for(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        before = self.flow.fork()
        with self._loop() as (breaks, continues):
            self.bind(node.target, node.iter)
            self.visit_all(node.body)
        rounds = [self.flow, *continues]
        exhausted = Flow.join(rounds if _never_empty(node.iter) else [before, *rounds])
        self._leave_loop(exhausted, breaks, node.orelse)

    def visit_While(self, node: ast.While) -> None:
        """Walk `while`."""
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self.visit(node.test)
        before = self.flow.fork()
        with self._loop() as (breaks, continues):
            self.visit_all(node.body)
        exhausted = Flow.join([before, self.flow, *continues])
        exhausted.dead = exhausted.dead or endless
        self._leave_loop(exhausted, breaks, node.orelse)

    @contextmanager
    def _loop(self) -> Iterator[tuple[list[Flow], list[Flow]]]:
        outer = getattr(self, "_breaks", []), getattr(self, "_continues", [])
        self._breaks, self._continues = [], []
        try:
            yield self._breaks, self._continues
        finally:
            self._breaks, self._continues = outer

    def _leave_loop(self, exhausted: Flow, breaks: list[Flow], orelse: list[ast.stmt]) -> None:
        self.flow = exhausted
        self.visit_all(orelse)
        self.flow = Flow.join([self.flow, *breaks])

    def visit_Break(self, _node: ast.Break) -> None:
        """Walk `break`: flow goes on after the loop."""
        self._breaks.append(self.flow.fork())
        self.flow.dead = True

    def visit_Continue(self, _node: ast.Continue) -> None:
        """Walk `continue`: flow goes on with the next round."""
        self._continues.append(self.flow.fork())
        self.flow.dead = True

    def visit_Return(self, node: ast.Return) -> None:
        """Walk `return`."""
        self.visit_all([node.value])
        self.flow.dead = True

    def visit_Raise(self, node: ast.Raise) -> None:
        """Walk `raise`."""
        self.visit_all([node.exc, node.cause])
        self.flow.dead = True

    def visit_Assert(self, node: ast.Assert) -> None:
        """Walk `assert`; its message is evaluated on failure only."""
        self.visit(node.test)
        with self.maybe():
            self.visit_all([node.msg])

    def visit_Try(self, node: ast.Try) -> None:
        """Walk `try`: a handler may start after any part of the body."""
        self._visit_try(node)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        """Walk `try` with `except*`."""
        self._visit_try(node)

    def _visit_try(self, node: ast.Try | ast.TryStar) -> None:
        before = self.flow.fork()
        self.visit_all(node.body)
        interrupted = Flow(before.sure & self.flow.sure, before.dead)
        self.visit_all(node.orelse)
        ends = [self.flow]
        for handler in node.handlers:
            self.flow = interrupted.fork()
            self._visit_handler(handler)
            ends.append(self.flow)
        after = Flow.join(ends)
        if node.finalbody:
            self.flow = Flow(set.intersection(interrupted.sure, *(end.sure for end in ends)))
            unsure = set(self.flow.sure)
            self.visit_all(node.finalbody)
            after = Flow((after.sure - (unsure - self.flow.sure)) | self.flow.sure, after.dead or self.flow.dead)
        self.flow = after

    def _visit_handler(self, handler: ast.ExceptHandler) -> None:
        self.visit_all([handler.type])
        if handler.name:
            self.store(handler.name)
        self.visit_all(handler.body)
        if handler.name:
            self.delete(handler.name)

    def visit_With(self, node: ast.With) -> None:
        """Walk `with`."""
        self._visit_with(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        """Walk `async with`."""
        self._visit_with(node)

    def _visit_with(self, node: ast.With | ast.AsyncWith) -> None:
        suppressing = False
        for item in node.items:
            manager = item.context_expr
            self.visit(manager)
            self.effects.passed |= self.outside_names(manager)
            suppressing |= isinstance(manager, ast.Call) and last_name(manager.func) in _SUPPRESSING
            if item.optional_vars is not None:
                self.bind(item.optional_vars, manager)
        if suppressing:
            with self.maybe():
                self.visit_all(node.body)
        else:
            self.visit_all(node.body)

    # Magics

    def visit_magic(self, magic: MagicText) -> None:
        """Walk the Python that a magic runs, then what it binds itself."""
        outer = self.lines
        body = [statement for fragment in magic.fragments for statement in fragment.body]
        scope = Scope.of_body("function", body, self.scope) if magic.isolated else self.scope
        with self.inside(scope):
            for fragment in magic.fragments:
                self.lines = fragment.lines
                if magic.isolated:
                    with self.maybe():
                        self.visit_all(fragment.body)
                else:
                    self.visit_all(fragment.body)
        self.lines = outer
        with self.maybe():
            for name in magic.assigns:
                self.store(name)
        for name in magic.deletes:
            self.delete(name)
        self.effects.dynamic |= magic.dynamic
        self.effects.binds_unknown |= magic.binds_unknown


def _annotations(arguments: ast.arguments) -> list[ast.expr | None]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [argument.annotation for argument in every if argument is not None]


def _flat(targets: list[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _flat(target.elts)
        else:
            yield target


def _never_empty(iterable: ast.expr) -> bool:
    """Whether a loop over the expression surely runs once: `range(5)`, `[a, b]`, "text"."""
    match iterable:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(stop))]):
            return stop > 0
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(start)), ast.Constant(value=int(stop))]):
            return stop > start
        case ast.Call(func=ast.Name(id="enumerate" | "tqdm" | "trange" | "reversed"), args=[ast.expr() as first, *_]):
            return _never_empty(first)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return any(not isinstance(part, ast.Starred) for part in parts)
    return False
