"""Names that a cell reads inside quoted text which a library evaluates in the caller's namespace."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_LOCAL = re.compile(r"@([A-Za-z_]\w*)")
_FORMULA = re.compile(r"^\s*(?:~\s|[\w(][^~/]*~(?!/))")


def quoted_reads(call: ast.Call) -> frozenset[str]:
    """Return the names that a call's text arguments may read.

    `df.query("age > @limit")` and `df.eval` read `limit`; `pd.eval("a + b")` reads both; `duckdb.sql("from df")`
    finds the frame by its name; a formula (`"y ~ scale(x)"`) evaluates in the notebook's namespace. Words that name
    nothing there do no harm.
    """
    match call.func:
        case ast.Attribute(attr="query" | "eval" as method, value=owner):
            pattern = (
                _WORD
                if _is_name(owner, "pd", "pandas") or (method == "query" and _is_name(owner, "duckdb"))
                else _LOCAL
            )
        case ast.Attribute(attr="sql" | "execute", value=ast.Name(id="duckdb")):
            pattern = _WORD
        case _:
            return _formula_names(call)
    return frozenset(name for text in _texts(call) for name in pattern.findall(text))


def _formula_names(call: ast.Call) -> frozenset[str]:
    return frozenset(name for text in _texts(call) if _FORMULA.match(text) for name in _WORD.findall(text))


def _texts(call: ast.Call) -> Iterator[str]:
    """Yield the constant texts among the arguments, f-strings' parts included."""
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def _is_name(expression: ast.expr, *names: str) -> bool:
    return isinstance(expression, ast.Name) and expression.id in names
