"""Names that a cell only imports: nobody has to wait for them, the notebook can import them itself.

Without this, `from sklearn.pipeline import make_pipeline` in one run's cell would make every later cell that builds a
pipeline wait for that run, and independent cells would not train in parallel.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ._fragments import Transform


def import_statements(cell: str, transform: Transform) -> dict[str, str]:
    r"""Return the names that a cell binds by top-level imports and in no other way, each with a statement that does it.

    Examples
    --------
    >>> import_statements("import numpy as np, os.path\nx = np.ones(3)", transform=str)
    {'np': 'import numpy as np', 'os': 'import os.path'}
    """
    try:
        tree = ast.parse(transform(cell))
    except SyntaxError:
        return {}
    found: dict[str, str] = {}
    twice = set()
    for node in tree.body:
        for name, statement in _bindings(node):
            twice |= {name} & found.keys()
            found[name] = statement
    top_level = set(map(id, tree.body))
    bound = twice | {name for node in ast.walk(tree) for name in _bound_otherwise(node, id(node) in top_level)}
    return {name: statement for name, statement in found.items() if name not in bound}


def _bindings(node: ast.stmt) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Import(names):
            for alias in names:
                yield alias.asname or alias.name.partition(".")[0], ast.unparse(ast.Import([alias]))
        case ast.ImportFrom(str(module), names, 0) if module != "__future__":
            for alias in names:
                if alias.name != "*":
                    yield alias.asname or alias.name, ast.unparse(ast.ImportFrom(module, [alias], 0))


def _bound_otherwise(node: ast.AST, is_top_level: bool) -> tuple[str, ...]:
    match node:
        case ast.Import(names) | ast.ImportFrom(_, names) if not is_top_level:
            return tuple(alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return (name,)
        case ast.MatchMapping(rest=str(name)):
            return (name,)
        case ast.Name(name, ast.Store() | ast.Del()):
            return (name,)
        case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
            return (name,)
        case ast.Global(names):
            return tuple(names)
    return ()
