"""Walk the statements that bind names: assignments, deletions, imports, functions and classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from ._effects import Effects, Flow
from ._expressions import ExpressionWalker
from ._fragments import LineMap
from ._magics_text import MagicReader
from ._scopes import FunctionNode, Scope, import_binding, type_parameters


class BindingWalker(ExpressionWalker):
    """Bindings of a cell. What a function does is kept until the function is used."""

    def __init__(self, magics: MagicReader, lines: LineMap) -> None:
        super().__init__(magics, lines)
        self._class_effects: Effects | None = None
        self._class_name = ""

    # Assignment

    def visit_Assign(self, node: ast.Assign) -> None:
        """Walk `a = b = value`."""
        name = node.targets[0].id if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) else ""
        if name and isinstance(node.value, ast.Lambda):
            with self.in_function(name):
                self.visit_Lambda(node.value, name)
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
        else:
            self.visit(node.target)
        changed = self.outside_names(node.target)
        self.visit(node.value)
        self.effects.mutates |= changed
        if isinstance(node.target, ast.Name):
            self.store(node.target.id)

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
            self.deleted.append(name)
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
                self._note_star_import(node)
            else:
                self._bind_import(import_binding(alias))

    def _note_star_import(self, node: ast.ImportFrom) -> None:
        statement = f"from {node.module} import *"
        if node.level:
            self.effects.binds_unknown = True
        elif node.module != "__main__" and statement not in self.notes.star_imports:
            self.notes.star_imports.append(statement)

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
        self._visit_decorators(node)
        self.visit_all([*arguments.defaults, *arguments.kw_defaults])
        with self.type_scope(node):
            self.visit_all(_annotations(arguments))
            self.visit_all([node.returns])
            with self.in_function(node.name):
                # What a method does to its own object, the call itself tells.
                method = self.scope.kind == "class"
                name = f"{self._class_name}.{node.name}" if method else node.name
                self.visit_body(name, arguments, node.body, is_method=method, exact=not (method or node.decorator_list))
        self.store(node.name)
        if self.scope.kind == "class":
            self.scope.functions[node.name] = self._class_name
        if node.decorator_list and self.effects is self.cell:
            # A decorator may call what it decorates.
            self._use(node.name)

    def _visit_decorators(self, node: FunctionNode | ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
            # It is called with what it stands above: `@registry.add` changes the registry.
            self._note_callee(ast.Call(func=decorator, args=[], keywords=[]))

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
        self._visit_decorators(node)
        outer, outer_name = self._class_effects, self._class_name
        if self.effects is self.cell and outer is None:
            self._class_effects, self._class_name = Effects(), node.name
            self.notes.functions.setdefault(node.name, []).append(self._class_effects)
        with self.type_scope(node):
            self.visit_all([*node.bases, *(keyword.value for keyword in node.keywords)])
            with self.inside(Scope.of_body("class", node.body, self.scope)):
                self.visit_all(node.body)
        self._class_effects, self._class_name = outer, outer_name
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
            self.visit_all(getattr(node, "type_params", ()))
            yield


def _annotations(arguments: ast.arguments) -> list[ast.expr | None]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [argument.annotation for argument in every if argument is not None]


def _flat(targets: list[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _flat(target.elts)
        else:
            yield target
