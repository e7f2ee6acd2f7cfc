"""Which names a piece of Python binds in its own scope, and where a name that it reads is looked up."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
ComprehensionNode = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

MODULE_OWN_NAMES = frozenset(
    ("__name__", "__doc__", "__file__", "__package__", "__loader__", "__spec__", "__builtins__", "__annotations__")
) | {"__module__", "__qualname__", "__debug__", "__class__", "get_ipython"}
"""Names that every namespace of a shell, or every class body, has by itself: they are nobody's values."""

OUTPUTS = frozenset(("Out", "_oh"))
"""What the shell calls its outputs by number, unless the notebook has given the name another meaning."""


@dataclass(slots=True, eq=False)
class Scope:
    """One Python scope of a cell.

    Parameters
    ----------
    kind : str
        "module" is the notebook's namespace.
    bound : set of str
        Names local to the scope; unused in the module's.
    declared_global : set of str
        Names under a `global` statement.
    aliases : dict
        Name bound here to the names whose object it may share.
    objects : dict
        Name bound here to the names of the notebook whose object, made outside the cell, it may hold.
    parameters : dict
        Parameter to the mark that stands for the object which the caller gives.
    functions : dict
        Function defined in a class's body to the name of the class that it is kept with.
    """

    kind: Literal["module", "function", "class", "comprehension"]
    parent: Scope | None = None
    bound: set[str] = field(default_factory=set)
    declared_global: set[str] = field(default_factory=set)
    aliases: dict[str, set[str]] = field(default_factory=dict)
    objects: dict[str, set[str]] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_body(cls, kind: Literal["function", "class"], body: Iterable[ast.AST], parent: Scope) -> Scope:
        """Return the scope that a function's or a class's body makes."""
        scope = cls(kind, parent)
        outer: set[str] = set()
        for node in _own_nodes(body):
            if isinstance(node, ast.Global):
                scope.declared_global.update(node.names)
            elif isinstance(node, ast.Nonlocal):
                outer.update(node.names)
            else:
                scope.bound.update(_bound_by(node))
        scope.bound -= scope.declared_global | outer
        return scope

    def binder(self) -> Scope:
        """Return the scope in which an assignment expression binds: comprehensions have none of their own."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope

    def candidates(self, name: str) -> Iterator[Scope]:
        """Yield the scopes that may hold a name, innermost first; the last one is certain to end the search.

        A class body looks a name that it binds up at run time, and then in the module only. Methods do not see it.
        """
        scope: Scope = self
        while scope.parent is not None:
            if scope.kind != "class" or scope is self:
                if name in scope.declared_global:
                    break
                if name in scope.bound:
                    yield scope
                    if scope.kind != "class":
                        return
                    break
            scope = scope.parent
        while scope.parent is not None:
            scope = scope.parent
        yield scope


def argument_names(arguments: ast.arguments) -> set[str]:
    """Return the names of a function's parameters."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return {argument.arg for argument in every}


def target_names(target: ast.AST) -> set[str]:
    """Return the plain names that an assignment's target binds."""
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def type_parameters(node: ast.AST) -> set[str]:
    """Return the names in the brackets of `def f[T]`, `class C[T]` and `type A[T]` (Python 3.12)."""
    return {parameter.name for parameter in getattr(node, "type_params", ())}


def import_binding(alias: ast.alias) -> str:
    """Return the name that `import a.b` or `from m import b as c` binds."""
    return alias.asname or alias.name.partition(".")[0]


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of a scope without those of the scopes inside it."""
    pending = list(body)
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, FunctionNode):
            pending += [*node.decorator_list, node.args]
        elif isinstance(node, ast.ClassDef):
            pending += [*node.decorator_list, *node.bases, *node.keywords]
        elif isinstance(node, ast.Lambda):
            pending.append(node.args)
        elif isinstance(node, ComprehensionNode):
            pending += _without_targets(node)
        else:
            pending += ast.iter_child_nodes(node)


def _without_targets(node: ComprehensionNode) -> Iterator[ast.AST]:
    """Yield a comprehension's parts except its targets, for the assignment expressions in them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension):
            yield from (child.iter, *child.ifs)
        else:
            yield child


def _bound_by(node: ast.AST) -> Iterable[str]:
    """Return the names that one node binds in the scope that it stands in."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return [import_binding(alias) for alias in aliases if alias.name != "*"]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return (name,)
        case ast.MatchMapping(rest=str(name)):
            return (name,)
    return ()
