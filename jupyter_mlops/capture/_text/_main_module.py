"""`__main__.x` is the notebook's `x`: a cell that looks at its names through the module is read as if it said so."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable
from typing import Any, cast

_MAIN = "__main__"


def without_main_module(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements in which the module's attributes are plain names; others as they are, never changed.

    The module itself, and its dictionary, show every name: they become `globals()`. What it was found through, the
    `sys` of `sys.modules`, is read by a statement of its own.
    """
    nodes = [node for statement in body for node in ast.walk(statement)]
    if not any(map(_mentions, nodes)):
        return body
    rewrite = _Rewrite(_names_of_module(nodes))
    module = ast.Module(copy.deepcopy(body), type_ignores=[])
    rewrite.visit(module)
    return module.body


def _mentions(node: ast.AST) -> bool:
    match node:
        case ast.Name(id="__main__") | ast.alias(name="__main__") | ast.ImportFrom(module="__main__"):
            return True
        case ast.Subscript(value=ast.Attribute(attr="modules"), slice=ast.Constant(value="__main__")):
            return True
    return False


def _names_of_module(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return what the module is called here: `import __main__ as m`."""
    return frozenset(node.asname or _MAIN for node in nodes if isinstance(node, ast.alias) and node.name == _MAIN) | {
        _MAIN
    }


class _Rewrite(ast.NodeTransformer):
    """Puts names in the place of the module's attributes."""

    def __init__(self, modules: frozenset[str]) -> None:
        self._modules = modules
        self._found_through: list[ast.expr] = []

    def visit(self, node: ast.AST) -> Any:
        """Rewrite a node; before a statement comes what its text reads only to find the module."""
        if not isinstance(node, ast.stmt):
            return super().visit(node)
        outer, self._found_through = self._found_through, []
        made = super().visit(node)
        found, self._found_through = self._found_through, outer
        if not found:
            return made
        return [*(ast.copy_location(ast.Expr(owner), owner) for owner in found), made]

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Read `__main__.x` as `x`."""
        if not self._is_module(node.value):
            return self.generic_visit(node)
        if node.attr == "__dict__":
            return _globals(node)
        return ast.copy_location(ast.Name(node.attr, node.ctx), node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Read the module itself as all its names."""
        return _globals(node) if isinstance(node.ctx, ast.Load) and self._is_module(node) else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Read `sys.modules["__main__"]` as the module."""
        return _globals(node) if self._is_module(node) else self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt]:
        """Read `from __main__ import x as y` as `y = x`."""
        if node.module != _MAIN or any(alias.name == "*" for alias in node.names):
            return node
        made: list[ast.stmt] = []
        for alias in node.names:
            target = ast.Name(alias.asname or alias.name, ast.Store())
            made.append(ast.Assign([target], ast.Name(alias.name, ast.Load())))
        return [ast.fix_missing_locations(ast.copy_location(statement, node)) for statement in made]

    def _is_module(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self._modules
        if not isinstance(node, ast.Subscript) or not _mentions(node):
            return False
        self._found_through.append(cast("ast.Attribute", node.value).value)
        return True


def _globals(node: ast.expr) -> ast.AST:
    call = ast.Call(ast.Name("globals", ast.Load()), [], [])
    return ast.fix_missing_locations(ast.copy_location(call, node))
