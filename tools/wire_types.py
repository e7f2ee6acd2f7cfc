"""Write `src/api/types.ts` from the wire types in `jupyter_mlops/entities/`, those of `_MODULES`: `make types`.

The front end and the server must mean the same thing by a run. There is one definition, in Python; this program says
it again in TypeScript, and `tests/house/test_wire_types.py` fails when the two differ.
"""

from __future__ import annotations

import enum
import inspect
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec

from jupyter_mlops.entities import (
    WIRE_VERSION,
    RunStatus,
    _endpoint,
    _explanation,
    _explorer,
    _fairness,
    _onnx,
    _registry,
    _report_summary,
    _what_if,
)

TARGET = Path(__file__).parents[1] / "src" / "api" / "types.ts"

_MODULES = (_endpoint, _explorer, _explanation, _fairness, _onnx, _registry, _report_summary, _what_if)

_NOT_SENT = {"EndpointRecord", "EndpointAgreement", "EndpointTest", "OnnxSignature"}
"""Files, and what a kernel keeps for itself."""

_HEAD = f"""\
// Generated from jupyter_mlops/entities/ by `make types`: change it there.

/** A number, or the word for one that JSON has not: "NaN", "Infinity", "-Infinity", or a whole number beyond 2^53. */
export type Figure = number | string;

/** Of the messages that are understood here: a server of a newer one has newer pages, too. */
export const WIRE_VERSION = {WIRE_VERSION};

"""

_SCALARS = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def typescript() -> str:
    """Return the whole module."""
    parts = [_HEAD, _status()]
    parts += [_interface(struct) for struct in _structs()]
    return "".join(parts)


def _structs() -> Iterator[type[msgspec.Struct]]:
    for module in _MODULES:
        for name, value in vars(module).items():
            is_own = inspect.isclass(value) and value.__module__ == module.__name__
            if is_own and issubclass(value, msgspec.Struct) and not name.startswith("_") and name not in _NOT_SENT:
                yield value


def _status() -> str:
    words = " | ".join(f"'{status.value}'" for status in RunStatus)
    return f"/** {inspect.getdoc(RunStatus)} */\nexport type RunStatus = {words};\n"


def _interface(struct: type[msgspec.Struct]) -> str:
    summary = (inspect.getdoc(struct) or "").splitlines()[0]
    hints = typing.get_type_hints(struct, vars(sys.modules[struct.__module__]) | {"RunStatus": RunStatus})
    optional = struct.__name__.startswith("Change")
    base = typing.cast(type, struct.__base__)
    extends = "" if base is msgspec.Struct else f" extends I{base.__name__}"
    inherited = {field.name for field in msgspec.structs.fields(base)} if extends else set()
    lines = [f"\n/** {summary} */", f"export interface I{struct.__name__}{extends} {{"]
    for field in msgspec.structs.fields(struct):
        if field.name in inherited:
            continue
        mark = "?" if optional else ""
        lines.append(f"  readonly {field.encode_name}{mark}: {_type(hints[field.name])};")
    return "\n".join([*lines, "}", ""])


def _type(hint: object) -> str:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in _SCALARS:
        return _SCALARS[typing.cast(type, hint)]
    if origin is typing.Literal:
        return " | ".join(f"'{word}'" for word in arguments)
    if origin in (typing.Union, types.UnionType):
        return _union(arguments)
    if origin is tuple:
        item = _type(arguments[0])
        return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"
    if origin is dict:
        return f"Readonly<Record<string, {_type(arguments[1])}>>"
    if inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return hint.__name__
    if inspect.isclass(hint) and issubclass(hint, msgspec.Struct):
        return f"I{hint.__name__}"
    raise TypeError(f"{hint!r} has no TypeScript yet: teach tools/wire_types.py.")


def _union(arguments: tuple[object, ...]) -> str:
    if set(arguments) == {float, str}:
        return "Figure"
    if set(arguments) == {float, str, type(None)}:
        return "Figure | null"
    return " | ".join(dict.fromkeys(_type(argument) for argument in arguments))


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(typescript())
    sys.stdout.write(f"{TARGET}\n")
