"""Calls that reach the notebook's names without saying them: `globals()`, the shell's `user_ns`, `exec`."""

from __future__ import annotations

import ast

from ._effects import last_name
from ._fragments import Fragment, LineMap, parse_python

_SHELL_NAMESPACES = ("user_ns", "user_global_ns")
_BINDING_METHODS = ("update", "setdefault", "__setitem__")


def is_namespace(expression: ast.expr) -> bool:
    """Whether an expression is a dictionary of the notebook's names; `locals()` in a function counts too."""
    match expression:
        case ast.Call(func=ast.Name(id="globals" | "locals" | "vars"), args=[], keywords=[]):
            return True
        case ast.Call(func=ast.Name(id="vars"), args=[inner]):
            return is_namespace(inner)
        case ast.Attribute(attr=attribute):
            return attribute in _SHELL_NAMESPACES
    return False


def changes_namespace(call: ast.Call) -> bool:
    """Whether a call binds names in such a dictionary: `globals().update(...)`, `setattr(globals(), ...)`."""
    match call.func:
        case ast.Attribute(attr=method, value=owner):
            return method in _BINDING_METHODS and is_namespace(owner)
    return last_name(call.func) == "setattr" and bool(call.args) and is_namespace(call.args[0])


def code_of_exec(call: ast.Call, line: int) -> Fragment | None:
    """Return the statements of `exec("text")`, or None where the text, or where it runs, is not to be seen."""
    match call:
        case ast.Call(func=ast.Name(id="exec"), args=[ast.Constant(value=str(text))], keywords=[]):
            try:
                body = parse_python(text)
            except (SyntaxError, ValueError):
                return None
            return Fragment(body, LineMap((line,) * (text.count("\n") + 1)))
    return None
