"""Write `jupyter_mlops/server/openapi.yaml` from the table of routes and what the handlers say and ask: `make types`.

Paths come from the table, summaries and answers from the methods' docstrings ("Return `RunPage`."), parameters and
bodies from the calls by which a method takes them. `tests/house/test_openapi.py` fails when the file says otherwise.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml
from tornado.web import RequestHandler

from jupyter_mlops import entities, services
from jupyter_mlops.server.routes import ROUTES

TARGET = Path(__file__).parents[1] / "jupyter_mlops" / "server" / "openapi.yaml"

_METHODS = ("get", "post", "put", "patch", "delete")
_TAKERS = {
    "text_argument": {"type": "string"},
    "get_query_argument": {"type": "string"},
    "whole_argument": {"type": "integer"},
    "choice_argument": {"type": "string"},
    "flag_argument": {"type": "boolean"},
    "get_query_arguments": {"type": "array", "items": {"type": "string"}},
}
_HEAD = "# Generated from the table of routes by `make types`: change the handlers.\n"


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice twice: people read the file too."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def document() -> dict[str, Any]:
    """Return the description of the REST interface."""
    named: dict[str, type] = {"Problem": entities.Problem}
    paths: dict[str, Any] = {}
    for pattern, handler in ROUTES:
        if not pattern.startswith("api/"):
            continue
        path = "/" + pattern.replace("([^/]+)", "{id}").replace("\\", "")
        paths[path] = {method: _operation(handler, method, "{id}" in path, named) for method in _implemented(handler)}
    _, schemas = msgspec.json.schema_components(named.values(), ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "jupyter-mlops", "version": str(entities.WIRE_VERSION)},
        "servers": [{"url": "{base_url}jupyter-mlops", "variables": {"base_url": {"default": "/"}}}],
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def text() -> str:
    """Return the whole file."""
    return _HEAD + yaml.dump(document(), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)


def _implemented(handler: type[RequestHandler]) -> Iterator[str]:
    for method in _METHODS:
        if getattr(handler, method) is not RequestHandler._unimplemented_method:
            yield method


def _operation(handler: type[RequestHandler], method: str, has_id: bool, named: dict[str, type]) -> dict[str, Any]:
    function = getattr(handler, method)
    doc = inspect.getdoc(function) or ""
    calls = list(_calls(handler, function))
    parameters: list[dict[str, Any]] = []
    if has_id:
        parameters.append({"name": "id", "in": "path", "required": True, "schema": {"type": "string"}})
    for name, schema in dict(_taken(calls)).items():
        parameters.append({"name": name, "in": "query", "schema": schema})
    operation: dict[str, Any] = {"summary": doc.splitlines()[0], "operationId": f"{handler.__name__}.{method}"}
    if parameters:
        operation["parameters"] = parameters
    for call in calls:
        if _name(call) == "parse_body" and isinstance(call.args[0], ast.Name):
            operation["requestBody"] = {"required": True, "content": _json(call.args[0].id, named)}
    operation["responses"] = {**_success(doc, calls, named), "default": _answer("Refused.", "Problem", named)}
    return operation


def _success(doc: str, calls: list[ast.Call], named: dict[str, type]) -> dict[str, Any]:
    constants = [call.args[-1] for call in calls if _name(call) in ("set_status", "write_entity") and call.args]
    status = next((str(node.value) for node in constants if isinstance(node, ast.Constant)), "200")
    told = re.search(r"[Rr]eturn (a list of )?`(\w+)`", doc)
    if told is None or not _is_entity(told[2]):
        return {status: {"description": "Done, or the bytes that were asked for."}}
    answer = _answer("As asked.", told[2], named)
    if told[1]:
        schema = answer["content"]["application/json"]["schema"]
        answer["content"]["application/json"]["schema"] = {"type": "array", "items": schema}
    return {status: answer}


def _answer(description: str, name: str, named: dict[str, type]) -> dict[str, Any]:
    return {"description": description, "content": _json(name, named)}


def _json(name: str, named: dict[str, type]) -> dict[str, Any]:
    named[name] = getattr(entities, name, None) or getattr(services, name)
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _is_entity(name: str) -> bool:
    return name in entities.__all__ or name in services.__all__


def _taken(calls: list[ast.Call]) -> Iterator[tuple[str, dict[str, Any]]]:
    for call in calls:
        if _name(call) in _TAKERS and call.args and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value), _TAKERS[_name(call)]


def _calls(handler: type, function: Any) -> Iterator[ast.Call]:
    """Yield the calls of a method, and of the handler's own methods that it calls, in the order of the text."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        yield call
        inner = handler.__dict__.get(_name(call)) or getattr(handler.__mro__[1], "__dict__", {}).get(_name(call))
        if inspect.isfunction(inner) and _name(call) not in _TAKERS and inner.__module__.endswith("_runs"):
            yield from _calls(handler, inner)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")
