"""Walk the statements of a cell along its flow of control: what is read before it is surely assigned."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from ._bindings import BindingWalker
from ._effects import Flow, last_name
from ._fragments import LineMap
from ._magics_text import MagicReader, MagicText
from ._main_module import without_main_module
from ._scopes import OUTPUTS, Scope

_SUPPRESSING = frozenset({"suppress", "raises", "assertRaises", "ExitStack", "AsyncExitStack"})
_MOST_ROUNDS_DEPTH = 3
"""Deeper loops are walked once, so that time does not grow with the power of the depth."""


class CellWalker(BindingWalker):
    """Reads, bindings and changes of a whole cell."""

    def __init__(self, magics: MagicReader, lines: LineMap) -> None:
        super().__init__(magics, lines)
        self._breaks: list[Flow] = []
        self._continues: list[Flow] = []
        self._depth = 0

    # Names of outputs

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Note which output `Out[3]` is: the shell calls it `_3` as well."""
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int(number))) if name in OUTPUTS:
                self.load(name, node.lineno)
                self.load(f"_{number}", node.lineno)
            case _:
                self.generic_visit(node)

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
            for _ in range(self._rounds):
                self.flow = before.fork()
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
            for _ in range(self._rounds):
                self.flow = before.fork()
                self.visit_all(node.body)
                self.visit(node.test)
        exhausted = Flow.join([before, self.flow, *continues])
        exhausted.dead = exhausted.dead or endless
        self._leave_loop(exhausted, breaks, node.orelse)

    @contextmanager
    def _loop(self) -> Iterator[tuple[list[Flow], list[Flow]]]:
        outer = self._breaks, self._continues
        self._breaks, self._continues = [], []
        self._depth += 1
        try:
            yield self._breaks, self._continues
        finally:
            self._depth -= 1
            self._breaks, self._continues = outer

    @property
    def _rounds(self) -> int:
        """How often to walk a loop's body: the second round knows what the first one bound and defined."""
        return 2 if self._depth <= _MOST_ROUNDS_DEPTH else 1

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
        if node.value is not None:
            self.effects.returned |= self.outside_names(node.value)
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
        jumps = len(self._breaks), len(self._continues)
        interrupted = self.flow.fork()
        deleted = len(self.deleted)
        self.visit_all(node.body)
        interrupted.sure.difference_update(self.deleted[deleted:])
        self.visit_all(node.orelse)
        ends = [self.flow]
        for handler in node.handlers:
            self.flow = interrupted.fork()
            self._visit_handler(handler)
            ends.append(self.flow)
        self.flow = Flow.join(ends)
        if node.finalbody:
            interrupted.sure.difference_update(self.deleted[deleted:])
            self._visit_final(node.finalbody, interrupted, [*self._breaks[jumps[0] :], *self._continues[jumps[1] :]])

    def _visit_final(self, body: list[ast.stmt], interrupted: Flow, jumps: list[Flow]) -> None:
        """Walk `finally`, which starts after any part of what is before it, and on the way of a jump out of it."""
        after, deleted = self.flow, len(self.deleted)
        self.flow = Flow(interrupted.sure)
        self.visit_all(body)
        for flow in [*jumps, after]:
            flow.sure.difference_update(self.deleted[deleted:])
        self.flow = Flow(after.sure | self.flow.sure, after.dead or self.flow.dead)

    def _visit_handler(self, handler: ast.ExceptHandler) -> None:
        jumps = len(self._breaks), len(self._continues)
        self.visit_all([handler.type])
        if handler.name:
            self.store(handler.name)
        self.visit_all(handler.body)
        if handler.name:
            # Python removes the name on each way out of the handler.
            self.delete(handler.name)
            for jump in [*self._breaks[jumps[0] :], *self._continues[jumps[1] :]]:
                jump.sure.discard(handler.name)

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
                        self.visit_all(without_main_module(fragment.body))
                else:
                    self.visit_all(without_main_module(fragment.body))
        self.lines = outer
        with self.maybe():
            for name in magic.assigns:
                self.store(name)
        for name in magic.deletes:
            self.delete(name)
        self.effects.dynamic |= magic.dynamic
        self.effects.binds_unknown |= magic.binds_unknown
        self.effects.deletes_unknown |= magic.deletes_unknown


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
